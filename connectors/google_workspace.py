"""Google Workspace: who has let which app at their mail, files and calendar, which AI extensions are installed, and who uses Gemini.

Grants come from the audit log by default, which one reading permission opens; ``tokens.list`` is asked only where ``tokens_list = true``,
for its only scope may also delete. See ``docs/connectors/google-workspace.md`` for what an administrator has to set up.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from shadowai.connector import Allowed, Probe, Session, Token, View
from shadowai.errors import UsageError
from shadowai.tenant import Page, Signal, Task
from shadowai_connectors import google_chrome, google_directory, google_logs
from shadowai_connectors.google_access import access
from shadowai_connectors.google_client import DIRECTORY_API, REPORTS_API, Google
from shadowai_connectors.google_plan import plan
from shadowai_connectors.google_records import PLATFORM
from shadowai_connectors.google_settings import SETTINGS, Account, Roots, account
from shadowai_connectors.google_signals import AUDIT, DIRECTORY, REPORTS, SECURITY, SIGNALS, USERS, signal, wanted
from shadowai_connectors.rest import Row, host, probes

_Run = Callable[[Google, tuple[str, ...], str | None], Iterator[Page]]
_RUNS: Mapping[str, _Run] = {
    "authorize": google_logs.consents,
    "revoke": google_logs.consents,
    "use": google_logs.use,
    "gemini": google_logs.workspace_ai,
    "people": google_directory.people,
    "tokens": google_directory.tokens,
    "extensions": google_chrome.extensions,
    "profiles": google_chrome.profiles,
    "devices": google_chrome.devices,
    "requests": google_chrome.requests,
    "askers": google_chrome.askers,
}
"""What does a task, by the beginning of its name."""


class GoogleWorkspace:
    """The connector ``google``."""

    name = PLATFORM
    title = "Google Workspace"
    settings: Mapping[str, str] = SETTINGS
    secrets = ("key", "federation")
    signals: tuple[Signal, ...] = SIGNALS

    def allowed(self, settings: Mapping[str, str]) -> Sequence[Allowed]:
        """Reading requests to the interfaces that the wanted signals need, and those for tokens."""
        who = account(settings)
        names = {found.name for found in wanted(settings)}
        return (*_reading(who.roots, names), *_for_tokens(who))

    def wanted(self, settings: Mapping[str, str]) -> Sequence[Signal]:
        """Those of the tier, and ``tokens`` where it is asked for by name."""
        return wanted(settings)

    def token(self, session: Session, audience: str) -> Token:
        """A token for the scope that ``audience`` is."""
        return access(session, audience or AUDIT)

    def tenant(self, settings: Mapping[str, str]) -> str:
        """The customer id where it is set, else the administrator's domain."""
        wanted(settings)
        return account(settings).tenant

    def plan(self, view: View) -> Sequence[Task]:
        """What is to be asked, as far as it is known."""
        return plan(view)

    def run(self, task: Task, session: Session, cursor: str | None) -> Iterator[Page]:
        """The pages of a task."""
        kind = task.name.partition("/")[0]
        if kind not in _RUNS:
            raise UsageError(f"there is no task {task.name!r}")
        return _RUNS[kind](Google(session), task.arguments, cursor)

    def doctor(self, session: Session) -> Iterator[Probe]:
        """One small request for each wanted signal. ``tokens`` is no matter of the tier: where it is left out, that is said here."""
        found = wanted(session.settings)
        google = Google(session)
        yield from probes(found, lambda name: _probe(google, name))
        if signal("tokens") not in found:
            yield Probe("tokens", "unasked", remedy="tokens_list = true")
        else:
            detail = f"{SECURITY} may also delete tokens and application passwords; this program only reads"
            yield Probe(
                "tokens", "excess", detail, "leave it out unless grants older than 180 days matter: tokens_list = false"
            )


def _reading(roots: Roots, names: set[str]) -> Iterator[Allowed]:
    yield Allowed(host(roots.admin), "/admin/reports/v1/activity/users/all/applications")
    if names & {"people", "tokens"}:
        yield Allowed(host(roots.admin), "/admin/directory/v1/users")
    reports = ("reports:countInstalledApps", "reports:findInstalledAppProfiles", "reports:findInstalledAppDevices")
    apps = ("apps:countChromeAppRequests", "apps:fetchUsersRequestingExtension")
    for path in (*(reports if "extensions" in names else ()), *(apps if "requests" in names else ())):
        yield Allowed(host(roots.chrome), f"/v1/customers/*/{path}")


def _for_tokens(who: Account) -> Iterator[Allowed]:
    roots = who.roots
    yield Allowed(host(roots.token), "/token", "POST", "exchanges an assertion for a token", token=True)
    if who.how == "key":
        return
    path = f"/v1/projects/-/serviceAccounts/{who.service_account}:signJwt"
    yield Allowed(host(roots.signer), path, "POST", "signs the request for a token, and keeps nothing", token=True)
    if who.how == "federation":
        why = "exchanges the token of another identity provider for one of Google's"
        yield Allowed(host(roots.exchange), "/v1/token", "POST", why, token=True)
    else:
        path = "/computeMetadata/v1/instance/service-accounts/default/token"
        yield Allowed(host(roots.metadata), path, token=True, plain=True)


def _probe(google: Google, name: str) -> None:
    """The smallest request of a signal."""
    if name in ("grants", "use"):
        _one_record(google, "token")
    elif name == "gemini":
        _one_record(google, "gemini_in_workspace_apps")
    elif name == "people":
        _one_user(google)
    elif name == "tokens":
        # The administrator's own; and the list of users, without which nobody else's can be asked for.
        _of_administrator(google)
        _one_user(google)
    elif name == "extensions":
        google_chrome.asking(google, "countInstalledApps", size=1)(None)
    else:
        google_chrome.asking(google, "countChromeAppRequests", size=1)(None)


def _one_record(google: Google, application: str) -> Row:
    about = {"userKey": "all", "applicationName": application, "maxResults": 1}
    return google.ask(REPORTS_API, AUDIT, REPORTS, lambda api: api.activities().list(**about))


def _one_user(google: Google) -> Row:
    about = {"customer": google.account.customer, "maxResults": 1, "fields": "users(id)"}
    return google.ask(DIRECTORY_API, USERS, DIRECTORY, lambda api: api.users().list(**about))


def _of_administrator(google: Google) -> Row:
    who = google.account.administrator
    return google.ask(DIRECTORY_API, SECURITY, DIRECTORY, lambda api: api.tokens().list(userKey=who))
