"""SonicWall SonicOS: Enhanced Syslog and ArcSight (CEF) format.

``src`` and ``dst`` are ``address:port:interface`` and, where resolved, ``:name``. ``sent`` and ``rcvd`` (``out`` and ``in`` in CEF) are
what the source sent and received. ``time`` is the firewall's own unless it ends in ``UTC``.
"""

from shadowai.sources.logs.description import Cef, CsvHeader, KeyValue, LogFormat, Part, TimeOf, When

_DOC = "https://www.sonicwall.com/techdocs/pdf/SonicOSX-7-0-1-log_events_reference_guide.pdf"
_BLOCKED = r"(?i)^\"?(?:drop|deny|block|reset)"
_ALLOWED = r"(?i)^\"?(?:forward|allow|accept)"
_ADMIN = "administration of the firewall, not use of a service"
_OPENED = "the start of a connection; its end is counted"
_NAMED = r"^(?:\[[^\]]*\]|[^:]*):\d*:[^:]*:(.+)$"

_NOBODY = frozenset({"na", "unknown (sso failed)", "unknown (sso bypassed)", "unknown (external ip)", "unknown"})
"""What stands for a user whom single sign-on could not name or was told to leave alone, unless an administrator chose another name
(https://sonicwall.com/support/technical-documentation/docs/sonicos-7.0.1-users, SSO enforcement: "Log user name … for SSO bypasses")."""

_OPERATIONS = ((1, "GET"), (2, "POST"), (3, "HEAD"))
"""How the log of a web request says its method, where by a number."""

KV = LogFormat(
    name="sonicwall_kv",
    title="SonicWall SonicOS syslog",
    vendor="SonicWall",
    doc=_DOC,
    kind="connection",
    family=KeyValue(requires=("sn", "pri")),
    line=r'^(?=.*?\bsn="?(?:[0-9A-Fa-f]{12}|\w{1,32}"? +time="[^"]*" +fw=[\da-fA-F.:]+)"?\s)(?=.*?\bpri=\d)(?=.*?\s(?:m=\d|msg=))',
    shapes=(("sn", r'^"?[0-9A-Fa-f]{12}"?$'), ("pri", r"^\d"), ("m", r"^\d")),
    in_a_row=(("sn", "time"), ("m",)),
    fields={
        "host": ("dstname", Part("dst", _NAMED)),
        "path": ("arg",),
        "user": ("usr", "user", "susr"),
        "device": (Part("src", _NAMED),),
        "client_ip": (Part("src", r"^(\[[^\]]+\])"), "src", "srcV6"),
        "server_ip": (Part("dst", r"^(\[[^\]]+\])"), "dst", "dstV6"),
        "server_port": (Part("dst", r"^(?:\[[^\]]*\]|[^:]*):(\d+)"),),
        "method": (
            Part("op", r"^([A-Z]{3,8})$"),
            *(Part("op", f"^{code}$()", into=name) for code, name in _OPERATIONS),
        ),
        "action": ("fw_action", "msg"),
        "bytes_up": ("sent", "out"),
        "bytes_down": ("rcvd", "in"),
    },
    time=(TimeOf(("time",)),),
    lasted=("cdur",),
    lasted_ms=True,
    nulls=_NOBODY,
    kinds=((When((("dstname", r"."),)), "http_request"),),
    blocked=(
        When((("fw_action", _BLOCKED),)),
        When((("m", r"^(?:14|36|37|38|41|173|174|522|523|524|1198|1199|1200|1201)$"),)),
        When((("msg", r"(?i)(?:access denied|\bdropped|\bblocked)\b"),)),
    ),
    allowed=(When((("fw_action", _ALLOWED),)), When((("m", r"^(?:16|97|98|537)$"),))),
    uncounted=(
        When((("m", r"^98$"),), _OPENED, (("m", r"^537$"),)),
        When((("m", r"^1197$"),), "the address translation of a connection; its end is counted", (("m", r"^537$"),)),
        When((("msg", r"(?i)administrat|configuration (?:mode|succeeded|failed)"),), _ADMIN),
        When((("id", r"^sslvpn$"),), "an event of the VPN gateway, not use of a service"),
        When((("dst", r"^$"), ("dstname", r"^$")), "names no destination"),
    ),
    product="sonicwall",
)

CEF = LogFormat(
    name="sonicwall_cef",
    title="SonicWall SonicOS in CEF",
    vendor="SonicWall",
    doc=_DOC,
    kind="connection",
    family=Cef(device=r"^SonicWall\|"),
    fields={
        "host": ("request", "dhost", "dstname"),
        "url": ("request",),
        "user": ("susr", "suser", "usr"),
        "device": ("shost",),
        "client_ip": ("src",),
        "server_ip": ("dst",),
        "server_port": ("dpt",),
        "action": (Part("fw_action", r"^\"?([^\"]+)"), "cef.name"),
        "bytes_up": ("out",),
        "bytes_down": ("in",),
    },
    time=(TimeOf(("rt",)), TimeOf(("start",))),
    nulls=_NOBODY,
    kinds=((When((("request", r"."),)), "http_request"),),
    blocked=(
        When((("fw_action", _BLOCKED),)),
        When((("cef.class", r"^(?:14|36|37|38|41|173|174|522|523|524|1198|1199|1200|1201)$"),)),
        When((("cef.name", r"(?i)(?:access denied|\bdropped|\bblocked)\b"),)),
    ),
    allowed=(When((("fw_action", _ALLOWED),)), When((("cef.class", r"^(?:16|97|98|537)$"),))),
    uncounted=(
        When((("cef.class", r"^98$"),), _OPENED, (("cef.class", r"^537$"),)),
        When((("cef.name", r"(?i)administrat|configuration (?:mode|succeeded|failed)"),), _ADMIN),
        When((("dst", r"^$"), ("request", r"^$")), "names no destination"),
    ),
    product="sonicwall",
)

EXPORT = LogFormat(
    name="sonicwall_csv",
    title="SonicWall SonicOS event log exported as CSV from the web interface",
    vendor="SonicWall",
    doc=_DOC,
    kind="connection",
    family=CsvHeader(columns=("Time", "ID", "Src. IP", "Dst. IP", "RX Bytes", "TX Bytes", "FW Action")),
    fields={
        "host": ("URL", "Dst. Name"),
        "url": ("URL",),
        "user": ("User Name",),
        "device": ("Src. Name",),
        "client_ip": ("Src. IP",),
        "server_ip": ("Dst. IP",),
        "server_port": ("Dst. Port",),
        "action": ("FW Action", "Event"),
        "bytes_up": ("TX Bytes",),
        "bytes_down": ("RX Bytes",),
    },
    time=(TimeOf(("Time",)),),
    rank=12,
    nulls=KV.nulls,
    kinds=((When((("URL", r"."),)), "http_request"),),
    blocked=(
        When((("FW Action", _BLOCKED),)),
        When((("ID", r"^(?:14|36|37|38|41|173|174|522|523|524|1198|1199|1200|1201)$"),)),
        When((("Event", r"(?i)\b(?:denied|dropped|blocked)\b"),)),
    ),
    allowed=(When((("FW Action", _ALLOWED),)), When((("ID", r"^(?:16|97|98|537)$"),))),
    uncounted=(
        When((("ID", r"^98$"),), _OPENED, (("ID", r"^537$"),)),
        When(
            (("Category", r"(?i)^(?:system|log|users|wireless|high availability|vpn)$"),),
            "an event of the firewall itself",
        ),
        When((("Dst. IP", r"^$"), ("URL", r"^$")), "names no destination"),
    ),
    product="sonicwall",
)

WELF = LogFormat(
    name="welf",
    title="WebTrends Enhanced Log Format (WELF) of Juniper SRX and other firewalls",
    vendor="",
    doc="https://www.juniper.net/documentation/software/junos-security/junos-security10.2/junos-security-swconfig-security/topic-44469.html",
    kind="connection",
    family=KeyValue(requires=("fw", "pri")),
    line=r'(?:^|\s)id="?[\w-]{1,32}"? time="\d{4}-\d\d?-\d\d? [^"]{5,24}" fw="?[\w.:-]{1,128}"? pri="?\d"? (?!.*\bsn=)',
    fields={
        "host": ("rg", "dstname", Part("arg", r"^(\w+://.+)")),
        "url": (Part("arg", r"^(\w+://.+)"), Part("rg", r"^([^/]+/.*)")),
        "path": (Part("arg", r"^(/.*)"),),
        "user": ("user",),
        "device": ("srcname",),
        "client_ip": ("src",),
        "server_ip": ("dst",),
        "server_port": (Part("proto", r"^(?:\w+/)?(\d{1,5})$"),),
        "method": (Part("op", r"^([A-Z]{3,8})$"),),
        "action": ("action", "msg"),
        "bytes_up": ("sent",),
        "bytes_down": ("rcvd",),
        "user_agent": ("agent",),
    },
    time=(TimeOf(("time",)),),
    lasted=("duration",),
    rank=8,
    kinds=((When((("op", r"^[A-Z]{3,8}$"),)), "http_request"),),
    blocked=(
        When((("action", r"(?i)^(?:den|block|drop|reject)"),)),
        When((("msg", r"(?i)\b(?:denied|dropped|blocked)\b"),)),
    ),
    allowed=(When((("action", r"(?i)^(?:allow|permit|accept|pass)"),)),),
    uncounted=(When((("dst", r"^$"), ("rg", r"^$"), ("dstname", r"^$")), "names no destination"),),
    product="welf",
)
"""``sent`` went from the source to the destination and ``rcvd`` back."""

FORMATS = (KV, CEF, EXPORT, WELF)
