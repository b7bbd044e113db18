"""Formats of block lists for proxies, firewalls and DNS servers: one explicit list.

Every name was checked before (:func:`shadowai.normalize.host`), so that none can end a line and begin another.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Final, NamedTuple

from shadowai.plans.blocking import Host


class Appliance(NamedTuple):
    """A kind of appliance: its name, the list's file, how it is put in place, and how its text is made."""

    name: str
    file: str
    about: str
    render: Callable[[Sequence[Host]], str]


def _lines(lines: Iterable[str]) -> str:
    return "".join(f"{line}\n" for line in lines)


def _hosts(hosts: Sequence[Host]) -> str:
    """hosts(5): a name is that name alone, and nothing below it."""
    return _lines(f"0.0.0.0 {host.name}" for host in hosts)


def _rpz(hosts: Sequence[Host]) -> str:
    """A response policy zone: ``CNAME .`` answers that there is no such name (draft-vixie-dnsop-dns-rpz, section 3.1)."""
    head = ("$TTL 300", "@ SOA localhost. root.localhost. 1 3600 600 86400 300", "@ NS localhost.")
    records = [line for host in hosts for line in _records(host)]
    return _lines((*head, *records))


def _records(host: Host) -> tuple[str, ...]:
    own = f"{host.name} CNAME ."
    return (own, f"*.{host.name} CNAME .") if host.below else (own,)


def _squid(hosts: Sequence[Host]) -> str:
    """For ``acl … dstdomain "FILE"``: a dot before a domain takes in all below it (squid.conf, ``acl``)."""
    return _lines(f"{'.' if host.below else ''}{host.name}" for host in hosts)


def _fortigate(hosts: Sequence[Host]) -> str:
    """A domain name threat feed (FortiOS, external block list): one domain a line, ``*.`` for what is below it."""
    return _lines(line for host in hosts for line in ((host.name, f"*.{host.name}") if host.below else (host.name,)))


def _panos(hosts: Sequence[Host]) -> str:
    """An external dynamic list of URLs (PAN-OS): a slash at the end, so that ``example.com`` is not the start of another name."""
    every = ((f"{host.name}/", f"*.{host.name}/") if host.below else (f"{host.name}/",) for host in hosts)
    return _lines(line for several in every for line in several)


APPLIANCES: Final = {
    appliance.name: appliance
    for appliance in (
        Appliance("hosts", "hosts.txt", "a hosts file: those names alone, and nothing below them", _hosts),
        Appliance("rpz", "rpz.zone", "a response policy zone for BIND, Unbound, PowerDNS, Knot", _rpz),
        Appliance("squid", "squid.txt", 'acl shadow_ai dstdomain "/etc/squid/squid.txt"', _squid),
        Appliance("fortigate", "fortigate.txt", "FortiOS: a threat feed of the type domain name", _fortigate),
        Appliance("panos", "panos.txt", "PAN-OS: an external dynamic list of the type URL list", _panos),
    )
}
"""Every appliance by its name."""
