"""Google's interfaces through a session: requests, pages, refusals."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterator
from typing import Any

import pytest

from shadowai.tenant import CursorExpired, TenantError, Trouble
from shadowai_connectors import google_client
from shadowai_connectors.google_client import DIRECTORY_API, REPORTS_API, Google, client
from shadowai_connectors.google_signals import AUDIT, DIRECTORY, REPORTS, USERS
from tests.connectors.google_server import GoogleServer, Quick, consent, key_file, refusal, reply, session, trouble


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[GoogleServer]:
    """A server with three users."""
    monkeypatch.setenv("GOOGLE_KEY", key_file())
    with GoogleServer() as made:
        yield made


def users(google: Google, token: str | None = None) -> Any:
    about = {"customer": "my_customer", "maxResults": 2, "pageToken": token}
    return google.ask(DIRECTORY_API, USERS, DIRECTORY, lambda api: api.users().list(**about))


def test_the_client_comes_from_documents_at_hand_and_asks_where_it_is_told() -> None:
    request = client(REPORTS_API, "https://gateway.example").activities().list(userKey="all", applicationName="token")
    assert request.uri.startswith("https://gateway.example/admin/reports/v1/activity/users/all/applications/token?")
    assert client(REPORTS_API, "https://gateway.example") is client(REPORTS_API, "https://gateway.example")


def test_environment_cannot_send_the_client_elsewhere(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GOOGLE_API_USE_MTLS_ENDPOINT", "always")
    monkeypatch.setenv("GOOGLE_CLOUD_UNIVERSE_DOMAIN", "attacker.example")
    request = client(DIRECTORY_API, "https://other.example").tokens().list(userKey="1")
    assert request.uri.startswith("https://other.example/")


def test_quota_exceeded_is_tried_again_and_retry_after_is_heeded(server: GoogleServer) -> None:
    server.put["/users"] = [
        refusal(403, "quotaExceeded", "Quota exceeded"),
        refusal(429, "rateLimitExceeded", Retry_After="33"),
        refusal(503, "backendError"),
    ]
    clock = Quick()
    with session(server, clock) as opened:
        assert len(users(Google(opened))["users"]) == 2
    assert sum(clock.slept) >= 33 and server.paths()["/admin/directory/v1/users"] == 4


def test_a_daily_limit_is_not_waited_for(server: GoogleServer) -> None:
    server.always["/users"] = refusal(403, "dailyLimitExceeded", "Daily Limit Exceeded")
    with session(server) as opened, pytest.raises(TenantError) as caught:
        users(Google(opened))
    assert trouble(caught.value)[0] == "THROTTLED" and server.paths()["/admin/directory/v1/users"] == 1


def test_a_long_page_token_stays_a_get(server: GoogleServer) -> None:
    server.put["/users"] = [reply(200, {"users": [{"id": "1"}]})]
    with session(server) as opened:
        assert users(Google(opened), "t" * 4000)["users"] == [{"id": "1"}]
    (asked,) = [one for one in server.asked if "/users" in one[1]]
    assert asked[0] == "GET" and "t" * 4000 in asked[1] and asked[3] == b""


@pytest.mark.parametrize("body", [b"[]", b"3", b'"text"', b""])
def test_an_answer_that_is_no_object_is_no_empty_one(server: GoogleServer, body: bytes) -> None:
    server.always["/users"] = reply(200, body)
    with session(server) as opened, pytest.raises(TenantError) as caught:
        users(Google(opened))
    assert trouble(caught.value)[0] == "UNEXPECTED"


@pytest.mark.parametrize(
    ("answer", "name", "remedy"),
    [
        (refusal(403, "forbidden", "Not Authorized"), "ROLE", "Users, Read"),
        (refusal(401, "authError", "Access denied. You are not authorized to read activity records."), "ROLE", "role"),
        (refusal(401, "authError", "Invalid Credentials"), "CREDENTIALS", ""),
        (refusal(403, "insufficientPermissions", "x"), "SCOPE", "domain-wide delegation"),
        (refusal(404, "notFound", "Resource Not Found: customer"), "UNEXPECTED", ""),
        (refusal(500, "backendError", "x"), "SERVER", ""),
    ],
)
def test_refusals_in_the_old_form(server: GoogleServer, answer: Any, name: str, remedy: str) -> None:
    server.always["/users"] = answer
    with session(server) as opened, pytest.raises(TenantError) as caught:
        users(Google(opened))
    found, said = trouble(caught.value)
    assert found == name and remedy in said


@pytest.mark.parametrize(
    ("reason", "name"),
    [("SERVICE_DISABLED", "enable admin"), ("ACCESS_TOKEN_SCOPE_INSUFFICIENT", "delegation"), ("X", "role")],
)
def test_refusals_in_the_new_form(server: GoogleServer, reason: str, name: str) -> None:
    details = [{"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": reason}, None, "x"]
    server.always["/users"] = reply(403, {"error": {"code": 403, "status": "PERMISSION_DENIED", "details": details}})
    with session(server) as opened, pytest.raises(TenantError) as caught:
        users(Google(opened))
    assert name in trouble(caught.value)[1]


class Book:
    """Pages made up as they are asked for."""

    def __init__(self, *bodies: dict[str, Any]) -> None:
        self.bodies = iter(bodies)
        self.tokens: list[str | None] = []

    def __call__(self, token: str | None) -> dict[str, Any]:
        self.tokens.append(token)
        return next(self.bodies)


def steps(server: GoogleServer, ask: Any, token: str | None = None) -> list[list[Any]]:
    with session(server) as opened:
        return [[dict(row) for row in step.rows] for step in Google(opened).pages("items", ask, token)]


def test_pages_are_followed_to_the_last(server: GoogleServer) -> None:
    book = Book(
        {"items": [{"a": 1}], "nextPageToken": "x"}, {"nextPageToken": "y"}, {"items": [{"a": 2}], "nextPageToken": ""}
    )
    assert steps(server, book) == [[{"a": 1}], [], [{"a": 2}]]
    assert book.tokens == [None, "x", "y"]


def test_a_repeated_token_ends_in_an_error(server: GoogleServer) -> None:
    """As a mock made from Google's own specification answers: the token is the text "string", for ever."""
    with pytest.raises(TenantError, match="go round in a circle"):
        steps(server, lambda token: {"items": [{"a": token}], "nextPageToken": "string"})


def test_a_token_that_leads_back_to_where_a_sweep_went_on_is_a_circle(server: GoogleServer) -> None:
    with pytest.raises(TenantError, match="go round in a circle"):
        steps(server, Book({"items": [], "nextPageToken": "here"}), "here")


@pytest.mark.parametrize("rows", [[], [{"a": 1}]])
def test_new_tokens_without_anything_new_end_in_an_error(server: GoogleServer, rows: list[Any]) -> None:
    numbers = itertools.count()
    with pytest.raises(TenantError, match="go round in a circle"):
        steps(server, lambda token: {"items": rows, "nextPageToken": str(next(numbers))})
    assert next(numbers) < 50


def test_pages_without_end_end_in_an_error(server: GoogleServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(google_client, "PAGES", 100)
    numbers = itertools.count()
    with pytest.raises(TenantError, match="do not end"):
        steps(server, lambda token: {"items": [{"a": next(numbers)}], "nextPageToken": str(next(numbers))})


def test_a_page_that_is_given_again_and_empty_ones_end_nothing(server: GoogleServer) -> None:
    page: dict[str, Any] = {"items": [{"a": 1}, {"a": 3}]}
    none: dict[str, Any] = {"items": []}
    book = Book(
        {**page, "nextPageToken": "x"},
        {**page, "nextPageToken": "y"},
        {**none, "nextPageToken": "z"},
        {**none, "nextPageToken": "end"},
        {"items": [{"a": 1}, {"a": 2}, {"a": 3}]},
    )
    with session(server) as opened:
        found = [len(step.rows) for step in Google(opened).pages("items", book)]
    assert found == [2, 2, 0, 0, 3]


def test_a_page_that_comes_twice_is_no_circle(server: GoogleServer) -> None:
    page = {"items": [{"a": 1}]}
    found = steps(server, Book({**page, "nextPageToken": "x"}, {**page, "nextPageToken": "y"}, {"items": [{"a": 2}]}))
    assert found == [[{"a": 1}], [{"a": 1}], [{"a": 2}]]


@pytest.mark.parametrize(
    "body",
    [
        {"items": {}},
        {"items": None},
        {"items": ["x"]},
        {"items": [], "nextPageToken": 7},
        {"error": {"code": 500, "message": "backend"}},
        {"users": []},
    ],
)
def test_a_page_that_is_not_as_documented_is_an_error(server: GoogleServer, body: dict[str, Any]) -> None:
    with pytest.raises(TenantError) as caught:
        steps(server, lambda token: body)
    assert caught.value.trouble is Trouble.UNEXPECTED


def test_an_empty_list_is_left_out(server: GoogleServer) -> None:
    assert steps(server, lambda token: {"kind": "admin#reports#activities", "etag": "e"}) == [[]]


def test_an_answer_without_a_body_is_no_empty_page(server: GoogleServer) -> None:
    server.put["/users"] = [reply(204, b"")]
    with session(server) as opened, pytest.raises(TenantError, match="an empty answer"):
        users(Google(opened))


@pytest.mark.parametrize(("token", "kind"), [("old", CursorExpired), (None, TenantError)])
def test_a_token_that_is_not_honoured_any_more_is_told_from_a_bad_request(
    server: GoogleServer, token: str | None, kind: type[Exception]
) -> None:
    server.always["/users"] = refusal(400, "invalid", "Invalid Input: page token")
    with session(server) as opened, pytest.raises(kind):
        google = Google(opened)
        list(google.pages("users", lambda at: users(google, at), token))


def test_a_million_bytes_come_through(server: GoogleServer) -> None:
    server.logs["token"] = [consent(1_790_000_000 + number, number, app="é" * 500) for number in range(1000)]
    about = {"userKey": "all", "applicationName": "token", "maxResults": 1000}
    with session(server) as opened:
        body = Google(opened).ask(REPORTS_API, AUDIT, REPORTS, lambda api: api.activities().list(**about))
    assert len(json.dumps(body)) > 1_000_000 and len(body["items"]) == 1000
