"""Arista NG Firewall (Edge Threat Management, Untangle) events over syslog: one JSON object a line, told apart by ``class``.

``C`` and ``S`` before a name are the client's and the server's side of the firewall, so ``CClientAddr`` is the client before and
``SServerAddr`` the server behind translation; ``c2pBytes`` went from the client to the firewall. Times are the firewall's own.
"""

from shadowai.sources.logs.description import Json, LogFormat, Part, TimeOf, When

_HTTP = r"\bHttpRequestEvent$"
_REQUEST = (("class", _HTTP),)

NGFW = LogFormat(
    name="arista_ngfw",
    title="Arista NG Firewall (Untangle) events",
    vendor="Arista",
    doc="https://wiki.edge.arista.com/index.php/Event_Definitions",
    kind="connection",
    family=Json(requires=(("class", r"^(?:class )?com\.untangle\."), ("timeStamp|endTime", ""))),
    fields={
        "host": tuple(Part(key, r"(.+)", _REQUEST) for key in ("host", "domain")),
        "path": ("requestUri",),
        "user": ("sessionEvent.username", "username"),
        "device": ("sessionEvent.hostname", "hostname"),
        "client_ip": ("sessionEvent.CClientAddr", "CClientAddr", "clientAddr"),
        "server_ip": ("sessionEvent.SServerAddr", "SServerAddr"),
        "server_port": ("sessionEvent.SServerPort", "SServerPort"),
        "method": ("method",),
        "bytes_up": ("c2pBytes", Part("contentLength", r"^(\d+)$", _REQUEST)),
        "bytes_down": ("p2cBytes",),
    },
    time=(TimeOf(("timeStamp",)), TimeOf(("endTime",))),
    kinds=((When((("class", _HTTP),)), "http_request"),),
    blocked=(When((("blocked", r"(?i)^true$"),)), When((("action", r"(?i)^block"),))),
    allowed=(When((("blocked", r"(?i)^false$"),)),),
    uncounted=(
        When(
            (("class", r"\bSessionEvent$"),),
            "the start of a session; its end is counted",
            (("class", r"\bSessionStatsEvent$"),),
        ),
        When((("class", r"\bHttpResponseEvent$"),), "the answer to a request; the request is counted"),
        When(
            (("class", r"\b(?:WebFilter|Firewall|Application\w*|AdBlocker|Virus\w*)Event$"),),
            "a verdict on a session or request, which is counted",
            (("class", r"\b(?:HttpRequest|Session|SessionStats)Event$"),),
        ),
        When(
            (("SServerAddr", r"^$"), ("sessionEvent.SServerAddr", r"^$")),
            "an event of the firewall itself, not use of a service",
        ),
    ),
    product="arista_ngfw",
)

FORMATS = (NGFW,)
