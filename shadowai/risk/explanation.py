"""A rating for people: every contribution with its reason, source and date, and the sums, which add up."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator

from shadowai.model import Entry, Usage
from shadowai.risk.answers import day
from shadowai.risk.rating import CEILING, FLOOR, Contribution, Rating
from shadowai.risk.weights import Weights

WIDTH = 110
"""Columns that lines are wrapped at."""
_LEFT = 31


def lines(entry: Entry, rating: Rating, weights: Weights) -> Iterator[str]:
    """What the asset is, its score, and what it is the sum of. Names in it come from outside: they are not yet made printable."""
    yield f"{_subject(entry)}: {headline(rating)}"
    yield from _wrapped(f"  asset {entry.asset_id}, service {entry.service_id} of {entry.vendor}, {entry.category}", 4)
    yield from _wrapped(f"  {_seen(entry)}", 4)
    words = f"verdict {entry.verdict.value}, confidence {entry.confidence}: neither is part of the score"
    yield from _wrapped(f"  {words}; weights {rating.weights}", 4)
    if not entry.is_use:
        yield f"  {_doubt(entry)}"
    yield ""
    yield "   low  high"
    for group, about in weights.groups.items():
        parts = [part for part in rating.contributions if part.group == group]
        yield f"{sum(part.low for part in parts):>6}{sum(part.high for part in parts):>6}  {group.upper()}: {about}"
        for part in parts:
            if not _is_nothing(part, entry):
                yield from _contribution(part, entry)
    for part in rating.contributions:
        if part.group in (FLOOR, CEILING):
            bound = (weights.floors if part.group == FLOOR else weights.ceilings)[part.name]
            text = f"{part.low:>+6}{part.high:>+6}  {part.group.upper()} of {bound.score}, {part.name}: {part.why}"
            yield from _wrapped(text, 14)
    yield f"{rating.low:>6}{rating.high:>6}  RISK: the upper end is the score, {rating.level}"
    yield from _without(entry, rating)
    yield from _narrowing(rating)


def headline(rating: Rating) -> str:
    """The score in words."""
    if rating.low == rating.high:
        return f"risk {rating.high} of 100, {rating.level}"
    return f"risk {rating.high} of 100, {rating.level} (from {rating.low} to {rating.high} by what is known)"


def _subject(entry: Entry) -> str:
    who = [part for part in entry.actor or () if part]
    return f"{entry.service} by {', '.join(who)}" if who else entry.service


def _seen(entry: Entry) -> str:
    first, last = day(entry.first_seen), day(entry.last_seen)
    times = f" from {first} to {last}" if first else ""
    return f"seen in {', '.join(entry.sources) or 'no named source'}{times}"


def _doubt(entry: Entry) -> str:
    """Why a row is no proven use: its points tell what it would come to."""
    if entry.usage is Usage.RESOLVED:
        return "no use: its name was looked up, and nothing more was seen"
    if entry.usage is None or not entry.events:
        return "no use: nothing was let through" if entry.blocked else "no use is known"
    several = entry.confidence == "ambiguous"
    ground = "several services claim its names with equal right" if several else "only weak names were seen"
    return f"no proof of use: {ground}; no policy is breached by it"


def _contribution(part: Contribution, entry: Entry) -> Iterator[str]:
    here = part.source == ", ".join(entry.sources)
    told = ", ".join(piece for piece in ("as seen" if here else part.source, part.dated) if piece)
    unknown = len(part.answers) > 1 and (here or not part.source)
    text = f"{_answers(part.answers)}: {part.why}{'' if unknown else f' [{told}]'}"
    head = f"{part.low:>6}{part.high:>6}    {part.name:<14} "
    wrapped = textwrap.wrap(text, WIDTH - _LEFT, break_long_words=False, break_on_hyphens=False)
    yield head + wrapped[0]
    yield from (" " * _LEFT + line for line in wrapped[1:])


def _answers(several: tuple[str, ...]) -> str:
    if len(several) > 3:
        return f"{several[0]} to {several[-1]}"
    return several[0] if len(several) == 1 else f"{', '.join(several[:-1])} or {several[-1]}"


def _is_nothing(part: Contribution, entry: Entry) -> bool:
    """Whether a part gives no points because nothing was seen; a fact of the catalogue is worth showing even so."""
    return not (part.low or part.high) and part.source == ", ".join(entry.sources)


def _without(entry: Entry, rating: Rating) -> Iterator[str]:
    """What gave no points, in short."""
    none = [f"{part.name} ({part.why})" for part in rating.contributions if part.answers and _is_nothing(part, entry)]
    if none:
        yield from _wrapped(f"No points for {'; '.join(none)}.", 2)


def _narrowing(rating: Rating) -> Iterator[str]:
    """What is worth finding out, the most first."""
    open_ = sorted(
        (part for part in rating.contributions if len(part.answers) > 1), key=lambda part: part.low - part.high
    )
    if open_ and rating.low < rating.high:
        named = ", ".join(f"{part.name} ({part.high - part.low})" for part in open_ if part.high > part.low)
        yield from _wrapped(f"Not known, and worth finding out: {named}.", 2)


def _wrapped(text: str, indent: int) -> list[str]:
    return textwrap.wrap(text, WIDTH, subsequent_indent=" " * indent, break_long_words=False, break_on_hyphens=False)
