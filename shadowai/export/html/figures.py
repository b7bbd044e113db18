"""The page's charts: which services were used when, how many a day, and how much was sent."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final, NamedTuple

from shadowai.export.html.attention import height
from shadowai.export.html.charts import Bar, Part, Tick, columns, drawn
from shadowai.export.html.timeline import Scale, Stretch
from shadowai.export.html.wording import DAY, number
from shadowai.export.table import size
from shadowai.model import FORBIDDEN, UNDECIDED, Entry, Verdict

if TYPE_CHECKING:
    from markupsafe import Markup

CHARTED: Final = 16
"""Services on a chart."""
_NAMED: Final = 9
"""Places of a scale that are named, on a wide page."""
_TONES: Final = {"action": FORBIDDEN, "open": UNDECIDED, "settled": frozenset(Verdict) - FORBIDDEN - UNDECIDED}


class Figure(NamedTuple):
    """Two drawings of one chart, for a wide and for a narrow page, and how many things it leaves out."""

    wide: Markup
    narrow: Markup
    more: int = 0


def tone(entry: Entry) -> str:
    """``action``, ``open`` or ``settled``: what a verdict asks of the reader."""
    return next(name for name, verdicts in _TONES.items() if entry.verdict in verdicts)


def timeline(rows: Sequence[Entry], scale: Scale) -> Figure | None:
    """Each service from the first to the last time that it was seen, its days of use filled in: those that need action first, of many
    those with the highest risk; the earliest on top."""
    dated = sorted((one for one in rows if one.first_seen is not None and one.last_seen is not None), key=_place)
    shown = sorted(dated[:CHARTED], key=lambda entry: (*_place(entry)[:2], entry.first_seen, entry.service_id))
    if not scale.columns or not dated:
        return None
    every = -(-len(scale.columns) // _NAMED)
    ticks = [Tick(at, column.short) for at, column in enumerate(scale.columns) if at % every == 0]
    bars = [Bar(entry.service, _spans(entry, scale)) for entry in shown]
    return Figure(*drawn(bars, ticks, len(scale.columns)), max(0, len(dated) - CHARTED))


def _place(entry: Entry) -> tuple[int, bool, int, str]:
    """What needs action first, then what is in use, then the highest risk."""
    return list(_TONES).index(tone(entry)), not entry.is_use, -height(entry), entry.service_id


def _spans(entry: Entry, scale: Scale) -> tuple[Part, ...]:
    """Where a service was used, and pale where it was only seen before or after, looked up or blocked, or the day is not known."""
    first, last = (scale.place((time or 0) // DAY) for time in (entry.first_seen, entry.last_seen))
    begin, end = first or 0, (len(scale.columns) - 1 if last is None else last) + 1
    used = f"bar-{tone(entry)}"
    pale = f"{used} bar-pale"
    parts: list[Part] = []
    for start, after in scale.runs(one for one, _ in entry.days) if entry.is_use else ():
        if start > begin:
            parts.append(Part(begin, start, pale))
        parts.append(Part(start, after, used))
        begin = after
    return (*parts, Part(begin, end, pale)) if begin < end else tuple(parts)


def daily(stretches: Sequence[Stretch]) -> Figure | None:
    """How many services were in use in each column of time, by what has been decided about them."""
    if not any(one.action or one.open or one.settled for one in stretches):
        return None
    return _standing(stretches, lambda one: (one.action, one.open, one.settled), number)


def sent_daily(stretches: Sequence[Stretch]) -> Figure | None:
    """What was sent in each column of time, as far as records say."""
    if not any(one.sent for one in stretches):
        return None
    return _standing(stretches, lambda one: (0, 0, 0, one.sent or 0), size)


def _standing(
    stretches: Sequence[Stretch], heights: Callable[[Stretch], tuple[int, ...]], shown: Callable[[int], str]
) -> Figure:
    tones = (*(f"bar-{name}" for name in _TONES), "bar-plain")
    bars = []
    for one in stretches:
        parts: list[Part] = []
        for tall, name in zip(heights(one), tones, strict=False):
            begin = parts[-1].end if parts else 0
            parts += [Part(begin, begin + tall, name)] if tall else []
        bars.append(Bar(one.column.short, tuple(parts)))
    return Figure(*columns(bars, shown, named=_NAMED))


def volumes(rows: Sequence[Entry]) -> Figure | None:
    """What was sent to each service, the most first, as far as records say."""
    sent = sorted((e for e in rows if e.bytes_up and e.is_use), key=lambda e: (-(e.bytes_up or 0), e.service_id))
    if not sent:
        return None
    bars = [Bar(e.service, (Part(0, e.bytes_up or 0, f"bar-{tone(e)}"),), size(e.bytes_up)) for e in sent[:CHARTED]]
    return Figure(*drawn(bars, (), bars[0].parts[0].end, room=0.12), max(0, len(sent) - CHARTED))
