"""Web servers and reverse proxies that log in the NCSA common log format and its extensions: Apache, nginx, Traefik, Ubika.

The format names who asked and what for, and not whom: the server is in it only where the administrator put the virtual host in
front (Apache's ``vhost_combined``, nginx's ``$host``). ``%b`` and ``$body_bytes_sent`` are the body sent to the client: down.
What follows the user agent is the administrator's own and read only where it names itself. Lines of a forward proxy (an absolute
URL, ``CONNECT``) are those of ``squid_common``. Sources: https://httpd.apache.org/docs/2.4/mod/mod_log_config.html,
https://nginx.org/en/docs/http/ngx_http_log_module.html, https://doc.traefik.io/traefik/observability/access-logs/,
https://kubernetes.github.io/ingress-nginx/user-guide/nginx-configuration/log-format/.
"""

from shadowai.sources.logs.description import Json, LogFormat, Part, Pattern, Take, TimeOf, When

_DAY = r"\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d [+-]\d{4}"
_TEXT = r"[^\"\\]*+(?:\\.[^\"\\]*+)*+"
_USER = r"\S+ (?P<user>\"[^\"]*\"|[^\[\]\"]{1,256}?)"
_WHAT = rf'\[(?P<time>{_DAY})\] "(?P<request>{_TEXT})" (?P<status>\d{{1,3}}|-)(?: (?P<size>\d+|-))?(?: \d+)?'
_REST = rf'(?: (?:"(?P<referer>{_TEXT})"|-) (?:"(?P<agent>{_TEXT})"|-)(?P<rest>.*))?'
_ADDRESS = r"[0-9A-Fa-f.:]+|unix:|localhost"
_LIST = rf"(?P<client>\"[^\"]*\"|(?:{_ADDRESS})(?:(?:, ?| )(?:{_ADDRESS}))*)"
_FIRST = r'^"?([^\s,"]+)'

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
    title="Apache, nginx and other servers' access.log (common, combined, with or without virtual host)",
    vendor="Apache",
    doc="https://httpd.apache.org/docs/2.4/mod/mod_log_config.html",
    kind="http_request",
    family=Pattern(
        (
            rf"^(?P<client>\S+) {_USER} {_WHAT}{_REST}$",
            rf"^(?P<vhost>\S+) (?:\"[^\"]*\" )?{_LIST} {_USER} {_WHAT}{_REST}$",
            rf"^\[(?P<time>{_DAY})\] (?P<client>\S+) (?P<tls>(?:TLS|SSL)v\S+|-) \S+ \"(?P<request>{_TEXT})\" (?P<size>\d+|-)",
        )
    ),
    line=rf"^(?:[^\s\[{{][^\s\[]*+ (?:\"[^\"]*+\" |[^\s\[\"]++ ){{2,12}}\[{_DAY}\] \"(?!CONNECT \S|\S+ [a-z][a-z0-9+.-]*://)"
    rf"|\[{_DAY}\] \S+ (?:(?:TLS|SSL)v\S+|-) \S+ \")",
    fields={
        **_FIELDS,
        "host": ("vhost",),
        "server_port": (Part("vhost", r":(\d+)$"),),
    },
    time=(TimeOf(("time",)),),
    rank=8,
    uncounted=_NO_REQUEST,
    product="web_server",
    same_as=("nginx_access",),
)

