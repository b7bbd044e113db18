"""What a sweep of Entra asks, in which order: first what concerns the whole tenant, then what hangs on the apps that were found.

A targeted sweep asks for the grants of apps that are AI, and for those that hold for everyone; the grants that single users gave
to apps nobody has heard of are seen with the scope ``consented``, in a full sweep, or by their consent events.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator

from shadowai.connector import View
from shadowai.tenant import EVERYONE as EVERYBODY
from shadowai.tenant import App, Task
from shadowai_connectors.entra_audit import window
from shadowai_connectors.entra_clients import RESOURCES, digest
from shadowai_connectors.entra_signals import wanted
from shadowai_connectors.entra_work import DAY, Mark, usable

SHARDS = 8
"""Into how many tasks the apps that are AI are dealt; an app is always in the same one."""
PEOPLE = 500
"""How many people one request is to ask for about; 1,000 are allowed, and people are dealt unevenly."""
STANDS = 7 * DAY
"""How long sweeps for changes let stand what hangs on apps and people that are the same; what was gathered more than a day before
that is not carried on."""
RARELY = {
    "teams-apps": "teams-apps",
    "copilot-packages": "copilot-packages",
    "apps/agents": "agent-identities",
    "sign-ins": "sign-ins",
}
"""What is read whole, in a sweep for changes once a day: tasks, and their signals."""
ALL, EVERYONE, OF_APPS = "grants/all", "grants/everyone", "grants/of-apps"
"""The tasks for grants. Where several that stand from earlier sweeps tell of one thing, the first by name is believed: the
listings, to which changes are told, come before what was asked for single apps, and ``apps`` before ``apps/agents``."""


def tasks(view: View) -> list[Task]:
    """The tasks that are known by now. What hangs on the apps waits until all of them are known: the names of tasks stand for the
    same apps after a restart."""
    names = {signal.name for signal in wanted(view.settings)}
    found = list(_first(view))
    if view.is_complete("apps"):
        ai, resources = _chosen(view)
        found += _about_apps(view, ai)
        found += [Task("roles", "roles", _named(resources), weight=50)] if resources else []
        found += _people(view, {app.id for app in ai})
    return [task for task in found if task.signal in names]


def _first(view: View) -> Iterator[Task]:
    yield _listing(view, "apps", "apps", weight=100)
    yield from _grants(view)
    mark = view.mark("consents") if view.mode == "delta" else None
    yield Task("consents", "consents", window(mark, view.now), weight=80, changes=mark is not None)
    yield Task("requests", "requests")
    for name, signal in RARELY.items():
        if view.mode != "delta" or not _today(view.mark(name), view.now):
            yield Task(name, signal)


def _listing(view: View, name: str, signal: str, *, weight: int) -> Task:
    """A whole listing, or what has changed since the last one where that can be told."""
    mark = usable(view.mark(name), view.now) if view.mode == "delta" else None
    return Task(name, signal, (mark.link,) if mark else (), weight, changes=mark is not None)


def _grants(view: View) -> Iterator[Task]:
    """The tenant's grants: all, or those for everyone. What has changed is told under the name of the listing that it changes."""
    narrow = view.scope == "ai"
    if view.mode != "delta":
        yield Task(EVERYONE if narrow and view.mode == "targeted" else ALL, "grants", weight=90)
    elif usable(view.mark(ALL), view.now):
        yield _listing(view, ALL, "grants", weight=90)
    elif narrow and (view.mark(EVERYONE) or view.mark(ALL)):
        yield _listing(view, EVERYONE, "grants", weight=90)
    else:  # nothing is known to build on, or it was not honoured
        yield Task(ALL, "grants", weight=90)
        if narrow:
            yield Task(EVERYONE, "grants", weight=90)


def _chosen(view: View) -> tuple[list[App], list[App]]:
    """The apps that are AI, and those that hold an organisation's content. The list is gone through once: it is long."""
    ai: list[App] = []
    resources: list[App] = []
    for app in view.apps():
        if app.object_id and app.id in RESOURCES:
            resources.append(app)
        if view.is_ai(app):
            ai.append(app)
    return ai, resources


def _about_apps(view: View, ai: list[App]) -> Iterator[Task]:
    """The grants and assignments of the apps that are AI."""
    shards: dict[str, list[App]] = {}
    for app in ai:
        if app.object_id:
            shards.setdefault(_shard(app.object_id), []).append(app)
    told = _changes_are_told(view)
    for shard, apps in sorted(shards.items()):
        asked = digest(app.object_id or "" for app in apps)
        for name, signal, stands in ((OF_APPS, "grants", told), ("assignments", "assignments", True)):
            same = view.mode == "delta" and _lately(view.mark(f"{name}/{shard}"), view.now, asked)
            if not (same and stands):
                yield Task(f"{name}/{shard}", signal, _named(apps), weight=10)


def _changes_are_told(view: View) -> bool:
    """Whether this sweep knows from the tenant's changes which grants of which apps have changed."""
    for name in (ALL, EVERYONE):
        mark = Mark.read(view.mark(name))
        if mark is not None and not mark.whole and view.is_complete(name):
            return True
    return False


def _people(view: View, ai: set[str]) -> Iterator[Task]:
    """The people whom grants of the apps that are AI name, or of all apps where all are wanted; dealt so that a new one changes one
    task."""
    if view.scope == "ai":
        people = {grant.principal for grant in view.grants() if grant.app in ai} - {None, EVERYBODY}
    else:
        people = set(view.principals())
    ids = sorted(one for one in people if one)
    bits = max(0, (len(ids) // PEOPLE).bit_length())
    dealt: dict[int, list[str]] = {}
    for one in ids:
        dealt.setdefault(_hash(one) >> (256 - bits) if bits else 0, []).append(one)
    for some in dealt.values():
        for start in range(0, len(some), 2 * PEOPLE):
            chunk = some[start : start + 2 * PEOPLE]
            name = f"people/{digest(chunk)}"
            if view.mode != "delta" or view.is_complete(name) or not _lately(view.mark(name), view.now):
                yield Task(name, "people", tuple(chunk))


def _shard(object_id: str) -> str:
    return str(_hash(object_id) % SHARDS)


def _hash(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest(), "big")


def _named(apps: Iterable[App]) -> tuple[str, ...]:
    return tuple(sorted(f"{app.object_id}={app.id}" for app in apps))


def _lately(mark: str | None, now: int, asked: str = "") -> bool:
    """Whether what a task ``asked`` for stands: the same, and less than :data:`STANDS` ago."""
    what, _, time = (mark or "").rpartition(" ")
    return what == asked and time.isdigit() and 0 <= now - int(time) < STANDS


def _today(mark: str | None, now: int) -> bool:
    return mark is not None and mark.isdigit() and 0 <= now - int(mark) < DAY * 20 // 24
