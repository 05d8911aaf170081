# SPDX-License-Identifier: MIT
"""What goes into files beside models: notes, tensors by name, folders of source."""

from __future__ import annotations

import json
import os
import tempfile
from typing import Any, Dict, Mapping

import numpy as np

from . import _arrays
from ._arrays import Path
from ._errors import FileError, InputError


def compact(value: Any) -> str:
    """JSON as the program writes it: no blanks, numbers to 17 digits."""
    if isinstance(value, Mapping):
        return "{" + ",".join(f"{compact(str(k))}:{compact(v)}" for k, v in value.items()) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ",".join(compact(v) for v in value) + "]"
    if isinstance(value, float):
        if not np.isfinite(value):
            return "null"
        text = f"{value:.17g}"
        return text if any(c in text for c in ".e") else text + ".0"
    return json.dumps(value, ensure_ascii=False)


def config_texts(config: Mapping[str, Any]) -> Dict[str, str]:
    """A configuration as the library reads it: texts."""
    out = {}
    for name, value in config.items():
        name = name.replace("-", "_")
        if isinstance(value, (bool, np.bool_)):
            out[name] = "true" if value else "false"
        elif isinstance(value, (int, np.integer)):
            out[name] = str(int(value))
        elif isinstance(value, (float, np.floating)):
            out[name] = repr(float(value))
        else:
            out[name] = str(value)
    return out


def pack(tensors: Mapping[str, Any]) -> bytes:
    """A safetensors file of arrays or tensors by name."""
    kinds = {"f2": "F16", "f4": "F32", "f8": "F64", "c8": "C64", "c16": "C128", "i8": "I64", "i4": "I32"}
    header: Dict[str, Any] = {}
    parts, offset = [], 0
    for name, tensor in tensors.items():
        if hasattr(tensor, "detach"):
            tensor = tensor.detach().cpu()
            if "bfloat16" in str(tensor.dtype):
                tensor = tensor.float()
        data = np.ascontiguousarray(tensor)
        kind = kinds.get(data.dtype.str[1:])
        if kind is None:
            raise InputError(f"{name}: is an array of {data.dtype}; one of {', '.join(kinds.values())} was expected")
        raw = data.astype(data.dtype.newbyteorder("<"), copy=False).tobytes()
        header[name] = {"dtype": kind, "shape": list(np.shape(tensor)), "data_offsets": [offset, offset + len(raw)]}
        parts.append(raw)
        offset += len(raw)
    text = json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + b"".join(parts)


def write_folder(folder: Path, files: Mapping[str, bytes], ours: str) -> None:
    """Files into a folder: a new one whole or not at all; one that is there must be empty, or ours already."""
    given = os.fspath(folder)
    told = os.fsdecode(given)
    if not told or "\0" in told:
        raise InputError(f"folder is {told!r}; the name of one was expected")
    try:
        _fill(os.path.abspath(told), told, files, ours)
    except OSError as fault:
        if isinstance(fault, FileError):
            raise
        raise FileError(fault.errno, f"cannot be written: {fault.strerror}", told) from None


def _fill(name: str, told: str, files: Mapping[str, bytes], ours: str) -> None:
    if os.path.exists(name) and not os.path.isdir(name):
        raise FileError(f"{told}: is no folder; a folder for the source was expected")
    if os.path.isdir(name):
        if os.listdir(name) and ours not in os.listdir(name):
            raise FileError(f"{told}: is a folder with other files; an empty one, or none, was expected")
        for file, text in files.items():
            _arrays.keep(os.path.join(name, file), text)
        return
    with tempfile.TemporaryDirectory(prefix=".loci-", dir=os.path.dirname(name)) as scratch:
        made = os.path.join(scratch, "made")
        os.mkdir(made)
        for file, text in files.items():
            with open(os.path.join(made, file), "wb") as to:
                to.write(text)
        os.rename(made, name)
