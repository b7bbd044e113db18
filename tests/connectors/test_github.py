"""GitHub whole, against a server that answers as GitHub is documented to."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from shadowai.connector import Connector
from shadowai.errors import UsageError
from shadowai.sweep.allowlist import AllowList
from shadowai.tenant import Completeness, CursorExpired, Grant, Swept, Task, TenantError, Trouble
from shadowai_connectors.github import GitHub
from shadowai_connectors.github_items import COPILOT
from tests.connectors.saas_server import (
    HTML,
    Asked,
    Reply,
    Saas,
    failures,
    private_key,
    reply,
    serving,
    session,
    sweep,
)
from tests.connectors.test_github_items import ABOUT, INSTALLATION

TOKEN = "ghp_AbCdEfGhIjKlMnOpQrStUvWxYz0123456789"
ORG = "/orgs/example-org"
SEATS = f"{ORG}/copilot/billing/seats"
NOT_FOUND = {"message": "Not Found", "documentation_url": "https://docs.github.com/rest"}
SECONDARY = {"message": "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."}
SPENT = {"X_RateLimit_Remaining": "0", "X_RateLimit_Limit": "5000", "X_RateLimit_Reset": "1800000100"}
BY_APP = {"message": "Resource not accessible by integration"}
SAML = {"message": "Resource protected by organization SAML enforcement. You must grant your token access."}


@pytest.fixture
def github(monkeypatch: pytest.MonkeyPatch) -> Iterator[Saas]:
    """An organisation with two apps, one of them private, three seats of Copilot, and a token."""
    monkeypatch.setenv("GITHUB_TOKEN", TOKEN)
    monkeypatch.setenv("GITHUB_KEY", private_key())
    with serving() as made:
        private = {**INSTALLATION, "id": 2, "app_id": 7, "app_slug": "claude-in-house"}
        made.pages(
            f"{ORG}/installations",
            [{"total_count": 2, "installations": [INSTALLATION]}, {"total_count": 2, "installations": [private]}],
            key="page",
        )
        made.always("/apps/chatgpt-codex-connector", ABOUT)
        seats = [{"assignee": {"login": login}, "last_activity_at": None} for login in ("ada", "bob", "eve")]
        made.always(SEATS, {"total_seats": 3, "seats": seats})
        made.always(f"{ORG}/personal-access-tokens", [{"id": 9, "owner": {"login": "ada"}, "token_name": "claude"}])
        made.always(f"{ORG}/personal-access-token-requests", [])
        made.always(f"{ORG}/credential-authorizations", [])
        made.always(f"{ORG}/audit-log", [])
        yield made


def settings(github: Saas, **others: str) -> dict[str, str]:
    return {"organization": "example-org", "token": "env:GITHUB_TOKEN", "api": github.root, **others}


def swept(github: Saas, path: Path, **others: Any) -> Swept:
    return sweep(GitHub(), settings(github), path / "store", **others)


def run(github: Saas, task: Task, cursor: str | None = None, **others: str) -> list[Any]:
    """The pages of one task."""
    with session(GitHub(), settings(github, **others)) as opened:
        return list(GitHub().run(task, opened, cursor))


def trouble(github: Saas, signal: str) -> TenantError:
    """Why a signal cannot be had."""
    with pytest.raises(TenantError) as raised:
        run(github, Task(signal, signal))
    return raised.value


def test_it_is_a_connector_that_does_nothing_when_it_is_made() -> None:
    assert isinstance(GitHub(), Connector)


def test_a_sweep(github: Saas, tmp_path: Path) -> None:
    found = swept(github, tmp_path)
    assert failures(found) == {}
    assert {app.id for app in found.apps} == {
        "chatgpt-codex-connector",
        "claude-in-house",
        COPILOT,
        "personal-access-token/claude",
    }
    seats = [grant for grant in found.grants if grant.kind == "seat"]
    assert [grant.principal for grant in seats] == ["ada", "bob", "eve"] and {grant.app for grant in seats} == {COPILOT}
    (copilot,) = [app for app in found.apps if app.id == COPILOT]
    assert (copilot.kind, copilot.verified_publisher, copilot.users) == ("vendor_org", "GitHub", 3)
    assert {grant.id for grant in found.grants if grant.kind == "install"} == {"installation/25381", "installation/2"}
    sent = {(one.headers["x-github-api-version"], one.headers["authorization"]) for one in github.asked}
    assert sent == {("2022-11-28", f"Bearer {TOKEN}")}


def test_a_private_app_is_no_failure_and_an_app_that_cannot_be_read_is_partial(github: Saas) -> None:
    github.always("/apps/chatgpt-codex-connector", {"message": "Forbidden"}, 403)
    first, second = run(github, Task("installations", "installations"))
    assert [one.trouble for one in first.missed] == [Trouble.SCOPE] and second.missed == ()
    assert [item.id for item in first.items] == ["chatgpt-codex-connector", "installation/25381"]


def test_rows_that_github_counts_and_does_not_give_make_it_partial(github: Saas, tmp_path: Path) -> None:
    github.always(SEATS, {"total_seats": 7, "seats": [{"assignee": {"login": "ada"}}]})
    found = failures(swept(github, tmp_path))
    assert found["seats"].completeness is Completeness.PARTIAL and "counts 7 and gave 1" in found["seats"].detail


def test_a_task_goes_on_from_its_cursor_with_its_count(github: Saas) -> None:
    first, second = run(github, Task("installations", "installations"))
    assert first.cursor == f"1/2 {github.root}{ORG}/installations?page=1" and second.cursor is None
    assert run(github, Task("installations", "installations"), first.cursor) == [second]


def test_a_row_that_goes_away_between_two_pages_is_missed(github: Saas) -> None:
    seat = {"last_activity_at": None}
    pages = [
        {"total_seats": 4, "seats": [{**seat, "assignee": {"login": who}} for who in ("ada", "bob")]},
        {"total_seats": 3, "seats": [{**seat, "assignee": {"login": "eve"}}]},  # dan, the third, is the second now
    ]
    github.pages(SEATS, pages, key="page")
    first, second = run(github, Task("seats", "seats"))
    assert not first.missed and [one.trouble for one in second.missed] == [Trouble.UNEXPECTED]
    assert "counted 4, and 3" in second.missed[0].detail
    assert run(github, Task("seats", "seats"), first.cursor) == [second]


class Numbered:
    """A list without a count, by numbered pages; ``gone`` is taken from it once so many pages of it were given."""

    def __init__(self, github: Saas, path: str, rows: list[dict[str, Any]], gone: dict[int, int]) -> None:
        self._root, self._path, self._rows, self._gone, self.given = github.root, path, rows, gone, 0
        github.usual[path] = self._page

    def _page(self, asked: Asked) -> Reply:
        size, number = int(asked.query.get("per_page", "30")), int(asked.query.get("page", "1"))
        if self.given in self._gone:
            del self._rows[self._gone.pop(self.given)]
        self.given += 1
        place = f"{self._root}{self._path}?per_page={size}&page={number + 1}"
        found = self._rows[(number - 1) * size : number * size]
        return reply(
            found, Link=f'<{place}>; rel="next"' if number * size < len(self._rows) else f'<{place}>; rel="prev"'
        )


@pytest.mark.parametrize(
    ("path", "signal", "key"),
    [
        ("personal-access-tokens", "tokens", "id"),
        ("personal-access-token-requests", "requests", "id"),
        ("credential-authorizations", "credentials", "credential_id"),
    ],
)
@pytest.mark.parametrize(
    ("gone", "told"),
    [
        ({}, [0, 0, 0]),
        ({1: 7}, [0, 1, 0]),
        ({1: 99}, [0, 1, 0]),
        ({3: 7}, [0, 0, 1]),
        ({3: 150}, [0, 0, 1]),
        ({1: 7, 3: 150}, [0, 1, 1]),
    ],
)
def test_a_row_that_goes_away_is_missed_in_a_list_without_a_count(
    github: Saas, path: str, signal: str, key: str, gone: dict[int, int], told: list[int]
) -> None:
    """When it goes, the first of the next page moves to one that was read. It is told also where the task goes on from its cursor."""
    whose = {"owner": {"login": "ada"}, "login": "ada", "token_name": "x", "credential_type": "OAuth app token"}
    rows = [{**whose, key: 1000 + number} for number in range(250)]
    asked = Numbered(github, f"{ORG}/{path}", list(rows), dict(gone))
    pages = run(github, Task(signal, signal))
    assert [len(page.missed) for page in pages] == told and asked.given == 5
    assert all(f"row {100 * number} is another one" in one.detail for number in (1, 2) for one in pages[number].missed)
    assert [one.query for one in github.asked if one.query["per_page"] == "1"] == [
        {"per_page": "1", "page": "100"},
        {"per_page": "1", "page": "200"},
    ]
    if told[1] == 0:
        Numbered(github, f"{ORG}/{path}", rows, {0: 7} if told[2] else {})
        (last,) = run(github, Task(signal, signal), pages[1].cursor)
        assert len(last.missed) == told[2]


def test_a_row_that_cannot_be_asked_for_again_is_missed_and_the_page_is_kept(github: Saas) -> None:
    path = f"{ORG}/personal-access-tokens"
    asked = Numbered(
        github, path, [{"id": 1 + n, "owner": {"login": "ada"}, "token_name": "x"} for n in range(101)], {}
    )
    given = github.usual[path]
    github.usual[path] = lambda one: given(one) if asked.given < 2 else reply({"message": "Forbidden"}, 403)
    first, second = run(github, Task("tokens", "tokens"))
    assert not first.missed and [one.trouble for one in second.missed] == [Trouble.SCOPE]
    assert "token/101" in {item.id for item in second.items}


def test_a_page_that_is_given_in_place_of_the_next_one_leaves_its_rows_missed(github: Saas) -> None:
    token = {"id": 1, "owner": {"login": "ada"}, "token_name": "claude"}
    github.pages(f"{ORG}/personal-access-tokens", [[token], [token], [{**token, "id": 2}]], key="page")
    first, again, last = run(github, Task("tokens", "tokens"))
    assert [len(one.missed) for one in (first, again, last)] == [0, 1, 0]
    assert "token/2" in {item.id for item in last.items}


def test_a_cursor_of_an_earlier_version_is_gone_on_with(github: Saas) -> None:
    (page,) = run(github, Task("installations", "installations"), f"1 {github.root}{ORG}/installations?page=1")
    assert not page.missed


@pytest.mark.parametrize(
    ("path", "signal", "row"),
    [
        ("installations", "installations", {"app_slug": "x"}),
        ("personal-access-tokens", "tokens", {"id": 4}),
        ("credential-authorizations", "credentials", {"login": "ada"}),
    ],
)
def test_one_row_without_what_it_is_known_by_is_missed_alone(
    github: Saas, path: str, signal: str, row: dict[str, Any]
) -> None:
    whole = {
        "installations": INSTALLATION,
        "tokens": {"id": 9, "owner": {"login": "ada"}, "token_name": "claude"},
        "credentials": {"login": "ada", "credential_id": 1, "credential_type": "OAuth app token"},
    }[signal]
    found = [row, whole]
    github.always(f"{ORG}/{path}", {"total_count": 2, "installations": found} if signal == "installations" else found)
    (page,) = run(github, Task(signal, signal))
    assert len(page.missed) == 1 and any(isinstance(one, Grant) for one in page.items)


def test_an_organisation_without_copilot_is_not_one_without_seats(github: Saas) -> None:
    github.always(SEATS, NOT_FOUND, 404)
    error = trouble(github, "seats")
    assert error.trouble is Trouble.LICENCE and "may not see it" in error.detail and error.remedy


def test_an_empty_list_of_seats_is_one(github: Saas) -> None:
    github.always(SEATS, {"total_seats": 0, "seats": []})
    (page,) = run(github, Task("seats", "seats"))
    assert page.missed == () and [item.users for item in page.items] == [0]


@pytest.mark.parametrize(
    ("signal", "answer", "expected", "remedy"),
    [
        ("tokens", reply(BY_APP, 403), Trouble.SCOPE, "Personal access tokens: read"),
        ("installations", reply(NOT_FOUND, 404), Trouble.SCOPE, "Administration: read"),
        ("installations", reply({"message": "Must have admin rights to Organization"}, 403), Trouble.ROLE, "owner"),
        ("installations", reply({"message": "Bad credentials"}, 401), Trouble.CREDENTIALS, "new one"),
        ("installations", reply(SAML, 403), Trouble.SCOPE, "SSO"),
        (
            "installations",
            reply({"message": "the organization has an IP allow list enabled"}, 403),
            Trouble.ROLE,
            "IP allow",
        ),
        ("credentials", reply(NOT_FOUND, 404), Trouble.LICENCE, "read:org"),
        ("seats", reply({"message": "Upgrade your subscription"}, 403), Trouble.LICENCE, "Copilot Business"),
        ("installations", reply(HTML, 502, Content_Type="text/html"), Trouble.SERVER, ""),
        ("installations", reply(b'{"total_count": 2, "install'), Trouble.UNEXPECTED, ""),
        ("installations", reply({"total_count": 0}), Trouble.UNEXPECTED, ""),
        ("installations", reply([]), Trouble.UNEXPECTED, ""),
        ("tokens", reply({"message": "ok"}), Trouble.UNEXPECTED, ""),
    ],
)
def test_what_could_not_be_read_is_never_an_empty_list(
    github: Saas, signal: str, answer: Reply, expected: Trouble, remedy: str
) -> None:
    path = {
        "seats": "copilot/billing/seats",
        "tokens": "personal-access-tokens",
        "credentials": "credential-authorizations",
    }
    github.usual[f"{ORG}/{path.get(signal, signal)}"] = lambda asked: answer
    error = trouble(github, signal)
    assert error.trouble is expected and remedy in error.remedy and TOKEN not in f"{error}"


@pytest.mark.parametrize(
    "answer",
    [
        reply(SECONDARY, 403),
        reply(SECONDARY, 403, Retry_After="30"),
        reply(SECONDARY, 429, Retry_After="Fri, 15 Jan 2027 08:00:20 GMT"),
        reply({"message": "API rate limit exceeded"}, 403, **SPENT),
    ],
    ids=["no time", "seconds", "date", "primary"],
)
def test_limits_are_waited_out(github: Saas, answer: Reply) -> None:
    github.put[SEATS] = [answer, answer]
    with session(GitHub(), settings(github)) as opened:
        (page,) = GitHub().run(Task("seats", "seats"), opened, None)
        waited = opened.shared.clock.monotonic()
    assert len(page.items) == 7 and waited >= (60 if answer.headers == () else 15)


def test_a_limit_that_does_not_end_is_throttling(github: Saas) -> None:
    github.always(SEATS, SECONDARY, 403)
    assert trouble(github, "seats").trouble is Trouble.THROTTLED
    assert len(github.asked) <= 20


@pytest.mark.parametrize(
    "link", ["https://attacker.example/orgs/x", "string", "http://127.0.0.1:1/orgs/example-org/installations"]
)
def test_a_next_link_that_leads_elsewhere_is_refused(github: Saas, link: str) -> None:
    github.always(f"{ORG}/personal-access-tokens", [], Link=f'<{link}>; rel="next"')
    (page,) = run(github, Task("tokens", "tokens"))
    assert [one.trouble for one in page.missed] == [Trouble.UNEXPECTED] and len(github.asked) == 1


def test_next_links_by_the_organisation_s_number_are_followed(github: Saas) -> None:
    path = "/organizations/6811672/personal-access-tokens"
    github.always(f"{ORG}/personal-access-tokens", [], Link=f'<{github.root}{path}?page=2>; rel="next"')
    github.always(path, [])
    assert len(run(github, Task("tokens", "tokens"))) == 2


def test_a_cursor_of_the_audit_log_that_is_no_longer_taken_has_expired(github: Saas) -> None:
    github.always(f"{ORG}/audit-log", {"message": "Invalid cursor"}, 422)
    task = Task("audit/org", "audit", ("1799000000000000", "1800000000000000", "org"))
    with pytest.raises(CursorExpired):
        run(github, task, f"100 {github.root}{ORG}/audit-log?after=abc")


def test_the_audit_log_is_read_by_kind_and_window(github: Saas, tmp_path: Path) -> None:
    row = {"action": "integration_installation.create", "integration": "claude", "@timestamp": 1_799_990_000_000}
    entries = [{**row, "_document_id": "a"}, {**row, "_document_id": "a"}]
    github.usual[f"{ORG}/audit-log"] = lambda asked: reply(
        entries if asked.query["phrase"].startswith("action:integration_installation ") else []
    )
    first = swept(github, tmp_path)
    assert [(event.id, event.app) for event in first.events] == [("a", "claude")]
    phrases = {one.query["phrase"] for one in github.asked if "phrase" in one.query}
    assert "action:oauth_authorization created:2026-07-19T08:00:00Z..2027-01-15T08:00:00Z" in phrases
    github.asked.clear()
    second = swept(github, tmp_path, days=1)
    assert second.events == first.events
    later = {one.query["phrase"] for one in github.asked if "phrase" in one.query}
    assert "action:oauth_authorization created:2027-01-13T08:00:00Z..2027-01-16T08:00:00Z" in later


def by_app(github: Saas, **others: str) -> dict[str, str]:
    """The settings of a GitHub App."""
    return {
        "organization": "example-org",
        "app_id": "12345",
        "private_key": "env:GITHUB_KEY",
        "api": github.root,
        **others,
    }


def test_an_app_gets_the_token_of_its_installation(github: Saas, tmp_path: Path) -> None:
    github.always(f"{ORG}/installation", {"id": 25381})
    granted = {
        "token": "ghs_0123456789abcdef",
        "expires_at": "2027-01-15T09:00:00Z",
        "permissions": {"members": "read"},
    }
    github.always("/app/installations/25381/access_tokens", granted, 201)
    found = sweep(GitHub(), by_app(github), tmp_path / "store")
    assert failures(found) == {}
    asked = {one.path: one for one in github.asked}
    assertion = asked["/app/installations/25381/access_tokens"].headers["authorization"].removeprefix("Bearer ")
    claims = json.loads(base64.urlsafe_b64decode(assertion.split(".")[1] + "=="))
    assert claims["iss"] == "12345" and claims["exp"] - claims["iat"] <= 600 and claims["iat"] < 1_800_000_000
    assert asked[SEATS].headers["authorization"] == "Bearer ghs_0123456789abcdef"
    assert len([one for one in github.asked if one.method == "POST"]) == 1
    assert "ghs_0123456789abcdef" not in repr(found)


@pytest.mark.parametrize(
    ("body", "status", "expected", "remedy"),
    [
        ({"message": "A JSON web token could not be decoded"}, 401, Trouble.CREDENTIALS, "private_key"),
        ({"message": "'Expiration time' claim ('exp') is too far in the future"}, 401, Trouble.CLOCK, "clock"),
        (NOT_FOUND, 404, Trouble.CREDENTIALS, "install the GitHub App"),
        ({"message": "This installation has been suspended"}, 403, Trouble.CREDENTIALS, "unsuspend"),
    ],
)
def test_why_an_app_gets_no_token(github: Saas, body: Any, status: int, expected: Trouble, remedy: str) -> None:
    github.always("/app/installations/5/access_tokens", body, status)
    with session(GitHub(), by_app(github, installation_id="5")) as opened, pytest.raises(TenantError) as raised:
        list(GitHub().run(Task("seats", "seats"), opened, None))
    assert raised.value.trouble is expected and remedy in raised.value.remedy


def test_doctor(github: Saas) -> None:
    github.always(f"{ORG}/personal-access-tokens", BY_APP, 403)
    github.always(f"{ORG}/audit-log", NOT_FOUND, 404)
    github.always(f"{ORG}/credential-authorizations", [], X_OAuth_Scopes="repo, read:org, admin:org")
    with session(GitHub(), settings(github)) as opened:
        found = [(probe.signal, probe.finding) for probe in GitHub().doctor(opened)]
    assert found == [
        ("installations", "ok"),
        ("seats", "ok"),
        ("tokens", "scope"),
        ("requests", "ok"),
        ("credentials", "ok"),
        ("audit", "licence"),
        ("installations", "excess"),
    ]
    assert all(one.query.get("per_page") == "1" for one in github.asked)


def test_only_reading_is_allowed(github: Saas) -> None:
    given = settings(github, insecure_localhost="true")
    allowed = AllowList(GitHub().allowed(given), given, who="github")
    allowed.check("POST", f"{github.root}/app/installations/5/access_tokens")
    for method, path in (
        ("DELETE", f"{ORG}/installations"),
        ("POST", SEATS),
        ("GET", "/user"),
        ("GET", f"{ORG}/members"),
    ):
        with pytest.raises(TenantError, match="refused"):
            allowed.check(method, f"{github.root}{path}")


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"organization": "example-org"}, "needs app_id"),
        ({"organization": "a/b", "token": "env:A"}, "organization is not valid"),
        ({"token": "env:A"}, "organization is missing"),
        ({"organization": "a", "token": "env:A", "app_id": "1", "private_key": "env:B"}, "needs app_id"),
    ],
)
def test_settings_that_cannot_be(given: dict[str, str], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        GitHub().tenant(given)


def test_a_slug_that_is_no_slug_is_not_asked_for(github: Saas) -> None:
    row = {**INSTALLATION, "app_slug": "../orgs/example-org"}
    github.always(f"{ORG}/installations", {"total_count": 1, "installations": [row]})
    (page,) = run(github, Task("installations", "installations"))
    assert page.items[0].id == "../orgs/example-org" and len(github.asked) == 1


def test_a_body_of_another_shape_is_no_mistake_of_ours(github: Saas, tmp_path: Path) -> None:
    def odd(asked: Asked) -> Reply:
        return reply({"total_count": "2", "installations": [{"id": {}, "app_slug": []}]})

    github.usual[f"{ORG}/installations"] = odd
    assert failures(swept(github, tmp_path))["installations"].trouble is Trouble.UNEXPECTED
