"""The tests in a browser need Chromium; where there is none they are left out, and the end of the run says so."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from playwright.sync_api import Browser

CHROMIUM = os.environ.get("SHADOWAI_CHROMIUM") or next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome"))), None
)
collect_ignore = [] if CHROMIUM else ["test_browser.py"]


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What was not tested is said, not hidden."""
    if not CHROMIUM:
        terminalreporter.write_line("NOT TESTED: the HTML report in a browser, which needs chromium", red=True)


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    """Chromium without a window and without a network."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as driver:
        # a container's root has no sandbox
        running = driver.chromium.launch(
            executable_path=CHROMIUM, args=["--no-sandbox", "--host-resolver-rules=MAP * ~NOTFOUND"]
        )
        yield running
        running.close()
