"""nginx beside its usual access log: connections that its stream module passed on, and requests as JSON under the names of its variables.

A stream has no request: whom it was for is told by the name in the client's TLS hello, where the administrator logs it
(``$ssl_preread_server_name``: the NGINX Ingress Controller's default, and ways out that pass TLS on by name). ``$bytes_sent`` is what
the client got, ``$bytes_received`` and ``$request_length`` what it sent. Sources: https://nginx.org/en/docs/stream/ngx_stream_core_module.html,
https://nginx.org/en/docs/stream/ngx_stream_ssl_preread_module.html, https://nginx.org/en/docs/http/ngx_http_core_module.html#variables,
https://kubernetes.github.io/ingress-nginx/user-guide/nginx-configuration/log-format/.
"""

from shadowai.sources.logs.description import Json, LogFormat, Part, Pattern, TimeOf, When

_TIME = r"\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d [+-]\d{4}|\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:Z|[+-]\d\d:?\d\d)"
_CLIENT = r"[0-9A-Fa-f]{0,4}[.:][0-9A-Fa-f.:]{1,40}"
_ASIDE = r"(?:\"[^\"]{0,255}\"|[^\s\"\[]{1,255})"
_NAME = r"(?:[A-Za-z0-9_-]{1,63}\.){1,16}[A-Za-z][A-Za-z0-9-]{1,62}"
_NAMED = rf"(?:^|[\s\"])({_NAME})\.?(?=[\s\"]|$)"
_SERVER = r"\"(?:[^\",]{1,64}, ?){0,8}\[?([0-9A-Fa-f.:]{2,45}?)\]?:\d{1,5}\""
_PORT = r"\"(?:[^\",]{1,64}, ?){0,8}\[?[0-9A-Fa-f.:]{2,45}?\]?:(\d{1,5})\""

STREAM = LogFormat(
    name="nginx_stream",
    title="nginx stream (TCP and UDP) log; also of its ingress controllers",
    vendor="nginx",
    doc="https://nginx.org/en/docs/stream/ngx_stream_log_module.html",
    kind="connection",
    family=Pattern(
        (
            rf"^(?:\[?(?P<client>{_CLIENT})\]? (?:- )?)?\[(?P<time>{_TIME})\] (?P<before>(?:{_ASIDE} ){{0,8}}?)(?:TCP|UDP) "
            r"(?P<status>\d{3}) (?P<down>\d{1,18}) (?P<up>\d{1,18}) (?P<lasted>\d{1,9}\.\d{3})(?P<behind>(?: .{0,2000})?)$",
        )
    ),
    line=rf"^(?:\[?(?:{_CLIENT})\]? (?:- )?)?\[(?:{_TIME})\] (?:{_ASIDE} ){{0,8}}?(?:TCP|UDP) "
    r"\d{3} \d{1,18} \d{1,18} \d{1,9}\.\d{3}(?: |$)",
    fields={
        "host": (Part("behind", _NAMED), Part("before", _NAMED)),
        "client_ip": ("client",),
        "server_ip": (Part("behind", _SERVER), Part("before", _SERVER)),
        "server_port": (Part("behind", _PORT), Part("before", _PORT)),
        "action": ("status",),
        "bytes_up": ("up",),
        "bytes_down": ("down",),
    },
    time=(TimeOf(("time",)),),
    rank=12,
    kinds=(
        (When((("behind", _NAMED),)), "tls_connection"),
        (When((("before", _NAMED),)), "tls_connection"),
    ),
    blocked=(When((("status", r"^403$"),)),),
    allowed=(When((("status", r"^200$"),)),),
    product="web_server",
    same_as=("nginx_tcp",),
)
"""Status 403 is "access was forbidden, for example, when access is limited for certain client addresses". Of several upstreams the last
is the one that served."""

_REQUEST_URL = r"^[A-Z]{3,16} ([A-Za-z][\w+.-]{0,15}://\S+)"
_HOST = r"^((?=[^A-Za-z]{0,255}[A-Za-z])[\w*-]+(?:\.[\w-]+)+\.?(?::\d{1,5})?)$"
_PATHS = "request_uri|uri|path|request_path"

ACCESS_JSON = LogFormat(
    name="nginx_json",
    title="nginx access log as JSON, by the names of its variables (ingress controllers too)",
    vendor="nginx",
    doc="https://nginx.org/en/docs/http/ngx_http_log_module.html",
    kind="http_request",
    family=Json(
        requires=(
            ("remote_addr", r"^[0-9A-Fa-f.:]{2,45}$|^unix:"),
            (f"request|{_PATHS}", ""),
            ("status|nginx_status", r"^\d{3}$"),
            (
                "body_bytes_sent|request_length|request_time|upstream_addr|upstream_response_time|time_iso8601|time_local|http_user_agent",
                "",
            ),
        )
    ),
    fields={
        "host": (
            Part("request", _REQUEST_URL),
            Part("request", r"^CONNECT (\S+)"),
            Part("http_host", _HOST),
            Part("vhost", _HOST),
            Part("host", _HOST),
            Part("server_name", _HOST),
        ),
        "url": (Part("request", _REQUEST_URL),),
        "path": (Part(_PATHS, r"^(/.*)"), Part("request", r"^[A-Z]{3,16} (/\S*)")),
        "user": ("remote_user",),
        "client_ip": ("remote_addr",),
        "server_ip": (Part("upstream_addr", r"^(?:[^,]{1,64}, ?){0,8}\[?([0-9A-Fa-f.:]{2,45}?)\]?:\d{1,5}$"),),
        "server_port": (Part("upstream_addr", r":(\d{1,5})$"),),
        "method": ("request_method|method", Part("request", r"^([A-Z]{3,16}) \S")),
        "action": ("status|nginx_status",),
        "bytes_up": ("request_length",),
        "bytes_down": ("body_bytes_sent", "bytes_sent"),
        "user_agent": ("http_user_agent",),
    },
    time=(
        TimeOf(("time_iso8601",)),
        TimeOf(("time_local",)),
        TimeOf(("msec",)),
        TimeOf(("time",)),
        TimeOf(("timestamp",)),
        TimeOf(("@timestamp",)),
    ),
    rank=11,
    blocked=(When((("request", r"^CONNECT "), ("status|nginx_status", r"^403$"))),),  # the answer of the proxy itself
    uncounted=(When((("request", r"^$"), (_PATHS, r"^$")), "no request was made"),),
    product="web_server",
)

FORMATS = (STREAM, ACCESS_JSON)
