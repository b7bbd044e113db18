"""Data types of the policy: what is known of a person's use of a service, and the decision about it. Standard library only."""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

from shadowai.model import Ruling, Verdict

Mode = Literal["audit", "enforce"]
MODES: Final[tuple[Mode, ...]] = ("enforce", "audit")
"""``enforce``: a breach ends the program with 1. ``audit``: it is shown and reported, and has no part in the exit code."""

SCOPE_CLASSES: Final = ("none", "identity", "other", "content", "write", "tenant")
"""Classes of permissions in ascending order: nothing granted; the identity of the user; permissions not known to reach content; reading
mail, files, chats or code; changing or sending them; the content of the whole tenant (by the application itself, or for everyone)."""
ACCOUNTS: Final = ("corporate", "personal", "anonymous", "enforced")
"""Kinds of accounts that a service is used with; ``enforced``: the network allows the company's accounts only."""


class Word(NamedTuple):
    """A value of the file, and the line it stands on (from 1)."""

    text: str
    line: int


class Use(NamedTuple):
    """What is known of one person's use of a service; ``None`` is always "not known".

    ``account`` are the kinds of accounts, ``sources`` the formats and platforms it was seen in, ``scope_class`` one of
    :data:`SCOPE_CLASSES`, ``upload`` the bytes sent up in the calendar month (UTC) with the most, ``verified`` whether a platform has
    checked the publisher of what was granted (true where nothing was granted).
    """

    user: str | None = None
    department: str | None = None
    account: frozenset[str] | None = None
    sources: frozenset[str] | None = None
    scope_class: str | None = None
    upload: int | None = None
    verified: bool | None = None


UNKNOWN: Final = Use()
"""A use about which nothing is known."""


class Decision(NamedTuple):
    """The verdict on a use, the reason, the owner of the rule, and the line of the rule (``None``: no rule applies).

    ``alternative`` is the id of a service to use instead. ``may_be`` are other verdicts that it would have if a condition were met of
    which it is not known whether it is; ``disputed`` is the line of a later rule that applies too and has another verdict. A breach
    counts for the exit code only where ``enforced``.
    """

    verdict: Verdict
    reason: str = ""
    owner: str = ""
    rule_line: int | None = None
    alternative: str = ""
    may_be: tuple[Verdict, ...] = ()
    disputed: int | None = None
    enforced: bool = True

    @property
    def ruling(self) -> Ruling | None:
        """What a row keeps of it beside the verdict; ``None`` where there is nothing else."""
        found = Ruling(self.rule_line, self.alternative, self.may_be, self.disputed, self.enforced)
        return None if found == Ruling() else found


def fold(text: str) -> str:
    """``text`` for comparison: case folded, runs of white space as one blank, none at the ends."""
    return " ".join(text.split()).casefold()
