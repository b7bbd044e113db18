"""Overrides: ids left out and patterns weakened, and every wrong entry named with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from shadowai import catalog, strict_yaml
from shadowai.catalog import Catalog
from shadowai.errors import UsageError
from shadowai.matcher import Matcher
from shadowai.model import Origin
from shadowai.overrides import MAX_FILE, Overrides, Rules
from shadowai.strict_yaml import Plain
from tests.packs.making import folder, text


@pytest.fixture
def file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Where the overrides of a small catalogue belong; beside it, the packaged signatures ``one`` and ``two``."""
    packaged = folder(tmp_path / "packaged", "two")
    (packaged / "one.yaml").write_bytes(text("one").replace(b"status: stable", b"status: stable\nprevious_ids: [eins]"))
    monkeypatch.setattr(catalog, "packaged_dir", lambda: packaged)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "overrides.yaml"


def strengths(file: Path, host: str) -> list[str]:
    found = Catalog.load(overrides=file)
    signature = found.get(host.partition(".")[0])
    assert signature is None or [m.strength for m in Matcher(found).host(host).matches] == [
        indicator.strength for indicator in signature.indicators
    ]
    return [match.strength for match in Matcher(found).host(host).matches]


def test_disable_and_weaken(file: Path) -> None:
    file.write_text("# ours\ndisable: [two]\nstrength:\n  one.example: weak\n")
    for _ in ("cold", "warm"):
        assert list(Catalog.load(overrides=file).files) == ["one"]
        assert strengths(file, "one.example") == ["weak"]
        assert strengths(file, "two.example") == []
    assert [m.strength for m in Matcher(Catalog.load()).host("one.example").matches] == ["strong"]


def test_only_the_pattern_that_is_named_is_weakened() -> None:
    a: Plain = {"value": "a", "strength": "strong"}
    b: Plain = {"value": "b", "strength": "strong"}
    shared: Plain = {"value": "c", "strength": "shared"}
    document: Plain = {"id": "one", "indicators": [a, b, shared, "odd"]}
    assert Rules(weak=frozenset({"a", "c"})).applied(document) == {
        "id": "one",
        "indicators": [{"value": "a", "strength": "weak"}, b, shared, "odd"],
    }
    assert Rules(weak=frozenset({"c"})).applied(document) is document


def test_a_past_id_stands_for_today_s(file: Path) -> None:
    file.write_text("disable: [eins]")
    assert list(Catalog.load(overrides=file).files) == ["two"]


def test_the_version_tells_overrides(file: Path) -> None:
    versions = {Catalog.load().version}
    for body in ("disable: [two]", "strength: {one.example: weak}", "disable: []"):
        file.write_text(body)
        versions.add(Catalog.load(overrides=file).version)
    assert len(versions) == 4


def test_a_damaged_cache_forgets_no_override(file: Path, tmp_path: Path) -> None:
    file.write_text("strength: {one.example: weak}")
    Catalog.load(overrides=file)
    for cache in (tmp_path / "cache" / "shadowai").glob("*.json"):
        first = cache.read_bytes().split(b"\n")[1]
        body = first + b"\n[]"
        import hashlib

        cache.write_bytes(hashlib.sha256(body).hexdigest().encode() + b"\n" + body)
    signature = Catalog.load(overrides=file).get("one")
    assert signature is not None and [i.strength for i in signature.indicators] == ["weak"]


@pytest.mark.parametrize(
    ("body", "line", "says"),
    [
        ("disable: [two, three]", 1, "no signature 'three' to disable"),
        ("disable:\n  - two\n  - onee\n", 3, "did you mean one"),
        (
            "strength:\n  one.example: weak\n  two.exmaple: weak\n",
            3,
            "no signature has the pattern 'two.exmaple' (did you",
        ),
        (
            "strength:\n  one.example: strong\n",
            2,
            "strength of 'one.example' is 'strong' (a pattern can only be made weak",
        ),
        ("disabled: [one]", 1, "unknown key 'disabled'"),
        ("\n\ndisable: one", 3, "disable is no list"),
        ("disable:\n- 1\n", 2, "1 is no id"),
        ("strength: [one.example]", 1, "strength is no mapping"),
        ("[one]", 1, "is no mapping"),
        ("", 1, "is empty"),
        ("disable: &a [one]", 1, "anchor"),
        ("disable: [one]\ndisable: [two]", 2, "twice"),
        ("disable: [\n", 2, "is not YAML"),
    ],
)
def test_wrong_entries_are_named_with_file_and_line(file: Path, body: str, line: int, says: str) -> None:
    file.write_text(body)
    for _ in ("first", "again"):
        with pytest.raises(UsageError) as caught:
            Catalog.load(overrides=file)
        assert str(caught.value).startswith(f"{file}:{line}: ") and says in str(caught.value)


def test_a_file_that_cannot_be_read(file: Path) -> None:
    with pytest.raises(UsageError, match="cannot read the overrides"):
        Catalog.load(overrides=file)
    file.write_bytes(b"#" * (MAX_FILE + 1))
    with pytest.raises(UsageError, match="larger than 1024 KiB"):
        Catalog.load(overrides=file)
    file.write_bytes(b"\xff")
    with pytest.raises(UsageError, match="UTF-8"):
        Catalog.load(overrides=file)


def test_shared_patterns_cannot_be_weakened(file: Path, tmp_path: Path) -> None:
    shared = text("two") + b"exclude: []\n"
    indicator = b"indicators:\n  - {kind: host, match: suffix, value: cdn.example, strength: shared}\n"
    (tmp_path / "packaged" / "two.yaml").write_bytes(shared.replace(b"indicators:\n", indicator))
    file.write_text("strength: {cdn.example: weak}")
    with pytest.raises(UsageError, match=r"no signature has the pattern 'cdn\.example'"):
        Catalog.load(overrides=file)


def test_only_what_is_strong_is_changed() -> None:
    rules = Rules(weak=frozenset({"one.example"}))
    document = strict_yaml.load(text("one"), Origin("one.yaml"))
    changed = rules.applied(document)
    assert changed != document and rules.applied(changed) is changed
    assert Rules().applied(document) is document
    other = strict_yaml.load(text("two"), Origin("two.yaml"))
    assert rules.applied(other) is other
    assert rules.applied("odd") == "odd"


def test_rules_of_a_file(file: Path) -> None:
    file.write_text("disable: [two]\nstrength: {one.example: weak}")
    assert Overrides.load(file).rules() == Rules(("two",), frozenset({"one.example"}))
