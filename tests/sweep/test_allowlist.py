"""The list of what may be asked."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import Any

import pytest

from shadowai.connector import Allowed
from shadowai.errors import UsageError
from shadowai.sweep.allowlist import AllowList, place
from shadowai.tenant import TenantError

RULES = (
    Allowed("graph.microsoft.com", "/v1.0"),
    Allowed("graph.microsoft.com", "/v1.0/$batch", "POST", why="holds only GETs", batch=True),
    Allowed("graph.microsoft.com", "/v1.0/getByIds", "POST", why="looks up"),
    Allowed("example.okta.com", "/api/v1/apps/*/grants"),
    Allowed("people.example", "/users", exact=True),
    Allowed("login.example", "/", "POST", why="gives a token"),
    Allowed("whole.example", "/"),
)


BATCH = "https://graph.microsoft.com/v1.0/$batch"
EMPTY = b'{"requests":[]}'


def allowed(method: str, url: str, body: object = EMPTY, headers: Iterable[str] = ()) -> bool:
    try:
        AllowList(RULES, {}, who="toy").check(method, url, body=body, headers=headers)
    except TenantError:
        return False
    return True


@pytest.mark.parametrize(
    ("method", "url"),
    [
        ("GET", "https://graph.microsoft.com/v1.0/servicePrincipals?$top=999"),
        ("GET", "https://GRAPH.microsoft.com:443/v1.0"),
        ("POST", "https://graph.microsoft.com/v1.0/$batch"),
        ("GET", "https://example.okta.com/api/v1/apps/0oa1/grants?limit=200"),
        ("GET", "https://example.okta.com/api/v1/apps/0oa1/grants/x"),
        ("POST", "https://login.example/"),
        ("GET", "https://people.example/users?$select=id"),
        ("GET", "https://whole.example/anything/at/all"),
        ("GET", "https://whole.example"),
    ],
)
def test_allowed(method: str, url: str) -> None:
    assert allowed(method, url)


@pytest.mark.parametrize(
    ("method", "url"),
    [
        ("GET", "http://graph.microsoft.com/v1.0/x"),
        ("GET", "https://graph.microsoft.com:8443/v1.0/x"),
        ("GET", "https://graph.microsoft.com/beta/x"),
        ("GET", "https://graph.microsoft.com/v1.0x"),
        ("GET", "https://graph.microsoft.com.attacker.example/v1.0/x"),
        ("GET", "https://attacker.example/graph.microsoft.com/v1.0/x"),
        ("GET", "https://graph.microsoft.com@attacker.example/v1.0"),
        ("POST", "https://graph.microsoft.com/v1.0/$batch/x"),
        ("POST", "https://graph.microsoft.com/v1.0/users"),
        ("get", "https://graph.microsoft.com/v1.0/x"),
        ("GET", "https://example.okta.com/api/v1/apps//grants"),
        ("GET", "https://example.okta.com/api/v1/apps/a/b/grants"),
        ("POST", "https://login.example/x"),
        ("GET", "https://people.example/users/1"),
        ("GET", "https://people.example/users/1/messages"),
        ("GET", "https://graph.microsoft.com/v1.0/../beta"),
        ("GET", "https://graph.microsoft.com/v1.0/%2E%2E/beta"),
        ("GET", "https://graph.microsoft.com/v1.0/.%2e/beta"),
        ("GET", "https://graph.microsoft.com/v1.0/a%5c..%5cb"),
        ("GET", "https://graph.microsoft.com/v1.0/x y"),
        ("GET", "https://graph.microsoft.com/v1.0/\u2025"),
    ],
)
def test_not_allowed(method: str, url: str) -> None:
    assert not allowed(method, url)


def test_the_refusal_shows_no_query() -> None:
    with pytest.raises(TenantError) as caught:
        AllowList(RULES, {}, who="toy").check("GET", "https://graph.microsoft.com/beta?$deltatoken=abcdef")
    assert "GET https://graph.microsoft.com/beta:" in str(caught.value) and "abcdef" not in str(caught.value)


@pytest.mark.parametrize(
    ("rule", "says"),
    [
        (Allowed("a.example", "/x", "POST"), "without saying why"),
        (Allowed("a.example", "/x", "DELETE", why="for fun"), "without saying why"),  # type: ignore[arg-type]
        (Allowed("a.example", "/x", batch=True), "without saying why"),
        (Allowed("*.example", "/x"), "is not a host"),
        (Allowed("https://a.example", "/x"), "is not a host"),
        (Allowed("", "/x"), "is not a host"),
    ],
)
def test_rules_that_are_none(rule: Allowed, says: str) -> None:
    with pytest.raises(UsageError, match=says):
        AllowList((rule,), {}, who="toy")


@pytest.mark.parametrize(
    "url",
    ["", "x", "/x", "https:///x", "https://[::1/x", "https://a.example:99999/", "https://a.example/#x", "//a.example/"],
)
def test_no_places(url: str) -> None:
    assert place(url) is None


def test_a_place() -> None:
    found = place("HTTPS://A.example/p?q=1")
    assert found is not None and str(found) == "https://a.example/p" and found.origin == ("https", "a.example", 443)
    assert str(place("http://a.example:8080")) == "http://a.example:8080/"


def test_plain_rules_are_for_this_machine_alone() -> None:
    rules = [Allowed(host, "/t", plain=True) for host in ("169.254.169.254", "127.0.0.1:40", "10.0.0.1", "a.example")]
    made = AllowList(rules, {}, who="toy")
    assert made.check("GET", "http://169.254.169.254/t?x=1") and made.check("GET", "http://127.0.0.1:40/t")
    for url in ("http://10.0.0.1/t", "http://a.example/t", "http://169.254.169.254/u"):
        with pytest.raises(TenantError):
            made.check("GET", url)


def inner(**part: Any) -> bytes:
    """A batch of a harmless request and of one that is harmless but for ``part``."""
    parts = [{"id": str(n), "method": "GET", "url": f"/servicePrincipals/{n}?$top=999"} for n in range(2)]
    return json.dumps({"requests": [parts[0], {**parts[1], **part}]}).encode()


def test_a_batch_of_what_is_allowed_alone_is_allowed() -> None:
    assert allowed("POST", BATCH, inner()) and allowed("POST", BATCH, inner().decode())
    assert allowed("POST", "https://graph.microsoft.com/v1.0/getByIds", b"anything: it is no batch")


@pytest.mark.parametrize(
    "part",
    [
        {"method": "DELETE"},
        {"method": "PATCH"},
        {"method": "POST"},
        {"method": "get"},
        {"method": None},
        {"method": ["GET"]},
        {"url": "https://graph.microsoft.com/v1.0/servicePrincipals"},
        {"url": "https://attacker.example/v1.0/servicePrincipals"},
        {"url": "//attacker.example/servicePrincipals"},
        {"url": "servicePrincipals"},
        {"url": "/../beta/servicePrincipals"},
        {"url": "/%2e%2e/beta/servicePrincipals"},
        {"url": "/..%2fbeta/servicePrincipals"},
        {"url": "/x y"},
        {"url": "/x#y"},
        {"url": "/x\r\nDELETE /v1.0/servicePrincipals/1"},
        {"url": ""},
        {"url": 7},
        {"body": {"accountEnabled": False}},
        {"headers": {"X-HTTP-Method-Override": "DELETE"}},
        {"dependsOn": ["0"]},
        {"Method": "DELETE"},
    ],
)
def test_one_request_of_a_batch_that_is_not_allowed_is_enough(part: dict[str, Any]) -> None:
    assert not allowed("POST", BATCH, inner(**part))


def test_a_request_of_a_batch_is_held_against_the_other_rules() -> None:
    narrow = AllowList((RULES[1], Allowed("graph.microsoft.com", "/v1.0/users")), {}, who="toy")
    narrow.check("POST", BATCH, body=b'{"requests":[{"id":"0","method":"GET","url":"/users/1"}]}')
    for url in ("/servicePrincipals", "/usersx", "/", "/$batch"):
        with pytest.raises(TenantError, match=r"refused to send POST .* with GET"):
            narrow.check("POST", BATCH, body=json.dumps({"requests": [{"id": "0", "method": "GET", "url": url}]}))


@pytest.mark.parametrize(
    "body",
    [
        None,
        b"",
        b"[]",
        b"7",
        b'{"requests":{}}',
        b'{"requests":[7]}',
        b'{"requests":[],"more":1}',
        b'{"requests":[],"requests":[]}',
        b'{"requests":[{"id":"0","method":"DELETE","method":"GET","url":"/users/1"}]}',
        b'{"requests":[{"id":"0","method":"GET","url":"/users/1"}]',
        b"\xff\xfe",
        b"[" * 100_000,
        iter([b"{}"]),
        {"requests": "form"},
    ],
)
def test_a_batch_that_cannot_be_read_is_refused(body: object) -> None:
    assert not allowed("POST", BATCH, body)


def test_the_refusal_of_a_batch_shows_no_query_and_no_control_characters() -> None:
    with pytest.raises(TenantError) as caught:
        AllowList(RULES, {}, who="toy").check("POST", BATCH, body=inner(method="\x1b[2J", url="/a?token=abcdef"))
    assert "abcdef" not in str(caught.value) and "\x1b" not in str(caught.value)


@pytest.mark.parametrize("name", ["X-HTTP-Method-Override", "x-http-method", "X-METHOD-OVERRIDE"])
def test_no_header_makes_another_method_of_a_request(name: str) -> None:
    assert not allowed("GET", "https://whole.example/x", headers=["Accept", name])
    assert allowed("GET", "https://whole.example/x", headers=["Accept"])
