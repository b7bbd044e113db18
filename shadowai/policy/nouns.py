"""The nouns of a policy: what is known of somebody's use of a service, and what a policy says of it. Standard library only."""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

from shadowai.model import Ruling, Verdict

Mode = Literal["audit", "enforce"]
MODES: Final[tuple[Mode, ...]] = ("enforce", "audit")
"""``enforce``: a breach ends the program with 1. ``audit``: it is shown and reported, and has no part in the exit code."""

SCOPE_CLASSES: Final = ("none", "identity", "other", "content", "write", "tenant")
"""What permissions come to, the least first: nothing granted; who somebody is; something that is not known to reach content; mail,
files, chats, code to be read; to be changed or sent; content of the whole tenant (by the application itself, or granted for everyone)."""
ACCOUNTS: Final = ("corporate", "personal", "anonymous", "enforced")
"""Kinds of accounts that a service is used with; ``enforced`` where the network lets none but the company's through."""


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
"""A use of which nothing is known."""


class Decision(NamedTuple):
    """What the policy says of a use, why, who answers for it, and the line of the rule (``None``: no rule).

    ``alternative`` is the id of a service to use instead. ``may_be`` are the verdicts it may have as well, for want of what a rule asks
    for; ``disputed`` the line of a later rule that applies too and says otherwise. What is not ``enforced`` has no part in exit codes.
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
        """What of it stands beside the verdict in a row; ``None`` where there is nothing but the verdict."""
        found = Ruling(self.rule_line, self.alternative, self.may_be, self.disputed, self.enforced)
        return None if found == Ruling() else found


def fold(text: str) -> str:
    """``text`` as it is compared: without regard to case and runs of blanks."""
    return " ".join(text.split()).casefold()
