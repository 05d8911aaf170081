# SPDX-License-Identifier: MIT
"""Data sets in files, and how they are read: what `loci train` has options for."""

from __future__ import annotations

import errno
import os
import warnings
from typing import Any, Dict, Mapping, Optional, Sequence, Tuple

from . import _arrays, _loci
from ._errors import InputError, MismatchError, MissingFileError, UnsupportedError

SPLITS = ("train", "test", "valid")


def _flag(value: Any, name: str) -> bool:
    if not isinstance(value, bool):
        raise InputError(f"{name} is {value!r}; True or False was expected")
    return value


def _word(value: Any, name: str) -> str:
    if not isinstance(value, str) or not value or "\0" in value:
        raise InputError(f"{name} is {value!r}; a text was expected")
    return value


def _count(value: Any, name: str) -> int:
    return _arrays.whole(value, name, 1)


def _columns(value: Any, name: str) -> Tuple[str, ...]:
    all_ = (value,) if isinstance(value, (str, int)) else tuple(value)
    if not all_:
        raise InputError(f"{name} names no columns; one at least was expected")
    return tuple(_word(str(column), name) for column in all_)


def _share(value: Any, name: str) -> float:
    if isinstance(value, (str, bytes)) or not 0 < value < 1:
        raise InputError(f"{name} is {value!r}; a share above 0 and below 1 was expected")
    return float(value)


def _rate(value: Any, name: str) -> float:
    if isinstance(value, (str, bytes)) or not 0 < value < float("inf"):
        raise InputError(f"{name} is {value!r}; more than 0 Hz was expected")
    return float(value)


def _decimal(value: Any, name: str) -> str:
    if value not in (".", ","):
        raise InputError(f"{name} is {value!r}; a point or a comma was expected")
    return value


def _missing(value: Any, name: str) -> str:
    if value not in ("refuse", "hold"):
        raise InputError(f"{name} is {value!r}; refuse or hold was expected")
    return value


_CHECKS = {
    "gray": _flag, "mono": _flag, "bytes": _flag, "permute": lambda value, name: _arrays.whole(value, name, 0, 2**62), "label": _word,
    "value": _word, "group": _word, "time": _word, "column": _columns, "match": _word, "except": _word, "window": _count, "stride": _count,
    "skip": _arrays.whole, "horizon": lambda value, name: _arrays.whole(value, name, 1, 4096), "test": _share, "resample": _rate,
    "decimal": _decimal, "missing": _missing,
}  # fmt: skip


def take(options: Dict[str, Any], window: Optional[int] = None) -> Dict[str, Any]:
    """How data are read, out of keywords: what is about that is taken away from them. The window is a keyword of its own of some."""
    if window is not None:
        options["window"] = window
    if "except_" in options:
        options["except"] = options.pop("except_")
    given = {name: options.pop(name) for name in _CHECKS if name in options}
    reading = {name: _CHECKS[name](value, name) for name, value in given.items() if value is not None}
    for one, other in (("label", "value"), ("label", "horizon")):
        if one in reading and other in reading:
            raise InputError(f"{one} and {other} exclude each other; one was expected")
    if "stride" in reading and not ("window" in reading or "horizon" in reading):
        raise InputError("stride is between windows; window was expected with it")
    return reading


def nothing(reading: Mapping[str, Any], options: Mapping[str, Any] = {}) -> None:
    """Refuses what is about files where there are none, and what is about nothing."""
    for name in reading:
        raise InputError(f"{name} is about files; a path was expected for x")
    for name in options:
        raise TypeError(f"{name} is no option; one of {', '.join(_CHECKS)} was expected, which are about files")


def path_of(x: Any, text: bool = False) -> Optional[str]:
    """The path that x is; None: it is none. With `text` a str may be a text, and is a path where something of its name is there."""
    if not isinstance(x, (str, os.PathLike)):
        return None
    path = os.fspath(x)
    if not isinstance(path, str):
        path = os.fsdecode(path)
    if os.path.exists(path):
        return path
    if text and isinstance(x, str) and (len(x) > 255 or any(c.isspace() for c in x)):
        return None
    what = "No such file or folder, and no text, which has white space" if text and isinstance(x, str) else "No such file or folder"
    raise MissingFileError(errno.ENOENT, what, path)


def known(model: Any) -> Dict[str, Any]:
    """What the training of a _loci.Model called its inputs, for the next data to be read by."""
    told = {} if model is None else _loci.model_reading(model)
    return {name: told[name] for name in ("inputs",) if name in told}


def opened(path: str, split: str, classes: Optional[Sequence[str]], task: Optional[str], reading: Mapping[str, Any]) -> Any:
    """A _loci.Dataset of files."""
    if split not in SPLITS:
        raise InputError(f'split is "{split}"; one of {", ".join(SPLITS)} was expected')
    set_ = _loci.dataset_open(path, SPLITS.index(split), None if classes is None else tuple(map(str, classes)), task, dict(reading))
    passed, first, times, missing = set_.inspect()[14:18]
    if passed and split == "train":
        more = f" and {passed - 1:,} more, which are" if passed > 1 else ", which is"
        warnings.warn(f"{path}: passed over {first}{more} no data", stacklevel=3)
    if times and split == "train":
        warnings.warn(f'{path}: column {times} looks like times, and is an input; time="{times}" would leave it out', stacklevel=3)
    if missing and split == "train":
        warnings.warn(f"{path}: {missing:,} missing value{'s' if missing > 1 else ''}; of each the value before stands there", stacklevel=3)
    return set_


def alone(path: str, **others: Any) -> None:
    """Refuses what files tell themselves."""
    for name, value in others.items():
        if value is not None:
            raise InputError(f"{name} was given with the path {path}, whose files tell it; none was expected")


_LATER = ("match", "except", "mono", "resample", "test", "window", "missing")


def again(model: Any, path: str, split: str, reading: Dict[str, Any]) -> Any:
    """Files as those of the training were read, for a model: split train, test, valid, or all, where there is no split. Of the reading that may change what chooses
    files, and what does not change what they mean."""
    for name in reading:
        if name not in _LATER:
            raise InputError(f"{name} is as it was in the training; one of {', '.join(_LATER)} was expected to change")
    told = _loci.model_reading(model._model)
    if "match" in reading or "except" in reading:  # other files than those of the training
        for name in ("match", "except", "test"):
            told.pop(name, None)
    if split == "all":
        told.pop("test", None)
        split = "test"
    told.update(reading)
    classes, task = model.classes, model.task
    if task == "next" and not model._model.tokens()[1]:
        raise UnsupportedError("the model knows its tokens by number alone; one that was trained on a text was expected")
    if task != "next" and "window" in reading:
        raise InputError(f"window is for the task next; none was expected for a model of the task {task}")
    set_ = opened(path, split, classes, task, told)
    inputs, outputs = set_.inspect()[1], set_.inspect()[6]
    if (inputs, outputs) != (model.inputs, model.outputs):
        raise MismatchError(
            f"{path}: has {inputs} inputs and {outputs} outputs; {model.inputs} and {model.outputs}, as the model has, were expected"
        )
    return set_
