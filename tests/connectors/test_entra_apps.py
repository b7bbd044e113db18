"""Apps, all of them or those that changed."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator
from unittest.mock import patch

import pytest

from shadowai.tenant import App, Removed, Task
from shadowai_connectors.entra_apps import all_apps, changed_apps
from shadowai_connectors.entra_items import Row
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


def test_a_changed_app_that_is_not_there_yet_is_missed_and_not_gone(tenant: Tenant) -> None:
    tenant.changes["/servicePrincipals"] = [
        {"id": guid(1, 4), "displayName": "App 4"},
        {"id": guid(1, 98), "appId": guid(2, 98), "displayName": "ChatGPT"},
        {"id": guid(1, 99), "@removed": {"reason": "deleted"}},
    ]
    with work_on(tenant) as work:
        link = work.graph.url("/servicePrincipals/delta?$deltatoken=0")
        (page,) = changed_apps(work, Task("apps", "apps", (link,), changes=True), None)
    assert [item for item in page.items if isinstance(item, Removed)] == [Removed("entra", TENANT, "app", guid(1, 99))]
    assert [item.name for item in page.items if isinstance(item, App)] == ["App 4"]
    assert [missed.detail for missed in page.missed] == ["1 changed apps are not there yet"]


def test_no_changes_take_one_call(tenant: Tenant) -> None:
    with work_on(tenant) as work:
        link = work.graph.url("/servicePrincipals/delta?$deltatoken=0")
        (page,) = changed_apps(work, Task("apps", "apps", (link,), changes=True), None)
    assert page.items == () and tenant.calls == ["/servicePrincipals/delta"]


def test_who_meets_a_new_app_meanwhile_waits_for_it_and_does_not_ask_too(tenant: Tenant) -> None:
    tenant.changes["/servicePrincipals"] = [{"id": guid(1, 4)}]
    met: list[str] = []
    with work_on(tenant) as work:

        def meet() -> None:
            met.extend(reference.app for reference in work.known.of([guid(1, 4)], work).values())

        other = threading.Thread(target=meet)
        ask = work.graph.by_ids

        def by_ids(ids: Iterable[str], kind: str, select: str) -> Iterator[Row]:
            if not other.is_alive():
                other.start()
            return ask(ids, kind, select)

        with patch.object(work.graph, "by_ids", by_ids):
            link = work.graph.url("/servicePrincipals/delta?$deltatoken=0")
            list(changed_apps(work, Task("apps", "apps", (link,), changes=True), None))
            other.join(5)
    assert met == [guid(2, 4)] and tenant.calls == ["/servicePrincipals/delta", "/directoryObjects/getByIds"]
