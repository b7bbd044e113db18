"""Hellos of QUIC connections, put together from Initial packets."""

from __future__ import annotations

import pytest

from shadowai.sources.capture.ledger import At
from shadowai.sources.capture.quic_names import QuicNames
from tests.captures import quic, tls

HELLO = tls.client_hello("chatgpt.com", size=900)
ID = b"12345678"


def _at(flow: int) -> At:
    return At(flow, 0, b"", 7, 9)


def _given(names: QuicNames, flow: int, datagram: bytes) -> list[bytes]:
    return list(names.messages(_at(flow), datagram))


def _parts(destination: bytes = ID) -> tuple[bytes, bytes]:
    first, second = quic.crypto_frames(HELLO, (400,))
    return quic.initial(destination, first), quic.initial(destination, second, number=1)


def test_a_hello_is_given_once() -> None:
    names = QuicNames(4)
    first, second = _parts()
    assert _given(names, 1, second) == []
    assert _given(names, 1, first) == [HELLO]
    assert _given(names, 1, first) == _given(names, 1, second) == []
    assert not names.forget(1)


def test_halves_of_different_flows_are_not_joined() -> None:
    names = QuicNames(4)
    first, second = _parts()
    assert _given(names, 1, first) == _given(names, 2, second) == []
    assert names.forget(1) and names.forget(2) and not names.forget(3)


def test_the_oldest_are_given_up_and_counted_where_something_was_begun() -> None:
    names = QuicNames(2)
    for flow in range(5):
        _given(names, flow, _parts()[0])
    assert names.given_up == 3
    done = QuicNames(1)
    for flow in range(5):
        assert _given(done, flow, quic.initial(ID, quic.crypto(HELLO))) == [HELLO]
    assert done.given_up == 0


def test_packets_that_do_not_open_are_not_tried_for_ever() -> None:
    names = QuicNames(4)
    broken = bytearray(quic.initial(ID, quic.crypto(HELLO)))
    broken[-1] ^= 1
    for _ in range(40):
        assert _given(names, 1, bytes(broken)) == []
    assert names.given_up == 1
    assert _given(names, 1, quic.initial(ID, quic.crypto(HELLO))) == []
    assert _given(names, 2, quic.initial(ID, quic.crypto(HELLO))) == [HELLO]


def test_of_one_datagram_few_wrong_packets_are_tried() -> None:
    names = QuicNames(4)
    small = quic.initial(ID, b"\\1", size=60)
    wrong = bytes(small[:-1]) + bytes([small[-1] ^ 1])
    assert _given(names, 1, wrong * 2 + quic.initial(ID, quic.crypto(HELLO))) == []
    assert _given(names, 1, wrong + quic.initial(ID, quic.crypto(HELLO))) == [HELLO]


def test_many_connections_on_one_flow_forget_the_first() -> None:
    names = QuicNames(4)
    for number in range(10):
        assert _given(names, 1, _parts(bytes([number]) * 8)[0]) == []
    assert names.given_up == 2
    assert _given(names, 1, _parts(b"\x09" * 8)[1]) == [HELLO]


def test_noise_gives_nothing() -> None:
    names = QuicNames(4)
    for size in (0, 1, 20, 1200):
        assert _given(names, 1, b"\xc0\0\0\0\1" + bytes(size)) == []


def test_a_hello_that_goes_on_in_another_version_is_one() -> None:
    names = QuicNames(4)
    first, second = quic.crypto_frames(HELLO, (400,))
    assert _given(names, 1, quic.initial(ID, first)) == []
    assert _given(names, 1, quic.initial(b"servers!", second, number=1, version=2, keyed_by=ID)) == [HELLO]


@pytest.mark.parametrize("size", [0, 300, 1199, 1200])
def test_a_datagram_of_any_size_is_tried(size: int) -> None:
    hello = tls.client_hello("a.example")
    assert _given(QuicNames(4), 1, quic.initial(ID, quic.crypto(hello), size=size)) == [hello]


def test_what_is_there_of_a_hello_that_never_became_whole() -> None:
    names = QuicNames(4)
    first, second = _parts()
    assert _given(names, 1, first) == _given(names, 2, second) == []
    assert names.begun(1) == (_at(1), [HELLO[:400]])
    assert names.begun(2) == (_at(2), [b""])
    assert names.begun(3) is None
    assert _given(names, 1, second) == [HELLO] and names.begun(1) is None
