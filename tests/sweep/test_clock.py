"""A stop ends a sleep."""

from __future__ import annotations

import threading
import time

import pytest

from shadowai.sweep.clock import WallClock
from shadowai.tenant import TenantError, Trouble


def test_it_sleeps_and_tells_the_time() -> None:
    clock = WallClock()
    before = clock.monotonic()
    clock.sleep(0.01)
    clock.sleep(-5)
    assert clock.monotonic() - before >= 0.009 and abs(clock.time() - time.time()) < 5
    clock.check()


def test_a_stop_ends_every_sleep() -> None:
    clock = WallClock(threading.Event())
    threading.Timer(0.02, clock.stopping.set).start()
    before = time.monotonic()
    with pytest.raises(TenantError) as caught:
        clock.sleep(60)
    assert caught.value.trouble is Trouble.STOPPED and time.monotonic() - before < 10
    with pytest.raises(TenantError):
        clock.check()
