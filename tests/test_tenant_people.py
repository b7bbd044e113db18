"""What people of a tenant are called, and whose a reused address is."""

from __future__ import annotations

import pytest

from shadowai.tenant import Person
from shadowai.tenant_people import Names, address_of

DAY = 86_400_000_000
NOW = 20_000 * DAY


def person(id: str, address: str | None = None, enabled: bool | None = None, created: int | None = None) -> Person:
    return Person("google", "t", id, address, enabled=enabled, created=created)


def names(*people: Person, wanted: set[str] | None = None) -> Names:
    return Names.of("google", people, wanted)


@pytest.mark.parametrize(
    ("id", "address", "name"),
    [
        ("111", "Ann@Example.com", "ann@example.com"),
        ("ann", None, "google:ann"),
        ("111", "Jose\u0301@Example.com", "jos\u00e9@example.com"),
        ("jose\u0301", None, "google:jos\u00e9"),
        ("111", "ann", "google:111"),
        ("111", "null", "google:111"),
        ("111", "CN=ann,DC=x@y", "google:111"),
        ("111", "CORP\\ann@example.com", "google:111"),
        ("ann@example.com", None, "ann@example.com"),
    ],
)
def test_a_person_is_called_by_their_address_else_by_the_platform_s_id(id: str, address: str | None, name: str) -> None:
    assert names(person(id, address)).name(id) == name


def test_who_is_not_listed_is_called_by_what_the_tenant_says() -> None:
    assert names().name("eve@example.com") == "eve@example.com" and names().name("eve") == "google:eve"


def test_only_those_who_are_wanted_are_remembered_and_all_are_asked_about_an_address() -> None:
    found = names(person("1", "a@example.com"), person("2", "a@example.com", True), wanted={"1"})
    assert found.addresses == {"1": None}


@pytest.mark.parametrize(
    ("leaver", "newcomer", "holder"),
    [
        ((None, None), (True, None), "2"),
        ((False, None), (True, None), "2"),
        ((None, None), (False, None), "2"),
        ((None, None), (None, None), None),
        ((True, None), (True, None), None),
    ],
)
def test_an_address_of_several_is_whose_it_is_now(
    leaver: tuple[bool | None, None], newcomer: tuple[bool | None, None], holder: str | None
) -> None:
    found = names(person("1", "a@example.com", leaver[0]), person("2", "A@example.com", newcomer[0]))
    assert [one for one in "12" if found.address(one)] == ([holder] if holder else [])


def test_what_is_known_by_the_address_alone_is_whose_it_was_then() -> None:
    found = names(person("2", "a@example.com", True, NOW), person("a@example.com", "a@example.com"))
    assert found.name("a@example.com", NOW) == found.name("2", NOW - DAY) == "a@example.com"
    assert found.name("a@example.com", NOW - DAY) == "google:a@example.com"
    assert found.name("a@example.com") == "a@example.com"


def test_an_address_is_one_with_an_at() -> None:
    assert address_of(person("1", " Ann@Example.com ")) == "ann@example.com" and address_of(person("1", "ann")) is None
