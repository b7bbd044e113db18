"""Zeek: parsed by the language's own grammar, and its look-up, read as the manual has it, is true of the same hosts."""

from __future__ import annotations

import io
import re

import pytest
from zeekscript import Script

from shadowai.export.rules import zeek
from shadowai.export.rules.claims import claims
from tests.export.rules.examples import ALL, SAID

TEXT = zeek.render(claims(ALL, {"chat", "draw"}))


def parses(text: str) -> bool:
    return bool(Script(io.BytesIO(text.encode("utf-8"))).parse())


def tables() -> tuple[dict[str, str], dict[str, str], dict[str, str]]:
    found = []
    for name in ("hosts", "domains"):
        body = re.search(rf"const {name}: table\[string\] of string = \{{\n(.*?)\t\}} &redef;", TEXT, re.S)
        assert body is not None
        found.append(dict(re.findall(r'\["([^"]*)"\] = "([^"]*)"', body[1])))
    globs = dict(re.findall(r'if \( /([^/]*)/ == rest \)\n\t\treturn "([^"]*)";', TEXT))
    return found[0], found[1], globs


@pytest.mark.parametrize(("name", "service"), SAID.items())
def test_the_look_up_is_true_of_the_same_hosts(name: str, service: str) -> None:
    hosts, domains, globs = tables()
    found = (
        hosts.get(name)
        if name in hosts
        else next((s for source, s in globs.items() if re.fullmatch(source, name)), None)
    )
    rest = name
    while found is None and rest:
        found = domains.get(rest)
        rest = rest.partition(".")[2]
    assert (found or "") == service


def test_the_language_s_own_grammar_takes_the_script() -> None:
    assert parses(TEXT) and parses(zeek.render(claims(ALL, {"draw"})))


def test_the_grammar_refuses_what_is_wrong() -> None:
    assert not parses(TEXT.replace("return domains[rest];", "return domains[;"))
