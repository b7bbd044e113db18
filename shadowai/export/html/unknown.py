"""What looks like AI and is in no catalogue: hosts and applications that more than a name speaks for, ranked."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

from shadowai.model import Candidate

_WORDS: Final = {
    "name": "its name says AI",
    "ai_host": "a host under .ai to talk to",
    "ai_client": "a client library of AI talks to it",
    "api_path": "paths in the shape of a model interface",
    "event_stream": "it answers in a stream, as models do",
    "clear_key": "a key was sent to it in clear",
    "app_name": "the application's name says AI",
    "content_scopes": "it may read content",
}
"""The classes of evidence (docs/candidates.md) in words."""


class Unknown(NamedTuple):
    """``listed`` are ranked; ``named`` is how many have nothing but a name to say for them, and are not listed. ``dated`` is whether a
    history can tell what is new."""

    listed: tuple[Candidate, ...]
    named: int
    dated: bool


def unknown(candidates: Iterable[Candidate]) -> Unknown:
    """What is new in this organisation first, then what has more users, to what more was sent, for what more speaks, and the name."""
    every = list(candidates)
    told = [one for one in every if one.level != "name"]
    return Unknown(tuple(sorted(told, key=_place)), len(every) - len(told), any(one.new is not None for one in told))


def because(one: Candidate) -> str:
    """What speaks for a candidate, in words: ``its name says AI; paths in the shape of a model interface (openai)``."""
    return "; ".join(map(_said, one.evidence))


def _place(one: Candidate) -> tuple[bool, int, int, int, str]:
    return not one.new, -one.users, -(one.bytes_up or 0), -one.score, one.name


def _said(evidence: str) -> str:
    word, _, detail = evidence.partition(":")
    return f"{_WORDS.get(word, word)}{f' ({detail})' if detail else ''}"
