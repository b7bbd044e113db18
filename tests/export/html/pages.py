"""Pages to look at: one with everything in it, and hostile ones."""

from __future__ import annotations

import io
from dataclasses import replace

from shadowai.export import html
from shadowai.export.html.context import Context, InputFile, Reason
from shadowai.history.model import Change, Comparison, Run
from shadowai.model import (
    Actor,
    Candidate,
    Dossier,
    Entry,
    Gap,
    Note,
    Origin,
    Report,
    Ruling,
    SourceSummary,
    Usage,
    Verdict,
)
from tests.export.reports import CHAT, HOSTILE, SMALL, UNKNOWN, hostile

MARKS = (
    "<script>window.ran = 1</script>",
    "</style><script>window.ran = 1</script>",
    "</script><script>window.ran = 1</script>",
    "</title><img src=x onerror='window.ran = 1'>",
    "\"><svg onload='window.ran = 1'>",
    "' onmouseover='window.ran = 1' autofocus onfocus='window.ran = 1' x='",
    "javascript:window.ran=1",
    "<a href='javascript:window.ran=1'>x</a>",
    "<iframe srcdoc='<script>parent.ran = 1</script>'></iframe>",
    "<meta http-equiv=refresh content='0;url=http://198.51.100.1/'>",
    "<base href='http://198.51.100.1/'>",
    "<link rel=stylesheet href='http://198.51.100.1/x.css'>",
    "<style>body { display: none }</style>",
    "<form action='http://198.51.100.1/'><button>x</button></form>",
    "{{ 7 * 7 }}{% raw %}",
    "<!--",
    "]]>",
    "&lt;script&gt;",
    "<x" * 5_000,
    "\u202e<script>window.ran = 1</script>\u2066",
    "\x00<scr\x00ipt>window.ran = 1</script>",
)
"""What would run, load or break out where a text is not made inert."""
PAYLOADS = (*MARKS, *HOSTILE)

RUN = Run(1, "scan", "s", 0, 1_767_600_000_000_000, True, True, "v", "p", "1", {}, 0, 1, 1)


DAYS = ((20_458, 12_000_000), (20_459, 345_678))
"""The days of a row, and what was sent on each."""


def entry(**changes: object) -> Entry:
    """A row that is in use against the policy, with some fields changed."""
    return replace(CHAT, risk=None, risk_level="", scopes=(), **changes)  # type: ignore[arg-type]


def change(text: str) -> Change:
    """A change with ``text`` wherever a text comes from outside."""
    return Change(
        "changed", "service", text, text, "environment", text, text, text, text, text, text, Verdict.PROHIBITED, True
    )


def candidate(text: str, **changes: object) -> Candidate:
    """Something that looks like AI, with ``text`` wherever a text comes from outside."""
    place = Origin(text, 7)
    made = Candidate(
        text, (text, f"api_path:{text}"), 4, "likely", True, 2, 1, 9, 0, 5_000, sources=(text,), origins=(place,)
    )
    return replace(made, first_seen=1_767_600_000_999_999, last_seen=1_767_686_400_000_000, **changes)  # type: ignore[arg-type]


def context(text: str, asset: str = "") -> Context:
    """All that can stand beside an inventory, with ``text`` in it."""
    return Context(
        people=hostile(text),
        drift=Comparison(RUN, replace(RUN, id=2), (change(text),), (text,), (text,)),
        risks={asset or text: (Reason(text, 12),)},
        inputs=(InputFile(text, 12, "ab" * 32), InputFile(f"{text}.2", None, "", text)),
        written=1_767_700_000_000_000,
    )


def written(report: Report, beside: Context | None = None) -> str:
    """The page as text."""
    stream = io.BytesIO()
    html.write(report, stream, beside)
    return stream.getvalue().decode("utf-8")


def everything() -> Report:
    """Every payload in every field of a row, a gap, a note and a source, by service."""
    reports = [hostile(text) for text in PAYLOADS]
    kinds = ("nameless", "clear_key", "encrypted_hello")
    return Report(
        tuple(_row(report.entries[0], text) for report, text in zip(reports, PAYLOADS, strict=True)),
        tuple(gap for report in reports for gap in report.gaps),
        tuple(replace(note, kind=kind) for report in reports for note in report.notes for kind in kinds),
        tuple(source for report in reports for source in report.sources),
        "service",
        MARKS[0],
        tuple(map(candidate, PAYLOADS)),
    )


def _row(row: Entry, text: str) -> Entry:
    kept = Dossier(text, text, (text,), text, text, text, text, text, text, text, (text,))
    ruled = replace(
        row, ruling=Ruling(1, text), departments=(text,), signature_pack=text, signature_sha256=text, dossier=kept
    )
    return replace(ruled, actor=None, confidence="confirmed")


FULL = Report(
    entries=(
        replace(CHAT, days=DAYS),
        entry(asset_id="c", service_id="claude", service="Claude", usage=Usage.AUTONOMOUS, bytes_up=5),
        entry(
            asset_id="d",
            service_id="deepl",
            service="DeepL",
            verdict=Verdict.SANCTIONED,
            usage=Usage.CONNECTED,
            bytes_up=None,
        ),
        entry(asset_id="u", service_id="unseen", service="Unseen", verdict=Verdict.UNREVIEWED, bytes_up=77_000),
        UNKNOWN,
    ),
    gaps=(*SMALL.gaps, Gap(Origin("entra:contoso.example", "grants", "object"), "grants could not be looked at", 3)),
    notes=(
        Note(Origin("dump.pcapng"), "encrypted_hello", "hellos hide the server's name (ECH)", 7),
        Note(Origin("dump.pcapng", 9, "frame"), "clear_key", "a key was sent in clear", 1),
        *SMALL.notes,
    ),
    sources=(
        *SMALL.sources,
        SourceSummary("dump.pcapng", "pcapng", 9, 9, 9),
        SourceSummary("empty.log", "squid", 4, 4, 0),
    ),
    signatures="2026.11.21",
    candidates=(
        candidate("llm.example.org", new=False),
        candidate("gpt.example.net", level="unconfirmed", bytes_up=None),
        candidate("ai.example.com", level="name"),
    ),
)
"""A report with something of every kind in it."""
PEOPLE = replace(
    FULL,
    entries=(
        replace(CHAT, actor=Actor("ann", "nb-1", "192.0.2.7"), users=1),
        replace(CHAT, actor=Actor("ann", None, "192.0.2.9"), users=1, events=5),
        entry(asset_id="c2", service_id="claude", service="Claude", actor=Actor("bob")),
        replace(UNKNOWN, actor=Actor(None, None, "192.0.2.8")),
    ),
    by="user",
)
