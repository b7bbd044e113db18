"""Windows events over many lines, as one event a line: XML (python-evtx, editors, ``wevtutil`` through a formatter), and the text that
Splunk makes of them.

Every line of an event goes into the first; the others stay as empty lines, so that line numbers hold. Structure is not looked at: what
begins with ``<Event`` ends with ``</Event>`` (https://learn.microsoft.com/en-us/windows/win32/wes/eventschema-schema). Splunk's text
(https://docs.splunk.com/Documentation/Splunk/latest/Data/MonitorWindowseventlogdata, ``renderXml`` off) has the forwarder's local time,
``Key=value`` lines, and at last the message, of which Sysmon's is ``Key: value`` lines.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO, Final

import orjson

from shadowai.sources.framing import decode

_BEGINS = re.compile(
    rb"\A(?:\xef\xbb\xbf)?\s{0,64}(?:<\?xml[^<>]{0,200}>\s{0,64})?(?:<Events\b[^<>]{0,200}>\s{0,64})?<Event[\s>]"
)
_AROUND = re.compile(rb"\A(?:\xef\xbb\xbf)?\s*(?:<\?xml[^<>]*>\s*)?(?:</?Events\b[^<>]*>\s*)?\Z")
_OPENS = re.compile(rb"\A(?:\xef\xbb\xbf)?\s*(?:<\?xml[^<>]*>\s*)?(?:<Events\b[^<>]*>\s*)?<Event[\s>]")
_CLOSES: Final = b"</Event>"
_STAMP = re.compile(rb"\A(?:\xef\xbb\xbf)?\d\d/\d\d/\d{4} \d\d:\d\d:\d\d(?:\.\d{1,6})? [AP]M\r?\Z")
_TEXT = re.compile(rb"\A(?:\xef\xbb\xbf)?\d\d/\d\d/\d{4} \d\d:\d\d:\d\d(?:\.\d{1,6})? [AP]M\r?\nLogName=")
_NAMED = re.compile(r"([A-Za-z]{1,32})=(.*)")
_TOLD = re.compile(r"([A-Za-z]{1,32}): (.*)")
_SYSMON: Final = "Microsoft-Windows-Sysmon/Operational"
_LONGEST: Final = 1 << 20
"""Bytes that one line, and one event, may have."""


def is_laid_out(head: bytes) -> bool:
    """Whether a text that begins with ``head`` is of events of which the first is not on one line."""
    begin = _BEGINS.match(head)
    if begin is None:
        return False
    broken = head.find(b"\n", begin.end())
    closed = head.find(_CLOSES, begin.end())
    return broken >= 0 and (closed < 0 or broken < closed)


def lines(stream: BinaryIO) -> Iterator[bytes]:
    """The events, one a line; what is no event, or has no end, as it stands."""
    held: list[bytes] = []
    size = 0
    for line in iter(lambda: stream.readline(_LONGEST), b""):
        if not held and not _OPENS.match(line):
            yield b"\n" if _AROUND.match(line) else line
            continue
        held.append(line)
        size += len(line)
        if _CLOSES in line:
            yield b" ".join(one.strip() for one in held) + b"\n" * len(held)
        if _CLOSES in line or size > _LONGEST:
            yield from held if _CLOSES not in line else ()
            held, size = [], 0
    yield from held


def is_windows_text(head: bytes) -> bool:
    """Whether a text that begins with ``head`` is of Windows events as Splunk writes them."""
    return _TEXT.match(head) is not None


def windows_text(stream: BinaryIO) -> Iterator[bytes]:
    """The events, each an object in its first line under the names of Sysmon's schema; those of other logs as they stand."""
    held: list[bytes] = []
    size = 0
    for line in iter(lambda: stream.readline(_LONGEST), b""):
        if held and (size > _LONGEST or _STAMP.match(line.removesuffix(b"\n"))):
            yield from _event(held)
            held, size = [], 0
        held.append(line)
        size += len(line)
    yield from _event(held)


def _event(held: list[bytes]) -> Iterator[bytes]:
    found = sysmon(decode(b"".join(held)))
    if found is None:
        yield from held
    else:
        yield found + b"".join(held).count(b"\n") * b"\n"


def sysmon(text: str) -> bytes | None:
    """The object of one of Sysmon's events in Splunk's text; ``None`` for all others."""
    head, _, message = text.partition("\nMessage=")
    pairs = map(_NAMED.fullmatch, map(str.strip, head.split("\n")[1:]))
    names = {pair[1]: pair[2] for pair in pairs if pair is not None}
    if names.get("LogName") != _SYSMON:
        return None
    about = {"Channel": "LogName", "EventID": "EventCode", "Computer": "ComputerName"}
    event = {key: names[name] for key, name in about.items() if name in names}
    for line in message.split("\n"):
        told = _TOLD.fullmatch(line.strip())
        if told is not None:  # what comes later is easier to forge
            event.setdefault(told[1], told[2])
    return orjson.dumps(event)
