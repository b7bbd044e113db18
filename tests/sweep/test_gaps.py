"""Every task that did not see everything is in a gap."""

from __future__ import annotations

from shadowai.model import Gap, Origin
from shadowai.sweep.gaps import gaps, wanting
from shadowai.tenant import Completeness, Outcome, Signal, Swept, Trouble


def swept(*outcomes: Outcome) -> Swept:
    return Swept("main", "toy", "Toy", "toys.example", 1, 2, "full", "ai", (), (), (), (), (), outcomes)


def failed(task: str, signal: str = "grants", detail: str = "403: no", remedy: str = "ask") -> Outcome:
    return Outcome(task, signal, Completeness.FAILED, Trouble.SCOPE, detail, remedy)


def test_what_is_complete_is_no_gap() -> None:
    assert list(gaps(swept(Outcome("a", "apps", Completeness.COMPLETE)))) == []


def test_a_sweep_of_nothing_is_one() -> None:
    (gap,) = gaps(swept())
    assert gap.reason == "nothing was looked at" and str(gap.origin) == "toy:main"


def test_gaps_say_what_why_and_what_to_do() -> None:
    partial = Outcome("audit/1", "audit", Completeness.PARTIAL, Trouble.STOPPED, "", "run it again")
    found = list(
        gaps(swept(*[failed(f"grants/{n}") for n in (3, 1, 2, 4, 6, 5)], partial), {"grants": "Delegated grants"})
    )
    origins = tuple(Origin("toy:main", f"grants/{n}", "object") for n in range(1, 6))
    assert found == [
        Gap(
            Origin("toy:main", "audit/1", "object"),
            "audit could be looked at only in part: the sweep was stopped; run it again",
            1,
            (Origin("toy:main", "audit/1", "object"),),
        ),
        Gap(origins[0], "Delegated grants could not be looked at: a permission is missing (403: no); ask", 6, origins),
    ]


def test_other_reasons_are_other_gaps() -> None:
    found = list(gaps(swept(failed("a"), failed("b", remedy="else"), failed("c", signal="*"))))
    assert [gap.count for gap in found] == [1, 1, 1] and found[0].reason.startswith("the sweep's plan could not")


def test_what_hangs_on_what_was_not_looked_at_whole() -> None:
    signals = (
        Signal("apps", "Apps", "/apps", (), gives=("apps",)),
        Signal("log", "Log", "/log", (), gives=("grants", "events")),
    )
    everything = frozenset({"apps", "offers", "grants", "requests", "people", "events", "use"})
    done = Outcome("apps", "apps", Completeness.COMPLETE)

    def lost(*outcomes: Outcome) -> tuple[frozenset[str], ...]:
        return wanting(swept(*outcomes), signals)

    assert lost(done) == ()
    assert lost(done, Outcome("log", "log", Completeness.PARTIAL)) == (frozenset({"grants", "events"}),)
    assert lost(done, Outcome("x", "another", Completeness.FAILED)) == (everything,)
    assert lost(Outcome("plan", "*", Completeness.FAILED)) == (everything,)
    assert lost() == (everything,)
