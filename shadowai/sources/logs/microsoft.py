"""Microsoft: Defender's advanced hunting, Sysmon and Windows events, the DNS server's analytical log, Azure Firewall.

Microsoft's tables name the process and not the direction of bytes: sizes stay unknown. ``RemoteUrl`` is a URL or a bare
host; ``AdditionalFields`` is JSON, often within a string, and holds what network inspection saw (``server_name``,
``query``, ``host``).
"""

from shadowai.sources.logs.description import CsvHeader, Json, Kind, LogFormat, Part, Take, TimeOf, When

_HUNTING_DOC = "https://learn.microsoft.com/en-us/defender-xdr/advanced-hunting-devicenetworkevents-table"
_NOT_OURS = "a connection to the device, not from it"
_INBOUND = r"(?i)^(?:Inbound|Listening)"
_FAILED = r"(?i)block|ConnectionFailed|^ClickBlocked$"
_PASSED = r"(?i)^(?:ConnectionSuccess|ClickAllowed)$"
_KINDS: tuple[tuple[str, Kind], ...] = (
    (r"(?i)^Dns", "dns_query"),
    (r"(?i)^Http", "http_request"),
    (r"(?i)^Ssl", "tls_connection"),
)


def _to_device(inside: str) -> tuple[tuple[str, str], ...]:
    """The conditions of rows in which the remote side is the client: logons, and what inspection saw come in."""
    return ((f"{inside}AdditionalFields.direction|{inside}ActionType", r"^In$|^Logon"),)


def _hunting(inside: str) -> dict[str, tuple[Take, ...]]:
    """Where a row of advanced hunting has the fields of a record, under the prefix ``inside``."""
    more = f"{inside}AdditionalFields"
    to_device = _to_device(inside)
    from_device = ((to_device[0][0], r"^(?!In$|Logon)"),)
    return {
        "host": (
            f"{more}.server_name",
            f"{more}.query",
            f"{more}.DnsQueryString",
            f"{more}.host",
            f"{inside}RemoteUrl",
            f"{inside}Url",
            f"{inside}FileOriginUrl",
        ),
        "url": (f"{inside}RemoteUrl", f"{inside}Url", f"{inside}FileOriginUrl"),
        "path": (f"{more}.uri",),
        "user": tuple(f"{inside}{name}" for name in _ACCOUNTS),
        "device": (f"{inside}DeviceName",),
        "client_ip": (Part(f"{inside}RemoteIP", "(.+)", only=to_device), f"{inside}LocalIP", f"{inside}IPAddress"),
        "server_ip": (
            Part(f"{inside}LocalIP", "(.+)", only=to_device),
            Part(f"{inside}RemoteIP", "(.+)", only=from_device),
        ),
        "server_port": (
            Part(f"{inside}LocalPort", "(.+)", only=to_device),
            Part(f"{inside}RemotePort", "(.+)", only=from_device),
        ),
        "method": (f"{more}.method",),
        "action": (f"{inside}ActionType",),
        "user_agent": (f"{more}.user_agent",),
    }


_ACCOUNTS = (
    "InitiatingProcessAccountUpn",
    "AccountUpn",
    "AccountName",
    "InitiatingProcessAccountName",
    "RequestAccountName",
)


def _no_network(inside: str, category: str = "") -> tuple[When, ...]:
    """Rows of other tables and of connections that the device did not open."""
    action = f"{inside}ActionType"
    elsewhere = (
        (action, r"(?i)^(?!connection|dns|http|ssl|.*url|.*block|.*network|.*inspected|click)"),
        (f"{inside}RemoteUrl|{inside}Url|{inside}FileOriginUrl", "^$"),
    )
    named = (
        (
            When(
                ((category, r"^(?!.*DeviceNetworkEvents|.*UrlClickEvents)"), *elsewhere),
                "an event without a destination",
            ),
        )
        if category
        else ()
    )
    return (
        When(((action, _INBOUND),), _NOT_OURS),
        When(_to_device(inside), _NOT_OURS),
        *named,
        When(elsewhere, "an event without a destination"),
    )


def _kinds(inside: str) -> tuple[tuple[When, Kind], ...]:
    return tuple((When(((f"{inside}ActionType", action),)), kind) for action, kind in _KINDS)


_INSIDE = "properties."
_WITHIN = _hunting(_INSIDE)
HUNTING = LogFormat(
    name="mde_advanced_hunting",
    title="Microsoft Defender for Endpoint, advanced hunting (streamed)",
    vendor="Microsoft",
    doc=_HUNTING_DOC,
    kind="endpoint_event",
    family=Json(requires=(("category", r"^AdvancedHunting-\w"), ("properties.Timestamp|time", ""))),
    fields=_WITHIN,
    time=(TimeOf(("properties.Timestamp",)), TimeOf(("time",))),
    zone="utc",
    kinds=_kinds(_INSIDE),
    blocked=(When(((f"{_INSIDE}ActionType", _FAILED),)),),
    allowed=(When(((f"{_INSIDE}ActionType", _PASSED),)),),
    uncounted=(
        When((("category", r"^AdvancedHunting-(?!Device|UrlClick)"),), "a row of a table that is not of devices"),
        *_no_network(_INSIDE, "category"),
    ),
    product="mde",
)

HUNTING_ROWS = LogFormat(
    name="mde_hunting_json",
    title="Microsoft Defender for Endpoint, advanced hunting (API result, Log Analytics)",
    vendor="Microsoft",
    doc=_HUNTING_DOC,
    kind="endpoint_event",
    family=Json(requires=(("DeviceName|DeviceId", ""), ("RemoteUrl|RemoteIP", ""), ("Timestamp|TimeGenerated", ""))),
    fields=_hunting(""),
    time=(TimeOf(("Timestamp",)), TimeOf(("TimeGenerated",))),
    zone="utc",
    kinds=_kinds(""),
    blocked=(When((("ActionType", _FAILED),)),),
    allowed=(When((("ActionType", _PASSED),)),),
    uncounted=_no_network(""),
    product="mde",
)


def _table(name: str, title: str, column: str, *, utc: bool = False) -> LogFormat:
    """The CSV export of a hunting query; ``column`` is the name its time has there."""
    return LogFormat(
        name=name,
        title=f"Microsoft Defender for Endpoint, advanced hunting ({title})",
        vendor="Microsoft",
        doc="https://learn.microsoft.com/en-us/defender-xdr/advanced-hunting-query-results",
        kind="endpoint_event",
        family=CsvHeader(columns=("DeviceName", "RemoteUrl", column)),
        fields={
            "host": (
                Part("AdditionalFields", r'"(?:server_name|query|DnsQueryString|host)"\s*:\s*"([^"]+)"'),
                "RemoteUrl",
                "FileOriginUrl",
            ),
            "url": ("RemoteUrl", "FileOriginUrl"),
            "user": _ACCOUNTS,
            "device": ("DeviceName",),
            "client_ip": ("LocalIP",),
            "server_ip": ("RemoteIP",),
            "server_port": ("RemotePort",),
            "action": ("ActionType",),
        },
        time=(TimeOf((column,)),),
        zone="utc" if utc else "local",
        rank=12,
        kinds=_kinds(""),
        blocked=(When((("ActionType", _FAILED),)),),
        allowed=(When((("ActionType", _PASSED),)),),
        uncounted=(
            When((("ActionType", _INBOUND),), _NOT_OURS),
            When((("AdditionalFields", r'"direction"\s*:\s*"In"'),), _NOT_OURS),
            When(
                (
                    ("ActionType", r"(?i)^(?!connection|dns|http|ssl|.*url|.*block|.*network|.*inspected|click)"),
                    ("RemoteUrl", "^$"),
                    ("FileOriginUrl", "^$"),
                ),
                "an event without a destination",
            ),
        ),
        product="mde",
    )


TABLES = (
    _table("mde_hunting_csv", "CSV export", "Timestamp"),
    _table("mde_hunting_csv_utc", "CSV export, times in UTC", "Timestamp [UTC]", utc=True),
    _table("mde_sentinel_csv", "CSV export of Sentinel", "TimeGenerated [UTC]", utc=True),
)

_DATA = ("", "winlog.event_data.", "event_data.", "EventData.", "Event.EventData.")
"""Where shippers put the data of a Windows event: NXLog, Winlogbeat, older Winlogbeat, evtx converters."""


_WAZUH = ("data.win", "win")
"""Where Wazuh's alerts have a Windows event, and its agents' own lines, which its archives keep as ``full_log``."""


def _event(*names: str) -> str:
    """The paths of a piece of event data, as alternatives."""
    camel = (f"{win}.eventdata.{name[:1].lower()}{name[1:]}" for name in names for win in _WAZUH)
    return "|".join((*(f"{inside}{name}" for name in names for inside in _DATA), *camel))


_EVENT_ID = (
    "EventID|event_id|winlog.event_id|Event.System.EventID|Event.System.EventID.#text|data.win.system.eventID|win.system.eventID|"
    "System.EventID.Value|event.code"
)
_CHANNEL = (
    "Channel|SourceName|winlog.channel|winlog.provider_name|log_name|Event.System.Channel|data.win.system.channel|win.system.channel|"
    "System.Channel|source_name"
)
_MACHINE = (
    "Hostname",
    "Computer",
    "winlog.computer_name",
    "computer_name",
    "Event.System.Computer",
    "data.win.system.computer",
    "win.system.computer",
    "System.Computer",
)

SYSMON = LogFormat(
    name="windows_sysmon_json",
    title="Sysmon events as JSON (NXLog, Winlogbeat, evtx converters)",
    vendor="Microsoft",
    doc="https://learn.microsoft.com/en-us/sysinternals/downloads/sysmon",
    kind="endpoint_event",
    family=Json(requires=((_CHANNEL, r"Microsoft-Windows-Sysmon"), (_EVENT_ID, r"^\d{1,3}$"))),
    fields={
        "host": (_event("QueryName"), _event("DestinationHostname")),
        "user": (_event("User"), "AccountName"),
        "device": _MACHINE,
        "client_ip": (_event("SourceIp"),),
        "server_ip": (_event("DestinationIp"),),
        "server_port": (_event("DestinationPort"),),
        "action": (_event("QueryStatus"),),
    },
    time=(
        TimeOf((_event("UtcTime"),)),
        TimeOf(("@timestamp",)),
        TimeOf(("Event.System.TimeCreated.#attributes.SystemTime",)),
        TimeOf(("EventTime",)),
    ),
    zone="utc",
    kinds=((When(((_EVENT_ID, "^22$"),)), "dns_query"), (When(((_EVENT_ID, "^3$"),)), "connection")),
    uncounted=(
        When(((_event("Initiated"), "(?i)^false$"),), _NOT_OURS),
        When(((_EVENT_ID, r"^(?!3$|22$)"),), "neither a DNS query (22) nor a connection (3)"),
    ),
    product="windows",
)

_IS_SYSMON = ((_CHANNEL, r"Microsoft-Windows-Sysmon"), (_EVENT_ID, r"^\d{1,3}$"))
_KINDS_OF_SYSMON: tuple[tuple[When, Kind], ...] = (
    (When(((_EVENT_ID, "^22$"),)), "dns_query"),
    (When(((_EVENT_ID, "^3$"),)), "connection"),
)
_NO_NETWORK = When(((_EVENT_ID, r"^(?!3$|22$)"),), "neither a DNS query (22) nor a connection (3)")

SYSMON_ECS = LogFormat(
    name="windows_sysmon_ecs",
    title="Sysmon events as Elastic parses them (Winlogbeat's module, Windows integration; JSON)",
    vendor="Microsoft",
    doc="https://www.elastic.co/docs/reference/integrations/windows",
    kind="endpoint_event",
    family=Json(requires=(*_IS_SYSMON, ("dns.question.name|destination.ip", ""))),
    fields={
        "host": ("dns.question.name", "destination.domain"),
        "user": ("user.name", _event("User")),
        "device": _MACHINE,
        "client_ip": ("source.ip",),
        "server_ip": ("destination.ip",),
        "server_port": ("destination.port",),
        "action": ("sysmon.dns.status", "event.action"),
    },
    time=(TimeOf(("@timestamp",)),),
    zone="utc",
    rank=11,
    kinds=_KINDS_OF_SYSMON,
    uncounted=(
        When((("network.direction", r"(?i)^(?:ingress|inbound)$"),), _NOT_OURS),
        When(((_event("Initiated"), "(?i)^false$"),), _NOT_OURS),
        _NO_NETWORK,
    ),
    product="windows",
)


def _said(name: str) -> Part:
    """What an event's text says."""
    return Part("Description", rf"[\r\n]{name}: ([^\r\n]+)")


SYSMON_DESCRIBED = LogFormat(
    name="windows_sysmon_described",
    title="Sysmon events as Fluentd and Fluent Bit hand them on (a description; JSON)",
    vendor="Microsoft",
    doc="https://github.com/fluent/fluent-plugin-windows-eventlog",
    kind="endpoint_event",
    family=Json(requires=(*_IS_SYSMON, ("Description", r"^\w[^:]{1,80}:\s"))),
    fields={
        "host": (_said("QueryName"), _said("DestinationHostname")),
        "user": (_said("User"),),
        "device": _MACHINE,
        "client_ip": (_said("SourceIp"),),
        "server_ip": (_said("DestinationIp"),),
        "server_port": (_said("DestinationPort"),),
    },
    time=(TimeOf(("TimeCreated",)), TimeOf(("@timestamp",))),
    zone="utc",
    rank=11,
    kinds=_KINDS_OF_SYSMON,
    uncounted=(When((("Description", r"[\r\n]Initiated: false"),), _NOT_OURS), _NO_NETWORK),
    product="windows",
)

_XML_DATA = r"<Data Name=\"{}\">([^<]+)</Data>"
SYSMON_TABLE = LogFormat(
    name="windows_sysmon_table",
    title="Sysmon events in the Event table of Microsoft Sentinel (JSON)",
    vendor="Microsoft",
    doc="https://learn.microsoft.com/en-us/azure/azure-monitor/reference/tables/event",
    kind="endpoint_event",
    family=Json(
        requires=(
            ("Source|EventLog", r"Microsoft-Windows-Sysmon"),
            ("EventID", r"^\d{1,3}$"),
            ("EventData", r"<Data Name="),
        )
    ),
    fields={
        "host": tuple(Part("EventData", _XML_DATA.format(name)) for name in ("QueryName", "DestinationHostname")),
        "user": (Part("EventData", _XML_DATA.format("User")), "UserName"),
        "device": ("Computer",),
        "client_ip": (Part("EventData", _XML_DATA.format("SourceIp")),),
        "server_ip": (Part("EventData", _XML_DATA.format("DestinationIp")),),
        "server_port": (Part("EventData", _XML_DATA.format("DestinationPort")),),
    },
    time=(TimeOf(("TimeGenerated",)),),
    zone="utc",
    rank=12,
    kinds=((When((("EventID", "^22$"),)), "dns_query"), (When((("EventID", "^3$"),)), "connection")),
    uncounted=(
        When((("EventData", r"<Data Name=\"Initiated\">(?i:false)<"),), _NOT_OURS),
        When((("EventID", r"^(?!3$|22$)"),), "neither a DNS query (22) nor a connection (3)"),
    ),
    product="windows",
)

DNS_CLIENT = LogFormat(
    name="windows_dns_client",
    title="Windows DNS client events as JSON (NXLog, Winlogbeat, evtx converters)",
    vendor="Microsoft",
    doc="https://learn.microsoft.com/en-us/windows/win32/dns/dns-functions",
    kind="dns_query",
    family=Json(
        requires=((_CHANNEL, r"Microsoft-Windows-DNS-Client"), (_EVENT_ID, r"^3\d{3}$"), (_event("QueryName"), ""))
    ),
    fields={
        "host": (_event("QueryName"),),
        "user": ("AccountName", "winlog.user.name"),
        "device": _MACHINE,
        "action": (_event("QueryStatus", "Status"),),
    },
    time=(
        TimeOf(("@timestamp",)),
        TimeOf(("Event.System.TimeCreated.#attributes.SystemTime",)),
        TimeOf(("EventTime",)),
    ),
    rank=12,
    nulls=frozenset({"network service", "local service", "system"}),
    uncounted=(
        When(
            ((_EVENT_ID, r"^30(?:0[789]|1\d|20)$"),),
            "what became of a look-up; its start is counted",
            ((_EVENT_ID, r"^3006$"),),
        ),
    ),
    product="windows",
)
"""Event 3006 is the call of a program, 3008 its end; others tell of servers asked and of the cache."""

EVENTS = LogFormat(
    name="windows_event_json",
    title="Windows events as JSON: filtering platform, BITS, network policy server",
    vendor="Microsoft",
    doc="https://learn.microsoft.com/en-us/previous-versions/windows/it-pro/windows-10/security/threat-protection/auditing/event-5156",
    kind="endpoint_event",
    family=Json(
        requires=(
            (
                "SourceName|winlog.provider_name",
                r"^(?:Microsoft-Windows-(?:Security-Auditing|Bits-Client)|AD FS Auditing)$",
            ),
            (_EVENT_ID, r"^\d{1,5}$"),
        )
    ),
    fields={
        "host": (_event("url"), _event("RemoteName")),
        "url": (_event("url"), _event("RemoteName")),
        "user": (_event("User"), _event("SubjectUserName"), "AccountName", "UserID"),
        "device": _MACHINE,
        "client_ip": (_event("SourceAddress"), _event("CallingStationID"), _event("IpAddress")),
        "server_ip": (_event("DestAddress"),),
        "server_port": (_event("DestPort"),),
        "action": ("Category", "EventType"),
    },
    time=(TimeOf(("@timestamp",)), TimeOf(("EventTime",))),
    nulls=frozenset({"s-1-5-18", "s-1-5-19", "s-1-5-20", "s-1-0-0"}),
    blocked=(When(((_EVENT_ID, r"^515[2357]$"),)),),
    allowed=(When(((_EVENT_ID, "^5156$"),)),),
    kinds=((When(((_EVENT_ID, r"^515\d$"),)), "connection"),),
    uncounted=(
        When(((_event("Direction"), "%%14592"),), _NOT_OURS),
        When(((_event("url", "RemoteName"), "^$"), (_event("DestAddress"), "^$")), "an event without a destination"),
    ),
    product="windows",
)

DNS_ANALYTICAL = LogFormat(
    name="ms_dns_analytical",
    title="Windows DNS server analytical log as JSON",
    vendor="Microsoft",
    doc="https://learn.microsoft.com/en-us/windows-server/networking/dns/dns-logging-and-diagnostics",
    kind="dns_query",
    family=Json(requires=((_event("QNAME"), ""), (_event("XID", "InterfaceIP"), ""))),
    fields={
        "host": (_event("QNAME"),),
        "client_ip": (_event("Source"),),
        "server_ip": (_event("InterfaceIP"),),
        "action": (_event("RCODE"),),
    },
    time=(
        TimeOf(("@timestamp",)),
        TimeOf(("TimeCreated",)),
        TimeOf(("Event.System.TimeCreated.#attributes.SystemTime|Event.System.TimeCreated.SystemTime",)),
        TimeOf(("EventTime",)),
    ),
    nulls=frozenset({"0.0.0.0"}),
    uncounted=(
        When(((_EVENT_ID, r"^(?!256$|$)"),), "not a query received (256) but an answer, a recursion or an update"),
    ),
    product="ms_dns",
)

_RULE = "properties.msg|msg_s"
_REQUEST = r"request from (?:\[[^\]]+\]|[^\s:]+)(?::\d*)? to "
AZURE_FIREWALL = LogFormat(
    name="azure_firewall",
    title="Azure Firewall (legacy and structured)",
    vendor="Microsoft",
    doc="https://learn.microsoft.com/en-us/azure/firewall/monitor-firewall-reference",
    kind="connection",
    family=Json(requires=(("category|Category|Type", r"^(?:AzureFirewall|AZFW)"), ("time|TimeGenerated", r"^\d"))),
    fields={
        "host": (
            "properties.TargetUrl|TargetUrl",
            "properties.Fqdn|Fqdn",
            "properties.QueryName|QueryName",
            Part(_RULE, r"(?i) Url: (\S+?)\.?(?:\s|$)"),
            Part(_RULE, _REQUEST + r"((?!\d+\.\d+\.\d+\.\d+)[^\s:]+):\d+"),
            Part(_RULE, r"^DNS Request: \S+ - \d+ \S+ \S+ (\S+)"),
        ),
        "url": ("properties.TargetUrl|TargetUrl", Part(_RULE, r"(?i) Url: (\S+?)\.?(?:\s|$)")),
        "client_ip": (
            "properties.SourceIp|SourceIp",
            Part(_RULE, r"request from (\[[^\]]+\]|[^\s:]+?)(?::|\.?\s)"),
            Part(_RULE, r"^DNS Request: (\S+?):\d+ "),
        ),
        "server_ip": ("properties.DestinationIp|DestinationIp", Part(_RULE, _REQUEST + r"(\d+\.\d+\.\d+\.\d+)")),
        "server_port": ("properties.DestinationPort|DestinationPort", Part(_RULE, _REQUEST + r"[^\s:]+:(\d+)")),
        "action": ("properties.Action|Action", Part(_RULE, r"Action: (\w+)")),
    },
    time=(TimeOf(("time",)), TimeOf(("TimeGenerated",))),
    zone="utc",
    kinds=(
        (When((("category|Category|Type", r"DnsQuery|DnsProxy|FqdnResolve"),)), "dns_query"),
        (When((("category|Category|Type", r"ApplicationRule"),)), "http_request"),
    ),
    blocked=(
        When((("properties.Action|Action", r"(?i)^(?:deny|drop)"),)),
        When(((_RULE, r"(?i)Action: (?:Deny|Drop)\b"),)),
    ),
    allowed=(
        When((("properties.Action|Action", r"(?i)^(?:allow|alert)"),)),
        When(((_RULE, r"(?i)Action: (?:Allow|Alert)\b"),)),
    ),
    uncounted=(
        When(
            (("category|Category|Type", r"ThreatIntel"), ("properties.Action|Action", r"(?i)^(?!den|drop)")),
            "beside the rule that let the traffic pass",
        ),
        When(
            (("category|Category|Type", r"IdpsSignature|FatFlow|FlowTrace|NatRule"),),
            "beside the rule that let the traffic pass",
        ),
        When(
            (("category|Category|Type", r"Fqdn\w*Resol|Aggregation$"),),
            "of the firewall itself, or of many requests together",
        ),
    ),
    product="azure_firewall",
)

FORMATS = (
    HUNTING,
    HUNTING_ROWS,
    *TABLES,
    SYSMON,
    SYSMON_ECS,
    SYSMON_DESCRIBED,
    SYSMON_TABLE,
    DNS_CLIENT,
    EVENTS,
    DNS_ANALYTICAL,
    AZURE_FIREWALL,
)
