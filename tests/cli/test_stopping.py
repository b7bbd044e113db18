"""Commands end when they are asked to."""

from __future__ import annotations

import signal

import pytest

from shadowai.cli import stopping
from shadowai.cli.stopping import Stop


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_first_signal_ends_the_work_the_second_the_program(number: signal.Signals) -> None:
    before = signal.getsignal(number)
    with Stop() as stop:
        assert not stop()
        signal.raise_signal(number)
        assert stop()
        assert stop.wait(60)
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(number)
    assert signal.getsignal(number) is before


def test_a_duration_begins_when_it_is_first_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    now = iter([100.0, 100.0, 109.0, 110.0])
    monkeypatch.setattr(stopping, "monotonic", lambda: next(now))
    stop = Stop(10)
    assert [stop(), stop(), stop()] == [False, False, True]


def test_to_wait_is_not_to_end() -> None:
    assert not Stop().wait(0.01)


def test_a_terminal_that_is_closed_ends_the_work_and_never_the_program() -> None:
    with Stop() as stop:
        for _ in range(2):
            signal.raise_signal(signal.SIGHUP)
        assert stop()
        with pytest.raises(KeyboardInterrupt):
            signal.raise_signal(signal.SIGTERM)


def test_under_nohup_it_goes_on() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with Stop() as stop:
            signal.raise_signal(signal.SIGHUP)
            assert not stop()
    finally:
        signal.signal(signal.SIGHUP, before)


def test_to_wait_takes_as_long_as_it_was_asked_to(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr(stopping, "monotonic", lambda: now[0])
    monkeypatch.setattr("time.sleep", lambda seconds: now.append(now.pop() + seconds))
    assert not Stop().wait(7) and now[0] == pytest.approx(107)
    assert Stop(3).wait(7) and now[0] == pytest.approx(110, abs=stopping._NAP)
