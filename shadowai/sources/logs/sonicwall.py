"""SonicWall SonicOS: Enhanced Syslog and ArcSight (CEF) format.

``src`` and ``dst`` are ``address:port:interface`` and, where resolved, ``:name``. ``sent`` and ``rcvd`` (``out`` and ``in`` in CEF) are
what the source sent and received. ``time`` is the firewall's own unless it ends in ``UTC``.
"""

from shadowai.sources.logs.description import Cef, KeyValue, LogFormat, Part, TimeOf, When

_DOC = "https://www.sonicwall.com/techdocs/pdf/SonicOSX-7-0-1-log_events_reference_guide.pdf"
_BLOCKED = r"(?i)^\"?(?:drop|deny|block|reset)"
_ALLOWED = r"(?i)^\"?(?:forward|allow|accept)"
_ADMIN = "administration of the firewall, not use of a service"
_OPENED = "the start of a connection; its end is counted"
_NAMED = r"^(?:\[[^\]]*\]|[^:]*):\d*:[^:]*:(.+)$"

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
        "action": ("fw_action", "msg"),
        "bytes_up": ("sent", "out"),
        "bytes_down": ("rcvd", "in"),
    },
    time=(TimeOf(("time",)),),
    lasted=("cdur",),
    lasted_ms=True,
    nulls=frozenset({"na", "unknown (sso failed)", "unknown (external ip)", "unknown"}),
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
    nulls=frozenset({"na"}),
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

FORMATS = (KV, CEF)
