"""Each lint of clients and applications finds what it is for."""

from __future__ import annotations

import datetime
import re
import time
from pathlib import Path

import pytest

from shadowai import catalog, lint_clients
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
        ("never-alone", "port", [('value: "11434", strength: weak', 'value: "11434", strength: strong')]),
        ("regex-anchored", "does not start", [add(AGENT + "chatter")]),
        ("regex-anchored", "look-around", [add(AGENT + "'^(?=c)hatter'")]),
        ("benign-agent", "curl", [add("kind: user_agent, match: prefix, strength: weak, value: curl")]),
        ("benign-agent", "GPTBot", [add("kind: user_agent, match: regex, strength: weak, value: '^.*GPTBot'")]),
        ("regex-slow", "takes over", [add("kind: user_agent, match: regex, strength: weak, value: '^(a+)+$'")]),
        ("regex-slow", "takes over", [add(AGENT + "'^(?:Zoo|Zoo|Z|o)*!$'")]),
        ("regex-slow", "takes over", [("chat/\\\\d", "chat/(?:\\\\d+)*;"), ("chat/2,", "chat/2;,")]),
        ("extension-id", "abc", [add("kind: extension_chrome, match: equals, strength: strong, value: abc")]),
        ("extension-id", "z", [add(f"kind: extension_chrome, match: equals, strength: strong, value: {'z' * 32}")]),
        ("extension-id", "noname", [add("kind: extension_vscode, match: equals, strength: strong, value: noname")]),
        ("oauth-id", "looks like", [add("kind: oauth_client_id, match: equals, strength: strong, value: my-client")]),
        ("oauth-id", "looks like", [add(f"kind: oauth_client_id, match: equals, strength: weak, value: {'G' * 36}")]),
        ("oauth-id", "looks like", [add("kind: github_app, match: equals, strength: strong, value: My App")]),
        ("brand", "no brand", [add("kind: host, match: exact, strength: weak, role: brand, value: a.example-chat.com")]),
        ("client-role", "host has no role app", [add("kind: host, match: exact, strength: weak, role: app, value: a.example-chat.com")]),
        ("client-role", "no role ui", [add("kind: user_agent, match: regex, strength: weak, role: ui, value: '^example-chat/'")]),
        ("never-alone", "oauth_app_name", [add("kind: oauth_app_name, match: regex, strength: strong, value: '^Foo$'")]),
    ],
)  # fmt: skip
def test_each_lint_finds_its_own(packaged: Path, name: str, message: str, changes: list[tuple[str, str]]) -> None:
    mine = [finding for finding in found(packaged, *changes) if finding.lint == name]
    assert mine and message in mine[0].message
    assert mine[0].advice and isinstance(mine[0].origin.position, int)


def test_an_id_stands_in_one_file_only(packaged: Path) -> None:
    line = add("kind: oauth_client_id, match: equals, strength: weak, value: 08ad6f98-a4f8-4635-bb8d-f1a3044760f0")
    text = SOUND.replace("example-chat", "other-chat").replace("Example is running", "Other runs")
    findings = lint([put(packaged, SOUND, line), put(packaged, text, line, id="other-chat")], today=TODAY)
    assert [f.lint for f in findings] == ["oauth-id", "oauth-id"]


def test_an_expression_is_weighed_by_what_it_does_not_by_who_else_is_at_work() -> None:
    class Waiting:
        def match(self, text: str) -> None:
            time.sleep(2 * lint_clients.SLOWEST)

    assert lint_clients._seconds(Waiting(), "a") < lint_clients.SLOWEST  # type: ignore[arg-type]
    assert lint_clients._seconds(re.compile("(a+)+$"), "a" * 22 + "b") > lint_clients.SLOWEST
