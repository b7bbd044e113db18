"""Hellos of QUIC connections, put together from Initial packets."""

from __future__ import annotations

from shadowai.sources.capture.quic_names import QuicNames
from tests.captures import quic, tls

HELLO = tls.client_hello("chatgpt.com", size=900)
ID = b"12345678"


def _parts(destination: bytes = ID) -> tuple[bytes, bytes]:
    first, second = quic.crypto_frames(HELLO, (400,))
    return quic.initial(destination, first), quic.initial(destination, second, number=1)


def test_a_hello_is_given_once() -> None:
    names = QuicNames(4)
    first, second = _parts()
    assert list(names.messages(1, second)) == []
    assert list(names.messages(1, first)) == [HELLO]
    assert list(names.messages(1, first)) == list(names.messages(1, second)) == []
    assert not names.forget(1)


def test_halves_of_different_flows_are_not_joined() -> None:
    names = QuicNames(4)
    first, second = _parts()
    assert list(names.messages(1, first)) == list(names.messages(2, second)) == []
    assert names.forget(1) and names.forget(2) and not names.forget(3)


def test_the_oldest_are_given_up_and_counted_where_something_was_begun() -> None:
    names = QuicNames(2)
    for flow in range(5):
        list(names.messages(flow, _parts()[0]))
    assert names.given_up == 3
    done = QuicNames(1)
    for flow in range(5):
        assert list(done.messages(flow, quic.initial(ID, quic.crypto(HELLO)))) == [HELLO]
    assert done.given_up == 0


def test_packets_that_do_not_open_are_not_tried_for_ever() -> None:
    names = QuicNames(4)
    broken = bytearray(quic.initial(ID, quic.crypto(HELLO)))
    broken[-1] ^= 1
    for _ in range(40):
        assert list(names.messages(1, bytes(broken))) == []
    assert names.given_up == 1
    assert list(names.messages(1, quic.initial(ID, quic.crypto(HELLO)))) == []
    assert list(names.messages(2, quic.initial(ID, quic.crypto(HELLO)))) == [HELLO]


def test_of_one_datagram_few_wrong_packets_are_tried() -> None:
    names = QuicNames(4)
    small = quic.initial(ID, b"\\1", size=60)
    wrong = bytes(small[:-1]) + bytes([small[-1] ^ 1])
    assert list(names.messages(1, wrong * 2 + quic.initial(ID, quic.crypto(HELLO)))) == []
    assert list(names.messages(1, wrong + quic.initial(ID, quic.crypto(HELLO)))) == [HELLO]


def test_many_connections_on_one_flow_forget_the_first() -> None:
    names = QuicNames(4)
    for number in range(10):
        assert list(names.messages(1, _parts(bytes([number]) * 8)[0])) == []
    assert names.given_up == 2
    assert list(names.messages(1, _parts(b"\x09" * 8)[1])) == [HELLO]


def test_noise_gives_nothing() -> None:
    names = QuicNames(4)
    for size in (0, 1, 20, 1200):
        assert list(names.messages(1, b"\xc0\0\0\0\1" + bytes(size))) == []


def test_a_datagram_that_no_server_takes_is_not_tried() -> None:
    names = QuicNames(4)
    assert list(names.messages(1, quic.initial(ID, quic.crypto(tls.client_hello("a.example")), size=1199))) == []
    assert len(list(names.messages(1, quic.initial(ID, quic.crypto(tls.client_hello("a.example")), size=1200)))) == 1
