"""Cisco Meraki MX, MS and MR syslog: ``epoch.nanoseconds device type …``.

"Syslog Event Types and Log Samples": ``urls`` are HTTP requests, and of TLS connections the server name (``UNKNOWN https://name/...``);
``flows`` and the firewall types that took their place name rules' verdicts, for which inbound rules write 1 for
deny and 0 for allow; no type has sizes.
"""

from shadowai.sources.logs.description import LogFormat, Part, Pattern, TimeOf, When

_TYPES = r"urls|flows|ip_flow_start|ip_flow_end|events|security_event|ids-alerts|airmarshal_events|l7_firewall|(?:\w{1,40}_)?firewall"
_RECORD = rf"(?:^|[\s>])(?P<time>\d{{9,10}}\.\d{{3,9}}) (?P<device>\S{{1,128}}) (?P<type>{_TYPES}) (?P<text>.*)"


def _address(key: str) -> tuple[Part, ...]:
    """An address, of which version 6 has a port behind it only where no port stands apart."""
    return (
        Part("text", rf"(?:^| ){key}=(\d{{1,3}}(?:\.(?:\d{{1,3}}|[xX*]{{1,3}})){{3}})"),
        Part("text", rf"(?:^| ){key}=\[([0-9A-Fa-f:.]{{2,45}})\]"),
        Part("text", rf"(?:^| ){key}=([0-9A-Fa-f:]{{2,45}})(?: |$)", (("text", r" (?:sport=|protocol=icmp)"),)),
        Part("text", rf"(?:^| ){key}=([0-9A-Fa-f:]{{2,45}}):\d{{1,5}}(?: |$)"),
    )


MX = LogFormat(
    name="cisco_meraki",
    title="Cisco Meraki syslog",
    vendor="Cisco",
    doc="https://documentation.meraki.com/General_Administration/Monitoring_and_Reporting/Syslog_Server_Overview_and_Configuration",
    kind="connection",
    family=Pattern((_RECORD,)),
    line=rf"^[^=]{{0,160}}?{_RECORD}",
    fields={
        "host": (Part("text", r" request: \S+ (\S+)"), Part("text", r"(?:^| )url='?([^\s']+)")),
        "url": (Part("text", r" request: \S+ (\S+)"), Part("text", r"(?:^| )url='?([^\s']+)")),
        "user": (  # not what somebody asked a server for
            Part("text", r"(?:^|[^\w?&;/=%'-])[Uu]ser(?:_id)?(?:=| id |\[)'?([^\s'\]:]{1,255})", only=(("type", r"^(?!urls$)"),)),
            Part("text", r"(?:^|\s)identity='([^']{1,255})'", only=(("type", r"^(?!urls$)"),)),
        ),
        "device": (Part("text", r"\bclient_mac='([0-9A-Fa-f:]{17})'"),),
        "client_ip": (
            *_address("src"),
            Part("text", r"(?:lease of ip |Peer IP=|connected from |client_ip='|ip=')([0-9A-Fa-f:.]{2,45})"),
        ),
        "server_ip": (*_address("dst"), Part("text", r"\bserver='([0-9.]{7,15}):")),
        "server_port": (
            Part("text", r"(?:^| )dport=(\d{1,5})"),
            Part("text", r"(?:^| )dst=\S+:(\d{1,5})(?: |$)"),
            Part("text", r"\bserver='[0-9.]{7,15}:(\d{1,5})'"),
        ),
        "method": (Part("text", r" request: ((?!UNKNOWN)[A-Z]+) "),),
        "action": (
            Part("text", r"^(allow|deny|block|drop) "),
            Part("text", r" (?:decision|action)=(\w+)"),
            Part("text", r" pattern: (allow|deny)\b"),
        ),
        "user_agent": (Part("text", r" agent='([^']+)'"),),
    },
    time=(TimeOf(("time",)),),
    zone="utc",
    kinds=(
        (When((("text", r" request: UNKNOWN https://"),)), "tls_connection"),
        (When((("text", r" request: |^security_filtering_file_scanned |(?:^| )url="),)), "http_request"),
    ),
    blocked=(
        When((("text", r"^(?:deny|block|drop) | (?:decision|action)=(?:block|deny|drop)| pattern: (?:1 |deny)"),)),
        When((("text", r"^content_filtering_block |_auth_failure "),)),
    ),
    allowed=(
        When((("text", r"^allow | (?:decision|action)=allow| pattern: (?:0 |allow)|_auth_success "),)),
    ),
    uncounted=(
        When((("type", r"^ip_flow_end$"),), "the end of a flow; its beginning is counted", (("type", r"^ip_flow_start$"),)),
        When(
            (("type", r"^(?:events|airmarshal_events)$"), ("text", r"^(?!content_filtering_block )")),
            "an event of the device itself, not use of a service",
        ),
        When((("type", r"^ids-alerts$"),), "an alert about a packet; its flow is logged apart"),
        When((("text", r"^ids_alerted "),), "an alert about a packet; its flow is logged apart"),
        When((("text", r"^(?!.*(?:dst=|request: |url=))"),), "names no destination"),
    ),
    product="cisco_meraki",
)  # fmt: skip

FORMATS = (MX,)
