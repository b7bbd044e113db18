"""Clavister cOS Core (NetWall): its log messages by syslog, with and without the brackets of the message's parts.

"cOS Core Log Reference Guide": every message has ``id`` and ``event``; ``conn_close`` says what the originator (``origsent``) and the
terminator (``termsent``) of a connection sent. From some size on these are rounded (``4.52 K``): such a number is no count of
bytes and is left out. ``connsrcip`` is the address before translation, ``newconnsrcip`` the one behind it.
"""

from shadowai.sources.logs.description import KeyValue, LogFormat, Part, Take, When

_ADDRESS = r"^([0-9a-fA-F.:]+)"
_WORD = r"^([\w.-]+)"
_COUNT = r"^(\d+(?:\.0+)?)(?![\d.]|\s*[KMGT])"
_CONNECTION = (
    r"^(?:conn_|request_url|application_|ruleset_|no_new_conn|disallowed_|unhandled_|directed_|forbidden|blocked|max_)"
)


def _addresses(*keys: str) -> tuple[Take, ...]:
    return tuple(Part(key, _ADDRESS) for key in keys)


NGFW = LogFormat(
    name="clavister",
    title="Clavister NetWall (cOS Core) syslog",
    vendor="Clavister",
    doc="https://docs.clavister.com/",
    kind="connection",
    family=KeyValue("equals_blanks", requires=("event",)),
    line=r"(?:^|[\s:])id=\d{5,8} (?:rev=\d+ )?event=[a-z]\w+(?: |$)",
    fields={
        "host": (Part("url", r'^"?([^"\s]+)'), Part("domain", _WORD)),
        "url": (Part("url", r'^"?([^"\s]+)'),),
        "user": (Part("username", r'^"?([^"\s\]]+)'), Part("user", r'^"?([^"\s\]]+)')),
        "client_ip": _addresses("connsrcip", "srcip", "ipaddr", "local_ip", "peer", "client_ip", "ip"),
        "server_ip": _addresses("conndestip", "destip", "remote_ip", "server"),
        "server_port": (Part("conndestport", r"^(\d+)"), Part("destport", r"^(\d+)")),
        "action": (Part("action", _WORD), Part("event", _WORD)),
        "bytes_up": (Part("origsent", _COUNT),),
        "bytes_down": (Part("termsent", _COUNT),),
    },
    kinds=((When((("event", r"^request_url\b"),)), "http_request"),),
    blocked=(
        When((("action", r"^(?:drop|reject|block|deny)"),)),
        When((("event", r"^\w+_(?:drop|dropped|denied|blocked)\b"),)),
        When((("event", r"^(?:ike_sa_failed|invalid_clienthello_server_name)\b"),)),
    ),
    allowed=(When((("action", r"^allow"),)),),
    uncounted=(
        When((("event", rf"^(?!{_CONNECTION[1:]})"),), "an event of the firewall itself, or a remark on a packet"),
        When(
            (("event", r"^(?:conn_open|application_)"),),
            "the start or the application of a connection; its end is counted",
            (("event", r"^conn_close"),),
        ),
        When((("conndestip", r"^$"), ("destip", r"^$"), ("url", r"^$")), "names no destination"),
    ),
    product="clavister",
)  # fmt: skip

FORMATS = (NGFW,)
