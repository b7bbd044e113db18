"""The files that the configuration is made of and that the program remembers by: no command writes what it was asked for over them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from shadowai.cli import deciding, options, remembering
from shadowai.history import place
from shadowai.tenants import PATHS

if TYPE_CHECKING:
    from shadowai.config import Settings

_SQLITE, _SECRET = "sqlite:///", "file:"


def keep(settings: Settings, history_url: str | None = None, **written: str | Path | None) -> None:
    """Raises :class:`click.BadParameter` where a file to be written, by the name of its option, is one of them. ``history_url`` is what
    ``--history`` says."""
    options.keep_apart(_files(settings, history_url), **written)


def _files(settings: Settings, history_url: str | None) -> Iterator[Path | None]:
    yield from (settings.path, settings.policy, settings.risk, settings.signatures.overrides, *settings.leases)
    for folder in settings.formats_dir:
        yield from folder.glob("*.toml")
    for folder in settings.signatures_dir:
        yield from (*folder.glob("*.yaml"), *folder.glob("*.yml"))
    for key, value in (pair for tenant in settings.tenants for pair in tenant.settings.items()):
        if key in PATHS or value.startswith(_SECRET):
            yield Path(value.removeprefix(_SECRET))
    decided = deciding.place(None, settings)
    if decided.exists():
        from shadowai.decisions.log import head_path

        yield from (decided, head_path(decided))
    own = place.folder()
    yield own / "history.db"
    yield from (own / "sweeps").glob("*.sqlite")
    yield _database(remembering.place(history_url, settings))


def _database(url: str | None) -> Path | None:
    """The file of a history that is one; what a secret holds is looked up by who opens it."""
    if url is None or ("://" in url and not url.startswith(_SQLITE)) or url.startswith(("env:", "file:", "keyring:")):
        return None
    return Path(url.removeprefix(_SQLITE)).expanduser()
