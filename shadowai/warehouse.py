"""Logs that sit in a warehouse already: asked there, through Ibis (https://ibis-project.org); its only home.

In two steps. The distinct names come back with their counts, and are matched here; then one expression is pushed down that sums up, for
who used which of those that matched. What comes back grows with distinct names and with the users of AI services, never with the rows.
Names are made alike in the warehouse only where that is sure to change nothing (case, the trailing dot, a port, the path of a URL);
everything else about a row is said by the reader of generic tables, so that a table gives what its export as CSV would.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from shadowai import places, sightings
from shadowai.catalog import Catalog
from shadowai.errors import ShadowaiError, SourceError, UsageError
from shadowai.inventory import Inventory
from shadowai.model import Actor, Gap, Note, Origin, Record, SourceSummary
from shadowai.names import NO_HOST, Found, Names
from shadowai.pipeline import Outcome, ScanOptions
from shadowai.sources import remote
from shadowai.sources.logs.aliases import FLAT, LIKELY_HOST, VAGUE_HOST, flat
from shadowai.sources.logs.generic import CSV
from shadowai.sources.logs.reader import FormatReader
from shadowai.sources.timestamps import Clock, assumptions
from shadowai.warehouse_values import Moment, bytes_of, moment, path_of, place_of, plain_host, text

if TYPE_CHECKING:
    from ibis.expr.types import Column, StringValue, Table

FORMAT = "table"
"""What tables are called among the sources."""
JOIN_FROM = 10_000
"""Names that matched from which they go to the warehouse as a table to join, and no more as a list."""
_PARTING = "\x1f"
_PARQUET = ".parquet"
_HOSTS = frozenset((*FLAT["host"], *map(flat, (*LIKELY_HOST, *VAGUE_HOST))))
_WHO_AND_HOW = tuple(
    name for key in ("user", "device", "client_ip", "method", "action", "user_agent") for name in FLAT[key]
)
_MOMENTS = (("date", "time"), ("logdate", "logtime"), *((name,) for name in FLAT["time"]))


def scan(url: str, options: ScanOptions, known: Catalog) -> Outcome:
    """What the rows of the table at ``url`` show; a table that cannot be read is a gap.

    ``url`` is Ibis's address of a database with the table behind ``#`` (``duckdb:///logs.db#proxy``, ``snowflake://…#schema.table``), or
    the path of a Parquet file or a pattern of them. Raises :class:`UsageError` where Ibis is not there, or no column names a destination.
    """
    found, place = Outcome(), shown(url)
    asking = _Asking(place, options, known)
    try:
        with _said(place), _opened(url) as table:
            asking.ask(table, found.inventory)
    except SourceError as wrong:
        found.gaps.append(Gap(wrong.origin or Origin(place), f"{wrong.message} ({wrong.remedy})"))
    found.gaps += asking.gaps()
    found.notes += asking.notes()
    found.sources.append(asking.summary())
    return found


def shown(url: str) -> str:
    """``url`` without user, password and parameters."""
    place, mark, name = url.partition("#")
    if not remote.is_url(place):
        return url
    scheme, _, rest = place.partition("?")[0].partition("://")
    return f"{scheme}://{rest.rpartition('@')[2]}{mark}{name}"


class _Keys(NamedTuple):
    """A table's columns under the names that the reader of generic tables knows them by."""

    columns: Mapping[str, Column]

    @classmethod
    def of(cls, table: Table, chosen: Mapping[str, str], place: str) -> _Keys:
        """The columns of ``table`` that mean something; ``chosen`` are fields whose column the user names."""
        taken = {name for field in chosen for name in (_HOSTS if field == "host" else FLAT[field])}
        found: dict[str, Column] = {}
        for column in table.columns:
            name = flat(column)
            if name not in taken and name not in found and _is_used(name):
                found[name] = table[column]
        for field, column in chosen.items():
            if column not in table.columns:
                raise UsageError(
                    f"no column {column!r}", origin=Origin(place), remedy=f"it has {', '.join(table.columns)}"
                )
            found[FLAT[field][0]] = table[column]
        if not (_HOSTS | set(FLAT["url"]) | set(FLAT["server_ip"])) & found.keys():
            raise UsageError(
                f"no column names a destination: {', '.join(table.columns)}",
                origin=Origin(place),
                remedy="name it: --column host=COLUMN",
            )
        return cls(found)

    def of_field(self, field: str) -> list[Column]:
        """The columns of a field, in the order of preference."""
        return [self.columns[name] for name in FLAT[field] if name in self.columns]

    def names(self) -> dict[str, StringValue]:
        """What tells the destination, made alike: of hosts the case and the port do not matter, of URLs what is behind the host; an
        address is asked only where there is no name."""
        found: dict[str, StringValue] = {}
        sure = []
        for name, column in self.columns.items():
            if name in FLAT["url"]:
                known = place_of(text(column))
                found[name], is_sure = known.text, known.sure
            elif name in _HOSTS and name not in FLAT["server_ip"]:
                known = plain_host(text(column))
                found[name], is_sure = known.text, known.sure if name in FLAT["host"] else None
            else:
                continue
            if is_sure is not None:
                sure.append(is_sure)
        named = _any(sure)
        for name, column in self.columns.items():
            if name in FLAT["server_ip"]:
                found[name] = text(column) if named is None else named.ifelse("", text(column))
        return found

    def manner(self) -> dict[str, StringValue]:
        """Who, and how."""
        return {name: text(self.columns[name]) for name in _WHO_AND_HOW if name in self.columns}

    def moment(self, options: ScanOptions) -> Moment | None:
        """When; ``None`` where no column tells."""
        several = [[self.columns[name] for name in names] for names in _MOMENTS if self.columns.keys() >= set(names)]
        return moment(several, options.zone()) if several else None


def _is_used(name: str) -> bool:
    return name in _HOSTS or any(name in names for names in FLAT.values())


def _any(conditions: Sequence[Any]) -> Any:
    found = None
    for condition in conditions:
        found = condition if found is None else found | condition
    return found


class _Asking:
    """The two questions, and what the answers add up to."""

    def __init__(self, place: str, options: ScanOptions, known: Catalog) -> None:
        self._place, self._options, self._names = place, options, Names(known)
        self._paths = _paths(known)
        self._clock = Clock()
        self._reader = FormatReader(replace(CSV, name=FORMAT), self._clock)
        self._header: tuple[str, ...] = ()
        self._rows = self._named = self._ai = self._untimed = 0

    def ask(self, table: Table, inventory: Inventory) -> None:
        """Add the use that ``table`` shows."""
        keys = _Keys.of(table, dict(self._options.columns), self._place)
        self._header = (*(name for name in keys.columns if name not in FLAT["time"]), "time")
        self._reader.tokens(",".join(self._header))
        when = keys.moment(self._options)
        if when is not None:
            table = self._in_window(table, when)
        names = keys.names()
        key = _joined(list(names.values()))
        wanted, by_url = self._decided(table.select(key_=key, **names))
        if wanted:
            self._fold(self._summed(table, keys, when, names, key, wanted, by_url), inventory)

    def _in_window(self, table: Table, when: Moment) -> Table:
        since, until = self._options.since, self._options.until
        for bound in when.around(since, until):  # what the warehouse can leave out without reading it
            table = table.filter(bound)
        if since is not None:
            table = table.filter(when.micros.isnull() | (when.micros >= since))
        if until is not None:
            table = table.filter(when.micros.isnull() | (when.micros <= until))
        return table

    def _decided(self, named: Table) -> tuple[list[str], list[str]]:
        """The keys of the names that are AI services', and of these the ones that their URLs decide."""
        wanted, by_url = [], []
        for row in _rows_of(named.group_by(list(named.columns)).agg(n_=named.count())):
            self._rows += row["n_"]
            decision = self._decide(self._tokens(row))
            self._named += row["n_"] if decision is not NO_HOST else 0
            if decision is NO_HOST:
                address = self._reader.server(self._tokens(row))
                decision = NO_HOST if address is None else self._names.decide(address)
            if isinstance(decision, Found):
                wanted.append(row["key_"])
                by_url += [row["key_"]] if decision.needs_url else []
        return wanted, by_url

    def _decide(self, tokens: list[str]) -> Any:
        return self._names.first(self._reader.candidates(tokens))

    def _summed(
        self,
        table: Table,
        keys: _Keys,
        when: Moment | None,
        names: Mapping[str, StringValue],
        key: StringValue,
        wanted: list[str],
        by_url: list[str],
    ) -> Table:
        """The second question, as one expression."""
        import ibis

        groups: dict[str, Any] = {**names, **keys.manner()}
        if by_url:
            asked = key.isin(by_url) if len(by_url) < JOIN_FROM else ibis.literal(True)
            for name in (*FLAT["url"], *FLAT["path"]):
                if name in keys.columns:
                    groups[name] = asked.ifelse(
                        path_of(text(keys.columns[name]), self._paths), groups.get(name, ibis.literal(""))
                    )
        values: dict[str, Any] = {}
        for field in ("bytes_up", "bytes_down"):
            sizes = [size for column in keys.of_field(field) if (size := bytes_of(column)) is not None]
            if sizes:
                values[field] = ibis.coalesce(*sizes).cast("decimal(38, 0)")
        if when is not None:
            groups["day_"] = (when.micros // sightings.DAY).cast("int64")
            values |= {
                "zoneless": when.zoneless.cast("int64"),
                "untimed": when.unread.cast("int64"),
                "at_": when.micros,
            }
        rows = _only(table.select(key_=key, **groups, **values), wanted)
        ends = {"first_": rows.at_.min(), "last_": rows.at_.max()} if when is not None else {}
        sums = {name: rows[name].sum() for name in values if name != "at_"}
        found = rows.group_by(list(groups)).agg(n_=rows.count(), **sums, **ends)
        return found.order_by(list(groups))  # rows have no order, and the inventory must not depend on it

    def _fold(self, summed: Table, inventory: Inventory) -> None:
        sums = sightings.Fold(inventory, self._names)
        for row in _rows_of(summed):
            record = self._reader.record(self._place, 0, self._tokens(row), timed=False)
            matches = sightings.matches_of(record, self._names)
            if matches:
                self._ai += row["n_"] if sightings.is_ai(matches) else 0
                self._untimed += int(row.get("untimed") or 0)
                if row.get("zoneless") and self._options.zone() is None:
                    self._clock.assumed["zone"] += int(row["zoneless"])
                sums.make_room()
                way = sums.way(record, matches)
                _add(sums.sum_for(_actor(record), way), record, row, sums.facts(record))
        sums.flush()

    def _tokens(self, row: Mapping[str, Any]) -> list[str]:
        """A row as its export would have it, without what is summed up."""
        summed = {"time", *FLAT["bytes_up"], *FLAT["bytes_down"]}
        return ["" if name in summed else row.get(name) or "" for name in self._header]

    def gaps(self) -> Iterator[Gap]:
        """What could not be read."""
        place = Origin(self._place)
        if self._untimed:
            reason = "times that the warehouse cannot read: counted without one; name a column that holds times, --column time=COLUMN"
            yield Gap(place, reason, self._untimed)
        if self._rows and not self._named:
            yield Gap(
                place,
                "no row names a host: AI use cannot show in them; name the column, --column host=COLUMN",
                self._rows,
            )

    def notes(self) -> Iterator[Note]:
        """What was assumed."""
        for kind, said, count in assumptions(self._clock):
            yield Note(Origin(self._place), kind, said, count)

    def summary(self) -> SourceSummary:
        """Counts of the whole table, of its rows in the window."""
        rows = self._rows
        return SourceSummary(self._place, FORMAT, lines=rows, records=rows, named=self._named, ai=self._ai)


def _paths(known: Catalog) -> set[str]:
    """The paths of all URLs that signatures name."""
    rules = [rule for kind in ("url", "url_glob") for several in known.index.tables[kind].values() for rule in several]
    return {"/" + rule[3].partition("/")[2] for rule in rules}


def _actor(record: Record) -> Actor:
    return Actor(record.user, record.device, record.client_ip)


def _add(total: sightings.Sum, record: Record, row: Mapping[str, Any], facts: frozenset[str]) -> None:
    """Count the rows that ``row`` sums up."""
    total.facts |= facts
    total.places = total.places or places.held([Origin(record.path)])
    first, last = row.get("first_"), row.get("last_")
    if first is not None and last is not None:
        total.first_seen = first if total.first_seen is None else min(first, total.first_seen)
        total.last_seen = last if total.last_seen is None else max(last, total.last_seen)
    if record.blocked:
        total.blocked += row["n_"]
        return
    total.events += row["n_"]
    up, down = row.get("bytes_up"), row.get("bytes_down")
    if up is not None:
        total.bytes_up = (total.bytes_up or 0) + int(up)
    if down is not None:
        total.bytes_down = (total.bytes_down or 0) + int(down)
    if row.get("day_") is not None:
        total.days[row["day_"]] = total.days.get(row["day_"], 0) + int(up or 0)


def _joined(parts: Sequence[StringValue]) -> StringValue:
    """One text for several; should two sets of them give the same, rows are asked for in vain, and none is missed."""
    found = parts[0]
    for part in parts[1:]:
        found = found + _PARTING + part
    return found


def _only(rows: Table, wanted: Sequence[str]) -> Table:
    """The rows with one of the keys ``wanted``."""
    import ibis
    import pyarrow

    if len(wanted) < JOIN_FROM:
        return rows.filter(rows.key_.isin(wanted))
    several = ibis.memtable(pyarrow.table({"wanted_": pyarrow.array(wanted, "string")}))
    return rows.semi_join(several, rows.key_ == several.wanted_)


def _rows_of(answer: Table) -> Iterator[dict[str, Any]]:
    for batch in answer.to_pyarrow_batches():
        yield from batch.to_pylist()


@contextmanager
def _opened(url: str) -> Iterator[Table]:
    """The table at ``url``, its database connected while inside; nothing is written there, and no database is made where there is none."""
    place, _, name = url.partition("#")
    base = _connected(url, place)
    try:
        yield base.read_parquet(place) if place.endswith(_PARQUET) else _table(base, name)
    finally:
        base.disconnect()


def _connected(url: str, place: str) -> Any:
    try:
        import ibis
    except ImportError as wrong:
        raise UsageError("--table needs Ibis", remedy="pip install 'shadowai[warehouse]'") from wrong

    if place.endswith(_PARQUET):
        return ibis.duckdb.connect()
    if place.startswith("duckdb://"):
        path = place.removeprefix("duckdb://").partition("?")[0]
        if not Path(path).is_file():
            raise SourceError("no such database", origin=Origin(shown(url)), remedy="check the path")
        return ibis.duckdb.connect(path, read_only=True)
    return ibis.connect(place)


def _table(base: Any, name: str) -> Table:
    if name in base.list_tables():
        return base.table(name)
    schema, _, last = name.rpartition(".")
    return base.table(last, database=schema or None)


@contextmanager
def _said(place: str) -> Iterator[None]:
    """Turn what a database's library raises, each with errors of its own, into a :class:`SourceError`."""
    try:
        yield
    except ShadowaiError:
        raise
    except Exception as wrong:
        said = remote.without_secrets(str(wrong))
        message = f"cannot be read: {type(wrong).__name__}: {said}"
        remedy = "check the address, the table behind #, and what may be read there"
        raise SourceError(message, origin=Origin(place), remedy=remedy) from wrong
