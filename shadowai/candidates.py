"""Hosts that look like AI and that no signature explains: the evidence for each, its score, and its level.

Evidence comes in independent classes, each with a weight from how often it was right on popular names read by hand (docs/candidates.md).
Names are the weakest: they only decide which hosts are looked at more closely, and never make a candidate by themselves.

A host is watched by its name, once per distinct name, so that a scan stays as fast as it is. A watched host has a match that is no
service's (its strength is ``shared``, which never scores), and is folded like any other: a scan and the reference cannot disagree.
"""

from __future__ import annotations

import hashlib
import heapq
import re
from collections.abc import Collection, Iterable
from dataclasses import replace
from typing import Final, Literal

from shadowai.ai_domains_apart import DOMAINS
from shadowai.model import Candidate, Match, Name

WEIGHTS: Final = {
    "name": 1,
    "ai_host": 1,
    "ai_client": 3,
    "api_path": 3,
    "event_stream": 2,
    "clear_key": 3,
    "app_name": 1,
    "content_scopes": 2,
}
"""Classes of evidence, and what each adds to a candidate's score."""
OF_NAMES: Final = frozenset({"name", "ai_host", "app_name"})
"""Classes of evidence that come from a name alone, which anybody may choose."""
UNCONFIRMED: Final = 3
LIKELY: Final = 5
"""Scores from which a candidate is ``unconfirmed`` or ``likely``."""
LISTED: Final = 200
"""Candidates that a report lists."""
MOST: Final = 50_000
"""The most pairs of a host and an actor that are held; beyond that, whole hosts are left out, and a note says so."""

Level = Literal["likely", "unconfirmed", "name"]
LEVELS: Final[tuple[Level, ...]] = ("likely", "unconfirmed", "name")
"""Surest first; ``name`` is no finding."""

MARK: Final = "?"
"""The prefix of the ids under which candidates are counted; no signature's id begins so."""
GRAMS: Final = (b"gpt", b"ai.", b"lm.", b"igc", b"mcp", b"opi")
"""Three letters each (``.`` is a dot, a hyphen or the end), one of which every watched host holds: a test that is cheap in C."""
_MAYBE = re.compile("|".join(gram.decode().replace(".", r"(?:[.-]|\Z)") for gram in GRAMS))

SHAPES: Final = (b"/v1", b"/api/", b"/model/", b"/openai/", b"mcp", b"agent")
"""One of these is in every path of a known model API: a cheap test before the exact one."""

_WORDS: Final = frozenset({"ai", "llm", "genai", "aigc", "chatgpt", "openai", "copilot"})
"""Whole words between dots and hyphens that say AI; ``gpt`` says it within a word, too."""
_FIRST: Final = frozenset(
    {
        *("app", "chat", "studio", "console", "platform", "dashboard", "create", "my"),
        *("api", "gateway", "inference", "llm", "playground", "copilot", "agent", "agents"),
    }
)
"""First labels under .ai that people or programs talk to."""
_FACTS: Final = {
    "sdk": "ai_client",
    "agent": "ai_client",
    "key": "clear_key",
    "ai_header": "ai_client",
    "event_stream": "event_stream",
}


def evidence_of_name(host: str) -> tuple[str, ...]:
    """The classes of evidence in a canonical host: ``name`` for a part that says AI, ``ai_host`` for a first label under .ai that
    people or programs talk to; empty for most, for addresses, and for what is set apart (:mod:`shadowai.ai_domains_apart`)."""
    if host[-1:].isdigit() or ":" in host or _is_apart(host):
        return ()
    *labels, top = host.split(".")
    words = "-".join(labels)
    named = "gpt" in words or labels[:1] == ["mcp"] or not _WORDS.isdisjoint(words.split("-"))
    to_use = top == "ai" and len(labels) > 1 and labels[0] in _FIRST
    return (*(("name",) if named else ()), *(("ai_host",) if to_use else ()))


def is_watched(host: str) -> bool:
    """Whether a host is worth a closer look: one whose name is evidence, and any under .ai, which alone is none."""
    if not _MAYBE.search(host):
        return False
    return bool(evidence_of_name(host)) or (host.endswith(".ai") and not _is_apart(host))


def watched(host: str) -> Match | None:
    """The match of a host that is worth a closer look; ``None`` for any other."""
    return _match(host, "") if is_watched(host) else None


def at_path(match: Match, path: str) -> Match:
    """``match`` of a watched host, with what the path of a URL says: which interface of models it has the shape of, if any."""
    from shadowai.wire import ai_protocols  # its expressions take longer to compile than a small log to read

    shape = ai_protocols.of_path(path.encode("utf-8", "surrogatepass"))
    return match if shape is None else _match(match.name.value, f"api_path:{shape}")


def is_service(match: Match) -> bool:
    """Whether a match names a service; those of watched hosts and of blind spots do not."""
    return match.signature[:1] != MARK


def host_of(key: str) -> str | None:
    """The host of a candidate by the id that it is counted under; ``None`` for any other id."""
    return key[1:] if key[:1] == MARK and key[1:2] != "!" else None


def evidence(host: str, roles: Collection[str], facts: Collection[str]) -> tuple[str, ...]:
    """The classes of evidence for a watched host, sorted: from its name, the ``roles`` of its matches (paths of model APIs) and the
    ``facts`` of its uses."""
    shapes = [role for role in roles if role.startswith("api_path:")]
    told = [_FACTS[fact] for fact in facts if fact in _FACTS]
    return tuple(sorted({*evidence_of_name(host), *shapes, *told}))


def scored(one: Candidate) -> Candidate:
    """``one`` with the score and the level that its evidence gives: two classes at least, and one that is not of names."""
    classes = {word.partition(":")[0] for word in one.evidence}
    score = sum(WEIGHTS.get(word, 0) for word in classes)
    level: Level = "name"
    if len(classes) > 1 and (not classes <= OF_NAMES or "content_scopes" in classes):
        level = "likely" if score >= LIKELY else "unconfirmed" if score >= UNCONFIRMED else "name"
    return replace(one, score=score, level=level)


def ranked(found: Iterable[Candidate]) -> tuple[Candidate, ...]:
    """The first :data:`LISTED`: surer levels first, then what is new in the organisation, users, bytes sent up, and the name."""
    return tuple(heapq.nsmallest(LISTED, found, key=_place))


class Known(frozenset[str]):
    """Hosts and parent domains that a reader has to ask about; a host that is worth a closer look is in it as well."""

    __slots__ = ()

    def __contains__(self, name: object) -> bool:
        return super().__contains__(name) or (isinstance(name, str) and is_watched(name))


class Room:
    """Bounds the hosts that are held during a scan: all of them, or else those with the smallest hashes, as many as have room.

    A host is held whole or not at all, and which are held does not depend on the order or on how the input was cut.
    """

    __slots__ = ("_bound", "_held", "_queue", "_used", "most")

    def __init__(self, most: int = MOST) -> None:
        self.most = most
        self._bound = 1 << 64
        self._held: dict[str, int] = {}
        self._queue: list[tuple[int, str]] = []
        self._used = 0

    @property
    def full(self) -> bool:
        """Whether hosts were left out."""
        return self._bound < 1 << 64

    def admits(self, key: str) -> bool:
        """Whether ``key`` is held, or may be."""
        return key in self._held or _rank(key) < self._bound

    def grow(self, key: str, cells: int) -> list[str]:
        """``key`` has so many cells more; gives what has to be let go for them, ``key`` itself included."""
        if key not in self._held:
            self._held[key] = 0
            heapq.heappush(self._queue, (-_rank(key), key))
        self._held[key] += cells
        self._used += cells
        gone = []
        while self._used > self.most:
            rank, last = heapq.heappop(self._queue)
            self._bound = -rank
            self._used -= self._held.pop(last)
            gone.append(last)
        return gone

    def lower(self, other: Room) -> list[str]:
        """Leave out what ``other`` has left out; gives what has to be let go for it."""
        gone = []
        if other._bound < self._bound:
            self._bound = other._bound
            while self._queue and -self._queue[0][0] >= self._bound:
                _, last = heapq.heappop(self._queue)
                self._used -= self._held.pop(last)
                gone.append(last)
        return gone


def _rank(key: str) -> int:
    return int.from_bytes(hashlib.blake2b(key.encode("utf-8", "surrogatepass"), digest_size=8).digest(), "big")


def _match(host: str, evidence: str) -> Match:
    return Match(MARK + host, "", Name("domain", host), "shared", evidence, evidence)


def _is_apart(host: str) -> bool:
    return ".".join(host.rsplit(".", 2)[-2:]) in DOMAINS


def _place(one: Candidate) -> tuple[int, bool, int, int, str]:
    return LEVELS.index(one.level), not one.new, -one.users, -(one.bytes_up or 0), one.name
