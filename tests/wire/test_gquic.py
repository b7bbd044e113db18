"""Hellos of Google's QUIC, made here in the forms of its versions."""

from __future__ import annotations

from struct import pack

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shadowai.wire import gquic, quic
from tests.wire.hellos import hello, named
from tests.wire.initials import client_keys, crypto, initial

NAME, AGENT = b"www.example.com", b"Chrome/58.0 Windows"
ID = b"\x11\x22\x33\x44\x55\x66\x77\x88"
SALTS = {
    b"Q050": "504574efd066fe2f9d945cfcdbd3a7f0d3b56b45",
    b"T050": "7ff579e5acd072915580304c43a2367c60488310",
    b"T051": "7a4edef4e7ccee5fa4506c19124fc8ccda6e033d",
}


def chlo(tags: list[tuple[bytes, bytes]]) -> bytes:
    table, values = b"", b""
    for tag, value in tags:
        values += value
        table += tag + pack("<I", len(values))
    return b"CHLO" + pack("<HH", len(tags), 0) + table + values


CHLO = chlo([(b"PAD\x00", b"-" * 900), (b"SNI\x00", NAME), (b"VER\x00", b"Q046"), (b"UAID", AGENT), (b"PDMD", b"X509")])


def public(version: bytes, body: bytes = CHLO, flags: int = 0x09) -> bytes:
    """The public header up to Q043, the hash of the packet, and the STREAM frame of the crypto stream."""
    return bytes((flags,)) + ID + version + b"\x01" + bytes(12) + b"\xa0\x01" + pack(">H", len(body)) + body


def long(version: bytes, body: bytes = CHLO) -> bytes:
    """The long header of Q046."""
    return (
        b"\xc3" + version + b"\x50" + ID + b"\x00\x00\x00\x01" + bytes(12) + b"\xa0\x01" + pack(">H", len(body)) + body
    )


def protected(version: bytes, payload: bytes) -> bytes:
    keys = client_keys(bytes.fromhex(SALTS[version]), ID)
    return initial(keys, payload.ljust(1180, b"\0"), version=int.from_bytes(version, "big"), dcid=ID)


@pytest.mark.parametrize("version", [b"Q024", b"Q033", b"Q035", b"Q039", b"Q043"])
@pytest.mark.parametrize("flags", [0x09, 0x0D, 0x19])
def test_the_public_header(version: bytes, flags: int) -> None:
    datagram = public(version, flags=flags)
    assert gquic.is_start(datagram)
    assert gquic.hello(datagram) == gquic.Hello(version, NAME, AGENT)
    assert gquic.server_name(datagram) == NAME


def test_the_long_header_in_clear() -> None:
    assert gquic.hello(long(b"Q046")) == gquic.Hello(b"Q046", NAME, AGENT)


def test_an_acknowledgement_may_precede_the_hello() -> None:
    datagram = public(b"Q035")
    assert gquic.server_name(datagram[:26] + b"\x40\x01\x00\x05\x01\x00" + datagram[26:]) == NAME


def test_the_protected_table() -> None:
    assert gquic.hello(protected(b"Q050", crypto(0, CHLO, 8))) == gquic.Hello(b"Q050", NAME, AGENT)


@pytest.mark.parametrize("version", [b"T050", b"T051"])
def test_the_protected_tls_hello(version: bytes) -> None:
    message = hello(named(NAME))
    payload = crypto(40, message[40:], 8) + b"\x00\x00" + crypto(0, message[:40], 8)
    assert gquic.hello(protected(version, payload)) == gquic.Hello(version, NAME, None)
    assert gquic.hello(protected(version, crypto(40, message[40:], 8))) is None


def test_keys_may_be_kept() -> None:
    opener = quic.Opener(8, gquic.PROFILES)
    assert gquic.server_name(protected(b"Q050", crypto(0, CHLO, 8)), opener) == NAME
    assert gquic.server_name(protected(b"T051", crypto(0, hello(named(NAME)), 8)), opener) == NAME
    assert len(opener._keys) == 2


def test_the_versions_of_the_ietf_are_no_concern_of_this() -> None:
    datagram = initial(client_keys(bytes(20), ID), bytes(1180), dcid=ID)
    assert not gquic.is_start(datagram)
    assert not quic.is_long_header(protected(b"Q050", CHLO))


@pytest.mark.parametrize(
    "datagram",
    [
        b"",
        bytes(1200),
        public(b"Q047"),
        public(b"Q000"),
        public(b"X035"),
        public(b"Q035", flags=0x08),
        public(b"Q035", flags=0x0B),
        long(b"Q051"),
        public(b"Q035", b"SHLO" + CHLO[4:]),
        public(b"Q035", b"CHLO\x05"),
        public(b"Q035", b"CHLO" + bytes(60)),
        public(b"Q035", b"CHLO\xff\xff" + CHLO[6:]),
        protected(b"Q050", crypto(0, CHLO, 8))[:-1] + b"\x00",
    ],
)
def test_no_hello(datagram: bytes) -> None:
    assert gquic.hello(datagram) is None
    assert gquic.server_name(datagram) is None


def test_no_name_and_an_empty_name() -> None:
    assert gquic.hello(public(b"Q043", chlo([(b"VER\x00", b"Q043")]))) == gquic.Hello(b"Q043", None, None)
    assert gquic.server_name(public(b"Q043", chlo([(b"SNI\x00", b"")]))) is None


def test_offsets_that_go_back_end_the_table() -> None:
    table = (
        b"CHLO\x03\x00\x00\x00"
        + b"SNI\x00"
        + pack("<I", 3)
        + b"UAID"
        + pack("<I", 1)
        + b"X\x00\x00\x00"
        + pack("<I", 9)
    )
    assert gquic.hello(public(b"Q043", table + b"abc" * 9)) == gquic.Hello(b"Q043", b"abc", None)


def test_a_cut_at_every_byte() -> None:
    datagram = public(b"Q043")
    end_of_name = datagram.index(NAME) + len(NAME)
    for end in range(len(datagram)):
        assert gquic.server_name(datagram[:end]) == (NAME if end >= end_of_name else None)


@given(st.binary(max_size=300), st.integers(0, 200))
def test_arbitrary_bytes(data: bytes, at: int) -> None:
    for whole in (public(b"Q035"), long(b"Q046"), protected(b"Q050", crypto(0, CHLO, 8))):
        gquic.hello(whole[:at] + data)
        gquic.hello(whole[:at] + data + whole[at + len(data) :])
