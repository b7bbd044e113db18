"""Times on the command line."""

from __future__ import annotations

import time
from datetime import UTC, timedelta, timezone
from pathlib import Path
from zoneinfo import ZoneInfo

import click
import pytest

from shadowai.cli.options import Seconds, check_file, keep_apart, moment, output_file, window

DAY = 86_400_000_000
NEW_YEAR = 1_767_225_600_000_000  # 2026-01-01T00:00:00Z
BERLIN = ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-01-01", NEW_YEAR),
        ("20260101", NEW_YEAR),
        ("2026-01-01T00:00:01", NEW_YEAR + 1_000_000),
        ("2026-01-01 00:00:00.000001", NEW_YEAR + 1),
        ("2026-01-01T01:00+01:00", NEW_YEAR),
        ("2025-12-31T19:00:00-05:00", NEW_YEAR),
        ("2026-01-01T00:00:00Z", NEW_YEAR),
        ("1969-12-31", -DAY),
    ],
)
def test_a_moment(text: str, expected: int) -> None:
    assert moment(text) == expected


def test_a_time_without_offset_is_in_the_zone_asked_for() -> None:
    assert moment("2026-01-01T01:00", where=BERLIN) == NEW_YEAR
    assert moment("2026-01-01", where=timezone(timedelta(hours=-5))) == NEW_YEAR + 5 * 3_600_000_000
    assert moment("2026-01-01T00:00Z", where=BERLIN) == NEW_YEAR


def test_a_date_as_the_end_takes_in_the_whole_day() -> None:
    assert moment("2026-01-01", end=True) == NEW_YEAR + DAY - 1
    assert moment("2026-01-01T00:00", end=True) == NEW_YEAR
    assert moment("2026-03-29", where=BERLIN, end=True) - moment("2026-03-29", where=BERLIN) == 23 * 3_600_000_000 - 1


@pytest.mark.parametrize(("text", "seconds"), [("90m", 5400), ("12h", 43200), ("7d", 604800), ("2w", 1209600)])
def test_an_age(text: str, seconds: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "time", lambda: NEW_YEAR / 1e6)
    assert moment(text) == NEW_YEAR - seconds * 1_000_000


@pytest.mark.parametrize(
    "text",
    ["", "yesterday", "7", "7y", "-7d", "1234567d", "2026-02-30", "2026-13-01", "12:00", "9999-12-31\x00", "\u0667d"],
)
def test_what_is_no_time_is_refused(text: str) -> None:
    with pytest.raises(click.BadParameter, match="is not a date"):
        moment(text)


def test_the_last_day_there_is_has_an_end_or_is_refused() -> None:
    assert moment("9999-12-31", end=True, where=UTC) > moment("9999-12-31")


def test_window() -> None:
    assert window(None, None, UTC) == (None, None)
    assert window("2026-01-01", "2026-01-01", UTC) == (NEW_YEAR, NEW_YEAR + DAY - 1)
    with pytest.raises(click.BadParameter, match="is before --since"):
        window("2026-01-02", "2026-01-01", UTC)


def test_the_option_at_fault_is_named() -> None:
    with pytest.raises(click.BadParameter) as caught:
        window("2026-01-01", "never", UTC)
    assert "--until" in caught.value.format_message()


def test_an_output_is_a_file_or_stdout(tmp_path: Path) -> None:
    assert output_file(None) is output_file("-") is None
    assert output_file(str(tmp_path / "out.csv")) == tmp_path / "out.csv"
    with pytest.raises(click.BadParameter, match="no such folder"):
        output_file(str(tmp_path / "nowhere" / "out.csv"))


def test_a_file_beside_the_inventory_is_no_folder(tmp_path: Path) -> None:
    check_file(tmp_path / "verdict.json", "--verdict")
    check_file(None, "--verdict")
    with pytest.raises(click.BadParameter, match="is a folder"):
        check_file(tmp_path, "--verdict")
    with pytest.raises(click.BadParameter, match="no such folder"):
        check_file(tmp_path / "nowhere" / "verdict.json", "--verdict")


def test_what_is_read_is_not_written(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("proxy.log", "old.csv"):
        (tmp_path / name).write_text("")
    (tmp_path / "link").symlink_to("proxy.log")
    keep_apart(
        ["proxy.log", "-", "s3://logs/x", "*.gz", "a\0b", None], output="old.csv", verdict="v.json", manifest=None
    )
    keep_apart([tmp_path, "/dev/null"], output="old.csv", verdict="/dev/null")
    for again in ("proxy.log", "./proxy.log", tmp_path / "proxy.log", "link"):
        with pytest.raises(click.BadParameter, match="is read, and would be replaced") as wrong:
            keep_apart(["proxy.log"], output=None, verdict=again)
        assert wrong.value.param_hint == "--verdict"
    with pytest.raises(click.BadParameter, match="is written already"):
        keep_apart([], output="new.json", verdict=tmp_path / "new.json")


@pytest.mark.parametrize("text", ["nan", "inf", "-inf", "1e400", "0"])
def test_seconds_come_to_an_end(text: str) -> None:
    kind = Seconds(min=0, min_open=True)
    assert kind.convert("0.5", None, None) == 0.5
    with pytest.raises(click.BadParameter):
        kind.convert(text, None, None)
