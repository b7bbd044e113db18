"""What is said of a line holds for all lines like it: what differs in facts alone is counted together, and told apart again."""

from __future__ import annotations

import io
from typing import BinaryIO, cast

import pytest

from shadowai import fold_answers
from shadowai.catalog import Catalog
from shadowai.fold_answers import AI, BY_URL, COUNT, LEAVE_OUT, REFUSED, SHOW, SHOWN_NAME, FoldAnswers
from shadowai.inventory import Inventory
from shadowai.names import Names
from shadowai.names_first import NamesFirst
from shadowai.sources.container import Content
from shadowai.sources.logs import formats
from shadowai.sources.logs.bulk import SHOWN, Tallies
from shadowai.sources.logs.logfile import LogFile

LINE = "1767600000.250    100 192.0.2.7 {status} {size} {method} https://{host}/c jo HIER_DIRECT/203.0.113.9 text/html"


def _line(host: str = "chatgpt.com", method: str = "POST", status: str = "TCP_MISS/200", size: int = 90) -> bytes:
    return LINE.format(host=host, method=method, status=status, size=size).encode()


@pytest.fixture(scope="module")
def names() -> Names:
    return Names(Catalog.load())


@pytest.fixture
def work(names: Names) -> NamesFirst:
    content = Content("access.log", cast(BinaryIO, io.BytesIO(_line() + b"\n")), 1767600000.0)
    return NamesFirst(LogFile(content, formats()), names, Inventory(), None, None)


@pytest.fixture
def answers(work: NamesFirst) -> FoldAnswers:
    return FoldAnswers(work)


def test_names_are_of_a_service_or_of_none_or_their_urls_decide(answers: FoldAnswers) -> None:
    assert answers.name(1, _line("claude.ai"), 0) == AI
    assert answers.name(1, _line("www.bing.com"), 0) == BY_URL
    assert answers.url(1, _line("www.bing.com"), 0) == REFUSED
    assert answers.name(2, _line("www.example.com"), 1) == REFUSED


def test_what_is_no_record_is_shown_to_the_reference(answers: FoldAnswers) -> None:
    assert answers.name(1, b"no record", 0) == SHOWN_NAME and answers.url(1, b"no record", 0) == SHOWN_NAME
    assert answers.way(1, b"no record", 7) == (SHOW, False, 7, 32)
    assert answers.manner(1, b"no record", 0) == SHOW and answers.aside(1, b"no record") == SHOWN
    assert answers.time(1, b"no record", False) == (None, -1, False)


def test_a_manner_and_a_name_together_are_a_way(answers: FoldAnswers) -> None:
    answers.name(1, _line(), 0)
    assert answers.manner(1, _line(), 0) == COUNT
    assert answers.manner(2, _line(status="TCP_DENIED/407").replace(b" jo ", b" - "), 1) == LEAVE_OUT
    assert answers.manner(3, _line(status="TCP_DENIED/403"), 2) == COUNT
    verdict, blocked, place, bit = answers.together(0, 0, 5)
    assert (verdict, blocked, place) == (COUNT, False, 5) and bit < 32
    assert answers.together(0, 2, 6)[:3] == (COUNT, True, 6)


def test_ways_that_differ_in_facts_alone_are_one_with_bits_of_their_own(answers: FoldAnswers) -> None:
    found = {method: answers.way(1, _line(method=method), place) for place, method in enumerate(("POST", "GET", "PUT"))}
    assert {place for _, _, place, _ in found.values()} == {0}
    bits = [bit for *_, bit in found.values()]
    assert bits[0] != bits[1]


def test_beyond_the_bits_there_are_each_set_of_facts_is_a_way(
    answers: FoldAnswers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fold_answers, "_MOST_FACTS", 0)
    found = [answers.way(1, _line(method=method), place) for place, method in enumerate(("POST", "GET", "PUT"))]
    assert [place for _, _, place, _ in found] == [0, 1, 0]


def test_sums_are_of_the_actor_and_the_way_with_the_facts_of_their_bits(answers: FoldAnswers, work: NamesFirst) -> None:
    _, _, way, posts = answers.way(1, _line(), 0)
    _, _, same, gets = answers.way(2, _line(method="GET"), 1)
    assert same == way
    answers.actor(1, _line(), 3)
    time = 1_767_600_000_250_000
    sums = [(3, way, 1 << posts | 1 << gets, 2, 10, 180, time, time + 5, [1, 2], [(time // 86_400_000_000, 10)])]
    answers.add_up(sums, {}, Tallies(4, 1, 0, 2, 0))
    work.sums.flush_in_order()
    tally = work._log.tally
    assert (tally.records, tally.named, tally.uncounted, tally.ai) == (4 + 1 + 2 + 2, 4 + 1 + 2, 1, 2)
    with pytest.raises(KeyError):  # it is forgotten when the fold's own tables are
        answers.person(3)


def test_what_a_time_assumed_has_one_number_for_all_that_assumed_it(answers: FoldAnswers) -> None:
    assert answers.time(1, _line(), False) == (1_767_600_000_250_000, -1, False)
    assert answers.assumption(-1) == {}
