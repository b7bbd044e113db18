"""The file of identities: who is joined to whom, what is nobody's, and what is refused."""

from __future__ import annotations

import pickle
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest

from shadowai.errors import UsageError
from shadowai.identities import Identities, Lease
from shadowai.inventory import Inventory
from shadowai.model import Actor, Match, Name, Sighting, Signature
from shadowai.policy import Policy

DAY = 86_400_000_000
JANE, RAJ = "jane.doe@example.com", "raj@example.com"
CSV = """person,department,mail,login,host,address,from,until
Jane.Doe@Example.com,Finance,jd@example.com; jane@example.org,CORP\\jdoe;jdoe,PC17,192.0.2.17,,
raj@example.com,IT,,raj,pc18,198.51.100.0/24,,
raj@example.com,,,,,192.0.2.40,2026-01-01,2026-01-10
jane.doe@example.com,,,,,192.0.2.40,2026-01-11T00:00:00Z,
"""
TOML = """
[[people]]
person = "Jane.Doe@Example.com"
department = "Finance"
mail = ["jd@example.com", "jane@example.org"]
login = ["CORP\\\\jdoe", "jdoe"]
host = "PC17"
address = "192.0.2.17"
[[people]]
person = "raj@example.com"
department = "IT"
login = "raj"
host = "pc18"
address = ["198.51.100.0/24"]
[[people]]
person = "raj@example.com"
address = "192.0.2.40"
from = 2026-01-01
until = 2026-01-10
[[people]]
person = "jane.doe@example.com"
address = "192.0.2.40"
from = 2026-01-11T00:00:00Z
"""
YAML = """people:
  - {person: Jane.Doe@Example.com, department: Finance, mail: [jd@example.com, jane@example.org], host: PC17, address: 192.0.2.17}
  - {person: Jane.Doe@Example.com, login: ["CORP\\\\jdoe", jdoe]}
  - {person: raj@example.com, department: IT, login: raj, host: pc18, address: 198.51.100.0/24}
  - {person: raj@example.com, address: 192.0.2.40, from: 2026-01-01, until: 2026-01-10}
  - {person: jane.doe@example.com, address: 192.0.2.40, from: "2026-01-11T00:00:00Z"}
"""


def load(folder: Path, text: str, suffix: str = "csv") -> Identities:
    path = folder / f"people.{suffix}"
    path.write_text(text, encoding="utf-8")
    return Identities.load(path)


def at(day: float) -> int:
    """Microseconds of a day of January 2026."""
    return int((20454 + day - 1) * DAY)


def who(found: Identities, one: Sighting) -> Actor:
    return found.who(one.actor, one.first_seen, one.last_seen)


def sighting(actor: Actor, first: int | None = None, last: int | None = None) -> Sighting:
    return Sighting(actor, Name("domain", "chatgpt.com"), "proxy", events=1, first_seen=first, last_seen=last)


@pytest.mark.parametrize(("text", "suffix"), [(CSV, "csv"), (TOML, "toml"), (YAML, "yaml"), ("\ufeff" + CSV, "txt")])
def test_one_person_under_many_names(tmp_path: Path, text: str, suffix: str) -> None:
    found = load(tmp_path, text, suffix)
    for user in ("jdoe", "corp\\jdoe", "jd@example.com", "jane@example.org", JANE):
        assert who(found, sighting(Actor(user, "pc99", "10.0.0.1"))) == Actor(JANE, "pc99", "10.0.0.1")
    assert who(found, sighting(Actor(None, "pc17"))).user == JANE
    assert who(found, sighting(Actor(None, None, "192.0.2.17"))).user == JANE
    assert who(found, sighting(Actor(None, None, "198.51.100.200"))).user == RAJ
    for other in (Actor("doe"), Actor("other\\jdoe"), Actor(None, "pc1"), Actor(None, None, "192.0.2.18"), Actor()):
        assert who(found, sighting(other)) == other
    assert (found.department("jdoe"), found.department(RAJ), found.department("x")) == ("Finance", "IT", "")
    assert found.conflicts == ()
    assert pickle.loads(pickle.dumps(found)) == found


def test_an_address_that_changed_hands(tmp_path: Path) -> None:
    found = load(tmp_path, CSV)
    leased = Actor(None, None, "192.0.2.40")
    assert who(found, sighting(leased, at(2), at(10.9))).user == RAJ
    assert who(found, sighting(leased, at(11), at(40))).user == JANE
    for first, last in ((at(9), at(12)), (at(-5), at(2)), (None, None)):
        assert who(found, sighting(leased, first, last)) == leased


def test_the_narrowest_network_that_holds_at_the_time(tmp_path: Path) -> None:
    text = "person,address,until\nteam@example.com,192.0.2.0/24,\nann@example.com,192.0.2.9,2026-01-31\nv6@example.com,2001:db8::/32,\n"
    found = load(tmp_path, text)
    inner = Actor(None, None, "192.0.2.9")
    assert who(found, sighting(inner, at(1), at(2))).user == "ann@example.com"
    assert who(found, sighting(inner, at(40), at(41))).user == "team@example.com"
    assert who(found, sighting(inner, at(30), at(41))) == inner
    assert who(found, sighting(Actor(None, None, "2001:db8::1"))).user == "v6@example.com"
    assert who(found, sighting(Actor(None, None, "10.1.2.x"))).user is None


def test_what_two_people_claim_is_nobody_s(tmp_path: Path) -> None:
    text = (
        "person,department,login,host,address\n"
        "ann@example.com,HR,shared,kiosk,192.0.2.1\n"
        "ben@example.com,IT,shared,kiosk,192.0.2.1\n"
        "ann@example.com,Law,,,\n"
    )
    found = load(tmp_path, text)
    for actor in (Actor("shared"), Actor(None, "kiosk"), Actor(None, None, "192.0.2.1")):
        assert who(found, sighting(actor, at(1), at(2))) == actor
    told = [note.text for note in found.conflicts]
    assert len(told) == 4 and all(note.kind == "identities" for note in found.conflicts)
    assert any("two departments, HR and Law" in text for text in told)
    assert any("shared is claimed by ann@example.com and ben@example.com" in text for text in told)
    assert found.conflicts == load(tmp_path, text.replace("ann@example.com,HR", "ann@example.com,HR")).conflicts


def test_a_name_that_two_people_may_have_is_told(tmp_path: Path) -> None:
    rows = "person,login,address,from\nJane Doe,jd1,192.0.2.1,\nJane Doe,{},192.0.2.2,2026-01-01\n"
    (note,) = load(tmp_path, rows.format("jd2")).conflicts
    assert note.origin is not None and note.origin.position == 3
    assert "jane doe is in several rows under different names" in note.text
    for same in ("jd1", "jd2;jd1", ""):
        assert load(tmp_path, rows.format(same)).conflicts == ()
    assert load(tmp_path, rows.format("jd2").replace("Jane Doe", "jane.doe@example.com")).conflicts == ()


@pytest.mark.parametrize(
    ("text", "suffix", "message"),
    [
        ("", "csv", "person is missing"),
        ("person,phone\nann,1\n", "csv", "'phone' is no column"),
        ("login\njdoe\n", "csv", "person is missing"),
        ("person,login\n,jdoe\n", "csv", ":2: names no person"),
        ("person,login\nann,-\n", "csv", ":2: '-' is no user's name"),
        ("person,address\nann,10.0.0.300\n", "csv", ":2: '10.0.0.300' is no address"),
        ("person,address\nann,10.0.0.1/24\n", "csv", "no address or network"),
        ("person,from\nann,yesterday\n", "csv", ":2: from is 'yesterday'"),
        ("person,from,until\nann,2026-02-01,2026-01-01\n", "csv", "until is before from"),
        ("person,login\nann,a,b\n", "csv", "more cells"),
        ('person\n"ann\n', "csv", "no CSV"),
        ("person,host\nann,\x1b[2J\x00,x\n", "csv", ""),
        ("people = 1", "toml", "no list of people"),
        ("people = [", "toml", "no TOML"),
        ("people: [x]", "yaml", "person 1 is no table"),
        ("people: [{person: 7}]", "yaml", "person is no text"),
        ("people: &a []", "yaml", "anchor"),
    ],
)
def test_what_is_refused(tmp_path: Path, text: str, suffix: str, message: str) -> None:
    with pytest.raises(UsageError) as caught:
        load(tmp_path, text, suffix)
    assert message in str(caught.value) and "\x1b" not in str(caught.value)


def test_files_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot be read"):
        Identities.load(tmp_path / "none.csv")
    (tmp_path / "latin.csv").write_bytes(b"person\n\xff\n")
    with pytest.raises(UsageError, match="UTF-8"):
        Identities.load(tmp_path / "latin.csv")


def test_network_and_grants_join_in_one_row(tmp_path: Path) -> None:
    found = load(tmp_path, CSV)
    match = Match("chat", "Chat", Name("domain", "chatgpt.com"), "strong")
    seen = (
        sighting(Actor("corp\\jdoe", "pc17", "192.0.2.99"), at(1), at(2)),
        sighting(Actor(None, None, "192.0.2.17"), at(3), at(4)),
        replace(
            sighting(Actor(JANE), at(5), at(5)), channel="grant", facts=frozenset({"grant"}), scopes=("Mail.Read",)
        ),
        sighting(Actor("raj"), at(1), at(1)),
    )
    whole, other = Inventory(), Inventory()
    for one in seen[:2]:
        whole.add(one, (match,))
    for one in seen[2:]:
        other.add(one, (match,))
    whole.merge(pickle.loads(pickle.dumps(other)))
    apart, whole = whole, whole.identified(found.who)
    lookup = {"chat": Signature("chat", "Chat", "V", "assistant")}.__getitem__
    rows = whole.entries("user", lookup=lookup, policy=Policy.empty(), today=date(2026, 3, 1), persons=True)
    jane = next(row for row in rows if row.actor == Actor(JANE))
    assert (jane.events, jane.users, jane.devices, jane.scopes) == (3, 1, 2, ("Mail.Read",))
    assert jane.usage is not None and jane.usage.value == "integrated"
    assert len(rows) == 2
    as_seen = apart.entries("user", lookup=lookup, policy=Policy.empty(), today=date(2026, 3, 1))
    assert {row.actor for row in as_seen} == {one.actor for one in seen}
    (service,) = whole.entries("service", lookup=lookup, policy=Policy.empty(), today=date(2026, 3, 1), persons=True)
    assert (service.users, service.events) == (2, 4)


def test_an_address_names_nobody_whose_devices_are_others(tmp_path: Path) -> None:
    found = load(tmp_path, f"{CSV}ann@example.com,,,,,203.0.113.0/24,,\n")
    for device in ("pc17", "PC17.example.com"):
        assert found.who(Actor(None, device, "192.0.2.17")).user == JANE
    others = (Actor(None, "pc99", "192.0.2.17"), Actor(None, "02:00:00:00:00:02", "192.0.2.17"))
    assert [found.who(other) for other in others] == [*others]
    assert found.who(Actor(None, "pc99", "203.0.113.7")).user == "ann@example.com"  # whose devices nobody knows
    assert found.who(Actor(None, "pc18", "203.0.113.7")).user == RAJ  # the host decides
    assert found.who(Actor("jdoe", "pc99", "192.0.2.17")).user == JANE


def test_the_device_of_somebody_else_is_no_third_person_s(tmp_path: Path) -> None:
    text = "person,host,address,from\nraj@example.com,pc18,,2026-01-10\nann@example.com,,192.0.2.9,\n"
    found = load(tmp_path, text)
    seen = Actor(None, "pc18", "192.0.2.9")
    assert found.who(seen, at(9), at(12)) == seen
    (note,) = found.notes([(seen, at(9), at(12)), (seen, at(9), at(13)), (Actor(None, "pc1", "192.0.2.9"), None, None)])
    assert (note.kind, note.count) == ("identities", 1)
    assert found.notes([(seen, at(11), at(12))]) == ()


def test_a_lease_with_an_end_covers_nothing_whose_end_is_not_known(tmp_path: Path) -> None:
    found = load(tmp_path, "person,address,from,until\nann@example.com,192.0.2.1,,2026-01-20\n")
    here = Actor(None, None, "192.0.2.1")
    assert who(found, sighting(here, at(2), None)) == here == who(found, sighting(here, at(2), at(21)))
    assert who(found, sighting(here, at(2), at(20.9))).user == "ann@example.com"
    assert Lease("ann", None, 9).covers(None, 9) and not Lease("ann", None, 9).covers(None, None)


def test_of_two_leases_of_one_person_it_is_enough_that_one_covers_the_time(tmp_path: Path) -> None:
    text = "person,address,from,until\nann@example.com,192.0.2.1,,\nann@example.com,192.0.2.1,2026-01-05,2026-01-06\n"
    found = load(tmp_path, text)
    assert who(found, sighting(Actor(None, None, "192.0.2.1"), at(2), at(9))).user == "ann@example.com"
    assert found.conflicts == ()


def test_leases_that_begin_together_may_end_or_not(tmp_path: Path) -> None:
    text = "person,address,from,until\nann@example.com,192.0.2.1,2026-01-05,\nben@example.com,192.0.2.1,2026-01-05,2026-01-06\n"
    found = load(tmp_path, text)
    here = Actor(None, None, "192.0.2.1")
    assert who(found, sighting(here, at(5), at(5.5))) == here
    assert who(found, sighting(here, at(8), at(9))).user == "ann@example.com"
    (note,) = found.conflicts
    assert "ben@example.com's and ann@example.com's at one time" in note.text


def test_blanks_around_the_values_of_a_cell_and_capitals_of_a_suffix_mean_nothing(tmp_path: Path) -> None:
    found = load(tmp_path, "person,login,host\nann@example.com, ann ; amy ,pc1 ; pc2\n", "CSV")
    for actor in (Actor("amy"), Actor("ann"), Actor(None, "pc1"), Actor(None, "pc2")):
        assert who(found, sighting(actor)).user == "ann@example.com"
