"""Charts as SVG within the page, drawn by pygal and dressed by the page's own style sheet.

Pygal's style sheet, scripts, tooltips and the comment with the time of drawing are taken out: what is left is shapes and text, the same
for the same figures. Each chart is drawn for a wide and for a narrow page, so that its text keeps its size on a phone.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from xml.etree import ElementTree

from shadowai.errors import UsageError
from shadowai.export.summary import shortened

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from markupsafe import Markup

WIDE: Final = 960
NARROW: Final = 350
"""Widths in CSS pixels that a chart is drawn for."""
_ROW: Final = 26
_AXIS: Final = 26
_LABEL = {WIDE: 34, NARROW: 14}
"""Characters of a label."""
_TEXT: Final = 13
_MARGIN: Final = 0.25
"""Part of a row that stays free above and below its bar."""
_DROPPED: Final = {"defs", "title", "desc", "titles", "plot overlay", "plot tooltip-overlay"}
"""Tags and classes of what pygal draws for its own scripts and style sheet."""


class Bar(NamedTuple):
    """A bar from ``start`` to ``end`` on the chart's scale, with the figure that is written behind it and its tone (a CSS class)."""

    label: str
    start: float
    end: float
    shown: str
    tone: str


class Tick(NamedTuple):
    """A place on the scale that is named."""

    at: float
    label: str


def drawn(bars: Sequence[Bar], ticks: Sequence[Tick], most: float, *, room: float = 0) -> tuple[Markup, Markup]:
    """The bars, the first on top, on a scale from 0 to ``most`` and that part of it more (``room``, for the figures behind the bars); wide
    and narrow."""
    wide = _svg(bars, ticks, most * (1 + room), WIDE)
    return wide, _svg(bars, ticks[:: max(1, len(ticks) // 3)], most * (1 + room * 4), NARROW)


def _svg(bars: Sequence[Bar], ticks: Sequence[Tick], most: float, width: int) -> Markup:
    from markupsafe import Markup

    pygal = _pygal()
    upwards = bars[::-1]
    chart = pygal.HorizontalStackedBar(
        width=width,
        height=len(bars) * _ROW + (_AXIS if ticks else 0),
        style=pygal.style.Style(label_font_size=_TEXT, major_label_font_size=_TEXT, value_font_size=_TEXT),
        show_legend=False,
        show_x_labels=bool(ticks),  # the scale: pygal's axes change places where bars lie
        print_values=True,
        print_values_position="top",
        truncate_label=-1,
        margin=0,
        spacing=4,
        range=(0, most),
        js=[],
    )
    chart._series_margin = _MARGIN  # no option of its own
    chart.x_labels = [shortened(bar.label, _LABEL[width]) for bar in upwards]
    chart.y_labels = [{"value": tick.at, "label": tick.label} for tick in ticks]
    chart.add("", [{"value": bar.start, "formatter": _written("")} for bar in upwards])
    chart.add("", [{"value": bar.end - bar.start, "formatter": _written(bar.shown)} for bar in upwards])
    # safe as markup: serialised from a tree, which escapes every text
    return Markup(_bare(chart.render_tree(), [bar.tone for bar in upwards]))


def _pygal() -> Any:
    try:
        import pygal
    except ImportError as error:
        raise UsageError("the page's charts need pygal", remedy="pip install 'shadowai[report]'") from error
    # it leaves a finder of the old kind, for plug-ins, in the import system: every later import would warn of it
    sys.meta_path[:] = [finder for finder in sys.meta_path if not isinstance(finder, pygal.PluginImportFixer)]
    return pygal


def _written(text: str) -> Callable[[float], str]:
    return lambda _: text


def _bare(tree: Element, tones: Sequence[str]) -> str:
    """The chart's shapes and texts, without anything that runs, loads or styles; its bars have their tones as classes."""
    spans = tree.iterfind(".//g[@class='series serie-1 color-1']/g/g[@class='bar']/rect")
    for rect, tone in zip(spans, tones, strict=True):
        rect.set("class", tone)
    for parent in list(tree.iter()):
        for child in list(parent):
            if (
                not isinstance(child.tag, str) or {child.tag, child.get("class")} & _DROPPED
            ):  # a tag that is no text: a comment
                parent.remove(child)
    tree.attrib = {"viewBox": tree.attrib["viewBox"], "class": "chart", "aria-hidden": "true", "focusable": "false"}
    return re.sub(r"(\d+\.\d)\d+", r"\1", ElementTree.tostring(tree, encoding="unicode"))
