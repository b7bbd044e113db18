"""What the organisation has decided about services: a YAML file of rules, first match wins (docs/policy.md)."""

from __future__ import annotations

import difflib
import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Final, NamedTuple

from shadowai import strict_yaml
from shadowai.errors import UsageError
from shadowai.model import Entry, Origin, Report, Signature, Usage, Verdict

if TYPE_CHECKING:
    from yaml.nodes import Node

FAIL_ON: Final = frozenset({Verdict.UNSANCTIONED.value, Verdict.PROHIBITED.value})
"""Verdicts whose use breaches the policy."""
STATUSES: Final = tuple(v.value for v in Verdict if v is not Verdict.UNREVIEWED)
"""What a rule may say; what no rule speaks about has the default."""
DEFAULTS: Final = tuple(v.value for v in Verdict if v not in (Verdict.RISK_ACCEPTED, Verdict.NOT_AI))
"""What ``default`` may say: accepting a risk, or that it is no AI, is said of something in particular."""

_TOP = ("version", "default", "rules")
_SELECTORS = ("service", "vendor", "category")
_RULE = (*_SELECTORS, "status", "owner", "reason", "expires")
_MAX_BYTES = 1_000_000
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


class Word(NamedTuple):
    """A value of the file, and the line it stands on (from 1)."""

    text: str
    line: int


class Decision(NamedTuple):
    """What the policy says of a service, why, who answers for it, and the line of the rule (``None``: no rule)."""

    verdict: Verdict
    reason: str = ""
    owner: str = ""
    rule_line: int | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: every selector that is given must hold; within one, any of its values."""

    line: int
    status: Verdict
    services: tuple[Word, ...] = ()
    vendors: tuple[Word, ...] = ()
    categories: tuple[Word, ...] = ()
    owner: str = ""
    reason: str = ""
    expires: date | None = None

    @property
    def selects(self) -> tuple[frozenset[str], ...]:
        """What the rule selects, without regard to order and case."""
        every = (self.services, self.vendors, self.categories)
        return tuple(frozenset(_fold(word.text) for word in words) for words in every)

    def applies(self, signature: Signature) -> bool:
        """True where the rule speaks about ``signature``."""
        pairs = ((self.services, signature.id), (self.vendors, signature.vendor), (self.categories, signature.category))
        return all(_fold(value) in {_fold(word.text) for word in words} for words, value in pairs if words)

    def decision(self, today: date) -> Decision:
        """What the rule says on ``today``; it holds on the day it expires and is up for review after it."""
        if self.expires is None or today <= self.expires:
            return Decision(self.status, self.reason, self.owner, self.line)
        reason = f"{self.status.value} expired on {self.expires.isoformat()}"
        return Decision(Verdict.IN_REVIEW, f"{reason}: {self.reason}" if self.reason else reason, self.owner, self.line)


@dataclass(frozen=True, slots=True)
class Policy:
    """Rules in file order, and the verdict of what none of them speaks about."""

    path: str = ""
    rules: tuple[Rule, ...] = ()
    default: Verdict = Verdict.UNREVIEWED

    @classmethod
    def empty(cls) -> Policy:
        """The policy of those who have none: everything is unreviewed."""
        return cls()

    @classmethod
    def load(cls, path: Path) -> Policy:
        """Read a policy file; anything that is not exactly as documented is a :class:`UsageError` with its line."""
        return _Reader(str(path)).policy(_bytes(path))

    def decide(self, signature: Signature, today: date) -> Decision:
        """The verdict on a service as of ``today``."""
        for rule in self.rules:
            if rule.applies(signature):
                return rule.decision(today)
        return Decision(self.default)

    def check(
        self, known_ids: Collection[str], known_vendors: Collection[str], known_categories: Collection[str]
    ) -> list[UsageError]:
        """Every value of a rule that the catalogue does not know, and which therefore would never apply."""
        found: list[UsageError] = []
        for rule in self.rules:
            found += self._unknown("service", rule.services, known_ids)
            found += self._unknown("vendor", rule.vendors, known_vendors)
            found += self._unknown("category", rule.categories, known_categories)
        return found

    def _unknown(self, what: str, words: Iterable[Word], known: Collection[str]) -> list[UsageError]:
        folded = {_fold(value): value for value in known}
        return [
            UsageError(
                f"no signature has the {what} {word.text!r}",
                origin=Origin(self.path, word.line),
                remedy=_suggest(word.text, folded) or "see: shadowai signatures list",
            )
            for word in words
            if _fold(word.text) not in folded
        ]


def breaches(entries: Iterable[Entry], fail_on: frozenset[str] = FAIL_ON) -> tuple[Entry, ...]:
    """The entries that breach the policy: confirmed use, not blocked, and more than looking a name up."""
    return tuple(
        entry
        for entry in entries
        if entry.verdict.value in fail_on
        and entry.confidence == "confirmed"
        and entry.events > 0
        and entry.usage is not None
        and entry.usage.rung > Usage.RESOLVED.rung
    )


def exit_code(report: Report, fail_on: frozenset[str] = FAIL_ON) -> int:
    """0 within policy, 1 breached (whether or not there are gaps), 3 no breach found and not everything looked at."""
    if breaches(report.entries, fail_on):
        return 1
    return 0 if report.complete else 3


def _fold(text: str) -> str:
    return " ".join(text.split()).casefold()


def _suggest(word: str, known: Iterable[str]) -> str:
    near = difflib.get_close_matches(_fold(word), sorted(known), n=1)
    return f"did you mean {near[0]!r}?" if near else ""


def _bytes(path: Path) -> bytes:
    try:
        raw = path.read_bytes()
    except OSError as error:
        message, remedy = f"cannot read the policy: {error.strerror}", "name a policy file that can be read"
        raise UsageError(message, origin=Origin(str(path)), remedy=remedy) from error
    if len(raw) > _MAX_BYTES:
        raise UsageError("the policy is larger than 1 MB", origin=Origin(str(path)), remedy="is it the right file?")
    return raw


class _Reader:
    """The nodes of one policy file made into rules; every value has to fit, and every error knows its line."""

    def __init__(self, path: str) -> None:
        self._path = path

    def policy(self, data: bytes) -> Policy:
        import yaml

        strict_yaml.load(data, Origin(self._path), error=UsageError)
        # Read a second time for the line of every value; to this loader each plain word is text.
        root = yaml.compose(data.decode("utf-8-sig"), Loader=yaml.BaseLoader)
        if root is None:
            raise self._error("the policy is empty", 1, "start it with 'version: 1'")
        top = self._mapping(root, _TOP, "the policy")
        version = self._word(top["version"], "version") if "version" in top else Word("", _line(root))
        if version.text != "1":
            raise self._error("'version: 1' is missing", version.line, "this program reads version 1")
        default = self._verdict(top["default"], DEFAULTS) if "default" in top else Verdict.UNREVIEWED
        return Policy(self._path, self._rules(top.get("rules"), root), default)

    def _rules(self, node: Node | None, root: Node) -> tuple[Rule, ...]:
        from yaml.nodes import SequenceNode

        if node is None:
            raise self._error("'rules' is missing", _line(root), "add 'rules:' with a list, or 'rules: []'")
        if not isinstance(node, SequenceNode):
            raise self._error("'rules' is not a list", _line(node), "write each rule as '- service: …'")
        rules = tuple(self._rule(item) for item in node.value)
        seen: dict[tuple[frozenset[str], ...], int] = {}
        for rule in rules:
            chosen = rule.selects
            if chosen in seen:
                remedy = "the first match wins: remove one of them"
                raise self._error(f"selects the same as the rule on line {seen[chosen]}", rule.line, remedy)
            seen[chosen] = rule.line
        return rules

    def _rule(self, node: Node) -> Rule:
        given = self._mapping(node, _RULE, "a rule")
        chosen = {key: self._words(given[key], key) for key in _SELECTORS if key in given}
        if not chosen:
            raise self._error("the rule selects nothing", _line(node), "give it a service, vendor or category")
        if "status" not in given:
            raise self._error("the rule has no status", _line(node), f"one of {', '.join(STATUSES)}")
        status = self._verdict(given["status"], STATUSES)
        expires = self._date(given["expires"]) if "expires" in given else None
        if status is Verdict.RISK_ACCEPTED and expires is None:
            raise self._error("risk_accepted without an end", _line(node), "add 'expires: YYYY-MM-DD'")
        return Rule(
            line=_line(node),
            status=status,
            services=chosen.get("service", ()),
            vendors=chosen.get("vendor", ()),
            categories=chosen.get("category", ()),
            owner=self._word(given["owner"], "owner").text if "owner" in given else "",
            reason=self._word(given["reason"], "reason").text if "reason" in given else "",
            expires=expires,
        )

    def _mapping(self, node: Node, known: tuple[str, ...], what: str) -> dict[str, Node]:
        from yaml.nodes import MappingNode, ScalarNode

        if not isinstance(node, MappingNode):
            raise self._error(f"{what} is not a mapping of keys", _line(node), f"keys: {', '.join(known)}")
        found: dict[str, Node] = {}
        for key, value in node.value:
            name = str(key.value) if isinstance(key, ScalarNode) else "a list or mapping"
            if name not in known:
                remedy = _suggest(name, known) or f"keys of {what}: {', '.join(known)}"
                raise self._error(f"unknown key {name!r}", _line(key), remedy)
            found[name] = value
        return found

    def _words(self, node: Node, what: str) -> tuple[Word, ...]:
        """One value or a list of them."""
        from yaml.nodes import SequenceNode

        words = tuple(self._word(item, what) for item in (node.value if isinstance(node, SequenceNode) else [node]))
        if not words:
            raise self._error(f"{what} is an empty list", _line(node), "name at least one, or leave the key out")
        seen: set[str] = set()
        for word in words:
            if _fold(word.text) in seen:
                raise self._error(f"{what} {word.text!r} is given twice", word.line, "keep one of them")
            seen.add(_fold(word.text))
        return words

    def _word(self, node: Node, what: str) -> Word:
        from yaml.nodes import ScalarNode

        if not isinstance(node, ScalarNode):
            raise self._error(f"{what} is not a text", _line(node), "give it one value")
        if not node.value.strip():
            raise self._error(f"{what} is empty", _line(node), "give it a value, or leave the key out")
        return Word(node.value.strip(), _line(node))

    def _verdict(self, node: Node, allowed: tuple[str, ...]) -> Verdict:
        word = self._word(node, "status")
        if word.text not in allowed:
            remedy = f"one of {', '.join(allowed)}"
            raise self._error(f"unknown status {word.text!r}", word.line, remedy)
        return Verdict(word.text)

    def _date(self, node: Node) -> date:
        word = self._word(node, "expires")
        try:
            return date.fromisoformat(word.text if _DATE.fullmatch(word.text) else "")
        except ValueError as error:
            raise self._error(f"expires is not a date: {word.text!r}", word.line, "write it as YYYY-MM-DD") from error

    def _error(self, message: str, line: int, remedy: str) -> UsageError:
        return UsageError(message, origin=Origin(self._path, line), remedy=remedy)


def _line(node: Node) -> int:
    return int(node.start_mark.line) + 1
