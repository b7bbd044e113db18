"""Cases beside a policy: uses of services, and what the policy has to say of them. ``policy.yaml`` has ``policy.cases.yaml``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from shadowai import normalize
from shadowai.model import Origin, Signature, Verdict
from shadowai.policy import nodes as yaml_nodes
from shadowai.policy.deciding import Policy
from shadowai.policy.model import ACCOUNTS, SCOPE_CLASSES, Decision, Use
from shadowai.policy.nodes import Nodes, line

if TYPE_CHECKING:
    from yaml.nodes import Node

_TOP = ("version", "today", "cases")
_USE = ("user", "department", "account", "source", "scope_class", "upload_per_month", "verified_publisher")
_CASE = ("name", "service", *_USE, "today", "expect", "alternative")
_STATUSES = tuple(verdict.value for verdict in Verdict)


@dataclass(frozen=True, slots=True)
class Case:
    """A use of a service on a day (``None``: on that of the test), the verdict it must have, and the alternative it must name (``None``:
    any). What a case does not say of the use is not known."""

    name: str
    line: int
    service: str
    use: Use
    expect: Verdict
    today: date | None = None
    alternative: str | None = None


@dataclass(frozen=True, slots=True)
class Cases:
    """The cases of a file, and the day that they are judged on where they name none."""

    path: str
    cases: tuple[Case, ...]
    today: date | None = None


class Failure(NamedTuple):
    """A case on which the policy gives another verdict than the case expects."""

    origin: Origin
    text: str

    def __str__(self) -> str:
        return f"{self.origin}: {self.text}"


def beside(policy: Path) -> Path:
    """Where the cases of a policy are."""
    return policy.with_name(f"{policy.stem}.cases{policy.suffix}")


def load(path: Path) -> Cases:
    """The cases in a file. Raises :class:`~shadowai.errors.UsageError` with the line of what is wrong."""
    nodes = Nodes(str(path), "file of cases")
    root, top = nodes.root(yaml_nodes.read(path, "file of cases"), _TOP)
    if "cases" not in top:
        raise nodes.error("'cases' is missing", line(root), "add 'cases:' with a list")
    items = nodes.items(top["cases"], "cases", "write each as '- service: …'")
    if not items:
        raise nodes.error("there are no cases", line(top["cases"]), "a test of nothing proves nothing")
    today = nodes.date(top["today"], "today") if "today" in top else None
    return Cases(str(path), tuple(_case(nodes, item) for item in items), today)


def failures(policy: Policy, cases: Cases, lookup: Callable[[str], Signature | None], today: date) -> Iterator[Failure]:
    """The cases on which the policy gives another verdict than they expect."""
    for case in cases.cases:
        origin = Origin(cases.path, case.line)
        signature = lookup(case.service)
        if signature is None:
            yield Failure(origin, f"{case.name}: no signature has the service {case.service!r}")
            continue
        decided = policy.decide(signature, case.today or cases.today or today, case.use)
        if wrong := _wrong(case, decided):
            yield Failure(origin, f"{case.name}: {wrong} ({_where(decided)})")


def _wrong(case: Case, decided: Decision) -> str:
    if decided.verdict is not case.expect:
        return f"expected {case.expect.value}, and the policy says {decided.verdict.value}"
    if case.alternative is not None and decided.alternative != case.alternative:
        return f"expected the alternative {case.alternative}, and the policy names {decided.alternative or 'none'}"
    return ""


def _where(decided: Decision) -> str:
    rule = "no rule applies" if decided.rule_line is None else f"the rule on line {decided.rule_line}"
    return f"{rule}: {decided.reason}" if decided.reason else rule


def _case(nodes: Nodes, node: Node) -> Case:
    given = nodes.mapping(node, _CASE, "a case")
    for key in ("service", "expect"):
        if key not in given:
            raise nodes.error(f"the case has no {key}", line(node), f"keys: {', '.join(_CASE)}")
    service = nodes.word(given["service"], "service").text
    return Case(
        name=nodes.word(given["name"], "name").text if "name" in given else service,
        line=line(node),
        service=service,
        use=_use(nodes, given),
        expect=nodes.verdict(given["expect"], _STATUSES),
        today=nodes.date(given["today"], "today") if "today" in given else None,
        alternative=nodes.word(given["alternative"], "alternative").text if "alternative" in given else None,
    )


def _use(nodes: Nodes, given: dict[str, Node]) -> Use:
    accounts = nodes.some_of(given["account"], "account", ACCOUNTS) if "account" in given else None
    sources = nodes.words(given["source"], "source") if "source" in given else None
    highest, sent = given.get("scope_class"), given.get("upload_per_month")
    verified = given.get("verified_publisher")
    return Use(
        user=normalize.user(nodes.word(given["user"], "user").text) if "user" in given else None,
        department=nodes.word(given["department"], "department").text if "department" in given else None,
        account=None if accounts is None else frozenset(word.text for word in accounts),
        sources=None if sources is None else frozenset(word.text for word in sources),
        scope_class=None if highest is None else nodes.one_of(highest, "scope_class", SCOPE_CLASSES),
        upload=None if sent is None else nodes.size(sent, "upload_per_month"),
        verified=None if verified is None else nodes.truth(verified, "verified_publisher"),
    )
