"""Rows of the inventory judged by a policy that looks at uses: person by person, and rows by service by the gravest of them."""

from __future__ import annotations

from pathlib import Path

from shadowai.inventory import By, Inventory
from shadowai.model import Actor, Entry, Match, Name, Sighting, Signature, Verdict
from tests.policy.making import TODAY, policy

CHAT = Signature("chat", "Chat", "V", "assistant", country="US")
DEPARTMENTS = {"ann": "HR", "bob": "IT"}
CONDITIONAL = "- {service: chat, status: sanctioned, conditions: {departments: [HR, IT], max_upload_per_month: 1kB}}\n"


def sighting(
    user: str | None, device: str, sent: int, *, events: int = 1, weak: bool = False
) -> tuple[Sighting, tuple[Match, ...]]:
    name = Name("domain", "chat.example")
    seen = Sighting(
        Actor(user, device), name, "proxy", events=events, blocked=0 if events else 2, bytes_up=sent if events else None,
        days=((20458, sent),) if events else (), source="squid_native",
    )  # fmt: skip
    return seen, (Match("chat", "Chat", name, "weak" if weak else "strong"),)


def rows(folder: Path, rules: str, by: By, *seen: tuple[Sighting, tuple[Match, ...]]) -> dict[str, Entry]:
    made = Inventory()
    for one, matches in seen:
        made.add(one, matches)
    entries = made.entries(
        by, lookup={"chat": CHAT}.__getitem__, policy=policy(folder, rules), today=TODAY,
        department=lambda user: DEPARTMENTS.get(user, ""),
    )  # fmt: skip
    return {f"{entry.actor.user}@{entry.actor.device}" if entry.actor else "all": entry for entry in entries}


def test_what_a_person_sends_from_several_devices_is_one_person_s(tmp_path: Path) -> None:
    seen = (sighting("ann", "pc1", 600), sighting("ann", "pc2", 600), sighting("bob", "pc3", 900))
    by_user = rows(tmp_path, CONDITIONAL, "user", *seen)
    assert {who: entry.verdict.value for who, entry in by_user.items()} == {
        "ann@pc1": "unsanctioned", "ann@pc2": "unsanctioned", "bob@pc3": "sanctioned",
    }  # fmt: skip
    (whole,) = rows(tmp_path, CONDITIONAL, "service", *seen).values()
    assert whole.verdict is Verdict.UNSANCTIONED and "1,200 bytes up in a month" in whole.verdict_reason


def test_who_is_not_known_is_for_a_person_to_look_at(tmp_path: Path) -> None:
    seen = (sighting("bob", "pc3", 10), sighting(None, "pc9", 10))
    (whole,) = rows(tmp_path, CONDITIONAL, "service", *seen).values()
    assert whole.verdict is Verdict.IN_REVIEW and whole.ruling is not None
    assert Verdict.UNSANCTIONED in whole.ruling.may_be
    assert rows(tmp_path, CONDITIONAL, "user", *seen)["bob@pc3"].verdict is Verdict.SANCTIONED


def test_uses_on_a_weaker_footing_do_not_judge_a_row(tmp_path: Path) -> None:
    rules = "- {department: HR, status: prohibited}\n"
    seen = (sighting("ann", "pc1", 10, weak=True), sighting("bob", "pc3", 10))
    (whole,) = rows(tmp_path, rules, "service", *seen).values()
    assert whole.confidence == "confirmed" and whole.verdict is Verdict.UNREVIEWED
    assert rows(tmp_path, rules, "user", *seen)["ann@pc1"].verdict is Verdict.PROHIBITED


def test_who_only_tried_is_judged_as_one_who_sent_nothing(tmp_path: Path) -> None:
    found = rows(tmp_path, CONDITIONAL, "user", sighting("ann", "pc1", 0, events=0))
    assert found["ann@pc1"].verdict is Verdict.SANCTIONED


def test_a_policy_that_looks_at_services_alone_gives_every_row_the_same(tmp_path: Path) -> None:
    rules = "- {service: chat, status: tolerated, alternative: other}\n"
    found = rows(tmp_path, rules, "user", sighting("ann", "pc1", 10), sighting(None, "pc9", 10))
    assert {entry.verdict for entry in found.values()} == {Verdict.TOLERATED}
    assert {entry.ruling.alternative for entry in found.values() if entry.ruling} == {"other"}
