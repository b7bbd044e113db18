"""Suricata's EVE JSON and products that forward it.

Source: https://docs.suricata.io/en/latest/output/eve/eve-json-format.html. ``flow.bytes_toserver`` is what the client
sent; ``netflow`` events tell of one direction each. ``src_ip`` is the sender of the packet that caused the event: in a DNS answer,
in ``fileinfo`` of a download and in an alert about a response that is the server.
"""

from dataclasses import replace

from shadowai.sources.logs.description import Json, Key, Kind, LogFormat, Part, Take, TimeOf, Told, When, Whole

_DOC = "https://docs.suricata.io/en/latest/output/eve/eve-json-format.html"
NAMED = Whole(named=(When(()),))
"""Suricata names every flow whose name it sees, in an event of its own."""
_SERVICE_PORTS = "53|80|443|853|3128|8080|8443"
_STAMP = r"^\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d"


def fields(inside: str = "") -> dict[str, tuple[Take, ...]]:
    """Where EVE has the fields of a record, under the prefix ``inside``."""
    from_server = (
        (f"{inside}event_type", "^(?:alert|drop|netflow)$"),
        (f"{inside}src_port", f"^(?:{_SERVICE_PORTS})$"),
    )
    one_way = tuple(
        Part(f"{inside}netflow.bytes", r"^(\d+)$", only=((f"{inside}src_port", pattern),))
        for pattern in (f"^(?!(?:{_SERVICE_PORTS})$)", f"^(?:{_SERVICE_PORTS})$")
    )
    plain: dict[str, tuple[str, ...]] = {
        # DNS in its versions 1 and 2, 3 (Suricata 8), and within alerts
        "host": (
            "tls.sni",
            "quic.sni",
            "http.hostname",
            "http.request_headers.:authority",
            "dns.rrname",
            "dns.queries.0.rrname",
            "dns.query.0.rrname",
        ),
        "url": ("http.url",),
        "path": ("http.url",),
        "client_ip": ("src_ip",),
        "server_ip": ("dest_ip",),
        "server_port": ("dest_port",),
        "method": ("http.http_method",),
        "action": ("alert.action", "dns.rcode", "http.status", "flow.action", "flow.state"),
        "bytes_up": ("flow.bytes_toserver",),
        "bytes_down": ("flow.bytes_toclient", "http.length"),
        "user_agent": ("http.http_user_agent",),
    }
    found: dict[str, tuple[Take, ...]] = {name: tuple(inside + path for path in paths) for name, paths in plain.items()}
    for name, other in (("client_ip", "dest_ip"), ("server_ip", "src_ip"), ("server_port", "src_port")):
        of_flow = f"{inside}flow.{plain[name][0]}"  # since Suricata 7: the flow's ends, whoever sent the packet
        found[name] = (of_flow, Part(f"{inside}{other}", "(.+)", only=from_server), *found[name])
    for name, part in zip(("bytes_up", "bytes_down"), one_way, strict=True):
        found[name] = (*found[name], part)
    return found


def told(inside: str = "") -> Told:
    """Where EVE has DNS answers: the packet is the server's, so its destination is who asked."""
    answers: tuple[Key, ...] = tuple(f"{inside}dns.{name}" for name in ("answers", "grouped", "rdata"))
    ttl: tuple[Key, ...] = (*(f"{inside}dns.answers.{place}.ttl" for place in range(8)), f"{inside}dns.ttl")
    answered = ((f"{inside}dns.type", "^(?:answer|response)$"), (f"{inside}src_port", "^53$"))
    return Told(answers, ttl, (Part(f"{inside}dest_ip", "(.+)", only=answered),))


def kinds(inside: str = "") -> tuple[tuple[When, Kind], ...]:
    """What an event is a record of."""
    of: tuple[tuple[str, Kind], ...] = (
        ("dns|mdns", "dns_query"),
        ("tls|quic", "tls_connection"),
        ("http2?|fileinfo", "http_request"),
    )
    return (
        *((When(((f"{inside}event_type", f"^(?:{types})$"),)), kind) for types, kind in of),
        (When(((f"{inside}tls.sni", "."),)), "tls_connection"),
        (When(((f"{inside}http.hostname", "."),)), "http_request"),
    )


def uncounted(inside: str = "") -> tuple[When, ...]:
    """Events that are no activity of their own."""
    event = f"{inside}event_type"
    return (
        When(
            ((event, "^m?dns$"), (f"{inside}dns.type", "^(?:answer|response)$")), "a DNS answer; the query is counted"
        ),
        When(
            ((event, "^netflow$"), (f"{inside}src_port", f"^(?:{_SERVICE_PORTS})$")),
            "what the server sent back; the record of the other direction is counted",
        ),
        When(((event, "^fileinfo$"),), "a file within a request that is counted"),
        When(
            ((event, "^http$"), (f"{inside}http.status", "^407$")),
            "proxy authentication leg (407); the retry is counted",
        ),
        When(((event, "^(?:stats|packetinfo|metadata|dhcp|arp|mdns)$"),), "no use of a service"),
        When(((event, "^anomaly$"),), "a protocol anomaly, not a use"),
    )


def blocked(inside: str = "") -> tuple[When, ...]:
    """Events of traffic that was stopped."""
    return (
        When(((f"{inside}alert.action", "^blocked$"),)),
        When(((f"{inside}event_type", "^drop$"),)),
        When(((f"{inside}verdict.action", "^(?:drop|reject)"),)),
        When(((f"{inside}flow.action", "^drop$"),)),
    )


def allowed(inside: str = "") -> tuple[When, ...]:
    """Events of traffic that is said to have passed."""
    return (
        When(((f"{inside}alert.action", "^allowed$"),)),
        When(((f"{inside}flow.action", "^(?:pass|accept)$"),)),
    )


EVE = LogFormat(
    name="suricata_eve",
    title="Suricata EVE JSON (eve.json)",
    vendor="OISF",
    doc=_DOC,
    kind="connection",
    family=Json(
        requires=(
            ("event_type", r"^[a-z][\w-]{1,24}$"),
            ("timestamp", _STAMP),
            ("flow_id|src_ip|stats.uptime|in_iface|stats", ""),
        )
    ),
    fields=fields(),
    time=(TimeOf(("timestamp",)),),
    zone="utc",
    kinds=kinds(),
    blocked=blocked(),
    allowed=allowed(),
    uncounted=uncounted(),
    session=("flow_id",),
    whole=NAMED,
    told=told(),
    product="suricata",
    same_as=("stamus", "stamus_eve", "jizo", "jizo_eve"),
)

_GATEWATCHER_FIELDS = fields()
GATEWATCHER = LogFormat(
    name="gatewatcher_eve",
    title="Gatewatcher AIONIQ (EVE JSON with its own detections)",
    vendor="Gatewatcher",
    doc="https://docs.gatewatcher.com/en/nids/aioniq/2.5.3/103/appendix/logs.html",
    kind="connection",
    family=Json(requires=(("event_type", ""), ("gcenter|gcap", ""), ("uuid|flow_id", ""))),
    fields={**_GATEWATCHER_FIELDS, "host": (*_GATEWATCHER_FIELDS["host"], "domain_name")},
    time=(TimeOf(("timestamp",)), TimeOf(("timestamp_detected",)), TimeOf(("@timestamp",))),
    zone="utc",
    rank=14,
    kinds=(*kinds(), (When((("event_type", "^dga$"),)), "dns_query")),
    blocked=blocked(),
    allowed=allowed(),
    uncounted=(
        *uncounted(),
        When(
            (
                (
                    "type",
                    r"^(?:codebreaker|machine_learning|malcore|cti|active_cti|shellcode|powershell|ransomware|beacon)",
                ),
            ),
            "a detection beside the traffic it was made in",
        ),
    ),
    session=("flow_id",),
    whole=NAMED,
    told=told(),
    product="gatewatcher",
)

WAZUH = replace(
    EVE,
    name="wazuh_suricata",
    title="Suricata EVE within Wazuh alerts (alerts.json)",
    doc="https://documentation.wazuh.com/current/user-manual/manager/alert-management.html",
    family=Json(
        requires=(
            ("data.event_type", r"^[a-z][\w-]{1,24}$"),
            ("data.flow_id|data.src_ip", ""),
            ("agent.id|manager.name", ""),
            ("rule.id|decoder.name", ""),
        )
    ),
    fields=fields("data."),
    time=(TimeOf(("data.timestamp",)), TimeOf(("timestamp",))),
    rank=13,
    kinds=kinds("data."),
    blocked=blocked("data."),
    allowed=allowed("data."),
    uncounted=uncounted("data."),
    session=("data.flow_id",),
    told=told("data."),
    same_as=(),
)

FORMATS = (GATEWATCHER, EVE, WAZUH)
