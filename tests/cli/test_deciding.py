"""Where the log is, and who is at the keyboard."""

from __future__ import annotations

from pathlib import Path

import click
import pytest

from shadowai.cli import deciding
from shadowai.config import Settings
from shadowai.decisions.settings import Deciding, login


def test_the_log_that_a_report_goes_by(tmp_path: Path) -> None:
    settings = Settings(decisions=Deciding(tmp_path / "log"))
    assert deciding.applied(None, False, settings) == str(
        tmp_path / "log"
    )  # where there is none yet, nothing was decided
    assert deciding.applied(None, True, settings) is None
    with pytest.raises(click.BadParameter, match="exclude"):
        deciding.applied("x", True, settings)
    with pytest.raises(click.BadParameter, match="no such file"):
        deciding.applied(str(tmp_path / "none"), False, settings)


def test_who_decides_is_told_beside_the_account() -> None:
    assert deciding.who("Ann").name == "Ann"
    assert deciding.who("Ann").login == deciding.who(None).name == login()
