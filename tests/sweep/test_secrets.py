"""Secrets come from where they are kept, and are never repeated."""

from __future__ import annotations

import os
import sys
import types
from pathlib import Path

import pytest

from shadowai.errors import UsageError
from shadowai.sweep.secrets import is_reference, resolve

LITERAL = "hunter2-hunter2"


def file(path: Path, content: bytes = b"s3cret\n", mode: int = 0o600) -> Path:
    path.write_bytes(content)
    path.chmod(mode)
    return path


def test_from_the_environment() -> None:
    assert resolve("env:NAME", key="k", environ={"NAME": "s3cret"}) == "s3cret"
    for environ in ({}, {"NAME": ""}, {"NAME": " "}):
        with pytest.raises(UsageError, match="NAME is not set"):
            resolve("env:NAME", key="k", environ=environ)


def test_from_a_file(tmp_path: Path) -> None:
    assert resolve(f"file:{file(tmp_path / 'a')}", key="k") == "s3cret"
    key = file(tmp_path / "b", b"-----BEGIN X-----\r\nabc\r\n", 0o400)
    assert resolve(f"file:{key}", key="k").endswith("abc")
    (tmp_path / "link").symlink_to(tmp_path / "a")
    assert resolve(f"file:{tmp_path / 'link'}", key="k") == "s3cret"


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o601, 0o777])
def test_a_file_that_others_may_touch(tmp_path: Path, mode: int) -> None:
    with pytest.raises(UsageError, match="others may read") as caught:
        resolve(f"file:{file(tmp_path / 'a', mode=mode)}", key="k")
    assert "chmod 600" in caught.value.remedy and "s3cret" not in str(caught.value)


def test_a_file_of_another_user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = file(tmp_path / "a")
    mine = path.stat().st_uid
    real = os.fstat

    def elsewhere(descriptor: int) -> os.stat_result:
        found = list(real(descriptor))
        found[4] = mine + 4242
        return os.stat_result(found)

    monkeypatch.setattr(os, "fstat", elsewhere)
    with pytest.raises(UsageError, match="belongs to another user"):
        resolve(f"file:{path}", key="k")


@pytest.mark.parametrize(
    ("content", "says"),
    [(b"", "empty"), (b" \n", "empty"), (b"\xff\xfe", "is not text"), (b"a" * (2 << 20), "too long")],
)
def test_a_file_that_holds_no_secret(tmp_path: Path, content: bytes, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        resolve(f"file:{file(tmp_path / 'a', content)}", key="k")


def test_what_is_no_file(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot read"):
        resolve(f"file:{tmp_path / 'absent'}", key="k")
    with pytest.raises(UsageError, match=r"is not a file|cannot read"):
        resolve(f"file:{tmp_path}", key="k")
    os.mkfifo(tmp_path / "pipe", 0o600)
    with pytest.raises(UsageError, match="is not a file"):
        resolve(f"file:{tmp_path / 'pipe'}", key="k")


def test_from_the_keyring(monkeypatch: pytest.MonkeyPatch) -> None:
    errors = types.ModuleType("keyring.errors")
    errors.KeyringError = type("KeyringError", (Exception,), {})  # type: ignore[attr-defined]
    ring = types.ModuleType("keyring")
    ring.errors = errors  # type: ignore[attr-defined]
    kept = {("shadowai", "entra/main"): "s3cret"}
    ring.get_password = lambda service, name: kept.get((service, name))  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "keyring", ring)
    monkeypatch.setitem(sys.modules, "keyring.errors", errors)
    assert resolve("keyring:shadowai/entra/main", key="k") == "s3cret"
    with pytest.raises(UsageError, match="has nothing for shadowai/other"):
        resolve("keyring:shadowai/other", key="k")

    def locked(service: str, name: str) -> str:
        raise errors.KeyringError(LITERAL)

    ring.get_password = locked  # type: ignore[attr-defined]
    with pytest.raises(UsageError, match="cannot be opened") as caught:
        resolve("keyring:shadowai/other", key="k")
    assert LITERAL not in repr(caught.value)
    monkeypatch.setitem(sys.modules, "keyring", None)
    with pytest.raises(UsageError, match="keyring is not installed"):
        resolve("keyring:shadowai/other", key="k")


@pytest.mark.parametrize(
    "text", [LITERAL, "env:", "env:1A", "env:A B", "file:", "keyring:a", "keyring:/b", "", "vault:x"]
)
def test_what_is_no_reference_is_never_repeated(text: str) -> None:
    assert not is_reference(text)
    with pytest.raises(UsageError) as caught:
        resolve(text, key="client_secret")
    assert str(caught.value).startswith("client_secret is not a reference to a secret (write env:NAME")
    assert not text or text in ("env:", "file:") or text not in str(caught.value)
