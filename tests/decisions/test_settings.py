"""The tables of the configuration, and where the log is."""

from __future__ import annotations

import os
import pwd
from pathlib import Path

import pytest

from shadowai import config
from shadowai.decisions import settings
from shadowai.decisions.settings import Deciding, Privacy, place, read_decisions, read_privacy
from shadowai.errors import UsageError

HERE = Path("folder") / "shadowai.toml"


def test_the_log_is_asked_for_configured_or_the_user_s_own(tmp_path: Path) -> None:
    assert place("here.jsonl", Deciding(tmp_path / "log")) == Path("here.jsonl")
    assert place(None, Deciding(tmp_path / "log")) == tmp_path / "log"
    assert place(None, Deciding(), {"SHADOWAI_STATE": str(tmp_path)}) == tmp_path / "decisions.jsonl"


def test_paths_are_relative_to_the_configuration() -> None:
    assert read_decisions(HERE, {}) == Deciding(None)
    assert read_decisions(HERE, {"log": "d.jsonl"}) == Deciding(Path("folder") / "d.jsonl")


@pytest.mark.parametrize("table", [[], {"logs": "x"}, {"log": 3}, {"log": " "}, {"log": "a\0b"}])
def test_what_is_wrong_with_decisions_is_told(table: object) -> None:
    with pytest.raises(UsageError, match="decisions"):
        read_decisions(HERE, table)


def test_privacy() -> None:
    assert read_privacy(HERE, {}) == Privacy()
    assert read_privacy(HERE, {"pseudonym_key": "file:key", "k": 7}) == Privacy("file:key", 7)
    assert [read_privacy(HERE, {"k": k}).k for k in (1, 1000)] == [1, 1000]


@pytest.mark.parametrize(
    "table",
    [
        3,
        {"key": "x"},
        {"k": 0},
        {"k": True},
        {"k": "5"},
        {"k": 1001},
        {"pseudonym_key": "a" * 40},
        {"pseudonym_key": 7},
    ],
)
def test_what_is_wrong_with_privacy_is_told(table: object) -> None:
    with pytest.raises(UsageError, match="privacy") as caught:
        read_privacy(HERE, table)
    assert "a" * 40 not in str(caught.value)


def test_the_configuration_has_the_tables(tmp_path: Path) -> None:
    path = tmp_path / "c.toml"
    path.write_text(
        '[decisions]\nlog = "d.jsonl"\n[privacy]\nk = 3\npseudonym_key = "env:KEY"\n[history]\nkeep_days = 30\n'
    )
    found = config.load(path)
    assert found.decisions.log == tmp_path / "d.jsonl"
    assert found.privacy == Privacy("env:KEY", 3)
    assert found.history.keep_days == 30


@pytest.mark.parametrize("days", ["0", "-1", "true", '"30"', "40000"])
def test_a_time_to_keep_is_a_number_of_days(tmp_path: Path, days: str) -> None:
    path = tmp_path / "c.toml"
    path.write_text(f"[history]\nkeep_days = {days}\n")
    with pytest.raises(UsageError, match="keep_days"):
        config.load(path)


def test_an_account_without_a_name(monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody(id: int) -> pwd.struct_passwd:
        raise KeyError("uid not found")

    monkeypatch.setattr(pwd, "getpwuid", nobody)
    assert settings.login() == "unknown"


def test_the_account_is_the_system_s_and_not_what_the_environment_says(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("LOGNAME", "USER", "LNAME", "USERNAME"):
        monkeypatch.setenv(name, "the-director")
    assert settings.login() == pwd.getpwuid(os.getuid()).pw_name != "the-director"
