"""YAML that is kept compiled: the same data, and read again as soon as its bytes are others."""

from __future__ import annotations

from pathlib import Path

import pytest

from shadowai import compiled_yaml, strict_yaml
from shadowai.errors import SignatureError
from shadowai.model import Origin

HERE = Origin("published.yaml")


def test_the_same_as_the_reader_makes_of_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = b"name: one\nlist: [1, two, no]\n"
    first = compiled_yaml.load(data, HERE, tmp_path)
    assert first == strict_yaml.load(data, HERE) == {"name": "one", "list": [1, "two", "no"]}
    monkeypatch.setattr(strict_yaml, "load", lambda *_: pytest.fail("read once more"))
    assert compiled_yaml.load(data, HERE, tmp_path) == first


def test_other_bytes_are_other_data(tmp_path: Path) -> None:
    compiled_yaml.load(b"a: 1\n", HERE, tmp_path)
    assert compiled_yaml.load(b"a: 2\n", HERE, tmp_path) == {"a": 2}


def test_what_is_wrong_is_said_and_not_kept(tmp_path: Path) -> None:
    with pytest.raises(SignatureError):
        compiled_yaml.load(b"a: &b 1\n", HERE, tmp_path)
    assert list(tmp_path.iterdir()) == []
