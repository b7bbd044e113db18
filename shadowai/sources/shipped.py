"""What collectors of logs give back, as lines of one record each: Grafana Loki, systemd's journal, tables in JSON, counted frames.

Loki keeps lines of one origin as a stream: a list of times in nanoseconds and lines, in what is pushed to it and in the answer to a query
(https://grafana.com/docs/loki/latest/reference/loki-http-api/). The journal's export has a ``KEY=value`` a line, and entries parted by an
empty one; values that are no plain text follow their key with their length (https://systemd.io/JOURNAL_EXPORT_FORMATS/). Answers of
Azure Monitor (https://learn.microsoft.com/en-us/azure/azure-monitor/logs/api/response-format), of Splunk (``output_mode=json_rows``) and of
CloudWatch Logs Insights (``GetQueryResults``) have rows of values. Over TCP syslog may count its octets instead of ending lines (RFC 6587).
OpenTelemetry's Collector writes many records of a log into one object, each with the line as its body
(https://opentelemetry.io/docs/specs/otlp/#json-protobuf-encoding, https://opentelemetry.io/docs/specs/otel/logs/data-model/#field-body).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO, Final

import orjson

from shadowai.sources.workspace import names_of

_LOKI = re.compile(
    rb'\A(?:\xef\xbb\xbf)?\s{0,64}\{\s{0,16}(?:"streams"\s{0,16}:\s{0,16}\[\s{0,16}\{\s{0,16}"(?:stream|values)"|'
    rb'"status"\s{0,16}:\s{0,16}"success"\s{0,16},\s{0,16}"data"\s{0,16}:\s{0,16}\{\s{0,16}"resultType"\s{0,16}:\s{0,16}"streams")'
)
_VALUE = re.compile(rb'\[\s{0,64}"(\d{16,19})"\s{0,64},\s{0,64}("[^"\\]*+(?:\\.[^"\\]*+)*+")', re.DOTALL)
_OPEN = re.compile(rb'\[\s{0,64}"\d')
_JOURNAL = re.compile(rb"\A(?:[A-Z_][A-Z0-9_]{0,63}=[^\n]{0,2048}\n){0,24}?__REALTIME_TIMESTAMP=\d{15,17}\n")
_FIELD = re.compile(rb"([A-Z_][A-Z0-9_]{0,63})(?:=(.*))?", re.DOTALL)
_TABLES = re.compile(
    rb'\A(?:\xef\xbb\xbf)?\s{0,64}\{\s{0,16}(?:"tables"\s{0,16}:\s{0,16}\[\s{0,16}\{\s{0,16}"name"|"results"\s{0,16}:\s{0,16}\[\s{0,64}\[\s{0,64}\{|'
    rb'"preview"\s{0,16}:\s{0,16}(?:true|false)\s{0,16},(?:[^\[\]]{0,400}\[[^\[\]]{0,6000}+\]){1,2}\s{0,16},\s{0,16}"rows")'
)
_OTLP = re.compile(rb'\A(?:\xef\xbb\xbf)?\s{0,64}\{\s{0,16}"resourceLogs"\s{0,16}:')
_FRAME = re.compile(rb"(\d{1,6}) (?=<\d{1,3}>)")
_SEVERAL = re.compile(r"\S[\s,;|]\S")
"""What a line of a log has and the name of an event has not: several words."""
_PIECE: Final = 1 << 18
_LONGEST: Final = 1 << 20
"""Bytes that a line, or a value, may have."""
_WHOLE: Final = 64 << 20
"""Bytes of an answer that is read as a whole: as much as Azure Monitor gives."""
_KEPT: Final = frozenset(
    ("__REALTIME_TIMESTAMP", "SYSLOG_IDENTIFIER", "SYSLOG_PID", "_HOSTNAME", "_COMM", "_PID", "MESSAGE")
)


def reading(head: bytes) -> Callable[[BinaryIO], Iterator[bytes]] | None:
    """What makes lines of a text that begins with ``head``; ``None`` for what is none of them."""
    if _LOKI.match(head):
        return loki
    if _OTLP.match(head):
        return otlp
    if _TABLES.match(head):
        return tables
    first = _FRAME.match(head)
    if first is not None and _FRAME.match(head, first.end() + int(first[1])) is not None:
        return frames
    return journal if _JOURNAL.match(head) else None


def loki(stream: BinaryIO) -> Iterator[bytes]:
    """The values of all streams, each an object in a line of its own: lines have the numbers of the values. A value that has no end, and
    one that is too long, stays as it stands."""
    held = b""
    while piece := stream.read(_PIECE):
        held += piece
        end = 0
        for found in _VALUE.finditer(held):
            end = found.end()
            yield b'{"_time":"' + found[1] + b'","_raw":' + found[2].replace(b"\n", b"\\n") + b"}\n"
        rest = _OPEN.search(held, end)
        held = held[rest.start() if rest is not None else max(end, len(held) - 64) :]
        if len(held) > _LONGEST:
            yield held.replace(b"\n", b" ") + b"\n"
            held = b""
    if _OPEN.search(held):
        yield held.replace(b"\n", b" ") + b"\n"


def journal(stream: BinaryIO) -> Iterator[bytes]:
    """The entries, each an object in its first line; the others stay as empty lines. What is no field stays as it stands."""
    entry: dict[str, str] = {}
    count = 0
    for line in iter(lambda: stream.readline(_LONGEST), b""):
        text = line.removesuffix(b"\n")
        field = _FIELD.fullmatch(text)
        if not text:
            yield _written(entry) + b"\n" * (count + 1)
            entry, count = {}, 0
        elif field is None:
            yield line
        else:
            value = _value(stream) if field[2] is None else field[2]
            count += 1
            if (key := field[1].decode()) in _KEPT:
                entry.setdefault(key, value.decode("utf-8", "replace"))
    yield _written(entry) + b"\n" * count


def _value(stream: BinaryIO) -> bytes:
    """The value whose length comes first, in eight bytes, the least of them in front; of a long one the beginning."""
    left = int.from_bytes(stream.read(8), "little")
    found = b""
    while left > 0 and (piece := stream.read(min(left, _PIECE))):
        left -= len(piece)
        found += piece if len(found) < _LONGEST else b""
    stream.readline(2)
    return found


def _written(entry: dict[str, str]) -> bytes:
    return orjson.dumps(entry) if "MESSAGE" in entry else b""


def tables(stream: BinaryIO) -> Iterator[bytes]:
    """The rows of an answer, each an object in a line of its own; an answer that is too long, or damaged, as it stands."""
    text = stream.read(_WHOLE + 1)
    try:
        answer = orjson.loads(text.removeprefix(b"\xef\xbb\xbf")) if len(text) <= _WHOLE else {}
    except orjson.JSONDecodeError:
        answer = {}
    rows = list(_rows(answer))
    yield from (orjson.dumps(row) + b"\n" for row in rows)
    if not rows:
        yield text
        yield from iter(lambda: stream.read(_PIECE), b"")


def _rows(answer: Any) -> Iterator[dict[str, Any]]:
    for table in _list(answer, "tables"):
        yield from _zipped([_named(column) for column in _list(table, "columns")], _list(table, "rows"))
    yield from _zipped([_named(column) for column in _list(answer, "fields")], _list(answer, "rows"))
    for row in _list(answer, "results"):
        cells = row if isinstance(row, list) else ()
        found = {str(cell["field"]): cell.get("value") for cell in cells if isinstance(cell, dict) and "field" in cell}
        if found:
            yield found


def _list(holder: Any, name: str) -> list[Any]:
    found = holder.get(name) if isinstance(holder, dict) else None
    return found if isinstance(found, list) else []


def _named(column: Any) -> str:
    return str(column.get("name", "")) if isinstance(column, dict) else str(column)


def _zipped(columns: list[str], rows: list[Any]) -> Iterator[dict[str, Any]]:
    names = names_of(columns)
    for row in rows:
        if isinstance(row, list) and names:
            told = [(value, of) for value, of in zip(row, names, strict=False) if value not in (None, "")]
            yield {name: value for value, of in told for name in of}


def otlp(stream: BinaryIO) -> Iterator[bytes]:
    """The lines that OTLP's records of logs carry, each in an object of its own: lines have the numbers of the records. A record that
    carries none (its attributes tell what happened) stands alone in what is around it. An object of which no record does stays as it is."""
    for line in iter(lambda: stream.readline(_WHOLE), b""):
        try:
            found = orjson.loads(line.removeprefix(b"\xef\xbb\xbf"))
        except orjson.JSONDecodeError:
            found = None
        records = [
            (_carried(record), record, scope, resource)
            for resource in _list(found, "resourceLogs")
            for scope in _list(resource, "scopeLogs")
            for record in _list(scope, "logRecords")
        ]
        if not any(carried for carried, *_ in records):
            yield line
            continue
        for carried, record, scope, resource in records:
            alone = {"resourceLogs": [{**resource, "scopeLogs": [{**scope, "logRecords": [record]}]}]}
            yield orjson.dumps(alone if carried is None else carried) + b"\n"


def _carried(record: Any) -> dict[str, Any] | None:
    """The line that a record's body is, or the members of one that was taken apart, with its time in nanoseconds."""
    body = record.get("body") if isinstance(record, dict) else None
    text = body.get("stringValue") if isinstance(body, dict) else None
    known = (record.get(name) for name in ("timeUnixNano", "observedTimeUnixNano"))
    told = next((str(one) for one in known if one not in (None, "", 0, "0")), None)
    time = {} if told is None else {"_time": told}
    if isinstance(text, str) and _SEVERAL.search(text):
        return {**time, "_raw": text}
    members = _plain(body) if isinstance(body, dict) and "kvlistValue" in body else None
    return {**time, "_raw": orjson.dumps(members).decode()} if members else None


def _plain(value: Any) -> Any:
    """A value without what OTLP writes around it to say its type."""
    if not isinstance(value, dict):
        return None
    if "kvlistValue" in value:
        pairs = _list(value["kvlistValue"], "values")
        return {
            pair["key"]: _plain(pair.get("value"))
            for pair in pairs
            if isinstance(pair, dict) and isinstance(pair.get("key"), str)
        }
    if "arrayValue" in value:
        return [_plain(one) for one in _list(value["arrayValue"], "values")]
    number = value.get("intValue")
    if isinstance(number, str) and number.isascii() and number.isdecimal() and len(number) < 19:
        return int(number)
    return next(
        (value[name] for name in ("stringValue", "intValue", "doubleValue", "boolValue") if name in value), None
    )


def frames(stream: BinaryIO) -> Iterator[bytes]:
    """Messages whose octets were counted, each in a line of its own; from where no count stands on, what there is as it stands."""
    held, at = stream.read(_PIECE), 0
    while found := _FRAME.match(held, at):
        end = found.end() + int(found[1])
        if len(held) < end + 16:
            held, end, begin = held[at:], end - at, found.end() - at
            while len(held) < end + 16 and (piece := stream.read(_PIECE)):
                held += piece
        else:
            begin = found.end()
        yield held[begin:end].strip(b"\r\n").replace(b"\n", b" ") + b"\n"
        at = end
        while held[at : at + 1] in (b"\r", b"\n"):
            at += 1
    held = held[at:]
    yield held
    yield from iter(lambda: stream.read(_PIECE), b"")
