"""The list of languages: each renders, the same each time, and lets no name of a service through that its syntax acts upon."""

from __future__ import annotations

import pytest

from shadowai.cli.export import LANGUAGES as OFFERED
from shadowai.export.rules import LANGUAGES
from shadowai.export.rules.claims import claims
from tests.export.rules.examples import ALL


@pytest.mark.parametrize("name", LANGUAGES)
def test_a_language_renders_the_same_each_time(name: str) -> None:
    once, again = (LANGUAGES[name].render(claims(order, {"chat", "draw"})) for order in (ALL, ALL[::-1]))
    assert once == again and once.endswith("\n")
    assert "chat.example" in once or "chat[.]example" in once


@pytest.mark.parametrize("name", LANGUAGES)
def test_a_hostile_name_adds_no_line_and_no_sign(name: str) -> None:
    text = LANGUAGES[name].render(claims(ALL, {"chat"}))
    assert "$(x)" not in text or name == "sigma"
    assert not any(line.startswith("</title>") for line in text.splitlines())
    assert "\x1b" not in text


def test_the_command_offers_what_there_is() -> None:
    assert tuple(LANGUAGES) == OFFERED
    assert all(name == language.name and language.about for name, language in LANGUAGES.items())
