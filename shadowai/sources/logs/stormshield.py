"""Stormshield Network Security (SNS) logs: connections, filter, plugins, web proxy; and the firewall's own events.

"Description of audit logs", Stormshield: ``startime`` is when the event began and ``time`` when it was written, both in ``tz``; ``sent``
and ``rcvd`` are what the source sent and received. ``origdst`` is the address before translation. Collectors may leave out the first
field, ``id=firewall``, as it is the same in every line. ``action`` is empty when a filter rule only logs.
"""

from shadowai.sources.logs.description import KeyValue, LogFormat, Part, TimeOf, When

_TRAFFIC = r"^(?:connection|filter|plugin|web|ssl|ftp|smtp|pop3|proxy|sandboxing)$"

SNS = LogFormat(
    name="stormshield",
    title="Stormshield Network Security log",
    vendor="Stormshield",
    doc="https://documentation.stormshield.eu/SNS/v4/en/Content/Description_of_Audit_logs/Getting-started.htm",
    kind="connection",
    family=KeyValue(requires=("fw",)),
    line=r'^(?:id=firewall )?time="[^"]{10,40}" fw="[^"]{1,128}" tz=[+-]\d{4} ',
    ignored=r' logtype="?(?:monitor|filterstat|count|routerstat)"?\s*$',
    fields={
        "host": (Part("arg", r"^(\w+://.+)"), "sni", "hostname", "dstname"),
        "url": (Part("arg", r"^(\w+://.+)"),),
        "path": ("arg",),
        "user": ("user",),
        "device": ("srcname",),
        "client_ip": ("src", "address"),
        "server_ip": ("origdst", "dst"),
        "server_port": ("origdstport", "dstport"),
        "method": ("op",),
        "action": ("action",),
        "bytes_up": ("sent",),
        "bytes_down": ("rcvd",),
    },
    time=(TimeOf(("startime",), "tz"), TimeOf(("time",), "tz")),
    kinds=(
        (When((("logtype", r"^ssl$"),)), "tls_connection"),
        (When((("logtype", r"^web$"),)), "http_request"),
        (When((("op", r"^(?:GET|POST|PUT|HEAD|CONNECT|DELETE|PATCH|OPTIONS)$"),)), "http_request"),
    ),
    blocked=(When((("action", r"(?i)^(?:block|reset|drop)"),)),),
    allowed=(When((("action", r"(?i)^pass"),)),),
    uncounted=(
        When((("logtype", rf"^(?!{_TRAFFIC[1:]})"),), "an event of the firewall itself, not use of a service"),
        When(
            (("logtype", r"^filter$"), ("action", r"^(?:pass|$)")),
            "a rule's hit; the connection is counted",
            (("logtype", r"^connection$"),),
        ),
        When((("dst", r"^$"), ("dstname", r"^$"), ("arg", r"^$")), "names no destination"),
    ),
    product="stormshield",
)  # fmt: skip

FORMATS = (SNS,)
