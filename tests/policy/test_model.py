"""What a policy says, beside its verdict."""

from __future__ import annotations

from shadowai.model import Ruling, Verdict
from shadowai.policy.model import Decision, fold


def test_what_is_compared_has_no_case_and_no_runs_of_blanks() -> None:
    assert fold(" Straße\t AG\n") == fold("STRASSE AG") == "strasse ag"


def test_a_verdict_alone_has_no_ruling() -> None:
    assert Decision(Verdict.UNREVIEWED, "why", "who").ruling is None
    assert Decision(Verdict.SANCTIONED, rule_line=3).ruling == Ruling(3)
    assert Decision(Verdict.UNREVIEWED, enforced=False).ruling == Ruling(enforced=False)
