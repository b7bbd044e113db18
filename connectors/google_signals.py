"""What can be gathered from Google Workspace, what each needs to be allowed, and the quotas that requests share.

Sources: the discovery documents that google-api-python-client carries (scopes and page sizes), and
https://developers.google.com/workspace/admin/reports/v1/limits and /workspace/admin/directory/v1/limits (quotas).
"""

from __future__ import annotations

from collections.abc import Mapping

from shadowai.connector import Quota
from shadowai.errors import UsageError
from shadowai.tenant import Signal

_AUTH = "https://www.googleapis.com/auth/"
AUDIT = f"{_AUTH}admin.reports.audit.readonly"
USERS = f"{_AUTH}admin.directory.user.readonly"
SECURITY = f"{_AUTH}admin.directory.user.security"
"""The only scope of tokens.list. It may also delete tokens and application passwords: there is no reading one."""
CHROME = f"{_AUTH}chrome.management.reports.readonly"
CHROME_APPS = f"{_AUTH}chrome.management.appdetails.readonly"

REPORTS = Quota("google-reports", 40.0, burst=10.0, concurrent=8)
"""2,400 requests a minute for each user and project."""
FILTERED = Quota("google-reports-filter", 250 / 60, burst=4.0, concurrent=4)
"""250 a minute for activities.list with ``eventName`` or ``filters``: no more than four windows at a time."""
DIRECTORY = Quota("google-directory", 40.0, burst=10.0, concurrent=8)
"""2,400 a minute for each user and project."""
MANAGEMENT = Quota("google-chrome", 5.0, burst=5.0, concurrent=4)
"""Chrome Management documents no number: gently."""
TOKENS = Quota("google-token", 5.0, burst=5.0, concurrent=2)
"""Exchanges of assertions for tokens: one an hour for each scope."""

TIERS = ("minimal", "standard", "deep")

SIGNALS = (
    Signal(
        "grants",
        "OAuth grants and withdrawals of the last 180 days",
        "reports activities.list token",
        (AUDIT,),
        required=True,
        cost="a request for each 1,000 events: first 180 days, then what is new",
        remedy="admin role privilege: Reports",
        gives=("apps", "grants", "people", "events"),
    ),
    Signal(
        "use",
        "calls that AI apps made with their grants, and how much they read",
        "reports activities.list token activity",
        (AUDIT,),
        cost="once a week, at least one request for each AI app",
        remedy="admin role privilege: Reports",
        gives=("apps", "people", "use"),
        after=("grants", "gemini", "tokens"),
    ),
    Signal(
        "gemini",
        "use of Gemini, Workspace Studio and Gemini Notebook",
        "reports activities.list gemini_in_workspace_apps, workspace_studio, gemini_notebook",
        (AUDIT,),
        licence="an edition with Gemini",
        cost="once a week, a request for each 1,000 events of one day",
        remedy="admin role privilege: Reports",
        gives=("apps", "people", "use"),
    ),
    Signal(
        "people",
        "users, with their departments",
        "directory users.list",
        (USERS,),
        tier="standard",
        cost="once a week, a request for each 500 users",
        remedy="admin role privilege: Admin API, Users, Read",
        gives=("people",),
    ),
    Signal(
        "extensions",
        "Chrome extensions, and who has those that are AI",
        "chromemanagement reports.countInstalledApps, findInstalledAppProfiles, findInstalledAppDevices",
        (CHROME,),
        tier="standard",
        licence="managed Chrome browsers or profiles",
        cost="once a week, a request for each 100 extensions and 100 installations",
        remedy="admin role privilege: Chrome Management, View Extensions List Report",
        gives=("apps", "grants", "people"),
    ),
    Signal(
        "requests",
        "Chrome extensions that users have asked for",
        "chromemanagement apps.countChromeAppRequests, fetchUsersRequestingExtension",
        (CHROME_APPS,),
        tier="standard",
        licence="managed Chrome browsers or profiles",
        cost="once a week, a request for each 50 extensions",
        remedy="admin role privilege: Chrome Management, Managed Browsers and App details",
        gives=("offers", "requests", "people"),
    ),
    Signal(
        "tokens",
        "grants as they stand, those older than 180 days too",
        "directory tokens.list",
        (SECURITY,),
        tier="deep",
        cost="a request for each user of an AI app, and a seventh of all users a day",
        remedy="admin role privilege: Admin API, Users, Read and User Security Management",
        gives=("apps", "grants"),
    ),
)


def signal(name: str) -> Signal:
    """The signal of that name. Raises :class:`KeyError`."""
    return {found.name: found for found in SIGNALS}[name]


def wanted(settings: Mapping[str, str]) -> tuple[Signal, ...]:
    """The signals of the setting ``tier`` (``standard`` where there is none) and of those below it. ``tokens`` is never among them
    unless ``tokens_list = true`` asks for it by name, for its scope may change things."""
    tier, tokens = settings.get("tier", "standard"), settings.get("tokens_list", "false")
    if tier not in TIERS:
        raise UsageError(f"no tier is called {tier!r}", remedy=f"one of: {', '.join(TIERS)}")
    if tokens not in ("true", "false"):
        raise UsageError("tokens_list is neither true nor false")
    if tier == "deep" and tokens == "false":
        raise UsageError(
            'tier = "deep" asks for tokens.list, whose scope may also delete tokens',
            remedy='set tokens_list = true as well, or tier = "standard"',
        )
    reached = TIERS[: TIERS.index(tier) + 1]
    return tuple(found for found in SIGNALS if (tokens == "true" if found.name == "tokens" else found.tier in reached))


def scopes(settings: Mapping[str, str]) -> tuple[str, ...]:
    """The scopes of the wanted signals, each once: what domain-wide delegation must list. Whose tokens are asked
    for is read from the list of users."""
    found = [found.any_of[0] for found in wanted(settings)]
    return tuple(dict.fromkeys([*found, *([USERS] if SECURITY in found else [])]))
