# SPDX-License-Identifier: MIT
"""What is raised where something cannot be done: each with one sentence of the library."""

from . import _loci


class Error(Exception):
    """What all errors of loci are."""


class InputError(Error, ValueError):
    """An argument is outside its range, or does not fit another; or data hold a value that cannot be used."""


class RangeError(Error, ValueError):
    """A time or an index lies outside what is there."""


class FormatError(Error, ValueError):
    """Bytes are damaged, or are not what was expected."""


class MismatchError(Error, ValueError):
    """Two things that must agree do not."""


class UnsupportedError(Error, ValueError):
    """Not possible for this combination."""


class FileError(Error, OSError):
    """Reading or writing failed."""


class MissingFileError(FileError, FileNotFoundError):
    """There is no such file."""


class ClosedError(Error, ValueError):
    """An object is used after it was closed."""


class Stopped(Error):
    """Stopped by the caller."""


# in the order of loci_status (loci/status.h); out of memory is MemoryError
_loci.use_errors((Error, InputError, MemoryError, RangeError, InputError, FormatError, FileError, MismatchError, UnsupportedError, Stopped))
