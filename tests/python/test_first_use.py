# SPDX-License-Identifier: MIT
"""What a newcomer tries: wrong numbers, dates, files that are none, what callbacks answer, how things say what they are."""

import copy
import pathlib
import pickle
import sys
import warnings
from datetime import datetime, timedelta, timezone

import loci
import numpy as np
import pytest


@pytest.fixture(scope="module")
def waves():
    y = np.arange(40) % 2
    return np.sin(np.arange(30) * np.where(y, 0.9, 0.2)[:, None] + np.arange(40)[:, None]), y


@pytest.mark.parametrize(
    "call, said",
    [
        (lambda x, y: loci.Memory(order=1.5), "order is 1.5; 1 to 1024, a whole number"),
        (lambda x, y: loci.Memory(order=-1), "order is -1;"),
        (lambda x, y: loci.Memory(detail="a"), "detail is 'a';"),
        (lambda x, y: loci.Readout(horizon=2.5), "horizon is 2.5;"),
        (lambda x, y: loci.Learner(modes="a"), "modes is 'a';"),
        (lambda x, y: loci.train(x, y, epochs=-1), "epochs is -1;"),
        (lambda x, y: loci.train(x, y, epochs="a"), "epochs is 'a';"),
        (lambda x, y: loci.train(x, y, threads=-1), "threads is -1;"),
        (lambda x, y: loci.train(x, y, seed=-1), "seed is -1;"),
        (lambda x, y: loci.train(x, y, valid=(x,)), "valid holds 1 things"),
        (lambda x, y: loci.Model("small").stream(lanes=-1), "lanes is -1; a whole number from 1 on"),
        (lambda x, y: loci.Model("small").stream(every="a"), "every is 'a';"),
        (lambda x, y: loci.Model("small").stream(lanes=2).push(x[:2], lanes=[0, -1]), "lane is -1;"),
        (lambda x, y: loci.Model("small").stream().push(x[0], dt=[1, 2]), "dt: has the shape"),
    ],
)
def test_wrong_numbers(waves, call, said):
    with pytest.raises(loci.Error, match=said):
        call(*waves)


def test_files_that_are_none(tmp_path):
    other = tmp_path / "notes.txt"
    other.write_text("these are notes " * 40)
    for thing in (loci.Memory, loci.Archive, loci.Model, loci.Readout, loci.System):
        for kind in (loci.FileError, FileNotFoundError):
            with pytest.raises(kind, match="nowhere.loci") as told:
                thing.load(tmp_path / "nowhere.loci")
            assert told.value.errno == 2
        with pytest.raises(loci.FormatError, match="notes.txt: "):
            thing.load(other)
        with pytest.raises(loci.FileError, match=tmp_path.name):
            thing.load(tmp_path)


def test_dates(tmp_path):
    t = np.datetime64("2026-01-01") + np.arange(100).astype("timedelta64[s]")
    m = loci.Memory(rate=None).push(np.arange(100.0), t)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for moment in (
            "2026-01-01T00:00:50", "2026-01-01T00:00:50Z", "2026-01-01T02:00:50+02:00", datetime(2026, 1, 1, 0, 0, 50),
            datetime(2026, 1, 1, 2, 0, 50, tzinfo=timezone(timedelta(hours=2))), np.datetime64("2026-01-01T00:00:50"),
        ):  # fmt: skip
            assert m.recall(moment) == 50
            assert list(m.recall([moment, moment])) == [50, 50]
    assert m.error("2026-01-01T00:00:05", "2026-01-01T00:00:15") == 0
    assert "2026-01-01T00:00:00Z to 2026-01-01T00:01:39Z, 99 s" in repr(m)
    m.save(tmp_path / "dates.loci")
    assert "time 2026-01-01T00:00:00Z to" in repr(loci.Memory.load(tmp_path / "dates.loci"))
    with pytest.raises(loci.InputError, match='"noon" is no date'):
        m.recall("noon")
    a = loci.Archive(error=0.1).push(np.arange(100.0))
    for kept in (loci.Memory().push(np.arange(100.0)), a):
        with pytest.raises(loci.InputError, match="from 5 to 1 ends before it begins"):
            kept.error(5, 1)
        with pytest.raises(loci.InputError, match="start: "):
            kept.error("noon")


class Series:
    """What pandas' Series is to us."""

    def __init__(self, values, name):
        self.values, self.index, self.name = values, np.arange(len(values)), name

    def to_numpy(self):
        return self.values


def test_names_of_series():
    series = Series(np.arange(10.0), "temperature")
    assert loci.remember(series).names == loci.Archive(error=0.1).push(series).names == ("temperature",)
    assert loci.remember(Series(np.arange(10.0), None)).names == ("u",)


def test_callbacks_that_answer_with_numpy(waves):
    seen = []

    def enough(report):
        seen.append(report.step)
        return np.float64(report.step) >= 3

    model = loci.train(*waves, layers=1, width=4, order=2, batch=4, epochs=3, valid=0, callbacks=enough)
    assert seen == [1, 2, 3] and model.note["finished"] is False
    loci.train(*waves, layers=1, width=4, order=2, batch=4, epochs=1, valid=0, callbacks=lambda report: seen.append(report) or 5)
    assert len(seen) > 10  # a number is no answer


def test_learners_add_up_and_fork(waves):
    x, y = waves
    a = loci.Learner(modes=20).push(x, y)
    b = a.like().push(x[::-1], y[::-1])
    before = a.solve()
    both = a + b
    assert both.solve()["sequences"] == 80 and a.solve() == before
    for fork in (copy.copy(a), copy.deepcopy(a), a.copy()):
        assert fork.solve() == before
        fork.push(x, y)
        assert fork.solve()["sequences"] == 80 and a.solve() == before
    with pytest.raises(TypeError):
        a += 3
    assert loci.Learner(modes=20).copy().push(x, y).solve()["sequences"] == 40


def test_metadata_needs_no_build(tmp_path, monkeypatch):
    backend = pathlib.Path(__file__).resolve().parents[2] / "bindings/python/backend"
    monkeypatch.syspath_prepend(str(backend))
    import loci_build

    monkeypatch.setattr(loci_build, "_run", None)  # nothing is run
    folder = tmp_path / loci_build.prepare_metadata_for_build_wheel(str(tmp_path))
    text = (folder / "METADATA").read_text()
    assert f"Version: {loci.__version__}\n" in text and "Requires-Dist: numpy" in text
    sys.modules.pop("loci_build")


def test_errors_are_pickled(tmp_path):
    with pytest.raises(loci.FileError) as told:
        loci.Memory.load(tmp_path / "nowhere.loci")
    again = pickle.loads(pickle.dumps(told.value))
    assert isinstance(again, FileNotFoundError) and isinstance(again, loci.Error) and again.filename == told.value.filename


def test_masked_arrays(waves):
    x, y = waves
    u = np.ma.masked_array([1, 2, 3, 4], [0, 1, 0, 0])
    assert np.array_equal(loci.Archive(lossless=1).push(u).to_array(), [1, np.nan, 3, 4], equal_nan=True)
    assert loci.Memory(missing="hold").push(u) == loci.Memory(missing="hold").push([1, np.nan, 3, 4])
    plain = np.ma.masked_array(x)
    assert np.array_equal(loci.Model().predict(plain), loci.Model().predict(x))
    plain[3, 4] = np.ma.masked
    for call, said in (
        (lambda: loci.Memory().push(u), "sample 1 of channel 0 is missing"),
        (lambda: loci.train(plain, y), "sequence 3, sample 4 is not finite"),
        (lambda: loci.train(x, np.ma.masked_array(y, y > 0)), "y: holds targets that are masked"),
        (lambda: loci.train(x, np.array(["fast", None] * 20, dtype=object)), "y: holds targets that are missing"),
        (lambda: loci.fit(x, np.array(["fast", np.nan] * 20, dtype=object)), "y: holds targets that are missing"),
        (lambda: loci.Memory(rate=None).push([1, 2], np.array(["NaT", "2026-01-01"], "M8")), "nan"),
        (lambda: loci.Memory(rate=None).push([1, 2, 3, 4], u), "times: some are masked"),
        (lambda: loci.Memory().push([10**400]), "x: is an array of object"),
    ):
        with pytest.raises(loci.InputError, match=said):
            call()
