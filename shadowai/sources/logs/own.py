"""What ``shadowai read`` prints, so that it can be filtered and scanned again, and is never taken for an unknown product's."""

from dataclasses import replace

from shadowai.sources.logs.description import KINDS, Json, LogFormat, TimeOf, When

READ = LogFormat(
    name="shadowai_read",
    title="The records that `shadowai read` prints",
    vendor="",
    doc="https://www.rfc-editor.org/rfc/rfc8259",
    kind="http_request",
    family=Json(requires=(("path", ""), ("line", r"^\d+$"), ("format", r"^[a-z][a-z0-9_]+$"))),
    fields={
        name: (name,)
        for name in (
            "host",
            "url",
            "user",
            "device",
            "client_ip",
            "server_ip",
            "server_port",
            "method",
            "action",
            "bytes_up",
            "bytes_down",
            "user_agent",
        )
    },
    time=(TimeOf(("time",)),),
    zone="utc",
    kinds=tuple((When((("kind", f"^{kind}$"),)), kind) for kind in KINDS),
    blocked=(When((("blocked", "^true$"),)),),
    allowed=(When((("blocked", "^false$"),)),),
    uncounted=(When((("counted", "^false$"),), "no activity, as the first reading said"),),
    rank=20,
)

READ_CAPTURE = replace(
    READ,
    name="shadowai_read_capture",
    title="The records that `shadowai read` prints of a packet capture",
    kind="tls_connection",
    fields={name: keys for name, keys in READ.fields.items() if name not in ("user", "device", "action")},
    family=Json(requires=(("path", ""), ("frame", r"^\d+$"), ("format", "^pcap"), ("kind", "^[a-z0-9_]+$"))),
    kinds=((When((("kind", "^(?:dns|mdns|llmnr)_query$"),)), "dns_query"),),
    uncounted=(
        *READ.uncounted,
        When((("inferred", "^true$"),), "concluded by the first reading, not in the traffic itself"),
    ),
)

FORMATS = (READ, READ_CAPTURE)
