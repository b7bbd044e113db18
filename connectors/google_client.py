"""Google's interfaces as google-api-python-client knows them, asked through a session; their pages and their refusals.

The client names the requests, from the discovery documents that it carries: nothing is fetched for that. Retries, quotas and tokens
are the session's, for the client retries neither ``403 quotaExceeded`` nor heeds ``Retry-After``. It never batches: a batch ignores
the endpoint, and its inner calls count in full.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from shadowai.connector import Quota, Session
from shadowai.tenant import CursorExpired, TenantError, Trouble
from shadowai_connectors.google_access import delegation, library
from shadowai_connectors.google_settings import account
from shadowai_connectors.google_signals import AUDIT, CHROME, CHROME_APPS, SECURITY, USERS
from shadowai_connectors.rest import Row, inside, like, text

REPORTS_API, DIRECTORY_API, CHROME_API = "reports", "directory", "chrome"
_DOCUMENTS = {
    REPORTS_API: ("admin", "reports_v1"),
    DIRECTORY_API: ("admin", "directory_v1"),
    CHROME_API: ("chromemanagement", "v1"),
}
_PRIVILEGES = {
    AUDIT: "Reports",
    USERS: "Admin API privileges, Users, Read",
    SECURITY: "Admin API privileges, Users, Read, and User Security Management",
    CHROME: "Services, Chrome Management, View Extensions List Report",
    CHROME_APPS: "Services, Chrome Management, Managed Browsers, and App details",
}
PAGES = 20_000
"""More pages than one collection can have: 20 million events, 10 million users."""
REPEATS = 20
"""Pages that came twice, or that were empty and promised more: a service may stumble, but not go on so."""
_ABOUT = frozenset({"kind", "etag", "nextPageToken", "totalSize"})
"""What a page says beside its list."""
_NO_API = frozenset({"accessnotconfigured", "service_disabled"})
_NO_SCOPE = frozenset({"insufficientpermissions", "access_token_scope_insufficient", "insufficientscopes"})
_NOT_READY = ("not authorized to read", "not authorized to access", "access denied")


class Step(NamedTuple):
    """One page of a collection: its rows, and where the next one is."""

    rows: tuple[Row, ...]
    token: str | None


class Google:
    """One tenant's Google, through one session."""

    def __init__(self, session: Session) -> None:
        self.session = session
        self.account = account(session.settings)
        self.tenant = self.account.tenant

    def ask(self, api: str, scope: str, quota: Quota, make: Callable[[Any], Any]) -> Row:
        """The answer to the request that ``make`` makes of the client of that ``api``. Raises
        :class:`~shadowai.tenant.TenantError` that says what to do."""
        root = self.account.roots.chrome if api == CHROME_API else self.account.roots.admin
        request = make(client(api, root))
        try:
            body = request.execute(http=_Straight(self.session.httplib2(quota, audience=scope)), num_retries=0)
        except TenantError as error:
            raise self._understood(error, scope) from error
        if not isinstance(body, Mapping):
            raise TenantError(Trouble.UNEXPECTED, f"{request.methodId} was answered with no JSON object")
        return body

    def pages(self, rows: str, ask: Callable[[str | None], Row], token: str | None = None) -> Iterator[Step]:
        """The pages of a collection whose rows are under ``rows``, from ``token`` on. Raises
        :class:`~shadowai.tenant.CursorExpired` where Google does not honour a token any more, and
        :class:`~shadowai.tenant.TenantError` where it would never end."""
        met: set[str | None] = {token}
        last: object = None
        repeats = 0
        for _ in range(PAGES):
            body = _page(ask, token)
            found, token = _rows(body, rows), _next(body)
            here = (found[0], found[-1], len(found)) if found else None
            repeats = repeats + 1 if here == last and token is not None else 0
            if (token is not None and token in met) or repeats > REPEATS:
                raise TenantError(Trouble.UNEXPECTED, f"the pages of {rows} go round in a circle")
            met.add(token)
            last = here
            yield Step(found, token)
            if token is None:
                return
        raise TenantError(Trouble.UNEXPECTED, f"the pages of {rows} do not end")

    def _understood(self, error: TenantError, scope: str) -> TenantError:
        """What Google's refusal means (https://developers.google.com/workspace/admin/directory/v1/limits#errors and its kin)."""
        reasons, words = _reasons(error), error.detail.lower()
        if error.trouble is Trouble.THROTTLED or error.status not in (400, 401, 403):
            return error
        if reasons & _NO_API:
            host = "chromemanagement" if scope in (CHROME, CHROME_APPS) else "admin"
            remedy = f"enable {host}.googleapis.com in the service account's project: APIs & Services, Library"
            return like(error, Trouble.SCOPE, remedy)
        if reasons & _NO_SCOPE or "insufficient authentication scopes" in words:
            return like(error, Trouble.SCOPE, delegation(self.session))
        if "domaincannotuseapis" in reasons or "license" in words:
            return like(
                error, Trouble.LICENCE, "the edition of Google Workspace does not have it, or API access is off"
            )
        if error.status == 403 or any(sign in words for sign in _NOT_READY):
            return like(error, Trouble.ROLE, self._role(scope))
        return error

    def _role(self, scope: str) -> str:
        return (
            "admin.google.com, Account, Admin roles: give a custom role with the privilege"
            f" {_PRIVILEGES.get(scope, 'it needs')} to {self.account.administrator}"
        )


class _Straight:
    """An ``httplib2.Http`` that undoes two things: the client turns a GET with a long address into a POST, and an answer without a body
    (204) into an object, which would be an empty page."""

    def __init__(self, http: Any) -> None:
        self._http = http

    def request(self, uri: str, method: str = "GET", body: Any = None, headers: Any = None, **others: Any) -> Any:
        """As httplib2's."""
        if method == "POST" and dict(headers or {}).get("x-http-method-override") == "GET":
            query = body.decode() if isinstance(body, bytes) else str(body)
            uri, method, body = f"{uri}?{query}", "GET", None
            headers = {"accept": "application/json"}
        response, content = self._http.request(uri, method, body=body, headers=headers, **others)
        if not content.strip():
            raise TenantError(Trouble.UNEXPECTED, "an empty answer")
        return response, content

    def close(self) -> None:
        """Nothing: the sockets are the session's."""


class _NoSockets:
    """Stands for an ``httplib2.Http`` while a client is built, which sends nothing."""


@lru_cache(maxsize=16)
def client(api: str, root: str) -> Any:
    """The client of an interface at ``root``. It holds no sockets and no credentials, and so may be shared."""
    build = library("googleapiclient.discovery").build
    name, version = _DOCUMENTS[api]
    options = {"api_endpoint": f"{root}/", "universe_domain": "googleapis.com"}  # not what the environment says
    return build(name, version, http=_NoSockets(), static_discovery=True, cache_discovery=False, client_options=options)


def _page(ask: Callable[[str | None], Row], token: str | None) -> Row:
    try:
        return ask(token)
    except TenantError as error:
        if token is not None and error.status in (400, 404, 410) and error.trouble is Trouble.UNEXPECTED:
            raise CursorExpired(error.detail) from error
        raise


def _rows(body: Row, key: str) -> tuple[Row, ...]:
    """The rows of a page. Google leaves the list out where it is empty; an object with something else in it is no empty page."""
    if key not in body and not body.keys() <= _ABOUT:
        raise TenantError(Trouble.UNEXPECTED, f"a page holds something else than {key}")
    found = body.get(key, [])
    if not isinstance(found, list) or not all(isinstance(row, Mapping) for row in found):
        raise TenantError(Trouble.UNEXPECTED, f"{key} of a page is no list of objects")
    return tuple(found)


def _next(body: Row) -> str | None:
    token = body.get("nextPageToken")
    if token is not None and not isinstance(token, str):
        raise TenantError(Trouble.UNEXPECTED, "nextPageToken is no text")
    return token or None


def _reasons(error: TenantError) -> set[str]:
    """The reasons of a refusal, old form (``errors[].reason``) and new (``details[].reason``, https://google.aip.dev/193)."""
    inner = inside(error.body, "error") if isinstance(error.body, Mapping) else {}
    parts = [part for key in ("errors", "details") if isinstance(inner.get(key), list) for part in inner[key]]
    found = {reason.lower() for part in parts if isinstance(part, Mapping) and (reason := text(part.get("reason")))}
    return found | {error.code.lower()}
