from __future__ import annotations

import base64
import hashlib
import re
import sys
from collections import Counter
from dataclasses import replace
from html.parser import HTMLParser

import pytest

from shadowai.errors import UsageError
from shadowai.export import html
from shadowai.export.html.context import Context, Reason
from shadowai.history.model import Comparison
from shadowai.model import Report
from tests.export.html.pages import FULL, MARKS, PAYLOADS, PEOPLE, RUN, context, everything, written
from tests.export.reports import CHAT, SMALL, hostile

VOID = {"meta", "link", "input", "br", "img"}


class Elements(HTMLParser):
    """Every element with its attributes, and whether each was closed where it had to be."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.open: list[str] = []
        self.wrong: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrong.append(f"{tag} at {self.getpos()}")


def _elements(page: str) -> Elements:
    parser = Elements()
    parser.feed(page)
    parser.close()
    return parser


def test_the_policy_names_the_one_script_and_the_one_style_sheet_and_nothing_else() -> None:
    page = written(FULL, context("x"))
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', page)
    assert policy is not None
    (style,), (script,) = (
        re.findall(r"<style>(.*?)</style>", page, re.S),
        re.findall(r"<script>(.*?)</script>", page, re.S),
    )

    def digest(text: str) -> str:
        return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()

    assert policy[1] == (
        f"default-src 'none'; style-src 'sha256-{digest(style)}'; script-src 'sha256-{digest(script)}'; base-uri 'none'; "
        "form-action 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
    )
    assert page.index("Content-Security-Policy") < page.index("<style>")


@pytest.mark.parametrize(
    "report", [FULL, PEOPLE, SMALL, Report(()), everything()], ids=["full", "people", "small", "empty", "hostile"]
)
def test_elements_are_closed_and_nothing_is_loaded(report: Report) -> None:
    found = _elements(written(report, context(MARKS[0]) if report is FULL else None))
    assert (found.wrong, found.open) == ([], [])
    tags = {tag for tag, _ in found.found}
    assert (
        tags & {"img", "iframe", "link", "base", "form", "object", "embed", "audio", "video", "image", "use"} == set()
    )
    attributes = {(name, value) for _, attrs in found.found for name, value in attrs.items()}
    assert {value for name, value in attributes if name == "href" and not str(value).startswith("#")} == set()
    assert {
        name for name, _ in attributes if name in ("src", "style", "srcdoc", "action") or name.startswith("on")
    } == set()
    ids = [attrs["id"] for _, attrs in found.found if "id" in attrs]
    assert len(ids) == len(set(ids))


def test_links_within_the_page_lead_somewhere() -> None:
    for report, beside in ((FULL, context("x")), (FULL, None), (PEOPLE, None), (Report(()), None)):
        page = written(report, beside)
        assert {f"#{id}" for id in re.findall(r' id="([^"]+)"', page)} >= set(re.findall(r'href="(#[^"]+)"', page))


@pytest.mark.parametrize("number", range(len(PAYLOADS)))
def test_no_payload_adds_an_element(number: int) -> None:
    def tags(text: str) -> Counter[str]:
        return Counter(tag for tag, _ in _elements(written(hostile(text), context(text))).found)

    assert tags(PAYLOADS[number]) == tags("plain")


def test_no_character_has_an_effect_of_its_own() -> None:
    page = written(everything(), context("plain"))
    assert set(re.findall(r"[^\x20-\x7e\n]", page)) <= set("→↑↓\xd7\u2013…▸▾ＷＩＤＥ名前\uff1d\uff0b\uff0d\uff20")
    assert "\\u202e" in page and "\\x1b" in page


def test_a_name_of_ten_thousand_characters_is_shown_in_part() -> None:
    page = written(hostile("x" * 10_000), context("x" * 10_000))
    assert not re.search(r"x{301}", page)
    assert re.search(r"x{89}…", page)


def test_no_clock_no_chance() -> None:
    assert written(FULL, Context(people=PEOPLE)) == written(FULL, Context(people=PEOPLE))
    assert "written 2026" not in written(FULL, Context(people=PEOPLE))


def test_the_summary_comes_first_and_says_what_counts() -> None:
    page = written(FULL, Context(people=PEOPLE))
    summary = re.sub(
        r"\s+", " ", re.sub(r"<[^>]+>", " ", page[page.index('id="summary"') : page.index('id="services"')])
    )
    for said in (
        "5 AI services were seen; 2 people are named with them, for use, an attempt, a look-up or a seat.",
        "2 are in use against the policy. 1 in use waits for a decision.",
        "Incomplete. 5 records, files or tasks could not be looked at",
        "ChatGPT prohibited risk 70, high",
        "Encrypted client hello (ECH): 7.",
        "Half-finished tenant tasks: 3.",
        "a key was sent in clear : 1",
    ):
        assert said in summary, said


def test_what_was_looked_at_is_not_said_to_be_left_out() -> None:
    page = written(FULL)
    assert "No SaaS tenant was swept" not in page and "No packet capture was read" not in page
    page = written(SMALL)
    assert "No SaaS tenant was swept" in page and "No packet capture was read" in page


def test_a_risk_that_is_not_sure_is_an_interval() -> None:
    report = replace(SMALL, entries=(replace(CHAT, risk_low=40),))
    page = written(report, Context(risks={CHAT.asset_id: (Reason("retention is not known", 20, 0),)}))
    assert "risk 40 to 70, high" in page and '<span class="points">0 to 20 points</span>' in page


def test_a_floor_that_lifts_the_lower_end_further_is_told_smaller_figure_first() -> None:
    page = written(SMALL, Context(risks={CHAT.asset_id: (Reason("floor", 11, 35),)}))
    assert '<span class="points">11 to 35 points</span>' in page
    risks = page[page.index('id="risks"') :]
    assert '<td class="figure">35</td><td class="figure">11</td>' in risks  # as they add up


def test_a_summary_shows_the_weightiest_reasons_and_counts_the_rest() -> None:
    many = tuple(Reason(f"reason {number}", 9 - number, 0) for number in range(9))
    page = written(replace(FULL, entries=(replace(CHAT, verdict_reason=""),)), Context(risks={CHAT.asset_id: many}))
    summary = page[page.index('id="summary"') : page.index('id="services"')]
    assert "reason 3" in summary and "reason 4" not in summary and "and 5 more reasons" in summary
    assert "reason 8" in page


def test_unknown_ai_is_ranked_and_is_no_finding() -> None:
    page = written(FULL)
    section = page[page.index('id="unknown"') : page.index("</section>", page.index('id="unknown"'))]
    assert section.index("gpt.example.net") < section.index("llm.example.org")
    assert "ai.example.com" not in section and "1 host has nothing but a name" in section
    assert "What is new is not known" not in section and "no finding and no verdict" in section.lower()
    undated = replace(FULL, candidates=(replace(FULL.candidates[0], new=None),))
    assert "What is new is not known" in written(undated)
    assert 'id="unknown"' not in written(replace(FULL, candidates=()))


def test_days_have_their_figures_and_say_what_they_do_not_hold() -> None:
    page = written(FULL)
    days = page[page.index('id="days"') : page.index("</section>", page.index('id="days"'))]
    assert re.search(r"5 Jan 2026</th><td[^>]*>1</td>.*?12\.0 MB", days)
    assert "3 services in use tell no day" in days and "how many events a day had is not kept" in days
    assert 'id="days"' not in written(SMALL)  # no row of it knows its days


def test_a_host_is_read_from_left_to_right_whatever_its_script() -> None:
    page = written(replace(FULL, candidates=(replace(FULL.candidates[0], name="בינה.example.org"),)))
    assert '<bdi class="service" dir="ltr">בינה.example.org</bdi>' in page


def test_found_nothing_and_could_not_look_are_told_apart() -> None:
    assert "No AI service was found." in re.sub(r"\s+", " ", written(Report(())))
    assert "No AI service was found in what could be read." in re.sub(r"\s+", " ", written(Report((), FULL.gaps)))


def test_a_first_look_is_a_baseline() -> None:
    page = written(FULL, Context(drift=Comparison(None, RUN)))
    assert "a baseline, with nothing to compare" in page and "Since the last look" not in page
    assert "Nothing has changed." in written(FULL, Context(drift=Comparison(RUN, RUN)))


def test_without_the_library_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    html._environment.cache_clear()
    monkeypatch.setitem(sys.modules, "jinja2", None)
    with pytest.raises(UsageError, match=r"shadowai\[report\]"):
        written(SMALL)
