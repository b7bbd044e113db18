"""What a request and its answer in clear tell of a use besides the host, and how much of their bodies must be there for that."""

from __future__ import annotations

import re

from shadowai.sources.capture.ledger import Seen
from shadowai.wire import ai_protocols, http

BODY = 4096
"""Bytes behind a head that are looked at for a protocol of AI servers."""
_CLIENT_HEADERS = frozenset(
    {b"anthropic-version", b"anthropic-beta", b"openai-beta", b"openai-organization", b"openai-project"}
)
"""Headers that only clients of models send, whoever they talk to."""
_OWN_WORDS = re.compile(rb"model|session|jsonrpc", re.IGNORECASE)


def awaited(request: http.Request, length: int | None, body: bytes) -> int:
    """Bytes of a body to wait for: of a structured one the beginning may prove what the head leaves open."""
    if not length or request.method == b"GET":
        return 0
    kind = dict(request.headers).get(b"content-type", b"application/json")
    if b"json" not in kind:
        return 0
    proof = ai_protocols.of_request(request, body)
    return 0 if proof is not None and proof.certain else min(length, BODY)


def answer_awaited(response: http.Response) -> int:
    """Bytes of an answer's body to wait for: all of a small structured one, one byte where its length is not told."""
    headers = dict(response.headers)
    kind = headers.get(b"content-type", b"")
    if not (b"json" in kind or b"event-stream" in kind or b"text/plain" in kind):
        return 0
    length = headers.get(b"content-length", b"")
    return min(int(length), BODY) if length.isdigit() and len(length) < 10 else 1


def facts(request: http.Request) -> frozenset[str]:
    """What the headers of a request tell of its use: that only accounts of certain tenants are let in, that a program for AI sent it."""
    names = {name for name, _ in request.headers}
    told = {"account:enforced"} if names & http.TENANT_CONTROLS else set()
    return frozenset(told | {"ai_header"} if names & _CLIENT_HEADERS else told)


def streamed(seen: Seen, response: http.Response) -> Seen:
    """What a stream of events says that answers a POST: this is how models answer while they write."""
    streams = dict(response.headers).get(b"content-type", b"").startswith(b"text/event-stream")
    return seen._replace(facts=seen.facts | {"event_stream"}) if streams and seen.method == "POST" else seen


def denies(response: http.Response, seen: Seen, body: bytes) -> bool:
    """True for an answer that nothing is where a request, which alone was the proof of a server, went: a scanner asks every host so. A
    page is one too, for these servers answer programs; unless it says where else to ask, or that what is behind it failed. One that speaks
    of a model or a session lacks only those (OpenAI's interface; MCP 2025-11-25, Session Management), and a server of MCP need not know
    every method, but POST."""
    page = dict(response.headers).get(b"content-type", b"").startswith(b"text/html")
    if page and (200 <= response.status < 300 or 400 <= response.status < 500):
        return True
    absent = (404, 405, 501) if "server" in seen.facts or seen.method == "POST" else (404,)
    return response.status in absent and _OWN_WORDS.search(body) is None


def unproven(seen: Seen) -> Seen:
    """``seen`` without the proof."""
    return seen._replace(proof=None, facts=seen.facts - {"server", "agent"})


def refused(seen: Seen, status: int) -> Seen:
    """What a proxy's answer makes of the wish for a tunnel (RFC 9110, section 9.3.6)."""
    if seen.method == "CONNECT" and seen.because is None:
        if status == 407:
            return seen._replace(because="the proxy asked who it is first")
        if status >= 400:
            return seen._replace(blocked=True)
    elif status == 407 and seen.because is None:
        return seen._replace(because="the proxy asked who it is first")
    return seen
