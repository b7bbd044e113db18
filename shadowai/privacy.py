"""Pseudonyms for the people in reports (keyed hashes), small departments that are hidden, and the key.

A pseudonym is HMAC-SHA-256 (RFC 2104) over the kind and the value, cut to 80 bits: the same person has the same pseudonym in every report
that was made with the same key, and nobody without the key can try out names. It is no anonymity (GDPR, article 4 (5)): whoever has
the key can find out, which `shadowai reidentify` does for a reason, and on the record.
"""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final, NamedTuple

from shadowai.errors import UsageError
from shadowai.inventory import asset_id
from shadowai.model import Actor, Candidate, Entry, Gap, Note, Origin, Report

VARIABLE: Final = "SHADOWAI_PSEUDONYM_KEY"
"""Environment variable that holds the key where the configuration names no place for it."""
SMALLEST_KEY: Final = 32
"""The least characters of a key: 128 bits in hex. With a key that can be guessed, pseudonyms can be reversed."""
K: Final = 5
"""The least people of a department that is named beside pseudonyms, unless the configuration says otherwise."""
TOKEN: Final = re.compile(r"(user|device|address|object)-[0-9a-f]{20}")
_KINDS: Final = ("user", "device", "address")
_WORD: Final = re.compile(r"[^\s,;()<>'\"]+")
_NAMING: Final = "identities"
"""The kind of notes whose text names people."""


class Pseudonyms:
    """What gives people, devices and addresses their pseudonyms. Raises :class:`UsageError` for a key that is too short."""

    __slots__ = ("_key",)

    def __init__(self, key: bytes) -> None:
        if len(key) < SMALLEST_KEY:
            remedy = "make one: python -c 'import secrets; print(secrets.token_hex(32))'"
            raise UsageError(f"the key of pseudonyms is shorter than {SMALLEST_KEY} characters", remedy=remedy)
        self._key = key

    @classmethod
    def of(cls, reference: str | None, environ: Mapping[str, str] | None = None) -> Pseudonyms:
        """Those of the key that ``reference`` names, else of the environment's."""
        from shadowai.sweep.secrets import resolve

        words = resolve(reference or f"env:{VARIABLE}", key="the key of pseudonyms", environ=environ)
        return cls(words.encode("utf-8", "surrogateescape"))

    @property
    def id(self) -> str:
        """Tells keys apart, and gives nothing away: reports with the same id have the same pseudonyms."""
        return self._digest("key", "")[:8]

    def token(self, kind: str, value: str) -> str:
        """The pseudonym of a value: ``user-3f0c…``."""
        return f"{kind}-{self._digest(kind, value)}"

    def actor(self, who: Actor) -> Actor:
        """An actor under pseudonyms; what is not known stays unknown."""
        return Actor(
            *(None if value is None else self.token(kind, value) for kind, value in zip(_KINDS, who, strict=True))
        )

    def origin(self, where: Origin) -> Origin:
        """A place. Lines and frames stay: they lead to the source, which its owner guards. The id of an object may be a person's."""
        return (
            where._replace(position=self.token("object", where.position)) if isinstance(where.position, str) else where
        )

    def asset(self, entry: Entry) -> str:
        """The id that a row has under pseudonyms: the plain one is a hash without a key, by which names could be tried out."""
        return entry.asset_id if entry.actor is None else asset_id(entry.service_id, self.actor(entry.actor))

    def _digest(self, kind: str, value: str) -> str:
        message = f"{kind}\x1f{value}".encode("utf-8", "surrogatepass")
        return hmac.new(self._key, message, hashlib.sha256).hexdigest()[:20]


def pseudonymised(report: Report, names: Pseudonyms) -> Report:
    """The report without people, devices and their addresses; a note says with which key.

    What names somebody in free text (who is in two departments, says the file of identities) is counted and not repeated.
    """
    known = {
        value: names.token(kind, value)
        for entry in report.entries
        for kind, value in zip(_KINDS, entry.actor or (), strict=False)
        if value
    }
    told = f"people, devices and addresses are pseudonyms, of the key {names.id}"
    return replace(
        report,
        entries=tuple(_entry(entry, names, known) for entry in report.entries),
        gaps=tuple(_gap(gap, names, known) for gap in report.gaps),
        notes=(*(_note(note, names, known) for note in report.notes), Note(None, "pseudonymised", told)),
        candidates=tuple(_candidate(one, names, known) for one in report.candidates),
    )


def _entry(entry: Entry, names: Pseudonyms, known: Mapping[str, str]) -> Entry:
    return replace(
        entry,
        asset_id=names.asset(entry),
        actor=None if entry.actor is None else names.actor(entry.actor),
        names=tuple(_host(name, names, known) for name in entry.names),
        evidence=tuple(map(names.origin, entry.evidence)),
    )


def _candidate(one: Candidate, names: Pseudonyms, known: Mapping[str, str]) -> Candidate:
    return replace(one, name=_host(one.name, names, known), origins=tuple(map(names.origin, one.origins)))


def _host(name: str, names: Pseudonyms, known: Mapping[str, str]) -> str:
    """The name of a service; that of a server on somebody's own machine is the machine's."""
    found = _address(name)
    return known.get(name) or (names.token("address", name) if found is not None and found.is_private else name)


def _gap(gap: Gap, names: Pseudonyms, known: Mapping[str, str]) -> Gap:
    examples = tuple(map(names.origin, gap.examples))
    return replace(gap, origin=names.origin(gap.origin), reason=_without(gap.reason, names, known), examples=examples)


def _note(note: Note, names: Pseudonyms, known: Mapping[str, str]) -> Note:
    origin = None if note.origin is None else names.origin(note.origin)
    if note.kind == _NAMING:
        return replace(
            note, origin=origin, text="the file of identities contradicts itself here (about whom, is not shown)"
        )
    return replace(note, origin=origin, text=_without(note.text, names, known))


def _without(text: str, names: Pseudonyms, known: Mapping[str, str]) -> str:
    """A sentence with everybody under pseudonyms: the report's actors, mail addresses, and addresses of the network."""
    return _WORD.sub(lambda word: _hidden(word[0], names, known), text)


def _hidden(word: str, names: Pseudonyms, known: Mapping[str, str]) -> str:
    bare = word.rstrip(".:")
    if bare in known:
        return known[bare] + word[len(bare) :]
    if "@" in bare.strip("@"):
        return names.token("user", bare.lower()) + word[len(bare) :]
    return names.token("address", bare) + word[len(bare) :] if _address(bare) is not None else word


def _address(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        return None


class Group(NamedTuple):
    """A department in a view: how many people of it use AI services, and which services; ``None`` and nothing where they are too few to
    be told."""

    department: str
    people: int | None
    services: tuple[str, ...] = ()


SMALL: Final = "(small departments)"
"""Stands for departments that are not named."""
NOT_KNOWN: Final = "(not known)"
"""Stands for the department of people of whom nobody has said one."""


def too_small(sizes: Mapping[str, int], k: int) -> frozenset[str]:
    """The departments that are not to be named, by the number of their people: those with fewer than ``k``.

    So that nobody who knows the others can tell one of them from what is left, they are at least two, and at least ``k`` people: where
    they are not, the next smallest joins them. :data:`SMALL` stands for several that were not named before.
    """
    by_size = sorted(sizes, key=lambda name: (name != SMALL, sizes[name], name))
    small = sum(name == SMALL or size < k for name, size in sizes.items())
    alone = 1 if SMALL in sizes else 2
    while 0 < small < len(by_size) and (small < alone or sum(sizes[name] for name in by_size[:small]) < k):
        small += 1
    return frozenset(by_size[:small])


def small_hidden(entries: Iterable[Entry], small: frozenset[str]) -> tuple[Entry, ...]:
    """The entries with the departments that are ``small`` not named."""
    return tuple(
        entry if small.isdisjoint(entry.departments) else replace(entry, departments=_named(entry.departments, small))
        for entry in entries
    )


def _named(departments: tuple[str, ...], small: frozenset[str]) -> tuple[str, ...]:
    return (*(name for name in departments if name not in small), SMALL)


def department_view(entries: Iterable[Entry], k: int) -> tuple[Group, ...]:
    """Departments by their people who use AI services (``Entry.is_use``), out of rows by user, sorted by name. Those that
    are :func:`too_small` stand together under :data:`SMALL`, with those that were not named before; their number is told where it is
    ``k`` or more. So the total, which is no secret, is more than what is shown by nobody, or by at least ``k`` people."""
    people: dict[str, set[str]] = {}
    services: dict[str, set[str]] = {}
    for entry in entries:
        if entry.actor is not None and entry.actor.user and entry.is_use:
            for name in entry.departments or (NOT_KNOWN,):
                people.setdefault(name, set()).add(entry.actor.user)
                services.setdefault(name, set()).add(entry.service_id)
    hidden = too_small({name: len(found) for name, found in people.items()}, k)
    shown = sorted(people.keys() - hidden)
    groups = [Group(name, len(people[name]), tuple(sorted(services[name]))) for name in shown]
    if hidden:
        total = len(frozenset().union(*(people[name] for name in hidden)))
        theirs = tuple(sorted(frozenset().union(*(services[name] for name in hidden))))
        groups.append(Group(SMALL, total, theirs) if total >= k else Group(SMALL, None))
    return tuple(groups)


def reidentified(tokens: Iterable[str], among: Iterable[tuple[str, str]], names: Pseudonyms) -> dict[str, str]:
    """The value behind each of the pseudonyms ``tokens`` that is ``among`` the given pairs of kind and value: an HMAC cannot be reversed,
    only recomputed."""
    wanted = frozenset(tokens)
    return {token: value for kind, value in among if (token := names.token(kind, value)) in wanted}
