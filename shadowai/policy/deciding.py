"""A policy: its rules in file order, and the verdict they give on the use of a service."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

from shadowai.errors import UsageError
from shadowai.model import FORBIDDEN, SEVERITY, Entry, Note, Origin, Signature, Verdict
from shadowai.policy.model import UNKNOWN, Decision, Mode, Use, Word, fold

if TYPE_CHECKING:
    from shadowai.policy.rules import Rule


@dataclass(frozen=True, slots=True)
class Policy:
    """Rules in file order, and the ``default`` verdict where none of them applies. ``groups`` are the users of each group, all folded
    (:func:`~shadowai.policy.model.fold`); ``disputes`` are pairs of lines of rules that disagree (:mod:`shadowai.policy.disputes`)."""

    path: str = ""
    rules: tuple[Rule, ...] = ()
    default: Verdict = Verdict.UNREVIEWED
    mode: Mode = "enforce"
    groups: Mapping[str, frozenset[str]] = field(default_factory=dict)
    disputes: frozenset[tuple[int, int]] = frozenset()

    @classmethod
    def empty(cls) -> Policy:
        """The policy without rules: everything is unreviewed."""
        return cls()

    @classmethod
    def load(cls, path: Path) -> Policy:
        """Read a policy file; anything that is not exactly as documented is a :class:`UsageError` with its line."""
        from shadowai.policy.reading import load

        return load(path)

    @property
    def looks_at_use(self) -> bool:
        """Whether a verdict may differ from one person's use of a service to another's."""
        return any(rule.looks_at_use for rule in self.rules)

    def decide(self, signature: Signature, today: date, use: Use = UNKNOWN) -> Decision:
        """The verdict on a use of a service as of ``today``: that of the first rule that applies.

        Where it is not known whether an earlier rule applies, and that one gives another verdict, the verdict is ``in_review``.
        """
        doubtful: list[Rule] = []
        for rule in self.rules:
            applies = rule.applies(signature, use, self.groups)
            if applies:
                decided = self._disputed(rule.decision(today, use), signature, use)
                break
            if applies is None:
                doubtful.append(rule)
        else:
            decided = Decision(self.default, enforced=self.mode == "enforce")
        return self._doubted(decided, doubtful, signature, use, today) if doubtful else decided

    def decide_row(self, signature: Signature, today: date, uses: Iterable[Use]) -> Decision:
        """The verdict on a row of several people's uses: the most severe of theirs (:data:`~shadowai.model.SEVERITY`)."""
        every = [self.decide(signature, today, use) for use in uses] or [self.decide(signature, today)]
        worst = min(every, key=lambda one: (SEVERITY.index(one.verdict), not one.enforced))
        may_be = tuple(dict.fromkeys(verdict for one in every for verdict in one.may_be))
        disputed = next((one.disputed for one in (worst, *every) if one.disputed is not None), None)
        return worst._replace(may_be=may_be, disputed=disputed)

    def _disputed(self, decided: Decision, signature: Signature, use: Use) -> Decision:
        for rule in self.rules if self.disputes else ():
            if (decided.rule_line, rule.line) in self.disputes and rule.applies(signature, use, self.groups):
                return decided._replace(disputed=rule.line)
        return decided

    def _doubted(
        self, decided: Decision, doubtful: list[Rule], signature: Signature, use: Use, today: date
    ) -> Decision:
        others = [rule.decision(today, use) for rule in doubtful]
        said = tuple(dict.fromkeys(v for one in (decided, *others) for v in (one.may_be or (one.verdict,))))
        if said == (decided.verdict,):
            return decided
        enforced = decided.enforced or any(rule.enforced for rule in doubtful)
        differing = (rule for rule, one in zip(doubtful, others, strict=True) if one.verdict is not decided.verdict)
        first = next(differing, None)
        if first is None:  # in review whichever of them applies
            return decided._replace(may_be=said, enforced=enforced)
        wanting = ", ".join(first.wanting(signature, use, self.groups))
        reason = f"the rule on line {first.line} ({first.status.value}) may apply: not known is {wanting}"
        return Decision(Verdict.IN_REVIEW, reason, first.owner, first.line, may_be=said, enforced=enforced)

    def notes(self, entries: Iterable[Entry]) -> tuple[Note, ...]:
        """What the reader of a report must know about its verdicts: rows about which rules disagree, rows that could not be judged because
        a condition is not known, approved alternatives to what is not allowed, and uses that are no breach because the rule is not
        enforced."""
        disputed: Counter[tuple[int, int]] = Counter()
        open_: Counter[tuple[int, str]] = Counter()
        instead: Counter[tuple[int, str, str]] = Counter()
        audited: Counter[int] = Counter()
        for entry in entries:
            ruling = entry.ruling
            if ruling is None or ruling.rule is None:
                continue
            if ruling.disputed is not None:
                disputed[ruling.rule, ruling.disputed] += 1
            if ruling.may_be and entry.verdict is Verdict.IN_REVIEW:
                open_[ruling.rule, entry.verdict_reason] += 1
            if ruling.alternative and entry.verdict in FORBIDDEN:
                instead[ruling.rule, entry.service_id, ruling.alternative] += 1
            if entry.verdict in FORBIDDEN and entry.is_use and not entry.is_enforced:
                audited[ruling.rule] += 1
        found = [
            Note(
                Origin(self.path, line),
                "policy_conflict",
                f"the rule on line {other} applies too and says otherwise; the first one decides until a rule speaks of both",
                count,
            )
            for (line, other), count in sorted(disputed.items())
        ]
        found += [Note(Origin(self.path, line), "policy_open", text, n) for (line, text), n in sorted(open_.items())]
        found += [
            Note(Origin(self.path, line), "policy_alternative", f"instead of {service}, use {other}", count)
            for (line, service, other), count in sorted(instead.items())
        ]
        if self.mode == "audit":
            found.append(Note(Origin(self.path), "policy_audit", "the policy is in audit mode: breaches end with 0"))
            return tuple(found)
        text = "the rule is in audit mode: rows in use against it are no breaches"
        found += [Note(Origin(self.path, line), "policy_audit", text, count) for line, count in sorted(audited.items())]
        return tuple(found)

    def check(
        self, known_ids: Collection[str], known_vendors: Collection[str], known_categories: Collection[str]
    ) -> list[UsageError]:
        """An error for every service, vendor and category of a rule that is not in the catalogue: it would never apply."""
        ids, vendors, categories = (
            {fold(one) for one in some} for some in (known_ids, known_vendors, known_categories)
        )
        found: list[UsageError] = []
        for rule in self.rules:
            found += self._unknown("service", rule.services, ids)
            found += self._unknown("vendor", rule.vendors, vendors)
            found += self._unknown("category", rule.categories, categories)
            found += self._unknown("service", (rule.alternative,) if rule.alternative else (), ids)
        return found

    def _unknown(self, what: str, words: Iterable[Word], known: Collection[str]) -> list[UsageError]:
        from shadowai.policy.nodes import suggest

        return [
            UsageError(
                f"no signature has the {what} {word.text!r}",
                origin=Origin(self.path, word.line),
                remedy=suggest(word.text, known) or "see: shadowai signatures list",
            )
            for word in words
            if fold(word.text) not in known
        ]
