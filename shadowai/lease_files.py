"""What DHCP servers write down of leases, as events: who got an address, until when, and that it was given back.

Told by content: ISC ``dhcpd.leases`` (dhcpd.leases(5)), Kea's memfile CSV for IPv4 and IPv6 (Kea Administrator Reference Manual,
"Memfile"), the audit log of Windows' DHCP server (Microsoft Learn, "DHCP audit log"), ``dnsmasq.leases`` (dnsmasq(8)), and Zeek's
``dhcp.log``, TSV or JSON (docs.zeek.org, ``DHCP::Info``). Each may be compressed with gzip.

How far an event reaches is never stretched: Windows tells no duration, so that a lease holds to the next event of its address, in the
same file, and not behind the last line of it; dnsmasq's file has no beginnings, so that a lease holds from when the file was written.
"""

from __future__ import annotations

import gzip
import json
import re
import zlib
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, tzinfo
from pathlib import Path
from typing import Any, Final, NamedTuple

from shadowai import normalize
from shadowai.errors import UsageError
from shadowai.model import Origin

LARGEST: Final = 256 << 20
"""Bytes of a file, unpacked."""
SECOND: Final = 1_000_000
_KNOWN = "ISC dhcpd.leases, Kea's CSV, the audit log of Windows' DHCP server, dnsmasq.leases and Zeek's dhcp.log are"


class Event(NamedTuple):
    """That ``address`` is the network card ``card``'s from ``time`` to ``until`` (µs, ``None`` without end); nobody's from then on where
    ``card`` is empty. ``name`` is what the device calls itself."""

    address: str
    time: int
    until: int | None = None
    card: str = ""
    name: str = ""


class Read(NamedTuple):
    """The events of one file, and how many lines were none that can be read, the first of them ``first_unread``."""

    events: list[Event]
    unread: int = 0
    first_unread: int | None = None


class File(NamedTuple):
    """A file of leases: its text, when it was written (µs), and the zone of times that have none."""

    path: Path
    text: str
    written: int
    zone: tzinfo | None


Numbered = Iterator[tuple[int, Event | None]]
"""Events with their lines; ``None`` for a line that should be one and cannot be read."""


def read(path: Path, zone: tzinfo | None) -> Read:
    """The events in the file at ``path``. Raises :class:`UsageError` where it cannot be read, is no file of leases, holds none that can be
    read, or has times without a zone and ``zone`` is ``None``."""
    file = File(path, _text(path), int(path.stat().st_mtime * SECOND), zone)
    reads = next((reads for pattern, reads in _KINDS if pattern.search(file.text, 0, _HEAD)), None)
    if reads is None:
        raise UsageError("is no file of leases", origin=Origin(str(path)), remedy=f"{_KNOWN} read")
    events: list[Event] = []
    unread = []
    for number, event in reads(file):
        if event is None:
            unread.append(number)
        else:
            events.append(event)
    if unread and not events:
        raise UsageError(
            "no lease in it can be read",
            origin=Origin(str(path), unread[0]),
            remedy="see that it is whole and as the server wrote it",
        )
    return Read(events, len(unread), unread[0] if unread else None)


def _text(path: Path) -> str:
    origin = Origin(str(path))
    try:
        with path.open("rb") as file:
            packed = file.peek(2)[:2] == b"\x1f\x8b"
            data = (gzip.GzipFile(fileobj=file) if packed else file).read(LARGEST + 1)
    except (OSError, EOFError, zlib.error) as wrong:
        why = wrong.strerror if isinstance(wrong, OSError) and wrong.strerror else wrong
        raise UsageError(f"cannot be read: {why}", origin=origin, remedy="name a file of leases") from wrong
    if len(data) > LARGEST:
        raise UsageError(f"is larger than {LARGEST >> 20} MiB", origin=origin, remedy="give a part of it")
    marked = data[:2] in (b"\xff\xfe", b"\xfe\xff")
    return data.decode("utf-16" if marked else "utf-8-sig", "replace").replace("\0", "").replace("\r\n", "\n")


def _event(address: str, time: int | None, until: int | None = None, card: str = "", name: str = "") -> Event | None:
    """An event in canonical form; ``None`` where it has no address or no time."""
    host = normalize.address(address)
    return None if host is None or time is None else Event(host, time, until, _card(card), name.strip())


def _card(text: str) -> str:
    """A network card's address, or what a client calls itself instead, in one spelling."""
    plain = re.sub(r"[\s:.-]", "", text).lower()
    digits = plain if re.fullmatch(r"(?:[0-9a-f]{2}){1,64}", plain) else plain.encode("utf-8", "replace").hex()[:128]
    return ":".join(digits[at : at + 2] for at in range(0, len(digits), 2))


_BLOCK = re.compile(r"^lease\s+", re.MULTILINE)
_STATEMENT = re.compile(
    r"^\s*(starts|ends|binding state|hardware ethernet|client-hostname|uid)\s+([^;\n]*);", re.MULTILINE
)
_FREE = frozenset({"free", "released", "expired", "reset", "backup", "abandoned"})


def _isc(file: File) -> Numbered:
    """Each block is what holds from then on; a later one of the same address stands in its place."""
    number = 0
    for piece in _BLOCK.split(file.text):
        if number:
            address, _, rest = piece.partition("{")
            body, whole, _ = rest.partition("\n}")
            said = {key: value.strip('"') for key, value in _STATEMENT.findall(body)}
            if not whole:
                yield number, None
            elif said.get("binding state", "active") in {"active", *_FREE}:
                yield number, _isc_event(address, said)
        number += piece.count("\n") + (not number)


def _isc_event(address: str, said: dict[str, str]) -> Event | None:
    starts, ends = _isc_time(said.get("starts", "")), _isc_time(said.get("ends", ""))
    if said.get("binding state") in _FREE:
        return _event(address, starts if ends is None or said["binding state"] == "abandoned" else ends)
    card, forever = said.get("hardware ethernet") or said.get("uid"), said.get("ends", "never").endswith("never")
    if not card or (ends is None and not forever):
        return None
    return _event(address, starts, ends, card, said.get("client-hostname", ""))


def _isc_time(text: str) -> int | None:
    """``4 2026/02/10 08:00:00`` in UTC, or ``epoch 1770710400`` (``db-time-format local``)."""
    if text.startswith("epoch "):
        return _seconds(text.split()[1])
    return _stamp(text.partition(" ")[2], "%Y/%m/%d %H:%M:%S", UTC)


def _stamp(text: str, layout: str, zone: tzinfo) -> int | None:
    try:
        found = datetime.strptime(text.strip(), layout).replace(tzinfo=zone)
    except ValueError:
        return None
    return int(found.timestamp()) * SECOND


def _seconds(text: Any) -> int | None:
    """Microseconds of seconds since the epoch, with or without a fraction."""
    try:
        found = float(text)
    except (TypeError, ValueError):
        return None
    return int(found * SECOND) if 0 <= found < 1 << 40 else None


def _kea(file: File) -> Numbered:
    """A row for every change: given or renewed (state 0), else at an end. One without a lifetime takes the lease away."""
    header, *rows = file.text.splitlines()
    keys = header.split(",")
    for number, row in enumerate(rows, 2):
        said = dict(zip(keys, row.split(","), strict=False))
        if row and said.get("lease_type", "0") in ("0", ""):  # others are whole networks
            yield number, _kea_event(said)


def _kea_event(said: dict[str, str]) -> Event | None:
    until, lasting = _seconds(said.get("expire")), _seconds(said.get("valid_lifetime"))
    if until is None or lasting is None:
        return None
    card, address, state = (
        said.get("hwaddr") or said.get("duid") or said.get("client_id"),
        said["address"],
        said.get("state") or "0",
    )
    if state == "0" and lasting:
        return _event(address, until - lasting, until, card, said.get("hostname", "")) if card else None
    return _event(address, until if state == "2" else until - lasting)


_GIVEN, _TAKEN = frozenset({"10", "11", "20"}), frozenset({"12", "16", "17", "18"})


def _windows(file: File) -> Numbered:
    """``ID,Date,Time,Description,IP Address,Host Name,MAC Address,…`` with the server's own time. ID 10 is a new lease, 11 a renewed one,
    20 one over BOOTP; 12 is a released one, 16 a deleted one, 17 and 18 an expired one."""
    if file.zone is None:
        remedy = "say which with --timezone (Europe/Berlin, +02:00), or timezone in the configuration"
        raise UsageError("has the server's own times, without a zone", origin=Origin(str(file.path)), remedy=remedy)
    lines = [(number, line.split(",")) for number, line in enumerate(file.text.splitlines(), 1) if line[:1].isdigit()]
    rows = [(number, row, _stamp(" ".join(row[1:3]), "%m/%d/%y %H:%M:%S", file.zone)) for number, row in lines]
    last = max((time for _, _, time in rows if time is not None), default=None)
    for number, row, time in rows:
        if row[0] in _GIVEN:
            yield number, _event(row[4], time, last, row[6], row[5]) if len(row) > 6 and row[6] else None
        elif row[0] in _TAKEN:
            yield number, _event(row[4], time) if len(row) > 4 else None


def _dnsmasq(file: File) -> Numbered:
    """``expiry card address name id``; an expiry of 0 is never. The file holds what was in force when it was written."""
    for number, line in enumerate(file.text.splitlines(), 1):
        words = line.split()
        if not words or words[0] == "duid":
            continue
        until = _seconds(words[0])
        if len(words) < 4 or until is None:
            yield number, None
        elif not until or until > file.written:
            yield number, _event(words[2], file.written, until or None, words[1], "" if words[3] == "*" else words[3])


def _zeek(file: File) -> Numbered:
    """One line for an exchange: what was acknowledged from then on, for ``lease_time``; what was released."""
    names: list[str] = []
    for number, line in enumerate(file.text.splitlines(), 1):
        if line.startswith("#"):
            names = line.split("\t")[1:] if line.startswith("#fields\t") else names
        elif line.strip():
            said = _object(line) if line.startswith("{") else dict(zip(names, line.split("\t"), strict=False))
            yield from ((number, event) for event in _exchange(said))


def _object(line: str) -> dict[str, Any]:
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def _exchange(said: dict[str, Any]) -> Iterator[Event | None]:
    messages = said.get("msg_types", "")
    kinds = set(messages if isinstance(messages, list) else str(messages).split(","))
    time, took = _seconds(said.get("ts")), _seconds(said.get("duration")) or 0
    if not said or not messages or time is None:
        yield None
    elif "RELEASE" in kinds:
        yield _event(str(said.get("client_addr", "")), time)
    elif "ACK" in kinds:
        lasting, card = _seconds(said.get("lease_time")), str(said.get("mac", "-"))
        name = next(
            (str(said[key]) for key in ("host_name", "client_fqdn") if said.get(key) not in (None, "-", "(empty)")), ""
        )
        address = str(said.get("assigned_addr", ""))
        if address not in ("", "-"):  # an answer to INFORM gives none
            known = lasting is not None and card not in ("", "-")
            yield _event(address, time + took, time + took + (lasting or 0), card, name) if known else None


_HEAD = 1 << 16
_KINDS: tuple[tuple[re.Pattern[str], Callable[[File], Numbered]], ...] = (
    (re.compile(r"^lease\s+[0-9a-fA-F.:]+\s*\{", re.MULTILINE), _isc),
    (re.compile(r"\Aaddress,(?:hwaddr|duid),"), _kea),
    (re.compile(r"^ID,Date,Time,Description,IP Address,Host Name,MAC Address", re.MULTILINE), _windows),
    (re.compile(r"^#path\tdhcp$|^\{.*\"msg_types\"", re.MULTILINE), _zeek),
    (
        re.compile(r"\A(?:duid \S+\n)?\d{1,12} (?:\d\d-)?(?:[0-9A-Fa-f]{2}:){5}[0-9A-Fa-f]{2} [0-9A-Fa-f.:]+ \S+"),
        _dnsmasq,
    ),
)
