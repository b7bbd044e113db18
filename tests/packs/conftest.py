"""A small world for packs: one packaged signature, a store, and two packs."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from shadowai import catalog
from shadowai.packs import archive
from shadowai.packs.store import Store
from tests.packs.making import Packed, folder, pack


@pytest.fixture
def small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One packaged signature, a low limit, a cache of the test's own, and no waiting for a disk that others use, too."""
    packaged = folder(tmp_path / "packaged", "zero")
    monkeypatch.setattr(catalog, "packaged_dir", lambda: packaged)
    monkeypatch.setattr(archive, "MAX_UNPACKED", 1 << 20)
    monkeypatch.setattr(os, "sync", lambda: None)
    monkeypatch.setattr(os, "fsync", lambda descriptor: None)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.fixture
def store(tmp_path: Path) -> Store:
    """A store with nothing in it, not even a folder."""
    return Store(tmp_path / "state" / "signatures")


@pytest.fixture
def one(tmp_path: Path) -> Packed:
    """A pack of ``alpha`` and ``beta``."""
    return pack(folder(tmp_path / "one", "alpha", "beta"), 1)


@pytest.fixture
def two(tmp_path: Path) -> Packed:
    """The one after it, of ``beta`` and ``gamma``."""
    return pack(folder(tmp_path / "two", "beta", "gamma"), 2)
