"""The configuration file: TOML, looked for in a few places, read into frozen :class:`Settings`.

The first of these that exists is used, alone: ``--config FILE``, ``$SHADOWAI_CONFIG``, ``./shadowai.toml``,
``$XDG_CONFIG_HOME/shadowai/config.toml`` (``~/.config`` where the variable is not set; XDG Base Directory
Specification 0.8).
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import TYPE_CHECKING

from shadowai.decisions import settings as deciding
from shadowai.errors import UsageError
from shadowai.history.place import UNSAID, Remembering, read_history
from shadowai.model import Origin
from shadowai.packs import settings as packs
from shadowai.sources.capture.limits import DEFAULT, Limits

if TYPE_CHECKING:
    from shadowai.notify import Notifying
    from shadowai.tenants import Tenant

VARIABLE = "SHADOWAI_CONFIG"
LOCAL = "shadowai.toml"

_OFFSET = re.compile(r"[+-](?:0[0-9]|1[0-4]):[0-5][0-9]")
_AT_LINE = re.compile(r"at line ([0-9]+)")


@dataclass(frozen=True, slots=True)
class Settings:
    """What the configuration says; the defaults are those of nobody having said anything.

    ``formats_dir`` and ``signatures_dir`` are folders with the user's own log formats and signatures, ``disable``
    ids of signatures that are not used, ``timezone`` that of logs which do not name theirs (an IANA name or
    ``+02:00``), ``policy`` the policy file, ``risk`` the user's own weights of the risk model,
    ``leases`` files of DHCP servers, which say what device had an address when,
    ``capture`` how much a packet capture may make the program remember,
    ``tenants`` the SaaS tenants to sweep, ``history`` where runs are remembered, ``notify`` whom to tell of what is new,
    ``signatures`` whose packs are trusted and what is changed in them.
    ``decisions`` is where the decision log is, ``privacy`` how people are shown.
    ``path`` is the file that was read, ``None`` where there was none.
    """

    path: Path | None = None
    formats_dir: tuple[Path, ...] = ()
    signatures_dir: tuple[Path, ...] = ()
    disable: tuple[str, ...] = ()
    timezone: str | None = None
    policy: Path | None = None
    risk: Path | None = None
    leases: tuple[Path, ...] = ()
    capture: Limits = DEFAULT
    tenants: tuple[Tenant, ...] = ()
    history: Remembering = UNSAID
    notify: Notifying | None = None
    signatures: packs.Choice = packs.UNSAID
    decisions: deciding.Deciding = deciding.UNSAID
    privacy: deciding.Privacy = deciding.OPEN


KEYS = tuple(field.name for field in fields(Settings) if field.name != "path")
LIMITS = tuple(field.name for field in fields(Limits))
"""Keys of the table ``[capture]``."""
_MOST = 1 << 31


def load(
    chosen: Path | None = None, *, environ: Mapping[str, str] | None = None, folder: Path | None = None
) -> Settings:
    """The settings of the configuration in force; the defaults where there is none.

    ``chosen`` is what ``--config`` names; ``environ`` and ``folder`` stand for the process's environment and current
    folder. A file that was named and cannot be read, is no TOML, or holds an unknown key or a wrong value is a
    :class:`~shadowai.errors.UsageError`.
    """
    surroundings = os.environ if environ is None else environ
    path = find(chosen, surroundings, Path() if folder is None else folder)
    return _unsaid(surroundings) if path is None else read(path)


def find(chosen: Path | None, environ: Mapping[str, str], folder: Path) -> Path | None:
    """The configuration file in force, ``None`` where there is none; a named one need not exist to be in force."""
    if chosen is not None:
        return chosen
    if named := environ.get(VARIABLE):
        return Path(named)
    home = _home(environ)
    places = [folder / LOCAL, *([home / "config.toml"] if home else [])]
    return next((place for place in places if place.exists()), None)


def _home(environ: Mapping[str, str]) -> Path | None:
    """The user's own configuration folder, which need not be there."""
    home = environ.get("XDG_CONFIG_HOME", "")
    if not Path(home).is_absolute():  # relative ones are to be ignored, says the specification
        home = str(Path(environ["HOME"]) / ".config") if environ.get("HOME") else ""
    return Path(home) / "shadowai" if home else None


def _unsaid(environ: Mapping[str, str]) -> Settings:
    """What holds without a configuration file: the defaults, and the signatures and overrides in the user's own folder."""
    home = _home(environ)
    if home is None:
        return Settings()
    own = packs.Choice(overrides=packs.overrides_beside(home))
    return Settings(signatures_dir=packs.folders_beside(home), signatures=own)


def read(path: Path) -> Settings:
    """The settings of one file; relative paths in it are relative to its folder."""
    from shadowai.notify import read_notify
    from shadowai.tenants import read_tenants

    table = _table(path)
    _check_keys(path, table, KEYS)
    return Settings(
        path=path,
        formats_dir=_folders(path, table, "formats_dir"),
        signatures_dir=_signature_folders(path, table),
        disable=_texts(path, table, "disable"),
        timezone=_timezone(path, table),
        policy=_file(path, table, "policy"),
        risk=_file(path, table, "risk"),
        leases=tuple(path.parent / Path(text).expanduser() for text in _texts(path, table, "leases")),
        capture=_limits(path, table.get("capture", {})),
        tenants=read_tenants(path, table.get("tenants", {})),
        history=read_history(path, table.get("history", {})),
        notify=read_notify(path, table.get("notify", {})),
        signatures=packs.read_signatures(path, table.get("signatures", {})),
        decisions=deciding.read_decisions(path, table.get("decisions", {})),
        privacy=deciding.read_privacy(path, table.get("privacy", {})),
    )


def _check_keys(path: Path, table: Mapping[str, object], known: Sequence[str], where: str = "") -> None:
    for key in table:
        if key not in known:
            import difflib

            near = difflib.get_close_matches(key, known, n=1)
            hint = f"did you mean {near[0]!r}? " if near else ""
            raise _wrong(path, f"unknown key {key!r}{where}", f"{hint}known keys: {', '.join(known)}")


def _limits(path: Path, table: object) -> Limits:
    """The limits of the table ``[capture]``, each a whole number from 1 on."""
    if not isinstance(table, dict):
        raise _wrong(
            path, f"capture: {table!r} is not a table", f"write [capture] and its keys below: {', '.join(LIMITS)}"
        )
    _check_keys(path, table, LIMITS, " in [capture]")
    for key, value in table.items():
        if isinstance(value, bool) or not isinstance(value, int) or not 0 < value < _MOST:
            remedy = f"write {key} = {getattr(DEFAULT, key)}, or another whole number from 1 to {_MOST - 1}"
            raise _wrong(path, f"{key} in [capture]: {value!r} is not a positive whole number", remedy)
    return replace(DEFAULT, **table)


def _table(path: Path) -> dict[str, object]:
    import tomllib

    try:
        return tomllib.loads(path.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        message = f"cannot read the configuration: {error.strerror}"
        raise _wrong(path, message, f"name a file that exists with --config or ${VARIABLE}") from error
    except UnicodeDecodeError as error:
        raise _wrong(path, "not UTF-8", "save the configuration as UTF-8") from error
    except tomllib.TOMLDecodeError as error:
        line = _AT_LINE.search(str(error))
        origin = Origin(str(path), int(line.group(1)) if line else None)
        raise UsageError(f"not TOML: {error}", origin=origin, remedy="see https://toml.io/en/v1.0.0") from error


def _file(path: Path, table: Mapping[str, object], key: str) -> Path | None:
    """The file that a key names."""
    return path.parent / Path(_text(path, key, table[key])).expanduser() if key in table else None


def _folders(path: Path, table: Mapping[str, object], key: str) -> tuple[Path, ...]:
    found = tuple(path.parent / Path(text).expanduser() for text in _texts(path, table, key))
    for folder in found:
        if not folder.is_dir():
            raise _wrong(path, f"{key}: {str(folder)!r} is not a folder", "correct it, or leave it out")
    return found


def _signature_folders(path: Path, table: Mapping[str, object]) -> tuple[Path, ...]:
    """The folders that are named, and the one beside the configuration, which may be one of them."""
    named = _folders(path, table, "signatures_dir")
    known = {folder.resolve() for folder in named}
    return (*named, *(folder for folder in packs.folders_beside(path.parent) if folder.resolve() not in known))


def _texts(path: Path, table: Mapping[str, object], key: str) -> tuple[str, ...]:
    """One text or a list of them."""
    value = table.get(key, [])
    return tuple(_text(path, key, part) for part in (value if isinstance(value, list) else [value]))


def _text(path: Path, key: str, value: object) -> str:
    if not isinstance(value, str) or not value.strip() or "\0" in value:
        raise _wrong(path, f"{key}: {value!r} is not a text", f'write {key} = "…"; known keys: {", ".join(KEYS)}')
    return value


def _timezone(path: Path, table: Mapping[str, object]) -> str | None:
    if "timezone" not in table:
        return None
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    name = _text(path, "timezone", table["timezone"])
    if not _OFFSET.fullmatch(name):
        try:
            ZoneInfo(name)
        except (ZoneInfoNotFoundError, ValueError, OSError) as error:
            remedy = "use an IANA name such as Europe/Berlin, or +02:00"
            raise _wrong(path, f"timezone: {name!r} is not known", remedy) from error
    return name


def _wrong(path: Path, message: str, remedy: str) -> UsageError:
    return UsageError(message, origin=Origin(str(path)), remedy=remedy)
