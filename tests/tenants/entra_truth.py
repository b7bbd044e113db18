"""What a sweep of the made Entra tenant must find, by mode."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from shadowai.tenant import Grant
from tests.tenants.compare import Truth
from tests.tenants.microsoft import KEPT, Directory

Row = tuple[str, int, int, int, str]


def truth(tenant: Directory, now: float, *, whole: bool = False) -> Truth:
    """All apps; the grants of AI apps, those for everyone and those that have changed (all with ``whole``); the people behind AI
    apps; the consents that the log knew at ``now``, seconds since 1970: all since the first sweep began to look, or (``whole``) those
    that the log still keeps."""
    wanted = [n for n in tenant.app_numbers() if whole or tenant.is_ai(n)]
    chosen = dict.fromkeys(grant for n in wanted for grant in tenant.grants_of(n))
    chosen |= dict.fromkeys(tenant.everyone()) | dict.fromkeys(_changed(tenant))
    assigned = list(tenant.assignments())
    people = sorted({*_users(tenant, chosen), *_assigned(tenant)})
    return Truth(
        apps=map(tenant.app, tenant.app_numbers()),
        grants=[*_grants(tenant, chosen), *assigned],
        people=map(tenant.person, people),
        events=map(tenant.consent, tenant.events((now if whole else tenant.begins) - KEPT, now, now)),
    )


def _changed(tenant: Directory) -> Iterator[Row]:
    """Grants that have come since the beginning, of whichever app."""
    for key, made in tenant.extra_grants.items():
        if key not in tenant.revoked:
            yield key, *made


def _grants(tenant: Directory, rows: Iterable[Row]) -> Iterator[Grant]:
    return (tenant.grant(*row) for row in rows)


def _users(tenant: Directory, rows: Iterable[Row]) -> set[int]:
    return {user for _, n, _, user, _ in rows if user >= 0 and tenant.is_ai(n)}


def _assigned(tenant: Directory) -> set[int]:
    return {user for n in tenant.app_numbers() if tenant.is_ai(n) for _, user in tenant.assigned_to(n)}
