"""Every lint finds what it is for, in one file and among several."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from pathlib import Path

import pytest

from shadowai import catalog, lint_rules
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
        ("unique-pattern", "2 times", [add(HOST + "example-chat.com")]),
        ("public-suffix", "co.uk is a public suffix", [add(HOST + "co.uk")]),
        ("public-suffix", "com is a public suffix", [add(HOST.replace("strong", "weak") + "com")]),
        ("public-suffix", "hosting platform", [add(HOST + "github.io")]),
        ("public-suffix", "hosting platform", [add(HOST.replace("suffix", "glob") + '"*.vercel.app"')]),
        ("shared-host", "auth0.com", [("strength: shared", "strength: strong")]),
        ("shared-host", "sentry.io", [add(HOST + "sentry.io")]),
        ("shared-host", "covers login.live.com", [add(HOST + "live.com")]),
        ("own-examples", "is none, not strong", [("host: www.example-chat.com", "host: www.example-chat.org")]),
        ("own-examples", "is none, not weak", [("11434/api/chat", "8000/api/chat")]),
        ("own-examples", "is weak, not none", [("vendor.com, expect_strength: weak", "vendor.com")]),
        ("own-examples", "is strong, not none", [("exclude: [cdn.", "exclude: [dead.")]),
        ("own-examples", "no account marker", [("value: example-chat.com/anon/", "value: example-chat.com/none/")]),
        ("glob", "fewer than two", [add("kind: host, match: glob, strength: weak, value: 'chat-*.com'")]),
        ("wide-network", "wider than /16", [add("kind: ip_net, match: cidr, strength: weak, value: 8.0.0.0/15")]),
        ("wide-network", "wider than /32", [add("kind: ip_net, match: cidr, strength: weak, value: '2600::/31'")]),
        ("wide-network", "not public", [add("kind: ip_net, match: cidr, strength: weak, value: 10.0.0.0/24")]),
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
        ("schema", "project's number", [add("kind: oauth_client_id, match: prefix, strength: strong, value: 7737-")]),
        ("schema", "reply address", [add("kind: redirect_url, match: exact, strength: strong, value: 'https://a.example/b'")]),
        ("schema", "reply address", [add("kind: redirect_url, match: prefix, strength: strong, value: a.example")]),
        ("brand", "no brand", [add("kind: host, match: exact, strength: weak, role: brand, value: a.example-chat.com")]),
        ("client-role", "host has no role app", [add("kind: host, match: exact, strength: weak, role: app, value: a.example-chat.com")]),
        ("client-role", "no role ui", [add("kind: user_agent, match: regex, strength: weak, role: ui, value: '^example-chat/'")]),
        ("never-alone", "oauth_app_name", [add("kind: oauth_app_name, match: regex, strength: strong, value: '^Foo$'")]),
        ("look-alike-example", "no c", [("host: notexample-chat", "host: a"), ("host: cdn.example-chat", "host: b")]),
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
        ("dead-exclude", "elsewhere", [("exclude: [", "exclude: [elsewhere.example, ")]),
        ("local-id", "in the packaged", [("id: example-chat", "id: local-chat")]),
    ],
)  # fmt: skip
def test_each_lint_finds_its_own(packaged: Path, name: str, message: str, changes: list[tuple[str, str]]) -> None:
    mine = [finding for finding in found(packaged, *changes) if finding.lint == name]
    assert mine and message in mine[0].message
    assert mine[0].advice and isinstance(mine[0].origin.position, int)


def test_every_lint_is_tried_above() -> None:
    tried = {mark.args[1][n][0] for mark in _marks(test_each_lint_finds_its_own) for n in range(len(mark.args[1]))}
    elsewhere = {"foreign-claim", "look-alike"}
    assert {rule.name for rule in lint_rules.LINTS} == tried - {"yaml", "schema"} | elsewhere
    assert all(rule.advice for rule in lint_rules.LINTS)


def _marks(test: Callable[..., None]) -> list[pytest.Mark]:
    return list(getattr(test, "pytestmark", []))


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


def test_an_id_stands_in_one_file_only(packaged: Path) -> None:
    line = add("kind: oauth_client_id, match: equals, strength: weak, value: 08ad6f98-a4f8-4635-bb8d-f1a3044760f0")
    text = SOUND.replace("example-chat", "other-chat").replace("Example is running", "Other runs")
    findings = lint([put(packaged, SOUND, line), put(packaged, text, line, id="other-chat")], today=TODAY)
    assert [f.lint for f in findings] == ["oauth-id", "oauth-id"]


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
