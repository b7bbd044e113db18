"""What is heeded of headers, and what is not believed."""

from __future__ import annotations

from email.utils import formatdate

import pytest

from shadowai.connector import Quota
from shadowai.sweep.headers import heed, skew
from shadowai.sweep.limiter import Bucket
from tests.sweep.service import VirtualClock

NOW = 1_800_000_000.0


@pytest.fixture
def bucket(clock: VirtualClock) -> Bucket:
    """Ten a second."""
    return Bucket(Quota("q", 10.0), clock)


@pytest.mark.parametrize("prefix", ["x-rate-limit-", "x-ratelimit-"])
@pytest.mark.parametrize(
    ("limit", "left", "end", "rate"),
    [
        ("600", "500", NOW + 60, 10.0),
        ("600", "60", NOW + 60, 1.0),
        ("600", "6", NOW + 60, 0.1),
        ("600", "60", NOW - 5, 10.0),
        ("600", "60", NOW + 90_000, 10.0),
        ("600", "many", NOW + 60, 10.0),
        ("0", "0", NOW + 60, 10.0),
        ("nan", "1", NOW + 60, 10.0),
        ("600", "1e999", NOW + 60, 10.0),
    ],
)
def test_what_remains(bucket: Bucket, prefix: str, limit: str, left: str, end: float, rate: float) -> None:
    heed({f"{prefix}limit": limit, f"{prefix}remaining": left, f"{prefix}reset": str(end)}, bucket, NOW)
    assert bucket.rate == pytest.approx(rate)


def test_nothing_remains(bucket: Bucket) -> None:
    heed({"x-rate-limit-limit": "5", "x-rate-limit-remaining": "0", "x-rate-limit-reset": str(NOW + 7)}, bucket, NOW)
    assert bucket.take() == pytest.approx(7, abs=0.1)


def test_the_services_clock_counts(bucket: Bucket) -> None:
    date = formatdate(NOW + 1000, usegmt=True)
    about = {"x-rate-limit-limit": "100", "x-rate-limit-remaining": "10", "x-rate-limit-reset": str(NOW + 1010)}
    heed({**about, "date": date}, bucket, NOW)
    assert bucket.rate == pytest.approx(1.0)


@pytest.mark.parametrize(("text", "rate"), [("0.8", 8.0), ("1.2", 4.0), ("0.3", 10.0), ("x", 10.0), ("", 10.0)])
def test_graphs_share(bucket: Bucket, text: str, rate: float) -> None:
    heed({"x-ms-throttle-limit-percentage": text}, bucket, NOW)
    assert bucket.rate == pytest.approx(rate)


def test_skew() -> None:
    assert skew({"date": formatdate(NOW + 400, usegmt=True)}, NOW) == 400
    assert skew({"date": formatdate(NOW, usegmt=True), "age": "4000"}, NOW) is None
    assert skew({}, NOW) is skew({"date": "yesterday"}, NOW) is None
