"""Suricata rules (https://docs.suricata.io/en/suricata-7.0.14/rules/): one for each claimed pattern and each protocol that shows a name.

The numbers of the rules (``sid``) are made of what a rule says, in the range for local rules: the same rule keeps its number.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from typing import Final, NamedTuple

from shadowai.export.rules.claims import Claim, Claims, Pattern, label


class Protocol(NamedTuple):
    """A protocol, the buffer that has the name, and whether the buffer is in lower case already: then ``nocase`` is refused."""

    name: str
    buffer: str
    lower: bool = False
    flow: str = ""


_TO_SERVER: Final = "flow:established,to_server; "
PROTOCOLS: Final = (
    Protocol("tls", "tls.sni", flow=_TO_SERVER),
    Protocol("quic", "quic.sni"),
    Protocol("dns", "dns.query"),
    Protocol("http", "http.host", lower=True, flow=_TO_SERVER),
)
FIRST_SID: Final = 1_000_000
SIDS: Final = 1_000_000
"""Numbers for local rules: 1,000,000 to 1,999,999."""
_LIMIT: Final = "threshold:type limit, track by_src, count 1, seconds 3600"


def render(claims: Sequence[Claims]) -> str:
    """The rules of all services, one a line."""
    taken: set[int] = set()
    return "".join(f"{line}\n" for claimed in claims for line in _rules(claimed, taken))


def _rules(claimed: Claims, taken: set[int]) -> Iterator[str]:
    service = claimed.service
    for one in claimed.sure:
        for protocol in PROTOCOLS:
            msg = f"shadowai AI service {label(service.id)} ({label(service.name)}) by {protocol.name}"
            sid = _sid(f"{service.id} {one.pattern.how} {one.pattern.value} {protocol.name}", taken)
            yield (
                f'alert {protocol.name} any any -> any any (msg:"{msg}"; {protocol.flow}{protocol.buffer}; '
                f"{_options(one, protocol)}{_LIMIT}; classtype:policy-violation; sid:{sid}; rev:1;)"
            )


def _options(claim: Claim, protocol: Protocol) -> str:
    how, value = claim.pattern
    nocase, flag = ("", "") if protocol.lower else (" nocase;", "i")
    if how == "exact":
        return f'content:"{value}";{nocase} bsize:{len(value)}; '
    if how == "glob":
        literal = value.rpartition("*")[2]
        return f'content:"{literal}";{nocase} endswith; pcre:"/{claim.pattern.regex}/{flag}"; '
    taken = "".join(_but(pattern, nocase, flag) for pattern in claim.but)
    return f'dotprefix; content:".{value}";{nocase} endswith; {taken}'


def _but(pattern: Pattern, nocase: str, flag: str) -> str:
    """What is taken out, in a buffer with a dot before the host."""
    if pattern.how == "suffix":
        return f'content:!".{pattern.value}";{nocase} endswith; '
    return f'pcre:!"/^[.]{pattern.regex[1:]}/{flag}"; '


def _sid(text: str, taken: set[int]) -> int:
    """A number for the rule; the next one where that is taken."""
    number = int.from_bytes(hashlib.sha256(text.encode()).digest()[:8], "big") % SIDS
    while number in taken:
        number = (number + 1) % SIDS
    taken.add(number)
    return FIRST_SID + number
