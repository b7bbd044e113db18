from __future__ import annotations

import re
import sys
from xml.etree import ElementTree

import pytest

from shadowai.errors import UsageError
from shadowai.export.html.charts import Bar, Part, Tick, columns, drawn
from tests.export.html.pages import PAYLOADS

BARS = (
    Bar("ChatGPT", (Part(0, 4, "bar-action"),), "4 MB"),
    Bar("DeepL", (Part(2, 3, "bar-settled"),), "1 MB"),
)
BROKEN = (
    Bar("Claude", (Part(0, 1, "a"), Part(1, 3, "b"), Part(4, 6, "a"))),
    Bar("Gemini", (Part(2, 3, "c"),)),
    Bar("None", ()),
)
NUMBERS = range(len(PAYLOADS))


def _rects(svg: str) -> list[tuple[str, float, float, float]]:
    root = ElementTree.fromstring(svg)
    found = root.iterfind(".//{*}g[@class='bar']/{*}rect")
    return [(r.get("class", ""), float(r.get("x", 0)), float(r.get("width", 0)), float(r.get("y", 0))) for r in found]


def test_bars_lie_on_the_scale_the_first_on_top() -> None:
    wide, narrow = drawn(BARS, (Tick(0, "2 Mar"), Tick(2, "4 Mar")), 4)
    for svg in (str(wide), str(narrow)):
        (lower, x2, w2, y2), (upper, x1, w1, y1) = _rects(svg)
        assert (upper, lower) == ("bar-action", "bar-settled") and y1 < y2
        assert w1 == pytest.approx(4 * w2, rel=0.01)
        assert x2 - x1 == pytest.approx(w1 / 2, rel=0.01)
        assert all(text in svg for text in ("ChatGPT", "DeepL", "2 Mar", "4 Mar", "4 MB", "1 MB"))
    assert 'viewBox="0 0 960' in wide and 'viewBox="0 0 350' in narrow


def test_a_bar_may_have_gaps_and_tones() -> None:
    rects = _rects(str(drawn(BROKEN, (), 6)[0]))
    assert sorted(tone for tone, *_ in rects) == ["a", "a", "b", "c"]
    one = max(width for tone, _, width, _ in rects if tone == "c")
    left = {tone: (x, width) for tone, x, width, _ in rects if tone != "a"}
    first, last = sorted(x for tone, x, _, _ in rects if tone == "a")
    assert left["b"][1] == pytest.approx(2 * one, abs=0.2)
    assert left["b"][0] - first == pytest.approx(one, abs=0.5)
    assert last - first == pytest.approx(4 * one, abs=0.5)
    assert left["c"][0] - first == pytest.approx(2 * one, abs=0.2)


def test_many_parts_are_drawn_all() -> None:
    parts = tuple(Part(2 * n, 2 * n + 1, "bar-open") for n in range(31))
    assert len(_rects(str(drawn([Bar("x", parts)], (), 62)[0]))) == 31


def test_columns_stand_on_a_scale_of_round_figures() -> None:
    bars = [Bar("2 Mar", (Part(0, 3, "a"), Part(3, 7, "b"))), Bar("3 Mar", ()), Bar("4 Mar", (Part(0, 1, "b"),))]
    for svg in map(str, columns(bars, str, named=9)):
        texts = [node.text for node in ElementTree.fromstring(svg).iterfind(".//{*}text")]
        assert sorted(text for text in texts if text and text.isdigit()) == ["0", "2", "4", "6", "8"]
        assert sorted(tone for tone, *_ in _rects(svg)) == ["a", "b", "b"]
    many = [Bar(f"{n} x", (Part(0, n, "a"),)) for n in range(1, 63)]
    wide, narrow = columns(many, str, named=9)
    assert (wide.count(" x<"), narrow.count(" x<")) == (9, 3)


@pytest.mark.parametrize("most", [1, 2, 3, 9, 10, 4_999, 10**12 + 1, 10**30])
def test_a_scale_reaches_over_the_highest_column(most: int) -> None:
    svg = str(columns([Bar("x", (Part(0, most, "a"),))], str, named=9)[0])
    figures = [int(node.text or "0") for node in ElementTree.fromstring(svg).iterfind(".//{*}text") if node.text != "x"]
    assert max(figures) >= most and 2 <= len(figures) <= 6


def test_a_label_of_wide_characters_takes_no_more_room_than_others() -> None:
    for svg in drawn([Bar("名" * 40, (Part(0, 1, "a"),)), Bar("x" * 40, (Part(0, 1, "a"),))], (), 1):
        labels = [node.text or "" for node in ElementTree.fromstring(svg).iterfind(".//{*}text")]
        assert labels[0].startswith("x") and 2 * len(labels[1]) <= len(labels[0]) + 2
        root = ElementTree.fromstring(svg)
        margin = float(re.search(r"translate\((\d+)", ElementTree.tostring(root, encoding="unicode"))[1])  # type: ignore[index]
        assert margin >= 13 * (len(labels[1]) - 1)


def test_without_ticks_there_is_no_scale_and_the_labels_stay() -> None:
    wide, _ = drawn(BARS, (), 4)
    texts = [node.text for node in ElementTree.fromstring(wide).iterfind(".//{*}text") if node.text]
    assert sorted(texts) == ["1 MB", "4 MB", "ChatGPT", "DeepL"]


def test_nothing_is_left_that_runs_loads_styles_or_knows_the_time() -> None:
    for svg in drawn(BARS, (Tick(0, "2 Mar"),), 4):
        tags = {node.tag.rpartition("}")[2] for node in ElementTree.fromstring(svg).iter()}
        assert tags == {"svg", "g", "rect", "path", "text"}
        assert not re.search(r"style|script|href|<!--|20\d\d-|on\w+=", svg)
        assert 'aria-hidden="true"' in svg
    assert drawn(BARS, (), 4) == drawn(BARS, (), 4)


def test_a_scale_has_few_names_on_a_narrow_page() -> None:
    ticks = tuple(Tick(i, f"{i} Mar") for i in range(9))
    wide, narrow = drawn(BARS, ticks, 9)
    assert (wide.count(" Mar<"), narrow.count(" Mar<")) == (9, 3)
    wide, narrow = drawn(BARS, (*ticks, Tick(9, "10 Mar")), 9)
    assert ">10 Mar<" not in wide and ">9 Mar<" not in narrow  # it would not fit before the edge


@pytest.mark.parametrize("number", NUMBERS)
def test_a_hostile_label_is_text(number: int) -> None:
    part = (Part(0, 1, "bar-open"),)
    bars = [Bar(PAYLOADS[number], part, PAYLOADS[number][:50].replace("\x00", ""))] if number < 5 else []
    bars.append(Bar(PAYLOADS[number], part))
    for svg in drawn(bars, (), 1):
        root = ElementTree.fromstring(svg)
        assert {node.tag.rpartition("}")[2] for node in root.iter()} == {
            "svg",
            "g",
            "rect",
            "path",
            "text",
        } or not root.findall(".//{*}path")
        assert len(svg) < 10_000


def test_without_the_library_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pygal", None)
    with pytest.raises(UsageError, match=r"shadowai\[report\]"):
        drawn(BARS, (), 4)
