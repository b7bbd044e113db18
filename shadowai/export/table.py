"""The report for a person: a table, then what was read, what could not be, and what was assumed.

On a terminal drawn by rich; plain aligned text into files and pipes, with ``NO_COLOR`` (https://no-color.org) and on
dumb terminals. No control character and no markup in a name has an effect in either.
"""

from __future__ import annotations

import io
import os
import shutil
import unicodedata
from collections.abc import Callable, Iterator
from typing import BinaryIO, Final, NamedTuple

from shadowai.export.summary import shortened, summary
from shadowai.export.times import as_iso
from shadowai.model import Actor, Entry, Report, Verdict

WIDEST: Final = 40
"""Columns of the terminal that one cell may take."""
NAMES_SHOWN: Final = 2

_DISPENSABLE = ("NAMES", "SCOPES", "LAST SEEN", "CATEGORY", "VENDOR", "SENT", "DEVICE")
"""Columns that a narrow terminal does without, in this order."""
_COLOURS = {
    Verdict.PROHIBITED: "bold red",
    Verdict.UNSANCTIONED: "red",
    Verdict.UNREVIEWED: "yellow",
    Verdict.IN_REVIEW: "yellow",
    Verdict.SANCTIONED: "green",
}


class _Shown(NamedTuple):
    title: str
    right: bool
    value: Callable[[Entry], str]


def write(report: Report, stream: BinaryIO) -> None:
    """Write ``report`` in UTF-8, drawn where ``stream`` is a terminal that can."""
    text = io.TextIOWrapper(stream, encoding="utf-8", newline="\n", write_through=True)
    try:
        if _draws(stream):
            drawn(report, text, shutil.get_terminal_size().columns)
        else:
            text.writelines(f"{line}\n" for line in plain(report))
    finally:
        text.detach()


def plain(report: Report) -> Iterator[str]:
    """The lines of the aligned text."""
    shown = _columns(report)
    if report.entries:
        rows = [[column.title for column in shown], *([_cell(c, e) for c in shown] for e in report.entries)]
        widths = [max(terminal_width(row[i]) for row in rows) for i in range(len(shown))]
        for row in rows:
            yield "  ".join(
                _pad(text, width, column.right) for text, width, column in zip(row, widths, shown, strict=True)
            ).rstrip()
        yield ""
    yield from summary(report)


def drawn(report: Report, text: io.TextIOBase, width: int) -> None:
    """Draw ``report`` with colours, ``width`` columns wide."""
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    console = Console(file=text, force_terminal=True, width=width, highlight=False, markup=False, emoji=False)  # type: ignore[arg-type]
    shown, left_out = _fitting(_columns(report), report, width)
    if report.entries:
        table = Table(box=None, header_style="bold", pad_edge=False)
        for column in shown:
            table.add_column(column.title, justify="right" if column.right else "left", overflow="fold")
        for entry in report.entries:
            cells = [Text(_cell(column, entry), style=_style(column, entry)) for column in shown]
            table.add_row(*cells)
        console.print(table)
        console.print()
        if left_out:
            console.print(Text(f"Too narrow for: {', '.join(left_out)}."), soft_wrap=True)
    for line in summary(report):
        console.print(Text(line, style="bold red" if line.startswith("INCOMPLETE") else ""), soft_wrap=True)


def _fitting(shown: tuple[_Shown, ...], report: Report, width: int) -> tuple[tuple[_Shown, ...], list[str]]:
    """The columns that fit next to each other, and the titles of those that were left out for it."""
    needed = {
        c.title: max(terminal_width(c.title), *(terminal_width(_cell(c, e)) for e in report.entries))
        for c in shown
        if report.entries
    }
    left_out: list[str] = []
    for title in _DISPENSABLE:
        if sum(needed.values()) + 2 * len(needed) <= width:
            break
        if needed.pop(title, None) is not None:
            left_out.append(title)
    return tuple(column for column in shown if column.title not in left_out), left_out


def _draws(stream: BinaryIO) -> bool:
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"


def _columns(report: Report) -> tuple[_Shown, ...]:
    risk = any(entry.risk is not None for entry in report.entries)
    account = any(entry.accounts for entry in report.entries)
    return (
        *(_WHO if report.by == "user" else ()),
        _Shown("SERVICE", False, lambda entry: entry.service),
        _Shown("VENDOR", False, lambda entry: entry.vendor),
        _Shown("CATEGORY", False, lambda entry: entry.category),
        _Shown("VERDICT", False, lambda entry: entry.verdict.value),
        *([_Shown("RISK", True, _risk)] if risk else []),
        _Shown("CONFIDENCE", False, lambda entry: entry.confidence),
        *([_Shown("ACCOUNT", False, lambda entry: ", ".join(entry.accounts))] if account else []),
        _Shown("USAGE", False, lambda entry: entry.usage.value if entry.usage else ""),
        *([] if report.by == "user" else [_Shown("USERS", True, lambda entry: _number(entry.users))]),
        _Shown("EVENTS", True, lambda entry: _number(entry.events)),
        _Shown("BLOCKED", True, lambda entry: _number(entry.blocked)),
        _Shown("SENT", True, lambda entry: size(entry.bytes_up)),
        _Shown("LAST SEEN", False, lambda entry: as_iso(entry.last_seen)[:10]),
        *([_Shown("SCOPES", False, _scopes)] if any(entry.scopes for entry in report.entries) else []),
        _Shown("NAMES", False, _names),
    )


_WHO = (
    _Shown("USER", False, lambda entry: (entry.actor or Actor()).user or ""),
    _Shown("DEVICE", False, lambda entry: (entry.actor or Actor()).device or ""),
    _Shown("ADDRESS", False, lambda entry: (entry.actor or Actor()).address or ""),
)


def _cell(column: _Shown, entry: Entry) -> str:
    return shortened(column.value(entry), WIDEST)


def _style(column: _Shown, entry: Entry) -> str:
    return _COLOURS.get(entry.verdict, "") if column.title == "VERDICT" else ""


def _names(entry: Entry) -> str:
    return _listed(entry.names)


def _scopes(entry: Entry) -> str:
    return _listed(entry.scopes)


def _listed(texts: tuple[str, ...]) -> str:
    """The first of a list, and how many more the row has: ``chatgpt.com, oaiusercontent.com +3``."""
    rest = len(texts) - NAMES_SHOWN
    more = f" +{rest}" if rest > 0 else ""
    room = (WIDEST - len(more)) // max(1, min(NAMES_SHOWN, len(texts))) - 2
    return ", ".join(shortened(text, room) for text in texts[:NAMES_SHOWN]) + more


def _risk(entry: Entry) -> str:
    """The score; an interval where what is not known leaves it open: ``27-50``."""
    if entry.risk_low is None or entry.risk_low == entry.risk:
        return _number(entry.risk)
    return f"{entry.risk_low}-{entry.risk}"


def _number(value: int | None) -> str:
    return "" if value is None else f"{value:,}"


def size(count: int | None) -> str:
    """Bytes with a decimal unit: ``950 B``, ``12.3 MB``."""
    if count is None:
        return ""
    size, units = float(count), iter(("B", "kB", "MB", "GB", "TB"))
    unit = next(units)
    while size >= 999.95 and (larger := next(units, "")):
        size, unit = size / 1000, larger
    return f"{count} B" if unit == "B" else f"{size:.1f} {unit}"


def terminal_width(text: str) -> int:
    """The columns that ``text`` takes on a terminal (UAX #11): two for a wide character, none for a combining one."""
    return sum(0 if unicodedata.combining(c) else 2 if unicodedata.east_asian_width(c) in "WF" else 1 for c in text)


def fitted(text: str, room: int) -> str:
    """As much of ``text`` as takes no more than ``room`` columns of a terminal, safe for one, with an ellipsis where that is not all."""
    shown = shortened(text, room)
    while terminal_width(shown) > room:
        shown = f"{shown.removesuffix('…')[:-1]}…"
    return shown


def _pad(text: str, width: int, right: bool) -> str:
    blank = " " * (width - terminal_width(text))
    return blank + text if right else text + blank
