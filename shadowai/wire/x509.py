"""The names in an X.509 certificate (RFC 5280), by a bounded walk over its DER; no signature is checked, nothing decoded
that is not asked for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

_SEQUENCE, _SET, _OID, _OCTETS = 0x30, 0x31, 0x06, 0x04
_VERSION, _EXTENSIONS, _DNS_NAME = 0xA0, 0xA3, 0x82
_WIDE = {0x1E: "utf-16-be", 0x1C: "utf-32-be"}  # BMPString, UniversalString
_SUBJECT_ALT_NAME, _COMMON_NAME = b"\x55\x1d\x11", b"\x55\x04\x03"
_MOST_ELEMENTS, _MOST_NAMES = 4096, 1024


class _Element(NamedTuple):
    tag: int
    value: bytes


def names(der: bytes) -> tuple[bytes, ...]:
    """The names a certificate is for, as sent and without repetition: its DNS alternative names, then its common names;
    empty where there are none, or where the bytes are no certificate."""
    certificate = _first(der, _SEQUENCE)
    parts = list(_elements(_first(certificate, _SEQUENCE)))
    if parts and parts[0].tag == _VERSION:
        del parts[0]
    if len(parts) < 6:  # serial number, algorithm, issuer, validity, subject, key (section 4.1)
        return ()
    extensions = b"".join(part.value for part in parts[6:] if part.tag == _EXTENSIONS)
    return tuple(dict.fromkeys([*_alternative(extensions), *_common(parts[4].value)]))[:_MOST_NAMES]


def _elements(der: bytes) -> Iterator[_Element]:
    """The elements that follow one another in ``der``; ends at the first that is not whole, or not of definite length."""
    at = 0
    for _ in range(_MOST_ELEMENTS):
        if len(der) - at < 2 or der[at] & 0x1F == 0x1F:  # tags beyond 30 are not used in certificates
            return
        tag, length = der[at], der[at + 1]
        at += 2
        if length > 0x80:
            size = length - 0x80
            length = int.from_bytes(der[at : at + size], "big") if size <= 4 else len(der)
            at += size
        elif length == 0x80:
            return
        if at + length > len(der):
            return
        yield _Element(tag, der[at : at + length])
        at += length


def _first(der: bytes, tag: int) -> bytes:
    """The value of the first element where it has this tag, else nothing."""
    element = next(_elements(der), None)
    return element.value if element is not None and element.tag == tag else b""


def _alternative(extensions: bytes) -> Iterator[bytes]:
    """dNSName entries of subjectAltName (section 4.2.1.6): Extension ::= SEQUENCE { OID, BOOLEAN DEFAULT, OCTET STRING }."""
    for extension in _elements(_first(extensions, _SEQUENCE)):
        parts = list(_elements(extension.value))
        if len(parts) > 1 and parts[0] == (_OID, _SUBJECT_ALT_NAME) and parts[-1].tag == _OCTETS:
            for name in _elements(_first(parts[-1].value, _SEQUENCE)):
                if name.tag == _DNS_NAME and name.value:
                    yield name.value


def _common(subject: bytes) -> Iterator[bytes]:
    """Common names of a Name (section 4.1.2.4): SEQUENCE OF SET OF SEQUENCE { OID, string }; wide strings as UTF-8."""
    for group in _elements(subject):
        for attribute in _elements(group.value if group.tag == _SET else b""):
            parts = list(_elements(attribute.value))
            if len(parts) == 2 and parts[0] == (_OID, _COMMON_NAME) and parts[1].value:
                tag, value = parts[1]
                yield value.decode(_WIDE[tag], "replace").encode("utf-8", "replace") if tag in _WIDE else value
