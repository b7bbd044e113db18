"""The page in headless Chromium: nothing of a name runs or loads, and tables sort and filter by keyboard."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from shadowai.export.html.context import Context, Reason
from shadowai.model import Actor, Report, Usage, Verdict
from tests.export.html.pages import DAYS, FULL, PAYLOADS, PEOPLE, candidate, context, entry, everything, written
from tests.export.reports import hostile

Open = Callable[..., Page]


class Watched:
    """What a page did that it must not do."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.asked: list[str] = []

    def watch(self, page: Page) -> None:
        page.on("console", lambda message: self.said.append(message.text))
        page.on("pageerror", lambda error: self.said.append(str(error)))
        page.on("dialog", lambda dialog: self.said.append(dialog.message))
        page.on("request", lambda request: self.asked.append(request.url))


@pytest.fixture
def watched() -> Watched:
    """What was seen of the pages of a test."""
    return Watched()


@pytest.fixture
def opened(browser: Browser, tmp_path: Path, watched: Watched) -> Iterator[Open]:
    """Opens a report as the file that it is."""
    contexts: list[BrowserContext] = []

    def open_(report: Report | str, beside: Context | None = None, **how: Any) -> Page:
        path = tmp_path / f"report-{len(contexts)}.html"
        path.write_text(report if isinstance(report, str) else written(report, beside), encoding="utf-8")
        contexts.append(browser.new_context(offline=True, **how))
        page = contexts[-1].new_page()
        watched.watch(page)
        page.goto(path.as_uri())
        return page

    yield open_
    for one in contexts:
        one.close()


def test_nothing_in_any_name_runs_or_loads(opened: Open, watched: Watched) -> None:
    pages = [opened(everything(), context("".join(PAYLOADS)))]
    pages += [opened(FULL, context(text)) for text in PAYLOADS[1:3]]
    for page in pages:
        page.evaluate("document.querySelectorAll('details').forEach((details) => { details.open = true; })")
        assert page.evaluate("window.ran") is None
        assert page.evaluate("[document.scripts.length, document.styleSheets.length, document.images.length]") == [
            1,
            1,
            0,
        ]
        assert (
            page.evaluate(
                "document.querySelectorAll('iframe, object, embed, base, form, [onload], [onerror], [style]').length"
            )
            == 0
        )
        assert page.evaluate("getComputedStyle(document.body).display") == "block"
        page.close()
    assert watched.said == []
    assert [url for url in watched.asked if not url.startswith("file:///")] == []
    assert len(watched.asked) == len(pages)


def test_the_policy_holds_even_if_markup_got_through(opened: Open, watched: Watched) -> None:
    page = opened(FULL)
    page.evaluate(
        """() => {
            const script = document.createElement("script");
            script.append("window.ran = 1"); document.body.append(script);
            const image = new Image(); image.src = "http://198.51.100.1/x.png"; document.body.append(image);
        }"""
    )
    assert page.evaluate("window.ran") is None
    assert any("Content Security Policy" in text for text in watched.said)


def _column(page: Page, number: int) -> list[str]:
    rows = page.query_selector_all("#services tbody tr:not([hidden])")
    return [rows[i].query_selector_all("th, td")[number].inner_text().split("\n")[0] for i in range(len(rows))]


def test_a_table_sorts_by_keyboard_and_says_so(opened: Open) -> None:
    page = opened(FULL)
    assert _column(page, 0) == ["ChatGPT", "Claude", "DeepL", "Unseen", "Other, the"]
    head = page.locator("#services th", has_text="Sent")
    head.locator("button").focus()
    page.keyboard.press("Enter")
    assert (_column(page, 0)[:3], head.get_attribute("aria-sort")) == (["ChatGPT", "Unseen", "Claude"], "descending")
    page.keyboard.press("Enter")
    assert (_column(page, 0)[-1], head.get_attribute("aria-sort")) == ("ChatGPT", "ascending")
    page.locator("#services th", has_text="Service").locator("button").click()
    assert _column(page, 0) == ["ChatGPT", "Claude", "DeepL", "Other, the", "Unseen"]
    assert page.locator("#services th[aria-sort]").count() == 1


def test_a_table_filters_by_text_and_verdict_and_counts(opened: Open) -> None:
    page = opened(FULL)
    find, verdict, count = (page.locator(f"#services {what}") for what in ("input", "select", "output"))
    find.fill("  CLAUDE ")
    assert (_column(page, 0), count.inner_text()) == (["Claude"], "1 of 5")
    find.fill("")
    verdict.select_option("unreviewed")
    assert (_column(page, 0), count.inner_text()) == (["Unseen", "Other, the"], "2 of 5")
    find.fill("nothing of that name")
    assert (_column(page, 0), count.inner_text()) == ([], "0 of 5")


def test_unknown_ai_is_filtered_by_its_level(opened: Open) -> None:
    page = opened(FULL)
    page.locator("#unknown select").select_option("likely")
    assert page.locator("#unknown tbody tr:visible").count() == 1
    assert page.locator("#unknown label", has_text="Level").count() == 1


def test_verdicts_manners_of_use_and_risks_sort_by_their_order_and_not_by_letters(opened: Open) -> None:
    told = (
        (80, 20, "critical", Verdict.SANCTIONED, Usage.RESOLVED),
        (60, 60, "high", Verdict.PROHIBITED, Usage.CONNECTED),
        (69, 30, "high", Verdict.NOT_AI, Usage.AUTONOMOUS),
        (None, None, "", Verdict.UNREVIEWED, None),
    )
    plain = [entry(asset_id=str(n), service_id=str(n), service=str(n)) for n in range(len(told))]
    rows = tuple(
        replace(row, risk=high, risk_low=low, risk_level=level, verdict=verdict, usage=usage)
        for row, (high, low, level, verdict, usage) in zip(plain, told, strict=True)
    )
    page = opened(Report(rows))
    for head, order in (("Risk", "0123"), ("Verdict", "1302"), ("Use", "2103")):
        page.locator("#services th", has_text=head).locator("button").click()
        assert "".join(_column(page, 0)) == order, head


def test_rows_that_are_not_on_the_page_are_counted_by_its_filter(opened: Open) -> None:
    rows = tuple(entry(asset_id=str(n), service_id=str(n)) for n in range(1_002))
    page = opened(Report(rows))
    assert page.locator("#services output").inner_text() == "1,000 of 1,000; 2 more are not on this page"


def test_without_scripts_every_row_is_there(opened: Open) -> None:
    page = opened(FULL, java_script_enabled=False)
    assert page.locator("#services tbody tr:visible").count() == 5
    assert page.locator("#services button, #services input").count() == 0


@pytest.mark.parametrize("width", [320, 390, 1280])
def test_the_page_is_never_wider_than_the_screen(opened: Open, width: int) -> None:
    for report, beside in ((FULL, Context(people=PEOPLE)), (hostile("x" * 10_000), context("x" * 10_000))):
        page = opened(report, beside, viewport={"width": width, "height": 800})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        if report is not FULL:
            continue
        shown = "narrow" if width < 600 else "wide"
        assert page.locator(f"#summary .drawing .{shown}").is_visible()


CONTRAST = """() => {
    const numbers = (text) => text.match(/[\\d.]+/g).map(Number);
    const over = (top, under) => { const a = top[3] ?? 1; return [0, 1, 2].map((i) => top[i] * a + under[i] * (1 - a)); };
    const light = (rgb) => {
        const [r, g, b] = rgb.map((c) => { c /= 255; return c <= .03928 ? c / 12.92 : ((c + .055) / 1.055) ** 2.4; });
        return .2126 * r + .7152 * g + .0722 * b;
    };
    const behind = (element) => {
        const under = element.parentElement ? behind(element.parentElement) : [255, 255, 255];
        return over(numbers(getComputedStyle(element).backgroundColor), under);
    };
    const low = [];
    for (const element of document.querySelectorAll("body *")) {
        const own = [...element.childNodes].some((node) => node.nodeType === 3 && node.textContent.trim());
        if (!own || element.closest(".hidden, .skip, script, svg") || !element.getClientRects().length) continue;
        const ground = behind(element);
        const [a, b] = [light(over(numbers(getComputedStyle(element).color), ground)), light(ground)].sort((x, y) => y - x);
        const ratio = (a + .05) / (b + .05);
        if (ratio < 4.5) low.push(`${element.className || element.tagName}: ${ratio.toFixed(2)}`);
    }
    return low;
}"""
"""Texts whose contrast is under 4.5:1 (WCAG 2.2, success criterion 1.4.3)."""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_has_the_contrast_that_it_needs(opened: Open, scheme: str) -> None:
    page = opened(FULL, context("x"), color_scheme=scheme)
    assert page.evaluate(CONTRAST) == []
    paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
    assert paper == ("rgb(255, 255, 255)" if scheme == "light" else "rgb(20, 23, 26)")


def test_it_has_landmarks_headings_in_order_and_headed_tables(opened: Open) -> None:
    page = opened(FULL, context("x"))
    for landmark in ("header", "nav[aria-label]", "main", "footer", "h1", "html[lang=en]"):
        assert page.locator(landmark).count() == 1, landmark
    levels = page.evaluate("[...document.querySelectorAll('h1, h2, h3')].map((h) => Number(h.tagName[1]))")
    assert levels[0] == 1 and all(after - before <= 1 for before, after in pairwise(levels))
    tables = "[...document.querySelectorAll('table')]"
    assert page.evaluate(
        f"{tables}.every((t) => t.caption && [...t.tHead.rows[0].cells].every((c) => c.scope === 'col'))"
    )
    assert page.evaluate("[...document.querySelectorAll('tbody tr')].every((r) => r.querySelector('th[scope=row]'))")
    assert page.evaluate("[...document.querySelectorAll('input, select')].every((c) => c.labels.length === 1)")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    assert page.evaluate("document.activeElement.getBoundingClientRect().left") >= 0


LONG = "Ein Dienst mit einem sehr langen Namen für Geschäftsprozesse مساعد الذكاء 人工智能写作助手专业版 🤖 " * 3


@cache
def large() -> str:
    """A page of two thousand rows with long names in several scripts, and everything that may stand beside them."""
    verdicts = list(Verdict)
    rows = tuple(
        replace(
            entry(
                asset_id=str(n),
                service_id=str(n),
                service=f"{n} {LONG}",
                verdict=verdicts[n % len(verdicts)],
                days=DAYS,
                names=("Mozilla/5.0 " + "x" * 300, "chat.example"),
                verdict_reason=LONG,
            ),
            risk=n % 90,
            risk_low=0,
            risk_level="high",
        )
        for n in range(2_000)
    )
    notes = tuple(replace(note, kind=kind, text=f"{kind} {LONG}") for note in FULL.notes for kind in KINDS)
    reasons = {row.asset_id: tuple(Reason(f"{n}: {LONG}", n, 0) for n in range(9)) for row in rows}
    people = replace(PEOPLE, entries=tuple(replace(row, actor=Actor(f"{row.asset_id} {LONG}")) for row in rows))
    candidates = tuple(candidate(f"{n}.{'x' * 80}.example") for n in range(200))
    report = replace(FULL, entries=rows, notes=notes, candidates=candidates)
    return written(report, replace(context("x"), people=people, risks=reasons))


KINDS = (
    *(
        "encrypted_hello",
        "quic_incomplete",
        "encrypted_dns",
        "vpn",
        "nameless",
        "snap_length",
        "cut",
        "signatures_behind",
    ),
    *("clear_key", "impersonation", "policy_conflict", "review", "wired", "zone"),
)
"""Of notes, most that there are."""


def _pages(pdf: bytes) -> int:
    return len(re.findall(rb"/Type /Page\b", pdf))


def test_on_paper_the_summary_takes_two_pages_however_much_there_is(opened: Open) -> None:
    for text in (written(FULL, Context(people=PEOPLE)), large()):
        page = opened(text)
        page.evaluate("document.querySelectorAll('#summary ~ *, footer').forEach((node) => node.remove())")
        assert 1 <= _pages(page.pdf(prefer_css_page_size=True)) <= 2


def test_a_page_on_paper_is_counted_as_one(opened: Open) -> None:
    assert _pages(opened(FULL, Context(people=PEOPLE)).pdf(prefer_css_page_size=True)) > 2


def test_it_prints_no_controls_and_repeats_the_heads_of_tables(opened: Open) -> None:
    page = opened(large())
    assert page.locator("#services thead button").count() > 0
    page.evaluate("dispatchEvent(new Event('beforeprint'))")
    page.emulate_media(media="print")
    for control in (".contents", ".tools", "thead button"):
        assert not page.locator(control).first.is_visible()
    assert page.locator("#services tbody tr:visible").count() == 250
    assert "On paper the first 250 rows" in page.locator("#services .paper").inner_text()
    assert page.locator("#services details dl").first.is_visible()
    assert page.evaluate("getComputedStyle(document.querySelector('#summary')).breakAfter") == "page"
    page.emulate_media(media="screen")
    page.evaluate("dispatchEvent(new Event('afterprint'))")
    head = page.locator("#services th", has_text="Events")
    head.locator("button").click()
    assert head.get_attribute("aria-sort") == "descending"


def test_a_large_page_is_no_wider_than_a_phone_and_sorts_in_a_moment(opened: Open) -> None:
    page = opened(large(), viewport={"width": 390, "height": 800})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    took = page.evaluate(
        """() => { const start = performance.now();
            document.querySelector("#services thead button").click(); document.body.getBoundingClientRect();
            return performance.now() - start; }"""
    )
    assert took < 5_000
