"""What stands in the tenants."""

from __future__ import annotations

from shadowai.history.remember import remember
from shadowai.history.standing import tenants
from shadowai.history.store import History
from shadowai.tenant import Person
from tests.history.making import DAY, NOON, app, entry, grant, outcomes, scan, sweep

PEOPLE = (Person("entra", "contoso.example", "p1", "ann@example.com"),)


def test_what_the_last_look_left_standing(history: History) -> None:
    gone, kept = grant("gpt", "p1"), grant("gpt", "p2")
    remember(history, sweep(apps=[app("gpt")], grants=[gone, kept], people=PEOPLE))
    remember(history, sweep(apps=[app("gpt")], grants=[kept], people=PEOPLE, day=1))
    remember(history, scan(entry("chat"), day=2))
    with history.reading() as db:
        (found,) = tenants(db)
    assert (found.source, found.seen, found.complete) == ("entra:contoso.example", NOON + DAY + 1, True)
    assert [(known.app.id, known.services) for known in found.apps] == [("gpt", ("chatgpt",))]
    assert found.grants == (kept,) and found.people == PEOPLE


def test_each_tenant_stands_alone_and_an_incomplete_look_is_said(history: History) -> None:
    remember(history, sweep(apps=[app("gpt")], grants=[grant("gpt", "p1")], tenant="b.example"))
    remember(history, sweep(apps=[app("gpt")], tenant="a.example", ends=outcomes(apps="complete", grants="failed")))
    with history.reading() as db:
        found = tenants(db)
    assert [(one.source, one.complete, len(one.grants)) for one in found] == [
        ("entra:a.example", False, 0),
        ("entra:b.example", True, 1),
    ]


def test_nothing_remembered_is_no_tenant(history: History) -> None:
    with history.reading() as db:
        assert tenants(db) == []
