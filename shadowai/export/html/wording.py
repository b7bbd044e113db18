"""Figures and times as a person reads them. Deterministic: no locale, no clock; times are UTC."""

from __future__ import annotations

from typing import Final

from shadowai.export.times import as_iso
from shadowai.model import Actor, Dossier

_MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_TITLES: Final = {"dpia": "DPIA", "owner": "Asset owner", "review": "To be looked at again"}
DAY: Final = 86_400_000_000
"""Microseconds of a day."""


def number(value: int | None) -> str:
    """``1,234``; empty where not known."""
    return "" if value is None else f"{value:,}"


def interval(low: int | None, high: int | None) -> str:
    """``40 to 70`` where what is not known leaves room, ``70`` where it does not; the smaller figure first, as a floor lifts a lower end
    further than an upper one."""
    if low is None or high is None or low == high:
        return number(high)
    return f"{number(min(low, high))} to {number(max(low, high))}"


def counted(value: int, one: str, many: str = "") -> str:
    """``1 person``, ``1,234 people``."""
    return f"{value:,} {one if value == 1 else many or one + 's'}"


def people(value: int) -> str:
    """``1 person``, ``5 people``."""
    return counted(value, "person", "people")


def day(micros: int | None) -> str:
    """``2 Mar 2026``; empty where not known."""
    text = as_iso(micros)
    return f"{int(text[8:10])} {_MONTHS[int(text[5:7]) - 1]} {text[:4]}" if text else ""


def short_day(micros: int | None) -> str:
    """``2 Mar``; empty where not known."""
    return day(micros)[:-5]


def span(first: int | None, last: int | None) -> str:
    """``2 to 8 Mar 2026``, with as much of the first day as differs; one day where both are the same; empty where unknown."""
    one, two = day(first), day(last)
    if one == two or not one or not two:
        return two or one
    (d, month, year), (_, other, later) = one.split(), two.split()
    if year != later:
        return f"{one} to {two}"
    return f"{d} to {two}" if month == other else f"{d} {month} to {two}"


def per(unit: str) -> str:
    """The heading of figures by a unit of time: ``Day by day``."""
    return f"{unit.capitalize()} by {unit}"


def person(actor: Actor | None) -> str:
    """Who, by the best that is known: user, else device, else address."""
    found = actor or Actor()
    return found.user or found.device or found.address or "not named"


def kept(dossier: Dossier | None) -> list[tuple[str, str]]:
    """What people keep on file, as titles and texts; what nobody said is left out."""
    texts = (dossier or Dossier())._asdict().items()
    told = ((name, "; ".join(value) if isinstance(value, tuple) else value) for name, value in texts)
    return [(_TITLES.get(name, word(name).capitalize()), text) for name, text in told if text]


def word(text: str) -> str:
    """``in_review`` as people write it: ``in review``."""
    return text.replace("_", " ")
