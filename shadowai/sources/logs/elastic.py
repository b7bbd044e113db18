"""Records in the Elastic Common Schema (JSON), whoever shipped them: Packetbeat, Elastic Defend, Filebeat's modules.

https://www.elastic.co/docs/reference/ecs: ``source`` and ``client`` began the exchange, ``destination`` and ``server`` answered it;
``source.bytes`` are "bytes sent from the source to the destination". ``host``, ``agent`` and ``observer`` are who wrote the record;
the host of endpoint events is the device. Packetbeat reports a flow while it lasts, with its sizes from its beginning
(``packetbeat.flows.enable_delta_flow_reports`` is off), and says with ``flow.final`` which report is the last.
"""

from shadowai.sources.logs.description import Json, LogFormat, Part, TimeOf, When, Whole

_ENDPOINT = (("event.module|agent.type", r"(?i)^(?:endpoint|winlogbeat|sysmon|elastic_endpoint)$"),)
_PROCESS = "process.executable|process.name|process.pid|process.entity_id"
"""What only a sensor on the device itself knows."""
_ON_DEVICE = (
    "event.module|agent.type",
    r"(?i)^(?:endpoint|winlogbeat|sysmon|elastic_endpoint|m365_defender|crowdstrike|sentinel_one\w*)$",
)

_PROBE = "a probe of a monitor, no use of a service"

ECS = LogFormat(
    name="ecs_json",
    title="Elastic Common Schema network, DNS, HTTP and TLS records (JSON)",
    vendor="Elastic",
    doc="https://www.elastic.co/docs/reference/ecs",
    kind="connection",
    family=Json(
        requires=(
            ("ecs.version|event.kind|event.dataset|event.category", ""),
            ("@timestamp", ""),
            (
                "url.domain|url.full|tls.client.server_name|dns.question.name|destination.domain|server.domain|destination.ip|server.ip",
                "",
            ),
        )
    ),
    fields={
        "host": (
            "url.domain",
            "url.full",
            "url.original",
            "tls.client.server_name",
            "dns.question.name",
            "destination.domain",
            "server.domain",
        ),
        "url": ("url.full", "url.original"),
        "path": ("url.path",),
        "user": ("user.email", "user.name", "source.user.name", "client.user.name"),
        "device": (
            "source.domain",
            Part("host.name|host.hostname", "(.+)", (_ON_DEVICE,)),
            Part("host.name|host.hostname", "(.+)", ((_PROCESS, "."),)),
            Part("host.name|host.hostname", "(.+)", (("agent.type", "^packetbeat$"), ("user.name", "."))),
        ),
        "client_ip": ("source.ip", "client.ip"),
        "server_ip": ("destination.ip", "server.ip"),
        "server_port": ("destination.port", "server.port"),
        "method": ("http.request.method",),
        "action": ("event.action", "event.outcome"),
        "bytes_up": ("source.bytes", "client.bytes", "http.request.bytes", "http.request.body.bytes"),
        "bytes_down": ("destination.bytes", "server.bytes", "http.response.bytes", "http.response.body.bytes"),
        "user_agent": ("user_agent.original",),
    },
    time=(TimeOf(("@timestamp",)),),
    zone="utc",
    rank=7,
    kinds=(
        (When((("dns.question.name", r"."),)), "dns_query"),
        (When((("http.request.method", r"."),)), "http_request"),
        (When(_ENDPOINT), "endpoint_event"),
        (When((("tls.client.server_name", r"."),)), "tls_connection"),
    ),
    blocked=(
        When((("event.type", r"denied"),)),
        When((("event.action", r"(?i)^(?:deny|denied|block(?:ed)?|drop(?:ped)?|reject(?:ed)?)$"),)),
    ),
    allowed=(
        When((("event.type", r"allowed"),)),
        When((("event.action", r"(?i)^(?:allow(?:ed)?|accept(?:ed)?|permit(?:ted)?|pass(?:ed)?)$"),)),
    ),
    uncounted=(
        When((("event.kind", r"^(?:metric|state|pipeline_error|asset)$"),), "a measurement, no use of a service"),
        When((("agent.type", r"^heartbeat$"),), _PROBE),
        When((("monitor.id", r"."),), _PROBE),
        When((("event.kind", r"^enrichment$"),), "an indicator or a feature of something else, no use of a service"),
        When((("threat.indicator.type", r"."), ("source.ip", "^$")), "an indicator of threats, no use of a service"),
        When(
            (("event.category|event.dataset", r"(?i)^email$|mail"), ("event.action", r"(?i)^(?!.*click)")),
            "a message, or an address in one; nobody went there",
        ),
        When(
            ((_PROCESS, "."), ("network.direction", r"(?i)^(?:ingress|inbound)$")),
            "a connection from outside to this device",
        ),
        When(
            (("event.action", r"^lookup_result$"),),
            "the result of a look-up; its request is counted",
            (("event.action", r"^lookup_requested$"),),
        ),
        When((("dns.type", r"^answer$"),), "a DNS answer; the query is counted", (("dns.type", r"^query$"),)),
    ),
    session=(
        (
            Part("flow.id", "(.+)", only=(("flow.final", "."),)),
            "zeek.session_id",
            "zeek.connection.uid",
            "suricata.eve.flow_id",
        ),
    ),
    whole=Whole(when=(When((("flow.final", "."),)),)),
    product="ecs",
)

_AGENT = ("event.provider|sekoiaio.agent.cpu_usage|action.properties.SourceName", "")
_ANSWER = (("dns.type", r"^answer$"), ("source.port", r"^53$"))
"""What the sensor saw of an answer has the resolver for its source."""

SEKOIA = LogFormat(
    name="sekoia_endpoint",
    title="Sekoia.io Endpoint Agent events (JSON)",
    vendor="Sekoia.io",
    doc="https://docs.sekoia.io/integration/categories/endpoint/sekoiaio/",
    kind="endpoint_event",
    family=Json(requires=(("agent.id", r"^[0-9a-f]{64}$"), ("agent.version", r"^v?\d"), ("host.hostname", ""), _AGENT)),
    fields={
        "host": ("dns.question.name", "destination.domain"),
        "user": ("user.name", "action.properties.User"),
        "device": ("host.hostname",),
        "client_ip": (Part("destination.ip", "(.+)", _ANSWER), "source.ip"),
        "server_ip": (Part("source.ip", "(.+)", _ANSWER), "destination.ip"),
        "server_port": (Part("source.port", "(.+)", _ANSWER), "destination.port"),
        "action": ("event.action", "action.name", "event.code"),
    },
    time=(TimeOf(("@timestamp|timestamp",)),),
    zone="utc",
    rank=13,
    kinds=(
        (When((("dns.question.name", r"."),)), "dns_query"),
        (When((("destination.ip", r"."),)), "connection"),
    ),
    uncounted=(
        When((("network.direction", r"^(?:ingress|inbound)$"),), "a connection from outside to this device"),
        When(
            tuple((key, r"^$") for key in ("dns.question.name", "destination.ip", "destination.domain")),
            "names no destination",
        ),
    ),
    product="sekoia_endpoint",
)

FORMATS = (ECS, SEKOIA)
