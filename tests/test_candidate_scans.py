"""Whole scans of what no catalogue can hold: whose account it was, the AI of a product that is more than AI, a server nobody knows."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from shadowai import pipeline
from shadowai.cli import main
from shadowai.cli.signatures import command as signatures
from shadowai.export import table
from shadowai.model import Report
from tests.captures import files, messages, tls
from tests.captures.conversations import merged, tcp
from tests.sources.capture.reading import CLIENT, OTHER, SERVER

LINE = "{time}.123 55 10.0.0.{host} TCP_MISS/200 4000 {method} {url} {user} HIER_DIRECT/203.0.113.9 application/json"
CHAT = b'{"model": "m", "messages": [{"role": "user", "content": "hi"}]}'
STREAM = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: {}\r\n\r\n"


def _log(path: Path, *requests: tuple[str, str, str]) -> Path:
    lines = [
        LINE.format(time=1_767_600_000 + at, host=at + 1, user=user, method=method, url=url)
        for at, (user, method, url) in enumerate(requests)
    ]
    path.write_text("\n".join(lines) + "\n", "utf-8")
    return path


def _scan(*paths: Path, **options: object) -> Report:
    return pipeline.scan([str(path) for path in paths], options=pipeline.ScanOptions(**options))  # type: ignore[arg-type]


def test_a_company_s_account_a_private_one_and_none_are_told_apart(tmp_path: Path) -> None:
    log = _log(
        tmp_path / "access.log",
        ("ann", "POST", "https://api.business.githubcopilot.com/chat/completions"),
        ("bob", "POST", "https://api.individual.githubcopilot.com/chat/completions"),
        ("carol", "POST", "https://chatgpt.com/backend-anon/conversation"),
        ("dave", "POST", "https://chatgpt.com/backend-api/conversation"),
        ("eve", "CONNECT", "copilot.microsoft.com:443"),
    )
    report = _scan(log, by="user")
    told = {entry.actor.user: (entry.service_id, entry.accounts) for entry in report.entries if entry.actor}
    assert told == {
        "ann": ("github-copilot", ("corporate",)),
        "bob": ("github-copilot", ("personal",)),
        "carol": ("openai-chatgpt", ("anonymous",)),
        "dave": ("openai-chatgpt", ()),
        "eve": ("microsoft-copilot", ("personal",)),
    }
    assert {entry.service_id: entry.accounts for entry in _scan(log).entries}["github-copilot"] == (
        "corporate",
        "personal",
    )
    assert any("ACCOUNT" in line and "RISK" in line for line in table.plain(report))


def test_control_by_tenant_shows_behind_the_proxy_that_adds_it(tmp_path: Path) -> None:
    asked = messages.request("chatgpt.com", "/c/1", headers={"ChatGPT-Allowed-Workspace-Id": "w-1"})
    hello = (
        tcp(OTHER, SERVER, 443).syn().send(tls.hello("api.individual.githubcopilot.com")).receive(tls.application(90))
    )
    frames = merged(tcp(CLIENT, SERVER, 80).syn().send(asked).receive(messages.response()).fin(), hello.fin())
    report = _scan(files.write_pcap(tmp_path / "a.pcap", frames))
    assert {entry.service_id: entry.accounts for entry in report.entries} == {
        "openai-chatgpt": ("enforced",),
        "github-copilot": ("personal",),
    }


def test_the_ai_of_a_product_is_a_tier_of_its_own(tmp_path: Path) -> None:
    report = _scan(
        _log(
            tmp_path / "access.log",
            ("ann", "GET", "https://www.notion.so/api/v3/loadPageChunk"),
            ("ann", "CONNECT", "www.canva.com:443"),
            ("bob", "GET", "https://www.canva.com/design/x"),
            ("bob", "POST", "https://www.notion.so/api/v3/runInferenceTranscript"),
        ),
        by="user",
    )
    assert [(e.service_id, e.actor.user, e.events) for e in report.entries if e.actor] == [("notion-ai", "bob", 1)]


def test_a_server_that_nobody_knows_is_found_by_its_protocol(tmp_path: Path) -> None:
    asked = messages.request("models.acme.example", "/v1/chat/completions", method="POST", body=CHAT)
    frames = tcp(CLIENT, SERVER, 8000).syn().send(asked).receive(messages.response()).fin().frames
    report = _scan(files.write_pcap(tmp_path / "a.pcap", frames))
    (entry,) = report.entries
    assert (entry.service_id, entry.names, entry.confidence) == (
        "unknown-llm-server",
        ("models.acme.example",),
        "confirmed",
    )
    assert report.candidates == ()


@pytest.mark.parametrize("packed", [False, True])
def test_a_log_shows_such_a_server_as_a_candidate(tmp_path: Path, packed: bool) -> None:
    log = _log(
        tmp_path / "access.log",
        ("ann", "POST", "https://llm.acme.example/v1/chat/completions"),
        ("bob", "POST", "https://llm.acme.example/v1/embeddings"),
        ("bob", "GET", "https://chat.other-acme.ai/"),
        ("bob", "GET", "https://api.wknd.ai/v1/models"),
        ("bob", "CONNECT", "dns.google:443"),
    )
    if packed:
        log.with_suffix(".gz").write_bytes(gzip.compress(log.read_bytes()))
        log.unlink()
    report = _scan(tmp_path)
    first, second = report.candidates
    assert (first.name, first.level, first.evidence, first.users) == (
        "llm.acme.example",
        "unconfirmed",
        ("api_path:openai", "name"),
        2,
    )
    assert (second.name, second.level) == ("chat.other-acme.ai", "name")
    assert report.entries == () and report.sources[0].ai == 0
    assert [(note.kind, note.count) for note in report.notes if note.kind == "encrypted_dns"] == [("encrypted_dns", 1)]


def test_a_capture_shows_candidates_by_what_answers(tmp_path: Path) -> None:
    asked = messages.request("chat.acme.ai", "/ask", method="POST", headers={"anthropic-version": "2023-06-01"})
    frames = tcp(CLIENT, SERVER, 80).syn().send(asked).receive(STREAM).fin().frames
    resolver = tcp(OTHER, SERVER, 443).syn().send(tls.hello("dns.google")).receive(tls.application(90)).fin()
    report = _scan(files.write_pcap(tmp_path / "a.pcap", [*frames, *resolver.frames]))
    (one,) = report.candidates
    assert (one.evidence, one.score, one.level) == (("ai_client", "ai_host", "event_stream"), 6, "likely")
    assert [note.count for note in report.notes if note.kind == "encrypted_dns"] == [1]


def test_several_processes_give_the_same(tmp_path: Path) -> None:
    for number in range(3):
        _log(
            tmp_path / f"{number}.log",
            *[
                (f"u{number}", "POST", f"https://llm.a{at}.example/v1/chat/completions")
                for at in range(number, number + 3)
            ],
        )
    one, two = _scan(tmp_path, jobs=1), _scan(tmp_path, jobs=2)
    assert one.candidates == two.candidates and [c.users for c in one.candidates] == [3, 2, 2, 1, 1]


def test_from_a_scan_to_a_signature(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    log = _log(tmp_path / "access.log", ("ann", "POST", "https://llm.acme.example/v1/chat/completions"))
    report, history = tmp_path / "report.json", f"sqlite:///{tmp_path / 'history.db'}"
    assert main(["scan", str(log), "-o", str(report), "--no-progress", "--history", history]) == 0
    assert "unconfirmed: llm.acme.example" in capsys.readouterr().err
    _log(
        log,
        ("ann", "POST", "https://llm.acme.example/v1/messages"),
        ("ann", "POST", "https://my-gpt.example/v1/models"),
    )
    assert main(["scan", str(log), "-o", str(report), "--no-progress", "--history", history]) == 0
    told = {one["name"]: one["new"] for one in json.loads(report.read_bytes())["candidates"]}
    assert told == {"my-gpt.example": True, "llm.acme.example": False}
    made = CliRunner().invoke(signatures, ["draft", "llm.acme.example", "--from", str(report)])
    assert made.exit_code == 0 and "# Evidence: api_path:anthropic, name" in made.output
    assert main(["signatures", "draft", "chatgpt.com"]) == 2
    assert main(["signatures", "draft", "absent.example", "--from", str(report)]) == 2
