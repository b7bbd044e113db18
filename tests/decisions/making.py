"""Decisions and logs, made of little."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from shadowai.decisions import log
from shadowai.decisions.log import DecisionLog, Person
from shadowai.decisions.model import Columns, Decided, Evidence, Grounds
from shadowai.inventory import asset_id
from shadowai.model import Actor, Verdict

ANN = Person("Ann Example", "ann")
GROUNDS = Grounds(risk=40, scope_class="content", departments=("Finance",), facts=("country: US",))


def decided(
    service: str = "claude", user: str | None = None, verdict: Verdict | None = Verdict.SANCTIONED, **more: object
) -> Decided:
    """A decision about a service, or about a user of it."""
    actor = None if user is None else Actor(user)
    made = Decided(
        asset=asset_id(service, actor),
        service=service,
        person=actor is not None,
        verdict=verdict,
        reason="a contract",
        columns=Columns(),
        grounds=Grounds(),
        evidence=Evidence("0" * 64),
    )
    return replace(made, **more)  # type: ignore[arg-type]


def written(path: Path, *several: Decided) -> DecisionLog:
    """A log with these decisions."""
    for one in several:
        log.decide(path, one, ANN)
    return log.read(path)
