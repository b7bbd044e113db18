"""Reads Google's audit logs: consents and withdrawals window by window, and samples of use.

A log gives its newest records first. A window is therefore read to its end before any of it is kept, and windows follow each other
in time: what is said last of a grant is then what happened last, wherever a sweep was killed. Windows grow and shrink so that each
holds some pages. ``eventName`` is always set where the log also holds calls, of which there are a hundred times as many.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Literal, NamedTuple

from shadowai.connector import Quota
from shadowai.tenant import App, CursorExpired, Item, Page, TenantError, Trouble
from shadowai_connectors.google_client import REPORTS_API, Google, Step
from shadowai_connectors.google_records import PLATFORM, Record, consented, records, unread, used
from shadowai_connectors.google_signals import AUDIT, FILTERED, REPORTS
from shadowai_connectors.rest import DAY, SECOND, Row, iso

PAGE = 1000
"""The most that activities.list gives at once."""
KEPT = 180 * DAY
"""How long Google keeps the log (https://support.google.com/a/answer/7061566)."""
FULL = 7_800
"""Events that a window should hold: eight pages, the last nearly full."""
LARGEST = 64
"""Pages after which a window is given up and read in smaller ones."""
GROWTH = 4
EXPIRIES = 3
"""How often one window may be begun again because its page tokens have expired."""

Consent = Literal["authorize", "revoke"]
WHAT: Mapping[Consent, Literal["granted", "revoked"]] = {"authorize": "granted", "revoke": "revoked"}

WORKSPACE_AI: Mapping[str, tuple[str, str]] = {
    "gemini_in_workspace_apps": ("Gemini in Workspace apps", "https://gemini.google.com/"),
    "workspace_studio": ("Google Workspace Studio", "https://studio.workspace.google.com/"),
    "gemini_notebook": ("NotebookLM", "https://notebooklm.google.com/"),
}
"""Google's own AI products that have a log of their own: its name, the product's, and where it lives."""


class Mark(NamedTuple):
    """What of a log has been read, microseconds since 1970, and how many events a day it had in the end."""

    start: int
    end: int
    daily: int

    def __str__(self) -> str:
        return " ".join(map(str, self))


class Place(NamedTuple):
    """Where a task is: what is before ``at`` has been kept, ``events`` so far; the next window is ``width`` long."""

    at: int
    width: int
    events: int


def mark_of(text: str | None) -> Mark | None:
    """The mark that a task left, ``None`` where there is none or it is of another make."""
    parts = (text or "").split()
    return Mark(*map(int, parts)) if len(parts) == 3 and all(part.isdigit() for part in parts) else None


def consents(google: Google, arguments: tuple[str, ...], cursor: str | None) -> Iterator[Page]:
    """The consents (or withdrawals) between two times; ``arguments`` are the event, the two, since when it is known, and how many
    events a day to reckon with (negative: not known). Where both times are one there is nothing to ask: what is known stands."""
    event: Consent = "authorize" if arguments[0] == "authorize" else "revoke"
    start, end, known, daily = map(int, arguments[1:5])
    place = _place(cursor) if cursor is not None else Place(start, _width(daily), 0)
    if place.at >= end:
        yield Page((), mark=str(Mark(known, end, max(daily, 0))))
    while place.at < end:
        until = min(place.at + place.width, end)
        found = _window(google, event, place.at, until)
        if found is None:
            place = place._replace(width=max(place.width // GROWTH, SECOND))
            continue
        items, broken, count = found
        place = _after(place, until, count)
        mark = str(Mark(known, end, place.events * DAY // max(end - start, SECOND)))
        done = place.at >= end
        yield Page(tuple(items), None if done else json.dumps(place), mark if done else None, unread(broken))


def _window(google: Google, event: Consent, start: int, end: int) -> tuple[list[Item], int, int] | None:
    """The items of a window, how many records were not understood, and how many events there were; ``None`` where there are so
    many that it should be read in parts."""
    found, broken = [], 0
    smallest = end - start <= SECOND
    for number, step in enumerate(_patiently(google, "token", start, end, event), 1):
        if number > LARGEST and not smallest:
            return None
        several, unknown = records(step.rows, event)
        found += several
        broken += unknown
    items, nameless = consented(google.tenant, found, WHAT[event])
    return items, broken + nameless, len(found)


def _patiently(google: Google, application: str, start: int, end: int, event: str) -> Iterator[Step]:
    """The pages of a window that nothing has been kept of, from its beginning again where its tokens expire: the log tells
    repeated records apart by their ids."""
    for _ in range(EXPIRIES):
        try:
            yield from google.pages("items", _asking(google, application, start, end, eventName=event))
            return
        except CursorExpired:
            continue
    raise TenantError(Trouble.UNEXPECTED, "page tokens expire before they can be used")


def use(google: Google, arguments: tuple[str, ...], cursor: str | None) -> Iterator[Page]:
    """The calls that one app made with its grants; ``arguments`` are its client id and name, and between which times."""
    client, name, start, end = arguments
    of = App(PLATFORM, google.tenant, client, name)
    ask = _asking(google, "token", int(start), int(end), eventName="activity", filters=f"client_id=={client}")
    yield from _samples(google, ask, cursor, end, of, "activity")


def workspace_ai(google: Google, arguments: tuple[str, ...], cursor: str | None) -> Iterator[Page]:
    """The use of one of Google's own AI products; ``arguments`` are the log's name, and between which times. That the log is the
    product's own says what it is, as no name would."""
    application, start, end = arguments
    name, homepage = WORKSPACE_AI[application]
    of = App(
        PLATFORM,
        google.tenant,
        application,
        name,
        kind="vendor_org",
        verified_publisher="Google",
        homepage=homepage,
        first_party=True,
        tags=("embedded",),
    )
    yield from _samples(google, _asking(google, application, int(start), int(end)), cursor, end, of, None)


def _samples(google: Google, ask: Any, cursor: str | None, end: str, of: App, event: str | None) -> Iterator[Page]:
    for step in google.pages("items", ask, cursor):
        several, broken = records(step.rows, event)
        found = [record for record in several if not _unasked(record)]
        done = end if step.token is None else None
        yield Page(tuple(used(google.tenant, found, of)), step.token, done, unread(broken))


def _unasked(record: Record) -> bool:
    """Whether Gemini has acted by itself, which is no use of it by whoever looked on.
    https://developers.google.com/workspace/admin/reports/v1/appendix/activity/gemini-in-workspace-apps"""
    action = record.parameters.get("action")
    return isinstance(action, str) and ("proactive" in action or action.startswith(("generate_starter_", "suggest_")))


def _asking(google: Google, application: str, start: int, end: int, **filters: str) -> Any:
    """What asks for one page of a log."""
    scale: Quota = FILTERED if filters else REPORTS
    about = {
        "userKey": "all",
        "applicationName": application,
        "startTime": iso(start),
        "endTime": iso(max(end, start + SECOND)),
        "maxResults": PAGE,
        "customerId": google.account.customer if google.account.customer != "my_customer" else None,
        **filters,
    }

    def ask(token: str | None) -> Row:
        return google.ask(REPORTS_API, AUDIT, scale, lambda api: api.activities().list(**about, pageToken=token))

    return ask


def _width(daily: int) -> int:
    """How long the first window is: as long as fills it, a day where that is not known."""
    return DAY if daily < 0 else max(SECOND, min(KEPT, FULL * DAY // max(daily, 1)))


def _after(place: Place, until: int, count: int) -> Place:
    """Where a task is after a window that held ``count`` events."""
    lasted = max(until - place.at, SECOND)
    width = max(SECOND, min(lasted * GROWTH, lasted * FULL // max(count, 1)))
    return Place(until, width, place.events + count)


def _place(cursor: str) -> Place:
    try:
        return Place(*map(int, json.loads(cursor)))
    except (ValueError, TypeError) as error:
        raise CursorExpired("the cursor is of another make") from error
