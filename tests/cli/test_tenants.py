"""Which tenants are meant, how far they are, and how work is stopped."""

from __future__ import annotations

import os
import signal
from collections.abc import Sequence
from pathlib import Path

import click
import pytest

from shadowai.cli.tenants import Line, chosen, interval, line, stopping
from shadowai.config import Settings
from shadowai.errors import UsageError
from shadowai.tenants import Tenant

SETTINGS = Settings(
    path=Path("c.toml"), tenants=(Tenant("a", "entra", {}), Tenant("b", "entra", {}), Tenant("c", "okta", {}))
)


@pytest.mark.parametrize(
    ("names", "found"), [((), "abc"), (("b",), "b"), (("entra",), "ab"), (("okta", "a"), "ac"), (("c", "c"), "c")]
)
def test_by_name_or_connector(names: Sequence[str], found: str) -> None:
    assert [tenant.name for tenant in chosen(SETTINGS, names)] == list(found)


def test_names_that_there_are_not() -> None:
    with pytest.raises(UsageError, match=r"no tenant is called 'd' \(configured: a, b, c\)"):
        chosen(SETTINGS, ["a", "d"])
    with pytest.raises(UsageError, match=r"no tenant is configured \(write .* into c\.toml\)"):
        chosen(Settings(path=Path("c.toml")), [])
    with pytest.raises(UsageError, match=r"into shadowai\.toml"):
        chosen(Settings(), [])


@pytest.mark.parametrize(("text", "seconds"), [("30m", 1800.0), ("6h", 21600.0), ("1d", 86400.0)])
def test_intervals(text: str, seconds: float) -> None:
    assert interval(text) == seconds


@pytest.mark.parametrize("text", ["", "6", "0h", "-1h", "6 h", "6s", "99999h", "\u0666h"])
def test_no_intervals(text: str) -> None:
    with pytest.raises(click.BadParameter, match="is not a time like"):
        interval(text)


def test_a_line_is_written_now_and_then(capsys: pytest.CaptureFixture[str]) -> None:
    now = iter([1.0, 1.0, 1.1, 5.0, 5.0])
    made = Line("a", clock=lambda: next(now))
    for done in (1, 2, 3):
        made(done, 3000, "task\x1b[31m" + "x" * 200)
    made.done()
    written = capsys.readouterr().err
    assert "a: 1 of 3,000 tasks, task\\x1b[31m" in written and "a: 3 of" in written and "a: 2 of" not in written
    assert max(map(len, written.split("\r"))) <= 79


def test_no_line_where_nobody_looks(capsys: pytest.CaptureFixture[str]) -> None:
    with line("a", True) as made:
        assert made is None
    assert capsys.readouterr().err == ""


def test_signals_stop_and_a_second_one_ends(capsys: pytest.CaptureFixture[str]) -> None:
    before = signal.getsignal(signal.SIGTERM)
    with stopping() as event:
        assert not event.is_set()
        os.kill(os.getpid(), signal.SIGTERM)
        assert event.wait(5) and "stopping" in capsys.readouterr().err
        with pytest.raises(KeyboardInterrupt):
            os.kill(os.getpid(), signal.SIGINT)
            event.clear()
    assert signal.getsignal(signal.SIGTERM) is before
