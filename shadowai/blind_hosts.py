"""Hosts behind which other hosts disappear: resolvers that are asked over HTTPS or in clear HTTP, the outer names of encrypted hellos,
networks of private tunnels. A log that shows one does not show what was reached through it.

Packet captures count resolvers and encrypted hellos themselves, by more than a name (:mod:`shadowai.sources.capture`).
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from shadowai.model import Match, Name, Note
from shadowai.wire.hidden import ECH_PUBLIC_NAMES, ENCRYPTED_DNS

RESOLVER: Final = "encrypted_dns"
HELLO: Final = "encrypted_hello"
TUNNEL: Final = "vpn"

TUNNELS: Final = frozenset(
    {
        *(
            "nordvpn.com",
            "expressvpn.com",
            "surfshark.com",
            "protonvpn.com",
            "mullvad.net",
            "privateinternetaccess.com",
        ),
        *("cyberghostvpn.com", "windscribe.com", "tunnelbear.com", "hidemyass.com", "vyprvpn.com", "ipvanish.com"),
        *("hotspotshield.com", "ivpn.net", "torguard.net", "purevpn.com", "hide.me", "psiphon.ca", "getlantern.org"),
        *("cloudflareclient.com", "torproject.org", "warp.plus", "urban-vpn.com", "hola.org", "astrill.com"),
    }
)
"""What the clients of private tunnels for everybody connect to, from the vendors' own pages; with all below them. Connections of a
company's own VPN are none of these."""

_TEXTS: Final = {
    RESOLVER: "requests to resolvers over HTTPS or HTTP (DoH, HTTPDNS): the names that were asked for do not show in logs of look-ups",
    HELLO: "connections under the outer name of encrypted hellos (ECH): which host was meant does not show",
    TUNNEL: "connections to private tunnels (VPN, Tor): what was reached through them does not show",
}
_MARK: Final = "?!"
_HOSTS: Final[Mapping[str, str]] = dict.fromkeys(ENCRYPTED_DNS, RESOLVER) | dict.fromkeys(ECH_PUBLIC_NAMES, HELLO)
NAMES: Final = frozenset(_HOSTS) | TUNNELS
"""Hosts and parent domains: a host that is none of them, and in none of them, hides nothing."""


def blind(host: str) -> Match | None:
    """The match of a host that hides others: its id is that of the kind of blind spot. ``None`` for any other."""
    kind = _HOSTS.get(host)
    if kind is None:
        tail = host
        while tail and tail not in TUNNELS:
            tail = tail.partition(".")[2]
        kind = TUNNEL if tail else None
    return None if kind is None else Match(_MARK + kind, "", Name("domain", host), "shared")


def shows_in_captures(match: Match) -> bool:
    """Whether a capture says the same of its own accord, so that nothing is to be counted by name."""
    return match.signature in (_MARK + RESOLVER, _MARK + HELLO)


def note(key: str, events: int, hosts: tuple[str, ...]) -> Note | None:
    """What is to be said of a blind spot that was counted under ``key``; ``None`` for any other id."""
    kind = key.removeprefix(_MARK)
    if kind == key or not events:
        return None
    return Note(None, kind, f"{_TEXTS[kind]} (e.g. {', '.join(hosts[:3])})", events)
