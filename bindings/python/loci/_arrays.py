# SPDX-License-Identifier: MIT
"""Arrays as they come, as the library takes them: NumPy's, lists, pandas', and what has a buffer or speaks DLPack."""

from __future__ import annotations

import numbers
import operator
import os
import re
import threading
from contextlib import contextmanager
from datetime import datetime, timezone
from typing import Any, Iterator, Optional, Tuple, Union

import numpy as np

from ._errors import Error, FileError, InputError, MissingFileError, UnsupportedError

Path = Union[str, "os.PathLike[str]"]
beginning = threading.RLock()  # held where an object makes what it is pushed into: threads may use one from its beginning


def array(x: Any, name: str = "x") -> np.ndarray:
    """x as a NumPy array of real numbers, without a copy where it is one already; what is masked is missing, NaN."""
    if x is None:
        raise InputError(f"{name}: is None; an array of real numbers was expected")
    if isinstance(x, np.ma.MaskedArray):
        x = x.astype(np.float64).filled(np.nan) if np.ma.is_masked(x) and x.dtype.kind in "biuf" else x.data
    if not isinstance(x, np.ndarray):
        if hasattr(x, "to_numpy"):  # pandas
            x = x.to_numpy()
        elif hasattr(x, "detach"):  # a tensor that learns
            x = x.detach()
        if not hasattr(x, "__array__") and hasattr(x, "__dlpack__"):
            x = np.from_dlpack(x)
        try:
            x = np.asarray(x)
        except ValueError as fault:  # ragged lists
            raise InputError(f"{name}: is no array of numbers ({fault}); one was expected") from None
    if x.dtype.kind == "O" and x.size:
        try:
            x = x.astype(np.float64)
        except (TypeError, ValueError, OverflowError):
            pass
    if x.dtype.kind not in "biuf":
        raise InputError(f"{name}: is an array of {x.dtype}; one of real numbers was expected")
    return x


def doubles(x: Any, name: str = "x") -> np.ndarray:
    """The same as doubles, row by row: without a copy where it is so."""
    return np.asarray(array(x, name), dtype=np.float64, order="C")


def singles(x: Any, name: str = "x") -> np.ndarray:
    return np.asarray(array(x, name), dtype=np.float32, order="C")


def whole(value: Any, name: str, least: int = 0, most: Optional[int] = None) -> int:
    """A whole number from ``least`` on, or to ``most``."""
    try:
        number = operator.index(value)
    except TypeError:
        number = least - 1
    if number < least or (most is not None and number > most):
        wanted = f"a whole number from {least} on" if most is None else f"{least} to {most}, a whole number,"
        raise InputError(f"{name} is {value!r}; {wanted} was expected")
    return number


def is_series(x: Any) -> bool:
    """Whether x is pandas', with an index beside its numbers."""
    return hasattr(x, "to_numpy") and hasattr(x, "index") and not callable(x.index)


def are_dates(t: Any) -> bool:
    """Whether times are dates."""
    values = np.asarray(t)
    if values.dtype.kind == "O":
        return not isinstance(next(iter(values.flat), 0), numbers.Number)
    return values.dtype.kind in "MU"


def seconds(t: Any, name: str = "times") -> np.ndarray:
    """Times as doubles, row by row; dates (datetime64, pandas', datetime, ISO 8601) become seconds since 1970-01-01T00:00:00Z."""
    if np.ma.is_masked(t):
        raise InputError(f"{name}: some are masked; seconds, or dates as 2026-01-31T12:00, were expected")
    if hasattr(t, "tz_convert") and getattr(t, "tz", None) is not None:
        t = t.tz_convert(None)
    values = np.asarray(t)
    if values.dtype.kind in "OU" and values.size:
        try:
            values = np.array([_utc(date) for date in values.reshape(-1).tolist()]).reshape(values.shape)
            values = values.astype("datetime64[us]") if values.dtype.kind in "OU" else values
        except (TypeError, ValueError, OverflowError):
            if values.dtype.kind == "U":
                text = f'"{values.reshape(-1)[0]}" is no date' if values.size == 1 else "are no dates"
                raise InputError(f"{name}: {text}; seconds, or dates as 2026-01-31T12:00, were expected") from None
    if values.dtype.kind in "mM":
        kind = values.dtype.kind + "8"
        if np.datetime_data(values.dtype)[0] in ("ps", "fs", "as"):  # few years, and NumPy makes no seconds of the finest
            values = values.astype(kind + "[ns]")
        whole = values.astype(kind + "[s]")  # of any year; nanoseconds alone count to 2262
        rest = (values - whole.astype(values.dtype)).astype("m8[ns]").astype(np.int64)
        return np.asarray(np.where(np.isnat(values), np.nan, whole.astype(np.int64) + rest * 1e-9), order="C")
    return doubles(values, name)


def moment(t: Any, name: str) -> float:
    """One time, of seconds or a date."""
    values = seconds(t, name)
    if np.size(values) != 1:
        raise InputError(f"{name}: are {np.size(values)} times; one was expected")
    return float(np.reshape(values, -1)[0])


def stretch(start: Any, end: Any, first: float, last: float) -> Tuple[float, float]:
    """One stretch of time; None: from the first, to the last."""
    a, b = first if start is None else moment(start, "start"), last if end is None else moment(end, "end")
    if not a <= b:
        raise InputError(f"the stretch from {a:.15g} to {b:.15g} ends before it begins; a later end was expected")
    return a, b


def _utc(date: Any) -> Any:
    """A date without its zone, in that of Greenwich."""
    if isinstance(date, str) and re.search(r"[T ].*(Z|[+-]\d\d(:?\d\d)?)$", date):
        date = datetime.fromisoformat(date)
    if isinstance(date, datetime) and date.tzinfo is not None:
        date = date.astimezone(timezone.utc).replace(tzinfo=None)
    return date


def samples(x: Any, channels: Optional[int], name: str = "x") -> Tuple[np.ndarray, int]:
    """[n] or [n][channels] as doubles [n][channels], and how many channels these are. A single number is one sample."""
    u = doubles(x, name)
    if u.ndim == 0:
        u = u.reshape(1)
    if u.ndim > 2:
        raise InputError(f"{name}: has {u.ndim} dimensions; 1 [samples] or 2 [samples][channels] were expected")
    if u.ndim == 1 and channels is not None and channels > 1 and u.size == channels:
        u = u.reshape(1, channels)  # one sample of all of them
    count = 1 if u.ndim == 1 else u.shape[1]
    if channels is not None and count != channels:
        raise InputError(f"{name}: has {count} channels; {channels}, as before, were expected")
    if count == 0:
        raise InputError(f"{name}: has no channels; one at least was expected")
    return u, count


def stored(path: Path) -> bytes:
    """The bytes of a file."""
    with opened(path) as file:
        return file.read()


@contextmanager
def opened(path: Path) -> Iterator[Any]:
    """A file to read from; what is wrong with it, or with what it holds, is told with its name."""
    try:
        with open(path, "rb") as file:
            yield file
    except FileNotFoundError as fault:
        raise MissingFileError(fault.errno, fault.strerror, fault.filename) from None
    except Error as fault:
        raise type(fault)(f"{os.fspath(path)!s}: {fault}") from None
    except OSError as fault:
        if fault.errno is None or isinstance(fault, FileError):
            raise
        raise FileError(fault.errno, fault.strerror, fault.filename) from None


def loaded(path: Path, read: Any) -> Any:
    """What `read` makes of the bytes of a file."""
    with opened(path) as file:
        return read(file.read())


def keep(path: Path, data: bytes) -> None:
    """Writes a file whole: the old one stands until the new one is there."""
    from . import _loci

    name = os.fspath(path)
    _loci.write_file("./-" if name == "-" else name, data)


def seconds_text(seconds_: float) -> str:
    for size, word in ((86400.0, "d"), (3600.0, "h"), (60.0, "min")):
        if seconds_ >= 2 * size:
            return f"{seconds_ / size:.4g} {word}"
    return f"{seconds_:.4g} s"


def span_text(start: float, end: float, dates: bool = False) -> str:
    """From when to when, and how long that is."""
    try:
        ends = [np.datetime64(int(round(1000 * t)), "ms").astype(str).removesuffix(".000") for t in (start, end)] if dates else []
    except (OverflowError, ValueError):
        ends = []
    between = f"{ends[0]}Z to {ends[1]}Z" if ends else f"{start:.10g} to {end:.10g} s"
    return f"{between}, {seconds_text(end - start)}"


def plural(count: int, word: str) -> str:
    return f"{count:,} {word}{'' if count == 1 else 's'}"


def share(x: float) -> str:
    return "unknown" if x != x else f"{100 * x:.3g} %"


PICKLE = 1  # of what objects say of themselves to pickle


def pickled(version: int, what: str) -> None:
    """Refuses a pickle that is not of this version."""
    if version != PICKLE:
        article = "an" if what[0] in "aeiou" else "a"
        raise UnsupportedError(f"the pickle of {article} {what} is of version {version}; {PICKLE} was expected")


def names_note(names: Any, stamped_dates: bool = False) -> bytes:
    """Names of channels as the note of a memory or an archive, as the program writes them."""
    lines = ["time=iso\n"] if stamped_dates else []
    for name in names:
        text = "".join(chr(c) if 0x20 <= c < 0x7F and c != 0x25 else f"%{c:02X}" for c in str(name).encode("utf-8", "replace"))
        lines.append(f"channel={text}\n")
    return "".join(lines).encode("ascii")


def note_names(note: bytes) -> Tuple[str, ...]:
    """The names within such a note."""
    from urllib.parse import unquote_to_bytes

    lines = (line for line in note.split(b"\n") if line.startswith(b"channel="))
    return tuple(unquote_to_bytes(line[8:]).decode("utf-8", "replace") for line in lines)


def names_of(x: Any, dimensions: int) -> Optional[Tuple[str, ...]]:
    """Of the columns of a DataFrame, of a Series; None: there are none."""
    if hasattr(x, "columns") and dimensions == 2:
        return tuple(map(str, x.columns))
    return (str(x.name),) if is_series(x) and getattr(x, "name", None) is not None else None


def default_names(channels: int) -> Tuple[str, ...]:
    return ("u",) if channels == 1 else tuple(f"u{c}" for c in range(channels))
