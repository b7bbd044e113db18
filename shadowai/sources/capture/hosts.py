"""Names from the wire as text: canonical where they are host names, harmless and never mistaken for another where not.

A sender may put any bytes where a name belongs. ``evil@chatgpt.com`` in a hello names no host, and must not become
``chatgpt.com`` by the leniency with which a log's fields are read.
"""

from __future__ import annotations

import functools
import ipaddress
import re
from collections.abc import Sequence

from shadowai import normalize
from shadowai.wire.hidden import ECH_PUBLIC_NAMES as ECH_PUBLIC_NAMES
from shadowai.wire.hidden import ENCRYPTED_DNS as ENCRYPTED_DNS

_HOST = re.compile(r"[a-z0-9_](?:[a-z0-9_.-]{0,252}[a-z0-9_])?\.?")
_PORT = re.compile(rb"(\[[0-9a-fA-F:.%]+\]|[^:\[\]]*):0{0,8}([0-9]{0,5})")
"""A host and its port, whose digits may be missing (RFC 3986, section 3.2.3)."""
_STRANGE = re.compile(r"[^a-z0-9._\\-]")
_UNPRINTABLE = re.compile(r"[^\x21-\x7e]")
_LONGEST_PATH = 512
_NAT64 = bytes.fromhex("0064ff9b") + bytes(8)


@functools.lru_cache(maxsize=1 << 14)
def text(name: bytes) -> str | None:
    """The canonical host of a server name or an authority; else as :func:`dns_name`.

    A port is dropped, and so is the ``*.`` that some clients put before the domain they connect to. An IPv6 address may lack its
    brackets.
    """
    if name.startswith(b"*.") and b"." in name[2:]:
        name = name[2:]
    parted = _PORT.fullmatch(name)
    if parted is None:
        return (_ipv6(name) if name.count(b":") > 1 else None) or dns_name(name)
    return dns_name(parted[1]) if name.endswith(b":") or 0 < int(parted[2] or b"0") < 65536 else _escaped(_lower(name))


@functools.lru_cache(maxsize=1 << 14)
def dns_name(name: bytes) -> str | None:
    """The canonical host of a name; a name that is no host in lower case with what is strange in it escaped (``\\DDD``,
    RFC 4343 section 2.1), so that it matches nothing. ``None`` for an empty name.

    Text beyond ASCII is a host where it is written as IDNA has it (RFC 5891, section 5), so that nothing is mapped: a name in
    full-width letters or with invisible ones in it is another name to every resolver and server.
    """
    written = _lower(name)
    if not written:
        return None
    if _HOST.fullmatch(written):
        found = normalize.host(written)
        if found is not None:
            return found
    elif written.startswith("[") and written.endswith("]"):
        return normalize.address(written[1:-1]) or _escaped(written)
    elif not written.isascii() and not _STRANGE.search("".join(char for char in written if char.isascii())):
        return _international(written.removesuffix(".")) or _escaped(written)
    return _escaped(written)


@functools.lru_cache(maxsize=1 << 14)
def address(packed: bytes) -> str:
    """An address in its shortest form (RFC 5952); an IPv4 address within IPv6 as IPv4: a mapped one, and one behind the prefix under
    which every NAT64 may stand for IPv4 (RFC 6052, section 2.1)."""
    if len(packed) == 4 or packed.startswith(_NAT64):
        return str(ipaddress.IPv4Address(packed[-4:]))
    found = ipaddress.IPv6Address(packed)
    return str(found.ipv4_mapped or found)


def is_address(host: str | None) -> bool:
    """True where a canonical host is an IP address."""
    return host is not None and (":" in host or host[-1:].isdigit()) and normalize.address(host) is not None


def url(authority: bytes | None, path: bytes, host: str) -> str:
    """The URL of a request without its query; ``host`` is the canonical form of its ``authority``."""
    parted = _PORT.fullmatch(authority or b"")
    port = f":{int(parted[2])}" if parted is not None and parted[2] not in (b"", b"80") else ""
    where = f"[{host}]" if ":" in host else host
    return f"http://{where}{port}{printable(path[:_LONGEST_PATH])}"


def printable(raw: bytes) -> str:
    """Bytes as text without control characters; what is not ASCII or not printable is percent-escaped."""
    return _UNPRINTABLE.sub(lambda found: " " if found[0] == " " else f"%{ord(found[0]):02X}", raw.decode("latin-1"))


def one_owner(names: Sequence[bytes]) -> str | None:
    """The one host that a certificate is about: the name under which all its others are. ``None`` where it has names of several.

    Names that are no hosts (a person's, a company's) say nothing.
    """
    found = [
        host for name in names if (host := dns_name(name.removeprefix(b"*."))) and "." in host and "\\" not in host
    ]
    if not found:
        return None
    shortest = min(found, key=lambda host: (host.count("."), len(host)))
    if not all(host == shortest or host.endswith("." + shortest) for host in found):
        return None
    return found[0]


def _ipv6(text: bytes) -> str | None:
    try:
        return address(ipaddress.IPv6Address(text.decode("ascii")).packed)
    except ValueError:
        return None


def _lower(name: bytes) -> str:
    return name.decode("utf-8", "surrogateescape").lower()


def _international(written: str) -> str | None:
    """The host in IDNA's form, where that is the same text in another spelling and nothing was mapped on the way."""
    found = normalize.host(written)
    if found is None:
        return None
    told = [_unicode(label) for label in found.split(".")]
    return found if told == written.split(".") else None


def _unicode(label: str) -> str:
    """A label as it was before IDNA (RFC 3492); itself where it is none of IDNA's."""
    if not label.startswith("xn--"):
        return label
    try:
        return label[4:].encode("ascii").decode("punycode")
    except UnicodeError:
        return label


def _escaped(written: str) -> str:
    """``written`` so that no lenient reading finds a host in it."""
    raw = written.encode("utf-8", "surrogateescape").decode("latin-1")
    shown = _STRANGE.sub(lambda found: f"\\{ord(found[0]):03d}", raw)
    return shown if normalize.host(shown) is None else shown.replace(".", "\\046")
