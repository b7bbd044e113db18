"""Apps, all of them or those that changed."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from shadowai.tenant import App, Removed, Task
from shadowai_connectors.entra_apps import all_apps, changed_apps
from tests.connectors.entra_tenant import TENANT, Tenant, guid, resumed, work_on


@pytest.fixture
def tenant() -> Iterator[Tenant]:
    """A tenant of 25 apps in pages of ten."""
    made = Tenant()
    for number in range(25):
        made.app(number, f"App {number}")
    made.largest = 10
    yield made
    made.close()


def test_every_app_is_listed_also_after_a_kill_at_any_page(tenant: Tenant) -> None:
    pages = resumed(all_apps, tenant, Task("apps", "apps"))
    names = [item.name for page in pages for item in page.items if isinstance(item, App)]
    assert sorted(names) == sorted(f"App {number}" for number in range(25))
    assert pages[-1].mark is not None


def test_a_change_that_names_one_property_does_not_empty_the_others(tenant: Tenant) -> None:
    tenant.apps[guid(1, 4)]["replyUrls"] = ["https://claude.ai/api/mcp/auth_callback"]
    tenant.changes["/servicePrincipals"] = [
        {"id": guid(1, 4), "replyUrls@delta": ["https://claude.ai/api/mcp/auth_callback"]},
        {"id": guid(1, 99), "@removed": {"reason": "deleted"}},
        {"id": guid(1, 5), "@removed": {"reason": "changed"}},
    ]
    with work_on(tenant) as work:
        link = work.graph.url("/servicePrincipals/delta?$deltatoken=0")
        (page,) = changed_apps(work, Task("apps", "apps", (link,), changes=True), None)
    apps = {item.id: item for item in page.items if isinstance(item, App)}
    assert apps[guid(2, 4)].name == "App 4" and apps[guid(2, 4)].reply_urls
    assert guid(2, 5) in apps, "it is there again, whatever the change says"
    assert [item for item in page.items if isinstance(item, Removed)] == [Removed("entra", TENANT, "app", guid(1, 99))]


def test_no_changes_take_one_call(tenant: Tenant) -> None:
    with work_on(tenant) as work:
        link = work.graph.url("/servicePrincipals/delta?$deltatoken=0")
        (page,) = changed_apps(work, Task("apps", "apps", (link,), changes=True), None)
    assert page.items == () and tenant.calls == ["/servicePrincipals/delta"]
