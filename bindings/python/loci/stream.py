# SPDX-License-Identifier: MIT
"""Models at work on signals that never end."""

from __future__ import annotations

from typing import Any, Optional, Sequence

import numpy as np

from . import _arrays, _loci
from ._errors import ClosedError, InputError, MismatchError, UnsupportedError
from .model import Model, labels_of


_PIECE = 16384  # samples of a push after which signals are looked for


class _Window:
    """A window as if it were the one lane of a stream."""

    def __init__(self, tables: Any, length: int) -> None:
        self._made, self._window = (tables, length), _loci.Window(tables, length)

    def push(self, which: Any, lanes: int, u: np.ndarray, dt: Any, n: int, every: int, y: Optional[np.ndarray]) -> int:
        if dt is not None:
            raise UnsupportedError("dt is not for a stream with a window; none was expected")
        if which is not None:
            self._one(which[0])
        return self._window.push(u, n, every, y)

    def answer(self, lane: int, y: np.ndarray) -> None:
        self._one(lane)
        self._window.answer(y)

    def samples(self, lane: int) -> int:
        self._one(lane)
        return self._window.samples()

    def reset(self, lane: int) -> None:
        self._one(lane)
        self._window = _loci.Window(*self._made)

    def save(self, lane: int) -> bytes:
        raise UnsupportedError("a stream with a window has no state that could be kept; one without was expected")

    def restore(self, lane: int, state: Any) -> None:
        self.save(lane)

    def copy(self, lane: int, source: Any, source_lane: int) -> None:
        self.save(lane)

    @staticmethod
    def _one(lane: int) -> None:
        if lane != 0:
            raise IndexError(f"lane is {lane}; 0 to 0 was expected")


class Stream:
    """The running state of a model on one signal, or on many side by side, in lanes: samples in, answers out, in memory that does not grow.

    However a signal is cut into pushes, the answers are the same to the bit. A model changed later does not change its streams. Threads may
    push into streams of one model at the same time, and into one stream in turns.

    With a ``window`` of n samples, as ``loci stream --window``, answers are about the newest n/2 to n samples alone, as if the signal had begun
    there. It costs twice as much, and there is no state that could be kept, forked or stepped by a dt.

    >>> s = model.stream()
    >>> s.push(x)
    """

    __slots__ = ("model", "rate", "lanes", "every", "window", "_made", "_stream", "_inputs", "_outputs", "__weakref__")

    def __init__(self, model: Model, *, rate: Optional[float] = None, lanes: int = 1, every: int = 1, window: Optional[int] = None) -> None:
        every, lanes = _arrays.whole(every, "every"), _arrays.whole(lanes, "lanes", 1)
        self.model, self.rate, self.lanes, self.every = model, rate, lanes, every
        self.window = None if window is None else _arrays.whole(window, "window", 1, 2**63 - 1)
        self._inputs, self._outputs = model.inputs, model.outputs
        if window is not None and lanes > 1:
            raise UnsupportedError(f"lanes is {lanes}; one alone was expected with a window")
        self._made = model._tables(rate)  # and the model as it was
        self._stream: Any = self._begin()

    def _begin(self) -> Any:
        tables = self._made[0]
        return _loci.Stream(tables, self.lanes) if self.window is None else _Window(tables, self.window)

    def _open(self) -> Any:
        if self._stream is None:
            raise ClosedError("the stream is closed; an open one was expected")
        return self._stream

    def _answers(self, y: np.ndarray) -> np.ndarray:
        out = np.empty(y.shape)
        if y.size:
            self._made[1]._model.answer(y, y.size // self._outputs, out)
        return out

    def push(
        self, x: Any, *, every: Optional[int] = None, lanes: Optional[Sequence[int]] = None, dt: Any = None, raw: bool = False
    ) -> Optional[np.ndarray]:
        """Takes samples and gives the answers at every ``every``-th of them: probabilities of classes or values in the target's units (raw: as the
        network has them, float32). every 0: None.

        One lane: x [n] of one input or [n][inputs] gives [answers][outputs], one sample (a number, or [inputs]) gives [outputs]. Several: x
        [lanes][n] or [lanes][n][inputs] gives [lanes][answers][outputs], NaN where a lane has an answer less; ``lanes`` are their numbers
        (all). dt, shaped as x without inputs: how many steps each sample lasts."""
        stream, inputs, outputs = self._open(), self._inputs, self._outputs
        every = self.every if every is None else every
        if every < 0:
            raise InputError(f"every is {every}; 0 or more was expected")
        u = x if type(x) is np.ndarray and x.dtype == np.float32 and x.flags.c_contiguous else _arrays.singles(x)
        several = self.lanes > 1 or lanes is not None
        one = not several and (u.ndim == 0 or (u.ndim == 1 and inputs > 1))
        count = self.lanes if lanes is None else len(lanes)
        if one:
            u = u.reshape(1, 1, -1)
        elif not several:
            u = u.reshape(1, -1, 1) if u.ndim == 1 else u.reshape(1, *u.shape)
        elif u.ndim == 2 and inputs == 1:
            u = u.reshape(*u.shape, 1)
        if u.ndim != 3 or u.shape[0] != count or u.shape[2] != inputs:
            wanted = f"[{count}][n]" + (f"[{inputs}]" if inputs > 1 else "") if several else f"[n][{inputs}]" if inputs > 1 else "[n]"
            raise MismatchError(f"x: has the shape {np.shape(x)}; {wanted} was expected")
        n = u.shape[1]
        which = None if lanes is None else np.asarray([_arrays.whole(lane, "lane") for lane in lanes], dtype=np.uint32)
        steps = None
        if dt is not None:
            steps = _arrays.doubles(dt, "dt")
            if steps.ndim and steps.shape not in ((n,), (count, n)):
                raise MismatchError(f"dt: has the shape {steps.shape}; that of x without inputs, or one number, was expected")
            steps = np.array(np.broadcast_to(steps, (count, n)))
        y = np.empty((count, -(-n // every), outputs), dtype=np.float32) if every else None
        if n > _PIECE and count == 1 and np.isfinite(u).all() and (steps is None or (steps > 0).all()):
            due = self._pieces(which, u[0], steps, every, y)
        else:
            due = stream.push(which, count, u, steps, n, every, y)
        if y is None:
            return None
        if not several:
            y = y[0, :due]
        answers = y if raw else self._answers(np.ascontiguousarray(y))
        return answers[0] if one and len(answers) else answers

    def _pieces(self, which: Any, u: np.ndarray, steps: Any, every: int, y: Optional[np.ndarray]) -> int:
        """A long push of one lane piece by piece, so that Ctrl-C ends it between two of them."""
        stream, due = self._open(), 0
        for first in range(0, len(u), _PIECE):
            some = np.ascontiguousarray(u[first : first + _PIECE])
            dt = None if steps is None else np.ascontiguousarray(steps[0, first : first + _PIECE])
            part = np.empty((-(-len(some) // every), self._outputs), dtype=np.float32) if y is not None else None
            count = stream.push(which, 1, some, dt, len(some), every, part)
            if y is not None and part is not None:
                y[0, due : due + count] = part[:count]
                due += count
        return due

    def answer(self, lane: int = 0, *, raw: bool = False) -> np.ndarray:
        """The answer at the last sample of a lane, [outputs]; NaN before the first."""
        y = np.empty(self._outputs, dtype=np.float32)
        self._open().answer(lane, y)
        return y if raw else self._answers(y)

    def label(self, lane: int = 0) -> Any:
        """The likeliest class so far."""
        return labels_of(self._made[1].classes, self._outputs)[int(np.argmax(self.answer(lane)))]

    def samples(self, lane: int = 0) -> int:
        """How many a lane has seen."""
        return self._open().samples(lane)

    def reset(self, lane: Optional[int] = None) -> "Stream":
        """To the beginning: a lane, or all. Gives itself."""
        for i in range(self.lanes) if lane is None else (lane,):
            self._open().reset(i)
        return self

    def fork(self) -> "Stream":
        """Another stream that has seen the same."""
        stream = self._open()
        other = Stream.__new__(Stream)
        for name in ("model", "rate", "lanes", "every", "window", "_made", "_inputs", "_outputs"):
            setattr(other, name, getattr(self, name))
        other._stream = other._begin()
        for lane in range(self.lanes):
            other._stream.copy(lane, stream, lane)
        return other

    __copy__ = fork

    def __deepcopy__(self, memo: Any) -> "Stream":
        return self.fork()

    def save(self, lane: int = 0) -> bytes:
        """A lane's state, with a checksum, bound to the model and the rate."""
        return self._open().save(lane)

    def restore(self, state: Any, lane: int = 0) -> "Stream":
        """Goes on where a saved state was, with the same bits. Gives itself."""
        self._open().restore(lane, state)
        return self

    def close(self) -> None:
        """Lets go of its memory; nothing can be pushed any longer."""
        self._stream = None

    def __enter__(self) -> "Stream":
        return self

    def __exit__(self, *fault: Any) -> None:
        self.close()

    def __repr__(self) -> str:
        if self._stream is None:
            return "<loci.Stream closed>"
        lanes = f"{self.lanes} lanes" if self.lanes > 1 else _arrays.plural(self.samples(), "sample")
        rate = self.rate or self.model.rate
        newest = f", of which the newest {self.window:,} count" if self.window else ""
        return f"<loci.Stream {lanes}{f' at {rate:g} Hz' if rate else ''}{newest}, an answer at every {self.every}; {self.model!r}>"

    def __reduce__(self) -> Any:
        stream = self._open()
        states = [stream.save(lane) for lane in range(self.lanes)]
        return _unpickle, (_arrays.PICKLE, self._made[1].to_bytes(), self.rate, self.every, states)


def _unpickle(version: int, model: bytes, rate: Optional[float], every: int, states: Sequence[bytes]) -> Stream:
    _arrays.pickled(version, "stream")
    self = Stream(Model.from_bytes(model), rate=rate, lanes=len(states), every=every)
    for lane, state in enumerate(states):
        self.restore(state, lane)
    return self
