"""One inventory of several sweeps, with every gap in it."""

from __future__ import annotations

from dataclasses import replace

from shadowai.errors import SourceError
from shadowai.model import Origin
from shadowai.pipeline import ScanOptions
from shadowai.swept_report import SweptReport
from shadowai.tenant import App, Completeness, Grant, Outcome, Swept, Trouble

CHATGPT = App("entra", "t", "e0476654-c1d5-430b-ab80-70cbd947616a", "ChatGPT", reply_urls=("https://chatgpt.com/auth",))
CRM = App("entra", "t", "11111111-1111-1111-1111-111111111111", "Lombard Ledger")
SWEPT = Swept(
    name="main",
    platform="entra",
    title="Microsoft Entra",
    tenant="t",
    began=1_790_000_000_000_000,
    ended=1_790_000_001_000_000,
    mode="targeted",
    scope="ai",
    apps=(CHATGPT, CRM),
    grants=(
        Grant("entra", "t", "g1", CHATGPT.id, "delegated", "u1", ("Mail.Read",)),
        Grant("entra", "t", "g2", CRM.id, "delegated", "u1", ("User.Read",)),
    ),
    people=(),
    events=(),
    activity=(),
    outcomes=(Outcome("apps", "apps", Completeness.COMPLETE),),
    requests=7,
)


def test_the_inventory_of_a_sweep() -> None:
    made = SweptReport(ScanOptions(), {})
    assert made.is_ai(CHATGPT) and not made.is_ai(CRM)
    report = made.report([SWEPT], [])
    (entry,) = report.entries
    assert "ChatGPT" in entry.service and entry.users == 1 and "Mail.Read" in " ".join(entry.scopes)
    assert report.complete
    (source,) = report.sources
    assert (source.path, source.lines, source.records, source.ai) == ("entra:main", 7, 4, 1)


def test_what_could_not_be_looked_at() -> None:
    outcome = Outcome("grants/1", "grants", Completeness.FAILED, Trouble.SCOPE, "403", "ask")
    swept = replace(SWEPT, outcomes=(*SWEPT.outcomes, outcome))
    refused = SourceError("another sweep is running", origin=Origin("other.lock"), remedy="wait for it")
    report = SweptReport(ScanOptions(), {"entra": {"grants": "Delegated grants"}}).report([swept], [refused])
    assert [(str(gap.origin), gap.reason) for gap in report.gaps] == [
        ("entra:main/grants/1", "Delegated grants could not be looked at: a permission is missing (403); ask"),
        ("other.lock", "another sweep is running (wait for it)"),
    ]
