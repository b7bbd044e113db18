"""Initial packets: the RFCs' known answers, packets protected here, coalesced and shuffled ones, hostile bytes."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shadowai.wire import quic, tls
from tests.wire.hellos import extension, hello, named, varint
from tests.wire.initials import Keys, client_keys, crypto, initial, protect

# RFC 9001, appendix A, and RFC 9369, appendix A: connection id, frame and keys; the packet by its ends and header.
DCID = bytes.fromhex("8394c8f03e515708")
FRAME = bytes.fromhex(
    "060040f1010000ed0303ebf8fa56f12939b9584a3896472ec40bb863cfd3e868"
    "04fe3a47f06a2b69484c00000413011302010000c000000010000e00000b6578"
    "616d706c652e636f6dff01000100000a00080006001d00170018001000070005"
    "04616c706e000500050100000000003300260024001d00209370b2c9caa47fba"
    "baf4559fedba753de171fa71f50f1ce15d43e994ec74d748002b000302030400"
    "0d0010000e0403050306030203080408050806002d00020101001c0002400100"
    "3900320408ffffffffffffffff05048000ffff07048000ffff08011001048000"
    "75300901100f088394c8f03e51570806048000ffff"
)
KEYS_1 = Keys(
    bytes.fromhex("1f369613dd76d5467730efcbe3b1a22d"),
    bytes.fromhex("fa044b2f42a3fd3b46fb255c"),
    bytes.fromhex("9f50449e04a0e810283a1e9933adedd2"),
)
KEYS_2 = Keys(
    bytes.fromhex("8b1a0bc121284290a29e0971b5cd045d"),
    bytes.fromhex("91f73e2351d8fa91660e909f"),
    bytes.fromhex("45b95e15235d6f45a6b19cbcb0294ba9"),
)
HEADER_1, HEADER_2 = "c300000001088394c8f03e5157080000449e", "d36b3343cf088394c8f03e5157080000449e"
PACKET_1 = protect(KEYS_1, bytes.fromhex(HEADER_1), 2, 4, FRAME + bytes(917))
PACKET_2 = protect(KEYS_2, bytes.fromhex(HEADER_2), 2, 4, FRAME + bytes(917))
SALT_1 = bytes.fromhex("38762cf7f55934b34d179ae6a4c80cadccbb7f0a")

NAME = b"quic.example"
MESSAGE = hello(named(NAME), extension(0x39, bytes(60)))


def made(payload: bytes, dcid: bytes = DCID, **fields: int | bytes) -> bytes:
    """A version 1 Initial padded as a client's first is; ``fields`` as ``initial`` takes them."""
    return initial(client_keys(SALT_1, DCID), payload.ljust(1100, b"\0"), dcid=dcid, **fields)  # type: ignore[arg-type]


def opened(datagram: bytes, dcid: bytes = DCID) -> tuple[tuple[int, bytes], ...] | None:
    (found,) = quic.initials(datagram)
    return quic.Opener().frames(found, dcid)


@pytest.mark.parametrize(
    ("packet", "begins", "ends", "version"),
    [
        (
            PACKET_1,
            "c000000001088394c8f03e5157080000449e7b9aec34d1b1c98dd7689fb8ec11",
            "e221af44860018ab0856972e194cd934",
            1,
        ),
        (
            PACKET_2,
            "d76b3343cf088394c8f03e5157080000449ea0c95e82ffe67b6abcdb4298b485",
            "a18b2faa745b6fe189cf772a9f84cbfc",
            0x6B3343CF,
        ),
    ],
)
def test_the_packets_of_the_rfcs(packet: bytes, begins: str, ends: str, version: int) -> None:
    assert packet.hex().startswith(begins) and packet.hex().endswith(ends) and len(packet) == 1200
    assert quic.is_long_header(packet)
    (found,) = quic.initials(packet)
    assert found == (version, DCID, b"", 0, packet, 18)
    assert quic.Opener().frames(found, DCID) == ((0, FRAME[4:]),)
    assert tls.server_name(FRAME[4:]) == b"example.com"


def test_a_servers_initial_is_not_opened() -> None:
    """RFC 9001, appendix A.3."""
    packet = bytes.fromhex(
        "cf000000010008f067a5502a4262b5004075c0d95a482cd0991cd25b0aac406a5816b6394100f37a1c69797554780bb38cc5a99f5ede4cf73c"
        "3ec2493a1839b3dbcba3f6ea46c5b7684df3548e7ddeb9c3bf9c73cc3f3bded74b562bfb19fb84022f8ef4cdd93795d77d06edbb7aaf2f5889"
        "1850abbdca3d20398c276456cbc42158407dd074ee"
    )
    (found,) = quic.initials(packet)
    assert found.scid == bytes.fromhex("f067a5502a4262b5")
    assert quic.Opener().frames(found, DCID) is None


def test_the_retry_of_the_rfcs() -> None:
    """RFC 9001, appendix A.4, and RFC 9369, appendix A.4."""
    first = bytes.fromhex("ff000000010008f067a5502a4262b5746f6b656e04a265ba2eff4d829058fb3f0f2496ba")
    second = bytes.fromhex("cf6b3343cf0008f067a5502a4262b5746f6b656ec8646ce8bfe33952d955543665dcc7b6")
    for packet in (first, second):
        assert quic.retry(packet) == bytes.fromhex("f067a5502a4262b5")
        assert quic.initials(packet) == ()
        assert quic.is_long_header(packet)
        assert all(quic.retry(packet[:end]) is None for end in range(31))
    assert quic.retry(PACKET_1) is None and quic.retry(PACKET_2) is None


SALTS = {
    "7fbcdb0e7c66bbe9193a96cd21519ebd7a02644a": (0xFF000016, 0xFACEB001),
    "c3eef712c72ebb5a11a7d2432bb46365bef9f502": (
        0xFF000017,
        0xFF00001B,
        0xFF00001C,
        0xFACEB002,
        0xFACEB00E,
        0xFACEB011,
    ),
    "afbfec289993d24c9e9786f19c6111e04390a899": (0xFF00001D, 0xFF000020),
    SALT_1.hex(): (0xFF000021, 0xFF000022, 1, 0xFACEB003),
}


@pytest.mark.parametrize(
    ("salt", "version"), [(salt, version) for salt, versions in SALTS.items() for version in versions]
)
def test_versions_and_their_salts(salt: str, version: int) -> None:
    packet = initial(client_keys(bytes.fromhex(salt), DCID), crypto(0, MESSAGE), version=version, dcid=DCID)
    assert quic.is_long_header(packet)
    assert opened(packet) == ((0, MESSAGE),)


@pytest.mark.parametrize("size", [1, 2, 3, 4])
@pytest.mark.parametrize("token", [b"", b"t" * 70])
def test_packet_number_lengths_and_tokens(size: int, token: bytes) -> None:
    packet = made(crypto(0, MESSAGE), number=200, number_size=size, token=token, scid=b"client")
    (found,) = quic.initials(packet)
    assert (found.dcid, found.scid, found.token_length) == (DCID, b"client", len(token))
    assert opened(packet) == ((0, MESSAGE),)


def test_a_later_packet_keeps_the_keys_of_the_first_connection_id() -> None:
    packet = made(crypto(300, b"rest"), dcid=b"chosen-by-server", number=3)
    assert opened(packet, b"chosen-by-server") is None
    assert opened(packet, DCID) == ((300, b"rest"),)


def test_a_changed_byte_is_not_accepted() -> None:
    packet = bytearray(made(crypto(0, MESSAGE)))
    for at in (0, 2 + len(DCID) + 6, 40, len(packet) - 1):
        changed = bytearray(packet)
        changed[at] ^= 0x04
        assert all(quic.Opener().frames(found, DCID) is None for found in quic.initials(bytes(changed)))


def test_the_fixed_bit_may_be_zero() -> None:
    header = bytes.fromhex("80" + HEADER_1[2:])
    packet = protect(KEYS_1, header, 2, 1, FRAME + bytes(920))
    assert quic.is_long_header(packet)
    assert opened(packet) == ((0, FRAME[4:]),)


def test_coalesced_packets() -> None:
    def long(kind: int) -> bytes:
        return bytes((0xC0 | kind << 4,)) + b"\x00\x00\x00\x01\x04abcd\x00" + varint(50, 2) + bytes(50)

    first, second = made(crypto(0, MESSAGE[:50])), made(crypto(50, MESSAGE[50:]), number=1)
    datagram = long(2) + first + long(1) + second + b"\x40short header"
    assert [found.packet for found in quic.initials(datagram)] == [first, second]
    assert [found.packet for found in quic.initials(first + bytes(300) + second + bytes(9))] == [first, second]
    assert quic.initials(first * 40) == quic.initials(first) * 16


def test_version_two_numbers_its_types_otherwise() -> None:
    assert quic.initials(bytes((PACKET_1[0] | 0x10,)) + PACKET_1[1:]) == ()  # 0-RTT in version 1
    assert quic.initials(bytes((PACKET_2[0] & 0xCF,)) + PACKET_2[1:]) == ()  # Retry in version 2


def test_a_cut_packet_gives_nothing() -> None:
    packet = made(crypto(0, MESSAGE), token=b"token")
    for end in range(len(packet)):
        assert quic.initials(packet[:end]) == ()
        assert quic.is_long_header(packet[:end]) == (end > 14)


@pytest.mark.parametrize("version", [0, 2, 0x1A2A3A4A, 0x51303433, 0xFF000015, 0xFF000023])
def test_versions_that_cannot_be_read(version: int) -> None:
    packet = initial(client_keys(SALT_1, DCID), bytes(1180), version=version, dcid=DCID)
    assert not quic.is_long_header(packet)
    assert quic.initials(packet) == ()
    expected = version if version in (2, 0xFF000015, 0xFF000023) else None
    assert quic.unknown_version(packet) == expected
    assert quic.unknown_version(packet[:1199]) is None
    known = quic.Initial(version, DCID, b"", 0, packet, 18)
    assert quic.Opener().frames(known, DCID) is None


TAKEN = [0xFF020000, 0xFACEFEED, 0x0000FFFF, 0x5043513F, 0x50524F58, 0x45474704]
TAKEN += [0x51474FFF, 0x91C17000, 0xABCD00FF, 0xF0F0F1F1, 0xF123F0C5]
FREE = [0xFF010000, 0xFACF0000, 0x00010000, 0x50435140, 0x50524F59, 0x45474800]
FREE += [0x51475000, 0x91C17100, 0xABCD0100, 0xF0F10000, 0xF123F0D0]


@pytest.mark.parametrize("version", TAKEN + FREE)
def test_versions_that_implementations_took_for_themselves(version: int) -> None:
    datagram = b"\xc0" + version.to_bytes(4, "big") + b"\x08" + bytes(1194)
    assert quic.unknown_version(datagram) == (version if version in TAKEN else None)


def test_unknown_version_of_other_datagrams() -> None:
    assert quic.unknown_version(PACKET_1) is None
    assert quic.unknown_version(bytes(1200)) is None
    assert quic.unknown_version(b"\xc0\x12\x34\x56\x78" + bytes(1200)) is None
    assert quic.unknown_version(b"\xc0\xff\x00\x00\x01\x15" + bytes(1200)) is None


def test_remembered_keys_are_bounded_and_right() -> None:
    opener = quic.Opener(most=2)
    ids = [bytes((number,)) * 8 for number in range(5)]
    packets = [initial(client_keys(SALT_1, dcid), crypto(0, MESSAGE), dcid=dcid) for dcid in ids]
    for _ in range(2):
        for packet, dcid in zip(packets, ids, strict=True):
            (found,) = quic.initials(packet)
            assert opener.frames(found, dcid) == ((0, MESSAGE),)
            assert opener.frames(found, b"another") is None
    assert len(opener._keys) == 2


ACK = b"\x02" + varint(9, 1) + varint(500, 2) + varint(2, 1) + varint(0, 1) + bytes(4)
ACK_ECN = b"\x03" + ACK[1:] + varint(70000, 4) + varint(1 << 40, 8) + b"\x00"


@pytest.mark.parametrize(
    ("payload", "frames"),
    [
        (b"", ()),
        (bytes(100), ()),
        (
            b"\x01\x00\x00" + crypto(7, b"abc") + b"\x01" + ACK + ACK_ECN + crypto(0, b"x") + bytes(9),
            ((7, b"abc"), (0, b"x")),
        ),
        (crypto(0, b"a") + b"\x1c\x00\x00\x00" + crypto(1, b"b"), ((0, b"a"),)),  # the connection is closed
        (crypto(0, b"a") + crypto(1, b"bcd")[:-1], ((0, b"a"),)),
        (crypto(0, b"a") + b"\x06\x40", ((0, b"a"),)),
        (b"\x02\x00\x00\xff\xff\xff\xff\xff\xff\xff\xff\x00" + crypto(0, b"a"), ()),
        (crypto(0, b""), ((0, b""),)),
    ],
)
def test_frames(payload: bytes, frames: tuple[tuple[int, bytes], ...]) -> None:
    assert quic.crypto_frames(payload) == frames


def test_the_number_of_frames_is_bounded() -> None:
    assert len(quic.crypto_frames(crypto(0, b"a") * 1000)) == 512


PIECES = [(0, MESSAGE[:20]), (20, MESSAGE[20:70]), (60, MESSAGE[60:90]), (90, MESSAGE[90:])]


@pytest.mark.parametrize("order", list(itertools.permutations(PIECES)))
def test_a_stream_in_any_order(order: tuple[tuple[int, bytes], ...]) -> None:
    stream = quic.CryptoStream()
    for offset, data in order:
        assert stream.message() is None
        stream.add(offset, data)
        stream.add(offset, data)
    assert stream.message() == MESSAGE == stream.contiguous()


def test_a_gap_leaves_the_name_that_precedes_it() -> None:
    stream = quic.CryptoStream()
    stream.add(120, MESSAGE[120:])
    stream.add(0, MESSAGE[:110])
    assert stream.message() is None
    assert tls.server_name(stream.contiguous()) == NAME


def test_later_bytes_do_not_replace_earlier_ones() -> None:
    stream = quic.CryptoStream()
    stream.add(0, MESSAGE[:100])
    stream.add(50, b"\xff" * 50 + MESSAGE[100:])
    assert stream.message() == MESSAGE


def test_a_stream_is_bounded() -> None:
    stream = quic.CryptoStream(most=100, frames=3)
    stream.add(50, b"")
    stream.add(51, b"")
    for offset in (90, 80, 70, 60):
        stream.add(offset, b"x" * 10)
    stream.add(1 << 61, b"x")
    stream.add(0, b"y" * 60)
    assert stream.contiguous() == b"y" * 60  # the fourth piece that had to wait was not taken
    stream.add(60, b"z" * 10)
    assert len(stream.contiguous()) == 100
    shorter = quic.CryptoStream(most=100)
    shorter.add(0, b"y" * 95)
    shorter.add(95, b"x" * 6)  # beyond what is kept by one byte
    assert len(shorter.contiguous()) == 95


@given(st.lists(st.tuples(st.integers(0, 200), st.integers(0, 200)), max_size=30))
def test_any_pieces_of_one_message_agree_with_it(cuts: list[tuple[int, int]]) -> None:
    stream = quic.CryptoStream()
    covered: set[int] = set()
    for start, end in cuts:
        stream.add(start, MESSAGE[start:end])
        covered.update(range(start, min(end, len(MESSAGE))))
    gap = next(at for at in itertools.count() if at not in covered)
    assert stream.contiguous() == MESSAGE[:gap]


PACKET = made(crypto(0, MESSAGE), token=b"token")


@given(st.binary(max_size=200), st.integers(0, 60), st.sampled_from([b"", b"\xc0\x00\x00\x00\x01", PACKET]))
def test_arbitrary_bytes(data: bytes, at: int, before: bytes) -> None:
    opener = quic.Opener(4)
    for datagram in (before + data, PACKET[:at] + data + PACKET[at + len(data) :]):
        quic.is_long_header(datagram)
        quic.unknown_version(datagram)
        quic.retry(datagram)
        for found in quic.initials(datagram):
            opener.frames(found, found.dcid)
    quic.crypto_frames(data)
    opener.frames(quic.Initial(1, b"", b"", 0, data, at), b"")
