"""What a sweep would ask, as far as that can be known without asking."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, NoReturn
from urllib.parse import quote, urlencode

from shadowai.connector import Answer, Connector, Mode, Quota, Scope
from shadowai.sweep.allowlist import AllowList
from shadowai.sweep.redaction import Redactor
from shadowai.sweep.runner import MISREAD
from shadowai.tenant import App, CursorExpired, Grant, Person, Task, TenantError


@dataclass(frozen=True, slots=True)
class Call:
    """The first request of a task; ``url`` without secrets. ``task`` is empty for what is asked for a token."""

    task: str
    signal: str
    method: str
    url: str
    quota: str = ""


class _Asked(BaseException):
    def __init__(self, method: str, url: str, quota: str) -> None:
        super().__init__()
        self.call = (method, url, quota)


@dataclass(frozen=True, slots=True)
class _Nothing:
    """A view of a sweep that has not begun."""

    mode: Mode
    scope: Scope
    settings: Mapping[str, str]
    now: int

    def apps(self) -> Iterator[App]:
        return iter(())

    def grants(self) -> Iterator[Grant]:
        return iter(())

    def is_ai(self, app: App) -> bool:
        return False

    def is_complete(self, task: str) -> bool:
        return False

    def mark(self, task: str) -> str | None:
        return None

    def principals(self) -> Iterator[str]:
        return iter(())

    def people(self) -> Iterator[Person]:
        return iter(())


class _Mute:
    """A session that says what it would have asked instead of asking."""

    def __init__(self, settings: Mapping[str, str], now: int) -> None:
        self.settings, self.now = settings, now

    def secret(self, key: str) -> str:
        return "?"

    def get(self, url: str, *, quota: Quota, params: Mapping[str, str] | None = None, **_: Any) -> Answer:
        query = urlencode(params, safe="$,:/ '", quote_via=quote) if params else ""
        raise _Asked("GET", f"{url}?{query}" if query else url, quota.name)

    def post(self, url: str, *, quota: Quota, **_: Any) -> Answer:
        raise _Asked("POST", url, quota.name)

    def next_link(self, answer: Answer, link: object) -> str | None:
        return None

    def pause(self, quota: Quota, headers: Mapping[str, str] | None = None) -> None:
        return None

    def http(self) -> NoReturn:
        raise _Asked("POST", "(a client library)", "")

    def httplib2(self, quota: Quota, *, audience: str | None = "") -> Any:
        return _MuteHttp(quota)


class _MuteHttp:
    def __init__(self, quota: Quota) -> None:
        self._quota = quota

    def request(self, uri: str, method: str = "GET", **_: Any) -> NoReturn:
        raise _Asked(method, uri, self._quota.name)

    def close(self) -> None:
        return None


def calls(connector: Connector, settings: Mapping[str, str], *, mode: Mode, scope: Scope, now: int) -> Iterator[Call]:
    """The calls of a sweep's first round: how tokens are got, and the first request of each task. What follows depends on the
    answers: pages, and the tasks that are planned when these have ended. No socket is opened and no secret is read."""
    redact = Redactor()
    AllowList(connector.allowed(settings), settings, who=connector.name)
    connector.tenant(settings)
    for rule in connector.allowed(settings):
        if rule.token:
            yield Call("", "token", rule.method, f"{rule.host}{rule.path}")
    for task in connector.plan(_Nothing(mode, scope, settings, now)):
        asked = _first(connector, task, _Mute(settings, now))
        method, url, quota = asked if asked is not None else ("", "", "")
        yield Call(task.name, task.signal, method, redact(url), quota)


def _first(connector: Connector, task: Task, session: _Mute) -> tuple[str, str, str] | None:
    """The first request of a task; ``None`` where it cannot be known."""
    try:
        next(connector.run(task, session, None), None)
    except _Asked as asked:
        return asked.call
    except (TenantError, CursorExpired, *MISREAD):  # a key that is none cannot sign: then nothing is known
        return None
    return None
