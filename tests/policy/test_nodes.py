"""Values of a YAML file, each with its line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from shadowai.errors import UsageError
from shadowai.model import Origin
from shadowai.policy.nodes import MAX_BYTES, Nodes, read, suggest

NODES = Nodes("x.yaml", "file")


def value(text: str, make: str, *more: object) -> object:
    _, top = NODES.root(f"version: 1\nkey: {text}\n".encode(), ("version", "key"))
    made: Callable[..., object] = getattr(NODES, make)
    return made(top["key"], "key", *more)


@pytest.mark.parametrize(
    ("make", "text", "expected"),
    [
        ("size", "0", 0),
        ("size", "500MB", 500_000_000),
        ("size", "3kB", 3_000),
        ("size", "3 GB", 3_000_000_000),
        ("size", "3TB", 3_000_000_000_000),
        ("size", "3KiB", 3 * 1024),
        ("size", "3MiB", 3 * 1024**2),
        ("size", "3TiB", 3 * 1024**4),
        ("size", "2 GiB", 2 << 30),
        ("size", "7B", 7),
        ("hours", "36h", 36),
        ("hours", "7d", 168),
        ("hours", "2w", 336),
        ("share", "95%", 9500),
        ("share", "99.5%", 9950),
        ("share", "100%", 10_000),
        ("share", "0%", 0),
        ("share", "0.05%", 5),
        ("count", "0", 0),
        ("count", "12", 12),
        ("count", "1000000000000", 10**12),
        ("truth", "true", True),
        ("truth", "false", False),
    ],
)
def test_what_a_text_means(make: str, text: str, expected: object) -> None:
    assert value(text, make) == expected


@pytest.mark.parametrize(
    ("make", "text"),
    [
        ("size", "500"),
        ("size", "500mb"),
        ("size", "-1MB"),
        ("size", "1.5GB"),
        ("size", "\u0665MB"),
        ("hours", "7"),
        ("hours", "-7d"),
        ("share", "101%"),
        ("share", "95"),
        ("share", "0.5"),
        ("share", "100.01%"),
        ("count", "-1"),
        ("count", "1e9"),
        ("count", "9999999999999"),
        ("count", "1000000000001"),
        ("count", "[1]"),
        ("truth", "yes"),
        ("truth", "True"),
        ("date", "2026-02-30"),
    ],
)
def test_what_is_no_value_is_said_with_its_line(make: str, text: str) -> None:
    with pytest.raises(UsageError) as caught:
        value(text, make)
    assert caught.value.origin == Origin("x.yaml", 2) and caught.value.remedy


def test_a_suggestion_is_near_or_none() -> None:
    assert suggest("stauts", ["status", "owner"]) == "did you mean 'status'?"
    assert suggest("zzz", ["status", "owner"]) == ""


def test_a_file_is_read_up_to_its_limit(tmp_path: Path) -> None:
    path = tmp_path / "x.yaml"
    path.write_bytes(b"#" * MAX_BYTES)
    assert len(read(path, "thing")) == MAX_BYTES
    path.write_bytes(b"#" * (MAX_BYTES + 1))
    with pytest.raises(UsageError, match="the thing is larger than 1 MB"):
        read(path, "thing")
    with pytest.raises(UsageError, match="cannot read the thing"):
        read(tmp_path, "thing")
