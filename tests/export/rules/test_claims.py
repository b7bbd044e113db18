"""What a service claims is what this program says of a host, for made-up signatures and for all that are shipped."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from shadowai.catalog import Catalog
from shadowai.errors import UsageError
from shadowai.export.rules.claims import Claim, Claims, Pattern, claims, label, table
from shadowai.matcher import ABOUT, Matcher
from shadowai.model import Indicator, Name
from shadowai.normalize import host
from tests.export.rules.examples import ALL, CHAT, DRAW, SAID


def says(several: tuple[Claims, ...], name: str) -> set[str]:
    """The services that claim a host, by the patterns' regular expressions."""
    return {
        claimed.service.id
        for claimed in several
        for one in claimed.sure
        if re.match(one.pattern.regex, name) and not any(re.match(taken.regex, name) for taken in one.but)
    }


@pytest.mark.parametrize(("name", "service"), SAID.items())
def test_a_host_is_claimed_by_whom_it_identifies(name: str, service: str) -> None:
    assert says(claims(ALL, {"chat", "draw", "silent"}), name) == ({service} if service else set())


def test_what_is_another_s_stays_another_s_when_only_one_is_chosen() -> None:
    assert says(claims(ALL, {"chat"}), "a.draw.chat.example") == set()


def test_services_without_a_sure_host_are_left_out_and_the_order_is_the_ids() -> None:
    assert [one.service.id for one in claims(ALL[::-1], {"silent", "draw", "chat"})] == ["chat", "draw"]


def test_what_the_domain_above_says_is_said_once() -> None:
    assert Claim(Pattern("exact", "deep.chat.example")) not in claims(ALL, {"chat"})[0].sure


@pytest.mark.parametrize(
    "value",
    [
        "a b",
        "a.example\n",
        'a.example"; sid:1',
        "a.example;",
        "../x",
        "A.example",
        "a..example",
        "",
        "*.example)",
        "a.example/",
    ],
)
def test_what_is_no_host_ends_no_rule(value: str) -> None:
    bad = replace(DRAW, indicators=(Indicator("host", "suffix", value, "strong"),))
    with pytest.raises(UsageError, match="is no host"):
        claims((bad,), {"draw"})
    with pytest.raises(UsageError, match="is no host"):
        claims((replace(DRAW, exclude=(value,)),), {"draw"})


def test_a_label_has_no_sign_that_a_language_acts_upon() -> None:
    assert re.fullmatch(r"[A-Za-z0-9 .,_()+-]*", label(CHAT.name))
    assert label("Command R+ (Cohere)") == "Command R+ (Cohere)"
    assert len(label("x" * 1000)) == 80


def test_one_table_has_what_is_taken_out_as_nobody_s() -> None:
    found = table(claims(ALL, {"chat", "draw"}))
    assert found[Pattern("suffix", "chat.example")] == "chat"
    assert found[Pattern("suffix", "draw.chat.example")] == "draw"
    assert found[Pattern("suffix", "out.chat.example")] == found[Pattern("exact", "telemetry.chat.example")] == ""
    twin = replace(DRAW, id="twin")
    assert table(claims((DRAW, twin), {"draw", "twin"}))[Pattern("suffix", "draw.chat.example")] == "draw, twin"


def test_every_shipped_signature_claims_what_the_matcher_says() -> None:
    catalog = Catalog.load()
    several = claims(list(catalog.signatures.values()), set(catalog.signatures))
    by_end: dict[str, list[Claims]] = {}
    for claimed in several:
        for one in claimed.sure:
            value = one.pattern.value
            by_end.setdefault(value.rpartition("*")[2].partition(".")[2] if "*" in value else value, []).append(claimed)
    matcher = Matcher(catalog)
    asked = 0
    for file in catalog.files.values():
        for name in {vector.host for vector in (*file.match, *file.no_match)} - {""}:
            plain = host(name)
            if plain is None:
                continue
            tails = [plain.split(".", number)[-1] for number in range(plain.count(".") + 1)]
            near = tuple({one.service.id: one for tail in tails for one in by_end.get(tail, ())}.values())
            sure = {match.signature for match in matcher.match(Name("domain", plain)) if match.strength == "strong"}
            told = says(near, plain)
            if (
                told != sure and plain.partition(".")[0] in ABOUT
            ):  # rules take a domain whole: what is read about a service, too
                told = {one for one in told if not _has_pages(catalog, one, plain.partition(".")[2])}
            assert told == sure, plain
            asked += 1
    assert asked > 3000


def _has_pages(catalog: Catalog, service: str, domain: str) -> bool:
    """Whether a domain is the suffix of a service's own pages, below which hosts that are read are weak."""
    return any(
        (one.match, one.value, one.strength, one.role) == ("suffix", domain, "strong", "ui")
        for one in catalog.signatures[service].indicators
    )


def test_the_one_host_of_a_domain_s_own_name_may_be_taken_out() -> None:
    """A vendor's front page says little, and what stands below its domain is the service."""
    front = replace(
        DRAW,
        indicators=(
            Indicator("host", "suffix", "draw.example", "strong"),
            Indicator("host", "exact", "draw.example", "weak"),
            Indicator("host", "exact", "api.draw.example", "strong"),
        ),
    )
    several = claims((front,), {"draw"})
    [found] = several
    assert found.sure == (Claim(Pattern("suffix", "draw.example"), (Pattern("exact", "draw.example"),)),)
    assert [says(several, name) for name in ("draw.example", "api.draw.example", "x.draw.example")] == [
        set(), {"draw"}, {"draw"},
    ]  # fmt: skip
