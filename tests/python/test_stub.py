# SPDX-License-Identifier: MIT
"""What type checkers are told of the module is what it has."""

import ast
import pathlib

import loci
from loci import _loci


def test_stub_is_the_module():
    tree = ast.parse((pathlib.Path(loci.__file__).parent / "_loci.pyi").read_text())
    told = {n.name: n for n in tree.body if isinstance(n, (ast.FunctionDef, ast.ClassDef))}
    assert set(told) == {name for name in dir(_loci) if not name.startswith("__")}
    for name, node in told.items():
        if isinstance(node, ast.ClassDef):
            methods = {m.name for m in node.body if isinstance(m, ast.FunctionDef) and not m.name.startswith("__")}
            assert methods == {m for m in vars(getattr(_loci, name)) if not m.startswith("__")}, name


def test_everything_public_is_documented():
    for name in loci.__all__:
        thing = getattr(loci, name)
        assert thing.__doc__, name
        for member, value in vars(thing).items() if isinstance(thing, type) else ():
            if not member.startswith("_") and (callable(value) or isinstance(value, (property, classmethod))):
                assert value.__doc__, f"{name}.{member}"
