"""How a connector reaches its service: guarded, patient, within its quotas, and with nothing secret in what it says."""

from __future__ import annotations

import random
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from shadowai.connector import Answer, Connector, Quota, Token
from shadowai.errors import UsageError
from shadowai.sweep import faults, retries
from shadowai.sweep.allowlist import AllowList, place
from shadowai.sweep.clock import Clock, WallClock
from shadowai.sweep.faults import Fault, Reply
from shadowai.sweep.limiter import Bucket, Limiter
from shadowai.sweep.redaction import RedactedRecords, Redactor
from shadowai.sweep.retries import Budget, Counts
from shadowai.sweep.secrets import resolve
from shadowai.sweep.tokens import Tokens
from shadowai.tenant import TenantError, Trouble

if TYPE_CHECKING:
    import requests


@dataclass(frozen=True, slots=True)
class Request:
    """One request of a connector."""

    method: str
    url: str
    quota: Quota
    params: Mapping[str, str] | None = None
    headers: Mapping[str, str] | None = None
    data: Any = None
    cost: float = 1.0
    audience: str | None = ""


class Shared:
    """What all sessions of one tenant share: sockets, tokens, buckets, counts."""

    def __init__(self, connector: Connector, settings: Mapping[str, str], *, clock: Clock, seed: int | None) -> None:
        self.connector, self.settings, self.clock = connector, settings, clock
        self.allowed = AllowList(connector.allowed(settings), settings, who=connector.name)
        self.redactor = Redactor()
        self.limiter = Limiter(clock)
        self.counts = Counts()
        self.draw = random.Random(seed)
        self.skew: float | None = None
        """The service's clock minus ours, seconds, as its last answer had it."""
        self.tries = retries.TRIES
        self._budget = Budget()
        self._http: requests.Session | None = None
        self._patient: requests.Session | None = None
        self._lock = threading.Lock()
        self._records = RedactedRecords(self.redactor)

    def secret(self, key: str) -> str:
        """The secret of a setting, hidden in every text from now on."""
        if key not in self.connector.secrets or key not in self.settings:
            raise UsageError(f"{self.connector.name}: there is no secret {key!r}", remedy=f'set {key} = "env:NAME"')
        value = resolve(self.settings[key], key=key)
        self.redactor.hide(value)
        return value

    def http(self) -> requests.Session:
        """The guarded session of the connector's own requests, made when it is first needed."""
        with self._lock:
            if self._http is None:
                self._http, self._patient = self._connect()
            return self._http

    def patient(self) -> requests.Session:
        """The guarded session of libraries, on the same sockets."""
        self.http()
        assert self._patient is not None
        return self._patient

    def again(self, fault: Fault, tries: int) -> bool:
        """Wait before a library's next try; false where there may be none. A service that keeps refusing for load is an error here: a
        library would take its last answer for a refusal of the credentials, which are then never offered again."""
        self.counts.add(throttled=int(fault.throttled))
        asked = fault.after if fault.after is not None else retries.jitter(tries, self.draw)
        if not fault.retry or tries >= self.tries or asked > retries.PATIENCE or not self._budget.take():
            if fault.trouble is Trouble.THROTTLED:
                raise fault.error(self.redactor(fault.detail))
            return False
        self.counts.add(retries=1)
        self.clock.sleep(asked)
        return True

    def _connect(self) -> tuple[requests.Session, requests.Session]:
        from shadowai.sweep.certificates import context

        try:
            from shadowai.sweep.transport import GuardedAdapter, GuardedSession, PatientAdapter
        except ImportError as error:
            raise UsageError(f"sweeping needs {error.name}", remedy="pip install 'shadowai[sweep]'") from error
        trust = context(self.settings.get("ca_file", ""))
        adapter = GuardedAdapter(self.allowed, trust, lambda: self.counts.add(requests=1))
        return GuardedSession(adapter), GuardedSession(PatientAdapter(adapter, self.again, self.clock.time))

    def close(self) -> None:
        """Give the sockets back."""
        self._records.stop()
        if self._http is not None:
            self._http.close()


class TenantSession:
    """The :class:`~shadowai.connector.Session` that connectors are handed. ``tries`` is for one request."""

    def __init__(
        self, shared: Shared, budget: Budget, tokens: Tokens | None = None, *, tries: int = retries.TRIES
    ) -> None:
        self.shared = shared
        self._budget = budget
        self._tries = tries
        self._tokens = tokens or Tokens(self._token, shared.clock, shared.redactor)

    def for_task(self) -> TenantSession:
        """A session with retries of its own, that count in the sweep's too."""
        return TenantSession(self.shared, Budget(above=self._budget), self._tokens, tries=self._tries)

    @property
    def settings(self) -> Mapping[str, str]:
        """The tenant's settings."""
        return self.shared.settings

    @property
    def now(self) -> int:
        """The time of day, microseconds since 1970."""
        return int(self.shared.clock.time() * 1_000_000)

    @property
    def permissions(self) -> tuple[str, ...]:
        """What the tokens at hand allow, where that can be read."""
        return self._tokens.permissions()

    def secret(self, key: str) -> str:
        """The secret that the setting ``key`` refers to."""
        return self.shared.secret(key)

    def get(
        self,
        url: str,
        *,
        quota: Quota,
        params: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        cost: float = 1.0,
        audience: str | None = "",
    ) -> Answer:
        """Ask, patiently."""
        return self.ask(Request("GET", url, quota, params, headers, None, cost, audience))

    def post(
        self,
        url: str,
        *,
        quota: Quota,
        json: Any = None,
        form: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        cost: float = 1.0,
        audience: str | None = "",
    ) -> Answer:
        """Ask by one of the allowed reading POSTs."""
        sent = dict(headers or {})
        data: Any = dict(form) if form is not None else None
        if json is not None:
            from json import dumps

            data = dumps(json, separators=(",", ":")).encode()
            sent = {"Content-Type": "application/json", **sent}
        return self.ask(Request("POST", url, quota, None, sent, data, cost, audience))

    def next_link(self, answer: Answer, link: object) -> str | None:
        """The next page's address, where it leads to where this page came from."""
        if link is None or link == "":
            return None
        here, there = place(answer.url), place(link) if isinstance(link, str) else None
        if here is None or there is None or not isinstance(link, str):
            raise TenantError(Trouble.UNEXPECTED, "the link to the next page is no address")
        if here.origin != there.origin:
            raise TenantError(Trouble.UNEXPECTED, f"the link to the next page leads to {there.host}: refused")
        self.shared.allowed.check("GET", link)
        return link

    def pause(self, quota: Quota, headers: Mapping[str, str] | None = None) -> None:
        """Wait as one part of a batch asks for."""
        lowered = {name.lower(): str(value) for name, value in (headers or {}).items()}
        after = faults.retry_after(lowered, self.shared.clock.time())
        fault = Fault(Trouble.THROTTLED, "parts of batches were refused for load", True, after, True)
        self._wait(fault, 1, self.shared.limiter.bucket(quota))

    def http(self) -> Any:
        """The guarded ``requests.Session`` for the libraries that get tokens."""
        return self.shared.patient()

    def httplib2(self, quota: Quota, *, audience: str | None = "") -> Any:
        """An ``httplib2.Http`` for googleapiclient."""
        from shadowai.sweep.adapters import HttpShim

        return HttpShim(self, quota, audience)

    def ask(self, request: Request) -> Answer:
        """Send until answered. Raises :class:`~shadowai.tenant.TenantError` when there is no more use in trying."""
        allowed = self.shared.allowed
        rule = allowed.check(request.method, request.url, body=request.data, headers=request.headers or ())
        if rule.token:
            request = replace(request, audience=None)
        bucket = self.shared.limiter.bucket(request.quota)
        refused: Token | None = None
        renewed = False  # a token that is refused as soon as it was given will not be taken later either
        tries = 0
        while True:
            token = None if request.audience is None else self._tokens.get(request.audience, instead_of=refused)
            tries += 1
            result = self._attempt(request, token, bucket)
            if isinstance(result, Answer):
                self._budget.succeeded()
                return result
            if result.status == 401 and token is not None and not renewed:
                refused, renewed = token, True
                continue
            if not result.retry or tries >= self._tries:
                raise result.error(self.shared.redactor(result.detail))
            self._wait(result, tries, bucket)
            renewed = False

    def _attempt(self, request: Request, token: Token | None, bucket: Bucket) -> Answer | Fault:
        bucket.take(request.cost)
        self.shared.clock.check()
        headers = {"Accept": "application/json", **(request.headers or {}), **_authorization(token)}
        try:
            with bucket.slot():
                reply = self._fetch(request, headers)
        except _network_errors() as error:
            return faults.of_exception(error)
        now = self.shared.clock.time()
        self._listen(reply, bucket, now)
        fault = faults.of_reply(reply, now)
        return fault or Answer(reply.status, reply.headers, faults.decode(reply)[0], reply.url)

    def _fetch(self, request: Request, headers: Mapping[str, str]) -> Reply:
        from shadowai.sweep.transport import fetch

        http = self.shared.http()
        return fetch(http, request.method, request.url, params=request.params, headers=headers, data=request.data)

    def _wait(self, fault: Fault, tries: int, bucket: Bucket) -> None:
        """Wait before the next try; raises the fault where there may be none."""
        shared = self.shared
        detail = shared.redactor(fault.detail)
        if fault.throttled:
            shared.counts.add(throttled=1)
        if fault.after is not None and fault.after > retries.PATIENCE:
            raise fault.error(f"{detail}; it asks to wait for {fault.after:.0f} seconds")
        if not self._budget.take():
            raise fault.error(f"{detail}; there were too many retries")
        shared.counts.add(retries=1)
        if fault.throttled:
            bucket.refused(fault.after)
        if fault.after is None or not fault.throttled:
            shared.clock.sleep(fault.after if fault.after is not None else retries.jitter(tries, shared.draw))

    def _listen(self, reply: Reply, bucket: Bucket, now: float) -> None:
        """What the answer's headers say about the load and the time."""
        from shadowai.sweep.headers import heed, skew

        heed(reply.headers, bucket, now)
        found = skew(reply.headers, now)
        if found is not None:
            self.shared.skew = found

    def _token(self, audience: str) -> Token:
        """Ask the connector for a token; what its library could not reach, patiently, is said in the sweep's words."""
        try:
            return self.shared.connector.token(self, audience)
        except _network_errors() as error:
            fault = faults.of_exception(error)
            raise fault.error(self.shared.redactor(fault.detail)) from None


def _authorization(token: Token | None) -> dict[str, str]:
    return {} if token is None else {token.header: f"{token.scheme} {token.value}".strip()}


def _network_errors() -> tuple[type[BaseException], ...]:
    """What requests raises, and what passes through it; nothing where it is not installed, for then nothing was sent."""
    try:
        from requests.exceptions import RequestException
        from urllib3.exceptions import HTTPError
    except ImportError:
        return ()
    return (RequestException, HTTPError, ConnectionError, TimeoutError)


@contextmanager
def open_session(
    connector: Connector,
    settings: Mapping[str, str],
    *,
    clock: Clock | None = None,
    tries: int = retries.TRIES,
    seed: int | None = None,
) -> Iterator[TenantSession]:
    """A session for one tenant, its sockets closed at the end. ``seed`` makes its waits the same each time."""
    shared = Shared(connector, settings, clock=clock or WallClock(), seed=seed)
    shared.tries = tries
    try:
        yield TenantSession(shared, Budget(first=200.0), tries=tries)
    finally:
        shared.close()
