"""Slack: which apps were added, by whom; on Enterprise plans what administrators decided and people asked for.

Slack answers 200 with ``"ok": false`` to nearly everything that goes wrong: what it means is told here by the name of the error, and a
page that is not ``ok`` is never an empty one. All methods are GETs. Sources: https://docs.slack.dev/apis/web-api (``ok``, ``error``,
``needed``, ``provided``, cursors), …/rate-limits, and https://docs.slack.dev/reference/methods.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence

from shadowai.connector import Allowed, Answer, Probe, Quota, Session, Token, View
from shadowai.errors import UsageError
from shadowai.tenant import CursorExpired, Item, Missed, Page, Signal, Task, TenantError, Trouble
from shadowai_connectors import slack_items as items
from shadowai_connectors import slack_signals as limits
from shadowai_connectors.rest import (
    Chain,
    Row,
    each,
    host,
    inside,
    log_task,
    micros,
    needed_setting,
    parted,
    path,
    probes,
    root,
    rows,
    text,
)
from shadowai_connectors.slack_signals import ENTERPRISE, KEPT, OVERLAP, SIGNALS

API, AUDIT_API = "https://slack.com/api", "https://api.slack.com/audit/v1"
AUDIT = "audit"
"""The audience of the Audit Logs API: its token is the organisation's, and may be another."""
TRIES = 5
TOGETHER = 25
"""People who are asked for in one task."""

_METHODS = {
    "log": "team.integrationLogs",
    "approved": "admin.apps.approved.list",
    "restricted": "admin.apps.restricted.list",
    "requests": "admin.apps.requests.list",
    "people": "users.info",
}
_LISTS = {
    "log": "logs",
    "approved": "approved_apps",
    "restricted": "restricted_apps",
    "requests": "app_requests",
    "audit": "entries",
}
_QUOTAS = {
    "log": limits.LOG,
    "approved": limits.APPROVED,
    "restricted": limits.RESTRICTED,
    "requests": limits.REQUESTS,
    "people": limits.PEOPLE,
    "audit": limits.AUDIT,
}
_INSTALL = "install the app on the whole organisation, by an owner of it"
_USER_TOKEN = "use a user token (xoxp-) of an administrator instead of a bot's"
ERRORS: dict[str, tuple[Trouble, str]] = {
    "missing_scope": (Trouble.SCOPE, ""),
    "no_permission": (Trouble.SCOPE, ""),
    "team_access_not_granted": (Trouble.SCOPE, "install the app on this workspace: the token is of another one"),
    "app_management_app_not_installed_on_org": (Trouble.SCOPE, _INSTALL),
    "not_allowed_token_type": (Trouble.CREDENTIALS, _USER_TOKEN),
    "invalid_auth": (Trouble.CREDENTIALS, "make a new token"),
    "not_authed": (Trouble.CREDENTIALS, "set token"),
    "account_inactive": (Trouble.CREDENTIALS, "the token's user was deactivated: make a token of another one"),
    "token_revoked": (Trouble.CREDENTIALS, "install the app again"),
    "token_expired": (Trouble.CREDENTIALS, "turn token rotation off for the app, or give a new token"),
    "org_login_required": (
        Trouble.CREDENTIALS,
        "the workspace is moving to the organisation: use the organisation's token",
    ),
    "ekm_access_denied": (Trouble.ROLE, "an administrator has suspended access by Enterprise Key Management"),
    "access_denied": (Trouble.ROLE, ""),
    "accesslimited": (Trouble.ROLE, "the workspace's network rules refuse this address"),
    "not_allowed": (Trouble.ROLE, ""),
    "not_an_admin": (Trouble.ROLE, "the token's user is no administrator"),
    "restricted_action": (Trouble.ROLE, ""),
    "user_is_restricted": (Trouble.ROLE, "the token's user is a guest"),
    "paid_only": (Trouble.LICENCE, "needs a paid plan"),
    "plan_upgrade_required": (Trouble.LICENCE, "needs a higher plan"),
    "feature_not_enabled": (Trouble.LICENCE, f"needs {ENTERPRISE}"),
    "not_an_enterprise": (Trouble.LICENCE, f"needs {ENTERPRISE}"),
    "team_is_not_enterprise": (Trouble.LICENCE, f"needs {ENTERPRISE}"),
    "enterprise_is_restricted": (Trouble.ROLE, "ask the organisation, not a workspace of it"),
    "internal_error": (Trouble.SERVER, ""),
    "fatal_error": (Trouble.SERVER, ""),
    "service_unavailable": (Trouble.SERVER, ""),
    "request_timeout": (Trouble.SERVER, ""),
    "team_added_to_org": (Trouble.SERVER, "the workspace is moving to an organisation: sweep again later"),
    "ratelimited": (Trouble.THROTTLED, ""),
    "rate_limited": (Trouble.THROTTLED, ""),
}
"""What an error means, by the name that Slack gives it, and what to do about it."""
_REMEDIES = {signal.name: signal.remedy for signal in SIGNALS}
_LATER = (Trouble.THROTTLED, Trouble.SERVER)
_CURSORS = ("invalid_cursor", "invalid_pagination")
_GONE = ("user_not_found", "user_not_visible", "users_not_found")
WRITING = (
    "chat:write",
    "files:write",
    "channels:write",
    "groups:write",
    "users:write",
    "admin.apps:write",
    "admin.users:write",
)


class Slack:
    """The connector."""

    name = "slack"
    title = "Slack"
    settings: Mapping[str, str] = {
        "workspace": "the identifier of the workspace (T…) or of the organisation (E…)",
        "token": "a reference to a user token of an administrator",
        "audit_token?": "a reference to an organisation's token with auditlogs:read, where it is another",
        "team?": "the workspace (T…) to ask about with an organisation's token",
        "api?": f"usually {API}",
        "audit_api?": f"usually {AUDIT_API}",
    }
    secrets = ("token", "audit_token")
    signals = SIGNALS

    def allowed(self, settings: Mapping[str, str]) -> Sequence[Allowed]:
        """GETs of the methods that list, each by its name: the scope ``admin`` may do more."""
        api, audit = root(settings, "api", API), root(settings, "audit_api", AUDIT_API)
        methods = [Allowed(host(api), f"{path(api)}/{method}") for method in _METHODS.values()]
        return [*methods, Allowed(host(audit), f"{path(audit)}/logs")]

    def tenant(self, settings: Mapping[str, str]) -> str:
        """The identifier of the workspace or organisation."""
        if "token" not in settings:
            raise UsageError("slack needs token", remedy="see docs/connectors/slack.md")
        return needed_setting(settings, "workspace", r"[TE][A-Z0-9]{2,20}", "T0123ABCD")

    def wanted(self, settings: Mapping[str, str]) -> Sequence[Signal]:
        """All of them: there are no tiers to choose."""
        return SIGNALS

    def token(self, session: Session, audience: str) -> Token:
        """The token as it is; for the audit log its own where there is one."""
        key = "audit_token" if audience == AUDIT and "audit_token" in session.settings else "token"
        return Token(session.secret(key))

    def plan(self, view: View) -> Sequence[Task]:
        """The lists, then the people who were named. Certified apps are a list of their own: the other leaves them out."""
        tasks = [
            log_task(view, "log", "log", back=20 * KEPT, overlap=OVERLAP),
            Task("approved", "approved", ("false",)),
            Task("approved/certified", "approved", ("true",)),
            Task("restricted", "restricted", ("false",)),
            Task("restricted/certified", "restricted", ("true",)),
            Task("requests", "requests"),
            log_task(view, "audit", "audit", back=KEPT, overlap=OVERLAP),
        ]
        ids = sorted({one for one in view.principals() if one.isalnum() and one.isascii()})
        for start in range(0, len(ids), TOGETHER):
            part = tuple(ids[start : start + TOGETHER])
            tasks.append(Task(f"people/{hashlib.sha256(','.join(part).encode()).hexdigest()[:16]}", "people", part))
        return tasks

    def run(self, task: Task, session: Session, cursor: str | None) -> Iterator[Page]:
        """The pages of a task."""
        if task.signal == "log":
            yield from self._log(task, session, cursor)
        elif task.signal == "people":
            yield from self._people(task, session)
        else:
            yield from self._listed(task, session, cursor)

    def doctor(self, session: Session) -> Iterator[Probe]:
        """One request for each signal; and what the token may do beyond reading."""
        scopes: set[str] = set()

        def ask(signal: str) -> None:
            if signal == "people":
                self._probe_people(session)
                return
            now = str(session.now)
            task = Task(signal, signal, (now, now) if signal in ("log", "audit") else ("false",))
            answer = self._ask(
                session, signal, self._params(task, session) | {"count" if signal == "log" else "limit": "1"}
            )
            rows(answer.body, _LISTS[signal])
            scopes.update(one.strip() for one in answer.headers.get("x-oauth-scopes", "").split(","))

        yield from probes(self.signals, ask)
        excess = sorted(scopes & set(WRITING))
        if excess:
            yield Probe("log", "excess", f"the token may change things: {', '.join(excess)}", "leave these scopes out")

    def _probe_people(self, session: Session) -> None:
        """Asks for Slackbot, whom every workspace has."""
        self._ask(session, "people", {"user": "USLACKBOT"})

    def _log(self, task: Task, session: Session, cursor: str | None) -> Iterator[Page]:
        """The integration log until what an earlier sweep has read. Its cursor is the next page and which apps were decided when: entries
        that arrive meanwhile move others to later pages, so that some are met twice and none is lost."""
        since, until = task.arguments
        page, decided = _state(cursor)
        tenant, params = self.tenant(session.settings), self._params(task, session)
        chain = Chain()
        while True:
            body = self._ask(session, "log", params | {"page": str(page)}).body
            found = rows(body, "logs")
            made = [one for row in found for one in items.logged(row, tenant, decided)]
            read = task.changes and _read(found, int(since))
            last = read or page >= _pages(body)
            page += 1
            state = None if last else json.dumps([page, decided], separators=(",", ":"))
            yield _page([*made, *chain.on(found, None if last else str(page))], state, until if last else None)
            if last:
                return

    def _listed(self, task: Task, session: Session, cursor: str | None) -> Iterator[Page]:
        """A list with cursors."""
        tenant, params = self.tenant(session.settings), self._params(task, session)
        makers: dict[str, Callable[[Row], object]] = {
            "approved": lambda row: items.approved(row, tenant),
            "restricted": lambda row: items.restricted(row, tenant),
            "requests": lambda row: items.request(row, tenant),
            "audit": lambda row: tuple(items.audited(row, tenant)),
        }
        chain = Chain(cursor)
        while True:
            body = self._ask(session, task.signal, params | ({"cursor": cursor} if cursor else {})).body
            found = rows(body, _LISTS[task.signal])
            made = list(each(found, makers[task.signal]))
            cursor = _cursor(body)
            made += chain.on(found, cursor)
            yield _page(made, cursor, task.arguments[1] if task.signal == "audit" and cursor is None else None)
            if cursor is None:
                return

    def _people(self, task: Task, session: Session) -> Iterator[Page]:
        """Users one by one; one who is gone is no error."""
        tenant, found = self.tenant(session.settings), list[Item | Missed]()
        for who in task.arguments:
            try:
                body = self._ask(session, "people", {"user": who}).body
            except TenantError as error:
                if error.code not in _GONE:
                    raise
            else:
                found += each([inside(body, "user")], lambda row: items.person(row, tenant))
        yield _page(found, None, None)

    def _params(self, task: Task, session: Session) -> dict[str, str]:
        """What the method of a task is asked with, but for the page."""
        workspace, team = self.tenant(session.settings), session.settings.get("team", "")
        if task.signal == "log":
            return {"count": "1000"} | ({"team_id": team} if team else {})
        if task.signal == "audit":
            oldest, latest = (str(int(time) // 1_000_000) for time in task.arguments)
            return {"action": ",".join(items.ACTIONS), "oldest": oldest, "latest": latest, "limit": "1000"}
        team = team or (workspace if workspace.startswith("T") else "")
        where = {"team_id": team} if team else {"enterprise_id": workspace}
        if task.signal == "requests":
            return {"limit": "1000", **where}
        return {"limit": "1000", "certified": task.arguments[0], **where}

    def _ask(self, session: Session, signal: str, params: Mapping[str, str]) -> Answer:
        """One request; what is not ``ok`` is raised, or asked again where it may pass."""
        url, audience = f"{root(session.settings, 'api', API)}/{_METHODS.get(signal)}", ""
        if signal == "audit":
            url, audience = f"{root(session.settings, 'audit_api', AUDIT_API)}/logs", AUDIT
        quota: Quota = _QUOTAS[signal]
        tries = 0
        while True:
            try:
                answer = session.get(url, quota=quota, params=params, audience=audience)
            except TenantError as error:
                raise refine(error, signal) from error
            fault = refusal(answer, signal)
            if fault is None or (signal == "audit" and isinstance(answer.body, Mapping) and "entries" in answer.body):
                return answer
            tries += 1
            if isinstance(fault, CursorExpired) or fault.trouble not in _LATER or tries >= TRIES:
                raise fault
            session.pause(quota, answer.headers)


def refusal(answer: Answer, signal: str) -> TenantError | CursorExpired | None:
    """What is wrong with an answer of the Web API; ``None`` where it is ``ok``."""
    body = answer.body
    if not isinstance(body, Mapping) or not isinstance(body.get("ok"), bool):
        return TenantError(Trouble.UNEXPECTED, "Slack did not say whether it is ok")
    if body["ok"]:
        return None
    code = text(body.get("error")) or "no error named"
    return _meaning(code, body, answer.status, signal)


def refine(error: TenantError, signal: str) -> TenantError | CursorExpired:
    """What a refusal with a status of 400 or more means: the Audit Logs API refuses so."""
    code = error.code
    return _meaning(code, error.body, error.status, signal) if code in ERRORS or code in _CURSORS else error


def _meaning(code: str, body: object, status: int | None, signal: str) -> TenantError | CursorExpired:
    if code in _CURSORS:
        return CursorExpired(code)
    trouble, remedy = ERRORS.get(code, (Trouble.UNEXPECTED, ""))
    needs, provided = (text(body.get(key)) if isinstance(body, Mapping) else None for key in ("needed", "provided"))
    detail = code if needs is None else f"{code}: it needs {needs}, and has {provided or 'nothing'}"
    if code == "missing_scope" and needs is not None:
        remedy = f"add the scope {needs} to the app and install it again"
    return TenantError(trouble, detail, remedy=remedy or _REMEDIES[signal], status=status, code=code, body=body)


def _cursor(body: object) -> str | None:
    """Where to go on; a page whose cursor is no text would be taken for the last one."""
    found = inside(body, "response_metadata").get("next_cursor") if isinstance(body, Mapping) else None
    if found is not None and not isinstance(found, str):
        raise TenantError(Trouble.UNEXPECTED, "next_cursor is no text")
    return text(found)


def _pages(body: object) -> int:
    """How many pages there are. Without that number it is not known where the log ends."""
    pages = inside(body, "paging").get("pages") if isinstance(body, Mapping) else None
    if not isinstance(pages, int) or isinstance(pages, bool):
        raise TenantError(Trouble.UNEXPECTED, "the integration log does not say how many pages it has")
    return pages


def _read(found: Sequence[Row], since: int) -> bool:
    """Whether a page, and with it all later ones, holds only what was read before: its entries come newest first, and are older."""
    times = [time for row in found if (time := micros(row.get("date"))) is not None]
    return bool(times) and times[0] >= times[-1] and max(times) < since


def _state(cursor: str | None) -> tuple[int, dict[str, int]]:
    """The page and the decided apps of a cursor; one that cannot be read is as good as expired."""
    if cursor is None:
        return 1, {}
    try:
        page, decided = json.loads(cursor)
        return int(page), {str(app): int(time) for app, time in decided.items()}
    except (ValueError, TypeError, AttributeError):
        raise CursorExpired("the cursor cannot be read") from None


def _page(made: Sequence[Item | Missed], cursor: str | None, mark: str | None) -> Page:
    kept, missed = parted(made)
    return Page(kept, cursor, mark, missed)
