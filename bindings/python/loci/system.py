# SPDX-License-Identifier: MIT
"""Linear systems x' = A x + B u, y = C x + D u, in three forms."""

from __future__ import annotations

from typing import Any, Dict, Optional, Tuple

import numpy as np

from . import _arrays, _loci
from ._arrays import Path
from ._errors import FileError, FormatError, InputError

_STRUCTURES = ("dense", "diagonal", "dplr")


class System:
    """``copies`` systems side by side, of one input and one answer each, with ``order`` states.

    System(text): as the program names them, ``legs:64``, ``s4-legs:64,dt=0.01``, ``s4d-lin:64,copies=3``: kinds legs, legt, fout, lagt, s4-legs,
    s4-legt, s4-fout, s4d-lin, s4d-inv, s4d-legs, s4d-real, s5; options dt, copies, seed, lag, structure.

    System(A=, B=, C=, D=0, dt=1, P=None): of arrays. Dense: A [N][N], B and C [N], real. Diagonal: A, B, C [copies][N/2], complex, of each
    pair of conjugate modes one. With P [rank][copies][N/2]: A = diag(A) - P P^*. D and dt [copies] or one number; dt in seconds a sample.

    >>> y, state = System("s4-legs:64,dt=0.01").run(u)
    """

    __slots__ = ("_system", "_forms")

    def __init__(
        self, text: Optional[str] = None, *, A: Any = None, B: Any = None, C: Any = None, D: Any = 0.0, dt: Any = 1.0, P: Any = None
    ) -> None:
        self._system: Any
        self._forms: Dict[Any, Any] = {}
        if text is not None:
            self._system = _loci.system_parse(text)
            return
        if A is None or B is None or C is None:
            raise InputError("A, B or C is missing; all three, or a text, were expected")
        a, b, c = (np.asarray(m) for m in (A, B, C))
        for name, m in (("A", a), ("B", b), ("C", c)):
            if m.dtype.kind not in "biufc":
                raise InputError(f"{name}: is an array of {m.dtype}; one of numbers was expected")
        dense = not np.iscomplexobj(a) and a.ndim == 2 and a.shape[0] == a.shape[1] and P is None and not np.iscomplexobj(b)
        if dense and np.iscomplexobj(c):
            raise InputError("C: is complex, of a dense system; real numbers, as those of A and B, were expected")
        if dense:
            copies, order, rank, rows = 1, a.shape[0], 0, (1, a.shape[0])
        else:
            a = np.atleast_2d(a)
            if a.ndim != 2:
                raise InputError(f"A: has {a.ndim} dimensions; [N][N] real or [copies][N/2] complex were expected")
            copies, order, rows = a.shape[0], 2 * a.shape[1], a.shape
            p: Any = None if P is None else np.asarray(P)
            rank = 0 if p is None else 1 if p.ndim < 3 else p.shape[0]
        if b.size != rows[0] * rows[1] or c.size != rows[0] * rows[1]:
            raise InputError(f"B has {b.size} and C has {c.size} numbers; {rows[0] * rows[1]} were expected of each")
        if P is not None and p.size != rank * rows[0] * rows[1]:
            raise InputError(f"P has {p.size} numbers; {rank * rows[0] * rows[1]} were expected")

        def parts(m: np.ndarray) -> Tuple[Any, Any]:
            return np.ascontiguousarray(m.real, dtype=np.float64), np.ascontiguousarray(np.imag(m), dtype=np.float64)

        numbers = [*parts(a), *parts(b), *parts(c), *(parts(p) if rank else (None, None))]
        d, step = (np.ascontiguousarray(np.broadcast_to(np.asarray(v, dtype=np.float64), (copies,))) for v in (D, dt))
        self._system = _loci.system_from(0 if dense else 2 if rank else 1, copies, order, rank, (*numbers, d, step))

    @classmethod
    def _of(cls, system: Any) -> "System":
        self = cls.__new__(cls)
        self._system, self._forms = system, {}
        return self

    # --- what it is ---

    @property
    def structure(self) -> str:
        """``dense``, ``diagonal`` or ``dplr``."""
        return _STRUCTURES[self._system.inspect()[0]]

    @property
    def copies(self) -> int:
        """Systems side by side."""
        return self._system.inspect()[1]

    @property
    def order(self) -> int:
        """Numbers of the state."""
        return self._system.inspect()[2]

    @property
    def rank(self) -> int:
        """Of the term beside the diagonal."""
        return self._system.inspect()[3]

    def _array(self, i: int, shape: Tuple[int, ...]) -> np.ndarray:
        re, im = self._system.arrays()[i : i + 2]
        real = np.frombuffer(re).reshape(shape)
        return real.copy() if im is None else real + 1j * np.frombuffer(im).reshape(shape)

    def _rows(self) -> Tuple[int, ...]:
        return (self.copies, self.order if self.structure == "dense" else self.order // 2)

    @property
    def A(self) -> np.ndarray:
        """[N][N] of one dense system, [copies][N][N] of several, [copies][N/2] complex of the others, 1/second. A copy."""
        if self.structure != "dense":
            return self._array(0, self._rows())
        return self._array(0, (self.copies, self.order, self.order) if self.copies > 1 else (self.order, self.order))

    @property
    def B(self) -> np.ndarray:
        """How the input enters the state, of the continuous system."""
        return self._array(2, self._rows())

    @property
    def C(self) -> np.ndarray:
        """How the state is read."""
        return self._array(4, self._rows())

    @property
    def P(self) -> Optional[np.ndarray]:
        """[rank][copies][N/2]; None: it has none."""
        return self._array(6, (self.rank, *self._rows())) if self.rank else None

    @property
    def D(self) -> np.ndarray:
        """What of the input goes straight to the output, of each copy."""
        return np.frombuffer(self._system.arrays()[8]).copy()

    @property
    def dt(self) -> np.ndarray:
        """[copies], seconds a sample."""
        return np.frombuffer(self._system.arrays()[9]).copy()

    @property
    def growth(self) -> float:
        """The largest real part of an eigenvalue of A, 1/second: above 0 the answer grows without bound."""
        return self._system.growth()[0]

    def dense(self) -> "System":
        """The same with real matrices."""
        return self._of(self._system.dense())

    def inspect(self) -> Dict[str, Any]:
        """All that is known of it."""
        return {
            "structure": self.structure,
            "copies": self.copies,
            "order": self.order,
            "rank": self.rank,
            "dt": self.dt,
            "growth": self.growth,
        }

    def __repr__(self) -> str:
        dt = self.dt
        steps = f"{dt[0]:g} s" if np.all(dt == dt[0]) else f"{dt.min():g} to {dt.max():g} s"
        kind = self.structure + (f" of rank {self.rank}" if self.rank else "")
        copies = f", {self.copies} copies" if self.copies > 1 else ""
        return f"<loci.System {kind}, order {self.order}{copies}; steps of {steps}; growth {self.growth:.4g} 1/s>"

    # --- running ---

    def _by(self, discretization: Optional[str]) -> str:
        return discretization or ("bilinear" if self.rank else "zoh")

    def kernel(self, length: int, discretization: Optional[str] = None, dtype: Any = np.float64) -> np.ndarray:
        """K with y = K * u + D u from the state 0: [length], or [copies][length]."""
        if length < 0:
            raise InputError(f"length is {length}; 0 or more was expected")
        discretization = self._by(discretization)
        out = np.empty((self.copies, length), dtype=_precision(dtype))
        self._system.kernel(discretization, length, out.dtype == np.float32, out)
        return out if self.copies > 1 else out[0]

    def _signal(self, u: Any, dtype: Any) -> Tuple[np.ndarray, Tuple[int, ...]]:
        """u as [batch][length][copies], and the shape it had."""
        x = np.asarray(_arrays.array(u, "u"), dtype=dtype, order="C")
        shape, copies = x.shape, self.copies
        if x.ndim == 1 and copies == 1:
            return x.reshape(1, -1, 1), shape
        if x.ndim in (2, 3) and shape[-1] == copies:
            return x.reshape((1,) * (3 - x.ndim) + shape), shape
        if x.ndim == 2 and copies == 1:
            return x.reshape(*shape, 1), shape
        raise InputError(f"u has the shape {shape}; [length] of one copy, [length][{copies}] or [batch][length][{copies}] was expected")

    def form(
        self, form: str = "choose", discretization: Optional[str] = None, length: int = 0, chunk: int = 0, dtype: Any = np.float64
    ) -> Any:
        """The system made ready for one form, kept for the next run."""
        discretization = self._by(discretization)
        key = (form, discretization, length if form in ("convolution", "choose") else 0, chunk, _precision(dtype) == np.float32)
        if key not in self._forms:
            if len(self._forms) >= 8:
                self._forms.clear()
            self._forms[key] = _loci.Form(self._system, form, discretization, key[4], key[2], chunk)
        return self._forms[key]

    def run(
        self,
        u: Any,
        state: Any = None,
        *,
        form: str = "choose",
        discretization: Optional[str] = None,
        steps: Any = None,
        chunk: int = 0,
        dtype: Any = np.float64,
    ) -> Tuple[np.ndarray, np.ndarray]:
        """The answers to u, and the state behind it, for the next run in whatever form: (y, state).

        u is [length] of one copy, [length][copies] or [batch][length][copies], y likewise; state [batch][copies][N] (with foh N + 1), without
        the batch where u has none; None: 0. form: recurrent, convolution, mixed or choose. discretization: zoh, bilinear, backward, euler, foh; None: zoh, of dplr systems bilinear.
        steps [length] or [batch][length]: how many dt each sample lasts, recurrent alone."""
        x, shape = self._signal(u, _precision(dtype))
        batch, length = x.shape[:2]
        ready = self.form(form, discretization, max(length, 1), chunk, dtype)
        numbers = ready.inspect()[1]
        single = (
            (self.copies, numbers)
            if x.shape[0] == 1 and len(shape) < 3 and not (len(shape) == 2 and self.copies == 1 and shape[-1] != 1)
            else None
        )
        z = np.zeros((batch, self.copies, numbers), dtype=x.dtype)
        if state is not None:
            given = np.asarray(_arrays.array(state, "state"))
            if given.size != z.size:
                raise InputError(f"state has {given.size} numbers; {z.size} were expected, [{batch}][{self.copies}][{numbers}]")
            z[...] = given.reshape(z.shape)
        t = None
        if steps is not None:
            t = np.ascontiguousarray(np.broadcast_to(_arrays.doubles(steps, "steps"), (batch, length)))
        y = np.empty_like(x)
        ready.run(y, z, x, t, batch, length)
        return y.reshape(shape), z.reshape(single) if single else z

    def continuous(
        self, u: Any, times: Any, answers: Any, *, state: Any = None, input: str = "zoh", start: Optional[float] = None
    ) -> Tuple[np.ndarray, np.ndarray]:
        """The exact answer in continuous time: u [n] or [n][copies] at ``times`` [n], held (zoh) or joined by lines (foh), y at the times
        ``answers``, ascending, from ``start`` (the first of ``times``) on: (y [count] or [count][copies], state)."""
        x, shape = self._signal(u, np.float64)
        t, at = _arrays.seconds(times), _arrays.seconds(answers, "answers")
        if t.shape != (x.shape[1],) or x.shape[0] != 1:
            raise InputError(f"there are {t.size} times for {x.shape[1]} samples; as many were expected, of one signal")
        z = np.zeros((self.copies, self.order + (input == "foh")))
        if state is not None:
            given = _arrays.doubles(state, "state")
            if given.size != z.size:
                raise InputError(f"state has {given.size} numbers; {z.size} were expected")
            z[...] = given.reshape(z.shape)
        y = np.empty((at.size, self.copies))
        begin = float(t[0]) if start is None and t.size else float(start or 0.0)
        self._system.continuous(input, y, z, at.reshape(-1), at.size, x, t, t.size, begin)
        return y if len(shape) > 1 else y[:, 0], z

    # --- files ---

    def save(self, path: Path) -> None:
        """An .npz with A, B, C, D, dt and P, which the program reads and NumPy too."""
        import io

        arrays: Dict[str, Any] = {"A": self.A, "B": self.B, "C": self.C, "D": self.D, "dt": self.dt}
        if self.structure == "dense":
            arrays["B"], arrays["C"] = arrays["B"][0], arrays["C"][0]
        if self.rank:
            arrays["P"] = self.P
        file = io.BytesIO()
        np.savez(file, **arrays)
        _arrays.keep(path, file.getvalue())

    @classmethod
    def load(cls, path: Path) -> "System":
        """From such a file."""
        try:
            with _arrays.opened(path) as opened, np.load(opened, allow_pickle=False) as file:
                arrays = {name: file[name] for name in ("A", "B", "C", "D", "dt", "P") if name in file}
        except (ValueError, OSError, KeyError) as fault:
            if isinstance(fault, FileError):
                raise
            raise FormatError(f"{path}: is no system ({fault}); an .npz with A, B, C was expected") from None
        return cls(**arrays)

    def __reduce__(self) -> Any:
        s = self._system
        return _unpickle, (_arrays.PICKLE, s.inspect(), s.arrays())


def _precision(dtype: Any) -> np.dtype:
    kind = np.dtype(dtype)
    if kind not in (np.float32, np.float64):
        raise InputError(f"dtype is {kind}; float32 or float64 was expected")
    return kind


def _unpickle(version: int, about: Tuple[int, ...], arrays: Tuple[Any, ...]) -> System:
    _arrays.pickled(version, "system")
    structure, copies, order, rank = about
    return System._of(_loci.system_from(structure, copies, order, rank, arrays))
