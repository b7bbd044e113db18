"""What streams hold: requests and answers, tunnels and relays, certificates, and what they tell besides a name."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

import pytest

from shadowai.sources.capture.ledger import Wanted
from shadowai.sources.capture.limits import Limits
from tests.captures import messages, packets, tls
from tests.captures.conversations import Tcp, merged, tcp
from tests.sources.capture.reading import CLIENT, RESOLVER, SERVER, read

HELLO = tls.hello("chatgpt.com")
SNI = [("tls_sni", "chatgpt.com")]
GET = messages.request("chatgpt.com", "/c/1?q=secret")
SECOND = messages.request("chatgpt.com")
CHAT = b'{"model": "m", "messages": [{"role": "user", "content": "hi"}]}'
KEY = "gsk_" + "AbCdEfGhIjKlMnOpQrStUvWxYz0123456789AbCdEfGhIjKlMnOp"


def _talk(port: int = 443) -> Tcp:
    return tcp(CLIENT, SERVER, port)


def test_through_a_proxy() -> None:
    talk = _talk(3128).syn().send(messages.connect("chatgpt.com:443")).receive(messages.ESTABLISHED)
    found = read(talk.send(HELLO, mss=100).receive(tls.application(9000)).frames)
    assert found.names == [("http_host", "chatgpt.com")]
    tunnel, hello = found.records
    assert hello.kind == "tls_sni" and not hello.counted and tunnel.url is None and tunnel.method == "CONNECT"
    assert tunnel.bytes_up and hello.bytes_up is None


def test_through_a_proxy_to_an_address_the_hello_tells_the_name() -> None:
    talk = _talk(3128).syn().send(messages.connect("198.51.100.77:443")).receive(messages.ESTABLISHED).send(HELLO)
    assert read(talk.frames).hosts == ["198.51.100.77", "chatgpt.com"]


def test_a_refused_tunnel_is_no_use() -> None:
    for status, blocked in (("403 Forbidden", True), ("502 Bad Gateway", True), ("200 OK", None)):
        talk = _talk(3128).syn().send(messages.connect("chatgpt.com:443")).receive(messages.response(status=status))
        (record,) = read(talk.frames).records
        assert (record.blocked, record.counted) == (blocked, True)


def test_a_proxy_that_asks_who_it_is_first() -> None:
    ask = messages.response(b"who?", status="407 Proxy Authentication Required")
    talk = _talk(3128).syn().send(messages.connect("chatgpt.com:443")).receive(ask)
    found = read(talk.send(messages.connect("chatgpt.com:443")).receive(messages.ESTABLISHED).send(HELLO).frames)
    assert [record.counted for record in found.records] == [False, True, False]
    assert found.records[1].bytes_up and not found.records[0].bytes_up


@pytest.mark.parametrize("address", ["198.51.100.77", "2001:db8::77"])
def test_a_tunnel_to_an_address_has_the_name_that_is_told_within(address: str) -> None:
    where = f"[{address}]:443" if ":" in address else f"{address}:443"
    through = _talk(3128).syn().send(messages.connect(where)).receive(messages.ESTABLISHED).send(HELLO)
    five = _talk(1080).syn().send(messages.SOCKS5_GREETING).receive(messages.SOCKS5_CHOICE)
    five.send(messages.socks5(address, 443)).receive(messages.SOCKS5_GRANTED).send(HELLO)
    for talk in (through, five):
        first, hello = read(talk.receive(bytes(3000)).frames).records
        assert (first.host, first.bytes_up) == (address, None)
        assert hello.host == "chatgpt.com" and hello.bytes_up is not None and hello.bytes_up > len(HELLO)


def test_a_tunnel_to_a_name_in_which_another_is_told_is_of_neither() -> None:
    talk = _talk(3128).syn().send(messages.connect("front.example:443")).receive(messages.ESTABLISHED).send(HELLO)
    assert [one.bytes_up for one in read(talk.frames).records] == [None, None]


@pytest.mark.parametrize("header", [messages.proxy_v1, messages.proxy_v2])
@pytest.mark.parametrize("client", ["192.0.2.99", "2001:db8::99"])
@pytest.mark.parametrize("mss", [1, 19, 1460])
def test_a_relay_says_before_dns_messages_whose_they_are(header: Callable[..., bytes], client: str, mss: int) -> None:
    to = "2001:db8::53" if ":" in client else RESOLVER
    asked = messages.dns_over_tcp(messages.dns_query("chatgpt.com"), messages.dns_query("claude.ai"))
    found = read(tcp(CLIENT, RESOLVER, 53).syn().send(header(client, to, 5555, 53) + asked, mss=mss).frames)
    assert [(one.client_ip, one.host) for one in found.records] == [(client, "chatgpt.com"), (client, "claude.ai")]
    assert found.notes["proxy_header"] == 1


def test_through_socks() -> None:
    five = _talk(1080).syn().send(messages.SOCKS5_GREETING).receive(messages.SOCKS5_CHOICE)
    five.send(messages.socks5("claude.ai", 443)).receive(messages.SOCKS5_GRANTED).send(HELLO, mss=80)
    assert read(five.frames).names == [("socks_host", "claude.ai"), *SNI]
    four = _talk(1080).syn().send(messages.socks4a("claude.ai", 443, "me")).receive(b"\0Z" + bytes(6)).send(HELLO)
    assert read(four.frames).names == [("socks_host", "claude.ai"), *SNI]


@pytest.mark.parametrize("methods", [b"\x05\x01\x00", b"\x05\x02\x00\x02"])
def test_through_socks_without_the_opening(methods: bytes) -> None:
    five = _talk(1080).send(methods).receive(messages.SOCKS5_CHOICE)
    five.send(messages.socks5("claude.ai", 443)).receive(messages.SOCKS5_GRANTED).send(HELLO, mss=80)
    assert read(five.frames).names == [("socks_host", "claude.ai"), *SNI]
    four = _talk(1080).send(messages.socks4a("claude.ai", 443, "me")).receive(b"\0Z" + bytes(6)).send(HELLO)
    assert read(four.frames).names == [("socks_host", "claude.ai"), *SNI]


def test_what_is_more_or_less_than_a_message_of_socks_begins_nothing_without_the_opening() -> None:
    asked = messages.socks5("claude.ai", 443)
    for first in (b"\x05\x01\x00x", b"\x05\x00", asked, messages.socks4a("claude.ai", 443) + b"x", b"\x05\x01\x20"):
        found = read(_talk(1080).send(first).send(asked).send(HELLO).frames)
        assert found.names == SNI, first


@pytest.mark.parametrize("header", [messages.proxy_v1, messages.proxy_v2])
def test_behind_a_relay_the_client_is_who_it_says(header: object) -> None:
    first = header("192.0.2.200", SERVER, 5555, 443)  # type: ignore[operator]
    for data in ([first, HELLO], [first + HELLO], [first[:5], first[5:] + HELLO]):
        talk = _talk().syn()
        for part in data:
            talk.send(part)
        found = read(talk.frames)
        assert found.names == SNI and found.records[0].client_ip == "192.0.2.200"
        assert found.notes["proxy_header"] == 1


def test_a_second_relay_header_says_nothing() -> None:
    first, second = (messages.proxy_v1(address, SERVER, 5555, 443) for address in ("192.0.2.200", "192.0.2.201"))
    found = read(_talk().syn().send(first + second + HELLO).frames)
    assert {record.client_ip for record in found.records} <= {"192.0.2.200"}


def test_a_request() -> None:
    head = messages.request("ChatGPT.com:8080", "/c/1?q=secret#f", headers={"User-Agent": "curl/8\x1b[2J"})
    found = read(_talk(8080).syn().send(head, mss=10).receive(messages.response(b"x" * 3000)).frames)
    (record,) = found.records
    assert (record.kind, record.host, record.method) == ("http_host", "chatgpt.com", "GET")
    assert record.url == "http://chatgpt.com:8080/c/1" and record.user_agent == "curl/8%1B[2J"
    assert "secret" not in repr(found)


def test_an_absolute_target_counts_and_not_the_header_beside_it() -> None:
    head = messages.request("proxy.example", "http://user:pw@chatgpt.com/x?secret")
    (record,) = read(_talk(3128).syn().send(head).frames).records
    assert (record.host, record.url) == ("chatgpt.com", "http://chatgpt.com/x")


def test_a_request_that_names_several_hosts_is_shown_and_not_counted() -> None:
    head = b"GET / HTTP/1.1\r\nHost: chatgpt.com\r\nHost: shop.example\r\n\r\n"
    (record,) = read(_talk(80).syn().send(head).frames).records
    assert record.host == "chatgpt.com" and record.uncounted_because == "the request names several hosts"


def test_several_requests_to_one_host_share_its_bytes() -> None:
    talk = _talk(80).syn()
    for _ in range(3):
        talk.send(GET).receive(messages.response(b"x" * 2000))
    found = read(talk.frames)
    assert found.hosts == ["chatgpt.com"] * 3
    assert [record.bytes_up is not None for record in found.records] == [True, False, False]


def test_requests_to_several_hosts_over_one_connection_have_no_bytes() -> None:
    talk = _talk(3128).syn()
    for host in ("chatgpt.com", "claude.ai"):
        talk.send(messages.request(host)).receive(messages.response())
    found = read(talk.frames)
    assert found.hosts == ["chatgpt.com", "claude.ai"]
    assert {record.bytes_up for record in found.records} == {None}


def test_http_2_with_prior_knowledge() -> None:
    from hpack import Encoder

    block = Encoder().encode(
        [(":method", "POST"), (":path", "/v1?k=secret"), (":authority", "api.openai.com"), (":scheme", "http")]
    )
    frames = bytes.fromhex("000000040000000000") + len(block).to_bytes(3, "big") + b"\1\4\0\0\0\1" + block
    for mss in (1460, 11):
        found = read(_talk(8080).syn().send(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + frames, mss=mss).frames)
        assert found.hosts == ["api.openai.com"] and found.notes["http2"] == 1
        assert "secret" not in repr(found)
    unread = read(_talk(8080).syn().send(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + frames[:-1] + b"\xff").fin().frames)
    assert unread.hosts == [] and unread.notes["http2"] == 1


def test_a_request_without_host_is_to_the_server() -> None:
    (record,) = read(_talk(80).syn().send(messages.request(None, "/x")).frames).records
    assert (record.host, record.url) == (SERVER, f"http://{SERVER}/x")


def test_a_head_that_never_ends_tells_its_host() -> None:
    cut = messages.request("chatgpt.com", headers={"Cookie": "x" * 500})[:120]
    assert read(_talk(80).syn().send(cut).fin().frames).hosts == ["chatgpt.com"]
    long = messages.request("chatgpt.com", headers={"Cookie": "x" * 60_000})
    assert read(_talk(80).syn().send(long).frames).hosts == ["chatgpt.com"]


def test_a_hello_from_the_server_names_the_server() -> None:
    found = read(_talk().syn().receive(HELLO).frames)
    assert [record.client_ip for record in found.records] == [SERVER]


def test_another_request_s_body_beginning_with_a_number_is_no_socks() -> None:
    assert read(_talk().syn().send(b"\x05\x00\x00").frames).names == []


def test_a_certificate_names_a_server_that_the_hello_did_not() -> None:
    talk = _talk().syn().send(tls.hello(None)).receive(tls.server_flight("chatgpt.com", "*.chatgpt.com"))
    (record,) = read(talk.receive(tls.application(500)).frames).records
    assert (record.kind, record.host, record.inferred, record.client_ip) == (
        "tls_certificate",
        "chatgpt.com",
        True,
        CLIENT,
    )
    assert record.bytes_down


def test_a_certificate_of_several_owners_names_nobody() -> None:
    found = read(_talk().syn().send(tls.hello(None)).receive(tls.server_flight("chatgpt.com", "shop.example")).frames)
    assert found.names == [] and found.notes["certificate_of_many"] == 1


def test_a_certificate_beside_a_name_says_nothing() -> None:
    assert read(_talk().syn().send(HELLO).receive(tls.server_flight("claude.ai")).frames).names == SNI


def test_a_certificate_in_many_segments_without_the_client() -> None:
    talk = _talk().syn().receive(tls.server_flight("chatgpt.com", record=100), mss=90)
    down = [frame for frame in talk.frames if frame[1][26:30] == packets.packed(SERVER)]
    (record,) = read(down).records
    assert (record.host, record.client_ip, record.inferred) == ("chatgpt.com", CLIENT, True)


@pytest.mark.parametrize("mss", [1460, 1, 7])
def test_questions_over_tcp(mss: int) -> None:
    framed = messages.dns_over_tcp(messages.dns_query("chatgpt.com"), messages.dns_query("claude.ai"))
    orders: tuple[Literal["reversed"] | None, ...] = (None, "reversed")
    for order in orders:
        talk = tcp(CLIENT, RESOLVER, 53).syn().send(framed, mss=mss, order=order)
        assert read(talk.frames).names == [("dns_query", "chatgpt.com"), ("dns_query", "claude.ai")]


def test_a_self_hosted_model_is_known_by_its_protocol_though_the_body_comes_later() -> None:
    head = messages.request("10.1.2.3:8000", "/v1/chat/completions", method="POST", body=CHAT)
    for mss in (1460, len(head) - len(CHAT), 20):
        (record,) = read(_talk(8000).syn().send(head, mss=mss).frames).records
        assert (record.proof, record.host) == ("unknown-llm-server", "10.1.2.3") and "server" in record.facts


def test_an_answer_proves_what_its_request_left_open() -> None:
    for wanted in (None, lambda host, url: False):
        talk = (
            _talk(11434)
            .syn()
            .send(messages.request("10.1.2.3:11434", "/"))
            .receive(messages.response(b"Ollama is running"))
        )
        (record,) = read(talk.frames, wanted=wanted).records
        assert record.proof == "ollama"


@pytest.mark.parametrize("wanted", [None, lambda host, url: False])
def test_where_nothing_is_there_a_request_proves_no_server(wanted: Wanted | None) -> None:
    """Somebody who looks for models asks every host so. An answer before that, and one to another request, stand."""
    ask = messages.request("10.1.2.3:8000", "/v1/chat/completions", method="POST", body=CHAT)
    missing = messages.response(b'{"detail":"Not Found"}', status="404 Not Found")
    missing = missing.replace(b"\r\n", b"\r\nContent-Type: application/json\r\n", 1)
    unknown = messages.response(b"The model does not exist", status="404 Not Found")
    done = messages.response(b"ok")
    for answers, proof in (
        ([missing], None),
        ([missing[:-9], missing[-9:]], None),
        ([unknown], "unknown-llm-server"),
        ([done, missing], "unknown-llm-server"),
    ):
        talk = _talk(8000).syn().send(ask)
        for answer in answers:
            talk.receive(answer)
        records = read(talk.frames, wanted=wanted).records
        assert [one.proof for one in records] == [proof] * (proof is not None or wanted is None)
    talk = _talk(8000).syn().send(ask).receive(done).send(ask).receive(missing)
    assert [one.proof for one in read(talk.frames).records] == ["unknown-llm-server", None]


def test_an_answer_in_several_segments() -> None:
    body = b'{"object":"list","data":[{"id":"m","object":"model","owned_by":"vllm"}]}'
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body)
    talk = _talk(8000).syn().send(messages.request("10.1.2.3:8000", "/v1/models")).receive(head).receive(body, mss=30)
    assert read(talk.frames).records[0].proof == "vllm"


def test_a_body_that_was_not_captured_still_leaves_the_request() -> None:
    head = messages.request("chatgpt.com", method="POST", headers={"Content-Length": "900"})
    assert read(_talk(80).syn().send(head).fin().frames).hosts == ["chatgpt.com"]


@pytest.mark.parametrize("place", ["header", "query", "path", "agent"])
def test_a_key_in_clear_is_told_and_nowhere_shown(place: str) -> None:
    target = {"query": f"/v1?key={KEY}", "path": f"/{KEY}/x"}.get(place, "/v1")
    headers = {"header": {"Authorization": f"Bearer {KEY}"}, "agent": {"User-Agent": f"tool {KEY}"}}.get(place, {})
    head = messages.request("gateway.example", target, headers={**headers, "Cookie": "visit=gone-by-now"})
    found = read(_talk(8000).syn().send(head).send(head).frames)
    assert found.notes["clear_key"] == 2 and "groq (gsk_...MnOp, hash " in found.texts
    assert all({"key", "clear_key"} <= record.facts for record in found.records)
    assert KEY not in repr(found) and KEY[4:-4] not in repr(found) and "gone-by-now" not in repr(found)


def test_more_names_than_are_told_apart_are_counted() -> None:
    talk = _talk(3128).syn()
    for number in range(10):
        talk.send(messages.request(f"n{number}.example")).receive(messages.response())
    found = read(talk.frames, limits=Limits(names_per_flow=4))
    assert len(found.hosts) == 4 and found.notes["names_limit"] == 6


def test_more_requests_than_are_remembered_at_once_are_counted_alike_in_a_scan() -> None:
    talks = [
        tcp(CLIENT, SERVER, 80, client_port=port).syn().send(GET).receive(messages.response()) for port in range(9)
    ]
    for wanted in (None, lambda host, url: False):
        assert read(merged(*talks), limits=Limits(requests=4), wanted=wanted).notes["names_limit"] == 5


@pytest.mark.parametrize("mss", [1460, 100])
@pytest.mark.parametrize("beginning", [True, False])
def test_a_hello_within_packets_of_sql_server(mss: int, beginning: bool) -> None:
    hello = tls.hello("db.example.com", size=1_500)
    prelogin = b"\x12\1\0\x2f\0\0\1\0" + bytes(39)
    wrapped = b"\x12\1" + (8 + len(hello)).to_bytes(2, "big") + bytes(4) + hello
    talk = (_talk(1433).syn() if beginning else _talk(1433)).send(prelogin).receive(b"\4\1\0\x2b" + bytes(39))
    assert read(talk.send(wrapped, mss=mss).frames).names == [("tls_sni", "db.example.com")]
    assert read(_talk(1433).syn().send(prelogin + prelogin).frames).names == []


def test_an_address_that_stood_for_a_host_leaves_the_bytes_to_it() -> None:
    bare = b"GET / HTTP/1.0\r\n\r\n"
    talk = _talk(80).syn().send(bare).receive(messages.response(b"ok")).send(SECOND).send(bare)
    records = read(talk.frames).records
    assert [one.host for one in records] == [SERVER, "chatgpt.com", "chatgpt.com"]
    assert [bool(one.bytes_up) for one in records] == [False, True, False]
    wanted = read(talk.frames, wanted=lambda host, url: host == SERVER).records
    assert [(one.host, one.bytes_up) for one in wanted] == [(SERVER, None)]
    other = _talk(80).syn().send(bare).send(SECOND).send(messages.request("claude.ai"))
    assert {one.bytes_up for one in read(other.frames).records} == {None}


def test_a_head_that_was_cut_before_its_host_names_no_host() -> None:
    long = b"GET /a HTTP/1.1\r\nCookie: " + b"c" * 300 + b"\r\nHost: chatgpt.com\r\n\r\n"
    frames = _talk(80).syn().send(long).frames
    assert read(frames).hosts == ["chatgpt.com"]
    assert read(frames, snaplen=150).names == []
    spoken = _talk(11434).syn().send(messages.request("x", "/api/generate").replace(b"Host:", b"Cook:")).frames
    assert read(spoken, snaplen=110).hosts == [SERVER]


def _streamed(method: str, kind: str) -> frozenset[str]:
    answer = f"HTTP/1.1 200 OK\r\nContent-Type: {kind}\r\n\r\ndata: x\r\n\r\n".encode()
    talk = _talk(80).syn().send(messages.request("llm.acme.example", "/ask", method=method)).receive(answer)
    (record,) = read(talk.fin().frames).records
    return record.facts


def test_a_stream_of_events_says_something_where_it_answers_a_post() -> None:
    assert "event_stream" in _streamed("POST", "text/event-stream; charset=utf-8")
    assert "event_stream" not in _streamed("GET", "text/event-stream")
    assert "event_stream" not in _streamed("POST", "text/plain")


@pytest.mark.parametrize(
    ("header", "facts"),
    [
        ("ChatGPT-Allowed-Workspace-Id", {"account:enforced"}),
        ("anthropic-allowed-org-ids", {"account:enforced"}),
        ("OpenAI-Organization", {"ai_header"}),
        ("X-Stainless-Lang", set()),
        ("X-ChatGPT-Allowed-Workspace-Id", set()),
    ],
)
def test_headers_that_tell_of_the_use(header: str, facts: set[str]) -> None:
    found = read(_talk(80).syn().send(messages.request("chatgpt.com", "/c/1", headers={header: "x"})).fin().frames)
    assert found.records[0].facts == facts


@pytest.mark.parametrize("runs", [0, 1, 2])
def test_of_requests_in_one_segment_the_last_answer_is_to_the_last(runs: int) -> None:
    """What a server answers to the first says nothing of the host that the last was meant for."""
    hosts = ["one.example", "two.example", "three.example"]
    asked = b"".join(messages.request(host, f"http://{host}/") for host in hosts)
    ollama, other = messages.response(b"Ollama is running"), messages.response(b"hello")
    talk = _talk(3128).syn().send(asked)
    for number in range(3):
        talk.receive(ollama if number == runs else other)
    talk.send(messages.request("four.example", "http://four.example/")).receive(ollama)
    found = {one.host: one.proof for one in read(talk.frames).records}
    assert found == {**dict.fromkeys(hosts), "four.example": "ollama"} | (
        {"three.example": "ollama"} if runs == 2 else {}
    )
