"""Tests whose validator is not on this machine are left out, and the end of the run says so."""

from __future__ import annotations

import shutil

import pytest

from tests.export.validators.install import has_multitool, installed

PUBLISHED = ("test_ecs_fields.py", "test_kql_parses.py", "test_sarif_schema.py", "test_sigma_converts.py")
PROGRAMS = {"test_rpz_loads.py": "named-checkzone", "test_squid_loads.py": "squid"}
"""Tests that ask a program of the system, Debian's packages bind9-utils and squid."""
ABSENT = {
    test: name for test, name in PROGRAMS.items() if shutil.which(name, path="/usr/sbin:/usr/bin:/sbin:/bin") is None
}
collect_ignore = [
    *([] if installed() else PUBLISHED),
    *([] if installed() and has_multitool() else ["test_sarif_multitool.py"]),
    *ABSENT,
]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What was not tested is said, not hidden."""
    if not installed():
        told = "exports before published validators: python -m tests.export.validators installs them"
        terminalreporter.write_line(f"NOT TESTED: {told}", red=True)
    elif not has_multitool():
        terminalreporter.write_line(
            "NOT TESTED: SARIF by Microsoft's validator, which is for Linux on x86-64", red=True
        )
    for name in ABSENT.values():
        terminalreporter.write_line(f"NOT TESTED: block lists by {name}, which is not installed", red=True)
