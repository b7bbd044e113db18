"""Reviewed differences for Zeek, Suricata, AWS and Microsoft: each with the vendor's words as the reason."""

ANY_LINE = 0

_ZEEK_PAYLOAD = (
    "orig_bytes is 'the number of payload bytes the originator sent', orig_ip_bytes 'the number of IP level bytes': "
    "the truth takes the latter; we take the payload, as proxies count it, and IP bytes only where there is no other"
)
_VPC_START = (
    "start is 'the time when the first packet of the flow was received within the aggregation interval'; "
    "the truth takes end"
)
_UPN = (
    "InitiatingProcessAccountUpn is the 'user principal name (UPN) of the account that ran the process', here "
    "anonymised by itself"
)
_NPS = "AuthenticationServer is the RADIUS server that answered, no destination that anybody used"
_ADFS = "found only in the prose of Message, which is localised; the event is no use of a service and is not counted"

REVIEWED_CLOUD: dict[tuple[str, int, str], str] = {
    ("zeek_conn_json/elastic__test-conn.log", ANY_LINE, "bytes_up"): _ZEEK_PAYLOAD,
    ("zeek_conn_json/elastic__test-conn.log", ANY_LINE, "bytes_down"): _ZEEK_PAYLOAD,
    ("suricata_eve/elastic__test-eve-6-0.log", 1, "client_ip"): (
        "an alert about a response: src_ip (port 80) is the web server that sent the packet, dest_ip the client"
    ),
    (
        "suricata_eve/elastic__test-eve-small.log",
        13,
        "host",
    ): "the SNI is a Markdown link with brackets and slashes: no host name (RFC 6066, section 3)",
    (
        "gatewatcher_eve/sekoia__aioniq.log",
        4,
        "host",
    ): "external_links.url is where the indicator is described; nobody in the log went there",
    (
        "gatewatcher_eve/sekoia__aioniq.log",
        8,
        "host",
    ): "host is the name of the capture device (as gcap says); the destination is tls.sni",
    ("aws_vpcflow/elastic__test-extra-samples.log", ANY_LINE, "time"): _VPC_START,
    ("mde_advanced_hunting/elastic__test-device.log", 17, "user"): _UPN,
    ("mde_advanced_hunting/elastic__test-device.log", 22, "user"): _UPN,
    (
        "mde_advanced_hunting/elastic__test-device.log",
        42,
        "user",
    ): "S-1-5-19 is the SID of local service, whose name is in the row",
    **{("windows_sysmon_json/sekoia__windows.log", line, "host"): _NPS for line in (2, 4)},
    **{
        ("windows_sysmon_json/sekoia__windows.log", line, field): _ADFS
        for line in (5, 6)
        for field in ("host", "client_ip")
    },
}
"""(format/file, line or ANY_LINE, field) -> reason."""
