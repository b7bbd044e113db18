"""Names of columns in other languages: each is one of a known field, and none is an English one."""

from __future__ import annotations

from shadowai.sources.logs.abroad import ABROAD, LISTS_ABROAD
from shadowai.sources.logs.aliases import KNOWN, flat


def test_every_name_abroad_is_one_that_is_known_here_and_no_english_one() -> None:
    seen: set[str] = set()
    for english, names in ABROAD.items():
        assert flat(english) in KNOWN
        for name in names:
            assert flat(name) not in KNOWN
            assert flat(name) not in seen, name
            seen.add(flat(name))


def test_names_of_lists_abroad_are_no_names_of_fields() -> None:
    fields = {flat(name) for names in ABROAD.values() for name in names}
    for names in LISTS_ABROAD.values():
        for name in map(flat, names):
            assert name not in KNOWN
            assert name not in fields
