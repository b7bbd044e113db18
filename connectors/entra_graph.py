"""Microsoft Graph as it really answers: pages, batches, refusals, and objects asked for by their identifiers.

Sources: https://learn.microsoft.com/graph/paging, /graph/json-batching, /graph/throttling, /graph/errors and
/graph/delta-query-overview.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any

from shadowai.connector import Answer, Quota, Session
from shadowai.tenant import CursorExpired, Missed, TenantError, Trouble
from shadowai_connectors.entra_clouds import Endpoints
from shadowai_connectors.entra_signals import DIRECTORY
from shadowai_connectors.rest import AGAIN, Chain, followed

Row = Mapping[str, Any]

VERSION = "/v1.0"
BATCH = 20
"""The most requests that one $batch takes."""
IDS = 1000
"""The most identifiers that one getByIds takes."""
PAGE = 999
"""The page size of directory collections: with a smaller one oauth2PermissionGrants and appRoleAssignedTo lose rows."""
PAGES = 1000
"""More pages than one app's collection has."""
TRIES = 12
"""How often one request of a batch is asked again for itself: as often as one that is asked alone."""
PRIORITY = {"x-ms-throttle-priority": "low"}
"""A sweep yields to people. https://learn.microsoft.com/graph/throttling-limits#identity-and-access-service-limits"""

EXPIRED = frozenset(
    {
        "directory_expiredpagetoken",
        "directorypagetokennotfoundexception",
        "syncstatenotfound",
        "resyncrequired",
        "resync_required",
    }
)
"""What Graph calls a cursor or a delta link that it no longer honours; so is every answer with the status 410."""

LICENCE = ("nonpremiumtenant", "premiumlicense", "premium license", "not licensed", "license", "licence")
"""Words in the code or the message of a refusal that is about what was bought."""
ROLE = ("allowed roles", "directory role", "role assignment", "notallowedforrole")
"""Words in a refusal that is about the signed-in user's role."""


@dataclass(slots=True)
class Inner:
    """One request of a batch: a path after the version, how often it has been refused for load, which page of its collection it is,
    and the rows of the page before."""

    path: str
    tries: int = 0
    page: int = 1
    before: tuple[Row, ...] = ()


@dataclass(frozen=True, slots=True)
class Got:
    """What came of one request of a batch: rows of a collection or one ``body``; ``missing`` where Graph knows no such object;
    ``missed`` where it, or what comes after it, could not be had."""

    path: str
    body: Row = field(default_factory=dict)
    rows: tuple[Row, ...] = ()
    missing: bool = False
    missed: Missed | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One page: its rows, where the next one is, the delta link of the last one, and what was ``missed`` for it."""

    rows: tuple[Row, ...]
    link: str | None
    delta: str | None
    missed: tuple[Missed, ...] = ()


class Graph:
    """Asks one tenant's Graph. Raises :class:`~shadowai.tenant.TenantError` and :class:`~shadowai.tenant.CursorExpired`."""

    def __init__(self, session: Session, endpoints: Endpoints) -> None:
        self._session = session
        self.root = endpoints.graph

    def url(self, path: str) -> str:
        """The address of a path such as ``/servicePrincipals``; ``/beta/…`` keeps its own version."""
        return self.root + (path if path.startswith("/beta/") else VERSION + path)

    def get(self, url: str, quota: Quota, *, cost: float = 1.0) -> Answer:
        """One request by its whole address."""
        try:
            answer = self._session.get(url, quota=quota, headers=PRIORITY, cost=cost)
        except TenantError as error:
            raise refine(error) from error
        if not isinstance(answer.body, Mapping):
            raise TenantError(Trouble.UNEXPECTED, f"no JSON object came from {_where(url)}")
        return answer

    def steps(self, url: str, quota: Quota, *, cost: float = 1.0) -> Iterator[Step]:
        """The pages of a collection from ``url`` on, held to what :class:`~shadowai_connectors.rest.Chain` says. A next link is followed as
        it is. The same rows may come again, as changes do (/graph/delta-query-overview, "Replays"): the link behind them goes on."""
        following: str | None = url
        chain = Chain(url, replayed=True)
        while following is not None:
            answer = self.get(following, quota, cost=cost)
            found = rows(answer.body)
            following, refused = followed(partial(self._link, answer, answer.body, "@odata.nextLink"))
            delta, lost = followed(partial(self._link, answer, answer.body, "@odata.deltaLink"))
            yield Step(found, following, delta, (*chain.on(found, following), *refused, *lost))

    def _link(self, answer: Answer, body: Row, key: str) -> str | None:
        return self._session.next_link(answer, body.get(key))

    def delta_link(self, path: str, quota: Quota, *, cost: float = 1.0) -> str:
        """A link to what changes from now on, which the delta function at ``path`` gives. Empty where that may not be asked: what there
        is is then read again the next time."""
        try:
            answer = self.get(self.url(path), quota, cost=cost)
        except TenantError as error:
            if error.status not in (400, 403, 404, 501):
                raise
            return ""
        return self._session.next_link(answer, answer.body.get("@odata.deltaLink")) or ""

    def by_ids(self, ids: Iterable[str], kind: str, select: str) -> Iterator[Row]:
        """The objects of those identifiers, in requests of 1,000. Those that are gone or of another kind are left out."""
        wanted = sorted(set(ids))
        for start in range(0, len(wanted), IDS):
            body = {"ids": wanted[start : start + IDS], "types": [kind]}
            answer = self._post(f"/directoryObjects/getByIds?$select={select}", body, cost=3.0)
            yield from rows(answer.body)

    def batch(self, queue: deque[Inner], *, cost: float = 1.0, quota: Quota = DIRECTORY) -> Iterator[Got]:
        """Up to 20 requests off the ``queue`` in one. Those refused for load go back to it after the wait that they ask for, and
        further pages are appended: whoever calls goes on until the queue is empty."""
        asked = [queue.popleft() for _ in range(min(BATCH, len(queue)))]
        requests = [{"id": str(place), "method": "GET", "url": inner.path} for place, inner in enumerate(asked)]
        answer = self._post("/$batch", {"requests": requests}, cost=cost * len(asked), quota=quota)
        answers = _by_id(answer.body)
        if set(answers) - {request["id"] for request in requests}:
            raise TenantError(Trouble.UNEXPECTED, "a batch was answered with what nobody asked")
        refused: list[tuple[Inner, Row]] = []
        for place, inner in enumerate(asked):
            got = self._inner(inner, answers.get(str(place), {}), answer, queue, refused)
            if got is not None:
                yield got
        if refused:
            queue.extendleft(inner for inner, _ in reversed(refused))
            self._session.pause(quota, _longest(headers for _, headers in refused))

    def _inner(
        self, inner: Inner, part: Row, answer: Answer, queue: deque[Inner], refused: list[tuple[Inner, Row]]
    ) -> Got | None:
        """What came of one request; ``None`` where it is asked again."""
        status, body = part.get("status"), part.get("body")
        if not isinstance(status, int) or not isinstance(body, Mapping):
            status, body = 500, {}  # not answered, or by something that is not Graph: as if the service had failed
        if status < 300:
            return self._page(inner, body, answer, queue)
        if status == 404 and isinstance(body.get("error"), Mapping):
            return Got(inner.path, missing=True)
        if (status == 429 or status >= 500) and inner.tries < TRIES:
            headers = part.get("headers")
            refused.append((replace(inner, tries=inner.tries + 1), headers if isinstance(headers, Mapping) else {}))
            return None
        error = refine(_refusal(status, body))
        if isinstance(error, CursorExpired) or error.status in (401, 403):
            raise error
        return Got(inner.path, missed=Missed(error.trouble, f"{_where(inner.path)}: {error.detail}", error.remedy))

    def _page(self, inner: Inner, body: Row, answer: Answer, queue: deque[Inner]) -> Got:
        """What was asked for; the next page of a collection is queued. See :class:`~shadowai_connectors.rest.Chain`."""
        found = rows(body) if "value" in body else ()
        link, refused = followed(partial(self._link, answer, body, "@odata.nextLink"))
        if link is not None:
            queue.append(replace(self._further(inner, link), before=found))
        # lists replay pages; of a batch's parts nobody says so, and rows that did not come must not pass for gone
        again = (AGAIN,) if found and found == inner.before else ()
        return Got(inner.path, body, found, missed=next(iter((*refused, *again)), None))

    def _further(self, inner: Inner, link: str) -> Inner:
        """The next page as a batch takes it: its link without what all have in common, otherwise verbatim."""
        start = self.root + VERSION
        if not link.startswith(f"{start}/"):
            raise TenantError(Trouble.UNEXPECTED, "the next page of a batch's part is at another place than the batch")
        following = Inner(link.removeprefix(start), page=inner.page + 1)
        if following.path == inner.path or following.page > PAGES:
            raise TenantError(Trouble.UNEXPECTED, f"the pages of {_where(inner.path)} go round in a circle")
        return following

    def _post(self, path: str, body: Mapping[str, object], *, cost: float, quota: Quota = DIRECTORY) -> Answer:
        try:
            answer = self._session.post(self.url(path), quota=quota, json=body, headers=PRIORITY, cost=cost)
        except TenantError as error:
            raise refine(error) from error
        if not isinstance(answer.body, Mapping):
            raise TenantError(Trouble.UNEXPECTED, f"no JSON object came from {_where(path)}")
        return answer


def rows(body: Row) -> tuple[Row, ...]:
    """The rows of a collection. A page without its list, or with something else in it, is no empty page."""
    found = body.get("value")
    if not isinstance(found, Sequence) or isinstance(found, str) or not all(isinstance(row, Mapping) for row in found):
        raise TenantError(Trouble.UNEXPECTED, "a page holds no list of objects")
    return tuple(found)


def refine(error: TenantError) -> TenantError | CursorExpired:
    """What a refusal of Graph means: a missing licence, role or permission, or a cursor that has expired."""
    text = f"{error.code} {error.detail}".lower()
    if error.status == 410 or error.code.lower() in EXPIRED:
        return CursorExpired(error.detail)
    if error.status == 401:
        return _like(error, Trouble.CREDENTIALS)
    if any(word in text for word in LICENCE) and error.status in (400, 402, 403):
        return _like(error, Trouble.LICENCE)
    if error.status == 403:
        return _like(error, Trouble.ROLE if any(word in text for word in ROLE) else Trouble.SCOPE)
    return error


def _like(error: TenantError, trouble: Trouble) -> TenantError:
    return TenantError(
        trouble, error.detail, remedy=error.remedy, status=error.status, code=error.code, body=error.body
    )


def _refusal(status: int, body: object) -> TenantError:
    """A batch's inner refusal as the session would have raised it."""
    told = body.get("error") if isinstance(body, Mapping) else None
    code, message = (str(told.get(key) or "") for key in ("code", "message")) if isinstance(told, Mapping) else ("", "")
    trouble = Trouble.THROTTLED if status == 429 else Trouble.SERVER if status >= 500 else Trouble.UNEXPECTED
    return TenantError(trouble, f"{status} {code} {message}".strip(), status=status, code=code, body=body)


def _by_id(body: Row) -> dict[str, Row]:
    parts = body.get("responses")
    if not isinstance(parts, Sequence) or isinstance(parts, str):
        raise TenantError(Trouble.UNEXPECTED, "a batch was answered without its list of answers")
    return {str(part.get("id")): part for part in parts if isinstance(part, Mapping)}


def _longest(headers: Iterable[Row]) -> Mapping[str, str]:
    """The headers of the refusal that asks to wait the longest."""
    texts = [{str(key).lower(): str(value) for key, value in each.items()} for each in headers]
    return max(texts, key=lambda each: _seconds(each.get("retry-after", "")))


def _seconds(text: str) -> float:
    """For comparison alone: a date asks for longer than any number."""
    return float(text) if text.strip().isdigit() else float(bool(text)) * 1e9


def _where(url: str) -> str:
    """An address without its query, which may hold a cursor."""
    return url.partition("?")[0]
