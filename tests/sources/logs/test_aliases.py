"""The names of fields: compared without case and punctuation, and what makes a header or an object a log of use."""

from __future__ import annotations

import pytest

from shadowai.sources.logs.aliases import ALIASES, FLAT, LIKELY_HOST, TELLING, VAGUE_HOST, flat, is_header, is_log


@pytest.mark.parametrize("name", ["Destination Host", "destination_host", "destinationHost", "DESTINATION-HOST:"])
def test_case_blanks_and_punctuation_do_not_count(name: str) -> None:
    assert flat(name) == "destinationhost"


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (("url",), True),
        (("desthost", "x"), True),
        (("host", "username"), True),
        (("host", "message"), False),
        (("domain", "message"), False),
        (("message", "level"), False),
    ],
)
def test_an_object_is_a_log_of_use_only_where_it_says_so(names: tuple[str, ...], expected: bool) -> None:
    assert is_log(names) is expected


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (("timestamp", "user", "url"), True),
        (("host", "count"), True),
        (("url", "1010203"), False),
        (("chatgptcom", "jdoe"), False),
        (("url", "for", "the", "month"), False),
        (("url", "x" * 60), False),
        (("url",), False),
    ],
)
def test_a_header_has_names_and_no_values(cells: tuple[str, ...], expected: bool) -> None:
    assert is_header(cells) is expected


def test_no_alias_stands_for_two_sizes() -> None:
    assert not set(FLAT["bytes_up"]) & set(FLAT["bytes_down"])
    assert all(FLAT[name] for name in ALIASES)


def test_every_name_of_a_destination_tells() -> None:
    assert {flat(name) for name in (*ALIASES["host"], *ALIASES["url"], *LIKELY_HOST, *VAGUE_HOST)} == TELLING


def test_what_is_vague_is_not_certain() -> None:
    assert not {flat(name) for name in (*LIKELY_HOST, *VAGUE_HOST)} & set(FLAT["host"])
