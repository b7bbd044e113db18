"""What a sweep does, once the command line is understood: the tenants visited, one inventory of all, and what is remembered of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol

from shadowai.cli import collected, judging, manifesting, page, remembering, tenants, terminal
from shadowai.errors import SourceError

if TYPE_CHECKING:
    import threading

    from shadowai.config import Settings
    from shadowai.connector import Mode, Scope
    from shadowai.export import Exporter
    from shadowai.model import Report
    from shadowai.pipeline import ScanOptions
    from shadowai.sweep.visit import Visit
    from shadowai.swept_report import Network
    from shadowai.tenant import App, Swept
    from shadowai.tenants import Tenant


@dataclass(frozen=True, slots=True)
class Chosen:
    """What the command line says."""

    tenants: tuple[Tenant, ...]
    mode: Mode | None
    scope: Scope
    resume: bool
    history: bool
    target: Path | None
    exporter: Exporter
    by: Literal["service", "user"]
    policy: str | None
    breach: frozenset[str]
    settings: Settings
    progress: bool
    history_url: str | None = None
    network: tuple[str, ...] = ()
    identities: str | None = None
    budget: str | None = None
    verdict: str | None = None
    decisions: str | None = None
    pseudonymise: bool = False
    manifest: Path | None = None

    @property
    def asked(self) -> ScanOptions:
        """What the inventory is to be made by."""
        from shadowai.pipeline import ScanOptions

        return ScanOptions(
            by=self.by,
            policy=self.policy,
            identities=self.identities,
            decisions=self.decisions,
            pseudonymise=self.pseudonymise,
            settings=self.settings,
        )

    def judges(self) -> judging.Judging:
        """What to judge by, as the files are now."""
        policy = remembering.policy_path(self.policy, self.settings)
        return judging.prepared(self.budget, self.verdict, policy, self.breach, self.settings)


class Join(Protocol):
    """Where sweeps meet signatures and policy."""

    def is_ai(self, app: App) -> bool:
        """Whether a signature explains the app."""
        ...

    def report(self, sweeps: Sequence[Swept], refused: Sequence[SourceError], network: Network | None = None) -> Report:
        """One inventory of all tenants, and of the network's where that is given. Each task of ``sweeps`` that is not complete, and each
        of ``refused``, a tenant that could not be swept at all, is a gap in it. The sweep is in the history when this returns, unless
        :attr:`Chosen.history` is false or the history failed, which is a gap, too."""
        ...


def once(chosen: Chosen, event: threading.Event) -> int:
    """One sweep of each tenant, one inventory of all. What is swept counts as remembered when the inventory is written."""
    from shadowai.export.summary import summary
    from shadowai.pipeline import ScanOptions
    from shadowai.sweep.visit import check_secrets, connector_of

    for tenant in chosen.tenants:
        check_secrets(tenant, connector_of(tenant))
    network, judges = _Network(chosen), chosen.judges()
    manifesting.prepared(chosen.manifest, remembering.policy_path(chosen.policy, chosen.settings))
    join = joined(chosen)
    with ExitStack() as open_stores:
        visits, refused = _visits(chosen, event, join.is_ai, open_stores)
        seen = None if event.is_set() else network.seen()
        sweeps = [visit.swept for visit in visits]
        report = join.report(sweeps, refused, seen)
        made = join if isinstance(join, remembering.RememberingJoin | remembering.JoinInBothWays) else None
        _write(chosen, report, made, sweeps)
        if chosen.exporter.name != "table" or chosen.target not in (None, Path("-")):
            terminal.lines(summary(report))
        for visit in visits:
            visit.remembered()
    asked = ScanOptions(settings=chosen.settings)
    return judges.ended(
        made.both if made else (report,),
        report,
        paths=chosen.network,
        asked=asked,
        remembered=made.remembered if made else None,
    )


def _write(
    chosen: Chosen,
    report: Report,
    made: remembering.RememberingJoin | remembering.JoinInBothWays | None,
    sweeps: Sequence[Swept],
) -> None:
    """The inventory, and its manifest beside it. A page tells what has changed since the sweep before this one, too."""
    from shadowai import export

    remembered = made.remembered if made else None
    html = made is not None and chosen.exporter.name == "html"
    hashed = manifesting.inputs if chosen.manifest is not None else page.hashes
    wanted = html or chosen.manifest is not None
    files = (*hashed(chosen.network), *collected.inputs(sweeps, remembered)) if wanted else ()
    if made is not None and html:
        drift = page.drift(remembered[0], chosen.breach) if remembered else None
        risks = page.reasons(made.both[0], chosen.asked.rater(chosen.asked.load_catalog()))
        page.write(made.both, chosen.exporter, chosen.target, paths=(), drift=drift, risks=risks, inputs=files)
    else:
        export.write_report(report, chosen.exporter, chosen.target)
    if chosen.manifest is not None:
        manifesting.write(
            chosen.manifest,
            report,
            files=files,
            asked=chosen.asked,
            exporter=chosen.exporter,
            target=chosen.target,
            more={"scope": chosen.scope, **({"mode": chosen.mode} if chosen.mode else {})},
            sweep=collected.of_manifest(chosen.tenants, sweeps, remembered),
        )


class _Network:
    """The logs of ``--network``; that they are there is seen to before the sweep, and they are read after it."""

    def __init__(self, chosen: Chosen) -> None:
        self._chosen = chosen
        if chosen.network:
            from shadowai.sources import container

            container.check_exist(chosen.network)

    def seen(self) -> Network | None:
        """What is in them; ``None`` where there are none."""
        if not self._chosen.network:
            return None
        from shadowai import pipeline
        from shadowai.cli.progress import bar_for
        from shadowai.swept_report import Network

        asked = pipeline.ScanOptions(settings=self._chosen.settings)
        bar = bar_for(self._chosen.progress)
        try:
            found = pipeline.gather(self._chosen.network, options=asked, known=asked.load_catalog(), progress=bar)
        finally:
            if bar is not None:
                bar.done()
        return Network(found.inventory, tuple(found.gaps), tuple(found.notes), tuple(found.sources))


def _visits(
    chosen: Chosen, event: threading.Event, is_ai: Callable[[App], bool], stack: ExitStack
) -> tuple[list[Visit], list[SourceError]]:
    """The sweeps, and why there is none of the other tenants: one that cannot be swept does not keep the others from it."""
    from shadowai.history.place import folder
    from shadowai.sweep.clock import WallClock
    from shadowai.sweep.runner import Wanted
    from shadowai.sweep.visit import visited

    visits: list[Visit] = []
    refused: list[SourceError] = []
    for tenant in chosen.tenants:
        wanted = Wanted(tenant.name, chosen.mode, chosen.scope, chosen.resume)
        with tenants.line(tenant.name, chosen.progress) as shown:
            about = visited(tenant, wanted, folder=folder(), clock=WallClock(event), is_ai=is_ai, progress=shown)
            try:
                visits.append(stack.enter_context(about))
            except SourceError as error:
                refused.append(error)
    return visits, refused


def joined(chosen: Chosen) -> Join:
    """The join of this command line's signatures, policy and history."""
    from shadowai.sweep.visit import connector_of
    from shadowai.swept_report import SweptReport

    made = SweptReport(chosen.asked, {tenant.connector: connector_of(tenant).signals for tenant in chosen.tenants})
    if not chosen.history:
        return remembering.JoinInBothWays(made, chosen.by)
    history = remembering.opened(chosen.history_url, chosen.settings, make=True)
    about = {"tenants": " ".join(tenant.name for tenant in chosen.tenants), "scope": chosen.scope}
    return remembering.RememberingJoin(made, history, chosen.by, chosen.policy, chosen.settings, about)
