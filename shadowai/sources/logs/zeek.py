"""Zeek's logs, tab separated and as JSON. Source: https://docs.zeek.org/en/master/logs/ and the record types behind it.

Zeek gives a connection an originator and a responder: what the originator sends (``orig_*``, ``request_*``) goes up.
JSON writers leave unset fields out, so each log is told by fields that are always written, or by the ``_path`` that Corelight's
sensors and Zeek's JSON streaming write (``_red`` and ``_long`` are their shortened and their unfinished records). Exporters that may
not use a dot in a name write ``id_orig_h`` for ``id.orig_h``.
"""

from shadowai.sources.logs.description import (
    Family,
    Json,
    Key,
    Kind,
    LogFormat,
    Take,
    TimeOf,
    Told,
    When,
    Whole,
    ZeekTsv,
)

_DOC = "https://docs.zeek.org/en/master/logs/"
_UID = r"^C[0-9A-Za-z]{6,}$"
"""Connection ids: ``C`` and base 62 (Zeek's ``unique_id("C")``)."""
_ENDS: dict[str, tuple[Take, ...]] = {
    "client_ip": ("id.orig_h", "id_orig_h"),
    "server_ip": ("id.resp_h", "id_resp_h"),
    "server_port": ("id.resp_p", "id_resp_p"),
}
_TIME = (TimeOf(("ts",)), TimeOf(("@timestamp",)))

_DNS: dict[str, tuple[Take, ...]] = {**_ENDS, "host": ("query",), "action": ("rcode_name",)}
_SSL: dict[str, tuple[Take, ...]] = {**_ENDS, "host": ("server_name",)}
_NAMED = Whole(named=(When(()),))
"""Zeek names every connection whose name it sees, in a log of its own."""
_TOLD = Told(("answers",), ("TTLs",))
_QUIC = _SSL
_HTTP: dict[str, tuple[Take, ...]] = {
    **_ENDS,
    "host": ("host", "uri"),
    "url": ("uri",),  # absolute where the client spoke to a proxy
    "path": ("uri",),
    "method": ("method",),
    "action": ("status_code",),
    "bytes_up": ("request_body_len",),
    "bytes_down": ("response_body_len",),
    "user_agent": ("user_agent",),
}
_CONN: dict[str, tuple[Take, ...]] = {
    **_ENDS,
    "action": ("conn_state",),
    # payload, as proxies count it; IP bytes only where Zeek could not tell the payload
    "bytes_up": ("orig_bytes", "orig_ip_bytes"),
    "bytes_down": ("resp_bytes", "resp_ip_bytes"),
}

_SOCKS: dict[str, tuple[Take, ...]] = {
    "client_ip": ("id.orig_h", "id_orig_h"),
    "server_ip": ("request.host", "request_host"),
    "server_port": ("request_p",),
    "host": ("request.name", "request_name"),
    "user": ("user",),
    "action": ("status",),
}
"""Where the client asked the proxy to connect to."""

_REFUSED = (When((("conn_state", r"^(?:S0|REJ|RSTOS0|RSTRH)$"),)),)
_MADE = (When((("conn_state", r"^(?:SF|S1|S2|S3|RSTO|RSTR)$"),)),)
_BESIDE = "stands beside the logs of connections, names and requests"
_AUTH_LEG = (When((("status_code", r"^407$"),), "proxy authentication leg (407); the retry is counted"),)
_NO_QUERY = (When((("query", r"^[-.]?$"),), "no name was asked for"),)


def _both(
    log: str,
    kind: Kind,
    fields: dict[str, tuple[Take, ...]],
    told_by: tuple[str, ...],
    *,
    session: tuple[Key, ...] = ("uid",),
    told: Told | None = None,
    blocked: tuple[When, ...] = (),
    allowed: tuple[When, ...] = (),
    uncounted: tuple[When, ...] = (),
) -> tuple[LogFormat, ...]:
    """The JSON and the tab separated form of one Zeek log. ``told_by`` are columns that no other log has all of."""
    named = rf"^(?:[A-Z\d]+|true|false|udp|tcp|[0-9a-f]+|{log}(?:_red|_long)?)$"
    requires = (("uid", _UID), ("ts|@timestamp", r"^\d"), *((f"{key}|_path", named) for key in told_by))
    families: tuple[tuple[str, str, Family], ...] = (
        ("json", "JSON", Json(requires=requires)),
        ("tsv", "tab separated", ZeekTsv(path=log)),
    )
    return tuple(
        LogFormat(
            name=f"zeek_{log}_{form}",
            title=f"Zeek {log}.log ({title})",
            vendor="Zeek",
            doc=f"{_DOC}{log}.html",
            kind=kind,
            family=family,
            fields=fields,
            time=_TIME,
            zone="utc",
            product="zeek",
            same_as=(f"zeek_{log}",) if form == "json" else (),
            session=session,
            whole=_NAMED,
            told=told,
            blocked=blocked,
            allowed=allowed,
            uncounted=uncounted,
        )
        for form, title, family in families
    )


_VECTRA: dict[str, tuple[Take, ...]] = {
    **_ENDS,
    "host": ("server_name", "query", "host", "resp_domain"),
    "url": ("uri",),
    "path": ("uri",),
    "device": ("orig_hostname",),
    "method": ("method",),
    "action": ("rcode_name|conn_state|status_code",),
    "bytes_up": ("orig_ip_bytes", "request_body_len"),
    "bytes_down": ("resp_ip_bytes", "response_body_len"),
    "user_agent": ("user_agent",),
}
VECTRA = LogFormat(
    name="vectra_stream",
    title="Vectra AI Stream and Recall network metadata (JSON)",
    vendor="Vectra AI",
    doc="https://www.vectra.ai/resources/metadata-attributes-and-their-descriptions",
    kind="connection",
    family=Json(
        requires=(
            ("uid", ""),
            ("ts|@timestamp", r"^\d"),
            ("id.orig_h|id_orig_h", ""),
            ("sensor_uid", ""),
            ("orig_huid|orig_hostname|resp_huid|orig_sluid|id.ip_ver|id_ip_ver", ""),
        )
    ),
    fields=_VECTRA,
    time=_TIME,
    zone="utc",
    rank=13,
    kinds=(
        (When((("qtype_name|qtype|query", "."),)), "dns_query"),
        (When((("method", r"^[A-Z]{3,10}$"),)), "http_request"),
        (When((("server_name|ja3|established", "."),)), "tls_connection"),
    ),
    blocked=_REFUSED,
    allowed=_MADE,
    uncounted=(
        *_AUTH_LEG,
        When(
            tuple((name, r"^$") for name in ("query", "server_name", "host", "resp_domain", "conn_state")),
            _BESIDE,
        ),
    ),
    session=("uid",),
    whole=Whole(when=(When((("conn_state", "."),)),)),
    told=_TOLD,
    product="vectra",
)
"""Its metadata are Zeek's, with the host that an address was at the time; a session names the domain that was talked to."""

FORMATS = (
    VECTRA,
    *_both("conn", "connection", _CONN, ("conn_state",), blocked=_REFUSED, allowed=_MADE),
    *_both("dns", "dns_query", _DNS, ("proto", "RA", "rejected|AA"), session=(), told=_TOLD, uncounted=_NO_QUERY),
    *_both("ssl", "tls_connection", _SSL, ("established", "resumed")),
    *_both("http", "http_request", _HTTP, ("trans_depth", "request_body_len"), uncounted=_AUTH_LEG),
    *_both("quic", "tls_connection", _QUIC, ("client_initial_dcid",)),
    *_both("socks", "connection", _SOCKS, ("request_p", "version")),
    LogFormat(
        name="zeek_other_json",
        title="Zeek and Corelight: other logs of a JSON stream",
        vendor="Zeek",
        doc="https://docs.zeek.org/en/master/script-reference/log-files.html",
        kind="connection",
        family=Json(
            requires=(
                ("_path", r"^(?!(?:conn|dns|ssl|http|quic|socks)(?:_red|_long)?$)[a-z]\w{1,40}$"),
                ("ts|@timestamp", r"^\d"),
                ("_system_name|_write_ts|uid|fuid|id.orig_h|id_orig_h", ""),
            )
        ),
        fields=_ENDS,
        time=_TIME,
        zone="utc",
        rank=9,
        uncounted=(When((("_path", "."),), _BESIDE),),
        product="zeek",
    ),
    LogFormat(
        name="zeek_files_json",
        title="Zeek's logs of files, certificates, leases, notices and the like (JSON)",
        vendor="Zeek",
        doc="https://docs.zeek.org/en/master/script-reference/log-files.html",
        kind="connection",
        family=Json(
            requires=(
                ("ts", r"^\d"),
                (
                    "seen_bytes|certificate.serial|msg_types|suppress_for|failure_reason|auth_attempts|share_type|tunnel_type|notice",
                    "",
                ),
                ("uid|uids|fuid|conn_uids|fingerprint|id.orig_h|id_orig_h", ""),
            )
        ),
        fields=_ENDS,
        time=_TIME,
        zone="utc",
        rank=9,
        uncounted=(When((("ts", "."),), _BESIDE),),
        product="zeek",
    ),
    LogFormat(
        name="zeek_other_tsv",
        title="Zeek's other logs (tab separated)",
        vendor="Zeek",
        doc="https://docs.zeek.org/en/master/script-reference/log-files.html",
        kind="connection",
        family=ZeekTsv(path=""),
        fields=_ENDS,
        time=(TimeOf(("ts",)),),
        zone="utc",
        rank=9,
        uncounted=(When((), _BESIDE),),
        product="zeek",
    ),
)
