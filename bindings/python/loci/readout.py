# SPDX-License-Identifier: MIT
"""Forecasts: a regression on windows of a signal, learned in one pass."""

from __future__ import annotations

import json
from typing import Any, Dict, NamedTuple, Optional, Sequence, Tuple

import numpy as np

from . import _arrays, _loci
from ._errors import FormatError, InputError, RangeError
from ._recalled import Saved


class Forecast(NamedTuple):
    """The next values, [horizon] or [horizon][channels], and the bounds within which 80 and 95 of a hundred lie."""

    mean: np.ndarray
    lower80: np.ndarray
    upper80: np.ndarray
    lower95: np.ndarray
    upper95: np.ndarray


class Readout(Saved):
    """What comes next in a signal: a ridge regression of the next ``horizon`` samples on a memory of the newest ``window``, learned in one pass.

    >>> r = Readout(horizon=96).fit(x)
    >>> r.forecast().mean

    ``fit`` chooses what is None here, learns, and finds how wide forecasts are off. With ``window`` and ``order`` given, a readout may also be pushed
    sample by sample (``push``, ``solve``), and readouts that learned from different parts add up.

    Parameters
    ----------
    horizon : samples foretold, 1 to 4096.
    window : samples that a forecast is made of. order : coefficients of them. ridge : the penalty. own : each channel has its own weights.
    """

    __slots__ = ("horizon", "_wishes", "_readout", "_scale", "_names", "_known", "__weakref__")

    def __init__(
        self,
        horizon: int = 96,
        *,
        window: Optional[int] = None,
        order: Optional[int] = None,
        ridge: Optional[float] = None,
        own: Optional[bool] = None,
        channels: Optional[int] = None,
        scale: Any = None,
        names: Optional[Sequence[str]] = None,
    ) -> None:
        self.horizon = _arrays.whole(horizon, "horizon", 1, 4096)
        self._wishes = (window, order, ridge, own)
        self._readout: Any = None
        self._scale = scale
        self._names = tuple(map(str, names)) if names is not None else None
        self._known: Optional[Dict[str, Any]] = None  # what a file of the program says besides
        if channels is not None:
            self._begin(channels)

    def _begin(self, channels: int) -> None:
        window, order, ridge, own = self._wishes
        if window is None:
            raise InputError("window is missing; a number, or fit, which chooses one, was expected")
        if order is None:
            order = min(64, window)
        scale = None
        if self._scale is not None:
            scale = np.array(np.broadcast_to(_arrays.doubles(self._scale, "scale"), (channels,)))
        self._readout = _loci.Readout(channels, window, order, self.horizon, 0.01 if ridge is None else float(ridge), bool(own), scale)

    def _inner(self) -> Any:
        if self._readout is None:
            raise RangeError("the readout knows nothing; fit or push was expected before")
        return self._readout

    # --- learning ---

    def fit(self, x: Any, valid: float = 0.2) -> "Readout":
        """Learns from a signal, x [n] or [n][channels]: the newest share ``valid`` chooses what was left open, and tells how wide forecasts are off; in the
        end all of it is learned from. Gives itself."""
        names = self._names if self._known is None else None  # a file's are those of the signal that it learned from
        if names is None and hasattr(x, "columns"):
            names = tuple(map(str, x.columns))
        u, channels = _arrays.samples(x, None)
        u = u.reshape(-1, channels)
        n = len(u)
        if not 0 < valid < 1:
            raise InputError(f"valid is {valid}; a share between 0 and 1 was expected")
        kept = int(np.floor(n * valid + 0.5))
        learned = n - kept
        if kept < self.horizon or learned < 2:
            raise InputError(f"x: {n} samples leave {kept} to choose by; {self.horizon}, the horizon, were expected at least")
        if not np.isfinite(u).all():
            raise InputError(f"x: sample {int(np.argmax(~np.isfinite(u).all(1)))} is not finite; finite numbers were expected")
        columns = np.ascontiguousarray(u.T)
        rise = columns[:, :learned] - columns[:, :1]  # exact where values are near one another
        scale = rise.std(1)
        scale = np.where(scale > 0, scale, abs(rise).max(1))  # the squares may be too small
        flat = ~(scale > 0) | ~np.isfinite(scale)
        scale = np.where(flat, np.where(columns[:, 0] != 0, abs(columns[:, 0]), 1.0), scale)
        window, order, ridge, own = self._wishes
        chosen = _loci.readout_choose(
            columns, channels, n, learned, kept, self.horizon, -1 if window is None else window, -1 if order is None else order,
            -1.0 if ridge is None else float(ridge), -1 if own is None else int(own), scale,
        )  # fmt: skip
        r = _loci.Readout(channels, chosen[0], chosen[1], self.horizon, chosen[2], bool(chosen[3]), scale)
        r.push(np.ascontiguousarray(u[:learned]), learned)
        r.solve()
        # widths are of the errors on what was not learned from, and on what is before it where that is less than 20 horizons
        least = 20 * self.horizon
        begin = (learned if kept >= least else max(n - least, chosen[0])) - chosen[0]
        if begin >= 0:
            part = np.ascontiguousarray(columns[:, begin:])
            for c in range(channels):
                r.walk(c, part[c], part.shape[1], part.shape[1], np.zeros((5, self.horizon)))
        r.push(np.ascontiguousarray(u[learned:]), kept)
        r.solve()
        self._readout, self._names, self._known = r, names, None
        return self

    def push(self, x: Any) -> "Readout":
        """Takes samples, [n] or [n][channels], in order. They count in weights from the next ``solve`` on, and are what forecasts follow. Gives itself."""
        u, channels = _arrays.samples(x, self.channels)
        with _arrays.beginning:
            if self._readout is None:
                self._begin(channels)
        self._readout.push(u, u.shape[0])
        self._go_on(u.shape[0])
        return self

    def _go_on(self, rows: int) -> None:
        """The last row lies so many steps later. Copies share what a file says: it is not changed, but replaced."""
        known = self._known
        if known is not None:
            self._known = {**known, "last": known["last"] + rows * known["step"]}

    def part(self) -> "Readout":
        """What comes next is another history: no window reaches across. Gives itself."""
        self._inner().part()
        return self

    def forget(self, keep: float) -> "Readout":
        """All that was learned counts ``keep`` times as much, 0 to 1. Gives itself."""
        self._inner().forget(float(keep))
        return self

    def solve(self) -> "Readout":
        """Weights from all so far. Gives itself."""
        self._inner().solve()
        return self

    def add(self, other: "Readout", follows: bool = False) -> "Readout":
        """Learns all that another one learned; follows: its samples came right after. Gives itself; ``solve`` makes weights."""
        rows = other.samples
        self._inner().add(other._inner(), follows)
        mine, others = self._known, other._known
        if follows and mine is not None and others is not None and mine.get("stamped") and others.get("stamped"):
            self._known = {**mine, "last": others["last"]}
        elif follows:
            self._go_on(rows)
        return self

    def __iadd__(self, other: Any) -> "Readout":
        return self.add(other) if isinstance(other, Readout) else NotImplemented

    def __add__(self, other: Any) -> "Readout":
        return self.copy().add(other) if isinstance(other, Readout) else NotImplemented

    def copy(self) -> "Readout":
        """A fork: what one of them learns, the other does not."""
        other = Readout.__new__(Readout)
        for name in ("horizon", "_wishes", "_scale", "_names", "_known"):
            setattr(other, name, getattr(self, name))
        other._readout = self._readout.copy() if self._readout is not None else None
        return other

    __copy__ = copy

    # --- forecasts ---

    def forecast(self) -> Forecast:
        """What follows the newest sample."""
        channels = self._inner().inspect()[0]
        y, low, high = np.empty((channels, self.horizon)), np.empty((channels, 2, self.horizon)), np.empty((channels, 2, self.horizon))
        for c in range(channels):
            self._readout.forecast(c, y[c], low[c], high[c])
        rows = (y, low[:, 0], high[:, 0], low[:, 1], high[:, 1])
        return Forecast(*(np.ascontiguousarray(row.T) if channels > 1 else row[0] for row in rows))

    def predict(self, x: Any, channel: int = 0) -> np.ndarray:
        """Forecasts after each sample of x that ends a window: x [window - 1 + n] gives [n][horizon]."""
        u = _arrays.doubles(x).reshape(-1)
        window = self.window
        n = u.size - window + 1
        if n < 1:
            raise InputError(f"x: has {u.size} samples; {window}, the window, were expected at least")
        y = np.empty((n, self.horizon))
        self._inner().predict(channel, u, n, y)
        return y

    def score(self, x: Any, channel: int = 0) -> Dict[str, np.ndarray]:
        """Forecasts on a signal that goes on, and what came: by horizon the mean square and absolute error, and the shares within 80 and 95; widths follow
        as they do (a copy is tried)."""
        u = _arrays.doubles(x).reshape(-1)
        sums = np.zeros((5, self.horizon))
        self._inner().copy().walk(channel, u, u.size, self.window - 1, sums)
        with np.errstate(invalid="ignore", divide="ignore"):
            return dict(zip(("square", "absolute", "within80", "within95"), sums[1:] / sums[0]))

    # --- what is known of it ---

    @property
    def channels(self) -> Optional[int]:
        """Numbers of a sample; None: nothing was pushed yet."""
        return self._readout.inspect()[0] if self._readout is not None else None

    @property
    def names(self) -> Tuple[str, ...]:
        """Of the channels."""
        return self._names if self._names is not None else _arrays.default_names(self.channels or 1)

    @property
    def window(self) -> int:
        """Samples that are looked back at."""
        return self._inner().inspect()[1]

    @property
    def order(self) -> int:
        """Coefficients of the window."""
        return self._inner().inspect()[2]

    @property
    def samples(self) -> int:
        """How many were pushed."""
        return self._readout.inspect()[6] if self._readout is not None else 0

    def inspect(self) -> Dict[str, Any]:
        """All that is known of it, as ``loci inspect`` tells."""
        keys = ("channels", "window", "order", "horizon", "ridge", "own", "samples", "windows", "fingerprint", "solved")
        about = dict(zip(keys, self._inner().inspect()))
        about["fingerprint"] = f"{about['fingerprint']:016x}"
        return {**about, "names": self.names}

    def __repr__(self) -> str:
        if self._readout is None:
            return f"<loci.Readout horizon {self.horizon}: empty>"
        i = self._readout.inspect()
        of = f" of {i[0]} channels" if i[0] > 1 else ""
        return f"<loci.Readout horizon {i[3]}, window {i[1]}, order {i[2]}, ridge {i[4]:g}: {_arrays.plural(i[6], 'sample')}{of}{'' if i[9] else ', not solved'}>"

    # --- bytes ---

    def to_bytes(self) -> bytes:
        """A file of it, as ``loci forecast -o`` writes it."""
        n = self.samples
        about = self._known or {
            "columns": list(self.names),
            "stamped": False,
            "dates": False,
            "last": float(n - 1),
            "step": 1.0,
            "season": 0,
        }
        return self._inner().save(json.dumps(about, separators=(",", ":"), ensure_ascii=False).encode())

    @classmethod
    def from_bytes(cls, data: Any) -> "Readout":
        """A readout from such bytes."""
        self = cls.__new__(cls)
        self._readout, note = _loci.readout_load(data)
        i = self._readout.inspect()
        self.horizon, self._wishes, self._scale, self._names, self._known = i[3], (i[1], i[2], i[4], i[5]), None, None, None
        try:
            self._known = json.loads(note) if note else None
            if self._known is not None:
                self._names = tuple(map(str, self._known["columns"]))
                self._known.update({name: float(self._known[name]) for name in ("last", "step")})
        except (ValueError, KeyError, TypeError):
            raise FormatError("the note of the readout is damaged; that of a forecaster was expected") from None
        return self

    def __eq__(self, other: Any) -> bool:
        if not isinstance(other, Readout):
            return NotImplemented
        if self._readout is None or other._readout is None:
            return self._readout is other._readout and self.horizon == other.horizon
        return self.to_bytes() == other.to_bytes()

    __hash__ = None  # type: ignore[assignment]

    def __reduce__(self) -> Any:
        return _unpickle, (_arrays.PICKLE, self.to_bytes())

    def plot(self, ax: Any = None, **options: Any) -> Any:
        """Draws the forecast and its bounds with matplotlib, and gives the axes."""
        from ._plot import axes

        ax, f, t = axes(ax), self.forecast(), np.arange(1, self.horizon + 1)
        rows = [np.atleast_2d(np.asarray(a).T) for a in f]
        for c, mean in enumerate(rows[0]):
            (line,) = ax.plot(t, mean, label=self.names[c], **options)
            for low, high, alpha in ((rows[3], rows[4], 0.15), (rows[1], rows[2], 0.25)):
                ax.fill_between(t, low[c], high[c], color=line.get_color(), alpha=alpha, linewidth=0)
        ax.set_xlabel("samples ahead")
        return ax


def _unpickle(version: int, data: bytes) -> Readout:
    _arrays.pickled(version, "readout")
    return Readout.from_bytes(data)
