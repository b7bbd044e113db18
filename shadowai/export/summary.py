"""What a person must know beside the rows: what was read, what could not be, and what was assumed.

Formats that hold rows only (CSV, Parquet) are told by these lines, on the terminal.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import Final

from shadowai.model import Origin, Report
from shadowai.normalize import printable

EXAMPLES: Final = 5
SHOWN: Final = 20
"""Sources, reasons and notes listed each; the rest is counted."""
_LONGEST = 300


def summary(report: Report) -> Iterator[str]:
    """One line each, safe for a terminal: findings, sources, gaps (the first starts with INCOMPLETE), notes."""
    yield _findings(report)
    yield from _candidates(report)
    yield from _sources(report)
    yield from _gaps(report)
    yield from _notes(report)


def shortened(text: str, longest: int = _LONGEST) -> str:
    """``text`` safe for a terminal, with an ellipsis where it is longer than ``longest`` characters."""
    shown = printable(text[: longest + 1])
    return shown if len(shown) <= longest else f"{shown[: longest - 1]}…"


def counted(count: int, one: str, many: str = "") -> str:
    """``1 gap``, ``1,234 gaps``."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def _findings(report: Report) -> str:
    what = "services" if report.by == "service" else "users of services"
    if not report.entries:
        if not report.complete:
            return "No AI services found in what could be read."
        nothing = report.sources and not any(source.lines or source.records for source in report.sources)
        return "No AI services found: there is nothing in what was read." if nothing else "No AI services found."
    kinds = Counter(entry.confidence for entry in report.entries)
    each = ", ".join(f"{number:,} {shortened(kind)}" for kind, number in kinds.items())
    return f"{what.capitalize()}: {len(report.entries):,} ({each})."


def _candidates(report: Report) -> Iterator[str]:
    """Hosts that look like AI, which are no findings: those that more than a name speaks for, each with why."""
    told = [one for one in report.candidates if one.level != "name"]
    rest = len(report.candidates) - len(told)
    if told:
        levels = Counter(one.level for one in told)
        each = ", ".join(f"{number:,} {level}" for level, number in levels.items())
        yield f"Candidates, which look like AI and match no signature (no findings, not in the rows): {each}."
    for one in told[:SHOWN]:
        users = counted(one.users, "user") if one.users else counted(one.devices, "device")
        sent = f", {one.bytes_up:,} bytes sent" if one.bytes_up is not None else ""
        where = f", e.g. {shortened(str(one.origins[0]))}" if one.origins else ""
        new = ", new" if one.new else ""
        why = shortened(", ".join(one.evidence))
        yield f"  {one.level}: {shortened(one.name)} (score {one.score}: {why}; {users}{sent}{new}){where}"
    yield from _rest(len(told), "candidate")
    if rest:
        yield f"  {counted(rest, 'host')} whose name alone speaks of AI: no candidates; they are in --format json"


def _sources(report: Report) -> Iterator[str]:
    yield f"Read: {counted(len(report.sources), 'source')}."
    for source in report.sources[:SHOWN]:
        figures = [
            counted(source.records, "record"),
            f"{source.named:,} with a name",
            f"{source.ai:,} of AI services",
            *(f"{n:,} {what}" for n, what in _odd(source.uncounted, source.outside, source.unreadable) if n),
        ]
        empty = report.complete and not (source.lines or source.records)
        told = source.format or ("empty" if empty else "not recognised")
        yield f"  {shortened(source.path)} ({shortened(told)}): {', '.join(figures)}"
    if len(report.sources) > SHOWN:
        yield f"  and {len(report.sources) - SHOWN:,} more"


def _odd(uncounted: int, outside: int, unreadable: int) -> tuple[tuple[int, str], ...]:
    return (uncounted, "no activity"), (outside, "outside of the time asked for"), (unreadable, "not readable")


def _gaps(report: Report) -> Iterator[str]:
    if report.complete:
        return
    found: dict[str, list[Origin]] = {}
    counts: Counter[str] = Counter()
    for gap in report.gaps:
        counts[gap.reason] += gap.count
        found.setdefault(gap.reason, []).extend((gap.examples or (gap.origin,))[:EXAMPLES])
    yield f"INCOMPLETE: {sum(counts.values()):,} could not be looked at."
    for reason, places in list(found.items())[:SHOWN]:
        yield f"  {shortened(reason)}: {counts[reason]:,}, {_places(places)}"
    yield from _rest(len(found), "reason")


def _notes(report: Report) -> Iterator[str]:
    found: dict[tuple[str, str], list[Origin]] = {}
    counts: Counter[tuple[str, str]] = Counter()
    for note in report.notes:
        counts[note.kind, note.text] += note.count
        found.setdefault((note.kind, note.text), []).extend([] if note.origin is None else [note.origin])
    for (kind, text), places in list(found.items())[:SHOWN]:
        where = f", {_places(places)}" if places else ""
        yield f"Note ({shortened(kind)}): {shortened(text)}: {counts[kind, text]:,}{where}"
    yield from _rest(len(found), "note")


def _places(places: Iterable[Origin]) -> str:
    distinct = list(dict.fromkeys(places))
    return f"e.g. {', '.join(shortened(str(origin)) for origin in distinct[:EXAMPLES])}"


def _rest(count: int, what: str) -> Iterator[str]:
    if count > SHOWN:
        yield f"  and {counted(count - SHOWN, f'more {what}')}; all of them are in --format json"
