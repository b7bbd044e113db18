"""A run is remembered whole or not at all; what was not found is gone only where it was looked for."""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlalchemy import func, select

from shadowai.errors import SourceError
from shadowai.history import bodies, store
from shadowai.history.compare import compare
from shadowai.history.looks import tenant_lineage
from shadowai.history.model import Comparison, Finding, Memory
from shadowai.history.remember import remember
from shadowai.history.store import History
from shadowai.history.tables import THING, VERSION
from shadowai.model import Usage, Verdict
from shadowai.sweep.idle import nothing_to_ask
from shadowai.tenant import Grant, Outcome, Person, Signal, Swept
from tests.history import processes
from tests.history.making import (
    DAY,
    NOON,
    By,
    app,
    entry,
    grant,
    made_sweep,
    outcomes,
    scan,
    sweep,
    tasks,
    together,
    told,
)


def diff(history: History, *memories: Memory) -> Comparison:
    """The last two of these runs compared."""
    runs = [remember(history, memory) for memory in memories]
    return compare(history, runs[-2].id, runs[-1].id)


def test_the_same_again_is_no_change_and_adds_no_rows(history: History) -> None:
    one = scan(entry("chatgpt"), entry("chatgpt", "ann"))
    assert diff(history, one, scan(entry("chatgpt"), entry("chatgpt", "ann"), day=1)).changes == ()
    with history.reading() as db:
        assert db.execute(select(func.count()).select_from(VERSION)).scalar() == 2


def test_new_and_gone_users_and_services(history: History) -> None:
    one = scan(entry("chatgpt"), entry("chatgpt", "ann"), entry("chatgpt", "bob"))
    two = scan(entry("chatgpt"), entry("chatgpt", "ann"), entry("claude"), entry("claude", "ann"), day=1)
    found = diff(history, one, two)
    assert told(found.changes) == {
        ("new", "service", "Claude", "environment"),
        ("new", "user", "Claude", "ann", "environment"),
        ("gone", "user", "Chatgpt", "bob", "environment"),
    }
    assert found.unseen == () and found.fresh == ()


def test_returned(history: History) -> None:
    found = diff(history, scan(entry("claude")), scan(day=1), scan(entry("claude"), day=2))
    assert told(found.changes) == {("returned", "service", "Claude", "environment")}
    assert told(compare(history, 1, 2).changes) == {("gone", "service", "Claude", "environment")}
    assert compare(history, 1, 3).changes == ()


@pytest.mark.parametrize("later", [{"gaps": ["proxy.log"]}, {"logs": ["fw.log"], "gaps": ["proxy.log"]}, {"span": DAY}])
def test_what_a_partial_scan_does_not_show_is_not_gone(history: History, later: dict[str, list[str]]) -> None:
    found = diff(history, scan(entry("claude")), scan(day=1, **later))  # type: ignore[arg-type]
    assert told(found.changes) == {("not_observable", "service", "Claude", "coverage")}
    assert found.unseen
    whole = remember(history, scan(day=2))
    assert told(compare(history, 2, whole.id).changes) == {("gone", "service", "Claude", "environment")}


def test_a_log_that_was_not_given(history: History) -> None:
    found = diff(history, scan(entry("claude"), logs=["a.log", "b.log"]), scan(day=1, logs=["b.log"]))
    assert told(found.changes) == {("not_observable", "service", "Claude", "coverage")}
    assert found.unseen == ("a.log was not looked at",)


def test_what_a_first_look_shows_may_have_been_there(history: History) -> None:
    found = diff(history, scan(logs=["a.log"]), scan(entry("claude"), day=1, logs=["a.log", "b.log"]))
    assert told(found.changes) == {("new", "service", "Claude", "coverage")}
    assert "b.log" in found.changes[0].detail


def test_new_after_a_partial_look_is_new_where_an_earlier_one_was_whole(history: History) -> None:
    found = diff(history, scan(), scan(day=1, gaps=["proxy.log"]), scan(entry("claude"), day=2))
    assert told(found.changes) == {("new", "service", "Claude", "environment")}
    assert told(compare(history, 1, 3).changes) == {("new", "service", "Claude", "environment")}


def test_a_partial_look_takes_nothing_away(history: History) -> None:
    one = scan(entry("claude", users=5, usage=Usage.BULK, scopes=("a", "b")))
    less = entry("claude", users=1, usage=Usage.CONNECTED, scopes=("a",))
    assert diff(history, one, scan(less, day=1, gaps=["proxy.log"])).changes == ()
    remember(history, scan(less, day=2))
    assert told(compare(history, 2, 3).changes) == {
        ("changed", "service", "Claude", "users", "environment"),
        ("changed", "service", "Claude", "usage", "environment"),
        ("changed", "service", "Claude", "scopes", "environment"),
    }


def test_causes_of_the_catalogue(history: History) -> None:
    old, new = {"chatgpt": "1"}, {"chatgpt": "1", "claude": "1"}
    found = diff(history, scan(digests=old), scan(entry("claude"), entry("claude", "ann"), day=1, digests=new))
    assert told(found.changes) == {
        ("new", "service", "Claude", "catalogue"),
        ("new", "user", "Claude", "ann", "catalogue"),
    }


def test_old_evidence_explained_by_a_signature_that_changed(history: History) -> None:
    seen = entry("chatgpt", names=("shared.example",))
    other = entry("claude", names=("shared.example",))
    digests = {"chatgpt": "2", "claude": "2"}
    found = diff(history, scan(seen), scan(seen, other, day=1, digests=digests))
    assert told(found.changes) == {("new", "service", "Claude", "catalogue")}
    assert "shared.example" in found.changes[0].detail


def test_a_new_service_whose_signature_changed_without_old_evidence_happened(history: History) -> None:
    found = diff(history, scan(), scan(entry("claude"), day=1, digests={"chatgpt": "1", "claude": "2"}))
    assert told(found.changes) == {("new", "service", "Claude", "environment")}


@pytest.mark.parametrize("explained", [False, True])
def test_what_no_signature_explains_any_more_is_not_gone(history: History, explained: bool) -> None:
    remember(history, scan(entry("claude")))
    for day, digests in enumerate([{"claude": "2"}, {"claude": "2"}], 1):
        names = {"claude.example": ("claude",)} if explained else {}
        remember(history, scan(day=day, digests=digests), explains=lambda name, names=names: names.get(name, ()))  # type: ignore[misc]
    what = (
        {("gone", "service", "Claude", "environment")}
        if explained
        else {("not_observable", "service", "Claude", "catalogue")}
    )
    assert told(compare(history, 1, 2).changes) == told(compare(history, 1, 3).changes) == what
    assert compare(history, 2, 3).changes == ()


def test_a_signature_that_was_removed(history: History) -> None:
    found = diff(history, scan(entry("claude")), scan(day=1, digests={"chatgpt": "1"}))
    assert told(found.changes) == {("not_observable", "service", "Claude", "catalogue")}


def test_the_policy_as_a_cause_and_a_breach(history: History) -> None:
    one = scan(entry("claude"), entry("chatgpt"), policy="a")
    two = scan(
        entry("claude", verdict=Verdict.PROHIBITED), entry("chatgpt", verdict=Verdict.SANCTIONED), day=1, policy="b"
    )
    found = diff(history, one, two)
    assert told(found.changes) == {
        ("changed", "service", "Claude", "verdict", "policy"),
        ("changed", "service", "Chatgpt", "verdict", "policy"),
    }
    assert [(change.subject, change.breach) for change in found.changes] == [("Claude", True), ("Chatgpt", False)]
    assert not any(change.breach for change in compare(history, 1, 2, fail_on=frozenset({"unsanctioned"})).changes)


def test_what_was_blocked_is_no_breach(history: History) -> None:
    blocked = entry("claude", verdict=Verdict.PROHIBITED, events=0, blocked=4, usage=None)
    found = diff(history, scan(), scan(blocked, day=1))
    assert [change.breach for change in found.changes] == [False]
    again = remember(history, scan(entry("claude", verdict=Verdict.PROHIBITED), day=2))
    assert [change.breach for change in compare(history, 2, again.id).changes] == [True]


# --- tenants -------------------------------------------------------------------------------------------------------------

ANN = Person("entra", "contoso.example", "p1", "ann@example.com")


def test_apps_and_grants(history: History) -> None:
    one = sweep(apps=[app("a"), app("b")], grants=[grant("a", "p1"), grant("b", "p1")], people=[ANN])
    two = sweep(
        apps=[app("a", publisher="Other"), app("c")],
        grants=[grant("a", "p1", "Mail.Read", "Mail.Send"), grant("c", "*")],
        people=[ANN],
        day=1,
    )
    assert told(diff(history, one, two).changes) == {
        ("changed", "app", "A", "publisher", "environment"),
        ("new", "app", "C", "environment"),
        ("gone", "app", "B", "environment"),
        ("changed", "grant", "A", "ann@example.com", "scopes", "environment"),
        ("new", "grant", "C", "everyone", "environment"),
        ("gone", "grant", "B", "ann@example.com", "environment"),
    }
    wider = next(change for change in compare(history, 1, 2).changes if change.field == "scopes")
    assert (wider.before, wider.after) == ("", "Mail.Send")


@pytest.mark.parametrize("how", ["partial", "failed"])
def test_a_sweep_that_could_not_look_takes_no_grant_away(history: History, how: str) -> None:
    one = sweep(apps=[app("a")], grants=[grant("a", "p1")])
    found = diff(history, one, sweep(apps=[app("a")], day=1, ends=outcomes(apps="complete", grants=how)))
    assert told(found.changes) == {("not_observable", "grant", "A", "p1", "coverage")}
    assert found.unseen == ("entra:contoso.example/grants: the service kept refusing for load",)


def test_what_never_gave_anything_is_not_missed(history: History) -> None:
    """A licence that is missing for ever does not keep a grant from being gone."""
    ends = outcomes(apps="complete", grants="complete", signins="failed")
    found = diff(history, sweep(apps=[app("a")], grants=[grant("a", "p1")], ends=ends), sweep(day=1, ends=ends))
    assert {change.what for change in found.changes} == {"gone"} and found.unseen == ()


def test_a_plan_that_failed(history: History) -> None:
    one = sweep(apps=[app("a")])
    found = diff(
        history, one, sweep(day=1, ends=(*outcomes(apps="complete", grants="complete"), *outcomes(**{"*": "failed"})))
    )
    assert told(found.changes) == {("not_observable", "app", "A", "coverage")}


@pytest.mark.parametrize("more", [{"mode": "targeted"}, {"scope": "ai"}])
def test_a_narrower_sweep_takes_nothing_away(history: History, more: dict[str, str]) -> None:
    one = sweep(apps=[app("a")], mode="full", scope="all")
    narrow = {"mode": "full", "scope": "all"} | more
    found = diff(history, one, sweep(day=1, **narrow))  # type: ignore[arg-type]
    assert told(found.changes) == {("not_observable", "app", "A", "coverage")}


def test_a_wider_sweep_finds_what_may_have_been_there(history: History) -> None:
    found = diff(history, sweep(), sweep(apps=[app("a")], day=1, scope="all"))
    assert told(found.changes) == {("new", "app", "A", "coverage")}


def test_a_known_app_that_a_new_signature_explains(history: History) -> None:
    one = sweep(apps=[app("a")], services={})
    two = sweep(
        apps=[app("a")],
        grants=[grant("a", "p1")],
        entries=[entry("claude", sources=("entra",))],
        services={"a": ("claude",)},
        digests={"chatgpt": "1", "claude": "2"},
        day=1,
    )
    assert told(diff(history, one, two).changes) == {
        ("new", "service", "Claude", "catalogue"),
        ("new", "grant", "A", "p1", "catalogue"),
        ("changed", "app", "A", "services", "catalogue"),
    }


def test_a_grant_of_an_app_that_no_signature_explains_any_more(history: History) -> None:
    one = sweep(apps=[app("a")], grants=[grant("a", "p1")])
    later = [sweep(apps=[app("a")], services={}, digests={"claude": "1"}, day=day) for day in (1, 2)]
    found = diff(history, one, *later)
    assert found.changes == ()
    for number in (2, 3):
        changes = told(compare(history, 1, number).changes)
        assert ("not_observable", "grant", "A", "p1", "catalogue") in changes
        assert not {change for change in changes if change[0] == "gone"}


def test_a_tenant_seen_for_the_first_time_is_a_baseline(history: History) -> None:
    one = remember(history, sweep(apps=[app("a")]))
    two = remember(history, sweep(apps=[app("b", tenant="other.example")], tenant="other.example", day=1))
    found = compare(history, one.id, two.id)
    assert two.baseline and found.fresh == ("entra:other.example",)
    assert not {change.kind for change in found.changes} & {"app", "grant"}


def test_dates_of_grants_without_one_come_from_the_first_sweep(history: History) -> None:
    from shadowai.history.gather import dated

    first = grant("a", "p1")
    remember(history, sweep(apps=[app("a")], grants=[first]))
    remember(history, sweep(apps=[app("a")], grants=[first, grant("a", "p2", granted=NOON, date_source="api")], day=3))
    with history.reading() as db:
        times = store.first_seen(db, tenant_lineage("entra:contoso.example"), "grant")
    known, own, unknown = dated([first, grant("a", "p2", granted=5, date_source="api"), grant("z", "p1")], times)
    assert (known.granted, known.date_source) == (NOON + 1, "first_sweep")
    assert (own.granted, own.date_source) == (5, "api") and unknown.granted is None


def test_first_and_last_seen_are_kept(history: History) -> None:
    remember(history, scan(entry("claude", first_seen=NOON, last_seen=NOON + 5)))
    remember(history, scan(entry("claude", first_seen=NOON - 9, last_seen=NOON + 2), day=1))
    with history.reading() as db:
        assert [tuple(row) for row in db.execute(select(THING.c.first_seen, THING.c.last_seen))] == [
            (NOON - 9, NOON + 5)
        ]


# --- each thing is judged by what showed it -----------------------------------------------------------------------------------

A, B, C = grant("a", "p1"), grant("b", "p1"), grant("c", "p1")
OTHER = "other.example"


def by_task(day: int, ends: tuple[Outcome, ...], tenant: str = "contoso.example", **of: list[Grant]) -> Swept:
    """A sweep whose listing of apps shows ``a`` and ``b``, and each further task grants."""
    apps = By({"apps/1": [app("a", tenant=tenant), app("b", tenant=tenant)]})
    grants = By({task.replace("__", "/"): some for task, some in of.items()})
    return made_sweep(tenant, day, apps, grants, ends=ends)


SIGNALS = (
    Signal("apps", "Apps", "/apps", ("Apps.Read",)),
    Signal("assignments", "Assignments", "/assigned", ("Apps.Read",), after=("apps",)),
)
WHOLE = tasks(apps__1="complete", grants__1="complete", grants__2="complete")


def grants_of(found: Comparison) -> set[tuple[str, ...]]:
    return told([change for change in found.changes if change.kind == "grant"])


@pytest.mark.parametrize("how", ["complete", "partial", "failed"])
def test_another_tenant_has_no_part_in_what_is_gone(history: History, how: str) -> None:
    """However partial the other one is, and whichever signals it has."""
    before, ends = (tasks(extensions__1=one, apps__1=one) for one in ("complete", how))
    one = together(by_task(0, WHOLE, grants__1=[A, B]), by_task(0, before, OTHER, extensions__1=[C]))
    two = together(by_task(1, WHOLE, grants__1=[A]), by_task(1, ends, OTHER, extensions__1=[C]))
    assert grants_of(diff(history, one, two)) == {("gone", "grant", "B", "p1", "environment")}


def test_without_knowing_what_showed_a_thing_its_tenant_alone_is_asked(history: History) -> None:
    """As of what an older version of the program remembered."""
    before, ends = (tasks(extensions__1=one, apps__1=one) for one in ("complete", "failed"))
    contoso = [made_sweep("contoso.example", day, [app("a")], [A][day:], ends=WHOLE) for day in (0, 1)]
    one = together(contoso[0], by_task(0, before, OTHER, extensions__1=[C]))
    two = together(contoso[1], by_task(1, ends, OTHER, extensions__1=[C]))
    assert grants_of(diff(history, one, two)) == {("gone", "grant", "A", "p1", "environment")}


def test_a_task_answers_for_what_it_showed_alone(history: History) -> None:
    """That the grants of one app could not be read neither hides what others lost, nor makes its own be gone."""
    one = together(by_task(0, WHOLE, grants__1=[A], grants__2=[B]))
    for how in ("partial", "failed"):
        ends = tasks(apps__1="complete", grants__1="complete", grants__2=how)
        found = diff(history, one, together(by_task(1, ends)))
        assert grants_of(found) == {
            ("gone", "grant", "A", "p1", "environment"),
            ("not_observable", "grant", "B", "p1", "coverage"),
        }
    later = remember(history, together(by_task(2, WHOLE)))
    assert grants_of(compare(history, later.id - 1, later.id)) == {("gone", "grant", "B", "p1", "environment")}


def test_a_signal_that_had_no_part_in_it_is_not_asked(history: History) -> None:
    more = tasks(signins__1="complete")
    one = together(by_task(0, (*WHOLE, *more), grants__1=[A], signins__1=[C]))
    found = diff(history, one, together(by_task(1, (*WHOLE, *tasks(signins__1="partial")))))
    assert grants_of(found) == {
        ("gone", "grant", "A", "p1", "environment"),
        ("not_observable", "grant", "c", "p1", "coverage"),
    }


def test_all_that_had_shown_a_thing_must_have_looked(history: History) -> None:
    one = together(by_task(0, WHOLE, grants__1=[A], grants__2=[A]))
    ends = tasks(apps__1="complete", grants__1="complete", grants__2="partial")
    assert grants_of(diff(history, one, together(by_task(1, ends)))) == {
        ("not_observable", "grant", "A", "p1", "coverage")
    }


@pytest.mark.parametrize(("how", "what"), [("complete", "gone"), ("partial", "not_observable")])
def test_a_task_that_is_not_run_any_more_leaves_it_to_its_signal_and_the_plan(
    history: History, how: str, what: str
) -> None:
    """Its app is gone; or the list of apps was cut short, and nobody knew what to ask for."""
    one = together(by_task(0, WHOLE, grants__2=[B]))
    found = diff(history, one, together(by_task(1, tasks(apps__1=how, grants__1="complete"))))
    assert [change[0] for change in grants_of(found)] == [what]


def test_a_signal_that_is_not_read_any_more_shows_nothing_to_be_gone(history: History) -> None:
    one = together(by_task(0, (*WHOLE, *tasks(roles__1="complete")), roles__1=[A]))
    found = diff(history, one, together(by_task(1, WHOLE)))
    assert grants_of(found) == {("not_observable", "grant", "A", "p1", "coverage")}


def test_what_a_task_adds_after_another_was_partial_is_new(history: History) -> None:
    one = together(by_task(0, tasks(apps__1="complete", grants__1="complete", grants__2="partial")))
    found = diff(history, one, together(by_task(1, WHOLE, grants__1=[A], grants__2=[B])))
    assert grants_of(found) == {("new", "grant", "A", "p1", "environment"), ("new", "grant", "B", "p1", "coverage")}


def test_a_scope_is_judged_by_what_shows_it(history: History) -> None:
    """A task that could not look keeps what it had shown, also when another shows the same thing, and for as long as it cannot."""
    wide, narrow = grant("a", "p1", "x", "y"), grant("a", "p1", "x")
    ends = tasks(apps__1="complete", grants__1="complete", grants__2="partial")
    one = together(by_task(0, WHOLE, grants__1=[narrow], grants__2=[wide]))
    later = [together(by_task(day, ends, grants__1=[narrow])) for day in (1, 2)]
    assert grants_of(diff(history, replace(one), *later)) == set()
    assert grants_of(compare(history, 1, 3)) == set()
    last = remember(history, together(by_task(3, WHOLE, grants__1=[narrow], grants__2=[narrow])))
    assert grants_of(compare(history, 1, last.id)) == {("changed", "grant", "A", "p1", "scopes", "environment")}


def test_rows_are_judged_by_the_tasks_behind_them(history: History) -> None:
    """Of the tenants that had a part in them, and no other."""

    def run(day: int, how: str, rows: dict[str, list[str]]) -> Memory:
        ours = by_task(day, WHOLE, grants__1=[A], grants__2=[B])
        ends = tasks(apps__1="complete", grants__1=how, grants__2="complete")
        return together(ours, by_task(day, ends, OTHER, grants__1=[A], grants__2=[B]), rows=rows)

    found = diff(history, run(0, "complete", {"contoso.example": ["a"], OTHER: ["b"]}), run(1, "partial", {}))
    services = told([change for change in found.changes if change.kind == "service"])
    assert services == {("gone", "service", "A", "environment"), ("gone", "service", "B", "environment")}
    found = diff(history, run(2, "complete", {OTHER: ["a", "b"]}), run(3, "partial", {}))
    services = told([change for change in found.changes if change.kind == "service"])
    assert services == {("not_observable", "service", "A", "coverage"), ("gone", "service", "B", "environment")}


def test_the_first_sweep_of_a_tenant_is_a_baseline_beside_others_too(history: History) -> None:
    """Nothing that it alone shows is new; what another tenant shows as well is, where that had been looked at."""
    ours = [by_task(day, WHOLE, grants__1=[A], grants__2=[B]) for day in range(3)]
    theirs = by_task(1, WHOLE, OTHER, grants__1=[A], grants__2=[B])
    one, two = together(ours[0]), together(ours[1], theirs, rows={"contoso.example": ["a"], OTHER: ["a", "b"]})
    found = diff(history, one, two)
    assert told(found.changes) == {("new", "service", "A", "environment")} and found.fresh == (f"entra:{OTHER}",)
    again = remember(
        history, together(ours[2], replace(theirs, grants=By({"grants/1": [A]})), rows={OTHER: ["a", "b"]})
    )
    assert told(compare(history, again.id - 1, again.id).changes) == {("gone", "grant", "B", "p1", "environment")}


def shared(day: int, users: int, *sweeps: Swept, **more: Any) -> Memory:
    """A run of tenants that share the row of ``a``."""
    made = together(*sweeps, rows={swept.tenant: ["a"] for swept in sweeps})
    (item,) = made.entries
    assert isinstance(item.thing, Finding)
    row = item._replace(thing=replace(item.thing, users=users, **more))
    return replace(made, began=NOON + day * DAY, ended=NOON + day * DAY + 1, entries=(row,))


def test_a_row_that_a_new_tenant_shares_alerts_nobody(history: History) -> None:
    """That a tenant is looked at for the first time is no change of what others had shown."""
    from shadowai.notify import message

    ours = [by_task(day, WHOLE, grants__1=[A]) for day in range(3)]
    theirs = [by_task(day, WHOLE, OTHER, grants__1=[A]) for day in range(3)]
    forbidden: dict[str, Any] = {"verdict": Verdict.PROHIBITED, "used": True}
    remember(history, shared(0, 3, ours[0], **forbidden))
    remember(history, shared(1, 9, ours[1], theirs[1], scopes=("Mail.Read",), **forbidden))
    found = compare(history, 1, 2)
    assert [(c.what, c.field, c.cause, c.detail, c.baseline, c.breach) for c in found.changes] == [
        ("changed", field, "coverage", f"the first look at entra:{OTHER}", True, False) for field in ("scopes", "users")
    ]
    assert message(found, {}, now=0, cool_down=0).empty
    remember(history, shared(2, 12, ours[2], theirs[2], scopes=("Mail.Read",), **forbidden))
    (later,) = compare(history, 2, 3).changes
    assert (later.field, later.cause, later.baseline, later.breach) == ("users", "environment", False, True)
    assert not message(compare(history, 2, 3), {}, now=0, cool_down=0).empty


def test_what_a_new_tenant_cannot_have_done_is_told(history: History) -> None:
    ours, theirs = [by_task(day, WHOLE, grants__1=[A]) for day in range(2)], by_task(1, WHOLE, OTHER, grants__1=[A])
    remember(history, shared(0, 9, ours[0], scopes=("Mail.Read",)))
    remember(history, shared(1, 3, ours[1], theirs))
    found = {(c.field, c.cause, c.baseline) for c in compare(history, 1, 2).changes}
    assert found == {("users", "environment", False), ("scopes", "environment", False)}


def test_a_new_tenant_may_have_a_rule_say_otherwise_and_a_new_policy_is_a_new_policy(history: History) -> None:
    ours, theirs = [by_task(day, WHOLE, grants__1=[A]) for day in range(2)], by_task(1, WHOLE, OTHER, grants__1=[A])
    one, two = shared(0, 3, ours[0]), shared(1, 3, ours[1], theirs, verdict=Verdict.PROHIBITED, used=True)
    remember(history, one)
    remember(history, two)
    remember(history, replace(one, policy="old"))
    remember(history, replace(two, policy="new"))
    (found,) = [c for c in compare(history, 1, 2).changes if c.field == "verdict"]
    assert (found.cause, found.baseline, found.breach) == ("coverage", True, False)
    (found,) = [c for c in compare(history, 3, 4).changes if c.field == "verdict"]
    assert (found.cause, found.baseline) == ("policy", False)


def test_what_came_back_is_known_since_it_came_back(history: History) -> None:
    """It was given again: that a sweep saw it long ago says nothing about since when it stands."""
    first, other = grant("a", "p1"), grant("a", "p2")
    days: list[tuple[Grant, ...]] = [
        (first, other),
        (other,),
        (first, other),
        (replace(first, scopes=("Mail.Send",)), replace(other, scopes=("Mail.Send",))),
    ]

    def seen() -> dict[str, int]:
        with history.reading() as db:
            return store.first_seen(db, tenant_lineage("entra:contoso.example"), "grant")

    for day, grants in enumerate(days):
        remember(history, sweep(apps=[app("a")], grants=grants, day=day))
        if day == 1:
            assert seen() == {"a/p2": NOON + 1}  # what is gone is dated by nothing
    assert seen() == {"a/p1": NOON + 2 * DAY + 1, "a/p2": NOON + 1}
    with history.writing() as db:
        store.forget(db, NOON + 3 * DAY)
    assert seen() == {"a/p1": NOON + 3 * DAY + 1, "a/p2": NOON + 3 * DAY + 1}


def test_a_signal_with_nothing_left_to_ask_shows_that_what_it_had_shown_is_gone(history: History) -> None:
    """The last AI app has left the tenant, and with it everybody whom it was assigned to."""
    there = grant("a", "p1", kind="assignment")
    done = tasks(apps="complete", assignments__1="complete")
    one = sweep(apps=By({"apps": [app("a")]}), grants=By({"assignments/1": [there]}), ends=done)  # type: ignore[arg-type]
    idle = tuple(nothing_to_ask(SIGNALS, tasks(apps="complete"), now=NOON + DAY))
    found = diff(history, one, sweep(ends=(*tasks(apps="complete"), *idle), day=1))
    assert {(c.what, c.kind) for c in found.changes} == {("gone", "grant"), ("gone", "app")} and found.unseen == ()


def test_a_signal_that_could_not_be_asked_does_not(history: History) -> None:
    there = grant("a", "p1", kind="assignment")
    done = tasks(apps="complete", assignments__1="complete")
    one = sweep(apps=By({"apps": [app("a")]}), grants=By({"assignments/1": [there]}), ends=done)  # type: ignore[arg-type]
    partial = tasks(apps="partial")
    idle = tuple(nothing_to_ask(SIGNALS, partial, now=NOON + DAY))
    found = diff(history, one, sweep(ends=(*partial, *idle), day=1))
    assert {change.what for change in found.changes} == {"not_observable"}
    assert "entra:contoso.example/assignments was not looked at" in found.unseen


def test_a_run_in_which_no_tenant_could_be_swept_takes_nothing_away(history: History) -> None:
    one = together(by_task(0, WHOLE, grants__1=[A]), rows={"contoso.example": ["a"]})
    found = diff(history, one, replace(together(), began=NOON, ended=NOON))
    assert {change.what for change in found.changes} == {"not_observable"}


@pytest.mark.parametrize("services", [("chatgpt",), ()])
def test_grants_of_an_app_that_is_not_taken_for_ai_any_more_are_not_gone(
    history: History, services: tuple[str, ...]
) -> None:
    """It has another name, say: its grants were not asked for."""
    one = sweep(apps=[app("a")], grants=[A], services={"a": ("chatgpt",)})
    two = sweep(apps=[app("a")], services={"a": services}, day=1)
    what = (
        ("gone", "grant", "A", "p1", "environment") if services else ("not_observable", "grant", "A", "p1", "coverage")
    )
    assert grants_of(diff(history, one, two)) == {what}


# --- what others do at the same time, and hostile names --------------------------------------------------------------------

HOSTILE = ("\x00", "\ud800", "x" * 50_000, "'; DROP TABLE run; --", "\u202e", "=1+1")


def test_hostile_names(history: History) -> None:
    apps = [app(text, name=text, publisher=text) for text in HOSTILE]
    grants = [grant(text, text, text) for text in HOSTILE]
    rows = [entry("claude", text, sources=(text,), names=(text,)) for text in HOSTILE]
    remember(history, sweep(apps=apps, grants=grants, entries=rows))
    again = remember(history, sweep(apps=apps, grants=grants, entries=rows, day=1))
    assert compare(history, 1, again.id).changes == ()
    gone = remember(history, sweep(day=2))
    changes = compare(history, 2, gone.id).changes
    assert len([change for change in changes if change.what == "gone"]) >= 2 * len(HOSTILE)


def test_the_same_thing_twice_in_a_run_is_one(history: History) -> None:
    remember(history, sweep(apps=[app("a"), app("a", publisher="Second")], grants=[grant("a", "p")] * 3))
    with history.reading() as db:
        assert db.execute(select(func.count()).select_from(VERSION)).scalar() == 2


def test_writers_at_the_same_time(url: str, history: History) -> None:
    several = [multiprocessing.get_context("spawn").Process(target=processes.write, args=(url, n)) for n in range(3)]
    for process in several:
        process.start()
    for process in several:
        process.join(50)
    assert [process.exitcode for process in several] == [0] * 3
    with history.reading() as db:
        runs = store.runs(db)
    assert sorted(run.id for run in runs) == list(range(1, 10))
    assert len({run.series for run in runs}) == 3 and sum(run.baseline for run in runs) == 3


def test_a_kill_leaves_nothing_half(url: str, history: History) -> None:
    remember(history, sweep(apps=[app("a")], grants=[grant("a", "p1")]))
    process = multiprocessing.get_context("spawn").Process(target=processes.killed, args=(url,))
    process.start()
    process.join(50)
    assert process.exitcode == -signal.SIGKILL
    with history.reading() as db:
        assert [run.id for run in store.runs(db)] == [1]
        assert db.execute(select(func.count()).select_from(VERSION)).scalar() == 2
    again = remember(history, sweep(apps=[app("a")], grants=[grant("a", "p1")], day=1))
    assert compare(history, 1, again.id).changes == ()


def test_an_error_leaves_nothing_half(history: History) -> None:
    class Broken(list[Grant]):
        def __iter__(self) -> Iterator[Grant]:
            yield grant("a", "p1")
            raise SourceError("cannot")

    with pytest.raises(SourceError):
        remember(history, sweep(apps=[app("a")], grants=Broken()))
    with history.reading() as db:
        assert store.runs(db) == [] and db.execute(select(VERSION)).all() == []


def test_a_run_that_could_look_at_nothing_belongs_to_the_last_series(history: History) -> None:
    found = diff(history, scan(entry("claude")), scan(day=1, logs=[]))
    assert told(found.changes) == {("not_observable", "service", "Claude", "coverage")}


LOGS = ("a.log", "b.log")
SERVICES = ("chatgpt", "claude")
STATES = st.sampled_from(["whole", "partial", "absent"])
RUN = st.tuples(st.fixed_dictionaries(dict.fromkeys(LOGS, STATES)), st.sets(st.sampled_from(SERVICES)))


@settings(max_examples=25, deadline=None)
@given(st.lists(RUN, min_size=2, max_size=6))
def test_in_any_order_of_runs_only_whole_looks_take_away_and_they_do(
    runs: list[tuple[dict[str, str], set[str]]],
) -> None:
    with History("sqlite://") as history:
        remember(history, scan(logs=LOGS))
        stands: dict[str, set[str]] = {}  # what stands by then, and the logs of the run that saw it last
        before: set[str] = set()
        for day, (states, seen) in enumerate(runs, 1):
            given = [log for log in LOGS if states[log] != "absent"]
            partial = [log for log in LOGS if states[log] == "partial"]
            whole = set(given) - set(partial)
            shown = seen if given else set()
            memory = scan(*map(entry, sorted(shown)), day=day, logs=given, gaps=partial)
            number = remember(history, memory).id
            found = compare(history, number - 1, number)
            gone = {change.service for change in found.changes if change.what == "gone"}
            assert gone == {service for service in stands if service not in shown and stands[service] <= whole}
            new = {change.service for change in found.changes if change.what in ("new", "returned")}
            assert new == shown - set(stands)
            unseen = {change.service for change in found.changes if change.what == "not_observable"}
            assert unseen == (before & set(stands)) - shown - gone
            stands = {service: logs for service, logs in stands.items() if service not in gone}
            stands |= {service: set(given) for service in shown}
            before = shown


def test_a_key_is_bounded_and_never_shared() -> None:
    keys = {bodies.key(text) for text in (*HOSTILE, "x" * 50_001, "\\u0000")}
    assert len(keys) == len(HOSTILE) + 2 and all(len(key) <= bodies.LONGEST_KEY and key.isascii() for key in keys)
