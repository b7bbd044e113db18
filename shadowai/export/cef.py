"""The inventory as ArcSight Common Event Format in syslog lines (RFC 5424), one for each row.

"ArcSight Common Event Format (CEF) Implementation Standard" has the header, the keys and their lengths. Of the two directions it is
read as the logs that this program reads mean it: ``out`` is what the client sent.
"""

from __future__ import annotations

import re
from typing import BinaryIO, Final

from shadowai import __version__
from shadowai.export.events import LEVELS, Common, hosts, ip, message, milliseconds, moment
from shadowai.export.inert import SEPARATOR
from shadowai.export.relates import techniques
from shadowai.export.times import as_iso
from shadowai.model import Actor, Entry, Report
from shadowai.normalize import printable

WARNING, INFORMATIONAL = 16 * 8 + 4, 16 * 8 + 6
"""The priorities of a breach and of any other row: facility local0, RFC 5424, section 6.2.1."""
SEVERITIES: Final = dict(zip(LEVELS, ("Low", "Medium", "High", "Very-High"), strict=True))
"""The words of the standard for the levels of risk; a row that nobody has rated is ``Unknown``."""
_LENGTHS: Final = {
    "act": 63, "cat": 1023, "dhost": 1023, "externalId": 40, "msg": 1023, "reason": 1023, "shost": 1023, "suser": 1023,
}  # fmt: skip
_LONGEST: Final = 4000
"""Characters of a ``cs`` field."""


def write(report: Report, stream: BinaryIO) -> None:
    """Write one line for each row, in UTF-8."""
    common = Common.of(report)
    for entry in report.entries:
        stream.write(f"{_line(entry, common)}\n".encode())


def _line(entry: Entry, common: Common) -> str:
    priority = WARNING if entry.is_breach else INFORMATIONAL
    syslog = f"<{priority}>1 {as_iso(moment(entry, common) * 1000)} - shadowai - - -"
    severity = SEVERITIES.get(entry.risk_level, "Unknown")
    head = ("shadowai", "shadowai", __version__, entry.service_id or "unknown", entry.service, severity)
    fields = " ".join(f"{key}={_value(key, value)}" for key, value in _fields(entry, common).items() if value != "")
    return f"{syslog} CEF:0|{'|'.join(map(_header, head))}|{fields}"


def _fields(entry: Entry, common: Common) -> dict[str, str | int]:
    actor, address = entry.actor or Actor(), ip((entry.actor or Actor()).address)
    own: dict[str, str | int] = {
        "rt": moment(entry, common),
        "start": _number(milliseconds(entry.first_seen)),
        "end": _number(milliseconds(entry.last_seen)),
        "externalId": entry.asset_id,
        "act": "allowed" if entry.events else "blocked" if entry.blocked else "",
        "cat": entry.category,
        "cnt": entry.events,
        "out": _number(entry.bytes_up),
        "in": _number(entry.bytes_down),
        "dhost": next(iter(hosts(entry)), ""),
        "suser": actor.user or "",
        "shost": actor.device or "",
        "src": address if "." in address else "",
        "reason": entry.verdict_reason,
        "msg": message(entry),
    }
    own |= _labelled("c6a", (("", ""), ("Source IPv6 Address", address if ":" in address else "")))
    return own | _labelled("cs", _texts(entry)) | _labelled("cn", _numbers(entry))


def _texts(entry: Entry) -> tuple[tuple[str, str], ...]:
    related = SEPARATOR.join(f"{one.framework} {one.id}" for one in techniques(entry))
    return (
        ("verdict", entry.verdict.value),
        ("usage", entry.usage.value if entry.usage else ""),
        ("confidence", entry.confidence),
        ("names", SEPARATOR.join(entry.names)),
        ("scopes and relates to", SEPARATOR.join((*entry.scopes, *([related] if related else [])))),
        ("evidence", SEPARATOR.join(map(str, entry.evidence))),
    )


def _numbers(entry: Entry) -> tuple[tuple[str, int], ...]:
    return (("users", entry.users), ("devices", entry.devices), ("blocked", entry.blocked))


def _labelled(key: str, values: tuple[tuple[str, str | int], ...]) -> dict[str, str | int]:
    """``cs1`` and ``cs1Label`` and so on; those without a value are left out, and the others keep their numbers."""
    found: dict[str, str | int] = {}
    for number, (label, value) in enumerate(values, 1):
        if value != "":
            found |= {f"{key}{number}": value, f"{key}{number}Label": label}
    return found


def _number(value: int | None) -> str | int:
    return "" if value is None else value


def _header(text: str) -> str:
    """A field of the header: one line, ``|`` and backslashes escaped."""
    return re.sub(r"([\\|])", r"\\\1", printable(text))


def _value(key: str, value: str | int) -> str:
    """A value of the extension: one line, ``=`` and backslashes escaped, no longer than the standard has it."""
    return re.sub(r"([\\=])", r"\\\1", printable(str(value))[: _LENGTHS.get(key, _LONGEST)])
