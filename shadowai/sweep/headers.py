"""What services say beside their answers about their load and their time."""

from __future__ import annotations

import email.utils
from collections.abc import Mapping
from datetime import UTC

from shadowai.sweep.limiter import Bucket

FEW = 0.1
"""Share of a limit that is left from which on requests are spread over the rest of its window."""
FARTHEST = 3600.0
"""Seconds: a window that ends later is not believed."""


def heed(headers: Mapping[str, str], bucket: Bucket, now: float) -> None:
    """Slow down as the headers ask, before the service refuses.

    Graph: ``x-ms-throttle-limit-percentage`` (learn.microsoft.com/graph/throttling-limits, from 0.8 on). Okta:
    ``x-rate-limit-limit``, ``-remaining``, ``-reset`` (seconds since 1970); GitHub: the same with ``x-ratelimit-``.
    """
    share = _number(headers.get("x-ms-throttle-limit-percentage"))
    if share is not None:
        bucket.filling(share)
    for prefix in ("x-rate-limit-", "x-ratelimit-"):
        limit, left, end = (_number(headers.get(prefix + name)) for name in ("limit", "remaining", "reset"))
        if limit and left is not None and end is not None and left <= limit * FEW:
            there = _date(headers)
            seconds = end - (there if there is not None else now)
            if 0 < seconds <= FARTHEST:
                bucket.remaining(left, seconds)


def skew(headers: Mapping[str, str], now: float) -> float | None:
    """The service's time minus ours, seconds; ``None`` where it does not say or the answer was kept by something on the way."""
    there = _date(headers)
    return None if there is None or "age" in headers else there - now


def _date(headers: Mapping[str, str]) -> float | None:
    try:
        found = email.utils.parsedate_to_datetime(headers.get("date", ""))
    except (ValueError, TypeError):
        return None
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()


def _number(text: str | None) -> float | None:
    try:
        found = float(text) if text else None
    except ValueError:
        return None
    return found if found is not None and abs(found) < 1e15 else None
