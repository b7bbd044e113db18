"""The audit log dates a grant only where there is no doubt that it speaks of it."""

from __future__ import annotations

from typing import Any

import pytest

from shadowai.grant_dates import AuditLog, Undated
from shadowai.tenant import Event

NOW = 1_000


def grant(*scopes: str, kind: Any = "delegated", who: str | None = "ann", bound: int = NOW) -> Undated:
    return Undated(("app", who), kind, frozenset(scopes), bound)


def event(what: Any, time: int, *scopes: str, who: str | None = "ann", app: str = "app") -> Event:
    return Event("entra", "contoso", f"{what}{time}", app, what, time, who, scopes)


def date(one: Undated, *events: Event, beside: tuple[Undated, ...] = ()) -> int | None:
    return AuditLog([one, *beside], events).date(one)


@pytest.mark.parametrize(
    ("events", "wanted"),
    [
        ([], None),
        ([event("granted", 5, "Mail.Read")], 5),
        ([event("granted", 9, "Mail.Read"), event("granted", 5, "Mail.Read", "openid")], 5),
        ([event("granted", 5, "Files.Read")], None),
        ([event("granted", 5)], 5),
        ([event("granted", 5, "Mail.Read", who="ben")], None),
        ([event("granted", 5, "Mail.Read", app="other")], None),
        ([event("changed", 5, "Mail.Read")], None),
        ([event("requested", 5, "Mail.Read")], None),
        ([event("installed", 5, who=None)], None),
        ([event("granted", NOW, "Mail.Read")], NOW),
        ([event("granted", NOW + 1, "Mail.Read")], None),  # it had been seen before
        ([event("granted", 5, "Mail.Read"), event("revoked", 7, "Mail.Read"), event("granted", 9, "Mail.Read")], 9),
        ([event("granted", 5, "Mail.Read"), event("revoked", 7, "Files.Read")], 5),
        ([event("granted", 5, "Mail.Read"), event("revoked", 7)], None),
        ([event("granted", 5, "Mail.Read"), event("removed", 7, who=None)], None),
        ([event("granted", 5, "Mail.Read"), event("revoked", NOW + 1)], 5),
    ],
)
def test_a_consent_dates_what_it_gave(events: list[Event], wanted: int | None) -> None:
    assert date(grant("Mail.Read"), *events) == wanted


def test_a_consent_that_may_be_about_two_grants_dates_neither() -> None:
    other = grant("Mail.Read", "Files.Read")
    both = event("granted", 5, "Mail.Read")
    assert date(grant("Mail.Read"), both, beside=(other,)) is None
    assert date(other, event("granted", 5, "Files.Read"), both, beside=(grant("Mail.Read"),)) == 5
    assert date(grant("Mail.Read"), event("granted", 5), beside=(other,)) is None


@pytest.mark.parametrize(
    ("events", "wanted"),
    [
        ([event("installed", 5, who="root")], 5),  # whoever installed it
        ([event("installed", 5), event("removed", 7), event("installed", 9)], 9),
        ([event("installed", 5), event("removed", 7)], None),
        ([event("granted", 5, "Mail.Read", who=None)], None),
    ],
)
def test_an_installation_is_dated_by_what_installed_it(events: list[Event], wanted: int | None) -> None:
    assert date(grant("Mail.Read", kind="install", who=None), *events) == wanted


def test_where_nothing_waits_the_log_is_not_read() -> None:
    def log() -> Any:
        raise AssertionError
        yield

    AuditLog([], log())
