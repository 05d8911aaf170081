# SPDX-License-Identifier: MIT
"""Tests of the package for Python. With LOCI_TAP set, lines of TAP are all that is printed, for ./test."""

import os
import signal

import numpy as np
import pytest

_count = 0


@pytest.hookimpl(trylast=True)
def pytest_configure(config):
    # a shell that starts the tests in the background has told them to take no notice of Ctrl-C
    signal.signal(signal.SIGINT, signal.default_int_handler)
    if os.environ.get("LOCI_TAP"):
        reporter = config.pluginmanager.getplugin("terminalreporter")
        if reporter:
            config.pluginmanager.unregister(reporter)


def pytest_runtest_logreport(report):
    global _count
    if not os.environ.get("LOCI_TAP") or not (report.when == "call" or report.skipped or report.failed):
        return
    _count += 1
    word = "not ok" if report.failed else "ok"
    note = f" # SKIP {report.longrepr[2]}" if report.skipped and isinstance(report.longrepr, tuple) else ""
    print(f"{word} {_count} - {report.nodeid.split('/')[-1]}{note}")
    if report.failed:
        print(report.longrepr)


def pytest_collectreport(report):
    if os.environ.get("LOCI_TAP") and report.failed:
        print(f"not ok - {report.nodeid}\n{report.longrepr}")


@pytest.fixture
def random():
    return np.random.default_rng(7)


@pytest.fixture(scope="session")
def program():
    """The program, to compare with; skipped where LOCI is not set."""
    path = os.environ.get("LOCI")
    if not path:
        pytest.skip("LOCI does not name the program")
    return path
