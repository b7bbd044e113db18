"""Splunk Stream: what its forwarder sees of traffic on the wire, an object for a flow, an HTTP request or a DNS look-up (JSON).

https://docs.splunk.com/Documentation/StreamApp/7.3.0/DeployStreamApp/SimpleTransport: ``src_ip`` is the "Client IP Address",
``bytes_in`` "the number of bytes sent from client to server", ``bytes_out`` "from server to client", which elsewhere mean the opposite.
"""

from shadowai.sources.logs.description import Json, LogFormat, TimeOf, When

STREAM = LogFormat(
    name="splunk_stream",
    title="Splunk Stream: flows, HTTP and DNS on the wire (JSON)",
    vendor="Splunk",
    doc="https://docs.splunk.com/Documentation/StreamApp/7.3.0/DeployStreamApp/SimpleTransport",
    kind="connection",
    family=Json(
        requires=(
            ("protocol_stack", r"^ip:(?:tcp|udp)(?:$|:)"),
            ("src_ip", r"^[0-9a-fA-F.:]+$"),
            ("dest_ip", r"^[0-9a-fA-F.:]+$"),
            ("bytes_in|bytes_out|time_taken|transport", ""),
        )
    ),
    fields={
        "host": ("query.0|query|queries.0.name", "site", "ssl_server_name|server_name_indication|ssl_sni|sni"),
        "path": ("uri_path",),
        "user": ("username|user",),
        "client_ip": ("src_ip",),
        "server_ip": ("dest_ip",),
        "server_port": ("dest_port",),
        "method": ("http_method",),
        "action": ("status", "reply_code"),
        "bytes_up": ("bytes_in",),
        "bytes_down": ("bytes_out",),
        "user_agent": ("http_user_agent",),
    },
    time=(TimeOf(("timestamp",)), TimeOf(("endtime",))),
    zone="utc",
    rank=12,
    kinds=(
        (When((("protocol_stack", r":dns(?::|$)"),)), "dns_query"),
        (When((("site", r"."),)), "http_request"),
        (When((("http_method", r"."),)), "http_request"),
        (When((("protocol_stack", r":(?:ssl|tls)(?::|$)"),)), "tls_connection"),
    ),
    uncounted=(
        When(
            (("src_port", r"^53$"), ("protocol_stack", r":dns(?::|$)")), "a DNS answer by itself; the query is counted"
        ),
    ),
    product="splunk_stream",
)

FORMATS = (STREAM,)
