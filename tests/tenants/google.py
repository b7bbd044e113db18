"""Google's Directory, Reports, Chrome and token endpoints over a made tenant: pages, quotas, late records, tokens that expire."""

from __future__ import annotations

import base64
import json
import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from datetime import datetime
from itertools import islice
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from shadowai.sweep.clock import Clock
from tests.tenants import quotas
from tests.tenants.faults import ANY, Faults, damaged, outer
from tests.tenants.quotas import Ledger, Limit
from tests.tenants.server import Asked, Reply, reply
from tests.tenants.workspace import Row, Workspace

LATENCY = 0.3
"""Seconds of the sweep's time that an answer takes."""
PAGE_LIFE = 1800.0
TOKEN_LIFE = 3600.0


class Google:
    """Answers for ``tenant`` in pages of ``largest`` records at most. ``calls`` counts requests by what they are for."""

    def __init__(
        self, tenant: Workspace, clock: Clock, faults: Faults, *, limited: bool = True, largest: int = 1000
    ) -> None:
        self.tenant, self.clock, self.faults, self.limited, self.largest = tenant, clock, faults, limited, largest
        self.latency = LATENCY if limited else 0.0
        self.ledger = Ledger()
        self.calls: Counter[str] = Counter()
        self._tokens: dict[str, tuple[str, float]] = {}
        self._lock = threading.Lock()

    def answer(self, asked: Asked) -> Reply | None:
        """One request, after what may go wrong with it."""
        self.clock.sleep(self.latency)
        parts = urlsplit(asked.target)
        path, query = unquote(parts.path), {key: value[0] for key, value in parse_qs(parts.query).items()}
        with self._lock:
            self.calls[_what(path, query)] += 1
        if path == "/token":
            return self._token(asked)
        fault = self.faults.strike((*ANY, "403 quotaExceeded", "403 rateLimitExceeded"))
        found = outer(fault, self.clock.time()) if fault else None
        if found is not None or fault == "reset":
            return found
        if fault == "401":
            self._tokens.clear()
        if not self._is_valid(asked):
            return _refusal(401, "authError", "Invalid Credentials")
        whole = self._charged(path, query) or self._read(path, query, again=fault == "duplicate page")
        return damaged(fault, whole) if fault in ("truncated", "short") and whole.status == 200 else whole

    def _token(self, asked: Asked) -> Reply:
        form = {key: value[0] for key, value in parse_qs(asked.body.decode()).items()}
        claims = json.loads(base64.urlsafe_b64decode(form["assertion"].split(".")[1] + "=="))
        with self._lock:
            made = f"token-{sum(self.calls.values())}-{self.clock.time():.3f}"
            self._tokens[made] = claims["scope"], self.clock.time()
        return reply(200, {"access_token": made, "expires_in": int(TOKEN_LIFE), "token_type": "Bearer"})

    def _is_valid(self, asked: Asked) -> bool:
        scope, issued = self._tokens.get(asked.headers.get("authorization", "").removeprefix("Bearer "), ("", 0.0))
        needed = next((word for part, word in _SCOPES if part in asked.target), "?")
        return scope.endswith(needed) and self.clock.time() < issued + TOKEN_LIFE

    def _charged(self, path: str, query: Mapping[str, str]) -> Reply | None:
        """Spend of the quota; Directory refuses with 403, Reports with 503, both without saying how long."""
        if not self.limited:
            return None
        for limit in _limits(path, query):
            if self.ledger.charge(limit, self.clock.time()) is not None:
                if limit is quotas.GOOGLE_DIRECTORY:
                    return _refusal(403, "quotaExceeded", "Quota exceeded for quota metric 'Queries'")
                return _refusal(503, "backendError", "The service is currently unavailable.")
        return None

    def _read(self, path: str, query: Mapping[str, str], *, again: bool) -> Reply:
        before, repeated = None, False
        if "pageToken" in query:
            before, issued, repeated = json.loads(base64.urlsafe_b64decode(query["pageToken"]))
            if self.clock.time() > issued + PAGE_LIFE or self.faults.expires(path):
                return _refusal(400, "invalid", "Invalid Value: pageToken")
        key, rows = self._rows(path, query, before)
        size = min(int(query.get("maxResults", query.get("pageSize", "100"))), self.largest)
        found = list(islice(rows, size + 1))
        more, found = len(found) > size, found[:size]
        body: dict[str, Any] = {"kind": "admin#page", key: [row for _, row in found]} if found else {}
        if more and again and not repeated:  # the same page once more, under another token
            body["nextPageToken"] = self._token_of(before, repeated=True)
        elif more:
            body["nextPageToken"] = self._token_of(found[-1][0], repeated=False)
        return reply(200, body)

    def _token_of(self, place: int | None, *, repeated: bool) -> str:
        return base64.urlsafe_b64encode(json.dumps([place, self.clock.time(), repeated]).encode()).decode()

    def _rows(self, path: str, query: Mapping[str, str], before: int | None) -> tuple[str, Iterator[tuple[int, Row]]]:
        """The name of the list, and the rows after the place ``before``, each with its own place."""
        tenant, after = self.tenant, 0 if before is None else before + 1
        if path.startswith("/admin/reports/"):
            return "items", self._records(path.rpartition("/")[2], query, before)
        if path == "/admin/directory/v1/users":
            return "users", ((n, tenant.user_row(n)) for n in range(after, tenant.size.users))
        if path.endswith("reports:countInstalledApps"):
            return "installedApps", ((n, tenant.extension_row(n)) for n in range(after, tenant.extensions))
        return "requestedApps", iter(())

    def _records(self, application: str, query: Mapping[str, str], before: int | None) -> Iterator[tuple[int, Row]]:
        now = self.clock.time()
        start, end = _time(query, "startTime", now - 86_400), _time(query, "endTime", now)
        tenant, kind = self.tenant, query.get("eventName", "")
        if application == "token" and kind in ("authorize", "revoke"):
            for k in tenant.logged(kind, start, end, now, before):
                yield k, tenant.event_row(kind, k)
            return
        after = 0 if before is None else before + 1
        if application == "token" and "filters" in query:
            client = query["filters"].removeprefix("client_id==")
            n = int(client.split("-")[1][:32], 16)
            for place, (when, user) in islice(enumerate(tenant.uses(n, start, end)), after, None):
                yield place, tenant.use_row(n, when, user)
            return
        for place, (when, user) in islice(enumerate(tenant.samples(start, end)), after, None):
            yield place, tenant.sample_row(when, user)


_SCOPES = (
    ("/admin/reports/", "admin.reports.audit.readonly"),
    ("/admin/directory/", "admin.directory.user.readonly"),
    ("reports:", "chrome.management.reports.readonly"),
    ("apps:", "chrome.management.appdetails.readonly"),
)


def _limits(path: str, query: Mapping[str, str]) -> tuple[Limit, ...]:
    """The limits that a request counts against (developers.google.com/workspace/admin/reports/v1/limits)."""
    if path.startswith("/admin/reports/"):
        filtered = {"eventName", "filters", "actorIpAddress", "orgUnitID", "groupIdFilter"} & set(query)
        return (quotas.GOOGLE_REPORTS, quotas.GOOGLE_FILTERED) if filtered else (quotas.GOOGLE_REPORTS,)
    return (quotas.GOOGLE_DIRECTORY,) if path.startswith("/admin/directory/") else (quotas.GOOGLE_CHROME,)


def _time(query: Mapping[str, str], name: str, usual: float) -> float:
    return datetime.fromisoformat(query[name]).timestamp() if name in query else usual


def _what(path: str, query: Mapping[str, str]) -> str:
    return f"{path.rpartition('/')[2]} {query.get('eventName', '')}".strip()


def _refusal(status: int, reason: str, message: str) -> Reply:
    error = {"code": status, "message": message, "errors": [{"message": message, "domain": "x", "reason": reason}]}
    return reply(status, {"error": error})
