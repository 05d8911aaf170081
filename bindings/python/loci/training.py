# SPDX-License-Identifier: MIT
"""Models that learn by gradients (train), and how good models are (evaluate)."""

from __future__ import annotations

import json
import signal
import sys
import threading
import time
from dataclasses import dataclass, replace
from typing import Any, Callable, Dict, Iterable, List, Optional, Sequence, Tuple, Union

import numpy as np

from . import _arrays, _loci, _reading
from ._errors import FormatError, InputError, MismatchError, UnsupportedError
from ._sequences import dataset
from ._texts import compact, config_texts
from .model import Model

TASKS: Dict[str, Tuple[int, int, str, str, int]] = _loci.tasks()


@dataclass(frozen=True)
class Report:
    """Where a training stands; losses and scores as the task has them, NaN where there is none yet."""

    step: int
    steps: int
    epoch: int
    epochs: int
    sequences: int
    loss: float
    score: float
    lr: float
    norm: float
    train_loss: float
    train_score: float
    valid_loss: float
    valid_score: float
    epoch_ended: bool
    improved: bool
    finished: bool
    event: str = "step"  # or "epoch", after its validation
    seconds: float = 0.0


@dataclass(frozen=True)
class Evaluation:
    """How good a model is: the mean loss; score, the share that is right, or of the variance explained."""

    sequences: int
    targets: int
    loss: float
    score: float
    seconds: float
    confusion: Optional[np.ndarray] = None  # [true class][answer]
    error: Optional[np.ndarray] = None  # [outputs], root mean square, in the target's units
    explained: Optional[np.ndarray] = None  # [outputs]


class Interrupted(KeyboardInterrupt):
    """Ctrl-C in a training: ``model`` is the best one so far, None before the first epoch; ``train(..., resume=state)`` goes on to the same bits."""

    def __init__(self, model: Optional[Model], state: bytes, report: Report) -> None:
        super().__init__(f"interrupted after step {report.step} of {report.steps}; train(..., resume=fault.state) goes on")
        self.model, self.state, self.report = model, state, report


_MAGIC = b"loci.train 1\n"
Callbacks = Union[Callable[[Report], Any], Iterable[Callable[[Report], Any]], None]


def _task_check(task: Optional[str]) -> None:
    if task is not None and task not in TASKS:
        raise InputError(f'task is "{task}"; one of {", ".join(TASKS)} was expected')


def _text_set(x: Any, classes: Optional[Sequence[str]], window: int) -> Any:
    """A text, bytes or numbers of tokens: sequences of `window` tokens, whose targets are the next ones."""
    if isinstance(x, str):
        names = tuple(classes) if classes is not None else tuple(sorted(set(x)))
        index = {c: i for i, c in enumerate(names)}
        try:
            tokens = np.array([index[c] for c in x], dtype=np.float32)
        except KeyError as fault:
            raise MismatchError(f"x: holds the character {fault.args[0]!r}, which is none of the {len(names)} that were expected") from None
    elif isinstance(x, (bytes, bytearray, memoryview)):
        tokens, names = np.frombuffer(x, dtype=np.uint8).astype(np.float32), tuple(map(str, range(256)))
    else:
        tokens = _arrays.singles(x).reshape(-1)
        names = tuple(map(str, range(int(tokens.max()) + 1))) if classes is None and tokens.size else tuple(map(str, classes or ()))
    if len(tokens) < 2 or len(names) < 2:
        raise InputError("x: is too short a text; two different tokens at least were expected")
    starts = np.append(np.arange(0, len(tokens) - 1, window), len(tokens) - 1).astype(np.int64)
    return _loci.Dataset(
        np.ascontiguousarray(tokens[:-1]),
        "f",
        starts,
        len(starts) - 1,
        1,
        tokens[1:].astype(np.float64),
        0,
        2,
        len(names),
        names,
        0.0,
        None,
    )


def _target_scales(set_: Any, outputs: int) -> Tuple[np.ndarray, np.ndarray]:
    mean, deviation = np.empty(outputs), np.empty(outputs)
    set_.target_moments(mean, deviation)
    for i in range(outputs):
        if not deviation[i] > 1e-12 * abs(mean[i]):
            raise InputError(f"y: value {i} of the targets is {mean[i]:g} in all of the training; values that differ were expected")
    return mean, 1 / deviation


def _describe(model: Model, train: Any, task: str) -> None:
    """The model learns the mean and deviation of the data, and what is learned of them."""
    info = train.inspect()
    inputs, outputs, values, each, names, rate = info[1], info[6], info[4], info[5], info[7], info[8]
    shift = scale = mean = share = None
    if each != 2:
        shift, deviation = np.empty(inputs), np.empty(inputs)
        train.moments(shift, deviation)
        scale = np.array([1 / d if d > 0 else 1.0 for d in deviation])
    if values:
        mean, share = _target_scales(train, outputs)
    model._model.describe(rate, shift, scale, names if not values else None, None, task, mean, share)


class _Record:
    """Epochs that are done, and which was the best."""

    def __init__(self, rows: Optional[List[List[float]]] = None, best: int = 0) -> None:
        self.rows, self.best = rows or [], best

    def note(self, command: str, seed: int, report: Report, finished: bool, key: str, note: Optional[str]) -> str:
        about: Dict[str, Any] = {
            "program": f"loci {_loci.version()}", "command": command, "seed": seed, "steps": report.step, "epochs": len(self.rows),
            "finished": finished,
        }  # fmt: skip
        if self.best:
            best = self.rows[self.best - 1]
            about.update({"best_epoch": self.best, "train_loss": best[0], "valid_loss": best[1], f"valid_{key}": best[2]})
        if note is not None:
            about["note"] = note
        return compact(about)


def train(
    x: Any,
    y: Any = None,
    *,
    task: Optional[str] = None,
    valid: Union[float, Tuple[Any, Any], None] = None,
    preset: Optional[str] = None,
    epochs: Optional[int] = None,
    steps: Optional[int] = None,
    batch: Optional[int] = None,
    lr: Optional[float] = None,
    lr_ssm: Optional[float] = None,
    decay: Optional[float] = None,
    warmup: Optional[float] = None,
    clip: Optional[float] = None,
    patience: Optional[int] = None,
    augment: Optional[str] = None,
    precision: Optional[str] = None,
    seed: int = 0,
    threads: int = 0,
    rate: Optional[float] = None,
    classes: Optional[Sequence[str]] = None,
    lengths: Any = None,
    window: Optional[int] = None,
    model: Optional[Model] = None,
    callbacks: Callbacks = None,
    resume: Optional[bytes] = None,
    note: Optional[str] = None,
    command: Optional[str] = None,
    verbose: bool = False,
    **config: Any,
) -> Model:
    """Trains a model: the best one by validation, as ``loci train`` of the same arrays and options, to the bit, for any number of threads.

    Parameters
    ----------
    x : [sequences][samples], [sequences][samples][inputs], or a list of sequences of different lengths; a str or bytes for the task next; or the path of what
        ``loci train`` reads: a folder of sounds, CSV or NPY files, of arrays, of images, a table, a text. A str is a path where there is such a file.
    y : a target of each sequence, or at every sample: words and whole numbers are labels, other numbers values.
    task : class, class-each, value, value-each or next; None: as targets look.
    valid : the share of sequences kept to validate with, or (x, y) to validate with; None: 0.1, or none of less than 500 sequences.
    preset, **config : the network, as ``Model`` has it: preset="lstm", layer="mamba", layers=2, width=32, ...; a ``model`` goes on from another.
    epochs, steps, batch, lr, lr_ssm, decay, warmup, clip, patience, augment, precision, seed : as ``loci train --help`` says; None: what suits the data.
    threads : 0: one a processor; nothing depends on it. rate : samples a second, Hz. classes : names that labels are among. lengths : samples
        of each sequence of an array. window : tokens of a sequence of a text (256).
    label, value, group, time, column, window, stride, horizon, match, except_, resample, mono, gray, permute, bytes, skip, decimal, missing, test : how files
        are read, as ``loci train --help`` says; the model keeps it, and ``evaluate`` reads others likewise.
    callbacks : called with a ``Report`` after each step and each epoch; one that returns True ends the training.
    resume : the state of an ``Interrupted``. note, command : kept in the model. verbose : a line an epoch to standard error.

    Ctrl-C ends it between two steps: ``Interrupted``, with the best model so far and the state to go on from.
    """
    _task_check(task)
    for name, count in (("epochs", epochs), ("steps", steps), ("batch", batch), ("patience", patience), ("seed", seed), ("threads", threads)):
        _ = None if count is None else _arrays.whole(count, name)
    calls = [callbacks] if callable(callbacks) else list(callbacks or ())
    reading = _reading.take(config, window)
    inputs = model.inputs if model is not None else None
    if model is not None and classes is None:
        classes = model.classes
    path = _reading.path_of(x, text=True)
    if path is not None:
        _reading.alone(path, y=y, rate=rate, lengths=lengths)
        train_set = _reading.opened(path, "train", classes, task, {**reading, **_reading.known(model and model._model)})
        text = train_set.inspect()[5] == 2
    else:
        tokens = reading.pop("window", 256)
        _reading.nothing(reading)
        text = task == "next" or (y is None and isinstance(x, (str, bytes, bytearray)))
        train_set = _text_set(x, classes, tokens) if text else dataset(x, y, task, classes, rate, inputs, lengths)
    info = train_set.inspect()
    name = task or ("next" if text else ("value" if info[4] else "class") + ("-each" if info[5] else ""))
    valid_set = None
    if isinstance(valid, tuple):
        if len(valid) != 2:
            raise InputError(f"valid holds {len(valid)} things; a share, or the two (x, y), was expected")
        if text or path is not None:
            raise UnsupportedError(f"valid is a pair; a share was expected for a {'text' if text else 'path'}")
        valid_set = dataset(valid[0], valid[1], name, info[7] or None, rate, info[1])
    elif valid is None and path is not None and info[12]:
        valid_set = _loci.dataset_open(path, 2, info[7] or None, name, reading)
    else:
        share = valid if valid is not None else info[10]
        if valid is None and patience and share == 0:
            share = 0.1
        if not 0 <= share < 1:
            raise InputError(f"valid is {share}; 0 to below 1, or (x, y), was expected")
        if share > 0:
            try:
                valid_set = train_set.divide(float(share), seed)
            except InputError:  # as the program: windows all of which share rows with the last are trained without a validation
                if valid is not None or patience or path is None or reading.get("group"):
                    raise
            info = train_set.inspect()
    net = model.copy() if model is not None else _fresh(info, text, preset, config, seed)
    if model is not None and (net.inputs, net.outputs) != (info[1], info[6]):
        raise MismatchError(f"the model takes {net.inputs} inputs to {net.outputs} outputs; {info[1]} and {info[6]} were expected")
    if model is None:
        _describe(net, train_set, name)
    if path is not None:
        _loci.model_read_as(net._model, reading, train_set)
    options = list(_loci.train_options(net._model, train_set))
    if steps is not None:
        options[1:3] = 0 if steps else options[1], steps
    for i, value in ((1, epochs), (0, batch), (8, patience), (3, lr), (4, lr_ssm), (5, decay), (6, warmup), (7, clip)):
        if value is not None:
            options[i] = value
    trainer = _loci.Trainer(net._model, train_set, valid_set, *options, seed, threads, _augment(augment), _precision(precision))
    return _Run(trainer, valid_set is not None, name, calls, note, command or _command(locals()), seed, verbose).go(resume)


def _augment(words: Optional[str]) -> int:
    """The flags of "flip,shift"."""
    flags = {"flip": 1, "shift": 2}
    given = [] if words is None else words.split(",") if isinstance(words, str) else [""]
    if len(set(given)) < len(given) or not flags.keys() >= set(given):
        raise InputError(f"augment is {words!r}; 'flip', 'shift' or 'flip,shift' was expected")
    return sum(flags[word] for word in given)


def _precision(word: Optional[str]) -> int:
    """The number of "float" or "bf16"."""
    if word is None or word == "float":
        return 0
    if word != "bf16":
        raise InputError(f"precision is {word!r}; 'float' or 'bf16' was expected")
    return 1


def _fresh(info: Any, text: bool, preset: Optional[str], config: Dict[str, Any], seed: int) -> Model:
    """A new model for a data set."""
    changes = config_texts(config)
    if preset is None:
        layer = changes.get("layer", "s4d")
        preset = _loci.layer_preset(layer) if layer != "s4d" else "text" if text else "audio" if info[11] == "audio" else "small"
    if text:
        changes["vocabulary"] = str(info[6])
    if info[5]:
        if "pool" in changes:
            raise InputError("pool makes one answer of a sequence, and these have a target at every sample; no pool was expected")
        changes["pool"] = "none"
    elif changes.get("pool") == "none":
        raise InputError('pool is "none"; mean or last was expected')
    return Model(preset, info[1], info[6], seed=seed, **changes)


def _command(given: Dict[str, Any]) -> str:
    """How the training was called, for the note."""
    plain = ("task", "preset", "epochs", "steps", "batch", "lr", "lr_ssm", "decay", "warmup", "clip", "patience", "augment", "precision")
    words = [f"{k}={given[k]!r}" for k in plain if given[k] is not None] + [f"{k}={v!r}" for k, v in given["config"].items()]
    if given["seed"]:
        words.append(f"seed={given['seed']}")
    about = [repr(given["path"])] if given["path"] is not None else ["x", "y"]
    words += [f"{'except_' if k == 'except' else k}={v!r}" for k, v in given["reading"].items()]
    return f"loci.train({', '.join([*about, *words])})"


class _Run:
    """The steps of a training."""

    def __init__(
        self, trainer: Any, valid: bool, task: str, calls: List[Any], note: Optional[str], command: str, seed: int, verbose: bool
    ) -> None:
        self.trainer, self.valid, self.calls, self.verbose = trainer, valid, calls, verbose
        self.score, self.key = TASKS[task][2:4]
        self.about = (command, seed)
        self.note = note
        self.record = _Record()
        self.interrupted = False
        self.begun = time.monotonic()

    def report(self, row: Tuple[Any, ...], event: str = "step") -> Report:
        return replace(Report(*row), event=event, seconds=time.monotonic() - self.begun)

    def model(self, report: Report, finished: bool) -> Model:
        best = Model._of(self.trainer.best())
        command, seed = self.about
        return best.describe(note=self.record.note(command, seed, report, finished, self.key, self.note))

    def state(self) -> bytes:
        about = json.dumps({"rows": self.record.rows, "best": self.record.best}).encode()
        return _MAGIC + about + b"\n" + self.trainer.save()

    def restore(self, state: Any) -> None:
        head, _, rest = bytes(state).partition(b"\n")
        about, _, trainer = rest.partition(b"\n")
        try:
            if head + b"\n" != _MAGIC:
                raise ValueError
            known = json.loads(about)
            record = _Record(known["rows"], int(known["best"]))
        except (ValueError, KeyError, TypeError):
            raise FormatError("resume is damaged, or no state of a training") from None
        self.trainer.restore(trainer)
        self.record = record

    def epoch(self, report: Report) -> Report:
        row = self.trainer.validate()
        report = self.report(row, "epoch")
        self.record.rows.append([report.train_loss, report.valid_loss, report.valid_score])
        best = report.improved or not self.valid
        if best:
            self.record.best = len(self.record.rows)
        if self.verbose:
            valid = f"; validation loss {report.valid_loss:.4g}, {self.score} {_arrays.share(report.valid_score)}" if self.valid else ""
            print(
                f"epoch {report.epoch} of {report.epochs}: loss {report.train_loss:.4g}, {self.score} {_arrays.share(report.train_score)}{valid}"
                + (", best so far" if best and self.valid else ""),
                file=sys.stderr,
            )
        return report

    def catch(self) -> Any:
        """Ctrl-C is heeded between two steps from now on, a second one at once. What was to be called before, or None: all stays as it is."""
        if threading.current_thread() is not threading.main_thread() or signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
            return None

        def note(number: int, frame: Any) -> None:
            self.interrupted = True
            signal.signal(signal.SIGINT, signal.default_int_handler)

        return signal.signal(signal.SIGINT, note)

    def go(self, resume: Optional[bytes]) -> Model:
        if resume is not None:
            self.restore(resume)
        report = self.report(self.trainer.report())
        stop = False
        before = self.catch()
        try:
            while not stop:
                if self.interrupted:
                    raise KeyboardInterrupt
                if report.epoch_ended:
                    report = self.epoch(report)
                elif report.finished:
                    return self.model(report, True)
                else:
                    report = self.report(self.trainer.step())
                stop = any([isinstance(told := call(report), (bool, np.bool_)) and bool(told) for call in self.calls])
        except KeyboardInterrupt:
            report = self.report(self.trainer.report())
            best = self.model(report, False) if self.record.best else None
            raise Interrupted(best, self.state(), report) from None
        finally:
            if before is not None:
                signal.signal(signal.SIGINT, before)
        return self.model(report, False)


def _rate_check(model: Model, path: str, own: float, rate: Optional[float]) -> None:
    """rate is about data that tell none, and a model that knows its own."""
    if rate is None:
        return
    if own > 0 and abs(own - rate) > 1e-9 * own:
        raise MismatchError(f"{path}: its rate is {own:g} Hz, and rate is {rate:g}; that, or none, was expected")
    if not model.rate > 0:
        raise MismatchError("the model was trained on data without a rate; none was expected")


def evaluate(
    model: Model,
    x: Any,
    y: Any = None,
    *,
    rate: Optional[float] = None,
    lengths: Any = None,
    window: Optional[int] = None,
    threads: int = 0,
    split: str = "test",
    **reading: Any,
) -> Evaluation:
    """Measures a model on sequences with targets, as ``loci eval`` does. Nothing depends on threads.

    x and y are those of ``train``, or x is a path, whose files are read as those of the training were: of them the ``split`` test (all of them, where there
    is none), train, valid, or all. match, except_, mono, resample, test and window change how. rate: Hz, where they tell none."""
    options = dict(reading)
    about = _reading.take(options, window)
    path = _reading.path_of(x, text=model.task == "next")
    tokens = about.pop("window", 256) if path is None else 0
    _reading.nothing(about if path is None else {}, options)
    if path is not None:
        _reading.alone(path, y=y, lengths=lengths)
        set_ = _reading.again(model, path, split, about)
        _rate_check(model, path, set_.inspect()[8], rate)
    elif split != "test":
        raise InputError(f'split is "{split}", which is about files; a path was expected for x')
    elif model.task == "next":
        set_ = _text_set(x, model.classes, tokens)
    else:
        set_ = dataset(x, y, model.task, model.classes, rate, model.inputs, lengths)
    outputs, values = model.outputs, model.task.startswith("value")
    confusion = None if values or outputs > 4096 else np.zeros((outputs, outputs), dtype=np.int64)
    error, explained = (np.empty(outputs), np.empty(outputs)) if values else (None, None)
    row = _loci.evaluate(model._model, set_, threads, float(rate or 0), confusion, error, explained)
    return Evaluation(*row, confusion, error, explained)
