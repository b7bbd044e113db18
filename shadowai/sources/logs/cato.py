"""Cato Networks' events (eventsFeed API and the export to a bucket): flat objects, every value text. The API has each in a ``fieldsMap``.

``domain_name`` and the URLs are of the destination; ``src_isp_ip`` is where the site or client comes from and no client's own
address. "Allow" and "Monitor" let traffic pass; no sizes are in events.
Source: https://support.catonetworks.com/hc/en-us/articles/5131416221085-Explaining-the-Event-Fields.
"""

from shadowai.sources.logs.description import Json, LogFormat, Part, TimeOf, When

_ORIGIN = r"^\s*([A-Za-z][A-Za-z0-9+.-]*://[^\s/]+)"
"""Scheme and authority alone, whatever else was written behind them."""

_BARE = r"^\s*((?:[\w-]+\.)+[A-Za-z][\w-]*)(?::\d{1,5})?(?:[/?#]|\s*$)"
"""The same without a scheme."""


def _at(names: str) -> str:
    """Where fields stand: alone, or as the API wraps them."""
    return "|".join((*names.split("|"), *(f"fieldsMap.{name}" for name in names.split("|"))))


CATO = LogFormat(
    name="cato_sase_json",
    title="Cato SASE events (JSON)",
    vendor="Cato Networks",
    doc="https://support.catonetworks.com/hc/en-us/articles/5131416221085-Explaining-the-Event-Fields",
    kind="connection",
    family=Json(
        requires=(
            (_at("event_type"), r"^[A-Z]"),
            (_at("event_sub_type"), ""),
            (_at("account_id|internalId|event_count"), ""),
        )
    ),
    fields={
        "host": (
            Part(_at("full_path_url"), _ORIGIN),
            Part(_at("url"), _ORIGIN),
            _at("domain_name"),
            Part(_at("full_path_url"), _BARE),
            Part(_at("url"), _BARE),
        ),
        "url": (_at("full_path_url"), _at("url")),
        "user": (_at("vpn_user_email"), _at("user_email"), _at("user_name"), _at("ad_name")),
        "device": (_at("device_name"), _at("configured_host_name")),
        "client_ip": (_at("src_ip"), _at("host_ip")),
        "server_ip": (_at("dest_ip"),),
        "server_port": (_at("dest_port"),),
        "method": (_at("http_request_method"), _at("request_method")),
        "action": (_at("action"),),
        "user_agent": (_at("user_agent"),),
    },
    time=(
        TimeOf((_at("event_time"),)),
        TimeOf((_at("time"),)),
        TimeOf((_at("event_timestamp"),)),
        TimeOf((_at("time_str"),)),
    ),
    zone="utc",
    rank=12,
    kinds=(
        (When(((_at("full_path_url|url|http_request_method"), "."),)), "http_request"),
        (When(((_at("event_sub_type"), r"(?i)^dns"),)), "dns_query"),
    ),
    blocked=(When(((_at("action"), r"(?i)^block"),)),),
    allowed=(When(((_at("action"), r"(?i)^(?:allow|monitor)"),)),),
    uncounted=(
        When(((_at("traffic_direction"), r"(?i)^inbound$"),), "a connection from outside to the own network"),
        When(
            ((_at("event_type"), r"^(?!Security$)"), (_at("dest_ip"), "^$"), (_at("domain_name"), "^$")),
            "no use of a service",
        ),
    ),
    product="cato",
)

FORMATS = (CATO,)
