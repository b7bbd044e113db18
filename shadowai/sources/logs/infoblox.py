"""Infoblox BloxOne: DNS queries, responses and policy hits from the Data Connector (CEF, LEEF), and zone data (JSON).

"DNS Query/Response Log Message Mapping", Infoblox: ``destinationDnsDomain`` (LEEF ``url``) is the requested name, ``src`` the client.
Records of zone data are what an administrator entered, and no queries.
"""

from shadowai.sources.logs.description import Cef, Json, Leef, LogFormat, Part, TimeOf, When

_DOC = (
    "https://infoblox-docs.atlassian.net/wiki/spaces/BloxOneThreatDefense/pages/35406922/"
    "DNS+Query+Response+Log+Message+Mapping"
)
_BLOCKED = r"(?i)^(?:block|nxdomain|no_?data|redirect|drop)"
_POLICY_EVENT = "NXDOMAIN|NODATA|NX|Local-Data|BLOCK|REDIRECT|DROP"
_RESPONSE = "a DNS response; the query is counted"

CEF = LogFormat(
    name="infoblox_bloxone_dns_cef",
    title="Infoblox BloxOne and NIOS DNS log of the Data Connector (CEF)",
    vendor="Infoblox",
    doc=_DOC,
    kind="dns_query",
    family=Cef(device=r"^Infoblox\|Data Connector$"),
    fields={
        "host": ("destinationDnsDomain", "dhost"),
        "user": ("suser", "duser"),
        "device": ("shost", "InfobloxB1DeviceName", "dvchost"),
        "client_ip": ("src",),
        "server_ip": ("dst",),
        "action": ("InfobloxB1PolicyAction", "InfobloxPolicyAction", "act", "InfobloxDNSRCode"),
    },
    time=(TimeOf(("rt",)), TimeOf(("Timestamp",)), TimeOf(("start",))),
    zone="utc",
    rank=12,
    blocked=(
        When((("InfobloxB1PolicyAction", _BLOCKED),)),
        When((("InfobloxPolicyAction", _BLOCKED),)),
        When((("act", _BLOCKED),)),
        When((("cef.class", rf"(?i)^RPZ-.*-(?:{_POLICY_EVENT})$"),)),
    ),
    allowed=(
        When((("InfobloxB1PolicyAction", r"(?i)^(?:allow|log|pass)"),)),
        When((("act", r"(?i)^(?:allow|log|pass)"),)),
    ),
    uncounted=(
        When((("destinationDnsDomain", r"^$"), ("dhost", r"^$")), "an event of the service itself, no query"),
        When((("cef.class", r"(?i)^DNS[ -]Response"),), _RESPONSE, (("cef.class", r"(?i)^DNS[ -]Query"),)),
    ),
    product="infoblox_bloxone",
    same_as=("infoblox_bloxone_cef",),
)

LEEF = LogFormat(
    name="infoblox_bloxone_dns_leef",
    title="Infoblox BloxOne and NIOS DNS log of the Data Connector (LEEF)",
    vendor="Infoblox",
    doc=_DOC,
    kind="dns_query",
    family=Leef(device=r"^Infoblox\|Data Connector$"),
    fields={
        "host": ("url", "destinationDnsDomain"),
        "user": ("usrName",),
        "client_ip": ("src",),
        "server_ip": ("dst",),
        "action": ("InfobloxB1PolicyAction", "InfobloxPolicyAction", "InfobloxDNSRCode"),
    },
    time=(TimeOf(("devTime",)), TimeOf(("Timestamp",))),
    zone="utc",
    rank=12,
    blocked=(When((("InfobloxB1PolicyAction", _BLOCKED),)), When((("InfobloxPolicyAction", _BLOCKED),))),
    uncounted=(
        When((("leef.id", r"(?i)^DNS Response"),), _RESPONSE, (("leef.id", r"(?i)^DNS Query"),)),
        When((("url", r"^$"), ("destinationDnsDomain", r"^$")), "an event of the service itself, no query"),
    ),
    product="infoblox_bloxone",
)

ZONE_DATA = LogFormat(
    name="infoblox_bloxone_dns_data",
    title="Infoblox BloxOne DDI zone data (JSON)",
    vendor="Infoblox",
    doc="https://csp.infoblox.com/apidoc?url=https://csp.infoblox.com/apidoc/docs/DnsData",
    kind="dns_query",
    family=Json(requires=(("absolute_zone_name", ""), ("dns_absolute_name_spec", ""), ("dns_rdata|rdata.address", ""))),
    fields={"host": (Part("dns_absolute_name_spec", r"^(\S+)$"),)},
    time=(TimeOf(("updated_at",)), TimeOf(("created_at",))),
    zone="utc",
    rank=12,
    uncounted=(When((("absolute_zone_name", r""),), "a record that an administrator entered, no query"),),
    product="infoblox_bloxone",
)

EVENTS = LogFormat(
    name="infoblox_bloxone_dns_json",
    title="Infoblox Threat Defense DNS events and activity as the API gives them (JSON)",
    vendor="Infoblox",
    doc="https://csp.infoblox.com/apidoc?url=https://csp.infoblox.com/apidoc/docs/DnsEvent",
    kind="dns_query",
    family=Json(
        requires=(
            ("qname", ""),
            ("qip|device|user", ""),
            ("event_time|timestamp", ""),
            ("qtype", ""),
            ("network|rcode", ""),
        )
    ),
    fields={
        "host": ("qname",),
        "user": ("user",),
        "device": ("device_name", Part("device", r"^(?![\d.]+$|[0-9a-fA-F:.]*:[0-9a-fA-F:.]*$)(.+)$")),
        "client_ip": ("qip", "device"),
        "action": ("policy_action", "rcode"),
    },
    time=(TimeOf(("event_time",)), TimeOf(("timestamp",))),
    zone="utc",
    rank=12,
    blocked=(When((("policy_action", _BLOCKED),)),),
    allowed=(When((("policy_action", r"(?i)^(?:allow|log|pass)"),)),),
    product="infoblox_bloxone",
)

FORMATS = (CEF, LEEF, ZONE_DATA, EVENTS)
