"""Which name a client was told for an address, and when that says something."""

from __future__ import annotations

from shadowai.sources.capture.attribution import SECOND, Answers

ME, YOU, HERE, THERE = b"\1\1\1\1", b"\2\2\2\2", b"\7\7\7\7", b"\x08" * 16


def test_an_answer_counts_from_when_it_came_until_it_is_stale() -> None:
    answers = Answers(10)
    answers.add(ME, "chatgpt.com", HERE, 1000 * SECOND, 600)
    assert answers.names(ME, HERE, 1000 * SECOND) == ("chatgpt.com",)
    assert answers.names(ME, HERE, 1600 * SECOND) == ("chatgpt.com",)
    assert answers.names(ME, HERE, 1600 * SECOND + 1) == ()
    assert answers.names(ME, HERE, 1000 * SECOND - 1) == ()


def test_a_short_life_counts_for_five_minutes_and_a_repetition_prolongs_it() -> None:
    answers = Answers(10)
    answers.add(ME, "chatgpt.com", HERE, 0, 1)
    assert answers.names(ME, HERE, 300 * SECOND) == ("chatgpt.com",)
    assert answers.names(ME, HERE, 301 * SECOND) == ()
    answers.add(ME, "chatgpt.com", HERE, 200 * SECOND, 1)
    assert answers.names(ME, HERE, 0) == answers.names(ME, HERE, 500 * SECOND) == ("chatgpt.com",)


def test_where_there_are_too_many_names_the_one_that_ends_first_goes() -> None:
    answers = Answers(10)
    for name, life in (
        ("long.example", 86_400),
        ("chatgpt.com", 86_400),
        ("a.example", 1),
        ("b.example", 1),
        ("c.example", 1),
    ):
        answers.add(ME, name, HERE, 0, life)
    assert answers.names(ME, HERE, 400 * SECOND) == ("long.example", "chatgpt.com")


def test_it_is_of_no_other_client_and_no_other_address() -> None:
    answers = Answers(10)
    answers.add(ME, "chatgpt.com", HERE, 0, 60)
    assert answers.names(YOU, HERE, 0) == answers.names(ME, THERE, 0) == answers.names(HERE, ME, 0) == ()


def test_two_names_of_one_address_are_both_given() -> None:
    answers = Answers(10)
    for name in ("chatgpt.com", "shop.example", "chatgpt.com"):
        answers.add(ME, name, HERE, 0, 60)
    assert set(answers.names(ME, HERE, 0)) == {"chatgpt.com", "shop.example"}


def test_of_very_many_names_of_one_address_several_stay() -> None:
    answers = Answers(10)
    for number in range(100):
        answers.add(ME, f"n{number}.example", HERE, 0, 60)
    assert len(answers.names(ME, HERE, 0)) == 4


def test_the_oldest_go_first_and_that_is_counted() -> None:
    answers = Answers(2)
    for place, address in enumerate((HERE, THERE, YOU)):
        answers.add(ME, f"n{place}.example", address, 0, 60)
    assert answers.forgotten == 1
    assert answers.names(ME, HERE, 0) == () and answers.names(ME, YOU, 0) == ("n2.example",)
