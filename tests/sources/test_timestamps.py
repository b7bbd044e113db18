"""Every way that logs write a time, and what had to be assumed to read it."""

from __future__ import annotations

import os
import random
import time
from datetime import UTC, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from shadowai.errors import UsageError
from shadowai.sources.timestamps import MICROS, Clock, assumptions, is_told, iso, zone

NOON = "2024-06-03T12:00:00Z"


def stamp(year: int, month: int, day: int) -> float:
    return datetime(year, month, day, tzinfo=UTC).timestamp()


def read(text: str, clock: Clock | None = None, zone_text: str | None = None) -> str | None:
    found = (clock or Clock(modified=stamp(2024, 7, 1))).parse(text, zone_text)
    return None if found is None else iso(found)


@pytest.mark.parametrize(
    "text",
    [
        "2024-06-03T12:00:00Z",
        "2024-06-03 12:00:00 UTC",
        "3Jun2024 12:00:00",
        "2024 Jun 03 12:00:00 UTC",
        "3 Jun 24, 12:00:00 PM",
        "2024-06-03 12:00:00 +0000 UTC",
        "2024-06-03 14:00:00.000 +0200 CEST",
        "2024-06-03T14:00:00+02:00",
        "2024-06-03T14:00:00+0200",
        "2024-06-03T14:00:00+02",
        "2024-06-03 08:00:00 -04:00",
        "2024/06/03 12:00:00",
        "2024-6-3 12:00:00",
        "2024:06:03-12:00:00",
        "2024.06.03 12:00:00",
        "2024-06-03_12:00:00",
        "20240603 12:00:00",
        "20240603T12:00:00Z",
        "20240603T120000Z",
        "20240603120000",
        "20240603120000.000+0000",
        "03/Jun/2024:12:00:00 +0000",
        "03/Jun/2024:14:00:00 +0200",
        "3-Jun-2024 12:00:00",
        "03 Jun 2024 12:00:00",
        "Jun 3 2024 12:00:00",
        "Jun  3, 2024 12:00:00",
        "Mon Jun  3 12:00:00 2024",
        "Mon Jun 03 12:00:00 UTC 2024",
        "Mon, 03 Jun 2024 12:00:00 GMT",
        "Monday, June 3, 2024 12:00:00 PM",
        "Jun  3 12:00:00",
        "Mon Jun  3 12:00:00",
        "JUN 3 12:00:00",
        "June 3 2024 12:00",
        "6/3/2024 12:00:00",
        "6/3/2024 12:00:00 PM",
        "06/03/24, 12:00:00 PM",
        "6/3/2024 2:00:00 PM CEST",
        "2024-06-03 12:00:00 PM",
        "1717416000",
        "1717416000.0",
        "1717416000000",
        "1717416000000000",
        "1717416000000000000",
        "[2024-06-03T12:00:00Z]",
        '"2024-06-03T12:00:00Z"',
        "(2024-06-03 12:00:00)",
        "2024-06-03 14:00:00 CEST",
        "2024-06-03 08:00:00 EDT",
        "2024-06-03 14:00:00 (UTC+02:00)",
        "2024-06-03 14:00:00 GMT+2:00",
        "2024-06-03 12:00",
    ],
)
def test_every_shape_of_one_moment(text: str) -> None:
    assert read(text) == NOON


@pytest.mark.parametrize(
    ("text", "fraction"),
    [
        ("2024-06-03T12:00:00.5Z", "500Z"),
        ("2024-06-03 12:00:00,123", "123Z"),
        ("2024-06-03T12:00:00.123456789Z", "123456Z"),
        ("1717416000.123", "123Z"),
        ("1717416000.000001", "000001Z"),
        ("1717416000123", "123Z"),
        ("1717416000123456", "123456Z"),
        ("13361889600123456", "123456Z"),  # since 1601, as Chrome's history has it
        ("1717416000123456789", "123456Z"),
        ("1717416000123.456", "123456Z"),
        ("20240603120000.25", "250Z"),
        ("2024-06-03 12:00:00:042", "042Z"),
    ],
)
def test_fractions_of_a_second_are_kept(text: str, fraction: str) -> None:
    assert read(text) == f"2024-06-03T12:00:00.{fraction}"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "-",
        " ",
        "0",
        "1",
        "443",
        "12345678",
        "999999999999999999999",
        "2024-13-01 00:00:00",
        "2024-02-30 00:00:00",
        "2023-02-29 00:00:00",
        "2024-06-03 24:00:00",
        "2024-06-03 12:60:00",
        "2024-06-03 12:00:61",
        "0000-00-00 00:00:00",
        "1969-12-31 23:59:59",
        "9999-01-01 00:00:00",
        "Foo 3 2024 12:00:00",
        "yesterday",
        "chatgpt.com",
        "10.0.0.1",
        "12:00:00",
        "2024-06-03T12:00:00Zjunk",
        "2024-06-03T12:00:00 <script>",
        "31/31/2024 12:00:00",
        "1717416000.x",
        "١٧١٧٤١٦٠٠٠",
        "1.5",
        "-1717416000",
        "1e9",
        "9999999999",
        "Feb 30 12:00:00",
        "13/13/24 12:00",
        "2024-06-03T12:00:00\x00",
        "0001-01-01T00:00:00Z",
        "6/3/2024",
    ],
)
def test_nonsense_is_no_time(text: str) -> None:
    assert read(text) is None


def test_a_date_alone_is_its_first_moment() -> None:
    assert read("2024-06-03") == "2024-06-03T00:00:00Z"


@pytest.mark.parametrize(
    ("text", "hour"),
    [
        ("6/3/2024 12:00:00 AM", 0),
        ("6/3/2024 12:30 PM", 12),
        ("6/3/2024 1:00:00 am", 1),
        ("6/3/2024 11:00:00 p.m.", 23),
        ("3/6/2024 11:00:00 p. m.", 23),
        ("3/6/2024 11:00:00 a.\xa0m.", 11),
        ("6/3/2024 1:00:00PM", 13),
    ],
)
def test_before_and_after_noon(text: str, hour: int) -> None:
    found = Clock().parse(text)
    assert found is not None and found // MICROS % 86400 // 3600 == hour


def test_a_leap_second_is_a_time() -> None:
    assert read("2016-12-31T23:59:60Z") == "2017-01-01T00:00:00Z"


@pytest.mark.parametrize(
    ("modified", "text", "year"),
    [
        (stamp(2024, 7, 1), "Jun  3 12:00:00", 2024),
        (stamp(2024, 1, 2), "Dec 31 23:59:59", 2023),
        (stamp(2024, 1, 2), "Jan  1 00:00:01", 2024),
        (stamp(2024, 6, 3), "Jun  4 01:00:00", 2024),  # a day's grace: the device may be ahead of UTC
        (stamp(2024, 6, 3), "Jun  5 01:00:00", 2023),
        (stamp(2023, 12, 31) + 86399, "Jan  1 00:30:00", 2024),
        (stamp(2024, 3, 1), "Feb 29 12:00:00", 2024),
        (stamp(2025, 3, 1), "Mar  1 12:00:00", 2025),
    ],
)
def test_a_missing_year_is_the_latest_that_the_file_allows(modified: float, text: str, year: int) -> None:
    clock = Clock(modified=modified)
    found = clock.parse(text)
    assert found is not None and iso(found).startswith(str(year))
    assert clock.last == "year,zone"


def test_a_leap_day_without_a_year_is_in_a_leap_year() -> None:
    assert read("Feb 29 12:00:00", Clock(modified=stamp(2025, 3, 1))) == "2024-02-29T12:00:00Z"


def test_without_a_file_the_year_is_never_in_the_future() -> None:
    tomorrow = datetime.now(UTC) + timedelta(days=3)
    found = Clock().parse(f"{tomorrow:%b %d} 12:00:00")
    assert found is not None and found < time.time() * MICROS


def test_a_zone_of_the_user_is_for_times_without_one() -> None:
    berlin = Clock(zone("Europe/Berlin"))
    assert read("2024-06-03 14:00:00", berlin) == NOON
    assert read("2024-01-03 13:00:00", berlin) == "2024-01-03T12:00:00Z"
    assert read("2024-06-03T12:00:00Z", berlin) == NOON
    assert read("2024-06-03 08:00:00 EDT", berlin) == NOON
    assert not berlin.assumed


def test_hours_that_clocks_skip_or_repeat_are_read_and_stay_in_order() -> None:
    berlin = Clock(zone("Europe/Berlin"))
    assert read("2024-03-31 01:59:59", berlin) == "2024-03-31T00:59:59Z"
    assert read("2024-03-31 03:00:00", berlin) == "2024-03-31T01:00:00Z"
    assert read("2024-10-27 01:59:59", berlin) == "2024-10-26T23:59:59Z"
    assert read("2024-10-27 02:30:00", berlin) == "2024-10-27T00:30:00Z"  # the first of the two
    assert read("2024-10-27 03:00:00", berlin) == "2024-10-27T02:00:00Z"


def test_a_zone_beside_the_time_is_used() -> None:
    assert read("2024-06-03 14:00:00", zone_text="+0200") == NOON
    assert read("2024-06-03 14:00:00", zone_text="CEST") == NOON
    assert read("2024-06-03 14:00:00", zone_text="Europe/Berlin") == NOON


def test_a_zone_beside_the_time_that_is_none_is_told_as_assumed() -> None:
    for name in ("Europe/Atlantis", "../etc/passwd", "/", "Europe", "Europe/" + "x" * 200):
        clock = Clock()
        assert read("2024-06-03 12:00:00", clock, zone_text=name) == NOON
        assert clock.last == "zone", name
    assert read("2024-06-03T12:00:00Z", zone_text="+0200") == NOON


def test_an_ambiguous_abbreviation_is_not_guessed_silently() -> None:
    clock = Clock()
    assert read("2024-06-03 12:00:00 IST", clock) == NOON
    assert clock.last == "zone"


def test_documented_utc_is_no_assumption_and_the_users_zone_does_not_touch_it() -> None:
    clock = Clock(zone("Europe/Berlin"))
    found = clock.parse("2024-06-03 12:00:00", documented_utc=True)
    assert found is not None and iso(found) == NOON
    assert not clock.assumed and clock.last is None


def test_what_was_assumed_is_counted_and_said() -> None:
    clock = Clock(modified=stamp(2024, 7, 1))
    for text in (
        "Jun  3 12:00:00",
        "Jun  4 12:00:00",
        "2024-06-03 12:00:00",
        "5/2/2024 12:00:00",
        "1717416000",
        "2024-06-03T12:00:00Z",
        "junk",
    ):
        clock.parse(text)
    said = {kind: (text, count) for kind, text, count in assumptions(clock)}
    assert {kind: count for kind, (_, count) in said.items()} == {"zone": 4, "year": 2, "day_order": 1}
    assert "UTC" in said["zone"][0] and "--timezone" in said["zone"][0]
    assert "year" in said["year"][0]
    assert "month/day" in said["day_order"][0]


def test_last_speaks_of_the_last_time_only() -> None:
    clock = Clock()
    clock.parse("2024-06-03 12:00:00")
    assert clock.last == "zone"
    clock.parse("junk")
    assert clock.last is None


@pytest.mark.parametrize(
    ("samples", "usual", "day_first"),
    [
        (["03/06/2024 12:00:00", "25/06/2024 12:00:00"], None, True),
        (["06/03/2024 12:00:00", "06/25/2024 12:00:00"], None, False),
        (["06/25/2024 12:00:00"], True, False),
        (["03/06/2024 12:00:00"], True, True),
        (["03/06/2024 12:00:00"], None, None),
        (["03/06/2024 12:00:00 PM"], None, False),
        (["03.06.2024 12:00:00"], None, True),
        (["03/06/2024 12:00:00 p. m."], None, True),
        (["03/06/2024 12:00:00 p.\xa0m."], None, True),
        (["99/05/24 08:00:00", "03/26/24 08:00:00"], None, False),
        (["99/05/24 08:00:00", "13/14/24 08:00:00"], None, None),
        (["junk", ""], None, None),
    ],
)
def test_day_or_month_first_is_learnt_from_the_file(
    samples: list[str], usual: bool | None, day_first: bool | None
) -> None:
    clock = Clock(day_first=usual)
    clock.learn(samples)
    assert clock.day_first is day_first


def test_an_order_that_is_likely_is_assumed_until_a_date_tells() -> None:
    clock = Clock()
    clock.supposed_day_first = True
    clock.learn(["03/06/2024 12:00:00"])
    assert clock.day_first is None
    assert read("03/06/2024 12:00:00", clock) == NOON and clock.last == "day_order,zone"
    assert "day/month" in {kind: text for kind, text, _ in assumptions(clock)}["day_order"]
    assert read("06/25/2024 12:00:00", clock) == "2024-06-25T12:00:00Z"
    assert read("06/03/2024 12:00:00", clock) == NOON


def test_what_is_no_day_tells_no_order() -> None:
    clock = Clock(day_first=False)
    assert clock.parse("99/05/24 08:00:00") is None
    assert clock.day_first is False
    assert read("01/05/24 08:00:00", clock) == "2024-01-05T08:00:00Z"


def test_the_order_learnt_holds_for_the_whole_file() -> None:
    clock = Clock()
    clock.learn(["03/06/2024 12:00:00", "25/06/2024 12:00:00"])
    assert read("03/06/2024 12:00:00", clock) == NOON
    assert "day_order" not in clock.assumed
    assert read("6/6/2024 12:00:00", Clock()) == "2024-06-06T12:00:00Z"


@pytest.mark.parametrize(
    ("text", "offset"),
    [("UTC", 0), ("+02:00", 120), ("-0330", -210), ("+5", 300), ("Z", 0), ("GMT+1", 60), (" CET ", 60)],
)
def test_a_fixed_zone_is_understood(text: str, offset: int) -> None:
    assert zone(text).utcoffset(datetime(2024, 6, 3)) == timedelta(minutes=offset)


def test_a_zone_by_name_is_understood() -> None:
    assert zone("Europe/Berlin") == ZoneInfo("Europe/Berlin")


@pytest.mark.parametrize(
    "text", ["Mars/Olympus", "", "+99:00", "../etc/passwd", "/etc/localtime", "Europe", "+1:2:3", "\x00"]
)
def test_an_unknown_zone_is_wrong_usage(text: str) -> None:
    with pytest.raises(UsageError, match="unknown time zone"):
        zone(text)


@pytest.mark.parametrize(
    ("micros", "text"),
    [
        (0, "1970-01-01T00:00:00Z"),
        (1, "1970-01-01T00:00:00.000001Z"),
        (1000, "1970-01-01T00:00:00.001Z"),
        (-1, "1969-12-31T23:59:59.999999Z"),
    ],
)
def test_iso_shows_as_many_digits_as_are_needed(micros: int, text: str) -> None:
    assert iso(micros) == text


@given(st.datetimes(min_value=datetime(1990, 1, 2), max_value=datetime(2099, 12, 30)))
@example(datetime(2024, 2, 29, 23, 59, 59, 999999))
def test_what_iso_writes_is_read_again(moment: datetime) -> None:
    micros = (moment - datetime(1970, 1, 1)) // timedelta(microseconds=1)
    assert Clock().parse(iso(micros)) == micros


@given(st.datetimes(min_value=datetime(1990, 1, 2), max_value=datetime(2099, 12, 30)), st.integers(-14 * 60, 14 * 60))
def test_python_agrees(moment: datetime, minutes: int) -> None:
    aware = moment.replace(microsecond=0, tzinfo=timezone(timedelta(minutes=minutes)))
    expected = int(aware.timestamp()) * MICROS
    for text in (
        aware.isoformat(),
        f"{aware:%d/%b/%Y:%H:%M:%S %z}",
        f"{aware:%a, %d %b %Y %H:%M:%S %z}",
        f"{aware:%Y%m%dT%H:%M:%S%z}",
    ):
        assert Clock().parse(text) == expected


@given(st.text() | st.text(alphabet="0123456789-/:. TZJunFebAPM+,[]()", max_size=40))
def test_no_text_makes_it_fail(text: str) -> None:
    clock = Clock(modified=stamp(2024, 7, 1))
    for found in (clock.parse(text), clock.parse("2024-06-03 12:00:00", text), clock.parse(text, text)):
        assert found is None or stamp(1989, 12, 31) * MICROS <= found <= stamp(2101, 1, 2) * MICROS
    clock.learn([text])


@pytest.mark.parametrize("unit", ["1", " ", "2024-", "Jun ", ":", "a", "(", "+", "1 Jun "])
def test_a_megabyte_is_no_matter(unit: str) -> None:
    text = unit * ((1 << 20) // len(unit))
    for whole in (text, f"2024-06-03 12:00:00 {text}", f"Jun 3 {text}"):
        Clock().parse(whole)
        Clock().learn([whole])


def test_the_machines_own_zone_makes_no_difference(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("America/New_York", "Asia/Tokyo"):
        monkeypatch.setenv("TZ", name)
        time.tzset()
        try:
            assert read("2024-06-03 12:00:00") == read("Jun  3 12:00:00") == read("1717416000") == NOON
        finally:
            monkeypatch.delenv("TZ")
            time.tzset()
    assert "TZ" not in os.environ


TEXTS = [
    "1767600000.123", "1767600000.000", "0767600000.123", "1767600000,123", "17676000001.12", "\u0660767600000.123", "", "-", "yesterday",
    "2026-01-05 08:00:00", "2026-01-05T08:00:00Z", "2026-01-05T08:00:00.5+02:00", "05/02/2026 11:30:29", "13/02/2026 11:30:29",
    "Jan  5 08:00:00", "1767600000", "1767600000123",
]  # fmt: skip


@pytest.mark.parametrize("utc", [False, True])
def test_many_times_are_read_as_each_is(utc: bool) -> None:
    """In any mixture and order, with the same assumptions counted, the second time as the first."""
    rng = random.Random(5)
    many, single = Clock(modified=1_770_000_000), Clock(modified=1_770_000_000)
    for _ in range(300):
        texts = rng.choices(TEXTS, k=rng.choice((1, 2, 9)))
        assert many.parse_all(texts, documented_utc=utc) == [single.parse(text, documented_utc=utc) for text in texts]
        assert (many.assumed, many.day_first) == (single.assumed, single.day_first)


def test_seconds_and_milliseconds_are_read_at_once() -> None:
    texts = [f"{1_767_600_000 + n}.{n:03d}" for n in range(50)]
    assert Clock().parse_all(texts) == [Clock().parse(text) for text in texts]
    for odd in ("2767600000.123", "1767600000.12a", "1767600000:123", "1.67600000.123", "17676000.00.12"):
        assert Clock().parse_all([*texts, odd]) == [Clock().parse(text) for text in [*texts, odd]]


def test_numbers_are_the_times_of_their_texts() -> None:
    rng = random.Random(6)
    numbers = [rng.uniform(-1e9, 6e9) for _ in range(2000)]
    numbers += [round(rng.uniform(6e8, 4.2e9), rng.randrange(8)) for _ in range(5000)]
    numbers += [0.0, -0.0, 631_152_000.0, 4_102_444_800.0, 4_102_444_799.999999, 1e300]
    assert Clock().parse_all(numbers) == [Clock().parse(repr(number)) for number in numbers]


def test_mixed_kinds_are_not_read_at_once() -> None:
    assert Clock().parse_all(["2026-01-05 08:00:00", None]) is None
    assert Clock().parse_all([1.5, "1767600000"]) is None


@pytest.mark.parametrize(
    ("text", "assumed"),
    [
        ("06/03/24-12:00:00.536335", "zone"),
        ("06/03/2024-12:00:00.536335", "zone"),
        ("06/03-12:00:00.536335", "year,zone"),
    ],
)
def test_snort_writes_the_month_first_and_a_dash(text: str, assumed: str) -> None:
    clock = Clock(modified=datetime(2024, 7, 1, tzinfo=UTC).timestamp(), day_first=True)
    found = clock.parse(text)
    assert found is not None
    assert (iso(found), clock.last) == ("2024-06-03T12:00:00.536335Z", assumed)


def test_days_that_are_written_with_blanks_and_ordinals() -> None:
    expected = Clock().parse("2026-03-12 10:22:33")
    assert expected is not None
    for text in ("12. 3. 2026 10:22:33", "2026. 03. 12. 10:22:33", "Mar 12th 2026 10:22:33"):
        assert Clock().parse(text) == expected


@pytest.mark.parametrize(("text", "told"), [("never", True), ("0", True), ("-", False), ("- -", False), ("n/a", False)])
def test_a_time_that_is_told_is_more_than_a_dash(text: str, told: bool) -> None:
    assert is_told(text) is told and Clock().parse(text) is None


def test_of_an_hour_that_comes_twice_the_first_is_taken() -> None:
    clock = Clock(zone("Europe/Berlin"))
    assert iso(clock.parse("2026-10-25 02:30:00") or 0) == "2026-10-25T00:30:00Z"
