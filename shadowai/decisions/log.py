"""The decision log: events as typed lines of a hash chain, and the decisions in force after all of them."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from shadowai.decisions import chain
from shadowai.decisions.chain import Head, Line
from shadowai.decisions.model import Columns, Decided, Evidence, Grounds, Standing
from shadowai.errors import SourceError, UsageError
from shadowai.model import Origin, Verdict
from shadowai.policy.model import SCOPE_CLASSES

DECISION: Final = "decision"
REIDENTIFICATION: Final = "reidentification"
ASSET: Final = re.compile(r"[0-9a-f]{16}")


@dataclass(frozen=True, slots=True)
class Person:
    """Who records an event: the name that the person gives, and the account of the operating system."""

    name: str
    login: str


@dataclass(frozen=True, slots=True)
class DecisionLog:
    """A verified log. ``lines`` are its events, ``standing`` the state of each asset by its id."""

    path: Path
    lines: tuple[Line, ...]
    standing: Mapping[str, Standing]
    sealed: bool = True
    """Whether the head beside the file proves its end."""

    @property
    def head(self) -> Head:
        """What to keep elsewhere: it proves later that nothing was cut off or written anew."""
        return chain.head_of(self.lines)


def read(path: Path, *, sealed: bool = True) -> DecisionLog:
    """The log at ``path``, none where there is neither it nor its head. Raises :class:`~shadowai.errors.UsageError` for one that was
    changed, and, where it must be ``sealed``, for one without the head beside it."""
    data, known = _bytes(path), _head(path)
    found = chain.lines(data, path)
    if known is not None:
        chain.check_head(found, known, path)
    elif found and sealed:
        remedy = f"restore it, or write the head that you were told last (N:HASH) into {head_path(path)}"
        raise UsageError("the head of the log is missing", origin=Origin(str(head_path(path))), remedy=remedy)
    return DecisionLog(path, found, _standing(found, path), known is not None or not found)


def head_path(path: Path) -> Path:
    """Where the head of a log is kept."""
    return path.with_name(f"{path.name}.head")


def decide(path: Path, decided: Decided, person: Person) -> Head:
    """Record a decision; gives the head that the log then has. Raises :class:`~shadowai.errors.UsageError` where the log was changed, and
    for a decision that could not be read again: behind it, nothing could."""
    body = _encode(decided)
    if _decoded(json.loads(json.dumps(body))) != decided:
        remedy = "name a row of an inventory that this program wrote"
        raise UsageError(f"{decided.asset!r:.80} cannot be decided upon", origin=Origin(str(path)), remedy=remedy)
    return record(path, DECISION, body, person)


def record(path: Path, event: str, body: Mapping[str, Any], person: Person) -> Head:
    """Record an event, on the disk when this returns; nothing is ever put behind a log that does not verify."""
    from shadowai.export.whole import whole_file
    from shadowai.sweep.lock import only_one

    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with only_one(path.with_name(f"{path.name}.lock"), "a decision is being recorded by somebody else"):
        found = read(path)
        now = datetime.now(UTC).replace(tzinfo=None).isoformat(timespec="seconds")
        line = chain.following(found.head, time=f"{now}Z", by=person.name, login=person.login, event=event, body=body)
        try:
            chain.append(path, line)
        except OSError as error:
            raise SourceError(f"cannot write: {error.strerror}", origin=Origin(str(path))) from error
        head = Head(line.seq, line.hash)
        with whole_file(head_path(path)) as stream:
            stream.write(f"{head}\n".encode("ascii"))
    return head


def decisions(log: DecisionLog) -> Iterator[tuple[Line, Decided]]:
    """The decisions among the events, in their order."""
    for line in log.lines:
        if line.event == DECISION:
            yield line, _decode(line, log.path)


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""
    except OSError as error:
        raise UsageError(f"cannot read the decision log: {error.strerror}", origin=Origin(str(path))) from error


def _head(path: Path) -> Head | None:
    try:
        words = head_path(path).read_bytes()[:200].decode("ascii", "replace")
    except FileNotFoundError:
        return None
    except OSError as error:
        raise UsageError(f"cannot read: {error.strerror}", origin=Origin(str(head_path(path)))) from error
    return chain.read_head(words, os.fspath(head_path(path)))


def _standing(lines: Sequence[Line], path: Path) -> dict[str, Standing]:
    found: dict[str, Standing] = {}
    for line in lines:
        if line.event != DECISION:
            continue
        decided = _decode(line, path)
        before = found.get(decided.asset)
        columns = decided.columns if before is None else decided.columns.over(before.columns)
        if decided.verdict is None and before is not None:
            found[decided.asset] = replace(before, columns=columns)
            continue
        decision = decided if decided.verdict not in (None, Verdict.UNREVIEWED) else None
        found[decided.asset] = Standing(
            decided.asset, decided.service, decided.person, decision, line.time[:10], line.by, line.seq, columns
        )
    return found


def _encode(decided: Decided) -> dict[str, Any]:
    columns = {key: value for key, value in decided.columns._asdict().items() if value is not None}
    return {
        "asset": decided.asset,
        "service": decided.service,
        "person": decided.person,
        "status": None if decided.verdict is None else decided.verdict.value,
        "reason": decided.reason,
        "until": decided.until,
        "columns": columns,
        "grounds": decided.grounds._asdict(),
        "evidence": None if decided.evidence is None else decided.evidence._asdict(),
    }


def _decode(line: Line, path: Path) -> Decided:
    """The decision of a line. Its hash says that nobody changed it, not that this program wrote it."""
    found = _decoded(line.body)
    if found is None:
        raise chain.refused(path, line.seq, "is no decision that this program understands")
    return found


def _decoded(body: Mapping[str, Any]) -> Decided | None:
    """The decision that an event's body holds; ``None`` where it holds none."""
    try:
        seen = body["evidence"]
        columns: dict[str, Any] = {
            k: _texts(v) if k == "data_categories" else _text(v) for k, v in body["columns"].items()
        }
        grounds: dict[str, Any] = {
            k: _texts(v) if k in ("departments", "facts") else v for k, v in body["grounds"].items()
        }
        found = Decided(
            asset=_text(body["asset"]),
            service=_text(body["service"]),
            person=body["person"] is True,
            verdict=None if body["status"] is None else Verdict(body["status"]),
            reason=_text(body["reason"]),
            until=_text(body["until"]),
            columns=Columns(**columns),
            grounds=Grounds(**grounds),
            evidence=None if seen is None else Evidence(**{k: _text(v) for k, v in seen.items()}),
        )
        known = found.grounds.risk is None or type(found.grounds.risk) is int
        if not (ASSET.fullmatch(found.asset) and known and found.grounds.scope_class in SCOPE_CLASSES):
            return None
    except (KeyError, TypeError, ValueError, AttributeError):
        return None
    return found


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError(value)
    return value


def _texts(value: object) -> tuple[str, ...]:
    if not isinstance(value, list):
        raise TypeError(value)
    return tuple(map(_text, value))
