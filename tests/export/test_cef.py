"""CEF: a whole line, and lines that no name can break."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from typing import Any

import jc
import pytest

from shadowai import __version__
from shadowai.export import cef
from shadowai.model import Actor, Report
from shadowai.normalize import printable
from tests.export.reports import BY_USER, CHAT, HOSTILE, SMALL, hostile

INJECTIONS = (
    "a|b",
    "a=b",
    "a\\",
    "a\\|b",
    "x act=blocked",
    "x\nCEF:0|evil|evil|1|1|1|10|",
    "|||| cs1=sanctioned",
    "\\",
)


def written(report: Report) -> str:
    stream = io.BytesIO()
    cef.write(report, stream)
    return stream.getvalue().decode("utf-8")


def parsed(line: str) -> tuple[list[str], dict[str, str]]:
    """A line as the standard has it read: the header at its bare bars, the extension at its bare equals signs."""
    head, fields = line.split(" CEF:", 1)[1], {}
    parts = re.split(r"(?<!\\)(?:\\\\)*\|", head, maxsplit=7)
    keys = list(re.finditer(r"(?:^| )(\w+)(?<!\\)=", parts[7]))
    for key, following in zip(keys, [*keys[1:], None], strict=True):
        fields[key[1]] = parts[7][key.end() : following.start() if following else None]
    return parts[:7], fields


def test_a_whole_line() -> None:
    assert written(SMALL).splitlines()[0] == (
        f"<132>1 2026-01-06T08:00:00Z - shadowai - - - CEF:0|shadowai|shadowai|{__version__}|openai-chatgpt|ChatGPT|High|"
        "rt=1767686400000 start=1767600000999 end=1767686400000 externalId=00000000000000a1 act=allowed cat=assistant "
        "cnt=1200 out=12345678 dhost=chatgpt.com reason=not approved "
        "msg=ChatGPT (OpenAI): prohibited, bulk, 2 users, 1200 events, 3 blocked cs1=prohibited cs1Label=verdict cs2=bulk "
        "cs2Label=usage cs3=confirmed cs3Label=confidence cs4=chatgpt.com; oaiusercontent.com; chat.openai.com "
        "cs4Label=names cs5=files.read; MITRE ATT&CK T1671; MITRE ATT&CK T1567; MITRE ATLAS AML.T0057 "
        "cs5Label=scopes and relates to cs6=proxy.log:17; dump.pcapng#42 cs6Label=evidence cn1=2 cn1Label=users cn2=1 "
        "cn2Label=devices cn3=3 cn3Label=blocked"
    )


def test_a_person_and_an_address_of_each_version() -> None:
    assert " suser=ann src=192.0.2.7 " in written(BY_USER)
    six = written(Report((replace(CHAT, actor=Actor("ann", None, "2001:db8::7")),), by="user"))
    assert " src=" not in six and " c6a2=2001:db8::7 c6a2Label=Source IPv6 Address " in six


def test_what_was_only_blocked_is_blocked_and_unrated() -> None:
    line = written(SMALL).splitlines()[1]
    assert line.startswith("<134>1 2026-01-06T08:00:00Z ")
    assert " act=blocked " in line and "|Unknown|" in line


@pytest.mark.parametrize("text", [*HOSTILE, *INJECTIONS], ids=range(len(HOSTILE) + len(INJECTIONS)))
def test_no_name_ends_a_line_a_header_or_a_value(text: str) -> None:
    lines = written(hostile(text)).split("\n")
    assert len(lines) == 3 and not lines[2]
    assert all(character.isprintable() for line in lines for character in line)
    plain = parsed(written(Report((replace(CHAT, actor=Actor("u", "h", "192.0.2.7")),), by="user")))
    head, fields = parsed(lines[0])
    assert len(head) == len(plain[0]) == 7
    assert fields["cs1"] == "prohibited" and fields["act"] == "allowed" and fields["cnt"] == "1200"
    assert set(fields) <= set(plain[1])
    assert all(len(value) < 8200 for value in fields.values())


def read(line: str) -> dict[str, Any]:
    """A line as jc reads it, whose reader is not ours. It does not know escapes in the header (those are tested above)."""
    found: list[dict[str, Any]] = jc.parse("cef", line[line.index("CEF:") :], quiet=True)  # type: ignore[assignment]
    return found[0]


@pytest.mark.parametrize("text", [*HOSTILE, *INJECTIONS], ids=range(len(HOSTILE) + len(INJECTIONS)))
def test_another_reader_finds_the_same_fields(text: str) -> None:
    row = replace(hostile(text).entries[0], service="Plain", service_id="plain", verdict_reason="because")
    found = read(written(Report((row,), by="user")).splitlines()[0])
    assert (found["name"], found["act"], found["verdict"], found["cnt"], found["reason"]) == (
        ("Plain", "allowed", "prohibited", 1200, "because")
    )
    assert set(found) <= set(read(written(Report((replace(row, actor=Actor("u", "h", "192.0.2.7")),), by="user"))))
    shown = printable(text)[:1023].strip()
    if shown and "\\" not in shown:  # it takes an escaped backslash before an n for a line end within the value
        assert str(found["suser"]).strip() == shown
