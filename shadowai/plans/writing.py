"""Plans written down: for people as text, for programs as JSON, and the lists themselves. Every file is written whole or not at all."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Final

from shadowai.export.ascii_json import dump
from shadowai.export.inert import cell
from shadowai.export.times import as_iso
from shadowai.export.whole import whole_file
from shadowai.normalize import printable
from shadowai.plans.appliances import APPLIANCES
from shadowai.plans.blocking import BlockPlan, Target
from shadowai.plans.revoking import Revocation

SCHEMA: Final = 1
PEOPLE: Final = 10
"""People named in the text; all of them are in the JSON."""
REVOCATION_COLUMNS: Final = (
    "place", "app_name", "app", "who", "kind", "scopes", "last_used", "service", "verdict", "reason", "step", "also_approved",
    "others_keep", "grant",
)  # fmt: skip


def write_block_plan(plan: BlockPlan, folder: Path, appliances: Sequence[str]) -> list[Path]:
    """Write the plan and a list for each of the ``appliances`` into a folder, which is made where it is missing; gives the files."""
    folder.mkdir(parents=True, exist_ok=True)
    texts = {"plan.txt": "".join(f"{line}\n" for line in block_lines(plan)), "plan.json": _json(block_object(plan))}
    texts |= {APPLIANCES[name].file: APPLIANCES[name].render(plan.listed) for name in appliances}
    for name, text in texts.items():
        with whole_file(folder / name) as stream:
            stream.write(text.encode("utf-8"))
    return [folder / name for name in texts]


def block_lines(plan: BlockPlan) -> Iterator[str]:
    """The plan for a person, safe for a terminal: what is to be blocked, what that hits, what is held back and what it cannot do."""
    users = {user for target in plan.targets if not target.held for user in target.users}
    yield f"To end the use of {', '.join(plan.services) or 'nothing'}: {len(plan.listed)} hosts, {len(users)} people seen."
    for held, title in ((False, "To be blocked"), (True, "Held back, for approved use needs them")):
        chosen = [target for target in plan.targets if target.held is held]
        if chosen:
            yield f"{title}:"
            yield from (f"  {line}" for target in chosen for line in _target_lines(target))
    if plan.left:
        yield "No list of hosts can block:"
        yield from (printable(f"  {left.service_id}: {left.what} ({left.why})") for left in plan.left)


def _target_lines(target: Target) -> Iterator[str]:
    below = " and all below it" if target.host.below else ""
    yield printable(f"{target.host.name}{below} ({', '.join(target.services)})")
    if target.users or target.nameless:
        named = ", ".join(target.users[:PEOPLE]) + (" and others" if len(target.users) > PEOPLE else "")
        nameless = f" and {target.nameless} devices without a name" if target.nameless else ""
        yield printable(f"  hits {len(target.users)} people{f': {named}' if named else ''}{nameless}")
    if target.allowed:
        yield printable(f"  {len(target.allowed)} may use it, or one of its services")
    if target.shared:
        yield printable(f"  needed by {', '.join(f'{one.service_id} ({one.verdict.value})' for one in target.shared)}")


def block_object(plan: BlockPlan) -> dict[str, Any]:
    """The plan as JSON has it."""
    return {
        "schema": SCHEMA,
        "services": list(plan.services),
        "hosts": [
            {
                "host": target.host.name,
                "below": target.host.below,
                "held": target.held,
                "services": list(target.services),
                "users": list(target.users),
                "allowed": list(target.allowed),
                "nameless": target.nameless,
                "seen": list(target.names),
                "shared": [{"service_id": one.service_id, "verdict": one.verdict.value} for one in target.shared],
            }
            for target in plan.targets
        ],
        "left": [left._asdict() for left in plan.left],
    }


def revocation_row(one: Revocation) -> dict[str, str]:
    """A grant to take back, as the columns have it."""
    values = (
        one.place, one.app_name, one.app, one.who, one.kind, " ".join(one.scopes), as_iso(one.last_used), one.service,
        one.verdict.value, one.reason, one.step, " ".join(one.also), str(one.others), one.grant,
    )  # fmt: skip
    return dict(zip(REVOCATION_COLUMNS, values, strict=True))


def revocations_csv(plan: Sequence[Revocation]) -> str:
    """The grants as CSV, inert in spreadsheets."""
    text = io.StringIO()
    rows = ([cell(value) for value in revocation_row(one).values()] for one in plan)
    csv.writer(text, lineterminator="\n").writerows([REVOCATION_COLUMNS, *rows])
    return text.getvalue()


def revocations_json(plan: Sequence[Revocation]) -> str:
    """The grants as one JSON object."""
    return _json({"schema": SCHEMA, "grants": [revocation_row(one) for one in plan]})


def revocation_lines(plan: Sequence[Revocation]) -> Iterator[str]:
    """The grants for a person, safe for a terminal."""
    for one in plan:
        who = one.who or "nobody in particular: the tenant's, or the application's own"
        yield printable(
            f"{one.place}: {one.app_name or one.app} ({one.service}, {one.verdict.value}), {one.kind} of {who}"
        )
        if one.reason:
            yield printable(f"  because {one.reason}")
        if one.scopes:
            yield printable(f"  may {' '.join(one.scopes)}")
        yield printable(
            f"  last used {as_iso(one.last_used) or 'at a time that is not known'}; others keep {one.others} grants of it"
        )
        if one.also:
            yield printable(f"  the application serves {', '.join(one.also)}, too, which is approved")
        yield printable(f"  {one.step}")


def _json(value: Any) -> str:
    return dump(value, indent=2).replace("\x7f", "\\u007f") + "\n"
