"""What the history needs to know of the signatures: which of them have changed, and what they explain today."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from dataclasses import asdict
from typing import TYPE_CHECKING

from shadowai.history.causes import Explains
from shadowai.model import Match, Name, NameKind

if TYPE_CHECKING:
    from shadowai.catalog import Catalog

_KINDS: tuple[NameKind, ...] = ("oauth_client", "app_name", "publisher", "github_app", "extension", "redirect_url")
"""Kinds of names that cannot be told by their looks."""


def digests(known: Catalog) -> dict[str, str]:
    """For each signature a short hash of what it recognises: a better description changes nothing."""
    found = {}
    for id, signature in known.signatures.items():
        recognised = [[asdict(indicator) for indicator in signature.indicators], list(signature.exclude)]
        found[id] = hashlib.sha256(json.dumps(recognised, sort_keys=True).encode()).hexdigest()[:16]
    return found


def explainer(known: Catalog) -> Explains:
    """Explains names as an inventory lists them. Weak indicators count: the question is whether the name is forgotten."""
    matches = matching(known)

    def services(text: str) -> frozenset[str]:
        return frozenset(match.signature for match in matches(text))

    return services


def matching(known: Catalog) -> Callable[[str], tuple[Match, ...]]:
    """Gives what explains a name as an inventory lists it: a host, a URL, a client id, the name of an app or a publisher.

    What is written as a host is that and nothing else: ``openai.example.org`` begins like the name of an app, and is none.
    """
    from shadowai.matcher import Matcher, guess_name

    matcher = Matcher(known)

    def matches(text: str) -> tuple[Match, ...]:
        if not text.strip():
            return ()
        guess = guess_name(text)
        is_host = guess == Name("domain", text) and "." in text
        names = (guess,) if is_host else (guess, *(Name(kind, text) for kind in _KINDS))
        return tuple(match for name in names for match in matcher.match(name))

    return matches
