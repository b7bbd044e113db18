"""Times in outputs."""

from __future__ import annotations

import pytest

from shadowai.export.times import as_iso


@pytest.mark.parametrize(
    ("micros", "expected"),
    [
        (None, ""),
        (0, "1970-01-01T00:00:00Z"),
        (1_767_600_000_000_000, "2026-01-05T08:00:00Z"),
        (1_767_600_000_999_999, "2026-01-05T08:00:00Z"),
        (-1, "1969-12-31T23:59:59Z"),
        (253_402_300_799_999_999, "9999-12-31T23:59:59Z"),
        (253_402_300_800_000_000, ""),
        (10**30, ""),
        (-(10**30), ""),
    ],
)
def test_iso_8601_to_the_second(micros: int | None, expected: str) -> None:
    assert as_iso(micros) == expected
