"""Signature files: every field arrives, every wrong value is refused with its line, and the JSON Schema agrees."""

from __future__ import annotations

import copy
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from shadowai import signature_file
from shadowai.errors import SignatureError
from shadowai.model import Indicator, Origin
from shadowai.signature_file import from_plain, is_glob, parse

HERE = Origin("openai-chatgpt.yaml")
FULL: dict[str, Any] = {
    "schema": 1,
    "id": "example-chat",
    "name": "Example Chat",
    "aliases": ["Chat"],
    "previous_ids": ["old-chat"],
    "vendor": {"name": "Example", "hq_country": "NO", "hq_ref": 0, "hq_unknown": "n", "parent": "Holding"},
    "category": "assistant",
    "tags": ["llm"],
    "scope": "ai-native",
    "description": "Talks.",
    "status": "stable",
    "first_published": "2026-01-02",
    "updated": "2026-02-03",
    "replaced_by": "new-chat",
    "references": [{"url": "https://example.com/", "title": "Docs", "kind": "vendor-docs", "checked_on": "2026-01-01"}],
    "indicators": [
        {"kind": "host", "match": "suffix", "value": "example.com", "strength": "strong", "role": "mcp", "ref": 0},
        {"kind": "host", "match": "glob", "value": "*-api.example.net", "strength": "weak", "note": "n"},
        {"kind": "url", "match": "prefix", "value": "example.com/chat", "strength": "strong"},
        {"kind": "ip_net", "match": "cidr", "value": "2001:db8::/48", "strength": "weak", "since": "2026-01-01"},
        {"kind": "oauth_client_id", "match": "prefix", "value": "77377267392-", "strength": "strong"},
        {"kind": "redirect_url", "match": "exact", "value": "example.com/callback", "strength": "strong"},
        {"kind": "redirect_url", "match": "prefix", "value": "app://auth.example/", "strength": "weak"},
        {"kind": "github_app", "match": "equals", "value": "example", "strength": "strong"},
        {"kind": "port", "match": "equals", "value": "11434", "strength": "weak", "id": "port"},
        {"kind": "http_path", "match": "regex", "value": "^POST /x", "strength": "weak", "requires": ["port"]},
    ],
    "exclude": ["www.example.com", "*.dev.example.com"],
    "account": [{"kind": "host", "value": "work.example.com", "means": "corporate", "ref": 0}],
    "data_handling": [
        {
            "plan": "free", "trains_by_default": "yes", "source": "https://example.com/", "checked_on": "2026-01-01",
            "opt_out": "o", "retention": "r", "residency": ["EU"], "certifications": ["c"], "sign_in": ["scim"],
            "human_review": "no", "source_kind": "vendor", "quote": "q",
        }
    ],
    "tests": {
        "match": [
            {"host": "example.com"},
            {"redirect_url": "https://example.com/"},
            {"headers": {"A": "b"}, "port": 1, "expect_strength": "weak"},
        ],
        "no_match": [{"host": "a.example", "why": "w"}, {"url": "https://a.example/", "expect_account": "personal"}],
    },
}  # fmt: skip


def as_yaml(document: object) -> bytes:
    """JSON is YAML."""
    return json.dumps(document, indent=1).encode()


def test_every_field_arrives() -> None:
    found = parse(as_yaml(FULL), HERE)[0]
    core = found.signature
    assert (core.id, core.name, core.vendor, core.country) == ("example-chat", "Example Chat", "Example", "NO")
    assert core.indicators[0] == Indicator("host", "suffix", "example.com", "strong", role="mcp", ref=0)
    assert core.indicators[9].requires == ("port",)
    assert core.exclude == ("www.example.com", "*.dev.example.com")
    assert core.source == "openai-chatgpt.yaml"
    assert (found.parent, found.replaced_by, found.previous_ids) == ("Holding", "new-chat", ("old-chat",))
    assert (found.country_ref, found.no_country) == (0, "n")
    assert found.references[0].checked_on == "2026-01-01"
    assert found.account[0].means == "corporate"
    assert found.data_handling[0].sign_in == ("scim",)
    assert found.match[2].headers == (("A", "b"),)
    assert found.no_match[1].expect_account == "personal"


def _changed(path: tuple[str | int, ...], value: object) -> dict[str, Any]:
    document: Any = copy.deepcopy(FULL)
    inner = document
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = value
    return dict(document)


def _indicator(**fields: object) -> dict[str, Any]:
    return _changed(("indicators", 0), {"kind": "host", "match": "suffix", "strength": "strong", **fields})


@pytest.mark.parametrize(
    ("document", "place", "message"),
    [
        (_changed(("schema",), 2), '"schema"', "whole number"),
        (_changed(("id",), "Bad_Id"), '"id"', "hyphens"),
        (_changed(("name",), 7), '"name"', "text"),
        (_changed(("name",), "x" * 81), '"name"', "longer"),
        (_changed(("category",), "chat"), '"category"', "closed list"),
        (_changed(("vendor", "hq_country"), "usa"), '"hq_country"', "capitals"),
        (_changed(("vendor", "hq_unknown"), "x" * 101), '"hq_unknown"', "longer"),
        (_changed(("vendor", "hq_ref"), "0"), '"hq_ref"', "whole number"),
        (_changed(("updated",), "2026-02-30"), '"updated"', "date"),
        (_changed(("updated",), "20260203"), '"updated"', "date"),
        (_changed(("references",), []), '"references"', "list of 1"),
        (_changed(("tags",), "llm"), '"tags"', "list"),
        (_changed(("surprise",), 1), "{", "unknown key 'surprise'"),
        (_changed(("indicators", 1, "strength"), "sure"), '"sure"', "closed list"),
        (_changed(("indicators", 2, "match"), "regex"), '"example.com/chat"', "compared by prefix"),
        (_changed(("indicators", 3, "value"), "2001:db8::1/48"), '"2001:db8::1/48"', "malformed"),
        (_changed(("indicators", 9, "value"), "^("), '"^("', "malformed"),
        (_changed(("tests", "match"), [{"host": "a.example"}]), '"a.example"', "list of 2"),
        (_changed(("tests", "match", 0), {"why": "nothing"}), '{\n    "why"', "names nothing"),
        (_indicator(), '"suffix"', "lacks value"),
    ],
)
def test_refused_with_its_line(document: dict[str, Any], place: str, message: str) -> None:
    text = as_yaml(document)
    with pytest.raises(SignatureError, match=message) as caught:
        parse(text, HERE)
    line = caught.value.origin.position if caught.value.origin else None
    assert isinstance(line, int)
    wanted = text.decode().count("\n", 0, text.decode().index(place)) + 1
    assert abs(line - wanted) <= 2  # a value's own line, or the one on which what holds it begins
    assert caught.value.remedy


@pytest.mark.parametrize(
    "value",
    ["Example.com", "example.com.", "example.com:443", "https://example.com", "*.example.com", "192.0.2.1",
     "a b.example", "b\u00fccher.example", "a..example", "-", "2001:db8::1", "example.com/x"],
)  # fmt: skip
def test_hosts_that_are_not_canonical(value: str) -> None:
    with pytest.raises(SignatureError, match="host"):
        from_plain(_indicator(value=value), HERE)


@pytest.mark.parametrize("value", ["example.com", "https://example.com/x", "example.com/x?y", "example.com/", "a b/c"])
def test_urls_that_are_not_host_and_path(value: str) -> None:
    with pytest.raises(SignatureError, match="host/path"):
        from_plain(_indicator(kind="url", match="prefix", value=value), HERE)


def test_is_glob() -> None:
    good = ("*.example.com", "a-*.example.com", "*-a.example.com", "x.*.example.com", "a*b.c*.example.com")
    bad = ("example.com", "*", "*.*", "a.*", "**.example.com", "a*b*.example.com", "*.EXAMPLE.com", "*.example.com.")
    assert all(map(is_glob, good))
    assert not any(map(is_glob, bad))


def _places(value: object, path: tuple[str | int, ...] = ()) -> Iterator[tuple[str | int, ...]]:
    if path:
        yield path
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, inner in items:
        yield from _places(inner, (*path, key))


def test_the_json_schema_agrees_with_the_reader() -> None:
    """Change one value anywhere, to anything: both accept, or both refuse."""
    schema = json.loads((Path(signature_file.__file__).parent / "signature.schema.json").read_text("utf-8"))
    validator = jsonschema.Draft202012Validator(schema, format_checker=jsonschema.FormatChecker())
    validator.check_schema(schema)
    assert validator.is_valid(FULL)
    chance, verdicts = random.Random(1), set()
    words: list[Any] = ["", "x", "strong", "suffix", "host", "2026-01-01", "2026-13-01", "example.org", "x" * 4001]
    words += [0, 7, -1, 70_000, [], ["x"], {}, {"host": "x.example"}, "https://example.org/", "UPPER.example"]
    words += ["a*b.example.org", "a*b*.example.org", "-a.example", "192.0.2.1", "a..example"]
    for path in _places(FULL):
        for word in [*chance.sample(words, 12), None]:
            document = _changed(path, word)
            if word is None:
                _remove(document, path)
            problem = _problem(document)
            verdicts.add(problem == "")
            # that an expression or a network is well formed is beyond a schema
            assert validator.is_valid(document) is (problem == "" or "malformed" in problem), (path, word)
    assert verdicts == {True, False}


def _problem(document: object) -> str:
    try:
        from_plain(document, HERE)
    except SignatureError as wrong:
        return str(wrong)
    return ""


def _remove(document: Any, path: tuple[str | int, ...]) -> None:
    for step in path[:-1]:
        document = document[step]
    del document[path[-1]]
