"""Rows as events: what is held against whom, and when."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import BinaryIO

import pytest

from shadowai.export import cef, ecs, events, ocsf
from shadowai.export.events import Common
from shadowai.model import Actor, Entry, Report, Ruling, Usage, Verdict
from shadowai.policy import breaches
from tests.export.reports import BY_USER, CHAT, SMALL, UNKNOWN

UNPROVEN = (
    replace(CHAT, confidence="unconfirmed"),
    replace(CHAT, confidence="ambiguous"),
    replace(CHAT, events=0),
    replace(CHAT, usage=Usage.RESOLVED),
    replace(CHAT, usage=None),
)


def test_use_is_proven_or_it_is_not_held_against_anybody() -> None:
    assert CHAT.is_breach
    assert not any(entry.is_breach for entry in UNPROVEN)


@pytest.mark.parametrize("entry", [CHAT, *UNPROVEN, *(replace(CHAT, verdict=verdict) for verdict in Verdict)])
def test_a_breach_is_what_the_policy_says_it_is(entry: Entry) -> None:
    assert entry.is_breach == bool(breaches([entry]))


def test_what_is_only_audited_is_no_breach() -> None:
    audited = replace(CHAT, ruling=Ruling(enforced=False))
    assert not audited.is_breach and not breaches([audited]) and breaches([audited], audited=True)
    assert replace(CHAT, ruling=Ruling()).is_breach


def test_the_time_of_a_row_never_depends_on_the_clock() -> None:
    assert events.moment(CHAT, Common.of(SMALL)) == 1_767_686_400_000
    assert events.moment(UNKNOWN, Common.of(SMALL)) == 1_767_686_400_000
    assert events.moment(UNKNOWN, Common.of(Report((UNKNOWN,)))) == 0
    assert events.moment(replace(UNKNOWN, last_seen=1 << 80, first_seen=5_000), Common.of(SMALL)) == 5
    assert events.milliseconds(-1) is None and events.milliseconds(1 << 80) is None


class Counted(tuple[Entry, ...]):
    """Rows that count how often somebody goes through them."""

    times = 0

    def __iter__(self) -> Iterator[Entry]:
        self.times += 1
        return super().__iter__()


@pytest.mark.parametrize("write", [cef.write, ecs.write, ocsf.write])
def test_the_latest_time_is_sought_once_and_not_for_each_row(write: Callable[[Report, BinaryIO], None]) -> None:
    rows = Counted(replace(UNKNOWN, asset_id=f"{number:016x}") for number in range(40))
    write(Report(rows), io.BytesIO())
    assert rows.times <= 2


def test_a_message_names_what_and_who_in_one_line() -> None:
    assert events.message(CHAT) == "ChatGPT (OpenAI): prohibited, bulk, 2 users, 1200 events, 3 blocked"
    assert events.message(BY_USER.entries[0]) == "ChatGPT (OpenAI): prohibited, bulk, ann, 1200 events, 3 blocked"
    assert events.message(replace(UNKNOWN, service="a\nb\x1b")).startswith(
        r"a\nb\x1b: unreviewed, unconfirmed, no proof of use, no use let through, 0 users, 0 events"
    )
    assert events.message(replace(CHAT, users=1, events=1)).endswith("1 user, 1 event, 3 blocked")
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
