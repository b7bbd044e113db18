"""Slack whole, against a server that answers as Slack is documented to: 200, and ``ok``."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from shadowai.connector import Connector
from shadowai.errors import UsageError
from shadowai.sweep.allowlist import AllowList
from shadowai.tenant import CursorExpired, Swept, Task, TenantError, Trouble
from shadowai_connectors.slack import TRIES, Slack
from shadowai_connectors.slack_signals import TIER_2
from tests.connectors.saas_server import HTML, Asked, Reply, Saas, failures, reply, serving, session, sweep
from tests.connectors.test_slack_items import entry, listed

TOKEN = "xoxp-1234567890-abcdefghijklmnop"
AUDIT_TOKEN = "xoxp-0987654321-ponmlkjihgfedcba"
LOG, APPROVED, REQUESTS = "/team.integrationLogs", "/admin.apps.approved.list", "/admin.apps.requests.list"
PLAIN = {"ok": True, "response_metadata": {"next_cursor": ""}}


def log(pages: list[list[dict[str, Any]]]) -> Any:
    """The integration log in pages."""

    def page(asked: Asked) -> Reply:
        number = int(asked.query.get("page", "1"))
        return reply({"ok": True, "logs": pages[number - 1], "paging": {"page": number, "pages": len(pages)}})

    return page


def person(asked: Asked) -> Reply:
    """A user by the identifier that is asked for."""
    who = asked.query["user"]
    return reply({"ok": True, "user": {"id": who, "profile": {"email": f"{who.lower()}@example.com"}}})


@pytest.fixture
def slack(monkeypatch: pytest.MonkeyPatch) -> Iterator[Saas]:
    """An organisation with two apps in its log, one of them approved, and a request."""
    monkeypatch.setenv("SLACK_TOKEN", TOKEN)
    monkeypatch.setenv("SLACK_AUDIT", AUDIT_TOKEN)
    with serving() as made:
        made.usual[LOG] = log(
            [[entry()], [entry("removed", "1799000000", "A0NOTES"), entry("added", "1798000000", "A0NOTES")]]
        )
        made.usual[APPROVED] = lambda asked: reply(
            {**PLAIN, "approved_apps": [listed(id="A0CERT" if asked.query["certified"] == "true" else "A0CLAUDE")]}
        )
        made.always("/admin.apps.restricted.list", {**PLAIN, "restricted_apps": []})
        made.always(REQUESTS, {**PLAIN, "app_requests": [{**listed(), "id": "Ar1", "user": {"id": "U2BOB"}}]})
        made.usual["/users.info"] = person
        made.always("/logs", {"entries": [], "response_metadata": {"next_cursor": ""}})
        yield made


def settings(slack: Saas, **others: str) -> dict[str, str]:
    given = {"workspace": "E0ORG", "token": "env:SLACK_TOKEN", "audit_token": "env:SLACK_AUDIT"}
    return {**given, "api": slack.root, "audit_api": slack.root, **others}


def swept(slack: Saas, path: Path, **others: Any) -> Swept:
    return sweep(Slack(), settings(slack), path / "store", **others)


def run(slack: Saas, task: Task, cursor: str | None = None, **others: str) -> list[Any]:
    """The pages of one task."""
    with session(Slack(), settings(slack, **others)) as opened:
        return list(Slack().run(task, opened, cursor))


APPS = Task("approved", "approved", ("false",))
ENTRIES = Task("log", "log", ("0", "1800000000000000"))


def test_it_is_a_connector_that_does_nothing_when_it_is_made() -> None:
    assert isinstance(Slack(), Connector)


def test_a_sweep(slack: Saas, tmp_path: Path) -> None:
    found = swept(slack, tmp_path)
    assert failures(found) == {} and found.tenant == "E0ORG"
    assert {app.id for app in found.apps} == {"A0CLAUDE", "A0NOTES", "A0CERT"}
    assert {(grant.id, grant.kind) for grant in found.grants} == {
        ("install/A0CLAUDE", "install"),
        ("approved/A0CLAUDE", "assignment"),
        ("approved/A0CERT", "assignment"),
        ("request/Ar1", "request"),
    }
    assert {one.address for one in found.people} == {"u1ada@example.com", "u2bob@example.com"}
    assert sorted(event.what for event in found.events) == ["installed", "installed", "removed"]


def test_certified_apps_are_a_list_of_their_own(slack: Saas, tmp_path: Path) -> None:
    swept(slack, tmp_path)
    asked = sorted(one.query["certified"] for one in slack.asked if one.path == APPROVED)
    assert asked == ["false", "true"]


def test_an_organisation_and_a_workspace_are_never_asked_for_together(slack: Saas) -> None:
    run(slack, APPS)
    run(slack, APPS, workspace="T0123ABCD")
    run(slack, APPS, team="T9")
    run(slack, ENTRIES, team="T9")
    asked = [{key: one.query.get(key) for key in ("team_id", "enterprise_id")} for one in slack.asked]
    assert asked[:3] == [
        {"team_id": None, "enterprise_id": "E0ORG"},
        {"team_id": "T0123ABCD", "enterprise_id": None},
        {"team_id": "T9", "enterprise_id": None},
    ]
    assert asked[3]["team_id"] == "T9"


def test_the_audit_log_has_its_own_token(slack: Saas, tmp_path: Path) -> None:
    swept(slack, tmp_path)
    carried = {(one.path == "/logs", one.headers["authorization"]) for one in slack.asked}
    assert carried == {(False, f"Bearer {TOKEN}"), (True, f"Bearer {AUDIT_TOKEN}")}
    (asked,) = [one.query for one in slack.asked if one.path == "/logs"]
    assert "app_installed" in asked["action"] and asked["latest"] == "1800000000"


@pytest.mark.parametrize(
    ("error", "trouble", "remedy"),
    [
        ("not_allowed_token_type", Trouble.CREDENTIALS, "user token"),
        ("invalid_auth", Trouble.CREDENTIALS, "new token"),
        ("token_expired", Trouble.CREDENTIALS, "rotation"),
        ("account_inactive", Trouble.CREDENTIALS, "deactivated"),
        ("team_access_not_granted", Trouble.SCOPE, "this workspace"),
        ("app_management_app_not_installed_on_org", Trouble.SCOPE, "whole organisation"),
        ("not_an_admin", Trouble.ROLE, "administrator"),
        ("paid_only", Trouble.LICENCE, "paid plan"),
        ("feature_not_enabled", Trouble.LICENCE, "Enterprise"),
        ("not_an_enterprise", Trouble.LICENCE, "Enterprise"),
        ("access_denied", Trouble.ROLE, "admin.apps:read"),
        ("something_new", Trouble.UNEXPECTED, "admin.apps:read"),
    ],
)
def test_what_is_not_ok_is_never_an_empty_list(slack: Saas, error: str, trouble: Trouble, remedy: str) -> None:
    slack.always(APPROVED, {"ok": False, "error": error, "approved_apps": []})
    with pytest.raises(TenantError) as raised:
        run(slack, APPS)
    assert raised.value.trouble is trouble and raised.value.code == error and remedy in raised.value.remedy
    assert len(slack.asked) == 1


def test_a_missing_scope_is_named_with_what_there_is(slack: Saas) -> None:
    slack.always(
        APPROVED, {"ok": False, "error": "missing_scope", "needed": "admin.apps:read", "provided": "admin,users:read"}
    )
    with pytest.raises(TenantError) as raised:
        run(slack, APPS)
    assert raised.value.trouble is Trouble.SCOPE
    assert raised.value.detail == "missing_scope: it needs admin.apps:read, and has admin,users:read"
    assert "admin.apps:read" in raised.value.remedy


def test_without_an_enterprise_plan_the_rest_goes_on(slack: Saas, tmp_path: Path) -> None:
    for path in (APPROVED, REQUESTS, "/admin.apps.restricted.list"):
        slack.always(path, {"ok": False, "error": "not_an_enterprise"})
    slack.always("/logs", {"ok": False, "error": "feature_not_enabled"}, 403)
    found = swept(slack, tmp_path)
    assert {name.partition("/")[0] for name in failures(found)} == {"approved", "restricted", "requests", "audit"}
    assert {outcome.trouble for outcome in failures(found).values()} == {Trouble.LICENCE}
    assert [grant.id for grant in found.grants] == ["install/A0CLAUDE"]


@pytest.mark.parametrize(
    ("answer", "trouble"),
    [
        (reply({"approved_apps": []}), Trouble.UNEXPECTED),
        (reply({"ok": "true", "approved_apps": []}), Trouble.UNEXPECTED),
        (reply({"ok": True}), Trouble.UNEXPECTED),
        (reply({"ok": True, "approved_apps": [5]}), Trouble.UNEXPECTED),
        (reply([]), Trouble.UNEXPECTED),
        (reply(None), Trouble.UNEXPECTED),
        (reply(b'{"ok": true, "approved_ap'), Trouble.UNEXPECTED),
        (reply(HTML, Content_Type="text/html"), Trouble.UNREACHABLE),
        (reply(HTML, 503, Content_Type="text/html"), Trouble.SERVER),
        (reply({"ok": False, "error": "ratelimited"}, 429, Retry_After="1"), Trouble.THROTTLED),
        (reply({"ok": False, "error": "internal_error"}), Trouble.SERVER),
    ],
)
def test_what_cannot_be_understood_is_never_an_empty_list(slack: Saas, answer: Reply, trouble: Trouble) -> None:
    slack.usual[APPROVED] = lambda asked: answer
    with pytest.raises(TenantError) as raised:
        run(slack, APPS)
    assert raised.value.trouble is trouble


@pytest.mark.parametrize("status", [200, 429])
def test_throttling_is_waited_out_whatever_the_status(slack: Saas, status: int) -> None:
    busy = reply({"ok": False, "error": "ratelimited"}, status, Retry_After="30")
    slack.put[APPROVED] = [busy, busy]
    with session(Slack(), settings(slack)) as opened:
        (page,) = Slack().run(APPS, opened, None)
        assert opened.shared.clock.monotonic() >= 60 and opened.shared.counts.throttled == 2
    assert len(page.items) == 2


def test_throttling_that_does_not_end_ends(slack: Saas) -> None:
    slack.always(APPROVED, {"ok": False, "error": "ratelimited"})
    with pytest.raises(TenantError) as raised:
        run(slack, APPS)
    assert raised.value.trouble is Trouble.THROTTLED and len(slack.asked) == TRIES


def test_a_method_is_asked_no_faster_than_its_tier(slack: Saas) -> None:
    slack.usual[LOG] = log([[entry(date=str(1_799_000_000 - number))] for number in range(30)])
    with session(Slack(), settings(slack)) as opened:
        assert len(list(Slack().run(ENTRIES, opened, None))) == 30
        assert opened.shared.clock.monotonic() >= (30 - 4) / TIER_2 - 1


def test_the_log_goes_on_from_its_cursor_and_knows_what_was_decided(slack: Saas) -> None:
    slack.usual[LOG] = log([[entry("removed", "1799990000")], [entry("added", "1799000000")]])
    first, second = run(slack, ENTRIES)
    assert json.loads(first.cursor) == [2, {"A0CLAUDE": 1_799_990_000_000_000}]
    assert [type(item).__name__ for item in second.items] == ["App", "Person", "Event"]
    assert run(slack, ENTRIES, first.cursor) == [second] and second.mark == "1800000000000000"


def test_an_app_that_was_removed_is_no_grant_in_the_next_sweep(slack: Saas, tmp_path: Path) -> None:
    assert [grant.id for grant in swept(slack, tmp_path).grants if grant.kind == "install"] == ["install/A0CLAUDE"]
    slack.usual[LOG] = log([[entry("removed", "1800040000"), entry()]])
    second = swept(slack, tmp_path, days=1)
    assert second.mode == "delta" and [grant.id for grant in second.grants if grant.kind == "install"] == []


def test_what_was_read_before_is_not_read_again(slack: Saas, tmp_path: Path) -> None:
    pages = [[entry(date=str(1_799_900_000 - 86_400 * number))] for number in range(9)]
    slack.usual[LOG] = log(pages)
    first = swept(slack, tmp_path)
    slack.asked.clear()
    second = swept(slack, tmp_path, days=1)
    assert len([one for one in slack.asked if one.path == LOG]) <= 3 and second.events == first.events


def test_an_order_that_is_not_as_expected_ends_nothing_early(slack: Saas) -> None:
    old = [entry(date="1790000000"), entry(date="1790000001")]
    slack.usual[LOG] = log([old, [entry("added", "1799999000", "A0NEW")]])
    task = Task("log", "log", ("1799000000000000", "1800000000000000"), changes=True)
    assert [len(page.items) > 0 for page in run(slack, task)] == [True, True]


@pytest.mark.parametrize("paging", [None, {}, {"pages": "2"}, {"pages": True}])
def test_a_log_that_does_not_say_where_it_ends_is_not_believed(slack: Saas, paging: object) -> None:
    slack.always(LOG, {"ok": True, "logs": [entry()], "paging": paging})
    with pytest.raises(TenantError, match="how many pages"):
        run(slack, ENTRIES)


@pytest.mark.parametrize("cursor", ["", "x", "[]", "[1]", '[1,["A"]]', '["a",{}]', "5"])
def test_a_cursor_that_cannot_be_read_has_expired(slack: Saas, cursor: str) -> None:
    with pytest.raises(CursorExpired):
        run(slack, ENTRIES, cursor)


def test_an_invalid_cursor_has_expired(slack: Saas) -> None:
    slack.always(APPROVED, {"ok": False, "error": "invalid_cursor"})
    with pytest.raises(CursorExpired):
        run(slack, APPS, "abc")


def test_pages_that_go_round_end(slack: Saas) -> None:
    slack.always(APPROVED, {"ok": True, "approved_apps": [], "response_metadata": {"next_cursor": "abc"}})
    with pytest.raises(TenantError, match="circle"):
        run(slack, APPS)
    assert len(slack.asked) == 2


def test_a_page_that_is_given_in_place_of_the_next_one_leaves_its_rows_missed(slack: Saas) -> None:
    places = iter(["abc", "def", ""])
    slack.usual[APPROVED] = lambda asked: reply(
        {"ok": True, "approved_apps": [listed()], "response_metadata": {"next_cursor": next(places)}}
    )
    assert [len(page.missed) for page in run(slack, APPS)] == [0, 1, 1]
    slack.usual[LOG] = log([[entry()], [entry()], [entry("removed", "1799000000", "A0NOTES")]])
    assert [len(page.missed) for page in run(slack, ENTRIES)] == [0, 1, 0]


@pytest.mark.parametrize("cursor", [True, ["dXNlcg=="], {"next": "dXNlcg=="}, 7])
def test_a_cursor_that_is_no_text_is_no_last_page(slack: Saas, cursor: object) -> None:
    slack.always(APPROVED, {"ok": True, "approved_apps": [listed()], "response_metadata": {"next_cursor": cursor}})
    with pytest.raises(TenantError, match="no text"):
        run(slack, APPS)


def test_cursors_are_followed_to_the_empty_one(slack: Saas) -> None:
    more = {"ok": True, "approved_apps": [listed()], "response_metadata": {"next_cursor": "dXNlcg=="}}
    slack.put[APPROVED] = [reply(more)]
    assert [page.cursor for page in run(slack, APPS)] == ["dXNlcg==", None]
    assert slack.asked[1].query["cursor"] == "dXNlcg=="


def test_somebody_who_is_gone_is_no_failure_and_a_missing_scope_is(slack: Saas) -> None:
    task = Task("people/x", "people", ("U1ADA", "U2BOB"))
    slack.put["/users.info"] = [reply({"ok": False, "error": "user_not_found"})]
    (page,) = run(slack, task)
    assert [item.id for item in page.items] == ["U2BOB"]
    slack.always("/users.info", {"ok": False, "error": "missing_scope", "needed": "users:read", "provided": "admin"})
    with pytest.raises(TenantError) as raised:
        run(slack, task)
    assert raised.value.trouble is Trouble.SCOPE


def test_no_secret_is_in_what_is_told(slack: Saas, tmp_path: Path) -> None:
    slack.always(APPROVED, {"ok": False, "error": f"invalid token {TOKEN}", "needed": TOKEN, "provided": TOKEN})
    found = swept(slack, tmp_path)
    assert set(failures(found)) == {"approved", "approved/certified"}
    assert TOKEN not in repr(found) and TOKEN not in (tmp_path / "store").read_bytes().decode("latin-1")


def test_doctor(slack: Saas) -> None:
    slack.always(REQUESTS, {"ok": False, "error": "missing_scope", "needed": "admin.apps:read", "provided": "admin"})
    slack.always("/admin.apps.restricted.list", {"ok": False, "error": "not_an_enterprise"})
    slack.always("/logs", {"ok": False, "error": "not_allowed_token_type"}, 401)
    answer = {"ok": True, "logs": [], "paging": {"pages": 0}}
    slack.always(LOG, answer, X_OAuth_Scopes="admin,users:read,chat:write")
    with session(Slack(), settings(slack)) as opened:
        found = [(probe.signal, probe.finding) for probe in Slack().doctor(opened)]
    assert found == [
        ("log", "ok"),
        ("approved", "ok"),
        ("restricted", "licence"),
        ("requests", "scope"),
        ("people", "ok"),
        ("audit", "credentials"),
        ("log", "excess"),
    ]


def test_only_methods_that_list_are_allowed(slack: Saas) -> None:
    given = settings(slack, insecure_localhost="true")
    allowed = AllowList(Slack().allowed(given), given, who="slack")
    for method, path in (
        ("POST", LOG),
        ("GET", "/admin.apps.approve"),
        ("GET", "/chat.postMessage"),
        ("GET", "/auth.revoke"),
    ):
        with pytest.raises(TenantError, match="refused"):
            allowed.check(method, f"{slack.root}{path}")


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"workspace": "T0123ABCD"}, "needs token"),
        ({"token": "env:A"}, "workspace is missing"),
        ({"token": "env:A", "workspace": "acme"}, "workspace is not valid"),
    ],
)
def test_settings_that_cannot_be(given: dict[str, str], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        Slack().tenant(given)
