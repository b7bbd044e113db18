"""Every public function of :mod:`shadowai.wire`, and the dissection of frames, on any bytes.

A target raises where a promise is broken: an exception that leaves a reader, two readers of one thing that disagree, more
bytes used than there are.
"""

from __future__ import annotations

from collections.abc import Callable

from shadowai.sources.capture import link
from shadowai.sources.capture.packet import Fragment, Packet, Several
from shadowai.wire import (
    ai_protocols,
    api_keys,
    dns,
    dtls,
    gquic,
    header_block,
    http,
    ja4,
    proxy_protocol,
    quic,
    socks,
    tls,
    x509,
)
from tests.fuzz.frames import LINK_TYPES

Target = Callable[[bytes], object]

_OPENER = quic.Opener(64)


def _hello(data: bytes) -> object:
    found = tls.client_hello(data)
    if found is not None:
        assert tls.server_name(data) == found.server_name, "two readers of a hello disagree"
        for transport in ("t", "q", "d"):
            assert len(ja4.ja4(found, transport)) >= 36
    return tls.client_hello(data, dtls=True)


def _handshake(data: bytes) -> object:
    found = tls.handshake(data)
    assert not isinstance(found, tls.NeedMore) or found.at_least > 0, "asks for nothing"
    if isinstance(found, bytes) and found[:1] == b"\x01":
        assert tls.hello_start(data), "a hello does not begin as one"
    return found


def _certificates(data: bytes) -> object:
    found = tls.certificates(data)
    tls.certificates(data, leaf_only=True)
    return (
        [x509.names(one) for one in found]
        if isinstance(found, tuple) and not isinstance(found, tls.NeedMore)
        else found
    )


def _dns_query(data: bytes) -> object:
    quick = dns.query(data)
    if quick is not None:
        whole = dns.message(data)
        assert whole is not None and whole.questions[0] == quick[0], "two readers of a question disagree"
    return quick


def _dns_stream(data: bytes) -> object:
    found, used = dns.tcp_messages(data)
    assert 0 <= used <= len(data)
    return [dns.message(one) for one in found]


def _dtls(data: bytes) -> object:
    return dtls.message(dtls.client_hello_fragments(data))


def _dtls_beginning(data: bytes) -> object:
    return tls.client_hello(dtls.beginning(dtls.client_hello_fragments(data)), dtls=True)


def _request(data: bytes) -> object:
    found = http.request(data)
    if isinstance(found, http.Request):
        assert found.used <= len(data)
        assert http.request_start(data), "a request does not begin as one"
        ai_protocols.of_request(found, data[found.used :])
    elif isinstance(found, http.NeedMore):
        assert found.at_least > len(data), "asks for what is there"
    return found


def _response(data: bytes) -> object:
    found = http.response(data)
    if isinstance(found, http.Response):
        assert found.used <= len(data)
        ai_protocols.of_response(found, data[found.used :])
    return found


def _quic(data: bytes) -> object:
    stream = quic.CryptoStream(4_096, 16)
    for initial in quic.initials(data):
        for offset, piece in _OPENER.frames(initial, initial.dcid) or ():
            stream.add(offset, piece)
    message = stream.message()
    return message is not None and tls.server_name(message)


def _crypto(data: bytes) -> object:
    stream = quic.CryptoStream(4_096, 16)
    for offset, piece in quic.crypto_frames(data):
        stream.add(offset, piece)
    assert len(stream.contiguous()) <= 4_096
    return stream.message()


def _dns_behind(data: bytes) -> object:
    place = dns.question_behind(data)
    assert -1 <= place < max(len(data), 1)
    return place


def _header_block(data: bytes) -> object:
    size, count = header_block.readable(data, 512)
    assert count <= min(size, 512), "a field that takes no byte"
    assert size <= len(data) and header_block.readable(data[:size], 512) == (size, count), "ends elsewhere than it said"
    return count


WIRE: dict[str, Target] = {
    "ai_protocols.of_json_rpc": ai_protocols.of_json_rpc,
    "ai_protocols.of_path": ai_protocols.of_path,
    "api_keys.find": lambda data: api_keys.find(data, b"secret"),
    "dns.query": _dns_query,
    "dns.message": dns.message,
    "dns.message, at 2": lambda data: dns.message(data, 2),
    "dns.addresses": dns.addresses,
    "dns.tcp_messages": _dns_stream,
    "dns.question_behind": _dns_behind,
    "dtls.hello_start": dtls.hello_start,
    "dtls.client_hello_fragments": _dtls,
    "dtls.beginning": _dtls_beginning,
    "gquic.is_start": gquic.is_start,
    "gquic.hello": gquic.hello,
    "gquic.server_name": gquic.server_name,
    "header_block.readable": _header_block,
    "http.request_start": http.request_start,
    "http.request": _request,
    "http.partial_request": http.partial_request,
    "http.response": _response,
    "http.preface": http.preface,
    "http.h2_requests": http.h2_requests,
    "proxy_protocol.header": proxy_protocol.header,
    "quic.is_long_header": quic.is_long_header,
    "quic.unknown_version": quic.unknown_version,
    "quic.initials": _quic,
    "quic.retry": quic.retry,
    "quic.crypto_frames": _crypto,
    "socks.connect": socks.connect,
    "tls.hello_start": tls.hello_start,
    "tls.in_prelogin": tls.in_prelogin,
    "tls.messages": tls.messages,
    "tls.messages, small": lambda data: tls.messages(data, 1, 512, alerts=True),
    "tls.handshake": _handshake,
    "tls.server_name": tls.server_name,
    "tls.host_name": tls.host_name,
    "tls.partial_server_name": tls.partial_server_name,
    "tls.hello_in_datagram": tls.hello_in_datagram,
    "tls.client_hello": _hello,
    "tls.certificates": _certificates,
    "x509.names": x509.names,
}
"""Readers of payloads, by name."""


def dissect(link_type: int, data: bytes) -> object:
    """A frame, of which what was found lies within it."""
    found = link.dissect(link_type, data)
    for part in found.parts if isinstance(found, Several) else (found,):
        if isinstance(part, Packet | Fragment):
            assert 0 <= part.start <= part.end <= len(data), part
            assert len(part.source) in (4, 16) and len(part.source) == len(part.destination), part
    return found


__all__ = ["LINK_TYPES", "WIRE", "dissect"]
