"""Which hosts to block, and what else that hits."""

from __future__ import annotations

from dataclasses import replace

from shadowai.model import Actor, Entry, Indicator, Ruling, Signature, Usage, Verdict
from shadowai.plans.blocking import BlockPlan, Host, Shared, Target, at_best, plan
from tests.test_policy import ENTRY


def signature(id: str, *indicators: tuple[str, str, str]) -> Signature:
    made = tuple(Indicator("host", match, value, strength) for match, value, strength in indicators)  # type: ignore[arg-type]
    return Signature(id, id.title(), "V", "assistant", indicators=made)


CHAT = signature(
    "chat",
    ("suffix", "chat.example", "strong"),
    ("exact", "api.vendor.example", "strong"),
    ("suffix", "vendor.example", "weak"),
    ("glob", "chat-*.cdn.example", "strong"),
    ("suffix", "in.chat.example", "strong"),
)
OFFICE = signature("office", ("exact", "api.vendor.example", "weak"))
OTHER = signature("other", ("exact", "share.chat.example", "strong"))
VERDICTS = {"chat": Verdict.PROHIBITED, "office": Verdict.SANCTIONED, "other": Verdict.UNREVIEWED}


def row(user: str | None, *names: str, **more: object) -> Entry:
    actor = Actor(user, None, None if user else "10.0.0.1")
    return replace(ENTRY, service_id="chat", actor=actor, names=names, **more)  # type: ignore[arg-type]


def made(*rows: Entry) -> BlockPlan:
    return plan({"chat"}, rows, (CHAT, OFFICE, OTHER), lambda one: VERDICTS[one.id])


def target(found: BlockPlan, name: str) -> Target:
    return next(one for one in found.targets if one.host.name == name)


def test_hosts_below_a_host_are_covered_and_others_are_not() -> None:
    host = Host("chat.example", True)
    assert host.covers("chat.example") and host.covers("a.chat.example")
    assert not host.covers("notchat.example") and not Host("chat.example", False).covers("a.chat.example")
    assert host.meets(Host("a.b.chat.example", False)) and not host.meets(Host("example", False))
    assert Host("a.chat.example", False).meets(host) and Host("example", True).meets(host)


def test_what_approved_services_need_is_held_back() -> None:
    found = made()
    assert target(found, "api.vendor.example").held
    assert target(found, "api.vendor.example").shared == (Shared("office", Verdict.SANCTIONED),)
    assert not target(found, "chat.example").held
    assert target(found, "chat.example").shared == (Shared("other", Verdict.UNREVIEWED),)
    assert found.listed == (Host("chat.example", True),)


def test_only_hosts_that_identify_the_service_for_certain_are_listed() -> None:
    found = made()
    assert [one.host.name for one in found.targets] == ["api.vendor.example", "chat.example", "in.chat.example"]
    assert [(one.what, one.why) for one in found.left] == [("chat-*.cdn.example", "a pattern within a host's name")]


def test_the_people_that_it_hits_are_those_who_were_seen_to_use_it() -> None:
    rows = (
        row("ann", "chat.example"),
        row("bob", "a.chat.example", "api.vendor.example"),
        row("eve", "chat.example", usage=Usage.RESOLVED),
        row("joe", "chat.example", events=0, usage=None, blocked=3),
        row(None, "chat.example"),
        replace(row("zoe", "chat.example"), service_id="other"),
        row("url", "chat.example/team", "elsewhere.example/chat.example"),
    )
    found = target(made(*rows), "chat.example")
    assert (found.users, found.nameless, found.allowed) == (("ann", "bob", "url", "zoe"), 1, ())
    assert found.names == ("a.chat.example", "chat.example")


def test_who_may_use_it_holds_it_back() -> None:
    found = target(
        made(row("ann", "chat.example"), row("bob", "chat.example", verdict=Verdict.SANCTIONED)), "chat.example"
    )
    assert found.allowed == ("bob",) and found.held


def test_who_may_use_the_service_needs_all_of_its_hosts() -> None:
    found = made(row("ann", "chat.example"), row("bob", "chat.example/team", verdict=Verdict.TOLERATED))
    assert {one.allowed for one in found.targets} == {("bob",)} and found.listed == ()
    device = made(row("ann", "chat.example"), row(None, "chat.example", verdict=Verdict.SANCTIONED))
    assert {one.allowed for one in device.targets} == {("10.0.0.1",)} and device.listed == ()
    either = replace(row("eve", "chat.example", verdict=Verdict.IN_REVIEW), ruling=Ruling(may_be=(Verdict.SANCTIONED,)))
    assert made(either).listed == ()
    tried = row("joe", "chat.example", verdict=Verdict.SANCTIONED, events=0, usage=None, blocked=3)
    assert made(row("ann", "chat.example"), tried).listed != ()


def test_who_may_use_another_service_there_holds_it_back() -> None:
    other = replace(row("zoe", "in.chat.example/office", verdict=Verdict.TOLERATED), service_id="other")
    found = made(row("ann", "chat.example"), other)
    assert [one.host.name for one in found.targets if one.allowed == ("zoe",)] == ["chat.example", "in.chat.example"]


def test_an_approval_on_conditions_is_one_until_it_is_known_to_be_none() -> None:
    open_ = row("ann", "chat.example", verdict=Verdict.IN_REVIEW)
    either = Ruling(may_be=(Verdict.SANCTIONED, Verdict.UNSANCTIONED))
    assert at_best(replace(open_, ruling=either)) is Verdict.SANCTIONED
    assert at_best(replace(open_, ruling=Ruling(may_be=(Verdict.PROHIBITED,)))) is Verdict.IN_REVIEW
    assert at_best(open_) is Verdict.IN_REVIEW
    assert at_best(replace(open_, verdict=Verdict.TOLERATED)) is Verdict.TOLERATED


def test_a_service_without_a_host_of_its_own_is_told() -> None:
    weak = signature("weak", ("suffix", "weak.example", "weak"))
    found = plan({"weak"}, (), (weak,), lambda one: Verdict.PROHIBITED)
    assert found.listed == () and [one.why for one in found.left] == ["no host identifies it for certain"]


def test_what_is_no_host_never_gets_into_a_list() -> None:
    evil = signature("evil", ("exact", "a.example\nb.example CNAME .", "strong"), ("exact", "A.example", "strong"))
    assert plan({"evil"}, (), (evil,), lambda one: Verdict.PROHIBITED).listed == ()


def test_a_pattern_of_another_service_within_a_host_s_name_is_heeded() -> None:
    glob = signature("glob", ("glob", "x-*.chat.example", "strong"))
    found = plan({"chat"}, (), (CHAT, glob), lambda one: Verdict.TOLERATED)
    assert target(found, "chat.example").held


def test_what_is_no_host_is_in_no_list_and_what_a_list_cannot_block_is_told() -> None:
    indicators = (
        Indicator("host", "suffix", "chat.example", "strong"),
        Indicator("dns_only", "exact", "dns.chat.example", "strong"),
        Indicator("reply_host", "suffix", "login.example", "strong"),
        Indicator("app_name", "exact", "chat", "strong"),
        Indicator("url", "exact", "portal.example/chat", "strong"),
        Indicator("url", "exact", "portal.example/weak", "weak"),
        Indicator("ip_net", "exact", "192.0.2.0/24", "strong"),
        Indicator("host", "glob", "chat-*.example", "strong"),
        Indicator("host", "glob", "weak-*.example", "weak"),
        Indicator("reply_host", "glob", "x-*.example", "strong"),
    )
    found = plan(
        {"chat"},
        (),
        (Signature("chat", "Chat", "V", "assistant", indicators=indicators),),
        lambda one: Verdict.PROHIBITED,
    )
    assert [one.host.name for one in found.targets] == ["chat.example", "dns.chat.example"]
    assert [(one.what, one.why) for one in found.left] == [
        ("portal.example/chat", "no host name"),
        ("192.0.2.0/24", "no host name"),
        ("chat-*.example", "a pattern within a host's name"),
    ]


def test_one_host_of_several_that_another_service_needs_is_enough() -> None:
    office = signature("office", ("exact", "office.example", "strong"), ("exact", "api.chat.example", "weak"))
    names = Indicator("app_name", "exact", "chat.example", "strong")
    named = replace(signature("named"), indicators=(names, Indicator("reply_host", "glob", "*.chat.example", "strong")))
    found = plan({"chat"}, (), (CHAT, office, named), lambda one: Verdict.SANCTIONED)
    assert target(found, "chat.example").shared == (Shared("office", Verdict.SANCTIONED),)
    assert target(found, "api.vendor.example").shared == ()
