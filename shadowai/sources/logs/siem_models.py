"""Records in the data models of SIEMs: Google SecOps' Unified Data Model, Microsoft Sentinel's ASIM, IBM QRadar's events.

UDM, https://docs.cloud.google.com/chronicle/docs/reference/udm-field-list: ``principal`` acted, ``target`` was acted upon;
``network.sent_bytes`` went from the one to the other. ASIM, https://learn.microsoft.com/en-us/azure/sentinel/normalization-schema-network:
``SrcBytes`` are "the number of bytes sent from the source to the destination"; ``Dvc`` is what reports. QRadar's table of events has the
columns of its view; what a site took out of its payloads is ``(custom)``, and says no direction that all sites would share.
"""

from shadowai.sources.logs.description import CsvHeader, Json, LogFormat, Part, TimeOf, When


def _udm(*paths: str) -> str:
    """``paths`` as parsers and the export write them, and in lower camel case, as the API does; within ``udm``, too."""
    spelt = [spelling for path in paths for spelling in dict.fromkeys((path, _camel(path)))]
    return "|".join((*spelt, *(f"udm.{path}" for path in spelt)))


def _camel(path: str) -> str:
    first, *others = path.split("_")
    return first + "".join(part[:1].upper() + part[1:] for part in others)


_REFUSED = r"(?i)\b(?:den(?:y|ied)|block(?:ed)?|drop(?:ped)?|reject(?:ed)?|refused|prevented)\b"
_PERMITTED = r"(?i)\b(?:permit(?:ted)?|allow(?:ed)?|accept(?:ed)?|pass(?:ed)?)\b"
"""Words of QRadar's categories: ``Firewall Deny``, ``Web Access Permitted``."""

_TYPE = _udm("metadata.event_type")
_ACTION = _udm("security_result.0.action", "security_result.action")

UDM = LogFormat(
    name="secops_udm",
    title="Google SecOps (Chronicle) Unified Data Model events: network, HTTP, DNS (JSON)",
    vendor="Google",
    doc="https://docs.cloud.google.com/chronicle/docs/reference/udm-field-list",
    kind="connection",
    family=Json(
        requires=(
            (_TYPE, r"^NETWORK_"),
            (_udm("principal.ip", "principal.hostname", "principal.user.userid", "principal.user.email_addresses"), ""),
        )
    ),
    fields={
        "host": (
            _udm("target.url"),
            _udm("network.tls.client.server_name"),
            _udm("network.dns.questions.0.name"),
            _udm("target.hostname"),
            _udm("target.domain.name"),
        ),
        "url": (_udm("target.url"),),
        "user": (_udm("principal.user.email_addresses"), _udm("principal.user.userid")),
        "device": (_udm("principal.hostname"),),
        "client_ip": (_udm("principal.ip"),),
        "server_ip": (_udm("target.ip"),),
        "server_port": (_udm("target.port"),),
        "method": (_udm("network.http.method"),),
        "action": (_ACTION,),
        "bytes_up": (_udm("network.sent_bytes"),),
        "bytes_down": (_udm("network.received_bytes"),),
        "user_agent": (_udm("network.http.user_agent"),),
    },
    time=(TimeOf((_udm("metadata.event_timestamp"),)), TimeOf((_udm("metadata.event_timestamp.seconds"),))),
    zone="utc",
    rank=12,
    kinds=((When(((_TYPE, "^NETWORK_DNS$"),)), "dns_query"), (When(((_TYPE, "^NETWORK_HTTP$"),)), "http_request")),
    blocked=(When(((_ACTION, r"^(?:BLOCK|FAIL|QUARANTINE)$"),)),),
    allowed=(When(((_ACTION, r"^ALLOW"),)),),
    uncounted=(When(((_TYPE, r"^NETWORK_(?:DHCP|EMAIL|FTP|SMTP|UNCATEGORIZED)"),), "no use of a service"),),
    product="secops_udm",
)

ASIM = LogFormat(
    name="sentinel_asim",
    title="Microsoft Sentinel ASIM: DNS, web session and network session (JSON)",
    vendor="Microsoft",
    doc="https://learn.microsoft.com/en-us/azure/sentinel/normalization-about-schemas",
    kind="connection",
    family=Json(
        requires=(
            ("EventSchema", r"^(?:Dns|WebSession|NetworkSession)$"),
            ("TimeGenerated|EventStartTime", ""),
            ("SrcIpAddr|SrcUsername|SrcHostname", ""),
        )
    ),
    fields={
        "host": (
            "Url",
            "DnsQuery",
            "HttpHost",
            "DstFQDN",
            Part("DstHostname", r"^(\S+\.\S+)$"),
            Part("DstDomain", r"^(\S+\.\S+)$"),
        ),
        "url": ("Url",),
        "user": ("SrcUsername",),
        "device": ("SrcHostname",),
        "client_ip": ("SrcIpAddr",),
        "server_ip": ("DstIpAddr",),
        "server_port": ("DstPortNumber",),
        "method": ("HttpRequestMethod",),
        "action": ("DvcAction", "EventResult"),
        "bytes_up": ("SrcBytes",),
        "bytes_down": ("DstBytes",),
        "user_agent": ("HttpUserAgent",),
    },
    time=(TimeOf(("EventStartTime",)), TimeOf(("TimeGenerated",))),
    zone="utc",
    rank=12,
    kinds=(
        (When((("EventSchema", "^Dns$"),)), "dns_query"),
        (When((("EventSchema", "^WebSession$"),)), "http_request"),
    ),
    blocked=(When((("DvcAction", r"(?i)^(?:deny|drop|reset|block|reject)"),)),),
    allowed=(When((("DvcAction", r"(?i)^allow"),)),),
    uncounted=(
        When(
            (("EventSubType", r"(?i)^response$"),),
            "a DNS answer; the query is counted",
            (("EventSubType", r"(?i)^request$"),),
        ),
        When((("NetworkDirection", r"(?i)^listen$"),), "a port that waits for others"),
    ),
    product="sentinel_asim",
)

QRADAR = LogFormat(
    name="qradar_events_csv",
    title="IBM QRadar log activity (CSV export of events)",
    vendor="IBM",
    doc="https://www.ibm.com/docs/en/qsip/7.5?topic=investigation-exporting-events",
    kind="connection",
    family=CsvHeader(columns=("Event Name", "Log Source", "Low Level Category", "Source IP", "Destination IP")),
    fields={
        "host": (
            "URL (custom)",
            "URL",
            "URL Host (custom)",
            "Hostname (custom)",
            "Domain (custom)",
            "Destination Hostname (custom)",
            "Query (custom)",
        ),
        "url": ("URL (custom)", "URL"),
        "user": ("Username",),
        "client_ip": ("Source IP",),
        "server_ip": ("Destination IP",),
        "server_port": ("Destination Port",),
        "method": ("HTTP Method (custom)", "Method (custom)"),
        "action": ("Action (custom)", "Low Level Category"),
        "user_agent": ("User Agent (custom)",),
    },
    time=(TimeOf(("Start Time",)), TimeOf(("Time",))),
    rank=12,
    kinds=((When((("URL (custom)", r"\."),)), "http_request"), (When((("URL", r"\."),)), "http_request")),
    blocked=(
        When((("Action (custom)", _REFUSED),)),
        When((("Low Level Category", _REFUSED),)),
        When((("Event Name", _REFUSED),)),
    ),
    allowed=(
        When((("Action (custom)", _PERMITTED),)),
        When((("Low Level Category", _PERMITTED),)),
        When((("Event Name", _PERMITTED),)),
    ),
    product="qradar",
)

FORMATS = (UDM, ASIM, QRADAR)
