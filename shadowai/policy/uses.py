"""What is known of a use of a service, derived from what was counted (:class:`~shadowai.policy.model.Use`)."""

from __future__ import annotations

import functools
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

from shadowai import accounts
from shadowai.policy.model import SCOPE_CLASSES, Use

GRANTED: Final = frozenset({"grant", "key", "licensed", "assigned", "installed"})
"""Facts of what a tenant knows of."""
WHOLE_TENANT: Final = frozenset({"content_tenant_wide", "content_app_only"})
"""Facts of a grant of everybody's content."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def use_of(
    user: str | None,
    *,
    facts: Collection[str],
    sources: Iterable[str],
    scopes: Iterable[str],
    days: Mapping[int, int],
    bytes_up: int | None,
    department: Callable[[str], str] | None = None,
) -> Use:
    """The use of one person. ``days`` are bytes sent up by day (days since the epoch, UTC), ``bytes_up`` all of them."""
    granted, seen = not GRANTED.isdisjoint(facts), frozenset(sources)
    return Use(
        user=user,
        department=(department(user) or None) if user is not None and department is not None else None,
        account=accounts.shown(facts) or None,
        sources=seen,
        scope_class=scope_class(scopes, facts),
        upload=_upload(days, bytes_up),
        verified=_verified(facts, seen) if granted else True,
    )


def scope_class(scopes: Iterable[str], facts: Collection[str] = ()) -> str:
    """The class of what was granted, one of :data:`~shadowai.policy.model.SCOPE_CLASSES`."""
    found = max((_class(scope) for scope in scopes), key=SCOPE_CLASSES.index, default="none")
    return found if WHOLE_TENANT.isdisjoint(facts) else "tenant"


def _class(scope: str) -> str:
    from shadowai import permissions

    if permissions.is_write(scope):
        return "write"
    if permissions.is_content(scope):
        return "content"
    return "identity" if scope.strip().lower() in permissions.IDENTITY else "other"


def _verified(facts: Collection[str], sources: Collection[str]) -> bool | None:
    """False where a platform says that the publisher is not verified; true where one that verifies publishers does not say so."""
    from shadowai.grants import VERIFYING

    if "unverified_publisher" in facts:
        return False
    return True if not VERIFYING.isdisjoint(sources) else None


def _upload(days: Mapping[int, int], total: int | None) -> int | None:
    """The bytes of the calendar month with the most; not known where nothing says sizes, or when they were sent."""
    if total is None or (total and not days):
        return None
    months: Counter[tuple[int, int]] = Counter()
    for day, sent in days.items():
        months[_month(day)] += sent
    return max(months.values(), default=0)


@functools.lru_cache(maxsize=4096)
def _month(day: int) -> tuple[int, int]:
    try:
        when = _EPOCH + timedelta(days=day)
    except OverflowError:
        return 0, day // 30
    return when.year, when.month
