"""Names on TCP connections: found however they are sent, and only where they can be meant."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Literal

import pytest

from shadowai.sources.capture.limits import Limits
from tests.captures import messages, packets, tls
from tests.captures.conversations import START, Tcp, Timed, merged, tcp, udp
from tests.captures.packets import ACK, PSH, SYN, ethernet, tcp_segment
from tests.sources.capture.reading import CLIENT, OTHER, RESOLVER, SERVER, read

HELLO = tls.hello("chatgpt.com")
SNI = [("tls_sni", "chatgpt.com")]
GET = messages.request("chatgpt.com", "/c/1?q=secret")


def _talk(port: int = 443, **more: int) -> Tcp:
    return tcp(CLIENT, SERVER, port, **more)  # type: ignore[arg-type]


# --- hellos however they are sent ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("port", [443, 25, 1, 65535])
def test_a_hello_on_any_port(port: int) -> None:
    found = read(_talk(port).syn().send(HELLO).receive(tls.application(5000)).fin().frames)
    assert found.names == SNI
    (record,) = found.records
    assert (record.client_ip, record.server_ip, record.server_port, record.unit) == (CLIENT, SERVER, port, "frame")
    assert record.line == 4 and record.time == START + 3000


@pytest.mark.parametrize("mss", [1, 2, 5, 6, 7, 100, 1460])
@pytest.mark.parametrize("record", [16_384, 60, 1])
def test_a_hello_in_segments_and_records_of_any_size(mss: int, record: int) -> None:
    hello = tls.hello("chatgpt.com", record=record)
    assert read(_talk().syn().send(hello, mss=mss).frames).names == SNI


@pytest.mark.parametrize("beginning", [True, False])
@pytest.mark.parametrize("order", ["reversed", [1, 0, 2, 3], [3, 2, 0, 1], [0, 3, 1, 2]])
def test_a_hello_out_of_order(beginning: bool, order: object) -> None:
    talk = _talk().syn() if beginning else _talk()
    size = -(-len(HELLO) // 4)
    assert read(talk.send(HELLO, mss=size, order=order).frames).names == SNI  # type: ignore[arg-type]


def test_a_hello_sent_again_with_other_boundaries_and_overlaps() -> None:
    for overlap in (1, 17, 99):
        assert read(_talk().syn().send(HELLO, mss=100, overlap=overlap, retransmit=True).frames).names == SNI
    twice = _talk().syn().send(HELLO[:200], mss=90)
    twice._sent -= 200
    found = read(twice.send(HELLO, mss=130).frames)
    assert found.names == SNI and "overlaps" not in found.notes


def _segments(*pieces: tuple[int, bytes], first: int = 1001) -> list[Timed]:
    up = (CLIENT, 40_000, SERVER, 443)
    raw = [
        tcp_segment(up, first - 1, 0, SYN),
        *(tcp_segment(up, first + at, 1, ACK | PSH, data) for at, data in pieces),
    ]
    return [(START + number, ethernet(packet)) for number, packet in enumerate(raw)]


def test_of_overlapping_bytes_the_first_count_and_the_difference_is_said() -> None:
    other = HELLO.replace(b"chatgpt.com", b"example.com")
    found = read(_segments((0, HELLO[:150]), (20, other[20:180]), (180, HELLO[180:])))
    assert found.names == SNI and found.notes["overlaps"] == 1


@pytest.mark.parametrize("sequence", [0xFFFFFFFF, 0xFFFFFFF0, 0xFFFFFF00, 0])
def test_sequence_numbers_that_begin_anew(sequence: int) -> None:
    assert read(_talk(sequence=sequence).syn().send(HELLO, mss=50, order="reversed").frames).names == SNI


def test_data_on_the_opening_packet() -> None:
    up = (CLIENT, 40_000, SERVER, 443)
    opening = ethernet(tcp_segment(up, 1000, 0, SYN, HELLO[:60]))
    rest = ethernet(tcp_segment(up, 1061, 1, ACK, HELLO[60:]))
    assert read([(START, opening), (START + 1, rest)]).names == SNI


def test_a_tiny_first_segment_without_the_opening() -> None:
    assert read(_talk().send(HELLO[:1]).send(HELLO[1:]).frames).names == SNI
    assert read(_talk().send(HELLO[:3]).send(HELLO[3:20]).send(HELLO[20:]).frames).names == SNI


def test_a_large_hello() -> None:
    assert read(_talk().syn().send(tls.hello("chatgpt.com", size=9000), order="reversed").frames).names == SNI


def test_any_shuffle_of_any_cut_gives_the_name() -> None:
    rng = random.Random(1)
    for _ in range(60):
        mss = rng.randrange(20, 400)
        order = list(range(-(-len(HELLO) // mss)))
        rng.shuffle(order)
        talk = _talk(sequence=rng.choice((1, 0xFFFFFFB0, 77))).syn()
        found = read(
            talk.send(HELLO, mss=mss, order=order, overlap=rng.randrange(mss), retransmit=rng.random() < 0.5).frames
        )
        assert found.names == SNI, (mss, order)


# --- a tunnel, another protocol, a relay before it -----------------------------------------------------------------------


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


@pytest.mark.parametrize(
    ("port", "before"),
    [
        (
            25,
            [
                (b"", b"220 mail.example ESMTP\r\n"),
                (b"EHLO pc\r\n", b"250 STARTTLS\r\n"),
                (b"STARTTLS\r\n", b"220 go\r\n"),
            ],
        ),
        (389, [(b"\x30\x1d\x02\x01\x01\x77\x18\x80\x161.3.6.1.4.1.1466.20037", b"\x30\x0c\x02\x01\x01\x78\x07")]),
        (5432, [(b"\0\0\0\x08\x04\xd2\x16\x2f", b"S")]),
        (3389, [(b"\x03\0\0\x13\x0e\xe0\0\0\0\0\0\x01\0\x08\0\x0b\0\0\0", b"\x03\0\0\x13" + bytes(15))]),
    ],
)
def test_behind_a_protocol_that_asks_for_tls(port: int, before: list[tuple[bytes, bytes]]) -> None:
    for opening in (True, False):
        talk = _talk(port).syn() if opening else _talk(port)
        for said, answered in before:
            talk = (talk.send(said) if said else talk).receive(answered)
        assert read(talk.send(HELLO).frames).names == SNI


def test_a_hello_behind_segments_that_were_not_captured() -> None:
    talk = _talk(25).syn()
    talk._sent += 40
    assert read(talk.send(HELLO).frames).names == SNI
    waiting = _talk(25).syn()
    waiting._sent += 40
    assert read(waiting.send(b"MAIL FROM:<jdoe@example.com>\r\n").send(HELLO, mss=200).frames).names == SNI


# --- requests ------------------------------------------------------------------------------------------------------------


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


def test_requests_in_one_segment_and_behind_a_body() -> None:
    post = messages.request("claude.ai", method="POST", body=b"x" * 300)
    assert read(_talk(3128).syn().send(GET + post + GET).frames).hosts == ["chatgpt.com", "claude.ai", "chatgpt.com"]
    assert read(_talk(3128).syn().send(post, mss=100).send(GET, mss=9).frames).hosts == ["claude.ai", "chatgpt.com"]


def test_any_number_of_requests_one_behind_the_other() -> None:
    hosts = [f"n{number}.example" for number in range(2000)]
    talk = _talk(3128).syn().send(b"".join(map(messages.request, hosts)), mss=1000)
    found = read(talk.frames, limits=Limits(names_per_flow=5000))
    assert found.hosts == hosts and "stream_limit" not in found.notes


def test_a_request_that_is_sent_again_is_one() -> None:
    assert read(_talk(80).syn().send(GET, retransmit=True).frames).hosts == ["chatgpt.com"]


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


def test_a_request_without_host_is_to_the_server() -> None:
    (record,) = read(_talk(80).syn().send(messages.request(None, "/x")).frames).records
    assert (record.host, record.url) == (SERVER, f"http://{SERVER}/x")


def test_a_head_that_never_ends_tells_its_host() -> None:
    cut = messages.request("chatgpt.com", headers={"Cookie": "x" * 500})[:120]
    assert read(_talk(80).syn().send(cut).fin().frames).hosts == ["chatgpt.com"]
    long = messages.request("chatgpt.com", headers={"Cookie": "x" * 60_000})
    assert read(_talk(80).syn().send(long).frames).hosts == ["chatgpt.com"]


# --- wrong accusations ---------------------------------------------------------------------------------------------------


def _upload(size: int, within: bytes, **headers: str) -> list[Timed]:
    body = b"x" * size + within + b"y" * 1000
    head = messages.request("files.example", method="POST", headers={"Content-Type": "text/plain", **headers})
    length = b"" if "Transfer-Encoding" in headers else b"Content-Length: %d\r\n" % len(body)
    head = head[:-2] + length + b"\r\n"
    talk = _talk(80).syn().send(head)
    return talk.send(body[:size]).send(body[size : size + len(within)]).send(body[size + len(within) :]).frames


@pytest.mark.parametrize("size", [1, 100, 5000])
@pytest.mark.parametrize("within", [GET, HELLO], ids=["request", "hello"])
def test_what_is_uploaded_is_no_request(size: int, within: bytes) -> None:
    assert read(_upload(size, within)).hosts == ["files.example"]


def test_in_an_upload_of_unknown_length_only_the_same_host_is_believed() -> None:
    found = read(_upload(5000, GET, **{"Transfer-Encoding": "chunked"}))
    assert found.hosts == ["files.example"] and found.notes["misplaced"] == 1
    same = read(_upload(5000, messages.request("files.example"), **{"Transfer-Encoding": "chunked"}))
    assert same.hosts == ["files.example", "files.example"]


def test_a_request_within_another_protocol_is_none() -> None:
    found = read(_talk(21).syn().send(b"STOR capture\r\n").send(GET).frames)
    assert found.names == [] and found.notes["misplaced"] == 1


def test_a_hello_deep_within_another_protocol_is_none() -> None:
    talk = _talk(445).syn()
    for _ in range(60):
        talk.send(b"x" * 1460)
    found = read(talk.send(HELLO).frames)
    assert found.names == [] and found.notes["misplaced"] == 1
    without = _talk(445)
    for _ in range(60):
        without.send(b"x" * 1460)
    assert read(without.send(HELLO).frames).names == []


@pytest.mark.parametrize("back", [GET, HELLO], ids=["request", "hello"])
def test_what_the_server_sends_is_no_use(back: bytes) -> None:
    found = read(
        _talk(80)
        .syn()
        .send(messages.request("blog.example"))
        .receive(messages.response(b"x" * 100))
        .receive(back)
        .frames
    )
    assert found.hosts == ["blog.example"] and found.notes["misplaced"] == 1
    assert {record.client_ip for record in found.records} == {CLIENT}


def test_a_hello_from_the_server_names_the_server() -> None:
    found = read(_talk().syn().receive(HELLO).frames)
    assert [record.client_ip for record in found.records] == [SERVER]


def test_another_request_s_body_beginning_with_a_number_is_no_socks() -> None:
    assert read(_talk().syn().send(b"\x05\x00\x00").frames).names == []


# --- certificates --------------------------------------------------------------------------------------------------------


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


# --- DNS over TCP --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("mss", [1460, 1, 7])
def test_questions_over_tcp(mss: int) -> None:
    framed = messages.dns_over_tcp(messages.dns_query("chatgpt.com"), messages.dns_query("claude.ai"))
    orders: tuple[Literal["reversed"] | None, ...] = (None, "reversed")
    for order in orders:
        talk = tcp(CLIENT, RESOLVER, 53).syn().send(framed, mss=mss, order=order)
        assert read(talk.frames).names == [("dns_query", "chatgpt.com"), ("dns_query", "claude.ai")]


def test_a_long_conversation_over_tcp_goes_on_behind_a_loss() -> None:
    one = messages.dns_over_tcp(messages.dns_query("chatgpt.com"))
    talk = tcp(CLIENT, RESOLVER, 53).syn().send(one)
    talk._sent += 33
    for _ in range(40):
        talk.send(one)
    found = read(talk.frames, limits=Limits(stream_bytes=300))
    assert len(found.names) > 20


# --- servers and keys ----------------------------------------------------------------------------------------------------

CHAT = b'{"model": "m", "messages": [{"role": "user", "content": "hi"}]}'


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


def test_an_answer_in_several_segments() -> None:
    body = b'{"object":"list","data":[{"id":"m","object":"model","owned_by":"vllm"}]}'
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n" % len(body)
    talk = _talk(8000).syn().send(messages.request("10.1.2.3:8000", "/v1/models")).receive(head).receive(body, mss=30)
    assert read(talk.frames).records[0].proof == "vllm"


def test_a_body_that_was_not_captured_still_leaves_the_request() -> None:
    head = messages.request("chatgpt.com", method="POST", headers={"Content-Length": "900"})
    assert read(_talk(80).syn().send(head).fin().frames).hosts == ["chatgpt.com"]


KEY = "gsk_" + "AbCdEfGhIjKlMnOpQrStUvWxYz0123456789AbCdEfGhIjKlMnOp"


@pytest.mark.parametrize("place", ["header", "query", "path", "agent"])
def test_a_key_in_clear_is_told_and_nowhere_shown(place: str) -> None:
    target = {"query": f"/v1?key={KEY}", "path": f"/{KEY}/x"}.get(place, "/v1")
    headers = {"header": {"Authorization": f"Bearer {KEY}"}, "agent": {"User-Agent": f"tool {KEY}"}}.get(place, {})
    head = messages.request("gateway.example", target, headers={**headers, "Cookie": "visit=gone-by-now"})
    found = read(_talk(8000).syn().send(head).send(head).frames)
    assert found.notes["clear_key"] == 2 and "groq (gsk_...MnOp, hash " in found.texts
    assert all({"key", "clear_key"} <= record.facts for record in found.records)
    assert KEY not in repr(found) and KEY[4:-4] not in repr(found) and "gone-by-now" not in repr(found)


# --- limits --------------------------------------------------------------------------------------------------------------


def test_too_many_beginnings_at_once_are_counted() -> None:
    talks = [tcp(CLIENT, SERVER, 443, client_port=port).syn().send(HELLO[:150]) for port in range(1000, 1020)]
    found = read(merged(*talks), limits=Limits(streams=4))
    assert found.notes["streams_limit"] == 16


def test_too_long_a_beginning_is_counted_and_its_name_kept() -> None:
    hello = tls.hello("chatgpt.com", size=20_000)
    found = read(_talk().syn().send(hello).frames, limits=Limits(stream_bytes=4000))
    assert found.names == SNI and found.notes["stream_limit"] == 1
    assert read(_talk().syn().send(hello, mss=20).frames, limits=Limits(stream_pieces=30)).notes["stream_limit"] == 1


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


def test_a_lossy_connection_without_names_is_no_long_beginning() -> None:
    talk = _talk(22).syn()
    for _ in range(50):
        talk._sent += 100
        talk.send(b"x" * 1400)
    assert "stream_limit" not in read(talk.frames).notes


def test_a_client_is_who_connected_and_not_the_lower_port() -> None:
    talk = tcp(CLIENT, SERVER, 50_000, client_port=443).syn().send(HELLO)
    (record,) = read(talk.frames).records
    assert (record.client_ip, record.server_port) == (CLIENT, 50_000)
    late = read(talk.receive(b"x" * 10).frames[4:] + talk.frames[3:4])
    assert [record.client_ip for record in late.records if record.host] == [CLIENT]


def test_two_clients_stay_apart() -> None:
    one, two = (tcp(client, SERVER, 443).syn().send(HELLO, mss=60) for client in (CLIENT, OTHER))
    assert sorted(str(record.client_ip) for record in read(merged(one, two)).records) == [CLIENT, OTHER]


def test_mail_and_dns_in_one_capture() -> None:
    question = udp(CLIENT, RESOLVER, 53).send(messages.dns_query("claude.ai"))
    assert sorted(read(merged(_talk().syn().send(HELLO), question)).hosts) == ["chatgpt.com", "claude.ai"]  # type: ignore[type-var]


@pytest.mark.parametrize("mss", [1460, 100])
@pytest.mark.parametrize("beginning", [True, False])
def test_a_hello_within_packets_of_sql_server(mss: int, beginning: bool) -> None:
    hello = tls.hello("db.example.com", size=1_500)
    prelogin = b"\x12\1\0\x2f\0\0\1\0" + bytes(39)
    wrapped = b"\x12\1" + (8 + len(hello)).to_bytes(2, "big") + bytes(4) + hello
    talk = (_talk(1433).syn() if beginning else _talk(1433)).send(prelogin).receive(b"\4\1\0\x2b" + bytes(39))
    assert read(talk.send(wrapped, mss=mss).frames).names == [("tls_sni", "db.example.com")]
    assert read(_talk(1433).syn().send(prelogin + prelogin).frames).names == []


@pytest.mark.parametrize("ports", [(5353, 80), (40_000, 53)])
@pytest.mark.parametrize("mss", [1460, 9])
def test_requests_and_hellos_at_ports_of_dns(ports: tuple[int, int], mss: int) -> None:
    talk = tcp(CLIENT, SERVER, ports[1], client_port=ports[0]).syn()
    assert read(talk.send(GET, mss=mss).receive(messages.response(b"ok")).frames).hosts == ["chatgpt.com"]
    talk = tcp(CLIENT, SERVER, ports[1], client_port=ports[0]).syn()
    assert read(talk.send(HELLO, mss=mss).frames).names == SNI


def test_dns_messages_from_the_middle_of_a_connection() -> None:
    first = messages.dns_over_tcp(messages.dns_query("a.example"), messages.dns_query("claude.ai"))
    asked = messages.dns_over_tcp(messages.dns_query("chatgpt.com"))
    for end in range(1, len(first)):
        found = read(tcp(CLIENT, RESOLVER, 53).send(first[end:]).send(asked).send(asked[:1]).send(asked[1:]).frames)
        assert found.hosts[-2:] == ["chatgpt.com"] * 2, end
        assert set(found.hosts) <= {"claude.ai", "chatgpt.com"}, end
        assert ("claude.ai" in found.hosts) is (end == 29) or found.notes["dns_unreadable"], end
    assert read(tcp(CLIENT, RESOLVER, 53).send(HELLO).frames).names == SNI


def _post(host: str, body: bytes, header: str = "Content-Length: ", port: int = 80) -> bytes:
    value = "chunked" if header.startswith("Transfer") else str(len(body))
    return f"POST /x HTTP/1.1\r\nHost: {host}\r\n{header}{value}\r\n\r\n".encode() + body


CHUNKS = b"800\r\n" + b"x" * 2048 + b"\r\n0\r\n\r\n"
CHUNKED = _post("one.example", CHUNKS, "Transfer-Encoding: ")
SECOND = messages.request("chatgpt.com")


def test_behind_a_body_whose_end_is_not_known_the_answer_tells_that_a_request_may_begin() -> None:
    both = ["one.example", "chatgpt.com"]
    answered = _talk(80).syn().send(CHUNKED, mss=500).receive(messages.response(b"ok")).send(SECOND)
    assert read(answered.frames).hosts == both
    unanswered = read(_talk(80).syn().send(CHUNKED, mss=500, order=[0, 1, 2, 3]).send(SECOND).frames)
    assert unanswered.hosts == both[:1] and unanswered.notes["misplaced"] == 1
    lost = _talk(80).syn().send(CHUNKED, mss=500, order=[0, 1, 2, 3])
    assert read(lost.receive(messages.response(b"ok")).send(SECOND).frames).hosts == both
    early = messages.response(status="100 Continue")
    lost = _talk(80).syn().send(CHUNKED, mss=500, order=[0, 1, 2, 3])
    assert read(lost.receive(early).send(SECOND).frames).hosts == both[:1]


@pytest.mark.parametrize("mss", [3, 61, 500, 1460])
@pytest.mark.parametrize("beginning", [True, False])
def test_the_chunks_of_a_body_tell_where_it_ends(mss: int, beginning: bool) -> None:
    """Though nothing answered, and though the answer to the request before came meanwhile; what is within the chunks is no request."""
    upload = b"".join(b"%x;a=b\r\n%s\r\n" % (len(one), one) for one in (GET, HELLO, b"x" * 3000, GET * 9))
    head = messages.request("files.example", method="PUT", headers={"Transfer-Encoding": "chunked"})
    talk = _talk(80).syn() if beginning else _talk(80)
    talk.send(messages.request("one.example") + head, mss=mss if beginning else 1460).receive(messages.response(b"ok"))
    talk.send(upload[: len(upload) // 2], mss=mss).receive(messages.response(status="413 Content Too Large"))
    talk.send(upload[len(upload) // 2 :] + b"0\r\nTrailer: a\r\n\r\n" + messages.request("two.example"), mss=mss)
    found = read(talk.send(messages.request("three.example")).frames)
    assert found.hosts == ["one.example", "files.example", "two.example", "three.example"]
    assert "misplaced" not in found.notes


def test_a_request_within_a_chunk_at_the_beginning_of_a_segment() -> None:
    head = messages.request("files.example", method="PUT", headers={"Transfer-Encoding": "chunked"})
    pipelined = messages.request("one.example") + head + b"%x\r\n" % len(GET)
    talk = _talk(80).syn().send(pipelined).receive(messages.response(b"ok")).send(GET).send(b"\r\n0\r\n\r\n")
    assert read(talk.send(messages.request("two.example")).frames).hosts == [
        "one.example",
        "files.example",
        "two.example",
    ]


def test_what_should_be_a_chunk_and_is_none_leaves_the_end_unknown() -> None:
    head = messages.request("files.example", method="PUT", headers={"Transfer-Encoding": "chunked"})
    talk = _talk(80).syn().send(head + b"4\r\nab").send(b"cd\r\nno size\r\n").send(GET)
    assert read(talk.frames).hosts == ["files.example"]
    assert read(talk.receive(messages.response(b"ok")).send(SECOND).frames).hosts == ["files.example", "chatgpt.com"]


@pytest.mark.parametrize("header", ["Upgrade", "X-Other"])
def test_a_first_request_that_is_sent_again_is_one(header: str) -> None:
    for talk in (_talk(80).syn(), _talk(80)):
        talk.send(
            messages.request("one.example", headers={header: "websocket", "Connection": "Upgrade"}), retransmit=True
        )
        assert read(talk.frames).hosts == ["one.example"]


@pytest.mark.parametrize("beginning", [True, False])
def test_a_request_captured_behind_the_beginning_of_the_next(beginning: bool) -> None:
    first, second = messages.request("one.example"), messages.request("two.example", headers={"Cookie": "c" * 2000})
    talk = _talk(80).syn() if beginning else _talk(80)
    late, early = ethernet(tcp_segment((CLIENT, 40_000, SERVER, 80), 1_001, 5_000, ACK, first)), second[:1000]
    talk._sent += len(first)
    frames = [*talk.send(early).frames, (START + 10**6, late)]
    again = _talk(80, sequence=talk._sent).wait(2 * 10**6).send(second[1000:] + SECOND)
    assert sorted(map(str, read([*frames, *again.frames]).hosts)) == ["chatgpt.com", "one.example", "two.example"]


def test_a_request_that_is_sent_again_together_with_the_next() -> None:
    first = messages.request("one.example")
    talk = _talk(80).syn().send(first).receive(messages.response(b"ok"))
    talk._sent -= len(first)
    assert read(talk.send(first + SECOND).frames).hosts == ["one.example", "chatgpt.com"]


def test_requests_behind_a_body_of_which_a_part_was_not_captured() -> None:
    talk = _talk(80).syn().send(_post("one.example", b"x" * 3000), mss=1000, order=[0, 2, 3])
    talk.receive(messages.response(b"ok")).send(SECOND).send(messages.request("claude.ai"))
    assert read(talk.frames).hosts == ["one.example", "chatgpt.com", "claude.ai"]


def test_requests_behind_a_head_of_which_a_part_was_not_captured() -> None:
    """Behind a request that has no body the next may begin in any segment; behind one that may have one, where it was answered."""
    further = [SECOND, messages.request("claude.ai")]
    for method, answered, hosts in (
        ("GET", False, ["one.example", "chatgpt.com", "claude.ai"]),
        ("POST", False, ["one.example"]),
        ("POST", True, ["one.example", "chatgpt.com", "claude.ai"]),
    ):
        head = messages.request("one.example", method=method, headers={"Cookie": "c" * 3000})
        talk = _talk(80).syn().send(head, mss=1000, order=[0, 2, 3])
        if answered:
            talk.receive(messages.response(status="100 Continue")).receive(messages.response(b"ok"))
        for one in further:
            talk.send(one)
        assert read(talk.frames).hosts == hosts, (method, answered)


@pytest.mark.parametrize("order", [[1, 2, 3], []])
def test_requests_behind_a_first_one_that_was_not_captured_whole(order: list[int]) -> None:
    head = messages.request("one.example", headers={"Cookie": "c" * 3000})
    talk = _talk(80).syn().send(head, mss=1000, order=order).receive(messages.response(b"ok"))
    assert read(talk.send(SECOND).send(messages.request("claude.ai")).frames).hosts == ["chatgpt.com", "claude.ai"]


def test_of_two_requests_the_second_may_be_captured_first() -> None:
    first = messages.request("one.example")
    found = read(_talk(80).syn().send(first + messages.request("two.example"), mss=len(first), order=[1, 0]).frames)
    assert sorted(map(str, found.hosts)) == ["one.example", "two.example"]


@pytest.mark.parametrize("mss", [1460, 333])
def test_a_request_that_begins_in_the_segment_that_ends_the_body_before(mss: int) -> None:
    posts = b"".join(_post(f"{name}.example", b"x" * 5000) for name in "abc")
    talk = _talk(80).syn().send(posts + SECOND, mss=mss)
    assert read(talk.frames).hosts == ["a.example", "b.example", "c.example", "chatgpt.com"]


@pytest.mark.parametrize("lost", [0, 1, 2])
@pytest.mark.parametrize("within", [GET, HELLO], ids=["request", "hello"])
def test_what_is_uploaded_is_no_request_though_a_part_was_not_captured(lost: int, within: bytes) -> None:
    body = b"x" * 4380 + within.ljust(1460, b"z") + b"y" * 3000
    order = [place for place in range(-(-len(body) // 1460)) if place != lost]
    for head in (_post("files.example", b"", "Transfer-Encoding: "), _post("files.example", body)[: -len(body)]):
        assert read(_talk(80).syn().send(head).send(body, order=order).frames).hosts == ["files.example"]
    for far in (_talk(445).syn(), _talk(445)):
        far.send(b"q" * 100_000).send(body, order=order)
        found = read(far.frames)
        assert found.names == [] and found.notes["misplaced"] == 1
    if within == GET:
        assert read(_talk(21).syn().send(b"STOR capture\r\n").send(body, order=order).frames).names == []


def test_what_is_uploaded_in_chunks_is_no_hello() -> None:
    chunked = _post("files.example", b"1000\r\n" + b"x" * 1000, "Transfer-Encoding: ")
    assert read(_talk(80).syn().send(chunked).send(HELLO).frames).hosts == ["files.example"]
    upgrade = messages.request(
        "printer.example", method="OPTIONS", headers={"Upgrade": "TLS/1.2", "Connection": "Upgrade"}
    )
    talk = _talk(631).syn().send(upgrade).receive(messages.response(status="101 Switching Protocols"))
    assert read(talk.send(HELLO).frames).hosts == ["printer.example", "chatgpt.com"]


def test_an_answer_to_a_request_with_a_gap_says_nothing_of_the_one_before() -> None:
    tunnel = messages.connect("chatgpt.com:443")
    talk = _talk(3128).syn().send(messages.request("one.example")).receive(messages.response(b"ok"))
    long = tunnel[:-2] + b"X: " + b"c" * 3000 + b"\r\n\r\n"
    talk.send(long, mss=1000, order=[0, 2, 3]).receive(messages.response(status="407 Proxy Authentication Required"))
    assert ("http_host", "one.example") in read(talk.frames).names


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


def test_a_question_over_tcp_that_was_cut_and_those_behind_a_loss() -> None:
    one, two, three = (messages.dns_over_tcp(messages.dns_query(name + ".example")) for name in ("one", "two", "three"))
    frames = _talk(53).syn().send(one).frames
    assert read(frames, snaplen=len(frames[3][1]) - 2).hosts == ["one.example"]
    lost = _talk(53).syn().send(one).send(two, order=[]).send(three)
    assert read(lost.frames).names == [("dns_query", "one.example"), ("dns_query", "three.example")]


def test_http_2_behind_an_upgrade_is_believed_of_the_same_host_only() -> None:
    from hpack import Encoder

    for host, hosts in (("a.example", ["a.example", "a.example"]), ("chatgpt.com", ["a.example"])):
        block = Encoder().encode([(":method", "GET"), (":path", "/"), (":authority", host), (":scheme", "http")])
        frames = len(block).to_bytes(3, "big") + b"\1\4\0\0\0\1" + block
        upgrade = messages.request("a.example", headers={"Connection": "Upgrade", "Upgrade": "h2c"})
        talk = _talk(80).syn().send(upgrade).receive(messages.response(status="101 Switching Protocols"))
        found = read(talk.send(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + frames).frames)
        assert found.hosts == hosts and found.notes.get("misplaced", 0) == 2 - len(hosts)


# --- signs of a use beside the name -------------------------------------------------------------------------------------


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
