"""Huawei USG (Eudemon, HiSecEngine) and H3C SecPath (Comware) firewalls: log messages of their information centres.

Both write ``host %%01MODULE/severity/MNEMONIC``, Huawei with ``(l)`` behind it, H3C with its number ``%%10``. Huawei's session log
("Meanings of Log Fields") gives ``SendBytes``, what the source sent, and ``RcvBytes``; its URL filter and policy logs have no sizes.
``SESSION_URL`` has an unquoted page and host at its end. H3C ("System Log Messages Reference") names fields with a number in brackets:
``InitByteCount(1046)`` is what the initiator sent, ``RplyByteCount(1047)`` the reply.
"""

from shadowai.sources.logs.description import LogFormat, Part, Pattern, TimeOf, When

_OWN_EVENT = "an event of the device itself, not use of a service"
_ADDRESS = r"[0-9A-Fa-f.:]{2,45}"


def _huawei(*names: str, value: str = r'"?([^",()]+?)"?(?=[,)\s]|\.?$)') -> tuple[Part, ...]:
    return tuple(Part("data", rf"(?:^|[,;:(\s]){name}={value}") for name in names)


USG = LogFormat(
    name="huawei_usg",
    title="Huawei USG firewall log (session, policy, URL filter)",
    vendor="Huawei",
    doc="https://support.huawei.com/enterprise/en/doc/EDOC1100301592",
    kind="connection",
    family=Pattern(
        (
            r"(?:(?P<time>[A-Z][a-z]{2} {1,2}\d{1,2} \d{4} \d\d:\d\d:\d\d[+-]\d\d:\d\d|\d{4}/\d\d?/\d\d? \d\d:\d\d:\d\d)"
            r"(?: DST)? \S{1,64} )?"
            r"%%\d\d(?P<module>\w{1,32})/\d/(?P<mnemonic>\w{1,64})\([a-z]\)(?:\[\d+\])?:\s?(?:CID=\w+;\s?)?(?P<data>.*)",
        )
    ),
    line=r"(?:^|\s)%%\d\d\w{1,32}/\d/\w{1,64}\([a-z]\)(?:\[\d{1,10}\])?:",
    fields={
        "host": _huawei("Host"),
        "path": (Part("data", r'[,(\s]Page="(/[^"]*)"'), Part("data", r"[,(\s]Page=(/[^,\s]*)")),
        "user": _huawei("UserName", "User"),
        "client_ip": _huawei("SourceIP", "SrcIp", "source-ip", value=rf"({_ADDRESS})"),
        "server_ip": _huawei("DestinationIP", "DstIp", "destination-ip", value=rf"({_ADDRESS})"),
        "server_port": _huawei("DestinationPort", "DstPort", "destination-port", value=r"(\d{1,5})"),
        "action": (*_huawei("Action"), "mnemonic"),
        "bytes_up": _huawei("SendBytes", value=r"(\d+)"),
        "bytes_down": _huawei("RcvBytes", value=r"(\d+)"),
    },
    time=(TimeOf(("time",)),),
    nulls=frozenset({"unknown"}),
    kinds=(
        (When((("mnemonic", r"^SESSION_URL$"),)), "http_request"),
        (When((("module", r"^URL$"),)), "http_request"),
    ),
    blocked=(
        When((("mnemonic", r"^(?:POLICYDENY|PACKET_DENY)$"),)),
        When((("data", r"(?i)[,\s]Action=\"?(?:block|deny|drop|reset)"),)),
    ),
    allowed=(
        When((("mnemonic", r"^(?:POLICYPERMIT|SESSION_\w+)$"),)),
        When((("data", r"(?i)[,\s]Action=\"?(?:allow|permit|alert)"),)),
    ),
    uncounted=(
        When((("module", r"^(?!SECLOG$|POLICY$|URL$)"),), _OWN_EVENT),
        When(
            (("mnemonic", r"^SESSION_(?:BUILT|PERIODICALLY)$"),),
            "the start or middle of a session; its end is counted",
            (("mnemonic", r"^SESSION_TEARDOWN$"),),
        ),
        When(
            (("mnemonic", r"^POLICYPERMIT$"),),
            "a rule's hit; the session is counted",
            (("mnemonic", r"^SESSION_(?:BUILT|TEARDOWN)$"),),
        ),
    ),
    product="huawei_usg",
)


def _h3c(*names: str, value: str = r"([^;]+?)") -> tuple[Part, ...]:
    return tuple(Part("data", rf"(?:^|[;\s]){name}\(\d+\)={value}(?:;|\.?$)") for name in names)


SECPATH = LogFormat(
    name="h3c_secpath",
    title="H3C SecPath firewall log (Comware: session, packet filter, URL filter)",
    vendor="H3C",
    doc="https://www.h3c.com/en/Support/Resource_Center/Technical_Documents/",
    kind="connection",
    family=Pattern((r"%%10 ?(?P<module>\w{1,32})/\d/(?P<mnemonic>\w{1,64}): ?(?P<data>.*)",)),
    line=r"(?:^|\s)%%10 ?\w{1,32}/\d/\w{1,64}: ?(?:[A-Za-z]\w*\(\d{4}\)=|-)",
    fields={
        "host": _h3c("URL", "HostName", "Host"),
        "url": _h3c("URL"),
        "user": _h3c("UserName", value=r"(?!-{1,2};)([^;]+?)"),
        "client_ip": _h3c("SrcIPAddr", "SrcIPv6Addr", value=rf"({_ADDRESS})"),
        "server_ip": _h3c("DstIPAddr", "DstIPv6Addr", value=rf"({_ADDRESS})"),
        "server_port": _h3c("DstPort", value=r"(\d{1,5})"),
        "action": (*_h3c("Action", "Event"), "mnemonic"),
        "bytes_up": _h3c("InitByteCount", value=r"(\d+)"),
        "bytes_down": _h3c("RplyByteCount", value=r"(\d+)"),
    },
    kinds=((When((("module", r"(?i)^UFLT$"),)), "http_request"),),
    blocked=(When((("data", r"(?i)(?:^|;\s?)(?:Action|Event)\(\d+\)=(?:den(?:y|ied)|drop|block|reset|reject)"),)),),
    allowed=(
        When((("data", r"(?i)(?:^|;\s?)(?:Action|Event)\(\d+\)=(?:permit|pass)"),)),
        When((("mnemonic", r"(?i)^SESSION_IPV[46]_FLOW$"),)),
    ),
    uncounted=(
        When((("module", r"(?i)^(?!SESSION$|FILTER$|UFLT$|NAT$|ASPF$|AUDIT$)"),), _OWN_EVENT),
        When((("module", r"(?i)^NAT$"),), "an address translation; the session is counted", (("module", r"(?i)^session$"),)),
        When(
            (("data", r"(?i)Event\(\d+\)=\(\d+\)\s?Session created"),),
            "the start of a session; its end is counted",
            (("data", r"(?i)Event\(\d+\)=\(\d+\)(?!\s?Session created)"),),
        ),
        When(
            (("module", r"(?i)^FILTER$"), ("data", r"(?i)Event\(\d+\)=permit")),
            "a rule's hit; the session is counted",
            (("module", r"(?i)^session$"),),
        ),
    ),
    product="h3c_secpath",
)  # fmt: skip

FORMATS = (USG, SECPATH)
