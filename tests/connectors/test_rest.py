"""What the connectors share: looks into answers, links, windows."""

from __future__ import annotations

import contextlib
import time
from dataclasses import dataclass

import pytest

from shadowai.connector import Mode
from shadowai.errors import UsageError
from shadowai.tenant import App, CursorExpired, Event, Grant, Missed, Person, Signal, TenantError, Trouble
from shadowai_connectors import rest

NOW = 1_800_000_000_000_000


@dataclass
class View:
    """A view with a mark."""

    left: str | None = None
    mode: Mode = "targeted"
    now: int = NOW

    def mark(self, task: str) -> str | None:
        return self.left


@pytest.mark.parametrize(
    ("written", "found"),
    [
        ("example.okta.com", "https://example.okta.com"),
        ("https://example.okta.com/", "https://example.okta.com"),
        ("https://ghes.example/api/v3", "https://ghes.example/api/v3"),
        ("http://127.0.0.1:4206", "http://127.0.0.1:4206"),
    ],
)
def test_an_address(written: str, found: str) -> None:
    assert rest.root({"domain": written, "insecure_localhost": "true"}, "domain") == found


@pytest.mark.parametrize(
    "written",
    [
        "http://example.okta.com",
        "http://127.0.0.1:4206",
        "ftp://example.com",
        "https://user:word@example.com",
        "https://example.com?x=1",
        "https://example.com#x",
        "https://exa mple.com",
        "https://example.com:0",
        "https://example.com:port",
        "https://[",
        "",
    ],
)
def test_what_is_no_safe_address_is_refused(written: str) -> None:
    with pytest.raises(UsageError, match="not an https address"):
        rest.root({"domain": written}, "domain")


@pytest.mark.parametrize("written", ["", "a/b", "..", "a?b", "a b", "ä"])
def test_a_part_of_an_address_looks_like_one(written: str) -> None:
    with pytest.raises(UsageError, match="organization is"):
        rest.needed_setting({"organization": written}, "organization", r"[a-z0-9-]+", "example")


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("2027-01-15T08:00:00Z", NOW),
        ("2027-01-15T08:00:00.000Z", NOW),
        ("2027-01-15T00:00:00-08:00", NOW),
        ("2027-01-15T08:00:00", NOW),
        (1_800_000_000, NOW),
        ("1800000000", NOW),
        (1_800_000_000.5, NOW + 500_000),
        ("1800000000.000200", NOW + 200),
        (True, None),
        (None, None),
        ("", None),
        ("yesterday", None),
        ("9999-12-31T23:59:59Z", None),
        (-5, None),
        (0, None),
        (float("nan"), None),
        (float("inf"), None),
        (10**400, None),
        ({"time": 1}, None),
    ],
)
def test_times(value: object, found: int | None) -> None:
    assert rest.micros(value) == found


def test_times_as_filters_take_them() -> None:
    assert rest.iso(NOW + 999_999) == "2027-01-15T08:00:00Z"
    assert rest.iso(rest.day(NOW)) == "2027-01-15T00:00:00Z"


@pytest.mark.parametrize(
    ("header", "found"),
    [
        ('<https://a.example/x?after=1>; rel="next"', "https://a.example/x?after=1"),
        (
            '<https://a.example/x>; rel="self", <https://a.example/x?a=1,2&b=3>; rel="next"',
            "https://a.example/x?a=1,2&b=3",
        ),
        ('<https://a.example/1>; rel="prev first", <https://a.example/2>; rel="last next"', "https://a.example/2"),
        ("<https://a.example/2>; rel=next", "https://a.example/2"),
        ('<https://a.example/2>; title="rel=next"; rel="last"', None),
        ('<https://a.example/x>; rel="self"', None),
        ('<https://a.example/2>; title="a; rel=next"; rel="last"', None),
        ("", None),
    ],
)
def test_the_next_link(header: str, found: str | None) -> None:
    assert rest.next_in({"link": header}) == found


@pytest.mark.parametrize(
    "header",
    [
        'https://a.example/x; rel="next"',
        "<https://a.example/x?after=1",
        "<https://a.example/x?after=1>",
        "<https://a.example/x?after=1>; re",
        '<https://a.example/x?after=1>; rel="ne',
        '<https://a.example/x>; rel="self",',
        '<https://a.example/x>; rel="self", <https://a.example/x?af',
        '<https://a.example/x>; rel="self", nonsense',
    ],
)
def test_a_link_header_that_is_cut_off_is_not_the_last_page(header: str) -> None:
    with pytest.raises(TenantError, match="cut off"):
        rest.next_in({"link": header})


@pytest.mark.parametrize("piece", ["<", ";a", '<x>;rel="', "<x>;rel=a,", " ", "<x>" + ";a" * 9])
def test_a_hostile_link_header_takes_no_time(piece: str) -> None:
    began = time.process_time()
    with contextlib.suppress(TenantError):
        rest.next_in({"link": piece * (1_000_000 // len(piece))})
    assert time.process_time() - began < 2.0


def test_a_row_without_what_it_is_known_by_is_missed_alone() -> None:
    found = list(rest.each([{"id": "1"}, {}, {"id": "2"}], lambda row: Person("okta", "t", rest.needed(row, "id"))))
    assert [type(one).__name__ for one in found] == ["Person", "Missed", "Person"]


def test_a_page_without_its_list_is_no_empty_page() -> None:
    assert rest.rows([]) == () and rest.rows({"data": []}, "data") == ()
    for body, key in (
        (None, None),
        ({}, None),
        ("", None),
        ({}, "data"),
        ({"data": None}, "data"),
        ([1], None),
        ([], "data"),
    ):
        with pytest.raises(TenantError, match="no list"):
            rest.rows(body, key)


def test_looks_into_rows() -> None:
    assert rest.text(" a ") == "a" and rest.text(5) == "5"
    assert rest.text("  ") is None and rest.text(True) is None and rest.text(["a"]) is None
    assert rest.text("a\ud800") == "a\\ud800" and rest.text("\U0001f600") == "\U0001f600"
    assert rest.texts(["a", 1, None, {}]) == ("a", "1") and rest.texts("ab") == ()
    assert rest.inside({"a": {"b": {"c": 1}}}, "a", "b") == {"c": 1} and rest.inside({"a": 5}, "a", "b") == {}
    with pytest.raises(TenantError, match="without id"):
        rest.needed({"id": ""}, "id")


def test_flat_gives_the_items_alone() -> None:
    app, person = App("p", "t", "a", "A"), Person("p", "t", "u")
    grant, event = Grant("p", "t", "g", "a", "seat"), Event("p", "t", "e", "a", "granted", 1)
    assert list(rest.flat((app, None, person))) == [app, person]
    assert list(rest.flat(grant)) == [grant] and list(rest.flat(event)) == [event] and list(rest.flat(None)) == []


def test_the_first_window_is_what_the_service_keeps() -> None:
    task = rest.log_task(View(), "log", "log", back=90 * rest.DAY, overlap=2 * rest.DAY, more=("x",))  # type: ignore[arg-type]
    assert task.arguments == (str(NOW - 90 * rest.DAY), str(NOW), "x") and not task.changes


@pytest.mark.parametrize(
    ("mark", "since"),
    [
        (NOW - rest.DAY, NOW - 3 * rest.DAY),
        (NOW - 400 * rest.DAY, NOW - 90 * rest.DAY),
        (NOW, NOW - 2 * rest.DAY),
    ],
    ids=["yesterday", "long ago", "now"],
)
def test_later_windows_begin_before_the_mark(mark: int, since: int) -> None:
    task = rest.log_task(View(str(mark)), "log", "log", back=90 * rest.DAY, overlap=2 * rest.DAY)  # type: ignore[arg-type]
    assert task.arguments == (str(since), str(NOW)) and task.changes


@pytest.mark.parametrize("view", [View("5", mode="full"), View("not a time"), View(str(NOW + rest.DAY))])
def test_without_a_mark_that_counts_everything_is_read(view: View) -> None:
    task = rest.log_task(view, "log", "log", back=90 * rest.DAY, overlap=0)  # type: ignore[arg-type]
    assert task.arguments[0] == str(NOW - 90 * rest.DAY) and not task.changes


def test_a_mark_that_is_to_come_leaves_out_no_day() -> None:
    (task,) = rest.days_task(View(str(NOW + 90 * rest.DAY)), "usage", back=9 * rest.DAY, late=0)  # type: ignore[arg-type]
    until = rest.day(NOW)
    assert task.arguments == (str(until - 9 * rest.DAY), str(until)) and not task.changes
    assert not rest.days_task(View(str(until)), "usage", back=9 * rest.DAY, late=0)  # type: ignore[arg-type]


def test_windows_of_sums_touch_and_end_before_now() -> None:
    first = rest.log_task(View(), "log", "log", back=9 * rest.DAY, overlap=-3600)  # type: ignore[arg-type]
    second = rest.log_task(View(first.arguments[1], now=NOW + rest.DAY), "log", "log", back=9 * rest.DAY, overlap=-3600)  # type: ignore[arg-type]
    assert first.arguments[1] == str(NOW - 3600) == second.arguments[0]


@pytest.mark.parametrize(
    ("status", "trouble", "kind"),
    [
        (400, Trouble.UNEXPECTED, CursorExpired),
        (410, Trouble.UNEXPECTED, CursorExpired),
        (404, Trouble.LICENCE, TenantError),
        (403, Trouble.SCOPE, TenantError),
        (None, Trouble.UNEXPECTED, TenantError),
    ],
)
def test_a_refused_cursor_has_expired_unless_it_is_something_else(
    status: int | None, trouble: Trouble, kind: type[Exception]
) -> None:
    assert type(rest.expired(TenantError(trouble, "x", status=status), lambda error: error)) is kind


def test_probes_give_the_remedy_that_the_service_does_not_know() -> None:
    signals = tuple(Signal(name, name, "/", (), remedy=f"mend {name}") for name in ("a", "b", "c", "d"))

    def ask(name: str) -> None:
        if name == "b":
            raise TenantError(Trouble.SCOPE, "no")
        if name == "c":
            raise TenantError(Trouble.LICENCE, "no", remedy="buy it")
        if name == "d":
            raise CursorExpired("gone")

    found = [(probe.signal, probe.finding, probe.remedy) for probe in rest.probes(signals, ask)]
    assert found == [("a", "ok", ""), ("b", "scope", "mend b"), ("c", "licence", "buy it"), ("d", "error", "mend d")]


def test_pages_are_asked_by_the_cursor_of_the_one_before() -> None:
    places = {None: "a", "a": "b", "b": None}
    asked: list[str | None] = []

    def ask(cursor: str | None) -> object:
        asked.append(cursor)
        return places[cursor]

    def following(body: object) -> str | None:
        return body if isinstance(body, str) else None

    assert [tuple(page) for page in rest.cursored(ask, following, None)] == [
        ("a", None, "a", ()),
        ("b", "a", "b", ()),
        (None, "b", None, ()),
    ]
    assert [page.cursor for page in rest.cursored(ask, following, "a")] == ["a", "b"]
    assert asked == [None, "a", "b", "a", "b"]


@pytest.mark.parametrize("ways", [{None: "a", "a": "a"}, {None: "a", "a": "b", "b": "a"}])
def test_cursors_that_go_round_in_a_circle_end(ways: dict[str | None, str]) -> None:
    pages = rest.cursored(lambda cursor: ways[cursor], lambda body: str(body), None)
    with pytest.raises(TenantError, match="go round in a circle"):
        list(pages)


def test_whole_days_are_read_once() -> None:
    today = rest.day(NOW)
    (first,) = rest.days_task(View(), "usage", back=30 * rest.DAY, late=0)  # type: ignore[arg-type]
    assert first.arguments == (str(today - 30 * rest.DAY), str(today)) and not first.changes
    assert rest.days_task(View(str(today)), "usage", back=30 * rest.DAY, late=0) == []  # type: ignore[arg-type]
    (later,) = rest.days_task(View(str(today), now=NOW + rest.DAY), "usage", back=30 * rest.DAY, late=0)  # type: ignore[arg-type]
    assert later.arguments == (str(today), str(today + rest.DAY)) and later.changes
    (whole,) = rest.days_task(View(str(today), mode="full"), "usage", back=30 * rest.DAY, late=0)  # type: ignore[arg-type]
    assert whole.arguments == first.arguments and not whole.changes


def test_a_day_is_read_when_the_last_of_it_has_arrived() -> None:
    """And one that was read sooner is not read again from the beginning of all."""
    today, hour = rest.day(NOW), rest.DAY // 24
    for now, until in ((today + 2 * hour, today - rest.DAY), (today + 3 * hour, today)):
        (task,) = rest.days_task(View(now=now), "usage", back=9 * rest.DAY, late=3 * hour)  # type: ignore[arg-type]
        assert task.arguments == (str(until - 9 * rest.DAY), str(until))
    assert not rest.days_task(View(str(today), now=today + hour), "usage", back=9 * rest.DAY, late=3 * hour)  # type: ignore[arg-type]


def test_what_was_missed_is_parted_from_what_was_found() -> None:
    person, lost = Person("x", "t", "1"), Missed(Trouble.SERVER, "no")
    assert rest.parted([lost, person]) == ((person,), (lost,))


@pytest.mark.parametrize(("value", "number"), [(0, 0), (7, 7), ("7", 7), ("007", 7), (7.0, 7), (2**53 - 1, 2**53 - 1)])
def test_a_number_of_things(value: object, number: int) -> None:
    assert rest.counted({"n": value}, "n") == number


@pytest.mark.parametrize(
    "value",
    [
        None,
        True,
        False,
        -1,
        "-1",
        "",
        " 7",
        "7.5",
        7.5,
        "\u0667",
        [7],
        {},
        2**53,
        10**400,
        1e300,
        float("nan"),
        "9" * 5000,
    ],
)
def test_what_is_no_number_of_things_is_not_none_of_them(value: object) -> None:
    with pytest.raises(TenantError, match="n is no number"):
        rest.counted({"n": value}, "n")
    with pytest.raises(TenantError, match="n is no number"):
        rest.counted({}, "n")


@pytest.mark.parametrize(
    ("status", "body", "gone"), [(404, {}, True), (404, None, False), (403, {}, False), (None, {}, False)]
)
def test_only_the_service_says_what_is_gone(status: int | None, body: object, gone: bool) -> None:
    assert rest.is_gone(TenantError(Trouble.UNEXPECTED, "x", status=status, body=body)) is gone


def test_a_page_given_again_is_told_and_a_replayed_one_is_not() -> None:
    rows = [{"id": "1"}]
    chain, replayed = rest.Chain(), rest.Chain(replayed=True)
    assert [
        chain.on(found, link) for found, link in ((rows, "a"), (list(rows), "b"), ([], "c"), ([], "d"), (rows, None))
    ] == [
        (),
        (rest.AGAIN,),
        (),
        (),
        (),
    ]
    assert [replayed.on(rows, link) for link in ("a", "b", None)] == [(), (), ()]


def test_empty_pages_end_some_day() -> None:
    chain = rest.Chain()
    for number in range(rest.EMPTY - 1):
        chain.on([], str(number))
    chain.on([{"id": "1"}], "row")
    for number in range(rest.EMPTY - 1):
        chain.on([], f"again {number}")
    with pytest.raises(TenantError, match="empty pages in a row"):
        chain.on([], "too many")


def test_what_tells_pages_apart_is_their_rows() -> None:
    assert rest.rows_in({"data": [1], "next": "a"}) == rest.rows_in({"data": [1], "next": "b"})
    assert rest.rows_in({"data": [], "x": "y"}) is None and rest.rows_in([]) is None and rest.rows_in([1]) == [[1]]
