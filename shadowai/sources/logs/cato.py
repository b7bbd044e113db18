"""Cato Networks' events (eventsFeed API and the export to a bucket): flat objects, every value text.

``domain_name`` and the URLs are of the destination; ``src_isp_ip`` is where the site or client comes from and no client's own
address. "Allow" and "Monitor" let traffic pass; no sizes are in events.
Source: https://support.catonetworks.com/hc/en-us/articles/5131416221085-Explaining-the-Event-Fields.
"""

from shadowai.sources.logs.description import Json, LogFormat, Part, TimeOf, When

_ORIGIN = r"^\s*([A-Za-z][A-Za-z0-9+.-]*://[^\s/]+)"
"""Scheme and authority alone, whatever else was written behind them."""

_BARE = r"^\s*((?:[\w-]+\.)+[A-Za-z][\w-]*)(?::\d{1,5})?(?:[/?#]|\s*$)"
"""The same without a scheme."""

CATO = LogFormat(
    name="cato_sase_json",
    title="Cato SASE events (JSON)",
    vendor="Cato Networks",
    doc="https://support.catonetworks.com/hc/en-us/articles/5131416221085-Explaining-the-Event-Fields",
    kind="connection",
    family=Json(
        requires=(
            ("event_type", r"^[A-Z]"),
            ("event_sub_type", ""),
            ("account_id|internalId|event_count", ""),
        )
    ),
    fields={
        "host": (
            Part("full_path_url", _ORIGIN),
            Part("url", _ORIGIN),
            "domain_name",
            Part("full_path_url", _BARE),
            Part("url", _BARE),
        ),
        "url": ("full_path_url", "url"),
        "user": ("vpn_user_email", "user_email", "user_name", "ad_name"),
        "device": ("device_name", "configured_host_name"),
        "client_ip": ("src_ip", "host_ip"),
        "server_ip": ("dest_ip",),
        "server_port": ("dest_port",),
        "method": ("http_request_method", "request_method"),
        "action": ("action",),
        "user_agent": ("user_agent",),
    },
    time=(TimeOf(("event_time",)), TimeOf(("time",)), TimeOf(("event_timestamp",)), TimeOf(("time_str",))),
    zone="utc",
    rank=12,
    kinds=(
        (When((("full_path_url|url|http_request_method", "."),)), "http_request"),
        (When((("event_sub_type", r"(?i)^dns"),)), "dns_query"),
    ),
    blocked=(When((("action", r"(?i)^block"),)),),
    allowed=(When((("action", r"(?i)^(?:allow|monitor)"),)),),
    uncounted=(
        When((("traffic_direction", r"(?i)^inbound$"),), "a connection from outside to the own network"),
        When((("event_type", r"^(?!Security$)"), ("dest_ip", "^$"), ("domain_name", "^$")), "no use of a service"),
    ),
    product="cato",
)

FORMATS = (CATO,)
