from __future__ import annotations

from dataclasses import replace

from shadowai.export.html.people import PEOPLE_SHOWN, SERVICES_SHOWN, matrix
from shadowai.model import Actor, Usage, Verdict
from tests.export.html.pages import PEOPLE, entry


def test_rows_of_one_person_are_one_whatever_the_device() -> None:
    found = matrix(PEOPLE.entries)
    assert [id for id, _ in found.services] == ["claude", "openai-chatgpt", "other"]
    assert [(person.name, person.services) for person in found.people] == [("192.0.2.8", 1), ("ann", 1), ("bob", 1)]
    ann = found.people[1].cells
    assert ann[0] is None and ann[1] is not None
    assert (ann[1].events, ann[1].blocked, ann[1].rung, ann[1].sure) == (1205, 6, Usage.BULK.rung, True)


def test_figures_on_different_grounds_are_not_added() -> None:
    sure = entry(actor=Actor("ann"), events=3, blocked=0, usage=Usage.CONNECTED)
    weak = replace(sure, confidence="unconfirmed", events=50, usage=Usage.BULK, actor=Actor("ann", "nb"))
    (cell,) = matrix([weak, sure]).people[0].cells
    assert cell == (3, 0, Usage.CONNECTED.rung, True)
    (cell,) = matrix([weak]).people[0].cells
    assert cell is not None and not cell.sure


def test_blocked_alone_has_no_rung() -> None:
    (cell,) = matrix([entry(actor=Actor("ann"), events=0, blocked=4, usage=None)]).people[0].cells
    assert cell == (0, 4, -1, True)


def test_an_unheard_of_confidence_is_no_proof() -> None:
    (cell,) = matrix([entry(actor=Actor("ann"), confidence="\x00")]).people[0].cells
    assert cell is not None and not cell.sure


def test_breaches_come_first_and_what_is_left_out_is_counted() -> None:
    rows = [
        entry(service_id=f"s{i:03}", service=f"S{i}", actor=Actor(f"p{j:03}"), verdict=Verdict.SANCTIONED)
        for i in range(SERVICES_SHOWN + 5)
        for j in range(PEOPLE_SHOWN + 2)
    ]
    found = matrix([*rows, entry(service_id="z", service="Z", actor=Actor("p001"))])
    assert found.services[0] == ("z", "Z")
    assert (len(found.services), found.more_services) == (SERVICES_SHOWN, 6)
    assert (len(found.people), found.more_people) == (PEOPLE_SHOWN, 2)
    assert found.people[0].name == "p001"


def test_nobody() -> None:
    assert matrix([]) == ((), (), 0, 0)


def test_services_with_the_most_people_come_first_whatever_their_rows() -> None:
    rows = [entry(service_id="a", service="A", actor=Actor("ann", f"pc{number}")) for number in range(3)]
    rows += [entry(service_id="b", service="B", actor=Actor(name)) for name in ("bob", "cid")]
    assert [id for id, _ in matrix(rows).services] == ["b", "a"]


def test_of_one_person_s_rows_the_highest_rung_is_shown() -> None:
    rows = [entry(actor=Actor("ann", use.value), usage=use) for use in (Usage.CONNECTED, Usage.BULK, Usage.INTERACTIVE)]
    (cell,) = matrix(rows).people[0].cells
    assert cell is not None and cell.rung == Usage.BULK.rung
