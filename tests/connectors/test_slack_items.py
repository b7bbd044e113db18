"""What Slack's rows mean, the hostile ones too."""

from __future__ import annotations

from typing import Any

import pytest

from shadowai.tenant import EVERYONE, App, Event, Grant, Missed, Person, Removed
from shadowai_connectors import slack_items as items
from tests.connectors.saas_server import at

TENANT = "T0123ABCD"


def entry(change: str = "added", date: str = "1799990000", app: str = "A0CLAUDE", **others: Any) -> dict[str, Any]:
    """An entry of the integration log."""
    return {
        "app_id": app,
        "app_type": "Claude",
        "user_id": "U1ADA",
        "user_name": "ada",
        "date": date,
        "change_type": change,
        "scope": "chat:write,channels:history",
        **others,
    }


def listed(**about: Any) -> dict[str, Any]:
    """An app in a list of administrators."""
    return {
        "app": {
            "id": "A0CLAUDE",
            "name": "Claude",
            "app_homepage_url": "https://claude.ai",
            "is_internal": False,
            **about,
        },
        "scopes": [{"name": "channels:history", "is_sensitive": True, "token_type": "bot"}],
        "date_updated": 1_799_990_000,
        "last_resolved_by": {"actor_id": "U9BOSS", "actor_type": "user"},
    }


def told(*entries: dict[str, Any]) -> list[Any]:
    """What the entries tell together."""
    decided: dict[str, int] = {}
    return [one for row in entries for one in items.logged(row, TENANT, decided)]


def standing(found: list[Any]) -> list[Any]:
    """What is there, as the last word has it."""
    last: dict[str, Any] = {}
    for one in found:
        if isinstance(one, Grant | Removed):
            last[one.id if isinstance(one, Grant) else one.what] = one
    return list(last.values())


def test_an_app_that_was_added() -> None:
    found = told(entry())
    (app, person, event, grant) = found
    assert isinstance(app, App) and (app.id, app.name, app.tags) == ("A0CLAUDE", "Claude", ("slack-app",))
    assert isinstance(person, Person) and person.address is None
    assert isinstance(event, Event) and (event.what, event.principal) == ("installed", "U1ADA")
    assert isinstance(grant, Grant) and (grant.kind, grant.by, grant.date_source) == ("install", "U1ADA", "audit_log")
    assert grant.scopes == ("chat:write", "channels:history") and grant.granted == at("2027-01-15T05:13:20+00:00")


@pytest.mark.parametrize("newest_first", [True, False])
def test_the_newest_entry_decides_in_whatever_order(newest_first: bool) -> None:
    entries = [entry("removed", "1799990000"), entry("expanded", "1799000000"), entry("added", "1798000000")]
    found = told(*(entries if newest_first else entries[::-1]))
    assert [type(one) for one in standing(found)] == [Removed]
    assert len([one for one in found if isinstance(one, Event)]) == 3
    again = told(
        *(
            [entry("enabled", "1799999000"), *entries]
            if newest_first
            else [*entries[::-1], entry("enabled", "1799999000")]
        )
    )
    assert [type(one) for one in standing(again)] == [Grant]


@pytest.mark.parametrize("order", [1, -1])
@pytest.mark.parametrize(("several", "left"), [(("added", "removed"), Grant), (("removed", "enabled"), Grant)])
def test_in_one_second_the_order_makes_no_difference(order: int, several: tuple[str, ...], left: type) -> None:
    found = standing(told(*(entry(change, "1799990000") for change in several[::order])))
    assert isinstance(found[-1], left)
    later = standing(
        told(*(entry(change, when) for change, when in (("added", "1799990000"), ("removed", "1799990001"))[::order]))
    )
    assert isinstance(later[-1], Removed)


@pytest.mark.parametrize("order", [1, -1])
def test_in_one_second_what_was_changed_had_been_added(order: int) -> None:
    entries = [entry("added", "1799990000", scope="chat:write"), entry("expanded", "1799990000", scope="files:read")]
    assert standing(told(*entries[::order]))[-1].scopes == ("files:read",)


def test_the_number_of_a_service_is_no_app_s_id() -> None:
    service = {**entry("removed", "1799990000"), "app_id": None, "service_id": "A0CLAUDE", "service_type": "Airbrake"}
    found = told(entry("added", "1799980000"), service)
    assert len({one.id for one in found if isinstance(one, App)}) == 2
    assert isinstance(standing(found)[0], Grant)


def test_when_an_app_was_added_is_not_when_it_was_changed() -> None:
    (grant,) = standing(told(entry("updated")))
    assert grant.granted is None and grant.date_source is None


def test_a_service_and_a_kind_that_nobody_knows() -> None:
    found = told({**entry(), "app_id": None, "app_type": None, "service_id": 12345, "service_type": "Airbrake"})
    assert isinstance(found[0], App) and (found[0].id, found[0].tags) == ("service/12345", ("slack-service",))
    assert [type(one) for one in told(entry("transmuted"))] == [App, Person]


@pytest.mark.parametrize("odd", [{"app_id": None}, {"date": "soon"}, {"date": None}])
def test_an_entry_without_app_or_time_is_missed_and_not_dropped(odd: dict[str, Any]) -> None:
    assert [type(one) for one in told(entry(**odd))] == [Missed]


def test_a_feed_is_no_app() -> None:
    assert told({"rss_feed": True, "rss_feed_url": "https://example.com/feed"}) == []


def test_the_same_entry_met_twice_is_one_event() -> None:
    first, second = (one for one in told(entry(), entry()) if isinstance(one, Event))
    assert first.id == second.id
    other = next(one for one in told(entry(date="1799990001")) if isinstance(one, Event))
    assert other.id != first.id


def test_approval_is_for_everyone_and_no_installation() -> None:
    app, grant = items.approved(listed(is_app_directory_approved=True), TENANT)
    assert app.tags == ("slack-app", "approved", "directory") and app.homepage == "https://claude.ai"
    assert (grant.kind, grant.principal, grant.by) == ("assignment", EVERYONE, "U9BOSS")
    assert grant.scopes == app.permissions == ("channels:history",)
    bot = items.approved({**listed(), "last_resolved_by": {"actor_id": "A1", "actor_type": "app"}}, TENANT)[1]
    assert bot.by is None


def test_whose_app_it_is() -> None:
    assert items.restricted(listed(is_internal=True), TENANT).in_house
    assert items.restricted(listed(developer_type="internal"), TENANT).in_house
    assert items.restricted(listed(developer_type="slack"), TENANT).first_party
    plain = items.restricted(listed(developer_type="third_party"), TENANT)
    assert not plain.in_house and not plain.first_party and plain.verified_publisher is None


def test_a_request_is_asked_for_and_not_given() -> None:
    row = {**listed(), "id": "Ar1", "user": {"id": "U2BOB", "name": "bob", "email": "bob@example.com"}}
    _, person, grant = items.request({**row, "date_created": 1_799_000_000}, TENANT)
    assert person is not None and person.address == "bob@example.com"
    assert (grant.id, grant.kind, grant.principal) == ("request/Ar1", "request", "U2BOB")
    assert items.request({**row, "user": None}, TENANT)[1] is None


def test_people() -> None:
    row = {"id": "U1ADA", "real_name": "Ada L", "deleted": True, "profile": {"email": "ada@example.com"}}
    person = items.person(row, TENANT)
    assert (person.address, person.name, person.enabled) == ("ada@example.com", "Ada L", False)
    assert items.person({"id": "U1ADA", "profile": None, "deleted": "no"}, TENANT).enabled is None


def test_the_audit_log() -> None:
    row = {
        "id": "e1",
        "date_create": 1_799_990_000,
        "action": "app_scopes_expanded",
        "actor": {"type": "user", "user": {"id": "W1", "email": "ada@example.com", "name": "ada"}},
        "entity": {"type": "app", "app": {"id": "A0CLAUDE", "name": "Claude", "scopes": ["chat:write"]}},
        "details": {"new_scopes": ["files:read", "chat:write"]},
    }
    app, person, event = items.audited(row, TENANT)
    assert isinstance(app, App) and isinstance(person, Person) and person.address == "ada@example.com"
    assert isinstance(event, Event) and (event.what, event.scopes) == ("granted", ("chat:write", "files:read"))
    assert list(items.audited({**row, "action": "user_login"}, TENANT)) == []
    assert [type(one) for one in items.audited({**row, "entity": {"type": "app"}}, TENANT)] == [Missed]
