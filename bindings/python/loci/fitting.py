# SPDX-License-Identifier: MIT
"""Models that learn in one pass: a bank of oscillators, read by a regression."""

from __future__ import annotations

from typing import Any, Dict, Optional, Sequence, Tuple

from . import _arrays, _loci, _reading
from ._errors import InputError
from ._sequences import dataset
from .model import Model

_STATISTICS = ("all", "shares", "power")
_TOLD = ("_options", "_classes", "_inputs", "_task", "_reading", "seed")  # of a learner, besides what it has learned


class Learner:
    """What ``fit`` knows while it learns: sequences may be added at any time, and learners of one bank add up.

    >>> learner = Learner(modes=1000)
    >>> learner.push(x, y).push(more_x, more_y).model()
    """

    __slots__ = (*_TOLD, "_learner")

    def __init__(
        self,
        modes: int = 1000,
        *,
        statistics: str = "all",
        seed: int = 0,
        span: float = 0.0,
        task: Optional[str] = None,
        classes: Optional[Sequence[str]] = None,
    ) -> None:
        if statistics not in _STATISTICS:
            raise InputError(f'statistics is "{statistics}"; one of {", ".join(_STATISTICS)} was expected')
        if task not in (None, "class", "value"):
            raise InputError(f'task is "{task}"; class or value was expected')
        self._options = (_arrays.whole(modes, "modes"), _STATISTICS.index(statistics), _arrays.whole(seed, "seed"), float(span))
        self._classes = None if classes is None else tuple(map(str, classes))
        self._inputs: Optional[int] = None  # this and what is None besides are those of the first push
        self._task, self.seed = task, seed
        self._learner: Any = None
        self._reading: Optional[Dict[str, Any]] = None  # how files were read; None: there were none

    def _opened(self, path: str, reading: Dict[str, Any]) -> Any:
        """Files, read as those before were."""
        if self._learner is None:
            self._reading = reading
        for name in reading:
            if self._learner is not None and reading[name] != (self._reading or {}).get(name):
                raise InputError(f"{name} is as it was in the first push; the same, or none, was expected")
        known = _reading.known(self._learner and self._learner.model())
        return _reading.opened(path, "train", self._classes, self._task, {**(self._reading or {}), **known})

    def push(
        self, x: Any, y: Any = None, *, rate: Optional[float] = None, lengths: Any = None, threads: int = 0, **reading: Any
    ) -> "Learner":
        """Learns from sequences and their targets; the first ones make the bank. x is what ``fit`` takes. Gives itself."""
        options = dict(reading)
        about, path = _reading.take(options), _reading.path_of(x)
        _reading.nothing(about if path is None else {}, options)
        if path is not None:
            _reading.alone(path, y=y, rate=rate, lengths=lengths)
            set_ = self._opened(path, about)
        else:
            set_ = dataset(x, y, self._task, self._classes, rate, self._inputs, lengths)
        if self._learner is None:
            learner, info = _loci.Learner(set_, *self._options, self._task, threads), set_.inspect()
            with _arrays.beginning:
                if self._learner is None:
                    self._inputs, self._task, self._classes = info[1], "value" if info[4] else "class", info[7] or None
                    self._learner = learner
        self._learner.push(set_, threads)
        return self

    def like(self) -> "Learner":
        """One that knows nothing, with the same bank, so that both can be added."""
        return self._with(_loci.learner_like(self._inner().model()))

    @classmethod
    def _of(cls, told: Tuple[Any, ...], learner: Any) -> "Learner":
        self = cls.__new__(cls)
        for name, value in zip(_TOLD, told):
            setattr(self, name, value)
        self._learner = learner
        return self

    def _told(self) -> Tuple[Any, ...]:
        return tuple(getattr(self, name) for name in _TOLD)

    def _with(self, learner: Any) -> "Learner":
        return Learner._of(self._told(), learner)

    def copy(self) -> "Learner":
        """A fork: what one of them learns, the other does not."""
        if self._learner is None:
            return self._with(None)
        both = self.like()
        both += self
        return both

    __copy__ = copy

    def __deepcopy__(self, memo: Any) -> "Learner":
        return self.copy()

    def _inner(self) -> Any:
        if self._learner is None:
            raise InputError("the learner knows nothing; a push was expected before")
        return self._learner

    def __iadd__(self, other: Any) -> "Learner":
        if not isinstance(other, Learner):
            return NotImplemented
        self._inner().add(other._inner())
        return self

    def __add__(self, other: Any) -> "Learner":
        """What both know, of one bank (``like``)."""
        if not isinstance(other, Learner):
            return NotImplemented
        both = self.copy()
        both += other
        return both

    def solve(self) -> Dict[str, Any]:
        """The regression: how many sequences and statistics, the ridge, and the score with each sequence left out in turn."""
        keys = ("sequences", "features", "modes", "each", "ridge", "error", "score")
        return dict(zip(keys, self._inner().solve()))

    def model(self, command: str = "loci.fit(x, y)") -> Model:
        """Solves, and gives the model."""
        report = self.solve()
        model = Model._of(self._learner.model())
        if self._reading:
            _loci.model_read_as(model._model, self._reading, None)
        return model.describe(note={
            "program": f"loci {_loci.version()}", "command": command, "seed": self.seed, "sequences": report["sequences"],
            "ridge": report["ridge"], "left_out": report["score"],
        })  # fmt: skip

    def __reduce__(self) -> Any:
        known = None if self._learner is None else (Model._of(self._learner.model()).to_bytes(), self._learner.save())
        return _unpickle, (_arrays.PICKLE, self._told(), known)

    def __repr__(self) -> str:
        return f"<loci.Learner of a bank of {self._options[0] or 1000} oscillators{'' if self._learner else ': empty'}>"


def _unpickle(version: int, told: Tuple[Any, ...], known: Optional[Tuple[bytes, bytes]]) -> Learner:
    _arrays.pickled(version, "learner")
    return Learner._of(told, None if known is None else _loci.learner_load(Model.from_bytes(known[0])._model, known[1]))


def fit(
    x: Any,
    y: Any = None,
    *,
    modes: int = 1000,
    statistics: str = "all",
    seed: int = 0,
    span: float = 0.0,
    task: Optional[str] = None,
    classes: Optional[Sequence[str]] = None,
    rate: Optional[float] = None,
    lengths: Any = None,
    threads: int = 0,
    command: Optional[str] = None,
    **reading: Any,
) -> Model:
    """A model in one pass, without gradients, as ``loci fit``: a bank of random oscillators, read by a ridge regression. x and y as ``train`` takes them, with
    one target a sequence, or the path of what ``loci fit`` reads; label, match and so on, as ``train`` has them, say how."""
    learner = Learner(modes, statistics=statistics, seed=seed, span=span, task=task, classes=classes)
    learner.push(x, y, rate=rate, lengths=lengths, threads=threads, **reading)
    what = "x, y" if y is not None else repr(str(x))
    return learner.model(command or f"loci.fit({what}, modes={modes})")
