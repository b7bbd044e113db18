"""From what Microsoft Graph answers to the nouns of a tenant. Pure functions; a row that lacks what it is known by is no item.

Property names: https://learn.microsoft.com/graph/api/resources/serviceprincipal, …/oauth2permissiongrant,
…/approleassignment, …/user.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from shadowai.tenant import EVERYONE, App, Grant, Item, Missed, Person, TenantError, Trouble

Row = Mapping[str, Any]

PLATFORM = "entra"

MICROSOFT = frozenset({"f8cdef31-a31e-4b4a-93e4-5f571e91255a", "72f988bf-86f1-41af-91ab-2d7cd011db47"})
"""The tenants that own Microsoft's own apps."""

APP_SELECT = (
    "id,appId,appDisplayName,displayName,appOwnerOrganizationId,applicationTemplateId,createdByAppId,accountEnabled,isDisabled,"
    "disabledByMicrosoftStatus,homepage,loginUrl,replyUrls,servicePrincipalType,signInAudience,tags,verifiedPublisher,info,"
    "appRoleAssignmentRequired,notes"
)
"""What is asked of an app. Never its credentials, not even their public halves."""

PERSON_SELECT = "id,userPrincipalName,mail,displayName,department,accountEnabled"
BASIC_SELECT = "id,userPrincipalName,mail,displayName"
"""What User.ReadBasic.All gives."""

DEFAULT_ROLE = "00000000-0000-0000-0000-000000000000"
"""The role of an assignment that says no more than that somebody may use an app."""

Roles = Mapping[str, str]
"""From a resource's role identifiers to the names of its permissions."""


def text(row: Row, key: str) -> str | None:
    """A text that is there and says something."""
    value = row.get(key)
    return value.strip() or None if isinstance(value, str) else None


def needed(row: Row, key: str) -> str:
    """A text without which the row means nothing."""
    value = text(row, key)
    if value is None:
        raise TenantError(Trouble.UNEXPECTED, f"an object came without {key}")
    return value


def identifier(row: Row, key: str) -> str:
    """A needed identifier in the one spelling that is compared: GUIDs are in lower case."""
    return needed(row, key).lower()


def texts(row: Row, key: str) -> tuple[str, ...]:
    """A list of texts; anything else in it is left out."""
    value = row.get(key)
    return tuple(item for item in value if isinstance(item, str) and item) if isinstance(value, list) else ()


def inside(row: Row, key: str) -> Row:
    """A nested object, empty where there is none."""
    value = row.get(key)
    return value if isinstance(value, Mapping) else {}


def moment(value: object) -> int | None:
    """A time as Graph writes it (ISO 8601, up to seven digits of a second) in microseconds since 1970; ``None`` for what is none,
    and for year 1, which Graph writes where it does not know."""
    if not isinstance(value, str):
        return None
    try:
        read = datetime.fromisoformat(value.strip())
    except ValueError:
        return None
    read = read.replace(tzinfo=read.tzinfo or UTC)
    passed = read - datetime(1970, 1, 1, tzinfo=UTC)
    micros = (passed.days * 86_400 + passed.seconds) * 1_000_000 + passed.microseconds
    return micros if micros > 0 else None


def stamp(micros: int) -> str:
    """The time as a filter takes it: whole seconds, UTC."""
    return datetime.fromtimestamp(micros // 1_000_000, tz=UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def app(row: Row, tenant: str, *, holds: tuple[str, ...] = ()) -> App:
    """A service principal. An agent's identity, which has no registration of its own, is known by its object's identifier."""
    object_id = identifier(row, "id")
    owner = (text(row, "appOwnerOrganizationId") or "").lower() or None
    kind = (text(row, "servicePrincipalType") or "").lower()
    agent = kind == "agentidentity" or text(row, "@odata.type") == "#microsoft.graph.agentIdentity"
    app_id = (text(row, "appId") or "").lower()
    return App(
        platform=PLATFORM,
        tenant=tenant,
        id=app_id or object_id,
        name=text(row, "displayName") or text(row, "appDisplayName") or app_id or object_id,
        kind="agent_identity" if agent else "oauth_app",
        object_id=object_id,
        publisher=text(row, "publisherName"),
        verified_publisher=text(inside(row, "verifiedPublisher"), "displayName"),
        owner_tenant=owner,
        homepage=text(row, "homepage") or text(inside(row, "info"), "marketingUrl") or text(row, "loginUrl"),
        reply_urls=texts(row, "replyUrls"),
        first_party=owner in MICROSOFT,
        in_house=owner == tenant or kind == "managedidentity",
        enabled=_enabled(row),
        created=moment(row.get("createdDateTime")),
        tags=_tags(row),
        holds=holds,
    )


def _enabled(row: Row) -> bool | None:
    off = row.get("isDisabled") is True or (text(row, "disabledByMicrosoftStatus") or "").startswith("Disabled")
    value = row.get("accountEnabled")
    return False if off else value if isinstance(value, bool) else None


def _tags(row: Row) -> tuple[str, ...]:
    """The app's own tags, and what else is worth knowing of it by a word: gallery, disabled by Microsoft, an agent's blueprint."""
    extra = []
    if text(row, "applicationTemplateId"):
        extra.append("gallery")
    if (text(row, "disabledByMicrosoftStatus") or "").startswith("Disabled"):
        extra.append("disabled-by-microsoft")
    if blueprint := text(row, "agentIdentityBlueprintId"):
        extra.append(f"blueprint:{blueprint.lower()}")
    return (*texts(row, "tags"), *extra)


def delegated(row: Row, tenant: str, app_id: str, resource: str) -> Grant:
    """An ``oAuth2PermissionGrant``: it has no date. ``app_id`` and ``resource`` are what its object identifiers stand for."""
    everyone = text(row, "consentType") == "AllPrincipals"
    return Grant(
        platform=PLATFORM,
        tenant=tenant,
        id=needed(row, "id"),
        app=app_id,
        kind="delegated",
        principal=EVERYONE if everyone else identifier(row, "principalId"),
        scopes=tuple(sorted(set((text(row, "scope") or "").split()))),
        resource=resource,
    )


def application(row: Row, tenant: str, app_id: str, resource: str, roles: Roles) -> Grant:
    """An ``appRoleAssignment`` of an app: a permission that it has as itself. A role that its resource does not list keeps its
    identifier for a name."""
    role = identifier(row, "appRoleId")
    return Grant(
        platform=PLATFORM,
        tenant=tenant,
        id=needed(row, "id"),
        app=app_id,
        kind="application",
        scopes=() if role == DEFAULT_ROLE else (roles.get(role, role),),
        resource=resource,
        granted=(granted := moment(row.get("createdDateTime"))),
        date_source=None if granted is None else "api",
    )


def assignment(row: Row, tenant: str, app_id: str) -> Grant:
    """An ``appRoleAssignment`` of a user or a group: they may use the app. A group's identifier names no person."""
    return Grant(
        platform=PLATFORM,
        tenant=tenant,
        id=needed(row, "id"),
        app=app_id,
        kind="assignment",
        principal=identifier(row, "principalId"),
        granted=(granted := moment(row.get("createdDateTime"))),
        date_source=None if granted is None else "api",
    )


def person(row: Row, tenant: str) -> Person:
    """A user; other sources know them by their user principal name, which is mostly their mail address."""
    enabled = row.get("accountEnabled")
    return Person(
        platform=PLATFORM,
        tenant=tenant,
        id=identifier(row, "id"),
        address=text(row, "userPrincipalName") or text(row, "mail"),
        name=text(row, "displayName"),
        department=text(row, "department"),
        enabled=enabled if isinstance(enabled, bool) else None,
    )


def made(found: Iterable[Row], make: Callable[[Row], Item]) -> tuple[list[Item], list[Missed]]:
    """What ``make`` makes of each row; a row that it cannot read is missed, and the others are not."""
    items: list[Item] = []
    missed: list[Missed] = []
    for row in found:
        try:
            items.append(make(row))
        except TenantError as error:
            missed.append(Missed(error.trouble, error.detail, error.remedy))
    return items, missed
