# SPDX-License-Identifier: MIT
"""Every block of docs/python.md runs, in order, and prints what it shows; `...` stands for anything."""

import contextlib
import io
import pathlib
import re

MANUAL = pathlib.Path(__file__).parent.parent.parent / "docs" / "python.md"


def test_manual(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(r"^```python\n(.*?)^```\n(?:```text\n(.*?)^```\n)?", MANUAL.read_text(), re.M | re.S)
    assert len(blocks) > 10
    names = {}
    for code, shown in blocks:
        out = io.StringIO()
        with contextlib.redirect_stdout(out):
            exec(compile(code, str(MANUAL), "exec"), names)
        pattern = ".*".join(re.escape(part) for part in shown.rstrip("\n").split("..."))
        assert re.fullmatch(pattern, out.getvalue().rstrip("\n"), re.S), f"{code}\nprinted\n{out.getvalue()}\nnot\n{shown}"
