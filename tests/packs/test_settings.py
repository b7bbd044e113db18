"""What the configuration says of packs, and what is found beside it."""

from __future__ import annotations

from pathlib import Path

import pytest

from shadowai import config
from shadowai.errors import UsageError
from shadowai.packs.settings import UNSAID, Choice, read_signatures
from tests.packs.making import OTHER_PUBLIC, PUBLIC


def test_nothing_said_and_nothing_there(tmp_path: Path) -> None:
    assert read_signatures(tmp_path / "c.toml", {}) == UNSAID == Choice()


def test_keys_and_overrides(tmp_path: Path) -> None:
    found = read_signatures(tmp_path / "c.toml", {"keys": [PUBLIC, OTHER_PUBLIC], "overrides": "team/o.yaml"})
    assert found == Choice((PUBLIC, OTHER_PUBLIC), tmp_path / "team" / "o.yaml")


@pytest.mark.parametrize(
    ("table", "says"),
    [
        ([], "signatures is not a table"),
        ({"key": PUBLIC}, "unknown key 'key' in"),
        ({"keys": PUBLIC}, "no list of texts"),
        ({"keys": [1]}, "no list of texts"),
        ({"keys": ["ed25519:x"]}, "'ed25519:x' is no public key"),
        ({"keys": [PUBLIC] * 3}, "more than 2 keys"),
        ({"overrides": ""}, "is not a text"),
        ({"overrides": ["a"]}, "is not a text"),
        ({"overrides": "a\0"}, "is not a text"),
    ],
)
def test_what_is_wrong_is_said_with_the_file(tmp_path: Path, table: object, says: str) -> None:
    with pytest.raises(UsageError, match=says) as caught:
        read_signatures(tmp_path / "c.toml", table)
    assert str(caught.value).startswith(str(tmp_path / "c.toml")) and caught.value.remedy


def test_the_organisation_s_own_is_found_beside_the_configuration(tmp_path: Path) -> None:
    (tmp_path / "c.toml").write_text("")
    (tmp_path / "signatures.d").mkdir()
    (tmp_path / "overrides.yaml").write_text("disable: []")
    found = config.read(tmp_path / "c.toml")
    assert found.signatures_dir == (tmp_path / "signatures.d",)
    assert found.signatures.overrides == tmp_path / "overrides.yaml"
    (tmp_path / "c.toml").write_text("signatures_dir = ['signatures.d']")
    assert len(config.read(tmp_path / "c.toml").signatures_dir) == 1


def test_and_in_the_user_s_own_folder_where_there_is_no_configuration(tmp_path: Path) -> None:
    own = tmp_path / "shadowai"
    (own / "signatures.d").mkdir(parents=True)
    environ = {"XDG_CONFIG_HOME": str(tmp_path)}
    assert config.load(environ=environ, folder=tmp_path).signatures_dir == (own / "signatures.d",)
    (own / "overrides.yaml").write_text("disable: []")
    assert config.load(environ=environ, folder=tmp_path).signatures.overrides == own / "overrides.yaml"
    assert config.load(environ={}, folder=tmp_path) == config.Settings()
