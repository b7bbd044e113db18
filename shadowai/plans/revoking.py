"""Plans to revoke grants: those of AI applications that the policy or a decision does not allow, and how to revoke each by hand.

The grants are those that the last look at each tenant found. A step names the call that the platform documents for it; none is made.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from itertools import islice
from typing import NamedTuple

from shadowai.decisions.remembered import Judge, Remembered
from shadowai.identities import Identities
from shadowai.model import SEVERITY, Actor, Entry, Signature, Verdict
from shadowai.plans.blocking import APPROVED, at_best
from shadowai.plans.steps import step
from shadowai.policy.uses import use_of
from shadowai.tenant import EVERYONE, App, Grant, GrantKind, Person
from shadowai.tenant_people import Names


class Known(NamedTuple):
    """What is known of one tenant: its apps, each with the ids of the services that explain it, its grants and its people. ``place`` is its
    name for people; ``seen`` is when it was last swept (µs)."""

    place: str
    apps: Collection[tuple[App, tuple[str, ...]]]
    grants: Collection[Grant]
    people: Collection[Person]
    seen: int


class Revocation(NamedTuple):
    """One grant to revoke: the user who gave it (``who``, empty for the whole tenant or the application itself), the reason, and the step.
    ``also`` are approved services of the same application, which stop working for that user too; ``others`` is the number of people whose
    grants of the application are not in the plan."""

    place: str
    app: str
    app_name: str
    grant: str
    kind: GrantKind
    who: str
    scopes: tuple[str, ...]
    last_used: int | None
    service: str
    verdict: Verdict
    reason: str
    step: str
    also: tuple[str, ...]
    others: int


def plan(
    tenants: Iterable[Known],
    judge: Judge,
    signatures: Mapping[str, Signature],
    statuses: Collection[Verdict],
    people: Identities | None = None,
) -> tuple[Revocation, ...]:
    """The grants whose verdict is one of ``statuses``, ordered by tenant, application, user and grant. ``people`` joins the names of
    one person, and gives departments where the platform does not."""
    return tuple(
        one
        for tenant in tenants
        for one in sorted(
            _Tenant(tenant, judge, signatures, people).revocations(frozenset(statuses)),
            key=lambda one: (one.app, one.who, one.grant),
        )
    )


class _Tenant:
    """The grants of one tenant, judged."""

    def __init__(
        self, tenant: Known, judge: Judge, signatures: Mapping[str, Signature], people: Identities | None
    ) -> None:
        self._place, self._judge, self._known = tenant.place, judge, people
        self._people = {person.id: person for person in tenant.people}
        self._names = Names.of(tenant.place.partition(":")[0], tuple(self._people.values()))
        grants: dict[str, list[Grant]] = {}
        for grant in tenant.grants:
            if grant.kind != "request":
                grants.setdefault(grant.app, []).append(grant)
        apps = ((app, [signatures[id] for id in ids if id in signatures]) for app, ids in tenant.apps)
        self._held = [(app, services, grants[app.id]) for app, services in apps if services and app.id in grants]

    def revocations(self, statuses: frozenset[Verdict]) -> Iterator[Revocation]:
        """The grants to revoke."""
        also = {app.id: self._approved(services, statuses) for app, services, _ in self._held}
        for app, grant, row, kept in self._judged(statuses):
            yield Revocation(
                place=self._place,
                app=app.id,
                app_name=app.name,
                grant=grant.id,
                kind=grant.kind,
                who=self._who(grant),
                scopes=grant.scopes,
                last_used=grant.last_used,
                service=row.service_id,
                verdict=row.verdict,
                reason=row.verdict_reason,
                step=step(app, grant),
                also=also[app.id],
                others=kept,
            )

    def _judged(self, statuses: frozenset[Verdict]) -> Iterator[tuple[App, Grant, Entry, int]]:
        """Each grant whose verdict is one of ``statuses``, with its row of the most severe verdict and how many people keep theirs."""
        uses = (
            self._use(app, grant, service)
            for app, services, held in self._held
            for grant in held
            for service in services
        )
        rows = iter(self._judge.rows(uses))
        for app, services, held in self._held:
            worst = [min(islice(rows, len(services)), key=lambda row: SEVERITY.index(row.verdict)) for _ in held]
            both = list(zip(held, worst, strict=True))
            kept = len({grant.principal for grant, row in both if row.verdict not in statuses})
            yield from ((app, grant, row, kept) for grant, row in both if row.verdict in statuses)

    def _use(self, app: App, grant: Grant, service: Signature) -> Remembered:
        """The use of a service that a grant stands for, as the policy judges it."""
        person = self._people.get(grant.principal or "")
        actor = self._actor(grant)
        wide = grant.principal == EVERYONE or (grant.principal is None and grant.kind in ("application", "install"))
        facts = {"grant", *(["content_app_only"] if wide and _reaches(grant) else [])}
        facts |= {"unverified_publisher"} if _is_unverified(app) else set()
        use = use_of(
            actor.user,
            facts=facts,
            sources=(grant.platform,),
            scopes=grant.scopes,
            days={},
            bytes_up=None,
            department=lambda user: (person.department if person is not None else None) or self._department(user),
        )
        return Remembered(service, actor, use, tuple(sorted(facts)), grant.scopes)

    def _actor(self, grant: Grant) -> Actor:
        """The actor of a grant, as rows by user have it: the mail address, else the tenant's own id with the platform; empty for grants of
        the whole tenant."""
        if grant.principal is None or grant.principal == EVERYONE:
            return Actor()
        first = None if grant.date_source == "first_sweep" else grant.granted
        found = Actor(self._names.name(grant.principal, first))
        return found if self._known is None else self._known.who(found)

    def _department(self, user: str) -> str:
        return "" if self._known is None else self._known.department(user)

    def _approved(self, services: Iterable[Signature], statuses: frozenset[Verdict]) -> tuple[str, ...]:
        """The ids of an application's services that are approved for at least some users."""
        rows = self._judge.rows(Remembered(one) for one in services)
        return tuple(row.service_id for row in rows if at_best(row) in APPROVED - statuses)

    def _who(self, grant: Grant) -> str:
        if grant.principal is None or grant.principal == EVERYONE:
            return ""
        person = self._people.get(grant.principal)
        return (person.address if person is not None else None) or grant.principal


def _reaches(grant: Grant) -> bool:
    from shadowai.permissions import is_content

    return any(map(is_content, grant.scopes))


def _is_unverified(app: App) -> bool:
    from shadowai.grants import VERIFYING

    ours = app.first_party or app.in_house or app.kind != "oauth_app"
    return app.platform in VERIFYING and not ours and not app.verified_publisher
