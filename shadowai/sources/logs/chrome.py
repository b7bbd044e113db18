"""Chrome's audit log, as Google Workspace and Chrome Enterprise give it to administrators: activities of the Reports API.

What a person did with a page (opened one that is warned of, put content in, took some out) is an event whose parameters are a list
of names and values; ``URL`` is what was opened or sent to, ``TAB_URL`` the page it was done in. An activity has one event as a rule,
in a list or alone. Its ``CONTENT_SIZE`` is that of a file or text, not of what went over the network.
Source: https://developers.google.com/workspace/admin/reports/v1/appendix/activity/chrome.
"""

from shadowai.sources.logs.description import Json, LogFormat, Part, Take, TimeOf, When

_DOC = "https://developers.google.com/workspace/admin/reports/v1/appendix/activity/chrome"
_EVENT = "events.name|events.0.name"
_OF_PAGES = r"^(?!CONTENT_|URL_|UNSAFE_|SENSITIVE_|SUSPICIOUS_|DLP_|LOGIN_EVENT$|PASSWORD_|MALWARE_|DANGEROUS_)"


def _parameter(name: str) -> str:
    """Where the value of a parameter is."""
    return f"events.parameters.{name}|events.0.parameters.{name}"


def _page(name: str) -> Take:
    """A parameter that is the address of a page on the web."""
    return Part(_parameter(name), r"^(https?://\S+)")


_PAGES = (_page("URL"), _page("TAB_URL"))


CHROME = LogFormat(
    name="google_chrome_audit",
    title="Chrome audit log of Google Workspace and Chrome Enterprise (JSON)",
    vendor="Google",
    doc=_DOC,
    kind="http_request",
    family=Json(requires=(("id.applicationName", r"^chrome$"), ("id.time", r"^\d{4}-"), (_EVENT, r"^[A-Z_]+$"))),
    fields={
        "host": _PAGES,
        "url": _PAGES,
        "user": ("actor.email", _parameter("PROFILE_USER_NAME"), _parameter("DEVICE_USER")),
        "device": (_parameter("DEVICE_NAME"),),
        "client_ip": ("ipAddress",),
        "action": (_parameter("EVENT_RESULT"), _EVENT),
        "user_agent": (_parameter("USER_AGENT"),),
    },
    time=(TimeOf(("id.time",)),),
    zone="utc",
    rank=12,
    blocked=(When(((_parameter("EVENT_RESULT"), r"BLOCKED$"),)),),
    allowed=(When(((_parameter("EVENT_RESULT"), r"(?:ALLOWED|BYPASSED|DETECTED|REPORTED)$"),)),),
    uncounted=(When(((_EVENT, _OF_PAGES),), "an event of the browser or the device itself, no page"),),
    product="google_chrome_audit",
)

FORMATS = (CHROME,)
