"""What endpoint protection says of the web and of connections: Trend Micro Apex Central and Deep Security, Kaspersky Security Center (CEF),
WithSecure Elements.

Apex Central, https://docs.logrhythm.com/devices/docs/v-2-0-web-security-event: the class of a web violation is ``WB:`` and its category,
``act`` a number (0 unknown, 1 pass, 2 block, 3 monitor, 4 delete, 5 quarantine, 6 warn, 7 warn and continue, 8 override) or its word;
``shost`` is the endpoint, ``duser`` its user, where in records of mail it is who was written to. A data loss incident (``700106``) has its
account and its result (0, and 32 to 35, are blocks) under labels. Other records are detections on the endpoint, of which ``dst`` and
``dhost`` are the endpoint's own.
Deep Security, https://help.deepsecurity.trendmicro.com/10/0/Events-Alerts/syslog-parsing.html: ``dvchost``, or ``dvc``, is the computer of
the agent, wherever the message was sent from. Its ``in`` and ``out`` are of a packet.
Kaspersky Security Center, https://support.kaspersky.com/KESWin/11.7.0/en-US/214871.htm: ``dhost`` and ``dst`` are the managed device; who
opened what, and with what result, is in the text of the event.
"""

from shadowai.sources.logs.description import Cef, Json, LogFormat, Part, Take, TimeOf, When

_NOWHERE = "names no destination"
_WEB, _DATA_LOSS = r"^WB:", r"^700106$"
_REACHES_OUT = r"^(?:WB:|CnC:|NCIE:|700106$)"

APEX_CENTRAL = LogFormat(
    name="trendmicro_apex_central",
    title="Trend Micro Apex Central: web, C&C and DLP violations (CEF)",
    vendor="Trend Micro",
    doc="https://docs.logrhythm.com/devices/docs/v-2-0-web-security-event",
    kind="http_request",
    family=Cef(device=r"^Trend Micro\|(?:Apex Central|Control Manager)$"),
    fields={
        "host": ("request",),
        "url": ("request",),
        "user": (
            Part("duser", r"(.+)", only=(("cef.class", _WEB),)),
            Part("label.Incident_Source_(AD_Account)", r"(.+)", only=(("cef.class", _DATA_LOSS),)),
        ),
        "device": ("shost", "dvchost"),
        "client_ip": ("src", "c6a2"),
        "server_ip": (Part("dst", r"(.+)", only=(("cef.class", _REACHES_OUT),)),),
        "server_port": ("dpt",),
        "action": ("act",),
    },
    time=(TimeOf(("rt",)),),
    zone="utc",
    rank=12,
    kinds=((When((("request", r"^$"),)), "connection"),),
    blocked=(
        When((("cef.class", _WEB), ("act", r"(?i)^(?:[245]$|block|delete|quarantine)"))),
        When((("cef.class", r"^(?:CnC|NCIE):"), ("act", r"(?i)^block"))),
        When((("cef.class", _DATA_LOSS), ("label.Action", r"(?i)^(?:0|3[2-5])$|^block"))),
    ),
    allowed=(
        When((("cef.class", _WEB), ("act", r"(?i)^(?:[1378]$|pass|monitor|warn and continue|override)"))),
        When((("cef.class", r"^(?:CnC|NCIE):"), ("act", r"(?i)^(?:pass|log|monitor)"))),
        When((("cef.class", _DATA_LOSS), ("label.Action", r"(?i)^(?:[234]|1[2-5]|3[016])$|^pass"))),
    ),
    uncounted=(
        When((("cef.class", rf"^(?!{_REACHES_OUT[1:]})"),), "a detection on the endpoint, not use of a service"),
        When((("request", r"^$"), ("dst", r"^$")), _NOWHERE),
    ),
    product="trendmicro_apex_central",
)

DEEP_SECURITY = LogFormat(
    name="trendmicro_deep_security",
    title="Trend Micro Deep Security and Workload Security agent (CEF)",
    vendor="Trend Micro",
    doc="https://help.deepsecurity.trendmicro.com/10/0/Events-Alerts/syslog-parsing.html",
    kind="connection",
    family=Cef(device=r"^Trend Micro\|Deep Security Agent$"),
    fields={
        "host": ("request",),
        "url": ("request",),
        "user": ("suser",),
        "device": ("dvchost", Part("dvc", r"^(?![\d.]+$)(.+)")),
        "client_ip": ("src", "dvc"),
        "server_ip": ("dst",),
        "server_port": ("dpt",),
        "action": ("act", "msg"),
    },
    rank=12,
    kinds=((When((("request", r"."),)), "http_request"),),
    blocked=(
        When((("act", r"(?i)^(?:block|deny|drop|reset)"),)),
        When((("request", r"."), ("msg", r"(?i)^blocked\b"))),
    ),
    allowed=(When((("act", r"(?i)^(?:allow|bypass|log|detect only|ids:)"),)),),
    uncounted=(When((("request", r"^$"), ("dst", r"^$")), _NOWHERE),),
    product="trendmicro_deep_security",
)

_SAID = r"(?:(?<!\S)|(?<=\\n))"
"""Where a line of the text begins, or a word of it: its breaks are written ``\\r\\n``. In an address no blank is."""
_OBJECT = rf"{_SAID}Object: ?(https?://[^\s\\]+)"
_SITE: tuple[Take, ...] = ("request", Part("msg", _OBJECT))

SECURITY_CENTER = LogFormat(
    name="kaspersky_security_center",
    title="Kaspersky Security Center: web events of the endpoints (CEF)",
    vendor="Kaspersky",
    doc="https://support.kaspersky.com/KESWin/11.7.0/en-US/214871.htm",
    kind="http_request",
    family=Cef(device=r"^Kaspersky ?Lab\|Security ?Center$"),
    fields={
        "host": _SITE,
        "url": _SITE,
        "user": ("duser", Part("msg", rf"{_SAID}User: ?([^(\r\n]{{1,100}}?) \(")),
        "device": ("dhost",),
        "client_ip": ("dst", "c6a3"),
        "action": (Part("msg", rf"{_SAID}Result(?: description)?: ?([A-Za-z]+)"),),
    },
    time=(TimeOf(("rt",)), TimeOf(("end",))),
    zone="utc",
    rank=12,
    blocked=(
        When((("cef.class", r"^GNRL_EV_WEB_URL_BLOCKED"),)),
        When((("msg", rf"{_SAID}Result(?: description)?: ?(?:Blocked|Denied|Prohibited)\b"),)),
    ),
    allowed=(When((("msg", rf"{_SAID}Result(?: description)?: ?(?:Allowed|Detected)\b"),)),),
    uncounted=(
        When(
            (("request", r"^$"), ("msg", rf"^(?![\s\S]*{_OBJECT})")), "an event of the endpoint, not use of a service"
        ),
    ),
    product="kaspersky_security_center",
)

_URL: tuple[Take, ...] = (
    Part("details.url", r"^hxxp(s?://.+)", into="http{}"),
    "details.url",
)
"""WithSecure writes a harmful address as ``hxxp``, so that nobody opens it by mistake."""

WITHSECURE = LogFormat(
    name="withsecure_elements",
    title="WithSecure Elements: browsing protection, firewall (JSON)",
    vendor="WithSecure",
    doc="https://connect.withsecure.com/api-reference/security-events",
    kind="http_request",
    family=Json(
        requires=(
            ("engine", ""),
            ("device.name|device.id", ""),
            ("details.alertType", r"^[a-z_]+\.[a-z_.]+$"),
            ("details.profileId|details.hostIpAddress|details.clientTimestamp", ""),
        )
    ),
    fields={
        "host": _URL,
        "url": _URL,
        "user": ("details.userName",),
        "device": ("device.name",),
        "client_ip": ("details.localAddress", Part("details.hostIpAddress", r"^([0-9A-Fa-f.:]+)")),
        "server_ip": ("details.remoteAddress",),
        "server_port": ("details.remotePort",),
        "action": ("action",),
    },
    time=(TimeOf(("details.clientTimestamp",)), TimeOf(("clientTimestamp",)), TimeOf(("serverTimestamp",))),
    zone="utc",
    rank=12,
    kinds=((When((("details.remoteAddress", r"."),)), "connection"),),
    blocked=(When((("action", r"(?i)^block"),)),),
    allowed=(When((("action", r"(?i)^(?:allow|report)"),)),),
    uncounted=(
        When((("details.url", r"^$"), ("details.remoteAddress", r"^$")), _NOWHERE),
        When((("details.ruleDirection", r"(?i)^inbound$"),), "a connection to the device"),
    ),
    product="withsecure_elements",
)

FORMATS = (APEX_CENTRAL, DEEP_SECURITY, SECURITY_CENTER, WITHSECURE)
