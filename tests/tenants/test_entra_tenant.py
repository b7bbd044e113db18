"""A made Entra tenant is found as it is: at first, on the next days, and whatever goes wrong on the way."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from shadowai.pipeline import ScanOptions
from shadowai.swept_report import SweptReport
from shadowai.tenant import Swept
from tests.tenants.entra_sweeps import Measured, entra_tenant
from tests.tenants.entra_truth import truth
from tests.tenants.faults import GRAPH, Faults
from tests.tenants.microsoft import CLIENT, ITS_SERVER, Directory, Size

SERVICES = ("anthropic-claude", "openai-chatgpt", "deepseek", "elevenlabs"), ("anthropic-claude", "openai-chatgpt")
"""By verified publisher, and by reply address, in the order of the tenant's."""
SMALL = Size().by(100)


def exact(measured: Measured) -> None:
    """Nothing lost, nothing invented, nothing left out."""
    assert measured.incomplete == ()
    assert measured.difference.none, (str(measured.difference), measured.difference.examples)


def test_a_tenant_is_found_as_it_is_and_so_is_what_changes(tmp_path: Path) -> None:
    with entra_tenant(SMALL, tmp_path) as made:
        first = made.sweep()
        exact(first)
        assert first.mode == "targeted" and first.calls.total() <= 40
        assert first.difference.found["grant"] > 200 and first.difference.found["event"] > 90
        for new in (True, False, True):
            made.next_day(new=new)
            later = made.sweep()
            exact(later)
            assert later.mode == "delta" and later.asked <= (9 if new else 7), later.calls
        whole = made.sweep("full")
        exact(whole)
        assert whole.difference.found["grant"] > 2000


def test_the_inventory_is_that_of_the_truth(tmp_path: Path) -> None:
    def judge(swept: Swept) -> None:
        there = truth(made.tenant, swept.began / 1_000_000)
        real = replace(
            swept,
            apps=tuple(there.apps),
            grants=tuple(there.grants),
            people=tuple(there.people),
            events=tuple(there.events),
        )
        for report in (SweptReport(ScanOptions(), {}), SweptReport(ScanOptions(by="user"), {})):
            found, wanted = report.report([swept], []), report.report([real], [])
            assert found.entries == wanted.entries and found.gaps == ()
        services = {
            entry.service_id: entry.users for entry in SweptReport(ScanOptions(), {}).report([swept], []).entries
        }
        assert services == expected(made.tenant)

    with entra_tenant(SMALL, tmp_path, faults=Faults(GRAPH, 0.1, seed=3), limited=False) as made:
        exact(made.sweep(also=judge))


def expected(tenant: Directory) -> dict[str, int]:
    """The users of each AI service, counted from the numbers that the tenant was made of."""
    users: dict[str, set[int]] = {}
    for n in filter(tenant.is_ai, tenant.app_numbers()):
        service = "anthropic-claude" if n in (CLIENT, ITS_SERVER) else SERVICES[n % 3 > 0][n % (2 if n % 3 else 4)]
        people = users.setdefault(service, set())
        people |= {user for _, _, _, user, _ in tenant.grants_of(n) if user >= 0}
        people |= {user for _, user in tenant.assigned_to(n)}
    return {service: len(people) for service, people in users.items()}


def test_delta_links_that_have_expired_are_a_full_look(tmp_path: Path) -> None:
    with entra_tenant(SMALL, tmp_path) as made:
        exact(made.sweep())
        for _ in range(8):
            made.next_day()
        exact(made.sweep("delta"))


@pytest.mark.parametrize("fault", GRAPH)
def test_a_fault_loses_and_invents_nothing(tmp_path: Path, fault: str) -> None:
    faults = Faults((fault,), 0.3, seed=5)
    with entra_tenant(SMALL, tmp_path, faults=faults, limited=False, largest=15) as made:
        exact(made.sweep())
    assert faults.struck[fault] > 0


def test_all_faults_together(tmp_path: Path) -> None:
    faults = Faults(GRAPH, 0.3, seed=11)
    with entra_tenant(SMALL, tmp_path, faults=faults, limited=False, largest=15) as made:
        exact(made.sweep())
        made.next_day()
        exact(made.sweep())
    assert len(faults.struck) > len(GRAPH) // 2


def test_the_server_is_as_hostile_as_it_says(tmp_path: Path) -> None:
    """Small pages lose rows; more than the quota is refused; a page token lives half an hour."""
    import requests

    from tests.tenants.server import certificates

    with entra_tenant(SMALL, tmp_path) as made, requests.Session() as http:
        http.verify, http.trust_env = str(certificates() / "ca.pem"), False
        root, tenant = made.graph.root, made.settings["tenant"]
        form = {"client_secret": "a-secret-of-the-made-tenant", "grant_type": "client_credentials"}
        token = http.post(f"{root}/{tenant}/oauth2/v2.0/token", form).json()["access_token"]
        http.headers["Authorization"] = f"Bearer {token}"
        url: str | None = f"{root}/v1.0/oauth2PermissionGrants?$top=100"
        seen: list[str] = []
        while url:
            body = http.get(url).json()
            seen += [row["id"] for row in body["value"]]
            url = body.get("@odata.nextLink")
        whole = http.get(f"{root}/v1.0/oauth2PermissionGrants?$top=999").json()
        assert 0 < len(seen) < sum(1 for n in range(SMALL.apps) for _ in made.tenant.grants_of(n))
        day = "activityDateTime ge 2026-11-01T00:00:00Z and activityDateTime lt 2026-11-02T00:00:00Z"
        audits = f"{root}/v1.0/auditLogs/directoryAudits?$filter={day}"
        assert 429 in [http.get(audits).status_code for _ in range(8)]
        made.clock.advance(1900)
        old = http.get(whole["@odata.nextLink"])
        assert (old.status_code, old.json()["error"]["code"]) == (400, "Directory_ExpiredPageToken")
