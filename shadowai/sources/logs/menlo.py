"""Menlo Security's web, DLP and audit logs from its log API: an object ``event`` with flat keys, or those keys alone.

``x-client-ip`` is the user's address; ``origin_ip`` is that of the web server and ``egress_ip`` Menlo's own. No size of a
request or response is logged; ``file_size`` is that of a file. Times are UTC (ISO 8601, without zone).
Source: https://docs.elastic.co/integrations/menlo.
"""

from shadowai.sources.logs.description import Json, Key, LogFormat, Take, TimeOf, When


def _either(*names: str) -> tuple[Take, ...]:
    """Fields as the API wraps them, or without the wrapping."""
    return tuple(f"event.{name}|{name}" for name in names)


def _is(name: str, pattern: str) -> tuple[Key, str]:
    return (f"event.{name}|{name}", pattern)


MENLO = LogFormat(
    name="menlo_json",
    title="Menlo Security Isolation Platform (JSON)",
    vendor="Menlo Security",
    doc="https://docs.elastic.co/integrations/menlo",
    kind="http_request",
    family=Json(
        requires=(
            ("event.vendor|vendor", r"(?i)^menlo"),
            ("event.event_time|event_time", r"^\d"),
        )
    ),
    fields={
        "host": _either("dst_url", "url", "domain", "dst"),
        "url": _either("dst_url", "url"),
        "user": _either("userid", "user"),
        "client_ip": _either("x-client-ip", "x_client_ip", "xff_ip"),
        "server_ip": _either("origin_ip"),
        "method": _either("request_type"),
        "action": _either("pe_action", "action"),
        "user_agent": _either("user-agent", "user_agent"),
    },
    time=(TimeOf(("event.event_time|event_time",)),),
    zone="utc",
    rank=12,
    blocked=tuple(When((_is(name, r"(?i)^block"),)) for name in ("pe_action", "action")),
    allowed=tuple(When((_is(name, r"(?i)^(?:allow|isolate|log|direct)"),)) for name in ("pe_action", "action")),
    uncounted=(
        When(
            (_is("dst_url", "^$"), _is("url", "^$"), _is("domain", "^$")), "an event of the administration, no traffic"
        ),
    ),
    product="menlo",
)

FORMATS = (MENLO,)
