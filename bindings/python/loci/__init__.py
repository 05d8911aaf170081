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
from .archive import Archive
from .exporting import export
from .fitting import Learner, fit
from .memory import Memory, remember
from .model import Model
from .readout import Forecast, Readout
from .stream import Stream
from .system import System
from .training import Evaluation, Interrupted, Report, evaluate, train

__version__ = _loci.version()

__all__ = [
    "Archive", "ClosedError", "Error", "Evaluation", "FileError", "Forecast", "FormatError", "InputError", "Interrupted", "Learner", "Memory", "MismatchError",
    "Model", "RangeError", "Readout", "Report", "Stopped", "Stream", "System", "UnsupportedError", "evaluate", "export", "fit", "remember", "train",
]  # fmt: skip
