"""``shadowai scan``: logs in, inventory out."""

from __future__ import annotations

import gc
import time
from collections.abc import Sequence
from datetime import UTC, tzinfo
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from shadowai.cli import deciding, judging, kept, manifesting, options, page, remembering, resuming, terminal
from shadowai.cli.progress import bar_for

if TYPE_CHECKING:
    from shadowai.export import Exporter
    from shadowai.model import Report
    from shadowai.pipeline import ScanOptions


@click.command("scan", short_help="Read logs and captures, and write the inventory of the AI services used in them.")
@click.argument("paths", nargs=-1, metavar="PATH...")
@click.option("-o", "--output", metavar="FILE", help="Write the inventory to FILE instead of stdout.")
@click.option(
    "--format",
    "layout",
    metavar="NAME",
    help="table, csv, json, parquet, xlsx, html, ocsf, ecs, cef, cyclonedx, sarif; by default what FILE's suffix says.",
)
@click.option(
    "--by", type=click.Choice(["service", "user"]), default="service", show_default=True, help="One row each."
)
@click.option("--policy", "policy_file", metavar="FILE", help="Policy, YAML: what is sanctioned, and what prohibited.")
@click.option("--fail-on", metavar="LIST", help="Verdicts that are a breach, with commas between them.")
@judging.budget_option
@judging.verdict_option
@manifesting.manifest_option
@deciding.decisions_option
@deciding.no_decisions_option
@deciding.pseudonymise_option
@click.option("--since", metavar="TIME", help="Leave out what is older: a date, a time, or an age like 7d.")
@click.option("--until", metavar="TIME", help="Leave out what is newer: a date (that day is in), a time, or an age.")
@options.log_format_option
@options.timezone_option
@click.option(
    "--jobs",
    type=click.IntRange(1, options.MOST_JOBS),
    metavar="N",
    help="Processes to spread files over; by default as the input is large.",
)
@resuming.state_option
@resuming.follow_option
@resuming.every_option
@click.option("--cluster", metavar="ADDRESS", help="Let a Dask cluster's workers read the files: tcp://scheduler:8786.")
@click.option(
    "--table",
    "tables",
    multiple=True,
    metavar="URL#NAME",
    help="Ask a table in its warehouse (an address of Ibis, duckdb:///logs.db#proxy), or Parquet files.",
)
@click.option(
    "--column",
    "columns",
    multiple=True,
    metavar="FIELD=COLUMN",
    help="The column of a table that holds a field (host, url, user, time ...), where its name does not say so.",
)
@options.identities_option
@options.leases_option
@remembering.history_option
@remembering.no_history_option
@options.config_option
@click.option("--no-progress", is_flag=True, help="No progress bar.")
def command(
    paths: tuple[str, ...],
    output: str | None,
    layout: str | None,
    by: Literal["service", "user"],
    policy_file: str | None,
    fail_on: str | None,
    budget_file: str | None,
    verdict_file: str | None,
    manifest_file: str | None,
    decisions_file: str | None,
    no_decisions: bool,
    pseudonymise: bool,
    since: str | None,
    until: str | None,
    log_format: str | None,
    timezone: str | None,
    jobs: int | None,
    state_file: Path | None,
    follow: bool,
    every: float,
    cluster: str | None,
    tables: tuple[str, ...],
    columns: tuple[str, ...],
    identities: str | None,
    leases: tuple[Path, ...],
    history_url: str | None,
    no_history: bool,
    config_file: Path | None,
    no_progress: bool,
) -> int:
    """Find the AI services in the logs in PATH... (files, folders, quoted patterns, URLs, - for stdin).

    Inputs are recognised by their content, compressed ones too. What could not be looked at is listed on stderr, and
    never taken for "nothing found".
    """
    from shadowai import config, export, pipeline, policy
    from shadowai.export.summary import summary

    if not paths and not tables:
        raise click.UsageError("Missing argument 'PATH...'.")
    target = Path(output) if output is not None else None
    exporter = export.format_for(target, layout)
    options.check_file(target)
    _check_of_use(
        paths,
        tables,
        column=bool(columns),
        log_format=log_format is not None,
        leases=bool(leases),
        cluster=cluster is not None,
    )
    options.keep_apart(
        (*paths, policy_file, budget_file, identities, *leases, decisions_file, state_file, config_file),
        output=target,
        manifest=manifest_file,
        verdict=verdict_file,
    )
    beside = manifesting.checked(manifest_file, target)
    breach = options.verdicts(fail_on) if fail_on is not None else policy.FAIL_ON
    settings = options.leased(config.load(config_file), leases, timezone)
    kept.keep(settings, history_url, output=target, manifest=manifest_file, verdict=verdict_file)
    rules = remembering.policy_path(policy_file, settings)
    judges = judging.prepared(budget_file, verdict_file, rules, breach, settings)
    manifesting.prepared(beside, rules)
    zone = _zone(timezone or settings.timezone)
    first, last = options.window(since, until, zone)
    chosen = pipeline.ScanOptions(
        log_format=log_format,
        timezone=timezone,
        since=first,
        until=last,
        jobs=jobs or 0,
        cluster=cluster,
        tables=tables,
        columns=options.columns(columns),
        by=by,
        policy=policy_file,
        identities=identities,
        decisions=deciding.applied(decisions_file, no_decisions, settings),
        pseudonymise=pseudonymise,
        settings=settings,
    )
    again = resuming.Resuming(state_file, follow, every)
    if again.asked:
        again.check(chosen)
    gc.set_threshold(
        200_000, 20, 50
    )  # millions of small objects and no cycles: the usual pace costs a third of the time
    history = None
    if remembering.scans_remember(history_url, no_history, settings):
        history = remembering.opened(history_url, settings, make=True)  # before the work: better to know it now
    began = time.time_ns() // 1000
    both = history is not None or exporter.name == "html" or judges.wants_both
    if again.asked:
        write = partial(_write, by=by, exporter=exporter, target=target, paths=paths) if target is not None else None
        reports = _resume(paths, chosen, again, write, wanted=not no_progress, both=both)
    else:
        reports = _scan(paths, chosen, wanted=not no_progress, both=both)
    if history is not None:
        reports = remembering.with_new_candidates(history, reports)
    report = reports[-1 if by == "user" else 0]
    files = None if beside is None else manifesting.inputs(paths)
    _say_if_slow(report)
    if exporter.name != "html":
        export.write_report(report, exporter, target)
    remembered = None
    if history is not None:
        run, reports = remembering.remember_or_say(history, reports, began=began, chosen=chosen)
        remembered = None if run is None else (history, run)
        report = reports[-1 if by == "user" else 0]
    if exporter.name == "html":  # it tells what has changed since the look before this one
        changes = None if history is None else page.drift(history, breach)
        risks = page.reasons(reports[0], chosen.rater(chosen.load_catalog()))
        silent = page.silences(paths, chosen) if paths else ()
        page.write(reports, exporter, target, paths=paths, drift=changes, risks=risks, inputs=files, silent=silent)
    if exporter.name != "table" or output not in (None, "-"):
        terminal.lines(summary(report))
    if beside is not None and files is not None:
        manifesting.write(beside, report, files=files, asked=chosen, exporter=exporter, target=target)
    return judges.ended(reports, report, paths=paths, asked=chosen, remembered=remembered)


def _check_of_use(
    paths: Sequence[str],
    tables: Sequence[str],
    *,
    column: bool,
    log_format: bool,
    leases: bool,
    cluster: bool,
) -> None:
    """Raises :class:`click.BadParameter` for what would do nothing here. ``--jobs`` changes no result: scripts may always give it."""
    options.check_of_use("--table", bool(tables), column=column)
    of_files = {"log_format": log_format, "leases": leases, "cluster": cluster}
    options.check_of_use("PATH: the rows of a table are read by its warehouse", bool(paths), **of_files)


def _write(reports: Sequence[Report], *, by: str, exporter: Exporter, target: Path, paths: Sequence[str]) -> None:
    """The inventory as it stands, while a scan goes on."""
    from shadowai import export

    if exporter.name == "html":
        page.write(reports, exporter, target, paths=paths)
    else:
        export.write_report(next(one for one in reports if one.by == by), exporter, target)


def _resume(
    paths: Sequence[str],
    chosen: ScanOptions,
    asked: resuming.Resuming,
    write: resuming.Write | None,
    *,
    wanted: bool,
    both: bool,
) -> Sequence[Report]:
    """As :func:`_scan`, for what is read on."""
    bar = bar_for(wanted and not asked.follow)
    try:
        ways: Sequence[Literal["service", "user"]] = ("service", "user") if both else (chosen.by,)
        return resuming.scan(paths, chosen, asked, ways, write=write, progress=bar)
    finally:
        if bar is not None:
            bar.done()


def _zone(name: str | None) -> tzinfo:
    """Where days begin that the user names; the zones' reader is imported where a zone is named."""
    if name is None:
        return UTC
    from shadowai.sources.timestamps import zone

    return zone(name)


def _say_if_slow(report: Report) -> None:
    """Once, where a capture was read without the compiled part because there is none."""
    from shadowai import fast

    if any(source.format in fast.FORMATS for source in report.sources) and fast.is_missing():
        terminal.say(f"Note: {fast.MISSING}")


def _scan(paths: Sequence[str], chosen: ScanOptions, *, wanted: bool, both: bool) -> Sequence[Report]:
    """The report, or ``both`` by service and by user, with a bar on stderr while it is made."""
    from shadowai import pipeline

    bar = bar_for(wanted)
    try:
        if both:
            return pipeline.scan_by(paths, ("service", "user"), options=chosen, progress=bar)
        return [pipeline.scan(paths, options=chosen, progress=bar)]
    finally:
        if bar is not None:
            bar.done()
