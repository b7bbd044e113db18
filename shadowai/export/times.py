"""Times as the outputs write them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Final

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def as_iso(micros: int | None) -> str:
    """ISO 8601 in UTC, ``2026-01-05T08:00:00Z``, to the second (fractions are cut off); empty where not known.

    ``micros`` are microseconds since 1970-01-01T00:00:00Z. A time outside the years 1 to 9999 is not a time that a
    log can have been written at, and counts as not known.
    """
    try:
        moment = _EPOCH + timedelta(seconds=(micros or 0) // 1_000_000)
    except OverflowError:
        return ""
    return "" if micros is None else f"{moment.replace(tzinfo=None).isoformat()}Z"
