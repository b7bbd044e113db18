"""Google Workspace whole: the real clients, through TLS with an authority of its own, by the runner and without it."""

from __future__ import annotations

import json
import re
import time
import tomllib
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from shadowai.connector import Connector
from shadowai.errors import UsageError
from shadowai.sweep.allowlist import AllowList
from shadowai.sweep.doctor import examine as diagnose
from shadowai.sweep.runner import Runner, Wanted
from shadowai.sweep.session import open_session
from shadowai.sweep.store import Store
from shadowai.tenant import App, Completeness, Swept, Task, TenantError, Trouble
from shadowai.tenants import check, read_tenants
from shadowai_connectors.google_signals import AUDIT, DIRECTORY, SECURITY, SIGNALS, USERS
from shadowai_connectors.google_workspace import GoogleWorkspace
from tests.conftest import SOURCE
from tests.connectors.google_server import (
    ADMINISTRATOR,
    CHATGPT,
    CLIENT_ID,
    DAY,
    NOTES,
    GoogleServer,
    Quick,
    certificates,
    consent,
    key_file,
    refusal,
    reply,
    session,
    settings,
    user,
)

EXTENSION = "abcdefghijklmnopabcdefghijklmnop"
GIVEN = {"clientId": CHATGPT, "displayText": "ChatGPT", "scopes": ["openid"], "userKey": "1001"}


@pytest.fixture
def google(monkeypatch: pytest.MonkeyPatch) -> Iterator[GoogleServer]:
    """A tenant whose users have let ChatGPT read their files."""
    monkeypatch.setenv("GOOGLE_KEY", key_file())
    with GoogleServer() as made:
        now = time.time()
        made.logs["token"] = [
            consent(now - 100 * DAY, 1, user=1),
            consent(now - 3 * DAY, 2, user=2),
            consent(now - 2 * DAY, 3, user=2, name="revoke"),
            consent(now - DAY, 4, user=3, client=NOTES, app="Notes"),
            consent(now - DAY / 2, 5, user=1, name="activity", num_response_bytes=4096),
        ]
        yield made


def is_ai(app: App) -> bool:
    """What stands for the signatures."""
    return app.id.startswith("77377267392-") or app.id == EXTENSION


def sweep(
    google: GoogleServer, path: Path, *, days: float = 0.0, clock: Quick | None = None, tries: int = 4, **others: str
) -> Swept:
    """One sweep by the runner, so many days from now; of the least, if nothing else is asked for."""
    found_settings = settings(google, **{"tier": "minimal", **others})
    quick = clock or Quick(days * DAY)
    with (
        open_session(GoogleWorkspace(), found_settings, clock=quick, tries=tries, seed=1) as opened,
        closing(Store(path)) as store,
    ):
        runner = Runner(GoogleWorkspace(), opened, store, Wanted("acme"), is_ai=is_ai)
        found = runner.run()
        whole = Swept(
            **{
                **{name: getattr(found, name) for name in Swept.__slots__},
                "apps": tuple(found.apps),
                "grants": tuple(found.grants),
                "people": tuple(found.people),
                "events": tuple(found.events),
                "activity": tuple(found.activity),
            }
        )
        runner.remembered()
        return whole


def trouble_of(found: Swept) -> dict[str, Trouble | None]:
    return {one.task: one.trouble for one in found.outcomes if one.completeness is not Completeness.COMPLETE}


def test_it_is_a_connector_that_does_nothing_when_it_is_made() -> None:
    made = GoogleWorkspace()
    assert isinstance(made, Connector)
    assert made.tenant({"administrator": "auditor@Example.com", "key": "env:X"}) == "example.com"
    with pytest.raises(UsageError, match="no task 'nothing/at-all'"):
        made.run(Task("nothing/at-all", "grants"), None, None)  # type: ignore[arg-type]


def test_a_sweep_from_the_key_to_the_grants(google: GoogleServer, tmp_path: Path) -> None:
    found = sweep(google, tmp_path / "store", tier="standard")
    assert trouble_of(found) == {} and found.platform == "google" and found.tenant == "example.com"
    assert {app.id: app.name for app in found.apps if not app.first_party} == {CHATGPT: "ChatGPT", NOTES: "Notes"}
    held = {(grant.app, grant.principal, grant.date_source, grant.kind) for grant in found.grants}
    assert held == {
        (app, who, "audit_log", "delegated") for app, who in ((CHATGPT, "1001"), (CHATGPT, "1002"), (NOTES, "1003"))
    }
    assert sorted((event.what, event.principal) for event in found.events) == [
        ("granted", "1001"),
        ("granted", "1002"),
        ("granted", "1003"),
        ("revoked", "1002"),
    ]
    assert [(one.app, one.principal, one.events, one.bytes_down) for one in found.activity] == [
        (CHATGPT, "1001", 1, 4096)
    ]
    assert {one.address: one.department for one in found.people} == {
        f"user{n}@example.com": "Finance" for n in (1, 2, 3)
    }


def test_calls_are_looked_at_for_matched_apps_alone(google: GoogleServer, tmp_path: Path) -> None:
    sweep(google, tmp_path / "store")
    asked = [query for query in google.queries("applications/token") if query.get("eventName") == "activity"]
    assert [query["filters"] for query in asked] == [f"client_id=={CHATGPT}"]
    assert all(query.get("eventName") for query in google.queries("applications/token"))


def test_the_next_day_only_what_is_new_is_asked_for(google: GoogleServer, tmp_path: Path) -> None:
    first = sweep(google, tmp_path / "store", tier="standard")
    google.asked.clear()
    google.logs["token"].append(consent(time.time() + DAY / 2, 9, user=3))
    second = sweep(google, tmp_path / "store", days=1, tier="standard")
    assert second.mode == "delta" and trouble_of(second) == {}
    assert {grant.id for grant in second.grants} > {grant.id for grant in first.grants}
    assert len(second.grants) == len(first.grants) + 1 and second.people == first.people
    assert sum(google.paths("/admin/").values()) <= 10 and len(google.asked) <= 10
    starts = [query["startTime"] for query in google.queries("applications/token")]
    assert starts and all(
        start > time.strftime("%Y-%m-%dT%H", time.gmtime(time.time() - 2.1 * DAY)) for start in starts
    )


def test_an_event_that_arrives_two_days_late_is_found_once(google: GoogleServer, tmp_path: Path) -> None:
    sweep(google, tmp_path / "store")
    google.logs["token"].append(consent(time.time() - 1.9 * DAY, 77, user=3))
    second = sweep(google, tmp_path / "store", days=0.05)
    assert sum(event.id.endswith("/77/0") for event in second.events) == 1
    assert len({event.id for event in second.events}) == len(second.events) == 5


def test_what_has_left_the_log_has_not_been_withdrawn(google: GoogleServer, tmp_path: Path) -> None:
    sweep(google, tmp_path / "store")
    google.logs["token"] = []
    later = sweep(google, tmp_path / "store", days=8)
    assert later.mode == "full" and len(later.grants) == 3


def test_a_part_that_could_not_be_read_is_read_the_next_time_without_a_hole(
    google: GoogleServer, tmp_path: Path
) -> None:
    google.always["applications/token"] = refusal(403, "forbidden", "no")
    assert set(trouble_of(sweep(google, tmp_path / "store")).values()) == {Trouble.ROLE}
    google.always.clear()
    later = sweep(google, tmp_path / "store", days=3)
    assert trouble_of(later) == {} and len(later.grants) == 3


def test_extensions_are_followed_where_they_are_ai(google: GoogleServer, tmp_path: Path) -> None:
    google.extensions = [
        {"appId": EXTENSION, "displayName": "ChatGPT for Chrome", "appType": "EXTENSION", "profileCount": "2"},
        {"appId": "p" * 32, "displayName": "Clock", "appType": "EXTENSION", "profileCount": "90"},
    ]
    google.profiles[EXTENSION] = [{"email": "User1@example.com"}, {"profilePermanentId": "p9"}]
    google.devices[EXTENSION] = [{"deviceId": "d1", "machine": "LAPTOP-1"}]
    google.requests = [{"appId": EXTENSION, "displayName": "ChatGPT for Chrome", "requestCount": "1"}]
    google.askers[EXTENSION] = [{"email": "user2@example.com", "justification": "=cmd|..."}]
    found = sweep(google, tmp_path / "store", tier="standard")
    held = {
        (grant.kind, grant.principal, grant.id.partition("/")[2]) for grant in found.grants if grant.app == EXTENSION
    }
    assert held == {
        ("install", "user1@example.com", "install/user1@example.com"),
        ("install", None, "install/profile:p9"),
        ("install", None, "install/device:d1"),
        ("request", None, "request"),
        ("request", "user2@example.com", "request/user2@example.com"),
    }
    asked = {query["appId"] for query in google.queries("findInstalledApp")}
    assert asked == {EXTENSION}


def test_tokens_are_asked_for_only_by_name(google: GoogleServer, tmp_path: Path) -> None:
    google.tokens["1001"] = [GIVEN]
    sweep(google, tmp_path / "one")
    assert not google.paths("/tokens") and SECURITY not in {claims["scope"] for claims in google.assertions}
    found = sweep(google, tmp_path / "two", tokens_list="true")
    undated = [grant for grant in found.grants if grant.scopes == ("openid",)]
    assert [(grant.principal, grant.granted, grant.date_source) for grant in undated] == [("1001", None, None)]
    asked = {path.split("/")[-2] for path in google.paths("/tokens")}
    assert {"1001", "1002"} <= asked  # user 3 uses no AI: only on the day of their slice


def test_a_suspended_user_is_passed_over_and_a_real_refusal_is_not(google: GoogleServer, tmp_path: Path) -> None:
    google.users = [user(1, suspended=True), user(2), user(3, archived=True)]
    google.tokens["1002"] = [GIVEN]
    found = sweep(google, tmp_path / "one", tokens_list="true")
    assert trouble_of(found) == {} and any(grant.scopes == ("openid",) for grant in found.grants)
    google.always["/users/1002/tokens"] = refusal(401, "authError", "Invalid Credentials")
    assert set(trouble_of(sweep(google, tmp_path / "two", tokens_list="true")).values()) == {Trouble.CREDENTIALS}


def test_throttling_is_waited_out_and_loses_nothing(google: GoogleServer, tmp_path: Path) -> None:
    google.put["applications/token"] = [
        refusal(503, "backendError"),
        refusal(403, "userRateLimitExceeded"),
        refusal(429, "rateLimitExceeded", Retry_After="7"),
        None,
        reply(200, b'{"items": [{"id"'),
        reply(502, b"<html>bad gateway</html>", Content_Type="text/html"),
    ]
    google.put["/users"] = [refusal(403, "quotaExceeded"), refusal(403, "quotaExceeded")]
    found = sweep(google, tmp_path / "store", tier="standard", tries=12)
    assert trouble_of(found) == {} and len(found.grants) == 3 and len(found.people) == 3
    assert found.retries >= 8 and found.throttled >= 5


def test_a_storm_that_does_not_end_is_no_empty_answer(google: GoogleServer, tmp_path: Path) -> None:
    google.always["/users"] = refusal(403, "quotaExceeded", "Quota exceeded")
    found = sweep(google, tmp_path / "store", tier="standard")
    assert trouble_of(found) == {"people/all": Trouble.THROTTLED} and len(found.grants) == 3


def everything(found: Swept) -> list[str]:
    """What was found, in an order of its own."""
    return sorted(map(repr, (*found.apps, *found.grants, *found.people, *found.events)))


def test_three_faults_in_ten_lose_and_invent_nothing(google: GoogleServer, tmp_path: Path) -> None:
    now = time.time()
    google.logs["token"] += [consent(now - n * 3600, n, user=n % 40) for n in range(100, 1500)]
    whole = sweep(google, tmp_path / "whole")
    google.failing = 0.3
    assert everything(sweep(google, tmp_path / "faulty", tries=12)) == everything(whole)


class Stopping(Quick):
    """A clock that stops the sweep after so many looks at it."""

    def __init__(self, looks: int) -> None:
        super().__init__()
        self.looks = looks

    def check(self) -> None:
        self.looks -= 1
        if self.looks < 0:
            raise TenantError(Trouble.STOPPED, "stopped")


def test_a_sweep_stopped_again_and_again_ends_with_the_same(google: GoogleServer, tmp_path: Path) -> None:
    now = time.time()
    google.logs["token"] += [consent(now - n * 3600, n, user=n % 40) for n in range(100, 1500)]
    whole = sweep(google, tmp_path / "whole")
    stops = []
    for looks in (3, 9, 15, 18):
        stopped = sweep(google, tmp_path / "stopped", clock=Stopping(looks))
        stops.append(any(one.trouble is Trouble.STOPPED for one in stopped.outcomes))
        assert set(stopped.events) <= set(whole.events)
    assert stops[:2] == [True, True]
    assert everything(sweep(google, tmp_path / "stopped")) == everything(whole)


def test_a_token_that_is_refused_on_the_way_is_renewed_once(google: GoogleServer, tmp_path: Path) -> None:
    google.put["applications/token"] = [refusal(401, "authError", "Invalid Credentials")]
    assert trouble_of(sweep(google, tmp_path / "store")) == {}
    assert sorted(claims["scope"] for claims in google.assertions).count(AUDIT) == 2


def test_delegation_that_is_missing_says_what_to_paste(google: GoogleServer) -> None:
    google.delegated = {AUDIT}
    with session(google) as opened:
        probes = {probe.signal: probe for probe in GoogleWorkspace().doctor(opened)}
    assert probes["grants"].finding == "ok" and probes["people"].finding == "scope"
    assert f"Client ID {CLIENT_ID}" in probes["people"].remedy
    assert "admin.directory.user.readonly" in probes["people"].remedy and SECURITY not in probes["people"].remedy


@pytest.mark.parametrize(
    ("answer", "finding", "remedy"),
    [
        (
            refusal(403, "forbidden", "Not Authorized to access this resource/api"),
            "role",
            f"Users, Read to {ADMINISTRATOR}",
        ),
        (
            refusal(403, "accessNotConfigured", "Admin SDK API has not been used"),
            "scope",
            "enable admin.googleapis.com",
        ),
        (refusal(403, "insufficientPermissions", "Insufficient Permission"), "scope", "Manage domain-wide delegation"),
        (refusal(403, "domainCannotUseApis", "Domain cannot use apis"), "licence", "edition"),
    ],
)
def test_doctor_tells_refusals_apart(google: GoogleServer, answer: object, finding: str, remedy: str) -> None:
    google.always["/admin/directory/v1/users"] = answer  # type: ignore[assignment]
    with session(google) as opened:
        (probe,) = (probe for probe in GoogleWorkspace().doctor(opened) if probe.signal == "people")
    assert probe.finding == finding and remedy in probe.remedy


def test_doctor_warns_of_the_scope_that_may_delete(google: GoogleServer) -> None:
    with session(google, tokens_list="true") as opened:
        found = [(probe.signal, probe.finding) for probe in GoogleWorkspace().doctor(opened)]
    assert ("tokens", "ok") in found and ("tokens", "excess") in found
    with session(google) as opened:
        (left,) = (probe for probe in GoogleWorkspace().doctor(opened) if probe.signal == "tokens")
    assert (left.finding, left.detail, left.remedy) == ("unasked", "", "tokens_list = true")


def test_what_is_left_out_is_not_needed_and_says_how_to_have_it(google: GoogleServer) -> None:
    with session(google, tier="minimal") as opened:
        found = diagnose("example", GoogleWorkspace(), opened)
    left = {probe.signal: probe.detail for probe in found.probes if probe.finding == "unasked"}
    assert set(left) == {"people", "extensions", "requests", "tokens"}
    assert left["people"] == f'tier = "standard" asks for it, and needs {USERS}'
    assert left["tokens"] == f"tokens_list = true asks for it, and needs {SECURITY}"
    assert "managed Chrome browsers" in left["extensions"] and found.fine


def test_doctor_asks_little(google: GoogleServer) -> None:
    with session(google) as opened:
        list(GoogleWorkspace().doctor(opened))
    assert {query.get("maxResults", query.get("pageSize")) for query in google.queries("/v1/") if query} == {"1"}


def test_an_authority_that_is_not_trusted_is_not_spoken_to(google: GoogleServer, tmp_path: Path) -> None:
    with pytest.raises(TenantError) as caught, session(google, ca_file="") as opened:
        next(iter(GoogleWorkspace().run(Task("people/all", "people", ("0",)), opened, None)))
    assert caught.value.trouble is Trouble.INTERCEPTED and not google.asked


@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
def test_a_bundle_in_the_environment_does_not_replace_ours(
    google: GoogleServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    other = tmp_path / "other.pem"
    other.write_bytes((certificates() / "ca.pem").read_bytes()[:10])
    monkeypatch.setenv(variable, str(other))
    assert trouble_of(sweep(google, tmp_path / "store")) == {}


def test_nothing_that_changes_anything_may_be_sent(google: GoogleServer) -> None:
    rules = GoogleWorkspace().allowed(settings(google, tokens_list="true"))
    guard = AllowList(rules, {}, who="google")
    admin = f"{google.root}/admin"
    guard.check("GET", f"{admin}/directory/v1/users/1001/tokens")
    for method, path in (
        ("DELETE", "/directory/v1/users/1001/tokens/x"),
        ("POST", "/directory/v1/users"),
        ("POST", "/directory/v1/users/1001/makeAdmin"),
        ("PUT", "/directory/v1/users/1001"),
        ("GET", "/datatransfer/v1/transfers"),
        ("POST", "/batch"),
    ):
        with pytest.raises(TenantError, match="may not ask that"):
            guard.check(method, admin + path)
    assert all(rule.why for rule in rules if rule.method == "POST")


def test_what_is_not_wanted_is_not_allowed() -> None:
    usual = {"administrator": ADMINISTRATOR, "key": "env:X"}
    paths = {rule.path for rule in GoogleWorkspace().allowed({**usual, "tier": "minimal"})}
    assert paths == {"/admin/reports/v1/activity/users/all/applications", "/token"}
    hosts = {rule.host for rule in GoogleWorkspace().allowed(usual)}
    assert hosts == {"admin.googleapis.com", "chromemanagement.googleapis.com", "oauth2.googleapis.com"}


def test_no_secret_is_in_what_is_asked_or_told(google: GoogleServer, tmp_path: Path) -> None:
    google.always["/users"] = refusal(403, "forbidden", key_file())
    found = sweep(google, tmp_path / "store", tier="standard")
    text = json.dumps([[one.detail, one.remedy] for one in found.outcomes]) + repr(google.paths())
    assert "PRIVATE KEY" not in text and "Bearer" not in text


def test_the_configurations_in_the_documentation_are_valid(tmp_path: Path) -> None:
    text = (SOURCE / "docs" / "connectors" / "google-workspace.md").read_text(encoding="utf-8")
    blocks = re.findall(r"```toml\n(.*?)```", text, re.DOTALL)
    assert len(blocks) == 2
    for block in (*blocks, blocks[0] + "tokens_list = true\n"):
        (tenant,) = read_tenants(tmp_path / "config.toml", tomllib.loads(block)["tenants"])
        check(tenant, GoogleWorkspace())
        assert GoogleWorkspace().tenant(tenant.settings) == "example.com"


def test_the_documentation_names_every_setting_scope_and_tier() -> None:
    text = (SOURCE / "docs" / "connectors" / "google-workspace.md").read_text(encoding="utf-8")
    for key in GoogleWorkspace.settings:
        assert f"`{key.removesuffix('?')}`" in text
    for one in SIGNALS:
        assert one.any_of[0].rpartition("/")[2] in text and one.tier in text


def test_what_the_library_would_ask_of_all_at_once_is_refused(google: GoogleServer) -> None:
    """Its batches go to Google whatever address it was given, and what is in them is not tried again."""
    with session(google, tier="deep", tokens_list="true") as opened:
        allowed = GoogleWorkspace().allowed(opened.settings)
        assert not [rule for rule in allowed if "batch" in rule.path.lower() or rule.batch]
        for url in ("https://admin.googleapis.com/batch", f"{google.root}/batch/admin/directory_v1"):
            with pytest.raises(TenantError, match="refused"):
                opened.post(url, quota=DIRECTORY, json={})
    assert not google.paths()
