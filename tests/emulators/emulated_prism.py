"""The connectors against what the vendors' own specifications say they answer, with values that a machine made up."""

from __future__ import annotations

from pathlib import Path

import pytest

from shadowai.connector import Connector
from shadowai.sweep.runner import Wanted
from shadowai.sweep.session import open_session
from shadowai.tenant import App, Completeness, Grant, Outcome, Swept, Task, TenantError, Trouble
from shadowai_connectors.entra import Entra
from shadowai_connectors.github import GitHub
from shadowai_connectors.google_workspace import GoogleWorkspace
from shadowai_connectors.okta import Okta
from tests.emulators.processes import WireMock
from tests.tenants.clock import QuickClock
from tests.tenants.sweeps import entra_settings, google_settings, sweep


def swept(
    connector: Connector, settings: dict[str, str], place: Path
) -> tuple[dict[str, Outcome], list[App], list[Grant]]:
    """The outcomes by task, the apps and the grants of a sweep."""
    kept: list[tuple[dict[str, Outcome], list[App], list[Grant]]] = []

    def read(found: Swept) -> None:
        kept.append(({one.task: one for one in found.outcomes}, list(found.apps), list(found.grants)))

    sweep(connector, settings, place / "s.sqlite", QuickClock(), wanted=Wanted("made"), read=read)
    return kept[0]


def test_graph_as_microsoft_describes_it(graph: WireMock, tmp_path: Path) -> None:
    outcomes, apps, grants = swept(Entra(), entra_settings(graph.root), tmp_path)
    assert outcomes["apps"].completeness is Completeness.COMPLETE, outcomes
    assert outcomes["grants/everyone"].completeness is Completeness.COMPLETE, outcomes
    assert outcomes["teams-apps"].completeness is Completeness.COMPLETE, outcomes
    assert apps and all(app.id for app in apps) and grants
    asked = graph.asked("/v1.0/servicePrincipals")
    assert asked and all(one["headers"]["Authorization"] == "Bearer token-of-wiremock" for one in asked)


def test_next_pages_that_are_no_address_are_no_end(endless_graph: WireMock, tmp_path: Path) -> None:
    """Prism's ``"@odata.nextLink": "string"``: what comes after it is not known, so nothing is complete and nothing is concluded."""
    outcomes, _, _ = swept(Entra(), entra_settings(endless_graph.root), tmp_path)
    for name in ("apps", "grants/everyone", "consents", "teams-apps"):
        assert outcomes[name].completeness is not Completeness.COMPLETE
        assert (outcomes[name].trouble, outcomes[name].detail) == (
            Trouble.UNEXPECTED,
            "the link to the next page is no address",
        )


def test_google_as_it_describes_itself_never_ends(google: WireMock, tmp_path: Path) -> None:
    """Every page of Prism's names the same next one: the real client would go round for ever."""
    outcomes, apps, _ = swept(GoogleWorkspace(), google_settings(google.root), tmp_path)
    assert outcomes["people/all"].completeness is not Completeness.COMPLETE
    assert "go round in a circle" in outcomes["people/all"].detail
    assert outcomes["extensions/all"].completeness is not Completeness.COMPLETE
    assert len(google.asked("/admin/directory/v1/users")) <= 5
    assert all(one.completeness is not Completeness.COMPLETE for one in outcomes.values() if "/" in one.task)
    assert all(isinstance(app, App) for app in apps)


def test_googles_client_asks_what_the_discovery_documents_allow(google: WireMock) -> None:
    """Prism holds every request against the description: what is not in it, or of another type, is refused with 422."""
    settings = google_settings(google.root)
    with open_session(GoogleWorkspace(), settings, clock=QuickClock(), tries=2) as session:
        found = {probe.signal: probe for probe in GoogleWorkspace().doctor(session)}
    assert {found[name].finding for name in ("grants", "use", "gemini", "people", "extensions", "requests")} == {"ok"}
    (asked,) = {one["headers"]["Authorization"] for one in google.asked("/admin/directory/v1/users")}
    assert asked == "Bearer token-of-wiremock"


@pytest.mark.parametrize("signal", ["installations", "seats", "tokens", "requests", "credentials"])
def test_github_as_it_describes_itself(github: str, signal: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GITHUB_TOKEN", "ghp_made")
    settings = {"organization": "octo-org", "token": "env:GITHUB_TOKEN", "api": github, "insecure_localhost": "true"}
    with open_session(GitHub(), settings, clock=QuickClock(), tries=2) as session:
        pages = GitHub().run(Task(signal, signal), session, None)
        try:
            page = next(iter(pages))
            assert page.items or page.missed
        except TenantError as error:  # the examples' next pages are at api.github.com: the token is not sent there
            assert "leads to api.github.com: refused" in error.detail


@pytest.mark.parametrize(
    ("name", "signal", "arguments"),
    [
        ("apps", "apps", ()),
        ("grants/0oa1", "grants", ("0oa1", "0oa1")),
        ("tokens/0oa1", "tokens", ("0oa1", "0oa1")),
        ("assignments/0oa1", "assignments", ("0oa1", "0oa1")),
    ],
)
def test_okta_as_it_describes_itself(
    okta: str, name: str, signal: str, arguments: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OKTA_TOKEN", "00made")
    settings = {"domain": okta, "token": "env:OKTA_TOKEN", "insecure_localhost": "true"}
    with open_session(Okta(), settings, clock=QuickClock(), tries=2) as session:
        page = next(iter(Okta().run(Task(name, signal, arguments), session, None)))
    assert page.items or page.missed
