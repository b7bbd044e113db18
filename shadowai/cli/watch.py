"""``shadowai watch``: an interface in, inventory out."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from shadowai.cli import deciding, judging, kept, options, remembering, terminal
from shadowai.cli.stopping import Stop

if TYPE_CHECKING:
    from shadowai.errors import SourceError
    from shadowai.sources.live import Interface
    from shadowai.watch import Watch


@click.command("watch", short_help="Watch an interface, and write the inventory when the watch ends.")
@click.option("-i", "--interface", "name", metavar="IFACE", required=True, help="The network interface to watch.")
@click.option(
    "--duration", type=options.Seconds(min=0, min_open=True), metavar="SECONDS", help="End by itself after that time."
)
@click.option("--bpf", metavar="FILTER", help="Look at these frames only: a filter as of tcpdump, see pcap-filter(7).")
@click.option("-o", "--output", metavar="FILE", help="Write the inventory to FILE instead of stdout.")
@click.option(
    "--format", "layout", metavar="NAME", help="table, csv, json, parquet, xlsx; by default what FILE's suffix says."
)
@click.option(
    "--by", type=click.Choice(["service", "user"]), default="service", show_default=True, help="One row each."
)
@click.option("--policy", "policy_file", metavar="FILE", help="Policy, YAML: what is sanctioned, and what prohibited.")
@click.option("--fail-on", metavar="LIST", help="Verdicts that are a breach, with commas between them.")
@judging.budget_option
@judging.verdict_option
@deciding.decisions_option
@deciding.no_decisions_option
@options.config_option
@click.option("--no-progress", is_flag=True, help="No table while the watch goes on.")
def command(
    name: str,
    duration: float | None,
    bpf: str | None,
    output: str | None,
    layout: str | None,
    by: Literal["service", "user"],
    policy_file: str | None,
    fail_on: str | None,
    budget_file: str | None,
    verdict_file: str | None,
    decisions_file: str | None,
    no_decisions: bool,
    config_file: Path | None,
    no_progress: bool,
) -> int:
    """Find the AI services that are used on a network interface, as they are used.

    On a terminal a table shows who uses what. Ctrl-C (or SIGTERM) ends the watch and writes the inventory; a second one
    ends the program without it. Budgets are judged at the end. Needs the library of shadowai[live], and the right to read the interface.
    """
    from shadowai import config, export, pipeline, policy
    from shadowai.export.summary import summary
    from shadowai.sources.live import Interface
    from shadowai.watch import Watch

    target = Path(output) if output is not None else None
    exporter = export.format_for(target, layout)
    options.check_file(target)
    options.keep_apart((policy_file, budget_file, decisions_file, config_file), output=target, verdict=verdict_file)
    breach = options.verdicts(fail_on) if fail_on is not None else policy.FAIL_ON
    settings = config.load(config_file)
    kept.keep(settings, output=target, verdict=verdict_file)
    judges = judging.prepared(
        budget_file, verdict_file, remembering.policy_path(policy_file, settings), breach, settings
    )
    decisions = deciding.applied(decisions_file, no_decisions, settings)
    watch = Watch(name, pipeline.ScanOptions(by=by, policy=policy_file, decisions=decisions, settings=settings))
    with Stop(duration) as stop:
        with Interface(name, bpf=bpf) as interface:
            failure = _follow(interface, watch, stop, shown=not no_progress)
        reports = watch.reports(("service", "user") if judges.wants_both else (by,), interface.dropped, failure)
        report = next(one for one in reports if one.by == by)
        export.write_report(report, exporter, target)
        if exporter.name != "table" or output not in (None, "-"):
            terminal.lines(summary(report))
    return judges.ended(reports, report)


def _follow(interface: Interface, watch: Watch, stop: Stop, *, shown: bool) -> SourceError | None:
    """Count what passes until ``stop``, or until the interface went away, which is the error that is given back."""
    from shadowai.cli.live_view import view_for
    from shadowai.errors import SourceError

    view = view_for(shown)
    with view or nullcontext():
        try:
            for batch in interface.batches(stop):
                if batch:
                    watch.take(batch)
                if view is not None:
                    view.show(watch, interface.dropped)
        except SourceError as wrong:
            return wrong
    return None
