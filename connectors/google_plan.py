"""What to ask Google Workspace, in which order. Pure.

The log of consents is read once for its 180 days, in four parts side by side; then only what is new, with what is known standing,
for what has left the log has not been withdrawn. Everything else is read anew: once a week, for it changes slowly and costs more.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import NamedTuple
from zlib import crc32

from shadowai.connector import View
from shadowai.tenant import App, Grant, Task
from shadowai_connectors.google_logs import KEPT, WORKSPACE_AI, Mark, mark_of
from shadowai_connectors.google_signals import wanted
from shadowai_connectors.rest import DAY

LANES: Mapping[str, int] = {"authorize": 4, "revoke": 1}
"""Parts that a log is read in side by side; withdrawals are few."""
DAILY = {"authorize": 7_000, "revoke": 1_000}
"""Events that a daily sweep may read anew: together eight or nine requests."""
OVERLAP = 2 * DAY
"""How far before its mark a log is read again: events arrive late."""
LEAST_OVERLAP = DAY // 4
"""The overlap of tenants with so many events that more would be many requests; every full sweep reads all again."""
WEEK = 7 * DAY
SAMPLE = DAY
"""How much of Google's own products' logs is looked at: who uses them shows in a day."""
SLICES, SHARDS, BUCKETS = 7, 4, 16
"""Of all users a slice a day, in parts side by side; and the parts of the users of AI apps."""


class Span(NamedTuple):
    """A part of a log, from ``start`` to ``end``."""

    start: int
    end: int


def plan(view: View) -> list[Task]:
    """The tasks that are known by now."""
    names = {signal.name for signal in wanted(view.settings)}
    steps = {
        "grants": _grants,
        "gemini": _gemini,
        "people": _people,
        "extensions": _extensions,
        "requests": _requests,
        "use": _use,
        "tokens": _tokens,
    }
    return [task for name, step in steps.items() if name in names for task in step(view)]


def lane(event: str, number: int) -> str:
    """The name of the task that reads a part of a log. The newest is the first: what it says of an app prevails."""
    return f"{event}/{number + 1}-of-{LANES[event]}"


def slice_of(user: str) -> tuple[int, int]:
    """Which slice of all users, and which part of it, a user belongs to."""
    number = crc32(user.encode("utf-8", "surrogatepass"))
    return number % SLICES, number // SLICES % SHARDS


def _grants(view: View) -> Iterator[Task]:
    for event in LANES:
        yield from _log(view, event)


def _log(view: View, event: str) -> Iterator[Task]:
    marks = [_past(mark_of(view.mark(lane(event, number))), view.now) for number in range(LANES[event])]
    again = view.mode == "full"
    for number, mark in enumerate(marks):
        name = lane(event, number)
        if mark is None or again:
            start, end = _part(view.now, number, len(marks)) if again else _missing(view.now, number, marks)
            arguments = (event, str(start), str(end), str(start), str(mark.daily if mark else -1))
        elif number == 0:
            start = max(view.now - KEPT, mark.end - _overlap(view.now, mark, DAILY[event]))
            arguments = (event, str(start), str(max(view.now, start)), str(mark.start), str(mark.daily))
        else:
            arguments = (event, str(mark.end), str(mark.end), str(mark.start), str(mark.daily))
        yield Task(name, "grants", arguments, weight=100, changes=mark is not None)


def _past(mark: Mark | None, now: int) -> Mark | None:
    """The mark; none that is to come: it was left while the clock was wrong, and what was read then is not known."""
    return mark if mark is not None and mark.end <= now else None


def _part(now: int, number: int, parts: int) -> Span:
    """A part of what Google keeps, the newest first."""
    length = KEPT // parts
    return Span(now - (number + 1) * length, now - number * length)


def _missing(now: int, number: int, marks: list[Mark | None]) -> Span:
    """A part that has not been read, up to what its neighbours have read in an earlier sweep: no day falls between two parts."""
    start, end = _part(now, number, len(marks))
    older = marks[number + 1] if number + 1 < len(marks) else None
    newer = marks[number - 1] if number > 0 else None
    start = min(start, older.end) if older is not None else start
    end = max(end, newer.start) if newer is not None else end
    return Span(max(start, now - KEPT), end)


def _overlap(now: int, mark: Mark, budget: int) -> int:
    """Two days, or less where that would be too many events for a daily sweep."""
    affordable = budget * DAY // max(mark.daily, 1) - max(0, now - mark.end)
    return max(LEAST_OVERLAP, min(OVERLAP, affordable))


def _again(view: View, name: str) -> bool:
    """Whether what is read once a week is due; a sweep of changes lets it stand until then."""
    mark = view.mark(name)
    read = int(mark) if mark is not None and mark.isdigit() else None
    return view.mode != "delta" or read is None or not 0 <= view.now - read < WEEK


def _weekly(view: View, name: str, signal: str, *arguments: str) -> Iterator[Task]:
    if _again(view, name):
        yield Task(name, signal, (*arguments, str(view.now)))


def _gemini(view: View) -> Iterator[Task]:
    for application in WORKSPACE_AI:
        yield from _weekly(view, f"gemini/{application}", "gemini", application, str(view.now - SAMPLE))


def _people(view: View) -> Iterator[Task]:
    yield from _weekly(view, "people/all", "people")


def _extensions(view: View) -> Iterator[Task]:
    yield from _weekly(view, "extensions/all", "extensions")
    for app in _ai(view, "extension"):
        yield from _weekly(view, f"profiles/{app.id}", "extensions", app.id)
        yield from _weekly(view, f"devices/{app.id}", "extensions", app.id)


def _requests(view: View) -> Iterator[Task]:
    yield from _weekly(view, "requests/all", "requests")
    asked = {grant.app for grant in view.grants() if grant.kind == "request"}
    for app in _ai(view, "extension"):
        if app.id in asked:
            yield from _weekly(view, f"askers/{app.id}", "requests", app.id)


def _use(view: View) -> Iterator[Task]:
    for app in _ai(view, "oauth_app"):
        if not app.first_party and "," not in app.id:
            yield from _weekly(view, f"use/{app.id}", "use", app.id, app.name, str(view.now - WEEK))


def _ai(view: View, kind: str) -> list[App]:
    return [app for app in view.apps() if app.kind == kind and view.is_ai(app)]


def _tokens(view: View) -> Iterator[Task]:
    if all(view.is_complete(lane(event, number)) for event in LANES for number in range(LANES[event])):
        yield from _users_of_ai(view)
    for number in range(SLICES):
        for shard in range(SHARDS):
            name = f"tokens/slice-{number + 1}-{shard + 1}"
            if _slice_due(view, number, view.mark(name)):
                yield Task(name, "tokens", ("slice", str(number), str(shard), str(view.now)), weight=50)


def _slice_due(view: View, number: int, mark: str | None) -> bool:
    """Each slice on its day, once; a full sweep asks for all of them, and what was missed on its day is made good."""
    if view.mode == "full":
        return True
    today = number == view.now // DAY % SLICES
    if mark is None or not mark.isdigit():
        return today
    age = view.now - int(mark)
    return view.mode == "targeted" or not 0 <= age < WEEK or (today and age >= DAY // 2)


def _users_of_ai(view: View) -> Iterator[Task]:
    """Those who have let an AI app do something, in parts; a sweep of changes asks for those who have done so since."""
    apps = {app.id for app in _ai(view, "oauth_app")}
    buckets: list[list[str]] = [[] for _ in range(BUCKETS)]
    for user in sorted({grant.principal for grant in view.grants() if grant.app in apps and grant.principal}):
        buckets[crc32(user.encode("utf-8", "surrogatepass")) % BUCKETS].append(user)
    since = _latest(view, apps)
    for number, users in enumerate(buckets):
        name = f"tokens/ai-{number + 1}"
        mark = view.mark(name)
        changes = view.mode == "delta" and mark is not None and mark.isdigit()
        if changes:
            users = [user for user in users if since.get(user, 0) > int(mark or 0) - OVERLAP]
        yield Task(name, "tokens", ("users", str(view.now), *users), weight=50, changes=changes)


def _latest(view: View, apps: set[str]) -> dict[str, int]:
    """When each person last let one of the apps do something."""
    found: dict[str, int] = {}
    for grant in view.grants():
        if grant.app in apps and grant.principal and _dated(grant) > found.get(grant.principal, 0):
            found[grant.principal] = _dated(grant)
    return found


def _dated(grant: Grant) -> int:
    return grant.granted or 0
