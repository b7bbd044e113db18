"""Functions from the tokens of a record to a text of it, and to whether a condition holds, under the columns in force."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any
from urllib.parse import unquote

from shadowai.sources.logs.description import Key, Part, Take, When
from shadowai.sources.logs.programs import needed
from shadowai.sources.logs.tokens import Column, Getter, Tokenizer, Tokens, nothing

_LONG = 64
"""Characters from which on it pays to look for a part of a pattern first."""

Test = Callable[[Tokens], bool]


class Getters:
    """Of what ``tokenizer`` makes tokens of. What one of these gives holds while the tokenizer's columns are the same."""

    def __init__(self, tokenizer: Tokenizer) -> None:
        self.tokenizer = tokenizer

    def getters(self, takes: Iterable[Take], decoded: bool) -> tuple[Getter, ...]:
        found = [getter for take in takes if (getter := self.getter(take)) is not nothing]
        return tuple(self._decoding(getter) for getter in found) if decoded else tuple(found)

    def getter(self, take: Take) -> Getter:
        """A function from tokens to the text of ``take``, as written."""
        if not isinstance(take, Part):
            return self.plain_getter(take)
        whole, search = self.tokenizer.getter(take.key), searcher(take.pattern)
        if whole is nothing:
            return nothing

        place = self.tokenizer.place(take.key) if self.tokenizer.as_they_stand else None

        def part(tokens: Any) -> str | None:
            found = search(whole(tokens) or "")
            return found[1] if found is not None else None

        def part_at(tokens: list[str]) -> str | None:
            found = search(tokens[place]) if place < len(tokens) else None  # type: ignore[index,operator]
            return found[1] if found is not None else None

        if take.into != "{}":
            return self._where(
                take, lambda tokens: None if (piece := part(tokens)) is None else take.into.replace("{}", piece)
            )
        return self._where(take, part if place is None or take.only else part_at)

    def _where(self, take: Part, getter: Getter) -> Getter:
        """``getter`` for the tokens for which ``take.only`` holds."""
        if not take.only:
            return getter
        holds = self.condition(When(take.only))
        if holds is never:
            return nothing
        return lambda tokens: getter(tokens) if holds(tokens) else None

    def _decoding(self, getter: Getter) -> Getter:
        """``getter`` with its text's %HH undone."""
        return lambda tokens: None if (text := getter(tokens)) is None else unquote(text) if "%" in text else text

    def plain_getter(self, key: Key) -> Getter:
        """A function from tokens to the token ``key``."""
        return self.tokenizer.getter(key)

    def condition(self, when: When) -> Callable[[Tokens], bool]:
        """A function from tokens to whether ``when`` holds."""
        tests = []
        for key, text in when.all:
            getter, search = self.getter(key), searcher(text)
            if getter is not nothing:
                tests.append((getter, search))
            elif search("") is None:
                return never
        if len(tests) == 1:
            getter, search = tests[0]
            return lambda tokens: search(getter(tokens) or "") is not None
        return lambda tokens: all(search(getter(tokens) or "") is not None for getter, search in tests)

    def column(self, take: Take, decoded: bool) -> Column:
        if not isinstance(take, Part) and not decoded:
            return self.tokenizer.column(take)
        if (
            isinstance(take, Part)
            and not take.only
            and take.into == "{}"
            and not decoded
            and self.tokenizer.as_they_stand
        ):
            whole, search = self.tokenizer.column(take.key), re.compile(take.pattern).search
            return lambda rows: [found and found[1] for found in [search(text or "") for text in whole(rows)]]
        (getter,) = self.getters((take,), decoded)
        return lambda rows: [getter(tokens) for tokens in rows]


def never(tokens: Tokens) -> bool:
    """The condition that cannot hold: it asks for text of a token that the file does not have."""
    return False


@lru_cache(maxsize=4096)
def searcher(pattern: str) -> Callable[[str], re.Match[str] | None]:
    """``re.search`` for a pattern. In long texts it begins near what every match holds: patterns that look behind are slow elsewhere."""
    search = re.compile(pattern).search
    text, before = needed(pattern)
    if not text or before < 0:
        return search

    def near(whole: str) -> re.Match[str] | None:
        if len(whole) < _LONG:
            return search(whole)
        at = whole.find(text)
        return None if at < 0 else search(whole, max(at - before, 0))

    return near
