"""Anthropic's Admin API, against a server that answers as it is documented to."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from shadowai.app_matcher import AppMatcher
from shadowai.catalog import Catalog
from shadowai.connector import Connector
from shadowai.errors import UsageError
from shadowai.sweep.allowlist import AllowList
from shadowai.tenant import Activity, CursorExpired, Missed, Person, Swept, Task, TenantError, Trouble
from shadowai_connectors import anthropic
from shadowai_connectors.anthropic import APP, CLAUDE_CODE, Anthropic
from tests.connectors.saas_server import HTML, Asked, Reply, Saas, at, failures, reply, serving, session, sweep

KEY = "sk-ant-admin01-AbCdEfGhIjKlMnOpQrStUvWxYz"
ORG = "12345678-1234-5678-1234-567812345678"
BASE = "/organizations"
USERS, INVITES, KEYS, CODE = f"{BASE}/users", f"{BASE}/invites", f"{BASE}/api_keys", f"{BASE}/usage_report/claude_code"
DAY = 86_400_000_000


def refusal(kind: str, message: str) -> dict[str, Any]:
    """A refusal as Anthropic writes it."""
    return {"type": "error", "error": {"type": kind, "message": message}}


def listed(rows: list[dict[str, Any]], size: int = 2) -> Any:
    """A list in pages, each named by the last identifier of the one before."""

    def page(asked: Asked) -> Reply:
        ids = [row["id"] for row in rows]
        start = ids.index(asked.query["after_id"]) + 1 if "after_id" in asked.query else 0
        found = rows[start : start + size]
        last = found[-1]["id"] if found else None
        return reply({"data": found, "first_id": None, "last_id": last, "has_more": start + size < len(rows)})

    return page


def used(count: int, who: str | None = "ada@example.com", terminal: str = "vscode") -> dict[str, Any]:
    """A row of a day's usage."""
    actor = {"type": "user_actor", "email_address": who} if who else {"type": "api_actor", "api_key_name": "ci"}
    return {"actor": actor, "terminal_type": terminal, "core_metrics": {"num_sessions": count}}


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[Saas]:
    """An organisation with three members, an invitation, two keys, and sessions each day."""
    monkeypatch.setenv("ANTHROPIC_KEY", KEY)
    with serving() as made:
        members = [
            {
                "id": f"user_{n}",
                "email": f"user{n}@example.com",
                "role": "developer",
                "added_at": "2026-10-30T23:58:27Z",
            }
            for n in (1, 2, 3)
        ]
        made.usual[USERS] = listed(members)
        made.usual[INVITES] = listed(
            [
                {
                    "id": "invite_1",
                    "email": "new@example.com",
                    "status": "pending",
                    "invited_at": "2026-12-01T00:00:00Z",
                },
                {"id": "invite_2", "email": "old@example.com", "status": "expired"},
            ]
        )
        by = {"id": "user_1", "type": "user"}
        made.usual[KEYS] = listed(
            [
                {
                    "id": "apikey_1",
                    "name": "n8n",
                    "partial_key_hint": "sk-ant-api03-R2D...igAA",
                    "status": "active",
                    "created_by": by,
                },
                {"id": "apikey_2", "status": "inactive", "created_by": by},
            ]
        )
        made.always(f"{BASE}/me", {"id": ORG, "type": "organization", "name": "Example"})
        made.usual[CODE] = lambda asked: reply({"data": [used(2)], "has_more": False, "next_page": None})
        yield made


def settings(service: Saas, **others: str) -> dict[str, str]:
    return {"organization": ORG, "admin_key": "env:ANTHROPIC_KEY", "api": service.root, **others}


def swept(service: Saas, path: Path, **others: Any) -> Swept:
    return sweep(Anthropic(), settings(service), path / "store", **others)


def run(service: Saas, task: Task, cursor: str | None = None) -> list[Any]:
    """The pages of one task."""
    with session(Anthropic(), settings(service)) as opened:
        return list(Anthropic().run(task, opened, cursor))


MEMBERS = Task("users", "users")
START = at("2027-01-10T00:00:00+00:00")


def test_it_is_a_connector_that_does_nothing_when_it_is_made() -> None:
    assert isinstance(Anthropic(), Connector)


def test_a_sweep_tells_who_is_licensed(service: Saas, tmp_path: Path) -> None:
    found = swept(service, tmp_path)
    assert failures(found) == {}
    assert {app.id: (app.kind, app.verified_publisher) for app in found.apps} == {
        APP: ("vendor_org", "Anthropic"),
        CLAUDE_CODE: ("vendor_org", "Anthropic"),
    }
    matcher = AppMatcher(Catalog.load(cache_dir=tmp_path / "cache"))
    assert {app.id: [match.signature for match in matcher.match(app).matches] for app in found.apps} == {
        APP: ["anthropic-api"],
        CLAUDE_CODE: ["claude-code"],
    }
    assert {(grant.id, grant.kind, grant.principal) for grant in found.grants} == {
        ("seat/user_1", "seat", "user_1"),
        ("seat/user_2", "seat", "user_2"),
        ("seat/user_3", "seat", "user_3"),
        ("invite/invite_1", "request", "new@example.com"),
        ("key/apikey_1", "key", "user_1"),
    }
    headers = [one.headers for one in service.asked]
    assert {(one["x-api-key"], one["anthropic-version"]) for one in headers} == {(KEY, "2023-06-01")}
    assert not any("authorization" in one for one in headers)


def test_no_part_of_any_key_is_kept(service: Saas, tmp_path: Path) -> None:
    found = swept(service, tmp_path)
    kept = (tmp_path / "store").read_bytes().decode("latin-1")
    assert not any(part in text for part in (KEY, "R2D") for text in (repr(found), kept))


def test_usage_is_of_whole_days_and_never_counted_twice(service: Saas, tmp_path: Path) -> None:
    first = swept(service, tmp_path)
    assert [one.query["starting_at"] for one in service.asked if one.path == CODE][0::29] == [
        "2026-12-16",
        "2027-01-14",
    ]
    assert sum(one.events for one in first.activity) == 60
    service.asked.clear()
    second = swept(service, tmp_path, days=1)
    assert [one.query["starting_at"] for one in service.asked if one.path == CODE] == ["2027-01-15"]
    assert sum(one.events for one in second.activity) == 62
    service.asked.clear()
    assert sum(one.events for one in swept(service, tmp_path, days=1.1).activity) == 62
    assert [one for one in service.asked if one.path == CODE] == []


def test_the_rows_of_a_person_are_summed_over_pages(service: Saas) -> None:
    service.put[CODE] = [
        reply({"data": [used(2), used(1, None)], "has_more": True, "next_page": "page_2"}),
        reply({"data": [used(3, terminal="iTerm"), used(0, "eve@example.com")], "has_more": False}),
    ]
    (page,) = run(service, Task("claude_code", "claude_code", (str(START), str(START + DAY))))
    sums = {one.principal: one.events for one in page.items if isinstance(one, Activity)}
    assert sums == {"ada@example.com": 5, None: 1} and service.asked[1].query["page"] == "page_2"
    assert page.mark == str(START + DAY)


def test_a_page_of_a_day_that_is_given_again_is_counted_once_and_leaves_rows_missed(service: Saas) -> None:
    service.put[CODE] = [
        reply({"data": [used(2)], "has_more": True, "next_page": "page_2"}),
        reply({"data": [used(2)], "has_more": False}),
    ]
    (page,) = run(service, Task("claude_code", "claude_code", (str(START), str(START + DAY))))
    assert [one.events for one in page.items if isinstance(one, Activity)] == [2] and len(page.missed) == 1


def test_usage_goes_on_from_its_day(service: Saas) -> None:
    task = Task("claude_code", "claude_code", (str(START), str(START + 3 * DAY)))
    pages = run(service, task)
    assert [page.cursor for page in pages] == [str(START + DAY), str(START + 2 * DAY), None]
    assert run(service, task, pages[0].cursor) == pages[1:]


def test_pages_of_a_day_that_go_round_end(service: Saas) -> None:
    service.always(CODE, {"data": [], "has_more": True, "next_page": "page_2"})
    with pytest.raises(TenantError, match="circle"):
        run(service, Task("claude_code", "claude_code", (str(START), str(START + DAY))))


def test_a_key_of_another_organisation_is_not_given_this_one_s_name(service: Saas, tmp_path: Path) -> None:
    service.always(f"{BASE}/me", {"id": "another", "type": "organization"})
    found = swept(service, tmp_path)
    assert {failures(found)[name].trouble for name in ("users", "keys", "invites")} == {Trouble.CREDENTIALS}
    assert found.grants == ()


def test_a_task_goes_on_from_its_cursor(service: Saas) -> None:
    first, second = run(service, MEMBERS)
    assert first.cursor == "user_2" and run(service, MEMBERS, first.cursor) == [second]


def test_a_cursor_that_is_no_longer_taken_has_expired(service: Saas) -> None:
    service.always(USERS, refusal("invalid_request_error", "after_id: unknown"), 400)
    with pytest.raises(CursorExpired):
        run(service, MEMBERS, "user_9")
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
        (reply(refusal("authentication_error", f"invalid x-api-key {KEY}"), 401), Trouble.CREDENTIALS),
        (reply(refusal("permission_error", "Your API key does not have permission"), 403), Trouble.SCOPE),
        (reply(refusal("permission_error", "unavailable for individual accounts"), 403), Trouble.LICENCE),
        (reply(refusal("rate_limit_error", "slow down"), 429), Trouble.THROTTLED),
        (reply(refusal("overloaded_error", "Overloaded"), 529), Trouble.SERVER),
        (reply(HTML, 502, Content_Type="text/html"), Trouble.SERVER),
        (reply(b'{"data": [{"id": "us'), Trouble.UNEXPECTED),
        (reply({"has_more": False}), Trouble.UNEXPECTED),
        (reply({"data": [], "has_more": True}), Trouble.UNEXPECTED),
        (reply({"data": [], "has_more": True, "last_id": "user_1"}), Trouble.UNEXPECTED),
    ],
)
def test_what_could_not_be_read_is_never_an_empty_list(service: Saas, answer: Reply, trouble: Trouble) -> None:
    service.usual[USERS] = lambda asked: answer
    with pytest.raises(TenantError) as raised:
        run(service, MEMBERS)
    assert raised.value.trouble is trouble and KEY not in str(raised.value)


def test_throttling_is_waited_out(service: Saas) -> None:
    service.put[USERS] = [reply(refusal("rate_limit_error", "slow"), 429, Retry_After="20")] * 2
    with session(Anthropic(), settings(service)) as opened:
        assert len(list(Anthropic().run(MEMBERS, opened, None))) == 2
        assert opened.shared.clock.monotonic() >= 40


@pytest.mark.parametrize("row", [{}, {"actor": 5, "core_metrics": []}, {"core_metrics": {"num_sessions": True}}])
def test_usage_of_another_shape_is_missed_and_not_none(row: dict[str, Any]) -> None:
    (missed,) = anthropic.sessions([row], START, ORG)
    assert isinstance(missed, Missed) and "num_sessions" in missed.detail
    _, _, activity, again = anthropic.sessions([row, used(2)], START, ORG)
    assert isinstance(activity, Activity) and activity.events == 2 and again == missed


@pytest.mark.parametrize(
    ("row", "who", "scopes"),
    [
        (
            {"created_by": {"id": "user_1", "type": "user"}, "workspace_id": "wrkspc_1"},
            "user_1",
            ("workspace:wrkspc_1",),
        ),
        ({"created_by": {"id": "svac_1", "type": "service_account"}}, None, ()),
        (
            {
                "created_by": {"id": "user_1", "type": "user"},
                "principal": {"type": "service_account_actor", "service_account_id": "svac_1"},
                "scope": {"type": "workspace", "workspace_id": "wrkspc_2"},
            },
            None,
            ("workspace:wrkspc_2",),
        ),
        ({"principal": {"type": "user_actor", "user_id": "user_2"}}, "user_2", ()),
    ],
)
def test_whom_a_key_acts_for(row: dict[str, Any], who: str | None, scopes: tuple[str, ...]) -> None:
    found = anthropic.key({"id": "apikey_1", "status": "active", **row}, ORG)
    assert found is not None and (found.principal, found.scopes) == (who, scopes)
    assert anthropic.key({"id": "apikey_1", "status": "archived", **row}, ORG) is None


def test_doctor(service: Saas) -> None:
    service.always(CODE, refusal("permission_error", "no"), 403)
    with session(Anthropic(), settings(service)) as opened:
        found = [(probe.signal, probe.finding, bool(probe.remedy)) for probe in Anthropic().doctor(opened)]
    assert found == [
        ("users", "ok", False),
        ("invites", "ok", False),
        ("keys", "ok", False),
        ("claude_code", "scope", True),
    ]


def test_only_reading_is_allowed(service: Saas) -> None:
    given = settings(service, insecure_localhost="true")
    allowed = AllowList(Anthropic().allowed(given), given, who="anthropic")
    for method, path in (("POST", KEYS), ("POST", INVITES), ("DELETE", f"{USERS}/user_1"), ("GET", "/models")):
        with pytest.raises(TenantError, match="refused"):
            allowed.check(method, f"{service.root}{path}")


def test_settings_that_cannot_be() -> None:
    with pytest.raises(UsageError, match="organization is missing"):
        Anthropic().tenant({})
