"""The report as one HTML page for reading: nothing is loaded from anywhere, and nothing in a name has an effect.

Three things keep hostile names inert, each enough by itself: every text has its control and bidirectional characters escaped, is
escaped for HTML by the template engine, and the page's content security policy runs the one script and takes the one style sheet
whose hashes it names (https://www.w3.org/TR/CSP3/), and loads nothing.
"""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, BinaryIO, Final

from shadowai.errors import UsageError
from shadowai.export.html import wording
from shadowai.export.html.attention import height
from shadowai.export.html.context import Context
from shadowai.export.html.figures import tone
from shadowai.export.html.page import page
from shadowai.export.html.unknown import because
from shadowai.export.summary import shortened
from shadowai.export.table import fitted, size
from shadowai.export.times import as_iso
from shadowai.model import SEVERITY, Report

if TYPE_CHECKING:
    from jinja2 import Environment

LONGEST: Final = 90
"""Characters of a name that are shown; the whole of it is in the other formats."""


def write(report: Report, stream: BinaryIO, context: Context | None = None) -> None:
    """Write the page in UTF-8. The same report and context give the same bytes."""
    style, script = _asset("page.css"), _asset("page.js")
    template = _environment().get_template("page.html.j2")
    told = page(report, context or Context())
    for part in template.generate(
        page=told,
        style=style,
        script=script,
        style_hash=_digest(style),
        script_hash=_digest(script),
        version=_version(),
    ):
        stream.write(part.encode("utf-8"))


@cache
def _environment() -> Environment:
    """Templates that escape everything, and print nothing that is not printable."""
    try:
        from jinja2 import Environment, FunctionLoader, StrictUndefined
    except ImportError as error:
        raise UsageError("the page needs jinja2", remedy="pip install 'shadowai[report]'") from error
    made = Environment(
        autoescape=True,
        loader=FunctionLoader(_asset),
        undefined=StrictUndefined,
        finalize=_inert,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    made.filters |= {
        "because": because,
        "counted": wording.counted,
        "day": wording.day,
        "fitted": fitted,
        "height": height,
        "iso": as_iso,
        "kept": wording.kept,
        "name": lambda text: shortened(str(text), LONGEST),
        "number": wording.number,
        "per": wording.per,
        "person": wording.person,
        "size": size,
        "tone": tone,
        "urgency": lambda entry: -SEVERITY.index(entry.verdict),
        "word": wording.word,
    }
    made.globals |= {"interval": wording.interval, "span": wording.span}
    return made


def _inert(value: object) -> object:
    """What ``{{ }}`` prints: text of bounded length without control, bidirectional or surrogate characters; markup of our own as it is."""
    if value is None:
        return ""
    return value if hasattr(value, "__html__") else shortened(str(value))


def _asset(name: str) -> str:
    return resources.files(__name__).joinpath(name).read_text(encoding="utf-8")


def _digest(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode('utf-8')).digest()).decode('ascii')}"


def _version() -> str:
    import shadowai

    return shadowai.__version__
