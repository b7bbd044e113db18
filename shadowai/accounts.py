"""The kind of account that a service was used with, where it shows: corporate, personal, anonymous; or enforced tenant restrictions.

The markers stand in the signatures (``account``): hosts of a plan, paths that only somebody without an account asks for, headers that a
proxy adds. What a tenant has handed out (a seat, an assignment) is an account of the company's. What nothing speaks of is unknown, and
never guessed.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from shadowai.model import ACCOUNT

if TYPE_CHECKING:
    from shadowai.signature_file import Account

HANDED_OUT: Final = frozenset({"licensed", "assigned"})
"""Facts of an account that the organisation has handed out. A grant is none: it shows whose data an application was let into, and people
let in what they use with private accounts, too (a private assistant that is to read the company's mail)."""

WORDS: Final = {
    "corporate": "corporate",
    "business-plan": "corporate",
    "enterprise-plan": "corporate",
    "government": "corporate",
    "personal": "personal",
    "individual-plan": "personal",
    "anonymous": "anonymous",
    "enforced": "enforced",
}
"""What a marker means, in the four words that are told."""


def shown(facts: Iterable[str]) -> frozenset[str]:
    """Whose accounts the facts of an entry show, in the words of :data:`WORDS`; nothing where they do not. Policy and risk go by it."""
    known = frozenset(facts)
    told = frozenset(fact.removeprefix(ACCOUNT) for fact in known if fact.startswith(ACCOUNT))
    return told if known.isdisjoint(HANDED_OUT) else told | {"corporate"}


def of(markers: Iterable[Account], host: str, path: str) -> str:
    """What the first marker says that speaks of ``host`` (canonical) or of ``path`` on it; empty where none does."""
    for marker in markers:
        if marker.kind == "host" and (host == marker.value or host.endswith("." + marker.value)):
            return WORDS[marker.means]
        if marker.kind == "url_prefix":
            where, _, prefix = marker.value.partition("/")
            if host.removeprefix("www.") == where and _leads(f"/{prefix}", path):
                return WORDS[marker.means]
    return ""


def by_path(markers: Iterable[Account], host: str) -> bool:
    """Whether the paths of ``host`` decide about the account."""
    return any(
        marker.kind == "url_prefix" and host.removeprefix("www.") == marker.value.partition("/")[0]
        for marker in markers
    )


def _leads(prefix: str, path: str) -> bool:
    """Whether ``path`` is ``prefix`` or below it; a prefix that ends in a slash is below only."""
    return path.startswith(prefix) and (prefix.endswith("/") or path[len(prefix) :][:1] in ("", "/"))
