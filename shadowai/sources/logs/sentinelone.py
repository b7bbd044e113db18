"""SentinelOne's endpoint telemetry as Cloud Funnel and Deep Visibility stream it: flat dotted keys, one event an object.

An event's ``src.process`` is the process that acted on the device ``endpoint.name``; ``event.time`` is epoch milliseconds.
``event.category`` tells what happened: ``dns`` (a look-up and its answer in one event), ``url`` (a request that a browser or
the network filter saw), ``ip`` (a connection), and many that reach for nothing outside. Source: the fields of the Singularity
Data Lake schema as https://cloud.google.com/chronicle/docs/ingestion/default-parsers/collect-sentinelone-cf lists them.
"""

from shadowai.sources.logs.description import Json, LogFormat, Part, TimeOf, When

CLOUD_FUNNEL = LogFormat(
    name="sentinelone_cloud_funnel",
    title="SentinelOne Cloud Funnel / Deep Visibility (JSON)",
    vendor="SentinelOne",
    doc="https://cloud.google.com/chronicle/docs/ingestion/default-parsers/collect-sentinelone-cf",
    kind="endpoint_event",
    family=Json(
        requires=(
            ("event.time", r"^\d{10,16}$"),
            ("event.category|event.type|meta.event.name", ""),
            ("endpoint.name|agent.uuid", ""),
            ("mgmt.id|mgmt.url|site.id|trace.id|dataSource.name", ""),
        )
    ),
    fields={
        "host": ("url.address", "event.url.address", Part("event.dns.request", r"(\S+)\s*$"), "dst.url.host"),
        "url": ("url.address", "event.url.address"),
        "user": ("src.process.user", "src.process.activeUser", "event.login.userName"),
        "device": ("endpoint.name",),
        "client_ip": ("src.ip.address", "src.endpoint.ip.address"),
        "server_ip": ("dst.ip.address",),
        "server_port": ("dst.port.number",),
        "method": ("event.url.action",),
        "action": ("event.network.connectionStatus", "event.type"),
    },
    time=(TimeOf(("event.time",)),),
    zone="utc",
    rank=12,
    kinds=(
        (When((("event.category", "^dns$"),)), "dns_query"),
        (When((("event.category", "^url$"),)), "http_request"),
        (When((("event.category", r"^(?:ip|network)$"),)), "connection"),
    ),
    blocked=(When((("event.network.connectionStatus", r"(?i)^blocked$"),)),),
    allowed=(When((("event.network.connectionStatus", r"(?i)^success$"),)),),
    uncounted=(
        When((("event.network.direction", r"(?i)^incoming$"),), "a connection to the device, not from it"),
        When((("event.category", r"^(?!(?:dns|url|ip|network)$)."),), "no use of a service"),
    ),
    product="sentinelone",
)

DEEP_VISIBILITY = LogFormat(
    name="sentinelone_deep_visibility",
    title="SentinelOne Deep Visibility events as its API gives them (JSON)",
    vendor="SentinelOne",
    doc="https://docs.sekoia.io/integration/categories/endpoint/sentinelone/",
    kind="endpoint_event",
    family=Json(
        requires=(
            ("agentUuid|agentId", ""),
            ("eventType|objectType", ""),
            ("createdAt|eventTime|processStartTime", ""),
            ("dnsRequest|networkUrl|dstIp|siteName|trueContext", ""),
        )
    ),
    fields={
        "host": ("networkUrl", Part("dnsRequest", r"(\S+)\s*$")),
        "url": ("networkUrl",),
        "user": ("user", "processUserName", "srcProcUser"),
        "device": ("agentComputerName", "endpointName", "agentName"),
        "client_ip": ("srcIp",),
        "server_ip": ("dstIp",),
        "server_port": ("dstPort",),
        "method": ("networkMethod",),
        "action": ("connectionStatus", "eventType"),
    },
    time=(TimeOf(("createdAt",)), TimeOf(("eventTime",))),
    zone="utc",
    rank=12,
    kinds=(
        (When((("networkUrl", r"."),)), "http_request"),
        (When((("dnsRequest", r"."),)), "dns_query"),
        (When((("dstIp", r"."),)), "connection"),
    ),
    blocked=(When((("connectionStatus", r"(?i)^blocked$"),)),),
    allowed=(When((("connectionStatus", r"(?i)^success$"),)),),
    uncounted=(
        When((("direction", r"(?i)^incoming$"),), "a connection to the device, not from it"),
        When((("networkUrl|dnsRequest|dstIp", r"^$"),), "no use of a service"),
    ),
    product="sentinelone",
)

FORMATS = (CLOUD_FUNNEL, DEEP_VISIBILITY)
