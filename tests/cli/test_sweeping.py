"""What a sweep is told by the command line, and by which join its tenants become one inventory."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from shadowai.cli import remembering, sweeping
from shadowai.cli.sweeping import Chosen
from shadowai.config import Settings
from shadowai.export import format_for
from shadowai.policy import FAIL_ON

POLICY = "version: 1\nrules:\n  - service: openai-chatgpt\n    status: sanctioned\n"


@pytest.fixture
def chosen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Chosen:
    """A sweep of no tenant, which is not remembered."""
    monkeypatch.setenv("SHADOWAI_STATE", str(tmp_path / "state"))
    return Chosen(
        tenants=(),
        mode=None,
        scope="ai",
        resume=True,
        history=False,
        target=None,
        exporter=format_for(None, "csv"),
        by="user",
        policy=None,
        breach=FAIL_ON,
        settings=Settings(),
        progress=False,
    )


def test_a_sweep_that_is_not_remembered_is_joined_in_both_ways(chosen: Chosen) -> None:
    assert isinstance(sweeping.joined(chosen), remembering.JoinInBothWays)


def test_a_sweep_that_is_remembered_makes_its_history(chosen: Chosen, tmp_path: Path) -> None:
    url = str(tmp_path / "runs.db")
    join = sweeping.joined(replace(chosen, history=True, history_url=url))
    assert isinstance(join, remembering.RememberingJoin) and Path(url).is_file()


def test_the_policy_is_read_for_each_sweep_as_it_is_then(chosen: Chosen, tmp_path: Path) -> None:
    policy = tmp_path / "policy.yaml"
    policy.write_text(POLICY)
    told = replace(chosen, settings=replace(chosen.settings, policy=policy), by="service")
    assert told.asked.by == "service" and told.judges().policy == policy
    named = replace(told, policy=str(tmp_path / "other.yaml"))
    assert named.judges().policy == tmp_path / "other.yaml"
