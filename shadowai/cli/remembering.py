"""How commands remember: the option ``--history``, and what a scan and a sweep put into the history at their end."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from shadowai.cli import terminal
from shadowai.errors import SourceError, UsageError

if TYPE_CHECKING:
    from shadowai.app_matcher import AppMatcher
    from shadowai.catalog import Catalog
    from shadowai.config import Settings
    from shadowai.history.nouns import Memory, Run
    from shadowai.history.store import History
    from shadowai.model import Report
    from shadowai.tenant import Swept

OWN = "default"
"""What ``--history`` says for the place of the configuration, or the user's own file."""

history_option = click.option(
    "--history",
    "history_url",
    metavar="URL",
    help="The history: a file, postgresql+psycopg://…, env:NAME, or `default`.",
)
no_history_option = click.option("--no-history", is_flag=True, help="Do not remember what was found.")


def place(asked: str | None, settings: Settings) -> str | None:
    """What ``--history`` or else the configuration says; ``None`` for the user's own file."""
    return settings.history.url if asked in (None, OWN) else asked


def opened(asked: str | None, settings: Settings) -> History:
    """The history, to be used as a context."""
    from shadowai.history import place as places

    return places.opened(place(asked, settings))


def scans_remember(asked: str | None, no_history: bool, settings: Settings) -> bool:
    """Whether a scan is to be remembered: only where somebody says so. Raises :class:`click.BadParameter`."""
    if asked is not None and no_history:
        raise click.BadParameter("--history and --no-history exclude each other", param_hint="--history")
    return not no_history and (asked is not None or settings.history.scans)


def remember_scan(
    history: History,
    reports: Sequence[Report],
    *,
    began: int,
    span: int | None,
    catalog: Catalog,
    policy: Path | None,
    options: Mapping[str, str],
) -> Run:
    """Remember a scan by its reports by service and by user."""
    from shadowai.history import gather
    from shadowai.history.catalogue import digests

    memory = gather.of_scan(
        reports,
        began=began,
        ended=time.time_ns() // 1000,
        span=span,
        digests=digests(catalog),
        policy=gather.policy_digest(policy),
        options=options,
    )
    return _remember(history, memory, catalog)


def remember_sweep(
    history: History,
    reports: Sequence[Report],
    sweeps: Sequence[Swept],
    *,
    catalog: Catalog,
    matcher: AppMatcher,
    policy: Path | None,
    options: Mapping[str, str],
) -> Run:
    """Remember a sweep of several tenants by its reports by service and by user, and what was gathered."""
    from shadowai.history import gather, looks, store
    from shadowai.history.catalogue import digests
    from shadowai.history.remember import tenant_lineage

    before = {}
    with history.reading() as db:
        for source in map(looks.source_of, sweeps):
            last = store.last_of(db, tenant_lineage(source), store.next_number(db))
            before[source] = store.looks_of(db, last) if last is not None else ()
    services = {
        looks.source_of(swept): {
            app.id: tuple(match.signature for match in found.matches)
            for app in swept.apps
            if (found := matcher.match(app)).matches
        }
        for swept in sweeps
    }
    memory = gather.of_sweep(
        reports,
        sweeps,
        services=services,
        before=before,
        digests=digests(catalog),
        policy=gather.policy_digest(policy),
        options=options,
    )
    return _remember(history, memory, catalog)


def _remember(history: History, memory: Memory, catalog: Catalog) -> Run:
    from shadowai.history.catalogue import explainer
    from shadowai.history.remember import remember

    return remember(history, memory, explains=explainer(catalog))


def tell(history: History, run: Run, settings: Settings) -> None:
    """Tell the webhook of the configuration, where there is one, what is new. That it cannot be told is said, and ends nothing."""
    if settings.notify is None:
        return
    from functools import partial

    from shadowai import notify, webhook

    send = partial(webhook.post, settings.notify.url, ca_file=settings.notify.ca_file)
    try:
        what = notify.tell(history, run.id, settings.notify, now=time.time_ns() // 1000, send=send)
    except (SourceError, UsageError) as error:
        terminal.say(f"shadowai: {error}")
        return
    if not what.empty or what.held_back:
        terminal.say(f"note: told of {len(what.changes) + what.more:,} changes, {what.held_back:,} held back")
