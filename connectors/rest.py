"""What JSON interfaces of SaaS products have in common: where they are, typed looks into what they answer, times, links to the
next page, windows of logs, and probes. Pure but for :func:`linked`; nothing here knows a product.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from shadowai.connector import Answer, Probe, Quota, Session, View, probe_of
from shadowai.errors import UsageError
from shadowai.tenant import (
    Activity,
    App,
    CursorExpired,
    Event,
    Grant,
    Item,
    Missed,
    Person,
    Signal,
    Task,
    TenantError,
    Trouble,
)

Row = Mapping[str, Any]
Refine = Callable[[TenantError], TenantError | CursorExpired]

SECOND = 1_000_000
DAY = 86_400 * SECOND
LATEST = 4_102_444_800 * SECOND
"""The year 2100: what claims to be later is no time."""
MOST = 1 << 53
"""More than there is of anything; up to here JSON's numbers are whole (RFC 8259, section 6)."""
EXPIRED = frozenset({400, 404, 410, 422})
"""Answers to a cursor that was given out by the service itself, and that it no longer takes."""
EMPTY = 1000
"""Pages without a row on end that a service may give before the last one."""

_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_LINK = re.compile(
    r"""\s*+<([^<>]*+)>((?:\s*+;\s*+[^\s=;,<>"]++(?:\s*+=\s*+(?:"[^"]*+"|[^\s;,<>"]++))?+)++)\s*+(,|\Z)"""
)
"""One link and its parameters, up to the comma before the next one (RFC 8288, section 3)."""
_PARAMETER = re.compile(r""";\s*+([^\s=;,<>"]++)(?:\s*+=\s*+(?:"([^"]*+)"|([^\s;,<>"]++)))?+""")


def root(settings: Mapping[str, str], key: str, usual: str = "") -> str:
    """The address in the setting ``key`` without a slash at the end, ``usual`` where it is left out; ``https`` goes without saying.

    ``http`` is for a server on this machine, where ``insecure_localhost`` is set. Raises :class:`~shadowai.errors.UsageError`.
    """
    written = settings.get(key, "").strip() or usual
    address = written if "://" in written else f"https://{written}"
    try:
        parts = urlsplit(address)
        named = parts.hostname and parts.port != 0
    except ValueError:
        parts, named = urlsplit(""), False
    insecure = settings.get("insecure_localhost") == "true" and parts.hostname in _LOOPBACK
    safe = parts.scheme == "https" or (parts.scheme == "http" and insecure)
    if not named or not safe or parts.query or parts.fragment or "@" in parts.netloc or re.search(r"\s", address):
        raise UsageError(f"{key} is not an https address: {written!r}", remedy=f'{key} = "https://host"')
    return address.rstrip("/")


def needed_setting(settings: Mapping[str, str], key: str, pattern: str, example: str) -> str:
    """A setting that becomes a part of an address, and so must look like one. Raises :class:`~shadowai.errors.UsageError`."""
    value = settings.get(key, "").strip()
    if not re.fullmatch(pattern, value):
        raise UsageError(
            f"{key} is {'missing' if not value else f'not valid: {value!r}'}", remedy=f'{key} = "{example}"'
        )
    return value


def host(address: str) -> str:
    """Host and port of an address, as :class:`~shadowai.connector.Allowed` takes them."""
    return urlsplit(address).netloc


def path(address: str) -> str:
    """The path of an address, ``""`` for none."""
    return urlsplit(address).path


def text(value: object) -> str | None:
    """A text that says something; a whole number is one too, for identifiers are written as both. Half a pair of surrogates, which JSON can
    write and nothing can keep, is escaped: it would cost the rows beside it."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    if not isinstance(value, str):
        return None
    return (value if value.isascii() else value.encode("utf-8", "backslashreplace").decode()).strip() or None


def texts(value: object) -> tuple[str, ...]:
    """The texts of a list; nothing for what is none."""
    return tuple(found for one in value if (found := text(one))) if isinstance(value, list) else ()


def inside(row: Row, *keys: str) -> Row:
    """A nested object, empty where there is none."""
    for key in keys:
        value = row.get(key)
        row = value if isinstance(value, Mapping) else {}
    return row


def needed(row: Row, key: str) -> str:
    """A text without which the row means nothing."""
    value = text(row.get(key))
    if value is None:
        raise TenantError(Trouble.UNEXPECTED, f"an object came without {key}")
    return value


def counted(row: Row, key: str) -> int:
    """How many of something a row tells; JSON may write a whole number as a text or with a point, too. Raises
    :class:`~shadowai.tenant.TenantError` for anything else: that a number is not told is not that there was none."""
    value = row.get(key)
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) < 17:
        return int(value)
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < MOST and value == int(value):
        return int(value)
    raise TenantError(Trouble.UNEXPECTED, f"{key} is no number of things")


def rows(body: object, key: str | None = None) -> tuple[Row, ...]:
    """The objects of a page: the body itself, or what it holds under ``key``. A page without its list is no empty page."""
    found = body if key is None else body.get(key) if isinstance(body, Mapping) else None
    if not isinstance(found, list) or not all(isinstance(row, Mapping) for row in found):
        raise TenantError(Trouble.UNEXPECTED, f"a page holds no list{f' {key}' if key else ''} of objects")
    return tuple(found)


def micros(value: object) -> int | None:
    """A time in microseconds since 1970: ISO 8601 text (without a zone it is UTC), or seconds since 1970 as a number or a text."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float) or (isinstance(value, str) and re.fullmatch(r"\d{1,12}(?:\.\d{1,9})?", value)):
        return _plausible(float(value) if isinstance(value, str) else value)  # no float holds every whole number
    if not isinstance(value, str):
        return None
    try:
        found = datetime.fromisoformat(value.strip())
        return _plausible(found.replace(tzinfo=found.tzinfo or UTC).timestamp())
    except (ValueError, OverflowError):
        return None


def _plausible(seconds: float) -> int | None:
    return round(seconds * SECOND) if 0 < seconds * SECOND < LATEST else None


def flat(made: object) -> Iterator[Item | Missed]:
    """The items of what a row became: one, several, or none (``None``)."""
    for one in made if isinstance(made, tuple) else (made,):
        if isinstance(one, Activity | App | Event | Grant | Missed | Person):
            yield one


def each(found: Iterable[Row], maker: Callable[[Row], object]) -> Iterator[Item | Missed]:
    """The items of rows, each made by ``maker``. A row that lacks what it is known by is missed, and the others are kept."""
    for row in found:
        try:
            yield from flat(maker(row))
        except TenantError as error:
            yield missed_for(error)


def iso(moment: int) -> str:
    """A time as filters take it: whole seconds, UTC."""
    return datetime.fromtimestamp(moment // SECOND, tz=UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def day(moment: int) -> int:
    """The beginning of the day, UTC."""
    return moment // DAY * DAY


def next_in(headers: Mapping[str, str]) -> str | None:
    """The address that a ``Link`` header calls the next one (RFC 8288, section 3); ``None`` where it names none. One that is cut off, or
    has a link without a relation, may have named one: such a page is not taken for the last. Raises
    :class:`~shadowai.tenant.TenantError`."""
    said, place, found = headers.get("link", "").strip(), 0, None
    while place < len(said) or said.endswith(","):
        link = _LINK.match(said, place)
        told = _PARAMETER.findall(link[2]) if link else []
        relations = [quoted or bare for name, quoted, bare in told if name.lower() == "rel"]
        if link is None or not relations:
            raise TenantError(Trouble.UNEXPECTED, "the Link header that names the next page is cut off or broken")
        if found is None and any("next" in one.lower().split() for one in relations):
            found = link[1]
        place = link.end()
    return found


class Step(NamedTuple):
    """One page: what was answered, where the next one is, and what was ``missed`` for it."""

    answer: Answer
    link: str | None
    missed: tuple[Missed, ...] = ()


def linked(
    session: Session,
    url: str,
    quota: Quota,
    *,
    cursor: str | None = None,
    params: Mapping[str, str] | None = None,
    headers: Mapping[str, str] | None = None,
    audience: str = "",
    refine: Refine,
) -> Iterator[Step]:
    """The pages of a collection that names the next one in a ``Link`` header, from ``cursor`` (such a link) on. See :class:`Chain`."""
    following = cursor
    chain = Chain(cursor)
    while True:
        asked = params if following is None else None
        try:
            answer = session.get(following or url, quota=quota, params=asked, headers=headers, audience=audience)
        except TenantError as error:
            raise expired(error, refine) if following else refine(error) from error
        following, refused = followed(partial(_next, session, answer))
        missed = chain.on(rows_in(answer.body), following)
        yield Step(answer, following, (*missed, *refused))
        if following is None:
            return


def _next(session: Session, answer: Answer) -> str | None:
    return session.next_link(answer, next_in(answer.headers))


class Chain:
    """Holds the pages of a collection, from the one that ``cursor`` names on, to what any collection keeps to.

    A page that is given again under another link stands in the place of another one, whose rows are missed, for they must not be taken
    for gone; ``replayed`` says that the same rows may well come again. What would never end by itself raises
    :class:`~shadowai.tenant.TenantError`: a page that was met before, and more than :data:`EMPTY` pages without a row on end; a few of
    these are usual where rows are filtered."""

    def __init__(self, cursor: str | None = None, *, replayed: bool = False) -> None:
        self._met: set[str | None] = {cursor}
        self._before: object = None
        self._empty = 0
        self._replayed = replayed

    def on(self, found: object, link: str | None) -> tuple[Missed, ...]:
        """What is missed with a page of the rows ``found`` that names the next one by ``link``."""
        again = bool(found) and found == self._before and not self._replayed
        self._before = found
        self._empty = 0 if found else self._empty + 1
        if link is not None and link in self._met:
            raise TenantError(Trouble.UNEXPECTED, "the pages go round in a circle")
        if link is not None and self._empty >= EMPTY:
            raise TenantError(Trouble.UNEXPECTED, f"{EMPTY:,} empty pages in a row, and no last one")
        self._met.add(link)
        return (AGAIN,) if again else ()


def followed(ask: Callable[[], str | None]) -> tuple[str | None, tuple[Missed, ...]]:
    """The link that ``ask`` gives; where it refuses it, the page that has it is the last: its rows are kept, and the others are missed."""
    try:
        return ask(), ()
    except TenantError as error:
        return None, (missed_for(error),)


AGAIN = Missed(Trouble.UNEXPECTED, "a page was given again in place of the next one", "sweep again")


def rows_in(body: object) -> object:
    """What tells a page from another one: the lists in it, ``None`` where they hold nothing."""
    lists = list(body.values()) if isinstance(body, Mapping) else [body]
    return [one for one in lists if isinstance(one, list) and one] or None


class Cursored(NamedTuple):
    """One page: what was answered, the cursor that it was asked with, that of the next one, and what was ``missed`` for it."""

    body: object
    cursor: str | None
    following: str | None
    missed: tuple[Missed, ...] = ()


def cursored(
    ask: Callable[[str | None], object], following: Callable[[object], str | None], cursor: str | None
) -> Iterator[Cursored]:
    """The pages of a collection whose answers name a cursor (``following`` finds it), from ``cursor`` on. See :class:`Chain`."""
    chain = Chain(cursor)
    while True:
        body = ask(cursor)
        found = following(body)
        yield Cursored(body, cursor, found, chain.on(rows_in(body), found))
        if found is None:
            return
        cursor = found


def missed_for(error: TenantError) -> Missed:
    """What could not be had because of ``error``."""
    return Missed(error.trouble, error.detail, error.remedy)


def parted(made: Iterable[Item | Missed]) -> tuple[tuple[Item, ...], tuple[Missed, ...]]:
    """The items, and what was missed."""
    found = tuple(made)
    items = tuple(one for one in found if not isinstance(one, Missed))
    return items, tuple(one for one in found if isinstance(one, Missed))


def expired(error: TenantError, refine: Refine) -> TenantError | CursorExpired:
    """What a refusal of a cursor means: that it is no longer taken, unless it says something else."""
    found = refine(error)
    if error.status in EXPIRED and isinstance(found, TenantError) and found.trouble is Trouble.UNEXPECTED:
        return CursorExpired(error.detail)
    return found


def is_gone(error: TenantError) -> bool:
    """Whether the service itself says that there is no such thing: a 404 without words may be anybody's."""
    return error.status == 404 and error.body is not None


def like(error: TenantError, trouble: Trouble, remedy: str = "", detail: str = "") -> TenantError:
    """The same refusal, understood better."""
    return TenantError(
        trouble,
        detail or error.detail,
        remedy=remedy or error.remedy,
        status=error.status,
        code=error.code,
        body=error.body,
    )


def log_task(view: View, name: str, signal: str, *, back: int, overlap: int, more: tuple[str, ...] = ()) -> Task:
    """A task that reads a log from where the last complete one ended, less ``overlap`` (entries arrive late), or from ``back`` ago,
    which is what the service keeps. Its arguments are the window's beginning and end, and ``more``; its mark is the end.

    A mark that is to come was left while the clock was wrong: what was read then is not known, and all that is kept is read again.
    Entries are met twice where windows overlap: they must have ids. Sums have none: for them ``overlap`` is negative, and the window
    ends that much before now instead, when all entries have arrived."""
    mark = None if view.mode == "full" else view.mark(name)
    known = int(mark) if mark is not None and mark.isdigit() and int(mark) <= view.now else None
    until, earliest = view.now + min(0, overlap), view.now - back
    since = earliest if known is None else max(earliest, min(known, until) - max(0, overlap))
    return Task(name, signal, (str(since), str(until), *more), changes=known is not None)


def days_task(view: View, name: str, *, back: int, late: int) -> list[Task]:
    """A task for the whole days (UTC) since the last one that was read, ``back`` at first; none before another day has ended, and ``late``
    has passed in which the last of it arrives: sums of a day that goes on would be counted twice, and what comes later never. Its
    arguments are the days' beginning and end; its mark is the end."""
    mark = None if view.mode == "full" else view.mark(name)
    until = day(view.now - late)
    known = (
        int(mark) if mark is not None and mark.isdigit() and int(mark) <= day(view.now) else None
    )  # of a wrong clock
    since = max(known or 0, until - back)
    return [Task(name, name, (str(since), str(until)), changes=known is not None)] if since < until else []


def probes(signals: tuple[Signal, ...], ask: Callable[[str], None]) -> Iterator[Probe]:
    """What came of the smallest request of each signal; where the service knows no remedy, the signal's own is given."""
    for signal in signals:
        try:
            ask(signal.name)
        except TenantError as error:
            found = probe_of(signal.name, error)
            yield found if found.remedy else replace(found, remedy=signal.remedy)
        except CursorExpired as error:
            yield Probe(signal.name, "error", str(error), signal.remedy)
        else:
            yield Probe(signal.name, "ok")
