"""Further proxies and resolvers: Caddy, e2guardian, Cisco Cloud Web Security, Cisco NVM, NextDNS, PowerDNS, Cloud NAT, Azure traffic analytics.

Each vendor's words are with the description they are about.
"""

from shadowai.sources.logs.description import CsvHeader, Json, KeyValue, LogFormat, Part, Pattern, TimeOf, W3c, When

CADDY = LogFormat(
    name="caddy",
    title="Caddy access log (JSON)",
    vendor="Caddy",
    doc="https://caddyserver.com/docs/logging",
    kind="http_request",
    family=Json(
        requires=(("request.host", ""), ("request.uri", ""), ("request.remote_ip|request.remote_addr", ""), ("ts", ""))
    ),
    fields={
        "host": ("request.host",),
        "path": ("request.uri",),
        "user": ("user_id",),
        "client_ip": ("request.client_ip", "request.remote_ip", "request.remote_addr"),
        "method": ("request.method",),
        "action": ("status",),
        "bytes_up": ("bytes_read",),
        "bytes_down": ("size",),
        "user_agent": ("request.headers.User-Agent",),
    },
    time=(TimeOf(("ts",)),),
    zone="utc",
    rank=12,
    product="caddy",
)
"""``size`` is the response's body, ``bytes_read`` the request's."""

E2GUARDIAN = LogFormat(
    name="e2guardian",
    title="e2guardian and DansGuardian access.log",
    vendor="e2guardian",
    doc="https://github.com/e2guardian/e2guardian/wiki",
    kind="http_request",
    family=Pattern(
        (
            r"^(?P<time>\d{4}\.\d{1,2}\.\d{1,2} \d{1,2}:\d\d:\d\d) (?P<user>\S+) (?P<client>[0-9a-fA-F.:]+) (?P<url>\S+)\s+"
            r"(?P<action>(?:\*[A-Z]+\*\s?)*)[^\r\n]{0,2000}?\s(?P<method>GET|POST|PUT|HEAD|CONNECT|DELETE|PATCH|OPTIONS) (?P<size>\d+)\s",
        )
    ),
    line=r"^\d{4}\.\d{1,2}\.\d{1,2} \d{1,2}:\d\d:\d\d \S+ [0-9a-fA-F.:]+ \S+\s.{0,2400} (?:GET|POST|PUT|HEAD|CONNECT|DELETE|PATCH|OPTIONS) \d+ ",
    fields={
        "host": ("url",),
        "url": ("url",),
        "user": ("user",),
        "client_ip": ("client",),
        "method": ("method",),
        "action": ("action",),
        "bytes_down": ("size",),
    },
    time=(TimeOf(("time",)),),
    rank=12,
    blocked=(When((("action", r"\*DENIED\*"),)),),
    allowed=(When((("action", r"^(?!.*\*DENIED\*)"),)),),
    product="e2guardian",
)
"""``size`` is the document that was fetched."""

CLOUD_WEB_SECURITY = LogFormat(
    name="cisco_cws",
    title="Cisco Cloud Web Security (ScanSafe) log (W3C)",
    vendor="Cisco",
    doc="https://www.cisco.com/c/en/us/support/security/cloud-web-security/series.html",
    kind="http_request",
    family=W3c(columns=("datetime", "cs-host", "x-ss-category", "x-ss-last-rule-action"), delimiter="tab"),
    fields={
        "host": ("cs-host",),
        "path": ("cs-uri-path",),
        "user": ("cs-username",),
        "client_ip": ("c-ip",),
        "server_ip": ("s-ip",),
        "server_port": ("cs-uri-port",),
        "method": ("cs-method",),
        "action": ("x-ss-last-rule-action", "sc-status"),
        "bytes_up": ("cs-bytes",),
        "bytes_down": ("sc-bytes",),
        "user_agent": ("cs(User-Agent)",),
    },
    time=(TimeOf(("datetime",)),),
    zone="utc",
    rank=12,
    blocked=(When((("x-ss-last-rule-action", r"(?i)^block"),)), When((("x-ss-block-type", r"^(?!-$|none$)."),))),
    allowed=(When((("x-ss-last-rule-action", r"(?i)^(?:allow|warn|anonymi)"),)),),
    product="cisco_cws",
)
"""``datetime``: "the date and time of the request in GMT"."""

NVM = LogFormat(
    name="cisco_nvm",
    title="Cisco Network Visibility Module flows (key=value of the NVM collector)",
    vendor="Cisco",
    doc="https://blogs.cisco.com/security/an-introduction-to-the-new-cisco-network-visibility-flow-protocol-nvzflow",
    kind="endpoint_event",
    family=KeyValue(requires=("fv", "sa", "da")),
    line=r'(?:^|\s)fv="?nvzFlow_v\d"? ',
    fields={
        "host": ("dh",),
        "user": ("liuid", "luid", "pa"),
        "device": ("vsn",),
        "client_ip": ("sa",),
        "server_ip": ("da",),
        "server_port": ("dp",),
        "action": ("pn",),
        "bytes_up": ("obc",),
        "bytes_down": ("ibc",),
    },
    time=(TimeOf(("fss",)), TimeOf(("fst",)), TimeOf(("fes",))),
    zone="utc",
    rank=12,
    product="cisco_nvm",
)
"""``obc`` is the count of bytes that the device sent, ``ibc`` of those it received; ``pn`` the process, ``vsn`` the device's name."""

NEXTDNS = LogFormat(
    name="nextdns_csv",
    title="NextDNS query log (CSV download)",
    vendor="NextDNS",
    doc="https://nextdns.github.io/api/",
    kind="dns_query",
    family=CsvHeader(columns=("timestamp", "domain", "query_type", "status", "root_domain"), delimiters=","),
    fields={
        "host": ("domain",),
        "device": ("device_name", "client_name", "device_id"),
        "client_ip": ("device_local_ip", "client_ip"),
        "action": ("status",),
    },
    time=(TimeOf(("timestamp",)),),
    zone="utc",
    rank=12,
    blocked=(When((("status", r"(?i)^block"),)),),
    allowed=(When((("status", r"(?i)^(?:allow|default)"),)),),
    product="nextdns",
)

POWERDNS = LogFormat(
    name="powerdns",
    title="PowerDNS Recursor and dnsdist query log",
    vendor="PowerDNS",
    doc="https://doc.powerdns.com/recursor/settings.html#quiet",
    kind="dns_query",
    family=Pattern(
        (
            r"\[[\d/]{1,16}\] (?P<what>question) for '(?P<host>[^'|]{1,255})\|\w+' from (?P<client>[0-9a-fA-F.:]+?)(?::\d+)?(?:\s|$)",
            r"\[[\d/]{1,16}\] (?P<what>answer) to question '(?P<host>[^'|]{1,255})\|\w+'",
            r'msg="Question".{0,400}? proto="\w+" qname="(?P<host>[^"]{1,255})".{0,400}? remote="\[?(?P<client>[0-9a-fA-F.:]+?)\]?:\d+"',
            r"Packet from (?P<client>[0-9a-fA-F.:]+):\d+ for (?P<host>\S{1,255}) \w+ with id \d+",
        )
    ),
    line=(
        r"\[[\d/]{1,16}\] (?:question for|answer to question) '[^'|]{1,255}\|\w+'|msg=\"Question\" .{0,400}qname=\"|"
        r"Packet from [0-9a-fA-F.:]+:\d+ for \S{1,255} \w+ with id \d+"
    ),
    fields={"host": ("host",), "client_ip": ("client",)},
    rank=12,
    uncounted=(When((("what", r"^answer$"),), "a DNS answer; the query is counted", (("what", r"^question$"),)),),
    product="powerdns",
)

CLOUD_NAT = LogFormat(
    name="gcp_nat",
    title="Google Cloud NAT log (JSON)",
    vendor="Google",
    doc="https://cloud.google.com/nat/docs/monitoring",
    kind="connection",
    family=Json(
        requires=(
            ("jsonPayload.connection.src_ip", ""),
            ("jsonPayload.connection.nat_ip", ""),
            ("jsonPayload.allocation_status", r"^(?:OK|DROPPED)$"),
        )
    ),
    fields={
        "device": ("jsonPayload.endpoint.vm_name",),
        "client_ip": ("jsonPayload.connection.src_ip",),
        "server_ip": ("jsonPayload.connection.dest_ip",),
        "server_port": ("jsonPayload.connection.dest_port",),
        "action": ("jsonPayload.allocation_status",),
    },
    time=(TimeOf(("timestamp",)), TimeOf(("receiveTimestamp",))),
    zone="utc",
    rank=14,
    blocked=(When((("jsonPayload.allocation_status", r"^DROPPED$"),)),),
    allowed=(When((("jsonPayload.allocation_status", r"^OK$"),)),),
    product="gcp",
)

_ALL = r"(.+)"
_OUT = (("FlowDirection_s", r"^O"),)
_IN = (("FlowDirection_s", r"^I"),)
TRAFFIC_ANALYTICS = LogFormat(
    name="azure_traffic_analytics",
    title="Azure traffic analytics of flow logs (NTANetAnalytics, AzureNetworkAnalytics; JSON)",
    vendor="Microsoft",
    doc="https://learn.microsoft.com/en-us/azure/network-watcher/traffic-analytics-schema",
    kind="connection",
    family=Json(
        requires=(
            ("FlowStartTime|FlowStartTime_t", ""),
            ("FlowStatus|FlowStatus_s", ""),
            ("DestIp|DestIP_s|DestPublicIps|DestPublicIPs_s", ""),
        )
    ),
    fields={
        "device": (Part("SrcVm|VM1_s", r"([^/]+)$"),),
        "client_ip": ("SrcIp|SrcIP_s", Part("SrcPublicIps|SrcPublicIPs_s", r"^([0-9a-fA-F.:]+)")),
        "server_ip": ("DestIp|DestIP_s", Part("DestPublicIps|DestPublicIPs_s", r"^([0-9a-fA-F.:]+)")),
        "server_port": ("DestPort|DestPort_d",),
        "action": ("FlowStatus|FlowStatus_s", "AclRule|NSGRule_s"),
        "bytes_up": ("BytesSrcToDest", Part("OutboundBytes_d", _ALL, _OUT), Part("InboundBytes_d", _ALL, _IN)),
        "bytes_down": ("BytesDestToSrc", Part("InboundBytes_d", _ALL, _OUT), Part("OutboundBytes_d", _ALL, _IN)),
    },
    time=(TimeOf(("FlowStartTime|FlowStartTime_t",)),),
    zone="utc",
    rank=12,
    blocked=(When((("FlowStatus|FlowStatus_s", r"(?i)^d"),)),),
    allowed=(When((("FlowStatus|FlowStatus_s", r"(?i)^a"),)),),
    product="azure_nsg_flow_json",
)
"""``BytesSrcToDest``: "bytes sent from the source to the destination of the flow"; in the older table a size is in or out of the machine
whose interface was watched.
"""

FORMATS = (CADDY, E2GUARDIAN, CLOUD_WEB_SECURITY, NVM, NEXTDNS, POWERDNS, CLOUD_NAT, TRAFFIC_ANALYTICS)
