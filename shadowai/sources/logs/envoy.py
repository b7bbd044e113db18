"""Envoy's access log as Istio sets it up, as Envoy does by default, and as JSON.

BYTES_RECEIVED are "body bytes received" from the downstream client: up. BYTES_SENT are "body bytes sent" to it: down.
DOWNSTREAM_REMOTE_ADDRESS is the client, UPSTREAM_HOST the address that the request was sent on to, ``:AUTHORITY`` what the
client asked for. An authority without a dot (``reviews:9080``) is a service of the mesh and no name elsewhere: there the
address of the upstream tells more. Ambassador writes ``ACCESS`` in front. Sources: https://www.envoyproxy.io/docs/envoy/latest/configuration/observability/access_log/usage
and https://istio.io/latest/docs/tasks/observability/logs/access-log/.
"""

from shadowai.sources.logs.description import Json, LogFormat, Part, Pattern, TimeOf, When

_DOC = "https://www.envoyproxy.io/docs/envoy/latest/configuration/observability/access_log/usage"
_NAME = r"^(?!outbound_)((?=[^A-Za-z]*+[A-Za-z])[^\s/:.]++(?:\.[^\s/:.]++)++(?::\d+)?)$"
_TEXT = r"[^\"\\]*+(?:\\.[^\"\\]*+)*+"
_START = r"^(?:ACCESS )?\[(?P<time>\d{4}-\d\d-\d\dT[^\]\s]+)\] "
_REQUEST = r'"(?P<method>\S+) (?P<path>[^\"]*?) (?P<protocol>[A-Z]+/[\d.]+|-)" (?P<status>\d{1,3}|-) (?P<flags>\S+) '
_SIZES = r"(?P<up>\d+|-) (?P<down>\d+|-) (?:\d+|-) (?:\S+) "
_QUOTED = (
    rf'"(?P<forwarded>{_TEXT})" "(?P<agent>{_TEXT})" "(?:{_TEXT})" "(?P<authority>{_TEXT})" "(?P<upstream>{_TEXT})"'
)
_BLOCKED_BY = r"(?:^|,)(?:RL|UAEX|RBAC)\b|rbac_access_denied|ext_authz_denied"

ACCESS = LogFormat(
    name="istio_envoy_access",
    title="Envoy / Istio access log (text)",
    vendor="Envoy",
    doc=_DOC,
    kind="http_request",
    family=Pattern(
        (
            rf'{_START}{_REQUEST}(?P<details>\S+) (?:"(?:{_TEXT})"|\S+) (?:"(?:{_TEXT})" )?{_SIZES}{_QUOTED}'
            r" (?P<cluster>\S+) (?P<local>\S+) (?P<server>\S+) (?P<client>\S+) (?P<sni>\S+)",
            rf"{_START}{_REQUEST}{_SIZES}{_QUOTED}",
        )
    ),
    line=r'^(?:ACCESS )?\[\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d[.\dZ]*\] "[^"]*+" (?:\d{1,3}|-) [A-Z,_a-z-]+ ',
    fields={
        "host": (Part("authority", _NAME), Part("sni", _NAME), "upstream", "authority"),
        "path": ("path",),
        "client_ip": ("client", Part("forwarded", r"^([^,\s]+)")),
        "server_ip": ("upstream",),
        "server_port": (Part("upstream", r":(\d+)$"),),
        "method": ("method",),
        "action": ("flags",),
        "bytes_up": ("up",),
        "bytes_down": ("down",),
        "user_agent": ("agent",),
    },
    time=(TimeOf(("time",)),),
    zone="utc",
    rank=12,
    blocked=(When((("flags", _BLOCKED_BY),)), When((("details", _BLOCKED_BY),))),
    kinds=(
        (When((("protocol", r"^-$"), ("sni", r"\."))), "tls_connection"),
        (When((("protocol", r"^-$"),)), "connection"),
    ),
    uncounted=(When((("method", r"^-$"), ("protocol", "^HTTP/")), "no request was made"),),
    product="envoy",
)

_NO_REQUEST = (("method|:method", r"^-?$"), ("protocol", r"^(?!HTTP/)"))

JSON = LogFormat(
    name="istio_envoy_json",
    title="Envoy / Istio access log (JSON)",
    vendor="Envoy",
    doc=_DOC,
    kind="http_request",
    family=Json(
        requires=(
            ("start_time", r"^\d{4}-"),
            ("bytes_received", r"^\d+$"),
            ("bytes_sent", r"^\d+$"),
            ("response_flags|response_code_details|upstream_cluster|upstream_host", ""),
        )
    ),
    fields={
        "host": (
            Part("authority|:authority", _NAME),
            Part("requested_server_name", _NAME),
            "upstream_host",
            "authority|:authority",
        ),
        "path": ("path|x-envoy-original-path|x-envoy-origin-path|:path",),
        "client_ip": ("downstream_remote_address", Part("x_forwarded_for|x-forwarded-for", r"^([^,\s]+)")),
        "server_ip": ("upstream_host",),
        "server_port": (Part("upstream_host", r":(\d+)$"),),
        "method": ("method|:method",),
        "action": ("response_flags",),
        "bytes_up": ("bytes_received",),
        "bytes_down": ("bytes_sent",),
        "user_agent": ("user_agent|user-agent",),
    },
    time=(TimeOf(("start_time",)),),
    zone="utc",
    rank=12,
    kinds=(
        (When((*_NO_REQUEST, ("requested_server_name", r"\."))), "tls_connection"),
        (When(_NO_REQUEST), "connection"),
    ),
    uncounted=(When((("method|:method", r"^-?$"), ("protocol", "^HTTP/")), "no request was made"),),
    blocked=(When((("response_flags", _BLOCKED_BY),)), When((("response_code_details", _BLOCKED_BY),))),
    product="envoy",
)

FORMATS = (ACCESS, JSON)
