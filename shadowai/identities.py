"""Who is who: a file that joins mail addresses, logins, hosts and IP addresses to people, so that what a proxy calls ``CORP\\\\jdoe``,
a firewall ``192.0.2.17`` and a tenant ``jane.doe@example.com`` is one person in the inventory.

Nothing is guessed: a name that two people claim is nobody's and is told, and an address that changed hands while something was seen
is not joined. Nor is an address that another device has than those of the person whom the file gives it to.
"""

from __future__ import annotations

import csv
import io
import ipaddress
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Final, NamedTuple

from shadowai import normalize, strict_yaml
from shadowai.errors import UsageError
from shadowai.model import Actor, Note, Origin

COLUMNS: Final = ("person", "department", "mail", "login", "host", "address", "from", "until")
"""Columns of the CSV, and keys of the entries of ``people`` in TOML and YAML. ``mail``, ``login``, ``host`` and ``address`` may hold
several, in CSV with ``;`` between them."""
MAX_FILE: Final = 256 << 20
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_ADVICE = f"give each person a row: {', '.join(COLUMNS)}"


class Lease(NamedTuple):
    """That a host or an address was one person's, from ``first`` to ``last`` (µs, inclusive; ``None`` is without end)."""

    person: str
    first: int | None = None
    last: int | None = None

    def covers(self, first: int | None, last: int | None) -> bool:
        """Whether all of that time lies within; time that is not known lies only within what has no bounds."""
        begun = self.first is None or (first is not None and self.first <= first)
        return begun and (self.last is None or (last is not None and last <= self.last))

    def meets(self, other: Lease) -> bool:
        """Whether both held at some time."""
        mine, theirs = (self.first, self.last), (other.first, other.last)
        return all(a is None or b is None or a <= b for a, b in ((mine[0], theirs[1]), (theirs[0], mine[1])))


_Networks = dict[tuple[int, int], dict[int, tuple[Lease, ...]]]


@dataclass(frozen=True, slots=True)
class Identities:
    """Who is behind a user name, a host or an address. ``people`` has each person's department, empty where it is not known."""

    path: str = ""
    people: Mapping[str, str] = field(default_factory=dict)
    users: Mapping[str, str] = field(default_factory=dict)
    hosts: Mapping[str, tuple[Lease, ...]] = field(default_factory=dict)
    networks: tuple[tuple[tuple[int, int], Mapping[int, tuple[Lease, ...]]], ...] = ()
    conflicts: tuple[Note, ...] = ()
    devices: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """The hosts of each person who has any, at whatever time, each without its domain."""

    @classmethod
    def load(cls, path: Path) -> Identities:
        """The identities in a CSV, TOML or YAML file (by its suffix). Raises :class:`~shadowai.errors.UsageError` with the line."""
        return _Builder(path).built(_rows(path))

    def who(self, actor: Actor, first: int | None = None, last: int | None = None) -> Actor:
        """An actor seen from ``first`` to ``last`` (µs), with the person behind it as user where the file says who that is: by name,
        else by host, else by the narrowest network, unless the device is another than the person's; as it was otherwise."""
        if actor.user is not None:
            person = self.users.get(actor.user)
        else:
            times = first, last
            person = self._by_host(actor.device, times)
            if person is None and not self._is_apart(actor, times):
                person = self._by_address(actor.address, times)
        return actor if person is None else actor._replace(user=person)

    def notes(self, seen: Iterable[tuple[Actor, int | None, int | None]]) -> tuple[Note, ...]:
        """What the file leaves open: by itself, and of the actors that were ``seen`` from when to when."""
        apart = {
            actor.device
            for actor, *times in seen
            if self.who(actor, *times).user is None and self._is_apart(actor, (times[0], times[1]))
        }
        if not apart:
            return self.conflicts
        text = "devices had an address that the file gives to somebody whose devices are others: their use is nobody's"
        return (*self.conflicts, Note(Origin(self.path), "identities", text, len(apart)))

    def department(self, user: str) -> str:
        """The department of a person; empty where it is not known."""
        return self.people.get(self.users.get(user, user), "")

    def _by_host(self, device: str | None, times: tuple[int | None, int | None]) -> str | None:
        return _only(self.hosts.get(_host(device), ()), times) if device else None

    def _is_apart(self, actor: Actor, times: tuple[int | None, int | None]) -> bool:
        """Whether the address is a person's and the device is none of those they are known by; where these are not known, one of
        somebody else."""
        person = self._by_address(actor.address, times) if actor.device else None
        if person is None or actor.device is None:
            return False
        known = self.devices.get(person)
        return _host(actor.device) in self.hosts if known is None else _short(actor.device) not in known

    def _by_address(self, address: str | None, times: tuple[int | None, int | None]) -> str | None:
        try:
            found = ipaddress.ip_address(address or "")
        except ValueError:
            return None
        for (version, length), table in self.networks:
            if version == found.version:
                leases = table.get(int(found) >> (found.max_prefixlen - length), ())
                if any(lease.meets(Lease("", *times)) for lease in leases):
                    return _only(leases, times)
        return None


class _Row(NamedTuple):
    """One entry as it was written: lists taken apart, nothing checked."""

    line: int | None
    values: Mapping[str, tuple[str, ...]]

    def one(self, key: str) -> str:
        return next(iter(self.values.get(key, ())), "")


class _Builder:
    def __init__(self, path: Path) -> None:
        self._path = str(path)
        self._people: dict[str, str] = {}
        self._users: dict[str, set[str]] = {}
        self._names: dict[str, set[str]] = {}
        self._hosts: dict[str, list[Lease]] = {}
        self._networks: dict[tuple[int, int], dict[int, list[Lease]]] = {}
        self._shown: dict[tuple[int, int, int], str] = {}
        self._conflicts: list[Note] = []

    def built(self, rows: Iterable[_Row]) -> Identities:
        for row in rows:
            self._add(row)
        users = {name: min(people) for name, people in sorted(self._users.items()) if self._agreed(name, people)}
        hosts = {host: self._told(host, leases) for host, leases in sorted(self._hosts.items())}
        networks: _Networks = {}
        for key, table in sorted(self._networks.items(), key=lambda item: (item[0][0], -item[0][1])):
            networks[key] = {bits: self._told(self._shown[(*key, bits)], leases) for bits, leases in table.items()}
        devices: dict[str, set[str]] = {}
        for host, leases in hosts.items():
            for lease in leases:
                devices.setdefault(lease.person, set()).add(_short(host))
        known = {person: frozenset(names) for person, names in devices.items()}
        return Identities(
            self._path, self._people, users, hosts, tuple(networks.items()), tuple(self._conflicts), known
        )

    def _add(self, row: _Row) -> None:
        person = normalize.user(row.one("person"))
        if person is None:
            raise self._wrong(row, "names no person", _ADVICE)
        known = self._people.setdefault(person, row.one("department"))
        if row.one("department") and known != row.one("department"):
            if known:
                self._conflict(
                    row.line, f"{person} is in two departments, {known} and {row.one('department')}; the first is kept"
                )
            else:
                self._people[person] = row.one("department")
        self._users.setdefault(person, set()).add(person)
        names: set[str] = set()
        for alias in (*row.values.get("mail", ()), *row.values.get("login", ())):
            name = normalize.user(alias)
            if name is None:
                raise self._wrong(row, f"{alias!r:.80} is no user's name", "write it as the logs do")
            self._users.setdefault(name, set()).add(person)
            names.add(name)
        if " " in person and names and self._names.setdefault(person, names).isdisjoint(names):
            told = f"{person} is in several rows under different names, and is taken for one person: two people may be called so"
            self._conflict(row.line, told)
        lease = Lease(person, self._time(row, "from"), self._time(row, "until"))
        if lease.first is not None and lease.last is not None and lease.first > lease.last:
            raise self._wrong(row, "until is before from", "correct the times")
        for host in row.values.get("host", ()):
            self._hosts.setdefault(_host(host), []).append(lease)
        for address in row.values.get("address", ()):
            self._add_network(row, address, lease)

    def _add_network(self, row: _Row, text: str, lease: Lease) -> None:
        try:
            network = ipaddress.ip_network(text.strip(), strict=True)
        except ValueError as error:
            raise self._wrong(
                row, f"{text!r:.80} is no address or network", "write 192.0.2.17 or 192.0.2.0/24"
            ) from error
        bits = int(network.network_address) >> (network.max_prefixlen - network.prefixlen)
        key = network.version, network.prefixlen
        self._networks.setdefault(key, {}).setdefault(bits, []).append(lease)
        self._shown[(*key, bits)] = str(network)

    def _agreed(self, name: str, people: set[str]) -> bool:
        if len(people) > 1:
            self._conflict(None, f"{name} is claimed by {' and '.join(sorted(people))}, and is taken for nobody")
        return len(people) == 1

    def _told(self, key: str, leases: list[Lease]) -> tuple[Lease, ...]:
        """The leases of one key, sorted; those of different people at one time are told, and decide nothing while they meet."""
        ordered = sorted(set(leases), key=lambda lease: (lease.first or 0, lease.last or 1 << 62, lease.person))
        for place, one in enumerate(ordered):
            other = next((o for o in ordered[place + 1 :] if o.person != one.person and o.meets(one)), None)
            if other is not None:
                self._conflict(
                    None, f"{key} is {one.person}'s and {other.person}'s at one time, and is then taken for nobody's"
                )
                break
        return tuple(ordered)

    def _time(self, row: _Row, key: str) -> int | None:
        text = row.one(key)
        if not text:
            return None
        try:
            found = _moment(text, end=key == "until")
        except (ValueError, OverflowError) as error:
            raise self._wrong(
                row, f"{key} is {text!r:.80}, which is no time", "write 2026-01-31 or 2026-01-31T18:00Z"
            ) from error
        return found

    def _conflict(self, line: int | None, text: str) -> None:
        self._conflicts.append(Note(Origin(self._path, line), "identities", normalize.printable(text)))

    def _wrong(self, row: _Row, message: str, remedy: str) -> UsageError:
        return UsageError(normalize.printable(message), origin=Origin(self._path, row.line), remedy=remedy)


def _only(leases: Iterable[Lease], times: tuple[int | None, int | None]) -> str | None:
    """Whose it was for the whole of that time, where nobody else had it for any part of it."""
    meeting = [lease for lease in leases if lease.meets(Lease("", *times))]
    people = {lease.person for lease in meeting}
    return next(iter(people)) if len(people) == 1 and any(lease.covers(*times) for lease in meeting) else None


def _host(text: str) -> str:
    return normalize.host(text) or text.strip().lower()


def _short(device: str) -> str:
    """A host without its domain: logs write ``pc17`` and ``pc17.example.com`` for one."""
    return _host(device).partition(".")[0]


def _moment(text: str, *, end: bool) -> int:
    """Microseconds of a date or a time; of an ``until``, the last one before the next day or the moment itself. Without zone: UTC."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        found = datetime.fromisoformat(text)
    else:
        found = datetime.combine(day, time(), UTC) + (timedelta(days=1, microseconds=-1) if end else timedelta())
    return ((found if found.tzinfo else found.replace(tzinfo=UTC)) - _EPOCH) // timedelta(microseconds=1)


def _rows(path: Path) -> Iterator[_Row]:
    """The entries of the file."""
    try:
        if path.stat().st_size > MAX_FILE:
            raise UsageError(f"is larger than {MAX_FILE >> 20} MiB", origin=Origin(str(path)), remedy="split it")
        data = path.read_bytes()
        text = data.decode("utf-8-sig")
    except OSError as error:
        raise UsageError(f"cannot be read: {error.strerror}", origin=Origin(str(path)), remedy="name a file") from error
    except UnicodeDecodeError as error:
        raise UsageError("is not UTF-8", origin=Origin(str(path)), remedy="save it as UTF-8") from error
    suffix = path.suffix.lower()
    if suffix in (".yaml", ".yml"):
        yield from _entries(path, strict_yaml.load(data, Origin(str(path)), error=UsageError))
    elif suffix == ".toml":
        try:
            yield from _entries(path, tomllib.loads(text))
        except tomllib.TOMLDecodeError as error:
            raise UsageError(f"is no TOML: {error}", origin=Origin(str(path)), remedy="correct it") from error
    else:
        yield from _csv(path, text)


def _csv(path: Path, text: str) -> Iterator[_Row]:
    table = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = [name.strip().lower() for name in next(table, [])]
        _check_keys(path, 1, header)
        for cells in table:
            if len(cells) > len(header):
                raise UsageError(
                    "has more cells than columns", origin=Origin(str(path), table.line_num), remedy=_ADVICE
                )
            if any(cell.strip() for cell in cells):
                yield _Row(table.line_num, {key: _parts(cell) for key, cell in zip(header, cells, strict=False)})
    except csv.Error as error:
        raise UsageError(
            f"is no CSV: {error}", origin=Origin(str(path), table.line_num), remedy="correct it"
        ) from error


def _parts(cell: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in cell.split(";") if part.strip())


def _entries(path: Path, document: object) -> Iterator[_Row]:
    people = document.get("people") if isinstance(document, dict) else None
    if not isinstance(people, list):
        raise UsageError(
            "has no list of people", origin=Origin(str(path)), remedy="write people, and an entry for each"
        )
    for number, entry in enumerate(people, 1):
        if not isinstance(entry, dict):
            raise UsageError(f"person {number} is no table", origin=Origin(str(path)), remedy=_ADVICE)
        _check_keys(path, None, list(entry))
        values: dict[str, tuple[str, ...]] = {}
        for key, value in entry.items():
            several = value if isinstance(value, list) else [value]
            if not all(isinstance(one, str | date) for one in several):
                raise UsageError(f"person {number}: {key} is no text", origin=Origin(str(path)), remedy=_ADVICE)
            values[key] = tuple(one.isoformat() if isinstance(one, date) else one for one in several)
        yield _Row(None, values)


def _check_keys(path: Path, line: int | None, keys: list[str]) -> None:
    unknown = [key for key in keys if key not in COLUMNS]
    if unknown or "person" not in keys or len(set(keys)) < len(keys):
        named = normalize.printable(
            f"{unknown[0]!r:.60} is no column" if unknown else "person is missing, or a column is twice"
        )
        raise UsageError(named, origin=Origin(str(path), line), remedy=f"use {', '.join(COLUMNS)}")
