"""Killed at any point, a sweep goes on where it was: nothing lost, nothing invented, and little asked twice."""

from __future__ import annotations

import pytest

from tests.tenants.killed import killed


@pytest.mark.parametrize("name", ["entra", "google"])
def test_killed_at_random_points(name: str) -> None:
    done = killed(name, 4, seed=1)
    assert done.kills == 4 and (done.lost, done.invented) == (0, 0), str(done)
    assert done.again <= 12 * done.kills  # what was under way in four workers, and the token
