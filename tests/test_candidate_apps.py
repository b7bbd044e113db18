"""Applications and hosts that look like AI: one candidate where they are the same thing."""

from __future__ import annotations

from dataclasses import replace

from shadowai.app_findings import Candidate as Seen
from shadowai.candidate_apps import joined
from shadowai.candidates import scored
from shadowai.model import Candidate, Origin
from shadowai.pipeline import ScanOptions
from shadowai.swept_report import SweptReport
from shadowai.tenant import App, Completeness, Grant, Outcome, Swept

NOTES = App("entra", "t", "a1", "Acme AI Notes", reply_urls=("https://app.acme-notes.ai/auth",))
LEDGER = App("entra", "t", "a2", "Lombard Ledger")
SWEPT = Swept(
    name="main",
    platform="entra",
    title="Microsoft Entra",
    tenant="t",
    began=1_790_000_000_000_000,
    ended=1_790_000_001_000_000,
    mode="full",
    scope="all",
    apps=(NOTES, LEDGER),
    grants=(
        Grant("entra", "t", "g1", NOTES.id, "delegated", "u1", ("Mail.Read",)),
        Grant("entra", "t", "g2", LEDGER.id, "delegated", "u1", ("Mail.Read",)),
    ),
    people=(),
    events=(),
    activity=(),
    outcomes=(Outcome("apps", "apps", Completeness.COMPLETE),),
    requests=7,
)


def test_a_name_with_content_is_a_candidate_and_a_name_alone_is_none() -> None:
    (one,) = joined((), [(SWEPT, [Seen(NOTES, ("Mail.Read",), 3, "why", unknown=True)])])
    assert (one.name, one.evidence, one.level, one.users) == (
        "Acme AI Notes",
        ("app_name", "content_scopes"),
        "unconfirmed",
        3,
    )
    assert one.origins == (Origin("entra:main", "a1", "object"),) and one.sources == ("entra",)
    (mixed,) = joined((), [(SWEPT, [Seen(NOTES, ("User.Read", "Mail.Read"), 3, "why", unknown=True)])])
    assert mixed.evidence == one.evidence
    (bare,) = joined((), [(SWEPT, [Seen(NOTES, ("User.Read",), 3, "why", unknown=True)])])
    assert (bare.evidence, bare.level) == (("app_name",), "name")


def test_what_is_in_the_catalogue_or_does_not_speak_of_ai_is_left_out() -> None:
    seen = [Seen(NOTES, ("Mail.Read",), 3, "why"), Seen(LEDGER, ("Mail.Read",), 3, "why", unknown=True)]
    assert joined((), [(SWEPT, seen)]) == ()


def test_an_application_and_its_host_are_one() -> None:
    host = scored(Candidate("app.acme-notes.ai", ("ai_host",), users=5, sources=("squid",), origins=(Origin("a", 1),)))
    (one,) = joined([host], [(SWEPT, [Seen(NOTES, ("Mail.Read",), 3, "why", unknown=True)])])
    assert (one.name, one.evidence, one.users) == ("app.acme-notes.ai", ("ai_host", "app_name", "content_scopes"), 5)
    assert (one.score, one.level, one.sources) == (4, "unconfirmed", ("entra", "squid"))
    assert one.origins == (Origin("a", 1), Origin("entra:main", "a1", "object"))


def test_an_application_is_known_by_its_homepage_too() -> None:
    host = scored(Candidate("acme-notes.ai", ("ai_host",), sources=("zeek", "bind_query")))
    home = replace(NOTES, reply_urls=("urn:x",), homepage="https://acme-notes.ai/about")
    (one,) = joined([host], [(SWEPT, [Seen(home, ("Mail.Read",), 3, "why", unknown=True)])])
    assert (one.name, one.users, one.sources) == ("acme-notes.ai", 3, ("bind_query", "entra", "zeek"))


def test_the_first_five_places_are_listed() -> None:
    places = tuple(Origin("a", line) for line in range(1, 6))
    for known in (places[:4], places):
        host = scored(Candidate("app.acme-notes.ai", ("ai_host",), origins=known))
        (one,) = joined([host], [(SWEPT, [Seen(NOTES, (), 1, "why", unknown=True)])])
        assert one.origins == (*known, Origin("entra:main", "a1", "object"))[:5]


def test_a_sweep_lists_them() -> None:
    report = SweptReport(ScanOptions(), {}).report([SWEPT], [])
    assert [(one.name, one.level) for one in report.candidates] == [("Acme AI Notes", "unconfirmed")]
    assert report.entries == ()
