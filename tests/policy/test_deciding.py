"""The first rule that applies decides; what cannot be told is for a person, and rows have the gravest verdict of their people."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from shadowai.model import SEVERITY, Origin, Ruling, Verdict
from shadowai.policy import Decision, Policy, Use
from tests.policy.making import ALL, CHAT, FAR, NOWHERE, TODAY, policy
from tests.test_policy import ENTRY

PERSONAL = "- {vendor: OpenAI, account: personal, status: prohibited}\n- {vendor: OpenAI, status: sanctioned}\n"


def test_what_is_known_decides(tmp_path: Path) -> None:
    read = policy(tmp_path, PERSONAL)
    private = read.decide(CHAT, TODAY, Use(account=frozenset({"personal"})))
    ours = read.decide(CHAT, TODAY, Use(account=frozenset({"corporate"})))
    assert (private.verdict, ours.verdict) == (Verdict.PROHIBITED, Verdict.SANCTIONED)


def test_what_cannot_be_told_is_neither_passed_nor_accused(tmp_path: Path) -> None:
    found = policy(tmp_path, PERSONAL).decide(CHAT, TODAY)
    assert found.verdict is Verdict.IN_REVIEW and found.rule_line == 3
    assert set(found.may_be) == {Verdict.PROHIBITED, Verdict.SANCTIONED}
    assert found.reason == "the rule on line 3 (prohibited) may apply: not known is the kind of account"


def test_a_doubt_that_makes_no_difference_is_none(tmp_path: Path) -> None:
    same = PERSONAL.replace("sanctioned", "prohibited")
    assert policy(tmp_path, same).decide(CHAT, TODAY) == Decision(Verdict.PROHIBITED, rule_line=4)


def test_two_rules_that_both_leave_it_to_a_person_leave_it_to_a_person(tmp_path: Path) -> None:
    limit = "conditions: {max_upload_per_month: 1MB}"
    doubtful = f"- {{vendor: OpenAI, account: personal, status: sanctioned, mode: audit, {limit}}}\n"
    on_conditions = policy(tmp_path, f"{doubtful}- {{vendor: OpenAI, status: tolerated, {limit}}}\n").decide(
        CHAT, TODAY
    )
    assert (on_conditions.verdict, on_conditions.rule_line, on_conditions.enforced) == (Verdict.IN_REVIEW, 4, True)
    assert on_conditions.may_be == (Verdict.TOLERATED, Verdict.UNSANCTIONED, Verdict.SANCTIONED)
    in_review = policy(tmp_path, f"{doubtful}- {{vendor: OpenAI, status: in_review}}\n").decide(CHAT, TODAY)
    assert in_review.verdict is Verdict.IN_REVIEW and Verdict.UNSANCTIONED in in_review.may_be


def test_a_verdict_in_doubt_counts_where_any_rule_that_may_give_it_is_enforced(tmp_path: Path) -> None:
    tried = "- {vendor: OpenAI, account: personal, status: prohibited, mode: audit}\n"
    enforced = "- {vendor: OpenAI, account: anonymous, status: unsanctioned}\n"
    last = "- {vendor: OpenAI, status: sanctioned, mode: audit}\n"
    found = [policy(tmp_path, text + last).decide(CHAT, TODAY) for text in (tried + enforced, tried, "")]
    assert [one.verdict for one in found] == [Verdict.IN_REVIEW, Verdict.IN_REVIEW, Verdict.SANCTIONED]
    assert [one.enforced for one in found] == [True, False, False]


def test_one_value_of_several_is_enough_for_a_selector(tmp_path: Path) -> None:
    rules = "- {account: personal, status: prohibited}\n- {source: squid_native, status: unsanctioned}\n"
    read = policy(tmp_path, rules)
    accounts = Use(account=frozenset({"personal", "corporate"}), sources=frozenset({"entra"}))
    sources = Use(account=frozenset({"corporate"}), sources=frozenset({"entra", "squid_native"}))
    neither = Use(account=frozenset({"corporate"}), sources=frozenset({"entra"}))
    assert [read.decide(CHAT, TODAY, use).verdict for use in (accounts, sources, neither)] == [
        Verdict.PROHIBITED,
        Verdict.UNSANCTIONED,
        Verdict.UNREVIEWED,
    ]


def test_a_policy_looks_at_uses_where_one_of_its_rules_does(tmp_path: Path) -> None:
    of_service = "- {vendor: OpenAI, status: sanctioned}\n"
    assert not policy(tmp_path, of_service).looks_at_use
    assert policy(tmp_path, of_service + "- {department: HR, status: prohibited}\n").looks_at_use


def test_a_country_that_is_not_known_is_a_doubt_and_a_known_one_is_not(tmp_path: Path) -> None:
    read = policy(tmp_path, "- {country: [CN, RU], status: prohibited}\n")
    found = [read.decide(one, TODAY).verdict.value for one in (FAR, CHAT, NOWHERE)]
    assert found == ["prohibited", "unreviewed", "in_review"]
    assert not read.looks_at_use


def test_a_group_is_a_list_of_people_as_sources_name_them(tmp_path: Path) -> None:
    head = "groups:\n  Board: [Ann@Example.com, 'CORP\\\\bob']\n"
    read = policy(tmp_path, "- {group: board, status: prohibited}\n", head)
    assert read.decide(CHAT, TODAY, Use(user="ann@example.com")).verdict is Verdict.PROHIBITED
    assert read.decide(CHAT, TODAY, Use(user="eve@example.com")).verdict is Verdict.UNREVIEWED
    assert read.decide(CHAT, TODAY).verdict is Verdict.IN_REVIEW


def test_a_row_has_the_gravest_verdict_of_its_people(tmp_path: Path) -> None:
    rules = "- {department: HR, status: prohibited}\n- {category: assistant, status: sanctioned}\n"
    read = policy(tmp_path, rules)
    hr, it, nobody = Use(department="HR"), Use(department="IT"), Use()
    assert read.decide_row(CHAT, TODAY, [it]).verdict is Verdict.SANCTIONED
    assert read.decide_row(CHAT, TODAY, [it, hr]).verdict is Verdict.PROHIBITED
    assert read.decide_row(CHAT, TODAY, [it, nobody]).verdict is Verdict.IN_REVIEW
    worst = read.decide_row(CHAT, TODAY, [it, hr, nobody])
    assert worst.verdict is Verdict.PROHIBITED and Verdict.SANCTIONED in worst.may_be
    assert read.decide_row(CHAT, TODAY, []) == read.decide(CHAT, TODAY)


def test_of_equal_verdicts_in_a_row_an_enforced_one_counts(tmp_path: Path) -> None:
    rules = "- {department: HR, status: prohibited, mode: audit}\n- {department: IT, status: prohibited}\n"
    read = policy(tmp_path, rules)
    hr, it = Use(department="HR"), Use(department="IT")
    assert [read.decide_row(CHAT, TODAY, uses).enforced for uses in ([hr], [hr, it], [it, hr])] == [False, True, True]


def test_a_dispute_is_told_by_the_row_that_it_decides(tmp_path: Path) -> None:
    from shadowai.policy.disputes import marked

    rules = "- {vendor: OpenAI, status: sanctioned}\n- {category: assistant, status: prohibited}\n"
    read = marked(policy(tmp_path, rules), ALL)
    assert read.decide(CHAT, TODAY) == Decision(Verdict.SANCTIONED, rule_line=3, disputed=4)
    assert read.decide(FAR, TODAY) == Decision(Verdict.PROHIBITED, rule_line=4)


def test_a_row_tells_of_the_dispute_about_any_of_its_people(tmp_path: Path) -> None:
    from shadowai.policy.disputes import marked

    rules = (
        "- {vendor: OpenAI, department: HR, status: prohibited}\n- {vendor: OpenAI, status: sanctioned}\n"
        "- {source: entra, status: tolerated}\n"
    )
    read = marked(policy(tmp_path, rules), ALL)
    assert (4, 5) in read.disputes
    hr, it, entra = (
        Use(department=name, sources=frozenset({source}))
        for name, source in (("HR", "okta"), ("IT", "okta"), ("IT", "entra"))
    )
    assert [read.decide_row(CHAT, TODAY, [one]).disputed for one in (hr, it, entra)] == [None, None, 5]
    for uses in ([hr, it, entra], [entra, it, hr]):
        found = read.decide_row(CHAT, TODAY, uses)
        assert (found.verdict, found.disputed) == (Verdict.PROHIBITED, 5)


def test_a_rule_alone_may_be_on_trial(tmp_path: Path) -> None:
    read = policy(tmp_path, "- {service: openai-chatgpt, status: prohibited, mode: audit}\n")
    assert not read.decide(CHAT, TODAY).enforced and read.decide(FAR, TODAY).enforced
    whole = policy(tmp_path, "- {service: openai-chatgpt, status: prohibited, mode: enforce}\n", "mode: audit\n")
    assert whole.decide(CHAT, TODAY).enforced and not whole.decide(FAR, TODAY).enforced


def test_notes_tell_of_disputes_of_doubts_and_of_a_policy_on_trial() -> None:
    rows = [
        replace(ENTRY, ruling=Ruling(3, disputed=9)),
        replace(ENTRY, ruling=Ruling(3, disputed=9)),
        replace(ENTRY, verdict=Verdict.IN_REVIEW, verdict_reason="who", ruling=Ruling(5, may_be=(Verdict.PROHIBITED,))),
        replace(ENTRY, ruling=Ruling(7, may_be=(Verdict.SANCTIONED,))),
        replace(ENTRY, ruling=Ruling(8, "better")),
        replace(ENTRY, verdict=Verdict.SANCTIONED, ruling=Ruling(9, "better")),
        ENTRY,
    ]
    found = Policy("p.yaml", mode="audit").notes(rows)
    assert [(note.kind, note.origin, note.count) for note in found] == [
        ("policy_conflict", Origin("p.yaml", 3), 2),
        ("policy_open", Origin("p.yaml", 5), 1),
        ("policy_alternative", Origin("p.yaml", 8), 1),
        ("policy_audit", Origin("p.yaml"), 1),
    ]
    assert "line 9" in found[0].text and found[1].text == "who"
    assert Policy("p.yaml").notes([ENTRY]) == ()


def test_notes_stand_in_the_order_of_the_file_and_tell_of_rules_alone() -> None:
    open_ = [
        replace(
            ENTRY, verdict=Verdict.IN_REVIEW, verdict_reason="who", ruling=Ruling(line, may_be=(Verdict.PROHIBITED,))
        )
        for line in (7, 5, None)
    ]
    disputed = [replace(ENTRY, ruling=Ruling(line, disputed=20)) for line in (9, 4)]
    instead = [replace(ENTRY, ruling=Ruling(line, "better")) for line in (8, 3)]
    audited = [replace(ENTRY, ruling=Ruling(line, enforced=False)) for line in (6, 2)]
    found = Policy("p.yaml").notes([*open_, *disputed, *instead, *audited])
    assert [note.origin and note.origin.position for note in found] == [4, 9, 5, 7, 3, 8, 2, 6]


def test_a_note_tells_of_what_a_rule_alone_on_trial_forbids() -> None:
    trial = replace(ENTRY, ruling=Ruling(3, enforced=False))
    rows = [
        trial,
        trial,
        replace(trial, events=0),
        replace(trial, verdict=Verdict.SANCTIONED),
        replace(ENTRY, ruling=Ruling(4)),
    ]
    (note,) = Policy("p.yaml").notes(rows)
    assert (note.kind, note.origin, note.count) == ("policy_audit", Origin("p.yaml", 3), 2)


def test_every_verdict_has_its_gravity() -> None:
    assert set(SEVERITY) == set(Verdict) and len(SEVERITY) == len(Verdict)
