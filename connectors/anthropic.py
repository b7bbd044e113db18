"""Anthropic: who has a seat in an organisation of the Claude Platform, which keys there are, and who uses Claude Code: what is licensed.

Only GETs of the Admin API, with an Admin key. No key's value is ever answered, and the hint of it is not kept. Seats of claude.ai (Team
and Enterprise plans) are another product: this API does not tell them. Sources: https://platform.claude.com/docs/en/api/administration-api
and https://platform.claude.com/docs/en/manage-claude/claude-code-analytics-api.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Literal

from shadowai.connector import Allowed, Answer, Probe, Quota, Session, Token, View
from shadowai.tenant import (
    Activity,
    App,
    CursorExpired,
    Grant,
    Item,
    Missed,
    Page,
    Person,
    Signal,
    Task,
    TenantError,
    Trouble,
)
from shadowai_connectors.rest import (
    AGAIN,
    DAY,
    Row,
    counted,
    cursored,
    days_task,
    each,
    expired,
    host,
    inside,
    iso,
    like,
    micros,
    missed_for,
    needed,
    needed_setting,
    parted,
    path,
    probes,
    root,
    rows,
    text,
)

API = "https://api.anthropic.com/v1"
PLATFORM = "anthropic"
APP, CLAUDE_CODE = "anthropic-organization", "claude-code"
VERSION = {"anthropic-version": "2023-06-01"}
ADMIN = Quota("anthropic-admin", per_second=1.0, burst=10.0, concurrent=2)
"""No limit of the Admin API is documented; its usage reports ask for one request a minute when polled for long. 429 is heeded."""
LOOK_BACK = 30 * DAY
LATE = DAY // 8
"""How long after a day's end it is read: sessions appear typically within an hour, and none that is younger is told (Claude Code
analytics API, "How fresh is the analytics data?")."""

SIGNALS: tuple[Signal, ...] = (
    Signal("users", "Members of the organisation", "GET /v1/organizations/users", ("an Admin key",), required=True,
           licence="an organisation: there is no Admin API for accounts of one person", cost="1 call for 1,000 members",
           remedy="Needs an Admin key (sk-ant-admin…) that a member with the role admin makes.",
           gives=("apps", "grants", "people")),
    Signal("invites", "People who were invited and have not yet come", "GET /v1/organizations/invites", ("an Admin key",),
           tier="standard", cost="1 call for 1,000 invitations", remedy="Needs an Admin key.",
           gives=("requests", "people")),
    Signal("keys", "API keys: who made them, for which workspace", "GET /v1/organizations/api_keys", ("an Admin key",),
           tier="standard", cost="1 call for 1,000 keys", remedy="Needs an Admin key.",
           gives=("grants",)),
    Signal("claude_code", "Sessions of Claude Code of each person by day", "GET /v1/organizations/usage_report/claude_code",
           ("an Admin key",), tier="standard", cost="1 call for 1,000 people of each day", remedy="Needs an Admin key.",
           gives=("apps", "people", "use")),
)  # fmt: skip

_PATHS = {
    "users": "organizations/users",
    "invites": "organizations/invites",
    "keys": "organizations/api_keys",
    "claude_code": "organizations/usage_report/claude_code",
}


class Anthropic:
    """The connector."""

    name = "anthropic"
    title = "Anthropic (Claude Platform)"
    settings: Mapping[str, str] = {
        "organization": "the organisation's identifier, as in the Console's settings",
        "admin_key": "a reference to an Admin key",
        "api?": f"usually {API}",
    }
    secrets = ("admin_key",)
    signals = SIGNALS

    def allowed(self, settings: Mapping[str, str]) -> Sequence[Allowed]:
        """GETs of lists: an Admin key may do more."""
        api = root(settings, "api", API)
        return [Allowed(host(api), f"{path(api)}/{place}") for place in (*_PATHS.values(), "organizations/me")]

    def tenant(self, settings: Mapping[str, str]) -> str:
        """The organisation's identifier."""
        return needed_setting(settings, "organization", r"[A-Za-z0-9_-]{1,64}", "12345678-1234-5678-1234-567812345678")

    def wanted(self, settings: Mapping[str, str]) -> Sequence[Signal]:
        """All of them: there are no tiers to choose."""
        return SIGNALS

    def token(self, session: Session, audience: str) -> Token:
        """The Admin key, in the header that Anthropic reads."""
        return Token(session.secret("admin_key"), scheme="", header="x-api-key")

    def plan(self, view: View) -> Sequence[Task]:
        """The lists, and the use of each whole day."""
        tasks = [Task(signal, signal) for signal in _PATHS if signal != "claude_code"]
        return [*tasks, *days_task(view, "claude_code", back=LOOK_BACK, late=LATE)]

    def run(self, task: Task, session: Session, cursor: str | None) -> Iterator[Page]:
        """The pages of a task; its cursor is the last identifier of the page before, of usage the day that comes next."""
        if task.signal == "claude_code":
            yield from self._usage(task, session, cursor)
            return
        tenant = self.tenant(session.settings)
        url, params = f"{root(session.settings, 'api', API)}/{_PATHS[task.signal]}", {"limit": "1000"}
        if cursor is None:
            self._same_organization(session, tenant)

        def ask(after: str | None) -> object:
            about = params | ({"after_id": after} if after else {})
            return _ask(session, url, about, cursor=after is not None).body

        for page in cursored(ask, lambda body: following(body, "last_id"), cursor):
            made = _items(task.signal, rows(page.body, "data"), tenant)
            if task.signal == "users" and page.cursor is None:
                made.insert(0, organization(tenant))
            items, missed = parted(made)
            yield Page(items, page.following, missed=(*missed, *page.missed))

    def doctor(self, session: Session) -> Iterator[Probe]:
        """One request for each signal; the first one also says whose key it is."""

        def ask(signal: str) -> None:
            if signal == "users":
                self._same_organization(session, self.tenant(session.settings))
            params = {"limit": "1"} | ({"starting_at": _date(session.now - DAY)} if signal == "claude_code" else {})
            rows(_ask(session, f"{root(session.settings, 'api', API)}/{_PATHS[signal]}", params).body, "data")

        yield from probes(self.signals, ask)

    def _same_organization(self, session: Session, tenant: str) -> None:
        """A key of another organisation would give that one's members this one's name."""
        body = _ask(session, f"{root(session.settings, 'api', API)}/organizations/me", {}).body
        found = text(body.get("id")) if isinstance(body, Mapping) else None
        if found is None:
            raise TenantError(Trouble.UNEXPECTED, "the answer does not name the key's organisation")
        if found != tenant:
            detail = f"the key is of the organisation {found}, not of {tenant}"
            raise TenantError(
                Trouble.CREDENTIALS, detail, remedy="correct organization, or give that organisation's key"
            )

    def _usage(self, task: Task, session: Session, cursor: str | None) -> Iterator[Page]:
        """One day after the other: a request is about one day, and the rows of one person may lie on several of its pages."""
        tenant = self.tenant(session.settings)
        since, until = (int(time) for time in task.arguments)
        time = int(cursor) if cursor and cursor.isdigit() else since
        while time < until:
            found, missed = self._day(session, time)
            made, uncounted = parted(sessions(found, time, tenant))
            time += DAY
            following, mark = (str(time), None) if time < until else (None, task.arguments[1])
            yield Page(made, following, mark, (*missed, *uncounted))

    def _day(self, session: Session, time: int) -> tuple[list[Row], tuple[Missed, ...]]:
        """The rows of all pages of a day, and what was missed. A page that is given again is counted once."""
        url = f"{root(session.settings, 'api', API)}/{_PATHS['claude_code']}"

        def ask(page: str | None) -> object:
            params = {"starting_at": _date(time), "limit": "1000"} | ({"page": page} if page else {})
            return _ask(session, url, params, cursor=page is not None).body

        found: list[Row] = []
        missed: list[Missed] = []
        for page in cursored(ask, lambda body: following(body, "next_page"), None):
            found += () if AGAIN in page.missed else rows(page.body, "data")
            missed += page.missed
        return found, tuple(missed)


def organization(tenant: str) -> App:
    """The organisation itself: what was bought, and so the baseline."""
    return _app(tenant, APP, "Anthropic API", tenant)


def _app(tenant: str, number: str, name: str, object_id: str | None) -> App:
    return App(
        PLATFORM,
        tenant,
        number,
        name,
        kind="vendor_org",
        object_id=object_id,
        verified_publisher="Anthropic",
        homepage="https://platform.claude.com" if number == APP else "https://code.claude.com",
        first_party=True,
        enabled=True,
    )


def following(body: object, key: str) -> str | None:
    """Where to go on. A page that says there is more, and not where, is an error; one that says nothing of it goes on where it says."""
    if not isinstance(body, Mapping) or body.get("has_more") is False:
        return None
    found = text(body.get(key))
    if found is None and body.get("has_more"):
        raise TenantError(Trouble.UNEXPECTED, "Anthropic says there is more, and not where")
    return found


def _ask(session: Session, url: str, params: Mapping[str, str], *, cursor: bool = False) -> Answer:
    try:
        return session.get(url, quota=ADMIN, params=params, headers=VERSION)
    except TenantError as error:
        raise expired(error, refine) if cursor else refine(error) from error


def refine(error: TenantError) -> TenantError | CursorExpired:
    """What a refusal means. https://platform.claude.com/docs/en/api/errors"""
    said = error.detail.lower()
    if error.status == 401:
        return like(error, Trouble.CREDENTIALS, "needs an Admin key (sk-ant-admin…): other keys are refused")
    if error.status == 403 and ("individual" in said or "plan" in said):
        return like(error, Trouble.LICENCE, "set up an organisation in the Console")
    if error.status == 403:
        return like(error, Trouble.SCOPE)
    return error


def _items(signal: str, found: Sequence[Row], tenant: str) -> list[Item | Missed]:
    makers: dict[str, Callable[[Row], object]] = {
        "users": lambda row: seat(row, tenant),
        "invites": lambda row: invite(row, tenant),
        "keys": lambda row: key(row, tenant),
    }
    return list(each(found, makers[signal]))


def seat(row: Row, tenant: str) -> tuple[Person, Grant]:
    """A member of the organisation, with their role."""
    number, added, role = needed(row, "id"), micros(row.get("added_at")), text(row.get("role"))
    person = Person(PLATFORM, tenant, number, text(row.get("email")), text(row.get("name")), enabled=True)
    scopes = (f"role:{role}",) if role else ()
    return person, Grant(
        PLATFORM, tenant, f"seat/{number}", APP, "seat", number, scopes, granted=added, date_source=_api(added)
    )


def invite(row: Row, tenant: str) -> tuple[Person, Grant] | None:
    """An invitation that waits; the others have become members, or nothing."""
    if text(row.get("status")) != "pending":
        return None
    number, address = needed(row, "id"), text(row.get("email"))
    sent = micros(row.get("invited_at"))
    who = address or number
    grant = Grant(PLATFORM, tenant, f"invite/{number}", APP, "request", who, granted=sent, date_source=_api(sent))
    return Person(PLATFORM, tenant, who, address), grant


def key(row: Row, tenant: str) -> Grant | None:
    """A key's metadata; none of one that is switched off. It acts for its principal, which is who made it where none is named; a service
    account is nobody. When a key was last used is not told."""
    if text(row.get("status")) not in (None, "active"):
        return None
    number, made = needed(row, "id"), micros(row.get("created_at"))
    by, acts = inside(row, "created_by"), inside(row, "principal")
    maker = text(by.get("id")) if text(by.get("type")) in (None, "user") else None
    who = text(acts.get("user_id")) if acts else maker
    workspace = text(inside(row, "scope").get("workspace_id")) or text(row.get("workspace_id"))
    scopes = (f"workspace:{workspace}",) if workspace else ()
    return Grant(
        PLATFORM, tenant, f"key/{number}", APP, "key", who, scopes, granted=made, date_source=_api(made), by=maker
    )


def sessions(found: Sequence[Row], time: int, tenant: str) -> tuple[Item | Missed, ...]:
    """Who had how many sessions of Claude Code on the day that begins at ``time``: people by their address, keys by nobody.

    A person has a row for each terminal and kind of customer: they are summed, for one day of one person is one thing. A row whose
    sessions are not told is missed.
    """
    sums: dict[str | None, int] = {}
    missed: list[Missed] = []
    for row in found:
        who = text(inside(row, "actor").get("email_address"))
        try:
            count = counted(inside(row, "core_metrics"), "num_sessions")
        except TenantError as error:
            missed.append(missed_for(error))
            continue
        if count:
            sums[who] = sums.get(who, 0) + count
    people = [Person(PLATFORM, tenant, who, who) for who in sums if who is not None]
    used = [Activity(PLATFORM, tenant, CLAUDE_CODE, who, time, time + DAY - 1, count) for who, count in sums.items()]
    if not used:
        return tuple(missed)
    return (_app(tenant, CLAUDE_CODE, "Claude Code", None), *people, *used, *missed)


def _date(moment: int) -> str:
    return iso(moment)[:10]


def _api(time: int | None) -> Literal["api"] | None:
    return None if time is None else "api"
