"""Signatures as detection rules for other systems: one explicit list of the languages.

A rule speaks of the names that identify a service for certain, and claims a host exactly where this program does: the longest pattern
decides, whoever's it is, and what a signature excludes is not claimed. Rules find use, which is no attack: their level is low.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

from shadowai.export.rules.claims import Claims


class Language(NamedTuple):
    """A language of rules: its name, what is made, and how the text is made of what services claim."""

    name: str
    about: str
    render: Callable[[Sequence[Claims]], str]


def _sigma(claims: Sequence[Claims]) -> str:
    from shadowai.export.rules import sigma

    return sigma.render(claims)


def _suricata(claims: Sequence[Claims]) -> str:
    from shadowai.export.rules import suricata

    return suricata.render(claims)


def _zeek(claims: Sequence[Claims]) -> str:
    from shadowai.export.rules import zeek

    return zeek.render(claims)


def _kql(claims: Sequence[Claims]) -> str:
    from shadowai.export.rules import kql

    return kql.render(claims)


def _spl(claims: Sequence[Claims]) -> str:
    from shadowai.export.rules import spl

    return spl.render(claims)


LANGUAGES: Final[dict[str, Language]] = {
    language.name: language
    for language in (
        Language("sigma", "Sigma rules for DNS and proxy logs", _sigma),
        Language("suricata", "Suricata 7 rules for TLS, QUIC, DNS and HTTP", _suricata),
        Language("zeek", "a Zeek script that raises notices", _zeek),
        Language("kql", "a query for Microsoft Defender and Sentinel", _kql),
        Language("spl", "a search for Splunk", _spl),
    )
}
"""Every language by its name; a new one is a file of its own and a line here."""
