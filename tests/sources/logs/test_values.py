"""Texts of records as values: what does not say one clearly says none."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shadowai.sources.logs import values


@pytest.mark.parametrize(
    ("text", "size"),
    [
        ("0", 0), ("512", 512), (" 512 ", 512), ("1,234,567", 1_234_567), ("34.0", 34), ("34.00", 34), ("34.000", None),
        ("34.5", None), ("-1", None), ("1,23", None), ("", None), ("12K", 12_000), ("1.2 MB", 1_200_000),
        ("1,5 Mo", 1_500_000), ("512 bytes", 512), ("512 B", 512), ("2 KiB", 2048), ("1.5 GiB", 1_610_612_736),
        ("12 Kb", None), ("12.345 MB", None), ("9" * 18, 10**18 - 1), ("9" * 19, None), ("999999999999 TB", None),
        ("\u0665", None), ("1e5", None), ("0x10", None), ("7.001.234.567", 7_001_234_567), ("1.234.567", 1_234_567), ("48.200", None),
        ("48\u00a0200", 48_200), ("1\u202f234\u202f567", 1_234_567), ("48'200", 48_200), ("48 200", None), ("1.23E+09", 1_230_000_000),
        ("1,23E+09", 1_230_000_000), ("5E+05", 500_000), ("1.23E+01", None), ("1.23E-05", None), ("1E+18", None), ("1.234.567,00", None),
    ],
)  # fmt: skip
def test_sizes(text: str, size: int | None) -> None:
    assert values.size(text) == size


@given(
    st.lists(st.one_of(st.integers(0, 10**18 - 1).map(str), st.sampled_from(["", "-1", "1.0", "\u0661"])), min_size=1)
)
def test_many_sizes_at_once_are_what_each_is(texts: list[str]) -> None:
    found = values.plain_sizes(list(texts))
    assert found is None or found == [values.size(text) for text in texts]


@given(st.lists(st.integers(-2, 10**18), min_size=1))
def test_numbers_of_json_are_sizes_where_all_are_in_their_range(numbers: list[int]) -> None:
    assert values.plain_sizes(list(numbers)) == (numbers if all(0 <= one < 10**18 for one in numbers) else None)


@pytest.mark.parametrize(
    ("text", "micros"),
    [("0", 0), ("1.5", 1_500_000), ("0:02:03", 123_000_000), ("1:00:00.25", 3_600_250_000), ("2:03", None), ("-1", None), ("", None)],
)  # fmt: skip
def test_how_long_something_lasted(text: str, micros: int | None) -> None:
    assert values.lasting(text) == micros


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("192.0.2.7", ["192.0.2.7"]),
        ("chatgpt.com: 192.0.2.7, 2001:db8::7;", ["192.0.2.7", "2001:db8::7"]),
        (["192.0.2.7", "no address", "2001:DB8::7"], ["192.0.2.7", "2001:db8::7"]),
        ([{"rdata": "192.0.2.7"}], ["192.0.2.7"]),
        ("", []), (None, []), (7, []),
        (["192.0.2.7"] * 100, ["192.0.2.7"] * values.MOST_ADDRESSES),
    ],
)  # fmt: skip
def test_addresses(value: object, found: list[str]) -> None:
    assert values.addresses(value) == found


@pytest.mark.parametrize(
    ("value", "found"), [("60, 300;5", [60, 300, 5]), ([60, 1.9, "x"], [60, 1]), (None, []), ("", []), (0, [])]
)
def test_numbers(value: object, found: list[int]) -> None:
    assert values.numbers(value) == found


def test_words_and_names() -> None:
    assert [values.word(text) for text in (" get ", "x-y_z", "a b", "", "é", "a" * 33)] == [
        "GET",
        "X-Y_Z",
        None,
        None,
        None,
        None,
    ]
    assert [values.name(text) for text in (" PC-7. ", ".", "")] == ["pc-7", None, None]
