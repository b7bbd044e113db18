"""What the tasks of a sweep of Entra share: the tenant, its Graph, cursors and marks, and which app an object stands for."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from shadowai.connector import Quota
from shadowai.tenant import CursorExpired, Missed
from shadowai_connectors.entra_graph import Graph, Row
from shadowai_connectors.entra_items import app

DAY = 86_400 * 1_000_000
DELTA_LIFE = 6 * DAY
"""Delta links of directory objects live for seven days; a day is left for the sweep itself.
https://devblogs.microsoft.com/microsoft365dev/duration-of-change-tracking-tokens-for-identity-and-education-resources"""

REFERENCE_SELECT = "id,appId,appOwnerOrganizationId,servicePrincipalType"


class Reference(NamedTuple):
    """Which app a service principal stands for, and whether Microsoft owns it."""

    app: str
    first_party: bool


class Known:
    """Which app each service principal of a tenant stands for. That never changes, so what was met once need not be asked again;
    what is not known is asked, by one task at a time: ``learning`` is held by whoever does so."""

    def __init__(self) -> None:
        self._apps: dict[str, Reference] = {}
        self.learning = threading.RLock()

    def learn(self, object_id: str, app_id: str, *, first_party: bool) -> None:
        """Remember one."""
        self._apps[object_id] = Reference(app_id, first_party)

    def of(self, ids: Iterable[str], work: Work) -> Mapping[str, Reference]:
        """Those of ``ids`` that can be told; a service principal that is gone cannot."""
        wanted = set(ids)
        if wanted - self._apps.keys():
            with self.learning:
                self._ask(wanted - self._apps.keys(), work)
        return {one: self._apps[one] for one in wanted if one in self._apps}

    def _ask(self, unknown: Iterable[str], work: Work) -> None:
        for row in work.graph.by_ids(unknown, "servicePrincipal", REFERENCE_SELECT):
            found = app(row, work.tenant)
            self.learn(found.object_id or found.id, found.id, first_party=found.first_party)


@dataclass(frozen=True, slots=True)
class Work:
    """One tenant being swept; ``now`` in microseconds since 1970."""

    tenant: str
    graph: Graph
    known: Known
    now: int


@dataclass(frozen=True, slots=True)
class Mark:
    """What a listing leaves for the next sweep: a delta ``link`` of that ``time``, empty where none was to be had; ``whole`` where
    the listing read everything, and not only what had changed."""

    link: str
    time: int
    whole: bool

    def __str__(self) -> str:
        return f"{'full' if self.whole else 'delta'} {self.time} {self.link}"

    @classmethod
    def read(cls, written: str | None) -> Mark | None:
        """The mark that was written so; ``None`` for none and for what is no mark."""
        kind, _, rest = (written or "").partition(" ")
        time, _, link = rest.partition(" ")
        if kind not in ("full", "delta") or not time.isdigit():
            return None
        return cls(link, int(time), whole=kind == "full")

    def lives(self, now: int) -> bool:
        """Whether the link is young enough to be asked."""
        return bool(self.link) and 0 <= now - self.time <= DELTA_LIFE


def usable(written: str | None, now: int) -> Mark | None:
    """The mark, where its link may still be asked."""
    mark = Mark.read(written)
    return mark if mark is not None and mark.lives(now) else None


class Stage(NamedTuple):
    """One page of a listing: its rows, the cursor and the mark that go with it, and what was ``missed`` for it."""

    rows: tuple[Row, ...]
    cursor: str | None
    mark: str | None
    missed: tuple[Missed, ...]


def read_at(work: Work, stage: Stage) -> str | None:
    """The mark of what is read whole and not often: when that was."""
    return str(work.now) if stage.cursor is None else None


def listed(
    work: Work, url: str, quota: Quota, cursor: str | None, *, cost: float = 1.0, delta: str | None = None
) -> Iterator[Stage]:
    """The pages of a collection. With ``delta``, the path and query that give the link to what changes, that link is taken before
    the first page: what happens meanwhile is then told by the next sweep."""
    link, mark = url, None
    if cursor is not None:
        state = load(cursor)
        link, mark = str(state.get("link")), state.get("mark")
    elif delta is not None:
        mark = str(Mark(work.graph.delta_link(delta, quota, cost=cost), work.now, whole=True))
    for step in work.graph.steps(link, quota, cost=cost):
        if step.link is None:
            yield Stage(step.rows, None, mark, step.missed)
        else:
            yield Stage(step.rows, save({"link": step.link, "mark": mark}), None, step.missed)


def changed(work: Work, url: str, quota: Quota, cursor: str | None, *, cost: float = 1.0) -> Iterator[Stage]:
    """The pages of what has changed since a delta link was given; the last one gives the next link."""
    state: dict[str, Any] = load(cursor) if cursor is not None else {"link": url, "time": work.now}
    for step in work.graph.steps(str(state.get("link")), quota, cost=cost):
        if step.link is None:
            mark = Mark(step.delta or "", int(state.get("time") or 0), whole=False)
            yield Stage(step.rows, None, str(mark), step.missed)
        else:
            yield Stage(step.rows, save({"link": step.link, "time": state.get("time")}), None, step.missed)


def save(state: Mapping[str, object]) -> str:
    """A cursor as text."""
    return json.dumps(state, separators=(",", ":"), sort_keys=True)


def load(cursor: str) -> dict[str, Any]:
    """A cursor's state; one that cannot be read is as good as expired."""
    try:
        state = json.loads(cursor)
    except ValueError:
        raise CursorExpired("the cursor cannot be read") from None
    if not isinstance(state, dict):
        raise CursorExpired("the cursor cannot be read")
    return state


def pairs(arguments: Iterable[str]) -> dict[str, str]:
    """``object=app`` arguments of a task: from a service principal's identifier to its app's."""
    return {left: right for left, _, right in (argument.partition("=") for argument in arguments)}
