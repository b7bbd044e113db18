"""The record layer, the hello and the server's certificates: whole, split, cut at every byte, corrupt, hostile."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shadowai.wire import tls
from tests.wire.hellos import alpn, certificate_message, extension, hello, listed, message, named, records

NAME = b"chatgpt.com"
FULL = hello(
    extension(0x0A0A),
    extension(23),
    named(NAME),
    alpn(b"h2", b"http/1.1"),
    listed(13, (0x0403, 0x0804), 2),
    listed(43, (0x3A3A, 0x0304, 0x0303), 1),
    extension(0xFE0D, b"\x00\x00\x01\x00\x01\x2a\x00\x20" + bytes(32) + b"\x00\x90" + bytes(144)),
)
NAME_END = FULL.index(NAME) + len(NAME)


def test_the_fields_of_a_hello() -> None:
    assert tls.client_hello(FULL) == tls.ClientHello(
        version=0x0303,
        versions=(0x0304, 0x0303),
        server_name=NAME,
        alpn=(b"h2", b"http/1.1"),
        ciphers=(0x1301, 0xC02B),
        extensions=(0x0A0A, 23, 0, 16, 13, 43, 0xFE0D),
        signature_algorithms=(0x0403, 0x0804),
        ech=tls.EncryptedHello(True, 0x2A, 32, 144),
    )
    assert tls.server_name(FULL) == NAME


@pytest.mark.parametrize("kind", [0x39, 0xFFA5])
def test_quic_and_encrypted_name_marks(kind: int) -> None:
    found = tls.client_hello(hello(extension(kind), extension(0xFFCE, b"\x13\x01")))
    assert found is not None and found.quic_transport and found.esni and found.server_name is None


def test_an_inner_hello_and_a_cut_encrypted_hello() -> None:
    inner = tls.client_hello(hello(extension(0xFE0D, b"\x01")))
    assert inner is not None and inner.ech == tls.EncryptedHello(False)
    cut = tls.client_hello(hello(extension(0xFE0D, b"\x00\x00\x01")))
    assert cut is not None and cut.ech == tls.EncryptedHello(True)
    assert tls.client_hello(hello(extension(0xFE0D))).ech is None  # type: ignore[union-attr]


def test_the_sizes_in_an_encrypted_hello() -> None:
    block = b"\x00\x00\x01\x00\x01\xff" + (289).to_bytes(2, "big") + bytes(289) + (515).to_bytes(2, "big") + bytes(515)
    found = tls.client_hello(hello(extension(0xFE0D, block)))
    assert found is not None and found.ech == tls.EncryptedHello(True, 255, 289, 515)


@pytest.mark.parametrize(
    ("data", "protocols"),
    [
        (b"\x00\x06\x02h2\x02h", (b"h2",)),
        (b"\x00\x03\x02h2", (b"h2",)),
        (b"\x00\x01\x00", (b"",)),
        (b"\x00\x00", ()),
        (b"\x00", ()),
    ],
)
def test_protocols_end_at_the_first_that_is_cut(data: bytes, protocols: tuple[bytes, ...]) -> None:
    found = tls.client_hello(hello(extension(16, data)))
    assert found is not None and found.alpn == protocols


def test_a_hello_without_extensions() -> None:
    found = tls.client_hello(hello(version=0x0300))
    assert found == tls.ClientHello(0x0300, ciphers=(0x1301, 0xC02B))
    assert tls.server_name(hello()) is None


@pytest.mark.parametrize(
    ("block", "name"),
    [
        (named(b"a.example", b"b.example"), b"a.example"),
        (named(b"opaque", kind=7), None),
        (extension(0, b"\x00\x10\x07\x00\x02xx\x00\x00\x09a.example"), b"a.example"),  # another type of name first
        (named(b""), None),
        (extension(0), None),
        (extension(0, b"\x00\x0c\x00\x00\x09a.exa"), None),  # the name is longer than its extension
        (named(b"a.example") + named(b"b.example"), b"a.example"),
        (named(b"\xff\x00\r\n"), b"\xff\x00\r\n"),  # as sent: judging it is the caller's business
    ],
)
def test_server_name_forms(block: bytes, name: bytes | None) -> None:
    data = hello(extension(23), block)
    assert tls.server_name(data) == name
    found = tls.client_hello(data)
    assert found is not None and found.server_name == name


def test_corruption_after_the_name_leaves_the_name() -> None:
    broken = FULL[:NAME_END] + b"\xff" * (len(FULL) - NAME_END)
    found = tls.client_hello(broken)
    assert found is not None and found.server_name == NAME == tls.server_name(broken)


@pytest.mark.parametrize("other", [b"", b"\x02" + FULL[1:], FULL[:38], FULL[:60], b"\x01\x00\x00\x00"])
def test_no_hello(other: bytes) -> None:
    assert tls.client_hello(other) is None
    assert tls.server_name(other) is None


@pytest.mark.parametrize("size", [1, 2, 7, 100, 16384])
def test_records_of_any_split(size: int) -> None:
    stream = records(FULL, size)
    assert tls.handshake(stream) == FULL
    assert tls.handshake(b"x" * 9 + stream + records(b"later"), 9) == FULL
    assert tls.partial_server_name(b"xx" + stream, 2) == NAME


@pytest.mark.parametrize("size", [1, 50, 16384])
def test_a_cut_at_every_byte(size: int) -> None:
    """What is needed is never overstated, and becomes exact once the record that holds the rest has begun."""
    stream = records(FULL, size)
    for end in range(len(stream)):
        part = stream[:end]
        found = tls.handshake(part)
        assert isinstance(found, tls.NeedMore)
        assert 1 <= found.at_least <= len(stream) - end
        assert tls.hello_start(part)
        assert tls.partial_server_name(part) in (None, NAME)
    assert tls.partial_server_name(stream[: len(stream) - 150]) == NAME


def test_what_is_needed_is_exact_within_one_record() -> None:
    stream = records(FULL)
    for end in range(9, len(stream)):
        assert tls.handshake(stream[:end]) == tls.NeedMore(len(stream) - end)


def test_a_name_that_is_cut_is_no_name() -> None:
    for end in range(len(FULL)):
        assert tls.server_name(FULL[:end]) == (NAME if end >= NAME_END else None)


def test_the_next_message_in_the_same_record_is_left() -> None:
    assert tls.handshake(records(FULL + message(16, b"key"))) == FULL
    assert tls.handshake(records(message(0, b"") + FULL)) == message(0, b"")


@pytest.mark.parametrize(
    "stream",
    [
        b"GET / HTTP/1.1\r\n\r\n",
        records(FULL[:40]) + records(b"\x01", kind=20) + records(FULL[40:]),
        records(FULL[:40]) + b"\x17",
        b"\x16\x03\x01\x48\x01" + FULL,  # a record longer than there may be
        b"\x16\x03\x05" + records(FULL)[3:],
        b"\x16\x02\x01" + records(FULL)[3:],
        b"\x16\x03\x01\x00\x00" * 9 + records(FULL),
        records(message(1, bytes(65537))),
    ],
)
def test_no_handshake(stream: bytes) -> None:
    assert tls.handshake(stream) is None


def test_a_few_empty_records_are_borne() -> None:
    stream = b"\x16\x03\x01\x00\x00" * 7 + records(FULL)
    assert tls.hello_start(stream)
    assert tls.handshake(stream) == FULL
    assert tls.handshake(b"\x16\x03\x01\x00\x00" * 8 + records(FULL)) == FULL


def test_the_largest_record_and_the_newest_version() -> None:
    large = FULL + bytes(18432 - len(FULL))
    stream = records(large, 18432, version=0x0304)
    assert tls.hello_start(stream)
    assert tls.handshake(stream) == FULL
    assert tls.messages(stream).messages == large
    assert tls.messages(records(large + b"\x00", 18433)) == tls.Handshake(b"", 0, 0, True)


def test_the_limit_of_a_message() -> None:
    assert tls.handshake(records(FULL), most=len(FULL) - 4) == FULL
    assert tls.handshake(records(FULL), most=len(FULL) - 5) is None
    assert tls.handshake(records(FULL, 3), most=len(FULL) - 4) == FULL
    assert tls.handshake(records(FULL, 3), most=len(FULL) - 5) is None


@pytest.mark.parametrize(
    "data",
    [
        b"\x17",
        b"\x16\x04",
        b"\x16\x03\x05",
        b"\x16\x03\x01\x49",
        b"\x16\x03\x01\x48\x01\x01",
        b"\x16\x03\x01\x00\x40\x02",
        b"\x16\x03\x01\x00\x40\x01\x02",
        b"\x16\x03\x01\x00\x00" * 8 + b"\x16",
    ],
)
def test_no_hello_starts_here(data: bytes) -> None:
    assert not tls.hello_start(data)
    assert not tls.hello_start(b"1234" + data, 4)


def test_alerts_are_passed_over_only_where_asked() -> None:
    stream = records(b"\x01\x70", kind=21) + records(FULL)
    assert tls.messages(stream).messages == b""
    assert tls.messages(stream, alerts=True).messages == FULL


def test_a_hello_behind_a_datagrams_own_header() -> None:
    assert tls.hello_in_datagram(b"\x00\x14\xc1\x01\x16\x03" + records(FULL)) == FULL
    assert tls.hello_in_datagram(bytes(33) + records(FULL)) is None
    assert tls.hello_in_datagram(records(FULL)[:-1]) is None


SERVER = message(2, b"\x03\x03" + bytes(70))
CHAIN = (b"\x30leaf", b"\x30intermediate" * 30)


@pytest.mark.parametrize("size", [1, 9, 16384])
@pytest.mark.parametrize("between", [b"", message(23, b"supplemental")])
def test_certificates(size: int, between: bytes) -> None:
    stream = records(SERVER + between + certificate_message(*CHAIN) + message(14, b""), size)
    assert tls.certificates(stream) == CHAIN
    assert tls.certificates(stream, leaf_only=True) == CHAIN[:1]
    assert tls.certificates(records(b"\x01\x70", kind=21) + stream) == CHAIN


def test_certificates_cut_at_every_byte() -> None:
    whole = records(SERVER + certificate_message(*CHAIN), 100)
    for end in range(len(whole)):
        found = tls.certificates(whole[:end])
        assert isinstance(found, tls.NeedMore) and 1 <= found.at_least <= len(whole) - end
        leaf = tls.certificates(whole[:end], leaf_only=True)
        assert leaf == CHAIN[:1] or isinstance(leaf, tls.NeedMore)
    assert tls.certificates(whole[:120], leaf_only=True) == CHAIN[:1]


def test_what_certificates_need_is_exact_within_one_record() -> None:
    whole = records(SERVER + certificate_message(*CHAIN))
    for end in range(9, len(whole)):
        due = 5 + len(SERVER) if end < 5 + len(SERVER) else min(len(whole), 9 + len(SERVER))
        due = len(whole) if end >= 9 + len(SERVER) else due
        assert tls.certificates(whole[:end]) == tls.NeedMore(due - end)


def test_a_message_longer_than_any_chain() -> None:
    for size, found in (((1 << 17) - 4, tls.NeedMore), ((1 << 17) - 3, type(None))):
        assert isinstance(tls.certificates(records(SERVER + b"\x0b" + size.to_bytes(3, "big"))), found)


@pytest.mark.parametrize(
    "stream",
    [
        records(SERVER) + records(b"\x01", kind=20),  # a resumed session
        records(SERVER) + records(b"\x00" * 40, kind=23),  # TLS 1.3
        records(SERVER + message(4, b"ticket")),
        records(SERVER + message(12, b"anonymous")),
        records(FULL),
        records(SERVER + certificate_message()),
        records(message(2, bytes(10)) + b"\x0b\xff\xff\xff"),
        b"HTTP/1.1 400 Bad Request\r\n\r\n",
    ],
)
def test_no_certificates(stream: bytes) -> None:
    assert tls.certificates(stream) is None


HOSTILE = st.one_of(
    st.binary(max_size=300),
    st.binary(max_size=120).map(lambda tail: FULL[:90] + tail),
    st.tuples(st.integers(0, len(FULL) - 1), st.integers(0, 255)).map(
        lambda change: FULL[: change[0]] + bytes((change[1],)) + FULL[change[0] + 1 :]
    ),
)


@given(HOSTILE, st.integers(1, 400), st.integers(0, 5))
def test_arbitrary_bytes(data: bytes, size: int, at: int) -> None:
    """Nothing raises, and the short way to the name agrees with the long one."""
    found = tls.client_hello(data)
    tls.client_hello(data, dtls=True)
    if found is not None:
        assert found.server_name == tls.server_name(data)
    for stream in (data, records(data, size)):
        whole = tls.handshake(stream, at)
        assert whole is None or isinstance(whole, tls.NeedMore) or whole in tls.messages(stream, at).messages
        tls.hello_start(stream, at)
        tls.partial_server_name(stream, at)
        tls.certificates(stream, at)
        tls.hello_in_datagram(stream)
    tls.certificates(records(SERVER + b"\x0b" + data))


def test_a_hello_of_nothing_but_extensions_is_walked_to_its_end() -> None:
    crowded = hello(*[extension(9)] * 16000, named(NAME))[:65500]
    found = tls.client_hello(hello(*[extension(9)] * 10000, named(NAME)))
    assert found is not None and found.server_name == NAME and len(found.extensions) == 10001
    assert tls.server_name(crowded) == NAME


def test_a_record_within_a_packet_of_sql_server() -> None:
    head = b"\x12\x01\0\x20\0\0\0\0"
    assert len(head) == tls.PRELOGIN_HEADER
    assert tls.in_prelogin(head + b"\x16\x03\x01") and tls.in_prelogin(b"??" + head + b"\x16\x03", 2)
    for other in (b"", head, head + b"\x16", head + b"\x16\x02", b"\x12\0" + head[2:] + b"\x16\x03", head + b"\0\0"):
        assert not tls.in_prelogin(other)
