"""CSV exports of a Log Analytics workspace's tables (Azure Monitor, Microsoft Sentinel), as JSON lines of what their rows tell.

What a connector hands to the workspace is JSON, and so is what its interface gives back; the portal's export is a table of all columns
that the rows of that table can have, most of them empty. Columns of custom logs have their type behind their name (``URL_s``,
``requestSize_d``; https://learn.microsoft.com/en-us/previous-versions/azure/azure-monitor/logs/custom-logs-migrate), and every time says
in which zone the portal wrote it (``TimeGenerated [UTC]``). An object has the columns of a row that hold something, each under its plain
name as well; a time that the portal wrote in the user's own zone stays under the name that says so.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import BinaryIO, Final, NamedTuple

import orjson

from shadowai.sources.enclosed import LONGEST, records, split
from shadowai.sources.framing import decode

_TYPED: Final = re.compile(r"^(.{0,255}[^_])_[sdtbg]$")
_UTC: Final = " [UTC]"
_LOCAL: Final = " [Local Time]"
_AS_TABLES: Final = (
    frozenset(("DeviceVendor", "DeviceProduct", "DeviceEventClassID")),  # CommonSecurityLog
    frozenset(("DeviceName", "RemoteUrl", "TimeGenerated [UTC]")),  # Defender's tables
    frozenset(("ResourceId", "Category")),  # AzureDiagnostics
    frozenset(("Category", "msg_s")),
    frozenset(("FirewallName_s", "ident_s", "Message")),  # fluentbit_CL
)
"""Columns of tables that formats describe as they stand."""
_COLLECTOR: Final = "Computer"
"""In a custom log, the machine that collected it."""
_DELIMITERS: Final = ",;\t"
_MOST: Final = 4096
"""Columns of the widest table."""


class Table(NamedTuple):
    """How a table's fields are parted, and under which names an object has each of its columns."""

    delimiter: str
    names: tuple[tuple[str, ...], ...]
    utc: frozenset[int]
    """Places of times that are in UTC and do not say so themselves."""


def table(head: bytes) -> Table | None:
    """The columns of an export that begins with ``head``; ``None`` for everything else, and for tables that are described as such."""
    line, ended, _ = head.removeprefix(b"\xef\xbb\xbf").partition(b"\n")
    if not ended or b"TimeGenerated" not in line:
        return None
    for delimiter in _DELIMITERS:
        columns = split(decode(line).rstrip("\r"), delimiter)
        if columns is None or not 3 <= len(columns) <= _MOST or not _exported(columns):
            continue
        utc = frozenset(place for place, name in enumerate(columns) if name.endswith(_UTC))
        return Table(delimiter, names_of(columns), utc)
    return None


def names_of(columns: Sequence[str]) -> tuple[tuple[str, ...], ...]:
    """The names that each of a table's columns goes by: none for what tells of the collector only."""
    custom = any(map(_TYPED.match, map(_plain, columns)))
    return tuple(() if custom and name == _COLLECTOR else _names(name) for name in columns)


def _exported(columns: list[str]) -> bool:
    times = ("TimeGenerated", "TimeGenerated" + _UTC, "TimeGenerated" + _LOCAL)
    if any(map(set(columns).issuperset, _AS_TABLES)) or not any(name in columns for name in times):
        return False
    return "Type" in columns or any(map(_TYPED.match, map(_plain, columns)))


def _plain(column: str) -> str:
    return column.removesuffix(_UTC).removesuffix(_LOCAL)


def _names(column: str) -> tuple[str, ...]:
    if column.endswith(_LOCAL):
        return (column,)
    name = column.removesuffix(_UTC)
    typed = _TYPED.match(name)
    return (name, typed[1]) if typed else (name,)


def lines(stream: BinaryIO, of: Table) -> Iterator[bytes]:
    """The rows, each an object in a line of its own under the row's number; what cannot be taken apart as it stands."""
    stream.readline(LONGEST)
    yield b"\n"
    for record in records(iter(lambda: stream.readline(LONGEST), b"")):
        text = "".join(decode(line) for line in record).rstrip("\r\n")
        values = split(text, of.delimiter) if len(text) < LONGEST else None
        if values is None or len(values) > len(of.names):
            yield from record
            continue
        found: dict[str, str] = {}
        for place, (names, value) in enumerate(zip(of.names, values, strict=False)):
            if value:
                told = value + " UTC" if place in of.utc and not value.endswith("Z") else value
                found.update(dict.fromkeys(names, told))
        yield (orjson.dumps(found) if found else b"") + b"\n" * len(record)
