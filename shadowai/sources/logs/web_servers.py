"""Web servers and reverse proxies that log in the NCSA common log format and its extensions: Apache, nginx, Traefik, Ubika.

The format names who asked and what for, and not whom: the server is in it only where the administrator put the virtual host in
front (Apache's ``vhost_combined``, nginx's ``$host``) or in the place of RFC 1413's name, as lighttpd does by default. ``%b`` and
``$body_bytes_sent`` are the body sent to the client: down. What follows the user agent is the administrator's own and read only where
it names itself. Lines of a forward proxy (an absolute URL, ``CONNECT``) are those of ``squid_common``. Sources: https://httpd.apache.org/docs/2.4/mod/mod_log_config.html,
https://nginx.org/en/docs/http/ngx_http_log_module.html, https://doc.traefik.io/traefik/observability/access-logs/,
https://kubernetes.github.io/ingress-nginx/user-guide/nginx-configuration/log-format/,
https://redmine.lighttpd.net/projects/lighttpd/wiki/mod_accesslog.
"""

from shadowai.sources.logs.description import Json, LogFormat, Part, Pattern, Take, TimeOf, When

_DAY = r"\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d [+-]\d{4}"
_TEXT = r"[^\"\\]*+(?:\\.[^\"\\]*+)*+"
_USER = r"(?P<site>\S+) (?P<user>\"[^\"]*\"|-|[^\s\[\]\"-](?:(?! - )[^\[\]\"]){0,255}?)"
_WHAT = rf'\[(?P<time>{_DAY})\] "(?P<request>{_TEXT})" (?P<status>\d{{1,3}}|-)(?: (?P<size>\d+|-))?(?: \d+)?'
_REST = rf'(?:(?: [^\s"]{{1,64}}){{0,4}}? (?:"(?P<referer>{_TEXT})"|-) (?:"(?P<agent>{_TEXT})"|-)(?P<rest>.*))?'
_ADDRESS = r"(?=[^\s,]*[.:])[0-9A-Fa-f.:]+|unix:|localhost"
_LIST = rf"(?P<client>\"[^\"]*\"(?: (?:{_ADDRESS}))?|(?:{_ADDRESS})(?:(?:, ?| )(?:{_ADDRESS}))*)"
_QUOTED = rf"\"(?:{_ADDRESS})(?:, ?(?:{_ADDRESS})){{0,16}}\""
_TO = r"^(?:\S+ (?=[A-Za-z][\w+.-]{0,15}://)|CONNECT )(\S+)"
_FIRST = r'^"?([^\s,"]+)'

_SITE = r"^((?:[A-Za-z0-9_-]{1,63}\.){1,16}[A-Za-z][A-Za-z0-9-]{1,62}(?::\d{1,5})?)$"
_NO_SYSLOG = r"(?!<\d|\d{4}-\d\d-\d\dT|[A-Z][a-z]{2} {1,2}\d)"

_FIELDS: dict[str, tuple[Take, ...]] = {
    "path": (Part("request", r"^\S+ (/\S*)"),),
    "user": ("user",),
    "device": (Part("client", r"^([A-Za-z_][\w-]*(?:\.[\w-]+)*)$"),),
    "client_ip": (Part("client", _FIRST), Part("rest", r"X-Forwarded-For=\"([^\s,\"]+)")),
    "method": (Part("request", r"^([A-Z][A-Z_-]{1,23}) \S"),),
    "action": ("status",),
    "bytes_down": ("size",),
    "user_agent": ("agent",),
}
_NO_REQUEST = (When((("request", r"^(?![A-Z][A-Z_-]{1,23} \S)"),), "no request was made"),)

ACCESS = LogFormat(
    name="apache_access",
    title="Apache, nginx and other web servers' access.log",
    vendor="Apache",
    doc="https://httpd.apache.org/docs/2.4/mod/mod_log_config.html",
    kind="http_request",
    family=Pattern(
        (
            rf"^(?:- - - )?(?P<vhost>[^\s,]+) {_LIST} {_USER} {_WHAT}{_REST}$",
            rf"^(?:- - - )?(?P<client>(?:{_ADDRESS})(?:(?:, ?| )(?:{_ADDRESS})){{1,16}}) {_USER} {_WHAT}{_REST}$",
            rf"^(?P<client>{_QUOTED}(?: (?:{_ADDRESS}))?) {_USER} {_WHAT}{_REST}$",
            rf"^(?:- - - )?(?P<client>\S+) {_USER} {_WHAT}{_REST}$",
            rf"^\[(?P<time>{_DAY})\] (?P<client>\S+) (?P<tls>(?:TLS|SSL)v\S+|-) \S+ \"(?P<request>{_TEXT})\" (?P<size>\d+|-)",
        )
    ),
    line=rf"^(?:(?:{_NO_SYSLOG}[^\s\[{{][^\s\[]*+|{_QUOTED}) (?:\"[^\"]*+\" |[^\s\[\"]++ ){{2,12}}\[{_DAY}\] \""
    rf"|\[{_DAY}\] \S+ (?:(?:TLS|SSL)v\S+|-) \S+ \")",
    fields={
        **_FIELDS,
        "host": (Part("request", _TO), "vhost", Part("site", _SITE)),
        "url": (Part("request", _TO),),
        "server_port": (Part("vhost", r":(\d+)$", only=(("request", r"^\S+ /"),)),),
        "bytes_up": (Part("rest", r"^ (\d+) \d+\.\d{3} \[[^\[\]]*\] \[[^\[\]]*\] \S"),),  # ingress-nginx
    },
    time=(TimeOf(("time",)),),
    rank=8,
    blocked=(
        When((("request", r"^CONNECT "), ("status", r"^403$"))),
    ),  # RFC 9110, 9.3.6: the answer of the proxy itself
    uncounted=_NO_REQUEST,
    product="web_server",
    same_as=("nginx_access", "nginx_ingress", "nginx_ingress_controller"),
)

TRAEFIK = LogFormat(
    name="traefik_access",
    title="Traefik access log (CLF)",
    vendor="Traefik Labs",
    doc="https://doc.traefik.io/traefik/observability/access-logs/",
    kind="http_request",
    family=Pattern(
        (
            rf"^(?P<client>\S+) {_USER} {_WHAT} (?:\"{_TEXT}\"|-) (?:\"(?P<agent>{_TEXT})\"|-)"
            rf" \d+ (?:\"(?P<router>{_TEXT})\"|-) (?:\"(?P<server>{_TEXT})\"|-) \d+ms$",
        )
    ),
    line=rf"^\S+ \S+ [^\[\"]{{1,256}} \[{_DAY}\] \"[^\n]* \d+ (?:\"[^\"]*\"|-) (?:\"[^\"]*\"|-) \d+ms$",
    fields={
        **{name: takes for name, takes in _FIELDS.items() if name != "device"},
        "client_ip": ("client",),
        "host": (Part("server", r"^([a-z][a-z0-9]*://\S+)"),),
        "server_ip": (Part("server", r"^[a-z][a-z0-9]*://([^/]+)"),),
        "server_port": (Part("server", r"^[a-z][a-z0-9]*://[^/]+:(\d+)"),),
    },
    time=(TimeOf(("time",)),),
    rank=12,
    uncounted=_NO_REQUEST,
    product="web_server",
)
"""The server is the URL that the request was passed on to, which is the service where Traefik is a way out."""

TRAEFIK_JSON = LogFormat(
    name="traefik_json",
    title="Traefik access log (JSON)",
    vendor="Traefik Labs",
    doc="https://doc.traefik.io/traefik/observability/access-logs/",
    kind="http_request",
    family=Json(
        requires=(("RequestHost|RequestAddr", ""), ("DownstreamStatus|OriginStatus", ""), ("ClientAddr|ClientHost", ""))
    ),
    fields={
        "host": ("RequestHost", "RequestAddr", "ServiceAddr"),
        "path": ("RequestPath",),
        "user": ("ClientUsername",),
        "client_ip": ("ClientHost", "ClientAddr"),
        "server_ip": ("ServiceAddr",),
        "server_port": ("RequestPort",),
        "method": ("RequestMethod",),
        "action": ("DownstreamStatus",),
        "bytes_up": ("RequestContentSize",),
        "bytes_down": ("DownstreamContentSize",),
        "user_agent": ("request_User-Agent",),
    },
    time=(TimeOf(("StartUTC",)), TimeOf(("StartLocal",)), TimeOf(("time",))),
    zone="utc",
    rank=12,
    product="web_server",
)

UBIKA = LogFormat(
    name="ubika_waap",
    title="Ubika WAAP security log (JSON)",
    vendor="Ubika",
    doc="https://docs.sekoia.io/integration/categories/network_security/ubika_waap/",
    kind="http_request",
    family=Json(requires=(("logAlertUid", ""), ("request.hostname|request.ipSrc", ""))),
    fields={
        "host": ("request.hostname",),
        "path": ("request.path",),
        "user": ("events.0.userId", "events.0.tokens.userId"),
        "client_ip": ("request.ipSrc",),
        "server_ip": ("request.ipDst",),
        "server_port": ("request.portDst",),
        "method": ("request.method",),
        "action": ("events.0.tokens.eventType", "events.0.eventDetails"),
    },
    time=(TimeOf(("timestamp|@timestamp",)),),
    zone="utc",
    rank=12,
    product="web_server",
)
"""Alerts; its access log is in the common log format."""

UBIKA_TRAFFIC = LogFormat(
    name="ubika_cloud_traffic",
    title="Ubika Cloud Protector traffic log (JSON)",
    vendor="Ubika",
    doc="https://docs.sekoia.io/integration/categories/network_security/ubika_cloud_protector_next_gen_traffic_logs/",
    kind="http_request",
    family=Json(
        requires=(
            ("context.reaction", "."),
            ("request.hostname", ""),
            ("request.ipSource", ""),
            ("timestamp", r"^\d{13}"),
        )
    ),
    fields={
        "host": ("request.hostname",),
        "path": ("request.path",),
        "client_ip": ("request.ipSource",),
        "method": ("request.method",),
        "action": ("context.reaction",),
        "bytes_up": ("request.size",),
        "bytes_down": ("response.size",),
        "user_agent": tuple(
            Part(f"request.headers.{place}.value", "(.+)", ((f"request.headers.{place}.key", "(?i)^user-agent$"),))
            for place in range(4)
        ),
    },
    time=(TimeOf(("timestamp",)),),
    zone="utc",
    rank=12,
    blocked=(When((("context.reaction", r"(?i)^block"),)),),
    allowed=(When((("context.reaction", r"(?i)^(?:pass|monitor)"),)),),
    product="web_server",
)

FORMATS = (ACCESS, TRAEFIK, TRAEFIK_JSON, UBIKA, UBIKA_TRAFFIC)
