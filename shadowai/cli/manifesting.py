"""``--manifest``: what an inventory was made of, beside it."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from shadowai.cli import options, page
from shadowai.errors import UsageError

if TYPE_CHECKING:
    from shadowai.export import Exporter
    from shadowai.export.html.context import InputFile
    from shadowai.export.manifest import Sweep
    from shadowai.model import Report
    from shadowai.pipeline import ScanOptions

manifest_option = click.option(
    "--manifest",
    "manifest_file",
    metavar="FILE",
    help="Write the inputs' hashes, versions, options and counts to FILE, as JSON.",
)
_EVERYTHING: Final = 1 << 62
"""Bytes to hash: whoever asks for a manifest wants all of them."""


def checked(name: str | None, target: Path | None) -> Path | None:
    """Where the manifest goes. Raises :class:`click.BadParameter` before the work where there is no such folder, where it is one, or
    where it would replace the inventory."""
    if name is None:
        return None
    path = Path(name)
    options.check_file(path, "--manifest")
    if target is not None and path.absolute() == target.absolute():
        raise click.BadParameter("it is the file of the inventory", param_hint="--manifest")
    return path


def prepared(path: Path | None, policy: Path | None) -> None:
    """Remove the manifest of an earlier run, as :func:`shadowai.cli.judging.prepared` does with a verdict. Raises
    :class:`click.BadParameter` where it would take the place of the ``policy``, which the configuration may name."""
    options.keep_apart((policy,), manifest=path)
    options.remove_earlier(path, "--manifest")


def inputs(paths: Sequence[str]) -> tuple[InputFile, ...]:
    """Every file behind ``paths`` with its hash, however large; read once, for the manifest and for what else names hashes."""
    return tuple(page.hashes(paths, _EVERYTHING))


def write(
    path: Path,
    report: Report,
    *,
    files: Sequence[InputFile],
    asked: ScanOptions,
    exporter: Exporter,
    target: Path | None,
    more: Mapping[str, str] | None = None,
    sweep: Sweep | None = None,
) -> None:
    """Write the manifest of ``report``, which was made of ``files`` and written to ``target``. ``more`` are options beside those that were
    ``asked``, ``sweep`` is what a sweep says of its tenants."""
    from shadowai.export import manifest
    from shadowai.export.whole import whole_file

    written = target is not None and str(target) != "-" and target.is_file()
    outputs = (manifest.output(target, exporter.name),) if target is not None and written else ()
    made = manifest.render(report, files, {**_asked(asked, exporter.name), **(more or {})}, outputs, sweep)
    with whole_file(path) as stream:
        stream.write(made)


def _asked(asked: ScanOptions, layout: str) -> dict[str, str]:
    """The options that decide what the inventory says, without those that only decide how fast it is made. Of a table's address its
    name: the rest may have a password."""
    from shadowai.export.times import as_iso

    policy = asked.policy or asked.settings.policy
    found = {
        "by": asked.by,
        "format": layout,
        "log_format": asked.log_format or "",
        "timezone": asked.timezone or asked.settings.timezone or "",
        "since": as_iso(asked.since),
        "until": as_iso(asked.until),
        "tables": "; ".join(table.rpartition("#")[2] for table in asked.tables),
        "columns": "; ".join(f"{field}={column}" for field, column in asked.columns),
        "policy": _named(policy),
        "identities": _named(asked.identities),
    }
    return {name: value for name, value in found.items() if value}


def _named(file: str | Path | None) -> str:
    """A file of settings by its path and its hash."""
    if file is None:
        return ""
    try:
        return f"{file} sha256:{hashlib.sha256(Path(file).read_bytes()).hexdigest()}"
    except OSError as error:
        raise UsageError(
            f"cannot read {file}: {error.strerror}", remedy="do not remove it while a scan runs"
        ) from error
