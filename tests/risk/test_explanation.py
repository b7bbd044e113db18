"""What people read: whole texts of one rating, and that all of it adds up and fits."""

from __future__ import annotations

import re
from typing import Any

import pytest

from shadowai.model import Actor, Usage
from shadowai.risk.explanation import WIDTH, headline, lines
from shadowai.risk.rating import rate
from tests.risk.making import WEIGHTS, entry, file, plan

CASE = """\
Chat: risk 60 of 100, high
  asset 00112233445566aa, service chat of Example, assistant
  seen in squid_native from 2026-01-05 to 2026-01-05
  verdict unreviewed, confidence confirmed: neither is part of the score; weights shadowai-1

   low  high
    18    28  POSTURE: what the service is, wherever it is used
     0    10    training       no, opt-in or yes: yes under the plan 'chat'; whether that is the plan in use
                               is not known [https://example.com/chat, 2026-06-01]
     7     7    jurisdiction   concern: the vendor is in CN [signature chat; 28 CFR 202.601, countries of
                               concern, 2026-05-01]
     7     7    category       assistant: whatever people type or paste, and files [signature chat,
                               2026-05-01]
     4     4    scope          ai-native: a product that is AI, and a vendor of its own [signature chat,
                               2026-05-01]
     0     0    content        plain: the catalogue says nothing of the kind [signature chat, 2026-05-01]
     7    13  EXPOSURE: what is done with it here
     6     6    usage          interactive: the highest rung that any one of its users reached [as seen,
                               2026-01-05]
     0     6    upload         under-1-MB to 500-MB: no source tells sizes
     1     1    users          one: 1 user [as seen, 2026-01-05]
     0     8  CONTROL: what stands between the two, or does not
     0     8    account        managed or private: nothing shows whose accounts are used
   +35   +11  FLOOR of 60, jurisdiction: the vendor is in a country of concern
    60    60  RISK: the upper end is the score, high
No points for departments (a single user); permissions (no grant is known); publisher (no application was
  granted anything); secret (none was seen); server (none was seen); contradiction (none was found)."""


def explained(*plans: Any, country: str = "CN", **more: Any) -> list[str]:
    row = entry(**more)
    return list(lines(row, rate(row, file(*plans, country=country), WEIGHTS), WEIGHTS))


def test_a_whole_explanation() -> None:
    found = explained(plan("chat", "yes"), usage=Usage.INTERACTIVE, bytes_up=None)
    assert "\n".join(found) == CASE


def test_what_is_worth_finding_out_comes_the_most_first() -> None:
    found = explained(country="DE", bytes_up=None, users=3)
    assert found[-1] == "Not known, and worth finding out: training (10), account (8), upload (6), departments (1)."


def test_an_interval_and_a_single_figure() -> None:
    def head(**more: Any) -> str:
        return headline(rate(entry(**more), file(plan("all", "no")), WEIGHTS))

    assert head() == "risk 23 of 100, medium (from 15 to 23 by what is known)"
    assert head(facts=("licensed",)) == "risk 15 of 100, low"


def test_a_row_by_user_says_whose_it_is_and_a_ceiling_why() -> None:
    found = explained(usage=None, events=0, blocked=1, actor=Actor("ann@example.com", "pc-1"))
    assert found[0].startswith("Chat by ann@example.com, pc-1: risk 10 of 100, low")
    assert any(line.endswith("CEILING of 10, blocked: nothing was let through") for line in found)


@pytest.mark.parametrize("country", ["CN", "DE", ""])
@pytest.mark.parametrize(
    "more", [{}, {"bytes_up": None, "users": 0, "devices": 0}, {"usage": None, "events": 0, "blocked": 1}]
)
def test_the_printed_parts_add_up_to_the_printed_sum(country: str, more: dict[str, Any]) -> None:
    found = explained(country=country, **more)
    parts = [
        re.match(r" {1,5}([+-]?\d+) +([+-]?\d+)    \S|^ +([+-]\d+) +([+-]\d+)  (?:FLOOR|CEILING)", line)
        for line in found
    ]
    numbers = [[int(number) for number in part.groups() if number] for part in parts if part]
    (total,) = [line.split()[:2] for line in found if "  RISK:" in line]
    assert [str(sum(column)) for column in zip(*numbers, strict=True)] == total


@pytest.mark.parametrize("fact", ["content_unverified_publisher", "content_app_only", "impersonation", "clear_key"])
def test_the_reasons_of_floors_fit_too(fact: str) -> None:
    found = explained(facts=(fact, "grant"), scopes=("Mail.Read",))
    assert any("  FLOOR of " in line for line in found) and all(len(line) <= WIDTH for line in found)


def test_hostile_names_stay_on_their_line_and_lines_fit() -> None:
    row = entry(service="a\n  0  0  RISK" * 3, vendor="v" * 200, departments=("D\x1b[2J",))
    found = list(lines(row, rate(row, file(), WEIGHTS), WEIGHTS))
    assert all(len(line) <= WIDTH for line in found[2:] if "v" * 200 not in line)
    assert [line for line in found if "0  0  RISK" in line] == [found[0]]


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ({"usage": Usage.RESOLVED}, "no use: its name was looked up, and nothing more was seen"),
        ({"usage": Usage.RESOLVED, "events": 0}, "no use: its name was looked up, and nothing more was seen"),
        ({"usage": None, "events": 0, "blocked": 1}, "no use: nothing was let through"),
        ({"usage": None, "events": 0}, "no use is known"),
        ({"confidence": "unconfirmed"}, "no proof of use: only weak names were seen; no policy is breached by it"),
        (
            {"confidence": "ambiguous"},
            "no proof of use: several services claim its names with equal right; no policy is breached by it",
        ),
    ],
)
def test_of_what_is_no_proven_use_that_is_said_before_the_points(more: dict[str, Any], said: str) -> None:
    found = explained(usage=Usage.CONNECTED, **more) if "usage" not in more else explained(**more)
    assert found[4:6] == [f"  {said}", ""]
    assert said not in explained(usage=Usage.CONNECTED)
