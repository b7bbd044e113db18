"""Consents, as the log tells them."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from shadowai.tenant import EVERYONE, Activity, Event, Page, Task
from shadowai_connectors.entra_audit import ACTIVITIES, consents, sign_ins, window
from shadowai_connectors.entra_work import DAY
from tests.connectors.entra_tenant import GRAPH_APP, MICROSOFT, NOW, Tenant, guid, resumed, work_on

LOG = "/auditLogs/directoryAudits"
MICROS = NOW * 1_000_000


@pytest.fixture
def tenant() -> Iterator[Tenant]:
    """Microsoft Graph and an app."""
    made = Tenant()
    made.app(0, "Microsoft Graph", owner=MICROSOFT, app_id=GRAPH_APP)
    made.app(1, "Notes")
    made.lists[LOG] = []
    yield made
    made.close()


def record(activity: str, targets: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    """An event of the log."""
    return {
        "id": f"Directory_{activity}",
        "activityDisplayName": activity,
        "activityDateTime": "2026-11-10T10:00:00.1234567Z",
        "result": "success",
        "initiatedBy": {"user": {"id": guid(3, 1).upper(), "userPrincipalName": "user1@example.com"}, "app": None},
        "targetResources": targets,
        **more,
    }


def target(object_id: str, kind: str = "ServicePrincipal", **changes: str) -> dict[str, Any]:
    """What an event is about, and what changed: new values are JSON texts within JSON."""
    properties = [
        {"displayName": name.replace("__", "."), "oldValue": None, "newValue": json.dumps(value)}
        for name, value in changes.items()
    ]
    return {"id": object_id, "type": kind, "displayName": "x", "modifiedProperties": properties}


def user_consent(**more: Any) -> dict[str, Any]:
    """One user's consent."""
    permissions = (
        f"[] => [[Id: Grant_1, ClientId: {guid(1, 1)}, PrincipalId: {guid(3, 7)}, ResourceId: {guid(1, 0)}, "
        "ConsentType: Principal, Scope: User.Read Mail.Read, CreatedDateTime: , LastModifiedDateTime ]]; "
    )
    changes = {
        "ConsentContext__IsAdminConsent": "False",
        "ConsentContext__IsAppOnly": "False",
        "ConsentContext__OnBehalfOfAll": "False",
        "ConsentAction__Permissions": permissions,
        "TargetId__ServicePrincipalNames": f"https://notes.example;{guid(2, 1)}",
    }
    return record("Consent to application", [target(guid(1, 1), **changes)], **more)


def events(tenant: Tenant, *rows: Any) -> list[Event]:
    """What a sweep makes of those rows."""
    tenant.lists[LOG] = list(rows)
    pages = resumed(consents, tenant, Task("consents", "consents", window(None, MICROS)))
    assert [missed for page in pages for missed in page.missed] == []
    return [item for page in pages for item in page.items if isinstance(item, Event)]


def test_a_user_s_consent_names_the_app_the_user_and_the_scopes(tenant: Tenant) -> None:
    (found,) = events(tenant, user_consent())
    assert found == Event(
        platform="entra",
        tenant=found.tenant,
        id="Directory_Consent to application",
        app=guid(2, 1),
        what="granted",
        time=1_794_304_800_123_456,
        principal=guid(3, 7),
        scopes=("Mail.Read", "User.Read"),
        by=guid(3, 1),
    )


def test_an_administrator_s_consent_is_for_everyone(tenant: Tenant) -> None:
    permissions = "[] => [[Id: G, PrincipalId: , ConsentType: AllPrincipals, Scope: Mail.Read, CreatedDateTime: ]]; "
    changes = {"ConsentContext__OnBehalfOfAll": "True", "ConsentAction__Permissions": permissions}
    (found,) = events(tenant, record("Consent to application", [target(guid(1, 1), **changes)]))
    assert (found.principal, found.scopes, found.by) == (EVERYONE, ("Mail.Read",), guid(3, 1))


def test_only_what_was_added_counts(tenant: Tenant) -> None:
    permissions = (
        "[[Id: G, ConsentType: Principal, Scope: Old.Read ]] => [[Id: G, ConsentType: Principal, Scope: New.Read ]]; "
    )
    (found,) = events(
        tenant, record("Consent to application", [target(guid(1, 1), ConsentAction__Permissions=permissions)])
    )
    assert found.scopes == ("New.Read",)


def grant(number: int, scope: str, *, who: int | None = 7) -> str:
    """A grant as the log's notation has it."""
    kind = "AllPrincipals" if who is None else "Principal"
    principal = "" if who is None else guid(3, who)
    return (
        f"[Id: Grant_{number}, ClientId: {guid(1, 1)}, PrincipalId: {principal}, ConsentType: {kind}, Scope: {scope}]"
    )


@pytest.mark.parametrize(
    ("before", "after", "what", "principal", "scopes"),
    [
        ((), (grant(1, "Mail.Read"),), "granted", guid(3, 7), ("Mail.Read",)),
        (
            (grant(1, "Mail.Read"),),
            (grant(1, "Mail.Read Files.Read"),),
            "changed",
            guid(3, 7),
            ("Files.Read", "Mail.Read"),
        ),
        ((grant(1, "Mail.Read"),), (grant(1, "Mail.Read"),), "changed", guid(3, 7), ("Mail.Read",)),
        (
            (grant(1, "User.Read", who=None),),
            (grant(1, "User.Read", who=None), grant(2, "Mail.Read")),
            "granted",
            guid(3, 7),
            ("Mail.Read",),
        ),
        (
            (grant(2, "Mail.Read"),),
            (grant(2, "Mail.Read"), grant(1, "Files.Read", who=None)),
            "granted",
            EVERYONE,
            ("Files.Read",),
        ),
    ],
    ids=["first", "more", "written before the consent", "beside everyone's", "everyone's beside one"],
)
def test_a_consent_is_what_it_added_and_dates_only_what_is_new(
    tenant: Tenant, before: tuple[str, ...], after: tuple[str, ...], what: str, principal: str, scopes: tuple[str, ...]
) -> None:
    told = f"[{', '.join(before)}] => [{', '.join(after)}]; "
    (found,) = events(tenant, record("Consent to application", [target(guid(1, 1), ConsentAction__Permissions=told)]))
    assert (found.what, found.principal, found.scopes) == (what, principal, scopes)


@pytest.mark.parametrize(
    ("old", "what"), [('" User.Read"', "changed"), ('""', "granted"), (None, "granted"), ("[]", "granted")]
)
def test_a_grant_whose_permissions_were_others_was_there_before(tenant: Tenant, old: str | None, what: str) -> None:
    row = target(guid(1, 0), ServicePrincipal__ObjectID=guid(1, 1))
    name = "DelegatedPermissionGrant.Scope"
    row["modifiedProperties"].append({"displayName": name, "oldValue": old, "newValue": '" User.Read Mail.Read"'})
    (found,) = events(tenant, record("Add delegated permission grant", [row]))
    assert (found.what, found.scopes) == (what, ("Mail.Read", "User.Read"))


def test_of_a_delegated_permission_the_first_target_is_the_resource(tenant: Tenant) -> None:
    changes = {
        "DelegatedPermissionGrant__Scope": " User.Read openid",
        "DelegatedPermissionGrant__ConsentType": "Principal",
        "ServicePrincipal__ObjectID": guid(1, 1),
        "TargetId__ServicePrincipalNames": f"{GRAPH_APP};https://graph.microsoft.com",
    }
    row = record("Add delegated permission grant", [target(guid(1, 0), **changes), target(guid(1, 1))])
    (found,) = events(tenant, row)
    assert (found.app, found.scopes, found.principal) == (guid(2, 1), ("User.Read", "openid"), guid(3, 1))
    tenant.apps.pop(guid(1, 1))
    (later,) = events(tenant, row)
    assert later.app == guid(1, 1), "never the resource's"


def test_a_withdrawal_tells_what_was_there(tenant: Tenant) -> None:
    gone = target(guid(1, 0), ServicePrincipal__ObjectID=guid(1, 1))
    gone["modifiedProperties"].append(
        {"displayName": "DelegatedPermissionGrant.Scope", "oldValue": '"Mail.Read"', "newValue": None}
    )
    (found,) = events(tenant, record("Remove delegated permission grant", [gone]))
    assert (found.what, found.scopes) == ("revoked", ("Mail.Read",))


def test_an_app_s_own_permission_is_nobody_s(tenant: Tenant) -> None:
    changes = {"AppRole__Value": "Mail.Read", "ServicePrincipal__ObjectID": guid(1, 1)}
    (found,) = events(tenant, record("Add app role assignment to service principal", [target(guid(1, 0), **changes)]))
    assert (found.app, found.principal, found.scopes) == (guid(2, 1), None, ("Mail.Read",))


@pytest.mark.parametrize("value", [f'["{guid(2, 5)}"]', f'"{guid(2, 5)}"', guid(2, 5)])
def test_an_app_that_is_gone_is_known_by_what_the_log_wrote_down(tenant: Tenant, value: str) -> None:
    gone = {
        "id": guid(1, 5),
        "type": "ServicePrincipal",
        "modifiedProperties": [{"displayName": "AppPrincipalId", "newValue": value}],
    }
    (found,) = events(tenant, record("Add service principal", [gone]))
    assert (found.app, found.what, found.principal) == (guid(2, 5), "installed", None)


def test_an_app_that_only_details_name_is_known_by_them(tenant: Tenant) -> None:
    details = [{"key": "User-Agent", "value": "EvoSTS"}, {"key": "AppId", "value": guid(2, 6)}]
    (found,) = events(tenant, record("Remove service principal", [target(guid(1, 6))], additionalDetails=details))
    assert (found.app, found.what) == (guid(2, 6), "removed")


def test_what_failed_or_is_about_something_else_is_no_event(tenant: Tenant) -> None:
    assert events(tenant, user_consent(result="failure"), record("Add user", [target(guid(3, 3), "User")])) == []


@pytest.mark.parametrize(
    "row",
    [
        {},
        {"id": None},
        {"targetResources": None},
        {"targetResources": [3]},
        {"activityDateTime": "then"},
        {"targetResources": [{"id": 5, "modifiedProperties": [{"displayName": 5}, 6, None]}]},
    ],
)
def test_an_event_that_cannot_be_read_is_missed_and_the_rest_is_not(tenant: Tenant, row: dict[str, Any]) -> None:
    broken = {**user_consent(), **row} if row else {"activityDisplayName": "Consent to application"}
    tenant.lists[LOG] = [broken, user_consent()]
    pages = resumed(consents, tenant, Task("consents", "consents", window(None, MICROS)))
    assert sum(len(page.items) for page in pages) == 1 and sum(len(page.missed) for page in pages) == 1


def test_the_log_is_asked_for_its_window_and_its_activities(tenant: Tenant) -> None:
    pages = resumed(consents, tenant, Task("consents", "consents", window(None, MICROS)))
    query = parse_qs(urlsplit(tenant.asked[0][1]).query)
    assert query["$top"] == ["1000"]
    assert query["$filter"][0].endswith(
        "activityDateTime ge 2026-10-19T11:06:40Z and activityDateTime lt 2026-11-18T11:06:40Z"
    )
    assert all(f"activityDisplayName eq '{activity}'" in query["$filter"][0] for activity in ACTIVITIES)
    assert pages[-1].mark == str(MICROS)


def test_a_long_log_is_read_page_by_page(tenant: Tenant) -> None:
    tenant.largest = 10
    rows = [user_consent(id=f"Directory_{number}") for number in range(35)]
    assert len({event.id for event in events(tenant, *rows)}) == 35


def test_windows_overlap_for_what_arrives_late() -> None:
    assert window(None, MICROS) == (str(MICROS - 30 * DAY), str(MICROS))
    assert window(str(MICROS - DAY), MICROS) == (str(MICROS - 3 * DAY), str(MICROS))
    assert window(str(MICROS - 90 * DAY), MICROS) == (str(MICROS - 30 * DAY), str(MICROS))
    assert window(str(MICROS + 90 * DAY), MICROS) == (str(MICROS - 30 * DAY), str(MICROS))  # of a wrong clock
    assert window("nonsense", MICROS)[0] == str(MICROS - 30 * DAY)


def test_the_log_is_asked_no_faster_than_it_allows(tenant: Tenant) -> None:
    from tests.connectors.entra_tenant import Clock

    clock = Clock()
    tenant.largest = 1
    tenant.lists[LOG] = [user_consent(id=f"Directory_{number}") for number in range(15)]
    with work_on(tenant, clock) as work:
        list(consents(work, Task("consents", "consents", window(None, MICROS)), None))
    assert clock.slept >= (15 - 5) / 0.5 - 1


def test_sign_ins_tell_when_an_app_was_last_used(tenant: Tenant) -> None:
    path = "/beta/reports/servicePrincipalSignInActivities"
    tenant.lists[path] = [
        {"id": "1", "appId": guid(2, 1).upper(), "lastSignInActivity": {"lastSignInDateTime": "2026-11-10T10:00:00Z"}},
        {"id": "2", "appId": guid(2, 2), "lastSignInActivity": {"lastSignInDateTime": "0001-01-01T00:00:00Z"}},
        {"id": "3", "appId": guid(2, 3), "lastSignInActivity": None},
    ]
    pages: list[Page] = resumed(sign_ins, tenant, Task("sign-ins", "sign-ins"))
    (found,) = (item for page in pages for item in page.items)
    assert isinstance(found, Activity)
    assert (found.app, found.principal, found.first, found.last) == (guid(2, 1), None, *[1_794_304_800_000_000] * 2)
