# SPDX-License-Identifier: MIT
"""Archives: a whole signal in few bytes, with an error that is known exactly."""

from __future__ import annotations

from typing import Any, Dict, List, Optional, Sequence, Tuple, Union

import numpy as np

from . import _arrays, _loci
from ._arrays import Path
from ._errors import ClosedError, InputError, MismatchError, RangeError

_RULES = ("error", "max", "lossless", "budget")
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
        return int(text[:-1] if unit else text) << unit
    except ValueError:
        raise InputError(f'budget is {given!r}; a number of bytes, or one as "64K", was expected') from None


class Archive:
    """A signal in pages, each coded as coarsely as a promise allows. Exactly one of these says which:

    Parameters
    ----------
    error : the root mean square error of every page, in the signal's unit, or as "5%" of its deviation in the first page ("5%").
    max : no sample is off by more, likewise.
    lossless : samples that are whole multiples of this unit come back as they were, to the bit.
    budget : the archive takes at most so many bytes, as 65536 or "64K", whatever comes: the past becomes coarser.
    rate : samples a second, Hz. start : the time of the first one, seconds.
    channels : numbers of a sample; None: as the first push has. names : of channels.
    fading : of a budget: squares of errors rise as this power of age. order, page : samples of a leaf, of a page; 0: chosen.

    >>> a = Archive(error="5%", rate=360.0)
    >>> a.push(x)
    >>> a.recall([10.0, 20.5])
    """

    __slots__ = ("_options", "_channels", "_names", "_writer", "_data", "_reader", "_closed", "__weakref__")

    def __init__(
        self,
        error: Bound = None,
        *,
        max: Bound = None,
        lossless: Optional[float] = None,
        budget: Union[int, str, None] = None,
        rate: float = 1.0,
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
        if not 0 < rate < float("inf"):
            raise InputError(f"rate is {rate}; more than 0 Hz was expected")
        rule, value = given[0]
        bound, relative = (0.05, True) if rule == "budget" else _bound(value, rule)
        if rule == "lossless" and relative:
            raise InputError(f"lossless is {value!r}; a unit, as 0.001, was expected")
        bytes_ = _size(value) if rule == "budget" else 65536
        self._options: Any = (1.0 / rate, float(start), int(order), int(page), _RULES.index(rule), bound, relative, bytes_, float(fading))
        self._names = tuple(map(str, names)) if names is not None else None
        self._channels: Optional[int] = None
        self._writer: Any = None
        self._data: Any = None
        self._reader: Any = None
        self._closed = False
        if channels is None and self._names is not None:
            channels = len(self._names)
        self._make(channels or 1)  # what is wrong with the options is better known now
        if channels is not None:
            self._begin(channels)

    def _make(self, channels: int) -> Any:
        names = self._names if self._names is not None else _arrays.default_names(channels)
        return _loci.ArchiveWriter(channels, *self._options, _arrays.names_note(names))

    def _begin(self, channels: int) -> None:
        if self._names is not None and len(self._names) != channels:
            raise InputError(f"there are {len(self._names)} names for {channels} channels; as many were expected")
        self._writer = self._make(channels)
        self._channels = channels

    def _open(self) -> None:
        if self._closed:
            raise ClosedError("the archive is closed; an open one was expected")

    @classmethod
    def _of(cls, data: Any, salvage: bool = False) -> "Archive":
        self = cls.__new__(cls)
        self._reader = _loci.ArchiveReader(data, salvage)
        self._data, self._writer, self._closed = data, None, False
        i = self._reader.inspect()
        self._channels, self._names, self._options = i[0], _arrays.note_names(i[13]) or None, None
        return self

    def push(self, x: Any) -> "Archive":
        """Takes samples: x [n] or [n][channels], in order; NaN is a missing one. How they are grouped into pushes does not matter. The index of
        a pandas Series is not looked at: samples follow at ``rate`` from ``start`` on. Gives itself."""
        self._open()
        u, channels = _arrays.samples(x, self._channels)
        if self._channels is None:
            if self._names is None and hasattr(x, "columns") and u.ndim == 2:
                self._names = tuple(map(str, x.columns))
            elif self._names is None and _arrays.is_series(x) and getattr(x, "name", None) is not None:
                self._names = (str(x.name),)
            self._begin(channels)
        if self._writer is None:
            self._writer = _loci.archive_resume(self._data, self._channels)
        self._writer.push(u, u.shape[0])
        self._data = self._reader = None
        return self

    def _read(self) -> Any:
        self._open()
        if self._reader is None:
            self._reader = _loci.ArchiveReader(self.to_bytes(), False)
        return self._reader

    def __len__(self) -> int:
        return self.samples if self._channels is not None else 0

    # --- recalling ---

    def _rows(self, channel: Optional[int]) -> Tuple[int, ...]:
        count = self._read().inspect()[0]
        if channel is None:
            return tuple(range(count))
        if not -count <= channel < count:
            raise RangeError(f"channel is {channel}; 0 to {count - 1} was expected")
        return (channel % count,)

    @staticmethod
    def _shaped(out: np.ndarray, shape: Tuple[int, ...]) -> Any:
        if len(out) > 1:
            return np.moveaxis(out, 0, -1).reshape(shape + (len(out),))
        return out[0].reshape(shape) if shape else out[0][0]

    def _ask(self, ask: int, t: np.ndarray, shape: Tuple[int, ...], channel: Optional[int]) -> Any:
        rows, count = self._rows(channel), int(np.prod(shape, dtype=np.int64))
        out = np.empty((len(rows), count))
        for row, c in zip(out, rows):
            self._reader.recall(ask, c, t, count, row)
        return self._shaped(out, shape)

    def recall(self, times: Any, channel: Optional[int] = None, what: str = "value") -> Any:
        """The samples held at ``times``, seconds or dates, of any shape, or, ``derivative``, the slopes to the next ones, per second: as
        ``Memory.recall``. NaN where a sample is missing."""
        if what not in ("value", "derivative"):
            raise InputError(f'what is "{what}"; value or derivative was expected, or the methods mean and integral')
        t = _arrays.seconds(times)
        return self._ask(0 if what == "value" else 1, t, t.shape, channel)

    def derivative(self, times: Any, channel: Optional[int] = None) -> Any:
        """The slopes to the next samples, per second."""
        return self.recall(times, channel, "derivative")

    def _over(self, ask: int, start: Any, end: Any, channel: Optional[int]) -> Any:
        a = np.asarray(self.start if start is None else _arrays.seconds(start))
        b = np.asarray(self.end if end is None else _arrays.seconds(end))
        a, b = np.broadcast_arrays(a, b)
        return self._ask(ask, np.stack([a, b], -1), a.shape, channel)

    def mean(self, start: Any = None, end: Any = None, channel: Optional[int] = None) -> Any:
        """The mean of what is there from ``start`` to ``end``; None: of all."""
        return self._over(2, start, end, channel)

    def integral(self, start: Any = None, end: Any = None, channel: Optional[int] = None) -> Any:
        """The integral, in the signal's unit times seconds."""
        return self._over(3, start, end, channel)

    def to_array(self, first: Optional[int] = None, count: Optional[int] = None) -> np.ndarray:
        """Samples as they are kept, [n] or [n][channels]: ``count`` from number ``first`` on, counted from the signal's beginning; all."""
        rows, i = self._rows(None), self._reader.inspect()
        first = i[7] if first is None else first
        count = i[7] + i[8] - first if count is None else count
        if first < 0 or count < 0:
            raise RangeError(f"samples {first} to {first + count} are not there; some of {i[7]} to {i[7] + i[8]} were expected")
        out = np.empty((len(rows), count))
        for row, c in zip(out, rows):
            self._reader.samples(c, first, count, row)
        return np.ascontiguousarray(out.T) if len(rows) > 1 else out[0]

    __array__ = lambda self, dtype=None, copy=None: self.to_array() if dtype is None else self.to_array().astype(dtype)  # noqa: E731

    def zoom(self, start: Any = None, end: Any = None, points: int = 1000, channel: Optional[int] = None) -> Tuple[np.ndarray, Any]:
        """A range at a glance: (times [points], values): what is faster than the distance between points is left out."""
        a, b = self.start if start is None else float(start), self.end if end is None else float(end)
        rows = self._rows(channel)
        out = np.empty((len(rows), points))
        for row, c in zip(out, rows):
            self._reader.zoom(c, a, b, points, row)
        return np.linspace(a, b, points), self._shaped(out, (points,))

    def _known(self, start: Any, end: Any, channel: Optional[int], i: int) -> Any:
        a, b = _arrays.stretch(start, end, self.start, self.end)
        out = [self._read().stretch(c, a, b)[i] for c in self._rows(channel)]
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
        rows = (self._read().page(i, 0) for i in range(self._read().inspect()[9]))
        return [{**dict(zip(keys, row)), **dict(zip(more, row[5]))} for row in rows]

    def inspect(self) -> Dict[str, Any]:
        """All that is known of it, as ``loci inspect`` tells."""
        i = self._read().inspect()
        return {
            "rule": _RULES[i[3]], "channels": i[0], "names": self.names, "order": i[1], "page": i[2], "rate": 1 / i[4],
            "start": i[5], "end": i[6], "first": i[7], "samples": i[8], "pages": i[9], "bytes": i[10], "damaged": i[12],
            "budget": i[14] or None, "fading": i[15],
            "promised": [self._reader.bound(c) for c in range(i[0])] if i[3] != 3 else None,
            "error": self.error(), "max_error": self.max_error(), "min": self.min(), "max": self.max(),
        }  # fmt: skip

    def __repr__(self) -> str:
        if self._closed:
            return "<loci.Archive closed>"
        if self._channels is None or (self._writer is not None and self._data is None and not self._filled()):
            return f"<loci.Archive {_RULES[self._options[4]]}: empty>"
        i = self._read().inspect()
        signal = _arrays.plural(i[8], "sample") + (f" of {i[0]} channels" if i[0] > 1 else "") + f" at {1 / i[4]:g} Hz"
        off = ", ".join(f"{e:.4g}" for e in np.atleast_1d(self.error())[:4]) + (", ..." if i[0] > 4 else "")
        bits = 8 * i[10] / (i[8] * i[0]) if i[8] else float("nan")
        return (
            f"<loci.Archive {_RULES[i[3]]}: {signal}; time {_arrays.span_text(i[5], i[6])}; "
            f"{i[10]:,} bytes in {_arrays.plural(i[9], 'page')}, {bits:.3g} bits a sample; rms error {off}>"
        )

    def _filled(self) -> bool:
        try:
            self._read()
        except InputError:
            return False
        return True

    def plot(self, ax: Any = None, points: int = 1000, **options: Any) -> Any:
        """Draws what is kept with matplotlib, and gives the axes."""
        from ._plot import recalled

        return recalled(self, ax, points, **options)

    # --- changing: each gives a new one ---

    def recode(self, error: Bound) -> "Archive":
        """Coarser: with an rms error of at most ``error``, a number or as "5%" of each channel's promise deviation."""
        bound, relative = _bound(error, "error") if error is not None else (0.0, False)
        if relative:
            raise InputError(f"error is {error!r}; a number in the signal's unit was expected")
        return self._of(self._read().recode(np.full(self._channels or 1, bound)))

    def shrink(self, budget: Union[int, str], fading: float = 1.0) -> "Archive":
        """Within a budget of bytes, the past coarser than the present."""
        return self._of(self._read().shrink(_size(budget), float(fading)))

    def forget(self, before: float) -> "Archive":
        """Without the pages that end at or before a time."""
        return self._of(self._read().forget(float(before)))

    def __add__(self, other: Any) -> "Archive":
        """Of both, ``other`` moved to where this one ends."""
        if not isinstance(other, Archive):
            return NotImplemented
        if self._channels != other._channels:
            raise MismatchError(f"the archives have {self._channels} and {other._channels} channels; as many were expected")
        return self._of(self._read().merge(other._read()))

    def __radd__(self, other: Any) -> "Archive":
        return self if isinstance(other, int) and other == 0 else NotImplemented

    def copy(self) -> "Archive":
        """A fork: what one of them is pushed, the other does not see."""
        return self._of(self.to_bytes())

    # --- bytes ---

    def to_bytes(self) -> bytes:
        """A file of it, as ``loci remember -o`` writes it."""
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

    def save(self, path: Path) -> None:
        """Writes a .loci file, whole or not at all."""
        _arrays.keep(path, self.to_bytes())

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
        return _unpickle, (_arrays.PICKLE, self.to_bytes())


def _unpickle(version: int, data: bytes) -> Archive:
    _arrays.pickled(version, "archive")
    return Archive.from_bytes(data)
