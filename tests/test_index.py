"""The index: which indicators it holds and where, and that no other shape passes for one."""

from __future__ import annotations

import copy
from typing import Any

import orjson
import pytest

from shadowai.index import TABLES, build, company, from_json, tail
from shadowai.model import Indicator, Signature

INDICATORS = (
    Indicator("host", "suffix", "a.example", "strong", role="ui"),
    Indicator("dns_only", "exact", "dns.a.example", "weak"),
    Indicator("host", "glob", "x-*.api.a.example", "strong"),
    Indicator("url", "prefix", "b.example/chat", "strong"),
    Indicator("url", "prefix", "*.b.example/chat", "strong"),
    Indicator("ip_net", "cidr", "203.0.113.0/24", "weak"),
    Indicator("user_agent", "equals", "A.1", "weak"),
    Indicator("oauth_app_name", "prefix", "A+", "weak"),
    Indicator("oauth_client_id", "equals", " ABC ", "strong"),
    Indicator("publisher", "equals", "Example", "weak"),
    Indicator("oauth_client_id", "prefix", "77377267392-", "strong"),
    Indicator("redirect_url", "exact", "claude.example/Callback", "strong"),
    Indicator("redirect_url", "prefix", "app://auth.example/cb", "strong"),
    Indicator("github_app", "equals", "My-App", "strong"),
    Indicator("extension_chrome", "equals", "a" * 32, "strong"),
    Indicator("redirect_host", "suffix", "login.a.example", "strong"),
    Indicator("host", "suffix", "auth0.com", "shared"),
    Indicator("host", "suffix", "needy.example", "strong", requires=("port",)),
    Indicator("port", "equals", "1", "weak"),
)
INDEX = build([Signature("a", "A", "V", "coding", indicators=INDICATORS, exclude=("www.a.example",))])


def test_where_each_kind_is_found() -> None:
    filled = {name: sorted(table) for name, table in INDEX.tables.items() if table}
    assert filled == {
        "suffix": ["a.example"],
        "exact": ["dns.a.example"],
        "glob": ["api.a.example"],
        "url": ["b.example", "www.b.example"],
        "url_glob": ["b.example"],
        "net": ["203.0.113.0/24"],
        "user_agent": [r"A\.1\Z"],
        "app_name": [r"A\+"],
        "oauth_client": ["abc"],
        "publisher": ["example"],
        "reply_suffix": ["login.a.example"],
        "client_prefix": ["77377267392-"],
        "redirect": ["app://auth.example", "claude.example"],
        "github_app": ["my-app"],
        "extension": ["a" * 32],
    }
    assert INDEX.tables["suffix"]["a.example"] == [["a", "strong", "ui", "a.example"]]
    assert INDEX.tables["exact"]["dns.a.example"] == [["a", "weak", "", "dns.a.example"]]
    assert INDEX.services == {"a": "A"}


@pytest.mark.parametrize(
    ("written", "compared"),
    [
        ("Anthropic, PBC", "anthropic"),
        ("OpenAI OpCo, LLC", "openai"),
        ("Otter.ai, Inc.", "otter.ai"),
        ("The Company", "the company"),
        ("Notopenai Ltd", "notopenai"),
        ("", ""),
    ],
)
def test_company(written: str, compared: str) -> None:
    assert company(written) == compared


def test_only_a_whole_reply_address_is_marked_so() -> None:
    assert INDEX.tables["redirect"] == {
        "claude.example": [["a", "strong", "", "claude.example/Callback$"]],
        "app://auth.example": [["a", "strong", "", "app://auth.example/cb"]],
    }


def test_shared_hosts_are_excluded() -> None:
    assert INDEX.exclude == {"a": ["www.a.example", "auth0.com"]}
    assert build([Signature("b", "B", "V", "coding", indicators=INDICATORS[:2])]).exclude == {}


@pytest.mark.parametrize(("glob", "expected"), [("*.a.example", "a.example"), ("a.*.b-*.c.example", "c.example")])
def test_tail(glob: str, expected: str) -> None:
    assert tail(glob) == expected


def _json() -> Any:
    return orjson.loads(orjson.dumps(list(INDEX)))


def test_back_from_json() -> None:
    assert from_json(_json()) == INDEX


def _with(part: int, key: str, value: object) -> Any:
    found = copy.deepcopy(_json())
    found[part][key] = value
    return found


@pytest.mark.parametrize(
    "value",
    [
        None, [], {}, [1, 2, 3], _json()[:2], [*_json(), {}], _with(0, "other", {}), _with(0, "suffix", []),
        _with(0, "suffix", {"a": []}), _with(0, "suffix", {"a": {}}), _with(0, "suffix", {"a": [["a", "strong", ""]]}),
        _with(0, "suffix", {"a": [["nobody", "strong", "", "a"]]}), _with(0, "net", {"a": [["a", "weak", "", "a"]]}),
        _with(0, "suffix", {"a": [["a", "shared", "", "a"]]}),
        _with(0, "suffix", {"a": [["a", "strong", 1, "a"]]}), _with(0, "suffix", {"a": [["a", "strong", "", None]]}),
        _with(0, "suffix", {"a": [[["a"], "strong", "", "a"]]}), _with(0, "suffix", {"a": [["a", [], "", "a"]]}),
        _with(1, "a", 1), _with(2, "a", "www.a.example"), _with(2, "a", [1]),
    ],
)  # fmt: skip
def test_another_shape_is_no_index(value: object) -> None:
    assert from_json(value) is None


def test_every_table_is_there() -> None:
    assert build([]).tables == {name: {} for name in TABLES}
