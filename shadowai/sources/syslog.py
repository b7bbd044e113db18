"""Takes off what log transport wraps around a line: syslog headers (RFC 3164, RFC 5424, twice) and JSON envelopes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import orjson

_PRI = r"(?:<\d{1,3}>\s?)"
_BSD_TIME = (
    r"(?:\d{4}\s)?[A-Z][a-z]{2}\s{1,2}\d{1,2}(?:\s\d{4})?\s\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:\s\d{4})?(?:\s[A-Z]{3,4}\b)?"
)
_ISO_TIME = r"\d{4}[-:]\d\d[-:]\d\d[T -]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?(?:Z|\s?[+-]\d\d:?\d\d)?"
_RFC5424 = re.compile(
    r"(?:\d{1,6}\s)?<\d{1,3}>[1-9]\d?\s(?P<time>-|" + _ISO_TIME + r")\s(?P<host>\S+)\s(?P<tag>\S+)\s\S+\s\S+\s"
    r"(?P<sd>-|(?:\[(?:[^\]\"\\]++|\\.|\"[^\"\\]*+(?:\\.[^\"\\]*+)*+\")*+\])+)(?:\s\ufeff?|$)"
)
_SIX = r"(?:[0-9a-fA-F]{0,4}:){2,7}"
_NO_TAG = (
    rf"LEEF:\s?\d|{_SIX}[0-9a-fA-F.]{{0,15}}(?:[\s\],/]|$)|{_SIX}[0-9a-fA-F]{{0,4}}:\d|"
    r"[\w.-]{1,253}:\d{1,5}(?:\s|$)|[\d/.-]{0,11}[T -]?\d{1,2}:\d\d[:.]\d|\d\d/[A-Z][a-z]{2}/\d{4}:"
)
"""What a message without a tag may begin with, in which a colon stands: LEEF, an IPv6 address, an address or host with a port, a time."""
_NO_SENDER = (
    r"[<#]|[A-Z][a-z]{2}\s{1,2}\d{1,2}\s\d\d:|\d\d/[A-Z][a-z]{2}/\d{4}:|\d{4}[-/]\d\d[-/]\d\d\b|\d{10}(?:\.\d{1,9})?\s|(?:\d{1,3}\.){3}\d{1,3}:\d{1,5}\s\[\d\d/|"
    r"\S{1,253}\s-\s\S{1,253}\s\[\d\d/(?:[A-Z][a-z]{2}|\d\d)/\d{4}[: ]"
)
"""What stands behind a time and is no host that sent the line, but its own beginning (CloudWatch Logs' exports write nothing but the time
before it): another header, a comment, a date, seconds since 1970, the
client of HAProxy's log, or of the common log format."""
_RFC3164 = re.compile(
    _PRI
    + r"?(?:\d+:\s|:\s?)?[*.]?(?P<bracket>\[)?(?P<time>"
    + _BSD_TIME
    + r"|"
    + _ISO_TIME
    + r")(?(bracket)\])(?::)?\s"
    rf"(?:(?P<host>(?!\S*[=|,\"]|{_NO_SENDER})[^\s\[\]:]+(?::[0-9a-fA-F:]+)?)\s)?"
    rf"(?:(?!{_NO_TAG})(?P<tag>[\w./()\-%]{{1,64}})(?:\[[\w.:-]*\])?:\s?)?"
)
_GLUED = re.compile(
    _PRI + r"?(?P<time>" + _ISO_TIME + r")(?P<host>[A-Za-z][\w.-]{0,253})\s(?P<tag>bluecoat)\s-\s\S{1,64}\s-\s"
)
"""The header that ProxySG's format for Splunk writes itself, where no blank stands between the time and the name of the appliance."""
_BARE = re.compile(_PRI + r"(?:\d{1,6}:?\s|\d{7,12}:\s)?")
_CRI = re.compile(r"(?P<time>" + _ISO_TIME + r") (?P<tag>stdout|stderr) F ")
"""What container runtimes put before a line (Kubernetes CRI logging format); ``P`` marks a part of one."""
_KIWI = re.compile(
    r"(?P<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d)\t[A-Z][A-Za-z]{1,7}\d?\.[A-Z][a-z]{3,8}\t(?P<host>[^\s]{1,253})\t(?P<tag>)"
)
"""The line of a file of Kiwi Syslog Server: time, facility and level, sender (https://documentation.solarwinds.com/en/success_center/kss/)."""
_LOGCLI = re.compile(
    rf"(?P<time>{_ISO_TIME})(?P<host>)(?P<tag>) \{{(?:[A-Za-z_]\w{{0,127}}+=\"[^\"\\]*+(?:\\.[^\"\\]*+)*+\"(?:, ?)?)*+\}}\s{{1,512}}"
)
"""What Loki's ``logcli`` prints before a line: its time and its labels (https://grafana.com/docs/loki/latest/query/logcli/)."""
_KAFKA_LINE = re.compile(
    r"(?:(?:(?:CreateTime|LogAppendTime):(?P<time>\d{13})|NO_TIMESTAMP)\t(?:Partition:\d{1,9}\t)?(?:Offset:\d{1,18}\t)?(?:NO_HEADERS\t)?"
    r"(?:null\t)?|null\t)(?P<host>)(?P<tag>)"
)
"""What Kafka's console consumer prints before a value
(https://cwiki.apache.org/confluence/display/KAFKA/KIP-431%3A+Support+of+printing+additional+ConsumerRecord+fields+in+DefaultMessageFormatter)."""
_CONTAINER = re.compile(
    r"(?P<time>)(?P<host>)(?:(?P<tag>[A-Za-z0-9][\w.-]{0,127}[_-]\d{1,5}) {1,64}\| (?=\S)|\[pod/[\w.-]{1,253}/[\w.-]{1,253}\] )"
)
"""What ``docker compose logs`` and ``kubectl logs --prefix`` print before a line: the container's name."""
_SHIPPED = (_KIWI, _LOGCLI, _KAFKA_LINE, _CONTAINER)
_OCTAL = re.compile(r"#(0[0-3][0-7]|177)")
LINE_KEYS = (
    "message", "log", "msg", "_raw", "raw", "MESSAGE", "line", "event.original", "@message", "textPayload", "body", "Message",
    "rawLog", "content", "_source.message", "result._raw", "full_message", "short_message", "SyslogMessage", "RawData", "raw_log",
    "raw_event", "rawEvent", "@rawstring", "jsonPayload.message", "full_log",
)  # fmt: skip
"""Keys under which shippers put the line that they carry."""

_SPLUNK = ("sourcetype", "index")
"""Beside these, ``event`` is the line that Splunk's collector was given; elsewhere it is the name of what happened."""
_COLLECTED = frozenset((*_SPLUNK, "time", "host", "source", "event", "fields"))
"""All that an event for Splunk's HTTP collector can have; what it was given may then be an object, too."""
_TIME_KEYS = (
    "time",
    "@timestamp",
    "timestamp",
    "_time",
    "TimeGenerated",
    "_SOURCE_REALTIME_TIMESTAMP",
    "__REALTIME_TIMESTAMP",
)


_TIME = re.compile(r"[12]\d{3}-\d\d-\d\d|[1-9]\d{8,18}(?:\.\d+)?$")
"""What is a time for certain; others may be how long something took."""

_KAFKA = frozenset(("topic", "partition", "offset"))
_BEATS = frozenset(("agent", "beat", "@metadata"))


class Header(NamedTuple):
    """What a syslog header says; each ``None`` where it does not."""

    time: str | None = None
    host: str | None = None
    tag: str | None = None


NO_HEADER = Header()


class Payload(NamedTuple):
    """A line with a layer taken off, which was ``syslog``, ``json`` or an ``object`` within another; none of the line itself.

    ``header`` is the innermost that tells a time, of all that the line has.
    """

    text: str
    header: Header
    layer: str


def unwrap(line: str) -> Payload | None:
    """``line`` without its outermost syslog header, or the byte order mark of a file that was put behind another; ``None`` where there is
    none.

    rsyslog's escapes of control characters (``#011`` for a tab) are undone in the payload.
    """
    if line.startswith("\ufeff"):
        return Payload(line[1:], NO_HEADER, "syslog")
    found = _RFC5424.match(line)
    if found is not None:
        rest = line[found.end() :]
        if not rest and found["sd"] != "-":  # all of the message is structured data (Juniper, some Check Point)
            return Payload(line[found.start("sd") :], _header(found), "syslog")
        return Payload(_unescape(rest), _header(found), "syslog")
    found = _CRI.match(line)
    if found is not None:
        return Payload(line[found.end() :], Header(found["time"], None, found["tag"]), "syslog")
    for shape in _SHIPPED:
        found = shape.match(line)
        if found is not None:
            return Payload(
                line[found.end() :], Header(*(text or None for text in found.group("time", "host", "tag"))), "syslog"
            )
    found = _RFC3164.match(line)
    if found is not None and found.end() > 0:
        return Payload(_unescape(line[found.end() :]), _header(found), "syslog")
    found = _GLUED.match(line)
    if found is not None:
        return Payload(_unescape(line[found.end() :]), _header(found), "syslog")
    found = _BARE.match(line)
    if found is not None:
        return Payload(_unescape(line[found.end() :]), NO_HEADER, "syslog")
    return None


def layers(line: str, most: int = 4) -> Iterator[Payload]:
    """The line itself, then what is left as one wrapping after the other is taken off, at most ``most``.

    What a relay or a shipper says of time counts only where no header further in does: that is the writer's own.
    """
    yield Payload(line, NO_HEADER, "")
    within = list(_within(line, most))
    yield from (payload._replace(header=within[-1].header) for payload in within)


def _within(text: str, most: int) -> Iterator[Payload]:
    """What is left of ``text``, with the innermost header met so far."""
    header = NO_HEADER
    for _ in range(most):
        opened = _opened(text)
        if opened is not None:
            text, time, layer = opened
            if time is not None and (header.time is None or _TIME.match(time)):
                header = header._replace(time=time)
        else:
            payload = unwrap(text)
            if payload is None or payload.text == text or not payload.text:
                return
            text, layer = payload.text, payload.layer
            header = payload.header if payload.header.time else header
        yield Payload(text, header, layer)


def innermost_object(payloads: Sequence[Payload]) -> int:
    """How many of a line's :func:`layers` from the surface down still hold their text as JSON writes it: the depth of the
    innermost payload that was a value of a shipper's object, 0 where there is none."""
    return max((depth for depth, payload in enumerate(payloads) if payload.layer in ("json", "object")), default=0)


def open_envelope(line: str) -> str | None:
    """The log line within a JSON object of a shipper (``message``, ``log``, ``event.original`` …); ``None`` for others."""
    found = _opened(line)
    return found[0] if found is not None else None


def _opened(line: str) -> tuple[str, str | None, str] | None:
    """The log line within a JSON object, the time that the shipper put beside it (docker: ``time``), and what it was: ``json`` of text,
    ``object`` of an object."""
    if not line.startswith("{") or not line.rstrip().endswith("}"):
        return None
    found = _object(line)
    if not isinstance(found, dict):
        return None
    carried = _carried(found)
    if isinstance(carried, dict):
        return orjson.dumps(carried).decode(), _time_beside(found), "object"
    if isinstance(carried, str) and len(carried) > 8:
        return carried.rstrip("\r\n"), None, "json"
    splunk = any(key in found for key in _SPLUNK)
    for key in (*LINE_KEYS, "event") if splunk else LINE_KEYS:
        value: Any = found.get(key)
        if value is None and "." in key:
            outer, _, name = key.partition(".")
            value = found[outer].get(name) if isinstance(found.get(outer), dict) else None
        if isinstance(value, str) and len(value) > 8:
            return value.rstrip("\r\n"), _time_beside(found["result"] if key == "result._raw" else found), "json"
    if isinstance(found.get("event"), dict) and _COLLECTED.issuperset(found) and (splunk or _sent_by_name(found)):
        return orjson.dumps(found["event"]).decode(), _time_beside(found), "object"
    return None


def _sent_by_name(found: dict[str, Any]) -> bool:
    """Whether an event for Splunk's collector says when and where it happened, if not of which type it is (Strata Logging Service:
    https://docs.paloaltonetworks.com/cortex/cortex-data-lake/cortex-data-lake-getting-started/get-started-with-log-forwarding-app)."""
    return type(found.get("time")) in (int, float) and ("host" in found or "source" in found)


def _time_beside(found: dict[str, Any]) -> str | None:
    """The time that a shipper wrote: text, or the number of seconds (Splunk's collector, GELF)."""
    for name in _TIME_KEYS:
        time = found.get(name)
        if isinstance(time, str):
            return time
        if type(time) is float or type(time) is int:
            return repr(time)
    return None


def _carried(found: dict[str, Any]) -> Any:
    """What a hit of Elasticsearch or Graylog, an event of EventBridge, a message of Kafka (kcat's JSON, too), an entry of Google Cloud's
    logging, a log of Datadog's interface or an event of Filebeat carries that took its line apart; ``None`` for all others."""
    if "_index" in found and "_source" in found:
        return found["_source"]
    if "detail-type" in found:
        return found.get("detail")
    if isinstance(found.get("message"), dict) and isinstance(found.get("index"), str):
        return found["message"]  # of the answer of a search in Graylog
    if "_index" in found and isinstance(found.get("fields"), dict):  # of Elasticsearch, every value in a list
        return {
            name: value[0] if isinstance(value, list) and len(value) == 1 else value
            for name, value in found["fields"].items()
        }
    if _KAFKA.issubset(found):
        return found.get("value", found.get("payload"))
    if isinstance(found.get("jsonPayload"), dict) and "logName" in found:
        return found["jsonPayload"]  # https://cloud.google.com/logging/docs/reference/v2/rest/v2/LogEntry
    if found.get("type") == "log" and isinstance(found.get("attributes"), dict) and "id" in found:
        return found["attributes"]  # https://docs.datadoghq.com/api/latest/logs/search-logs-get/
    if isinstance(found.get("json"), dict) and "@timestamp" in found and not _BEATS.isdisjoint(found):
        return found[
            "json"
        ]  # https://www.elastic.co/guide/en/beats/filebeat/current/filebeat-input-log.html (``json.keys_under_root``)
    return None


def _object(line: str) -> Any:
    try:
        return orjson.loads(line)
    except orjson.JSONDecodeError:
        if "\t" not in line:
            return None
    import json

    try:  # a tab that a syslog server had escaped, put back by now
        return json.loads(line, strict=False)
    except (ValueError, RecursionError):
        return None


def _header(found: re.Match[str]) -> Header:
    time = found["time"]
    return Header(None if time == "-" else time, found["host"], found["tag"])


def _unescape(text: str) -> str:
    if "#0" not in text or "\t" in text:  # where a tab was let stand, nothing was escaped: somebody wrote it so
        return text
    return _OCTAL.sub(lambda m: chr(int(m[1], 8)), text).rstrip("\r\n")
