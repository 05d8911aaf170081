# SPDX-License-Identifier: MIT
"""Models as C source for microcontrollers."""

from __future__ import annotations

from typing import Any, Dict, Optional

import numpy as np

from . import _arrays, _loci, _reading
from ._arrays import Path
from ._errors import InputError, MismatchError
from ._sequences import dataset
from ._texts import write_folder
from .model import Model


def export(model: Model, folder: Path, prefix: str = "model", **options: Any) -> Dict[str, Any]:
    """Writes a model as C99 for a microcontroller: ``Model.export``."""
    return model.export(folder, prefix, **options)


def write(model: Model, folder: Path, prefix: str, weights: str, calibrate: Any, samples: Any, origin: Optional[str]) -> Dict[str, Any]:
    """What ``Model.export`` does."""
    if weights not in ("float", "int8"):
        raise InputError(f'weights is "{weights}"; float or int8 was expected')
    if calibrate is not None and weights != "int8":
        raise InputError('calibrate is about whole numbers; weights="int8" was expected, too')
    u = _arrays.singles(_noise(model) if samples is None else samples, "samples")
    if u.ndim not in (1, 2) or (u.ndim == 2 and u.shape[1] != model.inputs) or (u.ndim == 1 and model.inputs > 1):
        raise MismatchError(f"samples: has the shape {u.shape}; {'[n]' if model.inputs == 1 else f'[n][{model.inputs}]'} was expected")
    u = u.reshape(-1, model.inputs)
    within = 1e-3 if model.config["layer"] == "bank" else 1e-5
    set_ = None if calibrate is None else _calibrating(model, calibrate)
    nameless = model.classes is None and not model.task.startswith("value")  # then answers are the network's, as ``loci stream`` has them
    answers = np.asarray(model.stream().push(u, raw=nameless), dtype=np.float64)
    files, facts, calibration = _loci.export_files(
        model._model, prefix, origin, int(weights == "int8"), set_, u, answers, len(u), within
    )
    write_folder(folder, dict(files), f"{prefix}.c")
    told: Dict[str, Any] = dict(zip(("constants", "state", "work", "multiplies", "functions", "difference"), facts))
    if calibration is not None:
        told["calibration"] = dict(zip(("sequences", "floats", "whole", "most", "mean"), calibration))
    return told


def _noise(model: Model) -> np.ndarray:
    """Samples for the test of an export, in the model's units."""
    shift, scale = model._model.about()[1:3]
    count = model._model.tokens()[0]
    if count:
        return np.floor(np.random.default_rng(1).uniform(0, count, (64, model.inputs)))
    noise = np.random.default_rng(1).standard_normal((64, model.inputs))
    return noise if scale is None else noise / np.frombuffer(scale) + np.frombuffer(shift)


def _calibrating(model: Model, data: Any) -> Any:
    """The data set of a calibration."""
    path = _reading.path_of(data)
    if path is not None:
        return _reading.again(model, path, "train", {})
    if not isinstance(data, tuple) or len(data) != 2:
        raise InputError("calibrate: a path, or the two (x, y), was expected")
    return dataset(data[0], data[1], model.task, model.classes, None, model.inputs)
