# SPDX-License-Identifier: MIT
"""Sequences and their targets as arrays: one behind the other, and where each begins."""

from __future__ import annotations

import math
from typing import Any, List, NamedTuple, Optional, Sequence, Tuple

import numpy as np

from . import _arrays
from ._errors import InputError, MismatchError


class Sequences(NamedTuple):
    data: np.ndarray  # [samples][inputs]: float32, float64 or uint8
    starts: np.ndarray  # [sequences + 1], int64
    inputs: int
    single: bool  # it was one sequence, not several

    @property
    def kind(self) -> str:
        return {"f": "f", "u": "B"}[self.data.dtype.kind] if self.data.dtype != np.float64 else "d"

    @property
    def lengths(self) -> np.ndarray:
        return np.diff(self.starts)

    @property
    def number(self) -> int:
        return len(self.starts) - 1


def _numbers(x: Any, name: str) -> np.ndarray:
    """Bytes and singles as they are, other numbers as doubles."""
    x = _arrays.array(x, name)
    if x.dtype == np.uint8 or x.dtype == np.float32:
        return np.asarray(x, dtype=x.dtype.newbyteorder("="), order="C")
    return np.asarray(x, dtype=np.float64, order="C")


def _is_several(x: Any) -> bool:
    """A list of arrays, each a sequence."""
    return isinstance(x, (list, tuple)) and len(x) > 0 and all(np.ndim(item) > 0 or hasattr(item, "__dlpack__") for item in x)


def sequences(x: Any, inputs: Optional[int] = None, lengths: Any = None, name: str = "x") -> Sequences:
    """[sequences][samples] or [sequences][samples][inputs], or a list of sequences of different lengths, [samples] or [samples][inputs] each;
    where `inputs` is known, also one sequence alone, [samples] or [samples][inputs]."""
    if _is_several(x):
        items = [_numbers(item, f"{name}[{i}]") for i, item in enumerate(x)]
        width = {1 if item.ndim == 1 else item.shape[1] for item in items if item.ndim < 3}
        if any(item.ndim > 2 for item in items) or len(width) != 1:
            if len({item.shape for item in items}) == 1:
                return sequences(np.stack(items), inputs, lengths, name)
            raise InputError(f"{name}: its sequences differ in inputs; [samples] or [samples][inputs], the same of all, was expected")
        if inputs in (None, 1) and len({item.shape for item in items}) == 1 or lengths is not None:
            return sequences(np.stack(items), inputs, lengths, name)  # a nested list is an array
        (count,) = width
        if inputs is not None and count != inputs:
            raise MismatchError(f"{name}: has {count} inputs; {inputs} were expected")
        kind = np.result_type(*(item.dtype for item in items))
        data = np.concatenate([item.reshape(-1, count) for item in items]).astype(
            kind if kind in (np.float32, np.uint8) else np.float64, copy=False
        )
        starts = np.concatenate([[0], np.cumsum([len(item) for item in items])]).astype(np.int64)
        return Sequences(np.ascontiguousarray(data), starts, count, False)
    u = _numbers(x, name)
    single = False
    if u.ndim == 1 and inputs in (None, 1):
        u, single = u.reshape(1, -1, 1), True
    elif u.ndim == 2 and inputs is not None and inputs > 1:
        u, single = u.reshape(1, *u.shape), True
    elif u.ndim == 2:
        u = u.reshape(*u.shape, 1)
    if u.ndim != 3:
        raise InputError(f"{name}: has the shape {np.shape(x)}; [sequences][samples] or [sequences][samples][inputs] was expected")
    if inputs is not None and u.shape[2] != inputs:
        raise MismatchError(f"{name}: has {u.shape[2]} inputs; {inputs} were expected")
    count, length, width = u.shape
    if count == 0 or length == 0 or width == 0:
        raise InputError(f"{name}: has the shape {np.shape(x)}; sequences, samples and inputs, one of each at least, were expected")
    starts = np.arange(count + 1, dtype=np.int64) * length
    data = u.reshape(count * length, width)
    if lengths is not None:
        each = np.asarray(_arrays.array(lengths, "lengths"), dtype=np.int64).reshape(-1)
        if each.shape != (count,) or each.min() < 1 or each.max() > length:
            raise InputError(f"lengths: {count} whole numbers of 1 to {length} were expected")
        data = np.concatenate([u[i, :n] for i, n in enumerate(each)])
        starts = np.concatenate([[0], np.cumsum(each)]).astype(np.int64)
    return Sequences(data, starts, width, single)


def finite(s: Sequences, name: str = "x") -> None:
    """Refuses what holds NaN or infinity."""
    good = np.isfinite(s.data)
    if good.all():
        return
    bad = int(np.argmin(good.all(1)))
    i = int(np.searchsorted(s.starts, bad, "right")) - 1
    raise InputError(f"{name}: sequence {i}, sample {bad - int(s.starts[i])} is not finite; finite numbers were expected")


def frame_of(s: Sequences) -> Optional[np.ndarray]:
    """[2][inputs], origin and unit, where doubles far from 0 beside their range would lose in floats what they are about; else None. As
    src/data/dataset_frame.c chooses it."""
    x = s.data
    if x.dtype != np.float64:
        return None
    with np.errstate(over="ignore"):
        if np.array_equal(x.astype(np.float32).astype(np.float64), x):
            return None
    frame, framed = np.empty((2, s.inputs)), False
    for c, (low, high) in enumerate(zip(x.min(0), x.max(0))):
        size, half = max(abs(low), abs(high)), 0.5 * high - 0.5 * low
        frame[:, c] = 0, 1
        if size <= 32 * half and size < 1e30 and half > 1e-30 or half == 0 and size < 1e30 or not math.isfinite(size):
            continue
        exponent = math.frexp(half if half > 0 else 1)[1]
        frame[:, c] = low + half, math.ldexp(1, 1000 if exponent < -1000 else -exponent)
        framed = True
    return frame if framed else None


class Targets(NamedTuple):
    data: np.ndarray  # doubles
    values: bool
    each: bool
    outputs: int
    classes: Optional[Tuple[str, ...]]


def class_names(labels: np.ndarray) -> Tuple[str, ...]:
    """Sorted by number where all are numbers, else by name, as the program does."""
    names = [str(label) for label in np.unique(labels).tolist()]
    try:
        return tuple(sorted(names, key=int))
    except ValueError:
        return tuple(sorted(names, key=lambda text: text.encode()))


def _of_words(y: np.ndarray) -> np.ndarray:
    if y.dtype.kind == "b":
        return y.astype(np.int64)
    if y.dtype.kind == "f":
        if not np.array_equal(y, np.floor(y)):
            raise InputError("y: holds fractions; labels, words or whole numbers, were expected")
        return y.astype(np.int64)
    return y


def targets(y: Any, s: Sequences, task: Optional[str], classes: Optional[Sequence[str]], name: str = "y") -> Targets:
    """Words, whole numbers and truth values are labels, other numbers values; task says otherwise."""
    if hasattr(y, "to_numpy"):
        y = y.to_numpy()
    if np.ma.is_masked(y):
        raise InputError(f"{name}: holds targets that are masked; one of each was expected")
    if _is_several(y) and len({np.shape(item) for item in y}) > 1:  # a target at every sample of sequences of different lengths
        parts = [np.asarray(item) for item in y]
        if len(parts) != s.number or any(len(p) != n for p, n in zip(parts, s.lengths)):
            raise MismatchError(f"{name}: its sequences do not have the samples of x; as many targets were expected")
        flat, each = np.concatenate(parts), True
    else:
        flat = np.asarray(y)
        if flat.dtype.kind == "O" and any(v is None or type(v).__name__ == "NAType" or v != v for v in flat.reshape(-1)):
            raise InputError(f"{name}: holds targets that are missing; one of each was expected")
        if flat.dtype.kind == "O":
            flat = (
                np.asarray([str(v) for v in flat.reshape(-1)]).reshape(flat.shape)
                if flat.size and isinstance(flat.flat[0], str)
                else _arrays.array(flat, name)
            )
        if s.single and flat.ndim == 0:
            flat = flat.reshape(1)
        if flat.ndim == 0 or len(flat) != s.number:
            count = "none" if flat.ndim == 0 else str(len(flat))
            raise MismatchError(f"{name}: has targets of {count} sequences, and x has {s.number}; as many were expected")
        equal = len(set(s.lengths.tolist())) == 1
        length = int(s.lengths[0])
        each = (equal and flat.ndim >= 2 and flat.shape[1] == length and not (task == "value" and flat.ndim == 2)) or (
            flat.ndim >= 2 and task in ("class-each", "value-each")
        )
        if each and not equal:
            flat = np.concatenate([flat[i, :n] for i, n in enumerate(s.lengths)])
        elif each:
            flat = flat.reshape(-1, *flat.shape[2:])
    if flat.dtype.kind not in "biufUS":
        raise InputError(f"{name}: is an array of {flat.dtype}; numbers or words were expected")
    values = flat.dtype.kind == "f" if task is None else task.startswith("value")
    if task is not None and each != task.endswith("-each"):
        raise MismatchError(
            f"{name}: has {'a target at every sample' if each else 'one target a sequence'}; the task {task} learns another sort"
        )
    if values:
        if flat.dtype.kind in "US":
            raise InputError(f"{name}: holds words; numbers were expected")
        data = np.asarray(flat, dtype=np.float64, order="C")
        outputs = 1 if data.ndim == 1 else int(np.prod(data.shape[1:]))
        return Targets(np.ascontiguousarray(data.reshape(len(data), outputs)), True, each, outputs, None)
    if flat.ndim > 1:
        raise InputError(f"{name}: has several labels a target; one was expected")
    labels = _of_words(flat)
    if labels.dtype.kind == "S":
        labels = np.char.decode(labels, "utf-8")
    names = tuple(map(str, classes)) if classes is not None else class_names(labels)
    found, places = np.unique(labels, return_inverse=True)
    index = {word: i for i, word in enumerate(names)}
    codes = []
    for label in found.tolist():
        if str(label) not in index:
            raise MismatchError(f"{name}: holds the label {label}, which is none of the {len(names)} classes that were expected")
        codes.append(index[str(label)])
    return Targets(np.asarray(codes, dtype=np.float64)[places.reshape(-1)], False, each, len(names), names)


def groups(lengths: np.ndarray) -> List[np.ndarray]:
    """Numbers of sequences in groups of about the same length."""
    order = np.argsort(lengths, kind="stable")
    out: List[List[int]] = []
    for i in order:
        if out and lengths[i] <= 1.25 * lengths[out[-1][0]]:
            out[-1].append(int(i))
        else:
            out.append([int(i)])
    return [np.asarray(group) for group in out]


def dataset(
    x: Any,
    y: Any,
    task: Optional[str] = None,
    classes: Optional[Sequence[str]] = None,
    rate: Optional[float] = None,
    inputs: Optional[int] = None,
    lengths: Any = None,
) -> Any:
    """A _loci.Dataset of arrays."""
    from . import _loci

    if y is None:
        raise InputError("y is missing; a target of each sequence was expected")
    s = sequences(x, inputs, lengths)
    t = targets(y, s, task, classes)
    finite(s)
    frame = frame_of(s)
    return _loci.Dataset(
        s.data, s.kind, s.starts, s.number, s.inputs, t.data, t.values, int(t.each), t.outputs, t.classes, float(rate or 0), frame
    )
