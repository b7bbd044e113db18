"""AWS: Route 53 Resolver query logs, VPC flow logs, Network Firewall.

A VPC flow record has one direction only: ``bytes`` went from ``srcaddr`` to ``dstaddr``, so it is what the client sent
where the source is the client; records of what a well-known service port sent back are printed and not counted.
"""

from shadowai.sources.logs import suricata
from shadowai.sources.logs.description import CsvHeader, Json, Key, LogFormat, Part, Pattern, TimeOf, Told, When

_FLOW_DOC = "https://docs.aws.amazon.com/vpc/latest/userguide/flow-log-records.html"
_NO_DATA = "no traffic in the interval, or records were skipped"
_REPLY = "what the service sent back; the record of the other direction is counted"
_SERVICE = r"^(?:53|80|443|853)(?:\.0)?$"
_EPHEMERAL = r"^\d{4,5}(?:\.0)?$"

RESOLVER = LogFormat(
    name="aws_route53_resolver",
    title="Amazon Route 53 Resolver query log",
    vendor="AWS",
    doc="https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/resolver-query-logs-format.html",
    kind="dns_query",
    family=Json(requires=(("query_name", ""), ("query_timestamp", r"^\d{4}-"), ("srcaddr|vpc_id|account_id", ""))),
    fields={
        "host": ("query_name",),
        "client_ip": ("srcaddr",),
        "device": ("srcids.instance", "srcids.0"),
        "action": ("firewall_rule_action", "rcode"),
    },
    time=(TimeOf(("query_timestamp",)),),
    zone="utc",
    blocked=(When((("firewall_rule_action", r"(?i)^block$"),)),),
    allowed=(When((("firewall_rule_action", r"(?i)^(?:allow|alert)$"),)),),
    told=Told(("answers",)),
    product="aws_route53_resolver",
)


def _flow(
    name: str, title: str, family: CsvHeader | Json | Pattern, places: dict[str, Key], *, line: str = "", rank: int = 10
) -> LogFormat:
    """A VPC flow log in one of its forms; ``places`` are the keys of the fields that the form names in its own way."""
    return LogFormat(
        name=name,
        title=title,
        vendor="AWS",
        doc=_FLOW_DOC,
        kind="connection",
        family=family,
        fields={
            # the packet's own ends where a NAT gateway or load balancer stands between (fields of version 3)
            "client_ip": (*(places[name] for name in ("pkt-srcaddr", "srcaddr") if name in places),),
            "server_ip": (*(places[name] for name in ("pkt-dstaddr", "dstaddr") if name in places),),
            "server_port": (Part(places["dstport"], r"^(\d+)"),),
            **({"action": (places["action"],)} if "action" in places else {}),
            "bytes_up": (places["bytes"],),
        },
        time=(TimeOf((places["start"],)), TimeOf((places["end"],))),
        zone="utc",
        line=line,
        rank=rank,
        blocked=(When(((places["action"], "^REJECT$"),)),) if "action" in places else (),
        allowed=(When(((places["action"], "^ACCEPT$"),)),) if "action" in places else (),
        uncounted=(
            When(((places["log-status"], "^(?:NODATA|SKIPDATA)$"),), _NO_DATA),
            When(((places["srcport"], _SERVICE), (places["dstport"], _EPHEMERAL)), _REPLY),
        ),
        product="aws_vpcflow",
    )


_V2 = (
    "version",
    "account-id",
    "interface-id",
    "srcaddr",
    "dstaddr",
    "srcport",
    "dstport",
    "protocol",
    "packets",
    "bytes",
    "start",
    "end",
    "action",
    "log-status",
)
_NAMED = (*_V2, "pkt-srcaddr", "pkt-dstaddr")
_NAMES: dict[str, Key] = {name: name for name in _NAMED}

_NUMBER = r"(?:\d+|-)"
_LINE = (
    r"^(?:\d{4}-\d\d-\d\dT[\d:.]+Z )?"  # as CloudWatch exports it
    rf"[2-9] (?:\d{{6,12}}|unknown) (?:eni-\S+|-) (?P<srcaddr>\S+) (?P<dstaddr>\S+) "
    rf"(?P<srcport>{_NUMBER}) (?P<dstport>{_NUMBER}) {_NUMBER} {_NUMBER} "
    rf"(?P<bytes>{_NUMBER}) (?P<start>\d{{9,10}}) (?P<end>\d{{9,10}}) "
    rf"(?P<action>ACCEPT|REJECT|-) (?P<log_status>OK|NODATA|SKIPDATA)(?: |$)"
)
FLOW = _flow(
    "aws_vpcflow",
    "Amazon VPC flow log (default fields, or these and more behind them)",
    Pattern((_LINE,)),
    {name: name.replace("-", "_") for name in _V2},
    line=_LINE,
)
_TGW_LINE = (
    r"^(?:\d{4}-\d\d-\d\dT[\d:.]+Z )?"
    r"[2-9] (?:TransitGateway|-) \d{6,12} tgw-\S+ tgw-attach-\S+ (?:\S+ ){11}(?P<srcaddr>\S+) (?P<dstaddr>\S+) "
    rf"(?P<srcport>{_NUMBER}) (?P<dstport>{_NUMBER}) {_NUMBER} {_NUMBER} "
    rf"(?P<bytes>{_NUMBER}) (?P<start>\d{{9,10}}) (?P<end>\d{{9,10}}) (?P<log_status>OK|NODATA|SKIPDATA)(?: |$)"
)
FLOW_TGW = _flow(
    "aws_vpcflow_tgw",
    "AWS Transit Gateway flow log (default fields)",
    Pattern((_TGW_LINE,)),
    {name: name.replace("-", "_") for name in _V2 if name != "action"},
    line=_TGW_LINE,
)
FLOW_HEADED = _flow(
    "aws_vpcflow_headed",
    "Amazon VPC flow log with its header line (any fields)",
    CsvHeader(columns=("srcaddr", "dstaddr"), delimiters=" "),
    _NAMES,
    rank=12,
)
FLOW_TABLE = _flow(
    "aws_vpcflow_table",
    "Amazon VPC flow log as a table (CSV of Athena or a warehouse)",
    CsvHeader(columns=("srcaddr", "dstaddr", "interface_id"), delimiters=",\t"),
    {name: name.replace("-", "_") for name in _NAMED},
    rank=13,
)
FLOW_JSON = _flow(
    "aws_vpcflow_json",
    "Amazon VPC flow log as JSON",
    Json(
        requires=(
            ("srcaddr", ""),
            ("dstaddr", ""),
            (
                "interface_id|account_id|log_status|flow_direction|vpc_id|"
                "interface-id|account-id|log-status|flow-direction|vpc-id",
                "",
            ),
        )
    ),
    {name: f"{name.replace('-', '_')}|{name}" if "-" in name else name for name in _NAMED},
)

_FIREWALL_FIELDS = suricata.fields("event.")
_FIREWALL_FIELDS["host"] = (*_FIREWALL_FIELDS["host"], "event.sni")
_OF_INSPECTION = "event.tls_error.error_message|event.revocation_check.status"
"""The log of TLS inspection is no Suricata event. Its errors are connections that were reset.
Source: https://docs.aws.amazon.com/network-firewall/latest/developerguide/tls-inspection-logging.html"""

NETWORK_FIREWALL = LogFormat(
    name="aws_network_firewall",
    title="AWS Network Firewall (Suricata events)",
    vendor="AWS",
    doc="https://docs.aws.amazon.com/network-firewall/latest/developerguide/firewall-logging-contents.html",
    kind="connection",
    family=Json(requires=(("firewall_name", ""), ("event_timestamp", ""), (f"event.event_type|{_OF_INSPECTION}", ""))),
    fields=_FIREWALL_FIELDS,
    time=(TimeOf(("event.timestamp",)), TimeOf(("event_timestamp",))),
    zone="utc",
    rank=14,
    kinds=(*suricata.kinds("event."), (When(((_OF_INSPECTION, "."),)), "tls_connection")),
    blocked=(
        *suricata.blocked("event."),
        When((("event.tls_error.error_message", "."),)),
        When((("event.revocation_check.action", r"(?i)^(?:drop|reject)"),)),
    ),
    allowed=(*suricata.allowed("event."), When((("event.revocation_check.action", r"(?i)^pass$"),))),
    uncounted=suricata.uncounted("event."),
    session=("event.flow_id",),
    whole=suricata.NAMED,
    told=suricata.told("event."),
    product="aws_network_firewall",
)

FORMATS = (RESOLVER, FLOW, FLOW_TGW, FLOW_HEADED, FLOW_TABLE, FLOW_JSON, NETWORK_FIREWALL)
