"""Azure Firewall: rules' messages of the legacy log, and the structured tables that followed it."""

from shadowai.sources.logs.description import Json, LogFormat, Part, TimeOf, When

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

FORMATS = (AZURE_FIREWALL,)
