"""The published weights, and what a user's own file may and may not change."""

from __future__ import annotations

from pathlib import Path

import pytest

from shadowai.errors import UsageError
from shadowai.risk import weights
from shadowai.signature_file import CATEGORIES, SCOPES
from tests.risk.making import WEIGHTS


def own(tmp_path: Path, text: str | bytes) -> Path:
    path = tmp_path / "weights.yaml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_the_most_of_all_factors_is_a_hundred() -> None:
    assert sum(max(factor.points.values()) for factor in WEIGHTS.factors.values()) == weights.TOP
    assert all(
        min(factor.points.values()) == 0 or name in ("category", "scope") for name, factor in WEIGHTS.factors.items()
    )


def test_every_category_and_scope_of_signatures_has_its_points() -> None:
    assert set(WEIGHTS.factors["category"].points) == set(CATEGORIES)
    assert set(WEIGHTS.factors["scope"].points) == set(SCOPES)


def test_floors_stand_above_ceilings_and_levels_ascend() -> None:
    assert min(floor.score for floor in WEIGHTS.floors.values()) > max(top.score for top in WEIGHTS.ceilings.values())
    assert [name for _, name in WEIGHTS.levels] == ["low", "medium", "high", "critical"]


@pytest.mark.parametrize(
    ("score", "level"),
    [
        (0, "low"),
        (19, "low"),
        (20, "medium"),
        (49, "medium"),
        (50, "high"),
        (69, "high"),
        (70, "critical"),
        (100, "critical"),
    ],
)
def test_levels_at_their_edges(score: int, level: str) -> None:
    assert WEIGHTS.level(score) == level


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("DE", "adequate"),
        ("NO", "adequate"),
        ("BR", "adequate"),
        ("US", "partial"),
        ("CN", "concern"),
        ("RU", "concern"),
        ("IN", "other"),
    ],
)
def test_countries(code: str, kind: str) -> None:
    assert WEIGHTS.country(code)[0] == kind and bool(WEIGHTS.country(code)[1]) is (kind != "other")


def test_the_eea_is_whole() -> None:
    assert len(WEIGHTS.countries["adequate"].codes) == 30 + 14


@pytest.mark.parametrize(
    ("number", "answer"), [(0, "nobody"), (1, "one"), (2, "a-few"), (9, "a-few"), (10, "tens"), (99, "tens")]
)
def test_steps_at_their_edges(number: int, answer: str) -> None:
    assert WEIGHTS.factors["users"].step(number) == answer


def test_between_gives_every_step_that_remains() -> None:
    users = WEIGHTS.factors["users"]
    assert users.between(1, 1) == {"one"}
    assert users.between(1, 9) == {"one", "a-few"}
    assert users.between(2, 10) == {"a-few", "tens"}
    assert users.between(10) == {"tens", "hundreds"}


def test_a_user_s_file_changes_what_it_names_and_nothing_else(tmp_path: Path) -> None:
    text = (
        "version: 1\nname: ours\nfactors: {jurisdiction: {points: {partial: 0}}}\ncountries: {concern: {list: [CN]}}\n"
    )
    changed = weights.load(own(tmp_path, text))
    assert changed.name == "ours"
    assert changed.factors["jurisdiction"].points == {**WEIGHTS.factors["jurisdiction"].points, "partial": 0}
    assert changed.country("RU")[0] == "other" and changed.country("CN")[0] == "concern"
    assert changed.floors == WEIGHTS.floors and changed.factors["training"] == WEIGHTS.factors["training"]


def test_nothing_to_change_needs_no_file() -> None:
    assert weights.load() == weights.load(None)


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("version: 1\nname: a\nfactors:\n  trainning: {points: {}}\n", 4, "did you mean training?"),
        ("version: 1\nname: a\nfactors:\n  training:\n    points: {perhaps: 3}\n", 5, "perhaps is not known"),
        ("version: 1\nname: a\nfactors:\n  training:\n    points: {opt-in: many}\n", 5, "whole number from 0 to 100"),
        ("version: 1\nname: a\nfactors:\n  training:\n    points: {opt-in: -1}\n", 5, "whole number from 0 to 100"),
        ('version: 1\nname: a\nfactors:\n  training:\n    points: {"yes": 11}\n', 4, "can give 101 points"),
        ("version: 1\nname: a\nlevels: {medium: 0}\n", 3, "does not ascend from 0"),
        ("version: 1\nname: a\nlevels: {low: 1}\n", 3, "does not ascend from 0"),
        ("version: 1\nname: a\ncountries:\n  concern: {list: [CN, DE]}\n", 4, "has DE, as adequate has"),
        ("version: 1\nname: a\ncountries:\n  concern: {list: [China]}\n", 4, "two capitals"),
        ("version: 1\nname: a\ncountries:\n  concern: {list: CN}\n", 4, "is no list"),
        ("version: 1\nname: a\nplans:\n  private: [7]\n", 4, "put numbers in quotes"),
        ("version: 1\nname: a\nfloors: {clear-secret: 0}\n", 3, "is no mapping"),
        ("version: 1\nname: a\nfactors:\n  training: {group: vibes}\n", 4, "one of posture"),
        ("version: 1\nname: ' '\n", 2, "no text"),
        ("version: 1\nname: [a]\n", 2, "no text"),
        ("version: 1\nlevels: {high: 40}\n", 1, "has no name"),
        ("version: 2\nname: a\n", 1, "not of version 1"),
        ("name: a\n", 1, "not of version 1"),
        ("- a\n", 1, "is no mapping"),
        ("version: 1\nname: &a b\n", 2, "anchor"),
        (b"version: 1\nname: \xff\n", 2, "UTF-8"),
        ("", 1, "is empty"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(tmp_path: Path, text: str | bytes, line: int, says: str) -> None:
    path = own(tmp_path, text)
    with pytest.raises(UsageError) as caught:
        weights.load(path)
    assert caught.value.origin is not None and caught.value.origin.path == str(path)
    assert says in str(caught.value) and caught.value.origin.position == line


def test_a_file_that_is_not_there_or_too_large(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot read the weights"):
        weights.load(tmp_path / "none.yaml")
    with pytest.raises(UsageError, match="larger than 1024 KiB"):
        weights.load(own(tmp_path, b"#" * (weights.MAX_FILE + 1)))
