"""GitHub: the apps that an organisation has installed, its people's tokens, its seats of Copilot, and its audit log.

Only GETs; the one POST gets an installation's token. GitHub says 404 of what may not be seen, and of what was not bought: what cannot
be told apart is said so. Sources: https://docs.github.com/rest (paging by ``Link``, rate limits, troubleshooting), and
https://docs.github.com/apps/creating-github-apps/authenticating-with-a-github-app.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from shadowai.connector import Allowed, Answer, Probe, Quota, Session, Token, View
from shadowai.errors import UsageError
from shadowai.tenant import CursorExpired, Item, Missed, Page, Signal, Task, TenantError, Trouble
from shadowai_connectors import github_items as items
from shadowai_connectors.assertion import signed
from shadowai_connectors.github_signals import AUDIT, CORE, KEPT, OVERLAP, SIGNALS
from shadowai_connectors.rest import (
    SECOND,
    Row,
    Step,
    each,
    host,
    is_gone,
    iso,
    like,
    linked,
    log_task,
    micros,
    missed_for,
    needed_setting,
    parted,
    path,
    probes,
    root,
    rows,
    text,
)

API = "https://api.github.com"
VERSION = {"Accept": "application/vnd.github+json, application/json;q=0.9", "X-GitHub-Api-Version": "2022-11-28"}
PATIENCE = {"retry-after": "60"}
"""A secondary limit that names no time: "wait for at least one minute before retrying"."""
TRIES = 5
ROWS = 100
"""Of a page."""
WRITING = (
    "repo",
    "workflow",
    "admin:org",
    "write:org",
    "delete_repo",
    "admin:enterprise",
    "site_admin",
    "user",
    "gist",
)
"""Scopes of a classic token with which things can be changed."""

_ORG = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,38})"
_SLUG = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,99}")
_LISTS = {
    "installations": ("installations", "installations", "total_count"),
    "seats": ("copilot/billing/seats", "seats", "total_seats"),
    "tokens": ("personal-access-tokens", None, None),
    "requests": ("personal-access-token-requests", None, None),
    "credentials": ("credential-authorizations", None, None),
    "audit": ("audit-log", None, None),
}
"""Of each signal the path, the key of its list, and the key of how many there are."""
_NEEDS = {signal.name: (signal.licence, signal.remedy) for signal in SIGNALS}


class GitHub:
    """The connector."""

    name = "github"
    title = "GitHub"
    settings: Mapping[str, str] = {
        "organization": "the organisation's login",
        "app_id?": "the GitHub App that sweeps; with private_key",
        "private_key?": "a reference to its private key in PEM",
        "installation_id?": "its installation, where it should not be looked up",
        "token?": "a reference to a token of an owner, instead",
        "api?": f"where the API is, for GitHub Enterprise; usually {API}",
    }
    secrets = ("private_key", "token")
    signals = SIGNALS

    def allowed(self, settings: Mapping[str, str]) -> Sequence[Allowed]:
        """GETs about the organisation and about apps, and the token endpoint."""
        api, org = root(settings, "api", API), self.tenant(settings)
        where, base = host(api), path(api)
        why = "it gives a token and changes nothing else"
        return [
            Allowed(where, f"{base}/app/installations/*/access_tokens", "POST", why=why, token=True),
            Allowed(where, f"{base}/orgs/{org}/installation", token=True),
            *(Allowed(where, f"{base}/orgs/{org}/{place}") for place, _, _ in _LISTS.values()),
            Allowed(where, f"{base}/organizations"),  # where the links to next pages lead: by number
            Allowed(where, f"{base}/apps/*"),
        ]

    def tenant(self, settings: Mapping[str, str]) -> str:
        """The organisation's login."""
        if ("token" in settings) == ("app_id" in settings and "private_key" in settings):
            raise UsageError("github needs app_id and private_key, or token", remedy="see docs/connectors/github.md")
        return needed_setting(settings, "organization", _ORG, "example-org")

    def wanted(self, settings: Mapping[str, str]) -> Sequence[Signal]:
        """All of them: there are no tiers to choose."""
        return SIGNALS

    def token(self, session: Session, audience: str) -> Token:
        """The token as it is, or one of the app's installation: it lives for an hour."""
        if "token" in session.settings:
            return Token(session.secret("token"))
        api = root(session.settings, "api", API)
        now = session.now // SECOND  # a minute is given for clocks that differ; ten minutes are the most
        app = needed_setting(session.settings, "app_id", r"[\w.-]{1,64}", "12345")
        assertion = signed(session.secret("private_key"), {"iat": now - 60, "exp": now + 480, "iss": app})
        headers = {**VERSION, "Authorization": f"Bearer {assertion}"}
        try:
            number = session.settings.get("installation_id") or self._installation(session, api, headers)
            place = f"{api}/app/installations/{number}/access_tokens"
            body = session.post(place, quota=CORE, headers=headers, audience=None).body
        except TenantError as error:
            raise _token_refused(error) from None
        value = text(body.get("token")) if isinstance(body, Mapping) else None
        if value is None:
            raise TenantError(Trouble.UNEXPECTED, "GitHub gave no token")
        return Token(value, expires=micros(body.get("expires_at")), permissions=items.permissions(body))

    def plan(self, view: View) -> Sequence[Task]:
        """Everything is known from the beginning: an organisation's lists are short."""
        tasks = [Task(signal.name, signal.name) for signal in SIGNALS if signal.name != "audit"]
        kinds = sorted({action.partition(".")[0] for action in items.ACTIONS})
        return [*tasks, *(_audit(view, kind) for kind in kinds)]

    def run(self, task: Task, session: Session, cursor: str | None) -> Iterator[Page]:
        """The pages of a task; its cursor is how many rows there were so far, of how many, the last one of a list that is not counted, and
        the address of the next page."""
        org = self.tenant(session.settings)
        _, key, total = _LISTS[task.signal]
        so_far, _, link = (cursor or "").partition(" ")
        seen, stated, last = _counted(so_far)
        for answer, following, again in self._pages(task, session, link or None):
            found = rows(answer.body, key)
            again += self._shifted(task, session, seen, last)
            seen += len(found)
            kept, missed = parted(self._items(task, answer.body, found, session, org))
            before, stated = stated, _stated(answer.body, total)
            missed += (*again, *_moved(before, stated))
            missed += _fewer(stated, seen) if following is None else ()
            mark = task.arguments[1] if task.signal == "audit" and following is None else None
            last = _number(found[-1]) if found and total is None and task.signal != "audit" else None
            so_far = "/".join(str(one) for one in (seen, stated or "", last or "")).rstrip("/")
            yield Page(kept, f"{so_far} {following}" if following else None, mark, missed)

    def doctor(self, session: Session) -> Iterator[Probe]:
        """One request for each signal; and what a classic token may do beyond reading."""
        scopes: list[str] = []

        def ask(signal: str) -> None:
            window = (str(session.now), str(session.now), "org") if signal == "audit" else ()
            url, params, quota = self._request(Task(signal, signal, window), session)
            answer = self._get(session, url, quota, params | {"per_page": "1"}, signal)
            rows(answer.body, _LISTS[signal][1])
            scopes[:] = re.split(r"[,\s]+", answer.headers.get("x-oauth-scopes", ""))

        yield from probes(self.signals, ask)
        excess = sorted(set(scopes) & set(WRITING))
        if excess:
            remedy = "use a GitHub App, or a token with no more than admin:read, read:org and read:audit_log"
            yield Probe("installations", "excess", f"the token may change things: {', '.join(excess)}", remedy)

    def _shifted(self, task: Task, session: Session, place: int, last: str | None) -> tuple[Missed, ...]:
        """Whether the last row of the page before (``last``, the one at ``place`` of the list) is another one now, in a list that GitHub
        does not count. Where pages were not full, nobody can tell which page of one row it would be."""
        if last is None or place % ROWS:
            return ()
        url, params, quota = self._request(task, session)
        try:
            answer = self._get(session, url, quota, params | {"per_page": "1", "page": str(place)}, task.signal)
            found = rows(answer.body)
        except TenantError as error:
            if error.trouble in (Trouble.STOPPED, Trouble.CREDENTIALS):
                raise
            return (missed_for(error),)
        if found and _number(found[0]) == last:
            return ()
        told = f"row {place} is another one than when it was read: one may have moved to a page that was read"
        return (Missed(Trouble.UNEXPECTED, told, "sweep again"),)

    def _installation(self, session: Session, api: str, headers: Mapping[str, str]) -> str:
        """The number of the app's installation on the organisation."""
        org = self.tenant(session.settings)
        body = session.get(f"{api}/orgs/{org}/installation", quota=CORE, headers=headers, audience=None).body
        number = text(body.get("id")) if isinstance(body, Mapping) else None
        if number is None or not number.isdigit():
            raise TenantError(Trouble.UNEXPECTED, "GitHub named no installation")
        return number

    def _request(self, task: Task, session: Session) -> tuple[str, dict[str, str], Quota]:
        org, api = self.tenant(session.settings), root(session.settings, "api", API)
        url = f"{api}/orgs/{org}/{_LISTS[task.signal][0]}"
        if task.signal != "audit":
            return url, {"per_page": str(ROWS)}, CORE
        since, until, kind = task.arguments
        phrase = f"action:{kind} created:{iso(int(since))}..{iso(int(until))}"
        return url, {"phrase": phrase, "order": "asc", "per_page": str(ROWS)}, AUDIT

    def _pages(self, task: Task, session: Session, link: str | None) -> Iterator[Step]:
        """The pages from ``link`` on; a secondary limit that names no time is waited for."""
        url, params, quota = self._request(task, session)
        tries = 0
        while True:
            try:
                for step in linked(
                    session, url, quota, cursor=link, params=params, headers=VERSION, refine=_refiner(task.signal)
                ):
                    yield step
                    link = step.link
                return
            except TenantError as error:
                tries += 1
                if not _secondary(error) or tries >= TRIES:
                    raise
                session.pause(quota, PATIENCE)

    def _get(self, session: Session, url: str, quota: Quota, params: Mapping[str, str], signal: str) -> Answer:
        try:
            return session.get(url, quota=quota, params=params, headers=VERSION)
        except TenantError as error:
            raise _refiner(signal)(error) from error

    def _items(self, task: Task, body: object, found: Sequence[Row], session: Session, org: str) -> list[Item | Missed]:
        if task.signal == "installations":
            return [one for row in found for one in self._installed(row, session, org)]
        makers: dict[str, Callable[[Row], object]] = {
            "seats": lambda row: items.seat(row, org),
            "tokens": lambda row: items.personal_token(row, org, requested=False),
            "requests": lambda row: items.personal_token(row, org, requested=True),
            "credentials": lambda row: items.credential(row, org),
            "audit": lambda row: items.event(row, org),
        }
        made = list(each(found, makers[task.signal]))
        if task.signal == "seats" and isinstance(body, Mapping):
            total = body.get("total_seats")
            made.append(items.copilot(org, seats=total if isinstance(total, int) else None))
        return made

    def _installed(self, row: Row, session: Session, org: str) -> list[Item | Missed]:
        """An installation, with what is public about its app. A private app answers 404; another refusal is missed, for the
        installation itself is known."""
        slug, api = text(row.get("app_slug")) or "", root(session.settings, "api", API)
        about: Row = {}
        missed: list[Item | Missed] = []
        if _SLUG.fullmatch(slug):
            try:
                body = session.get(f"{api}/apps/{slug}", quota=CORE, headers=VERSION).body
                about = body if isinstance(body, Mapping) else {}
            except TenantError as error:
                if error.trouble in (Trouble.STOPPED, Trouble.CREDENTIALS):
                    raise
                if not is_gone(error):
                    missed.append(Missed(error.trouble, f"the app {slug}: {error.detail}", error.remedy))
        return [*each([row], lambda one: items.installed(one, about, org)), *missed]


def _audit(view: View, kind: str) -> Task:
    return log_task(view, f"audit/{kind}", "audit", back=KEPT, overlap=OVERLAP, more=(kind,))


def _counted(so_far: str) -> tuple[int, int | None, str | None]:
    """How many rows there were by a cursor, of how many, and the last one of them."""
    seen, stated, last = [*so_far.split("/"), "", ""][:3]
    return int(seen) if seen.isdigit() else 0, int(stated) if stated.isdigit() else None, last or None


def _number(row: Row) -> str | None:
    """What a token, a request or a credential is known by."""
    number = text(row.get("id")) or text(row.get("credential_id")) or ""
    return number if number.isdigit() else None


def _stated(body: object, total: str | None) -> int | None:
    """How many rows GitHub says there are."""
    found = body.get(total) if isinstance(body, Mapping) and total is not None else None
    return found if isinstance(found, int) and not isinstance(found, bool) else None


def _moved(before: int | None, stated: int | None) -> tuple[Missed, ...]:
    """Whether the list changed between two pages: they are told apart by numbers, and when a row goes away the first of the next page
    moves to one that was read."""
    if before is None or before == stated:
        return ()
    told = f"GitHub counted {before}, and {stated} a page later: one may have moved to a page that was read"
    return (Missed(Trouble.UNEXPECTED, told, "sweep again"),)


def _fewer(stated: int | None, seen: int) -> tuple[Missed, ...]:
    """Whether there were fewer rows than GitHub says there are."""
    if stated is None or seen >= stated:
        return ()
    return (Missed(Trouble.UNEXPECTED, f"GitHub counts {stated} and gave {seen}", "sweep again"),)


def _secondary(error: TenantError) -> bool:
    return error.status in (403, 429) and "secondary rate limit" in error.detail.lower()


def _refiner(signal: str) -> Callable[[TenantError], TenantError | CursorExpired]:
    """What a refusal of a signal's request means."""
    licence, remedy = _NEEDS[signal]
    return lambda error: refine(error, licence, remedy)


def refine(error: TenantError, licence: str, remedy: str) -> TenantError:
    """What a refusal of GitHub means; ``licence`` is what the request needs to have been bought, ``remedy`` who may ask it."""
    if error.remedy:  # understood already, where the token was asked for
        return error
    said = error.detail.lower()
    if _secondary(error):
        return like(error, Trouble.THROTTLED)
    if error.status == 401:
        return like(error, Trouble.CREDENTIALS, "the token has expired or was revoked: make a new one")
    if error.status in (403, 404) and "saml" in said:
        return like(error, Trouble.SCOPE, "authorise the token for single sign-on: Settings > Tokens > Configure SSO")
    if error.status == 403 and "ip allow list" in said:
        return like(error, Trouble.ROLE, "add the address that sweeps to the organisation's IP allow list")
    if error.status in (402, 403) and any(
        word in said for word in ("upgrade", "enterprise", "subscription", "not enabled for")
    ):
        return like(error, Trouble.LICENCE, f"needs {licence}" if licence else remedy)
    if error.status == 403:
        return like(error, Trouble.ROLE if "admin" in said or "owner" in said else Trouble.SCOPE, remedy)
    if error.status == 404 and licence:
        detail = f"{error.detail}: GitHub says so where there is no {licence}, and to those who may not see it"
        return like(error, Trouble.LICENCE, remedy, detail)
    if error.status == 404:
        detail = f"{error.detail}: GitHub says so of an organisation that is not there, and to those who may not see it"
        return like(error, Trouble.SCOPE, remedy, detail)
    return error


def _token_refused(error: TenantError) -> TenantError:
    """What it means that an app got no token. The assertion is never repeated."""
    said = error.detail.lower()
    if error.status == 401:
        late = "'exp'" in said or "'iat'" in said or "expiration" in said
        return like(error, Trouble.CLOCK if late else Trouble.CREDENTIALS, "check the clock, app_id and private_key")
    if error.status == 404:
        return like(error, Trouble.CREDENTIALS, "install the GitHub App on the organisation")
    if error.status == 403:
        return like(error, Trouble.CREDENTIALS, "the installation is suspended: unsuspend it")
    return error
