"""What a run looked at, and whether a later look covers an earlier one.

Only a look that covers everything that may have shown a thing can show that the thing is gone.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from functools import lru_cache

from shadowai.history import bodies
from shadowai.history.model import Look, Shower, Shown
from shadowai.model import Gap, SourceSummary
from shadowai.normalize import printable
from shadowai.tenant import Completeness, Outcome, Swept

UNBOUNDED = 1 << 62
"""The reach of a scan without ``--since``; else it is the length of the time asked for."""
PLAN = "*"
"""The signal of a sweep's plan: where that failed, nobody knows what was not looked at."""
_SCOPES = ("ai", "consented", "all")
_DATE = re.compile(
    r"20\d\d([-_.]?)(?:0\d|1[0-2])\1(?:[0-2]\d|3[01])(?:[-_.T]?(?:[01]\d|2[0-3])(?:[-_.:]?[0-5]\d){0,2}Z?)?(?!\d)"
)
_ROTATED = re.compile(r"(?<=[a-z])\.\d{1,3}(?=$|\.(?:gz|bz2|zst|xz|lz4)$)")
_PACKED = re.compile(r"\.(?:gz|bz2|zst|xz|lz4)$")


def identity(path: str) -> str:
    """What of a log's path stays the same when it is rotated: ``proxy-2026-11-20.log.gz`` and ``proxy-2026-11-21.log`` are the same
    log on two days, as are ``access.log`` and ``access.log.1``. Other numbers tell logs apart (``fw1.log``, ``fw2.log``)."""
    return _PACKED.sub("", _ROTATED.sub("", _DATE.sub("DATE", path)))


def of_report(gaps: Iterable[Gap], sources: Sequence[SourceSummary], *, span: int | None = None) -> tuple[Look, ...]:
    """The looks of a scan: one for each log, complete where nothing of it was a gap. ``span`` is the length in microseconds of the
    time that was asked for, ``None`` for all there is."""
    reach = (UNBOUNDED if span is None else span,)
    reasons: dict[str, str] = {}
    for gap in gaps:
        for place in _places(gap):
            reasons.setdefault(place, gap.reason)
    formats: dict[str, set[str]] = {}
    files: dict[str, int] = {}
    for source in sources:
        place = identity(source.path)
        formats.setdefault(place, set()).add(source.format)
        files[place] = files.get(place, 0) + 1
        if source.unreadable:
            reasons.setdefault(place, "records that could not be read")
    found = [
        _log(place, frozenset(formats[place]), reasons.get(place, ""), reach, files[place]) for place in sorted(formats)
    ]
    failed = sorted(set(reasons) - set(formats))
    return (
        *found,
        *(Look(p, "", frozenset(), Completeness.FAILED, False, reach, printable(reasons[p])) for p in failed),
    )


def _log(place: str, formats: frozenset[str], reason: str, reach: tuple[int, ...], files: int) -> Look:
    how = Completeness.PARTIAL if reason else Completeness.COMPLETE
    return Look(place, "", formats, how, True, reach, printable(reason), files)


def _places(gap: Gap) -> Iterator[str]:
    yield from {identity(origin.path) for origin in (gap.origin, *gap.examples)}


def source_of(swept: Swept) -> str:
    """What a tenant's looks are called: by the platform's name for it, which stays when it is configured under another."""
    return f"{swept.platform}:{swept.tenant}"


def tenant_lineage(source: str) -> str:
    """The lineage of a tenant, which its sweeps speak about, whatever else was swept with it."""
    return f"tenant:{bodies.key(source)}"


def of_sweep(swept: Swept, *, before: Sequence[Look] = ()) -> tuple[Look, ...]:
    """The looks of a sweep of one tenant: one for each signal. ``before`` are those of the last sweep of it, on which a sweep of
    changes builds."""
    source = source_of(swept)
    labels = frozenset({swept.platform, swept.name, source, f"{swept.platform}:{swept.name}"})
    reach = (_SCOPES.index(swept.scope), _wholeness(swept, source, before))
    signals: dict[str, list[Outcome]] = {}
    for outcome in swept.outcomes:
        signals.setdefault(outcome.signal, []).append(outcome)
    if not signals:
        return (Look(source, PLAN, labels, Completeness.FAILED, False, reach, "nothing was looked at"),)
    return tuple(
        Look(
            source,
            name,
            labels,
            _together(several),
            _gave(several),
            reach,
            _reason(several),
            done=tuple(sorted(outcome.task for outcome in several if _whole(outcome))),
            wanting=tuple(sorted((outcome.task, _reason([outcome])) for outcome in several if not _whole(outcome))),
        )
        for name, several in sorted(signals.items())
    )


@lru_cache(1024)
def shown_by(source: str, tasks: tuple[str, ...]) -> Shown:
    """What showed a thing, by the names of the tasks."""
    return frozenset(Shower(source, task) for task in tasks)


def _wholeness(swept: Swept, source: str, before: Sequence[Look]) -> int:
    if swept.mode == "delta":
        return max((look.reach[1] for look in before if look.source == source and len(look.reach) > 1), default=0)
    return int(swept.mode == "full")


def _together(outcomes: Iterable[Outcome]) -> Completeness:
    found = {outcome.completeness for outcome in outcomes}
    return found.pop() if len(found) == 1 else Completeness.PARTIAL


def _whole(outcome: Outcome) -> bool:
    return outcome.completeness is Completeness.COMPLETE


def _gave(outcomes: Iterable[Outcome]) -> bool:
    return any(o.completeness is not Completeness.FAILED or o.pages or o.items for o in outcomes)


def _reason(outcomes: Iterable[Outcome]) -> str:
    wanting = [outcome for outcome in outcomes if not _whole(outcome)]
    if not wanting:
        return ""
    first = wanting[0]
    return printable(first.trouble.value if first.trouble else first.completeness.value)


def relevant(looks: Iterable[Look], labels: Collection[str], shown: Shown = frozenset()) -> list[Look]:
    """The looks that may have shown what has these labels; all of them where none is called so. Where the tasks of tenants that
    showed it are known, only the logs."""
    gave = [look for look in looks if look.gave]
    if shown:
        return [look for look in gave if not look.part and look.labels & set(labels)]
    return [look for look in gave if look.labels & set(labels)] or gave


def lacking(earlier: Iterable[Look], later: Sequence[Look]) -> list[str]:
    """Why ``later`` looks cannot show that something which ``earlier`` ones showed is gone; empty where they can."""
    wanted = list(earlier)
    if not wanted:
        return ["it is not known what had shown it"]
    found = {(look.source, look.part): look for look in later}
    return [reason for look in wanted if (reason := _lack(look, found))]


def unseen(shown: Shown, earlier: Sequence[Look], later: Sequence[Look]) -> dict[Shower, str]:
    """Of the tasks that had shown a thing at ``earlier`` looks, those by which ``later`` ones cannot show that it is gone, and why.

    A task answers for what it showed, whatever became of others. One that was not run any more (its app is gone, its part of the work
    was given to another) leaves that to its signal, where everything else of the tenant that was run saw everything, too: on that the
    plan was made.
    """
    found = ((shower, _unseen(shower, earlier, later)) for shower in sorted(shown))
    return {shower: reason for shower, reason in found if reason}


def _unseen(shower: Shower, earlier: Sequence[Look], later: Sequence[Look]) -> str:
    then = {look.part: look for look in earlier if look.source == shower.source}
    now = {look.part: look for look in later if look.source == shower.source}
    plan = now.get(PLAN)
    if plan is not None and plan.completeness is not Completeness.COMPLETE:
        return f"{shower.source}: {plan.reason or 'its sweep was not complete'}"
    look = _of_task(shower.task, now.values())
    if look is not None:
        return _wanting(look, shower.task) or _narrower(look, then)
    before = _of_task(shower.task, then.values())
    if before is None or before.part not in now:
        return f"{before.place if before else shower.source} was not looked at"
    return next(iter(lacking((one for one in then.values() if one.gave and one.part in now), later)), "")


def _of_task(task: str, looks: Iterable[Look]) -> Look | None:
    return next((look for look in looks if task in look.done or _wanting(look, task)), None)


def _wanting(look: Look, task: str) -> str:
    reason = dict(look.wanting).get(task)
    return "" if reason is None else f"{look.place}: {reason}"


def _narrower(look: Look, then: Mapping[str, Look]) -> str:
    """All looks of one sweep go as far."""
    before = then.get(look.part) or next(iter(then.values()), None)
    return "" if before is not None and covers(look, before) else f"{look.place} was looked at less widely"


def _lack(look: Look, found: dict[tuple[str, str], Look]) -> str:
    other = found.get((look.source, look.part))
    plan = found.get((look.source, PLAN))
    if plan is not None and plan.completeness is not Completeness.COMPLETE:
        return f"{look.source}: {plan.reason or 'its sweep was not complete'}"
    if other is None:
        return f"{look.place} was not looked at"
    if other.completeness is not Completeness.COMPLETE:
        return f"{look.place}: {other.reason or other.completeness.value}"
    whole = covers(other, look) and other.files >= look.files
    return "" if whole else f"{look.place} was looked at less widely"


def covers(look: Look, other: Look) -> bool:
    """True where ``look`` went at least as far as ``other``."""
    return len(look.reach) == len(other.reach) and all(a >= b for a, b in zip(look.reach, other.reach, strict=True))


def unknown_before(later: Iterable[Look], before: Iterable[Look]) -> list[str]:
    """The places of ``later`` looks that no complete look ``before`` went as far: what these show may have been there already."""
    complete: dict[tuple[str, str], list[Look]] = {}
    for look in before:
        if look.completeness is Completeness.COMPLETE:
            complete.setdefault((look.source, look.part), []).append(look)
    return [
        look.place
        for look in later
        if not any(covers(other, look) for other in complete.get((look.source, look.part), ()))
    ]


def unknown_to(shown: Shown, later: Sequence[Look], before: Sequence[Look]) -> list[list[str]]:
    """The same of what ``shown`` shows now, for each of its tenants: the places of those tasks that no look before had seen the end
    of. For a task that was never run before stands all that was looked at in its tenant."""
    found: dict[str, list[str]] = {}
    for shower in sorted(shown):
        places = found.setdefault(shower.source, [])
        mine = [look for look in later if look.source == shower.source and look.gave]
        look = _of_task(shower.task, mine)
        if look is None or not any(_had(other, look, shower) for other in before):
            places += unknown_before(mine, before)
    return list(found.values())


def _had(before: Look, look: Look, shower: Shower) -> bool:
    same = (before.source, before.part) == (look.source, look.part)
    return same and shower.task in before.done and covers(before, look)
