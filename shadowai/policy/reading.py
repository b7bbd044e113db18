"""A policy file made into rules; every value has to fit, and every error knows its line (docs/policy.md)."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Final

from shadowai import normalize
from shadowai.model import Verdict
from shadowai.policy.deciding import Policy
from shadowai.policy.model import ACCOUNTS, MODES, SCOPE_CLASSES, Mode, Word, fold
from shadowai.policy.nodes import Nodes, line, read
from shadowai.policy.rules import SELECTORS, Conditions, Rule

if TYPE_CHECKING:
    from yaml.nodes import Node

STATUSES: Final = tuple(v.value for v in Verdict if v is not Verdict.UNREVIEWED)
"""What a rule may say; what no rule speaks about has the default."""
DEFAULTS: Final = tuple(v.value for v in Verdict if v not in (Verdict.RISK_ACCEPTED, Verdict.NOT_AI))
"""What ``default`` may say: accepting a risk, or that it is no AI, is said of something in particular."""
CONDITIONAL: Final = (Verdict.SANCTIONED, Verdict.TOLERATED, Verdict.RISK_ACCEPTED)
"""Statuses that may hang on conditions."""
BUDGETS: Final = ("budgets", "coverage")
"""Keys of a policy file that :mod:`shadowai.budgets` reads."""

POLICY_KEYS: Final = ("version", "mode", "default", "groups", "rules", *BUDGETS)
"""Keys of a policy file."""
_RULE = (*SELECTORS, "status", "owner", "reason", "expires", "conditions", "alternative", "mode")
_CONDITIONS = ("departments", "max_upload_per_month", "max_scope_class", "verified_publisher")
_COUNTRY = re.compile(r"[A-Z]{2}")


def load(path: Path) -> Policy:
    """The policy in a file. Raises :class:`~shadowai.errors.UsageError` with the line of what is wrong."""
    return _Reader(Nodes(str(path), "policy")).policy(read(path, "policy"))


class _Reader:
    def __init__(self, nodes: Nodes) -> None:
        self._nodes = nodes
        self._mode: Mode = "enforce"
        self._groups: dict[str, frozenset[str]] = {}

    def policy(self, data: bytes) -> Policy:
        root, top = self._nodes.root(data, POLICY_KEYS)
        default = self._nodes.verdict(top["default"], DEFAULTS) if "default" in top else Verdict.UNREVIEWED
        self._mode = self._mode_of(top)
        if "groups" in top:
            self._groups = self._read_groups(top["groups"])
        rules = self._rules(top.get("rules"), root)
        return Policy(self._nodes.path, rules, default, self._mode, self._groups)

    def _mode_of(self, given: dict[str, Node]) -> Mode:
        if "mode" not in given:
            return self._mode
        said = self._nodes.one_of(given["mode"], "mode", MODES)
        return next(mode for mode in MODES if mode == said)

    def _read_groups(self, node: Node) -> dict[str, frozenset[str]]:
        """Lists of people by the group's name, both folded; people as :func:`shadowai.normalize.user` knows them."""
        found: dict[str, frozenset[str]] = {}
        for name, value in self._nodes.mapping(node, None, "groups").items():
            members = set()
            for word in self._nodes.words(value, f"group {name!r}"):
                user = normalize.user(word.text)
                if user is None:
                    raise self._nodes.error(f"{word.text!r} is no user's name", word.line, "write it as the logs do")
                members.add(fold(user))
            if not name.strip() or fold(name) in found:
                raise self._nodes.error(f"the group {name!r} is nameless or there twice", line(value), "rename it")
            found[fold(name)] = frozenset(members)
        return found

    def _rules(self, node: Node | None, root: Node) -> tuple[Rule, ...]:
        if node is None:
            raise self._nodes.error("'rules' is missing", line(root), "add 'rules:' with a list, or 'rules: []'")
        rules = tuple(
            self._rule(item) for item in self._nodes.items(node, "rules", "write each rule as '- service: …'")
        )
        seen: dict[object, int] = {}
        for rule in rules:
            chosen = rule.selects
            if chosen in seen:
                remedy = "the first match wins: remove one of them"
                raise self._nodes.error(f"selects the same as the rule on line {seen[chosen]}", rule.line, remedy)
            seen[chosen] = rule.line
        return rules

    def _rule(self, node: Node) -> Rule:
        nodes, given = self._nodes, self._nodes.mapping(node, _RULE, "a rule")
        chosen = {name: self._chosen(name, given[name]) for name in SELECTORS if name in given}
        if not chosen:
            raise nodes.error("the rule selects nothing", line(node), f"give it one of {', '.join(SELECTORS)}")
        if "status" not in given:
            raise nodes.error("the rule has no status", line(node), f"one of {', '.join(STATUSES)}")
        status = nodes.verdict(given["status"], STATUSES)
        expires = nodes.date(given["expires"], "expires") if "expires" in given else None
        if status is Verdict.RISK_ACCEPTED and expires is None:
            raise nodes.error("risk_accepted without an end", line(node), "add 'expires: YYYY-MM-DD'")
        if "conditions" in given and status not in CONDITIONAL:
            remedy = f"only {', '.join(verdict.value for verdict in CONDITIONAL)} may hang on conditions"
            raise nodes.error(f"{status.value} with conditions", line(given["conditions"]), remedy)
        return Rule(
            line=line(node),
            status=status,
            services=chosen.get("service", ()),
            vendors=chosen.get("vendor", ()),
            categories=chosen.get("category", ()),
            countries=chosen.get("country", ()),
            accounts=chosen.get("account", ()),
            scope_classes=chosen.get("scope_class", ()),
            departments=chosen.get("department", ()),
            groups=chosen.get("group", ()),
            sources=chosen.get("source", ()),
            owner=nodes.word(given["owner"], "owner").text if "owner" in given else "",
            reason=nodes.word(given["reason"], "reason").text if "reason" in given else "",
            expires=expires,
            conditions=self._conditions(given["conditions"]) if "conditions" in given else None,
            alternative=nodes.word(given["alternative"], "alternative") if "alternative" in given else None,
            enforced=self._mode_of(given) == "enforce",
        )

    def _chosen(self, name: str, node: Node) -> tuple[Word, ...]:
        if name == "account":
            return self._nodes.some_of(node, name, ACCOUNTS)
        if name == "scope_class":
            return self._nodes.some_of(node, name, SCOPE_CLASSES)
        words = self._nodes.words(node, name)
        for word in words:
            if name == "country" and not _COUNTRY.fullmatch(word.text):
                raise self._nodes.error(f"country is no code: {word.text!r}", word.line, "two capitals (ISO 3166-1)")
            if name == "group" and fold(word.text) not in self._groups:
                remedy = "name its people under 'groups:'"
                raise self._nodes.error(f"there is no group {word.text!r}", word.line, remedy)
        return words

    def _conditions(self, node: Node) -> Conditions:
        nodes, given = self._nodes, self._nodes.mapping(node, _CONDITIONS, "conditions")
        if not given:
            raise nodes.error("conditions are empty", line(node), f"keys: {', '.join(_CONDITIONS)}")
        upload, highest = given.get("max_upload_per_month"), given.get("max_scope_class")
        verified = given.get("verified_publisher")
        return Conditions(
            departments=nodes.words(given["departments"], "departments") if "departments" in given else (),
            max_upload=None if upload is None else nodes.size(upload, "max_upload_per_month"),
            max_scope_class="" if highest is None else nodes.one_of(highest, "max_scope_class", SCOPE_CLASSES),
            verified_publisher=verified is not None and nodes.truth(verified, "verified_publisher"),
        )
