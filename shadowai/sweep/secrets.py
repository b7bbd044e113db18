"""Credentials by reference: ``env:NAME``, ``file:PATH``, ``keyring:SERVICE/NAME``. A credential itself is never a setting."""

from __future__ import annotations

import os
import re
import stat
from collections.abc import Mapping
from pathlib import Path

from shadowai.errors import UsageError

REMEDY = "write env:NAME, file:PATH or keyring:SERVICE/NAME, and put the secret there"
_REFERENCE = re.compile(r"(?:env:[A-Za-z_][A-Za-z0-9_]*|file:[^\0]+|keyring:[^/\0]+/[^\0]+)")
_LONGEST = 1 << 20


def is_reference(value: str) -> bool:
    """Whether a setting's value says where a secret is, rather than being one."""
    return _REFERENCE.fullmatch(value) is not None


def resolve(reference: str, *, key: str, environ: Mapping[str, str] | None = None) -> str:
    """The secret that the setting ``key`` refers to, without the newline at a file's end.

    Raises :class:`~shadowai.errors.UsageError`, which never repeats a value: what is no reference may be the secret itself.
    """
    if not is_reference(reference):
        raise UsageError(f"{key} is not a reference to a secret", remedy=REMEDY)
    kind, _, place = reference.partition(":")
    if kind == "env":
        return _from_environment(place, key, os.environ if environ is None else environ)
    return _from_file(Path(place).expanduser(), key) if kind == "file" else _from_keyring(place, key)


def _from_environment(name: str, key: str, environ: Mapping[str, str]) -> str:
    value = environ.get(name, "")
    if not value.strip():
        raise UsageError(f"{key}: the environment variable {name} is not set", remedy=f"set {name}")
    return value


def _from_file(path: Path, key: str) -> str:
    """Read through one descriptor, so that what is checked is what is read."""
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0))
    except OSError as error:
        raise UsageError(
            f"{key}: cannot read {path}: {error.strerror}", remedy="correct the path or the mode"
        ) from None
    try:
        _check_private(os.fstat(descriptor), path, key)
        data = os.read(descriptor, _LONGEST + 1)
    finally:
        os.close(descriptor)
    try:
        value = data.decode("utf-8-sig").rstrip("\r\n")
    except UnicodeDecodeError:
        raise UsageError(f"{key}: {path} is not text", remedy="save it as UTF-8 or PEM") from None
    if not value.strip() or len(data) > _LONGEST:
        raise UsageError(
            f"{key}: {path} is {'too long' if value.strip() else 'empty'}", remedy="name the secret's file"
        )
    return value


def _check_private(found: os.stat_result, path: Path, key: str) -> None:
    if not stat.S_ISREG(found.st_mode):
        raise UsageError(f"{key}: {path} is not a file", remedy="name the secret's file")
    if not hasattr(os, "geteuid"):
        return  # where there are no such modes, access is ruled by lists that are not ours to judge
    if found.st_uid not in (os.geteuid(), 0):
        raise UsageError(f"{key}: {path} belongs to another user", remedy=f"chown it to the user that sweeps: {path}")
    if found.st_mode & 0o077:
        raise UsageError(f"{key}: others may read {path}", remedy=f"chmod 600 {path}")


def _from_keyring(place: str, key: str) -> str:
    try:
        import keyring
        from keyring.errors import KeyringError
    except ImportError as error:
        raise UsageError(f"{key}: keyring is not installed", remedy="pip install 'shadowai[keyring]'") from error
    service, _, name = place.partition("/")
    try:
        value = keyring.get_password(service, name)
    except KeyringError:
        raise UsageError(f"{key}: the keyring cannot be opened", remedy="unlock it, or use env: or file:") from None
    if not value:
        raise UsageError(f"{key}: the keyring has nothing for {place}", remedy=f"keyring set {service} {name}")
    return str(value)
