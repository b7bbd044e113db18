"""Which grants of AI applications the policy does not allow, and how a person takes each of them back.

The grants are those that the last look at each tenant found. A step names the call that the platform documents for it; none is made.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import date
from typing import NamedTuple

from shadowai import normalize
from shadowai.model import Signature, Verdict
from shadowai.plans.blocking import APPROVED, at_best
from shadowai.plans.steps import step
from shadowai.policy import Decision, Policy
from shadowai.policy.deciding import SEVERITY
from shadowai.policy.uses import use_of
from shadowai.tenant import EVERYONE, App, Grant, GrantKind, Person


class Known(NamedTuple):
    """What is known of one tenant: its apps with the ids of the services that explain them, its grants and its people. ``place`` is what
    people call it; ``seen`` when it was looked at (µs)."""

    place: str
    apps: Collection[tuple[App, tuple[str, ...]]]
    grants: Collection[Grant]
    people: Collection[Person]
    seen: int


class Revocation(NamedTuple):
    """One grant to take back: whose it is (empty: the whole tenant's, or nobody's), why, and how. ``also`` are approved services of the
    same application, which would lose it too; ``others`` how many people's grants of the application are not in the plan."""

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
    policy: Policy,
    signatures: Mapping[str, Signature],
    statuses: Collection[Verdict],
    today: date,
    departments: Mapping[str, str] | None = None,
) -> tuple[Revocation, ...]:
    """The grants of which the policy says one of ``statuses``, in the order of tenants, applications and grants. ``departments`` are
    those of people by address, where the platform tells none."""
    return tuple(
        one
        for tenant in tenants
        for one in sorted(
            _of_tenant(tenant, policy, signatures, statuses, today, departments or {}),
            key=lambda one: (one.app, one.who, one.grant),
        )
    )


def _of_tenant(
    tenant: Known,
    policy: Policy,
    signatures: Mapping[str, Signature],
    statuses: Collection[Verdict],
    today: date,
    departments: Mapping[str, str],
) -> Iterable[Revocation]:
    apps = {app.id: (app, [signatures[id] for id in ids if id in signatures]) for app, ids in tenant.apps}
    people = {person.id: person for person in tenant.people}
    grants: dict[str, list[Grant]] = {}
    for grant in tenant.grants:
        if grant.kind != "request" and grant.app in apps:
            grants.setdefault(grant.app, []).append(grant)
    for id, held in grants.items():
        app, services = apps[id]
        judged = [
            (grant, *_gravest(policy, services, app, grant, people, departments, today)) for grant in held if services
        ]
        hit = [one for one in judged if one[2].verdict in statuses]
        kept = {grant.principal for grant, _, decision in judged if decision.verdict not in statuses}
        for grant, service, decision in hit:
            yield Revocation(
                place=tenant.place,
                app=app.id,
                app_name=app.name,
                grant=grant.id,
                kind=grant.kind,
                who=_who(grant, people),
                scopes=grant.scopes,
                last_used=grant.last_used,
                service=service.id,
                verdict=decision.verdict,
                reason=decision.reason,
                step=step(app, grant),
                also=_approved(policy, services, today, statuses),
                others=len(kept),
            )


def _gravest(
    policy: Policy,
    services: Iterable[Signature],
    app: App,
    grant: Grant,
    people: Mapping[str, Person],
    departments: Mapping[str, str],
    today: date,
) -> tuple[Signature, Decision]:
    """What the policy says of a grant, by the service of which it says the gravest."""
    person = people.get(grant.principal or "")
    address = normalize.user(person.address) if person is not None and person.address else None
    known = (person.department if person is not None else None) or departments.get(address or "", "")
    wide = grant.principal == EVERYONE or (grant.principal is None and grant.kind in ("application", "install"))
    facts = {"grant", *(["content_app_only"] if wide and _reaches(grant) else [])}
    facts |= {"unverified_publisher"} if _is_unverified(app) else set()
    use = use_of(
        address,
        facts=facts,
        sources=(grant.platform,),
        scopes=grant.scopes,
        days={},
        bytes_up=None,
        department=lambda user: known,
    )
    decided = [(one, policy.decide(one, today, use)) for one in services]
    return min(decided, key=lambda pair: SEVERITY.index(pair[1].verdict))


def _reaches(grant: Grant) -> bool:
    from shadowai.permissions import is_content

    return any(map(is_content, grant.scopes))


def _is_unverified(app: App) -> bool:
    from shadowai.grants import VERIFYING

    ours = app.first_party or app.in_house or app.kind != "oauth_app"
    return app.platform in VERIFYING and not ours and not app.verified_publisher


def _approved(
    policy: Policy, services: Iterable[Signature], today: date, statuses: Collection[Verdict]
) -> tuple[str, ...]:
    """The services of an application that the policy, whoever uses them, says something else of."""
    return tuple(one.id for one in services if at_best(policy.decide(one, today)) in APPROVED.difference(statuses))


def _who(grant: Grant, people: Mapping[str, Person]) -> str:
    if grant.principal is None or grant.principal == EVERYONE:
        return ""
    person = people.get(grant.principal)
    return (person.address if person is not None else None) or grant.principal
