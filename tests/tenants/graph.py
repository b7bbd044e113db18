"""Microsoft Graph over a made tenant: it pages, batches, filters, keeps quotas, forgets page tokens, and loses rows of small pages."""

from __future__ import annotations

import base64
import json
import re
import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import islice
from typing import Any
from urllib.parse import parse_qs, quote, unquote, urlsplit

from shadowai.sweep.clock import Clock
from tests.tenants import microsoft, quotas
from tests.tenants.faults import ANY, Faults, damaged, outer
from tests.tenants.microsoft import Directory, Row
from tests.tenants.quotas import Ledger, Limit
from tests.tenants.server import Asked, Reply, reply

LATENCY = 0.1
"""Seconds of the sweep's time that an answer takes."""
PAGE_LIFE = 1800.0
DELTA_LIFE = 7 * 86_400.0
TOKEN_LIFE = 3600.0
LARGEST = 999
_FILTER = re.compile(r"activityDateTime (ge|lt) (\S+?)(?=\s|$)")


class Graph:
    """Answers for ``tenant`` in pages of ``largest`` at most, without quotas where it is not ``limited``; ``root`` is set once the
    server listens. ``calls`` counts requests by path."""

    def __init__(
        self, tenant: Directory, clock: Clock, faults: Faults, *, limited: bool = True, largest: int = LARGEST
    ) -> None:
        self.tenant, self.clock, self.faults, self.limited, self.largest = tenant, clock, faults, limited, largest
        self.root = ""
        self.latency = LATENCY if limited else 0.0
        self.ledger = Ledger()
        self.calls: Counter[str] = Counter()
        self._tokens: dict[str, float] = {}
        self._lock = threading.Lock()

    def answer(self, asked: Asked) -> Reply | None:
        """One request, after what may go wrong with it."""
        self.clock.sleep(self.latency)
        path = unquote(urlsplit(asked.target).path)
        with self._lock:
            self.calls[path] += 1
        if path.endswith("/.well-known/openid-configuration"):
            authority = f"{self.root}/{microsoft.TENANT}"
            ends = {"token_endpoint": f"{authority}/oauth2/v2.0/token", "issuer": f"{authority}/v2.0"}
            return reply(200, {**ends, "authorization_endpoint": f"{authority}/oauth2/v2.0/authorize"})
        if path.endswith("/oauth2/v2.0/token"):
            return self._token(asked)
        fault = self.faults.strike(_outer(path))
        found = self._struck(fault)
        if found is not None or fault == "reset":
            return found
        if fault == "401":
            self._tokens.clear()
        if not self._is_valid(asked):
            return _refusal(401, "InvalidAuthenticationToken", "Access token has expired or is not yet valid.")
        whole = self._whole(asked, path, fault)
        return damaged(fault, whole) if fault in ("truncated", "short") and whole.status == 200 else whole

    def _struck(self, fault: str | None) -> Reply | None:
        return outer(fault, self.clock.time()) if fault else None

    def _token(self, asked: Asked) -> Reply:
        form = {key: value[0] for key, value in parse_qs(asked.body.decode()).items()}
        if form.get("client_secret") != "a-secret-of-the-made-tenant":
            return reply(401, {"error": "invalid_client", "error_description": "AADSTS7000215: Invalid client secret"})
        with self._lock:
            made = f"token-{len(self._tokens)}-{self.clock.time():.3f}-{sum(self.calls.values())}"
            self._tokens[made] = self.clock.time()
        return reply(200, {"access_token": made, "token_type": "Bearer", "expires_in": int(TOKEN_LIFE)})

    def _is_valid(self, asked: Asked) -> bool:
        issued = self._tokens.get(asked.headers.get("authorization", "").removeprefix("Bearer "))
        return issued is not None and self.clock.time() < issued + TOKEN_LIFE

    def _whole(self, asked: Asked, path: str, fault: str | None) -> Reply:
        if path == "/v1.0/$batch":
            parts = json.loads(asked.body)["requests"]
            assert len(parts) <= 20 and all(part["method"] == "GET" for part in parts)
            if fault == "no inner":
                parts = parts[1:]
            return reply(200, {"responses": [self._part(part) for part in reversed(parts)]})
        if path == "/v1.0/directoryObjects/getByIds":
            return self._charged(path, {}) or self._by_ids(json.loads(asked.body))
        return self._read(asked.target, duplicate=fault == "duplicate page")

    def _part(self, part: Mapping[str, Any]) -> dict[str, Any]:
        fault = self.faults.strike(("inner 429", "inner 503"))
        if fault == "inner 429":
            found = _refusal(429, "TooManyRequests", Retry_After="1")
        elif fault == "inner 503":
            found = _refusal(503, "ServiceUnavailable")
        else:
            found = self._read("/v1.0" + part["url"])
        return {
            "id": part["id"],
            "status": found.status,
            "headers": dict(found.headers),
            "body": json.loads(found.body),
        }

    def _charged(self, path: str, query: Mapping[str, str]) -> Reply | None:
        """Spend of the quota; the refusal where there is none left."""
        if not self.limited:
            return None
        limit, units = _cost(path, query)
        wait = self.ledger.charge(limit, self.clock.time(), units)
        if wait is None:
            return None
        told = {"Retry_After": str(int(wait) + 1)} if limit.tells else {}
        return _refusal(429, "TooManyRequests", "Too many requests", **told)

    def _read(self, target: str, *, duplicate: bool = False) -> Reply:
        path = unquote(urlsplit(target).path).removeprefix("/v1.0")
        query = {key: value[0] for key, value in parse_qs(urlsplit(target).query).items()}
        refused = self._charged(path, query)
        if refused is not None:
            return refused
        if path.endswith("/delta"):
            return self._delta(path.removesuffix("/delta"), query)
        one = re.fullmatch(r"/(servicePrincipals|oauth2PermissionGrants)/([^/]+)", path)
        if one is not None:
            return self._one(one[1], one[2])
        start, again = 0, ""
        if "$skiptoken" in query:
            token = self._opened(query["$skiptoken"], path)
            if token is None:
                return _refusal(400, "Directory_ExpiredPageToken", "The specified page token value has expired.")
            start, again = token
        rows = self._rows(path, query, start)
        if rows is None:
            return _refusal(404, "Request_ResourceNotFound", f"Resource '{path}' does not exist")
        return self._page(target, path, query, rows, start, again=duplicate and not again)

    def _one(self, kind: str, key: str) -> Reply:
        n = self.tenant.number_of(key)
        if kind == "servicePrincipals" and n is not None:
            roles = [{"id": role, "value": name} for role, name in microsoft.ROLES]
            return reply(200, {**self.tenant.app_row(n), "appRoles": roles if n < len(microsoft.RESOURCES) else []})
        return _refusal(404, "Request_ResourceNotFound", "does not exist")

    def _by_ids(self, body: Mapping[str, Any]) -> Reply:
        assert len(body["ids"]) <= 1000
        if body["types"] == ["user"]:
            numbers = (int(one[-12:], 16) for one in body["ids"] if one.startswith("00000003-"))
            return reply(200, {"value": [self.tenant.user_row(n) for n in numbers if n < self.tenant.size.users]})
        apps = (self.tenant.number_of(one) for one in body["ids"])
        return reply(200, {"value": [self.tenant.app_row(n) for n in apps if n is not None]})

    def _rows(self, path: str, query: Mapping[str, str], start: int) -> Iterator[Row] | None:
        """The rows of a collection from one on; only those that are looked at are made."""
        tenant, chosen = self.tenant, query.get("$filter", "")
        if path == "/servicePrincipals":
            numbers = (n for n in tenant.app_numbers() if not chosen or tenant.app_id(n) in chosen)
            return map(tenant.app_row, islice(numbers, start, None))
        if path == "/oauth2PermissionGrants":
            grants = islice(tenant.everyone(), start, None) if chosen else tenant.grants_from(start)
            return (tenant.grant_row(*grant) for grant in grants)
        if path == "/auditLogs/directoryAudits":
            return map(tenant.event_row, islice(self._log(chosen), start, None))
        path = path.replace(f"(appId='{microsoft.RESOURCES[0][0]}')", f"/{microsoft.guid(1, 0)}")
        inner = re.fullmatch(r"/servicePrincipals/([^/]+)/(oauth2PermissionGrants|appRoleAssignedTo)", path)
        if inner is not None:
            n = tenant.number_of(inner[1])
            if n is None:
                return None
            if inner[2] == "appRoleAssignedTo":
                return islice(tenant.assigned_rows(n), start, None)
            return (tenant.grant_row(*grant) for grant in islice(tenant.grants_of(n), start, None))
        empty = ("/identityGovernance/appConsent/appConsentRequests", "/appCatalogs/teamsApps")
        return iter(()) if path in empty else None

    def _log(self, chosen: str) -> Iterator[int]:
        bounds = {name: datetime.fromisoformat(value).timestamp() for name, value in _FILTER.findall(chosen)}
        now = self.clock.time()
        return self.tenant.events(bounds.get("ge", now - microsoft.KEPT), bounds.get("lt", now), now)

    def _page(
        self, target: str, path: str, query: Mapping[str, str], rows: Iterator[Row], start: int, *, again: bool
    ) -> Reply:
        top = min(int(query.get("$top", "100")), 1000 if path.startswith("/auditLogs") else LARGEST)
        size = min(top, self.largest)
        found = list(islice(rows, size + 1))
        more, found = len(found) > size, found[:size]
        if top < LARGEST and ("oauth2PermissionGrants" in path or path.endswith("appRoleAssignedTo")):
            found = [row for place, row in enumerate(found) if place % 5 != 4]
        body: dict[str, Any] = {"@odata.context": f"{self.root}/v1.0/$metadata", "value": found}
        if again and more:  # the same page once more, under another token
            body["@odata.nextLink"] = self._link(target, start, "again")
        elif more:
            body["@odata.nextLink"] = self._link(target, start + size, "")
        return reply(200, body)

    def _link(self, target: str, start: int, again: str) -> str:
        token = base64.urlsafe_b64encode(json.dumps([start, self.clock.time(), again]).encode()).decode().rstrip("=")
        clean = re.sub(r"[?&](?:\$|%24)skiptoken=[^&]*", "", target)
        return f"{self.root}{clean}{'&' if '?' in clean else '?'}$skiptoken={token}"

    def _opened(self, token: str, collection: str) -> tuple[int, str] | None:
        start, issued, again = json.loads(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))
        if self.clock.time() > issued + PAGE_LIFE or self.faults.expires(collection):
            return None
        return int(start), str(again)

    def _delta(self, path: str, query: Mapping[str, str]) -> Reply:
        """What has changed. Changes of grants tell the identifier and nothing else, as the real ones may."""
        place = f"{self.root}/v1.0{path}/delta?$deltatoken="
        token = query.get("$deltatoken", "")
        now = f"{len(self.tenant.journal)}.{self.clock.time():.0f}"
        if token == "latest":
            return reply(200, {"value": [], "@odata.deltaLink": place + quote(now)})
        position, _, issued = token.partition(".")
        if self.clock.time() > float(issued) + DELTA_LIFE:
            return _refusal(410, "syncStateNotFound", "The sync state generation is not found")
        changed = dict.fromkeys(key for kind, key in self.tenant.journal[int(position) :] if kind == path)
        rows = [self._change(path, key) for key in changed]
        return reply(200, {"value": rows, "@odata.deltaLink": place + quote(now)})

    def _change(self, path: str, key: str) -> Row:
        if path == "/servicePrincipals":
            return {"id": key, "displayName": "changed"}
        made = self.tenant.extra_grants.get(key)
        if key in self.tenant.revoked or made is None:
            return {"id": key, "@removed": {"reason": "deleted"}}
        return self.tenant.grant_row(key, *made)


def _outer(path: str) -> tuple[str, ...]:
    """The faults that may befall a request as a whole."""
    return (*ANY, "no inner") if path.endswith("/$batch") else ANY


def _cost(path: str, query: Mapping[str, str]) -> tuple[Limit, float]:
    """The limit that a request counts against, and how much (learn.microsoft.com/graph/throttling-limits)."""
    if path.startswith("/auditLogs") or "/reports/" in path:
        return quotas.GRAPH_REPORTS, 1.0
    if path.startswith("/identityGovernance"):
        return quotas.GRAPH_GOVERNANCE, 1.0
    if path.startswith("/appCatalogs") or path.startswith("/copilot"):
        return quotas.GRAPH_OTHER, 1.0
    dear = any(part in path for part in ("oauth2PermissionGrants", "appRoleAssignedTo")) or path == "/users"
    units = (2.0 if dear else 1.0) - ("$select" in query) + ("$expand" in query)
    return quotas.GRAPH_DIRECTORY, max(1.0, units)


def _refusal(status: int, code: str, message: str = "", **headers: str) -> Reply:
    return reply(status, {"error": {"code": code, "message": message}}, **headers)
