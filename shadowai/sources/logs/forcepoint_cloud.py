"""Forcepoint Web Security Cloud, full traffic logging: a list in brackets per line.

https://help.forcepoint.com/websec/en-us/cloud/traffic_logging/6590dd12-054a-47c3-990e-10c1fa473238.html, in this order: DateAndTime
("in seconds in UNIX time"), AccountID, UserID, ClientIP ("shown in integer format": the client's external address, which many share, and
no address as it stands), RequestCount, RequestSize, ResponseSize, Disposition, Categories, Protocol, Port, DestinationIP, URI.
"""

from shadowai.sources.logs.description import LogFormat, Pattern, TimeOf, When

_NUMBER = r'"?\d{1,20}"?'
_HEAD = rf'^\s?\[\s?"?(?P<time>\d{{10}})"?,\s?{_NUMBER},\s?"(?P<user>[^"]{{0,300}})",\s?{_NUMBER},\s?{_NUMBER},'
_LINE = (
    rf'{_HEAD}\s?"?(?P<up>\d{{1,18}})"?,\s?"?(?P<down>\d{{1,18}})"?,\s?"?(?P<disposition>\d{{1,6}})"?,'
    r'\s?(?:"[^"]{0,400}"|\[[^\]]{0,400}\]|[\d;]{0,400}),\s?"(?P<protocol>[^"]{0,40})",\s?"?(?P<port>\d{1,5})"?,'
    rf'\s?{_NUMBER},\s?"(?P<uri>[^"]{{1,8000}})"'
)

FULL = LogFormat(
    name="forcepoint_cloud_full",
    title="Forcepoint Web Security Cloud full traffic log (a list per line)",
    vendor="Forcepoint",
    doc="https://help.forcepoint.com/websec/en-us/cloud/traffic_logging/6590dd12-054a-47c3-990e-10c1fa473238.html",
    kind="http_request",
    family=Pattern((_LINE,)),
    line=_HEAD,
    fields={
        "host": ("uri",),
        "url": ("uri",),
        "user": ("user",),
        "server_port": ("port",),
        "action": ("disposition",),
        "bytes_up": ("up",),
        "bytes_down": ("down",),
    },
    time=(TimeOf(("time",)),),
    zone="utc",
    rank=12,
    blocked=(When((("disposition", r"^1025$"),)),),
    allowed=(When((("disposition", r"^1026$"),)),),
    product="forcepoint_cloud",
)
"""Disposition 1025 is "category blocked" and 1026 "category not blocked"; of the other codes nothing is said."""

FORMATS = (FULL,)
