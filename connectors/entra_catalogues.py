"""Apps that are no app registrations: Teams apps of the organisation, Copilot packages, agent identities.

Sources: https://learn.microsoft.com/graph/api/resources/teamsappdefinition,
https://learn.microsoft.com/microsoft-365/copilot/extensibility/api/admin-settings/package/resources/copilotpackage,
https://learn.microsoft.com/graph/api/resources/agentidentity.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from urllib.parse import quote

from shadowai.tenant import EVERYONE, App, Grant, Item, Page, Task
from shadowai_connectors.entra_graph import PAGE
from shadowai_connectors.entra_items import PLATFORM, Row, app, inside, made, moment, needed, text, texts
from shadowai_connectors.entra_signals import CATALOGUE, DIRECTORY
from shadowai_connectors.entra_work import Work, listed, read_at


def teams_apps(work: Work, task: Task, cursor: str | None) -> Iterator[Page]:
    """The apps that the organisation put into its own Teams catalogue. The store's thousands are no evidence of anything: what is used
    of them is known by its app registration."""
    chosen = quote("distributionMethod eq 'organization'", safe="'")
    url = work.graph.url(f"/appCatalogs/teamsApps?$filter={chosen}&$expand=appDefinitions($expand=bot)")
    for stage in listed(work, url, CATALOGUE, cursor):
        items, missed = made(stage.rows, lambda row: _teams_app(work, row))
        yield Page(tuple(items), stage.cursor, read_at(work, stage), tuple(missed))


def _teams_app(work: Work, row: Row) -> App:
    """Its ``holds`` are the app registrations that its versions sign in with."""
    versions = row.get("appDefinitions")
    definitions = [one for one in versions if isinstance(one, Mapping)] if isinstance(versions, list) else []
    clients = {text(inside(one, "authorization"), "clientAppId") for one in definitions}
    bots = any(inside(one, "bot") for one in definitions)
    published = any(text(one, "publishingState") == "published" for one in definitions)
    return App(
        platform=PLATFORM,
        tenant=work.tenant,
        id=needed(row, "id"),
        name=text(row, "displayName") or needed(row, "id"),
        kind="teams_app",
        in_house=True,
        enabled=published if definitions else None,
        tags=("bot",) if bots else (),
        holds=tuple(sorted(client.lower() for client in clients if client)),
    )


def copilot_packages(work: Work, task: Task, cursor: str | None) -> Iterator[Page]:
    """Copilot packages that somebody in the tenant may use, and an install for each that was rolled out."""
    url = work.graph.url("/copilot/admin/catalog/packages")
    for stage in listed(work, url, CATALOGUE, cursor):
        offered = [row for row in stage.rows if text(row, "availableTo") != "none" or _deployed(row)]
        items, missed = made(offered, lambda row: _package(work, row))
        rolled = [row for row in offered if _deployed(row) and text(row, "id")]
        installs: list[Item] = [_install(work, row) for row in rolled]
        yield Page((*items, *installs), stage.cursor, read_at(work, stage), tuple(missed))


def _deployed(row: Row) -> bool:
    return text(row, "deployedTo") in ("some", "all")


def _package(work: Work, row: Row) -> App:
    client = text(row, "appId")
    blocked = row.get("isBlocked")
    return App(
        platform=PLATFORM,
        tenant=work.tenant,
        id=needed(row, "id"),
        name=text(row, "displayName") or needed(row, "id"),
        kind="agent_package",
        publisher=text(row, "publisher"),
        first_party=(text(row, "type") or "").lower() in ("microsoft", "firstparty"),
        enabled=not blocked if isinstance(blocked, bool) else None,
        created=moment(row.get("createdDateTime")),
        tags=(*texts(row, "elementTypes"), *(f"host:{host}" for host in texts(row, "supportedHosts"))),
        holds=(client.lower(),) if client else (),
    )


def _install(work: Work, row: Row) -> Grant:
    """For everyone, or for some whom the list does not name. It has no date."""
    package = needed(row, "id")
    principal = EVERYONE if text(row, "deployedTo") == "all" else None
    return Grant(PLATFORM, work.tenant, f"package/{package}", package, "install", principal)


def agent_identities(work: Work, task: Task, cursor: str | None) -> Iterator[Page]:
    """The identities that AI agents sign in with."""
    select = "id,appId,displayName,accountEnabled,servicePrincipalType,tags,agentIdentityBlueprintId"
    url = work.graph.url(f"/servicePrincipals/microsoft.graph.agentIdentity?$top={PAGE}&$select={select}")
    for stage in listed(work, url, DIRECTORY, cursor):
        items, missed = made(stage.rows, lambda row: _agent(work, row))
        yield Page(tuple(items), stage.cursor, read_at(work, stage), tuple(missed))


def _agent(work: Work, row: Row) -> App:
    """As the list of apps tells it, too: a cast that Graph has already made, so that the row itself does not say what it is."""
    return app({**row, "servicePrincipalType": "agentIdentity"}, work.tenant)
