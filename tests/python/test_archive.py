# SPDX-License-Identifier: MIT
"""Archives: promises kept, the program's bytes, what people get wrong."""

import pickle
import subprocess
from concurrent.futures import ThreadPoolExecutor

import loci
import numpy as np
import pytest


@pytest.fixture
def x(random):
    return np.sin(np.arange(20000) / 30.0) + 0.1 * random.standard_normal(20000)


def test_promises(x):
    for options in ({"error": "5%"}, {"error": 0.02}, {"max": 0.1}, {"max": "10%"}):
        a = loci.Archive(rate=10.0, **options).push(x)
        off = a.to_array() - x
        assert a.error() == pytest.approx(np.sqrt(np.mean(off**2)), rel=1e-9)
        assert a.max_error() >= np.abs(off).max() - 1e-12
        promised = a.inspect()["promised"][0]
        assert (np.abs(off).max() if "max" in options else max(p["mean_square_error"] for p in a.pages) ** 0.5) <= promised * (1 + 1e-9)
        assert a.nbytes < x.nbytes / 10 and a.min() == x.min() and a.max() == x.max()
    whole = np.round(x, 3)
    assert np.array_equal(loci.Archive(lossless=0.001).push(whole).to_array(), whole)
    b = loci.Archive(budget="4K")
    for part in np.split(x, 40):
        b.push(part)
        assert len(b.to_bytes()) <= 4096
    assert b.samples <= 20000 and "budget" in repr(b)


def test_questions(x):
    a = loci.Archive(error="2%", rate=10.0, start=100.0).push(x)
    kept = a.to_array()
    assert np.array_equal(a.recall(100 + np.arange(20000) / 10), kept)
    assert a.mean() == pytest.approx(kept.mean(), abs=1e-12) and a.integral() == pytest.approx(kept.sum() / 10, abs=1e-8)
    assert a.recall([[100.0, 200.0]]).shape == (1, 2)
    assert a.recall(150.0, what="derivative") == pytest.approx((kept[501] - kept[500]) * 10)
    t, y = a.zoom(100, 2100, 50)
    assert t.shape == y.shape == (50,)
    assert np.array_equal(a.to_array(5, 3), kept[5:8])
    assert (a.start, a.end, a.samples, len(a), a.rate) == (100, 2100, 20000, 20000, 10)
    assert np.asarray(a).shape == (20000,)


def test_channels_and_missing(random):
    x = random.standard_normal((3000, 2))
    x[100:200, 1] = np.nan
    a = loci.Archive(names=["a", "b"], lossless=1e-9).push(x)
    kept = a.to_array()
    assert kept.shape == (3000, 2) and np.isnan(kept[100:200, 1]).all() and np.isfinite(kept[:, 0]).all()
    assert a.recall([1.0, 150.0]).shape == (2, 2) and np.isnan(a.recall(150.0, channel=1))
    assert loci.Archive.from_bytes(a.to_bytes()).names == ("a", "b")


def test_grouping_resuming_merging(x, tmp_path):
    whole = loci.Archive(page=4096).push(x)
    parts = loci.Archive(page=4096)
    for part in np.split(x, 50):
        parts.push(part)
        parts.samples  # being looked at does not matter
    assert parts == whole
    loci.Archive(page=4096).push(x[:8192]).save(tmp_path / "a.loci")
    resumed = loci.Archive.load(tmp_path / "a.loci").push(x[8192:])
    assert resumed == whole
    both = loci.Archive(page=4096).push(x[:8192]) + loci.Archive(page=4096).push(x[8192:])
    assert both.samples == 20000 and np.sqrt(np.mean((both.to_array() - x) ** 2)) < 0.05
    coarse = whole.recode(0.2)
    assert coarse.nbytes < whole.nbytes and whole.error() < coarse.error() <= 0.2
    assert coarse.error() == pytest.approx(np.sqrt(np.mean((coarse.to_array() - x) ** 2)), rel=1e-9)
    assert whole.shrink("2K").nbytes <= 2048 and whole.forget(9000).samples < 20000


def test_same_file_as_the_program(program, tmp_path, x):
    np.save(tmp_path / "x.npy", x)
    for words, options in (
        (["--error", "5%"], {}),
        (["--max", "0.2"], {"max": 0.2}),
        (["--budget", "4K"], {"budget": "4K"}),
        (["--error", "0.1", "--page", "2048", "--rate", "50"], {"error": 0.1, "page": 2048, "rate": 50}),
    ):
        subprocess.run([program, "remember", "x.npy", "-o", "a.loci", *words], cwd=tmp_path, check=True)
        assert loci.Archive(**options).push(x).to_bytes() == (tmp_path / "a.loci").read_bytes(), words


def test_round_trips(random, tmp_path):
    for _ in range(30):
        n = int(random.integers(1, 500))
        a = loci.Archive(error=float(random.uniform(0.01, 1))).push(random.standard_normal((n, int(random.integers(1, 3)))))
        assert pickle.loads(pickle.dumps(a)) == a == loci.Archive.from_bytes(memoryview(a.to_bytes()))


def test_damage(x, tmp_path):
    data = bytearray(loci.Archive(page=4096).push(x).to_bytes())
    data[len(data) // 2] ^= 1
    with pytest.raises(loci.FormatError):
        loci.Archive.from_bytes(data).verify()
    left = loci.Archive.from_bytes(bytes(data), salvage=True)
    assert 0 < left.inspect()["damaged"] < 20000 and np.isnan(left.to_array()).sum() == left.inspect()["damaged"]
    for other in (left.copy(), pickle.loads(pickle.dumps(left)), left.copy().push([0.5]), left.recode(1.0), left.forget(0.0), left + left):
        assert np.array_equal(np.isnan(other.to_array()[:20000]), np.isnan(left.to_array()))


@pytest.mark.parametrize(
    "call, error, text",
    [
        (lambda: loci.Archive(error=1, max=1), loci.InputError, "exclude each other"),
        (lambda: loci.Archive(error="five"), loci.InputError, "number"),
        (lambda: loci.Archive(error=-1), loci.InputError, ""),
        (lambda: loci.Archive(budget="much"), loci.InputError, "bytes"),
        (lambda: loci.Archive(budget=3), loci.InputError, "budget is 3 bytes; 256 to 1099511627776 was expected"),
        (lambda: loci.Archive(budget=-1), loci.InputError, "budget is -1 bytes; 256 to"),
        (lambda: loci.Archive(budget=2**70), loci.InputError, f"budget is {2**70} bytes; 256 to"),
        (lambda: loci.Archive().push([1.0]).shrink(-1), loci.InputError, "budget is -1 bytes; 256 to"),
        (lambda: loci.Archive(order=-1), loci.InputError, "order is -1; 0 to 32"),
        (lambda: loci.Archive(page=-1), loci.InputError, "page is -1; 0 to 1048576"),
        (lambda: loci.Archive(channels=2**70), loci.InputError, "1 to 65535"),
        (lambda: loci.Archive(page=2**70), loci.InputError, "0 to 1048576"),
        (lambda: loci.Archive().push([1.0]).zoom("noon", 1.0), loci.InputError, '"noon" is no date'),
        (lambda: loci.Archive().push([1.0]).forget([0.0, 1.0]), loci.InputError, "are 2 times; one was expected"),
        (lambda: loci.Archive(lossless="5%"), loci.InputError, "unit"),
        (lambda: loci.Archive(rate=0), loci.InputError, "rate"),
        (lambda: loci.Archive().recall(1), loci.RangeError, "empty"),
        (lambda: loci.Archive().push([np.inf]), loci.InputError, "sample 0 of channel 0"),
        (lambda: loci.Archive().push(np.ones((3, 2))).push(np.ones(3)), loci.InputError, "1 channels; 2"),
        (lambda: loci.Archive().push([1.0]).recall(5.0), loci.RangeError, ""),
        (lambda: loci.Archive().push([1.0, 2.0]).to_array(1, 5), loci.RangeError, ""),
        (lambda: loci.Archive.from_bytes(b""), loci.FormatError, ""),
        (lambda: loci.Archive.from_bytes(loci.Memory().push([1.0]).to_bytes()), loci.FormatError, ""),
        (lambda: loci.Archive().push([1.0]) + loci.Archive().push([[1.0, 2.0]]), loci.MismatchError, "channels"),
    ],
)
def test_bad_input(call, error, text):
    with pytest.raises(error) as fault:
        call()
    assert text in str(fault.value)


def test_use_after_close(x):
    with loci.Archive().push(x) as a:
        assert a.samples == 20000
    for use in (lambda: a.push([1]), lambda: a.recall(1), lambda: a.to_bytes(), lambda: a.samples, lambda: a.error()):
        with pytest.raises(loci.ClosedError, match="closed"):
            use()
    assert repr(a) == "<loci.Archive closed>"


class Series:
    """What pandas' Series is to us."""

    def __init__(self, values, index, name=None):
        self.values, self.index, self.name = np.asarray(values), index, name

    def to_numpy(self):
        return self.values


def test_times(program, tmp_path, x):
    """An index is times: what the program keeps of a table with them, to the bit, gaps and all. (It notes the column's name besides.)"""
    dates = np.datetime64("2026-01-01T06:00") + np.arange(20000) * np.timedelta64(250, "ms")
    kept = np.r_[0:500, 520:9000, 9001:20000]
    rows = (f"{d}Z,{v!r}" for d, v in zip(dates[kept].astype("datetime64[ms]"), x[kept].tolist()))
    (tmp_path / "x.csv").write_text("when,heat\n" + "\n".join(rows) + "\n")
    subprocess.run(
        [program, "remember", "x.csv", "--time", "when", "-o", "a.loci", "--error", "2%"], cwd=tmp_path, check=True, capture_output=True
    )
    a = loci.Archive(error="2%")
    for part in np.split(kept, [7, 503, 504, 15000]):
        a.push(Series(x[part], dates[part], "heat"))
    theirs = loci.Archive.load(tmp_path / "a.loci")
    assert np.array_equal(a.to_array(), theirs.to_array(), equal_nan=True) and (a.start, a.error(), a.pages) == (
        theirs.start,
        theirs.error(),
        theirs.pages,
    )
    assert (a.rate, a.samples, a.names) == (4.0, 20000, ("heat",)) and np.isnan(a.to_array()[500:520]).all()
    assert a.recall("2026-01-01T06:00:10") == a.to_array()[40] and "time 2026-01-01T06:00:00Z to" in repr(a)
    loaded = loci.Archive.load(tmp_path / "a.loci").push(Series([1.0, 2.0], dates[-1] + np.array([1, 3]) * np.timedelta64(250, "ms")))
    assert loaded.samples == 20003 and np.isnan(loaded.to_array()[20001]) and "2026" in repr(loaded)


def test_times_that_are_numbers():
    a = loci.Archive(lossless=1.0).push([1, 2, 3], [5.0, 5.5, 6.01])
    a.push([4], times=[8.0]).push([5])  # a sample without a time is the next one
    assert (a.rate, a.start, a.end) == (2.0, 5.0, 9.0)
    assert np.array_equal(a.to_array(), [1, 2, 3, np.nan, np.nan, np.nan, 4, 5], equal_nan=True)
    plain = Series(np.arange(9.0), np.arange(9))
    assert loci.Archive(lossless=1.0).push(plain) == loci.Archive(lossless=1.0).push(plain.values)
    assert loci.Archive(lossless=1.0, rate=3.0).push(Series([1.0], ["noon"])).rate == 3.0  # is not looked at
    for call, said in (
        (lambda a: a.push([1], [8.0]), "go back from 8.5 to 8"),
        (lambda a: a.push([1], [8.5]), "stand still at 8.5"),
        (lambda a: a.push([1, 2], [9.0, 9.7]), "9.7, sample 1, does not lie on steps of 0.5 s"),
        (lambda a: a.push([1, 2], [9.0, 9.2]), "9.2, sample 1, does not lie on steps of 0.5 s"),
        (lambda a: a.push([1, 2], [9.0, 9.01]), "stand still at 9.01, sample 1"),
        (lambda a: a.push([1, 2], [9.0, 1e9]), r"before 1000000000, sample 1, 2e\+09 steps of 0.5 s are missing; a gap of at most 1e\+09"),
        (lambda a: a.push([1], [np.inf]), "sample 0, inf steps"),
        (lambda a: a.push([1], [np.nan]), "sample 0 has none"),
        (lambda a: loci.Archive().push([1, 2], np.array(["2026-01-01", "NaT"], "M8")), "sample 1 has none"),
        (lambda a: loci.Archive().push(Series([1, 2], ["noon", "night"])), "with a rate the index is not looked at"),
        (lambda a: a.push([1, 2], [9.0]), "1 times for 2 samples"),
        (lambda a: loci.Archive(rate=2.0).push([1], [1.0]), "times were given to an archive with a rate"),
        (lambda a: loci.Archive().push([1], [1.0]), "two, or a rate, were expected"),
        (lambda a: loci.Archive(start=3.0).push([1, 2], [1, 2]), "start is 3"),
        (lambda a: loci.Archive().push([1, 2], ["noon", "night"]), "no dates"),
    ):
        before = a.to_bytes()
        with pytest.raises(loci.InputError, match=said):
            call(a)
        assert a.to_bytes() == before
    empty = loci.Archive(lossless=1.0)
    with pytest.raises(loci.InputError):
        empty.push([[1, 2], [3, 4]], [1.0, 1.0])
    assert empty.push([1, 2], [3.0, 3.5]).rate == 2.0  # as if nothing had been


def test_a_first_push_that_fails():
    """Where no sample was taken, the archive is as it was."""
    a = loci.Archive(lossless=1.0)
    with pytest.raises(loci.InputError, match="sample 0 of channel 0"):
        a.push([[np.inf, 1]])
    assert a.channels is None and a.push([1.0, 2, 3]).channels == 1
    timed = loci.Archive(lossless=1.0)
    with pytest.raises(loci.InputError, match="sample 1 of channel 0"):
        timed.push([1, np.inf], [0, 1])
    assert timed.push([1, 2, 3], [0, 0.5, 1]).rate == 2.0
    loaded = loci.Archive.from_bytes(timed.to_bytes())
    for bad in ([np.inf], [1.0, np.inf]):
        with pytest.raises(loci.InputError):
            loaded.push(bad)
    assert loaded == timed and np.array_equal(loaded.push([4]).to_array(), [1, 2, 3, 4])


def test_questions_by_dates():
    hours = np.datetime64("2026-01-01") + np.arange(3000) * np.timedelta64(1, "h")
    a = loci.Archive(lossless=1.0, page=1024).push(np.arange(3000.0), hours)
    t, y = a.zoom("2026-01-02", hours[47], 24)
    assert t[0] == a.start + 86400 and y[0] == 24
    assert np.array_equal(a.zoom(a.start + 86400, a.start + 47 * 3600, 24)[1], y)
    assert a.forget("2026-03-01").to_bytes() == a.forget(a.start + 59 * 86400).to_bytes() != a.to_bytes()


@pytest.mark.parametrize("rate, digits", [(10, 1), (30, 3), (100, 2), (8000, 6)])
def test_steps_of_rounded_times(program, tmp_path, rate, digits):
    """Neighbours tell the step with the rounding of their times; the archive is that of the program."""
    t = np.round(1.7e9 + np.arange(60000) / rate, digits)
    a = loci.Archive(error="1%").push(Series(np.sin(t), t, "u"))
    assert a.rate == rate and a.samples == t.size
    np.savetxt(tmp_path / "t.csv", np.column_stack([t, np.sin(t)]), delimiter=",", fmt=f"%.{digits}f,%.17g", header="t,u", comments="")
    subprocess.run([program, "remember", "t.csv", "--time", "t", "--error", "1%", "-o", "b.loci"], cwd=tmp_path, check=True)
    theirs = loci.Archive.load(tmp_path / "b.loci")
    assert theirs.rate == rate and np.array_equal(theirs.to_array(), a.to_array())


def test_one_archive_by_threads(random):
    """From its beginning on: nothing of what threads push is lost, while others look."""
    parts = random.standard_normal((200, 50))
    for thing in (loci.Archive(error=0.1), loci.Memory(order=8)):

        def use(part, thing=thing):
            thing.push(part)
            return thing.samples

        with ThreadPoolExecutor(16) as pool:
            seen = list(pool.map(use, parts))
        assert thing.samples == 10000 == max(seen) and min(seen) >= 50


def test_copies_take_the_times_of_an_index():
    """Of an archive without a rate the index of a Series counts, in whatever is made of it."""
    a = loci.Archive(lossless=1.0).push(Series([1.0, 2.0, 3.0], [0.0, 0.5, 1.0]))
    for b in (a, a.copy(), pickle.loads(pickle.dumps(a)), a.recode(0.01), a.forget(-1.0)):
        b.push(Series([4.0], [2.0]))
        assert np.allclose(b.to_array(), [1, 2, 3, np.nan, 4], atol=0.1, equal_nan=True)
    rated = loci.Archive(lossless=1.0, rate=2.0).push([1.0, 2.0])
    assert np.array_equal(rated.copy().push(Series([3.0], [9.0])).to_array(), [1, 2, 3])


def test_questions_while_others_push():
    """What is asked is of one moment; pushes take away what answered the question before."""

    class Pushed(loci.Archive):
        """Another thread pushes whenever this one has asked how many channels there are."""

        def _channel(self, channel):
            answer = super()._channel(channel)
            self.push(np.ones(8))
            return answer

    a = Pushed(lossless=1.0, rate=1.0).push(np.arange(16.0))
    assert len(a.to_array()) in (16, 24)
    assert len(a.zoom(points=5)[1]) == 5
    assert a.error() == 0 and a.max() == 15
    assert a.inspect()["promised"] and a.pages
