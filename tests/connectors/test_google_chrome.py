"""Chrome extensions: installed, held, asked for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from shadowai.tenant import App, Grant, Page, Person, TenantError
from shadowai_connectors.google_chrome import askers, devices, extensions, installed, profiles, requests
from shadowai_connectors.google_client import Google
from tests.connectors.google_server import GoogleServer, key_file, refusal, session, trouble

ONE = "abcdefghijklmnopabcdefghijklmnop"
FULL = {
    "appId": ONE,
    "displayName": "Helper",
    "appType": "EXTENSION",
    "appSource": "CHROME_WEBSTORE",
    "appInstallType": "NORMAL",
    "homepageUri": "https://helper.example",
    "permissions": ["tabs", "<all_urls>"],
    "profileCount": "7",
    "osUserCount": "0",
    "browserDeviceCount": "9",
    "disabled": False,
    "riskAssessment": {"entries": [{"riskLevel": "RISK_LEVEL_HIGH"}, {"riskLevel": "RISK_LEVEL_UNSPECIFIED"}, None]},
}


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[GoogleServer]:
    """A tenant with managed browsers."""
    monkeypatch.setenv("GOOGLE_KEY", key_file())
    with GoogleServer() as made:
        yield made


def pages(server: GoogleServer, run: Any, arguments: tuple[str, ...], cursor: str | None = None) -> list[Page]:
    with session(server) as opened:
        return list(run(Google(opened), arguments, cursor))


def app(server: GoogleServer, row: dict[str, Any]) -> App:
    with session(server) as opened:
        (found,) = installed(Google(opened), row)
    assert isinstance(found, App)
    return found


def test_an_extension_with_all_that_is_known(server: GoogleServer) -> None:
    assert app(server, FULL) == App(
        "google",
        "example.com",
        ONE,
        "Helper",
        kind="extension",
        homepage="https://helper.example",
        enabled=True,
        tags=("extension", "chrome_webstore", "normal", "risk_level_high"),
        permissions=("tabs", "<all_urls>"),
        users=9,
    )


@pytest.mark.parametrize(
    ("row", "users", "enabled"),
    [
        ({"appId": "com.example.app"}, None, True),
        ({"appId": "x", "profileCount": "many", "osUserCount": "-3", "browserDeviceCount": "9" * 40}, None, True),
        ({"appId": "x", "disabled": True, "profileCount": "0", "riskAssessment": "x"}, 0, False),
        ({"appId": "x", "permissions": "all", "riskAssessment": {"entries": "x"}}, None, True),
    ],
)
def test_what_is_not_known_is_not_made_up(server: GoogleServer, row: dict[str, Any], users: Any, enabled: bool) -> None:
    found = app(server, row)
    assert (found.name, found.users, found.enabled, found.permissions) == (row["appId"], users, enabled, ())


def test_extensions_come_in_pages_of_100(server: GoogleServer) -> None:
    server.extensions = [{**FULL, "appId": f"app{number}"} for number in range(250)]
    found = pages(server, extensions, ("5",))
    assert [len(page.items) for page in found] == [100, 100, 50] and found[-1].mark == "5"
    assert {query["pageSize"] for query in server.queries("countInstalledApps")} == {"100"}
    assert pages(server, extensions, ("5",), found[0].cursor) == found[1:]


def test_rows_without_an_id_are_counted(server: GoogleServer) -> None:
    server.extensions = [FULL, {"displayName": "?"}]
    server.profiles[ONE] = [{"email": "not an address"}, {"email": "a@example.com"}]
    server.devices[ONE] = [{}]
    for run, arguments in ((extensions, ("5",)), (profiles, (ONE, "5")), (devices, (ONE, "5"))):
        (page,) = pages(server, run, arguments)
        assert [missed.detail for missed in page.missed] == ["1 records could not be understood"], run


def test_profiles_name_people_and_devices_name_machines(server: GoogleServer) -> None:
    server.profiles[ONE] = [{"email": "Ann@Example.com"}, {"profilePermanentId": "p1"}, {"email": "ann@example.com"}]
    server.devices[ONE] = [{"deviceId": "d1", "machine": "PC-1"}, {"machine": "PC-2"}]
    (people,) = pages(server, profiles, (ONE, "5"))
    assert Person("google", "example.com", "ann@example.com", "ann@example.com") in people.items
    grants = [item for item in people.items if isinstance(item, Grant)]
    assert [(grant.kind, grant.principal) for grant in grants] == [("install", "ann@example.com"), ("install", None)]
    (machines,) = pages(server, devices, (ONE, "5"))
    ids = [item.id for item in machines.items if isinstance(item, Grant)]
    assert ids == [f"{ONE}/install/device:d1", f"{ONE}/install/device:PC-2"]


def test_requests_are_wishes_and_not_installations(server: GoogleServer) -> None:
    server.requests = [
        {"appId": ONE, "displayName": "Helper", "latestRequestTime": "2026-11-01T10:00:00Z", "requestCount": "3"},
        {"appId": "other", "latestRequestTime": "never"},
    ]
    server.askers[ONE] = [{"email": "Bob@example.com", "justification": "please"}]
    (page,) = pages(server, requests, ("5",))
    apps, wishes = page.items[::2], page.items[1::2]
    assert [one.users for one in apps if isinstance(one, App)] == [None, None]
    dates = [(one.kind, one.granted is not None, one.date_source) for one in wishes if isinstance(one, Grant)]
    assert dates == [("request", True, "api"), ("request", False, None)]
    (asked,) = pages(server, askers, (ONE, "5"))
    assert [(item.kind, item.principal) for item in asked.items if isinstance(item, Grant)] == [
        ("request", "bob@example.com")
    ]
    assert server.queries("fetchUsers")[0]["extensionId"] == ONE


def test_without_the_role_it_says_which(server: GoogleServer) -> None:
    server.always[":countInstalledApps"] = refusal(403, "forbidden", "The caller does not have permission")
    with pytest.raises(TenantError) as caught:
        pages(server, extensions, ("5",))
    name, remedy = trouble(caught.value)
    assert name == "ROLE" and "View Extensions List Report" in remedy
