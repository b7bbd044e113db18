"""The tables of ``docs/risk.md``, made from the published weights. ``python -m tests.risk.table --write`` puts them there."""

from __future__ import annotations

import re
import sys

from shadowai.risk import weights
from tests.conftest import ROOT

PAGE = ROOT / "docs" / "risk.md"
_PART = re.compile(r"(<!-- table: (\w+) -->\n).*?(<!-- end of table: \2 -->)", re.DOTALL)


def page(text: str) -> str:
    """The page with its tables as the weights have them."""
    made = tables()
    return _PART.sub(lambda found: f"{found[1]}{made[found[2]]}{found[3]}", text)


def tables() -> dict[str, str]:
    """Every table by its name."""
    known = weights.load()
    made = {group: _factors(known, group) for group in known.groups}
    floors = [f"| `{bound.name}` | {bound.score} | {bound.why} |" for bound in known.floors.values()]
    ceilings = [f"| `{bound.name}` | {bound.score} | {bound.why} |" for bound in known.ceilings.values()]
    countries = [
        f"| `{kind}` | {' '.join(sorted(listed.codes))} | [{listed.source}]({listed.url}) |"
        for kind, listed in known.countries.items()
    ]
    ends = [*[least - 1 for least, _ in known.levels][1:], weights.TOP]
    levels = [f"| {name} | {least} to {end} |" for (least, name), end in zip(known.levels, ends, strict=True)]
    return made | {
        "floors": _table("floor", "at least", "where", rows=floors),
        "ceilings": _table("ceiling", "at most", "where", rows=ceilings),
        "countries": _table("kind", "countries", "who says so", rows=countries),
        "levels": _table("level", "score", rows=levels),
    }


def _factors(known: weights.Weights, group: str) -> str:
    rows = []
    for factor in known.factors.values():
        if factor.group == group:
            rows.append(f"| **{factor.name}** | | {factor.asks} |")
            rows += [f"| `{answer}` | {points} | {factor.means[answer]} |" for answer, points in factor.points.items()]
    return _table("answer", "points", "means", rows=rows)


def _table(*head: str, rows: list[str]) -> str:
    return "\n".join([f"| {' | '.join(head)} |", f"|{'---|' * len(head)}", *rows]) + "\n"


if __name__ == "__main__":
    new = page(PAGE.read_text("utf-8"))
    if "--write" in sys.argv[1:]:
        PAGE.write_text(new, "utf-8")
    else:
        print(new)
