"""Rows as events: what is held against whom, and when."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shadowai.export import events
from shadowai.model import Actor, Entry, Report, Ruling, Usage, Verdict
from shadowai.policy import breaches
from shadowai.policy.deciding import SEVERITY
from tests.export.reports import BY_USER, CHAT, SMALL, UNKNOWN

UNPROVEN = (
    replace(CHAT, confidence="unconfirmed"),
    replace(CHAT, confidence="ambiguous"),
    replace(CHAT, events=0),
    replace(CHAT, usage=Usage.RESOLVED),
    replace(CHAT, usage=None),
)


def test_use_is_proven_or_it_is_not_held_against_anybody() -> None:
    assert events.is_breach(CHAT)
    assert not any(map(events.is_breach, UNPROVEN))


def test_verdicts_are_in_the_order_of_the_report() -> None:
    assert events.ORDER == SEVERITY


@pytest.mark.parametrize("entry", [CHAT, *UNPROVEN, *(replace(CHAT, verdict=verdict) for verdict in Verdict)])
def test_a_breach_is_what_the_policy_says_it_is(entry: Entry) -> None:
    assert events.is_breach(entry) == bool(breaches([entry]))


def test_what_is_only_audited_is_no_breach() -> None:
    audited = replace(CHAT, ruling=Ruling(enforced=False))
    assert not events.is_breach(audited) and not breaches([audited]) and breaches([audited], audited=True)
    assert events.is_breach(replace(CHAT, ruling=Ruling()))


def test_the_time_of_a_row_never_depends_on_the_clock() -> None:
    assert events.moment(CHAT, SMALL) == 1_767_686_400_000
    assert events.moment(UNKNOWN, SMALL) == 1_767_686_400_000
    assert events.moment(UNKNOWN, Report((UNKNOWN,))) == 0
    assert events.moment(replace(UNKNOWN, last_seen=1 << 80, first_seen=5_000), SMALL) == 5
    assert events.milliseconds(-1) is None and events.milliseconds(1 << 80) is None


def test_a_message_names_what_and_who_in_one_line() -> None:
    assert events.message(CHAT) == "ChatGPT (OpenAI): prohibited, bulk, 2 users, 1200 events, 3 blocked"
    assert events.message(BY_USER.entries[0]) == "ChatGPT (OpenAI): prohibited, bulk, ann, 1200 events, 3 blocked"
    assert events.message(replace(UNKNOWN, service="a\nb\x1b")).startswith(r"a\nb\x1b: unreviewed, no use let through")
    assert "pc17" in events.message(replace(CHAT, actor=Actor(None, "pc17", "192.0.2.7")))


@pytest.mark.parametrize(
    ("text", "address"),
    [("192.0.2.7", "192.0.2.7"), ("2001:DB8::1", "2001:db8::1"), ("192.0.2.x", ""), ("pc17", ""), (None, ""), ("", "")],
)
def test_what_is_no_address_stands_in_no_field_of_addresses(text: str | None, address: str) -> None:
    assert events.ip(text) == address


def test_hosts_are_the_canonical_names_alone() -> None:
    names = (
        "chatgpt.com",
        "Chat GPT",
        "192.0.2.7",
        "a.example/x",
        "*.example.com",
        "evil.example\n",
        "xn--80ak6aa92e.com",
    )
    assert events.hosts(replace(CHAT, names=names)) == ("chatgpt.com", "xn--80ak6aa92e.com")


def test_a_row_has_the_columns_of_the_inventory() -> None:
    row = events.row(CHAT, "service")
    assert row["first_seen"] == "2026-01-05T08:00:00Z"
    assert row["names"] == list(CHAT.names)
    assert "user" not in row and "user" in events.row(CHAT, "user")
