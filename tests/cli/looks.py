"""A small look at a log of two people, decided upon by command."""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from shadowai.cli import main
from shadowai.inventory import asset_id

CHATGPT = asset_id("openai-chatgpt")
_LINE = "{time}.000 100 192.0.2.{n} TCP_MISS/200 1234 {method} {url} {user} HIER_DIRECT/203.0.113.5 text/html\n"
URLS = ("https://chatgpt.com/backend-api/conversation", "https://claude.ai/api/chat")


@pytest.fixture
def look(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with ``access.log``, where the program keeps what it keeps."""
    monkeypatch.setenv("SHADOWAI_STATE", str(tmp_path / "state"))
    monkeypatch.chdir(tmp_path)
    put(tmp_path / "access.log")
    return tmp_path


def put(path: Path, urls: Sequence[str] = URLS, users: Sequence[str] = ("ann", "bob")) -> None:
    """A log in which each of ``users`` posts to each of ``urls``."""
    rows = [(user, n, url) for n, user in enumerate(users, 10) for url in urls]
    text = "".join(
        _LINE.format(time=1_767_614_400 + i, n=n, method="POST", url=url, user=user)
        for i, (user, n, url) in enumerate(rows)
    )
    path.write_text(text)


def scanned(*more: str, code: int = 0) -> dict[str, Any]:
    """The inventory of the log, as JSON; it is in ``inventory.json`` then."""
    assert main(["scan", "access.log", "--no-progress", "-o", "inventory.json", *more]) == code
    found: dict[str, Any] = json.loads(Path("inventory.json").read_text())
    return found


def rows(found: dict[str, Any]) -> dict[str, Any]:
    """The rows by service id and user."""
    return {"/".join(filter(None, (row["service_id"], row.get("user")))): row for row in found["entries"]}


def decide(*words: str) -> int:
    """`shadowai decide` on that inventory."""
    return main(["decide", *words, "--inventory", "inventory.json"])
