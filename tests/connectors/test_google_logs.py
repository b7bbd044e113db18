"""Reading Google's logs window by window: nothing lost, nothing twice, few requests."""

from __future__ import annotations

import json
import random
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

import pytest

from shadowai.tenant import Activity, App, CursorExpired, Event, Grant, Page, TenantError, Trouble
from shadowai_connectors import google_logs
from shadowai_connectors.google_client import Google
from shadowai_connectors.google_logs import Mark, consents, mark_of, use, workspace_ai
from shadowai_connectors.google_plan import DAILY, LANES, plan
from shadowai_connectors.rest import DAY, SECOND, micros
from tests.connectors.google_server import ADMINISTRATOR, CHATGPT, consent
from tests.connectors.test_google_plan import Planned
from tests.tenants.sweeps import matcher

NOW = 1_790_000_000 * SECOND
START = NOW - 40 * DAY


class Paper(Google):
    """A Google whose log is a list; it counts pages, and fails as it is told."""

    def __init__(self, rows: list[dict[str, Any]], page: int = 1000) -> None:
        self.logs: dict[str | None, list[tuple[int, dict[str, Any]]]] = {None: []}
        for row in sorted(rows, key=lambda row: str(row["id"]["time"]), reverse=True):
            for name in (None, row["events"][0]["name"]):
                self.logs.setdefault(name, []).append((-(micros(row["id"]["time"]) or 0), row))
        self.page, self.asked, self.failures = page, 0, dict[int, Exception]()
        self.tenant = "example.com"
        from shadowai_connectors.google_settings import account

        self.account = account({"administrator": ADMINISTRATOR, "key": "env:X"})
        self.queries: list[Mapping[str, Any]] = []

    def ask(self, api: str, scope: str, quota: Any, make: Any) -> Any:
        query: dict[str, Any] = {}

        class Api:
            def activities(self) -> Api:
                return self

            def list(self, **about: Any) -> None:
                query.update(about)

        make(Api())
        self.asked += 1
        self.queries.append(query)
        if self.asked in self.failures:
            raise self.failures[self.asked]
        start, end = micros(query["startTime"]) or 0, micros(query["endTime"]) or 0
        log = self.logs.get(query.get("eventName"), [])
        first = bisect_left(log, -end, key=lambda one: one[0])
        last = bisect_right(log, -start, key=lambda one: one[0])
        at = first + int(query["pageToken"] or 0)
        body: dict[str, Any] = {"items": [row for _, row in log[at : min(at + self.page, last)]]}
        return body | ({"nextPageToken": str(at + self.page - first)} if at + self.page < last else {})


def rows(count: int, days: float = 40.0, seed: int = 1) -> list[dict[str, Any]]:
    draw = random.Random(seed)
    return [consent(NOW / SECOND - draw.random() * days * 86_400, n, user=n % 50) for n in range(count)]


def arguments(event: str = "authorize", start: int = START, daily: int = -1) -> tuple[str, ...]:
    return (event, str(start), str(NOW), str(start), str(daily))


def gathered(pages: Iterator[Page]) -> tuple[dict[str, Event], dict[str, Grant], Page]:
    """What a store makes of pages: the last of a name stays."""
    events: dict[str, Event] = {}
    grants: dict[str, Grant] = {}
    last = Page(())
    for last in pages:
        events |= {item.id: item for item in last.items if isinstance(item, Event)}
        grants |= {item.id: item for item in last.items if isinstance(item, Grant)}
    return events, grants, last


def test_every_event_is_found_and_the_last_page_leaves_the_mark() -> None:
    log = rows(500)
    events, grants, last = gathered(consents(Paper(log), arguments(), None))
    assert len(events) == 500 and len(grants) == 50
    assert last.cursor is None and mark_of(last.mark) == Mark(START, NOW, mark_of(last.mark).daily)  # type: ignore[union-attr]
    newest = {row["actor"]["profileId"]: "" for row in log}
    for row in log:
        newest[row["actor"]["profileId"]] = max(newest[row["actor"]["profileId"]], row["id"]["time"])
    assert {grant.principal: grant.granted for grant in grants.values()} == {
        who: micros(t) for who, t in newest.items()
    }


def test_a_sweep_killed_anywhere_ends_with_the_same() -> None:
    log = rows(400)
    whole = gathered(consents(Paper(log), arguments(), None))[:2]
    cursors = [page.cursor for page in consents(Paper(log), arguments(), None)]
    for kept in range(1, len(cursors)):
        before = list(consents(Paper(log), arguments(), None))[:kept]
        events, grants, _ = gathered(iter([*before, *consents(Paper(log), arguments(), cursors[kept - 1])]))
        assert (events, grants) == whole


def test_windows_shrink_where_there_is_much() -> None:
    burst = [consent(NOW / SECOND - 5 * 86_400 + n / 100, n, user=n) for n in range(1500)]
    paper = Paper(burst, page=10)
    events, _, last = gathered(consents(paper, arguments(), None))
    assert len(events) == 1500 and last.mark is not None


def test_a_second_with_more_than_a_window_holds_is_read_whole() -> None:
    burst = [consent(NOW / SECOND - 86_400, n, user=n) for n in range(900)]
    events, _, _ = gathered(consents(Paper(burst, page=10), arguments(), None))
    assert len(events) == 900


def test_page_tokens_that_expire_cost_one_window_and_lose_nothing() -> None:
    paper = Paper(rows(5000, days=1.0), page=1000)
    paper.failures = {8: TenantError(Trouble.UNEXPECTED, "Invalid page token", status=400)}
    events, _, _ = gathered(consents(paper, arguments(), None))
    assert len(events) == 5000 and paper.asked < 20


def test_page_tokens_that_always_expire_are_an_error() -> None:
    paper = Paper(rows(5000, days=1.0), page=1000)
    wrong = TenantError(Trouble.UNEXPECTED, "Invalid page token", status=400)
    paper.failures = dict.fromkeys(range(2, 100, 2), wrong)
    with pytest.raises(TenantError, match="page tokens expire"):
        list(consents(paper, arguments(start=NOW - DAY), None))


def test_what_is_not_understood_makes_the_task_partial() -> None:
    bad = consent(NOW / SECOND - 100, 1)
    bad["events"][0]["parameters"] = []
    pages = list(consents(Paper([bad, consent(NOW / SECOND - 90, 2)]), arguments(), None))
    assert [missed.detail for page in pages for missed in page.missed] == ["1 records could not be understood"]


def test_where_nothing_is_to_be_asked_what_is_known_stands() -> None:
    paper = Paper([])
    (page,) = consents(paper, ("authorize", "5", "5", "1", "700"), None)
    assert page == Page((), mark="1 5 700") and paper.asked == 0


@pytest.mark.parametrize("cursor", ["", "x", "{}", "[1]", '["a", 1, 2]', "[1, 2, 3, 4]"])
def test_a_cursor_of_another_make_begins_again(cursor: str) -> None:
    with pytest.raises(CursorExpired):
        list(consents(Paper([]), arguments(), cursor))


@pytest.mark.parametrize("text", [None, "", "1 2", "1 2 x", "-1 2 3", "1 2 3 4"])
def test_a_mark_of_another_make_is_none(text: str | None) -> None:
    assert mark_of(text) is None


def test_calls_of_an_app_are_asked_for_by_its_client_and_told_page_by_page() -> None:
    calls = [consent(NOW / SECOND - n, n, name="activity", user=n % 2, num_response_bytes=3) for n in range(1, 26)]
    paper = Paper(calls, page=10)
    pages = list(use(paper, (CHATGPT, "ChatGPT", str(NOW - DAY), str(NOW)), None))
    assert {query["filters"] for query in paper.queries} == {f"client_id=={CHATGPT}"}
    sums = [item for page in pages for item in page.items if isinstance(item, Activity)]
    assert sum(one.events for one in sums) == 25 and sum(one.bytes_down or 0 for one in sums) == 75
    assert [page.cursor for page in pages] == ["10", "20", None] and pages[-1].mark == str(NOW)
    rest = list(use(paper, (CHATGPT, "ChatGPT", str(NOW - DAY), str(NOW)), "20"))
    assert rest == pages[2:]


def test_google_s_own_products_are_told_as_such() -> None:
    log = [consent(NOW / SECOND - 5, 1, name="feature_utilization")]
    paper = Paper(log)
    (page,) = workspace_ai(paper, ("gemini_notebook", str(NOW - DAY), str(NOW)), None)
    (app,) = [item for item in page.items if isinstance(item, App)]
    assert (app.name, app.first_party, app.homepage) == ("NotebookLM", True, "https://notebooklm.google.com/")
    assert "eventName" not in paper.queries[0] and page.mark == str(NOW)


def test_what_gemini_suggests_by_itself_is_no_use() -> None:
    unasked = (
        "proactive_suggestions_response",
        "summarize_proactive",
        "generate_starter_tile_prompts",
        "suggest_full_replies",
    )
    log = [consent(NOW / SECOND - n, n, name="feature_utilization", action=what) for n, what in enumerate(unasked, 1)]
    asked = [consent(NOW / SECOND - 9, 9, name="feature_utilization", action="summarize", user=1)]
    window = (str(NOW - DAY), str(NOW))
    (page,) = workspace_ai(Paper(log), ("gemini_in_workspace_apps", *window), None)
    assert page.items == () and page.mark == str(NOW)
    (page,) = workspace_ai(Paper([*log, *asked]), ("gemini_in_workspace_apps", *window), None)
    assert [item.events for item in page.items if isinstance(item, Activity)] == [1]


@pytest.mark.parametrize(
    ("application", "service"),
    [
        ("gemini_in_workspace_apps", "google-gemini"),
        ("gemini_notebook", "google-notebooklm"),
        ("workspace_studio", None),
    ],
)
def test_a_product_that_has_a_log_of_its_own_is_known_by_it(application: str, service: str | None) -> None:
    """By the log that tells of it, and by no name."""
    log = Paper([consent(NOW / SECOND - 5, 1, name="feature_utilization")])
    (page,) = workspace_ai(log, (application, str(NOW - DAY), str(NOW)), None)
    (app,) = [item for item in page.items if isinstance(item, App)]
    found = matcher().match(app).matches
    assert [(match.signature, match.strength) for match in found] == ([(service, "strong")] if service else [])
    typed = replace(app, kind="oauth_app", verified_publisher=None, publisher="Google")
    assert not matcher().match(typed).matches, "what anybody may type in proves nothing"


@pytest.mark.parametrize("scale", [100])
def test_the_number_of_requests(monkeypatch: pytest.MonkeyPatch, scale: int) -> None:
    """A million consents in 180 days, at one hundredth: 180 days take about 1,000 requests, a day at most 10.

    Pages, windows and the daily budget are a hundredth as large, and so the number of requests is what it is in full.
    """
    monkeypatch.setattr(google_logs, "PAGE", 1000 // scale)
    monkeypatch.setattr(google_logs, "FULL", google_logs.FULL // scale)
    monkeypatch.setattr(
        "shadowai_connectors.google_plan.DAILY", {name: count // scale for name, count in DAILY.items()}
    )
    draw = random.Random(7)
    log = [
        consent(NOW / SECOND - draw.random() * 181 * 86_400, n, name="revoke" if n % 20 == 0 else "authorize")
        for n in range(1_055_000 // scale)
    ]
    paper = Paper(log, page=1000 // scale)
    marks: dict[str, str | None] = {}
    for day, most in ((-1, 1150), (0, 10)):
        paper.asked = 0
        view = Planned(now=NOW + day * DAY, mode="targeted" if day < 0 else "delta", marks=marks)
        for task in plan(view):
            if task.signal == "grants":
                *_, last = consents(paper, task.arguments, None)
                marks[task.name] = last.mark
        assert paper.asked <= most, paper.asked
        assert day == 0 or paper.asked >= 1000
    assert set(marks) == {f"{event}/{n + 1}-of-{count}" for event, count in LANES.items() for n in range(count)}
    json.dumps(marks)
