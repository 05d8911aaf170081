# SPDX-License-Identifier: MIT
"""What memories and archives have in common: a signal that is asked for at times; and what all have that lie in files."""

from __future__ import annotations

from typing import Any, Optional, Tuple, TypeVar

import numpy as np

from . import _arrays
from ._arrays import Path
from ._errors import InputError, RangeError

_ASKS = {"value": 0, "derivative": 1, "mean": 2, "integral": 3}
_Self = TypeVar("_Self", bound="Saved")


class Saved:
    """In files: ``to_bytes`` and ``from_bytes`` are what they hold."""

    __slots__ = ()

    def save(self, path: Path) -> None:
        """Writes a file of it, whole or not at all: .loci, of a model .safetensors."""
        _arrays.keep(path, self.to_bytes())  # type: ignore[attr-defined]

    @classmethod
    def load(cls: "type[_Self]", path: Path) -> _Self:
        """Reads such a file."""
        return _arrays.loaded(path, cls.from_bytes)  # type: ignore[attr-defined]


class Recalled(Saved):
    """At times. ``_recaller`` gives what answers, as _loci.Memory does."""

    __slots__ = ()

    def _channel(self, channel: Optional[int]) -> Tuple[int, ...]:
        """The numbers of those that are asked for; None: of all."""
        count = self._recaller().inspect()[0]  # type: ignore[attr-defined]
        if channel is None:
            return tuple(range(count))
        if not -count <= channel < count:
            raise RangeError(f"channel is {channel}; 0 to {count - 1} was expected")
        return (channel % count,)

    @staticmethod
    def _shaped(out: np.ndarray, shape: Tuple[int, ...]) -> Any:
        """[channels][numbers] as it is given: of the shape that was asked for, channels last."""
        if len(out) > 1:
            return np.moveaxis(out, 0, -1).reshape(shape + (len(out),))
        return out[0].reshape(shape) if shape else out[0][0]

    def _ask(self, what: str, t: np.ndarray, shape: Tuple[int, ...], channel: Optional[int]) -> Any:
        inner: Any = self._recaller()  # type: ignore[attr-defined]
        channels, count = self._channel(channel), int(np.prod(shape, dtype=np.int64))
        out = np.empty((len(channels), count))
        for row, c in zip(out, channels):
            inner.recall(_ASKS[what], c, t, count, row)
        return self._shaped(out, shape)

    def recall(self, times: Any, channel: Optional[int] = None, what: str = "value") -> Any:
        """The signal as it is kept at ``times``, seconds or dates, of any shape: an array of that shape, with an axis of channels behind where there are
        several and ``channel`` does not choose one. what: ``value`` or ``derivative``, per second. Of an archive values are samples, slopes are those to the
        next ones, and NaN stands where a sample is missing."""
        if what not in ("value", "derivative"):
            raise InputError(f'what is "{what}"; value or derivative was expected, or the methods mean and integral')
        t = _arrays.seconds(times)
        return self._ask(what, t, t.shape, channel)

    def derivative(self, times: Any, channel: Optional[int] = None) -> Any:
        """The derivative, per second, as ``recall`` gives values."""
        return self.recall(times, channel, "derivative")

    def _over(self, what: str, start: Any, end: Any, channel: Optional[int]) -> Any:
        a = np.asarray(self.start if start is None else _arrays.seconds(start))  # type: ignore[attr-defined]
        b = np.asarray(self.end if end is None else _arrays.seconds(end))  # type: ignore[attr-defined]
        a, b = np.broadcast_arrays(a, b)
        return self._ask(what, np.stack([a, b], -1), a.shape, channel)

    def mean(self, start: Any = None, end: Any = None, channel: Optional[int] = None) -> Any:
        """The mean from ``start`` to ``end``, numbers or arrays; None: of all of the history. What is missing does not count."""
        return self._over("mean", start, end, channel)

    def integral(self, start: Any = None, end: Any = None, channel: Optional[int] = None) -> Any:
        """The integral from ``start`` to ``end``, in the signal's unit times seconds."""
        return self._over("integral", start, end, channel)
