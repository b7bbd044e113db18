"""Text from logs made harmless for whatever opens the output: terminals, spreadsheets, parsers of text.

A spreadsheet runs a cell that starts like a formula (CWE-1236; OWASP "CSV Injection"), be it behind blanks or quotes,
in full-width letters, or behind a ``;`` that it takes for the end of a cell (as it does in half of the world).
"""

from __future__ import annotations

import re

from shadowai.normalize import printable

SEPARATOR = "; "
"""Between the elements of a list in one cell; the elements themselves never hold a semicolon."""

_SKIPPED = r"[\s\"'`\u2018-\u201f\u00ab\u00bb\u200b-\u200f\u2060\ufeff\ufe0f\x00-\x1f\x7f-\x9f]*"
_FORMULA = re.compile(rf"(?:^|(?<=;))({_SKIPPED})(?=[=+\-@\uff1d\uff0b\uff0d\uff20\u2212\ufe62\ufe63\ufe66\ufe6b])")
_BLANK_FIRST = ("\t", "\r", "\n")


def cell(text: str) -> str:
    """``text`` as one line that no spreadsheet runs and no terminal obeys.

    Control, bidirectional and lone surrogate characters are escaped (``\\\\x1b``); an apostrophe goes before what
    would start a formula, and before a cell that began with a tab or a line end.
    """
    # Sought in the text as it came: once escaped, the characters before the sign are no blanks any more.
    guarded = _FORMULA.sub(lambda found: f"'{found.group(1)}", text)
    if text.startswith(_BLANK_FIRST) and not guarded.startswith("'"):
        guarded = f"'{guarded}"
    return printable(guarded)


def joined(values: tuple[str, ...]) -> str:
    """A list as one :func:`cell`; splitting it at ``"; "`` gives the elements back."""
    return SEPARATOR.join(cell(element(value)) for value in values)


def element(value: str) -> str:
    """``value`` without semicolons, so that it can stand in a list."""
    return value.replace(";", "\\x3b")


def encodable(text: str) -> str:
    """``text`` with lone surrogates escaped: they have no UTF-8, and strict readers refuse a whole file for one."""
    return re.sub("[\ud800-\udfff]", lambda found: f"\\u{ord(found.group()):04x}", text)
