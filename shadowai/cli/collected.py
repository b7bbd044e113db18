"""What a sweep was made of, for its manifest and its page: the rows of each tenant in the history, and how every task ended."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from shadowai.export.html.context import InputFile
    from shadowai.export.manifest import Sweep, SweptTenant
    from shadowai.history.model import Run
    from shadowai.history.store import History
    from shadowai.tenant import Outcome, Swept
    from shadowai.tenants import Tenant


def inputs(sweeps: Sequence[Swept], remembered: tuple[History, Run] | None) -> tuple[InputFile, ...]:
    """The rows of each tenant as inputs, with their hash where the sweep is ``remembered``."""
    from shadowai.export.html.context import InputFile
    from shadowai.history.looks import source_of

    if remembered is None:
        return tuple(InputFile(source_of(swept), why="the sweep is not remembered") for swept in sweeps)
    from shadowai.history.rows import of_run

    rows = of_run(*remembered)
    return tuple(InputFile(f"{one.source}/{one.kind}s: {one.number:,} rows", one.size, one.sha256) for one in rows)


def of_manifest(tenants: Sequence[Tenant], sweeps: Sequence[Swept], remembered: tuple[History, Run] | None) -> Sweep:
    """What the manifest says of the tenants that were to be swept, in their order."""
    from shadowai.export.manifest import Sweep, SweptTenant

    found = {swept.name: swept for swept in sweeps}
    told = (
        _tenant(found[tenant.name]) if tenant.name in found else SweptTenant(tenant.name, tenant.connector)
        for tenant in tenants
    )
    return Sweep(tuple(told), remembered[1].id if remembered else None)


def _tenant(swept: Swept) -> SweptTenant:
    from shadowai.export.manifest import Ended, SweptTenant

    ends = (
        Ended(one.task, one.signal, one.completeness.value, _why(one), one.pages, one.items) for one in swept.outcomes
    )
    about = swept.name, swept.platform, swept.tenant, swept.mode, swept.scope, swept.complete
    return SweptTenant(*about, tuple(ends))


def _why(outcome: Outcome) -> str:
    """The trouble in our own words: a service's may name people."""
    return outcome.trouble.value if outcome.trouble is not None else ""
