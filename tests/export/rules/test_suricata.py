"""Suricata: parsed by a parser of the language, with numbers that stay and hosts that are those of the signatures."""

from __future__ import annotations

import re

import pytest
from suricataparser import parse_rule

from shadowai.export.rules import suricata
from shadowai.export.rules.claims import claims
from tests.export.rules.examples import ALL, SAID

TEXT = suricata.render(claims(ALL, {"chat", "draw"}))
RULES = [parse_rule(line) for line in TEXT.splitlines()]
BUFFERS = {"tls": "tls.sni", "quic": "quic.sni", "dns": "dns.query", "http": "http.host"}


def values(options: list[object], name: str) -> list[str]:
    return [str(option.value) for option in options if option.name == name]  # type: ignore[attr-defined]


def holds(line: str, name: str) -> bool:
    """Whether a rule's buffer options hold for a host, as the manual has them."""
    dotted = f".{name}" if "dotprefix;" in line else name
    for no, content, rest in re.findall(r'content:(!?)"([^"]*)";((?: (?:nocase|endswith|bsize:\d+);)*)', line):
        fits = dotted.endswith(content) if "endswith" in rest else content in dotted
        size = re.search(r"bsize:(\d+)", rest)
        if (fits and (size is None or len(dotted) == int(size[1]))) is bool(no):
            return False
    return all(
        bool(re.search(source, dotted)) is not bool(no) for no, source in re.findall(r'pcre:(!?)"/([^"]*)/i?"', line)
    )


def test_every_line_is_a_rule() -> None:
    assert RULES and all(rule is not None for rule in RULES)
    for rule, line in zip(RULES, TEXT.splitlines(), strict=True):
        assert rule.action == "alert" and f" {BUFFERS[rule.header.split()[0]]}; " in line
        assert len(values(rule.options, "msg")) == len(values(rule.options, "sid")) == 1
        assert rule.classtype == "policy-violation"


def test_numbers_are_local_and_each_once() -> None:
    numbers = [rule.sid for rule in RULES]
    assert len(set(numbers)) == len(numbers)
    assert all(1_000_000 <= number < 2_000_000 for number in numbers)
    assert suricata.render(claims(ALL, {"draw"})).splitlines() == [
        line for line in TEXT.splitlines() if "service draw" in line
    ]


@pytest.mark.parametrize(("name", "service"), SAID.items())
@pytest.mark.parametrize("protocol", BUFFERS)
def test_rules_are_true_of_the_same_hosts(protocol: str, name: str, service: str) -> None:
    lines = [line for line in TEXT.splitlines() if line.startswith(f"alert {protocol} ") and holds(line, name)]
    found = {re.search(r"service (\S+) ", line)[1] for line in lines}  # type: ignore[index]
    assert found == ({service} if service else set())


def test_a_buffer_in_lower_case_takes_no_nocase() -> None:
    for line in TEXT.splitlines():
        assert ("nocase" in line or 'pcre:"' in line) is ("http.host" not in line) or "http.host" in line
        assert not ("http.host" in line and ("nocase" in line or '/i"' in line))


def test_a_number_that_is_taken_is_not_given_again() -> None:
    taken: set[int] = set()
    first, second = suricata._sid("x", taken), suricata._sid("x", taken)
    assert second == first + 1
