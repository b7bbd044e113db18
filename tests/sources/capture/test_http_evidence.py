"""What requests and answers tell besides the host."""

from __future__ import annotations

import pytest

from shadowai.sources.capture import http_evidence
from shadowai.sources.capture.ledger import Seen
from shadowai.wire import http
from tests.captures import messages

SEEN = Seen("http_host", "chatgpt.com", 7, 5, 0, method="POST")


def _request(method: str = "POST", **headers: str) -> http.Request:
    found = http.request(messages.request("a.example", method=method, headers=headers))
    assert isinstance(found, http.Request)
    return found


@pytest.mark.parametrize(
    ("method", "kind", "length", "awaited"),
    [
        ("POST", "application/json", 900, 900),
        ("POST", "application/json", 90_000, http_evidence.BODY),
        ("POST", "text/html", 900, 0),
        ("GET", "application/json", 900, 0),
        ("POST", "application/json", None, 0),
    ],
)
def test_a_structured_body_is_waited_for(method: str, kind: str, length: int | None, awaited: int) -> None:
    assert http_evidence.awaited(_request(method, **{"Content-Type": kind}), length, b"") == awaited


@pytest.mark.parametrize(
    ("head", "awaited"),
    [
        ("Content-Type: application/json\r\nContent-Length: 70", 70),
        ("Content-Type: application/json", 1),
        ("Content-Type: text/html\r\nContent-Length: 70", 0),
    ],
)
def test_of_an_answer_so_much_is_waited_for(head: str, awaited: int) -> None:
    found = http.response(f"HTTP/1.1 200 OK\r\n{head}\r\n\r\n".encode())
    assert isinstance(found, http.Response) and http_evidence.answer_awaited(found) == awaited


def test_headers_tell_of_the_use() -> None:
    assert http_evidence.facts(_request()) == frozenset()
    assert http_evidence.facts(_request(**{"Anthropic-Version": "1"})) == {"ai_header"}
    assert http_evidence.facts(_request(**{"Restrict-Access-To-Tenants": "x"})) == {"account:enforced"}


def test_a_refused_wish_for_a_tunnel_is_blocked() -> None:
    wish = SEEN._replace(method="CONNECT")
    assert http_evidence.refused(wish, 403).blocked and not http_evidence.refused(SEEN, 403).blocked
    assert http_evidence.refused(wish, 407).because and http_evidence.refused(SEEN, 407).because
    assert http_evidence.refused(wish, 200) == wish


def test_a_stream_of_events_answers_a_post() -> None:
    found = http.response(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n")
    assert isinstance(found, http.Response)
    assert http_evidence.streamed(SEEN, found).facts == {"event_stream"}
    assert http_evidence.streamed(SEEN._replace(method="GET"), found).facts == frozenset()


@pytest.mark.parametrize(
    ("status", "body", "kind", "denies"),
    [
        (404, b"<title>Not Found</title>", "server", True),
        (404, b'{"detail":"Not Found"}', "agent", True),
        (501, b"", "server", True),
        (405, b"", "server", True),
        (405, b"", "agent", True),
        (404, b'{"error":{"message":"The model `x` does not exist."}}', "server", False),
        (404, b'{"jsonrpc":"2.0","error":{"code":-32001,"message":"Session not found"}}', "agent", False),
        (401, b"", "server", False),
        (503, b"", "server", False),
        (200, b"", "server", False),
    ],
)
def test_an_answer_that_nothing_is_there(status: int, body: bytes, kind: str, denies: bool) -> None:
    seen = SEEN._replace(proof="x", facts=frozenset({kind, "key"}))
    assert http_evidence.denies(http.Response(status, None, ()), seen, body) is denies
    assert http_evidence.unproven(seen) == SEEN._replace(facts=frozenset({"key"}))


def test_a_server_of_mcp_need_not_know_every_method() -> None:
    seen = SEEN._replace(proof="x", facts=frozenset({"agent"}), method="GET")
    assert not http_evidence.denies(http.Response(405, None, ()), seen, b"")


@pytest.mark.parametrize(
    ("status", "denies"), [(200, True), (400, True), (401, True), (403, True), (301, False), (502, False)]
)
@pytest.mark.parametrize("kind", ["server", "agent"])
def test_a_page_is_no_answer_of_a_server_for_programs(status: int, denies: bool, kind: str) -> None:
    seen = SEEN._replace(proof="x", facts=frozenset({kind}))
    page = http.Response(status, None, ((b"content-type", b"text/html; charset=utf-8"),))
    assert http_evidence.denies(page, seen, b"<title>Model cars</title>") is denies
    other = http.Response(status, None, ((b"content-type", b"application/json"),))
    assert not http_evidence.denies(other, seen, b'{"error":"model"}')
