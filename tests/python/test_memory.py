# SPDX-License-Identifier: MIT
"""Memories: against their own mathematics, the program, and what people get wrong."""

import copy
import pickle
import subprocess
import threading

import loci
import numpy as np
import pytest


def wave(n, seed=0):
    return np.sin(np.arange(n) / 20.0) + 0.1 * np.random.default_rng(seed).standard_normal(n)


def test_first_lines(tmp_path):
    x, y = wave(1000), wave(500, 1)
    m = loci.Memory(order=64, detail=4, rate=1.0)
    m.push(x)
    n = loci.Memory(order=64, detail=4, rate=1.0, start=m.end)
    n.push(y)
    assert m.recall([3.0, 990.5]).shape == (2,)
    assert np.allclose(m.recall(np.arange(990, 1000.0)), x[990:])  # the newest samples are kept as they are
    (m + n).save(tmp_path / "both.loci")
    both = loci.Memory.load(tmp_path / "both.loci")
    assert both == m + n and both.samples == 1500


def test_coefficients_are_a_projection():
    """c_n = the mean of f g_n, and Parseval: variance + mean^2 = sum c^2 + what all of them forgot."""
    x = np.cos(np.linspace(0, 7, 400))
    m = loci.Memory(order=16, detail=0, rate=10.0).push(x)
    edges = np.polynomial.legendre.Legendre.basis
    c = m.coefficients
    for n in range(16):
        whole = edges(n).integ()
        t = 2 * np.arange(401) / 400 - 1
        weight = np.sqrt(2 * n + 1) * np.diff(whole(t)) / 2  # of sample k in the integral over [0, 1]
        assert c[n] == pytest.approx(np.sum(weight * x), abs=1e-12)
    assert m.collapse().error() ** 2 == pytest.approx(np.mean(x**2) - np.sum(c**2), abs=1e-12)


def test_questions():
    x = wave(5000)
    m = loci.Memory(rate=50.0).push(x)
    t = np.linspace(0, m.end, 200)
    assert np.sqrt(np.mean((m.recall(t + 0.0) - x[np.minimum((t * 50).astype(int), 4999)]) ** 2)) < 0.2
    assert m.mean() == pytest.approx(x.mean(), abs=1e-12)
    assert m.integral(0, m.end) == pytest.approx(x.sum() / 50, abs=1e-9)
    assert m.integral(t[:-1], t[1:]).sum() == pytest.approx(m.integral(), abs=1e-9)
    assert m.mean([98.0, 99.0], 100.0).shape == (2,)
    errors = m.recall((np.arange(5000) + 0.5) / 50) - x  # middles: half of what the error is about
    assert 0 < m.error() < 0.2 and np.sqrt(np.mean(errors**2)) < 1.5 * m.error()
    assert m.forgotten == pytest.approx(m.error() ** 2 / x.var(), rel=1e-6)
    assert m.variance == pytest.approx(x.var(), rel=1e-9)
    assert m.error(m.end - 0.5, m.end) == 0
    slope = (m.recall(60.001) - m.recall(59.999)) / 0.002
    assert m.derivative(60.0) == pytest.approx(slope, rel=1e-3)
    assert m.recall(np.zeros((2, 3))).shape == (2, 3) and np.ndim(m.recall(1.0)) == 0


def test_channels(random):
    x = random.standard_normal((3000, 3))
    m = loci.Memory(names=["a", "b", "c"]).push(x)
    assert m.recall([1.0, 2.0]).shape == (2, 3) and m.coefficients.shape == (3, 64)
    for c in range(3):
        one = loci.Memory().push(x[:, c])
        assert np.array_equal(m.recall([5.0, 2999.5], channel=c), one.recall([5.0, 2999.5]))
        assert np.array_equal(m.coefficients[c], one.coefficients) and m.forgotten[c] == one.forgotten
    assert m.names == ("a", "b", "c") and loci.Memory.from_bytes(m.to_bytes()).names == m.names
    assert loci.Memory(channels=3).push(x[0]).samples == 1  # one sample of all channels


def test_grouping_does_not_matter(random):
    x = random.standard_normal(3000)
    whole = loci.Memory().push(x)
    parts = loci.Memory()
    for part in np.split(x, np.sort(random.integers(0, 3000, 20))):
        parts.push(part)
    assert parts == whole


def test_merging(random):
    x = random.standard_normal(20000)
    whole = loci.Memory().push(x)
    parts = [loci.Memory(start=i).push(x[i : i + 4096]) for i in range(0, 20000, 4096)]
    assert sum(parts) == whole
    assert (parts[0] + parts[1]) + (parts[2] + parts[3]) + parts[4] == whole
    for cut in random.integers(1, 20000, 5):
        both = loci.Memory().push(x[:cut]) + loci.Memory(start=cut).push(x[cut:])
        assert np.allclose(both.coefficients, whole.coefficients, atol=1e-13)
    moved = loci.Memory().push(x[:4096]).append(loci.Memory().push(x[4096:]))
    assert moved == whole
    a = parts[0].copy()
    a += parts[1]
    assert a == parts[0] + parts[1] and parts[0].samples == 4096


def test_merging_where_plans_were_dropped(random):
    """Tables of a spec are made again once many others were used since: a memory of before merges with one of after."""
    x = random.standard_normal(600)
    first = loci.Memory(rate=3.0).push(x[:300])
    for rate in range(10, 90):
        loci.Memory(order=1, rate=rate)
    other = loci.Memory(rate=3.0, start=100.0).push(x[300:])
    assert first + other == loci.Memory(rate=3.0).push(x) == first.copy().append(other)


def test_appending_to_nothing(random):
    """An empty memory stays what it is: its spec, its start, and names where it has none."""
    x = loci.Memory(start=7.0, names=["x"]).push(random.standard_normal(50))
    m = loci.Memory(start=100.0).append(x)
    assert (m.start, m.end, m.names, m.samples) == (100.0, 150.0, ("x",), 50) and x.start == 7.0
    assert loci.Memory(start=100.0, channels=1).append(x).start == 100.0
    empty = loci.Memory(order=32)
    with pytest.raises(loci.MismatchError, match="order: 32 and 64"):
        empty.append(x)
    assert empty.channels is None
    dated = loci.Memory(rate=None).push([1.0, 2.0], np.array(["2026-01-01", "2026-01-02"], "M8[D]"))
    assert loci.Memory(rate=None).append(dated) == dated and loci.Memory(rate=None, channels=1).append(dated).start == dated.start


def test_a_first_push_that_fails():
    """All or nothing: afterwards the memory is as it was, of any number of channels, of numbers as times."""

    class Frame(np.ndarray):
        """Columns as pandas' DataFrame has them."""

        columns = ("a", "b")

    m, days = loci.Memory(rate=None), np.array(["2026-01-01", "2026-01-02"], "M8[D]")
    for bad, times in (([[1.0, np.nan], [1.0, 2.0]], days), ([[1.0, 2.0], [1.0, 2.0]], days[::-1])):
        with pytest.raises(loci.InputError):
            m.push(np.array(bad).view(Frame), times)
        assert m.channels is None and m.names == ("u",)
    assert m.push([1.0, 2.0], [5.0, 6.0]) == loci.Memory(rate=None).push([1.0, 2.0], [5.0, 6.0]) and b"time=iso" not in m.to_bytes()
    kept = loci.Memory(channels=2)
    with pytest.raises(loci.InputError):
        kept.push([[1.0, np.nan]])
    assert kept.channels == 2


def test_times():
    t = np.cumsum(np.random.default_rng(1).uniform(0.5, 1.5, 500))
    x = np.sin(t)
    m = loci.Memory(rate=None, join="linear").push(x, t)
    assert m.start == t[0] and m.recall(t[300:310] + 0.0) == pytest.approx(x[300:310], abs=0.01)
    held = loci.Memory(rate=None).push(x, t).close(t[-1] + 10)
    assert held.end == t[-1] + 10 and held.recall(held.end) == pytest.approx(x[-1])
    dates = np.datetime64("2020-01-01") + np.arange(500) * np.timedelta64(60, "s")
    assert loci.Memory(rate=None).push(x, dates).start == 1577836800


def test_dates_and_nothing(program, tmp_path):
    """Dates are known as such by the program; no samples are no samples."""
    (tmp_path / "x.csv").write_text("time,a\n2020-01-01 00:00,1\n2020-01-01 00:01,2.5\n2020-01-01 00:05,3\n")
    subprocess.run(
        [program, "remember", "x.csv", "--time", "time", "--detail", "4", "-o", "m.loci"], cwd=tmp_path, check=True, capture_output=True
    )
    theirs = loci.Memory.load(tmp_path / "m.loci")
    dates = ["2020-01-01T00:00", "2020-01-01T00:01", "2020-01-01T00:05"]
    ours = loci.Memory(rate=None, names=["a"]).push([1, 2.5, 3], dates)
    assert np.array_equal(ours.recall(dates), theirs.recall(dates)) and b"time=iso" in ours.to_bytes() and b"time=iso" in theirs.to_bytes()
    assert (
        loci.Memory().push([]).samples == 0 and loci.Memory().push(np.empty((0, 3))).channels == 3 and loci.Memory().push(5.0).samples == 1
    )


def test_dates_of_any_year():
    """Nanoseconds count from 1677 to 2262; seconds have no end."""
    dates = np.array(["1500-01-01", "1677-01-01", "1969-12-31T23:59:59.25", "2026-01-31T12:00", "3000-01-01"], "M8[ms]")
    wanted = dates.astype(np.int64) / 1000
    m = loci.Memory(rate=None).push(np.arange(5.0), dates).close("3001-01-01")
    assert (m.start, m.end) == (wanted[0], 32535216000.0)
    for times in (dates, dates.astype("M8[us]"), [str(date) for date in dates], dates.tolist(), dates - np.datetime64(0, "s")):
        assert np.array_equal(m.recall(times), m.recall(wanted))
        assert loci.Memory(rate=None).push(np.arange(5.0), times).start == wanted[0]
    exact = np.array([-1, 1, 1_700_000_000_123_456_789, 10**15 + 1], "M8[ns]").astype(np.int64)
    starts = [loci.Memory(rate=None).push([1.0], np.array([t], "M8[ns]")).start for t in exact]
    assert starts == [t // 10**9 + (t % 10**9) * 1e-9 for t in exact.tolist()]
    both = np.stack([dates[1:4], dates[1:4]])
    assert np.array_equal(m.recall(both.T), m.recall(both).T) and np.isnan(loci._arrays.seconds(np.array("NaT", "M8[D]")))


def test_dates_and_seconds_do_not_mix():
    days = np.array(["2026-01-01", "2026-01-02"], "M8[D]")
    plain, dated = loci.Memory(rate=None).push([1.0, 2.0], [5.0, 6.0]), loci.Memory(rate=None).push([1.0, 2.0], days)
    for m, times, said in (
        (plain, days, "times: are dates, and those of the memory are seconds; seconds were expected"),
        (dated, [2e9], "times: are seconds, and those of the memory are dates; dates were expected"),
    ):
        for memory in (m, loci.Memory.from_bytes(m.to_bytes())):
            with pytest.raises(loci.InputError, match=said):
                memory.push(np.ones(len(times)), times)
            assert memory.push([], []) == m
    for one, other in ((plain, dated), (plain.copy(), dated)):
        with pytest.raises(loci.MismatchError, match="differ in times: seconds and dates"):
            one + other
        with pytest.raises(loci.MismatchError, match="differ in times: seconds and dates"):
            one += other
    empty = loci.Memory.from_bytes(loci.Memory(rate=None, channels=1, names=["a"]).to_bytes()).push([1.0, 2.0], days)
    assert empty.to_bytes().count(b"time=iso") == 1 and empty.names == ("a",)
    numbers = np.array([7.0, 8.0], dtype=object)
    assert plain.copy().push([1.0, 2.0], numbers).end == 8.0
    assert plain.copy().shift(np.datetime64("1970-01-02")).start == 86400 and dated.close("2026-01-03").end == 1767398400


def test_pandas():
    pd = pytest.importorskip("pandas")
    index = pd.date_range("2020-01-01", periods=300, freq="h", tz="Europe/Berlin")
    s = pd.Series(np.arange(300.0), index=index)
    m = loci.remember(s)
    assert m.start == 1577836800 - 3600 and m.recall(m.start + 7200) == 2
    frame = pd.DataFrame({"a": s, "b": 2 * s})
    assert loci.remember(frame).names == ("a", "b") and loci.remember(frame, rate=1.0).end == 300


def test_arrays_as_they_come(random):
    x = random.standard_normal(100)
    same = loci.Memory().push(x)
    assert loci.Memory().push(list(x)) == same
    assert loci.Memory().push(x.astype(">f8")) == same
    assert loci.Memory().push(np.repeat(x, 2)[::2]) == same  # strides
    assert loci.Memory().push(memoryview(x)) == same
    assert loci.Memory().push(np.asfortranarray(np.stack([x, x], 1))) == loci.Memory().push(np.stack([x, x], 1))
    assert loci.Memory().push(np.arange(100, dtype=np.int16)) == loci.Memory().push(np.arange(100.0))

    class Tensor:  # what speaks DLPack alone
        def __dlpack__(self, **options):
            return x.__dlpack__(**options)

        def __dlpack_device__(self):
            return x.__dlpack_device__()

    assert loci.Memory().push(Tensor()) == same


def test_same_file_as_the_program(program, tmp_path, random):
    x = random.standard_normal(3000)
    np.save(tmp_path / "x.npy", x)
    for more, options in (
        ([], {}),
        (["--order", "16", "--detail", "2"], {"order": 16, "detail": 2}),
        (["--measure", "legt", "--window", "50"], {"measure": "legt", "window": 50}),
        (["--order", "32", "--detail", "0"], {"order": 32, "detail": 0}),
    ):
        detail = [] if more else ["--detail", "4"]
        subprocess.run([program, "remember", "x.npy", "-o", "m.loci", *detail, *more], cwd=tmp_path, check=True)
        m = loci.Memory(**options).push(x)
        assert m.to_bytes() == (tmp_path / "m.loci").read_bytes()
        assert loci.Memory.load(tmp_path / "m.loci") == m


def test_round_trips(random):
    for trial in range(100):
        n, channels = int(random.integers(1, 2000)), int(random.integers(1, 4))
        m = loci.Memory(order=int(random.integers(1, 40)), detail=int(random.integers(0, 6)), rate=float(random.uniform(0.1, 9)))
        m.push(random.standard_normal((n, channels)))
        assert pickle.loads(pickle.dumps(m)) == m == copy.deepcopy(m) == loci.Memory.from_bytes(memoryview(m.to_bytes()))
    empty = pickle.loads(pickle.dumps(loci.Memory(order=9)))
    assert empty.order == 9 and empty.samples == 0 and repr(empty) == "<loci.Memory legs, order 9, detail 4: empty>"


@pytest.mark.parametrize(
    "call, error, text",
    [
        (lambda m: loci.Memory(order=0), loci.InputError, "order is 0; 1 to 1024"),
        (lambda m: loci.Memory(rate=-1), loci.InputError, "rate is -1"),
        (lambda m: loci.Memory(measure="lego"), loci.InputError, "lego"),
        (lambda m: loci.Memory(join="glue"), loci.InputError, "hold, linear was expected"),
        (lambda m: m.push(np.ones((2, 2, 2))), loci.InputError, "3 dimensions"),
        (lambda m: m.push(np.ones((5, 2))), loci.InputError, "2 channels; 1"),
        (lambda m: m.push(["a", "b"]), loci.InputError, "real numbers"),
        (lambda m: m.push([1j]), loci.InputError, "complex128"),
        (lambda m: m.push([[1, 2], [3]]), loci.InputError, "array of numbers"),
        (lambda m: m.push(None), loci.InputError, "real numbers"),
        (lambda m: m.push([1, np.nan]), loci.InputError, "sample 1"),
        (lambda m: m.push([1.0], [2.0]), loci.InputError, "rate=None"),
        (lambda m: loci.Memory(rate=None).push([1.0]), loci.InputError, "times are missing"),
        (lambda m: loci.Memory(rate=None).push([1.0, 2.0], [3.0]), loci.InputError, "1 times for 2 samples"),
        (lambda m: loci.Memory(rate=None).push([1.0, 2.0], [3.0, 3.0]), loci.InputError, "time"),
        (lambda m: m.recall(1e9), loci.RangeError, "outside of the history"),
        (lambda m: m.recall(1, channel=3), loci.RangeError, "channel is 3"),
        (lambda m: m.recall(1, what="love"), loci.InputError, "love"),
        (lambda m: loci.Memory().recall(1), loci.RangeError, "empty"),
        (lambda m: m + loci.Memory(order=8, start=100).push([1]), loci.MismatchError, "order"),
        (lambda m: m + loci.Memory(start=50).push([1]), loci.MismatchError, "overlap"),
        (lambda m: loci.Memory.from_bytes(b"no"), loci.FormatError, ""),
        (lambda m: loci.Memory.from_bytes(m.to_bytes()[:-1] + b"\0"), loci.FormatError, ""),
        (lambda m: loci.Memory.load("/nowhere"), FileNotFoundError, ""),
        (lambda m: m.save("/nowhere/m.loci"), loci.FileError, "/nowhere"),
        (lambda m: m + 1, TypeError, ""),
        (lambda m: m.shift("noon"), loci.InputError, '"noon" is no date'),
        (lambda m: m.close([1.0, 2.0]), loci.InputError, "are 2 times; one was expected"),
    ],
)
def test_bad_input(call, error, text):
    m = loci.Memory().push(np.arange(100.0))
    before = m.to_bytes()
    with pytest.raises(error) as fault:
        call(m)
    assert text in str(fault.value) and m.to_bytes() == before
    if issubclass(error, loci.Error):
        assert isinstance(fault.value, (ValueError, OSError))


def test_pickles_of_another_version():
    m = loci.Memory().push([1.0, 2.0])
    function, (version, data, empty) = m.__reduce__()
    with pytest.raises(loci.UnsupportedError, match="version 2; 1 was expected"):
        function(2, data, empty)
    with pytest.raises(loci.FormatError):
        function(1, data[:40], empty)


def test_threads_take_turns():
    """One memory pushed by many threads: none is lost, and nothing breaks."""
    m = loci.Memory(order=16)
    m.push([0.0])
    threads = [threading.Thread(target=lambda: [m.push(np.ones(100)) for _ in range(50)]) for _ in range(20)]
    [t.start() for t in threads]
    [t.join() for t in threads]
    assert m.samples == 1 + 20 * 50 * 100 and m.mean() == pytest.approx(1, abs=1e-4)


def test_two_memories_of_one_another():
    """a into b and b into a at one time: no thread waits for ever."""
    a, b = loci.Memory().push(np.ones(100)), loci.Memory().push(np.ones(100))
    threads = [threading.Thread(target=lambda p=p: [p[0].copy().append(p[1]) for _ in range(200)]) for p in ((a, b), (b, a)) * 4]
    [t.start() for t in threads]
    [t.join(60) for t in threads]
    assert not any(t.is_alive() for t in threads)


def test_dask():
    """Memories of partitions, folded by Dask, are that of one pass, to the bit."""
    pytest.importorskip("dask.array")
    import dask
    import dask.array as da

    x = np.random.default_rng(3).standard_normal(5 * 4096 + 77)
    blocks = da.from_array(x, chunks=4096).to_delayed().ravel()
    starts = np.arange(len(blocks)) * 4096.0

    @dask.delayed
    def of(block, start):
        return loci.Memory(start=start).push(block)

    parts = [of(block, start) for block, start in zip(blocks, starts)]
    while len(parts) > 1:  # a tree, as reductions are
        parts = [
            dask.delayed(lambda a, b: a + b)(*pair) if len(pair) == 2 else pair[0]
            for pair in (parts[i : i + 2] for i in range(0, len(parts), 2))
        ]
    (whole,) = dask.compute(parts[0], scheduler="threads")
    assert whole == loci.Memory().push(x)
