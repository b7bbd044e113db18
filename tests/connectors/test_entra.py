"""The whole connector against a made tenant, through the real session, runner and store."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from shadowai.connector import Connector, Mode, Scope
from shadowai.errors import UsageError
from shadowai.sweep.runner import Runner, Wanted
from shadowai.sweep.store import Store
from shadowai.tenant import EVERYONE, App, Completeness, Swept, TenantError
from shadowai_connectors.entra import READS, RUNNERS, Entra, runner
from shadowai_connectors.entra_catalogues import SEATS
from shadowai_connectors.entra_signals import SIGNALS
from tests.connectors.entra_tenant import (
    CLIENT,
    GRAPH_APP,
    MICROSOFT,
    TENANT,
    Clock,
    Reply,
    SignedIn,
    Tenant,
    guid,
    refusal,
    session_to,
)

DAY = 86_400.0


def is_ai(app: App) -> bool:
    """What the signatures would say."""
    return app.name.startswith("AI ")


@pytest.fixture
def tenant(monkeypatch: pytest.MonkeyPatch) -> Iterator[Tenant]:
    """Microsoft Graph, a company's app, and an AI app that one user and everybody allowed something."""
    monkeypatch.setenv("ENTRA_SECRET", "correct-horse")
    made = Tenant()
    graph = made.app(0, "Microsoft Graph", owner=MICROSOFT, app_id=GRAPH_APP)
    made.apps[graph]["appRoles"] = [{"id": guid(7, 1), "value": "Mail.Read"}]
    made.app(1, "Payroll", owner=TENANT)
    client = made.app(2, "AI Notes", replyUrls=["https://notes.example/callback"])
    made.grant(client, graph, "User.Read Mail.Read", made.user(1))
    made.grant(client, graph, "openid")
    made.assign(client, guid(3, 1))
    made.assign(graph, client, "ServicePrincipal", guid(7, 1))
    for path in (
        "/auditLogs/directoryAudits",
        "/identityGovernance/appConsent/appConsentRequests",
        "/appCatalogs/teamsApps",
    ):
        made.lists[path] = []
    yield made
    made.close()


def sweep(
    tenant: Tenant, path: Path, *, mode: Mode | None = None, scope: Scope = "ai", clock: Clock | None = None
) -> Swept:
    """One sweep, remembered."""
    entra = SignedIn()
    with session_to(tenant, clock, entra) as session, closing(Store(path / "store")) as store:
        wanted = Wanted("example", mode, scope)
        made = Runner(entra, session, store, wanted, is_ai=is_ai, workers=4)
        swept = made.run()
        kept = replace(
            swept,
            grants=tuple(swept.grants),
            apps=tuple(swept.apps),
            people=tuple(swept.people),
            events=tuple(swept.events),
        )
        made.remembered()
    return kept


def test_it_is_a_connector() -> None:
    assert isinstance(Entra(), Connector)
    assert Entra().signals == SIGNALS


def test_a_targeted_sweep_finds_the_app_its_grants_and_its_user(tenant: Tenant, tmp_path: Path) -> None:
    swept = sweep(tenant, tmp_path)
    assert {
        outcome.task: outcome.detail for outcome in swept.outcomes if outcome.completeness is not Completeness.COMPLETE
    } == {}
    assert {app.name for app in swept.apps} == {"Microsoft Graph", "Payroll", "AI Notes"}
    held = {
        (grant.kind, grant.principal, grant.scopes, grant.resource) for grant in swept.grants if grant.app == guid(2, 2)
    }
    assert held == {
        ("delegated", guid(3, 1), ("Mail.Read", "User.Read"), GRAPH_APP),
        ("delegated", EVERYONE, ("openid",), GRAPH_APP),
        ("application", None, ("Mail.Read",), GRAPH_APP),
        ("assignment", guid(3, 1), (), None),
    }
    assert [person.address for person in swept.people] == ["user1@example.com"]
    assert swept.mode == "targeted"


def test_no_request_asks_for_credentials_or_small_pages(tenant: Tenant, tmp_path: Path) -> None:
    sweep(tenant, tmp_path, mode="full", scope="consented")
    targets = [target for _, target, _, _ in tenant.asked]
    assert not any("Credentials" in target for target in targets)
    deltas = [target for target in targets if "/servicePrincipals/delta?" in target]
    assert deltas and all("$select=" in target for target in deltas)
    assert all(headers["x-ms-throttle-priority"] == "low" for _, _, headers, _ in tenant.asked)
    listings = [
        target for target in targets if target.startswith(("/v1.0/servicePrincipals?", "/v1.0/oauth2PermissionGrants?"))
    ]
    assert listings and all("$top=999" in target for target in listings)
    inner = [
        request["url"] for _, _, _, body in tenant.asked if body and "requests" in body for request in body["requests"]
    ]
    collections = [
        url for url in inner if url.partition("?")[0].endswith(("oauth2PermissionGrants", "appRoleAssignedTo"))
    ]
    assert collections and all("$top=999" in url for url in collections)


def test_a_row_that_the_list_loses_is_found_by_asking_its_app(tenant: Tenant, tmp_path: Path) -> None:
    tenant.always["/oauth2PermissionGrants"] = (200, {}, {"value": [tenant.grants["Grant_0-x"]]})
    swept = sweep(tenant, tmp_path, mode="full")
    assert [grant.id for grant in swept.grants if grant.kind == "delegated"] == ["Grant_0-x", "Grant_1-x"]


def test_ten_thousand_apps_take_about_sixty_calls(tenant: Tenant, tmp_path: Path) -> None:
    graph = guid(1, 0)
    for number in range(10, 10_000):
        ai = number % 33 == 0
        object_id = tenant.app(number, f"AI {number}" if ai else f"App {number}")
        for one in range(12 if ai else 0):
            tenant.grant(object_id, graph, "Mail.Read", tenant.user(2 + (number * 7 + one) % 3_000))
        if number % 25 == 0:
            tenant.grant(object_id, graph, "User.Read")
    swept = sweep(tenant, tmp_path)
    assert swept.complete
    assert sum(is_ai(app) for app in swept.apps) == 304
    apps = {app.id for app in swept.apps if is_ai(app)}
    clients = {row["id"] for row in tenant.apps.values() if row["displayName"].startswith("AI ")}
    truth = {row["id"] for row in tenant.grants.values() if row["clientId"] in clients}
    assert {grant.id for grant in swept.grants if grant.app in apps and grant.kind == "delegated"} == truth
    principals = {
        row["principalId"] for row in tenant.grants.values() if row["principalId"] and row["clientId"] in clients
    }
    assert {person.id for person in swept.people} == principals
    assert len(tenant.calls) == swept.requests <= 80, tenant.counted()
    tenant.calls.clear()
    again = sweep(tenant, tmp_path, clock=Clock(Clock().now + DAY / 2))
    assert again.mode == "delta"
    assert again.complete and set(again.grants) == set(swept.grants)
    assert len(tenant.calls) <= 10, tenant.counted()


def test_what_changed_is_told_by_the_changes_alone(tenant: Tenant, tmp_path: Path) -> None:
    sweep(tenant, tmp_path)
    graph, client = guid(1, 0), guid(1, 2)
    del tenant.grants["Grant_1-x"]
    newer = tenant.grant(client, graph, "Files.Read", tenant.user(2))
    tenant.grants["Grant_0-x"]["scope"] = "Mail.Send"
    new = tenant.app(5, "AI Coder")
    other = tenant.grant(new, graph, "User.Read", tenant.user(3))
    del tenant.apps[guid(1, 1)]
    tenant.changes["/oauth2PermissionGrants"] += [
        {"id": "Grant_1-x", "@removed": {"reason": "deleted"}},
        tenant.grants[newer],
        {"id": "Grant_0-x", "scope": "Mail.Send"},
        tenant.grants[other],
    ]
    tenant.changes["/servicePrincipals"] += [
        {"id": new, "displayName": "AI Coder"},
        {"id": guid(1, 1), "@removed": {"reason": "changed"}},
    ]
    swept = sweep(tenant, tmp_path, clock=Clock(Clock().now + DAY))
    assert swept.mode == "delta" and swept.complete
    delegated = {grant.id: grant for grant in swept.grants if grant.kind == "delegated"}
    assert set(delegated) == {"Grant_0-x", newer, other}
    assert delegated["Grant_0-x"].scopes == ("Mail.Send",)
    assert {app.name for app in swept.apps} == {"Microsoft Graph", "AI Notes", "AI Coder"}
    assert {person.id for person in swept.people} == {guid(3, 1), guid(3, 2), guid(3, 3)}
    again = sweep(tenant, tmp_path, clock=Clock(Clock().now + 2 * DAY))
    assert again.mode == "delta" and again.complete
    assert set(again.grants) == set(swept.grants), "what was replaced does not come back"
    assert set(again.apps) == set(swept.apps)


@pytest.mark.parametrize("reply", [refusal(400, "syncStateNotFound"), refusal(410, "ResyncRequired"), refusal(410, "")])
def test_changes_that_are_no_longer_told_are_read_whole(tenant: Tenant, tmp_path: Path, reply: Any) -> None:
    sweep(tenant, tmp_path)
    del tenant.grants["Grant_1-x"]
    tenant.app(6, "AI Other")
    for path in tenant.changes:
        tenant.put[f"{path}/delta"] = [reply]
    swept = sweep(tenant, tmp_path, clock=Clock(Clock().now + DAY))
    assert swept.mode == "delta" and all(
        o.completeness is Completeness.COMPLETE for o in swept.outcomes if o.task == "apps"
    )
    assert "AI Other" in {app.name for app in swept.apps}
    assert {grant.id for grant in swept.grants if grant.kind == "delegated"} == {"Grant_0-x"}


def test_old_marks_are_not_asked(tenant: Tenant, tmp_path: Path) -> None:
    sweep(tenant, tmp_path)
    tenant.calls.clear()
    swept = sweep(tenant, tmp_path, mode="delta", clock=Clock(Clock().now + 6.5 * DAY))
    assert swept.complete
    assert [target for _, target, _, _ in tenant.asked if "/delta?" in target and "latest" not in target] == []


def test_without_leave_to_read_changes_grants_are_read_whole_each_time(tenant: Tenant, tmp_path: Path) -> None:
    tenant.always["/oauth2PermissionGrants/delta"] = refusal(
        403, "Authorization_RequestDenied", "Insufficient privileges"
    )
    assert sweep(tenant, tmp_path).complete
    new = tenant.grant(guid(1, 2), guid(1, 0), "Files.Read", guid(3, 1))
    swept = sweep(tenant, tmp_path, clock=Clock(Clock().now + DAY))
    assert swept.mode == "delta" and swept.complete
    assert new in {grant.id for grant in swept.grants}


def test_a_signature_that_came_later_fetches_the_grants_of_old_apps(tenant: Tenant, tmp_path: Path) -> None:
    sweep(tenant, tmp_path)
    hidden = tenant.grant(guid(1, 1), guid(1, 0), "Files.Read.All", tenant.user(9))
    tenant.apps[guid(1, 1)]["displayName"] = "AI Payroll"
    tenant.changes["/servicePrincipals"].append({"id": guid(1, 1), "displayName": "AI Payroll"})
    swept = sweep(tenant, tmp_path, clock=Clock(Clock().now + DAY))
    assert swept.mode == "delta" and hidden in {grant.id for grant in swept.grants}


@pytest.mark.parametrize(
    "link", ["string", "https://evil.example/v1.0/servicePrincipals", "//evil.example/x", 7, ["x"], "file:///x"]
)
def test_a_next_link_to_elsewhere_is_refused_and_nothing_is_complete(
    tenant: Tenant, tmp_path: Path, link: object
) -> None:
    tenant.always["/servicePrincipals"] = (200, {}, {"value": list(tenant.apps.values()), "@odata.nextLink": link})
    swept = sweep(tenant, tmp_path)
    apps = next(outcome for outcome in swept.outcomes if outcome.task == "apps")
    assert apps.completeness is not Completeness.COMPLETE and not swept.complete


def test_pages_that_go_round_in_a_circle_end(tenant: Tenant, tmp_path: Path) -> None:
    link = f"{tenant.root}/v1.0/servicePrincipals?$skiptoken=again"
    tenant.always["/servicePrincipals"] = (200, {}, {"value": list(tenant.apps.values()), "@odata.nextLink": link})
    swept = sweep(tenant, tmp_path)
    assert not swept.complete and tenant.counted()["/servicePrincipals"] <= 3


@pytest.mark.parametrize("code", ["Directory_ExpiredPageToken", "DirectoryPageTokenNotFoundException"])
def test_a_page_token_that_expired_begins_the_list_again(tenant: Tenant, tmp_path: Path, code: str) -> None:
    for number in range(10, 30):
        tenant.app(number, f"App {number}")
    tenant.largest = 8
    failing = iter([False, True, False, False, False, False, False])

    def expire(method: str, target: str, headers: dict[str, str], data: bytes) -> Any:
        return (
            refusal(400, code)
            if "$skiptoken=" in target and "/servicePrincipals?" in target and next(failing, False)
            else None
        )

    tenant.extra = expire
    swept = sweep(tenant, tmp_path)
    assert swept.complete and len(swept.apps) == 23


def test_a_storm_of_refusals_inside_batches_loses_nothing(tenant: Tenant, tmp_path: Path) -> None:
    clients = [tenant.app(number, f"AI {number}") for number in range(10, 70)]
    wanted = {tenant.grant(client, guid(1, 0), "Mail.Read", tenant.user(4)) for client in clients}
    for place, client in enumerate(clients):
        path = f"/servicePrincipals/{client}/oauth2PermissionGrants"
        tenant.put[path] = [refusal(429, "TooManyRequests", Retry_After="7"), refusal(503, "ServiceUnavailable")][
            : place % 3
        ]
    clock = Clock()
    swept = sweep(tenant, tmp_path, clock=clock)
    assert swept.complete and wanted <= {grant.id for grant in swept.grants}
    assert clock.slept >= 7


def test_what_is_always_refused_inside_a_batch_is_missed_and_the_rest_is_not(tenant: Tenant, tmp_path: Path) -> None:
    other = tenant.app(10, "AI Other")
    found = tenant.grant(other, guid(1, 0), "Mail.Read", guid(3, 1))
    tenant.always[f"/servicePrincipals/{guid(1, 2)}/oauth2PermissionGrants"] = refusal(
        429, "TooManyRequests", Retry_After="1"
    )
    swept = sweep(tenant, tmp_path)
    assert found in {grant.id for grant in swept.grants}
    assert any(
        o.task.startswith("grants/of-apps/") and o.completeness is not Completeness.COMPLETE for o in swept.outcomes
    )


def test_no_leave_is_not_no_grants(tenant: Tenant, tmp_path: Path) -> None:
    sweep(tenant, tmp_path)
    denied = refusal(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.")
    tenant.always["/oauth2PermissionGrants"] = tenant.always["/oauth2PermissionGrants/delta"] = denied
    tenant.always[f"/servicePrincipals/{guid(1, 2)}/oauth2PermissionGrants"] = denied
    swept = sweep(tenant, tmp_path, mode="targeted", clock=Clock(Clock().now + DAY))
    grants = [outcome for outcome in swept.outcomes if outcome.signal == "grants"]
    assert grants and all(outcome.completeness is Completeness.FAILED for outcome in grants)
    assert all("Authorization_RequestDenied" in outcome.detail for outcome in grants)


def test_apps_that_could_not_all_be_listed_plan_no_conclusions(tenant: Tenant, tmp_path: Path) -> None:
    tenant.always["/servicePrincipals"] = (200, {"Content-Type": "text/html"}, b"<html>Bad gateway</html>")
    swept = sweep(tenant, tmp_path)
    assert [o.completeness for o in swept.outcomes if o.task == "apps"] == [Completeness.FAILED]
    assert not [outcome for outcome in swept.outcomes if outcome.task.startswith("grants/of-apps")]


@pytest.mark.parametrize(
    ("key", "value"), [("tenant", "example.com"), ("tenant", ""), ("cloud", "mars"), ("tier", "all")]
)
def test_a_wrong_setting_is_told(tenant: Tenant, key: str, value: str) -> None:
    with pytest.raises(UsageError):
        Entra().tenant({**tenant.settings, key: value})


def test_it_may_ask_what_it_names_and_nothing_else(tenant: Tenant) -> None:
    from shadowai.sweep.allowlist import AllowList

    settings = {"tenant": TENANT, "client": CLIENT, "secret": "env:X"}
    rules = AllowList(Entra().allowed(settings), settings, who="entra")
    for path in READS:
        rules.check("GET", f"https://graph.microsoft.com{path}")
    rules.check("POST", f"https://login.microsoftonline.com/{TENANT}/oauth2/v2.0/token")
    deep = AllowList(Entra().allowed({**settings, "tier": "deep"}), settings, who="entra")
    deep.check("GET", "https://graph.microsoft.com/v1.0/users?$select=id")
    with pytest.raises(TenantError, match="may not ask"):
        deep.check("GET", "https://graph.microsoft.com/v1.0/users/x/messages")
    for method, url in (
        ("DELETE", "https://graph.microsoft.com/v1.0/oauth2PermissionGrants/x"),
        ("POST", "https://graph.microsoft.com/v1.0/oauth2PermissionGrants"),
        ("PATCH", "https://graph.microsoft.com/v1.0/servicePrincipals/x"),
        ("GET", "https://graph.microsoft.com/v1.0/users"),
        ("GET", "https://graph.microsoft.us/v1.0/servicePrincipals"),
        ("POST", f"https://login.microsoftonline.us/{TENANT}/oauth2/v2.0/token"),
    ):
        with pytest.raises(TenantError, match="may not ask"):
            rules.check(method, url)


def test_every_task_has_its_runner() -> None:
    from shadowai.tenant import Task

    for name in RUNNERS:
        assert runner(Task(name.removesuffix(" changes"), "x", changes=name.endswith("changes"))) is RUNNERS[name]
    assert runner(Task("grants/of-apps/3", "grants")) is RUNNERS["grants/of-apps"]
    assert runner(Task("people/abc", "people")) is RUNNERS["people"]
    with pytest.raises(LookupError):
        runner(Task("unheard-of", "x"))


def test_a_service_that_fails_every_third_time_changes_nothing(tenant: Tenant, tmp_path: Path) -> None:
    draw = random.Random(11)
    for number in range(10, 120):
        client = tenant.app(number, f"AI {number}" if number % 3 else f"App {number}")
        for _ in range(number % 4):
            tenant.grant(client, guid(1, 0), "Mail.Read", tenant.user(number * 7 % 40))
        tenant.assign(guid(1, 0), client, "ServicePrincipal", guid(7, 1))
    tenant.largest = 30
    truth = sweep(tenant, tmp_path / "calm", mode="full", scope="all")
    replies: list[Reply] = [
        refusal(429, "TooManyRequests", Retry_After="2"),
        refusal(429, "TooManyRequests", Retry_After="Wed, 18 Nov 2026 11:07:00 GMT"),
        refusal(503, "ServiceUnavailable"),
        (502, {"Content-Type": "text/html"}, b"<html>Bad gateway</html>"),
        (200, {}, b'{"value": [{"id": "cut'),
    ]
    tenant.extra = lambda *_: draw.choice(replies) if draw.random() < 0.3 else None
    usual = tenant.inside
    tenant.inside = lambda url: refusal(429, "TooManyRequests", Retry_After="1") if draw.random() < 0.3 else usual(url)
    stormy = sweep(tenant, tmp_path / "storm", mode="full", scope="all")
    assert truth.complete and stormy.complete
    assert stormy.retries > 10
    for name in ("apps", "grants", "people", "events"):
        assert set(getattr(stormy, name)) == set(getattr(truth, name)), name


def test_a_sweep_that_is_killed_at_any_request_goes_on_and_finds_the_same(tenant: Tenant, tmp_path: Path) -> None:
    for number in range(10, 40):
        client = tenant.app(number, f"AI {number}" if number % 3 else f"App {number}")
        tenant.grant(client, guid(1, 0), "Mail.Read", tenant.user(number))
    tenant.largest = 10
    truth = sweep(tenant, tmp_path / "calm", mode="full", scope="all")
    deaths = 0
    for at in range(1, len(tenant.calls), 3):
        path, dying = tmp_path / str(at), Dying(at)
        with suppress(KeyboardInterrupt):
            sweep(tenant, path, mode="full", scope="all", clock=dying)
        deaths += dying.left < 0
        again = sweep(tenant, path, mode="full", scope="all")
        assert again.complete
        assert set(again.grants) == set(truth.grants) and set(again.apps) == set(truth.apps), at
        assert set(again.people) == set(truth.people), at
    assert deaths >= 4


class Dying(Clock):
    """Ends the process, as far as a test can, before a certain request."""

    def __init__(self, at: int) -> None:
        super().__init__()
        self.left = at * 2

    def check(self) -> None:
        self.left -= 1
        if self.left < 0:
            raise KeyboardInterrupt


def test_a_dry_run_names_the_first_calls_and_opens_no_socket() -> None:
    from shadowai.sweep.dry_run import calls

    settings = {"tenant": TENANT, "client": CLIENT, "secret": "env:UNSET", "tier": "deep"}
    found = list(calls(Entra(), settings, mode="targeted", scope="ai", now=int(Clock().now) * 1_000_000))
    asked = {call.task: call.url for call in found if call.task}
    assert asked["consents"].startswith("https://graph.microsoft.com/v1.0/auditLogs/directoryAudits?")
    assert set(asked) == {
        *("apps", "apps/agents", "grants/everyone", "consents"),
        *("requests", "teams-apps", "copilot-packages", "sign-ins"),
        *(f"copilot-seats/{name}" for name in SEATS.values()),
    }
    assert all(url.startswith("https://graph.microsoft.com/") for url in asked.values())


def test_apps_that_earlier_sweeps_have_left_are_not_asked_for_again(tenant: Tenant, tmp_path: Path) -> None:
    """A day's changes cost few calls: which app a grant's objects stand for is known."""
    sweep(tenant, tmp_path)
    changed = tenant.grant(guid(1, 2), guid(1, 0), "Files.Read.All", tenant.user(2))
    tenant.changes["/oauth2PermissionGrants"].append(tenant.grants[changed])
    tenant.asked.clear()
    later = sweep(tenant, tmp_path, clock=Clock(Clock().now + DAY))
    assert later.mode == "delta" and [grant.app for grant in later.grants if grant.id == changed] == [guid(2, 2)]
    looked_up = [
        body["types"] for _, path, _, body in tenant.asked if path.startswith("/v1.0/directoryObjects/getByIds")
    ]
    assert looked_up == [["user"]]


def test_when_the_last_ai_app_is_gone_there_is_nothing_left_to_ask_and_it_is_complete(
    tenant: Tenant, tmp_path: Path
) -> None:
    def about(found: Swept) -> dict[str, tuple[str, str]]:
        return {o.signal: (o.task, o.detail) for o in found.outcomes if o.signal in ("assignments", "people")}

    assert "there was nothing to ask" not in {detail for _, detail in about(sweep(tenant, tmp_path)).values()}
    gone = guid(1, 2)
    del tenant.apps[gone]
    tenant.grants.clear()
    tenant.assigned.clear()
    found = sweep(tenant, tmp_path, mode="full")
    assert found.complete and about(found) == {
        "assignments": ("assignments/none", "there was nothing to ask"),
        "people": ("people/none", "there was nothing to ask"),
    }
    assert not [grant for grant in found.grants if grant.kind == "assignment"]
    tenant.always["/servicePrincipals"] = refusal(403, "Authorization_RequestDenied", "no")
    failed = sweep(tenant, tmp_path, mode="full")
    assert not failed.complete and about(failed) == {}
