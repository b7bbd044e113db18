"""Hellos of DTLS: cookies, fragments over records and datagrams, other records around them, hostile bytes."""

from __future__ import annotations

from struct import pack

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shadowai.wire import dtls, tls
from tests.wire.hellos import hello, listed, named

NAME = b"dtls.example"
FULL = hello(named(NAME), listed(43, (0xFEFC,), 1), version=0xFEFD, cookie=b"\x05" * 20)
BODY = FULL[4:]


def piece(start: int, end: int, seq: int = 0, body: bytes = BODY, kind: int = 1) -> bytes:
    header = bytes((kind,)) + len(body).to_bytes(3, "big") + pack(">H", seq) + start.to_bytes(3, "big")
    return header + (end - start).to_bytes(3, "big") + body[start:end]


def record(content: bytes, version: int = 0xFEFD, epoch: int = 0, kind: int = 22) -> bytes:
    return pack(">BHH", kind, version, epoch) + bytes(6) + pack(">H", len(content)) + content


WHOLE = record(piece(0, len(BODY)))


@pytest.mark.parametrize("version", [0xFEFF, 0xFEFD, 0xFEFC, 0x0100])
def test_a_whole_hello(version: int) -> None:
    datagram = record(piece(0, len(BODY)), version)
    assert dtls.hello_start(datagram)
    fragments = dtls.client_hello_fragments(datagram)
    assert fragments == [dtls.HelloFragment(0, len(BODY), 0, BODY)]
    found = tls.client_hello(dtls.message(fragments) or b"", dtls=True)
    assert found is not None
    assert (found.version, found.versions, found.server_name) == (0xFEFD, (0xFEFC,), NAME)


def test_an_empty_cookie() -> None:
    data = hello(named(NAME), version=0xFEFD, cookie=b"")
    found = tls.client_hello(data, dtls=True)
    assert found is not None and found.server_name == NAME
    assert tls.client_hello(data) != found


def test_fragments_over_records_and_datagrams_in_any_order() -> None:
    first = record(piece(50, 90)) + record(piece(0, 30) + piece(20, 55))
    second = record(piece(85, len(BODY)))
    assert dtls.message(dtls.client_hello_fragments(first)) is None
    for datagrams in ((first, second), (second, first), (second, first, first)):
        fragments = [fragment for datagram in datagrams for fragment in dtls.client_hello_fragments(datagram)]
        assert dtls.message(fragments) == FULL


def test_pieces_of_two_hellos_are_not_mixed() -> None:
    """The hello is sent again with a cookie and the next number; half of each is none of both."""
    other = hello(named(b"other.example"), version=0xFEFD, cookie=b"")[4:]
    halves = record(piece(0, 60)) + record(piece(60, len(BODY), seq=1)) + record(piece(60, len(other), body=other))
    assert dtls.message(dtls.client_hello_fragments(halves)) is None
    again = record(piece(0, 60, seq=1))
    assert dtls.message(dtls.client_hello_fragments(halves + again)) == FULL


def test_other_records_and_messages_are_passed_over() -> None:
    datagram = record(b"\x01\x00", kind=21) + record(piece(0, 5, kind=11)) + record(b"x" * 40, epoch=1) + WHOLE
    assert dtls.message(dtls.client_hello_fragments(datagram)) == FULL


@pytest.mark.parametrize(
    "datagram",
    [
        b"",
        b"\x16\x03\x01" + WHOLE[3:],
        record(piece(0, len(BODY)), epoch=1),
        record(piece(0, len(BODY), kind=2)),
        record(piece(0, len(BODY)), kind=23),
        record(
            b"\x01" + (10).to_bytes(3, "big") + bytes(2) + (8).to_bytes(3, "big") + (4).to_bytes(3, "big") + b"abcd"
        ),
        record(b"\x01\xff\xff\xff" + bytes(8)),
    ],
)
def test_no_hello(datagram: bytes) -> None:
    assert dtls.client_hello_fragments(datagram) == []
    assert dtls.message(dtls.client_hello_fragments(datagram)) is None


def test_a_beginning_from_pieces_in_any_order_up_to_the_first_gap() -> None:
    fragments = dtls.client_hello_fragments(record(piece(50, 60)) + record(piece(0, 50)) + record(piece(120, 126)))
    assert dtls.message(fragments) is None
    assert dtls.beginning(fragments) == FULL[: 4 + 60]
    assert dtls.beginning([]) == b""


def test_a_piece_that_was_cut_is_there_as_far_as_it_goes() -> None:
    fragments = dtls.client_hello_fragments(record(piece(0, 30)[:-1]))
    assert dtls.message(fragments) is None and dtls.beginning(fragments) == FULL[: 4 + 29]
    again = dtls.client_hello_fragments(WHOLE)
    assert dtls.message(fragments + again) == FULL


def test_a_cut_at_every_byte() -> None:
    for end in range(len(WHOLE)):
        assert dtls.message(dtls.client_hello_fragments(WHOLE[:end])) is None
        assert dtls.hello_start(WHOLE[:end]) == (end >= 25)


def test_what_does_not_start_a_hello() -> None:
    assert not dtls.hello_start(record(piece(0, len(BODY)), epoch=1))
    assert not dtls.hello_start(record(piece(0, len(BODY)), epoch=0x0100))
    assert not dtls.hello_start(record(piece(0, len(BODY), kind=2)))
    assert not dtls.hello_start(record(piece(0, len(BODY)), version=0x0303))


def test_bounds() -> None:
    assert len(dtls.client_hello_fragments(record(piece(0, 0)) * 500)) <= 64
    assert len(dtls.client_hello_fragments(record(piece(0, 0) * 5000))) <= 256
    late = [dtls.HelloFragment(0, len(BODY), 0, b"")] * 256 + dtls.client_hello_fragments(WHOLE)
    assert dtls.message(late) is None


@given(st.binary(max_size=200), st.integers(0, len(WHOLE)))
def test_arbitrary_bytes(data: bytes, at: int) -> None:
    for datagram in (data, WHOLE[:at] + data, record(data)):
        dtls.hello_start(datagram)
        found = dtls.message(dtls.client_hello_fragments(datagram))
        assert found is None or len(found) == 4 + int.from_bytes(found[1:4], "big")
