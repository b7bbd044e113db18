"""OpenAI's Administration API, against a server that answers as it is documented to."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from shadowai.connector import Connector
from shadowai.errors import UsageError
from shadowai.sweep.allowlist import AllowList
from shadowai.tenant import Activity, App, CursorExpired, Event, Missed, Person, Swept, Task, TenantError, Trouble
from shadowai_connectors import openai
from shadowai_connectors.openai import APP, OpenAI, usage
from tests.connectors.saas_server import HTML, Asked, Reply, Saas, at, failures, reply, serving, session, sweep

KEY = "sk-admin-AbCdEfGhIjKlMnOpQrStUvWxYz"
BASE = "/organization"
USERS, PROJECTS, ADMIN_KEYS = f"{BASE}/users", f"{BASE}/projects", f"{BASE}/admin_api_keys"
USAGE, AUDIT = f"{BASE}/usage/completions", f"{BASE}/audit_logs"
NO_SCOPE = {
    "error": {"message": "You have insufficient permissions. Missing scopes: api.management.read.", "code": None}
}
DAY = 86_400
TODAY = 1_799_971_200
"""The beginning of the day that the sweep begins on."""


def user(number: int) -> dict[str, Any]:
    """A member."""
    return {"id": f"user-{number}", "email": f"user{number}@example.com", "role": "reader", "added_at": 1_790_000_000}


def listed(rows: list[dict[str, Any]], size: int = 2) -> Any:
    """A list in pages, each named by the last identifier of the one before."""

    def page(asked: Asked) -> Reply:
        ids = [row["id"] for row in rows]
        start = ids.index(asked.query["after"]) + 1 if "after" in asked.query else 0
        found = rows[start : start + size]
        last = found[-1]["id"] if found else None
        return reply({"object": "list", "data": found, "last_id": last, "has_more": start + size < len(rows)})

    return page


def buckets(asked: Asked) -> Reply:
    """Usage by day: three requests of one member on each, and two of nobody on the first."""
    start, end = int(asked.query["start_time"]), int(asked.query["end_time"])
    days = list(range(start, end, DAY))
    number = int(asked.query.get("page", "0"))
    some = days[number * 20 : number * 20 + 20]
    data = [
        {
            "start_time": day,
            "end_time": day + DAY,
            "results": [{"user_id": "user-1", "num_model_requests": 3}]
            + ([{"user_id": None, "num_model_requests": 2}] if day == start else []),
        }
        for day in some
    ]
    more = number * 20 + 20 < len(days)
    return reply({"data": data, "has_more": more, "next_page": str(number + 1) if more else None})


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[Saas]:
    """An organisation with three members, one project, and keys."""
    monkeypatch.setenv("OPENAI_KEY", KEY)
    with serving() as made:
        made.usual[USERS] = listed([user(1), user(2), user(3)])
        made.usual[PROJECTS] = listed(
            [{"id": "proj_1", "name": "Search", "status": "active", "created_at": 1_790_000_000}]
        )
        owner = {"type": "user", "user": {"id": "user-1", "email": "user1@example.com", "name": "Ada"}}
        keys = [
            {
                "id": "key_1",
                "name": "n8n",
                "redacted_value": "sk-abc...def",
                "created_at": 1_790_000_000,
                "owner": owner,
            },
            {
                "id": "key_2",
                "owner": {"type": "service_account", "service_account": {"id": "svc_1"}},
                "last_used_at": 1_799_000_000,
            },
        ]
        made.usual[f"{PROJECTS}/proj_1/api_keys"] = listed(keys)
        made.usual[ADMIN_KEYS] = listed([{"id": "key_9", "owner": {"type": "user", "id": "user-2", "name": "Bob"}}])
        made.usual[USAGE] = buckets
        made.usual[AUDIT] = listed([])
        yield made


def settings(service: Saas, **others: str) -> dict[str, str]:
    return {"organization": "org-abc123", "admin_key": "env:OPENAI_KEY", "api": service.root, **others}


def swept(service: Saas, path: Path, **others: Any) -> Swept:
    return sweep(OpenAI(), settings(service), path / "store", **others)


def run(service: Saas, task: Task, cursor: str | None = None) -> list[Any]:
    """The pages of one task."""
    with session(OpenAI(), settings(service)) as opened:
        return list(OpenAI().run(task, opened, cursor))


MEMBERS = Task("users", "users")


def test_it_is_a_connector_that_does_nothing_when_it_is_made() -> None:
    assert isinstance(OpenAI(), Connector)


def test_a_sweep_tells_who_is_licensed(service: Saas, tmp_path: Path) -> None:
    found = swept(service, tmp_path)
    assert failures(found) == {}
    (bought,) = [app for app in found.apps if app.id == APP]
    assert (bought.kind, bought.verified_publisher, bought.object_id) == ("vendor_org", "OpenAI", "org-abc123")
    assert [(grant.id, grant.principal) for grant in found.grants if grant.kind == "seat"] == [
        (f"seat/user-{number}", f"user-{number}") for number in (1, 2, 3)
    ]
    keys = {grant.id: (grant.principal, grant.scopes) for grant in found.grants if grant.kind == "key"}
    assert keys == {
        "key/key_1": ("user-1", ("project:proj_1",)),
        "key/key_2": (None, ("project:proj_1",)),
        "key/key_9": ("user-2", ("admin",)),
    }
    assert {one.address for one in found.people} == {f"user{number}@example.com" for number in (1, 2, 3)}
    assert all(one.headers["authorization"] == f"Bearer {KEY}" for one in service.asked)


def test_no_part_of_any_key_is_kept(service: Saas, tmp_path: Path) -> None:
    found = swept(service, tmp_path)
    assert "sk-abc" not in repr(found) and KEY not in repr(found)
    kept = (tmp_path / "store").read_bytes().decode("latin-1")
    assert KEY not in kept and "sk-abc" not in kept


def test_a_count_that_is_no_number_is_missed() -> None:
    results = [{"user_id": "u-1", "num_model_requests": True}, {"user_id": "u-2", "num_model_requests": 2}]
    found, missed = usage({"start_time": TODAY - DAY, "end_time": TODAY, "results": results}, "org-1")
    assert isinstance(found, Activity) and (found.principal, found.events) == ("u-2", 2)
    assert isinstance(missed, Missed) and "num_model_requests" in missed.detail


def test_a_bucket_without_its_times_is_missed_alone(service: Saas) -> None:
    buckets = [
        {"results": []},
        {"start_time": 1, "end_time": 2, "results": [{"user_id": "u", "num_model_requests": 1}]},
    ]
    service.always(USAGE, {"data": buckets, "has_more": False})
    (page,) = run(service, Task("usage", "usage", ("0", "86400000000")))
    assert len(page.missed) == len(page.items) == 1


def test_usage_is_of_whole_days_and_never_counted_twice(service: Saas, tmp_path: Path) -> None:
    first = swept(service, tmp_path)
    assert sum(one.events for one in first.activity if one.principal == "user-1") == 30 * 3
    assert sum(one.events for one in first.activity if one.principal is None) == 2
    assert max(one.last for one in first.activity) < TODAY * 1_000_000
    service.asked.clear()
    second = swept(service, tmp_path, days=1)
    (asked,) = [one.query for one in service.asked if one.path == USAGE]
    assert (int(asked["start_time"]), int(asked["end_time"])) == (TODAY, TODAY + DAY) and asked["group_by"] == "user_id"
    assert sum(one.events for one in second.activity if one.principal == "user-1") == 31 * 3
    service.asked.clear()
    third = swept(service, tmp_path, days=1.1)
    assert [one for one in service.asked if one.path == USAGE] == []
    assert sum(one.events for one in third.activity if one.principal == "user-1") == 31 * 3


def test_a_task_goes_on_from_its_cursor(service: Saas) -> None:
    first, second = run(service, MEMBERS)
    assert first.cursor == "user-2" and second.cursor is None and isinstance(first.items[0], App)
    assert run(service, MEMBERS, first.cursor) == [second]


def test_a_cursor_that_is_no_longer_taken_has_expired(service: Saas) -> None:
    service.always(USERS, {"error": {"message": "No such cursor", "code": "invalid_cursor"}}, 400)
    with pytest.raises(CursorExpired):
        run(service, MEMBERS, "user-9")
    with pytest.raises(TenantError):
        run(service, MEMBERS)


def test_one_row_without_what_it_is_known_by_is_missed_alone(service: Saas) -> None:
    rows = [{"email": "nobody@example.com"}, {"id": "u-1", "email": "ada@example.com"}]
    service.always(USERS, {"data": rows, "has_more": False, "last_id": "u-1"})
    (page,) = run(service, MEMBERS)
    assert [one.trouble for one in page.missed] == [Trouble.UNEXPECTED]
    assert [one.address for one in page.items if isinstance(one, Person)] == ["ada@example.com"]


@pytest.mark.parametrize(
    ("answer", "trouble"),
    [
        (reply(NO_SCOPE, 401), Trouble.SCOPE),
        (reply(NO_SCOPE, 403), Trouble.SCOPE),
        (
            reply({"error": {"message": f"Incorrect API key provided: {KEY}", "code": "invalid_api_key"}}, 401),
            Trouble.CREDENTIALS,
        ),
        (reply({"error": {"message": "Rate limit reached", "code": "rate_limit_exceeded"}}, 429), Trouble.THROTTLED),
        (reply(HTML, 502, Content_Type="text/html"), Trouble.SERVER),
        (reply(b'{"data": [{"id": "us'), Trouble.UNEXPECTED),
        (reply({"object": "list"}), Trouble.UNEXPECTED),
        (reply({"data": {}}), Trouble.UNEXPECTED),
        (reply({"data": [], "has_more": True, "last_id": None}), Trouble.UNEXPECTED),
        (reply({"data": [], "has_more": True, "last_id": "user-1"}), Trouble.UNEXPECTED),
    ],
)
def test_what_could_not_be_read_is_never_an_empty_list(service: Saas, answer: Reply, trouble: Trouble) -> None:
    service.usual[USERS] = lambda asked: answer
    with pytest.raises(TenantError) as raised:
        run(service, MEMBERS)
    assert raised.value.trouble is trouble and KEY not in str(raised.value)


def test_throttling_is_waited_out(service: Saas) -> None:
    service.put[USERS] = [reply({"error": {"message": "slow down"}}, 429, Retry_After="20")] * 2
    with session(OpenAI(), settings(service)) as opened:
        assert len(list(OpenAI().run(MEMBERS, opened, None))) == 2
        assert opened.shared.clock.monotonic() >= 40


def test_audit_logging_that_is_off_is_not_an_empty_log(service: Saas, tmp_path: Path) -> None:
    service.always(AUDIT, {"error": {"message": "Audit logging is not enabled for this organization"}}, 404)
    found = failures(swept(service, tmp_path))
    assert {name: outcome.trouble for name, outcome in found.items()} == {"audit": Trouble.LICENCE}


def test_entries_of_the_audit_log() -> None:
    row = {
        "id": "audit_log-1",
        "type": "api_key.created",
        "effective_at": 1_799_000_000,
        "api_key.created": {"id": "key_1"},
    }
    row["actor"] = {"type": "session", "session": {"user": {"id": "user-1", "email": "a@example.com"}}}
    found = openai.event(row, "org-abc123")
    assert isinstance(found, Event) and (found.what, found.by, found.principal) == ("granted", "user-1", None)
    added = openai.event({**row, "type": "user.added", "user.added": {"id": "user-7"}}, "org-abc123")
    assert isinstance(added, Event) and added.principal == "user-7"
    assert isinstance(openai.event({**row, "effective_at": None}, "org-abc123"), Missed)
    assert openai.event({**row, "type": "login.succeeded"}, "org-abc123") is None


@pytest.mark.parametrize("odd", [{"start_time": None}, {"results": None}, {"results": [5]}])
def test_a_bucket_of_another_shape_is_an_error(odd: dict[str, Any]) -> None:
    with pytest.raises(TenantError):
        openai.usage({"start_time": 1_799_000_000, "end_time": 1_799_086_400, "results": [], **odd}, "org-abc123")


def test_a_project_s_name_makes_it_no_other_service() -> None:
    found = openai.project({"id": "proj_1", "name": "Claude pilot"}, "org-abc123")
    assert found is not None and found.name == "OpenAI API" and "project-name:Claude pilot" in found.tags


def test_an_archived_project_has_no_keys_to_ask_for() -> None:
    assert openai.project({"id": "proj_1", "status": "archived"}, "org-abc123") is None


def test_seats_are_of_people() -> None:
    made = openai.seat(user(1), "org-abc123")
    assert made is not None and made[1].granted == at("2026-09-21T14:13:20+00:00")
    nested = {"id": "user-1", "user": {"email": "ada@example.com", "name": "Ada", "banned": True}}
    made = openai.seat(nested, "org-abc123")
    assert made is not None and (made[0].address, made[0].name, made[0].enabled) == ("ada@example.com", "Ada", False)
    assert openai.seat({"id": "user-2", "is_service_account": True}, "org-abc123") is None


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ({"data": [{"id": "a"}], "has_more": True}, "a"),
        ({"data": [{"id": "a"}], "has_more": True, "last_id": "b"}, "b"),
        ({"data": [{"id": "a"}]}, "a"),
        ({"data": []}, None),
        ({"data": [{"id": "a"}], "has_more": False, "last_id": "a"}, None),
    ],
)
def test_where_a_list_goes_on(body: dict[str, Any], found: str | None) -> None:
    assert openai.following(body, "admin_keys") == found


def test_doctor(service: Saas) -> None:
    service.always(AUDIT, {"error": {"message": "Audit logging is not enabled"}}, 403)
    service.always(USAGE, NO_SCOPE, 403)
    with session(OpenAI(), settings(service)) as opened:
        found = [(probe.signal, probe.finding) for probe in OpenAI().doctor(opened)]
    assert found == [
        ("users", "ok"),
        ("projects", "ok"),
        ("keys", "ok"),
        ("admin_keys", "ok"),
        ("usage", "scope"),
        ("audit", "licence"),
    ]
    assert all(one.query["limit"] == "1" for one in service.asked)


def test_doctor_does_not_call_keys_that_could_not_be_tried_fine(service: Saas) -> None:
    service.usual[PROJECTS] = listed([])
    with session(OpenAI(), settings(service)) as opened:
        assert {probe.signal: probe.finding for probe in OpenAI().doctor(opened)}["keys"] == "error"


def test_only_reading_is_allowed(service: Saas) -> None:
    given = settings(service, insecure_localhost="true")
    allowed = AllowList(OpenAI().allowed(given), given, who="openai")
    for method, path in (
        ("POST", ADMIN_KEYS),
        ("DELETE", f"{ADMIN_KEYS}/k"),
        ("GET", "/models"),
        ("POST", "/chat/completions"),
    ):
        with pytest.raises(TenantError, match="refused"):
            allowed.check(method, f"{service.root}{path}")


@pytest.mark.parametrize("given", [{}, {"organization": "acme"}, {"organization": "org-a/b"}])
def test_settings_that_cannot_be(given: dict[str, str]) -> None:
    with pytest.raises(UsageError, match="organization is"):
        OpenAI().tenant(given)
