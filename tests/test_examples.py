"""Examples: everything in one was seen together, and counts as the documentation says."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any

import pytest

from shadowai import examples, signature_file
from shadowai.catalog import Catalog
from shadowai.matcher import Matcher
from shadowai.model import Indicator, Name, Origin
from shadowai.signature_file import Account, SignatureFile, TestVector
from tests.signature_samples import put


def file_with(tmp_path: Path, *indicators: Indicator, account: tuple[Account, ...] = ()) -> SignatureFile:
    read = signature_file.parse(put(tmp_path).read_bytes(), Origin("a"))[0]
    return dataclasses.replace(
        read, signature=dataclasses.replace(read.signature, indicators=indicators), account=account
    )


INDICATORS = (
    Indicator("host", "suffix", "a.example", "weak"),
    Indicator("url", "prefix", "a.example/chat", "strong"),
    Indicator("port", "equals", "11434", "weak", id="port"),
    Indicator("http_path", "regex", "^POST /api/chat$", "strong", requires=("port",)),
    Indicator("http_path", "prefix", "/v9", "weak"),
    Indicator("request_header", "equals", "X-Example-Client", "weak"),
    Indicator("response_header", "prefix", "server: example", "strong"),
    Indicator("response_body", "contains", "runs", "strong"),
    Indicator("ja4", "equals", "t13", "weak"),
    Indicator("ip_net", "cidr", "203.0.113.0/24", "weak", requires=("port",)),
    Indicator("websocket", "regex", "^wss://.*/live$", "strong"),
)


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        ({"host": "www.a.example"}, "weak"),
        ({"url": "https://a.example/chat/1"}, "strong"),
        ({"url": "https://a.example/chatter"}, "weak"),
        ({"port": 11434}, "weak"),
        ({"url": "http://192.0.2.1:11434/"}, "weak"),
        ({"url": "http://192.0.2.1:11434/api/chat", "method": "POST"}, "strong"),
        ({"url": "http://192.0.2.1/api/chat", "method": "POST", "port": 11434}, "strong"),
        ({"url": "http://192.0.2.1:11434/api/chat", "method": "GET"}, "weak"),
        ({"url": "http://192.0.2.1:8000/api/chat", "method": "POST"}, "none"),
        ({"url": "http://192.0.2.1/v9/x"}, "weak"),
        ({"headers": (("x-example-client", "cli"),)}, "weak"),
        ({"headers": (("Server", "Example 1"),)}, "strong"),
        ({"headers": (("Server", "nginx"),)}, "none"),
        ({"body": "it runs"}, "strong"),
        ({"ja4": "t13"}, "weak"),
        ({"ja4": "t133"}, "none"),
        ({"ip": "203.0.113.9"}, "none"),
        ({"ip": "203.0.113.9", "port": 11434}, "weak"),
        ({"ip": "not an address", "port": 1}, "none"),
        ({"url": "wss://x.example/live"}, "strong"),
        ({"url": "::::"}, "none"),
    ],
)
def test_strength(tmp_path: Path, seen: dict[str, Any], expected: str) -> None:
    file = file_with(tmp_path, *INDICATORS)
    assert examples.strength(file, TestVector(**seen), Matcher(Catalog.of([file]))) == expected


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        ({"host": "work.a.example"}, {"corporate"}),
        ({"host": "a.work.a.example"}, set()),
        ({"url": "https://a.example/anon/1"}, {"anonymous"}),
        ({"url": "https://a.example/anonymous"}, set()),
        ({"headers": (("x-workspace", "1"),)}, {"enforced"}),
        ({"body": "error: tenant_restricted"}, {"enforced"}),
        ({"oauth_client_id": "ABC"}, {"personal"}),
        ({"port": 1}, set()),
    ],
)
def test_accounts(tmp_path: Path, seen: dict[str, Any], expected: set[str]) -> None:
    markers = (
        Account("host", "work.a.example", "corporate"),
        Account("url_prefix", "a.example/anon", "anonymous"),
        Account("request_header", "X-Workspace", "enforced"),
        Account("response_error", "tenant_restricted", "enforced"),
        Account("oauth_client_id", "abc", "personal"),
    )
    assert examples.accounts(file_with(tmp_path, account=markers), TestVector(**seen)) == expected


def test_names() -> None:
    everything = TestVector(
        host="a", url="b/c", user_agent="d", ip="192.0.2.1", oauth_client_id="e", oauth_app="f", port=1, body="g"
    )
    assert list(examples.names(everything)) == [
        Name("domain", "a"), Name("url", "b/c"), Name("user_agent", "d"), Name("ip", "192.0.2.1"),
        Name("oauth_client", "e"), Name("app_name", "f"),
    ]  # fmt: skip


def test_what_an_application_shows() -> None:
    example = TestVector(redirect_url="https://a.example/cb", github_app="b", publisher="C, Inc.", extension="d" * 32)
    assert list(examples.names(example)) == [
        Name("redirect_url", "https://a.example/cb"),
        Name("github_app", "b"),
        Name("publisher", "C, Inc."),
        Name("extension", "d" * 32),
    ]


@pytest.mark.parametrize(
    ("seen", "expected"),
    [
        ({"redirect_url": "https://hub.example/cb/x", "port": 7}, "weak"),
        ({"redirect_url": "https://hub.example/cbx", "port": 7}, "none"),
        ({"redirect_url": "https://hub.example/cb/x"}, "none"),
        ({"publisher": "Hub, Inc.", "port": 7}, "strong"),
        ({"publisher": "Hubs", "port": 7}, "none"),
    ],
)
def test_a_sign_that_requires_another(tmp_path: Path, seen: dict[str, Any], expected: str) -> None:
    file = file_with(
        tmp_path,
        Indicator("port", "equals", "7", "shared", id="port"),
        Indicator("redirect_url", "prefix", "hub.example/cb", "weak", requires=("port",)),
        Indicator("publisher", "equals", "Hub", "strong", requires=("port",)),
    )
    matcher = Matcher(Catalog.of([file]))
    assert examples.strength(file, TestVector(**seen), matcher) == expected
