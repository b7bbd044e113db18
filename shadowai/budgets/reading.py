"""Budgets of a policy file or of a file of their own, as typed data (docs/budgets.md)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

from shadowai.budgets.model import MEASURES, SURFACES, Budget, Budgets, Coverage, Measure
from shadowai.model import Verdict
from shadowai.policy import nodes as yaml_nodes
from shadowai.policy.model import MODES, fold
from shadowai.policy.nodes import Nodes, line
from shadowai.policy.reading import BUDGETS, POLICY_KEYS

if TYPE_CHECKING:
    from yaml.nodes import Node

_ALONE = ("version", "mode", *BUDGETS)
_SCOPE = ("department", "source", "surface", "status", "category", "service")
_BUDGET = ("name", "measure", "max", "warn", "max_per_week", "mode", *_SCOPE)
_COVERAGE = ("sources", "max_gap", "min_named")
_SIZES: Final = ("bytes_up", "bytes_down")
_STATUSES = tuple(verdict.value for verdict in Verdict)


def load(path: Path, what: Literal["policy", "budget"] = "budget") -> Budgets:
    """The budgets in a policy file, or in a file of their own, which holds nothing else. Raises
    :class:`~shadowai.errors.UsageError` with the line of what is wrong."""
    nodes = Nodes(str(path), what)
    root, top = nodes.root(yaml_nodes.read(path, what), POLICY_KEYS if what == "policy" else _ALONE)
    if what == "budget" and not top.keys() & set(BUDGETS):
        raise nodes.error("there is no budget in it", line(root), f"add {' or '.join(BUDGETS)}")
    enforced = "mode" not in top or nodes.one_of(top["mode"], "mode", MODES) == "enforce"
    items = nodes.items(top["budgets"], "budgets", "write each as '- name: …'") if "budgets" in top else ()
    budgets = tuple(_budget(nodes, item, enforced) for item in items)
    seen: set[str] = set()
    for budget in budgets:
        if budget.name in seen:
            raise nodes.error(f"there are two budgets {budget.name!r}", budget.line, "rename one")
        seen.add(budget.name)
    return Budgets(str(path), budgets, _coverage(nodes, top["coverage"]) if "coverage" in top else None)


def _budget(nodes: Nodes, node: Node, enforced: bool) -> Budget:
    given = nodes.mapping(node, _BUDGET, "a budget")
    for key in ("name", "measure"):
        if key not in given:
            raise nodes.error(f"the budget has no {key}", line(node), f"keys: {', '.join(_BUDGET)}")
    said = nodes.one_of(given["measure"], "measure", MEASURES)
    measure = next(measure for measure in MEASURES if measure == said)
    limits = {key: _limit(nodes, given[key], key, measure) for key in ("max", "warn", "max_per_week") if key in given}
    if not {"max", "max_per_week"} & limits.keys():
        raise nodes.error("the budget has no limit", line(node), "give it max or max_per_week")
    if "warn" in limits and limits["warn"] > limits.get("max", -1):
        raise nodes.error("warn without a max above it", line(given["warn"]), "warn from less than max on")
    mode = nodes.one_of(given["mode"], "mode", MODES) if "mode" in given else None
    return Budget(
        name=nodes.word(given["name"], "name").text,
        line=line(node),
        measure=measure,
        most=limits.get("max"),
        warn=limits.get("warn"),
        per_week=limits.get("max_per_week"),
        departments=_chosen(nodes, given, "department"),
        sources=_chosen(nodes, given, "source"),
        surfaces=_chosen(nodes, given, "surface", SURFACES),
        statuses=frozenset(map(Verdict, _chosen(nodes, given, "status", _STATUSES))),
        categories=_chosen(nodes, given, "category"),
        services=_chosen(nodes, given, "service"),
        enforced=enforced if mode is None else mode == "enforce",
    )


def _limit(nodes: Nodes, node: Node, key: str, measure: Measure) -> int:
    if measure in _SIZES:
        return nodes.size(node, key)
    return nodes.hours(node, key) // 24 if measure == "age" else nodes.count(node, key)


def _chosen(nodes: Nodes, given: dict[str, Node], key: str, allowed: tuple[str, ...] = ()) -> frozenset[str]:
    if key not in given:
        return frozenset()
    words = nodes.some_of(given[key], key, allowed) if allowed else nodes.words(given[key], key)
    return frozenset(fold(word.text) for word in words)


def _coverage(nodes: Nodes, node: Node) -> Coverage:
    given = nodes.mapping(node, _COVERAGE, "coverage")
    if not given:
        raise nodes.error("coverage requires nothing", line(node), f"keys: {', '.join(_COVERAGE)}")
    return Coverage(
        line=line(node),
        sources=tuple(word.text for word in nodes.words(given["sources"], "sources")) if "sources" in given else (),
        max_gap=nodes.hours(given["max_gap"], "max_gap") if "max_gap" in given else None,
        min_named=nodes.share(given["min_named"], "min_named") if "min_named" in given else None,
    )
