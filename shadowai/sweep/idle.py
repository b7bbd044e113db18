"""Signals of which there was nothing to ask: they were looked at, and hold nothing. Not so where it is unknown what there is to ask."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from shadowai.tenant import Completeness, Outcome, Signal


def nothing_to_ask(wanted: Sequence[Signal], outcomes: Iterable[Outcome], *, now: int) -> Iterator[Outcome]:
    """A complete outcome for each signal of ``wanted`` without a task, where all the signals that it comes ``after`` were looked at whole:
    on their answers the plan was made, and it asked nothing. ``now`` is when that was known.

    Only for a plan that was made to its end. A signal that comes after none is always asked for something: that it was not has another
    reason, and it stays not looked at; so does one that comes after such a signal.
    """
    seen = _looked_at(outcomes)
    names = {signal.name for signal in wanted}
    waiting = [signal for signal in wanted if signal.after and signal.name not in seen]
    while settled := [signal for signal in waiting if all(seen.get(name) for name in names.intersection(signal.after))]:
        for signal in settled:
            seen[signal.name] = True
            waiting.remove(signal)
            detail = "there was nothing to ask"
            yield Outcome(f"{signal.name}/none", signal.name, Completeness.COMPLETE, detail=detail, as_of=now)


def _looked_at(outcomes: Iterable[Outcome]) -> dict[str, bool]:
    """The signals that were asked for something, and whether all of it was complete."""
    found: dict[str, bool] = {}
    for outcome in outcomes:
        found[outcome.signal] = found.get(outcome.signal, True) and outcome.completeness is Completeness.COMPLETE
    return found
