"""Looks, with one small request per signal, whether a sweep would see everything; and whether the credentials can do too much."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from shadowai.connector import Connector, Finding, Probe, probe_of
from shadowai.normalize import printable
from shadowai.sweep.runner import MISREAD, misread
from shadowai.sweep.session import TenantSession
from shadowai.tenant import Signal, TenantError

SKEW = 300.0
"""Seconds that the clocks may differ: from there on services refuse assertions (Kerberos' tolerance, RFC 4120, section 10)."""
WRITING = ("write", "manage", "delete", "fullcontrol", "admin:", "security")
"""Parts of the names of permissions that do more than read."""
BLOCKING: frozenset[Finding] = frozenset(
    {"scope", "role", "licence", "credentials", "unreachable", "intercepted", "clock", "error"}
)


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What the probes of one tenant found. ``signal`` of a probe is a signal's name, or ``"*"`` where it concerns all of them."""

    name: str
    platform: str
    probes: tuple[Probe, ...]
    signals: tuple[Signal, ...]

    @property
    def fine(self) -> bool:
        """True where every required signal can be looked at, and nothing stands in the way of all of them."""
        required = {signal.name for signal in self.signals if signal.required}
        found = {probe.signal for probe in self.probes if probe.finding == "ok"}
        return required <= found and not any(p.finding in BLOCKING for p in self.probes if p.signal in {*required, "*"})


def examine(name: str, connector: Connector, session: TenantSession) -> Diagnosis:
    """Probe every signal of one tenant that its settings ask for, and say how to have the others. What goes wrong is in the probes; only
    a wrong configuration is raised."""
    wanted = tuple(connector.wanted(session.settings))
    told = list(_probes(connector, session))
    probes = [probe for probe in told if probe.finding != "unasked"]
    seen = {probe.signal for probe in probes}
    everything = next((probe for probe in probes if probe.signal == "*" and probe.finding in BLOCKING), None)
    for signal in wanted:
        if signal.name not in seen:
            detail = everything.detail if everything else "it was not probed"
            probes.append(Probe(signal.name, everything.finding if everything else "error", detail, signal.remedy))
    by = {probe.signal: probe.remedy for probe in told if probe.finding == "unasked"}
    probes += (_unasked(signal, by.get(signal.name, "")) for signal in connector.signals if signal not in wanted)
    probes += _clock(session)
    if not any(probe.finding == "excess" for probe in probes):
        probes += _excess(connector.signals, wanted, session)
    return Diagnosis(name, connector.name, tuple(_shown(probe, session) for probe in probes), connector.signals)


def _unasked(signal: Signal, setting: str) -> Probe:
    """A signal that the settings leave out: which ``setting`` asks for it (its tier's where none is named), and what it then needs."""
    asks = setting or f'tier = "{signal.tier}"'
    needs = f"needs {' or '.join(signal.any_of)}" if signal.any_of else "needs no more permissions"
    licence = f", and {signal.licence}" if signal.licence else ""
    return Probe(signal.name, "unasked", f"{asks} asks for it, and {needs}{licence}")


def _probes(connector: Connector, session: TenantSession) -> Iterator[Probe]:
    """The connector's own probes; an error that it lets through concerns everything that is left."""
    try:
        connector.tenant(session.settings)
        yield from connector.doctor(session)
    except TenantError as error:
        yield probe_of("*", error)
    except MISREAD as error:
        yield probe_of("*", misread(error))


def _clock(session: TenantSession) -> Iterator[Probe]:
    """Whether our clock agrees with the ``Date`` of the service's last answer."""
    skew = session.shared.skew
    if skew is not None and abs(skew) > SKEW:
        how = f"this machine's clock is {abs(skew):.0f} seconds {'behind' if skew > 0 else 'ahead'}"
        yield Probe("*", "clock", how, "set it, by NTP")


def _excess(signals: Iterable[Signal], wanted: Iterable[Signal], session: TenantSession) -> Iterator[Probe]:
    """Permissions that the tokens carry and no wanted signal needs; those that can write come with a warning of their own."""
    needed = {permission.lower() for signal in wanted for permission in signal.any_of}
    for permission in session.permissions:
        if permission.lower() in needed:
            continue
        writes = any(part in permission.lower() for part in WRITING)
        later = next((signal for signal in signals if permission.lower() in map(str.lower, signal.any_of)), None)
        tier = f' before tier = "{later.tier}"' if later is not None else ""
        detail = f"{permission} is not needed{tier}{', and can change things' if writes else ''}"
        yield Probe("*", "excess", detail, f"take {permission} away")


def _shown(probe: Probe, session: TenantSession) -> Probe:
    redact = session.shared.redactor
    return Probe(probe.signal, probe.finding, printable(redact(probe.detail)), printable(redact(probe.remedy)))
