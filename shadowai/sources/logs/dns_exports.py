"""DNS as resolvers hand it on: Technitium DNS Server, Akamai Secure Internet Access, dnstap in its usual texts, Route 53 hosted zones.

Sources: https://github.com/TechnitiumSoftware/DnsServer (log manager and Log Exporter), https://github.com/akamai/uls
(``docs/LOG_OVERVIEW.md``), https://bind9.readthedocs.io/en/latest/manpages.html#dnstap-read, https://github.com/dmachard/DNS-collector.
"""

from shadowai.sources.logs.description import CsvHeader, Json, LogFormat, Pattern, TimeOf, Told, When

_IP = r"[0-9a-fA-F]*[.:][0-9a-fA-F.:]+"
_TYPE = r"[A-Z][A-Z0-9]{0,15}"
_ANSWER = "a DNS answer; the query is counted"
_UPSTREAM = "what a resolver asked others, not a client's question"
_TECHNITIUM = "https://github.com/TechnitiumSoftware/DnsServer"

TECHNITIUM = LogFormat(
    name="technitium",
    title="Technitium DNS Server log with all queries",
    vendor="Technitium",
    doc=_TECHNITIUM,
    kind="dns_query",
    family=Pattern(
        (
            r"\[(?P<time>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{1,7})?(?: UTC)?)(?: Local)?\] "
            rf"\[\[?(?P<client>{_IP}?)\]?(?::\d{{1,5}})?\] \[\w+\] (?:\[\S{{1,64}}\] )?QNAME: (?P<name>[^;\s]{{1,255}}); "
            r"QTYPE: (?P<type>[^;]{1,20}); QCLASS: \w+; RCODE: (?P<code>\w+)",
        )
    ),
    line=rf"\[\d{{4}}-\d\d-\d\d [^\]]{{8,24}}\] \[\[?{_IP}\]?(?::\d{{1,5}})?\] \[\w+\] (?:\[\S{{1,64}}\] )?QNAME: [^;\s]{{1,255}}; QTYPE: ",
    ignored=r"^\[\d{4}-\d\d-\d\d [^\]]{8,24}\] (?!.{0,120}QNAME: )",
    fields={"host": ("name",), "client_ip": ("client",), "action": ("code",)},
    time=(TimeOf(("time",)),),
    rank=12,
    product="technitium",
)

TECHNITIUM_JSON = LogFormat(
    name="technitium_json",
    title="Technitium DNS Server, Log Exporter (JSON lines)",
    vendor="Technitium",
    doc=_TECHNITIUM,
    kind="dns_query",
    family=Json(requires=(("question.questionName", ""), ("clientIp", ""), ("responseType|responseCode", ""))),
    fields={"host": ("question.questionName",), "client_ip": ("clientIp",), "action": ("responseType",)},
    time=(TimeOf(("timestamp",)),),
    zone="utc",
    rank=12,
    blocked=(When((("responseType", r"(?i)blocked$"),)),),
    allowed=(When((("responseType", r"(?i)^(?:recursive|cached|authoritative)$"),)),),
    told=Told(("answers.0.recordData", "answers.1.recordData", "answers.2.recordData"), ("answers.0.recordTtl",)),
    product="technitium",
)
"""``responseType`` is Authoritative, Recursive, Cached, Blocked, UpstreamBlocked, UpstreamBlockedCached or Dropped."""

TECHNITIUM_CSV = LogFormat(
    name="technitium_csv",
    title="Technitium DNS Server query log (CSV export)",
    vendor="Technitium",
    doc=_TECHNITIUM,
    kind="dns_query",
    family=CsvHeader(columns=("Timestamp", "ClientIpAddress", "ResponseType", "RCODE", "Domain"), delimiters=","),
    fields={"host": ("Domain",), "client_ip": ("ClientIpAddress",), "action": ("ResponseType",)},
    time=(TimeOf(("Timestamp",)),),
    zone="utc",
    rank=12,
    blocked=(When((("ResponseType", r"(?i)blocked"),)),),
    allowed=(When((("ResponseType", r"(?i)^(?:recursive|cached|authoritative)$"),)),),
    product="technitium",
)

_ETP = "https://techdocs.akamai.com/etp-reporting/reference/"
_BLOCK = r"(?i)^(?:block|deny|drop|sinkhole|refuse)"
_ALLOW = r"(?i)^(?:allow|monitor|classify|bypass)"

AKAMAI_DNS = LogFormat(
    name="akamai_etp_dns",
    title="Akamai Secure Internet Access (ETP): DNS activity and threat events (JSON)",
    vendor="Akamai",
    doc=_ETP + "post-dns-activity-details",
    kind="dns_query",
    family=Json(requires=(("query.domain", ""), ("query.clientIp", ""), ("event.actionName|event.actionId", ""))),
    fields={
        "host": ("query.domain",),
        "device": ("query.deviceName", "event.deviceName"),
        "client_ip": ("event.internalClientIP", "query.clientIp"),
        "action": ("event.actionName",),
    },
    time=(TimeOf(("query.time",)), TimeOf(("event.detectionTime",))),
    zone="utc",
    rank=14,
    nulls=frozenset({"n/a", "not available"}),
    blocked=(When((("event.actionName", _BLOCK),)),),
    allowed=(When((("event.actionName", _ALLOW),)),),
    product="akamai_etp",
)

AKAMAI_PROXY = LogFormat(
    name="akamai_etp_proxy",
    title="Akamai Secure Internet Access (Enterprise Threat Protector): proxy traffic (JSON)",
    vendor="Akamai",
    doc=_ETP + "post-traffic-transaction-details",
    kind="http_request",
    family=Json(requires=(("request.domain", ""), ("request.clientIp", ""), ("event.actionName|event.actionId", ""))),
    fields={
        "host": ("request.domain",),
        "path": ("request.uri",),
        "user": ("userIdentity.encryptedUserName",),
        "device": ("event.deviceName",),
        "client_ip": ("event.internalClientIP", "request.clientIp"),
        "server_ip": ("request.destinationIP",),
        "server_port": ("request.destinationPort",),
        "method": ("request.method",),
        "action": ("event.actionName",),
        "user_agent": ("event.httpUserAgent",),
    },
    time=(TimeOf(("request.startTime",)), TimeOf(("event.detectionTime",))),
    zone="utc",
    rank=14,
    nulls=frozenset({"n/a", "not available"}),
    blocked=(When((("event.actionName", _BLOCK),)),),
    allowed=(When((("event.actionName", _ALLOW),)),),
    product="akamai_etp",
)
"""Threat events over HTTP have the same shape. Sizes are not among the fields."""

_OF_CLIENT = r"^(?:CQ|CLIENT_QUERY)$"
_NOT_OF_CLIENT = (
    When((("what", r"^(?:CR|CLIENT_RESPONSE)$"),), _ANSWER, (("what", _OF_CLIENT),)),
    When((("what", r"^(?!(?:CQ|CR|CLIENT_QUERY|CLIENT_RESPONSE)$)"),), _UPSTREAM),
)

DNSTAP = LogFormat(
    name="dnstap_text",
    title="dnstap messages as text (dnstap-read, dnstap-ldns, DNS-collector)",
    vendor="dnstap",
    doc="https://bind9.readthedocs.io/en/latest/manpages.html#dnstap-read-print-dnstap-data-in-human-readable-form",
    kind="dns_query",
    family=Pattern(
        (
            r"^(?P<time>\d\d-[A-Z][a-z]{2}-\d{4} \d\d:\d\d:\d\d\.\d{1,9}) (?P<what>[A-Z]{2}) "
            rf"(?P<client>{_IP}):\d+ (?:->|<-) \S+:\d+ \w+ \d+b (?P<name>[^\s/]{{1,255}})/\w+/{_TYPE}\s*$",
            r"^(?P<time>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z?) \S+ (?P<what>[A-Z]+_(?:QUERY|RESPONSE)) \S+ "
            rf"(?P<client>{_IP}) \d+ \w+ \w+ \d+b (?P<name>\S{{1,255}}) {_TYPE} ",
        )
    ),
    line=r"^(?:\d\d-[A-Z][a-z]{2}-\d{4} \d\d:\d\d:\d\d\.\d{1,9} [A-Z]{2} \S+:\d+ (?:->|<-) \S+:\d+ \w+ \d+b "
    r"|\d{4}-\d\d-\d\dT\S+ \S+ [A-Z]+_(?:QUERY|RESPONSE) \S+ [0-9a-fA-F.:]+ \d+ \w+ \w+ \d+b )",
    fields={"host": ("name",), "client_ip": ("client",)},
    time=(TimeOf(("time",)),),
    rank=12,
    uncounted=_NOT_OF_CLIENT,
    product="dnstap",
)

DNS_COLLECTOR = LogFormat(
    name="dns_collector_json",
    title="DNS-collector: dnstap messages as JSON",
    vendor="dnstap",
    doc="https://github.com/dmachard/DNS-collector/blob/main/docs/dnsconversions.md",
    kind="dns_query",
    family=Json(
        requires=(
            ("dns.qname", ""),
            ("dnstap.operation", r"^[A-Z]+_(?:QUERY|RESPONSE)$"),
            ("network.query-ip|network.queryip", ""),
        )
    ),
    fields={
        "host": ("dns.qname",),
        "client_ip": ("network.query-ip|network.queryip",),
        "action": ("dns.rcode",),
    },
    time=(TimeOf(("dnstap.timestamp-rfc3339ns|dnstap.timestamp",)),),
    zone="utc",
    rank=12,
    uncounted=(
        When((("dnstap.operation", r"^CLIENT_RESPONSE$"),), _ANSWER, (("dnstap.operation", r"^CLIENT_QUERY$"),)),
        When((("dnstap.operation", r"^(?!CLIENT_)"),), _UPSTREAM),
    ),
    product="dnstap",
)

ROUTE53_ZONE = LogFormat(
    name="aws_route53_public",
    title="Amazon Route 53 query log of a public hosted zone",
    vendor="AWS",
    doc="https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/query-logs.html",
    kind="dns_query",
    family=Pattern(
        (
            r"^(?:\S{20,30} )?\d\.\d (?P<time>\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ) Z[A-Z0-9]{5,32} (?P<name>\S{1,255}) "
            rf"{_TYPE} (?P<code>[A-Z]+) (?:UDP|TCP) \S+ (?P<client>{_IP}) \S+\s*$",
        )
    ),
    line=r"^(?:\S{20,30} )?\d\.\d \d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ Z[A-Z0-9]{5,32} \S{1,255} [A-Z0-9]+ [A-Z]+ (?:UDP|TCP) \S+ \S+ ",
    fields={"host": ("name",), "client_ip": ("client",), "action": ("code",)},
    time=(TimeOf(("time",)),),
    zone="utc",
    rank=12,
    product="aws_route53_public",
)
"""Names of an own zone, asked for by resolvers of others."""

ADGUARD_DNS = LogFormat(
    name="adguard_dns_json",
    title="AdGuard DNS query log as its API gives it (JSON)",
    vendor="AdGuard",
    doc="https://adguard-dns.io/kb/private-dns/api/reference/",
    kind="dns_query",
    family=Json(requires=(("domain", ""), ("time_millis|time_iso", ""), ("dns_request_type", ""))),
    fields={"host": ("domain",), "device": ("device_id",), "action": ("filtering_info.filtering_status",)},
    time=(TimeOf(("time_iso",)), TimeOf(("time_millis",))),
    zone="utc",
    rank=12,
    blocked=(When((("filtering_info.filtering_status", r"_BLOCKED$"),)),),
    allowed=(When((("filtering_info.filtering_status", r"^(?:NONE|\w+_ALLOWED)$"),)),),
    product="adguard_dns",
)


def _azure(name: str) -> str:
    return f"properties.{name}|{name}"


AZURE_DNS = LogFormat(
    name="azure_dns_query",
    title="Azure DNS security policy query log (JSON)",
    vendor="Microsoft",
    doc="https://learn.microsoft.com/en-us/azure/azure-monitor/reference/tables/dnsquerylogs",
    kind="dns_query",
    family=Json(
        requires=(
            (_azure("QueryName"), ""),
            (_azure("SourceIpAddress"), ""),
            (f"{_azure('ResolutionPath')}|{_azure('ResolverPolicyRuleAction')}", ""),
            ("time|TimeGenerated", ""),
        )
    ),
    fields={
        "host": (_azure("QueryName"),),
        "client_ip": (_azure("SourceIpAddress"),),
        "action": (_azure("ResolverPolicyRuleAction"), _azure("ResponseCode")),
    },
    time=(TimeOf(("time|TimeGenerated",)),),
    zone="utc",
    rank=12,
    blocked=(When(((_azure("ResolverPolicyRuleAction"), r"(?i)^(?:block|deny)"),)),),
    allowed=(When(((_azure("ResolverPolicyRuleAction"), r"(?i)^(?:allow|alert)"),)),),
    product="azure_dns",
)

DNS_EVENTS = LogFormat(
    name="windows_dns_events",
    title="Windows DNS server events in Azure Monitor's table DnsEvents (JSON)",
    vendor="Microsoft",
    doc="https://learn.microsoft.com/en-us/azure/azure-monitor/reference/tables/dnsevents",
    kind="dns_query",
    family=Json(
        requires=(
            ("SubType", r"^(?:LookupQuery|DynamicRegistration)$"),
            ("Name", ""),
            ("ClientIP", ""),
            ("TimeGenerated", ""),
        )
    ),
    fields={"host": ("Name",), "client_ip": ("ClientIP",), "action": ("Result",)},
    time=(TimeOf(("TimeGenerated",)),),
    zone="utc",
    rank=13,
    uncounted=(When((("SubType", r"^DynamicRegistration$"),), "a machine registered its own name"),),
    product="ms_dns",
)
"""``Computer`` is the server that was asked."""

NXLOG_MS_DNS = LogFormat(
    name="ms_dns_debug_json",
    title="Microsoft DNS Server debug log in JSON (NXLog xm_msdns)",
    vendor="Microsoft",
    doc="https://docs.nxlog.co/refman/current/xm/msdns.html",
    kind="dns_query",
    family=Json(
        requires=(
            ("QuestionName", ""),
            ("RemoteIP", r"^[0-9a-fA-F.:]+$"),
            ("SendReceiveIndicator", r"^(?:Rcv|Snd)$"),
            ("InternalPacketIdentifier|Xid|ThreadId", ""),
        )
    ),
    fields={"host": ("QuestionName",), "client_ip": ("RemoteIP",), "action": ("ResponseCode",)},
    time=(TimeOf(("EventTime",)),),
    rank=12,
    uncounted=(
        When((("SendReceiveIndicator", r"^Snd$"),), "a packet that the server sent, not a client's question"),
        When((("QueryResponseIndicator", r"(?i)^r"),), "an answer, not a question"),
        When((("Opcode", r"(?i)^(?:notify|update)"),), "an update or notification, not a question"),
    ),
    product="ms_dns_debug",
)

FORMATS = (
    NXLOG_MS_DNS,
    ADGUARD_DNS,
    AZURE_DNS,
    DNS_EVENTS,
    TECHNITIUM,
    TECHNITIUM_JSON,
    TECHNITIUM_CSV,
    AKAMAI_DNS,
    AKAMAI_PROXY,
    DNSTAP,
    DNS_COLLECTOR,
    ROUTE53_ZONE,
)
