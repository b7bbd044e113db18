"""Chrome extensions of managed browsers and profiles: which there are, who has those that are AI, and who has asked for one.

Source: https://developers.google.com/chrome/management/reference/rest/v1/customers.reports and …/customers.apps.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from shadowai.tenant import App, Grant, GrantKind, Item, Page, Person
from shadowai_connectors.google_client import CHROME_API, Google
from shadowai_connectors.google_records import PLATFORM, unread
from shadowai_connectors.google_signals import CHROME, CHROME_APPS, MANAGEMENT
from shadowai_connectors.rest import Row, inside, micros, text, texts

REPORT_PAGE, APPS_PAGE = 100, 50
Made = Callable[[Row], tuple[Item, ...]]


def extensions(google: Google, arguments: tuple[str, ...], cursor: str | None) -> Iterator[Page]:
    """Every extension and app that is installed, with its permissions and how many have it."""
    yield from _pages(
        google, "installedApps", "countInstalledApps", arguments, cursor, lambda row: installed(google, row)
    )


def profiles(google: Google, arguments: tuple[str, ...], cursor: str | None) -> Iterator[Page]:
    """Whose profiles have an extension: ``arguments`` are its id and the time of the sweep."""
    yield from _pages(
        google,
        "profiles",
        "findInstalledAppProfiles",
        arguments,
        cursor,
        lambda row: held(google, arguments[0], "install", row),
    )


def devices(google: Google, arguments: tuple[str, ...], cursor: str | None) -> Iterator[Page]:
    """Which managed browsers have an extension, by machine: of whom is not said."""
    yield from _pages(
        google,
        "devices",
        "findInstalledAppDevices",
        arguments,
        cursor,
        lambda row: on_device(google, arguments[0], row),
    )


def requests(google: Google, arguments: tuple[str, ...], cursor: str | None) -> Iterator[Page]:
    """The extensions that users have asked for."""
    yield from _pages(
        google, "requestedApps", "countChromeAppRequests", arguments, cursor, lambda row: wished(google, row)
    )


def askers(google: Google, arguments: tuple[str, ...], cursor: str | None) -> Iterator[Page]:
    """Who has asked for an extension: ``arguments`` are its id and the time of the sweep."""
    yield from _pages(
        google,
        "userDetails",
        "fetchUsersRequestingExtension",
        arguments,
        cursor,
        lambda row: held(google, arguments[0], "request", row),
    )


def installed(google: Google, row: Row) -> tuple[Item, ...]:
    """An installed extension or app; its number of users is the largest of profiles, users of ChromeOS, and browsers."""
    unique = text(row.get("appId"))
    if unique is None:
        return ()
    counts = [
        int(count) for key in ("profileCount", "osUserCount", "browserDeviceCount") if (count := _digits(row, key))
    ]
    kinds = (text(row.get(key)) for key in ("appType", "appSource", "appInstallType"))
    tags = tuple(kind.lower() for kind in kinds if kind and not kind.endswith("_UNSPECIFIED"))
    found = App(
        PLATFORM,
        google.tenant,
        unique,
        text(row.get("displayName")) or unique,
        kind="extension",
        homepage=text(row.get("homepageUri")),
        enabled=row.get("disabled") is not True,
        tags=(*tags, *_risk(row)),
        permissions=texts(row.get("permissions")),
        users=max(counts, default=None),
    )
    return (found,)


def held(google: Google, app: str, kind: GrantKind, row: Row) -> tuple[Item, ...]:
    """A profile that has an extension, or a user that asks for it, by address; a profile without one by its id."""
    address = text(row.get("email"))
    address = address.lower() if address and "@" in address else None
    other = text(row.get("profilePermanentId")) or text(row.get("profileId"))
    if address is not None:
        who = Person(PLATFORM, google.tenant, address, address)
        return who, Grant(PLATFORM, google.tenant, f"{app}/{kind}/{address}", app, kind, address)
    if other is None:
        return ()
    return (Grant(PLATFORM, google.tenant, f"{app}/{kind}/profile:{other}", app, kind),)


def on_device(google: Google, app: str, row: Row) -> tuple[Item, ...]:
    """An installation on a machine."""
    unique = text(row.get("deviceId")) or text(row.get("machine"))
    if unique is None:
        return ()
    return (Grant(PLATFORM, google.tenant, f"{app}/install/device:{unique}", app, "install"),)


def wished(google: Google, row: Row) -> tuple[Item, ...]:
    """An extension that was asked for, and the latest request for it."""
    unique = text(row.get("appId"))
    if unique is None:
        return ()
    latest = micros(row.get("latestRequestTime"))
    app = App(
        PLATFORM,
        google.tenant,
        unique,
        text(row.get("displayName")) or unique,
        kind="extension",
        homepage=text(row.get("detailUri")),
    )
    asked = Grant(
        PLATFORM,
        google.tenant,
        f"{unique}/request",
        unique,
        "request",
        granted=latest,
        date_source="api" if latest is not None else None,
    )
    return app, asked


def _pages(
    google: Google, key: str, method: str, arguments: tuple[str, ...], cursor: str | None, made: Made
) -> Iterator[Page]:
    """The pages of a report; ``arguments`` are the extension's id, where it is about one, and the time of the sweep."""
    *app, now = arguments
    for rows, token in google.pages(key, asking(google, method, *app), cursor):
        found = [made(row) for row in rows]
        broken = sum(not items for items in found)
        items = tuple(dict.fromkeys(item for several in found for item in several))
        yield Page(items, token, now if token is None else None, unread(broken))


def asking(google: Google, method: str, app: str = "", *, size: int | None = None) -> Callable[[str | None], Row]:
    """What asks for one page of a report."""
    report = not method.endswith(("Requests", "Extension"))
    scope = CHROME if report else CHROME_APPS
    about: dict[str, Any] = {"customer": f"customers/{google.account.customer}"}
    about["pageSize"] = size or (REPORT_PAGE if report else APPS_PAGE)
    if app:
        about["appId" if report else "extensionId"] = app

    def ask(token: str | None) -> Row:
        def make(api: Any) -> Any:
            customers = api.customers()
            collection = customers.reports() if report else customers.apps()
            return getattr(collection, method)(**about, pageToken=token)

        return google.ask(CHROME_API, scope, MANAGEMENT, make)

    return ask


def _digits(row: Row, key: str) -> str | None:
    found = text(row.get(key))
    return found if found and found.isascii() and found.isdigit() and len(found) < 16 else None


def _risk(row: Row) -> tuple[str, ...]:
    """How the assessors that Google shows judge it: ``risk_level_high``."""
    listed = inside(row, "riskAssessment").get("entries")
    levels = (
        [text(entry.get("riskLevel")) for entry in listed if isinstance(entry, dict)]
        if isinstance(listed, list)
        else []
    )
    return tuple(sorted({level.lower() for level in levels if level and not level.endswith("_UNSPECIFIED")}))
