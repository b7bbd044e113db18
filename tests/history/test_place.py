"""Where the history is, and what a configuration may say about it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from shadowai.errors import UsageError
from shadowai.history.place import Remembering, folder, opened, read_history, url_of


def test_where_the_state_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    assert folder({"SHADOWAI_STATE": "~/here"}) == folder({"SHADOWAI_STATE": "here"}) == tmp_path / "here"
    assert folder({"XDG_STATE_HOME": "/var/lib/x"}) == Path("/var/lib/x/shadowai")
    for ignored in ({}, {"XDG_STATE_HOME": "relative"}, {"SHADOWAI_STATE": ""}):
        assert folder(ignored) == tmp_path / ".local" / "state" / "shadowai"
    assert url_of(None, environ={"SHADOWAI_STATE": "/s"}) == "sqlite:////s/history.db"


def test_urls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert url_of("h.db") == f"sqlite:///{tmp_path / 'h.db'}"
    assert url_of("postgresql://db.example.com/h") == "postgresql+psycopg://db.example.com/h"
    secret = "postgresql://ann:hunter22@db.example.com/h"
    assert url_of("env:URL", environ={"URL": secret}) == "postgresql+psycopg://ann:hunter22@db.example.com/h"


@pytest.mark.parametrize(
    "url",
    [
        "postgresql://ann:hunter22@db/h",
        "postgresql+psycopg://db/h?user=a&password=hunter22",
        "postgresql+psycopg://db/h?sslpassword=hunter22",
        "mysql://db/h",
    ],
)
def test_what_a_url_must_not_be(url: str) -> None:
    with pytest.raises(UsageError) as caught:
        url_of(url)
    assert "hunter22" not in str(caught.value)


def test_a_configuration(tmp_path: Path) -> None:
    path = tmp_path / "c.toml"
    assert read_history(path, {}) == Remembering()
    assert read_history(path, {"url": "h.db", "scans": True}) == Remembering(str(tmp_path / "h.db"), True)
    assert read_history(path, {"url": "env:URL"}).url == "env:URL"
    assert read_history(path, {"url": "file:u.txt"}).url == f"file:{tmp_path / 'u.txt'}"
    assert read_history(path, {"url": "postgresql://db/h"}).url == "postgresql://db/h"


@pytest.mark.parametrize(
    "table", [[], {"uri": "x"}, {"url": 3}, {"url": " "}, {"scans": "yes"}, {"url": "postgresql://a:b@c/d"}]
)
def test_a_wrong_configuration(table: object) -> None:
    with pytest.raises(UsageError):
        read_history(Path("c.toml"), table)


def test_without_the_library(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setitem(sys.modules, "shadowai.history.store", None)
    with pytest.raises(UsageError, match=r"shadowai\[history\]"):
        opened(str(tmp_path / "h.db"))


def test_whoever_only_asks_makes_no_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "deep" / "typo.db"
    for setting in (str(path), f"sqlite:///{path}"):
        with pytest.raises(UsageError, match="there is no history") as wrong:
            opened(setting, make=False)
        assert str(wrong.value).startswith(str(path))
    assert list(tmp_path.iterdir()) == []
    monkeypatch.setenv("SHADOWAI_STATE", str(tmp_path / "state"))
    opened(None, make=False).close()
    opened(str(path)).close()
    opened(str(path), make=False).close()
