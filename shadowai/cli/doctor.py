"""``shadowai doctor``: would a sweep see everything, and if not, what is missing?"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from shadowai.cli import INCOMPLETE, WITHIN_POLICY, options, tenants
from shadowai.normalize import printable

if TYPE_CHECKING:
    from shadowai.connector import Probe
    from shadowai.sweep.doctor import Diagnosis

WORDS = {
    "ok": "ok",
    "scope": "missing scope",
    "role": "missing role",
    "licence": "licence",
    "credentials": "credentials",
    "unreachable": "unreachable",
    "intercepted": "intercepted TLS",
    "clock": "clock skew",
    "error": "error",
    "excess": "over-privileged",
    "unasked": "not needed",
}
"""What a finding is called in the table."""
MISSING = ("scope", "role", "licence")
"""Findings that a smaller tier may be free of: they are told with the tier that needs what is missing."""


@click.command("doctor", short_help="Say per signal what a sweep would not see, and what to do about it.")
@tenants.names_argument
@options.config_option
@click.option("--json", "as_json", is_flag=True, help="One JSON object per finding.")
def command(names: tuple[str, ...], config_file: Path | None, as_json: bool) -> int:
    """Probe the tenants NAME... of the configuration (all of them by default), with one small request per signal.

    Exit codes: 0 everything that is required can be looked at, 2 wrong configuration, 3 something cannot.
    """
    from shadowai import config
    from shadowai.sweep.clock import WallClock
    from shadowai.sweep.visit import diagnosed

    chosen = tenants.chosen(config.load(config_file), names)
    with tenants.stopping() as event:
        found = [diagnosed(tenant, clock=WallClock(event)) for tenant in chosen if not event.is_set()]
    _print_json(found) if as_json else _print_table(found)
    return WITHIN_POLICY if len(found) == len(chosen) and all(diagnosis.fine for diagnosis in found) else INCOMPLETE


def _print_json(found: Sequence[Diagnosis]) -> None:
    for diagnosis in found:
        for probe in diagnosis.probes:
            about = {"tenant": diagnosis.name, "connector": diagnosis.platform, **_fields(diagnosis, probe)}
            print(json.dumps(about, ensure_ascii=True))


def _fields(diagnosis: Diagnosis, probe: Probe) -> dict[str, object]:
    signal = next((signal for signal in diagnosis.signals if signal.name == probe.signal), None)
    return {
        "signal": probe.signal,
        "required": signal.required if signal else probe.signal == "*",
        "tier": signal.tier if signal else "",
        "finding": probe.finding,
        "detail": probe.detail,
        "remedy": _remedy(diagnosis, probe),
        "any_of": list(signal.any_of) if signal else [],
        "licence": signal.licence if signal else "",
    }


def _remedy(diagnosis: Diagnosis, probe: Probe) -> str:
    """The probe's own remedy, else the signal's; none where nothing is wrong."""
    signal = next((signal for signal in diagnosis.signals if signal.name == probe.signal), None)
    return probe.remedy or (signal.remedy if signal and probe.finding not in ("ok", "unasked") else "")


def _print_table(found: Sequence[Diagnosis]) -> None:
    for diagnosis in found:
        print(printable(f"{diagnosis.name} ({diagnosis.platform})"))
        titles = {signal.name: signal.title for signal in diagnosis.signals}
        required = {signal.name for signal in diagnosis.signals if signal.required}
        rows = [(_mark(probe, required), titles.get(probe.signal, probe.signal), probe) for probe in diagnosis.probes]
        widest = max((len(title) for _, title, _ in rows), default=0)
        tiers = {signal.name: f" ({signal.tier})" for signal in diagnosis.signals}
        for mark, title, probe in rows:
            word = WORDS[probe.finding] + (tiers.get(probe.signal, "") if probe.finding in MISSING else "")
            print(printable(f"  {mark} {title:<{widest}}  {word:<15}  {probe.detail}".rstrip()))
            remedy = _remedy(diagnosis, probe)
            if remedy:
                print(printable(f"    {'':<{widest}}  {'':<15}  -> {remedy}"))


def _mark(probe: Probe, required: set[str]) -> str:
    if probe.finding in ("ok", "unasked"):
        return "+" if probe.finding == "ok" else " "
    return "!" if probe.signal in required or probe.signal == "*" else "-"
