"""Tells a webhook what is new: generic JSON, or text that Slack and what is compatible with it show.

The address is a secret (whoever has it can post) and is given by reference. Nothing is told twice within the cool-down; what was held
back is counted. Names in the text come from strangers: they cannot mention people, make links, or break out of their line.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

from shadowai.errors import UsageError
from shadowai.model import Origin
from shadowai.normalize import printable

if TYPE_CHECKING:
    from shadowai.history.model import Change, Comparison
    from shadowai.history.store import History

Style = Literal["json", "slack"]
KEYS = ("url", "style", "cool_down", "ca_file", "only")
"""Keys of the table ``[notify]``."""
SHOWN: Final = 50
"""Changes in one message; what is beyond is counted. Slack shows no more than 40,000 characters."""
_LONGEST = 200
_TOLD: Final = ("new", "returned", "changed")
_COOL = re.compile(r"([0-9]{1,4})([mhdw])")
_MICROSECONDS = {"m": 60_000_000, "h": 3_600_000_000, "d": 86_400_000_000, "w": 604_800_000_000}


@dataclass(frozen=True, slots=True)
class Notifying:
    """What the configuration says: ``url`` is a reference to a secret, ``cool_down`` in microseconds, ``ca_file`` a PEM file of further
    authorities, ``only`` ``"breaches"`` or ``"all"``."""

    url: str
    style: Style = "json"
    cool_down: int = 7 * 86_400_000_000
    ca_file: Path | None = None
    only: Literal["all", "breaches"] = "all"


@dataclass(frozen=True, slots=True)
class Message:
    """What is to be told. ``held_back`` were told of within the cool-down, ``more`` are beyond what one message holds; ``findings`` are
    the ones told of, those beyond among them."""

    changes: tuple[Change, ...]
    held_back: int
    more: int
    comparison: Comparison
    findings: tuple[str, ...] = ()

    @property
    def empty(self) -> bool:
        """True where there is nothing to tell."""
        return not self.changes


def read_notify(path: Path, table: object) -> Notifying | None:
    """The table ``notify`` of the configuration at ``path``; ``None`` where there is none. Raises
    :class:`~shadowai.errors.UsageError`, which never repeats what may be the secret."""
    if table is None or table == {}:
        return None
    if not isinstance(table, dict):
        raise _wrong(path, "notify is not a table", f"write [notify] and its keys below: {', '.join(KEYS)}")
    for key, value in table.items():
        if key not in KEYS:
            raise _wrong(path, f"unknown key {key!r} in [notify]", f"known keys: {', '.join(KEYS)}")
        if not isinstance(value, str) or not value.strip() or "\0" in value:
            raise _wrong(path, f"{key} in [notify] is not a text", f'write {key} = "…"')
    return Notifying(
        _reference(path, table), _style(path, table), _cool_down(path, table), _ca(path, table), _only(path, table)
    )


def _reference(path: Path, table: Mapping[str, str]) -> str:
    url = table.get("url", "")
    if not re.match(r"(?:env:|file:(?!//)|keyring:)\S", url):
        remedy = "write env:NAME, file:PATH or keyring:SERVICE/NAME, and put the address there"
        raise _wrong(path, "url in [notify] is not a reference to a secret", remedy)
    return f"file:{path.parent / Path(url[5:]).expanduser()}" if url.startswith("file:") else url


def _style(path: Path, table: Mapping[str, str]) -> Style:
    found = table.get("style", "json")
    if found == "json" or found == "slack":
        return "slack" if found == "slack" else "json"
    raise _wrong(path, f"style in [notify]: {found!r} is not known", "write json or slack")


def _only(path: Path, table: Mapping[str, str]) -> Literal["all", "breaches"]:
    found = table.get("only", "all")
    if found in ("all", "breaches"):
        return "breaches" if found == "breaches" else "all"
    raise _wrong(path, f"only in [notify]: {found!r} is not known", "write all or breaches")


def _cool_down(path: Path, table: Mapping[str, str]) -> int:
    found = _COOL.fullmatch(table.get("cool_down", "7d"))
    if found is None:
        raise _wrong(path, "cool_down in [notify] is not a time like 30m, 12h, 7d or 2w", 'write cool_down = "7d"')
    return int(found[1]) * _MICROSECONDS[found[2]]


def _ca(path: Path, table: Mapping[str, str]) -> Path | None:
    return path.parent / Path(table["ca_file"]).expanduser() if "ca_file" in table else None


def _wrong(path: Path, message: str, remedy: str) -> UsageError:
    return UsageError(message, origin=Origin(str(path)), remedy=remedy)


def finding(change: Change) -> str:
    """What a change is about: the same change of the same thing, whenever it is seen, is one finding."""
    from shadowai.history.bodies import digest

    return digest(json.dumps([change.what, change.kind, change.key, change.field, change.after]))


def message(
    comparison: Comparison,
    told: Mapping[str, int],
    *,
    now: int,
    cool_down: int,
    only: Literal["all", "breaches"] = "all",
) -> Message:
    """What to tell of a comparison: what is new, returned or has changed, breaches first. ``told`` says when each finding was last
    told, in microseconds. Of a baseline nothing is told, nor of what it may have added to rows that it shares, nor is what could not be
    observed."""
    if comparison.before is None:
        return Message((), 0, 0, comparison)
    worth = [c for c in comparison.changes if c.what in _TOLD and not c.baseline and (c.breach or only == "all")]
    fresh = [change for change in worth if not _cooling(told.get(finding(change)), now, cool_down)]
    findings = tuple(dict.fromkeys(finding(change) for change in fresh))
    return Message(tuple(fresh[:SHOWN]), len(worth) - len(fresh), max(0, len(fresh) - SHOWN), comparison, findings)


def _cooling(last: int | None, now: int, cool_down: int) -> bool:
    return last is not None and 0 <= now - last < cool_down


def body(what: Message, style: Style) -> bytes:
    """The body to post, JSON in ASCII."""
    made = _slack(what) if style == "slack" else _generic(what)
    return json.dumps(made, ensure_ascii=True).encode("ascii")


def _generic(what: Message) -> dict[str, Any]:
    from shadowai.history.listing import change_object

    before = what.comparison.before
    return {
        "schema": 1,
        "program": "shadowai",
        "before": None if before is None else before.id,
        "after": what.comparison.after.id,
        "changes": [{name: _short(value) for name, value in change_object(change).items()} for change in what.changes],
        "held_back": what.held_back,
        "more": what.more,
        "not_comparable": [_short(reason) for reason in what.comparison.unseen],
    }


def _short(value: Any) -> Any:
    return printable(value)[:_LONGEST] if isinstance(value, str) else value


def _slack(what: Message) -> dict[str, Any]:
    """One text; ``mrkdwn`` is off, so that nothing in it is markup, and the three characters of links and mentions are escaped
    (https://docs.slack.dev/messaging/formatting-message-text)."""
    lines = [f"shadowai: {len(what.changes) + what.more:,} changes since the run before"]
    lines += [_line(change) for change in what.changes]
    if what.more:
        lines.append(f"and {what.more:,} more: shadowai diff")
    if what.held_back:
        lines.append(f"{what.held_back:,} told before are held back")
    if what.comparison.unseen:
        lines.append(f"{len(what.comparison.unseen):,} parts could not be compared")
    return {
        "text": "\n".join(lines),
        "mrkdwn": False,
        "link_names": False,
        "unfurl_links": False,
        "unfurl_media": False,
    }


def _line(change: Change) -> str:
    from shadowai.history.listing import verdict_of

    mark = "BREACH " if change.breach else ""
    whose = f" of {change.who}" if change.who else ""
    field = f", {change.field}: {change.before} -> {change.after}" if change.field else ""
    verdict = f", {said}" if (said := verdict_of(change)) else ""
    detail = f"; {change.detail}" if change.detail else ""
    told = f"{change.cause}{verdict}{detail}"
    return _escaped(f"{mark}{change.what} {change.kind}: {change.subject}{whose}{field} ({told})")


def _escaped(text: str) -> str:
    """One line without links and mentions, that of an address which Slack would make a link of by itself too."""
    line = printable(text)[: 2 * _LONGEST].replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return line.replace("@", "@\u200b").replace("://", ":\u200b//")


def pending(
    history: History, run: int, settings: Notifying, *, now: int, fail_on: frozenset[str] | None = None
) -> Message:
    """What there is to tell since the run that was told of last. The first run of a series is a baseline: nothing is told of it."""
    from shadowai.history import store
    from shadowai.history.compare import compare
    from shadowai.history.model import Comparison
    from shadowai.policy import FAIL_ON

    with history.reading() as db:
        about = store.run(db, run)
        last = store.told_run(db, about.series, run)
        told = store.told(db)
    if last == run:
        return Message((), 0, 0, Comparison(None, about))
    found = compare(history, last, run, fail_on=FAIL_ON if fail_on is None else fail_on)
    return message(found, told, now=now, cool_down=settings.cool_down, only=settings.only)


def tell(
    history: History,
    run: int,
    settings: Notifying,
    *,
    now: int,
    send: Callable[[bytes], None],
    fail_on: frozenset[str] | None = None,
) -> Message:
    """Send what is pending, and remember that it was told once ``send`` has returned: what could not be sent is told with the next
    run."""
    from shadowai.history import store

    what = pending(history, run, settings, now=now, fail_on=fail_on)
    if not what.empty:
        send(body(what, settings.style))
    with history.writing() as db:
        series = what.comparison.after.series
        store.tell(db, series, run, what.findings, now=now, forget=now - settings.cool_down)
    return what
