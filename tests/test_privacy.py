"""Pseudonyms, small groups, and what is never stored."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from pathlib import Path

import pytest

from shadowai import privacy
from shadowai.errors import UsageError
from shadowai.inventory import asset_id
from shadowai.model import Actor, Candidate, Entry, Gap, Note, Origin, Report
from shadowai.privacy import (
    NOT_KNOWN,
    SMALL,
    Group,
    Pseudonyms,
    department_view,
    pseudonymised,
    reidentified,
    small_hidden,
    too_small,
)
from tests.history.making import entry

KEY = b"0123456789abcdef0123456789abcdef"
NAMES = Pseudonyms(KEY)
ANN = Actor("ann@example.com", "pc17", "192.0.2.17")


def test_a_pseudonym_is_the_same_with_the_same_key_only() -> None:
    told = NAMES.token("user", "ann")
    assert privacy.TOKEN.fullmatch(told) and told == Pseudonyms(KEY).token("user", "ann")
    others = {NAMES.token("device", "ann"), NAMES.token("user", "bob"), Pseudonyms(KEY[::-1]).token("user", "ann")}
    assert len(others) == 3 and told not in others
    assert NAMES.id == Pseudonyms(KEY).id != Pseudonyms(KEY[::-1]).id
    assert told == "user-" + _hmac("user\x1fann")


def _hmac(message: str) -> str:
    import hashlib
    import hmac

    return hmac.new(KEY, message.encode(), hashlib.sha256).hexdigest()[:20]


def test_a_key_that_can_be_guessed_is_refused() -> None:
    with pytest.raises(UsageError, match="shorter than 32"):
        Pseudonyms(KEY[:-1])
    with pytest.raises(UsageError, match="SHADOWAI_PSEUDONYM_KEY is not set"):
        Pseudonyms.of(None, {})
    assert (
        Pseudonyms.of("env:MINE", {"MINE": KEY.decode()}).id == Pseudonyms.of(None, {privacy.VARIABLE: KEY.decode()}).id
    )


def test_an_actor_stays_unknown_where_it_was() -> None:
    assert NAMES.actor(Actor(None, None, "192.0.2.1")) == Actor(None, None, NAMES.token("address", "192.0.2.1"))


def made(*entries: Entry, notes: tuple[Note, ...] = (), gaps: tuple[Gap, ...] = ()) -> Report:
    candidates = (Candidate("10.0.0.9", ("api",), origins=(Origin("entra:x", "ann@example.com"),)),)
    return pseudonymised(Report(entries, gaps, notes, by="user", candidates=candidates), NAMES)


def test_nobody_is_left_in_a_report() -> None:
    row = entry(
        "claude",
        names=("claude.ai", "10.0.0.9", "203.0.113.5", "pc17"),
        evidence=(Origin("entra:contoso", "app/ann"), Origin("a.log", 3)),
    )
    row = Entry(
        **{name: getattr(row, name) for name in row.__slots__} | {"actor": ANN, "asset_id": asset_id("claude", ANN)}
    )
    notes = (
        Note(
            Origin("people.csv", 3),
            "identities",
            "ann@example.com is in two departments, IT and Law; the first is kept",
        ),
        Note(
            Origin("entra:x", "ann"), "grants", "the mailbox of (ann@example.com, bob@example.org) at 192.0.2.17: pc17."
        ),
    )
    gaps = (Gap(Origin("x", "ann"), "no answer for Bob@Example.org", 1, (Origin("y", "bob"),)),)
    report = made(row, notes=notes, gaps=gaps)
    text = repr(report)
    for told in ("ann", "bob", "Bob", "pc17", "192.0.2.17", "10.0.0.9", "Law", asset_id("claude", ANN)):
        assert told not in text, told
    found = report.entries[0]
    assert found.actor == NAMES.actor(ANN) and found.asset_id == asset_id("claude", NAMES.actor(ANN))
    assert found.names[0] == "claude.ai" and found.names[3] == NAMES.token("device", "pc17")
    assert found.evidence[1] == Origin("a.log", 3)  # lines lead to the source, which its owner guards
    assert report.gaps[0].reason == f"no answer for {NAMES.token('user', 'bob@example.org')}"
    assert report.notes[-1].kind == "pseudonymised" and NAMES.id in report.notes[-1].text


def test_addresses_in_sentences_are_under_pseudonyms_too() -> None:
    texts = (
        "seen from 198.51.100.7, and 2001:db8::7.",
        "eve@example.com: 3 records of claude.ai",
        "10 of 12 were lost at 9:30",
    )
    notes = tuple(Note(Origin("a.log", "person-7", "object"), "x", text) for text in texts)
    gaps = tuple(Gap(Origin("a.log", 3), text) for text in texts)
    made = pseudonymised(Report((), gaps, notes), NAMES)
    told = [
        f"seen from {NAMES.token('address', '198.51.100.7')}, and {NAMES.token('address', '2001:db8::7')}.",
        f"{NAMES.token('user', 'eve@example.com')}: 3 records of claude.ai",
        texts[2],
    ]
    assert [note.text for note in made.notes[:3]] == [gap.reason for gap in made.gaps] == told
    assert {str(note.origin) for note in made.notes[:3]} == {f"a.log/{NAMES.token('object', 'person-7')}"}
    assert [str(gap.origin) for gap in made.gaps] == ["a.log:3"] * 3


def test_a_server_on_somebody_s_own_machine_is_the_machine_s_and_others_keep_their_name() -> None:
    row = entry("claude", "ann", names=("192.168.1.7", "8.8.8.8", "claude.ai", "2001:4860:4860::8888", "fd00::7"))
    (made,) = pseudonymised(Report((row,), by="user"), NAMES).entries
    assert made.names == (
        NAMES.token("address", "192.168.1.7"), "8.8.8.8", "claude.ai", "2001:4860:4860::8888", NAMES.token("address", "fd00::7"),
    )  # fmt: skip


def test_what_is_hidden_already_needs_nobody_beside_it() -> None:
    assert too_small({SMALL: 9, "IT": 50}, 5) == {SMALL}
    assert too_small({SMALL: 2, "IT": 50, "Law": 6}, 5) == {SMALL, "Law"}
    assert too_small({"Law": 2, "IT": 3}, 5) == {"Law", "IT"} == too_small({"Law": 2, "IT": 50}, 5) | {"Law"}


def test_rows_by_service_keep_their_id() -> None:
    assert made(entry("claude")).entries[0].asset_id == asset_id("claude")


def test_small_departments_are_not_named() -> None:
    small = too_small({"IT": 50, "Law": 4, "HR": 3, "Ops": 6}, 5)
    assert small == {"Law", "HR"}
    rows = (entry("claude", departments=("IT", "Law")), entry("gemini", departments=("IT",)), entry("x"))
    found = small_hidden(rows, small)
    assert [row.departments for row in found] == [("IT", SMALL), ("IT",), ()]
    assert small_hidden(rows, frozenset()) == rows


@pytest.mark.parametrize(
    ("sizes", "k", "small"),
    [
        ({}, 5, set()),
        ({"IT": 5, "Law": 5}, 5, set()),
        ({"IT": 50, "Law": 9, "HR": 3}, 5, {"HR", "Law"}),
        ({"IT": 50, "Law": 9, "HR": 1, "Ops": 1}, 5, {"HR", "Ops", "Law"}),
        ({"IT": 50, "HR": 4, "Ops": 1}, 5, {"HR", "Ops"}),
        ({"HR": 3}, 5, {"HR"}),
        ({"HR": 1, "IT": 1}, 5, {"HR", "IT"}),
    ],
)
def test_what_is_small_is_never_alone_and_never_few(sizes: dict[str, int], k: int, small: set[str]) -> None:
    assert too_small(sizes, k) == small


def people(department: str, count: int, service: str = "claude") -> list[Entry]:
    return [entry(service, f"{department}-{n}", departments=(department,)) for n in range(count)]


CLAUDE = ("claude",)


def test_departments_with_fewer_than_k_people_stand_together() -> None:
    both = ("claude", "gemini")
    rows = [*people("IT", 6), *people("IT", 1, "gemini"), *people("Law", 3), *people("HR", 3), entry("x")]
    assert department_view(rows, 5) == (Group("IT", 6, both), Group(SMALL, 6, CLAUDE))
    assert department_view(rows, 3) == (Group("HR", 3, CLAUDE), Group("IT", 6, both), Group("Law", 3, CLAUDE))
    assert department_view([], 5) == ()


def test_a_single_small_department_cannot_be_told_from_the_total() -> None:
    rows = [*people("IT", 9), *people("Law", 6), *people("HR", 2)]
    assert department_view(rows, 5) == (Group("IT", 9, CLAUDE), Group(SMALL, 8, CLAUDE))
    assert department_view(people("HR", 2), 5) == (Group(SMALL, None),)


def test_nor_can_several_that_are_few_together() -> None:
    rows = [*people("IT", 9), *people("Law", 6), *people("HR", 1), *people("Shop", 1)]
    assert department_view(rows, 5) == (Group("IT", 9, CLAUDE), Group(SMALL, 8, CLAUDE))
    assert department_view([*people("HR", 1), *people("Shop", 1)], 5) == (Group(SMALL, None),)


@pytest.mark.parametrize("k", [2, 5, 10])
def test_what_is_left_of_the_total_is_never_a_few_or_one_department(k: int) -> None:
    from itertools import product

    for sizes in product((0, 1, 2, 4, 5, 9, 12), repeat=3):
        rows = [row for name, size in zip("ABC", sizes, strict=True) for row in people(name, size)]
        found = department_view(rows, k)
        left = sum(sizes) - sum(one.people or 0 for one in found if one.department != SMALL)
        missing = sum(size > 0 for size in sizes) - sum(one.department != SMALL for one in found)
        assert all(one.people is None or one.people >= k for one in found)
        assert left == 0 or (left >= k and missing >= 2) or not any(one.people for one in found), (sizes, found)


def test_people_of_whom_no_department_is_known_are_a_group_like_others() -> None:
    rows = [*people("IT", 6), *(entry("gemini", f"x{n}") for n in range(5))]
    assert department_view(rows, 5) == (Group(NOT_KNOWN, 5, ("gemini",)), Group("IT", 6, CLAUDE))
    assert department_view([*people("IT", 6), *people("HR", 7), entry("x", "zoe")], 5) == (
        Group("HR", 7, CLAUDE), Group(SMALL, 7, ("claude", "x")),
    )  # fmt: skip


def test_what_is_not_named_already_is_small_however_many_they_are() -> None:
    rows = [*people(SMALL, 8), *people("IT", 6), *people("Law", 7)]
    assert department_view(rows, 5)[-1] == Group(SMALL, 8, CLAUDE) and len(department_view(rows, 5)) == 3
    rows = [*people(SMALL, 2), *people("IT", 6), *people("Law", 7)]
    assert department_view(rows, 5) == (Group("Law", 7, CLAUDE), Group(SMALL, 8, CLAUDE))


def test_who_only_tried_or_looked_up_is_nobody_who_uses_it() -> None:
    from dataclasses import replace

    from shadowai.model import Usage

    rows = people("IT", 9)
    rows[0], rows[1] = replace(rows[0], usage=Usage.RESOLVED), replace(rows[1], usage=None, events=0, blocked=3)
    rows[2] = replace(rows[2], confidence="unconfirmed")
    assert department_view(rows, 5) == (Group("IT", 6, CLAUDE),)


def test_who_it_is_is_found_among_those_who_are_named() -> None:
    ann, other = NAMES.token("user", "ann"), NAMES.token("device", "ann")
    among = [("user", "bob"), ("user", "ann"), ("address", "192.0.2.1")]
    assert reidentified([ann, other], among, NAMES) == {ann: "ann"}
    assert reidentified([ann], among, Pseudonyms(KEY[::-1])) == {}


SECRET = "s3cr3t-in-a-query"


def test_what_stands_behind_a_question_mark_is_never_stored(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from shadowai.cli import main

    monkeypatch.setenv("SHADOWAI_STATE", str(tmp_path / "state"))
    monkeypatch.chdir(tmp_path)
    urls = (
        "https://chatgpt.com/backend-api/x?q={}",
        "http://chatgpt.com?{}",
        "https://ann:{}@claude.ai/new?a=1#{}",
        "chatgpt.com/?x={}",
    )
    lines = [
        f"{1_767_614_400 + n}.000 100 192.0.2.10 TCP_MISS/200 1234 GET {url.replace('{}', SECRET)} ann HIER_DIRECT/203.0.113.5 text/html"
        for n, url in enumerate(urls)
    ]
    (tmp_path / "access.log").write_text("\n".join([*lines, f"broken https://chatgpt.com/?q={SECRET}", ""]))
    shown = []
    for name in ("i.csv", "i.json", "i.xlsx", "i.parquet", "u.json", "t.txt"):
        by = "user" if name == "u.json" else "service"
        assert main(["scan", "access.log", "--no-progress", "--by", by, "--history", "default", "-o", name]) == 3
        shown.append(_unpacked(tmp_path / name))
    assert main(["decide", "openai-chatgpt", "--status", "tolerated", "--reason", "x", "--inventory", "i.json"]) == 0
    kept = [path.read_bytes() for path in (tmp_path / "state").iterdir()]
    assert len(kept) >= 3 and all(b"chatgpt.com" in data for data in shown)
    assert [SECRET.encode() in data for data in (*shown, *kept)] == [False] * len((*shown, *kept))


def _unpacked(path: Path) -> bytes:
    """The bytes of a file, of a workbook those of its sheets, of Parquet those of its columns."""
    if path.suffix == ".parquet":
        import pandas as pd

        return pd.read_parquet(path).to_csv().encode()
    if path.suffix != ".xlsx":
        return path.read_bytes()
    with zipfile.ZipFile(path) as book:
        return b"".join(book.read(name) for name in book.namelist())


def test_a_budget_of_a_department_that_is_not_named_cannot_be_told() -> None:
    from shadowai.budgets.measuring import Inventories, measure
    from shadowai.budgets.model import Amount, Budget
    from shadowai.model import Verdict

    rows = [
        entry("claude", name, departments=(department,), verdict=Verdict.UNSANCTIONED)
        for name, department in (("ann", SMALL), ("bob", "IT"), ("zoe", "Law"))
    ]
    asked = Budget("b", 1, "users", 0, departments=frozenset({"it"}))
    assert measure(asked, Inventories((), rows), 0).amount == Amount(1, 2)


def test_a_note_of_no_place_has_none_under_pseudonyms() -> None:
    told = made(notes=(Note(None, "joined", "uses have the size of 192.0.2.9", 2), Note(None, "identities", "ann")))
    assert [note.origin for note in told.notes[:2]] == [None, None]
    assert not any("192.0.2.9" in note.text or "ann" in note.text.split() for note in told.notes)


def test_a_use_of_nobody_s_is_a_person_of_no_department() -> None:
    nameless = replace(entry("gemini", "x", departments=("IT",)), actor=Actor(None, "pc17"))
    assert department_view([*people("IT", 1), nameless], 1) == (Group("IT", 1, CLAUDE),)


def test_one_small_department_is_joined_by_another_however_many_it_has() -> None:
    assert too_small({"HR": 4, "IT": 50, "Law": 60}, 5) == {"HR", "IT"}
    assert too_small({SMALL: 6, "IT": 50}, 5) == {SMALL} and too_small({SMALL: 4, "IT": 50}, 5) == {SMALL, "IT"}
