"""Microsoft Defender's advanced hunting: its API, the streams of its tables, and their CSV exports.

Microsoft's tables name the process and not the direction of bytes: sizes stay unknown. ``RemoteUrl`` is a URL or a bare
host; ``AdditionalFields`` is JSON, often within a string, and holds what network inspection saw (``server_name``,
``query``, ``host``).
"""

from shadowai.sources.logs.description import CsvHeader, Json, Kind, LogFormat, Part, Take, TimeOf, When

_HUNTING_DOC = "https://learn.microsoft.com/en-us/defender-xdr/advanced-hunting-devicenetworkevents-table"
_NOT_OURS = "a connection to the device, not from it"
_INBOUND = r"(?i)^(?:Inbound|Listening)"
_FAILED = r"(?i)block|ConnectionFailed|^ClickBlocked$"
_PASSED = r"(?i)^(?:ConnectionSuccess|ClickAllowed)$"
_KINDS: tuple[tuple[str, Kind], ...] = (
    (r"(?i)^Dns", "dns_query"),
    (r"(?i)^Http", "http_request"),
    (r"(?i)^Ssl", "tls_connection"),
)


def _to_device(inside: str) -> tuple[tuple[str, str], ...]:
    """The conditions of rows in which the remote side is the client: logons, and what inspection saw come in."""
    return ((f"{inside}AdditionalFields.direction|{inside}ActionType", r"^In$|^Logon"),)


def _hunting(inside: str) -> dict[str, tuple[Take, ...]]:
    """Where a row of advanced hunting has the fields of a record, under the prefix ``inside``."""
    more = f"{inside}AdditionalFields"
    to_device = _to_device(inside)
    from_device = ((to_device[0][0], r"^(?!In$|Logon)"),)
    return {
        "host": (
            f"{more}.server_name",
            f"{more}.query",
            f"{more}.DnsQueryString",
            f"{more}.host",
            f"{inside}RemoteUrl",
            f"{inside}Url",
            f"{inside}FileOriginUrl",
        ),
        "url": (f"{inside}RemoteUrl", f"{inside}Url", f"{inside}FileOriginUrl"),
        "path": (f"{more}.uri",),
        "user": tuple(f"{inside}{name}" for name in _ACCOUNTS),
        "device": (f"{inside}DeviceName",),
        "client_ip": (Part(f"{inside}RemoteIP", "(.+)", only=to_device), f"{inside}LocalIP", f"{inside}IPAddress"),
        "server_ip": (
            Part(f"{inside}LocalIP", "(.+)", only=to_device),
            Part(f"{inside}RemoteIP", "(.+)", only=from_device),
        ),
        "server_port": (
            Part(f"{inside}LocalPort", "(.+)", only=to_device),
            Part(f"{inside}RemotePort", "(.+)", only=from_device),
        ),
        "method": (f"{more}.method",),
        "action": (f"{inside}ActionType",),
        "user_agent": (f"{more}.user_agent",),
    }


_ACCOUNTS = (
    "InitiatingProcessAccountUpn",
    "AccountUpn",
    "AccountName",
    "InitiatingProcessAccountName",
    "RequestAccountName",
)


def _no_network(inside: str, category: str = "") -> tuple[When, ...]:
    """Rows of other tables and of connections that the device did not open."""
    action = f"{inside}ActionType"
    elsewhere = (
        (action, r"(?i)^(?!connection|dns|http|ssl|.*url|.*block|.*network|.*inspected|click)"),
        (f"{inside}RemoteUrl|{inside}Url|{inside}FileOriginUrl", "^$"),
    )
    named = (
        (
            When(
                ((category, r"^(?!.*DeviceNetworkEvents|.*UrlClickEvents)"), *elsewhere),
                "an event without a destination",
            ),
        )
        if category
        else ()
    )
    return (
        When(((action, _INBOUND),), _NOT_OURS),
        When(_to_device(inside), _NOT_OURS),
        *named,
        When(elsewhere, "an event without a destination"),
    )


def _kinds(inside: str) -> tuple[tuple[When, Kind], ...]:
    return tuple((When(((f"{inside}ActionType", action),)), kind) for action, kind in _KINDS)


_INSIDE = "properties."
_WITHIN = _hunting(_INSIDE)
HUNTING = LogFormat(
    name="mde_advanced_hunting",
    title="Microsoft Defender for Endpoint, advanced hunting (streamed)",
    vendor="Microsoft",
    doc=_HUNTING_DOC,
    kind="endpoint_event",
    family=Json(requires=(("category", r"^AdvancedHunting-(?!CloudApp)\w"), ("properties.Timestamp|time", ""))),
    fields=_WITHIN,
    time=(TimeOf(("properties.Timestamp",)), TimeOf(("time",))),
    zone="utc",
    kinds=_kinds(_INSIDE),
    blocked=(When(((f"{_INSIDE}ActionType", _FAILED),)),),
    allowed=(When(((f"{_INSIDE}ActionType", _PASSED),)),),
    uncounted=(
        When((("category", r"^AdvancedHunting-(?!Device|UrlClick)"),), "a row of a table that is not of devices"),
        *_no_network(_INSIDE, "category"),
    ),
    product="mde",
)

HUNTING_ROWS = LogFormat(
    name="mde_hunting_json",
    title="Microsoft Defender for Endpoint, advanced hunting (API result, Log Analytics)",
    vendor="Microsoft",
    doc=_HUNTING_DOC,
    kind="endpoint_event",
    family=Json(requires=(("DeviceName|DeviceId", ""), ("RemoteUrl|RemoteIP", ""), ("Timestamp|TimeGenerated", ""))),
    fields=_hunting(""),
    time=(TimeOf(("Timestamp",)), TimeOf(("TimeGenerated",))),
    zone="utc",
    kinds=_kinds(""),
    blocked=(When((("ActionType", _FAILED),)),),
    allowed=(When((("ActionType", _PASSED),)),),
    uncounted=_no_network(""),
    product="mde",
)


def _table(name: str, title: str, column: str, *, utc: bool = False) -> LogFormat:
    """The CSV export of a hunting query; ``column`` is the name its time has there."""
    return LogFormat(
        name=name,
        title=f"Microsoft Defender for Endpoint, advanced hunting ({title})",
        vendor="Microsoft",
        doc="https://learn.microsoft.com/en-us/defender-xdr/advanced-hunting-query-results",
        kind="endpoint_event",
        family=CsvHeader(columns=("DeviceName", "RemoteUrl", column)),
        fields={
            "host": (
                Part("AdditionalFields", r'"(?:server_name|query|DnsQueryString|host)"\s*:\s*"([^"]+)"'),
                "RemoteUrl",
                "FileOriginUrl",
            ),
            "url": ("RemoteUrl", "FileOriginUrl"),
            "user": _ACCOUNTS,
            "device": ("DeviceName",),
            "client_ip": ("LocalIP",),
            "server_ip": ("RemoteIP",),
            "server_port": ("RemotePort",),
            "action": ("ActionType",),
        },
        time=(TimeOf((column,)),),
        zone="utc" if utc else "local",
        rank=12,
        kinds=_kinds(""),
        blocked=(When((("ActionType", _FAILED),)),),
        allowed=(When((("ActionType", _PASSED),)),),
        uncounted=(
            When((("ActionType", _INBOUND),), _NOT_OURS),
            When((("AdditionalFields", r'"direction"\s*:\s*"In"'),), _NOT_OURS),
            When(
                (
                    ("ActionType", r"(?i)^(?!connection|dns|http|ssl|.*url|.*block|.*network|.*inspected|click)"),
                    ("RemoteUrl", "^$"),
                    ("FileOriginUrl", "^$"),
                ),
                "an event without a destination",
            ),
        ),
        product="mde",
    )


TABLES = (
    _table("mde_hunting_csv", "CSV export", "Timestamp"),
    _table("mde_hunting_csv_utc", "CSV export, times in UTC", "Timestamp [UTC]", utc=True),
    _table("mde_sentinel_csv", "CSV export of Sentinel", "TimeGenerated [UTC]", utc=True),
)

FORMATS = (
    HUNTING,
    HUNTING_ROWS,
    *TABLES,
)
