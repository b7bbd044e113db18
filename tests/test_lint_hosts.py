"""Each lint of hosts, URLs and networks finds what it is for, in one file and among several."""

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
        ("unique-pattern", "2 times", [add(HOST + "example-chat.com")]),
        ("public-suffix", "co.uk is a public suffix", [add(HOST + "co.uk")]),
        ("public-suffix", "com is a public suffix", [add(HOST.replace("strong", "weak") + "com")]),
        ("public-suffix", "hosting platform", [add(HOST + "github.io")]),
        ("public-suffix", "hosting platform", [add(HOST.replace("suffix", "glob") + '"*.vercel.app"')]),
        ("shared-host", "auth0.com", [("strength: shared", "strength: strong")]),
        ("shared-host", "sentry.io", [add(HOST + "sentry.io")]),
        ("shared-host", "covers login.live.com", [add(HOST + "live.com")]),
        ("glob", "fewer than two", [add("kind: host, match: glob, strength: weak, value: 'chat-*.com'")]),
        ("wide-network", "wider than /16", [add("kind: ip_net, match: cidr, strength: weak, value: 8.0.0.0/15")]),
        ("wide-network", "wider than /32", [add("kind: ip_net, match: cidr, strength: weak, value: '2600::/31'")]),
        ("wide-network", "not public", [add("kind: ip_net, match: cidr, strength: weak, value: 10.0.0.0/24")]),
        ("look-alike-example", "no c", [("host: notexample-chat", "host: a"), ("host: cdn.example-chat", "host: b")]),
        ("dead-exclude", "elsewhere", [("exclude: [", "exclude: [elsewhere.example, ")]),
    ],
)  # fmt: skip
def test_each_lint_finds_its_own(packaged: Path, name: str, message: str, changes: list[tuple[str, str]]) -> None:
    mine = [finding for finding in found(packaged, *changes) if finding.lint == name]
    assert mine and message in mine[0].message
    assert mine[0].advice and isinstance(mine[0].origin.position, int)


def other(packaged: Path, host: str, match: str = "suffix", strength: str = "strong") -> Path:
    text = SOUND.replace("example-chat", "other-chat").replace("Example is running", "Other runs")
    extra = f"kind: host, match: {match}, value: {host!r}, strength: {strength}"
    return put(packaged, text, add(extra), id="other-chat")


def test_two_files_claim_one_name(packaged: Path) -> None:
    findings = lint([put(packaged), other(packaged, "example-chat.com")], today=TODAY)
    assert {f.lint for f in findings} == {"unique-pattern", "foreign-claim"}
    assert {Path(f.origin.path).stem for f in findings if f.lint == "unique-pattern"} == {"example-chat", "other-chat"}


def test_another_claims_an_example(packaged: Path) -> None:
    findings = lint([put(packaged), other(packaged, "www.example-chat.com", "exact")], today=TODAY)
    assert {f.lint for f in findings} == {"own-examples", "foreign-claim"}
    assert all(Path(f.origin.path).stem == "example-chat" for f in findings)


def test_a_pattern_that_answers_to_look_alikes(packaged: Path) -> None:
    findings = lint([put(packaged), other(packaged, "example")], today=TODAY)
    messages = [f.message for f in findings if f.lint == "look-alike"]
    assert any("example-chat.com.evil.example is taken for" in message for message in messages)


def test_another_s_shared_host(packaged: Path) -> None:
    findings = lint([put(packaged), other(packaged, "a.example-chat.com", "suffix", "shared")], today=TODAY)
    assert [(f.lint, Path(f.origin.path).stem) for f in findings] == [("shared-host", "example-chat")]
    assert "covers a.example-chat.com" in findings[0].message
