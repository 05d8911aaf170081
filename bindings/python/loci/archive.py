# SPDX-License-Identifier: MIT
"""Archives: a whole signal in few bytes, with an error that is known exactly."""

from __future__ import annotations

import threading
from typing import Any, Dict, List, Optional, Sequence, Tuple, Union

import numpy as np

from . import _arrays, _loci
from ._arrays import Path
from ._errors import ClosedError, InputError, MismatchError, RangeError
from ._grid import missing, runs, step_of
from ._recalled import Recalled

_RULES = ("error", "max", "lossless", "budget")
_CHANNELS, _ORDER, _PAGE, _BUDGET = 65535, 32, 2**20, 2**40  # at most, as in loci/archive.h
Bound = Union[float, str, None]


def _bound(given: Union[float, str], name: str) -> Tuple[float, bool]:
    """A number in the signal's unit, or a share of its deviation, as "5%"."""
    try:
        if isinstance(given, str) and given.strip().endswith("%"):
            return float(given.strip()[:-1]) / 100, True
        return float(given), False
    except (TypeError, ValueError):
        raise InputError(f'{name} is {given!r}; a number, or a share as "5%", was expected') from None


def _size(given: Union[int, float, str]) -> int:
    """Bytes: 65536, "64K", "1M"."""
    try:
        text = str(given).strip()
        unit = {"K": 10, "M": 20, "G": 30}.get(text[-1:].upper(), 0)
        size = int(text[:-1] if unit else text) << unit
    except ValueError:
        raise InputError(f'budget is {given!r}; a number of bytes, or one as "64K", was expected') from None
    if not 256 <= size <= _BUDGET:
        raise InputError(f"budget is {size} bytes; 256 to {_BUDGET} was expected")
    return size


class Archive(Recalled):
    """A signal in pages, each coded as coarsely as a promise allows. Exactly one of these says which:

    Parameters
    ----------
    error : the root mean square error of every page, in the signal's unit, or as "5%" of its deviation in the first page ("5%").
    max : no sample is off by more, likewise.
    lossless : samples that are whole multiples of this unit come back as they were, to the bit.
    budget : the archive takes at most so many bytes, as 65536 or "64K", whatever comes: the past becomes coarser.
    rate : samples a second, Hz. start : the time of the first one, seconds. rate None: as the times are apart that come with samples, a pandas index, or
        ``push(x, times)``; 1 Hz where none do.
    channels : numbers of a sample; None: as the first push has. names : of channels.
    fading : of a budget: squares of errors rise as this power of age. order, page : samples of a leaf, of a page; 0: chosen.

    >>> a = Archive(error="5%", rate=360.0)
    >>> a.push(x)
    >>> a.recall([10.0, 20.5])
    """

    __slots__ = (
        "_options",
        "_channels",
        "_names",
        "_dates",
        "_timed",
        "_next",
        "_writer",
        "_data",
        "_reader",
        "_closed",
        "_salvage",
        "_lock",
        "__weakref__",
    )

    def __init__(
        self,
        error: Bound = None,
        *,
        max: Bound = None,
        lossless: Optional[float] = None,
        budget: Union[int, str, None] = None,
        rate: Optional[float] = None,
        start: float = 0.0,
        channels: Optional[int] = None,
        names: Optional[Sequence[str]] = None,
        fading: float = 1.0,
        order: int = 0,
        page: int = 0,
    ) -> None:
        given = [(k, v) for k, v in zip(_RULES, (error, max, lossless, budget)) if v is not None] or [("error", "5%")]
        if len(given) > 1:
            raise InputError(f"{' and '.join(k for k, _ in given)} exclude each other; one of them was expected")
        if rate is not None and not 0 < rate < float("inf"):
            raise InputError(f"rate is {rate}; more than 0 Hz, or None for samples with times, was expected")
        rule, value = given[0]
        bound, relative = (0.05, True) if rule == "budget" else _bound(value, rule)
        if rule == "lossless" and relative:
            raise InputError(f"lossless is {value!r}; a unit, as 0.001, was expected")
        bytes_ = _size(value) if rule == "budget" else 65536
        self._options: Any = (
            1.0 if rate is None else 1.0 / rate,
            float(start),
            _arrays.whole(order, "order", 0, _ORDER),
            _arrays.whole(page, "page", 0, _PAGE),
            _RULES.index(rule),
            bound,
            relative,
            bytes_,
            float(fading),
        )
        self._names = tuple(map(str, names)) if names is not None else None
        self._channels: Optional[int] = None
        self._dates, self._timed = False, rate is None  # times are dates; an index counts
        self._next = 0  # the number of the sample that comes next, from the beginning
        self._writer: Any = None
        self._data: Any = None
        self._reader: Any = None
        self._closed = self._salvage = False
        self._lock = threading.RLock()
        if channels is None and self._names is not None:
            channels = len(self._names)
        if channels is not None:
            channels = _arrays.whole(channels, "channels", 1, _CHANNELS)
        if channels is not None and self._names is not None and len(self._names) != channels:
            raise InputError(f"there are {len(self._names)} names for {channels} channels; as many were expected")
        self._make(channels or 1)  # what is wrong with the options is better known now
        self._channels = channels

    def _make(self, channels: int) -> Any:
        names = self._names if self._names is not None else _arrays.default_names(channels)
        return _loci.ArchiveWriter(channels, *self._options, _arrays.names_note(names, self._dates))

    def _begin(self, t: Optional[np.ndarray]) -> None:
        """The writer, before the first sample, or behind those of a file."""
        if self._data is not None:
            self._writer = _loci.archive_resume(self._data, self._channels or 1)
            return
        if t is not None:
            if self._options[1] != 0:
                raise InputError(f"start is {self._options[1]:g}, and samples came with times; none was expected")
            self._options = (step_of(t), float(t[0]), *self._options[2:])
        self._writer = self._make(self._channels or 1)

    def _open(self) -> None:
        if self._closed:
            raise ClosedError("the archive is closed; an open one was expected")

    @classmethod
    def _of(cls, data: Any, salvage: bool = False, timed: bool = False) -> "Archive":
        """Of bytes. timed: an index counts, as it does where times are dates."""
        self = cls.__new__(cls)
        self._reader = _loci.ArchiveReader(data, salvage)
        self._data, self._writer, self._closed, self._salvage, self._lock = data, None, False, salvage, threading.RLock()
        i = self._reader.inspect()
        self._channels, self._names, self._options = i[0], _arrays.note_names(i[13]) or None, None
        self._dates = i[13].startswith(b"time=iso")
        self._timed = timed or self._dates
        self._next = i[7] + i[8]
        return self

    def push(self, x: Any, times: Any = None) -> "Archive":
        """Takes samples: x [n] or [n][channels], in order; NaN is a missing one. How they are grouped into pushes does not matter, but for times. Gives itself.

        times [n], seconds or dates, for an archive whose rate is None, lie on equal steps; those of the first push say how long these are. Samples that
        are left out are missing. Of a pandas Series or DataFrame they are its index; an archive with a rate does not look at it: samples follow
        from ``start`` on."""
        with self._lock:
            self._open()
            u, channels = _arrays.samples(x, self._channels)
            if self._writer is not None and times is None and not (self._timed and _arrays.is_series(x)):
                self._write(u)
                return self
            before = {name: getattr(self, name) for name in ("_options", "_channels", "_names", "_dates", "_writer", "_next")}
            try:
                t = self._times(x, times, u.shape[0])
                if self._channels is None:
                    self._names = _arrays.names_of(x, u.ndim) if self._names is None else self._names
                    self._channels = channels
                if self._writer is None:
                    self._begin(t)
                for gap, first, end in ((0, 0, len(u)),) if t is None else runs(t, *self._steps(), self._next):
                    for nothing in missing(gap, channels):
                        self._write(nothing)
                    self._write(u[first:end])
            except Exception:
                if self._next == before["_next"]:  # as if nothing had been pushed
                    for name, value in before.items():
                        setattr(self, name, value)
                raise
        return self

    def _write(self, u: np.ndarray) -> None:
        self._writer.push(u, u.shape[0])
        self._next += u.shape[0]
        self._data = self._reader = None

    def _times(self, x: Any, times: Any, count: int) -> Optional[np.ndarray]:
        """Of the samples, as seconds; None: they follow."""
        if times is None and self._timed and _arrays.is_series(x):
            times = x.index
        elif times is not None and self._options is not None and not self._timed:
            raise InputError("times were given to an archive with a rate; none, or rate=None, was expected")
        if times is None or count == 0:
            return None
        try:
            t = _arrays.seconds(times).reshape(-1)
        except InputError as fault:
            if not _arrays.is_series(x):
                raise
            raise InputError(f"{fault}; of an archive with a rate the index is not looked at") from None
        if t.size != count:
            raise InputError(f"there are {t.size} times for {count} samples; as many were expected")
        if self._writer is None and self._data is None:
            self._dates = _arrays.are_dates(times)
        return t

    def _steps(self) -> Tuple[float, float]:
        """When the first sample was, and how far they are apart."""
        if self._options is not None:
            return self._options[1], self._options[0]
        i = self._read().inspect()
        return i[5] - i[7] * i[4], i[4]

    def _read(self) -> Any:
        with self._lock:
            self._open()
            if self._reader is None:
                self._reader = _loci.ArchiveReader(self.to_bytes(), self._salvage)
            return self._reader

    def __len__(self) -> int:
        return self.samples if self._channels is not None else 0

    # --- recalling ---

    def _recaller(self) -> Any:
        return self._read()

    def to_array(self, first: Optional[int] = None, count: Optional[int] = None) -> np.ndarray:
        """Samples as they are kept, [n] or [n][channels]: ``count`` from number ``first`` on, counted from the signal's beginning; all."""
        reader, rows = self._read(), self._channel(None)  # the same one throughout: others may push
        i = reader.inspect()
        first = i[7] if first is None else first
        count = i[7] + i[8] - first if count is None else count
        if first < 0 or count < 0:
            raise RangeError(f"samples {first} to {first + count} are not there; some of {i[7]} to {i[7] + i[8]} were expected")
        out = np.empty((len(rows), count))
        for row, c in zip(out, rows):
            reader.samples(c, first, count, row)
        return np.ascontiguousarray(out.T) if len(rows) > 1 else out[0]

    __array__ = lambda self, dtype=None, copy=None: self.to_array() if dtype is None else self.to_array().astype(dtype)  # noqa: E731

    def zoom(self, start: Any = None, end: Any = None, points: int = 1000, channel: Optional[int] = None) -> Tuple[np.ndarray, Any]:
        """A range at a glance: (times [points], values): what is faster than the distance between points is left out."""
        reader, rows = self._read(), self._channel(channel)
        i = reader.inspect()
        a = i[5] if start is None else _arrays.moment(start, "start")
        b = i[6] if end is None else _arrays.moment(end, "end")
        out = np.empty((len(rows), points))
        for row, c in zip(out, rows):
            reader.zoom(c, a, b, points, row)
        return np.linspace(a, b, points), self._shaped(out, (points,))

    def _known(self, start: Any, end: Any, channel: Optional[int], i: int, reader: Any = None) -> Any:
        reader = self._read() if reader is None else reader
        a, b = _arrays.stretch(start, end, *reader.inspect()[5:7])
        out = [reader.stretch(c, a, b)[i] for c in self._channel(channel)]
        return np.array(out) if len(out) > 1 else out[0]

    def error(self, start: Any = None, end: Any = None, channel: Optional[int] = None) -> Any:
        """The root mean square error of what is kept, known exactly; pages that are touched count whole."""
        return np.sqrt(self._known(start, end, channel, 2))

    def max_error(self, start: Any = None, end: Any = None, channel: Optional[int] = None) -> Any:
        """No sample is off by more."""
        return self._known(start, end, channel, 3)

    def min(self, start: Any = None, end: Any = None, channel: Optional[int] = None) -> Any:
        """The signal's own least value, exactly for whole pages."""
        return self._known(start, end, channel, 4)

    def max(self, start: Any = None, end: Any = None, channel: Optional[int] = None) -> Any:
        """The signal's own largest value."""
        return self._known(start, end, channel, 5)

    # --- what is known of it ---

    @property
    def channels(self) -> Optional[int]:
        """Numbers of a sample; None: nothing was pushed yet."""
        return self._channels

    @property
    def names(self) -> Tuple[str, ...]:
        """Of the channels."""
        return self._names if self._names is not None else _arrays.default_names(self._channels or 1)

    @property
    def rate(self) -> float:
        """Samples a second, Hz."""
        return 1.0 / (self._options[0] if self._options else self._read().inspect()[4])

    @property
    def start(self) -> float:
        """The time of the first sample that is kept, seconds."""
        return self._read().inspect()[5]

    @property
    def end(self) -> float:
        """Where the last sample ends, seconds."""
        return self._read().inspect()[6]

    @property
    def samples(self) -> int:
        """How many are kept."""
        return self._read().inspect()[8]

    @property
    def nbytes(self) -> int:
        """Bytes of all of it."""
        return self._read().inspect()[10]

    @property
    def pages(self) -> List[Dict[str, Any]]:
        """What is known of each page, oldest first; of several channels of the first."""
        keys = ("start", "end", "first", "bytes", "step")
        more = ("samples", "missing", "mean_square_error", "max_error", "min", "max", "exact")
        reader = self._read()
        rows = (reader.page(i, 0) for i in range(reader.inspect()[9]))
        return [{**dict(zip(keys, row)), **dict(zip(more, row[5]))} for row in rows]

    def inspect(self) -> Dict[str, Any]:
        """All that is known of it, as ``loci inspect`` tells."""
        reader = self._read()
        i = reader.inspect()
        square, most, least, largest = (self._known(None, None, None, k, reader) for k in (2, 3, 4, 5))
        return {
            "rule": _RULES[i[3]], "channels": i[0], "names": self.names, "order": i[1], "page": i[2], "rate": 1 / i[4],
            "start": i[5], "end": i[6], "first": i[7], "samples": i[8], "pages": i[9], "bytes": i[10], "damaged": i[12],
            "budget": i[14] or None, "fading": i[15],
            "promised": [reader.bound(c) for c in range(i[0])] if i[3] != 3 else None,
            "error": np.sqrt(square), "max_error": most, "min": least, "max": largest,
        }  # fmt: skip

    def __repr__(self) -> str:
        if self._closed:
            return "<loci.Archive closed>"
        if self._channels is None or (self._data is None and not self._filled()):
            return f"<loci.Archive {_RULES[self._options[4]]}: empty>"
        i = self._read().inspect()
        signal = _arrays.plural(i[8], "sample") + (f" of {i[0]} channels" if i[0] > 1 else "") + f" at {1 / i[4]:g} Hz"
        off = ", ".join(f"{e:.4g}" for e in np.atleast_1d(self.error())[:4]) + (", ..." if i[0] > 4 else "")
        bits = 8 * i[10] / (i[8] * i[0]) if i[8] else float("nan")
        return (
            f"<loci.Archive {_RULES[i[3]]}: {signal}; time {_arrays.span_text(i[5], i[6], self._dates)}; "
            f"{i[10]:,} bytes in {_arrays.plural(i[9], 'page')}, {bits:.3g} bits a sample; rms error {off}>"
        )

    def _filled(self) -> bool:
        try:
            self._read()
        except (InputError, RangeError):
            return False
        return True

    def plot(self, ax: Any = None, points: int = 1000, **options: Any) -> Any:
        """Draws what is kept with matplotlib, and gives the axes."""
        from ._plot import recalled

        return recalled(self, ax, points, **options)

    # --- changing: each gives a new one ---

    def _as(self, data: bytes) -> "Archive":
        """Of bytes, to be read as these were."""
        return self._of(data, self._salvage, self._timed)

    def recode(self, error: Bound) -> "Archive":
        """Coarser: with an rms error of at most ``error``, a number or as "5%" of each channel's promise deviation."""
        bound, relative = _bound(error, "error") if error is not None else (0.0, False)
        if relative:
            raise InputError(f"error is {error!r}; a number in the signal's unit was expected")
        return self._as(self._read().recode(np.full(self._channels or 1, bound)))

    def shrink(self, budget: Union[int, str], fading: float = 1.0) -> "Archive":
        """Within a budget of bytes, the past coarser than the present."""
        return self._as(self._read().shrink(_size(budget), float(fading)))

    def forget(self, before: Any) -> "Archive":
        """Without the pages that end at or before a time, seconds or a date."""
        return self._as(self._read().forget(_arrays.moment(before, "before")))

    def __add__(self, other: Any) -> "Archive":
        """Of both, ``other`` moved to where this one ends."""
        if not isinstance(other, Archive):
            return NotImplemented
        if self._channels != other._channels:
            raise MismatchError(f"the archives have {self._channels} and {other._channels} channels; as many were expected")
        return self._of(self._read().merge(other._read()), self._salvage or other._salvage, self._timed)

    def __radd__(self, other: Any) -> "Archive":
        return self if isinstance(other, int) and other == 0 else NotImplemented

    def copy(self) -> "Archive":
        """A fork: what one of them is pushed, the other does not see."""
        return self._as(self.to_bytes())

    # --- bytes ---

    def to_bytes(self) -> bytes:
        """A file of it, as ``loci remember -o`` writes it."""
        with self._lock:
            self._open()
            if self._data is None:
                if self._writer is None:
                    raise RangeError("the archive is empty; a push was expected before")
                self._data = self._writer.bytes()
            return bytes(self._data)

    @classmethod
    def from_bytes(cls, data: Any, salvage: bool = False) -> "Archive":
        """From such bytes, which are looked at in place, mapped memory too. salvage: damaged pages are left out, their samples missing;
        else damage is an error when it is come upon (``verify`` looks for it)."""
        return cls._of(data, salvage)

    def verify(self) -> "Archive":
        """Checks every checksum. Gives itself."""
        self._read().verify()
        return self

    @classmethod
    def load(cls, path: Path, salvage: bool = False) -> "Archive":
        """Opens a .loci file of an archive: it is mapped, and pages are read when they are asked for."""
        import mmap

        with _arrays.opened(path) as file:
            try:
                data: Any = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
            except ValueError:  # an empty file
                data = b""
            return cls._of(data, salvage)

    def close(self) -> None:
        """Lets go of memory and files; nothing can be asked any longer."""
        with self._lock:
            self._writer = self._reader = self._data = None
            self._closed = True

    def __enter__(self) -> "Archive":
        return self

    def __exit__(self, *fault: Any) -> None:
        self.close()

    def __eq__(self, other: Any) -> bool:
        return self.to_bytes() == other.to_bytes() if isinstance(other, Archive) else NotImplemented

    __hash__ = None  # type: ignore[assignment]

    def __reduce__(self) -> Any:
        return _unpickle, (_arrays.PICKLE, self.to_bytes(), self._timed, self._salvage)


def _unpickle(version: int, data: bytes, timed: bool = False, salvage: bool = False) -> Archive:
    _arrays.pickled(version, "archive")
    return Archive._of(data, salvage, timed)
