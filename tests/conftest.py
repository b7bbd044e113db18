"""Where things are. The suite runs in a checkout, and on the installed wheel with the sources out of the way."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile(
    "unhurried"
)  # how fast a machine makes inputs, the first of which need tables of Unicode, is no property of ours

if (
    signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
):  # the suite runs under nohup: what the program does on a hangup is its own
    signal.signal(signal.SIGHUP, signal.SIG_DFL)

ROOT = Path(__file__).resolve().parent.parent
"""The folder that holds ``tests``, ``samples``, ``docs`` and ``README.md``."""

SOURCE = Path(os.environ.get("SHADOWAI_SOURCE", ROOT)).resolve()
"""The folder that holds the program's text: :data:`ROOT`, or the checkout when the installed wheel is tested."""


@pytest.fixture
def root() -> Path:
    """:data:`ROOT`."""
    return ROOT


@pytest.fixture
def source() -> Path:
    """:data:`SOURCE`."""
    return SOURCE


@pytest.fixture(scope="session")
def _home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home folder for the whole run: one compiled catalogue, and nobody's configuration."""
    return tmp_path_factory.mktemp("home")


TOLD: Callable[..., object] | None = None
"""How the format of a log is told, with a memory of what was told; made when it is first wanted."""


LONG = (
    "tests/tenants/",
    "tests/export/html/test_browser.py",
    "tests/test_cluster.py",
    "tests/test_lint.py",
    "tests/fast/",
    "tests/test_split.py",
    "tests/test_pipeline.py",
)
"""What takes longest; begun last, one process would be left with it."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The long ones first, the others in their order."""
    items.sort(key=lambda item: not item.nodeid.startswith(LONG))


@pytest.fixture(scope="module", autouse=True)
def _told_once(request: pytest.FixtureRequest) -> Iterator[None]:
    """The format of a log is told once by the same first lines, of which it is a function, however often they are read: it is most of
    the work of reading a small log. The tests of what tells it go without."""
    global TOLD
    if request.path.is_relative_to(ROOT / "tests" / "sources" / "logs"):
        yield
        return
    from shadowai.sources.logs.recognise import Recogniser

    told = TOLD = TOLD or lru_cache(maxsize=512)(Recogniser.file)

    def file(recogniser: Recogniser, lines: Sequence[str]) -> object:
        return told(recogniser, tuple(lines))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Recogniser, "file", file)
        yield


@pytest.fixture(scope="session", autouse=True)
def _plain_surroundings(_home: Path) -> Iterator[None]:
    """The same width, no colour, and nothing of the user who runs the tests."""
    with pytest.MonkeyPatch.context() as patch:
        for name, value in {
            "COLUMNS": "100",
            "NO_COLOR": "1",
            "TERM": "dumb",
            "XDG_CACHE_HOME": str(_home),
            "XDG_CONFIG_HOME": str(_home),
            "XDG_STATE_HOME": str(_home),
        }.items():
            patch.setenv(name, value)
        for name in ("FORCE_COLOR", "SHADOWAI_CONFIG", "SHADOWAI_STATE", "SHADOWAI_PURE"):
            patch.delenv(name, raising=False)
        yield
