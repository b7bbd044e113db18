"""Users of a Google Workspace, and the tokens that they have given to apps.

Sources: https://developers.google.com/workspace/admin/directory/reference/rest/v1/users/list and …/tokens/list.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from shadowai.tenant import App, CursorExpired, Item, Missed, Page, Person, TenantError, Trouble
from shadowai_connectors.google_client import DIRECTORY_API, Google
from shadowai_connectors.google_plan import slice_of
from shadowai_connectors.google_records import PLATFORM, delegated, unread
from shadowai_connectors.google_signals import DIRECTORY, SECURITY, USERS
from shadowai_connectors.rest import Row, inside, is_gone, micros, text, texts

PAGE = 500
TOGETHER = 25
"""Users whose tokens are kept in one step: so many requests are made again after a kill, at most."""
ENOUGH = 5
"""Refusals in a row from the beginning that are not about single users."""
_PERSON = "nextPageToken,users(id,primaryEmail,name/fullName,suspended,archived,creationTime,organizations(department,primary))"
_STATE = "nextPageToken,users(id,suspended,archived)"


def people(google: Google, arguments: tuple[str, ...], cursor: str | None) -> Iterator[Page]:
    """All users, with their departments; ``arguments`` is the time of the sweep."""
    for rows, token in google.pages("users", lambda at: _users(google, at, _PERSON), cursor):
        found = [person(google.tenant, row) for row in rows]
        known = tuple(one for one in found if one is not None)
        done = arguments[0] if token is None else None
        yield Page(known, token, done, unread(len(found) - len(known)))


def person(tenant: str, row: Row) -> Person | None:
    """A user; those that are suspended or archived are not enabled. ``None`` where the row names nobody."""
    unique, address = text(row.get("id")), text(row.get("primaryEmail"))
    if unique is None:
        return None
    name = text(inside(row, "name").get("fullName"))
    department = _department(row)
    made = micros(row.get("creationTime"))
    return Person(PLATFORM, tenant, unique, address.lower() if address else None, name, department, active(row), made)


def active(row: Row) -> bool:
    """Whether a user can sign in: the tokens of others are answered with 401."""
    return row.get("suspended") is not True and row.get("archived") is not True


def tokens(google: Google, arguments: tuple[str, ...], cursor: str | None) -> Iterator[Page]:
    """The tokens of the users that ``arguments`` names, or of a slice of all."""
    if arguments[0] == "users":
        yield from _of_users(google, arguments[1], arguments[2:], cursor)
    else:
        yield from _of_slice(google, (int(arguments[1]), int(arguments[2])), arguments[3], cursor)


def _of_users(google: Google, now: str, users: tuple[str, ...], cursor: str | None) -> Iterator[Page]:
    start = _number(cursor)
    while True:
        end = start + TOGETHER
        last = end >= len(users)
        items, missed = _given(google, users[start:end])
        yield Page(items, None if last else str(end), now if last else None, missed)
        if last:
            return
        start = end


def _of_slice(google: Google, which: tuple[int, int], now: str, cursor: str | None) -> Iterator[Page]:
    for rows, token in google.pages("users", lambda at: _users(google, at, _STATE), cursor):
        known = [(unique, row) for row in rows if (unique := text(row.get("id")))]
        items, missed = _given(google, [one for one, row in known if active(row) and slice_of(one) == which])
        broken = unread(len(rows) - len(known))
        yield Page(items, token, now if token is None else None, (*missed, *broken))


def _given(google: Google, users: Iterable[str]) -> tuple[tuple[Item, ...], tuple[Missed, ...]]:
    items: dict[Item, None] = {}
    missed: list[Missed] = []
    answered = 0
    for user in users:
        try:
            found, broken = given(google.tenant, user, _tokens(google, user))
        except TenantError as error:
            missed += _refused(google, user, error)
            if not answered and len(missed) >= ENOUGH:
                raise
            continue
        answered += 1
        items.update(dict.fromkeys(found))
        missed += unread(broken)
    return tuple(items), tuple(missed)


def given(tenant: str, user: str, rows: Iterable[Row]) -> tuple[list[Item], int]:
    """The apps and grants that tokens are of, and how many rows name no app. There are no dates: tokens.list has none."""
    items: list[Item] = []
    broken = 0
    for row in rows:
        client, name = text(row.get("clientId")), text(row.get("displayText"))
        if client is None:
            broken += 1
            continue
        tags = tuple(tag for key, tag in (("nativeApp", "native"), ("anonymous", "anonymous")) if row.get(key) is True)
        items.append(App(PLATFORM, tenant, client, name or client, tags=tags))
        items.append(delegated(tenant, client, user, texts(row.get("scopes"))))
    return items, broken


def _refused(google: Google, user: str, error: TenantError) -> tuple[Missed, ...]:
    """What to make of a refusal of one user's tokens. A user who has been deleted has none. Google answers 401 for those of a user who
    is suspended: that is no lack of tokens, and no fault either. Of anybody else, such as a super administrator whom a custom role
    may not look at, it is not known what they have given."""
    if is_gone(error):
        return ()
    if error.trouble not in (Trouble.CREDENTIALS, Trouble.ROLE) or error.status is None:
        raise error
    if error.status == 401 and not _is_active(google, user):
        return ()
    return (Missed(error.trouble, f"tokens of user {user}: {error.detail}", error.remedy),)


def _is_active(google: Google, user: str) -> bool:
    fields = "id,suspended,archived"
    try:
        about = google.ask(DIRECTORY_API, USERS, DIRECTORY, lambda api: api.users().get(userKey=user, fields=fields))
    except TenantError as error:
        if is_gone(error):
            return False
        raise
    return active(about)


def _users(google: Google, token: str | None, fields: str) -> Row:
    about = {"customer": google.account.customer, "maxResults": PAGE, "orderBy": "email", "fields": fields}
    return google.ask(DIRECTORY_API, USERS, DIRECTORY, lambda api: api.users().list(**about, pageToken=token))


def _tokens(google: Google, user: str) -> tuple[Row, ...]:
    """The rows of tokens.list, which has no pages."""

    def ask(token: str | None) -> Row:
        return google.ask(DIRECTORY_API, SECURITY, DIRECTORY, lambda api: api.tokens().list(userKey=user))

    return next(google.pages("items", ask)).rows


def _department(row: Row) -> str | None:
    """The department of the primary organisation, else of the first that has one."""
    listed = row.get("organizations")
    found = [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
    ordered = sorted(found, key=lambda one: one.get("primary") is not True)
    return next((name for one in ordered if (name := text(one.get("department")))), None)


def _number(cursor: str | None) -> int:
    try:
        return 0 if cursor is None else int(json.loads(cursor))
    except (ValueError, TypeError) as error:
        raise CursorExpired("the cursor is of another make") from error
