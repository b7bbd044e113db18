"""Each lint of a file as a document finds what it is for."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from shadowai import catalog
from shadowai.lint import Finding, lint
from tests.signature_samples import SOUND, put

TODAY = datetime.date(2026, 11, 21)


@pytest.fixture
def packaged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder in the place of the packaged signatures."""
    folder = tmp_path / "signatures"
    folder.mkdir()
    monkeypatch.setattr(catalog, "packaged_dir", lambda: folder)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return folder


def found(folder: Path, *changes: tuple[str, str]) -> list[Finding]:
    return lint([put(folder, SOUND, *changes)], today=TODAY)


def add(line: str) -> tuple[str, str]:
    return "indicators:\n", f"indicators:\n  - {{{line}}}\n"


HOST = "kind: host, match: suffix, strength: strong, value: "
AGENT = "kind: user_agent, match: regex, strength: weak, value: "


@pytest.mark.parametrize(
    ("name", "message", "changes"),
    [
        ("yaml", "anchor", [("name: Example Chat", "name: &a Example")]),
        ("schema", "assistent", [("category: assistant", "category: assistent")]),
        ("schema", "not text that is not empty", [add("kind: host, match: suffix, strength: strong, value: ''")]),
        ("schema", "2026-13-01", [("updated: 2026-11-01", "updated: 2026-13-01")]),
        ("schema", "a host is lower case", [add(HOST + "www.Example.com")]),
        ("schema", "malformed", [add("kind: user_agent, match: regex, strength: weak, value: '^('")]),
        ("file-name", "other-chat", [("id: example-chat", "id: other-chat")]),
        ("unique-id", "same file", [("status: stable", "previous_ids: [example-chat]\nstatus: stable")]),
        ("replaced-by", "nobody", [("status: stable", "replaced_by: nobody\nstatus: stable")]),
        ("own-examples", "is none, not strong", [("host: www.example-chat.com", "host: www.example-chat.org")]),
        ("own-examples", "is none, not weak", [("11434/api/chat", "8000/api/chat")]),
        ("own-examples", "is weak, not none", [("vendor.com, expect_strength: weak", "vendor.com")]),
        ("own-examples", "is strong, not none", [("exclude: [cdn.", "exclude: [dead.")]),
        ("own-examples", "no account marker", [("value: example-chat.com/anon/", "value: example-chat.com/none/")]),
        ("schema", "project's number", [add("kind: oauth_client_id, match: prefix, strength: strong, value: 7737-")]),
        ("schema", "reply address", [add("kind: redirect_url, match: exact, strength: strong, value: 'https://a.example/b'")]),
        ("schema", "reply address", [add("kind: redirect_url, match: prefix, strength: strong, value: a.example")]),
        ("requires", "sockets", [("requires: [port]", "requires: [port, sockets]")]),
        ("references", "https", [("https://example-chat.com/docs", "http://example-chat.com/docs")]),
        ("references", "no reference 1", [("strength: strong, role: ui", "strength: strong, role: ui, ref: 1")]),
        ("references", "no reference 7", [("hq_country: US", "hq_country: US, hq_ref: 7")]),
        ("country", "nor why", [(", hq_country: US", "")]),
        ("country", "said to be US", [("hq_country: US", "hq_country: US, hq_unknown: nobody names it")]),
        ("country", "not given", [("hq_country: US", "hq_unknown: nobody names it, hq_ref: 0")]),
        ("dates", "future", [("updated: 2026-11-01", "updated: 2026-11-22")]),
        ("dates", "before", [("first_published: 2026-01-01", "first_published: 2026-11-02")]),
        ("dates", "somebody else", [("strength: strong, role: ui", "strength: strong, until: 2026-01-01")]),
        ("stale-facts", "free", [('com/", checked_on: 2026-11-01', 'com/", checked_on: 2026-05-01')]),
        ("local-id", "in the packaged", [("id: example-chat", "id: local-chat")]),
    ],
)  # fmt: skip
def test_each_lint_finds_its_own(packaged: Path, name: str, message: str, changes: list[tuple[str, str]]) -> None:
    mine = [finding for finding in found(packaged, *changes) if finding.lint == name]
    assert mine and message in mine[0].message
    assert mine[0].advice and isinstance(mine[0].origin.position, int)


def test_ids_meet_across_files(packaged: Path) -> None:
    text = SOUND.replace("example-chat", "other-chat").replace("Example is running", "Other runs")
    again = put(packaged, text, ("status: stable", "previous_ids: [example-chat]\nstatus: stable"), id="other-chat")
    assert {f.lint for f in lint([put(packaged), again], today=TODAY)} == {"unique-id"}


def test_the_packaged_folder_is_known_by_any_path(
    packaged: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(packaged)
    (tmp_path / "other").mkdir()
    put(tmp_path / "other")
    monkeypatch.chdir(packaged.parent)
    told = {
        path: [found.message for found in lint([Path(path)], today=TODAY) if found.lint == "local-id"]
        for path in (packaged.name, f"./{packaged.name}", f"../{packaged.parent.name}/{packaged.name}", "other")
    }
    assert [*told.values()] == [[], [], [], ["example-chat is outside the packaged folder"]]
