"""VMware NSX's distributed firewall, and VMware (Arista) VeloCloud SD-WAN and SASE: the edge's firewall over syslog and from the
orchestrator, and Cloud Web Security.

``VCF Open`` begins a session, ``VCF Close`` ends it and has its sizes; ``DEST_NAME`` is a route and no host. Cloud Web Security tells no
sizes but those of files. Sources: "Syslog Message Format for Firewall Logs", VMware SD-WAN Administration Guide, and the Logging Platform
REST API, https://developer.broadcom.com/xapis/logging-platform-rest-apis/latest/.
"""

from shadowai.sources.logs.description import Json, LogFormat, Part, Pattern, TimeOf, When

_ADDRESS = r"[0-9A-Fa-f.:]{2,45}"
_FLOW = (
    r"(?:^|\s)(?:ACTION=)?VCF (?P<action>Open|Close|Deny|Drop|Allow|Update)\b(?P<head>.{0,400}?) "
    rf"SRC=(?P<src>{_ADDRESS}) DST=(?P<dst>{_ADDRESS})(?P<rest>(?:\s.*)?)$"
)
_TIME = "cws_timestamp|timestamp|@timestamp"
_START = "the start of a session; its end is counted"

FIREWALL = LogFormat(
    name="velocloud_firewall",
    title="VMware VeloCloud SD-WAN edge firewall log (syslog)",
    vendor="VMware",
    doc="https://docs.vmware.com/en/VMware-SD-WAN/6.0/VMware-SD-WAN-Administration-Guide/GUID-7AFE20A8-820B-42AA-86B2-D6AF32835EC0.html",
    kind="connection",
    family=Pattern((_FLOW,)),
    line=_FLOW,
    fields={
        "client_ip": ("src",),
        "server_ip": ("dst",),
        "server_port": (Part("rest", r"\sDPT=(\d{1,5})\b"),),
        "action": ("action",),
        "bytes_up": (Part("rest", r"\sBYTES_SENT=(\d+)"),),
        "bytes_down": (Part("rest", r"\sBYTES_RECEIVED=(\d+)"),),
    },
    lasted=(Part("rest", r"\sDURATION_SECS=(\d+)"),),
    rank=12,
    blocked=(When((("action", r"^(?:Deny|Drop)$"),)),),
    allowed=(When((("action", r"^(?:Open|Close|Allow|Update)$"),)),),
    uncounted=(
        When((("action", r"^Open$"),), _START, (("action", r"^Close$"),)),
        When((("action", r"^Update$"),), "a session goes on under a changed rule"),
    ),
    product="velocloud",
)

FIREWALL_JSON = LogFormat(
    name="velocloud_firewall_json",
    title="VMware VeloCloud SD-WAN firewall log of the orchestrator (JSON)",
    vendor="VMware",
    doc="https://developer.broadcom.com/xapis/logging-platform-rest-apis/latest/data-structures/firewallLogsFormatSchema",
    kind="connection",
    family=Json(requires=(("edgeLogicalId", ""), ("actionTaken", ""), ("sourceIp", ""), ("destinationIp", ""))),
    fields={
        "host": ("domainName",),
        "client_ip": ("sourceIp",),
        "server_ip": ("destinationIp",),
        "server_port": ("destinationPort",),
        "action": ("actionTaken",),
        "bytes_up": ("bytesSent",),
        "bytes_down": ("bytesReceived",),
    },
    time=(TimeOf(("@timestamp|timestamp",)),),
    zone="utc",
    lasted=("sessionDurationSecs",),
    rank=13,
    blocked=(When((("actionTaken", r"(?i)^(?:deny|drop|block)"),)), When((("verdict", r"(?i)^block"),))),
    allowed=(When((("actionTaken", r"(?i)^(?:open|close|allow|update)"),)),),
    uncounted=(
        When((("actionTaken", r"(?i)^open"),), _START, (("actionTaken", r"(?i)^close"),)),
        When((("actionTaken", r"(?i)^update"),), "a session goes on under a changed rule"),
    ),
    product="velocloud",
)

WEB = LogFormat(
    name="velocloud_web_security",
    title="VMware Cloud Web Security web log (JSON)",
    vendor="VMware",
    doc="https://developer.broadcom.com/xapis/logging-platform-rest-apis/latest/",
    kind="http_request",
    family=Json(
        requires=(
            ("webRiskScore", ""),
            ("accessMode", ""),
            ("sourceIp", ""),
            ("domain|url", "."),
            ("cws_timestamp|timestamp|@timestamp", ""),
        )
    ),
    fields={
        "host": ("url", "domain"),
        "url": ("url",),
        "user": ("userId",),
        "client_ip": ("sourceIp",),
        "server_ip": ("destinationIp",),
        "method": ("requestMethod",),
        "action": ("action",),
        "user_agent": ("userAgent",),
    },
    time=(TimeOf((_TIME,)),),
    zone="utc",
    rank=13,
    blocked=(When((("action", r"(?i)^block"),)),),
    allowed=(When((("action", r"(?i)^(?:allow|isolate|continue)"),)),),
    product="velocloud",
)

_PACKET = (
    r"\bINET6? (?P<reason>match|TERM) (?:(?P<action>[A-Z]{3,12}) )?(?:[\w-]{1,64}/)?\d{1,12} (?P<direction>IN|OUT) (?:\d{1,6} )?"
    rf"(?:TCP|UDP)(?: (?P<closed>[A-Z]{{2,12}}))? (?P<src>{_ADDRESS})/\d{{1,5}}->(?P<dst>{_ADDRESS})/(?P<dpt>\d{{1,5}})(?=\s|$)"
)

DISTRIBUTED_FIREWALL = LogFormat(
    name="nsx_firewall",
    title="VMware NSX distributed firewall packet log (dfwpktlogs, FIREWALL-PKTLOG)",
    vendor="VMware",
    doc="https://techdocs.broadcom.com/us/en/vmware-cis/nsx/vmware-nsx/4-2/administration-guide/security/distributed-firewall/firewall-packet-logs.html",
    kind="connection",
    family=Pattern((r"^(?:(?P<time>\d{4}-\d\d-\d\dT\d\d:\d\d:[\d.]{2,12}Z) )?.{0,200}?" + _PACKET,)),
    line=_PACKET,
    fields={
        "client_ip": ("src",),
        "server_ip": ("dst",),
        "server_port": ("dpt",),
        "action": ("action", "reason"),
    },
    time=(TimeOf(("time",)),),
    zone="utc",
    rank=11,
    blocked=(When((("action", r"^(?:DROP|REJECT)$"),)),),
    allowed=(When((("action", r"^PASS$"),)), When((("reason", r"^TERM$"),))),
    uncounted=(When((("reason", r"^match$"), ("action", r"^PASS$")), _START, (("reason", r"^TERM$"),)),),
    ignored=r"\bINET6? [A-Za-z-]{3,20} .{0,100}?\b(?:ICMP\w{0,4}|IGMP|ESP|GRE|AH|SCTP|PROTO \d{1,3})\s",
    product="nsx",
)
"""``match`` is a packet that met a rule, ``TERM`` the end of its session, with the packets and bytes of both directions, of which nothing
says which is the client's."""

FORMATS = (DISTRIBUTED_FIREWALL, FIREWALL, FIREWALL_JSON, WEB)
