"""``shadowai export``: the signatures as detection rules of other systems."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from shadowai.cli import kept, options, terminal
from shadowai.errors import UsageError

if TYPE_CHECKING:
    from shadowai.catalog import Catalog

LANGUAGES = ("sigma", "suricata", "zeek", "kql", "spl")
"""The names of :data:`shadowai.export.rules.LANGUAGES`, without importing them."""


@click.command("export", short_help="Write the signatures as Sigma, Suricata, Zeek, KQL or SPL rules.")
@click.argument("language", metavar="LANGUAGE", type=click.Choice(LANGUAGES))
@click.argument("services", nargs=-1, metavar="[SERVICE]...")
@click.option("--category", multiple=True, metavar="NAME", help="All services of a category. May be given again.")
@click.option("-o", "--output", metavar="FILE", help="Write to FILE instead of stdout.")
@options.config_option
def command(
    language: str, services: tuple[str, ...], category: tuple[str, ...], output: str | None, config_file: Path | None
) -> None:
    """Write rules in LANGUAGE (sigma, suricata, zeek, kql, spl) that find the use of SERVICE..., by its id; without any, of all services.

    Rules claim a host where this program does, and only by names that identify a service for certain.
    """
    from shadowai.config import load
    from shadowai.export.rules import LANGUAGES as RULES
    from shadowai.export.rules.claims import claims
    from shadowai.packs.loading import in_force

    target = options.output_file(output)
    settings = load(config_file)
    kept.keep(settings, output=target)
    known = in_force(settings)
    signatures = list(known.signatures.values())
    chosen = _chosen(known, services, category)
    found = claims(signatures, chosen)
    left = len(chosen) - len(found)
    if not found:
        raise UsageError("no host identifies these services for certain", remedy="name others")
    _write(RULES[language].render(found), target)
    terminal.say(f"{len(found):,} services; {left:,} without a host that identifies them for certain are not in it")


def _chosen(known: Catalog, services: Sequence[str], categories: Sequence[str]) -> frozenset[str]:
    """The ids that are meant. Raises :class:`UsageError` for an id or a category that no signature has."""
    signatures = known.signatures
    for id in services:
        if id not in signatures:
            raise UsageError(f"there is no signature {id!r}", remedy="see `shadowai signatures list`")
    wanted = {id for id, one in signatures.items() if one.category in categories}
    for category in set(categories) - {one.category for one in signatures.values()}:
        raise UsageError(f"no signature has the category {category!r}", remedy="see `shadowai signatures list`")
    return frozenset({*services, *wanted}) if services or categories else frozenset(signatures)


def _write(text: str, target: Path | None) -> None:
    from shadowai.export.whole import whole_file

    if target is None:
        sys.stdout.buffer.write(text.encode("utf-8"))
        sys.stdout.buffer.flush()
        return
    with whole_file(target) as stream:
        stream.write(text.encode("utf-8"))
