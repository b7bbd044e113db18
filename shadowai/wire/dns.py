"""DNS messages: who asked for which name, and what was answered (RFC 1035, 3596, 9460, 9848; mDNS RFC 6762; LLMNR RFC 4795).

Names come back as sent, dotted, without the root's dot (the root itself is ``b"."``), case and IDNA untouched. A dot, a
backslash or a byte outside printable ASCII within a label is written ``\\DDD`` (RFC 4343, section 2.1), so that a name of
two labels is never mistaken for a name of three.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from struct import Struct
from typing import NamedTuple

A, CNAME, AAAA, SVCB, HTTPS = 1, 5, 28, 64, 65
"""Resource record types (RFC 1035, 3596, 9460)."""

_IN = 1
_CLASSES = frozenset({0, 1, 2, 3, 4, 254, 255})  # RFC 6895, section 3.2; 0 is reserved, yet some stacks send it
_CLASS_MASK = 0x7FFF  # mDNS: unicast response wanted, or cache flush, in the top bit (RFC 6762, sections 5.4 and 10.2)
_OPCODES = frozenset({0, 1, 2, 4, 5, 6})  # RFC 6895, section 2.2
_PLAIN_QUERIES = frozenset(
    bytes((high, low, 0, 1, 0, 0, 0, 0, 0, additional))
    for high in (0x00, 0x01)  # recursion desired
    for low in (0x00, 0x10, 0x20, 0x30)  # checking disabled, authentic data
    for additional in (0, 1)  # EDNS
)
_LIKE_QUERIES = re.compile(
    rb"(?s)(?=[\x00-\x03]...(?:" + b"|".join(re.escape(query) for query in sorted(_PLAIN_QUERIES)) + rb"))"
)
"""Finds, overlapping, where a plain query of at most 1,023 bytes may begin behind its length."""
_OPT = b"\0\0\x29"
"""How the record of EDNS begins (RFC 6891, section 6.1.2)."""
_HOST = b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_"
_DOTTED = bytes(code if code in _HOST else 0x2E for code in range(256))
_PRINTABLE = bytes(code for code in range(0x21, 0x7F) if code not in b".\\")
_ESCAPED = tuple(bytes((code,)) if code in _PRINTABLE else b"\\%03d" % code for code in range(256))

_HEADER = Struct("!6H")
_RECORD = Struct("!HHIH")
_TO_QUESTION = b"\xc0\x0c"
"""A name that is the question's (RFC 1035, section 4.1.4)."""
_MAX_NAME = 255  # RFC 1035, section 2.3.4, with every length byte and the root
_MAX_LABEL = 63
_DEEP = 8
_MAX_QUESTIONS = 256
_MAX_ANSWERS = 256
_MAX_HINTS = 16
_IPV4_HINT, _ECH, _IPV6_HINT = 4, 5, 6  # RFC 9460, section 14.3.2
_ECH_VERSION = 0xFE0D  # RFC 9849, section 4; also the last drafts of draft-ietf-tls-esni


class Answer(NamedTuple):
    """One record of the answer section: of type A, AAAA, CNAME, SVCB or HTTPS.

    ``ttl`` is in seconds. ``address`` is packed. ``target`` is the name a CNAME, SVCB or HTTPS record points at (a service
    record that points at itself gives its owner). A service record's address hints (RFC 9460, section 7.3) follow it as
    further answers of the same type with an address.
    """

    owner: bytes
    type: int
    ttl: int
    address: bytes | None
    target: bytes | None


class Message(NamedTuple):
    """A DNS message. ``truncated`` is the TC bit. ``questions`` are all names asked for (up to 256), ``question`` and
    ``qtype`` the first (``None`` and 0 where there is none: an mDNS announcement, a refusal without its question).

    ``ech_public_names`` are the outer names of the Encrypted ClientHello configurations in SVCB and HTTPS records (RFC 9848).
    """

    id: int
    response: bool
    opcode: int
    rcode: int
    truncated: bool
    question: bytes | None
    qtype: int
    questions: tuple[bytes, ...]
    answers: tuple[Answer, ...]
    ech_public_names: tuple[bytes, ...]


class Addresses(NamedTuple):
    """What a plain answer tells: the ``question``, and packed addresses, each with its time to live in seconds."""

    question: bytes
    addresses: list[tuple[bytes, int]]


_Known = dict[int, tuple[bytes, int]]  # where a name begins -> the name, its length on the wire


def query(data: bytes, at: int = 0) -> tuple[bytes, int] | None:
    """The name and type of a plain query: one question for a host name, perhaps with EDNS. ``None`` for anything else,
    which :func:`message` may still be able to read."""
    if data[at + 2 : at + 12] not in _PLAIN_QUERIES:
        return None
    start = at + 12
    return _plain_question(data[start : data.find(b"\0", start) + 5])


def message(data: bytes, at: int = 0) -> Message | None:
    """The message in ``data`` from ``at`` to its end, or ``None`` where it is not DNS.

    What the capture has cut off is left out: the questions and answers that are whole are given.
    """
    if len(data) - at < 12:
        return None
    ident, flags, asked, answered, authority, additional = _HEADER.unpack_from(data, at)
    opcode = flags >> 11 & 15
    response = flags >= 0x8000
    if opcode not in _OPCODES or not (asked or answered or authority or additional or (response and flags & 15)):
        return None
    if at:
        data, at = data[at:], 0  # compression counts from the header
    known: _Known = {}
    questions, qtype, position = _questions(data, min(asked, _MAX_QUESTIONS), known)
    if asked and not questions:
        return None
    answers: tuple[Answer, ...] = ()
    public: tuple[bytes, ...] = ()
    if answered and asked <= _MAX_QUESTIONS and position >= 0:
        answers, public, plausible = _answers(data, position, min(answered, _MAX_ANSWERS), known)
        if not (asked or plausible):
            return None
    elif not (asked or answered) and (authority or additional) and not _owner(data, 12, known):
        return None
    question = questions[0] if questions else None
    truncated = flags & 0x0200 != 0
    return Message(ident, response, opcode, flags & 15, truncated, question, qtype, questions, answers, public)


def addresses(data: bytes) -> Addresses | None:
    """The addresses in a plain answer: to one question for a host name, without an error, and without service records.

    ``None`` for anything else, which :func:`message` may still be able to read; of a plain answer it tells the same.
    """
    if len(data) < 12:
        return None
    _, flags, asked, answered, _, _ = _HEADER.unpack_from(data)
    if flags & 0xF80F != 0x8000 or asked != 1 or answered > _MAX_ANSWERS:
        return None
    at = data.find(b"\0", 12) + 5
    question = _plain_question(data[12:at])
    if question is None or question[0].count(b".") >= _DEEP:
        return None
    name = question[0], at - 16
    known: _Known = {12: name}
    found: list[tuple[bytes, int]] = []
    for _ in range(answered):
        if data[at : at + 2] == _TO_QUESTION:
            known[at] = name
            at += 2
        else:
            _, at = _name(data, at, known) or (b"", len(data))
        if at + 10 > len(data):
            break
        kind, group, ttl, length = _RECORD.unpack_from(data, at)
        if kind in (SVCB, HTTPS):
            return None
        at, stop = at + 10, at + 10 + length
        if stop > len(data):
            break
        if group & _CLASS_MASK != _IN:
            pass
        elif (kind == A and length == 4) or (kind == AAAA and length == 16):
            found.append((data[at:stop], ttl))
        elif kind == CNAME:
            _name(data, at, known)
        at = stop
    return Addresses(question[0], found)


def tcp_messages(stream: bytes) -> tuple[tuple[bytes, ...], int]:
    """The messages that are whole in a TCP stream, each behind its length (RFC 7766, section 8), and how many bytes of
    the stream they take. Lengths too small for a header are passed over."""
    found: list[bytes] = []
    at, end = 0, len(stream)
    while at + 2 <= end:
        stop = at + 2 + (stream[at] << 8 | stream[at + 1])
        if stop > end:
            break
        if stop - at >= 14:
            found.append(stream[at + 2 : stop])
        at = stop
    return tuple(found), at


def question_behind(stream: bytes) -> int:
    """Where in the stream a whole plain query begins behind its length, which is the one that it has, and the next one, or the end of what
    is there, behind it; -1 where none does. One within another message, in what pads it (RFC 7830), has the rest of that behind it."""
    for found in _LIKE_QUERIES.finditer(stream):
        at, stop = found.start(), found.start() + 2 + (stream[found.start()] << 8 | stream[found.start() + 1])
        name = query(stream, at + 2)
        end = stream.find(b"\0", at + 14) + 5
        whole = stop == end if not stream[at + 13] else stop > end and stream[end : end + 3] == _OPT
        if name is not None and whole and _may_be_query(stream, stop):
            return at
    return -1


def _may_be_query(stream: bytes, at: int) -> bool:
    """True where nothing that is there of the stream from ``at`` on speaks against a query with one question behind its length."""
    left = len(stream) - at
    if left < 2:
        return True
    return stream[at] << 8 | stream[at + 1] >= 12 and (
        left < 8 or (stream[at + 4] < 0x80 and stream[at + 6 : at + 8] == b"\0\1")
    )


@lru_cache(maxsize=4096)  # distinct names are few, queries are many
def _plain_question(raw: bytes) -> tuple[bytes, int] | None:
    """A whole question (name, type, class) of nothing but host name characters."""
    name = raw[:-5]
    if not 2 <= len(name) < _MAX_NAME or raw[-5] or raw[-2] & 0x7F or raw[-1] != _IN:
        return None
    text = name.translate(_DOTTED)[1:]
    lengths = [len(label) for label in text.split(b".")]
    # Without the host name characters only the length bytes are left: right if each is the length of what follows it.
    if max(lengths) > _MAX_LABEL or name.translate(None, _HOST) != bytes(lengths):
        return None
    return text, raw[-4] << 8 | raw[-3]


def _questions(data: bytes, count: int, known: _Known) -> tuple[tuple[bytes, ...], int, int]:
    """The names asked for, the first one's type, and where the answers begin (-1 where that cannot be told)."""
    names: list[bytes] = []
    qtype, at = 0, 12
    for _ in range(count):
        name, at = _name(data, at, known) or (b"", -1)
        if at >= 0 and at + 4 > len(data) and name != b".":  # the name is whole, what follows it is cut off
            return (*names, name), qtype, -1
        if at < 0 or at + 4 > len(data) or (data[at + 2] << 8 | data[at + 3]) & _CLASS_MASK not in _CLASSES:
            return tuple(names), qtype, -1
        if not names:
            qtype = data[at] << 8 | data[at + 1]
        names.append(name)
        at += 4
    return tuple(names), qtype, at


def _answers(data: bytes, at: int, count: int, known: _Known) -> tuple[tuple[Answer, ...], tuple[bytes, ...], bool]:
    """The answers that matter, the outer names of ECH, and whether the first record has the shape of one."""
    found: list[Answer] = []
    public: list[bytes] = []
    plausible = False
    for _ in range(count):
        owner, at = _name(data, at, known) or (b"", len(data))
        if at + 10 > len(data):
            break
        kind, group, ttl, length = _RECORD.unpack_from(data, at)
        at, stop = at + 10, at + 10 + length
        plausible = plausible or group & _CLASS_MASK in _CLASSES
        if stop > len(data):
            break
        if group & _CLASS_MASK != _IN:
            pass
        elif kind in (SVCB, HTTPS):
            found.extend(_service(data[at:stop], owner, kind, ttl))
            public.extend(_outer_names(data[at:stop]))
        elif (kind == A and length == 4) or (kind == AAAA and length == 16):
            found.append(Answer(owner, kind, ttl, data[at:stop], None))
        elif kind == CNAME and (target := _name(data, at, known)) is not None and target[1] == stop:
            found.append(Answer(owner, kind, ttl, None, target[0]))
        at = stop
    return tuple(found[:_MAX_ANSWERS]), tuple(dict.fromkeys(public[:_MAX_ANSWERS])), plausible


def _service(value: bytes, owner: bytes, kind: int, ttl: int) -> list[Answer]:
    """What an SVCB or HTTPS record points at, and the addresses it hints at (RFC 9460, section 2.2)."""
    named = _name(value, 2, None)
    if named is None:
        return []
    target: bytes | None = named[0]
    alias = value[0] == value[1] == 0
    if target == b".":  # section 2.5: the owner itself, or no such service
        target = None if alias else owner
    found = [Answer(owner, kind, ttl, None, target)]
    for key, parameter in _parameters(value, named[1]):
        size = {_IPV4_HINT: 4, _IPV6_HINT: 16}.get(key, 0)
        if size and not len(parameter) % size:
            hints = range(0, min(len(parameter), _MAX_HINTS * size), size)
            found.extend(Answer(owner, kind, ttl, parameter[i : i + size], target) for i in hints)
    return found


def _outer_names(value: bytes) -> list[bytes]:
    named = _name(value, 2, None)
    if named is None:
        return []
    return [name for key, parameter in _parameters(value, named[1]) if key == _ECH for name in _public_names(parameter)]


def _parameters(value: bytes, at: int) -> Iterator[tuple[int, bytes]]:
    """The parameters of a service record that are whole; none where it is an alias (priority 0)."""
    alias = value[0] == value[1] == 0
    while not alias and at + 4 <= len(value):
        key, stop = value[at] << 8 | value[at + 1], at + 4 + (value[at + 2] << 8 | value[at + 3])
        if stop > len(value):
            return
        yield key, value[at + 4 : stop]
        at = stop


def _public_names(configs: bytes) -> list[bytes]:
    """The public name of each configuration of an ECHConfigList (RFC 9849, section 4) that has a known version."""
    names: list[bytes] = []
    at = 2
    while at + 4 <= len(configs) and len(names) < 16:
        version, stop = configs[at] << 8 | configs[at + 1], at + 4 + (configs[at + 2] << 8 | configs[at + 3])
        name = _public_name(configs[at + 4 : stop]) if version == _ECH_VERSION and stop <= len(configs) else None
        if name and name not in names:
            names.append(name)
        at = stop
    return names


def _public_name(contents: bytes) -> bytes | None:
    at = 3  # config id, KEM
    for _ in range(2):  # public key, cipher suites: each behind a 16-bit length
        if at + 2 > len(contents):
            return None
        at += 2 + (contents[at] << 8 | contents[at + 1])
    at += 1  # longest name
    if at >= len(contents) or at + 1 + contents[at] > len(contents):
        return None
    return contents[at + 1 : at + 1 + contents[at]]


def _owner(data: bytes, at: int, known: _Known) -> bool:
    """Does a resource record of a plausible class begin here?"""
    _, at = _name(data, at, known) or (b"", len(data))
    return at + 10 <= len(data) and (
        (data[at] << 8 | data[at + 1]) == 41 or (data[at + 2] << 8 | data[at + 3]) & _CLASS_MASK in _CLASSES
    )


def _name(data: bytes, at: int, known: _Known | None) -> tuple[bytes, int] | None:
    """The name at ``at`` and where it ends. Pointers only lead backwards, and over 16 in a row are refused. ``known``
    remembers names, so that no message costs much more than its length; it is ``None`` where nothing may be compressed."""
    labels: list[bytes] = []
    places: list[int] = []
    start = lowest = at
    end, size, hops, limit = 0, 1, 0, len(data)
    suffix = b""
    while True:
        if at >= limit:
            return None
        length = data[at]
        if not length:
            break
        if length <= _MAX_LABEL:
            label = data[at + 1 : at + 1 + length]
            size += length + 1
            if len(label) < length or size > _MAX_NAME:
                return None
            labels.append(label)
            places.append(at)
            at += length + 1
            continue
        if length < 0xC0 or known is None or at + 1 >= limit:  # RFC 6891, section 5: other label types are obsolete
            return None
        end = end or at + 2
        at = (length & 0x3F) << 8 | data[at + 1]
        hops += 1
        if at >= lowest or at < 12 or hops > 16:
            return None
        lowest = at
        if at in known:
            suffix, more = known[at]
            size += more - 1
            break
    if size > _MAX_NAME:
        return None
    end = end or at + 1
    if known is None:
        return _dotted(labels, suffix) or b".", end
    if len(labels) > _DEEP:  # walked once, and never again from any of its labels
        size -= sum(map(len, labels)) + len(labels)
        for label, place in zip(reversed(labels), reversed(places), strict=True):
            suffix = _dotted([label], suffix)
            size += len(label) + 1
            known[place] = (suffix, size)
        return suffix, end
    name = _dotted(labels, suffix)
    known[start] = (name, size)
    return name or b".", end


def _dotted(labels: list[bytes], suffix: bytes) -> bytes:
    joined = b".".join(labels)
    if len(joined.translate(None, _PRINTABLE)) >= len(labels) > 0:  # more than the dots between the labels
        joined = b".".join(b"".join([_ESCAPED[code] for code in label]) for label in labels)
    return b"%s.%s" % (joined, suffix) if suffix and joined else joined or suffix
