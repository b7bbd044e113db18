"""Cisco Umbrella's logs as Microsoft Sentinel has them: what the connector reads from the S3 bucket and sends on (JSON), and the tables
``Cisco_Umbrella_dns_CL``, ``_proxy_CL``, ``_ip_CL`` and ``_cloudfirewall_CL`` that it becomes.

The connector names the columns of the CSV files by itself; the table has them with a type behind and without blanks
(https://github.com/Azure/Azure-Sentinel/blob/master/Solutions/CiscoUmbrella/Parsers/Cisco_Umbrella.yaml). What the columns are:
https://docs.umbrella.com/umbrella-user-guide/docs/log-formats-and-versioning. Times are in UTC.
"""

from shadowai.sources.logs.description import Json, Key, Kind, LogFormat, Part, Take, TimeOf, When

PERSON = r"(?i)user"
MACHINE = r"(?i)comput|roaming|anyconnect|mobile|chromebook|secure client|^(?!network|.{0,64}tunnel).{0,64}device"
"""What a person has; a network device and the device at the end of a tunnel stand for all that are behind them."""
MAIL = r"\(\[?([^()\[\]\s]+@[^()\[\]\s]+)[\])]"
_DOC = "https://learn.microsoft.com/en-us/azure/sentinel/data-connectors/cisco-cloud-security"


def _named(name: str) -> str:
    """A column as the connector sends it, and as the table has it."""
    plain = name.replace(" ", "_").replace("-", "_")
    return "|".join(dict.fromkeys((name, plain, *(f"{plain}_{kind}" for kind in "sdt"))))


def _of(*names: str) -> tuple[Take, ...]:
    return tuple(map(_named, names))


def _table(
    name: str,
    title: str,
    kind: Kind,
    event: str,
    beside: str,
    identity: tuple[str, ...],
    fields: dict[str, tuple[Take, ...]],
) -> LogFormat:
    """The table of one type of event, whose rows have ``beside`` (besides who, of which ``identity`` are the columns)."""
    kinds_of: tuple[Key, ...] = tuple(map(_named, ("Policy Identity Type", "Identity Type", "Identity Types")))
    policy = tuple(map(_named, identity))
    action = _named("Action" if kind == "dns_query" else "Verdict") + "|" + _named("verdict")
    decides = event != "ip"  # what is in the log of addresses was refused or let through, which it does not tell
    return LogFormat(
        name=f"umbrella_{name}_table",
        title=f"Cisco Umbrella {title} log in Microsoft Sentinel (connector, table; JSON)",
        vendor="Cisco",
        doc=_DOC,
        kind=kind,
        family=Json(
            requires=(
                (_named("EventType") + "|Type", rf"^(?:{event}logs|Cisco_Umbrella_{event}_CL)$"),
                (_named(beside), "."),
            )
        ),
        fields={
            "user": (
                *(Part(key, MAIL) for key in policy),
                *(Part(key, r"^\s*([^\s(),@]{1,64}@[\w.-]{3,255})\s*(?:,|$)") for key in policy),
                *(Part(policy[0], r"^([^,]+)", ((of, r"(?i)^[^,]*user"),)) for of in kinds_of[:2]),
            ),
            "device": tuple(Part(policy[0], r"^([^,@]+)$", ((of, MACHINE),)) for of in kinds_of[:2]),
            **({"action": (action,)} if decides else {}),
            **fields,
        },
        time=tuple(
            TimeOf((key,)) for key in (_named("Timestamp"), "Timestamp_t [UTC]", "TimeGenerated|TimeGenerated [UTC]")
        ),
        zone="utc",
        rank=13,
        blocked=(When(((action, r"(?i)^block"),)),) if decides else (),
        allowed=(When(((action, r"(?i)^(?:allow|proxied|warn|isolat)"),)),) if decides else (),
        product=f"umbrella_{name}",
    )


TABLES = (
    _table(
        "dns",
        "DNS",
        "dns_query",
        "dns",
        "Domain",
        ("Policy Identity", "Identities"),
        {"host": _of("Domain"), "client_ip": _of("InternalIp", "ExternalIp")},
    ),
    _table(
        "proxy",
        "web (proxy)",
        "http_request",
        "proxy",
        "URL",
        ("Policy Identity", "Identities"),
        {
            "host": _of("URL"),
            "url": _of("URL"),
            "client_ip": _of("Internal IP", "External IP"),
            "server_ip": _of("Destination IP"),
            "method": _of("Request Method"),
            "bytes_up": _of("requestSize"),
            "bytes_down": _of("responseSize"),
            "user_agent": _of("userAgent"),
        },
    ),
    _table(
        "ip",
        "IP layer",
        "connection",
        "ip",
        "Destination IP",
        ("Identity", "Identities"),
        {
            "client_ip": _of("Source IP"),
            "server_ip": _of("Destination IP"),
            "server_port": _of("Destination Port"),
        },
    ),
    _table(
        "firewall",
        "cloud firewall",
        "connection",
        "cloudfirewall",
        "destinationIp",
        ("Identity", "Identities"),
        {
            "client_ip": _of("sourceIp", "SourceIP"),
            "server_ip": _of("destinationIp"),
            "server_port": _of("destinationPort"),
        },
    ),
)
