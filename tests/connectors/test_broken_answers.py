"""An answer that is cut off, or a gateway's page, is never an empty one: whatever its status, and whichever connector asked.

A page says nothing about permissions either, and a 404 of a gateway nothing about what there is.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest

from shadowai.connector import Connector, Token
from shadowai.tenant import Completeness, Task, TenantError, Trouble
from shadowai_connectors.anthropic import Anthropic
from shadowai_connectors.entra import Entra
from shadowai_connectors.github import GitHub
from shadowai_connectors.google_workspace import GoogleWorkspace
from shadowai_connectors.okta import Okta
from shadowai_connectors.openai import OpenAI
from shadowai_connectors.slack import Slack
from tests.connectors.saas_server import HTML, Reply, Saas, private_key, reply, serving, session, sweep

PAGE = {"Content_Type": "text/html"}
BROKEN = {
    "page instead of an answer": reply(HTML, 200, **PAGE),
    "page refusing": reply(HTML, 403, **PAGE),
    "page for strangers": reply(HTML, 401, **PAGE),
    "page not found": reply(HTML, 404, **PAGE),
    "page gone": reply(HTML, 410, **PAGE),
    "page with a wrong type": reply(b"\n  <!doctype html>", 400),
    "text refusing": reply(b"Forbidden by policy 7", 403, Content_Type="text/plain"),
    "cut answer": reply(b'{"value": [{"id": "1", "na', 200),
    "cut list": reply(b'[{"id": "1"}, {"id"', 200),
    "cut refusal": reply(b'{"error": {"code": "quotaExc', 403),
    "cut 400": reply(b'{"error": {"code": "Bad', 400),
    "cut 404": reply(b'{"message": "Not Fo', 404),
    "nothing": reply(b"", 200),
    "null": reply(b"null", 200),
}
ORG = "12345678-1234-5678-1234-567812345678"


def settings(name: str, root: str) -> dict[str, str]:
    """Settings that lead to a service on this machine."""
    return {
        "entra": {"tenant": ORG, "client": ORG, "secret": "env:X", "authority": "https://login.example", "graph": root},
        "google": {"administrator": "a@example.com", "key": "env:X", "endpoint": root},
        "okta": {"domain": root, "client_id": "0oa1", "private_key": "env:X"},
        "github": {"organization": "example-org", "token": "env:X", "api": root},
        "slack": {"workspace": "E0ORG", "token": "env:X", "audit_token": "env:X", "api": root, "audit_api": root},
        "openai": {"organization": "org-abc", "admin_key": "env:X", "api": root},
        "anthropic": {"organization": ORG, "admin_key": "env:X", "api": root},
    }[name]


CONNECTORS: tuple[type[Connector], ...] = (Entra, GoogleWorkspace, Okta, GitHub, Slack, OpenAI, Anthropic)


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[Saas]:
    """A service that gives the same answer to everything."""
    monkeypatch.setenv("X", private_key())
    with serving() as made:
        yield made


def told(*_: object) -> Token:
    """A token that nobody had to be asked for."""
    return Token("t")


@pytest.mark.parametrize("kind", CONNECTORS)
@pytest.mark.parametrize("broken", BROKEN)
def test_no_task_is_complete_and_nothing_is_found(
    service: Saas, tmp_path: Path, kind: type[Connector], broken: str
) -> None:
    service.missing = BROKEN[broken]
    connector = kind()
    with patch.object(kind, "token", told):
        found = sweep(connector, settings(connector.name, service.root), tmp_path / "store", scope="all")
    assert {one.completeness for one in found.outcomes} == {Completeness.FAILED}, found.outcomes
    assert not (found.apps or found.grants or found.people or found.events or found.activity)
    assert all(one.trouble in (Trouble.UNREACHABLE, Trouble.UNEXPECTED) and one.detail for one in found.outcomes)
    if broken.startswith("page"):
        assert all(one.trouble is Trouble.UNREACHABLE and "web page" in one.detail for one in found.outcomes)


LATER: Mapping[type[Connector], tuple[str, Task, dict[str, Any]]] = {
    GitHub: (
        "/apps/claude",
        Task("installations", "installations"),
        {"/orgs/example-org/installations": {"total_count": 1, "installations": [{"id": 1, "app_slug": "claude"}]}},
    ),
    Okta: ("/api/v1/users/00u1", Task("people/1", "people", ("00u1",)), {}),
}
"""Where a 404 in the service's own words means that something is gone: the path, the task that asks, and the rest of its answers."""


@pytest.mark.parametrize("kind", LATER)
@pytest.mark.parametrize("broken", [reply(HTML, 404, **PAGE), reply(b'{"message": "Not F', 404), reply(b"", 404)])
def test_a_gateway_s_404_is_not_the_service_s(service: Saas, kind: type[Connector], broken: Reply) -> None:
    path, task, others = LATER[kind]
    for place, body in others.items():
        service.always(place, body)
    service.usual[path] = lambda asked: broken
    connector = kind()
    with (
        patch.object(kind, "token", told),
        session(connector, settings(connector.name, service.root)) as opened,
    ):
        try:
            pages = list(connector.run(task, opened, None))
        except TenantError as error:
            assert error.trouble in (Trouble.UNREACHABLE, Trouble.UNEXPECTED)
        else:
            assert [missed.trouble for page in pages for missed in page.missed], "a part of it was not looked at"
