"""When grants were given that carry no date of their own, as the audit log tells it; where it leaves any doubt, it tells nothing."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import NamedTuple

from shadowai.tenant import Event, GrantKind

Pair = tuple[str, str | None]
"""An application's id and a person's (or nobody's)."""


class Undated(NamedTuple):
    """A grant without a date; ``bound`` is when a sweep saw it first: it was given then or before."""

    pair: Pair
    kind: GrantKind
    scopes: frozenset[str]
    bound: int


class AuditLog:
    """The events that may date the grants in ``waiting``; of all others nothing is kept."""

    def __init__(self, waiting: Collection[Undated], events: Iterable[Event]) -> None:
        self._waiting: dict[Pair, list[Undated]] = {}
        for one in waiting:
            self._waiting.setdefault(one.pair, []).append(one)
        apps = {one.pair[0] for one in waiting}
        self._consents: dict[Pair, list[Event]] = {}
        self._apps: dict[str, list[Event]] = {}
        for event in events if waiting else ():
            pair = event.app, event.principal
            if event.what in ("granted", "revoked") and pair in self._waiting:
                self._consents.setdefault(pair, []).append(event)
            elif event.what in ("installed", "removed") and event.app in apps:
                self._apps.setdefault(event.app, []).append(event)

    def date(self, grant: Undated) -> int | None:
        """When it was given, in microseconds; ``None`` where the log does not tell.

        An installation is dated by the event that installed it, and nothing else is: what an application may do can be given to it at any
        time after. A consent dates the one grant that it can be about, by the permissions that both name. What was withdrawn, or went
        with its application, stands only since it was given again.
        """
        consents, life = self._consents.get(grant.pair, ()), self._apps.get(grant.pair[0], ())
        ended = [event.time for event in life if event.what == "removed"]
        if grant.kind == "install":
            given = [event.time for event in life if event.what == "installed"]
        else:
            given = [event.time for event in consents if event.what == "granted" and self._is_about(event, grant)]
            ended += [event.time for event in consents if event.what == "revoked" and _may_be_about(event, grant)]
        since = max((time for time in ended if time <= grant.bound), default=-1)
        return min((time for time in given if since < time <= grant.bound), default=None)

    def _is_about(self, event: Event, grant: Undated) -> bool:
        """Whether the event can be about this grant, and about no other."""
        return [one for one in self._waiting[grant.pair] if _may_be_about(event, one)] == [grant]


def _may_be_about(event: Event, grant: Undated) -> bool:
    """Whether both name a permission, or one of them names none."""
    return not event.scopes or not grant.scopes or not grant.scopes.isdisjoint(event.scopes)
