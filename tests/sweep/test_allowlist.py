"""The list of what may be asked."""

from __future__ import annotations

import pytest

from shadowai.connector import Allowed
from shadowai.errors import UsageError
from shadowai.sweep.allowlist import AllowList, place
from shadowai.tenant import TenantError

RULES = (
    Allowed("graph.microsoft.com", "/v1.0"),
    Allowed("graph.microsoft.com", "/v1.0/$batch", "POST", why="holds only GETs"),
    Allowed("example.okta.com", "/api/v1/apps/*/grants"),
    Allowed("login.example", "/", "POST", why="gives a token"),
    Allowed("whole.example", "/"),
)


def allowed(method: str, url: str) -> bool:
    try:
        AllowList(RULES, {}, who="toy").check(method, url)
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
