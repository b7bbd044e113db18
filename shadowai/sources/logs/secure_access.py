"""Cloud secure access and web security services, and a cluster's egress: Microsoft Global Secure Access, Censornet, Open Systems, Cilium
Hubble."""

from shadowai.sources.logs.description import Json, LogFormat, Part, TimeOf, When

GLOBAL_SECURE_ACCESS = LogFormat(
    name="global_secure_access",
    title="Microsoft Entra Internet Access / Global Secure Access traffic log (JSON)",
    vendor="Microsoft",
    doc="https://learn.microsoft.com/en-us/graph/api/resources/networkaccess-networkaccesstraffic",
    kind="connection",
    family=Json(
        requires=(
            ("properties.destinationFQDN|destinationFQDN|DestinationFqdn|properties.destinationFqdn|DestinationIp", ""),
            ("properties.trafficType|trafficType|TrafficType", r"(?i)^(?:internet|private|microsoft365|all)$"),
            ("properties.transactionId|transactionId|TransactionId|ConnectionId|connectionId", ""),
        )
    ),
    fields={
        "host": (
            "properties.destinationFQDN|destinationFQDN|DestinationFqdn|properties.destinationFqdn",
            "properties.destinationUrl|destinationUrl|DestinationUrl",
        ),
        "url": ("properties.destinationUrl|destinationUrl|DestinationUrl",),
        "user": ("properties.userPrincipalName|userPrincipalName|UserPrincipalName",),
        "device": ("properties.deviceId|deviceId|DeviceId",),
        "client_ip": ("properties.sourceIp|sourceIp|SourceIp",),
        "server_ip": ("properties.destinationIp|destinationIp|DestinationIp",),
        "server_port": ("properties.destinationPort|destinationPort|DestinationPort",),
        "action": ("properties.action|action|Action",),
        "bytes_up": ("properties.sentBytes|sentBytes|SentBytes",),
        "bytes_down": ("properties.receivedBytes|receivedBytes|ReceivedBytes",),
    },
    time=(
        TimeOf(("properties.createdDateTime|createdDateTime|TimeGenerated",)),
        TimeOf(("time",)),
    ),
    zone="utc",
    rank=14,
    blocked=(When((("properties.action|action|Action", r"(?i)^(?:block|denied)"),)),),
    allowed=(When((("properties.action|action|Action", r"(?i)^allow"),)),),
    product="global_secure_access",
)
"""The device is known by its directory's id only."""

CENSORNET = LogFormat(
    name="censornet_web",
    title="Censornet (Unified Security Service) web hits (JSON)",
    vendor="Censornet",
    doc="https://help.clouduss.com/log-streaming/log-streaming-record-format",
    kind="http_request",
    family=Json(requires=(("utc_timestamp", r"^\d{4}-"), ("url_domain", ""), ("final_action", ""))),
    fields={
        "host": ("url_domain",),
        "path": ("url_path",),
        "user": ("samaccountname",),
        "device": ("device_name",),
        "client_ip": ("ip_address",),
        "server_ip": ("dst_ip_address",),
        "method": ("http_method",),
        "action": ("final_action",),
    },
    time=(TimeOf(("utc_timestamp",)),),
    zone="utc",
    rank=12,
    blocked=(When((("final_action", r"(?i)^(?:block|deny)"),)),),
    allowed=(When((("final_action", r"(?i)^(?:allow|warn|monitor)"),)),),
    product="censornet_web",
)
"""``utc_timestamp``: "Date and time the request was received, in UTC"."""

_FLOW = "flow."
HUBBLE = LogFormat(
    name="cilium_hubble",
    title="Cilium Hubble flows of a Kubernetes cluster (JSON)",
    vendor="Cilium",
    doc="https://docs.cilium.io/en/stable/observability/hubble/",
    kind="connection",
    family=Json(
        requires=((_FLOW + "IP.source", ""), (_FLOW + "IP.destination", ""), (_FLOW + "verdict", r"^[A-Z_]+$"))
    ),
    fields={
        "host": (
            Part(_FLOW + "l7.dns.query", r"^(.+?)\.?$"),
            _FLOW + "l7.http.url",
            _FLOW + "destination_names.0",
        ),
        "url": (_FLOW + "l7.http.url",),
        "device": (_FLOW + "source.pod_name",),
        "client_ip": (_FLOW + "IP.source",),
        "server_ip": (_FLOW + "IP.destination",),
        "server_port": (_FLOW + "l4.TCP.destination_port", _FLOW + "l4.UDP.destination_port"),
        "method": (_FLOW + "l7.http.method",),
        "action": (_FLOW + "verdict",),
    },
    time=(TimeOf((_FLOW + "time",)), TimeOf(("time",))),
    zone="utc",
    rank=14,
    kinds=(
        (When(((_FLOW + "l7.dns.query", r"."),)), "dns_query"),
        (When(((_FLOW + "l7.http.url", r"."),)), "http_request"),
    ),
    blocked=(When(((_FLOW + "verdict", r"^DROPPED$"),)),),
    allowed=(When(((_FLOW + "verdict", r"^(?:FORWARDED|REDIRECTED|TRANSLATED)$"),)),),
    uncounted=(
        When(((_FLOW + "is_reply", r"(?i)^true$"),), "what the service sent back; the other direction is counted"),
        When(((_FLOW + "traffic_direction", r"^INGRESS$"),), "a connection from outside to a pod"),
    ),
    product="cilium_hubble",
)

SMOKESCREEN = LogFormat(
    name="smokescreen",
    title="Smokescreen egress proxy log (JSON)",
    vendor="Stripe",
    doc="https://github.com/stripe/smokescreen",
    kind="http_request",
    family=Json(requires=(("msg", r"^CANONICAL-PROXY-"), ("requested_host|req_host", ""), ("time", r"^\d"))),
    fields={
        "host": ("requested_host", "req_host"),
        "user": ("role",),
        "client_ip": (Part("inbound_remote_addr", r"^\[?([0-9A-Fa-f.:]+?)\]?:\d+$"),),
        "server_ip": (Part("outbound_remote_addr|remote_addr", r"^\[?([0-9A-Fa-f.:]+?)\]?:\d+$"),),
        "server_port": (Part("outbound_remote_addr|remote_addr", r":(\d+)$"),),
        "method": (Part("proxy_type", r"^(connect)$"),),
        "action": ("decision_reason",),
        "bytes_up": ("bytes_out",),
        "bytes_down": ("bytes_in",),
    },
    time=(TimeOf(("time",)),),
    rank=13,
    blocked=(When((("msg", r"DECISION$"), ("allow", r"(?i)^false$"))),),
    allowed=(When((("msg", r"DECISION$"), ("allow", r"(?i)^true$"))), When((("msg", r"CN-CLOSE$"),))),
    uncounted=(
        When(
            (("msg", r"DECISION$"), ("allow", r"(?i)^true$"), ("proxy_type", r"^connect$")),
            "the start of a tunnel; its end is counted",
            (("msg", r"CN-CLOSE$"),),
        ),
        When((("msg", r"AUTH-REQUIRED$"),), "the proxy asked for credentials; the request follows"),
    ),
    product="smokescreen",
)
"""It counts ``bytes_in`` and ``bytes_out`` on its connection to the destination. A role is the program or service that asked."""

CLOUDCONNEXA = LogFormat(
    name="cloudconnexa",
    title="OpenVPN CloudConnexa log stream (JSON)",
    vendor="OpenVPN",
    doc="https://openvpn.net/cloud-docs/",
    kind="connection",
    family=Json(requires=(("CloudConnexaLogVersion", ""), ("eventName", "."))),
    fields={
        "host": ("log.domain",),
        "user": ("initiator",),
        "client_ip": ("log.sourceIp", "publicIp"),
        "server_ip": ("log.destinationIp",),
        "server_port": ("log.destinationPort",),
        "action": ("eventName",),
    },
    time=(TimeOf(("timestamp",)),),
    zone="utc",
    rank=13,
    kinds=((When((("log.domain", r"."),)), "dns_query"),),
    blocked=(When((("eventName", r"-blocked$"),)),),
    uncounted=(When((("log.domain", r"^$"), ("log.destinationIp", r"^$")), "names no destination"),),
    product="cloudconnexa",
)

_OPEN_SYSTEMS_DOC = "https://github.com/Azure/Azure-Sentinel/tree/master/Solutions/Open%20Systems"
OPEN_SYSTEMS_PROXY = LogFormat(
    name="open_systems_proxy",
    title="Open Systems Secure Web Gateway (log API, table OpenSystemsProxyLogs_CL; JSON)",
    vendor="Open Systems",
    doc=_OPEN_SYSTEMS_DOC,
    kind="http_request",
    family=Json(requires=(("client_ip", ""), ("url", ""), ("client_request_size", ""), ("server_response_size", ""))),
    fields={
        "host": ("url",),
        "url": ("url",),
        "user": ("username", "user_name", "user"),
        "client_ip": ("client_ip",),
        "server_ip": ("server_ip",),
        "method": ("http_method",),
        "action": ("url_filter_action", "client_response_status"),
        "bytes_up": ("client_request_size",),
        "bytes_down": ("server_response_size",),
        "user_agent": ("user_agent",),
    },
    time=(TimeOf(("timestamp",)), TimeOf(("TimeGenerated",))),
    zone="utc",
    rank=13,
    blocked=(When((("url_filter_action", r"(?i)^(?:deny|block)"),)),),
    allowed=(When((("url_filter_action", r"(?i)^(?:allow|whitelist)"),)),),
    uncounted=(
        When(
            (("client_response_status", r"^407$"),),
            "proxy authentication leg (407); the retry is counted",
        ),
    ),
    product="open_systems",
)

OPEN_SYSTEMS_FIREWALL = LogFormat(
    name="open_systems_firewall",
    title="Open Systems Firewall (log API, table OpenSystemsFirewallLogs_CL; JSON)",
    vendor="Open Systems",
    doc=_OPEN_SYSTEMS_DOC,
    kind="connection",
    family=Json(
        requires=(("ip_src", ""), ("ip_dst", ""), ("zone_src|zone_dst", ""), ("action", ""), ("host_name", ""))
    ),
    fields={
        "client_ip": ("ip_src",),
        "server_ip": ("ip_dst",),
        "server_port": ("port_dst",),
        "action": ("action",),
    },
    time=(TimeOf(("timestamp",)), TimeOf(("TimeGenerated",))),
    zone="utc",
    rank=13,
    blocked=(When((("action", r"(?i)^(?:drop|reject|deny)"),)),),
    allowed=(When((("action", r"(?i)^(?:accept|allow)"),)),),
    product="open_systems",
)

FORMATS = (
    GLOBAL_SECURE_ACCESS,
    CENSORNET,
    HUBBLE,
    SMOKESCREEN,
    CLOUDCONNEXA,
    OPEN_SYSTEMS_PROXY,
    OPEN_SYSTEMS_FIREWALL,
)
