"""Apps that are no app registrations: Teams apps of the organisation, Copilot packages and seats, agent identities.

Sources: https://learn.microsoft.com/graph/api/resources/teamsappdefinition,
https://learn.microsoft.com/microsoft-365/copilot/extensibility/api/admin-settings/package/resources/copilotpackage,
https://learn.microsoft.com/graph/api/resources/agentidentity.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from urllib.parse import quote

from shadowai.tenant import EVERYONE, App, Grant, Item, Page, Task
from shadowai_connectors.entra_graph import PAGE
from shadowai_connectors.entra_items import PLATFORM, Row, app, identifier, inside, made, moment, needed, text, texts
from shadowai_connectors.entra_signals import CATALOGUE, DIRECTORY
from shadowai_connectors.entra_work import Work, listed, read_at

COPILOT = "microsoft-365-copilot"
SEATS: Mapping[str, str] = {
    "639dec6b-bb19-468b-871c-c5c441c4b0cb": "Microsoft_365_Copilot",
    "a809996b-059e-42e2-9866-db24b99a9782": "M365_Copilot",
    "ad9c22b3-52d7-4e7e-973c-88121ea96436": "Microsoft_365_Copilot_EDU",
}
"""The products whose licence is a seat of Microsoft 365 Copilot and of nothing else, by identifier (skuId) and name (skuPartNumber):
https://learn.microsoft.com/entra/identity/users/licensing-service-plan-reference. Bundles that hold Copilot among much else are left
out: their owners may have it switched off."""


def copilot_seats(work: Work, task: Task, cursor: str | None) -> Iterator[Page]:
    """Who has a seat of Microsoft 365 Copilot by the product in the task's argument. A seat is leave to use it, not use, and has no
    date."""
    sku = task.arguments[0]
    for stage in listed(work, work.graph.url(f"{licensed(sku)}&$top={PAGE}"), DIRECTORY, cursor, cost=2.0):
        items, missed = made(stage.rows, lambda row: _seat(work, row, sku))
        bought = [_copilot(work)] if items else []
        yield Page((*bought, *items), stage.cursor, read_at(work, stage), (*missed, *stage.missed))


def licensed(sku: str) -> str:
    """What asks for the users to whom a product is assigned."""
    chosen = quote(f"assignedLicenses/any(one:one/skuId eq {sku})", safe="'()/:")
    return f"/users?$filter={chosen}&$select=id"


def _copilot(work: Work) -> App:
    """Copilot as it was bought: the licence says what it is, as no name does."""
    return App(
        PLATFORM,
        work.tenant,
        COPILOT,
        "Microsoft 365 Copilot",
        kind="vendor_org",
        verified_publisher="Microsoft",
        homepage="https://m365.cloud.microsoft/chat",
        first_party=True,
        enabled=True,
        tags=("embedded",),
    )


def _seat(work: Work, row: Row, sku: str) -> Grant:
    who = identifier(row, "id")
    return Grant(PLATFORM, work.tenant, f"seat/{sku}/{who}", COPILOT, "seat", who, (f"licence:{SEATS[sku]}",))


def teams_apps(work: Work, task: Task, cursor: str | None) -> Iterator[Page]:
    """The apps that the organisation put into its own Teams catalogue. The store's thousands are no evidence of anything: what is used
    of them is known by its app registration."""
    chosen = quote("distributionMethod eq 'organization'", safe="'")
    url = work.graph.url(f"/appCatalogs/teamsApps?$filter={chosen}&$expand=appDefinitions($expand=bot)")
    for stage in listed(work, url, CATALOGUE, cursor):
        items, missed = made(stage.rows, lambda row: _teams_app(work, row))
        yield Page(tuple(items), stage.cursor, read_at(work, stage), (*missed, *stage.missed))


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
        yield Page((*items, *installs), stage.cursor, read_at(work, stage), (*missed, *stage.missed))


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
        yield Page(tuple(items), stage.cursor, read_at(work, stage), (*missed, *stage.missed))


def _agent(work: Work, row: Row) -> App:
    """As the list of apps tells it, too: a cast that Graph has already made, so that the row itself does not say what it is."""
    return app({**row, "servicePrincipalType": "agentIdentity"}, work.tenant)
