"""What a sweep of Entra asks, in which order: first what concerns the whole tenant, then what hangs on the apps that were found.

A targeted sweep asks for the grants of apps that are AI, and for those that hold for everyone; the grants that single users gave
to apps nobody has heard of are seen with the scope ``consented``, in a full sweep, or by their consent events.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping

from shadowai.connector import View
from shadowai.tenant import EVERYONE as EVERYBODY
from shadowai.tenant import App, Task
from shadowai_connectors.entra_audit import window
from shadowai_connectors.entra_catalogues import SEATS
from shadowai_connectors.entra_clients import RESOURCES, Asked, short
from shadowai_connectors.entra_graph import IDS
from shadowai_connectors.entra_signals import wanted
from shadowai_connectors.entra_work import DAY, Mark, usable

SHARDS = 8
"""Into how many tasks the apps that are AI are dealt; an app is always in the same one."""
NEW = "new"
"""What the task is called that asks, in a sweep for changes, for all apps that none has asked for."""
STANDS = 7 * DAY
"""How long sweeps for changes let stand what hangs on apps and people that are the same; what was gathered more than a day before
that is not carried on."""
RARELY = (
    Task("teams-apps", "teams-apps"),
    Task("copilot-packages", "copilot-packages"),
    *(Task(f"copilot-seats/{name}", "copilot-seats", (sku,)) for sku, name in SEATS.items()),
    Task("apps/agents", "agent-identities"),
    Task("sign-ins", "sign-ins"),
)
"""What is read whole, in a sweep for changes once a day."""
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
        found += _about_apps(view, ai, resources)
        found += _people(view, {app.id for app in ai})
    return [task for task in found if task.signal in names]


def _first(view: View) -> Iterator[Task]:
    yield _listing(view, "apps", "apps", weight=100)
    yield from _grants(view)
    mark = view.mark("consents") if view.mode == "delta" else None
    yield Task("consents", "consents", window(mark, view.now), weight=80, changes=mark is not None)
    yield Task("requests", "requests")
    for task in RARELY:
        if view.mode != "delta" or not _today(view.mark(task.name), view.now):
            yield task


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


def _about_apps(view: View, ai: list[App], resources: list[App]) -> Iterator[Task]:
    """The grants and assignments of the apps that are AI, and what all apps may do as themselves. A sweep for changes asks for the
    assignments of new apps together with the latter, which it asks for anyway: it is the same question about other apps."""
    apps = {short(app.object_id): app for app in ai if app.object_id}
    told = _changes_are_told(view)
    for group, members in _groups(view, OF_APPS, apps).items():
        if not (told and _stands(view, f"{OF_APPS}/{group}", members, all_there=False)):
            yield Task(f"{OF_APPS}/{group}", "grants", _named(members.values()), weight=10)
    groups = _groups(view, "assignments", apps)
    new = groups.pop(NEW, {})
    for group, members in groups.items():
        if not _stands(view, f"assignments/{group}", members, all_there=True):
            yield Task(f"assignments/{group}", "assignments", _named(members.values()), weight=10)
    if resources or new:
        yield Task("roles", "roles", _named([*resources, *new.values()]), weight=50)


def _groups(view: View, name: str, apps: Mapping[str, App]) -> dict[str, dict[str, App]]:
    """The apps by the task that asks for them, which is that which has asked for them before; in a sweep for changes, those of which
    none has are :data:`NEW`."""
    groups: dict[str, dict[str, App]] = {}
    left = dict(apps)
    if view.mode == "delta":
        for shard in map(str, range(SHARDS)):
            asked = Asked.read(view.mark(f"{name}/{shard}"))
            if asked is not None:
                groups[shard] = {one: left.pop(one) for one in asked.apps & left.keys()}
    for one, app in left.items():
        groups.setdefault(NEW if view.mode == "delta" else _shard(app.object_id or ""), {})[one] = app
    return dict(sorted(groups.items()))


def _stands(view: View, name: str, members: Mapping[str, App], *, all_there: bool) -> bool:
    """Whether a sweep for changes need not ask again: what was asked for is no more than a week old and holds these apps. Where nothing
    else tells that an app is gone, all that were asked for must still be there."""
    asked = Asked.read(view.mark(name)) if view.mode == "delta" else None
    if asked is None or not 0 <= view.now - asked.time < STANDS:
        return False
    return asked.apps == members.keys() if all_there else asked.apps >= members.keys()


def _changes_are_told(view: View) -> bool:
    """Whether this sweep knows from the tenant's changes which grants of which apps have changed."""
    for name in (ALL, EVERYONE):
        mark = Mark.read(view.mark(name))
        if mark is not None and not mark.whole and view.is_complete(name):
            return True
    return False


def _people(view: View, ai: set[str]) -> Iterator[Task]:
    """The people whom grants of the apps that are AI name, or of all apps where all are wanted, but for those who are known."""
    named = (grant.principal for grant in view.grants() if grant.app in ai) if view.scope == "ai" else view.principals()
    unknown = sorted({one for one in named if one} - {EVERYBODY} - {person.id for person in view.people()})
    for some in (unknown[start : start + IDS] for start in range(0, len(unknown), IDS)):
        name = f"people/{_digest(some):.32}"
        if view.mode != "delta" or view.is_complete(name) or not _lately(view.mark(name), view.now):
            yield Task(name, "people", tuple(some))


def _shard(object_id: str) -> str:
    return str(int(_digest([object_id]), 16) % SHARDS)


def _digest(names: Iterable[str]) -> str:
    return hashlib.sha256("\n".join(names).encode()).hexdigest()


def _named(apps: Iterable[App]) -> tuple[str, ...]:
    return tuple(sorted(f"{app.object_id}={app.id}" for app in apps))


def _lately(mark: str | None, now: int) -> bool:
    """Whether what a task gathered at the time of its mark stands."""
    return mark is not None and mark.isdigit() and 0 <= now - int(mark) < STANDS


def _today(mark: str | None, now: int) -> bool:
    return mark is not None and mark.isdigit() and 0 <= now - int(mark) < DAY * 20 // 24
