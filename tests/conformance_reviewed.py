"""Where a truth file is wrong or asks for what we deliberately read otherwise: each with the vendor's words as the reason."""

ANY_LINE = 0

REVIEWED: dict[tuple[str, int, str], str] = {}
"""(format/file, line or ANY_LINE, field) -> reason."""
