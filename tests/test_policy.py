"""Policies: first match wins, nothing is guessed, every complaint knows its line."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from shadowai.errors import UsageError
from shadowai.model import Entry, Gap, Origin, Report, Signature, Usage, Verdict
from shadowai.policy import Decision, Policy, breaches, exit_code

TODAY = date(2026, 1, 5)
CHAT = Signature("openai-chatgpt", "ChatGPT", "OpenAI", "assistant")
API = Signature("openai-api", "OpenAI API", "OpenAI", "model-api")
OTHER = Signature("other-chat", "Other", "Example  AI", "assistant")

WHOLE = """\
# decided by the board
version: 1
default: in_review
rules:
  - service: openai-chatgpt
    status: risk_accepted
    owner: Ann Example
    reason: contract until spring
    expires: 2026-03-31
  - vendor: [OPENAI, Nobody Inc]
    category: model-api
    status: sanctioned
  - category:
      - assistant
      - companion
    status: prohibited
"""


def policy(tmp_path: Path, text: str | bytes) -> Policy:
    path = tmp_path / "policy.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return Policy.load(path)


def test_the_example_of_the_page_is_a_policy(tmp_path: Path, root: Path) -> None:
    page = (root / "docs" / "policy.md").read_text(encoding="utf-8")
    read = policy(tmp_path, page.partition("```yaml\n")[2].partition("```")[0])
    found = [read.decide(signature, TODAY).verdict.value for signature in (CHAT, API, OTHER)]
    assert found == ["risk_accepted", "sanctioned", "unreviewed"]
    assert all(f"| `{verdict.value}` |" in page for verdict in Verdict)


def rule(tmp_path: Path, lines: str) -> Policy:
    return policy(tmp_path, f"version: 1\nrules:\n  - {lines}\n")


def test_the_first_rule_that_applies_decides(tmp_path: Path) -> None:
    read = policy(tmp_path, WHOLE)
    said = "contract until spring"
    assert read.decide(CHAT, TODAY) == Decision(Verdict.RISK_ACCEPTED, said, "Ann Example", 5)
    assert read.decide(API, TODAY) == Decision(Verdict.SANCTIONED, rule_line=10)
    assert read.decide(OTHER, TODAY) == Decision(Verdict.PROHIBITED, rule_line=13)
    assert read.decide(replace(OTHER, category="media"), TODAY) == Decision(Verdict.IN_REVIEW)


def test_without_a_policy_nothing_is_decided() -> None:
    assert Policy.empty().decide(CHAT, TODAY) == Decision(Verdict.UNREVIEWED)
    assert Policy.empty().check([], [], []) == []


def test_a_byte_order_mark_and_no_rules_are_a_policy(tmp_path: Path) -> None:
    assert policy(tmp_path, b"\xef\xbb\xbfversion: 1\nrules: []\n").decide(CHAT, TODAY).verdict is Verdict.UNREVIEWED


def test_every_key_has_to_hold(tmp_path: Path) -> None:
    read = rule(tmp_path, "{vendor: openai, category: assistant, status: prohibited}")
    assert [read.decide(s, TODAY).verdict for s in (CHAT, API)] == [Verdict.PROHIBITED, Verdict.UNREVIEWED]


def test_vendors_compare_without_case_and_blanks_and_not_in_part(tmp_path: Path) -> None:
    assert rule(tmp_path, "{vendor: ' example ai', status: prohibited}").decide(OTHER, TODAY).rule_line == 3
    assert rule(tmp_path, "{vendor: example, status: prohibited}").decide(OTHER, TODAY).rule_line is None


@pytest.mark.parametrize(("day", "expected"), [(30, "tolerated"), (31, "tolerated"), (32, "in_review")])
def test_a_rule_holds_through_the_day_it_expires(tmp_path: Path, day: int, expected: str) -> None:
    read = rule(tmp_path, "{service: openai-chatgpt, status: tolerated, reason: pilot, expires: 2026-01-31}")
    decided = read.decide(CHAT, date.fromordinal(date(2026, 1, 1).toordinal() + day - 1))
    assert decided.verdict.value == expected
    if expected == "in_review":
        assert decided == Decision(Verdict.IN_REVIEW, "tolerated expired on 2026-01-31: pilot", "", 3)


def test_an_expired_rule_still_ends_the_search(tmp_path: Path) -> None:
    text = "{vendor: openai, status: tolerated, expires: 2020-01-01}\n  - {category: assistant, status: sanctioned}"
    assert rule(tmp_path, text).decide(CHAT, TODAY) == Decision(
        Verdict.IN_REVIEW, "tolerated expired on 2020-01-01", "", 3
    )


@pytest.mark.parametrize("status", ["sanctioned", "tolerated", "unsanctioned", "prohibited", "in_review", "not_ai"])
def test_the_words_of_a_rule(tmp_path: Path, status: str) -> None:
    read = rule(tmp_path, f"{{service: openai-chatgpt, status: {status}}}")
    assert read.decide(CHAT, TODAY).verdict.value == status


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("", 1, "empty"),
        ("- a\n", 1, "not a mapping"),
        ("rules: []\n", 1, "'version: 1' is missing"),
        ("version: 2\nrules: []\n", 1, "'version: 1' is missing"),
        ("version: 1\n", 1, "'rules' is missing"),
        ("version: 1\nrules: {}\n", 2, "'rules' is not a list"),
        ("version: 1\nrules:\n", 2, "'rules' is not a list"),
        ("version: 1\nrule: []\n", 2, "unknown key 'rule' (did you mean 'rules'?)"),
        ("version: 1\nrules: []\nrules: []\n", 3, "twice"),
        ("version: 1\ndefault: not_ai\nrules: []\n", 2, "unknown status 'not_ai'"),
        ("version: 1\ndefault: risk_accepted\nrules: []\n", 2, "unknown status 'risk_accepted'"),
        ("version: 1\nrules: [a]\n", 2, "a rule is not a mapping"),
        ("version: 1\nrules:\n- status: prohibited\n", 3, "selects nothing"),
        ("version: 1\nrules:\n- {}\n", 3, "selects nothing"),
        ("version: 1\nrules:\n- service: a\n", 3, "no status"),
        ("version: 1\nrules:\n- service: a\n  status: forbidden\n", 4, "unknown status 'forbidden'"),
        ("version: 1\nrules:\n- service: a\n  status: Prohibited\n", 4, "unknown status 'Prohibited'"),
        ("version: 1\nrules:\n- service: a\n  status: unreviewed\n", 4, "unknown status 'unreviewed'"),
        ("version: 1\nrules:\n- service: a\n  status: [prohibited]\n", 4, "not a text"),
        ("version: 1\nrules:\n- service: []\n  status: prohibited\n", 3, "empty list"),
        ("version: 1\nrules:\n- service:\n  status: prohibited\n", 3, "service is empty"),
        ("version: 1\nrules:\n- service: [a, ' ']\n  status: prohibited\n", 3, "service is empty"),
        ("version: 1\nrules:\n- service:\n  - a\n  - [b]\n  status: prohibited\n", 5, "not a text"),
        ("version: 1\nrules:\n- service:\n  - a\n  - A\n  status: prohibited\n", 5, "'A' is given twice"),
        ("version: 1\nrules:\n- service: a\n  status: prohibited\n  status: tolerated\n", 5, "twice"),
        ("version: 1\nrules:\n- service: a\n  stauts: prohibited\n", 4, "did you mean 'status'?"),
        ("version: 1\nrules:\n- service: a\n  status: prohibited\n  expires: soon\n", 5, "not a date: 'soon'"),
        ("version: 1\nrules:\n- service: a\n  status: prohibited\n  expires: 2026-02-30\n", 5, "not a date"),
        ("version: 1\nrules:\n- service: a\n  status: prohibited\n  expires: 2026-1-2\n", 5, "not a date"),
        ("version: 1\nrules:\n- service: a\n  status: prohibited\n  expires: 20260102\n", 5, "not a date"),
        ("version: 1\nrules:\n- service: a\n  status: prohibited\n  expires: 2026-01-02T00:00:00\n", 5, "not a date"),
        ("version: 1\nrules:\n- service: a\n  status: prohibited\n  expires: ٢٠٢٦-01-02\n", 5, "not a date"),
        ("version: 1\nrules:\n- service: a\n  status: risk_accepted\n", 3, "risk_accepted without an end"),
        (
            "version: 1\nrules:\n- service: [a, b]\n  status: prohibited\n- service: [B, a]\n  status: tolerated\n",
            5,
            "selects the same as the rule on line 3",
        ),
        ("version: 1\nrules:\n- &x\n  service: a\n  status: prohibited\n- *x\n", 3, "anchor or alias"),
        ("version: 1\nrules:\n- service: !!python/name:os.system x\n  status: prohibited\n", 3, "tag"),
        ("version: 1\nrules:\n- {service: a, status: prohibited, <<: {owner: b}}\n", 3, "unknown key '<<'"),
        ("version: 1\nrules: [\n", 3, "not YAML"),
        ("version: 1\nrules: []\n---\nversion: 1\n", 3, "more than one document"),
        ("version: 1\nrules: " + "[" * 5000 + "\n", 2, "nested"),
        (b"version: 1\nrules: []\n# \xff\n", 3, "not UTF-8"),
        (b"version: 1\nrules: []\n# \x00\n", 1, "not YAML"),
    ],
)
def test_what_is_not_a_policy_is_said_with_its_line(tmp_path: Path, text: str | bytes, line: int, says: str) -> None:
    with pytest.raises(UsageError) as caught:
        policy(tmp_path, text)
    assert says in str(caught.value)
    assert caught.value.origin == Origin(str(tmp_path / "policy.yaml"), line)
    assert caught.value.exit_code == 2


@pytest.mark.parametrize("text", [f"version: 1\nrules: []\n{'#' * 1_000_000}\n"])
def test_a_file_that_is_too_large_is_no_policy(tmp_path: Path, text: str) -> None:
    with pytest.raises(UsageError, match="larger than 1 MB"):
        policy(tmp_path, text)


def test_a_policy_that_is_not_there_is_an_error_and_not_an_empty_one(tmp_path: Path) -> None:
    for path in (tmp_path / "missing.yaml", tmp_path):
        with pytest.raises(UsageError, match="cannot read the policy"):
            Policy.load(path)


def test_names_that_the_catalogue_does_not_know_are_reported_where_they_stand(tmp_path: Path) -> None:
    read = policy(tmp_path, WHOLE.replace("openai-chatgpt", "openai-chatgtp"))
    found = read.check(["openai-chatgpt", "other-chat"], ["OpenAI", "Example AI"], ["assistant", "model-api"])
    path = str(tmp_path / "policy.yaml")
    assert [str(problem) for problem in found] == [
        f"{path}:5: no signature has the service 'openai-chatgtp' (did you mean 'openai-chatgpt'?)",
        f"{path}:10: no signature has the vendor 'Nobody Inc' (see: shadowai signatures list)",
        f"{path}:15: no signature has the category 'companion' (see: shadowai signatures list)",
    ]
    assert (
        policy(tmp_path, WHOLE).check(
            ["openai-chatgpt"], ["openai", "nobody inc"], ["assistant", "companion", "model-api"]
        )
        == []
    )


ENTRY = Entry(
    asset_id="0" * 16,
    service_id="a",
    service="A",
    vendor="V",
    category="assistant",
    actor=None,
    verdict=Verdict.PROHIBITED,
    confidence="confirmed",
    usage=Usage.CONNECTED,
    users=1,
    devices=1,
    events=1,
    blocked=0,
    bytes_up=None,
    bytes_down=None,
    first_seen=None,
    last_seen=None,
    active_days=None,
    sources=(),
    names=(),
    evidence=(),
)
HARMLESS = [
    replace(ENTRY, verdict=Verdict.UNREVIEWED),
    replace(ENTRY, verdict=Verdict.SANCTIONED),
    replace(ENTRY, confidence="unconfirmed"),
    replace(ENTRY, confidence="ambiguous"),
    replace(ENTRY, usage=Usage.RESOLVED, events=9),
    replace(ENTRY, usage=None, events=0, blocked=9),
    replace(ENTRY, events=0),
]


def test_only_confirmed_use_is_a_breach() -> None:
    unsanctioned = replace(ENTRY, verdict=Verdict.UNSANCTIONED, usage=Usage.AUTONOMOUS)
    assert breaches([*HARMLESS, ENTRY, unsanctioned]) == (ENTRY, unsanctioned)


def test_what_counts_can_be_narrowed_and_widened() -> None:
    assert breaches([ENTRY], frozenset({"unsanctioned"})) == ()
    assert breaches(HARMLESS, frozenset({"unreviewed"})) == (HARMLESS[0],)


def test_exit_codes() -> None:
    gap = Gap(Origin("a.log"), "truncated")
    assert exit_code(Report(())) == 0
    assert exit_code(Report(tuple(HARMLESS))) == 0
    assert exit_code(Report((ENTRY,))) == 1
    assert exit_code(Report((ENTRY,), (gap,))) == 1
    assert exit_code(Report((), (gap,))) == 3
    assert exit_code(Report((ENTRY,), (gap,)), frozenset()) == 3
