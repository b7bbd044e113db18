from __future__ import annotations

import io
from dataclasses import replace

from shadowai.export import html
from shadowai.export.html.context import Context, InputFile
from shadowai.export.html.page import ROWS, page
from shadowai.model import Report, Ruling, SourceSummary, Usage, Verdict
from tests.export.html.pages import FULL, PEOPLE, context, entry


def test_figures_count_what_is_proven() -> None:
    told = page(FULL, Context(people=PEOPLE))
    assert (told.breaching, told.undecided, told.persons) == (2, 1, 2)
    assert told.sent == 12_345_678 + 5 + 77_000
    assert told.silent_about_size == 1
    assert (told.first, told.last) == (1_767_600_000_999_999, 1_767_686_400_000_000)
    assert told.looked == (2, 1, 0, 56)


def test_what_is_only_audited_is_told_apart_and_is_no_breach() -> None:
    trial = replace(FULL, entries=(entry(ruling=Ruling(3, enforced=False)), entry(asset_id="b", usage=Usage.RESOLVED)))
    told = page(trial, Context())
    assert (told.breaching, told.on_trial, told.undecided) == (0, 1, 0)
    stream = io.BytesIO()
    html.write(trial, stream)
    text = " ".join(stream.getvalue().decode().split())
    assert "None is in use against what is enforced of the policy. 1 in use is against rules that are tried out" in text


def test_what_is_not_known_stays_unknown() -> None:
    told = page(replace(FULL, entries=(entry(bytes_up=None, first_seen=None, last_seen=None),)), Context())
    assert (told.persons, told.users, told.matrix, told.sent, told.first, told.timeline, told.volumes) == (None,) * 7
    nothing = page(Report(()), Context())
    assert (nothing.concerns, nothing.verdicts, nothing.categories, nothing.decided) == ((), (), (), False)


def test_by_user_alone_figures_of_services_are_not_made_up() -> None:
    told = page(PEOPLE, Context())
    assert told.users == PEOPLE.entries and told.matrix is not None
    assert told.persons == 2


def test_groups_by_verdict_keep_the_order_of_the_report_and_by_category_the_largest_first() -> None:
    told = page(FULL, Context())
    assert [(group.name, group.tone, group.services, group.used) for group in told.verdicts] == [
        ("prohibited", "action", 2, 2),
        ("sanctioned", "settled", 1, 1),
        ("unreviewed", "open", 2, 1),
    ]
    assert [(group.name, group.services, group.events) for group in told.categories] == [
        ("assistant", 4, 4800),
        ("", 1, 0),
    ]
    assert told.verdicts[1].sent is None


def test_figures_by_day_are_those_of_the_rows() -> None:
    told = page(FULL, Context())
    assert (told.unit, told.dateless) == ("day", 3)
    assert [(one.column.name, one.action, one.sent) for one in told.stretches] == [
        ("5 Jan 2026", 1, 12_000_000),
        ("6 Jan 2026", 1, 345_678),
    ]
    assert sum(one.sent or 0 for one in told.stretches) == FULL.entries[0].bytes_up
    assert told.daily is not None and told.sent_daily is not None


def test_what_somebody_found_to_be_no_ai_is_in_the_table_and_in_no_figure() -> None:
    mistaken = entry(asset_id="n", service_id="n", verdict=Verdict.NOT_AI, usage=Usage.BULK, days=((20_458, 9),))
    told = page(Report((mistaken,)), context("x", asset="n"))
    assert told.services == (mistaken,) and [group.name for group in told.verdicts] == ["not_ai"]
    assert (told.found, told.sent, told.concerns, told.risks, told.categories) == (0, None, (), (), ())
    assert told.timeline is told.volumes is told.daily is None and told.dateless == 0


def test_candidates_and_risks_are_there_where_they_are_known() -> None:
    told = page(FULL, context("why", asset=FULL.entries[0].asset_id))
    assert [one.name for one in told.unknown.listed] == ["gpt.example.net", "llm.example.org"]
    assert [one.entry.service for one in told.risks] == ["ChatGPT"]


def test_a_large_report_is_cut_and_says_so() -> None:
    rows = tuple(entry(asset_id=str(i), service_id=str(i)) for i in range(ROWS + 3))
    told = page(Report(rows), Context(people=Report(rows, by="user")))
    assert (len(told.services), told.more_services, told.more_users) == (ROWS, 3, 3)
    assert told.breaching == ROWS + 3
    assert told.timeline is not None and told.timeline.more == ROWS + 3 - 16


def test_inputs_have_their_counts_and_their_files() -> None:
    proxy, archive = InputFile("proxy.log", 5, "ab"), InputFile("a.zip", 9, "cd")
    member = SourceSummary("a.zip/x.log", "squid", 1, 1, 1)
    told = page(replace(FULL, sources=(FULL.sources[0], member)), Context(inputs=(archive, proxy)))
    assert [(i.path, i.counts is not None, i.file) for i in told.inputs] == [
        ("proxy.log", True, proxy),
        ("a.zip/x.log", True, None),
        ("a.zip", False, archive),
    ]


def test_what_a_rule_on_trial_does_not_forbid_and_what_an_enforced_one_does_are_not_on_trial() -> None:
    rows = (
        entry(asset_id="a", verdict=Verdict.UNREVIEWED, ruling=Ruling(3, enforced=False)),
        entry(asset_id="b", ruling=Ruling(4)),
        entry(asset_id="c", ruling=Ruling(5, enforced=False), events=0),
    )
    told = page(replace(FULL, entries=rows), Context())
    assert (told.on_trial, told.breaching, told.undecided) == (0, 1, 1)


def test_the_time_of_a_report_is_from_the_first_to_the_last_that_was_seen() -> None:
    rows = (entry(asset_id="a", first_seen=50, last_seen=60), entry(asset_id="b", first_seen=20, last_seen=30))
    told = page(replace(FULL, entries=rows), Context())
    assert (told.first, told.last) == (20, 60)


def test_who_is_named_beside_ai_is_not_said_to_have_used_it() -> None:
    stream = io.BytesIO()
    html.write(replace(FULL, entries=(entry(usage=Usage.RESOLVED),)), stream, context=Context(people=PEOPLE))
    text = " ".join(stream.getvalue().decode().split())
    assert "1 AI service was seen; 2 people are named with it, for use, an attempt, a look-up or a seat." in text


def test_the_table_of_people_has_what_is_ai_alone() -> None:
    rows = (*PEOPLE.entries, replace(PEOPLE.entries[0], asset_id="n", service_id="no-ai", verdict=Verdict.NOT_AI))
    found = page(replace(PEOPLE, entries=rows), Context()).matrix
    assert found is not None and found == page(PEOPLE, Context()).matrix and found.people


def test_rows_by_user_are_not_all_said_to_be_uses() -> None:
    stream = io.BytesIO()
    html.write(replace(PEOPLE, entries=(replace(PEOPLE.entries[0], usage=None, events=0, blocked=3),)), stream)
    text = " ".join(stream.getvalue().decode().split())
    assert "1 pair of somebody and an AI service was seen" in text
