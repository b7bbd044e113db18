"""Chrome's audit log, as Google Workspace and Chrome Enterprise give it to administrators: activities of the Reports API.

What a person did with a page (opened one that is warned of, put content in, took some out) is an event whose parameters are a list
of names and values; ``URL`` is what was opened or sent to, ``TAB_URL`` the page it was done in. An activity has one event as a rule,
in a list or alone. Its ``CONTENT_SIZE`` is that of a file or text, not of what went over the network.
Source: https://developers.google.com/workspace/admin/reports/v1/appendix/activity/chrome.
"""

from shadowai.sources.logs.description import Json, Key, LogFormat, Part, Take, TimeOf, When

_DOC = "https://developers.google.com/workspace/admin/reports/v1/appendix/activity/chrome"
_EVENT = "events.name|events.0.name"
_WEB = r"^(https?://\S+)"
_PLACES = range(40)
_OF_PAGES = r"^(?!CONTENT_|URL_|UNSAFE_|SENSITIVE_|SUSPICIOUS_|DLP_|LOGIN_EVENT$|PASSWORD_|MALWARE_|DANGEROUS_)"


def _at(place: int, what: str) -> str:
    return f"events.parameters.{place}.{what}|events.0.parameters.{place}.{what}"


def _parameter(name: str, pattern: str = r"^(.+)$") -> tuple[Take, ...]:
    """The value of a parameter, wherever in the list it is."""
    return tuple(Part(_at(place, "value"), pattern, only=((_at(place, "name"), rf"^{name}$"),)) for place in _PLACES)


def _result(pattern: str) -> tuple[When, ...]:
    """Whether the event's result is one of ``pattern``."""
    named: tuple[tuple[Key, str], ...] = tuple((_at(place, "name"), r"^EVENT_RESULT$") for place in _PLACES)
    return tuple(When((name, (_at(place, "value"), pattern))) for place, name in zip(_PLACES, named, strict=True))


CHROME = LogFormat(
    name="google_chrome_audit",
    title="Chrome audit log of Google Workspace and Chrome Enterprise (JSON)",
    vendor="Google",
    doc=_DOC,
    kind="http_request",
    family=Json(requires=(("id.applicationName", r"^chrome$"), ("id.time", r"^\d{4}-"), (_EVENT, r"^[A-Z_]+$"))),
    fields={
        "host": (*_parameter("URL", _WEB), *_parameter("TAB_URL", _WEB)),
        "url": (*_parameter("URL", _WEB), *_parameter("TAB_URL", _WEB)),
        "user": ("actor.email", *_parameter("PROFILE_USER_NAME"), *_parameter("DEVICE_USER")),
        "device": _parameter("DEVICE_NAME"),
        "client_ip": ("ipAddress",),
        "action": (*_parameter("EVENT_RESULT"), _EVENT),
        "user_agent": _parameter("USER_AGENT"),
    },
    time=(TimeOf(("id.time",)),),
    zone="utc",
    rank=12,
    blocked=_result(r"BLOCKED$"),
    allowed=_result(r"(?:ALLOWED|BYPASSED|DETECTED|REPORTED)$"),
    uncounted=(When(((_EVENT, _OF_PAGES),), "an event of the browser or the device itself, no page"),),
    product="google_chrome_audit",
)

FORMATS = (CHROME,)
