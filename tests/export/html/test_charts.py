from __future__ import annotations

import re
import sys
from xml.etree import ElementTree

import pytest

from shadowai.errors import UsageError
from shadowai.export.html.charts import Bar, Tick, drawn
from tests.export.html.pages import PAYLOADS

BARS = (Bar("ChatGPT", 0, 4, "4 MB", "bar-action"), Bar("DeepL", 2, 3, "1 MB", "bar-settled"))
NUMBERS = range(len(PAYLOADS))


def _rects(svg: str) -> list[tuple[str, float, float, float]]:
    root = ElementTree.fromstring(svg)
    found = root.iterfind(".//{*}g[@class='series serie-1 color-1']//{*}rect")
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


@pytest.mark.parametrize("number", NUMBERS)
def test_a_hostile_label_is_text(number: int) -> None:
    bars = [Bar(PAYLOADS[number], 0, 1, PAYLOADS[number][:50].replace("\x00", ""), "bar-open")] if number < 5 else []
    bars.append(Bar(PAYLOADS[number], 0, 1, "", "bar-open"))
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
