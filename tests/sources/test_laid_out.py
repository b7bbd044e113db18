"""Events over many lines become one a line, in their place; nothing is lost."""

from __future__ import annotations

import io
import json

import pytest

from shadowai.sources.laid_out import is_laid_out, is_windows_text, lines, windows_text

_EVENT = b"<Event xmlns='x'>\n  <System>\n    <EventID>22</EventID>\n  </System>\n</Event>\n"


def _lines(text: bytes) -> list[bytes]:
    return b"".join(lines(io.BytesIO(text))).split(b"\n")


@pytest.mark.parametrize(
    "before", [b"", b"\xef\xbb\xbf", b'<?xml version="1.0"?>\n', b"<Events>\n", b'<?xml version="1.0"?>\n\n<Events>\n']
)
def test_events_over_lines_are_told_by_their_beginning(before: bytes) -> None:
    assert is_laid_out(before + _EVENT)
    assert not is_laid_out(before + _EVENT.replace(b"\n", b"") + b"\n" + _EVENT)


@pytest.mark.parametrize(
    "head", [b"", b"<Eventful>\n<a>\n</Eventful>", b"<html>\n<Event>\n", b"{}\n<Event>\n", b"<Event>"]
)
def test_other_texts_are_not(head: bytes) -> None:
    assert not is_laid_out(head)


def test_each_event_stands_in_its_first_line() -> None:
    found = _lines(b"<Events>\n" + _EVENT + _EVENT + b"</Events>\n")
    one = b"<Event xmlns='x'> <System> <EventID>22</EventID> </System> </Event>"
    assert found == [b"", one, b"", b"", b"", b"", one, b"", b"", b"", b"", b"", b""]


def test_what_is_no_event_stays() -> None:
    assert _lines(b"note\n<Event>\n</Event>\nnote\n") == [b"note", b"<Event> </Event>", b"", b"note", b""]


def test_an_event_without_end_stays_as_it_stands() -> None:
    assert _lines(b"<Event>\n<System>\n") == [b"<Event>", b"<System>", b""]
    endless = b"<Event>\n" + b"<Data>x</Data>\n" * 100_000
    assert _lines(endless) == endless.split(b"\n")


_TEXT = """01/05/2026 09:00:05 AM
LogName=Microsoft-Windows-Sysmon/Operational
EventCode=22
ComputerName=pc17.example.com
User=SYSTEM
Message=Dns query:
RuleName: -
UtcTime: 2026-01-05 08:00:05.123
QueryName: chatgpt.com
Image: C:\\x.exe
User: CORP\\jdoe
QueryName: other.example
"""


def test_splunks_text_of_sysmon_is_an_object_of_its_schema() -> None:
    other = "01/05/2026 09:00:06 AM\nLogName=Security\nEventCode=4624\nMessage=An account:\n"
    text = (_TEXT + other + _TEXT.replace("\n", "\r\n")).encode()
    assert is_windows_text(text)
    found = b"".join(windows_text(io.BytesIO(text))).split(b"\n")
    assert [place for place, line in enumerate(found) if line.startswith(b"{")] == [0, 16]
    assert found[12:16] == other.encode().split(b"\n")[:4]
    for place in (0, 16):
        event = json.loads(found[place])
        assert (event["EventID"], event["QueryName"], event["User"]) == ("22", "chatgpt.com", "CORP\\jdoe")
        assert (event["Computer"], event["UtcTime"]) == ("pc17.example.com", "2026-01-05 08:00:05.123")


@pytest.mark.parametrize("head", [b"", b"01/05/2026 09:00:05 AM\nx=1\n", b"LogName=Security\n"])
def test_other_texts_are_none_of_windows(head: bytes) -> None:
    assert not is_windows_text(head)
