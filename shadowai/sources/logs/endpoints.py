"""Endpoint sensors: Carbon Black Cloud, Cortex XDR, HarfangLab, Cisco NVM, and Sysmon as Windows writes it in XML.

What a process on a device looked up or spoke to: the strongest sign of who used a service, mostly without sizes. The record's device is
the one the sensor runs on.
"""

from shadowai.sources.logs.description import Json, KeyValue, LogFormat, Part, Pattern, TimeOf, When

CARBON_BLACK = LogFormat(
    name="carbon_black_cloud",
    title="Carbon Black Cloud endpoint events (Data Forwarder, JSON)",
    vendor="Broadcom",
    doc="https://developer.carbonblack.com/reference/carbon-black-cloud/data-forwarder/schema/latest/endpoint.event/",
    kind="endpoint_event",
    family=Json(requires=(("type", r"^(?:endpoint\.event\.|watchlist\.hit$)"), ("device_name|device_id", ""))),
    fields={
        "host": ("netconn_domain", "netconn_proxy_domain"),
        "user": ("process_username", "netconn_actor_username"),
        "device": (Part("device_name", r"([^\\]+)$"),),
        "client_ip": ("local_ip", "netconn_local_ip", "device_internal_ip"),
        "server_ip": ("remote_ip", "netconn_remote_ip"),
        "server_port": ("remote_port", "netconn_remote_port"),
        "action": ("action", "sensor_action"),
    },
    time=(TimeOf(("device_timestamp",)), TimeOf(("create_time",)), TimeOf(("backend_timestamp",))),
    zone="utc",
    rank=12,
    blocked=(When((("sensor_action", r"(?i)DENY|TERMINATE|BLOCK"),)),),
    uncounted=(
        When((("type", r"^(?!endpoint\.event\.netconn)"),), "an event of a process or file, no connection"),
        When((("netconn_inbound", r"(?i)^true$"),), "a connection from outside to this device"),
    ),
    product="carbon_black_cloud",
)

CORTEX_XDR = LogFormat(
    name="cortex_xdr",
    title="Cortex XDR endpoint and network events (xdr_data, JSON)",
    vendor="Palo Alto Networks",
    doc="https://docs-cortex.paloaltonetworks.com/r/Cortex-XDR/Cortex-XDR-XQL-Schema-Reference",
    kind="endpoint_event",
    family=Json(
        requires=(
            ("agent_hostname|agent_id", ""),
            ("action_external_hostname|dns_query_name|action_remote_ip|dst_action_external_hostname", ""),
            ("event_type|event_sub_type|event_timestamp|_time", ""),
        )
    ),
    fields={
        "host": ("action_external_hostname", "dst_action_external_hostname", "dns_query_name"),
        "user": (
            "actor_effective_username",
            "actor_primary_username",
            "causality_actor_effective_username",
            "auth_identity",
        ),
        "device": ("agent_hostname",),
        "client_ip": ("action_local_ip", "agent_ip_addresses"),
        "server_ip": ("action_remote_ip",),
        "server_port": ("action_remote_port",),
        "action": ("event_sub_type", "event_type"),
        "bytes_up": ("action_upload", "action_total_upload"),
        "bytes_down": ("action_download", "action_total_download"),
    },
    time=(TimeOf(("event_timestamp",)), TimeOf(("_time",))),
    zone="utc",
    rank=12,
    kinds=((When((("dns_query_name", r"."), ("action_external_hostname", "^$"))), "dns_query"),),
    uncounted=(When((("action_network_is_server", r"(?i)^true$"),), "a connection from outside to this device"),),
    product="cortex_xdr",
)
"""``action_upload`` is what the local side sent."""

_HARFANG_URL = ("url", "details_url_request.url")
_HARFANG_HOST = (*_HARFANG_URL, "requested_name", "dns_requested_name", "dest_hostname", "dnames.0")
HARFANGLAB = LogFormat(
    name="harfanglab",
    title="HarfangLab EDR telemetry: network and DNS (JSON)",
    vendor="HarfangLab",
    doc="https://harfanglab.io/",
    kind="endpoint_event",
    family=Json(
        requires=(
            ("agent.hostname", ""),
            ("agent.agentid", ""),
            ("log_type|daddr|requested_name|dns_requested_name|url", ""),
        )
    ),
    fields={
        "host": _HARFANG_HOST,
        "url": _HARFANG_URL,
        "user": ("username", "process_username", "details_connection.username", "process.username", "source_username"),
        "device": ("agent.hostname",),
        "client_ip": ("saddr", "source_address", "agent.ipaddress"),
        "server_ip": ("daddr",),
        "server_port": ("dport",),
        "action": ("log_type",),
        "bytes_up": ("outgoing_bytes",),
        "bytes_down": ("incoming_bytes",),
    },
    time=(TimeOf(("@event_create_date",)), TimeOf(("utc_time",)), TimeOf(("@timestamp",))),
    zone="utc",
    rank=12,
    kinds=((When((("requested_name|dns_requested_name", r"."),)), "dns_query"),),
    blocked=(When((("connection_successful", r"(?i)^false$"),)),),
    uncounted=(
        When((("direction", r"(?i)^in"),), "a connection from outside to this device"),
        When(tuple((key, r"^$") for key in (*_HARFANG_HOST, "daddr")), "names no destination"),
    ),
    product="harfanglab",
)
"""Processes, sign-ins, Windows events and alerts come in the same stream: ``log_type`` tells them. An alert about a URL names it."""

_XML = (
    r"^\W{0,4}(?:<\?xml[^<>]{0,200}>\s*)?(?:<Events>\s*)?<Event\b[^<>]{0,200}>\s*<System>.{0,4000}?"
    r"<Provider\s[^<>]{0,300}(?:Microsoft-Windows|Linux)-Sysmon"
)


def _event(number: str, elements: str, **data: str) -> str:
    """An event of a number: what of ``elements``, and of ``Data`` by their names, stands behind the number, until the event ends. Quotes
    may be escaped: events are taken out of what carries them as they stand."""
    names = "|".join(rf"{name}\\?['\"]>(?P<{group}>[^<]*)(?=</Data>)" for group, name in data.items())
    return (
        rf"^[\s\S]*?<EventID[^<>]{{0,40}}>(?P<event>{number})(?=</EventID>)"
        rf"(?:[^<]*+<(?!/Event>)(?:{elements}|Data Name=\\?['\"](?:{names})|))*+"
    )


_COMPUTER = r"Computer>(?P<computer>[^<]*)(?=</Computer>)"
_NETWORK = _event(
    "3|22",
    _COMPUTER,
    utc="UtcTime",
    query="QueryName",
    destination="DestinationHostname",
    user="User",
    source="SourceIp",
    address="DestinationIp",
    port="DestinationPort",
    initiated="Initiated",
)
_OTHER = _event(r"\d{1,3}", _COMPUTER, utc="UtcTime", user="User")
_ONE = r"(<Event\b(?:[^<\n]++|<(?!/?Event\b))*+</Event>)"
_SECURITY = (
    r"(?s)^\W{0,4}(?:<\?xml[^<>]{0,200}>\s{0,8})?(?:<Events>\s{0,8})?<Event\b[^<>]{0,200}>\s*<System>.{0,400}?"
    r"<Provider\s[^<>]{0,100}Microsoft-Windows-Security-Auditing"
)
FILTERING_XML = LogFormat(
    name="windows_event_xml",
    title="Windows security events as XML: filtering platform (5152 to 5159)",
    vendor="Microsoft",
    doc="https://learn.microsoft.com/en-us/previous-versions/windows/it-pro/windows-10/security/threat-protection/auditing/event-5156",
    kind="endpoint_event",
    family=Pattern(
        (
            _event(
                r"\d{1,5}",
                rf"TimeCreated\s+SystemTime=['\"](?P<time>[^'\"]{{10,40}})(?=['\"])|{_COMPUTER}",
                direction="Direction",
                source="SourceAddress",
                address="DestAddress",
                port="DestPort",
            ),
        )
    ),
    line=_SECURITY,
    ignored=r"^\W{0,4}(?:<\?xml[^<>]{0,200}>\s*)?(?:</?Events>\s*)?$|^Record \d{1,12}\s*$",
    each=_ONE,
    fields={
        "device": ("computer",),
        "client_ip": ("source",),
        "server_ip": ("address",),
        "server_port": ("port",),
        "action": ("event",),
    },
    time=(TimeOf(("time",)),),
    zone="utc",
    rank=12,
    kinds=((When((("event", r"^515[2-9]$"),)), "connection"),),
    blocked=(When((("event", r"^515[2357]$"),)),),
    allowed=(When((("event", r"^5156$"),)),),
    uncounted=(
        When((("direction", r"^%%14592$"),), "a connection from outside to this device"),
        When((("address", r"^$"),), "an event without a destination"),
    ),
    product="windows",
)

SYSMON_XML = LogFormat(
    name="windows_sysmon_xml",
    title="Sysmon events as XML (wevtutil, Windows Event Forwarding, Splunk)",
    vendor="Microsoft",
    doc="https://learn.microsoft.com/en-us/sysinternals/downloads/sysmon",
    kind="endpoint_event",
    family=Pattern((_NETWORK, _OTHER)),
    line=_XML,
    ignored=r"^\W{0,4}(?:<\?xml[^<>]{0,200}>\s*)?(?:</?Events>\s*)?$|^Record \d{1,12}\s*$",
    each=_ONE,
    fields={
        "host": ("query", "destination"),
        "user": ("user",),
        "device": ("computer",),
        "client_ip": ("source",),
        "server_ip": ("address",),
        "server_port": ("port",),
    },
    time=(TimeOf(("utc",)),),
    zone="utc",
    rank=12,
    kinds=((When((("event", "^22$"),)), "dns_query"), (When((("event", "^3$"),)), "connection")),
    uncounted=(
        When((("event", r"^(?!3$|22$)"),), "an event of a process, file or registry key, no connection"),
        When((("initiated", r"(?i)^false$"),), "a connection from outside to this device"),
    ),
    product="windows",
)

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

CARBON_BLACK_EDR = LogFormat(
    name="carbon_black_edr",
    title="Carbon Black EDR connections (event forwarder, JSON)",
    vendor="Broadcom",
    doc="https://github.com/carbonblack/cb-event-forwarder/blob/master/docs/EVENT_TYPES.md",
    kind="endpoint_event",
    family=Json(requires=(("type", r"^ingress\.event\.netconn"), ("computer_name|sensor_id", ""))),
    fields={
        "host": ("domain",),
        "user": ("username",),
        "device": ("computer_name",),
        "client_ip": ("local_ip",),
        "server_ip": ("remote_ip", "ipv4", "ipv6"),
        "server_port": ("remote_port", "port"),
        "action": ("event_type",),
    },
    time=(TimeOf(("timestamp",)),),
    zone="utc",
    rank=12,
    blocked=(When((("type", r"netconn_blocked|netconnblock"),)),),
    uncounted=(When((("direction", r"(?i)^inbound$"),), "a connection from outside to this device"),),
    product="carbon_black_edr",
)

_ROW = ("columns", "snapshot", "diffResults.added", "diffResults.removed")
"""Where a row's columns are: an event, one of the rows of a snapshot, one of those of a batch of changes."""


def _column(*names: str) -> str:
    return "|".join(f"{row}.{name}" for name in names for row in _ROW)


_GONE = "a row that is gone since the query was last run"
_GONE_BY = ("url", "remote_hostname", "domain", "name", "remote_address")

OSQUERY = LogFormat(
    name="osquery",
    title="osquery results: sockets, DNS look-ups, browser history (also snapshots; JSON)",
    vendor="osquery",
    doc="https://osquery.readthedocs.io/en/stable/deployment/logging/",
    kind="endpoint_event",
    family=Json(
        requires=(
            ("hostIdentifier", ""),
            ("name", ""),
            ("unixTime|calendarTime", ""),
            ("action|epoch|counter", r"^(?:added|removed|snapshot|\d+)$"),
        )
    ),
    rows=("snapshot", "diffResults.added", "diffResults.removed"),
    fields={
        "host": (
            _column("url"),
            _column("remote_hostname"),
            _column("domain"),
            Part(_column("name"), r"^(\S+\.\S+)$", (("name", r"(?i)dns"),)),
        ),
        "url": (_column("url"),),
        "user": (_column("username"), _column("user"), "decorations.username"),
        "device": ("decorations.hostname|decorations.host_name|decorations.computer_name", "hostIdentifier"),
        "client_ip": (_column("local_address"),),
        "server_ip": (_column("remote_address"),),
        "server_port": (_column("remote_port"),),
        "action": (_column("action"), "action"),
    },
    time=(TimeOf(("unixTime",)), TimeOf(("calendarTime",))),
    zone="utc",
    rank=12,
    nulls=frozenset({"0.0.0.0", "::", "0", "127.0.0.1", "::1"}),
    kinds=((When((("name", r"(?i)dns"), (_column("name"), r"\."))), "dns_query"),),
    uncounted=(
        When((("action", r"^removed$"),), _GONE),
        *(When(((f"diffResults.removed.{name}", r"."),), _GONE) for name in _GONE_BY),
        When(((_column("action"), r"(?i)^(?:accept|bind|listen)"),), "a connection from outside to this device"),
        When(
            (
                (_column("url", "remote_hostname", "domain"), "^$"),
                (_column("remote_address"), r"^(?:0\.0\.0\.0|::|127\..*|::1)?$"),
                ("name", r"(?i)^(?!.*dns)"),
            ),
            "a state of the device, no use of a service",
        ),
    ),
    product="osquery",
)
"""What a query is called is the administrator's choice; ``dns_cache`` and ``dns_lookup_events`` are tables, by which it is mostly named."""

FORMATS = (CARBON_BLACK, CARBON_BLACK_EDR, CORTEX_XDR, HARFANGLAB, SYSMON_XML, FILTERING_XML, NVM, OSQUERY)
