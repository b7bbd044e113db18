"""Records of Google's audit logs as items."""

from __future__ import annotations

from typing import Any

import pytest

from shadowai.tenant import Activity, App, Event, Grant, Item, Person
from shadowai_connectors.google_records import NOBODY, Known, acting, actor, consented, delegated, records, unread, used
from tests.connectors.google_server import CHATGPT, NOTES, consent

NOON = 1_790_000_000


def items(rows: list[dict[str, Any]], what: Any = "granted") -> list[Item]:
    found, broken = records(rows, "authorize" if what == "granted" else "revoke")
    made, nameless = consented("example.com", found, what)
    assert broken == nameless == 0
    return made


def only(kind: type[Any], found: list[Item]) -> list[Any]:
    return [item for item in found if isinstance(item, kind)]


def test_a_consent_is_an_app_a_person_an_event_and_a_dated_grant() -> None:
    found = items([consent(NOON, 7, scopes=("b", "a"))])
    app, person = App("google", "example.com", CHATGPT, "ChatGPT", tags=("web",)), ("1001", "user1@example.com")
    assert found[0] == app and found[1] == Person("google", "example.com", *person)
    assert found[2] == Event(
        "google", "example.com", f"{NOON}000000/7/0", CHATGPT, "granted", NOON * 10**6, "1001", ("b", "a")
    )
    grant = found[3]
    assert isinstance(grant, Grant) and grant.scopes == ("a", "b") and grant.kind == "delegated"
    assert (grant.granted, grant.date_source, grant.app, grant.principal) == (
        NOON * 10**6,
        "audit_log",
        CHATGPT,
        "1001",
    )


def test_the_client_id_stays_whole() -> None:
    (app,) = only(App, items([consent(NOON, 1)]))
    assert app.id == CHATGPT and app.id.startswith("77377267392-")


def test_a_withdrawal_gives_no_grant() -> None:
    found = items([consent(NOON, 1, name="revoke")], "revoked")
    assert [event.what for event in only(Event, found)] == ["revoked"] and only(Grant, found) == []


def test_the_latest_of_several_consents_dates_the_grant_whatever_their_order() -> None:
    rows = [consent(NOON + 50, 2), consent(NOON, 1), consent(NOON + 99, 3)]
    for order in (rows, rows[::-1]):
        found = items(order)
        assert [grant.granted for grant in only(Grant, found)] == [(NOON + 99) * 10**6]
        assert len(only(Event, found)) == 3 and len(only(App, found)) == len(only(Person, found)) == 1


def test_what_was_asked_for_later_is_a_grant_of_its_own() -> None:
    found = items([consent(NOON, 1, scopes=("a",)), consent(NOON + 1, 2, scopes=("a", "b"))])
    assert {grant.scopes for grant in only(Grant, found)} == {("a",), ("a", "b")}
    assert delegated("t", "app", "1", ("b", "a", "a")).id == delegated("t", "app", "1", ("a", "b"), 5).id
    assert delegated("t", "app", "1", ("a",)).id != delegated("t", "app", "2", ("a",)).id
    assert delegated("t", "app", "1", ()).date_source is None


def test_two_activities_at_one_time_and_two_events_in_one_activity_are_told_apart() -> None:
    both = consent(NOON, 1)
    both["events"] = both["events"] * 2
    found = items([both, consent(NOON, 2)])
    assert len({event.id for event in only(Event, found)}) == 3
    unnumbered = [consent(NOON, 1, user=1), consent(NOON, 1, user=2)]
    for row in unnumbered:
        del row["id"]["uniqueQualifier"]
    assert len({event.id for event in only(Event, items(unnumbered))}) == 2


def test_scopes_are_found_in_either_parameter() -> None:
    row = consent(NOON, 1, scopes=("x",))
    parameters = row["events"][0]["parameters"]
    row["events"][0]["parameters"] = [one for one in parameters if one["name"] != "scope"]
    assert only(Event, items([row]))[0].scopes == ("x",)
    row["events"][0]["parameters"] = [one for one in parameters if not one["name"].startswith("scope")]
    row["events"][0]["parameters"].append({"name": "scope", "value": "y z"})
    assert only(Event, items([row]))[0].scopes == ("y", "z")


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"email": "A@Example.com", "profileId": "12"}, ("12", "a@example.com")),
        ({"email": "A@Example.com", "profileId": NOBODY}, ("a@example.com", "a@example.com")),
        ({"profileId": NOBODY}, (None, None)),
        ({"callerType": "KEY", "key": "SYSTEM"}, (None, None)),
        ({"email": "", "profileId": 12}, ("12", None)),
        (None, (None, None)),
        ("x", (None, None)),
    ],
)
def test_who_did_it(said: Any, expected: tuple[str | None, str | None]) -> None:
    assert actor({"actor": said}) == expected


def broken_rows() -> list[dict[str, Any]]:
    good = consent(NOON, 1)
    return [
        {**good, "id": {"time": "yesterday"}},
        {**good, "id": None},
        {**good, "id": {"time": "2026-13-45T00:00:00Z"}},
        {**good, "events": None},
        {**good, "events": ["x"]},
        {},
    ]


def test_what_cannot_be_understood_is_counted_and_never_passed_over() -> None:
    found, broken = records([consent(NOON, 1), *broken_rows()], "authorize")
    assert len(found) == 1 and broken == len(broken_rows())
    (missed,) = unread(broken)
    assert missed.detail == "6 records could not be understood" and unread(0) == ()


def test_a_consent_that_names_no_app_is_counted() -> None:
    row = consent(NOON, 1)
    row["events"][0]["parameters"] = [{"name": "client_type", "value": "WEB"}, "x", {"value": 3}, {"name": "empty"}]
    found, broken = records([row], "authorize")
    assert broken == 0 and consented("t", found, "granted") == ([], 1)


def test_an_app_that_is_not_registered_has_a_name_alone() -> None:
    row = consent(NOON, 1)
    row["events"][0]["parameters"] = [{"name": "app_name", "value": "example.net"}]
    (app,) = only(App, items([row]))
    assert (app.id, app.name, app.tags) == ("example.net", "example.net", ())


def test_calls_are_summed_by_app_and_person_with_what_was_read() -> None:
    rows = [
        consent(NOON + second, second, name="activity", user=user, num_response_bytes=size)
        for second, user, size in ((1, 1, 10), (2, 1, 5), (3, 2, 0))
    ]
    found = used("t", records(rows, "activity")[0])
    sums = {(one.principal, one.events, one.bytes_down, one.first, one.last) for one in only(Activity, found)}
    assert sums == {
        ("1001", 2, 15, (NOON + 1) * 10**6, (NOON + 2) * 10**6),
        ("1002", 1, None, (NOON + 3) * 10**6, (NOON + 3) * 10**6),
    }


@pytest.mark.parametrize("size", ["-5", "1e9", "9" * 30, "٣", None, True, [1]])
def test_a_size_that_is_none_counts_nothing(size: Any) -> None:
    row = consent(NOON, 1, name="activity")
    row["events"][0]["parameters"].append({"name": "num_response_bytes", "intValue": size})
    (one,) = only(Activity, used("t", records([row], "activity")[0]))
    assert one.bytes_down is None and one.events == 1


def test_agents_and_apps_that_act_for_a_person_are_named() -> None:
    row = consent(NOON, 1, name="feature_utilization")
    row["actor"] |= {
        "agentAttributionInfo": {
            "agentId": "agent-1",
            "agentName": "Helper",
            "agentType": "CUSTOM",
            "agentOwner": {"email": "Owner@example.com"},
        },
        "applicationInfo": {"oauthClientId": NOTES, "applicationName": "Notes", "impersonation": False},
    }
    gemini = App("google", "t", "gemini_in_workspace_apps", "Gemini in Workspace apps", first_party=True)
    found = used("t", records([row])[0], gemini)
    agent = App("google", "t", "agent-1", "Helper", kind="agent_identity", tags=("custom", "owner:owner@example.com"))
    assert {gemini, agent, App("google", "t", NOTES, "Notes")} == set(only(App, found))
    assert {one.app for one in only(Activity, found)} == {"gemini_in_workspace_apps", "agent-1", NOTES}


@pytest.mark.parametrize("info", [None, {}, {"agentType": "X"}, "x", {"agentId": ""}])
def test_no_agent_is_no_agent(info: Any) -> None:
    assert list(acting("t", {"actor": {"agentAttributionInfo": info, "applicationInfo": info}})) == []


def test_what_was_said_is_not_said_again() -> None:
    known = Known()
    one = App("google", "t", "a", "A")
    assert [*known.new([one, one]), *known.new([one])] == [one]
