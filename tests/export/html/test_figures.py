from __future__ import annotations

import re
from dataclasses import replace

from shadowai.export.html.figures import CHARTED, daily, sent_daily, timeline, tone, volumes
from shadowai.export.html.timeline import scale, stretches
from shadowai.export.html.wording import DAY
from shadowai.model import Entry, Usage, Verdict
from tests.export.html.pages import entry

FIRST = 20_000
ON = scale(FIRST * DAY, (FIRST + 9) * DAY)


def used(id: str, first: int, last: int, *days: int, **changes: object) -> Entry:
    known = tuple((FIRST + day, 10) for day in days)
    times = {"first_seen": (FIRST + first) * DAY, "last_seen": (FIRST + last) * DAY}
    return entry(asset_id=id, service_id=id, service=id, days=known, **times, **changes)


def tones(svg: str) -> list[str]:
    return re.findall(r'class="(bar-[a-z -]+)"', svg)


def test_every_verdict_has_a_tone() -> None:
    assert {tone(entry(verdict=verdict)) for verdict in Verdict} == {"action", "open", "settled"}
    assert tone(entry(verdict=Verdict.UNSANCTIONED)) == "action" and tone(entry(verdict=Verdict.IN_REVIEW)) == "open"


def test_days_of_use_are_full_and_what_lies_between_is_pale() -> None:
    figure = timeline([used("a", 0, 9, 2, 3, 6)], ON)
    assert figure is not None and figure.more == 0
    assert sorted(tones(figure.wide)) == ["bar-action"] * 2 + ["bar-action bar-pale"] * 3
    widths = [float(width) for width in re.findall(r'width="([\d.]+)" height="[\d.]+" class="bar-action"', figure.wide)]
    assert round(max(widths) / min(widths), 1) == 2.0


def test_what_was_only_looked_up_or_tells_no_day_is_never_full() -> None:
    rows = [used("a", 0, 9, 2, usage=Usage.RESOLVED), used("b", 1, 3), used("c", 1, 3, 2, confidence="ambiguous")]
    figure = timeline(rows, ON)
    assert figure is not None and tones(figure.wide) == ["bar-action bar-pale"] * 3


def test_the_chart_has_those_that_need_action_most_and_the_earliest_on_top() -> None:
    calm = [used(f"calm{n}", 0, 1, 0, verdict=Verdict.SANCTIONED) for n in range(CHARTED)]
    late, early = used("late", 5, 6, 5), used("early", 1, 6, 1)
    figure = timeline([*calm, late, early], ON)
    assert figure is not None and figure.more == 2
    order = re.findall(r">(early|late|calm\d+)<", figure.wide)[::-1]  # the lowest is drawn first
    assert order[:2] == ["early", "late"] and len(order) == CHARTED
    risky = [replace(used(f"r{n}", 0, 1, 0), risk=n, risk_level="low") for n in range(CHARTED + 3)]
    figure = timeline(risky, ON)
    assert figure is not None and ">r0<" not in figure.wide and f">r{CHARTED + 2}<" in figure.wide


def test_without_times_there_is_no_timeline() -> None:
    assert timeline([used("a", 0, 1)], scale(None, None)) is None
    assert timeline([entry(first_seen=None)], ON) is None


def test_columns_by_day_have_a_part_for_each_kind_of_verdict() -> None:
    rows = [
        used("a", 0, 1, 0, 1),
        used("b", 0, 1, 0, verdict=Verdict.UNREVIEWED),
        used("c", 0, 1, 1, verdict=Verdict.TOLERATED),
    ]
    told = stretches(rows, ON)
    figure, sent = daily(told), sent_daily(told)
    assert figure is not None and sent is not None
    assert sorted(tones(figure.wide)) == ["bar-action", "bar-action", "bar-open", "bar-settled"]
    assert tones(sent.wide) == ["bar-plain"] * 2 and ">20 B<" in sent.wide


def test_no_use_and_no_size_draw_nothing() -> None:
    assert daily(stretches([], ON)) is None
    assert sent_daily(stretches([used("a", 0, 1, 0, bytes_up=None)], ON)) is None


def test_volumes_are_of_what_is_in_use_the_most_first() -> None:
    rows = [
        used("a", 0, 1, bytes_up=5),
        used("b", 0, 1, bytes_up=9_000),
        used("c", 0, 1, usage=Usage.RESOLVED),
        used("d", 0, 1, bytes_up=0),
    ]
    figure = volumes(rows)
    assert figure is not None and re.findall(r">([abcd])<", figure.wide)[::-1] == ["b", "a"]
    assert volumes(rows[2:]) is None
