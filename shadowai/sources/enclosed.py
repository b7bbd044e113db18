"""Log lines in a column of a CSV export (Splunk, Microsoft Sentinel, Graylog, Kibana), as JSON lines that hold them.

Its ``host`` is not where anybody went, and the other columns that say what collected the lines are not handed on. The line and the time
beside it are, under the line's own number in the file; and what else was told of it (the fields of Splunk's data models), for lines that
are of no known format.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from typing import BinaryIO, Final, NamedTuple

import orjson

from shadowai.sources import laid_out
from shadowai.sources.framing import decode
from shadowai.sources.syslog import LINE_KEYS

RAW: Final = ("_raw", "SyslogMessage", "@rawstring", "event.original", "raw_log", "rawLog")
"""Columns that hold nothing but what was received."""
_MESSAGE = ("full_message", "message", "@message", "Message", "_source.message", "textPayload", "body")
"""Columns that do beside a collector's own only."""
_TIMES = ("_time", "@timestamp", "timestamp", "time", "TimeGenerated [UTC]", "TimeGenerated", "date")
_COLLECTORS = frozenset((
    "_time", "@timestamp", "timestamp", "time", "date", "timegenerated", "source", "host", "hostname", "sourcetype", "index", "_index",
    "_id", "_score", "id", "level", "severity", "facility", "program", "tag", "tags", "service", "status", "priority", "computer",
    "splunk_server", "linecount", "punct", "@logstream", "@log", "@ptr", "@ingestiontime", "logstream", "streams", "gl2_source_input",
    "gl2_message_id", "eventtype", "type",
))  # fmt: skip
_COLLECTORS_OWN = ("agent.", "ecs.", "event.", "host.", "input.", "log.", "observer.")
"""What Beats and Elastic's agent write of themselves (Elastic Common Schema)."""
_UNTOLD = frozenset((*RAW, *_MESSAGE, *LINE_KEYS, *_TIMES, "detail-type", "topic", "partition", "offset"))
_LONGEST_NAME = 128
_DELIMITERS = ",;\t"
_JOINED = 64
LONGEST = 1 << 20
"""Lines and bytes that one record may have."""


class Columns(NamedTuple):
    """How a table's fields are parted, and the places of the column of log lines and of that of their time, whose zone is ``zone``.

    ``others`` are the columns that say more of a line than what collected it, with their places.
    """

    delimiter: str
    line: int
    time: int | None
    zone: str
    others: tuple[tuple[int, str], ...] = ()


def columns(head: bytes) -> Columns | None:
    """Where a table that begins with ``head`` has log lines; ``None`` for everything else."""
    line, ended, _ = head.removeprefix(b"\xef\xbb\xbf").partition(b"\n")
    if not ended or not any(name.encode() in line for name in (*RAW, *_MESSAGE)):
        return None
    for delimiter in _DELIMITERS:
        names = split(decode(line), delimiter)
        if names is None or len(names) < 2:
            continue
        others = {name for name in names if name not in _MESSAGE}
        known = (*RAW, *(_MESSAGE if all(map(_is_collectors, others)) else ()))
        place = next((names.index(name) for name in known if name in names), None)
        if place is not None:
            time = next((name for name in _TIMES if name in names), None)
            zone = " UTC" if time is not None and time.endswith("[UTC]") else ""
            others_told = tuple((at, name) for at, name in enumerate(names) if _tells(name, time))
            return Columns(delimiter, place, None if time is None else names.index(time), zone, others_told)
    return None


def _is_collectors(name: str) -> bool:
    """Whether a column is about who collected the line, and when."""
    return name.lower() in _COLLECTORS or name.startswith(_COLLECTORS_OWN)


def _tells(name: str, time: str | None) -> bool:
    """Whether a column says something of the record. A long name is none of a log's; neither is one that has another meaning in JSON."""
    if not name or name == time or len(name) > _LONGEST_NAME or name.startswith(("date_", "_")):
        return False
    return name not in _UNTOLD and not _is_collectors(name) and not name.endswith((" [UTC]", " [Local Time]"))


def lines(stream: BinaryIO, of: Columns) -> Iterator[bytes]:
    """The log lines, each in an object of its own; what cannot be taken apart as it stands."""
    stream.readline(LONGEST)
    yield b"\n"
    for record in records(iter(lambda: stream.readline(LONGEST), b"")):
        text = "".join(decode(line) for line in record).rstrip("\r\n")
        values = split(text, of.delimiter) if len(text) < LONGEST else None
        if values is None or len(values) <= of.line:
            yield from record
            continue
        event = laid_out.sysmon(values[of.line].replace("\r\n", "\n"))
        if event is not None:
            yield event + b"\n" * len(record)
            continue
        found = {name: values[at] for at, name in of.others if at < len(values) and values[at]}
        found["_raw"] = values[of.line]
        if of.time is not None and of.time < len(values) and values[of.time]:
            found["_time"] = values[of.time] + of.zone
        yield orjson.dumps(found) + b"\n" * len(record)


def records(stream: Iterable[bytes]) -> Iterator[list[bytes]]:
    """Lines that belong together, as every quote is closed again; those whose quote never is, one by one."""
    held: list[bytes] = []
    quotes = size = 0
    for line in stream:
        held.append(line)
        quotes += line.count(b'"')
        size += len(line)
        if quotes % 2 == 0 or len(held) >= _JOINED or size >= LONGEST:
            yield from [held] if quotes % 2 == 0 and size < LONGEST else ([one] for one in held)
            held, quotes, size = [], 0, 0
    yield from ([one] for one in held)


def split(text: str, delimiter: str) -> list[str] | None:
    """The fields of a record; ``None`` where it has none, or one that is too long."""
    try:
        return next(csv.reader([text], delimiter=delimiter), None)
    except csv.Error:
        return None
