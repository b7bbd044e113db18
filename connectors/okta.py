"""Okta: the apps of an organisation, what they were granted, who is assigned to them, and what its log tells of consents.

Everything goes through documented GETs below ``/api/v1`` and ``/integrations/api/v1``; the one POST gets tokens. Each request asks
for a token of just the scope that it needs: Okta refuses a token for several scopes when one of them was not granted, and one
missing scope must not take everything else with it.

Sources: https://developer.okta.com/docs/api/ (paging by ``Link``), …/docs/reference/rl-best-practices/ (``x-rate-limit-*``),
…/docs/reference/error-codes/, …/docs/guides/implement-oauth-for-okta-serviceapp/.
"""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence

from shadowai.connector import Allowed, Answer, Probe, Quota, Session, Token, View
from shadowai.errors import UsageError
from shadowai.tenant import App, CursorExpired, Item, Missed, Page, Signal, Task, TenantError, Trouble
from shadowai_connectors import okta_items as items
from shadowai_connectors.assertion import signed
from shadowai_connectors.okta_signals import APPS, KEPT, LATE, LOGS, OVERLAP, PARTS, SERVICES, SIGNALS, USED, USERS
from shadowai_connectors.rest import (
    SECOND,
    Row,
    each,
    host,
    is_gone,
    iso,
    like,
    linked,
    log_task,
    needed,
    needed_setting,
    parted,
    path,
    probes,
    rows,
    text,
)
from shadowai_connectors.rest import root as address

PEOPLE = 40
"""Users that are asked for one by one in one task; from :data:`LISTED` on it is cheaper to list all of them."""
LISTED = 1000

_PER_APP = ("grants", "tokens", "assignments", "connections")
_LOGS = ("consents", "activity")
_LEFT = "people/deactivated"
"""The task for those whom the list of all users leaves out."""
_BY_PERSON = ("people", "user_grants")
_SCOPE = {signal.name: signal.any_of[0] for signal in SIGNALS}
_UNKNOWN_SCOPE = "invalid_scope"
_DPOP = ("invalid_dpop_proof", "use_dpop_nonce")


class Okta:
    """The connector. Its tokens' audiences are scopes of Okta."""

    name = "okta"
    title = "Okta"
    settings: Mapping[str, str] = {
        "domain": "the organisation's own domain, https://example.okta.com",
        "client_id?": "the API service app that sweeps; with private_key",
        "private_key?": "a reference to its private key in PEM",
        "key_id?": "the key's identifier, where the app has several",
        "token?": "a reference to an API token (SSWS), instead: it may do whatever its owner may",
    }
    secrets = ("private_key", "token")
    signals = SIGNALS

    def allowed(self, settings: Mapping[str, str]) -> Sequence[Allowed]:
        """GETs of lists, and the token endpoint."""
        where = host(self._root(settings))
        wanted = ("/api/v1/apps", "/api/v1/logs", "/api/v1/users", "/integrations/api/v1/api-services")
        token = Allowed(where, "/oauth2/v1/token", "POST", why="it gives a token and changes nothing else", token=True)
        return [*(Allowed(where, place) for place in wanted), token]

    def tenant(self, settings: Mapping[str, str]) -> str:
        """The domain, which nobody else has."""
        if ("token" in settings) == ("client_id" in settings and "private_key" in settings):
            raise UsageError("okta needs client_id and private_key, or token", remedy="see docs/connectors/okta.md")
        return host(self._root(settings))

    def wanted(self, settings: Mapping[str, str]) -> Sequence[Signal]:
        """All of them: there are no tiers to choose."""
        return SIGNALS

    def token(self, session: Session, audience: str) -> Token:
        """A token of the one scope ``audience``; the API token as it is."""
        if "token" in session.settings:
            return Token(session.secret("token"), scheme="SSWS")
        place = f"{self._root(session.settings)}/oauth2/v1/token"
        form = {
            "grant_type": "client_credentials",
            "scope": audience,
            "client_assertion_type": "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
            "client_assertion": self._assertion(session, place),
        }
        try:
            body = session.post(place, quota=SERVICES, form=form, audience=None).body
        except TenantError as error:
            raise _token_refused(error, audience) from None
        value = text(body.get("access_token")) if isinstance(body, Mapping) else None
        lasts = body.get("expires_in") if isinstance(body, Mapping) else None
        if value is None:
            raise TenantError(Trouble.UNEXPECTED, "the token endpoint gave no token")
        seconds = lasts if isinstance(lasts, int) and not isinstance(lasts, bool) else 300
        return Token(
            value, expires=session.now + seconds * SECOND, permissions=tuple(str(body.get("scope", "")).split())
        )

    def plan(self, view: View) -> Sequence[Task]:
        """The lists first, then the parts of each app that is wanted, then the people who were named."""
        tasks = [
            Task("apps", "apps", weight=10),
            Task("services", "services"),
            log_task(view, "consents", "consents", back=KEPT, overlap=OVERLAP),
        ]
        for app in sorted(view.apps(), key=lambda app: app.id):
            if "api-service" not in app.tags and wanted(app, view):
                tasks += [Task(f"{part}/{app.id}", part, (app.object_id or app.id, app.id)) for part in _parts(app)]
                more = (app.object_id or app.id, app.id)
                tasks.append(log_task(view, f"activity/{app.id}", "activity", back=USED, overlap=-LATE, more=more))
        ids = sorted(one for one in set(view.principals()) if one.isalnum() and one.isascii())
        return [*tasks, *_people(ids), *_user_grants(ids, full=view.mode == "full")]

    def run(self, task: Task, session: Session, cursor: str | None) -> Iterator[Page]:
        """The pages of a task; its cursor is the address of the next page."""
        if task.signal in _BY_PERSON and task.arguments:
            yield from self._each(task, session)
            return
        url, params, quota = self._request(task, session)
        tenant = self.tenant(session.settings)
        mark = task.arguments[1] if task.signal in _LOGS else None
        scope = _SCOPE[task.signal]
        try:
            for step in linked(session, url, quota, cursor=cursor, params=params, audience=scope, refine=refine):
                kept, missed = parted(_items(task, rows(step.answer.body), tenant))
                yield Page(kept, step.link, mark if step.link is None else None, (*missed, *step.missed))
        except TenantError as error:
            if error.status == 404 and "(AppInstance)" not in error.detail and task.signal == "connections":
                raise like(error, Trouble.LICENCE, "turn on Cross App Access in Settings > Features") from error
            if error.status != 404 or "(AppInstance)" not in error.detail:
                raise
            yield Page(())  # the app was deleted since it was listed: what it had is gone with it

    def doctor(self, session: Session) -> Iterator[Probe]:
        """One request for each signal, of one object; those of an app need one."""
        first: list[str] = []

        def ask(signal: str) -> None:
            if signal == "user_grants":
                found = rows(self._first(session, Task("people", "people"), {"limit": "1"}).body)
                who = next((needed(row, "id") for row in found), "me")
                url = f"{self._root(session.settings)}/api/v1/users/{who}/grants"
                next(linked(session, url, USERS, params={"limit": "1"}, audience=_SCOPE[signal], refine=refine))
                return
            if signal in (*_PER_APP, "activity") and not first:
                raise TenantError(Trouble.UNEXPECTED, "cannot be tried: no app could be listed")
            now = str(session.now)
            arguments = (now, now, *first) if signal in _LOGS else tuple(first)
            some = {"limit": "50" if signal == "apps" else "1"}
            body = self._first(session, Task(signal, signal, arguments), some).body
            if signal == "apps":
                found = rows(body)
                oidc = [row for row in found if row.get("signOnMode") == "OPENID_CONNECT"]
                first.extend(needed(row, "id") for row in (oidc or found)[:1])

        yield from probes(self.signals, ask)

    def _first(self, session: Session, task: Task, some: Mapping[str, str]) -> Answer:
        """The first page of a task, with few rows."""
        url, params, quota = self._request(task, session)
        scope = _SCOPE[task.signal]
        return next(linked(session, url, quota, params={**params, **some}, audience=scope, refine=refine)).answer

    def _root(self, settings: Mapping[str, str]) -> str:
        found = address(settings, "domain")
        if path(found):
            raise UsageError(f"domain holds a path: {found}", remedy='domain = "https://example.okta.com"')
        if host(found).endswith(("-admin.okta.com", "-admin.oktapreview.com", "-admin.okta-emea.com")):
            raise UsageError("domain is the Admin Console's", remedy="leave out -admin")
        return found

    def _assertion(self, session: Session, place: str) -> str:
        client = needed_setting(session.settings, "client_id", r"[\w.-]{1,128}", "0oa1b2c3d4e5f6g7h8i9")
        now = session.now // SECOND
        claims = {"iss": client, "sub": client, "aud": place, "iat": now, "exp": now + 300, "jti": str(uuid.uuid4())}
        return signed(session.secret("private_key"), claims, key_id=session.settings.get("key_id", ""))

    def _request(self, task: Task, session: Session) -> tuple[str, dict[str, str], Quota]:
        """Where a task's first page is."""
        api = f"{self._root(session.settings)}/api/v1"
        if task.signal in _LOGS:
            since, until, *app = task.arguments
            which = " or ".join(f'eventType sw "{start}"' for start, _ in items.EVENTS)
            if task.signal == "activity":
                which = f'eventType eq "user.authentication.sso" and target.id eq "{app[0]}"'
            window = {"since": iso(int(since)), "until": iso(int(until))}  # without an end there is always a next page
            return f"{api}/logs", {**window, "filter": which, "limit": "1000", "sortOrder": "ASCENDING"}, LOGS
        if task.signal == "services":
            return f"{self._root(session.settings)}/integrations/api/v1/api-services", {}, SERVICES
        if task.signal == "apps":
            return f"{api}/apps", {"limit": "200"}, APPS
        if task.signal == "people":
            left = {"filter": 'status eq "DEPROVISIONED"'} if task.name == _LEFT else {}
            return f"{api}/users", {"limit": "200", **left}, USERS
        last = {"assignments": "users", "connections": "cwo/connections"}.get(task.signal, task.signal)
        limit = {"assignments": "500", "tokens": "200", "connections": "200"}.get(task.signal)
        return f"{api}/apps/{task.arguments[0]}/{last}", {"limit": limit} if limit else {}, PARTS

    def _each(self, task: Task, session: Session) -> Iterator[Page]:
        """People one by one, themselves or what they consented to; one who is gone is no error. A task is few of them, and one page."""
        tenant, api = self.tenant(session.settings), f"{self._root(session.settings)}/api/v1/users"
        found: list[Item | Missed] = []
        for who in task.arguments:
            try:
                if task.signal == "people":
                    body = session.get(f"{api}/{who}", quota=USERS, audience=_SCOPE["people"]).body
                    found += each([body if isinstance(body, Mapping) else {}], lambda row: items.person(row, tenant))
                else:
                    found += self._granted_by(who, f"{api}/{who}/grants", session, tenant)
            except TenantError as error:
                if not is_gone(error):
                    raise refine(error) from error
        kept, missed = parted(found)
        yield Page(kept, missed=missed)

    def _granted_by(self, who: str, url: str, session: Session, tenant: str) -> list[Item | Missed]:
        """What a person consented to, by the client that it was given to."""
        steps = linked(session, url, USERS, params={"limit": "200"}, audience=_SCOPE["user_grants"], refine=refine)
        found: list[Item | Missed] = []
        for step in steps:
            about = rows(step.answer.body)
            found += each(about, lambda row: items.consent({"userId": who, **row}, needed(row, "clientId"), tenant))
            found += step.missed
        return found


def wanted(app: App, view: View) -> bool:
    """Whether more is asked about an app than that it is there."""
    if view.mode == "full" or view.scope == "all":
        return True
    return not app.first_party and (view.scope == "consented" or view.is_ai(app))


def _parts(app: App) -> tuple[str, ...]:
    """Only OpenID Connect apps have tokens; the others answer 404 or an error when they are asked for them."""
    oidc = "sign-on:OPENID_CONNECT" in app.tags
    return tuple(part for part in _PER_APP if oidc or part not in ("grants", "tokens"))


def _people(ids: Sequence[str]) -> list[Task]:
    """Tasks for the people of those ids. Their names hold what they ask for, so that those who are named later are asked for too."""
    every = [Task("people/all", "people", weight=5), Task(_LEFT, "people", weight=5)]
    return every if len(ids) >= LISTED else _few(ids, "people")


def _user_grants(ids: Sequence[str], *, full: bool) -> list[Task]:
    """Tasks for what those people consented to: only a person can be asked for it, so of many it is asked in full sweeps alone."""
    return _few(ids, "user_grants") if full or len(ids) < LISTED else []


def _few(ids: Sequence[str], signal: str) -> list[Task]:
    parts = [ids[start : start + PEOPLE] for start in range(0, len(ids), PEOPLE)]
    return [Task(f"{signal}/{hashlib.sha256(','.join(p).encode()).hexdigest()[:16]}", signal, tuple(p)) for p in parts]


def _items(task: Task, page: Sequence[Row], tenant: str) -> Iterator[Item | Missed]:
    """From the rows of a page to their items."""
    object_id, app = task.arguments[-2:] if task.signal in (*_PER_APP, "activity") else ("", "")
    if task.signal == "activity":
        yield from items.sign_ins(page, app, tenant)
        return
    makers: dict[str, Callable[[Row], object]] = {
        "apps": lambda row: items.app(row, tenant),
        "services": lambda row: items.api_service(row, tenant),
        "consents": lambda row: items.event(row, tenant),
        "grants": lambda row: items.consent(row, app, tenant),
        "tokens": lambda row: items.refresh_token(row, app, tenant),
        "assignments": lambda row: items.assignment(row, app, tenant),
        "connections": lambda row: items.connection(row, {object_id: app}, tenant),
        "people": lambda row: items.person(row, tenant),
    }
    yield from each(page, makers[task.signal])


def refine(error: TenantError) -> TenantError | CursorExpired:
    """What a refusal of Okta means. https://developer.okta.com/docs/reference/error-codes/"""
    if error.remedy:  # understood already, where the token was asked for
        return error
    if error.code == "E0000015":
        return like(error, Trouble.LICENCE, "the organisation does not have this feature")
    if error.code in ("E0000011", "E0000004") or error.status == 401:
        return like(error, Trouble.CREDENTIALS, "make a new token or key; a token dies after 30 days without use")
    if error.status == 403:
        scope = (
            "insufficient_scope" in f"{error.code} {error.detail}"
        )  # else the scope was given: the token is of nothing else
        remedy = "give the service app, or the token's owner, an administrator's role that may view this"
        return like(error, Trouble.SCOPE if scope else Trouble.ROLE, remedy)
    if error.code == "E0000047":
        return like(error, Trouble.THROTTLED)
    return error


def _token_refused(error: TenantError, scope: str) -> TenantError:
    """What a refusal of the token endpoint means (RFC 6749, section 5.2; RFC 9449, section 8). The assertion is never repeated."""
    if error.code == _UNKNOWN_SCOPE:
        return like(error, Trouble.SCOPE, f"grant the service app the scope {scope} (Okta API Scopes)")
    if error.code in _DPOP or "dpop" in error.detail.lower():
        remedy = "turn off 'Require Demonstrating Proof of Possession (DPoP)' for the service app: it is not supported"
        return like(error, Trouble.CREDENTIALS, remedy)
    if error.status in (400, 401, 403):
        late = "expired" in error.detail.lower() or "future" in error.detail.lower()
        return like(
            error,
            Trouble.CLOCK if late else Trouble.CREDENTIALS,
            "check the clock, client_id, key_id and the public key in Okta",
        )
    return error
