"""Requests and answers that the compiled walk settles by itself say the same as they do to the reference engine."""

from __future__ import annotations

import random
import re
from typing import Any

import pytest

from shadowai.fast import packets as compiled  # type: ignore[attr-defined]
from shadowai.sources.capture import tcp_names
from shadowai.sources.capture.limits import DEFAULT, Limits
from shadowai.sources.capture.naming import Naming
from shadowai.wire import ai_protocols, api_keys, http
from tests.captures import files, messages, tls
from tests.captures.conversations import START, Timed, tcp
from tests.fast.test_packets import HERE, THERE, WANTED, _ai, _bytes, _found, _same

PLAIN = "www.example.org"
HOSTS = [
    PLAIN,
    "Shop.Example.ORG",
    "shop.example.org",
    "chatgpt.com",
    "www.example.org:8080",
    "10.1.2.3",
    "a..b",
    "[::1]",
]
HOSTS += [
    "",
    "cloudflare-ech.com",
    "dns.google",
    "two words.example",
    "evil@chatgpt.com",
    "*.example.org",
    "10.0.0.5:11434",
]
PATHS = [
    "/",
    "/a/b.html?q=1",
    "/v1/models",
    "/v1/chat/completions",
    "/api/tags",
    "/ollama/api/chat",
    "/mcp",
    "/x/sse",
    "*",
]
PATHS += [
    "/api/v0/models",
    "http://other.example.net/a",
    "/.well-known/agent-card.json",
    "/a b",
    "/a HTTP/1.1",
    "/\xe9",
]
FIELDS = [
    {},
    {"Accept": "*/*"},
    {"Accept": "text/event-stream"},
    {"User-Agent": "OpenAI/Python 1.40.0"},
    {"Cookie": "a=b"},
]
FIELDS += [
    {"User-Agent": "ollama-python/0.4"},
    {"Mcp-Session-Id": "1"},
    {"host": "other.example.net"},
    {"Upgrade": "h2c"},
]
FIELDS += [{"Content-Length": "3"}, {"Transfer-Encoding": "chunked"}, {"X-Stainless-Lang": "python"}, {"Odd Name": "a"}]
FIELDS += [
    {"User-Agent": "a\r\n b"},
    {"User-Agent": "a\rb"},
    {"anthropic-version": "2023-06-01"},
    {"No": "\x00"},
    {":": ""},
]
KEY = "sk-ant-api03-" + "aB3-xY7_Qw" * 9
HEADS = [
    "",
    "Server: nginx",
    "Server: llama.cpp",
    "Content-Type: application/json",
    "Content-Type: text/html",
    "Bad line",
]
HEADS += ["Mcp-Session-Id: 1", "WWW-Authenticate: Bearer resource_metadata=x", "Transfer-Encoding: chunked", " folded"]
HEADS += [
    "Content-Type: text/event-stream",
    "Content-Length: 5",
    "Content-Length: 900000",
    "Content-Length: x",
    "A: \x01",
]
STATUSES = [
    "200 OK",
    "200",
    "407 Proxy Authentication Required",
    "100 Continue",
    "101 Switching",
    "500 No",
    "304 ",
    "20 x",
]
BODIES = [
    b"",
    b"{}",
    b"\x00" * 2_000,
    b"Ollama is running",
    b'{"object": "list", "data": [{"object": "model", "owned_by": "x"}]}',
]
BODIES += [b'{"jsonrpc": "2.0", "method": "tools/list"}', b"<title>Dify</title> data-public-edition", b'{"a": 1}' * 900]
BODIES += [b"event: endpoint\ndata: /session", b'data: {"model":"a","created_at":"b","done":true,"response":"c"}\n']


def _request(source: random.Random) -> bytes:
    fields = {name: value for _ in range(source.choice([0, 1, 1, 2])) for name, value in source.choice(FIELDS).items()}
    if source.random() < 0.1:
        fields["Authorization"] = f"Bearer {KEY}"
    host = PLAIN if source.random() < 0.6 else source.choice([*HOSTS, None])
    path = "/a" if source.random() < 0.5 else source.choice(PATHS)
    method = source.choice(["GET", "GET", "GET", "HEAD", "POST", "OPTIONS", "BREW"])
    made = messages.request(host, path, method=method, headers=fields, body=source.choice([b"", b"", b"", *BODIES]))
    if source.random() < 0.1:
        made = made.replace(b"\r\n", source.choice([b"\n", b"\r\r\n"]), source.choice([1, -1]))
    return made[: source.randrange(1, len(made))] if source.random() < 0.08 else made


def _answer(source: random.Random) -> bytes:
    lines = [f"HTTP/1.{source.choice('0119x')} {source.choice([*STATUSES[:1] * 9, *STATUSES])}"]
    lines += [line for _ in range(source.choice([0, 1, 2, 3])) if (line := source.choice(HEADS))]
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + source.choice(BODIES)


def _talk(source: random.Random, number: int) -> list[Timed]:
    """A connection with requests and answers, most of them plain, some of them cut, repeated, missed or followed by others."""
    talk = tcp(
        HERE, THERE, source.choice([80, 80, 8080, 853, 53]), client_port=30_000 + number, time=START + number * 100
    )
    if source.random() < 0.9:
        talk.syn()
    for _ in range(source.choice([1, 1, 1, 2, 3])):
        mss = source.choice([1_460, 1_460, 1_460, 40])
        talk.send(_request(source), mss=mss, retransmit=source.random() < 0.1)
        if source.random() < 0.9:
            talk.receive(_answer(source), mss=mss)
    if source.random() < 0.1:
        talk.send(tls.hello(source.choice([None, "late.example.net", "chatgpt.com"])))
    if source.random() < 0.1:
        talk.receive(_request(source))
    frames = talk.fin().frames if source.random() < 0.7 else talk.frames
    return [frame for frame in frames if source.random() > 0.02]


@pytest.mark.parametrize("seed", range(30))
def test_requests_and_answers_of_all_sorts(seed: int) -> None:
    source = random.Random(seed)
    data = files.pcap(
        sorted((frame for number in range(40) for frame in _talk(source, number)), key=lambda each: each[0])
    )
    for wanted in WANTED:
        _same(_bytes(data), wanted)
        few = Limits(requests=source.choice([0, 1, 3]), names_per_flow=source.choice([0, 1, 64]))
        _same(_bytes(data), wanted, few)
        _same(_bytes(data), wanted, Limits(request_bytes=source.randrange(500, 3_000)))
        _same(_bytes(data), wanted, Limits(flows=source.choice([2, 8]), streams=source.choice([1, 2, 64])))


def _exchange(request: bytes, answer: bytes = b"", *more: bytes) -> list[Any]:
    talk = tcp(HERE, THERE, 80).syn().send(request)
    if answer:
        talk.receive(answer)
    for each in more:
        talk.send(each)
    return _same(_bytes(files.pcap(talk.fin().frames)), _ai)


def test_plain_requests_are_settled_without_naming(monkeypatch: pytest.MonkeyPatch) -> None:
    handed: list[int] = []
    take = tcp_names.TcpNames.take

    def counted(*piece: Any) -> int:
        handed.append(1)
        return take(*piece)

    monkeypatch.setattr(tcp_names.TcpNames, "take", counted)
    talk = tcp(HERE, THERE, 80).syn().send(messages.request(PLAIN, "/a", headers={"Accept": "*/*"}))
    data = files.pcap(talk.receive(messages.response(b"<html>" + b"x" * 3_000)).fin().frames)
    found = _found(_bytes(data)(), _ai, DEFAULT, 1 << 18, with_compiled=True)
    assert not handed
    assert found.others[5] == 1, "the name counts all the same"


def test_a_request_that_is_followed_by_another_is_told_after_all() -> None:
    records = _exchange(messages.request(PLAIN), messages.response(b"x"), messages.request("chatgpt.com", "/a"))
    assert [record.url for record in records] == ["http://chatgpt.com/a"]


@pytest.mark.parametrize("path", ["/", "/a?b", "/a#b", "/" + "a" * 700])
@pytest.mark.parametrize("agent", ["", "curl/8.5.0", "a b", "\xe9\tb"])
@pytest.mark.parametrize("host", [PLAIN, "WWW.Example.org.", "192.0.2.7"])
def test_a_request_weighs_the_same(host: str, agent: str, path: str) -> None:
    request = messages.request(host, path, headers={"User-Agent": agent})
    talks = [tcp(HERE, THERE, 80, client_port=number, time=START + number).syn().send(request) for number in (1, 2, 3)]
    naming = Naming(DEFAULT, _ai)
    naming.take(0, 1, 0, 1, 1, START, 1, request, len(request), bytes(12), 6, -1)
    weight = naming._weight
    frames = sorted(frame for talk in talks for frame in talk.frames)
    for most in (2 * weight - 1, 2 * weight, 3 * weight - 1, 3 * weight):
        _same(_bytes(files.pcap(frames)), _ai, Limits(request_bytes=most))


@pytest.mark.parametrize("blank", [b"", b" "])
@pytest.mark.parametrize(("proof", "signs"), [*ai_protocols._ANSWERS, *ai_protocols._PAGES])
def test_what_proves_a_server_is_seen(proof: ai_protocols.Proof, signs: tuple[bytes, ...], blank: bytes) -> None:
    text = b" ".join(sign.replace(b'":', b'":' + blank) for sign in signs)
    answer = messages.response(b"{" + text if (proof, signs) in ai_protocols._ANSWERS else text)
    records = _exchange(messages.request(PLAIN), answer)
    assert bool(records) is proof.certain


@pytest.mark.parametrize("name", sorted(http._INTEREST))
def test_fields_of_interest_are_seen(name: bytes) -> None:
    for path in ("/a", "/v1/models", "/mcp", "/v1/messages"):
        for value in ("text/event-stream", "1", "Bearer resource_metadata=x"):
            _exchange(messages.request(PLAIN, path, headers={name.decode(): value}), messages.response(b"x"))
    answer = b"HTTP/1.1 200 OK\r\n" + name + b": text/event-stream resource_metadata=\r\n\r\nx"
    _exchange(messages.request(PLAIN), answer)


@pytest.mark.parametrize(
    "path",
    [
        *sorted(ai_protocols._OLLAMA_PATHS | ai_protocols._LM_STUDIO_PATHS | ai_protocols._KOBOLD_PATHS),
        *b"/completion /infill /generate /generate_stream /v1/messages /v1/chat/completions /a/mcp /a/sse".split(),
        *b"/api/chat/completions /api/v1/workspace/a/chat /.well-known/agent.json /v1/models/a:generateContent".split(),
    ],
)
def test_telling_paths_are_not_settled(path: bytes) -> None:
    assert any(word in path for word in compiled.REQUEST_PATHS)
    for fields in ({}, {"User-Agent": "OpenAI/Python 1.0"}, {"Accept": "text/event-stream"}):
        _exchange(messages.request(PLAIN, path.decode(), headers=fields), messages.response(b"x"))


def test_beginnings_of_keys_are_those_of_the_reference() -> None:
    found = re.search(rb"\(\?:(sk\[-_\]\|[^()]*)\)", api_keys._CANDIDATE.pattern)
    assert found is not None
    assert set(compiled.KEY_PREFIXES) == {b"sk-", b"sk_", *found[1].split(b"|")[1:]}
    assert api_keys._CANDIDATE.fullmatch(b"fc-" + b"a" * 16)
    assert not api_keys._CANDIDATE.fullmatch(b"fc-" + b"a" * 15)


@pytest.mark.parametrize("before", ["", "?key=", "?a=%3d", "?a=%22", "/x:", "-"])
@pytest.mark.parametrize("prefix", compiled.KEY_PREFIXES)
def test_keys_in_clear_are_seen(prefix: bytes, before: str) -> None:
    for body in (
        "0123456789abcdef" * 4,
        "aBcDeFgHiJkLmNoPqRsTuVwXyZaBcDeFgH",
        "0123456789abcdefghij0123456789abcdefg",
        "0" * 40,
    ):
        key = prefix.decode() + body
        _exchange(messages.request(PLAIN, f"/{before}{key}"))
        _exchange(messages.request(PLAIN, headers={"Authorization": f"Bearer {before}{key}"}))


def test_a_key_to_a_host_that_nobody_asks_for_is_told() -> None:
    talk = tcp(HERE, THERE, 80).syn().send(messages.request(PLAIN, headers={"X-Api-Key": KEY}))
    found = _found(_bytes(files.pcap(talk.frames))(), _ai, DEFAULT, 1 << 18, with_compiled=True)
    assert any(note.kind == "clear_key" for note in found.others[1])
