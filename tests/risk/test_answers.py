"""Each question at its edges: what is known, what remains possible, and who says so."""

from __future__ import annotations

import inspect
import re
from typing import Any

import pytest

from shadowai.model import Usage
from shadowai.risk import answers as module
from shadowai.risk.answers import FACTS, Answer, answers, day, is_in_house, is_used
from shadowai.signature_file import CATEGORIES, Account, DataHandling
from tests.risk.making import NOON, WEIGHTS, entry, file, plan

ANY_TRAINING = {"yes", "no", "opt-in"}
BYTES = 1_000_000


def ask(factor: str, *plans: DataHandling, about: dict[str, Any] | None = None, **more: Any) -> Answer:
    """The answer to one question about a row with ``more``, of a signature that is so."""
    (found,) = [one for one in answers(entry(**more), file(*plans, **(about or {})), WEIGHTS) if one.factor == factor]
    return found


def possible(factor: str, *plans: DataHandling, about: dict[str, Any] | None = None, **more: Any) -> set[str]:
    return set(ask(factor, *plans, about=about, **more).possible)


def test_every_factor_is_asked_once_and_answered_with_its_own_words() -> None:
    found = answers(entry(), file(), WEIGHTS)
    assert [one.factor for one in found] == list(WEIGHTS.factors)
    for one in found:
        assert one.possible and one.possible <= set(WEIGHTS.factors[one.factor].points) and one.why


def test_nothing_said_of_data_leaves_everything_possible_and_names_nobody() -> None:
    found = ask("training")
    assert found.possible == ANY_TRAINING and (found.source, found.dated) == ("", "")


@pytest.mark.parametrize("word", ["yes", "no", "opt-in"])
def test_what_holds_for_all_plans_is_known(word: str) -> None:
    found = ask("training", plan("all", word))
    assert found.possible == {word}
    assert (found.source, found.dated) == ("https://example.com/all", "2026-06-01")


def test_plans_that_differ_are_open_until_the_account_is_known() -> None:
    both = (plan("consumer", "yes"), plan("business-enterprise", "no"))
    assert possible("training", *both) == {"yes", "no"}
    assert possible("training", *both, facts=("account:enforced",)) == {"no"}
    assert possible("training", *both, facts=("account:personal",)) == {"yes"}


def test_what_one_plan_promises_says_nothing_of_another() -> None:
    assert possible("training", plan("enterprise", "no")) == ANY_TRAINING
    assert possible("training", plan("enterprise", "no"), facts=("licensed",)) == {"no"}
    assert possible("training", plan("consumer", "yes"), facts=("licensed",)) == ANY_TRAINING
    assert possible("training", plan("all-but-enterprise", "yes")) == {"yes"}


def test_a_vendor_who_does_not_say_is_not_known_and_second_hand_is_said_to_be() -> None:
    assert possible("training", plan("all", "unknown")) == ANY_TRAINING
    assert "not the vendor's own words" in ask("training", plan("all", "yes", "secondary")).source


@pytest.mark.parametrize(
    ("country", "kinds"),
    [
        ("FR", {"adequate"}),
        ("US", {"partial"}),
        ("IN", {"other"}),
        ("CN", {"concern"}),
        ("", {"adequate", "partial", "other", "concern"}),
    ],
)
def test_jurisdiction(country: str, kinds: set[str]) -> None:
    assert possible("jurisdiction", about={"country": country}) == kinds


@pytest.mark.parametrize(
    ("names", "facts", "category", "in_house"),
    [
        (("10.2.0.60", "registry.example"), ("server",), "self-hosted", True),
        (("fd00::1",), ("server",), "self-hosted", True),
        (("10.2.0.60",), (), "self-hosted", False),
        (("registry.example",), ("server",), "self-hosted", False),
        (("10.2.0.60", "8.8.8.8"), ("server",), "self-hosted", False),
        (("10.2.0.60",), ("server",), "assistant", False),
    ],
)
def test_in_house_needs_a_proof_and_private_addresses_alone(
    names: tuple[str, ...], facts: tuple[str, ...], category: str, in_house: bool
) -> None:
    more: dict[str, Any] = {"names": names, "facts": facts, "category": category}
    assert is_in_house(entry(**more)) is in_house
    about = {"country": "CN", "category": category}
    assert (possible("jurisdiction", about=about, **more) == {"in-house"}) is in_house
    assert (possible("training", about=about, **more) == {"in-house"}) is in_house
    assert (possible("account", about=about, **more) == {"not-needed"}) is in_house


@pytest.mark.parametrize("category", CATEGORIES)
def test_categories(category: str) -> None:
    assert possible("category", about={"category": category}) == {category}


def test_scope_and_content() -> None:
    assert possible("scope", about={"scope": "embedded"}) == {"embedded"}
    assert possible("content") == {"plain"}
    assert possible("content", about={"tags": ("adult",)}) == {"adult"}
    assert possible("content", about={"tags": ("adult", "nudify")}) == {"non-consensual"}


@pytest.mark.parametrize("usage", list(Usage))
def test_usage_is_the_rung(usage: Usage) -> None:
    assert possible("usage", usage=usage) == {usage.value}


def test_no_usage_is_blocked_or_unused() -> None:
    assert possible("usage", usage=None, events=0, blocked=2) == {"blocked"}
    assert possible("usage", usage=None, events=0) == {"unused"}


@pytest.mark.parametrize(
    ("sent", "answer"),
    [
        (0, "under-1-MB"),
        (BYTES - 1, "under-1-MB"),
        (BYTES, "1-MB"),
        (10 * BYTES - 1, "1-MB"),
        (10 * BYTES, "10-MB"),
        (100 * BYTES, "100-MB"),
        (500 * BYTES - 1, "100-MB"),
        (500 * BYTES, "500-MB"),
        (10**18, "500-MB"),
    ],
)
def test_uploads_at_their_edges(sent: int, answer: str) -> None:
    assert possible("upload", bytes_up=sent) == {answer}


def test_an_upload_that_is_not_known_is_open_and_bulk_bounds_it() -> None:
    assert possible("upload", bytes_up=None) == {"under-1-MB", "1-MB", "10-MB", "100-MB", "500-MB"}
    assert possible("upload", bytes_up=None, usage=Usage.BULK) == {"10-MB", "100-MB", "500-MB"}
    assert possible("upload", bytes_up=None, usage=Usage.RESOLVED) == {"under-1-MB"}
    assert possible("upload", bytes_up=None, usage=None, events=0, blocked=9) == {"under-1-MB"}


def test_users_devices_stand_for_them_and_whole_tenants() -> None:
    assert possible("users", users=10) == {"tens"}
    assert possible("users", users=0, devices=3) == {"a-few"}
    assert possible("users", users=0, devices=0) == {"one", "a-few", "tens", "hundreds"}
    assert possible("users", users=1, facts=("tenant_wide",)) == {"hundreds"}
    assert possible("users", users=100, usage=Usage.RESOLVED) == {"nobody"}


def test_departments_are_bounded_by_users() -> None:
    assert possible("departments", departments=("Finance", "IT"), users=50) == {"two"}
    assert possible("departments", departments=("A", "B", "C", "D"), users=4) == {"four"}
    assert possible("departments", users=1) == {"one"}
    assert possible("departments", users=3) == {"one", "two"}
    assert possible("departments", users=4) == {"one", "two", "four"}
    assert possible("departments", users=0, devices=0) == {"one", "two", "four"}
    assert possible("departments", users=9, usage=Usage.RESOLVED) == {"one"}


@pytest.mark.parametrize(
    ("scopes", "facts", "answer"),
    [
        ((), (), {"none"}),
        ((), ("grant", "key"), {"none"}),
        ((), ("grant",), {"identity", "unclear", "read", "write", "everybody"}),
        (("openid", "Profile"), ("grant",), {"identity"}),
        (("openid", "Something.New"), ("grant",), {"unclear"}),
        (("Mail.Read", "openid"), ("grant",), {"read"}),
        (("Mail.ReadWrite",), ("grant",), {"write"}),
        (("Mail.Read",), ("grant", "app_only", "content_app_only"), {"everybody"}),
        (("Mail.Read",), ("grant", "tenant_wide", "content_tenant_wide"), {"everybody"}),
        (("Mail.Read",), ("grant", "tenant_wide"), {"read"}),
    ],
)
def test_permissions(scopes: tuple[str, ...], facts: tuple[str, ...], answer: set[str]) -> None:
    assert possible("permissions", scopes=scopes, facts=facts) == answer


@pytest.mark.parametrize(
    ("told", "answer"),
    [
        (("personal",), {"private"}),
        (("anonymous",), {"private"}),
        (("corporate",), {"managed", "private"}),
        (("enforced",), {"managed"}),
        (("corporate", "personal"), {"private"}),
        ((), {"managed", "private"}),
    ],
)
def test_accounts_that_the_traffic_shows(told: tuple[str, ...], answer: set[str]) -> None:
    assert possible("account", facts=tuple(f"account:{word}" for word in told)) == answer


def test_company_accounts_of_some_uses_say_nothing_of_the_others() -> None:
    account = (
        Account("host", "biz.chat.example", "business-plan"),
        Account("url_prefix", "chat.example/work", "corporate"),
    )
    more: dict[str, Any] = {"about": {"account": account}, "facts": ("account:corporate",)}
    assert possible("account", names=("eu.biz.chat.example", "chat.example/work"), **more) == {"managed"}
    assert possible("account", names=("biz.chat.example", "chat.example"), **more) == {"managed", "private"}


def test_accounts_by_seats_and_what_contradicts_them() -> None:
    assert possible("account") == {"managed", "private"}
    assert possible("account", facts=("licensed",)) == {"managed"}
    assert possible("account", facts=("grant",)) == {"managed", "private"}
    assert possible("account", facts=("licensed", "account:corporate"), names=("elsewhere.example",)) == {"managed"}
    assert possible("account", facts=("licensed", "account:anonymous")) == {"private"}
    assert possible("account", facts=("licensed", "traffic_without_grant")) == {"managed", "private"}
    assert possible("account", facts=("account:corporate", "traffic_without_grant")) == {"managed", "private"}
    assert possible("account", usage=Usage.RESOLVED) == {"not-needed"}


@pytest.mark.parametrize(
    ("scopes", "facts", "answer"),
    [
        ((), (), {"not-an-app"}),
        ((), ("grant", "key"), {"not-an-app"}),
        ((), ("grant",), {"verified", "unverified"}),
        (("openid",), ("grant", "verified_publisher"), {"verified"}),
        (("openid",), ("grant", "unverified_publisher"), {"unverified"}),
        (("openid",), ("grant", "verified_publisher", "unverified_publisher"), {"unverified"}),
        (("openid",), ("grant", "impersonation", "verified_publisher"), {"posing"}),
    ],
)
def test_publishers(scopes: tuple[str, ...], facts: tuple[str, ...], answer: set[str]) -> None:
    assert possible("publisher", scopes=scopes, facts=facts) == answer


def test_what_counts_where_it_was_seen() -> None:
    assert possible("secret") == possible("server") == {"not-seen"}
    assert possible("secret", facts=("clear_key", "key")) == {"seen"}
    assert possible("secret", facts=("key",)) == {"not-seen"}  # a key that a tenant knows of is no key in clear
    assert possible("server", facts=("server",)) == {"seen"}
    assert possible("contradiction") == {"none"}
    assert possible("contradiction", facts=("grant_without_traffic",)) == {"idle-grant"}
    assert possible("contradiction", facts=("grant_without_traffic", "traffic_without_grant")) == {"no-grant"}


def test_only_what_got_through_is_use() -> None:
    assert is_used(entry())
    assert not is_used(entry(usage=Usage.RESOLVED))
    assert not is_used(entry(usage=None, events=0, blocked=3))


def test_facts_of_logs_name_the_logs_and_their_day() -> None:
    found = ask("users", sources=("pcap", "squid_native"))
    assert (found.source, found.dated) == ("pcap, squid_native", "2026-01-05")
    assert (ask("scope").source, ask("scope").dated) == ("signature chat", "2026-05-01")


@pytest.mark.parametrize(
    ("time", "text"), [(None, ""), (NOON, "2026-01-05"), (-1, "1969-12-31"), (10**30, ""), (-(10**30), "")]
)
def test_days(time: int | None, text: str) -> None:
    assert day(time) == text


def test_every_fact_that_is_asked_for_is_one_that_is_kept() -> None:
    """The history keeps these alone: one that is missing would change the score of what is remembered."""
    source = inspect.getsource(module._Asked)
    asked = {word for line in source.splitlines() if "_facts" in line for word in re.findall(r'"([a-z_]+)"', line)}
    assert {word for word in asked if "_" in word} - {"no_facts"} <= FACTS
    assert {"server", "grant", "key", "licensed", "impersonation"} <= FACTS
    assert module.kept(("account:personal", "dated_api", "post", "server")) == ("account:personal", "server")


@pytest.mark.parametrize(
    "facts", [("grant",), ("key",), ("installed",), ("licensed",), ("assigned",), ("grant", "licensed")]
)
def test_a_rule_about_accounts_and_the_risk_go_by_the_same(facts: tuple[str, ...]) -> None:
    from shadowai.policy.uses import use_of

    use = use_of("ann", facts=facts, sources=("okta",), scopes=(), days={}, bytes_up=None)
    assert (use.account == frozenset({"corporate"})) is (possible("account", facts=facts) == {"managed"})
    assert (use.account is None) is (possible("account", facts=facts) == {"managed", "private"})


@pytest.mark.parametrize("fact", ["tenant_wide", "app_only"])
def test_what_is_let_in_for_everybody_may_be_used_by_many_departments(fact: str) -> None:
    assert possible("departments", users=1) < possible("departments", users=1, facts=(fact,))


def test_of_many_scopes_three_are_named() -> None:
    scopes = ("Mail.Read", "Files.Read", "Chat.Read", "Calendars.Read", "Notes.Read")
    assert ask("permissions", scopes=scopes[:3]).why == "Mail.Read, Files.Read, Chat.Read"
    assert ask("permissions", scopes=scopes).why == "Mail.Read, Files.Read, Chat.Read and 2 more"


def test_a_row_without_names_shows_no_company_account() -> None:
    assert possible("account", names=()) == {"managed", "private"}
