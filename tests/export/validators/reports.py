"""The reports whose exports are judged: small ones, an empty one, and one with every hostile text in every field."""

from __future__ import annotations

from dataclasses import replace

from shadowai.model import Report, Verdict
from tests.export.reports import BY_USER, CHAT, EMPTY, HOSTILE, SMALL, hostile

VERDICTS = Report(tuple(replace(CHAT, asset_id=str(n), verdict=verdict) for n, verdict in enumerate(Verdict)))
_MADE = [hostile(text) for text in HOSTILE]
STRANGE = Report(
    tuple(row for report in _MADE for row in report.entries),
    tuple(gap for report in _MADE for gap in report.gaps),
    tuple(note for report in _MADE for note in report.notes),
    tuple(source for report in _MADE for source in report.sources),
    "user",
    HOSTILE[0],
)
REPORTS = {"small": SMALL, "user": BY_USER, "empty": EMPTY, "verdicts": VERDICTS, "strange": STRANGE}
