# SPDX-License-Identifier: MIT
"""Networks of layers with memory."""

from __future__ import annotations

import json
import os
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Dict, Iterator, List, Mapping, Optional, Sequence, Tuple, Union

import numpy as np

from . import _arrays, _loci
from ._arrays import Path
from ._errors import InputError, MismatchError, UnsupportedError
from ._recalled import Saved
from ._sequences import Sequences, finite, frame_of, groups, sequences
from ._texts import compact, config_texts, pack

_BATCH = 16  # sequences that go through a network at once


class Model(Saved):
    """A network and its parameters: layers of S4D, S4, S5, Mamba, LSTM and so on between encoder and decoder.

    Made by ``loci.train`` or ``loci.fit``, loaded from a file, converted from PyTorch, or new, with initial values:

    >>> model = Model.load("digits.safetensors")
    >>> model.predict(x)

    Model(preset, inputs, outputs, seed=0, **config): a preset as ``loci train --preset`` has (small, s4-example, audio, lstm, gru, s4, mingru, conv,
    s5, mamba, mamba2, attention, text) with changes, as layers=2, width=32.
    """

    __slots__ = ("_model", "_networks", "_streams", "_lent", "__weakref__")

    def __init__(self, preset: str = "small", inputs: int = 1, outputs: int = 2, *, seed: int = 0, **config: Any) -> None:
        self._model = _loci.model_new(preset, int(inputs), int(outputs), config_texts(config))
        self._model.initialize(seed)
        self._networks: Dict[Any, Any] = {}
        self._streams: Dict[Any, Any] = {}
        self._lent = False

    @classmethod
    def _of(cls, model: Any) -> "Model":
        self = cls.__new__(cls)
        self._model, self._networks, self._streams, self._lent = model, {}, {}, False
        return self

    # --- what it is ---

    @property
    def config(self) -> Dict[str, Any]:
        """Its configuration: the fields that its layers have."""
        return {name: _value(text) for name, text in self._model.config().items()}

    @property
    def inputs(self) -> int:
        """Numbers of a sample."""
        return self._model.inspect()[0]

    @property
    def outputs(self) -> int:
        """Numbers of an answer."""
        return self._model.inspect()[1]

    @property
    def classes(self) -> Optional[Tuple[str, ...]]:
        """Names of classes; None: it has none."""
        return self._model.about()[3]

    @property
    def task(self) -> str:
        """class, class-each, value, value-each or next: what it says of a sequence, or at every sample."""
        return self._model.about()[5]

    @property
    def rate(self) -> float:
        """Hz that it was trained at; 0: unknown."""
        return self._model.about()[0]

    @property
    def note(self) -> Optional[Dict[str, Any]]:
        """What its file tells of how it was made."""
        text = self._model.about()[4]
        return json.loads(text) if text else None

    @property
    def streams(self) -> bool:
        """Whether a state of fixed size carries a sequence on, so that ``stream`` and ``step`` are there."""
        return self._model.inspect()[5]

    @property
    def fingerprint(self) -> str:
        """Of what it computes; states are bound to it."""
        return f"{self._model.fingerprint():016x}"

    @property
    def parameters(self) -> Dict[str, np.ndarray]:
        """By name: views of its own memory, float32, complex numbers as pairs at the end; what is written there is the model's."""
        self._lent = True
        buffer: Any = self._model
        all_ = np.frombuffer(buffer, dtype=np.float32)
        out = {}
        for name, shape, offset, _ in self._model.parameters():
            out[name] = all_[offset : offset + int(np.prod(shape, dtype=np.int64))].reshape(shape)
        return out

    @property
    def count(self) -> int:
        """Trainable numbers."""
        return self._model.inspect()[2]

    def describe(self, **changes: Any) -> "Model":
        """Changes what it is about: rate, Hz; shift and scale [inputs]: the network sees (x - shift) scale; classes; note, a dict; task;
        target_shift and target_scale [outputs]. Gives itself."""
        names = ("rate", "shift", "scale", "classes", "note", "task", "target_shift", "target_scale")
        now = dict(zip(names, self._model.about()))
        for name, value in changes.items():
            if name not in now:
                raise InputError(f"{name} is nothing that a model is about; one of {', '.join(names)} was expected")
            if value is not None and name in ("shift", "scale", "target_shift", "target_scale"):
                size = self.inputs if name in ("shift", "scale") else self.outputs
                value = np.array(np.broadcast_to(_arrays.doubles(value, name), (size,)))
            elif value is not None and name == "classes":
                value = tuple(map(str, value))
            elif name == "note" and value is not None and not isinstance(value, str):
                value = compact(value)
            now[name] = value
        self._model.describe(*(now[name] for name in names))
        self._networks.clear()  # shift and scale are the network's
        self._streams.clear()
        return self

    def inspect(self) -> Dict[str, Any]:
        """All that is known of it, as ``loci inspect`` tells."""
        rate, shift, scale, classes, _, task, target_shift, target_scale = self._model.about()

        def numbers(data: Optional[bytes]) -> Optional[np.ndarray]:
            return None if data is None else np.frombuffer(data)

        return {
            "config": self.config, "task": task, "classes": classes, "rate": rate or None, "shift": numbers(shift), "scale": numbers(scale),
            "target_shift": numbers(target_shift), "target_scale": numbers(target_scale), "note": self.note, "parameters": self.count,
            "reading": _loci.model_reading(self._model), "streams": self.streams, "fingerprint": self.fingerprint,
        }  # fmt: skip

    def __repr__(self) -> str:
        c, classes = self.config, self.classes
        shape = f"of width {c['width']}" + (f" and order {c['order']}" if "order" in c else "")
        outputs = _arrays.plural(self.outputs, "class").replace("classs", "classes") if classes else _arrays.plural(self.outputs, "number")
        rate = f" at {self.rate:g} Hz" if self.rate else ""
        note = self.note or {}
        score = next(
            (
                f"; {k.replace('_', ' ')} {_arrays.share(note[k])}"
                for k in ("valid_accuracy", "valid_variance_explained", "left_out")
                if note.get(k) is not None
            ),
            "",
        )
        return (
            f"<loci.Model {c['layers']} x {c['layer']} {shape}: {_arrays.plural(self.inputs, 'number')} a sample{rate}, {outputs} of the task "
            f"{self.task}; {self.count:,} parameters{score}>"
        )

    # --- whole sequences ---

    def _state(self) -> int:
        """What networks that were made ready are known by: another one where parameters may have changed."""
        return self._model.fingerprint() if self._lent else 0

    def _network(self, length: int, rate: float, frame: Optional[np.ndarray]) -> Any:
        key = (length, rate, None if frame is None else frame.tobytes(), self._state())
        if key not in self._networks:
            if len(self._networks) >= 4:
                self._networks.clear()
            self._networks[key] = _loci.Network(self._model, length, rate, frame)
        return self._networks[key]

    def _forward(self, s: Sequences, rate: Optional[float], threads: int) -> List[np.ndarray]:
        """What the network answers to each sequence: [outputs], or [samples][outputs]."""
        finite(s)
        whole = self._model.config().get("pool") == "none"
        frame, lengths = frame_of(s), s.lengths
        out: List[Any] = [None] * s.number
        jobs = []
        for group in groups(lengths):
            longest = int(lengths[group].max())
            network = self._network(longest, float(rate or 0), frame)
            jobs += [(network, longest, group[i : i + _BATCH]) for i in range(0, len(group), _BATCH)]

        def run(job: Tuple[Any, int, np.ndarray]) -> None:
            network, longest, members = job
            each = lengths[members]
            u = np.zeros((len(members), longest, s.inputs), dtype=np.float32)
            for row, i in zip(u, members):
                x = s.data[s.starts[i] : s.starts[i + 1]]
                row[: len(x)] = x if frame is None else (x - frame[0]) * frame[1]
            y = np.empty((len(members), longest, self.outputs) if whole else (len(members), self.outputs), dtype=np.float32)
            network.forward(u, len(members), None if each.min() == longest else each.astype(np.uintp), y)
            for answer, i, n in zip(y, members, each):
                out[i] = answer[:n] if whole else answer

        workers = threads or len(os.sched_getaffinity(0))
        if len(jobs) > 1 and workers > 1:
            with ThreadPoolExecutor(workers) as pool:
                for _ in pool.map(run, jobs):
                    pass
        else:
            for job in jobs:
                run(job)
        return out

    def _shaped(self, s: Sequences, rows: List[np.ndarray]) -> Any:
        if s.single:
            return rows[0]
        return np.stack(rows) if len({row.shape for row in rows}) == 1 else rows

    def forward(self, x: Any, *, rate: Optional[float] = None, lengths: Any = None, threads: int = 0) -> Any:
        """What the network itself answers, float32: [sequences][outputs], or, of tasks with an answer at every sample,
        [sequences][samples][outputs] (a list where lengths differ); without the first axis for one sequence alone.

        x is [sequences][samples] (of one input) or [sequences][samples][inputs], a list of sequences of different lengths, or one sequence
        [samples], [samples][inputs]. rate: Hz of x, where it is not the model's. threads 0: one a processor."""
        s = sequences(x, self.inputs, lengths)
        return self._shaped(s, self._forward(s, rate, threads))

    __call__ = forward

    def _answers(self, rows: List[np.ndarray]) -> List[np.ndarray]:
        out = []
        for row in rows:
            row = np.ascontiguousarray(row)
            answer = np.empty(row.shape)
            self._model.answer(row, row.size // self.outputs, answer)
            out.append(answer)
        return out

    def _predicted(self, s: Sequences, rate: Optional[float], threads: int) -> List[np.ndarray]:
        rows = self._answers(self._forward(s, rate, threads))
        if not all(np.isfinite(row).all() for row in rows):
            raise InputError("the model's answer overflows: no finite number comes out of it")
        return rows

    def predict_proba(self, x: Any, *, rate: Optional[float] = None, lengths: Any = None, threads: int = 0) -> Any:
        """The probability of each class, shaped as ``forward`` has it."""
        if self.task.startswith("value"):
            raise UnsupportedError(f"the model's task is {self.task}; one of classes was expected")
        s = sequences(x, self.inputs, lengths)
        return self._shaped(s, self._predicted(s, rate, threads))

    def predict(self, x: Any, *, rate: Optional[float] = None, lengths: Any = None, threads: int = 0) -> Any:
        """Classes (their names, or numbers where all of them are), or values in the target's own units: [sequences], or [sequences][outputs]
        of several values, with an axis of samples in the middle for tasks that answer at every one."""
        s = sequences(x, self.inputs, lengths)
        rows = self._predicted(s, rate, threads)
        if self.task.startswith("value"):
            rows = [row[..., 0] if self.outputs == 1 else row for row in rows]
        else:
            names = labels_of(self.classes, self.outputs)
            rows = [names[row.argmax(-1)] for row in rows]
        return self._shaped(s, rows)

    # --- sample by sample ---

    def step(self, x: Any, state: Optional[np.ndarray] = None, *, dt: Optional[float] = None) -> Tuple[np.ndarray, np.ndarray]:
        """One sample, x [inputs] or a number: (answer [outputs] as ``predict_proba`` or in the target's units, state). state: of the sample before,
        which stays as it is, None: the beginning. dt: how many steps the sample lasts. ``stream`` is quicker for many."""
        network = self._network(0, 0.0, None)
        size = network.state_size()
        if not size:
            raise UnsupportedError("the model looks at whole sequences; one that streams was expected")
        u = _arrays.singles(x).reshape(-1)
        if u.size != self.inputs:
            raise MismatchError(f"x: has {u.size} numbers; {self.inputs} were expected")
        if not np.isfinite(u).all():
            raise InputError("x: is not finite; finite numbers were expected")
        if state is None:
            z = np.zeros(size, dtype=np.float32)
        else:
            z = np.array(state, dtype=np.float32)
            if z.shape != (size,):
                raise MismatchError(f"state: has the shape {z.shape}; [{size}] was expected")
        y = np.empty(self.outputs, dtype=np.float32)
        network.step(u, 1, None if dt is None else np.array([dt], dtype=np.float64), z, y)
        return self._answers([y])[0], z

    def stream(self, rate: Optional[float] = None, lanes: int = 1, every: int = 1, window: Optional[int] = None) -> Any:
        """The model at work on a signal that never ends: a ``Stream``. rate: Hz of the signal. lanes: signals side by side. every: an answer
        at every so many samples; 0: when asked for. window: answers are about the newest so many samples alone."""
        from .stream import Stream

        return Stream(self, rate=rate, lanes=lanes, every=every, window=window)

    def _tables(self, rate: Optional[float]) -> Tuple[Any, "Model"]:
        """Of streams, and the model as it is now, of which they are made."""
        key = (float(rate or 0), self._state())
        if key not in self._streams:
            if len(self._streams) >= 4:
                self._streams.clear()
            copy = self.copy()
            self._streams[key] = _loci.Tables(copy._model, key[0], True), copy
        return self._streams[key]

    # --- texts ---

    def tokens(self, text: Union[str, bytes]) -> np.ndarray:
        """The tokens of a text, of a model that knows characters or bytes."""
        data = text.encode() if isinstance(text, str) else bytes(text)
        return np.frombuffer(self._model.read(data), dtype=np.float32).astype(np.int64)

    def text(self, tokens: Any) -> str:
        """The text of tokens."""
        return b"".join(self._model.spell(int(t)) for t in np.asarray(tokens).reshape(-1)).decode("utf-8", "replace")

    def generate(
        self,
        prompt: Union[str, bytes, Sequence[int], None] = None,
        tokens: int = 256,
        *,
        temperature: Optional[float] = None,
        top_k: int = 0,
        top_p: float = 0.0,
        seed: int = 0,
    ) -> Any:
        """Lets a model of the task next write: the text that follows the prompt, or, of a model that knows its tokens by number alone, an
        array of them. temperature 0: the likeliest token each time; None: 0.8 for texts, else 0."""
        pieces = list(self.tokens_from(prompt, tokens, temperature=temperature, top_k=top_k, top_p=top_p, seed=seed))
        return self.text(pieces) if self._model.tokens()[1] else np.asarray(pieces, dtype=np.int64)

    def tokens_from(
        self,
        prompt: Union[str, bytes, Sequence[int], None] = None,
        tokens: int = 0,
        *,
        temperature: Optional[float] = None,
        top_k: int = 0,
        top_p: float = 0.0,
        seed: int = 0,
    ) -> Iterator[int]:
        """Tokens as they are drawn, one after the other; ``tokens`` 0: without end."""
        count, kind, follows = self._model.tokens()
        if not follows:
            raise UnsupportedError(
                "the model's samples are no tokens, or its answers none that follow; a model of the task next was expected"
            )
        if temperature is None:
            temperature = 0.8 if kind else 0.0
        if prompt is None or len(prompt) == 0:
            try:
                start = self.tokens("\n") if kind else np.zeros(1, dtype=np.int64)
            except InputError:
                start = np.zeros(1, dtype=np.int64)
        else:
            start = self.tokens(prompt) if isinstance(prompt, (str, bytes)) else np.asarray(prompt, dtype=np.int64).reshape(-1)
        if start.size and (start.min() < 0 or start.max() >= count):
            raise InputError(f"prompt: holds a token that does not exist; 0 to {count - 1} was expected")
        from .stream import Stream

        stream = Stream(self, every=0)
        stream.push(start.astype(np.float32))
        y, number = np.empty(self.outputs, dtype=np.float32), 0
        while not tokens or number < tokens:
            stream._stream.answer(0, y)
            if not np.isfinite(y).all():
                raise InputError("the model's answer overflows: no finite number comes out of it")
            token = self._model.draw(y, float(temperature), int(top_k), float(top_p), seed, number)
            yield token
            number += 1
            stream._stream.push(None, 1, np.array([token], dtype=np.float32), None, 1, 0, None)

    # --- for microcontrollers ---

    def export(
        self,
        folder: Path,
        prefix: str = "model",
        *,
        weights: str = "float",
        calibrate: Any = None,
        samples: Any = None,
        origin: Optional[str] = None,
    ) -> Dict[str, Any]:
        """Writes the model as C99 for a microcontroller into a folder, as ``loci export``: PREFIX.h, PREFIX.c, a test with ``samples`` (noise) and
        their answers, CMakeLists.txt, README.md. weights: float, or int8, of 8 bits. calibrate: sequences, (x, y) or a path as ``train`` has
        them, by which what int8 weights are multiplied with is of 8 bits, too.

        Gives what it takes: bytes of constants, state and work, operations a sample, and the largest difference from what a stream answers
        (raw where the model is not of values and has no names of classes: so answers the C, too); calibrated, ``calibration`` tells how many sequences there were, the scores of floats and of whole numbers, and by how much their answers
        differ at most and on the average."""
        from .exporting import write

        return write(self, folder, prefix, weights, calibrate, samples, origin)

    # --- bytes ---

    def to_bytes(self) -> bytes:
        """A safetensors file of it, as ``loci train -o`` writes it."""
        return self._model.save()

    @classmethod
    def from_bytes(cls, data: Any) -> "Model":
        """A model from such bytes."""
        return cls._of(_loci.model_load(data))

    @classmethod
    def convert(
        cls,
        source: Any,
        *,
        prenorm: bool = False,
        discretization: str = "zoh",
        liquid: bool = False,
        heads: int = 0,
        whole: bool = False,
        config: Optional[str] = None,
        tokens: int = 0,
    ) -> "Model":
        """From the state_dict of a PyTorch model: a .safetensors file or several (shards), or a dict of arrays or tensors by name.

        What it is, its tensors say: the S4 repository's example (prenorm, discretization), an S5 layer (discretization, liquid), Mamba or Mamba 2
        (config: the text or the path of config.json; tokens: that mean something), or, with heads, MultiheadAttention (whole: a sample sees
        those that follow)."""
        if isinstance(source, Mapping):
            files = [pack(source)]
        elif isinstance(source, (list, tuple)):
            files = [_arrays.stored(path) for path in source]
        else:
            files = [_arrays.stored(source)]
        if heads:
            return cls._of(_loci.model_import("attention", files[0], "zoh", False, False, heads, whole))
        if config is not None or len(files) > 1 or tokens:
            if config is not None and not config.lstrip().startswith("{"):
                config = _arrays.stored(config).decode()
            return cls._of(_loci.model_import_mamba(tuple(files), config, tokens))
        return cls._of(_loci.model_import("s5" if liquid else "s4d", files[0], discretization, prenorm, liquid, 0, False))

    def copy(self) -> "Model":
        """Another one with the same parameters."""
        return self._of(self._model.copy())

    __copy__ = copy

    def __deepcopy__(self, memo: Any) -> "Model":
        return self.copy()

    def __eq__(self, other: Any) -> bool:
        return self.to_bytes() == other.to_bytes() if isinstance(other, Model) else NotImplemented

    __hash__ = None  # type: ignore[assignment]

    def __reduce__(self) -> Any:
        return _unpickle, (_arrays.PICKLE, self.to_bytes())


def _unpickle(version: int, data: bytes) -> Model:
    _arrays.pickled(version, "model")
    return Model.from_bytes(data)


def labels_of(classes: Optional[Tuple[str, ...]], outputs: int) -> np.ndarray:
    """Names of classes as an array, of numbers where all of them are."""
    if classes is None:
        return np.arange(outputs)
    if all(name.lstrip("-").isdecimal() and name == str(int(name)) for name in classes):
        return np.array([int(name) for name in classes])
    return np.array(classes)


def _value(text: str) -> Any:
    if text in ("true", "false"):
        return text == "true"
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            pass
    return text
