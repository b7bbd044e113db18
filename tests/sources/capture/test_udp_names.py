"""Names in datagrams."""

from __future__ import annotations

import random
import struct

import pytest

from shadowai.sources.capture.limits import Limits
from tests.captures import messages, quic, tls
from tests.captures.conversations import Udp, merged, tcp, udp
from tests.sources.capture.reading import CLIENT, OTHER, RESOLVER, SERVER, read

ID = bytes(range(8))


def _ask(*datagrams: bytes, port: int = 53, to: str = RESOLVER) -> Udp:
    return udp(CLIENT, to, port).send(*datagrams)


# --- DNS -----------------------------------------------------------------------------------------------------------------


def test_a_question_is_a_record_of_its_own() -> None:
    (record,) = read(_ask(messages.dns_query("ChatGPT.com")).frames).records
    assert (record.kind, record.host, record.client_ip, record.server_ip) == (
        "dns_query",
        "chatgpt.com",
        CLIENT,
        RESOLVER,
    )
    assert record.bytes_up is None and record.server_port == 53


@pytest.mark.parametrize(("port", "kind"), [(53, "dns_query"), (5353, "mdns_query"), (5355, "llmnr_query")])
def test_kinds_of_questions(port: int, kind: str) -> None:
    assert read(_ask(messages.dns_query("chatgpt.com"), port=port).frames).names == [(kind, "chatgpt.com")]


@pytest.mark.parametrize("client", ["192.0.2.99", "2001:db8::99"])
def test_a_relay_says_before_a_datagram_whose_it_is(client: str) -> None:
    before = messages.proxy_v2(client, "2001:db8::53" if ":" in client else RESOLVER, 5555, 53)
    talk = _ask(before + messages.dns_query("chatgpt.com"), messages.dns_query("claude.ai"), before[:40], before)
    found = read(talk.frames)
    assert [(one.client_ip, one.host) for one in found.records] == [(client, "chatgpt.com"), (CLIENT, "claude.ai")]
    assert found.notes["proxy_header"] == 1 and found.notes["dns_unreadable"] == 2


def test_header_behind_header_without_end_names_nobody() -> None:
    local = b"\r\n\r\n\0\r\nQUIT\n\x20\x00\x00\x00"
    found = read(_ask(local * 2_000 + messages.dns_query("chatgpt.com")).frames)
    assert not found.records and found.notes["dns_unreadable"] == 1


def test_several_questions_in_one_message() -> None:
    two = struct.pack(">6H", 1, 0x0100, 2, 0, 0, 0) + b"".join(
        messages.dns_name(name) + struct.pack(">HH", 1, 1) for name in ("chatgpt.com", "claude.ai")
    )
    assert read(_ask(two).frames).hosts == ["chatgpt.com", "claude.ai"]


def test_of_very_many_questions_in_one_message_the_first_are_told_and_the_rest_counted() -> None:
    many = struct.pack(">6H", 1, 0x0100, 88, 0, 0, 0) + b"".join(
        messages.dns_name(f"n{number}.example") + struct.pack(">HH", 1, 1) for number in range(88)
    )
    found = read(_ask(many).frames)
    assert len(found.hosts) == 64 and found.notes["names_limit"] == 24


def test_answers_are_no_use_and_letters_of_any_case_are_one_name() -> None:
    talk = _ask(messages.dns_query("cHaTgPt.CoM")).receive(messages.dns_answer("cHaTgPt.CoM", [SERVER]))
    assert read(talk.frames).hosts == ["chatgpt.com"]


@pytest.mark.parametrize(
    "labels", [[b"chatgpt.com"], [b"chatgpt.com:443"], [b"a@chatgpt", b"com"], [b"*", b"chatgpt", b"com"]]
)
def test_a_label_with_more_in_it_is_no_other_name(labels: list[bytes]) -> None:
    (host,) = read(_ask(messages.dns_query(labels)).frames).hosts
    assert host is not None and "\\" in host


def test_what_is_no_message_is_counted() -> None:
    found = read(_ask(b"\xff" * 40).frames)
    assert found.names == [] and found.notes["dns_unreadable"] == 1


# --- names of nameless connections ---------------------------------------------------------------------------------------


def _asked(client: str = CLIENT, name: str = "chatgpt.com", **more: object) -> Udp:
    answer = messages.dns_answer(name, [SERVER], **more)  # type: ignore[arg-type]
    return udp(client, RESOLVER, 53, client_port=50_000 + len(name)).send(messages.dns_query(name)).receive(answer)


def _nameless(client: str = CLIENT, after: int = 10_000) -> list[tuple[int, bytes]]:
    return (
        tcp(client, SERVER, 443).wait(after).syn().send(b"\x17\x03\x03\x00\x20" + bytes(32)).receive(b"x" * 90).frames
    )


def _attributed(*talks: Udp, after: int = 10_000) -> list[str | None]:
    frames = sorted([*(frame for talk in talks for frame in talk.frames), *_nameless(after=after)])
    return [record.host for record in read(frames).records if record.kind == "dns_answer"]


def test_a_nameless_connection_has_the_name_its_client_asked_for() -> None:
    frames = sorted([*_asked().frames, *_nameless()])
    found = read(frames)
    (record,) = [record for record in found.records if record.kind == "dns_answer"]
    assert record.host == "chatgpt.com" and record.inferred and record.bytes_up and record.client_ip == CLIENT
    assert found.notes["attributed"] == 1


def test_through_aliases_and_for_as_long_as_the_answer_lives() -> None:
    assert _attributed(_asked(chain=("chatgpt.com.cdn.example", "edge.example"), ttl=20)) == ["chatgpt.com"]
    assert _attributed(_asked(ttl=900), after=890_000_000) == ["chatgpt.com"]
    assert _attributed(_asked(ttl=900), after=902_000_000) == []


def test_not_by_another_clients_answer_nor_by_one_of_two_names() -> None:
    assert _attributed(_asked(OTHER)) == []
    assert _attributed(_asked(), _asked(name="shop.example")) == []


def test_not_by_an_answer_to_no_question_nor_a_failed_one() -> None:
    forged = udp(CLIENT, RESOLVER, 53).receive(messages.dns_answer("chatgpt.com", [SERVER]))
    assert _attributed(forged) == []
    assert read(forged.frames).notes["unasked"] == 1
    assert _attributed(_asked(code=3)) == []
    sent_by_the_client = udp(CLIENT, RESOLVER, 53).send(
        messages.dns_query("chatgpt.com"), messages.dns_answer("chatgpt.com", [SERVER])
    )
    assert _attributed(sent_by_the_client) == []


def test_answers_over_tcp_count_too() -> None:
    question, answer = (
        messages.dns_over_tcp(one)
        for one in (messages.dns_query("chatgpt.com"), messages.dns_answer("chatgpt.com", [SERVER]))
    )
    talk = tcp(CLIENT, RESOLVER, 53, client_port=4444).syn().send(question).receive(answer, mss=5)
    found = read(sorted([*talk.frames, *_nameless(after=100_000)]))
    assert ("dns_answer", "chatgpt.com") in found.names


def test_answers_that_are_forgotten_are_counted() -> None:
    talks = [_asked(name="n" * size + ".example") for size in range(1, 4)]
    others = [
        udp(f"192.0.2.{n}", RESOLVER, 53)
        .send(messages.dns_query("a.example"))
        .receive(messages.dns_answer("a.example", [SERVER]))
        for n in range(100, 105)
    ]
    assert read(merged(*talks, *others), limits=Limits(dns_answers=2)).notes["answers_limit"] == 4


# --- QUIC ----------------------------------------------------------------------------------------------------------------


def _initials(
    name: str | None, version: int = 1, destination: bytes = ID, cuts: tuple[int, ...] = (), each: int = 99
) -> list[bytes]:
    frames = quic.crypto_frames(tls.client_hello(name, alpn=("h3",), size=1000 if cuts else 0), cuts)
    groups = [frames[place : place + each] for place in range(0, len(frames), each)]
    return [quic.initial(destination, *group, version=version, number=number) for number, group in enumerate(groups)]


@pytest.mark.parametrize("version", [1, 2])
@pytest.mark.parametrize("port", [443, 8853])
def test_quic(version: int, port: int) -> None:
    found = read(udp(CLIENT, SERVER, port).send(*_initials("chatgpt.com", version)).receive(quic.short(ID)).frames)
    assert found.names == [("quic_sni", "chatgpt.com")]
    assert found.records[0].client_ip == CLIENT and found.records[0].bytes_down


@pytest.mark.parametrize("seed", range(6))
def test_quic_split_and_shuffled_over_packets(seed: int) -> None:
    datagrams = _initials("chatgpt.com", cuts=(3, 40, 41, 300, 700, 900), each=2)
    random.Random(seed).shuffle(datagrams)
    assert read(udp(CLIENT, SERVER, 443).send(*datagrams).frames).names == [("quic_sni", "chatgpt.com")]


@pytest.mark.parametrize("port", [53, 5353, 5355])
def test_quic_from_a_port_of_dns(port: int) -> None:
    first, second = _initials("chatgpt.com", cuts=(30,), each=1)
    found = read(udp(CLIENT, SERVER, 443, client_port=port).send(first, second).receive(quic.short(ID)).frames)
    assert found.names == [("quic_sni", "chatgpt.com")] and found.records[0].bytes_down
    assert read(udp(CLIENT, SERVER, 443, client_port=port).send(second).frames).notes["quic_incomplete"] == 1


@pytest.mark.parametrize("port", [53, 5353, 5355])
def test_dtls_from_a_port_of_dns(port: int) -> None:
    pieces = _dtls_fragments("chatgpt.com", 50)
    found = read(udp(CLIENT, SERVER, 4433, client_port=port).send(*pieces).receive(bytes(40)).frames)
    assert found.names == [("tls_sni", "chatgpt.com")] and found.records[0].client_ip == CLIENT
    cut = read(udp(CLIENT, SERVER, 4433, client_port=port).send(*pieces[1:]).frames)
    assert cut.notes == {"hello_incomplete": 1}


def test_two_quic_connections_on_one_port() -> None:
    both = [*_initials("chatgpt.com"), *_initials("claude.ai", destination=b"another!")]
    found = read(udp(CLIENT, SERVER, 443).send(*both).frames)
    assert found.hosts == ["chatgpt.com", "claude.ai"] and {one.bytes_up for one in found.records} == {None}


def test_quic_with_an_id_that_the_server_chose() -> None:
    first, second = quic.crypto_frames(tls.client_hello("chatgpt.com", size=1500), (800,))
    datagrams = [quic.initial(ID, first), quic.initial(b"servers!", second, number=1, keyed_by=ID)]
    assert read(udp(CLIENT, SERVER, 443).send(*datagrams).frames).hosts == ["chatgpt.com"]


def test_quic_behind_a_retry() -> None:
    (again,) = _initials("chatgpt.com", destination=b"retried!")
    talk = (
        udp(CLIENT, SERVER, 443)
        .send(quic.initial(ID, quic.crypto(b"\1\0\4\0")))
        .receive(b"\xf0\0\0\0\1\0\x08retried!token" + bytes(16))
    )
    assert read(talk.send(again).frames).hosts == ["chatgpt.com"]
    twice = (
        udp(CLIENT, SERVER, 443).send(*_initials("chatgpt.com")).receive(b"\xf0\0\0\0\1\0\x08retried!token" + bytes(16))
    )
    assert read(twice.send(again).frames).hosts == ["chatgpt.com"]


def test_a_quic_hello_that_was_whole_behind_a_retry_only_is_not_missed() -> None:
    first = _initials("chatgpt.com", cuts=(30,), each=1)[:1]
    again = _initials("chatgpt.com", cuts=(30,), each=1, destination=b"retried!")
    assert read(udp(CLIENT, SERVER, 443).send(*first, *again).frames).notes == {}
    other = _initials("claude.ai", cuts=(30,), each=1)[:1]
    found = read(udp(CLIENT, SERVER, 443).send(*other, *_initials("chatgpt.com", destination=b"retried!")).frames)
    assert found.notes == {"quic_incomplete": 1}


def test_quic_from_the_server_names_nobody_else() -> None:
    talk = (
        udp(CLIENT, SERVER, 443)
        .send(*_initials("blog.example"))
        .receive(*_initials("chatgpt.com", destination=b"attacker"))
    )
    found = read(talk.frames)
    assert found.hosts == ["blog.example"] and {one.client_ip for one in found.records} == {CLIENT}


def test_a_quic_hello_that_never_became_whole_is_counted() -> None:
    found = read(udp(CLIENT, SERVER, 443).send(_initials("chatgpt.com", cuts=(300,), each=1)[1]).frames)
    assert found.names == [] and found.notes["quic_incomplete"] == 1


def test_too_many_quic_connections_are_counted() -> None:
    halves = [_initials("chatgpt.com", cuts=(300,), each=1)[0]]
    talks = [udp(CLIENT, SERVER, 443, client_port=port).send(*halves) for port in range(1000, 1010)]
    assert read(merged(*talks), limits=Limits(quic_connections=3)).notes["quic_limit"] == 7


# --- DTLS ----------------------------------------------------------------------------------------------------------------


def _dtls_fragments(name: str, size: int) -> list[bytes]:
    whole = tls.dtls_hello(name)
    kind, length, sequence, body = whole[13:14], whole[14:17], whole[17:19], whole[25:]
    pieces = []
    for at in range(0, len(body), size):
        part = body[at : at + size]
        message = kind + length + sequence + at.to_bytes(3, "big") + len(part).to_bytes(3, "big") + part
        pieces.append(struct.pack(">BHHIHH", 22, 0xFEFF, 0, 0, at, len(message)) + message)
    return pieces


def test_dtls_whole_in_fragments_and_backwards() -> None:
    for datagrams in (
        [tls.dtls_hello("chatgpt.com")],
        _dtls_fragments("chatgpt.com", 50),
        _dtls_fragments("chatgpt.com", 50)[::-1],
    ):
        assert read(udp(CLIENT, SERVER, 4433).send(*datagrams).frames).names == [("tls_sni", "chatgpt.com")]


def test_dtls_with_a_cookie_is_one_use() -> None:
    talk = udp(CLIENT, SERVER, 4433).send(
        tls.dtls_hello("chatgpt.com"), tls.dtls_hello("chatgpt.com", cookie=b"c" * 20)
    )
    found = read(talk.frames)
    assert found.hosts == ["chatgpt.com"] and [record.counted for record in found.records] == [True, False]


def test_dtls_that_never_became_whole_is_counted() -> None:
    assert (
        read(udp(CLIENT, SERVER, 4433).send(_dtls_fragments("chatgpt.com", 50)[0]).frames).notes["hello_incomplete"]
        == 1
    )


def test_dtls_tells_its_name_though_its_end_is_missing() -> None:
    pieces = _dtls_fragments("chatgpt.com", 150)
    assert len(pieces) > 1
    found = read(udp(CLIENT, SERVER, 4433).send(pieces[0]).frames)
    assert found.names == [("tls_sni", "chatgpt.com")] and found.records[0].bytes_up
    assert found.notes["hello_cut_but_named"] == 1 and "hello_incomplete" not in found.notes
    frames = udp(CLIENT, SERVER, 4433).send(tls.dtls_hello("chatgpt.com")).frames
    assert read(frames, snaplen=len(frames[0][1]) - 20).names == [("tls_sni", "chatgpt.com")]


def test_a_quic_hello_tells_its_name_though_its_end_is_missing() -> None:
    first, second = _initials("chatgpt.com", cuts=(400,), each=1)
    found = read(udp(CLIENT, SERVER, 443).send(first).receive(quic.short(ID)).frames)
    assert found.names == [("quic_sni", "chatgpt.com")]
    (record,) = found.records
    assert record.line == 1 and record.client_ip == CLIENT and record.bytes_down
    assert found.notes["hello_cut_but_named"] == 1 and "quic_incomplete" not in found.notes
    whole = read(udp(CLIENT, SERVER, 443).send(first, second).frames)
    assert whole.names == found.names and "hello_cut_but_named" not in whole.notes


def test_quic_at_the_port_of_remote_desktop() -> None:
    first, second = _initials("chatgpt.com", cuts=(30,), each=1)
    assert read(udp(CLIENT, SERVER, 3389).send(first, second).frames).names == [("quic_sni", "chatgpt.com")]


def test_dtls_within_datagrams_of_remote_desktop() -> None:
    hello = tls.dtls_hello("desk.example.com")
    for before in (b"", b"\0\0\0\5\0\x40\0\x0c\0\1\0\0" + bytes(8)):
        assert read(udp(CLIENT, SERVER, 3389).send(before + hello).frames).names == [("tls_sni", "desk.example.com")]
    assert read(udp(CLIENT, SERVER, 3389).send(bytes(40) + hello).frames).names == []
