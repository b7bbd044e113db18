"""What a sweep could not look at, as gaps of the report: never "no grants", never "removed"."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from typing import get_args

from shadowai.model import Gap, Origin
from shadowai.tenant import Completeness, Gives, Outcome, Signal, Swept, Trouble

EXAMPLES = 5
_WHAT = {Completeness.PARTIAL: "could be looked at only in part", Completeness.FAILED: "could not be looked at"}


def gaps(swept: Swept, titles: dict[str, str] | None = None) -> Iterator[Gap]:
    """A gap for each signal, manner and reason; ``count`` is the number of tasks, ``examples`` the first of them.

    ``titles`` are what people call the signals. A sweep without any task has looked at nothing: a gap, too.
    """
    named = titles or {}
    wanting = [outcome for outcome in swept.outcomes if outcome.completeness is not Completeness.COMPLETE]
    for (signal, how, trouble, _), group in groupby(sorted(wanting, key=_order), key=_kind):
        outcomes = list(group)
        places = tuple(_origin(swept, outcome) for outcome in outcomes)
        reason = _reason(named.get(signal, signal), how, trouble, outcomes[0])
        yield Gap(places[0], reason, len(outcomes), places[:EXAMPLES])
    if not swept.outcomes:
        yield Gap(Origin(f"{swept.platform}:{swept.name}", None, "object"), "nothing was looked at")


def wanting(swept: Swept, signals: Iterable[Signal]) -> tuple[frozenset[Gives], ...]:
    """What each signal gives that was not looked at whole, in the order of their names: all there is where it is not said, and where the
    plan itself failed or nothing was looked at."""
    everything: frozenset[Gives] = frozenset(get_args(Gives))
    gives = {signal.name: frozenset(signal.gives) or everything for signal in signals}
    names = {one.signal for one in swept.outcomes if one.completeness is not Completeness.COMPLETE}
    found = tuple(gives.get(name, everything) for name in sorted(names))
    return found if swept.outcomes else (everything,)


def _kind(outcome: Outcome) -> tuple[str, Completeness, Trouble | None, str]:
    return outcome.signal, outcome.completeness, outcome.trouble, outcome.remedy


def _order(outcome: Outcome) -> tuple[str, str, str, str, str]:
    trouble = outcome.trouble.name if outcome.trouble else ""
    return outcome.signal, outcome.completeness.value, trouble, outcome.remedy, outcome.task


def _origin(swept: Swept, outcome: Outcome) -> Origin:
    return Origin(f"{swept.platform}:{swept.name}", outcome.task, "object")


def _reason(signal: str, how: Completeness, trouble: Trouble | None, first: Outcome) -> str:
    """``sign-ins could not be looked at: a licence is missing (403 …); buy Entra ID P1``."""
    what = "the sweep's plan" if signal == "*" else signal
    why = f": {trouble.value}" if trouble is not None else ""
    words = f" ({first.detail})" if first.detail else ""
    then = f"; {first.remedy}" if first.remedy else ""
    return f"{what} {_WHAT[how]}{why}{words}{then}"
