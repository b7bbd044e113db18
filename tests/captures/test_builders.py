"""What the builders make is read back by dpkt and by scapy, so that no test trusts our own idea of a format."""

from __future__ import annotations

import io
import struct
import warnings
from itertools import pairwise
from pathlib import Path
from typing import Any

import dpkt  # type: ignore[import-untyped]
import pytest

from tests.captures import files, messages, packets, quic, tls
from tests.captures.conversations import START, Tcp, Timed, merged, tcp, udp

CLIENT, SERVER = "192.0.2.7", "198.51.100.9"
CLIENT6, SERVER6 = "2001:db8::7", "2001:db8:1::9"


def _untyped(anything: Any) -> Any:
    """What scapy leaves without types, or gives the wrong ones."""
    return anything


def _dpkt(frames: list[Timed]) -> list[Any]:
    return [dpkt.ethernet.Ethernet(data) for _, data in frames]


def _sent(talk: Tcp, source: str = CLIENT) -> bytes:
    """What an end has sent, put together by sequence number as dpkt reads it."""
    segments = [frame.data for frame in _dpkt(talk.frames) if frame.data.src == packets.packed(source)]
    with_data = {one.data.seq: one.data.data for one in segments if one.data.data}
    stream = b""
    for place, data in sorted(with_data.items()):
        begin = place - min(with_data)
        assert begin <= len(stream)
        stream = stream[:begin] + data + stream[begin + len(data) :]
    return stream


def _sni(stream: bytes) -> bytes | None:
    """The name in a hello as dpkt reads it; of its own accord dpkt reads one record only, so the records are joined first."""
    found, _ = dpkt.ssl.tls_multi_factory(stream)
    content = b"".join(record.data for record in found)
    hello = dpkt.ssl.TLSHandshake(content).data
    names = [body for kind, body in hello.extensions if kind == tls.SNI]
    return bytes(names[0][5:]) if names else None


@pytest.mark.parametrize(("client", "server"), [(CLIENT, SERVER), (CLIENT6, SERVER6)])
@pytest.mark.parametrize("vlans", [(), (7,), (7, 8)])
def test_checksums_and_lengths_are_right(client: str, server: str, vlans: tuple[int, ...]) -> None:
    """scapy computes them anew where they were taken out; both must be the same to the byte."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from scapy.layers.inet import IP, TCP, UDP
        from scapy.layers.l2 import Ether
    talk = tcp(client, server, 443, vlans=vlans).syn().send(b"odd").receive(b"even").fin().rst()
    asked = udp(client, server, 53, vlans=vlans).send(b"abc").receive(b"")
    for _, data in talk.frames + asked.frames:
        frame = Ether(data)
        for layer, fields in ((IP, ("chksum", "len")), (TCP, ("chksum", "dataofs")), (UDP, ("chksum", "len"))):
            for field in fields if layer in frame else ():
                del frame[layer].fields[field]
        assert bytes(frame) == data
    assert [one.id for one in getattr(_dpkt(talk.frames)[0], "vlan_tags", [])] == list(vlans)


def test_a_conversation_is_one_of_tcp() -> None:
    talk = tcp(CLIENT, SERVER, 443).syn().send(b"x" * 3000).receive(b"y" * 10).fin()
    flags = [frame.data.data.flags for frame in _dpkt(talk.frames)]
    assert flags == [2, 18, 16, 24, 24, 24, 16, 24, 16, 17, 17, 16]
    times = [time for time, _ in talk.frames]
    assert times[0] == START and all(one < other for one, other in pairwise(times))
    last = _dpkt(talk.frames)[-1].data.data
    assert (last.sport, last.dport, last.seq, last.ack) == (40_000, 443, 1_001 + 3000 + 1, 5_000 + 10 + 1)


@pytest.mark.parametrize(
    "how",
    [
        {},
        {"mss": 100},
        {"mss": 100, "order": "reversed"},
        {"mss": 700, "order": (2, 0, 1)},
        {"mss": 200, "overlap": 77},
        {"mss": 100, "retransmit": True},
        {"mss": 1},
    ],
)
def test_a_hello_arrives_whole_however_it_is_sent(how: dict[str, Any]) -> None:
    hello = tls.hello("chatgpt.com", size=1_800)
    talk = tcp(CLIENT, SERVER, 443).send(hello, **how)
    assert _sent(talk) == hello
    assert _sni(_sent(talk)) == b"chatgpt.com"


def test_segments_are_sent_as_they_were_asked_for() -> None:
    def sent(**how: Any) -> list[tuple[int, bytes]]:
        frames = _dpkt(tcp(CLIENT, SERVER, 443, sequence=100).send(b"abcdef", mss=2, **how).frames)
        return [(frame.data.data.seq, frame.data.data.data) for frame in frames if frame.data.data.data]

    assert sent() == [(100, b"ab"), (102, b"cd"), (104, b"ef")]
    assert sent(order="reversed") == [(104, b"ef"), (102, b"cd"), (100, b"ab")]
    assert sent(order=(0, 2)) == [(100, b"ab"), (104, b"ef")]
    assert sent(overlap=1) == [(100, b"ab"), (101, b"bcd"), (103, b"def")]
    assert len(sent(retransmit=True)) == 6


def test_a_sequence_number_that_wraps() -> None:
    talk = tcp(CLIENT, SERVER, 443, sequence=(1 << 32) - 2).syn().send(b"abcd", mss=2)
    data = [frame.data.data for frame in _dpkt(talk.frames) if frame.data.data.data]
    assert [one.seq for one in data] == [(1 << 32) - 2, 0]


@pytest.mark.parametrize("record", [16_384, 100, 7])
def test_a_hello_over_records(record: int) -> None:
    sent = tls.hello("chatgpt.com", record=record)
    found, _ = dpkt.ssl.tls_multi_factory(sent)
    assert max(len(one.data) for one in found) <= record
    assert _sni(sent) == b"chatgpt.com"


def test_a_hello_says_what_it_was_told() -> None:
    hello = dpkt.ssl.TLSHandshake(tls.client_hello("a.example", alpn=("h3",), ech=True, size=900)).data
    extensions = dict(hello.extensions)
    assert extensions[tls.ALPN] == b"\x00\x03\x02h3"
    assert extensions[tls.ECH][:6] == b"\0\0\1\0\1\x2a"
    assert tls.PADDING in extensions
    assert [len(tls.client_hello("a.example", size=size)) for size in (517, 900, 1_800)] == [517, 900, 1_800]
    assert tls.hello("a.example") == tls.hello("a.example")
    assert _sni(tls.hello(None)) is None
    assert _sni(tls.hello(b"\xff.example")) == b"\xff.example"


def test_a_server_shows_its_certificate() -> None:
    from cryptography import x509

    found, used = dpkt.ssl.tls_multi_factory(tls.server_flight("api.example", "*.api.example", record=150))
    content = b"".join(one.data for one in found)
    assert used == len(tls.server_flight("api.example", "*.api.example", record=150)) and len(found) > 2
    hello = dpkt.ssl.TLSHandshake(content[: 4 + int.from_bytes(content[1:4], "big")])
    assert hello.type == 2
    rest = content[len(hello) :]
    (der,) = dpkt.ssl.TLSHandshake(rest[: 4 + int.from_bytes(rest[1:4], "big")]).data.certificates
    names = x509.load_der_x509_certificate(bytes(der)).extensions.get_extension_for_class(x509.SubjectAlternativeName)
    assert names.value.get_values_for_type(x509.DNSName) == ["api.example", "*.api.example"]


def test_a_datagram_hello() -> None:
    sent = tls.dtls_hello("turn.example", cookie=b"crumb")
    kind, version, epoch, _, _, length = struct.unpack_from(">BHHIHH", sent)
    assert (kind, version, epoch, length) == (22, 0xFEFF, 0, len(sent) - 13)
    body = sent[13 + 12 :]
    assert int.from_bytes(sent[14:17], "big") == int.from_bytes(sent[22:25], "big") == len(body)
    place = 35 + body[34]
    assert body[place : place + 6] == b"\x05crumb"
    as_tls = tls.message(1, body[:place] + body[place + 6 :])
    names = [data for kind, data in dpkt.ssl.TLSHandshake(as_tls).data.extensions if kind == tls.SNI]
    assert bytes(names[0][5:]) == b"turn.example"


@pytest.mark.parametrize(
    ("version", "begins"),
    [
        (1, "c000000001088394c8f03e5157080000449e7b9aec34d1b1c98dd7689fb8ec11d242b123dc9bd8bab936"),
        (2, "d76b3343cf088394c8f03e5157080000449ea0c95e82ffe67b6abcdb4298b485dd04de806071bf03dcee"),
    ],
)
def test_quic_as_the_rfcs_have_it(version: int, begins: str) -> None:
    """The protected packets of RFC 9001, appendix A.2, and RFC 9369, appendix A.2, with the hello that is printed there."""
    hello = bytes.fromhex(
        "010000ed0303ebf8fa56f12939b9584a3896472ec40bb863cfd3e86804fe3a47f06a2b69484c00000413011302010000c000000010000e"
        "00000b6578616d706c652e636f6dff01000100000a00080006001d0017001800100007000504616c706e00050005010000000000330026"
        "0024001d00209370b2c9caa47fbabaf4559fedba753de171fa71f50f1ce15d43e994ec74d748002b0003020304000d0010000e04030503"
        "06030203080408050806002d00020101001c00024001003900320408ffffffffffffffff05048000ffff07048000ffff0801100104800075"
        "300901100f088394c8f03e51570806048000ffff"
    )
    packet = quic.initial(
        bytes.fromhex("8394c8f03e515708"), quic.crypto(hello), version=version, number=2, number_size=4
    )
    assert len(packet) == 1200
    assert packet.hex()[: len(begins)] == begins


def test_crypto_frames_cover_the_message() -> None:
    message = bytes(range(256))
    frames = quic.crypto_frames(message, (10, 100))
    assert [frame[:3] for frame in frames] == [b"\x06\x00\x0a", b"\x06\x0a\x40", b"\x06\x40\x64"]
    assert b"".join((frames[0][3:], frames[1][4:], frames[2][5:])) == message
    values = (63, 64, 16_383, 16_384, 1 << 30)
    assert [quic.variable(value)[0] >> 6 for value in values] == [0, 1, 1, 2, 3]
    with pytest.raises(ValueError, match="too large"):
        quic.variable(1 << 62)


def test_dns() -> None:
    query = dpkt.dns.DNS(messages.dns_query("chatgpt.com", kind=messages.HTTPS))
    assert [(one.name, one.type) for one in query.qd] == [("chatgpt.com", 65)]
    raw = messages.dns_answer("chatgpt.com", ["203.0.113.5", "2001:db8::5"], chain=["edge.example.net", "e.example"])
    answer = dpkt.dns.DNS(raw)
    assert answer.qr and answer.qd[0].name == "chatgpt.com"
    assert [(one.name, one.type) for one in answer.an] == [
        ("chatgpt.com", 5), ("edge.example.net", 5), ("e.example", 1), ("e.example", 28),
    ]  # fmt: skip
    assert [one.cname for one in answer.an[:2]] == ["edge.example.net", "e.example"]
    assert (answer.an[2].ip, answer.an[3].ip6) == (packets.packed("203.0.113.5"), packets.packed("2001:db8::5"))
    assert dpkt.dns.DNS(messages.dns_answer("no.example", [], code=3)).rcode == 3
    framed = messages.dns_over_tcp(raw, b"x")
    assert framed == struct.pack(">H", len(raw)) + raw + b"\x00\x01x"
    assert messages.dns_name([b"a.b", b"\xff"]) == b"\x03a.b\x01\xff\x00"


def test_http() -> None:
    sent = dpkt.http.Request(messages.request("api.example:8080", "/v1/x", method="POST", body=b"{}"))
    assert (sent.method, sent.uri, sent.headers["host"], sent.body) == ("POST", "/v1/x", "api.example:8080", b"{}")
    tunnel = dpkt.http.Request(messages.connect("chatgpt.com:443"))
    assert (tunnel.method, tunnel.uri) == ("CONNECT", "chatgpt.com:443")
    assert dpkt.http.Response(messages.response(b"body")).body == b"body"
    assert "host" not in dpkt.http.Request(messages.request(None)).headers
    assert dpkt.http.Response(messages.ESTABLISHED).status == "200"


def test_proxies() -> None:
    assert messages.socks5("chatgpt.com", 443) == b"\x05\x01\x00\x03\x0bchatgpt.com\x01\xbb"
    assert messages.socks4a("chatgpt.com", 443, "me") == b"\x04\x01\x01\xbb\0\0\0\1me\0chatgpt.com\0"
    assert messages.proxy_v1(CLIENT, SERVER, 1, 443) == b"PROXY TCP4 192.0.2.7 198.51.100.9 1 443\r\n"
    binary = messages.proxy_v2(CLIENT6, SERVER6, 1, 443)
    assert binary[:16] == b"\r\n\r\n\0\r\nQUIT\n\x21\x21\x00\x24" and len(binary) == 16 + 36


@pytest.mark.parametrize(("client", "server"), [(CLIENT, SERVER), (CLIENT6, SERVER6)])
def test_fragments_are_put_together_again(client: str, server: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from scapy.layers.inet import IP, defragment
        from scapy.layers.inet6 import IPv6, defragment6
    ((_, whole),) = udp(client, server, 53).send(b"x" * 1_000).packets
    pieces = packets.fragments(whole, 400)
    assert len(pieces) == 3
    if whole[0] >> 4 == 6:
        assert bytes(_untyped(defragment6)([IPv6(piece) for piece in pieces])) == whole
    else:
        (joined,) = _untyped(defragment)([IP(piece) for piece in pieces])
        assert bytes(joined)[20:] == whole[20:]
        assert all(packets.checksum(piece[:20]) == 0 for piece in pieces)


FRAMES = tcp(CLIENT, SERVER, 443).syn().send(tls.hello("chatgpt.com")).frames


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("nanoseconds", [False, True])
def test_pcap(tmp_path: Path, order: files.Order, nanoseconds: bool) -> None:
    path = files.write_pcap(tmp_path / "x.pcap", FRAMES, order=order, nanoseconds=nanoseconds, snaplen=100)
    reader = dpkt.pcap.Reader(io.BytesIO(path.read_bytes()))
    found = [(round(float(time) * 1e6), data) for time, data in reader]
    assert found == [(time, data[:100]) for time, data in FRAMES]
    assert reader.snaplen == 100
    lengths = struct.unpack_from(f"{order}II", files.pcap(FRAMES[3:4], order=order, snaplen=100), 24 + 8)
    assert lengths == (100, len(FRAMES[3][1]))


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("resolution", [3, 6, 9])
def test_pcapng(tmp_path: Path, order: files.Order, resolution: int) -> None:
    one = files.Interface(FRAMES, resolution=resolution)
    path = files.write_pcapng(
        tmp_path / "x.pcapng", files.section(one, order=order, extra=files.block(0xBAD, b"?", order))
    )
    found = [(round(float(time) * 1e6), data) for time, data in dpkt.pcapng.Reader(io.BytesIO(path.read_bytes()))]
    assert found == FRAMES


def test_pcapng_of_several_interfaces_and_sections(tmp_path: Path) -> None:
    """scapy reads what dpkt does not: the second interface's own link type."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        from scapy.layers.inet import IP
        from scapy.layers.l2 import Ether
        from scapy.utils import RawPcapNgReader
    talk = udp(CLIENT, SERVER, 53).send(b"a").receive(b"b")
    raw = files.Interface([(time + 500, data) for time, data in talk.packets], files.RAW, resolution=9)
    both = files.section(files.Interface(talk.frames), raw)
    other = files.section(files.Interface(talk.frames[:1]), order=">", simple=True)
    path = files.write_pcapng(tmp_path / "x.pcapng", both, other)
    with RawPcapNgReader(str(path)) as reader:
        found = [(meta.linktype, data) for data, meta in _untyped(reader)]
    assert [link for link, _ in found] == [1, 101, 1, 101, 1]
    assert Ether(found[0][1])[IP].src == IP(found[1][1]).src == CLIENT
    assert found[4][1] == talk.frames[0][1]


def test_several_conversations_in_the_order_of_time() -> None:
    one, two = (
        tcp(CLIENT, SERVER, 443).syn(),
        udp(CLIENT, SERVER, 53, time=START + 500).send(b"a").wait(50_000).send(b"b"),
    )
    times = [time - START for time, _ in merged(one, two)]
    assert times == [0, 500, 1_000, 2_000, 51_500]
