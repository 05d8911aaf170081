# SPDX-License-Identifier: MIT
"""Samples with times on the equal steps that an archive has: what lies between them is missing."""

from __future__ import annotations

from typing import Iterator, Tuple

import numpy as np

from . import _loci
from ._errors import InputError

_OFF = 0.05  # how far a time may lie from its step, in steps: clocks are rounded, and so are steps
_GAP = 1e9  # steps that may be missing between two samples, as in databases: more are a wrong time
_PIECE = 65536
_FIRST = 4096  # samples that tell the step


def step_of(t: np.ndarray) -> float:
    """The seconds between samples, as the first of them tell, as the program takes them."""
    if t.size < 2:
        raise InputError("one sample with a time does not tell how far samples are apart; two, or a rate, were expected")
    dt = float(t[1] - t[0])
    if dt != dt:
        raise InputError(f"times: sample {0 if t[0] != t[0] else 1} has none; one was expected of each")
    if not 0 < dt < float("inf"):
        raise InputError(f"times: {'stand still at' if dt == 0 else 'go back from'} {t[0]:.15g}; a later time was expected for sample 1")
    return _loci.archive_step(np.ascontiguousarray(t[:_FIRST]))


def _refuse(t: float, i: int, last: float, dt: float) -> None:
    """The time t of sample i does not follow that of the sample before it."""
    if t != t:
        raise InputError(f"times: sample {i} has none; one was expected of each")
    if abs(t - last) <= _OFF * dt:
        raise InputError(f"times: stand still at {t:.15g}, sample {i}; a later time was expected")
    if t < last:
        raise InputError(f"times: go back from {last:.15g} to {t:.15g}, sample {i}; a later time was expected")
    gap = (t - last) / dt - 1
    if gap > _GAP:
        raise InputError(
            f"times: before {t:.15g}, sample {i}, {gap:.3g} steps of {dt:.11g} s are missing; a gap of at most {_GAP:.0e} steps was expected"
        )
    raise InputError(
        f"times: {t:.15g}, sample {i}, does not lie on steps of {dt:.11g} s behind the sample before it; an archive keeps samples at a "
        "rate, and a Memory at any times"
    )


def runs(t: np.ndarray, start: float, dt: float, following: int) -> Iterator[Tuple[int, int, int]]:
    """(samples that are missing, the first of a run that is there, the one behind it), of samples whose times are t, where the sample of the number
    `following`, counted from `start`, is the next one. All is checked before the first is given."""
    at = (t - start) / dt
    step = np.rint(at)
    before = np.concatenate([[following - 1.0], step[:-1]])
    with np.errstate(invalid="ignore"):  # times that are infinite
        bad = ~(abs(at - step) <= _OFF) | (step <= before) | (step - before - 1 > _GAP)
    if bad.any():
        i = int(np.argmax(bad))
        _refuse(float(t[i]), i, start + float(before[i]) * dt, dt)
    gaps = (step - before - 1).astype(np.int64)
    edges = np.flatnonzero(gaps)
    begins = edges if edges.size and edges[0] == 0 else np.concatenate([[0], edges])
    ends = np.append(begins[1:], t.size)
    return ((int(gaps[a]), int(a), int(b)) for a, b in zip(begins, ends) if b > a)


def missing(count: int, channels: int) -> Iterator[np.ndarray]:
    """So many samples that are missing, in pieces."""
    piece = np.full((min(count, _PIECE), channels), np.nan)
    for first in range(0, count, _PIECE):
        yield piece[: min(count - first, _PIECE)]
