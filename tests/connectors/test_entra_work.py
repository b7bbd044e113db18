"""Cursors, marks, and which app an object stands for."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from shadowai.tenant import CursorExpired
from shadowai_connectors.entra_signals import DIRECTORY
from shadowai_connectors.entra_work import DAY, Mark, changed, listed, load, pairs, save, usable
from tests.connectors.entra_tenant import MICROSOFT, NOW, Tenant, guid, refusal, work_on

LATER = "/servicePrincipals/delta?$deltatoken=latest"
MICROS = NOW * 1_000_000


@pytest.fixture
def tenant() -> Iterator[Tenant]:
    """A tenant of 25 apps in pages of ten."""
    made = Tenant()
    for number in range(25):
        made.app(number, f"App {number}", owner=MICROSOFT if number == 0 else guid(9, 9))
    made.largest = 10
    yield made
    made.close()


def test_a_mark_is_read_as_it_was_written() -> None:
    mark = Mark("https://graph.example/delta?$deltatoken=a b", 7, whole=False)
    assert Mark.read(str(mark)) == mark
    assert Mark.read(str(Mark("", 7, whole=True))) == Mark("", 7, whole=True)


@pytest.mark.parametrize("written", [None, "", "full", "full x y", "half 7 z", "https://graph.example"])
def test_what_is_no_mark_is_none(written: str | None) -> None:
    assert Mark.read(written) is None


@pytest.mark.parametrize(
    ("age", "link", "lives"),
    [(0, "x", True), (6 * DAY, "x", True), (6 * DAY + 1, "x", False), (-1, "x", False), (0, "", False)],
)
def test_a_mark_lives_for_six_days(age: int, link: str, lives: bool) -> None:
    assert (usable(str(Mark(link, 100 * DAY, whole=True)), 100 * DAY + age) is not None) is lives


def test_a_listing_takes_its_delta_link_before_its_first_page(tenant: Tenant) -> None:
    with work_on(tenant) as work:
        stages = list(listed(work, work.graph.url("/servicePrincipals?$top=999"), DIRECTORY, None, delta=LATER))
    assert tenant.calls[0] == "/servicePrincipals/delta"
    assert [len(stage.rows) for stage in stages] == [10, 10, 5]
    assert [stage.mark is None for stage in stages] == [True, True, False]
    mark = Mark.read(stages[-1].mark)
    assert mark is not None and mark.whole and mark.time == MICROS and mark.link.endswith("$deltatoken=0")


def test_a_listing_goes_on_from_its_cursor_with_the_same_delta_link(tenant: Tenant) -> None:
    with work_on(tenant) as work:
        first = next(listed(work, work.graph.url("/servicePrincipals?$top=999"), DIRECTORY, None, delta=LATER))
        tenant.changes["/servicePrincipals"].append({"id": "later"})
        rest = list(listed(work, "unused", DIRECTORY, first.cursor, delta=LATER))
    assert [len(stage.rows) for stage in rest] == [10, 5]
    assert (rest[-1].mark or "").endswith("$deltatoken=0")


def test_where_no_delta_link_may_be_had_the_listing_is_whole_all_the_same(tenant: Tenant) -> None:
    tenant.always["/servicePrincipals/delta"] = refusal(403, "Authorization_RequestDenied")
    with work_on(tenant) as work:
        stages = list(listed(work, work.graph.url("/servicePrincipals?$top=999"), DIRECTORY, None, delta=LATER))
    assert sum(len(stage.rows) for stage in stages) == 25
    mark = Mark.read(stages[-1].mark)
    assert mark is not None and mark.link == ""


def test_changes_leave_the_next_link(tenant: Tenant) -> None:
    tenant.changes["/servicePrincipals"] = [{"id": "a"}, {"id": "b"}]
    with work_on(tenant) as work:
        (stage,) = changed(work, work.graph.url("/servicePrincipals/delta?$deltatoken=1"), DIRECTORY, None)
    mark = Mark.read(stage.mark)
    assert [row["id"] for row in stage.rows] == ["b"]
    assert mark is not None and not mark.whole and mark.link.endswith("$deltatoken=2")


def test_an_app_is_asked_for_once(tenant: Tenant) -> None:
    with work_on(tenant) as work:
        found = work.known.of([guid(1, 0), guid(1, 1), guid(1, 99)], work)
        assert found[guid(1, 0)] == (guid(2, 0), True) and found[guid(1, 1)] == (guid(2, 1), False)
        assert guid(1, 99) not in found
        work.known.of([guid(1, 0), guid(1, 1)], work)
        work.known.of([], work)
    assert tenant.calls == ["/directoryObjects/getByIds"]


@pytest.mark.parametrize("cursor", ["", "x", "[]", "7", "null", "{"])
def test_a_cursor_that_cannot_be_read_has_expired(cursor: str) -> None:
    with pytest.raises(CursorExpired):
        load(cursor)


def test_a_cursor_is_read_as_it_was_written() -> None:
    assert load(save({"link": "é", "n": 1})) == {"link": "é", "n": 1}


def test_arguments_are_pairs() -> None:
    assert pairs(["a=b", "c=d=e"]) == {"a": "b", "c": "d=e"}
