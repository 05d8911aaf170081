# SPDX-License-Identifier: MIT
"""Memories: an endless signal in a bounded number of coefficients."""

from __future__ import annotations

import functools
from typing import Any, Dict, List, Optional, Sequence, Tuple

import numpy as np

from . import _arrays, _loci
from ._errors import InputError, MismatchError, RangeError
from ._recalled import Recalled

_JOINS = ("hold", "linear")
_MISSING = ("refuse", "hold")
_METHODS = ("exact", "bilinear", "backward", "zoh")


@functools.lru_cache(maxsize=64)
def _plan(*spec: Any) -> Any:
    """Tables for one spec, which memories share."""
    return _loci.Plan(*spec)


def _word(words: Sequence[str], word: str, name: str) -> int:
    if word not in words:
        raise InputError(f'{name} is "{word}"; one of {", ".join(words)} was expected')
    return words.index(word)


class Memory(Recalled):
    """The past of a signal as coefficients of orthogonal polynomials: sharp where it is recent, blurred where it is old.

    A memory of N = ``order`` and K = ``detail`` takes some N K log2(samples) numbers a channel, however long the signal; its error is known
    without the signal. Memories of stretches that follow one another add up to that of the whole, to the bit.

    Parameters
    ----------
    order : coefficients of a stretch, 1 to 1024.
    detail : stretches kept of each length, 0 to 256; 0: coefficients of the whole history alone. ``legs`` only.
    rate : samples a second, Hz. None: every sample comes with its time.
    measure : what the past weighs: ``legs`` (all of it), or ``legs-lti``, ``legt``, ``lagt``, ``fout``, whose time scale is ``window``.
    window : seconds, of the measures other than ``legs``.
    join : ``hold``: a sample holds until the next; ``linear``: samples are joined by lines.
    missing : NaN: ``refuse`` or ``hold`` the last value over it.
    start : the time of the first sample, seconds.
    channels : numbers of a sample; None: as the first push has.
    names : of channels, kept in files.

    >>> m = Memory(order=64, detail=4, rate=1.0)
    >>> m.push(x)
    >>> m.recall([10.0, 20.5])
    """

    __slots__ = ("_spec", "_memory", "_start", "_names", "_note", "_dates", "__weakref__")

    def __init__(
        self,
        order: int = 64,
        detail: Optional[int] = None,
        rate: Optional[float] = 1.0,
        *,
        measure: str = "legs",
        window: float = 0.0,
        join: str = "hold",
        missing: str = "refuse",
        method: str = "exact",
        discretization: str = "zoh",
        start: float = 0.0,
        channels: Optional[int] = None,
        names: Optional[Sequence[str]] = None,
    ) -> None:
        if detail is None:
            detail = 4 if measure == "legs" and method == "exact" else 0
        if rate is not None and not 0 < rate < float("inf"):
            raise InputError(f"rate is {rate}; more than 0 Hz, or None for samples with times, was expected")
        self._spec = (
            measure, _arrays.whole(order, "order", 1, 1024), _arrays.whole(detail, "detail", 0, 256), 0.0 if rate is None else 1.0 / rate, float(window),
            _word(_JOINS, join, "join"), _word(_MISSING, missing, "missing"), _word(_METHODS, method, "method"),
            discretization,
        )  # fmt: skip
        self._memory: Any = None
        self._start = float(start)
        self._names = tuple(map(str, names)) if names is not None else None
        self._note: Optional[bytes] = None
        self._dates = False
        _plan(*self._spec)  # what is wrong with it is better known now
        if channels is None and self._names is not None:
            channels = len(self._names)
        if channels is not None:
            self._begin(channels)

    def _begin(self, channels: int) -> None:
        if self._names is not None and len(self._names) != channels:
            raise InputError(f"there are {len(self._names)} names for {channels} channels; as many were expected")
        self._memory = _loci.Memory(_plan(*self._spec), channels, self._start)

    def _inner(self) -> Any:
        if self._memory is None:
            raise RangeError("the memory is empty; a push was expected before")
        return self._memory

    def _with(self, memory: Any) -> "Memory":
        """The same with another inner memory."""
        copy = Memory.__new__(Memory)
        copy._spec, copy._start, copy._names, copy._note, copy._dates = self._spec, self._start, self._names, self._note, self._dates
        copy._memory = memory
        return copy

    # --- remembering ---

    def push(self, x: Any, times: Any = None) -> "Memory":
        """Takes samples: x [n] or [n][channels], in order. times [n], seconds or dates, for a memory whose rate is None; of a pandas
        Series or DataFrame they are its index. All or nothing; how samples are grouped into pushes does not matter, to the bit. Gives
        itself."""
        stamped = self._spec[3] == 0
        if stamped and times is None and _arrays.is_series(x):
            times = x.index
        if stamped and times is None:
            raise InputError("times are missing; those of each sample were expected, since the memory has no rate")
        if not stamped and times is not None:
            raise InputError("times were given to a memory with a rate; none, or rate=None, was expected")
        u, channels = _arrays.samples(x, self.channels)
        t, dates = None, False
        if times is not None:
            dates = _arrays.are_dates(times)
            t = _arrays.seconds(times).reshape(-1)
            if t.size != u.shape[0]:
                raise InputError(f"there are {t.size} times for {u.shape[0]} samples; as many were expected")
        inner, made, names, was = self._memory, None, self._names, (self._dates, self._note)
        if t is not None and t.size and dates != self._dates:
            self._stamp(dates)
        if inner is None:
            with _arrays.beginning:
                if self._memory is None:
                    try:
                        self._names = _arrays.names_of(x, u.ndim) if names is None else names
                        self._begin(channels)
                    except Exception:
                        self._names, (self._dates, self._note) = names, was
                        raise
                    made = self._memory
                inner = self._memory
        try:
            inner.push(u, t, u.shape[0])
        except Exception:
            with _arrays.beginning:
                if inner.inspect()[1] == 0:  # as if nothing had been pushed
                    self._dates, self._note = was
                    if made is not None and self._memory is made:
                        self._memory, self._names = None, names
            raise
        return self

    def _stamp(self, dates: bool) -> None:
        """Times are dates from now on, or seconds: of a memory without samples, whose note, from a file, may say otherwise."""
        if self.samples:
            theirs, mine = ("dates", "seconds") if dates else ("seconds", "dates")
            raise InputError(f"times: are {theirs}, and those of the memory are {mine}; {mine} were expected")
        self._dates, self._note = dates, None

    def close(self, end: Any) -> "Memory":
        """Ends the interval of the last sample, of a memory with times or joined by lines: it holds until ``end``, seconds or a date. Gives
        itself."""
        self._inner().close(_arrays.moment(end, "end"))
        return self

    def append(self, other: "Memory") -> "Memory":
        """Takes another memory in behind this one, as if it began where this one ends, whatever its times were; an empty one whose samples have times
        ends nowhere, and takes them as they are, with their names. Gives itself."""
        if other.channels is None:
            return self
        self._agree(other)
        if self.samples == 0:
            moved = other._inner().copy()
            if self._spec[3] != 0:
                moved.shift(self.start)
            if self._memory is None:
                self._names = other._names if self._names is None else self._names
            if other._dates != self._dates:
                self._stamp(other._dates)
            self._memory = moved
            return self
        _, samples, start, end = self._inner().inspect()[:4]
        moved = other._inner().copy()
        moved.shift(max(end, start + self._spec[3] * samples))
        self._memory.merge(moved)
        return self

    def shift(self, start: Any) -> "Memory":
        """Moves the history in time, so that it begins at ``start``, seconds or a date. Gives itself."""
        self._inner().shift(_arrays.moment(start, "start"))
        return self

    def _agree(self, other: "Memory") -> None:
        for name, mine, others in zip(
            ("measure", "order", "detail", "step", "window", "join", "missing", "method", "discretization"),
            self._spec, other._spec,
        ):  # fmt: skip
            if mine != others:
                raise MismatchError(f"the memories differ in {name}: {mine} and {others}; the same was expected")
        if self.channels is not None and self.channels != other.channels:
            raise MismatchError(f"the memories have {self.channels} and {other.channels} channels; as many were expected")

    def _merge(self, other: "Memory") -> "Memory":
        """Takes another one in that begins where this one ends."""
        self._agree(other)
        if self._spec[3] == 0 and other.samples and other._dates != self._dates:
            if self.samples:
                one, two = ("dates", "seconds") if self._dates else ("seconds", "dates")
                raise MismatchError(f"the memories differ in times: {one} and {two}; the same was expected")
            self._stamp(other._dates)
        self._memory.merge(other._memory)
        return self

    def __add__(self, other: Any) -> "Memory":
        """The memory of both, where ``other`` begins at the end of this one (``append`` moves it there)."""
        if not isinstance(other, Memory):
            return NotImplemented
        if self._memory is None or other._memory is None:
            return (self if other._memory is None else other).copy()
        return self.copy()._merge(other)

    def __radd__(self, other: Any) -> "Memory":
        return self.copy() if isinstance(other, int) and other == 0 else NotImplemented  # so that sum() adds up

    def __iadd__(self, other: Any) -> "Memory":
        if not isinstance(other, Memory):
            return NotImplemented
        if self._memory is None or other._memory is None:
            return self + other
        return self._merge(other)

    def copy(self) -> "Memory":
        """A fork: what one of them is pushed, the other does not see."""
        return self._with(self._memory.copy() if self._memory is not None else None)

    def collapse(self) -> "Memory":
        """One stretch of ``order`` coefficients over the whole history."""
        return self._with(self._inner().collapse())

    # --- recalling ---

    def _recaller(self) -> Any:
        return self._inner()

    def error(self, start: Any = None, end: Any = None, channel: Optional[int] = None) -> Any:
        """The root mean square error of recall from ``start`` to ``end``, known without the signal; stretches that are touched count whole."""
        inner, out = self._inner(), []
        a, b = _arrays.stretch(start, end, self.start, self.end)
        for c in self._channel(channel):
            if start is None and end is None:
                out.append(inner.summarize(c)[2] ** 0.5)
                continue
            rows = [inner.stretch(i, c) for i in range(inner.inspect()[6])]
            rows = [row for row in rows if row[0] < b and row[1] > a or row[0] <= a == b <= row[1]]
            length = sum(row[1] - row[0] for row in rows)
            out.append((sum(row[5] * (row[1] - row[0]) for row in rows) / length) ** 0.5 if length > 0 else float("nan"))
        return np.array(out) if len(out) > 1 else out[0]

    @property
    def coefficients(self) -> np.ndarray:
        """The N coefficients of the whole history, [order] or, of several channels, [channels][order]; of measures other than ``legs`` the
        state."""
        count = self._inner().inspect()[0]
        out = np.empty((count, self._spec[1]))
        for c in range(count):
            self._memory.coefficients(c, out[c])
        return out if count > 1 else out[0]

    # --- what is known of it ---

    @property
    def order(self) -> int:
        """Coefficients of a stretch."""
        return self._spec[1]

    @property
    def detail(self) -> int:
        """Stretches kept of each length."""
        return self._spec[2]

    @property
    def measure(self) -> str:
        """What the past weighs."""
        return self._spec[0]

    @property
    def rate(self) -> Optional[float]:
        """Hz; None: every sample has its time."""
        return 1.0 / self._spec[3] if self._spec[3] else None

    @property
    def channels(self) -> Optional[int]:
        """Numbers of a sample; None: nothing was pushed yet."""
        return self._memory.inspect()[0] if self._memory is not None else None

    @property
    def names(self) -> Tuple[str, ...]:
        """Of the channels."""
        return self._names if self._names is not None else _arrays.default_names(self.channels or 1)

    @property
    def samples(self) -> int:
        """How many were pushed."""
        return self._memory.inspect()[1] if self._memory is not None else 0

    def __len__(self) -> int:
        return self.samples

    @property
    def start(self) -> float:
        """Where the history begins, seconds."""
        return self._memory.inspect()[2] if self._memory is not None else self._start

    @property
    def end(self) -> float:
        """Where it ends, seconds."""
        return self._memory.inspect()[3] if self._memory is not None else self._start

    def _summary(self, i: int) -> Any:
        inner = self._inner()
        all_ = [inner.summarize(c)[i] for c in range(inner.inspect()[0])]
        return np.array(all_) if len(all_) > 1 else all_[0]

    @property
    def forgotten(self) -> Any:
        """The mean square error of recall over the variance of the signal: a share; NaN where it is not known."""
        return self._summary(3)

    @property
    def variance(self) -> Any:
        """Of the signal over its whole history."""
        return self._summary(1)

    @property
    def stretches(self) -> List[Dict[str, Any]]:
        """What is kept of which part of the past, oldest first; of several channels the errors of the first."""
        inner = self._inner()
        keys = ("start", "end", "samples", "exact", "numbers", "mean_square_error", "variance")
        return [dict(zip(keys, inner.stretch(i, 0))) for i in range(inner.inspect()[6])]

    def inspect(self) -> Dict[str, Any]:
        """All that is known of it, as ``loci inspect`` tells."""
        about: Dict[str, Any] = {
            "measure": self.measure, "order": self.order, "detail": self.detail, "rate": self.rate, "names": self.names,
            "samples": self.samples, "start": self.start, "end": self.end,
        }  # fmt: skip
        if self._memory is not None:
            i = self._memory.inspect()
            about.update(channels=i[0], missing=i[4], numbers=i[5])
            for k, key in enumerate(("mean", "variance", "error", "forgotten")):
                about[key] = self._summary(k)
        return about

    def __repr__(self) -> str:
        what = f"{self.measure}, order {self.order}" + (f", detail {self.detail}" if self.detail else "")
        if self._memory is None:
            return f"<loci.Memory {what}: empty>"
        i = self._memory.inspect()
        signal = _arrays.plural(i[1], "sample") + (f" of {i[0]} channels" if i[0] > 1 else "")
        signal += f" at {self.rate:g} Hz" if self.rate else " with times"
        kept = f"{_arrays.plural(i[5], 'number')} a channel"
        lost = ", ".join(_arrays.share(x) for x in np.atleast_1d(self.forgotten)[:4]) + (", ..." if i[0] > 4 else "")
        span = _arrays.span_text(i[2], i[3], self._dates)
        return f"<loci.Memory {what}: {signal}; time {span}; {kept}; forgotten {lost}>"

    def plot(self, ax: Any = None, points: int = 1000, **options: Any) -> Any:
        """Draws what is remembered with matplotlib, and gives the axes."""
        from ._plot import recalled

        return recalled(self, ax, points, **options)

    # --- bytes ---

    def to_bytes(self) -> bytes:
        """A file of it, as ``loci remember -o`` writes it."""
        inner = self._inner()
        if self.detail == 0 and self.measure == "legs" and self._spec[7] == 0:
            inner = inner.collapse()
        return inner.save(self._note if self._note is not None else _arrays.names_note(self.names, self._dates))

    @classmethod
    def from_bytes(cls, data: Any) -> "Memory":
        """A memory from such bytes; from anything with a buffer, without a copy."""
        spec, channels, note = _loci.memory_header(data)
        self = cls.__new__(cls)
        self._spec, self._note, self._dates = spec, note, note.startswith(b"time=iso")
        self._names = _arrays.note_names(note) or None
        self._memory = _loci.memory_load(_plan(*spec), channels, data)
        self._start = self._memory.inspect()[2]
        return self

    __copy__ = copy

    def __deepcopy__(self, memo: Any) -> "Memory":
        return self.copy()

    def __eq__(self, other: Any) -> bool:
        """Whether both would be the same file."""
        if not isinstance(other, Memory):
            return NotImplemented
        if self._memory is None or other._memory is None:
            return self._memory is other._memory and self._spec == other._spec and self._start == other._start
        return self.to_bytes() == other.to_bytes()

    __hash__ = None  # type: ignore[assignment]

    def __reduce__(self) -> Any:
        if self._memory is None:
            return _unpickle, (_arrays.PICKLE, None, (self._spec, self._start, self._names))
        return _unpickle, (_arrays.PICKLE, self.to_bytes(), None)


def _unpickle(version: int, data: Optional[bytes], empty: Any) -> Memory:
    _arrays.pickled(version, "memory")
    if data is not None:
        return Memory.from_bytes(data)
    self = Memory.__new__(Memory)
    self._spec, self._start, self._names = empty
    self._memory, self._note, self._dates = None, None, False
    return self


def remember(x: Any, times: Any = None, **options: Any) -> Memory:
    """The memory of a signal at once: x [n] or [n][channels], with times [n] or at a ``rate``, as ``Memory`` takes them. A pandas Series or
    DataFrame has its times in its index, unless a rate is given."""
    if times is None and "rate" not in options and _arrays.is_series(x):
        times = x.index
    if times is not None:
        options["rate"] = None
    return Memory(**options).push(x, times)
