"""What doctor finds out, and says to do."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from shadowai.connector import Probe, Session, Token
from shadowai.sweep.doctor import examine as diagnose
from shadowai.tenant import TenantError, Trouble
from shadowai_connectors.entra_clouds import endpoints
from shadowai_connectors.entra_doctor import PROBES, examine
from shadowai_connectors.entra_signals import ROLES, SIGNALS
from tests.connectors.entra_tenant import CLIENT, GRAPH_APP, TENANT, Reply, SignedIn, Tenant, refusal, session_to

DENIED = refusal(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.")


@pytest.fixture
def tenant(monkeypatch: pytest.MonkeyPatch) -> Iterator[Tenant]:
    """A tenant where everything may be read."""
    monkeypatch.setenv("ENTRA_SECRET", "correct-horse")
    made = Tenant()
    made.app(0, "Microsoft Graph", app_id=GRAPH_APP)
    for path, _ in PROBES.values():
        made.lists[path.partition("?")[0]] = []
    yield made
    made.close()


def probes(tenant: Tenant, *granted: str, tier: str = "deep") -> list[Probe]:
    """What is found with those permissions."""
    tenant.tier = tier
    with session_to(tenant) as session:
        return list(examine(session, endpoints(tenant.settings), tenant.settings["tenant"], granted))


def of(found: list[Probe], signal: str) -> Probe:
    """The probe of one signal."""
    return next(probe for probe in found if probe.signal == signal)


def test_every_signal_has_its_probe(tenant: Tenant) -> None:
    assert set(PROBES) == {signal.name for signal in SIGNALS}
    found = probes(tenant)
    assert [(probe.signal, probe.finding) for probe in found] == [(signal.name, "ok") for signal in SIGNALS]
    assert all("$top=1" in target for method, target, _, _ in tenant.asked if method == "GET")


def test_only_the_tier_is_probed(tenant: Tenant) -> None:
    found = probes(tenant, tier="minimal")
    assert {probe.signal for probe in found} == {"apps", "grants", "roles", "assignments"}
    assert not [path for path in tenant.calls if "auditLogs" in path or "copilot" in path]
    assert {probe.finding for probe in found} == {"ok"}


def test_what_the_tier_leaves_out_is_not_needed_and_not_ok(tenant: Tenant) -> None:
    tenant.tier = "standard"
    entra = SignedIn()
    entra.permissions = tuple(sorted({signal.any_of[0] for signal in SIGNALS if signal.tier != "deep"}))
    with session_to(tenant, entra=entra) as session:
        found = list(diagnose("example", entra, session).probes)
    left = {probe.signal: probe.detail for probe in found if probe.finding == "unasked"}
    assert set(left) == {signal.name for signal in SIGNALS if signal.tier == "deep"}
    needs = "needs CopilotPackages.Read.All, and Microsoft Agent 365"
    assert left["copilot-packages"] == f'tier = "deep" asks for it, and {needs}'
    assert {probe.finding for probe in found if probe.signal != "*"} == {"ok", "unasked"}
    assert not [probe for probe in found if probe.finding == "excess"]


def test_a_permission_of_a_higher_tier_is_too_much(tenant: Tenant) -> None:
    found = probes(tenant, "AuditLog.Read.All", "Application.Read.All", tier="minimal")
    assert [(probe.detail, probe.remedy) for probe in found if probe.finding == "excess"] == [
        ('AuditLog.Read.All is not needed before tier = "standard"', "take AuditLog.Read.All away")
    ]


def test_a_service_that_takes_no_page_size_is_asked_without(tenant: Tenant) -> None:
    tenant.put["/copilot/admin/catalog/packages"] = [refusal(400, "BadRequest", "Invalid page size")]
    assert of(probes(tenant), "copilot-packages").finding == "ok"
    assert [t.partition("?")[2] for _, t, _, _ in tenant.asked if "/copilot/" in t] == ["$top=1", ""]


def test_a_missing_permission_is_named_with_its_identifier_and_where_to_consent(tenant: Tenant) -> None:
    tenant.always["/oauth2PermissionGrants"] = DENIED
    found = of(probes(tenant, "Application.Read.All"), "grants")
    assert found.finding == "scope" and "Authorization_RequestDenied" in found.detail
    assert f"DelegatedPermissionGrant.Read.All ({ROLES['DelegatedPermissionGrant.Read.All']})" in found.remedy
    assert f"https://login.example.test/{TENANT}/adminconsent?client_id={CLIENT}" in found.remedy


@pytest.mark.parametrize(
    ("signal", "path", "reply", "granted", "finding", "words"),
    [
        ("consents", "/auditLogs/directoryAudits", DENIED, "AuditLog.Read.All", "role", "needs a role"),
        (
            "copilot-packages",
            "/copilot/admin/catalog/packages",
            DENIED,
            "CopilotPackages.Read.All",
            "licence",
            "Agent 365",
        ),
        ("copilot-packages", "/copilot/admin/catalog/packages", DENIED, "", "scope", "72f0655d"),
        (
            "sign-ins",
            "/beta/reports/servicePrincipalSignInActivities",
            refusal(403, "Authentication_RequestFromNonPremiumTenantOrB2CTenant", "Neither tenant is B2C or …"),
            "AuditLog.Read.All",
            "licence",
            "P1",
        ),
        ("apps", "/servicePrincipals", refusal(400, "AadPremiumLicenseRequired", "x"), "", "licence", "a licence"),
        (
            "teams-apps",
            "/appCatalogs/teamsApps",
            refusal(403, "Forbidden", "User is not in the allowed roles"),
            "",
            "role",
            "",
        ),
        ("people", "/directoryObjects/getByIds", DENIED, "", "scope", ROLES["User.ReadBasic.All"]),
        (
            "requests",
            "/identityGovernance/appConsent/appConsentRequests",
            (200, {}, b"<html>"),
            "",
            "unreachable",
            "gateway",
        ),
    ],
)
def test_what_is_missing_is_told_apart(
    tenant: Tenant, signal: str, path: str, reply: Reply, granted: str, finding: str, words: str
) -> None:
    tenant.always[path] = reply
    found = of(probes(tenant, *filter(None, [granted])), signal)
    assert found.finding == finding and words in found.remedy


def test_one_refusal_does_not_hide_the_other_signals(tenant: Tenant) -> None:
    tenant.always["/servicePrincipals"] = DENIED
    found = probes(tenant)
    assert of(found, "apps").finding == "scope" and of(found, "grants").finding == "ok"


@pytest.mark.parametrize(
    "permission", ["Directory.ReadWrite.All", "Sites.FullControl.All", "Mail.Send", "Directory.AccessAsUser.All"]
)
def test_what_can_change_things_is_too_much(tenant: Tenant, permission: str) -> None:
    (found,) = (probe for probe in probes(tenant, permission) if probe.finding == "excess")
    assert permission in found.detail and "change" in found.detail


def test_a_broad_permission_is_too_much_where_narrow_ones_do(tenant: Tenant) -> None:
    narrow = {signal.any_of[0] for signal in SIGNALS}
    assert [probe.finding for probe in probes(tenant, *sorted(narrow)) if probe.signal == "*"] == []
    assert [
        probe.finding for probe in probes(tenant, *sorted(narrow), "Directory.Read.All") if probe.signal == "*"
    ] == ["excess"]
    fewer = sorted(narrow - {"DelegatedPermissionGrant.Read.All"})
    assert [probe for probe in probes(tenant, *fewer, "Directory.Read.All") if probe.signal == "*"] == []


def test_what_nothing_needs_is_too_much_and_signing_in_is_not(tenant: Tenant) -> None:
    found = [probe.detail for probe in probes(tenant, "Mail.Read", "openid", "profile") if probe.finding == "excess"]
    assert found == ["Mail.Read is not needed"]


def test_the_connector_signs_in_first(tenant: Tenant) -> None:
    entra = SignedIn()
    entra.permissions = ("Group.Read.All",)
    with session_to(tenant, entra=entra) as session:
        found = list(entra.doctor(session))
    assert [probe.detail for probe in found if probe.finding == "excess"] == ["Group.Read.All is not needed"]


def test_credentials_that_were_refused_concern_everything(tenant: Tenant) -> None:
    class Refused(SignedIn):
        def token(self, session: Session, audience: str) -> Token:
            raise TenantError(Trouble.CREDENTIALS, "sign-in refused: invalid_client")

    with session_to(tenant, entra=Refused()) as session:
        found = diagnose("example", Refused(), session)
    asked = {probe.finding for probe in found.probes if probe.signal != "*" and probe.finding != "unasked"}
    assert not found.fine and asked == {"credentials"}
