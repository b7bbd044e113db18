"""Netskope: transaction events (W3C extended, CSV) and the events of the API.

``cs-bytes`` are "bytes received from the client", times are GMT: https://docs.netskope.com/en/transaction-event-fields/.
A transaction's first fields have one order in all versions of the format. ``hostname`` of an API event is the user's
device, and ``client_bytes`` went from the client to the server. ``x-cs-ssl-engine-action`` is what became of the client's TLS
handshake: where it is blocked, no policy is looked at.
"""

from shadowai.sources.logs.description import (
    Blank,
    Cef,
    CsvHeader,
    CsvPositional,
    Json,
    Key,
    LogFormat,
    Part,
    Take,
    TimeOf,
    W3c,
    When,
)

_DOC = "https://docs.netskope.com/en/transaction-event-fields/"
_ADMIN = "an event of the service's administration, no traffic"
_AT_REST = "a scan of data stored in a tenant, no traffic"
_HIT = r"(?i)^block|^reset|^deny|^drop"
_PASS = r"(?i)^(?:allow|bypass|useralert)"
_WENT_ON = r"(?i)^(?:allow|bypass|useralert|alert$)"
"""A transaction is written when all policies had their say; of an event whose policy raised an alert another may have stopped it."""

_PLACES: dict[str, tuple[int, str]] = {
    "date": (1, "date"),
    "time": (2, "time"),
    "up": (4, "cs-bytes"),
    "down": (5, "sc-bytes"),
    "client": (7, "c-ip"),
    "user": (9, "cs-username"),
    "method": (10, "cs-method"),
    "agent": (13, "cs-user-agent"),
    "dns": (17, "cs-dns"),
    "host": (18, "cs-host"),
    "uri": (19, "cs-uri"),
    "port": (20, "cs-uri-port"),
    "inner": (44, "x-cs-userip"),
    "sni": (54, "x-cs-sni"),
    "reached": (8, "s-ip"),
    "server": (101, "x-cs-dst-ip"),
    "action": (138, "x-policy-action"),
    "device": (160, "x-c-hostname"),
}
"""The fields of a transaction by place and by name."""


def _spelt(column: str) -> str:
    """A field as JSON has it: by its name, and as the columns of Microsoft Sentinel's tables NetskopeWebtxData_CL (with a type behind)
    and NetskopeWebTransactions_CL."""
    plain = column.replace("-", "_")
    return "|".join((column, plain, f"{plain}_s", f"{plain}_d", "".join(map(str.capitalize, column.split("-")))))


def _transaction(
    name: str, title: str, family: Blank | CsvPositional | CsvHeader | W3c | Json, *, line: str = "", rank: int = 11
) -> LogFormat:
    headed = isinstance(family, (W3c, CsvHeader, Json))
    within = isinstance(family, Json)

    def at(field: str) -> Key:
        place, column = _PLACES[field]
        return _spelt(column) if within else column if headed else place

    engine = _spelt("x-cs-ssl-engine-action") if within else "x-cs-ssl-engine-action"
    fields: dict[str, tuple[Take, ...]] = {
        "host": (at("host"), at("sni"), at("dns")),
        "path": (at("uri"),),
        "user": (at("user"),),
        "device": (at("device"),),
        "client_ip": (at("client"), at("inner")),
        "server_ip": (at("reached"), at("server")),
        "server_port": (at("port"),),
        "method": (at("method"),),
        "action": (at("action"),),
        "bytes_up": (at("up"),),
        "bytes_down": (at("down"),),
        "user_agent": (at("agent"),),
    }
    return LogFormat(
        name=name,
        title=title,
        vendor="Netskope",
        doc=_DOC,
        kind="http_request",
        family=family,
        fields=fields,
        time=(TimeOf((at("date"), at("time"))),),
        zone="utc",
        line=line,
        rank=rank,
        blocked=(When(((at("action"), _HIT),)), *((When(((engine, _HIT),)),) if headed else ())),
        allowed=(When(((at("action"), _WENT_ON),)),),
        product="netskope_transaction",
    )


_SIZE = r"(?:\d+|-)"
_ADDRESS = r"(?:[0-9A-Fa-f.:]+|-)"

TRANSACTION = _transaction(
    "netskope_transaction",
    "Netskope transaction events (without header)",
    Blank(at_least=21),
    line=rf"^\d{{4}}-\d\d-\d\d \d\d:\d\d:\d\d {_SIZE} {_SIZE} {_SIZE} {_SIZE} {_ADDRESS} {_ADDRESS} ",
)
ELFF = _transaction(
    "netskope_transaction_elff",
    "Netskope transaction events (W3C extended)",
    W3c(),
    line=r"^#Fields:[^\n]*\scs-dns\s[^\n]*\sx-cs-access-method\b",
)
CSV = _transaction(
    "netskope_transaction_csv",
    "Netskope transaction events (CSV)",
    CsvPositional(at_least=21),
    line=rf'^"?\d{{4}}-\d\d-\d\d"?,"?\d\d:\d\d:\d\d"?,"?{_SIZE}"?,"?{_SIZE}"?,"?{_SIZE}"?,"?{_SIZE}"?,"?{_ADDRESS}"?,"?{_ADDRESS}"?,',
)
OBJECT = _transaction(
    "netskope_transaction_json",
    "Netskope transaction events (JSON)",
    Json(
        requires=(
            (_spelt("cs-host"), ""),
            (_spelt("cs-bytes"), ""),
            ("|".join(map(_spelt, ("x-cs-access-method", "x-policy-action", "x-transaction-id"))), ""),
        )
    ),
    rank=12,
)
HEADED = _transaction(
    "netskope_transaction_csv_headed",
    "Netskope transaction events (CSV with header row)",
    CsvHeader(columns=("cs-bytes", "sc-bytes", "cs-host", "x-cs-access-method"), delimiters=","),
)

EVENTS = LogFormat(
    name="netskope_events",
    title="Netskope events (API, JSON)",
    vendor="Netskope",
    doc="https://docs.netskope.com/en/get-events-data/",
    kind="http_request",
    family=Json(
        requires=(
            ("_id", r"^[0-9A-Za-z][0-9A-Za-z-]{11,}"),
            ("timestamp", r"^\d{10}"),
            ("type|dlp_incident_id", "."),
            ("access_method|audit_log_event|alert_type|ccl|traffic_type|organization_unit", ""),
        )
    ),
    fields={
        "host": ("url", "dsthost", "domain", "page"),
        "url": ("url", "page"),
        "user": (Part("user", r"^([^@]*@.*)"), "userkey", "user", "ur_normalized"),
        "device": ("hostname",),
        "client_ip": ("srcip", "userip"),
        "server_ip": ("dstip",),
        "server_port": ("dstport",),
        "method": ("req.method", "http_method"),
        "action": ("action", "activity"),
        "bytes_up": ("client_bytes",),
        "bytes_down": ("server_bytes",),
        "user_agent": ("user_agent", "useragent"),
    },
    time=(TimeOf(("timestamp",)),),
    zone="utc",
    rank=9,
    kinds=((When((("type", "^network"),)), "connection"),),
    blocked=(When((("action", _HIT),)),),
    allowed=(When((("action", _PASS),)),),
    uncounted=(
        When((("type", r"^(?:admin_audit|audit|infrastructure)"),), _ADMIN),
        When((("audit_log_event", "."),), _ADMIN),
        When((("activity", r"^Introspection Scan$"),), _AT_REST),
    ),
    product="netskope_events",
)

ECS = LogFormat(
    name="netskope_events_ecs",
    title="Netskope events (JSON in Elastic's names)",
    vendor="Netskope",
    doc="https://www.elastic.co/docs/reference/integrations/netskope",
    kind="http_request",
    family=Json(requires=(("netskope.events.event_type", "."),)),
    fields={
        "host": ("destination.domain", "netskope.events.url", "netskope.events.domain"),
        "url": ("netskope.events.url",),
        "user": (
            *(Part(key, r"^([^@]*@.*)") for key in ("user.email", "user.email.1", "user.email.2", "user.email.3")),
            "user.name",
        ),
        "device": ("host.hostname",),
        "client_ip": ("source.ip", "netskope.events.user.ip"),
        "server_ip": ("destination.ip",),
        "server_port": ("destination.port",),
        "action": ("event.action", "netskope.events.activity.name"),
        "bytes_up": ("client.bytes",),
        "bytes_down": ("server.bytes",),
        "user_agent": ("user_agent.original",),
    },
    time=(TimeOf(("@timestamp",)),),
    zone="utc",
    kinds=((When((("netskope.events.event_type", "^network"),)), "connection"),),
    blocked=(When((("event.action", _HIT),)),),
    allowed=(When((("event.action", _PASS),)),),
    uncounted=(When((("netskope.events.event_type", r"^(?:audit|infrastructure)"),), _ADMIN),),
    product="netskope_events",
)

EVENTS_CEF = LogFormat(
    name="netskope_events_cef",
    title="Netskope events (CEF of Cloud Exchange)",
    vendor="Netskope",
    doc="https://github.com/netskopeoss/ta_cloud_exchange_plugins",
    kind="http_request",
    family=Cef(device=r"^netskope\|"),
    fields={
        "host": ("url", "request", "dhost"),
        "url": ("url", "request"),
        "user": ("suser",),
        "client_ip": ("src",),
        "server_ip": ("dst",),
        "server_port": ("dpt",),
        "action": ("act", "activity"),
    },
    time=(TimeOf(("timestamp",)), TimeOf(("rt",))),
    zone="utc",
    rank=12,
    kinds=((When((("cef.class", "^network"),)), "connection"),),
    blocked=(When((("act", _HIT),)),),
    allowed=(When((("act", _PASS),)),),
    uncounted=(
        When((("cef.class", r"^(?:audit|infrastructure)"),), _ADMIN),
        When((("auditLogEvent", "."),), _ADMIN),
    ),
    product="netskope_events",
)
"""``requestClientApplication`` is the application that was used and no program of the client; ``device`` is its kind."""

FORMATS = (TRANSACTION, ELFF, CSV, OBJECT, HEADED, EVENTS, ECS, EVENTS_CEF)
