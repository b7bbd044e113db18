"""OpenAI: who has a seat in an organisation of its API platform, which keys there are, and who uses them: what is licensed.

Only GETs of the Administration API, with an Admin key. No key's value is ever answered, and its redacted form is not kept. ChatGPT
workspaces are another product: their members are not told here. Sources:
https://developers.openai.com/api/reference (administration: users, projects, project and admin API keys, usage, audit logs).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from shadowai.connector import Allowed, Answer, Probe, Quota, Session, Token, View
from shadowai.tenant import (
    Activity,
    App,
    CursorExpired,
    DateSource,
    Event,
    Grant,
    GrantKind,
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
    DAY,
    SECOND,
    Row,
    counted,
    cursored,
    days_task,
    each,
    expired,
    host,
    inside,
    like,
    log_task,
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

API = "https://api.openai.com/v1"
PLATFORM = "openai"
APP, NAME = "openai-organization", "OpenAI API"
ADMIN = Quota("openai-admin", per_second=1.0, burst=10.0, concurrent=2)
"""No limit of the Administration API is documented; 429 is heeded."""
KEPT, LOOK_BACK = 90 * DAY, 30 * DAY
OVERLAP = 2 * DAY
LATE = DAY // 8
"""How long after a day's end its usage is read; when it is whole is not documented."""

SIGNALS: tuple[Signal, ...] = (
    Signal("users", "Members of the organisation", "GET /v1/organization/users", ("api.management.read",), required=True,
           cost="1 call for 100 members", remedy="Needs an Admin key (sk-admin-…) that an owner of the organisation makes.",
           gives=("apps", "grants", "people")),
    Signal("projects", "Projects, whose keys are asked for", "GET /v1/organization/projects", ("api.management.read",),
           tier="standard", cost="1 call for 100 projects", remedy="Needs an Admin key.",
           gives=("apps",)),
    Signal("keys", "API keys of projects: owner, age, last use", "GET /v1/organization/projects/{id}/api_keys",
           ("api.management.read",), tier="standard", cost="1 call for 100 keys of each project", remedy="Needs an Admin key.",
           gives=("grants",), after=("projects",)),
    Signal("admin_keys", "Admin keys: owner, age, last use", "GET /v1/organization/admin_api_keys", ("api.management.read",),
           tier="standard", cost="1 call for 100 keys", remedy="Needs an Admin key.",
           gives=("grants",)),
    Signal("usage", "Requests of each member by day", "GET /v1/organization/usage/completions", ("api.usage.read",),
           tier="standard", cost="1 call for 31 days", remedy="Needs an Admin key that may read usage.",
           gives=("use",)),
    Signal("audit", "Keys and members added and removed", "GET /v1/organization/audit_logs", ("api.audit_logs.read",),
           tier="deep", licence="audit logging, switched on by an owner", cost="1 call for 100 entries",
           remedy="Switch audit logging on in the organisation's data controls.",
           gives=("events",)),
)  # fmt: skip

EVENTS = {
    "api_key.created": "granted",
    "api_key.deleted": "revoked",
    "service_account.created": "granted",
    "service_account.deleted": "revoked",
    "user.added": "granted",
    "user.deleted": "revoked",
    "invite.sent": "requested",
}
_PATHS = {
    "users": "organization/users",
    "projects": "organization/projects",
    "admin_keys": "organization/admin_api_keys",
    "usage": "organization/usage/completions",
    "audit": "organization/audit_logs",
}


class OpenAI:
    """The connector."""

    name = "openai"
    title = "OpenAI (API platform)"
    settings: Mapping[str, str] = {
        "organization": "the organisation's identifier (org-…)",
        "admin_key": "a reference to an Admin key",
        "api?": f"usually {API}",
    }
    secrets = ("admin_key",)
    signals = SIGNALS

    def allowed(self, settings: Mapping[str, str]) -> Sequence[Allowed]:
        """GETs of lists: an Admin key may do more."""
        api = root(settings, "api", API)
        places = (*_PATHS.values(), "organization/projects/*/api_keys")
        return [Allowed(host(api), f"{path(api)}/{place}") for place in places]

    def tenant(self, settings: Mapping[str, str]) -> str:
        """The organisation's identifier. The API does not say it: it is what the key belongs to."""
        return needed_setting(settings, "organization", r"org-[A-Za-z0-9_-]{1,64}", "org-abc123")

    def wanted(self, settings: Mapping[str, str]) -> Sequence[Signal]:
        """All of them: there are no tiers to choose."""
        return SIGNALS

    def token(self, session: Session, audience: str) -> Token:
        """The Admin key."""
        return Token(session.secret("admin_key"))

    def plan(self, view: View) -> Sequence[Task]:
        """The lists; then the keys of each project, which are known as apps with the tag ``project``."""
        tasks = [
            Task("users", "users"),
            Task("projects", "projects"),
            Task("admin_keys", "admin_keys"),
            log_task(view, "audit", "audit", back=KEPT, overlap=OVERLAP),
            *days_task(view, "usage", back=LOOK_BACK, late=LATE),
        ]
        projects = sorted(app.object_id or "" for app in view.apps() if "project" in app.tags)
        return [*tasks, *(Task(f"keys/{one}", "keys", (one,)) for one in projects if one)]

    def run(self, task: Task, session: Session, cursor: str | None) -> Iterator[Page]:
        """The pages of a task; its cursor is the last identifier of the page before, or the name of the next page."""
        tenant = self.tenant(session.settings)
        url, params = self._request(task, session)
        key = "page" if task.signal == "usage" else "after"

        def ask(after: str | None) -> object:
            return _ask(session, url, params | ({key: after} if after else {}), cursor=after is not None).body

        for page in cursored(ask, lambda body: following(body, task.signal), cursor):
            made = _items(task, rows(page.body, "data"), tenant)
            if task.signal == "users" and page.cursor is None:
                made.insert(0, organization(tenant))
            mark = task.arguments[1] if task.signal in ("usage", "audit") and page.following is None else None
            items, missed = parted(made)
            yield Page(items, page.following, mark, (*missed, *page.missed))

    def doctor(self, session: Session) -> Iterator[Probe]:
        """One request for each signal; keys are those of the first project."""
        first: list[str] = []

        def ask(signal: str) -> None:
            if signal == "keys" and not first:
                raise TenantError(Trouble.UNEXPECTED, "cannot be tried: there is no project")
            window = (str(session.now - DAY), str(session.now))
            arguments = window if signal in ("usage", "audit") else tuple(first)
            url, params = self._request(Task(signal, signal, arguments), session)
            found = rows(_ask(session, url, params | {"limit": "1"}).body, "data")
            if signal == "projects":
                first.extend(needed(row, "id") for row in found[:1])

        yield from probes(self.signals, ask)

    def _request(self, task: Task, session: Session) -> tuple[str, dict[str, str]]:
        api = root(session.settings, "api", API)
        if task.signal == "keys":
            return f"{api}/organization/projects/{task.arguments[0]}/api_keys", {"limit": "100"}
        url = f"{api}/{_PATHS[task.signal]}"
        if task.signal == "usage":
            since, until = (str(int(time) // SECOND) for time in task.arguments)
            about = {"bucket_width": "1d", "group_by": "user_id", "limit": "31"}
            return url, {"start_time": since, "end_time": until, **about}
        if task.signal == "audit":
            since, until = (str(int(time) // SECOND) for time in task.arguments)
            return url, {"effective_at[gte]": since, "effective_at[lte]": until, "limit": "100"}
        return url, {"limit": "100"} | ({"include_archived": "false"} if task.signal == "projects" else {})


def organization(tenant: str) -> App:
    """The organisation itself: what was bought, and so the baseline."""
    return App(
        PLATFORM,
        tenant,
        APP,
        NAME,
        kind="vendor_org",
        object_id=tenant,
        verified_publisher="OpenAI",
        homepage="https://platform.openai.com",
        first_party=True,
        enabled=True,
    )


def following(body: object, signal: str) -> str | None:
    """Where to go on: usage names its next page, lists their last identifier, or the last row is that. A list that does not say whether
    there is more goes on until a page is empty; one that says there is more, and not where, is an error."""
    if not isinstance(body, Mapping) or body.get("has_more") is False:
        return None
    last = rows(body, "data")[-1:]
    ends = text(body.get("last_id")) or (text(last[0].get("id")) if last else None)
    found = text(body.get("next_page")) if signal == "usage" else ends
    if found is None and body.get("has_more"):
        raise TenantError(Trouble.UNEXPECTED, "OpenAI says there is more, and not where")
    return found


def _ask(session: Session, url: str, params: Mapping[str, str], *, cursor: bool = False) -> Answer:
    try:
        return session.get(url, quota=ADMIN, params=params)
    except TenantError as error:
        raise expired(error, refine) if cursor else refine(error) from error


def refine(error: TenantError) -> TenantError | CursorExpired:
    """What a refusal means. A key of a project instead of an Admin key, and an Admin key without a permission, are told by the scopes
    that are said to be missing, with 401 or 403."""
    said = error.detail.lower()
    if error.status in (401, 403) and ("missing scopes" in said or "insufficient permissions" in said):
        return like(error, Trouble.SCOPE, "use an Admin key that may read: Organization settings > Admin keys")
    if error.status == 401:
        return like(error, Trouble.CREDENTIALS, "the key was deleted or has expired: make a new Admin key")
    if error.status in (400, 403, 404) and "audit log" in said:
        return like(error, Trouble.LICENCE)
    return error


def _items(task: Task, found: Sequence[Row], tenant: str) -> list[Item | Missed]:
    makers: dict[str, Callable[[Row], object]] = {
        "users": lambda row: seat(row, tenant),
        "projects": lambda row: project(row, tenant),
        "keys": lambda row: key(row, tenant, project=task.arguments[0]),
        "admin_keys": lambda row: key(row, tenant, project=None),
        "usage": lambda row: usage(row, tenant),
        "audit": lambda row: event(row, tenant),
    }
    return list(each(found, makers[task.signal]))


def seat(row: Row, tenant: str) -> tuple[Person, Grant] | None:
    """A member of the organisation, with their role; none for a service account, which is known by its keys."""
    if row.get("is_service_account") is True:
        return None
    number, added = needed(row, "id"), micros(row.get("added_at"))
    inner, role = inside(row, "user"), text(row.get("role"))
    enabled = inner.get("enabled") is not False and inner.get("banned") is not True
    address, name = (text(row.get(field)) or text(inner.get(field)) for field in ("email", "name"))
    person = Person(PLATFORM, tenant, number, address, name, enabled=enabled)
    return person, _grant(tenant, f"seat/{number}", "seat", number, (f"role:{role}",) if role else (), added)


def project(row: Row, tenant: str) -> App | None:
    """A project, as a part of the organisation; none that is archived. Its name, which anybody may choose, makes it nothing else."""
    if text(row.get("status")) == "archived":
        return None
    number = needed(row, "id")
    return App(
        PLATFORM,
        tenant,
        f"{APP}/{number}",
        NAME,
        kind="vendor_org",
        object_id=number,
        verified_publisher="OpenAI",
        homepage="https://platform.openai.com",
        first_party=True,
        created=micros(row.get("created_at")),
        tags=("project", f"project-name:{text(row.get('name')) or number}"),
    )


def key(row: Row, tenant: str, *, project: str | None) -> tuple[Grant] | tuple[Grant, Person]:
    """A key's metadata. A service account's key is nobody's."""
    number, owner = needed(row, "id"), inside(row, "owner")
    user = inside(owner, "user") or (owner if text(owner.get("type")) == "user" else {})
    who = text(user.get("id")) if text(owner.get("type")) != "service_account" else None
    made, used = micros(row.get("created_at")), micros(row.get("last_used_at"))
    scopes = (f"project:{project}",) if project else ("admin",)
    grant = _grant(tenant, f"key/{number}", "key", who, scopes, made, used)
    if who is None:
        return (grant,)
    return grant, Person(PLATFORM, tenant, who, text(user.get("email")), text(user.get("name")))


def usage(row: Row, tenant: str) -> tuple[Activity | Missed, ...]:
    """The requests of each member within one bucket of time; what has none told is missed."""
    first, last = micros(row.get("start_time")), micros(row.get("end_time"))
    if first is None or last is None:
        raise TenantError(Trouble.UNEXPECTED, "a bucket of usage came without its times")
    sums: dict[str | None, int] = {}
    missed: list[Missed] = []
    for one in rows(row.get("results", row.get("result"))):
        try:
            count = counted(one, "num_model_requests")
        except TenantError as error:
            missed.append(missed_for(error))
            continue
        if count:
            who = text(one.get("user_id"))
            sums[who] = sums.get(who, 0) + count
    used = (Activity(PLATFORM, tenant, APP, who, first, last - 1, count) for who, count in sums.items())
    return (*used, *missed)


def event(row: Row, tenant: str) -> Event | Missed | None:
    """What an entry of the audit log tells; ``None`` for kinds that are of no interest."""
    kind = text(row.get("type")) or ""
    if kind not in EVENTS:
        return None
    number, time = text(row.get("id")), micros(row.get("effective_at"))
    if number is None or time is None:
        return Missed(Trouble.UNEXPECTED, f"an entry {kind} of the audit log has no time or identifier")
    by = text(inside(row, "actor", "session", "user").get("id")) or text(
        inside(row, "actor", "api_key", "user").get("id")
    )
    about = text(inside(row, kind).get("id"))
    who = about if kind.startswith("user.") else None
    what = EVENTS[kind]
    if what == "granted":
        return Event(PLATFORM, tenant, number, APP, "granted", time, who, by=by)
    return Event(PLATFORM, tenant, number, APP, "revoked" if what == "revoked" else "requested", time, who, by=by)


def _grant(
    tenant: str,
    number: str,
    kind: GrantKind,
    who: str | None,
    scopes: tuple[str, ...],
    granted: int | None,
    used: int | None = None,
) -> Grant:
    source: DateSource | None = "api" if granted is not None else None
    return Grant(PLATFORM, tenant, number, APP, kind, who, scopes, None, granted, source, used)
