"""Hosts, URLs, users and addresses in one canonical form, so that the same thing met twice is the same text.

Everything here is a pure function of its argument. What cannot be made canonical gives ``None``: a value is never
guessed, and a name from a log is hostile until it has been through here.
"""

from __future__ import annotations

import ipaddress
import re
from typing import NamedTuple

NULLS = frozenset({"", "-", "--", "none", "n/a", "na", "(empty)", "null", "nil", "unknown", "undefined", "unmapped user", "(null)"})
"""What products write for "no value", in lower case (after stripping blanks and quotes)."""

_HOST = re.compile(r"[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?)*")
_WIRE = re.compile(r"\((\d{1,2})\)")
_SCHEME = re.compile(r"[a-zA-Z][a-zA-Z0-9+.-]*:/{2,}")
_CONTROL = re.compile(r"[\x00-\x20\x7f-\xa0]")
_IP_PORT = re.compile(r"(\d{1,3}(?:\.\d{1,3}){3})[:#/](?:\d{0,5})?(?:[:/].*)?")
_MAX_HOST = 253  # RFC 1035, section 2.3.4, without the root dot


class Url(NamedTuple):
    """A URL taken apart: ``text`` is the URL without its query, fragment and user info."""

    text: str
    host: str | None
    port: int | None
    path: str


def is_null(text: str) -> bool:
    """True for the spellings that products use for "no value"."""
    return text.strip().strip('"').lower() in NULLS


def host(text: str) -> str | None:
    """The canonical host of a name as logs write it, or ``None``.

    Lower case, IDNA A-labels (RFC 5890), without trailing dot, port, brackets, scheme, path or user info. Addresses
    come back in their shortest form (RFC 5952). DNS wire labels as Microsoft prints them, ``(7)chatgpt(3)com(0)``,
    are joined. A leading ``*.`` of a certificate name is dropped.
    """
    name = text.strip().strip("\"'").lower()
    if not name or name in NULLS:
        return None
    if _HOST.fullmatch(name) and len(name) <= _MAX_HOST:  # the usual case; an all-numeric name needs the long way
        return name if not name[-1].isdigit() else _numeric(name)
    if name[0] == "(":
        return _from_wire(name)
    name = _authority(name).rsplit("@", 1)[-1]
    if name.startswith("["):
        return _address(name[1:].partition("]")[0])
    if name.count(":") == 1:
        name = name.partition(":")[0]
    elif ":" in name:
        return _address(name)
    name = name.removeprefix("*.").rstrip(".")
    return _ascii(name)


def url(text: str) -> Url | None:
    """A URL or scheme-less ``host/path`` taken apart; ``None`` where no host can be made out.

    Schemes such as ``tunnel://``, ``ssl://`` and ``tcp://`` are accepted; a path alone (``/index.html``) has no host
    and gives ``None``. The query is dropped here, once, so that nothing behind it can ever match or leak.
    """
    raw = text.strip().strip('"')
    if not raw or raw[0] in "/?#" or raw.lower() in NULLS:
        return None
    scheme = _SCHEME.match(raw)
    rest = raw[scheme.end() :] if scheme else raw
    cut = _first(rest, "?#")
    rest = rest[:cut]
    slash = rest.find("/")
    authority, path = (rest, "") if slash < 0 else (rest[:slash], rest[slash:])
    authority = authority.rsplit("@", 1)[-1]
    name = host(authority)
    if name is None:
        return None
    shown = f"{scheme.group().lower()}{authority}{path}" if scheme else f"{authority}{path}"
    return Url(shown, name, port(authority), path)


def port(authority: str) -> int | None:
    """The port of ``host:port`` or ``[v6]:port``; ``None`` where there is none."""
    tail = authority.rpartition("]")[2] if authority.startswith("[") else authority
    if tail.count(":") != 1:
        return None
    digits = tail.rpartition(":")[2]
    return int(digits) if digits.isascii() and digits.isdigit() and 0 < int(digits) < 65536 else None


def address(text: str) -> str | None:
    """The canonical IP address (RFC 5952) of what a log writes for one, or ``None``.

    Brackets, zone ids, ports and interface names packed behind it (``10.0.0.1:4522:X0``) are dropped, an IPv4
    address mapped into IPv6 comes back as IPv4. Text that only has the shape of an IPv4 address (anonymised logs
    write ``172.888.1.2`` or ``10.1.2.x``) is kept as written: it still tells clients apart.
    """
    raw = text.strip().strip("\"'")
    if raw.startswith("["):
        raw = raw[1:].partition("]")[0]
    packed = _IP_PORT.fullmatch(raw)
    if packed:
        raw = packed.group(1)
    raw = raw.partition("%")[0]
    found = _address(raw)
    if found is None and re.fullmatch(r"\d{1,3}\.(?:[\dxX*]{1,3}\.){2}[\dxX*]{1,3}", raw):
        return raw.lower()
    return found


def user(text: str) -> str | None:
    """The canonical user: ``corp\\\\jdoe``, ``jdoe@example.com`` or ``jdoe``, in lower case; ``None`` for no user.

    Windows and mail names compare without regard to case, so they are folded. ``DOMAIN\\\\user@realm`` (Cisco WSA)
    loses the realm; an LDAP DN or URL gives its CN; machine accounts (``host$``) are devices, not users: see
    :func:`device_account`.
    """
    name = text.strip().strip("\"'").strip()
    if name.lower() in NULLS:
        return None
    if name.lower().startswith(("ldap://", "ldaps://", "winnt://")):
        name = _last_dn_part(name)
    elif re.match(r"(?i)(?:cn|uid|ou|dc)=", name):
        name = _common_name(name)
    name = name.replace("\\\\", "\\")
    if "\\" in name and "@" in name:
        name = name.partition("@")[0]
    name = name.lower().rstrip("@")
    return None if name in NULLS or name.endswith("$") else _CONTROL.sub(lambda m: " " if m.group() == " " else "", name).strip() or None


def device_account(text: str) -> str | None:
    """The machine behind an Active Directory machine account (``CORP\\\\PC17$`` gives ``pc17``), else ``None``."""
    name = text.strip().strip("\"'").lower()
    return (name.rpartition("\\")[2][:-1] or None) if name.endswith("$") else None


def printable(text: str) -> str:
    """``text`` with every control, bidirectional and unassigned character escaped: safe for a terminal or a line."""
    return "".join(c if c.isprintable() else c.encode("unicode_escape", "surrogatepass").decode("ascii") for c in text)


def _first(text: str, stops: str) -> int:
    found = [i for i in (text.find(s) for s in stops) if i >= 0]
    return min(found) if found else len(text)


def _authority(name: str) -> str:
    scheme = _SCHEME.match(name)
    if scheme:
        name = name[scheme.end() :]
    return name[: _first(name, "/?#")]


def _numeric(name: str) -> str | None:
    """A name whose last label ends in a digit: an IPv4 address, or a host that no public name can be."""
    found = _address(name)
    if found is not None:
        return found
    return None if name.rpartition(".")[2].isdigit() and "." in name else name


def _address(text: str) -> str | None:
    try:
        found = ipaddress.ip_address(text)
    except ValueError:
        return None
    mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    return str(mapped or found)


def _from_wire(name: str) -> str | None:
    labels = [part for part in _WIRE.split(name)[2::2] if part]
    return _ascii(".".join(labels))


def _ascii(name: str) -> str | None:
    if not name or len(name) > 4 * _MAX_HOST or _CONTROL.search(name):
        return None
    if not name.isascii():
        import idna

        try:
            name = idna.encode(name, uts46=True).decode("ascii")
        except (idna.IDNAError, UnicodeError):
            return None
    if len(name) > _MAX_HOST or not _HOST.fullmatch(name):
        return None
    return name if not name[-1].isdigit() else _numeric(name)


def _last_dn_part(name: str) -> str:
    """``LDAP://host OU=…,DC=…/Jane Doe`` (Forcepoint) gives ``Jane Doe``; a DN behind the scheme gives its CN."""
    tail = name.rpartition("/")[2]
    return _common_name(tail) if "=" in tail else tail


def _common_name(name: str) -> str:
    found = re.search(r"(?i)(?:^|[,/\s])(?:cn|uid)=((?:\\.|[^,\\/])+)", name)
    return re.sub(r"\\(.)", r"\1", found.group(1)).strip() if found else ""
