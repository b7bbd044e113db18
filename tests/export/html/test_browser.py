"""The page in headless Chromium: nothing of a name runs or loads, and tables sort and filter by keyboard."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page

from shadowai.export.html.context import Context
from shadowai.model import Report
from tests.export.html.pages import FULL, PAYLOADS, PEOPLE, context, everything, written
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

    def open_(report: Report, beside: Context | None = None, **how: Any) -> Page:
        path = tmp_path / f"report-{len(contexts)}.html"
        path.write_text(written(report, beside), encoding="utf-8")
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


def test_it_prints_the_summary_on_two_pages_and_no_controls(opened: Open) -> None:
    page = opened(FULL, Context(people=PEOPLE))
    page.set_viewport_size({"width": 688, "height": 1000})  # 182 mm, A4 within its margins
    page.emulate_media(media="print")
    for control in (".contents", ".tools"):
        assert not page.locator(control).first.is_visible()
    height = page.evaluate("document.querySelector('#summary').getBoundingClientRect().bottom")
    assert height <= 2 * 265 / 25.4 * 96
    assert page.locator("#services details dl").first.is_visible()
    assert page.evaluate("getComputedStyle(document.querySelector('#summary')).breakAfter") == "page"
