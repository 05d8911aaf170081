# SPDX-License-Identifier: MIT
"""loci: sequence models with memory.

Memories (``Memory``, ``Archive``) of signals that never end, linear systems (``System``), networks (``Model``, ``Stream``, ``train``,
``evaluate``, ``fit``) and forecasts (``Readout``), on NumPy arrays. The manual is docs/python.md of the sources.
"""

from . import _loci
from ._errors import (
    ClosedError,
    Error,
    FileError,
    FormatError,
    InputError,
    MismatchError,
    RangeError,
    Stopped,
    UnsupportedError,
)
from .memory import Memory, remember

__version__ = _loci.version()

__all__ = [
    "ClosedError", "Error", "FileError", "FormatError", "InputError", "Memory", "MismatchError", "RangeError", "Stopped",
    "UnsupportedError", "remember",
]  # fmt: skip
