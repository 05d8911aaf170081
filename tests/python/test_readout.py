# SPDX-License-Identifier: MIT
"""Readouts: forecasts against the program's, additions against one pass."""

import json
import pickle
import subprocess

import loci
import numpy as np
import pytest


@pytest.fixture
def x(random):
    return np.sin(np.arange(1000) / 20.0) + 0.1 * random.standard_normal(1000)


@pytest.mark.parametrize("horizon", [8, 60])  # what is kept is more than 20 of them, and less
def test_same_as_the_program(program, tmp_path, x, horizon):
    np.save(tmp_path / "x.npy", x)
    words = ["--horizon", str(horizon), "--test", "0"]
    subprocess.run([program, "forecast", "x.npy", "-o", "f.loci", *words], cwd=tmp_path, check=True, capture_output=True)
    theirs, ours = loci.Readout.load(tmp_path / "f.loci"), loci.Readout(horizon).fit(x)
    assert (ours.window, ours.order, ours.inspect()["ridge"]) == (theirs.window, theirs.order, theirs.inspect()["ridge"])
    for a, b in zip(ours.forecast(), theirs.forecast()):
        assert np.allclose(a, b, rtol=1e-9, atol=1e-9)
    assert theirs.to_bytes() == (tmp_path / "f.loci").read_bytes() and theirs.names == ("u",)
    ours.save(tmp_path / "g.loci")
    subprocess.run([program, "inspect", "g.loci"], cwd=tmp_path, check=True, capture_output=True)


def test_forecasts(x):
    r = loci.Readout(10).fit(x[:900])
    f = r.forecast()
    assert f.mean.shape == (10,) and np.all(f.lower95 <= f.lower80) and np.all(f.lower80 <= f.mean) and np.all(f.mean <= f.upper80)
    assert np.sqrt(np.mean((f.mean - np.sin(np.arange(900, 910) / 20))) ** 2) < 0.2
    assert np.allclose(r.predict(x[900 - r.window : 900])[-1], f.mean)
    score = r.score(x[700:])
    assert set(score) == {"square", "absolute", "within80", "within95"} and 0.5 < score["within80"][0] <= 1
    two = loci.Readout(10).fit(np.stack([x, 2 * x + 5], 1))
    assert two.forecast().mean.shape == (10, 2) and np.allclose(two.forecast().mean[:, 1], 2 * two.forecast().mean[:, 0] + 5, atol=1e-6)


def test_pushing_and_adding(x):
    r = loci.Readout(5, window=32, order=8, ridge=0.01)
    whole = r.copy().push(x).solve()
    parts = loci.Readout(5, window=32, order=8, ridge=0.01).push(x[:500])
    for sample in x[500:520]:
        parts.push(sample)
    parts.push(x[520:]).solve()
    assert parts == whole
    a, b = (loci.Readout(5, window=32, order=8, ridge=0.01).push(p) for p in (x[:400], x[400:]))
    assert np.allclose(a.add(b, follows=True).solve().forecast().mean, whole.forecast().mean, atol=1e-9)
    c = r.copy().push(x[:400])
    d = c + r.copy().push(x[400:])
    assert d.samples == 1000 and c.samples == 400


def about(r):
    """What a file says besides: the JSON of its note."""
    data = r.to_bytes()
    begin = data.index(b'{"columns"')
    return json.loads(data[begin : data.index(b"}", begin) + 1])


def test_times_go_on(program, tmp_path, x):
    """The times of a file follow what is pushed, and what is learned anew has none of them."""
    rows = [f"{1000 + 60 * k},{v}" for k, v in enumerate(x[:600])]
    (tmp_path / "x.csv").write_text("\n".join(["time,level", *rows, ""]))
    words = ["--horizon", "4", "--window", "32", "--order", "8", "--ridge", "0.01", "--time", "time"]
    subprocess.run([program, "forecast", "x.csv", *words, "-o", "f.loci"], cwd=tmp_path, check=True, capture_output=True)
    r = loci.Readout.load(tmp_path / "f.loci")
    kept = r.copy()
    first = 1000 + 60 * 599
    assert (about(r)["last"], about(r)["step"], about(r)["stamped"]) == (first, 60, True)
    r.push(x[600:603]).push(x[603])
    assert about(r)["last"] == first + 4 * 60 and about(kept)["last"] == first  # of a copy, too
    r.solve().save(tmp_path / "g.loci")
    said = subprocess.run([program, "forecast", "g.loci"], cwd=tmp_path, check=True, capture_output=True, text=True).stdout
    assert float(said.splitlines()[1].split(",")[0]) == first + 5 * 60
    more = loci.Readout(4, window=32, order=8, ridge=0.01, scale=1.0).push(x[600:700])
    assert about(kept.copy().add(more, follows=True))["last"] == first + 100 * 60
    assert about(kept.copy().add(more))["last"] == first
    again = kept.copy().fit(np.stack([x, -x], 1))
    assert about(again) == {"columns": ["u0", "u1"], "stamped": False, "dates": False, "last": 999.0, "step": 1.0, "season": 0}
    assert kept.names == ("level",)


def test_columns_far_from_zero(x):
    """What a column counts from does not matter: it varies all the same."""
    wave = np.arange(1000) % 3.0
    for offset in (0.0, 1e12):
        r = loci.Readout(6).fit(offset + wave)
        assert np.allclose(r.forecast().mean - offset, (1000 + np.arange(6)) % 3, atol=1e-2), offset
    assert np.allclose(loci.Readout(6).fit(np.full(1000, 1e12)).forecast().mean, 1e12)


def test_round_trips(random):
    for _ in range(20):
        r = loci.Readout(int(random.integers(1, 9)), window=16, order=4).push(random.standard_normal(100)).solve()
        assert pickle.loads(pickle.dumps(r)) == r == loci.Readout.from_bytes(r.to_bytes())


@pytest.mark.parametrize(
    "call, error, text",
    [
        (lambda x: loci.Readout(0), loci.InputError, "horizon is 0"),
        (lambda x: loci.Readout().push(x), loci.InputError, "window is missing"),
        (lambda x: loci.Readout().forecast(), loci.RangeError, "knows nothing"),
        (lambda x: loci.Readout(96).fit(x[:50]), loci.InputError, "the horizon"),
        (lambda x: loci.Readout(9).fit(x * np.nan), loci.InputError, "sample 0"),
        (lambda x: loci.Readout(9, window=8, order=4).push(x).forecast(), loci.InputError, "weights"),
        (lambda x: loci.Readout(9, window=8, order=4).push(x[:3]).solve(), loci.InputError, "samples"),
        (lambda x: loci.Readout(9, window=8, order=4).push([np.inf]), loci.InputError, ""),
        (
            lambda x: loci.Readout(9, window=8, order=4).push(x).add(loci.Readout(9, window=9, order=4).push(x)),
            loci.MismatchError,
            "window",
        ),
        (lambda x: loci.Readout(9, window=8, order=4).push(x).solve().predict(x[:3]), loci.InputError, "window"),
        (lambda x: loci.Readout.from_bytes(b"no"), loci.FormatError, ""),
    ],
)
def test_bad_input(x, call, error, text):
    with pytest.raises(error) as fault:
        call(x)
    assert text in str(fault.value)
