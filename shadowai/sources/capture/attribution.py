"""Which name a client asked for before it connected to an address: a hint for connections that tell no name themselves.

An answer counts for its time to live, and for five minutes at least (clients keep answers longer than they may: RFC 8767
even tells resolvers to). All addresses of an answer belong to the name in its question, whatever chain of aliases (CNAME,
RFC 1034 section 3.6.2) led there. An address that was the answer to several names says nothing.
"""

from __future__ import annotations

from typing import NamedTuple

SECOND = 1_000_000
_LEAST = 300 * SECOND
_NAMES = 4


class _Told(NamedTuple):
    name: str
    since: int
    until: int


class Answers:
    """What resolvers told each client; remembers ``most`` pairs of client and address, the oldest go first."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._told: dict[tuple[bytes, bytes], tuple[_Told, ...]] = {}
        self.forgotten = 0

    def add(self, client: bytes, name: str, address: bytes, time: int, ttl: int) -> None:
        """``client`` was told at ``time`` (µs) that ``name`` is at ``address`` for ``ttl`` seconds."""
        key = (client, address)
        until = time + max(ttl * SECOND, _LEAST)
        known = self._told.get(key)
        if known is None:
            if len(self._told) >= self._most:
                del self._told[next(iter(self._told))]
                self.forgotten += 1
            self._told[key] = (_Told(name, time, until),)
            return
        last = known[-1]
        if last.name == name:
            self._told[key] = (*known[:-1], _Told(name, min(last.since, time), max(last.until, until)))
        else:
            if len(known) >= _NAMES:
                # the one that ends first: while it lasted the others did too, so that none of them is ever alone too early
                ends = [told.until for told in known]
                gone = ends.index(min(ends))
                known = known[:gone] + known[gone + 1 :]
            self._told[key] = (*known, _Told(name, time, until))

    def names(self, client: bytes, address: bytes, time: int) -> tuple[str, ...]:
        """The names that ``address`` had for ``client`` at ``time``; only a single one is evidence."""
        found = (told.name for told in self._told.get((client, address), ()) if told.since <= time <= told.until)
        return tuple(dict.fromkeys(found))
