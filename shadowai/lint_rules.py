"""What a lint is and what it is handed: one signature file, and what is known about all of them.

It yields each problem as the place in the document and a sentence, and never changes anything. The lints themselves are in
:mod:`shadowai.lint_hosts`, :mod:`shadowai.lint_clients`, :mod:`shadowai.lint_documents` and :mod:`shadowai.lint_traffic`.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Literal

from shadowai.catalog import Catalog
from shadowai.matcher import Matcher
from shadowai.model import Indicator
from shadowai.popularity import Popularity
from shadowai.signature_file import SignatureFile, TestVector

if TYPE_CHECKING:
    from publicsuffixlist import PublicSuffixList


Level = Literal["error", "warning"]
Place = tuple[str | int, ...]
Problem = tuple[Place, str]

HOST_KINDS = ("host", "dns_only", "redirect_host")
ID_KINDS = ("oauth_client_id", "github_app", "extension_chrome")
"""Kinds that a platform gives out itself, one to an application."""
WEAK = "weak"
"""Stands for the match in :attr:`Context.owners` where an id is only weak."""


@dataclass(frozen=True)
class Context:
    """All signatures around the one being looked at, how popular names are, and the day on which facts
    are judged."""

    catalog: Catalog
    matcher: Matcher
    public_suffixes: PublicSuffixList
    registries: PublicSuffixList
    shared: Mapping[str, str]
    owners: Mapping[tuple[str, str, str], tuple[str, ...]]
    names: Mapping[str, tuple[str, ...]]
    popular: Popularity
    today: datetime.date


class Lint:
    """One thing that may be wrong with a signature."""

    name: ClassVar[str]
    level: ClassVar[Level] = "error"
    advice: ClassVar[str]

    def check(self, file: SignatureFile, around: Context) -> Iterator[Problem]:
        """Each problem in ``file``; nothing where it is sound."""
        raise AssertionError(f"{type(self).__name__} checks nothing")


def each(file: SignatureFile, *kinds: str) -> Iterator[tuple[Place, Indicator]]:
    """The indicators of these kinds (of all, where none is named) that may score, and their places."""
    for position, indicator in enumerate(file.signature.indicators):
        if indicator.strength != "shared" and (not kinds or indicator.kind in kinds):
            yield ("indicators", position), indicator


def strong(file: SignatureFile, *kinds: str) -> Iterator[tuple[Place, Indicator]]:
    """Those of :func:`each` that identify the service alone."""
    return ((place, indicator) for place, indicator in each(file, *kinds) if indicator.strength == "strong")


def examples_of(file: SignatureFile) -> Iterator[tuple[Place, str, TestVector]]:
    for position, example in enumerate(file.match):
        yield ("tests", "match", position), "match", example
    for position, example in enumerate(file.no_match):
        yield ("tests", "no_match", position), "no_match", example


def shown(example: TestVector) -> str:
    """The example in a few words."""
    texts = (
        example.url or example.host, example.ip, example.user_agent, example.oauth_app, example.oauth_client_id,
        example.redirect_url, example.github_app, example.publisher, example.extension,
    )  # fmt: skip
    return " with ".join(text for text in texts if text) or "the example"
