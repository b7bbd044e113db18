"""Users of a Google Workspace, and their tokens."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from shadowai.tenant import App, CursorExpired, Grant, Page, Person, TenantError, Trouble
from shadowai_connectors.google_client import Google
from shadowai_connectors.google_directory import TOGETHER, given, people, person, tokens
from shadowai_connectors.google_plan import SHARDS, SLICES
from tests.connectors.google_server import CHATGPT, GoogleServer, key_file, refusal, reply, session, trouble, user

TOKEN = {"clientId": CHATGPT, "displayText": "ChatGPT", "scopes": ["b", "a"], "nativeApp": True, "anonymous": False}


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[GoogleServer]:
    """A directory of three."""
    monkeypatch.setenv("GOOGLE_KEY", key_file())
    with GoogleServer() as made:
        yield made


def pages(server: GoogleServer, run: Any, arguments: tuple[str, ...], cursor: str | None = None) -> list[Page]:
    with session(server, tokens_list="true") as opened:
        return list(run(Google(opened), arguments, cursor))


def principals(found: list[Page]) -> set[str | None]:
    return {item.principal for page in found for item in page.items if isinstance(item, Grant)}


def test_all_users_come_in_pages_of_500_with_few_fields(server: GoogleServer) -> None:
    server.users = [user(number) for number in range(1100)]
    found = pages(server, people, ("77",))
    assert [len(page.items) for page in found] == [500, 500, 100]
    assert [page.mark for page in found] == [None, None, "77"]
    assert {query["maxResults"] for query in server.queries("/users")} == {"500"}
    assert all(
        "password" not in query["fields"] and "phones" not in query["fields"] for query in server.queries("/users")
    )
    assert pages(server, people, ("77",), found[1].cursor) == found[2:]


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        (user(1), ("1001", "user1@example.com", "User 1", "Finance", True)),
        (user(1, suspended=True), ("1001", "user1@example.com", "User 1", "Finance", False)),
        (user(1, archived=True), ("1001", "user1@example.com", "User 1", "Finance", False)),
        ({"id": "5", "primaryEmail": "A@B.example"}, ("5", "a@b.example", None, None, True)),
        ({"id": 5, "organizations": [None, {"department": ""}, {"department": "X"}]}, ("5", None, None, "X", True)),
        ({"id": "5", "organizations": "x", "name": "y"}, ("5", None, None, None, True)),
    ],
)
def test_a_user_is_a_person(row: Any, expected: tuple[Any, ...]) -> None:
    assert person("t", row) == Person("google", "t", *expected)


def test_a_user_without_an_id_is_counted(server: GoogleServer) -> None:
    assert person("t", {"primaryEmail": "a@example.com"}) is None
    server.users = [{"primaryEmail": "a@example.com"}, user(1)]
    (page,) = pages(server, people, ("1",))
    assert len(page.items) == 1 and page.missed[0].detail == "1 records could not be understood"


def test_tokens_are_grants_without_a_date() -> None:
    found, broken = given("t", "9", [TOKEN, {"displayText": "?"}, {"clientId": "x.example", "anonymous": True}])
    assert broken == 1
    app, grant, other, bare = found
    assert app == App("google", "t", CHATGPT, "ChatGPT", tags=("native",))
    assert isinstance(grant, Grant) and (grant.scopes, grant.granted, grant.date_source) == (("a", "b"), None, None)
    assert isinstance(other, App) and other.tags == ("anonymous",) and isinstance(bare, Grant) and bare.scopes == ()


def test_named_users_are_asked_in_steps(server: GoogleServer) -> None:
    server.users = [user(number) for number in range(60)]
    server.tokens = {one["id"]: [TOKEN] for one in server.users}
    ids = tuple(one["id"] for one in server.users)
    found = pages(server, tokens, ("users", "5", *ids))
    assert [page.cursor for page in found] == [str(TOGETHER), str(2 * TOGETHER), None]
    assert principals(found) == set(ids) and found[-1].mark == "5"
    assert pages(server, tokens, ("users", "5", *ids), str(2 * TOGETHER)) == found[2:]
    assert pages(server, tokens, ("users", "5")) == [Page((), mark="5")]


def test_slices_together_are_all_active_users(server: GoogleServer) -> None:
    server.users = [user(number, suspended=number % 5 == 0, archived=number % 7 == 0) for number in range(90)]
    server.tokens = {one["id"]: [TOKEN] for one in server.users}
    seen: list[str | None] = []
    with session(server, tokens_list="true") as opened:
        google = Google(opened)
        for number in range(SLICES):
            for shard in range(SHARDS):
                seen += principals(list(tokens(google, ("slice", str(number), str(shard), "5"), None)))
    active = [one["id"] for one in server.users if not one["suspended"] and not one["archived"]]
    assert sorted(seen, key=str) == sorted(active)
    asked = {path.split("/")[-2] for path in server.paths("/tokens")}
    assert asked == set(active)


def test_a_suspended_or_deleted_user_is_no_fault(server: GoogleServer) -> None:
    server.users = [user(1, suspended=True), user(2), user(3)]
    server.tokens["1002"] = [TOKEN]
    server.always["/users/1003/tokens"] = refusal(401, "authError", "Login Required")
    server.put["/users/1003"] = [refusal(404, "notFound", "Resource Not Found")]
    (page,) = pages(server, tokens, ("users", "5", "1001", "1002", "1003", "9999"))
    assert principals([page]) == {"1002"} and page.missed == ()


def test_an_active_user_who_cannot_be_asked_is_missed_and_the_others_are_not(server: GoogleServer) -> None:
    """A custom role may not look at super administrators."""
    server.tokens["1002"] = server.tokens["1003"] = [TOKEN]
    server.always["/users/1001/tokens"] = refusal(403, "forbidden", "Not Authorized to access this resource/api")
    server.always["/users/1003/tokens"] = refusal(401, "authError", "Login Required")
    (page,) = pages(server, tokens, ("users", "5", "1001", "1002", "1003"))
    assert principals([page]) == {"1002"}
    assert [missed.trouble for missed in page.missed] == [Trouble.ROLE, Trouble.CREDENTIALS]
    assert "User Security Management" in page.missed[0].remedy and "1001" in page.missed[0].detail


def test_a_missing_role_is_not_asked_about_thousands_of_times(server: GoogleServer) -> None:
    server.users = [user(number) for number in range(60)]
    for one in server.users:
        server.always[f"/{one['id']}/tokens"] = refusal(403, "forbidden", "Not Authorized to access this resource/api")
    with pytest.raises(TenantError) as caught:
        pages(server, tokens, ("users", "5", *(one["id"] for one in server.users)))
    assert trouble(caught.value)[0] == "ROLE" and sum(server.paths("/tokens").values()) == 5


def test_throttling_of_one_user_s_tokens_is_never_no_tokens(server: GoogleServer) -> None:
    server.always["/1001/tokens"] = refusal(403, "quotaExceeded", "Quota exceeded")
    with pytest.raises(TenantError) as caught:
        pages(server, tokens, ("users", "5", "1002", "1001"))
    assert trouble(caught.value)[0] == "THROTTLED"


@pytest.mark.parametrize("body", [{"items": {}}, {"items": [3]}, []])
def test_tokens_that_are_not_as_documented_are_an_error(server: GoogleServer, body: Any) -> None:
    server.always["/1001/tokens"] = reply(200, body)
    with pytest.raises(TenantError) as caught:
        pages(server, tokens, ("users", "5", "1001"))
    assert trouble(caught.value)[0] == "UNEXPECTED"


def test_a_cursor_of_another_make_begins_again(server: GoogleServer) -> None:
    with pytest.raises(CursorExpired):
        pages(server, tokens, ("users", "5", "1001"), "x")
