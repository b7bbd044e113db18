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
from shadowai.export.table import fitted, terminal_width

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

    from markupsafe import Markup

WIDE: Final = 960
NARROW: Final = 350
"""Widths in CSS pixels that a chart is drawn for."""
_ROW: Final = 26
_AXIS: Final = 26
_TALL: Final = {WIDE: 200, NARROW: 160}
"""Heights of a chart of columns."""
_LABEL: Final = {WIDE: 32, NARROW: 14}
"""Columns of a terminal that a label may take: twice as many for a wide character."""
_WIDER: Final = 0.6 * 13
"""Pixels that a wide character takes beyond those that pygal thinks."""
_ENDS: Final = {WIDE: 0.95, NARROW: 0.85}
"""Parts of a scale up to which a place on it is named: a name has to fit before the edge."""
_TEXT: Final = 13
_MARGIN: Final = 0.25
"""Part of a row that stays free above and below its bar."""
_STEPS: Final = 4
"""Parts of a scale of figures."""
_DROPPED: Final = {"defs", "title", "desc", "titles", "plot overlay", "plot tooltip-overlay"}
"""Tags and classes of what pygal draws for its own scripts and style sheet."""


class Part(NamedTuple):
    """A part of a bar from ``start`` to ``end`` on the chart's scale, with its tone (a CSS class)."""

    start: float
    end: float
    tone: str


class Bar(NamedTuple):
    """A bar of parts that do not overlap, in order, with the figure that is written behind the last of them."""

    label: str
    parts: tuple[Part, ...]
    shown: str = ""


class Tick(NamedTuple):
    """A place on the scale that is named."""

    at: float
    label: str


def drawn(bars: Sequence[Bar], ticks: Sequence[Tick], most: float, *, room: float = 0) -> tuple[Markup, Markup]:
    """The bars, the first on top, on a scale from 0 to ``most`` and that part of it more (``room``, for the figures behind the bars); wide
    and narrow."""
    few = [tick for tick in ticks[:: max(1, len(ticks) // 3)] if tick.at <= most * _ENDS[NARROW]]
    wide = _lying(bars, [tick for tick in ticks if tick.at <= most * _ENDS[WIDE]], most * (1 + room), WIDE)
    return wide, _lying(bars, few, most * (1 + room * 4), NARROW)


def columns(bars: Sequence[Bar], shown: Callable[[int], str], *, named: int) -> tuple[Markup, Markup]:
    """The bars as columns beside each other, of parts of a height; wide and narrow. About ``named`` of their labels are written, a third of
    that on a narrow page. ``shown`` writes a figure of the scale."""
    most = max((bar.parts[-1].end for bar in bars if bar.parts), default=0)
    step = _round(most / _STEPS)
    ticks = [Tick(at, shown(int(at))) for at in _ascending(step, most)]
    return _standing(bars, ticks, WIDE, named), _standing(bars, ticks, NARROW, -(-named // 3))


def _round(value: float) -> int:
    """A whole number that is not smaller and easy to read: 1, 2 or 5 with zeros."""
    power = int("1".ljust(len(str(int(value))), "0"))
    return next(n * power for n in (1, 2, 5, 10) if n * power >= value)


def _ascending(step: int, most: float) -> list[int]:
    return [step * n for n in range(_STEPS + 1) if step * (n - 1) < most]


def _lying(bars: Sequence[Bar], ticks: Sequence[Tick], most: float, width: int) -> Markup:
    pygal = _pygal()
    height = len(bars) * _ROW + (_AXIS if ticks else 0)
    # the scale: pygal's axes change places where bars lie
    upwards = bars[::-1]
    labels = [fitted(bar.label, _LABEL[width]) for bar in upwards]
    wider = max((terminal_width(label) - len(label) for label in labels), default=0) * _WIDER
    chart = pygal.HorizontalStackedBar(
        **_look(pygal, width, height), show_x_labels=bool(ticks), range=(0, most), margin_left=max(4, wider)
    )
    chart._series_margin = _MARGIN  # no option of its own
    chart.x_labels = labels
    chart.y_labels = [{"value": tick.at, "label": tick.label} for tick in ticks]
    return _filled(chart, upwards)


def _standing(bars: Sequence[Bar], ticks: Sequence[Tick], width: int, named: int) -> Markup:
    pygal = _pygal()
    chart = pygal.StackedBar(**_look(pygal, width, _TALL[width]), range=(0, ticks[-1].at))
    chart._series_margin = _MARGIN
    every = max(1, -(-len(bars) // named))
    chart.x_labels = ["" if at % every else fitted(bar.label, _LABEL[width]) for at, bar in enumerate(bars)]
    chart.y_labels = [{"value": tick.at, "label": tick.label} for tick in ticks]
    return _filled(chart, bars)


def _look(pygal: Any, width: int, height: int) -> dict[str, Any]:
    return {
        "width": width,
        "height": height,
        "style": pygal.style.Style(label_font_size=_TEXT, major_label_font_size=_TEXT, value_font_size=_TEXT),
        "show_legend": False,
        "print_values": True,
        "print_values_position": "top",
        "truncate_label": -1,
        "margin": 0,
        "spacing": 4,
        "js": [],
    }


def _filled(chart: Any, bars: Sequence[Bar]) -> Markup:
    """The chart with the bars in it: for each part a series that is stacked upon the gap before it, which is another."""
    from markupsafe import Markup

    most = max((len(bar.parts) for bar in bars), default=0)
    tones: list[list[str]] = []
    for number in range(most):
        gaps, parts = [], []
        for bar in bars:
            part = bar.parts[number] if number < len(bar.parts) else None
            before = bar.parts[number - 1].end if number and part else 0.0
            last = bar.shown if part and number == len(bar.parts) - 1 else ""
            gaps.append({"value": part.start - before if part else 0, "formatter": _written("")})
            parts.append({"value": part.end - part.start if part else 0, "formatter": _written(last)})
        chart.add("", gaps)
        chart.add("", parts)
        tones += [[""] * len(bars), [bar.parts[number].tone if number < len(bar.parts) else "" for bar in bars]]
    # safe as markup: serialised from a tree, which escapes every text
    return Markup(_bare(chart.render_tree(), tones))


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


def _bare(tree: Element, tones: Sequence[Sequence[str]]) -> str:
    """The chart's shapes and texts, without anything that runs, loads or styles; its bars have their tones as classes."""
    for number, series in enumerate(tones):
        for group in tree.iterfind(f".//g[@class='series serie-{number} color-{number}']/g[@class='bars']"):
            for shape, tone in zip(list(group), series, strict=True):
                if tone:
                    shape[0].set("class", tone)
                else:
                    group.remove(shape)
    for parent in reversed(list(tree.iter())):
        for child in list(parent):
            # a tag that is no text is a comment
            if not isinstance(child.tag, str) or {child.tag, child.get("class")} & _DROPPED or _is_blank(child):
                parent.remove(child)
    tree.attrib = {"viewBox": tree.attrib["viewBox"], "class": "chart", "aria-hidden": "true", "focusable": "false"}
    return re.sub(r"(\d+\.\d)\d+", r"\1", ElementTree.tostring(tree, encoding="unicode"))


def _is_blank(node: Element) -> bool:
    """Whether a node is a text without any, or a group of nothing."""
    return (node.tag == "text" and not node.text) or (node.tag == "g" and not len(node))
