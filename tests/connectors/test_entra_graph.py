"""Pages, batches and refusals."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from typing import Any

import pytest

from shadowai.tenant import CursorExpired, TenantError, Trouble
from shadowai_connectors import entra_graph
from shadowai_connectors.entra_graph import TRIES, Got, Inner, refine, rows
from shadowai_connectors.entra_signals import DIRECTORY
from shadowai_connectors.entra_work import Work, changed, listed
from tests.connectors.entra_tenant import Clock, Tenant, guid, refusal, work_on


@pytest.fixture
def tenant() -> Iterator[Tenant]:
    """A tenant of 45 apps."""
    made = Tenant()
    for number in range(45):
        made.app(number, f"App {number}")
    yield made
    made.close()


@pytest.fixture
def clock() -> Clock:
    """Its time."""
    return Clock()


@pytest.fixture
def work(tenant: Tenant, clock: Clock) -> Iterator[Work]:
    """A session to it."""
    with work_on(tenant, clock) as made:
        yield made


def drain(work: Work, queue: deque[Inner]) -> list[Got]:
    """All that comes of a queue."""
    found: list[Got] = []
    while queue:
        found += work.graph.batch(queue)
    return found


def queued(*numbers: int, query: str = "?$select=id") -> deque[Inner]:
    """Requests for single apps."""
    return deque(Inner(f"/servicePrincipals/{guid(1, number)}{query}") for number in numbers)


def test_pages_are_followed_to_their_end(work: Work, tenant: Tenant) -> None:
    tenant.largest = 20
    steps = list(work.graph.steps(work.graph.url("/servicePrincipals?$top=999"), DIRECTORY))
    assert [len(step.rows) for step in steps] == [20, 20, 5]
    assert [step.link is None for step in steps] == [False, False, True]


def test_a_next_link_is_followed_as_it_is(work: Work, tenant: Tenant) -> None:
    link = f"{tenant.root}/v1.0/servicePrincipals?$skiptoken=20&x=%2Ba%20b&$filter=a%20eq%20'b'"
    tenant.put["/servicePrincipals"] = [(200, {}, {"value": [], "@odata.nextLink": link}), (200, {}, {"value": []})]
    assert len(list(work.graph.steps(work.graph.url("/servicePrincipals?$top=999"), DIRECTORY))) == 2
    assert tenant.root + tenant.asked[-1][1] == link


@pytest.mark.parametrize("ways", [["a"], ["a", "b"]])
def test_pages_that_go_round_in_a_circle_end(work: Work, tenant: Tenant, ways: list[str]) -> None:
    links = [f"{tenant.root}/v1.0/servicePrincipals?$skiptoken={way}" for way in ways] * 4
    tenant.put["/servicePrincipals"] = [(200, {}, {"value": [], "@odata.nextLink": link}) for link in links]
    with pytest.raises(TenantError, match="circle"):
        list(work.graph.steps(work.graph.url("/servicePrincipals?$top=999"), DIRECTORY))
    assert len(tenant.calls) <= 3


def test_a_batch_takes_twenty_and_answers_in_any_order(work: Work, tenant: Tenant) -> None:
    found = drain(work, queued(*range(45)))
    assert [got.body["id"] for got in found] == [guid(1, number) for number in range(45)]
    assert [len(body["requests"]) for _, _, _, body in tenant.asked] == [20, 20, 5]


def test_parts_refused_for_load_are_asked_again_alone_and_after_their_own_wait(
    work: Work, tenant: Tenant, clock: Clock
) -> None:
    tenant.put[f"/servicePrincipals/{guid(1, 3)}"] = [refusal(429, "TooManyRequests", Retry_After="11")]
    tenant.put[f"/servicePrincipals/{guid(1, 5)}"] = [refusal(503, "ServiceUnavailable"), refusal(504, "Timeout")]
    found = drain(work, queued(*range(10)))
    assert {got.body["id"] for got in found} == {guid(1, number) for number in range(10)} and len(found) == 10
    assert [len(body["requests"]) for _, _, _, body in tenant.asked] == [10, 2, 1]
    assert 11 <= clock.slept < 60


def test_parts_that_are_not_answered_are_asked_again(work: Work, tenant: Tenant) -> None:
    tenant.put["/$batch"] = [(200, {}, {"responses": []})]
    assert len(drain(work, queued(1, 2))) == 2


@pytest.mark.parametrize("status", [200, 403, 404])
@pytest.mark.parametrize("body", ["<html>Not found</html>", None, []])
def test_a_part_that_graph_did_not_answer_is_asked_again(work: Work, tenant: Tenant, status: int, body: Any) -> None:
    """What a gateway says of an object is no word on whether it is there."""
    tenant.put[f"/servicePrincipals/{guid(1, 3)}"] = [(status, {}, body)]
    (got,) = drain(work, queued(3))
    assert got.body["id"] == guid(1, 3) and not got.missing and not got.missed


def test_a_404_without_an_error_is_not_that_something_is_gone(work: Work, tenant: Tenant) -> None:
    tenant.always[f"/servicePrincipals/{guid(1, 3)}"] = (404, {}, {"message": "no route"})
    (got,) = drain(work, queued(3))
    assert got.missed and not got.missing


def test_a_part_that_is_refused_for_ever_is_missed(work: Work, tenant: Tenant) -> None:
    tenant.always[f"/servicePrincipals/{guid(1, 3)}"] = refusal(429, "TooManyRequests", Retry_After="1")
    found = drain(work, queued(2, 3))
    lost = [got.missed for got in found if got.missed]
    assert len(found) == 2 and [one.trouble for one in lost] == [Trouble.THROTTLED]
    assert len(tenant.asked) == TRIES + 1


def test_further_pages_of_a_part_are_asked_in_a_batch(work: Work, tenant: Tenant) -> None:
    for number in range(25):
        tenant.assign(guid(1, 1), tenant.user(number))
    tenant.largest = 10
    found = drain(work, deque([Inner(f"/servicePrincipals/{guid(1, 1)}/appRoleAssignedTo?$top=999")]))
    assert sum(len(got.rows) for got in found) == 25
    assert tenant.calls == ["/$batch"] * 3


@pytest.mark.parametrize("link", ["string", "https://evil.example/v1.0/x", "/relative", 9])
def test_a_part_s_next_link_to_elsewhere_is_refused(work: Work, tenant: Tenant, link: object) -> None:
    """Its rows are kept, and so are the other parts of the batch."""
    row = {"id": "1"}
    tenant.always[f"/servicePrincipals/{guid(1, 1)}"] = (200, {}, {"value": [row], "@odata.nextLink": link})
    first, other = drain(work, queued(1, 2))
    assert first.rows == (row,) and first.missed is not None and first.missed.trouble is Trouble.UNEXPECTED
    assert other.body["id"] == guid(1, 2) and other.missed is None


@pytest.mark.parametrize("key", ["@odata.nextLink", "@odata.deltaLink"])
def test_a_next_link_to_elsewhere_is_refused_and_the_rows_are_kept(work: Work, tenant: Tenant, key: str) -> None:
    tenant.put["/servicePrincipals"] = [(200, {}, {"value": [{"id": "1"}], key: "https://evil.example/v1.0/x"})]
    (stage,) = listed(work, work.graph.url("/servicePrincipals?$top=999"), DIRECTORY, None)
    assert stage.rows == ({"id": "1"},) and stage.cursor is None
    assert [one.trouble for one in stage.missed] == [Trouble.UNEXPECTED]


def _paged(tenant: Tenant, path: str, pages: list[list[dict[str, str]]]) -> None:
    links = [{"@odata.nextLink": f"{tenant.root}/v1.0{path}?$skiptoken={number}"} for number in range(1, len(pages))]
    tenant.put[path] = [
        (200, dict[str, str](), {"value": page, **link}) for page, link in zip(pages, [*links, {}], strict=True)
    ]


def test_a_page_that_is_given_again_is_missed_rows_in_a_batch_and_a_replay_in_a_list(
    work: Work, tenant: Tenant
) -> None:
    one, two = {"id": "1"}, {"id": "2"}
    pages, url = [[one], [one], [], [], [two]], work.graph.url("/servicePrincipals?$top=999")
    _paged(tenant, "/servicePrincipals", pages)
    assert [len(stage.rows) for stage in listed(work, url, DIRECTORY, None)] == [1, 1, 0, 0, 1]
    _paged(tenant, "/servicePrincipals", pages)  # lists and changes may be told again, and go on behind it
    assert not any(stage.missed for stage in listed(work, url, DIRECTORY, None))
    _paged(tenant, "/servicePrincipals", pages)
    assert not any(stage.missed for stage in changed(work, url, DIRECTORY, None))
    path = f"/servicePrincipals/{guid(1, 1)}/appRoleAssignedTo"
    _paged(tenant, path, pages)
    assert [bool(got.missed) for got in drain(work, deque([Inner(f"{path}?$top=999")]))] == [
        False,
        True,
        False,
        False,
        False,
    ]


def test_a_part_s_next_link_to_another_version_is_refused(work: Work, tenant: Tenant) -> None:
    link = f"{tenant.root}/beta/reports/servicePrincipalSignInActivities?$skiptoken=1"
    tenant.always[f"/servicePrincipals/{guid(1, 1)}"] = (200, {}, {"value": [], "@odata.nextLink": link})
    with pytest.raises(TenantError, match="another place"):
        drain(work, queued(1))


@pytest.mark.parametrize("links", [["A"], ["A", "B"]])
def test_pages_of_a_part_that_go_round_in_a_circle_end(
    work: Work, tenant: Tenant, links: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(entra_graph, "PAGES", 20)
    path = f"/servicePrincipals/{guid(1, 1)}/appRoleAssignedTo"
    replies = [
        (200, dict[str, str](), {"value": [], "@odata.nextLink": f"{tenant.root}/v1.0{path}?$skiptoken={link}"})
        for link in links
    ]
    tenant.put[path] = replies * 30
    with pytest.raises(TenantError, match="circle"):
        drain(work, deque([Inner(f"{path}?$top=999")]))


def test_what_is_gone_is_missing_and_not_missed(work: Work) -> None:
    (found,) = drain(work, queued(999))
    assert found.missing and found.missed is None and found.rows == ()


def test_a_part_that_is_not_allowed_ends_the_task(work: Work, tenant: Tenant) -> None:
    tenant.always[f"/servicePrincipals/{guid(1, 1)}"] = refusal(
        403, "Authorization_RequestDenied", "Insufficient privileges"
    )
    with pytest.raises(TenantError) as caught:
        drain(work, queued(1))
    assert caught.value.trouble is Trouble.SCOPE


def test_a_part_s_page_token_may_expire(work: Work, tenant: Tenant) -> None:
    tenant.always[f"/servicePrincipals/{guid(1, 1)}"] = refusal(400, "Directory_ExpiredPageToken")
    with pytest.raises(CursorExpired):
        drain(work, queued(1))


@pytest.mark.parametrize(
    "body", [{}, {"responses": None}, {"responses": "x"}, [], {"responses": [{"id": "77", "status": 200}]}]
)
def test_a_batch_that_is_not_answered_as_one_is_no_answer(work: Work, tenant: Tenant, body: Any) -> None:
    tenant.put["/$batch"] = [(200, {}, body)] * 3
    with pytest.raises(TenantError) as caught:
        drain(work, queued(1))
    assert caught.value.trouble is Trouble.UNEXPECTED


@pytest.mark.parametrize("body", [[], "x", None, {}, {"value": None}, {"value": "abc"}, {"value": {}}, {"value": [1]}])
def test_a_page_without_its_list_is_no_empty_page(work: Work, tenant: Tenant, body: Any) -> None:
    tenant.always["/servicePrincipals"] = (200, {}, body)
    with pytest.raises(TenantError) as caught:
        list(work.graph.steps(work.graph.url("/servicePrincipals"), DIRECTORY))
    assert caught.value.trouble is Trouble.UNEXPECTED


def test_an_empty_page_is_one(work: Work) -> None:
    assert rows({"value": []}) == ()


def test_objects_are_looked_up_a_thousand_at_a_time(work: Work, tenant: Tenant) -> None:
    ids = [tenant.user(number) for number in range(1_500)]
    found = list(work.graph.by_ids([*ids, *ids, guid(3, 9_999)], "user", "id"))
    assert {row["id"] for row in found} == set(ids) and len(found) == 1_500
    assert tenant.calls == ["/directoryObjects/getByIds"] * 2


@pytest.mark.parametrize(
    ("status", "code", "message", "trouble"),
    [
        (403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.", Trouble.SCOPE),
        (403, "Authentication_MSGraphPermissionMissing", "permission missing: AuditLog.Read.All", Trouble.SCOPE),
        (403, "Authentication_RequestFromNonPremiumTenantOrB2CTenant", "Neither tenant is B2C or …", Trouble.LICENCE),
        (403, "AccessDenied", "Your tenant doesn't have a premium license", Trouble.LICENCE),
        (400, "AadPremiumLicenseRequired", "needs Microsoft Entra ID P2", Trouble.LICENCE),
        (403, "Forbidden", "User is not in the allowed roles", Trouble.ROLE),
        (401, "InvalidAuthenticationToken", "Access token has expired", Trouble.CREDENTIALS),
        (400, "Request_UnsupportedQuery", "not supported", Trouble.UNEXPECTED),
    ],
)
def test_a_refusal_is_told_by_its_code(status: int, code: str, message: str, trouble: Trouble) -> None:
    error = TenantError(Trouble.UNEXPECTED, f"{status} {code}: {message}", status=status, code=code)
    found = refine(error)
    assert isinstance(found, TenantError) and found.trouble is trouble and found.code == code


@pytest.mark.parametrize(
    ("status", "code"),
    [
        (410, ""),
        (400, "syncStateNotFound"),
        (400, "Directory_ExpiredPageToken"),
        (400, "DirectoryPageTokenNotFoundException"),
    ],
)
def test_a_cursor_that_expired_is_told(status: int, code: str) -> None:
    assert isinstance(refine(TenantError(Trouble.UNEXPECTED, "x", status=status, code=code)), CursorExpired)
