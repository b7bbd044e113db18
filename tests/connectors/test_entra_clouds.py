"""A cloud sets its authority, its Graph and its scope together."""

from __future__ import annotations

import json
from typing import Any

import pytest

from shadowai.errors import UsageError
from shadowai.sweep.allowlist import AllowList
from shadowai_connectors.entra import Entra
from shadowai_connectors.entra_clouds import Cloud, endpoints
from tests.connectors.entra_tenant import CLIENT, TENANT


@pytest.mark.parametrize(
    ("name", "authority", "graph"),
    [
        ("global", "login.microsoftonline.com", "graph.microsoft.com"),
        ("gcc-high", "login.microsoftonline.us", "graph.microsoft.us"),
        ("dod", "login.microsoftonline.us", "dod-graph.microsoft.us"),
        ("china", "login.partner.microsoftonline.cn", "microsoftgraph.chinacloudapi.cn"),
        ("france", "login.sovcloud-identity.fr", "graph.svc.sovcloud.fr"),
        ("germany", "login.sovcloud-identity.de", "graph.svc.sovcloud.de"),
        ("singapore", "login.sovcloud-identity.sg", "graph.svc.sovcloud.sg"),
    ],
)
def test_each_cloud_is_whole(name: str, authority: str, graph: str) -> None:
    found = endpoints({"cloud": name})
    assert (found.authority, found.graph) == (f"https://{authority}", f"https://{graph}")
    assert found.scope == f"https://{graph}/.default"
    assert found.consent_url("t", "a b") == f"https://{authority}/t/adminconsent?client_id=a%20b"


def test_nothing_said_is_the_global_cloud() -> None:
    assert endpoints({}) == Cloud.GLOBAL.value


class Recorder:
    """An http client for msal that remembers the addresses and answers as an authority."""

    def __init__(self) -> None:
        self.asked: list[tuple[str, str]] = []

    def get(self, url: str, **_: Any) -> Any:
        return self._answer("GET", url)

    def post(self, url: str, **_: Any) -> Any:
        return self._answer("POST", url)

    def close(self) -> None:
        pass

    def _answer(self, method: str, url: str) -> Any:
        self.asked.append((method, url))
        root = url.partition("/v2.0/")[0].partition("/oauth2/")[0]
        body: dict[str, Any] = {
            "issuer": f"{root}/v2.0",
            "token_endpoint": f"{root}/oauth2/v2.0/token",
            "authorization_endpoint": f"{root}/oauth2/v2.0/authorize",
            "tenant_discovery_endpoint": f"{root}/v2.0/.well-known/openid-configuration",
            "metadata": [],
            "access_token": "x",
            "expires_in": 3600,
            "token_type": "Bearer",
        }

        class Response:
            status_code, text, headers = 200, json.dumps(body), dict[str, str]()

            def raise_for_status(self) -> None:
                pass

        return Response()


@pytest.mark.parametrize("cloud", Cloud)
def test_all_that_msal_asks_of_a_cloud_is_allowed(cloud: Cloud) -> None:
    import msal

    http, where = Recorder(), cloud.value
    application = msal.ConfidentialClientApplication(
        CLIENT, client_credential="x", authority=where.of(TENANT), http_client=http
    )
    assert "access_token" in application.acquire_token_for_client([where.scope])
    settings = {"tenant": TENANT, "client": CLIENT, "secret": "env:X", "cloud": cloud.label}
    rules = AllowList(Entra().allowed(settings), settings, who="entra")
    assert http.asked
    for method, url in http.asked:
        rules.check(method, url)


def test_a_private_graph_comes_with_its_authority() -> None:
    found = endpoints({"authority": "https://login.example.com/", "graph": "https://graph.example.com:8443/"})
    assert (found.authority, found.graph) == ("https://login.example.com", "https://graph.example.com:8443")
    assert not found.known


@pytest.mark.parametrize(
    "settings",
    [
        {"cloud": "azure"},
        {"authority": "https://login.example.com"},
        {"graph": "https://graph.example.com"},
        {"authority": "https://login.example.com", "graph": "https://graph.example.com", "cloud": "china"},
        {"authority": "http://login.example.com", "graph": "https://graph.example.com"},
        {"authority": "https://login.example.com", "graph": "http://127.0.0.1:80"},
        {"authority": "http://127.0.0.1", "graph": "http://127.0.0.1", "insecure_localhost": "true"},
        {"authority": "https://login.example.com", "graph": "http://graph.example.com", "insecure_localhost": "true"},
        {"authority": "https://login.example.com", "graph": "https://user@graph.example.com"},
        {"authority": "https://login.example.com?x=1", "graph": "https://graph.example.com"},
    ],
)
def test_a_token_is_never_to_be_sent_to_another_cloud_or_in_the_clear(settings: dict[str, str]) -> None:
    with pytest.raises(UsageError):
        endpoints(settings)


def test_a_graph_on_this_machine_may_be_plain_where_that_was_asked_for() -> None:
    settings = {
        "authority": "https://login.example.com",
        "graph": "http://127.0.0.1:4206",
        "insecure_localhost": "true",
    }
    assert endpoints(settings).graph == "http://127.0.0.1:4206"
