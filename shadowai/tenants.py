"""The tenants of the configuration: one table ``[tenants.NAME]`` each, with a connector, its settings, and references to secrets."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

from shadowai.errors import UsageError
from shadowai.model import Origin

if TYPE_CHECKING:
    from shadowai.connector import Connector

COMMON = ("ca_file?", "insecure_localhost?")
"""Settings of every tenant: a PEM file with further authorities to trust, and leave to speak ``http`` with this machine."""
PATHS = ("ca_file",)
"""Settings that are paths, relative to the configuration's folder."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,63}")
_REFERENCE = re.compile(r"(?:env:|file:|keyring:)\S")
_SECRET = re.compile(r"(?:.*_)?(?:secret|password|passphrase|key|token|credential)s?", re.IGNORECASE)
_REMEDY = "write env:NAME, file:PATH or keyring:SERVICE/NAME, and put the secret there"


@dataclass(frozen=True, slots=True)
class Tenant:
    """One tenant to sweep. Values of ``settings`` are texts: ``true`` and ``false`` for truth, lists joined by commas."""

    name: str
    connector: str
    settings: Mapping[str, str]


def read_tenants(path: Path, tables: object) -> tuple[Tenant, ...]:
    """The tenants of the table ``tenants`` of the configuration at ``path``, in order of their names.

    Raises :class:`~shadowai.errors.UsageError`, which never repeats the value of what may be a secret.
    """
    if not isinstance(tables, dict) or not all(isinstance(table, dict) for table in tables.values()):
        raise _wrong(path, "tenants is not a table of tables", 'write [tenants.NAME] and below it connector = "…"')
    return tuple(_tenant(path, name, tables[name]) for name in sorted(tables))


def check(tenant: Tenant, connector: Connector) -> None:
    """Hold a tenant's settings against those that its connector knows. Raises :class:`~shadowai.errors.UsageError`."""
    where = f"[tenants.{tenant.name}]"
    known = {key.removesuffix("?"): not key.endswith("?") for key in (*connector.settings, *COMMON)}
    for key in tenant.settings:
        if key not in known:
            near = difflib.get_close_matches(key, known, n=1)
            hint = f"did you mean {near[0]!r}? " if near else ""
            raise UsageError(f"{where}: unknown setting {key!r}", remedy=f"{hint}known: {', '.join(known)}")
    for key, required in known.items():
        if required and not tenant.settings.get(key, "").strip():
            raise UsageError(f"{where}: {key} is missing", remedy=f"{key}: {connector.settings[key]}")
    for key in connector.secrets:
        if key in tenant.settings and not _REFERENCE.match(tenant.settings[key]):
            raise UsageError(f"{where}: {key} is not a reference to a secret", remedy=_REMEDY)


def _tenant(path: Path, name: str, table: Mapping[str, object]) -> Tenant:
    where = f"[tenants.{name}]"
    if not _NAME.fullmatch(name):
        raise _wrong(path, f"{where}: a name is letters, digits, and . _ - between them", "rename it")
    connector = table.get("connector")
    if not isinstance(connector, str) or not connector.strip():
        raise _wrong(path, f"{where}: connector is missing", 'write connector = "entra", or another that is installed')
    settings = {key: _value(path, where, key, value) for key, value in table.items() if key != "connector"}
    for key in PATHS:
        if key in settings:
            settings[key] = str(path.parent / Path(settings[key]).expanduser())
    return Tenant(name, connector, MappingProxyType(settings))


def _value(path: Path, where: str, key: str, value: object) -> str:
    """The value as text. A key that sounds like a secret's must hold a reference, whatever the connector says later."""
    if (
        isinstance(value, list)
        and value
        and all(isinstance(part, str) and part.strip() and "," not in part for part in value)
    ):
        text = ",".join(value)
    elif isinstance(value, bool):
        text = "true" if value else "false"
    elif isinstance(value, str | int):
        text = str(value)
    else:
        raise _wrong(path, f"{where}: {key} is not a text, a number or a list of texts", f'write {key} = "…"')
    if not text.strip() or "\0" in text:
        raise _wrong(path, f"{where}: {key} is empty", "correct it, or leave it out")
    if _SECRET.fullmatch(key) and not _REFERENCE.match(text):
        raise _wrong(path, f"{where}: {key} is not a reference to a secret", _REMEDY)
    return _anchored(path, text)


def _anchored(path: Path, text: str) -> str:
    """A reference to a file is relative to the configuration's folder, as the configuration's other paths are."""
    return f"file:{path.parent / Path(text[5:]).expanduser()}" if text.startswith("file:") else text


def _wrong(path: Path, message: str, remedy: str) -> UsageError:
    return UsageError(message, origin=Origin(str(path)), remedy=remedy)
