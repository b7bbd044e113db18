"""Arista NG Firewall (Edge Threat Management, Untangle) events over syslog: one JSON object a line, told apart by ``class``.

``C`` and ``S`` before a name are the client's and the server's side of the firewall, so ``CClientAddr`` is the client before and
``SServerAddr`` the server behind translation; ``c2pBytes`` went from the client to the firewall. Times are the firewall's own.
"""

from shadowai.sources.logs.description import Json, LogFormat, Part, TimeOf, When

_HTTP = r"\bHttpRequestEvent$"
_REQUEST = (("class", _HTTP),)
_ANSWER = (("class", r"\bHttpResponseEvent$"),)
_LINE = Part("requestLine", r"^[A-Z]{2,16} ([a-z]{1,8}://\S+)")
_OF = ("sessionEvent.", "", "httpRequestEvent.sessionEvent.")
"""Where an event has what belongs to its session."""


def _session(*names: str) -> tuple[str, ...]:
    return tuple(place + name for name in names for place in _OF)


NGFW = LogFormat(
    name="arista_ngfw",
    title="Arista NG Firewall (Untangle) events",
    vendor="Arista",
    doc="https://wiki.edge.arista.com/index.php/Event_Definitions",
    kind="connection",
    family=Json(requires=(("class", r"^(?:class )?com\.untangle\."), ("timeStamp|endTime", ""))),
    fields={
        "host": (*(Part(key, r"(.+)", _REQUEST) for key in ("host", "domain")), "httpRequestEvent.host", _LINE),
        "url": (_LINE,),
        "path": ("requestUri", "httpRequestEvent.requestUri"),
        "user": _session("username"),
        "device": _session("hostname"),
        "client_ip": (*_session("CClientAddr"), "clientAddr"),
        "server_ip": _session("SServerAddr"),
        "server_port": _session("SServerPort"),
        "method": ("method", "httpRequestEvent.method", Part("requestLine", r"^([A-Z]{2,16}) ")),
        "bytes_up": (
            "c2pBytes",
            Part("contentLength", r"^(\d+)$", _REQUEST),
            "httpRequestEvent.contentLength",
        ),
        "bytes_down": ("p2cBytes", Part("contentLength", r"^(\d+)$", _ANSWER)),
    },
    time=(TimeOf(("timeStamp",)), TimeOf(("endTime",))),
    kinds=((When((("class", r"\b(?:HttpRequest|HttpResponse|WebFilter)Event$"),)), "http_request"),),
    blocked=(When((("blocked", r"(?i)^true$"),)), When((("action", r"(?i)^block"),))),
    allowed=(When((("blocked", r"(?i)^false$"),)),),
    uncounted=(
        When(
            (("class", r"\bSessionEvent$"),),
            "the start of a session; its end is counted",
            (("class", r"\bSessionStatsEvent$"),),
        ),
        When(_ANSWER, "the answer to a request; the request is counted", _REQUEST),
        When(
            (("class", r"\b(?:WebFilter|Firewall|Application\w*|AdBlocker|Virus\w*)Event$"),),
            "a verdict on a session or request, which is counted",
            (("class", r"\b(?:HttpRequest|Session|SessionStats)Event$"),),
        ),
        When(
            tuple((key, r"^$") for key in _session("SServerAddr")),
            "an event of the firewall itself, not use of a service",
        ),
    ),
    product="arista_ngfw",
)

FORMATS = (NGFW,)
