"""Documents that hold a table and are no log: workbooks, pages. They are recognised and not read; what to do is said once for the whole.

Workbooks of Excel since 2007 are zip archives of XML parts (ECMA-376, part 2, section 7), as are those of OpenDocument (OASIS OpenDocument
1.3, part 2, section 3) and of Apple's Numbers; Excel also opens, and other programs save under its suffix, HTML and the XML of 2003.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from typing import Final

_EXPORT: Final = "save it as CSV, each sheet by itself"
_OFFICE: Final = (("xl/", "Excel workbook", _EXPORT), ("word/", "Word document", "give the log itself"))
_PAGE = re.compile(
    rb"\A(?:\xef\xbb\xbf)?\s{0,64}(?:<\?xml[^<>]{0,200}>\s{0,64})?(?:<!--[^<>]{0,400}-->\s{0,64})?<(?:!doctype html|html)[\s>]",
    re.I,
)
_XML_2003 = re.compile(
    rb"\A(?:\xef\xbb\xbf)?\s{0,64}<\?xml[^<>]{0,200}>\s{0,64}(?:<\?mso-application progid=\"Excel\.Sheet\"|<(?:ss:)?Workbook\s)"
)


def archived(names: Collection[str]) -> str | None:
    """What an archive of files with these names is, and what to do; ``None`` for archives that are no document."""
    if "[Content_Types].xml" in names:
        for folder, what, remedy in _OFFICE:
            if any(name.startswith(folder) for name in names):
                return f"{what}: not read ({remedy})"
    if "mimetype" in names and "content.xml" in names:
        return f"OpenDocument file: not read ({_EXPORT})"
    if "Index/Document.iwa" in names or "Index.zip" in names:
        return f"document of Apple's Numbers or Pages: not read ({_EXPORT})"
    return None


def written(head: bytes) -> tuple[str, str] | None:
    """What a text that begins with ``head`` is, and what to do; ``None`` for what is no page and no workbook."""
    if _XML_2003.match(head):
        return "Excel workbook (XML of 2003)", _EXPORT
    if _PAGE.match(head):
        return (
            "HTML page",
            "export the log as CSV or JSON; open a table that was saved as a page in a spreadsheet and save it as CSV",
        )
    return None
