"""Cisco Secure Firewall: ASA system messages, and the connection, intrusion, file and malware events of Threat Defense (FTD); and the
firewall and access lists of IOS routers.

ASA and the ASA part of FTD, "Cisco Secure Firewall ASA Series Syslog Messages": ``inbound`` and ``outbound`` say who began a
connection; the first address is the foreign one, which is the client of an inbound connection and the server of an outbound one. The
teardown has no such word, so where its beginning is not logged the side with a well-known port is taken for the server, else the
foreign one; its bytes are the total of both directions and are not read. Both lines have the connection's number, which begins again
when the device does, and both ends, the foreign one first: together they are its id, whichever devices share a file.
FTD 430001 to 430005, "Cisco Secure Firewall Threat Defense Syslog Messages": the initiator is the client.
"""

from shadowai.sources.logs.description import CsvHeader, KeyValue, LogFormat, Part, Pattern, TimeOf, When, Whole

_ASA_DOC = "https://www.cisco.com/c/en/us/td/docs/security/asa/syslog/b_syslog.html"
_FTD_DOC = "https://www.cisco.com/c/en/us/td/docs/security/firepower/Syslogs/b_fptd_syslog_guide.html"

_MARK = r"%(?:ASA|FTD|FDT|FWSM|PIX)(?:<\w{1,8}>)?-(?:(?:[A-Za-z]\w{0,15})?-)?\d-"
_ID = _MARK + r"(?P<id>\d{6}):? +"
_ADDRESS = r"[^\s/(),]{1,255}"
_ANY_ADDRESS = r"((?:\d{1,3}\.){3}\d{1,3}|[0-9A-Fa-f]*:[0-9A-Fa-f:.]+)"
_WELL_KNOWN = r"(?:[1-9]\d{0,2}|10[01]\d|102[0-3]|3128|8080|8443)"
_MAPPED = r"(?: \([^()]{0,255}\))?"
_BARE_USER = r"(?: (?!to |duration )[^\s()]{1,255})?"
_LAST_USER = r"[^()]*(?: ?\((?P<user>[^()]{1,255})\))?$"
_NUMBER = r"connection (?P<connection>\S{1,40}) for "
_ENDED = _ID + r"(?P<action>Teardown) (?:Probe )?[\w-]+(?: state-bypass)? " + _NUMBER
_ON = r"(?:[A-Za-z][^\s:/]{0,63}:)??"
"""The interface before an address, where there is one."""


def _user(side: str, blank: str = " ?") -> str:
    """The user of an identity firewall behind an address."""
    return rf"(?:{blank}\((?:\d+:[^()]{{0,64}}|(?P<{side}_user>[^(),]{{0,255}})(?:, ?[^()]{{0,64}})?)\))?"


def _end(side: str, port: str = r"\d{1,5}", mapped: str = "", place: str = "", blank: str = " ?") -> str:
    """``interface:address/port`` of one side, ``src`` or ``dst``, with the mapped address where a message has it; all but the interface is
    the token ``place`` as well."""
    end = rf"(?P<{side}>{_ADDRESS})/(?P<{side}_port>{port})"
    return rf"[^:/]{{1,64}}:{f'(?P<{place}>{end})' if place else end}{mapped}" + _user(side, blank)


def _beginning(direction: str, foreign: str, local: str) -> str:
    """A connection that begins, by who its ends are; behind a blank stands who logged in for it, not the user of the last address."""
    blank = "" if local == "dst" else " ?"
    ends = (
        _end(foreign, mapped=_MAPPED, place="foreign")
        + " to "
        + _end(local, mapped=_MAPPED, place="local", blank=blank)
    )
    return rf"{_ID}(?P<action>Built) {direction} [\w-]+ {_NUMBER}" + ends + _LAST_USER


def _ending(foreign: str, local: str, foreign_port: str = r"\d{1,5}", local_port: str = r"\d{1,5}") -> str:
    """A connection that ends, and how long it lasted."""
    ends = (
        _end(foreign, foreign_port, place="foreign")
        + _BARE_USER
        + " to "
        + _end(local, local_port, place="local")
        + _BARE_USER
    )
    return _ENDED + ends + r" duration(?: (?P<lasted>\d{1,6}:\d\d:\d\d))?" + _LAST_USER


def _plain(side: str) -> str:
    """An address of one side, with or without interface and port."""
    return rf"(?:[A-Za-z][^\s:/]{{0,63}}:)?\(?(?P<{side}>{_ADDRESS})\)?(?:/(?P<{side}_port>\d{{1,5}}))?" + _user(side)


def _listed(side: str) -> str:
    """``interface/address(port)`` of one side in 106100."""
    return rf"[^\s/]{{1,64}}/(?P<{side}>{_ADDRESS})\((?P<{side}_port>\d{{1,5}})\)" + _user(side)


def _icmp(action: str, foreign: str, local: str) -> str:
    return (
        rf"{_ID}(?P<action>{action}) ICMP connection for faddr (?P<{foreign}>{_ADDRESS})(?:/\d+)?{_user(foreign)}"
        rf" gaddr \S+ laddr (?P<{local}>{_ADDRESS})(?:/\d+)?{_user(local)}"
    )


_PATTERNS = (
    _beginning("inbound", "src", "dst"),
    _beginning("outbound", "dst", "src"),
    _icmp("Built inbound", "src", "dst"),
    _icmp("Built outbound|Teardown", "dst", "src"),
    _ending("dst", "src", foreign_port=_WELL_KNOWN),
    _ending("src", "dst", local_port=_WELL_KNOWN),
    _ending("dst", "src"),
    _ID
    + r"access-list \S+ (?P<action>permitted|denied|est-allowed) \S+ (?:for user '?(?P<user>[^\s']{1,255})'? )?"
    + _listed("src")
    + r" -> "
    + _listed("dst"),
    _ID
    + r"(?:(?P<user>[^\s@]{1,255})@)?"
    + rf"(?P<src>{_ADDRESS})(?(user)(?:\([^()]*\))?|{_user('src')}) (?P<action>Accessed) (?:JAVA )?URL (?P<dst>[^:\s]+):(?P<url>\S+)",
    _ID + rf"(?P<action>Access denied) URL (?P<url>\S+) SRC (?P<src>{_ADDRESS}) DEST (?P<dst>{_ADDRESS})",
    _ID
    + r"Dynamic [Ff]ilter (?P<action>\w+) .{0,80}? from "
    + _end("src", mapped=_MAPPED)
    + " to "
    + _end("dst", mapped=_MAPPED)
    + r", (?:destination (?:\S+(?: address)? resolved from \w+ list: )?(?P<name>[^\s,/]+)(?=,|$))?",
    _ID
    + r"(?P<action>Deny|Denied|No matching connection|Asymmetric NAT rules matched)\b.{0,120}? src "
    + _plain("src")
    + r" dst "
    + _plain("dst"),
    _ID + r"(?P<action>Denied) invalid ICMP .{0,80}? for " + _end("src", mapped=_MAPPED) + " to " + _end("dst"),
    _ID + r"(?P<action>Denied) ICMP .{0,80}?from (?:laddr )?" + rf"(?P<src>{_ADDRESS}) on interface \S+(?: to (?P<dst>[^\s:]+))?",
    _ID + r"(?P<action>Built|Teardown) \w+ \w+ translation from " + _plain("src") + " to " + _plain("dst"),
    _ID + r"(?P<action>Deny|Inbound TCP connection denied|\w+ access denied|\w+ request discarded|Routing failed)\b.{0,120}? from "
    + _plain("src")
    + " to "
    + _plain("dst"),
    _ID + r"(?P<text>.*(?P<action>succeeded|Successful|[Rr]ejected|failed|denied)?.*)",
    r"^(?P<text>(?:Tunnel)?Group (?:<|= ).*)",
)  # fmt: skip
_CONNECTION = r"^(?:302013|302015|302017|302303|302014|302016|302018|302304|106\d{3}|30400[12]|338\d{3}|710003)$"
_BEGINS = r"^(?:302013|302015|302017|302303)$"
_NAME = r"^(?!\d{1,3}(?:\.\d{1,3}){3}$)([\w.-]+)$"

ASA = LogFormat(
    name="cisco_asa",
    title="Cisco ASA system messages (also FTD, FWSM, PIX)",
    vendor="Cisco",
    doc=_ASA_DOC,
    kind="connection",
    family=Pattern(_PATTERNS),
    line=rf"^[^%={{}}\"]{{0,200}}{_MARK}(?!43000\d)\d{{6}}:? |^(?:Tunnel)?Group (?:<|= )[^,>]{{1,255}}[>,] \w+ (?:<|= )",
    fields={
        "host": ("url", "name", Part("dst", _NAME)),
        "url": ("url",),
        "user": (
            "src_user",
            "user",
            Part("text", r"User <([^<>]{1,255})>"),
            Part(
                "text",
                r"(?:Username = |Uname: |Username:|: user = |[Uu]ser '|client user |User=)([^>,'\s]{1,255})",
            ),
        ),
        "device": (Part("src", _NAME),),
        "client_ip": (
            "src",
            Part("text", rf"(?:IP <|IP = |IP address: |user IP = |, IP |Local:|Assigned IP=){_ANY_ADDRESS}"),
            Part("text", rf"\b(?:from|for|between) {_ON}{_ANY_ADDRESS}(?=[/ ,]|$)"),
            Part(
                "text",
                rf"(?:with client [\w.-]+:|local-host [\w.-]+:|pool address |configuration: |flow |from (?:IP )?){_ANY_ADDRESS}",
            ),
        ),
        "server_ip": (
            "dst",
            Part("text", rf" server (?:= +)?{_ANY_ADDRESS}"),
            Part("text", rf"\b(?:from|for|flow) \S+ (?:\([^()]{{0,255}}\) )?to {_ON}{_ANY_ADDRESS}(?=[/ ,]|$)"),
            Part("text", rf"\bbetween \S+ and {_ANY_ADDRESS}"),
        ),
        "server_port": (
            "dst_port",
            Part("text", r"\b(?:from|for|flow) \S+/\d+ (?:\([^()]{0,255}\) )?to \S+/(\d{1,5})\b"),
        ),
        "action": ("action",),
    },
    zone="local",
    kinds=((When((("url", r"."),)), "http_request"),),
    blocked=(
        When(
            (
                (
                    "action",
                    r"^(?:Deny|Denied|denied|Access denied|Inbound TCP connection denied|\w+ access denied|dropped)$",
                ),
            )
        ),
        When((("id", r"^113005$"),)),
    ),
    allowed=(
        When((("id", _BEGINS),)),
        When((("action", r"^(?:permitted|est-allowed|Accessed)$"),)),
    ),
    uncounted=(
        When((("id", r"^106015$"),), "a stray packet of no connection"),
        When(
            (("id", r"^10610[02]$"), ("action", r"^(?:permitted|est-allowed)$")),
            "a rule's hit; the connection is counted",
            (("id", _BEGINS),),
        ),
        When((("id", r"^(?:302020|302021)$"),), "an ICMP exchange, not use of a service"),
        When((("id", r"^30501[12]$"),), "an address translation; the connection is counted"),
        When((("id", rf"^(?!{_CONNECTION[1:]})"),), "an event of the firewall itself, not use of a service"),
        When((("dst", r"^$"), ("url", r"^$")), "names no destination"),
    ),
    session=("connection", "foreign", "local"),
    whole=Whole(nameless=True),
    lasted=("lasted",),
    product="cisco_secure_firewall",
)

NO_USER = frozenset({"no authentication required", "not found", "unknown user", "special identities/unknown", "*****"})

_START = "the start of a connection; its end is counted"
REFUSED = r"(?:<br/>)?(?:(?:Interactive )?Block|Drop$|Domain Not Found|Sinkhole)"
"""Actions of access control and, the last three, of DNS rules: https://docs.defenseorchestrator.com/cdfmc/c_dns_rule_actions.html. What
is refused is logged when the connection begins and not when it ends."""

FTD = LogFormat(
    name="cisco_ftd",
    title="Cisco Secure Firewall Threat Defense (FTD) and NGIPS events",
    vendor="Cisco",
    doc=_FTD_DOC,
    kind="connection",
    family=KeyValue("colon_comma", requires=("SrcIP",)),
    line=r"^[^%={}\"]{0,200}(?:%(?:FTD|NGIPS)-(?:\w{1,16}-)?\d-43000[1-5]:? |\bSFIMS: Protocol: [\w-]{1,32}, SrcIP: )",
    fields={
        "host": ("DNSQuery", "URL", "URI", "ReferencedHost", "SSLServerName", "HTTP_Hostname"),
        "url": ("URL", "URI", "HTTP_URI"),
        "user": ("User", "UserName"),
        "client_ip": ("SrcIP",),
        "server_ip": ("DstIP",),
        "server_port": ("DstPort",),
        "action": ("AccessControlRuleAction", "FileAction", "InlineResult"),
        "bytes_up": ("InitiatorBytes",),
        "bytes_down": ("ResponderBytes",),
        "user_agent": ("UserAgent",),
    },
    time=(TimeOf(("FirstPacketSecond",)),),
    zone="utc",
    nulls=NO_USER,
    rank=12,
    kinds=(
        (When((("DNSQuery", r"."),)), "dns_query"),
        (When((("URL", r"^https://[^/]*/?$"),)), "tls_connection"),
        (When((("URL", r"."),)), "http_request"),
        (When((("URI", r"."),)), "http_request"),
    ),
    blocked=(
        When((("AccessControlRuleAction", rf"(?i)^{REFUSED}"),)),
        When((("FileAction", r"(?i)block"),)),
        When((("InlineResult", r"(?i)^(?:Dropped|Blocked|Block|Drop)"),)),
    ),
    allowed=(When((("AccessControlRuleAction", r"(?i)^(?:Allow|Trust|Fastpath|Monitor)"),)),),
    uncounted=(
        When(
            (
                ("InitiatorBytes", r"."),
                ("ConnectionDuration", r"^$"),
                ("ConnectType", r"^$"),
                ("AccessControlRuleAction", rf"(?i)^(?!{REFUSED})"),
            ),
            _START,
            (("ConnectionDuration", r"."),),
        ),
        When(
            (("ConnectType", r"^Start$"), ("AccessControlRuleAction", rf"(?i)^(?!{REFUSED})")),
            _START,
            (("ConnectType", r"^End$"),),
        ),
        When(
            (("InitiatorBytes", r"^$"), ("AccessControlRuleAction", r"^$")),
            "an event within a connection; the connection is counted",
            (("ConnectionDuration", r"."),),
        ),
    ),
    session=("InstanceID", "FirstPacketSecond", "ConnectionID", "SrcIP", "SrcPort"),
    whole=Whole((When((("ConnectionDuration", r"."),)), When((("AccessControlRuleAction", r"."),)))),
    product="cisco_secure_firewall",
)

TABLE = LogFormat(
    name="cisco_fmc_csv",
    title="Cisco Secure Firewall Management Center, table of connection events (CSV)",
    vendor="Cisco",
    doc="https://www.cisco.com/c/en/us/td/docs/security/secure-firewall/management-center/admin/760/management-center-admin-76/events-connection.html",
    kind="connection",
    family=CsvHeader(columns=("First Packet", "Action", "Initiator IP", "Responder IP")),
    fields={
        "host": ("URL", "DNS Query", "Referenced Host"),
        "url": ("URL",),
        "user": (Part("Initiator User", r"\(([^(),]+), [\w ]+\)$"), "Initiator User"),
        "client_ip": ("Initiator IP",),
        "server_ip": ("Responder IP",),
        "server_port": (Part("Destination Port / ICMP Code", r"^(\d+)"), Part("Destination Port/ICMP Code", r"^(\d+)")),
        "action": ("Action",),
        "bytes_up": ("Initiator Bytes",),
        "bytes_down": ("Responder Bytes",),
        "user_agent": ("User Agent",),
    },
    time=(TimeOf(("First Packet",)),),
    rank=12,
    nulls=NO_USER,
    kinds=(
        (When((("URL", r"^https://[^/]*/?$"),)), "tls_connection"),
        (When((("URL", r"."),)), "http_request"),
        (When((("DNS Query", r"."),)), "dns_query"),
    ),
    blocked=(When((("Action", rf"(?i)^{REFUSED}"),)),),
    allowed=(When((("Action", r"(?i)^(?:Allow|Trust|Fastpath|Monitor)"),)),),
    uncounted=(When((("Last Packet", r"^$"), ("Action", rf"(?i)^(?!{REFUSED})")), _START, (("Last Packet", r"."),)),),
    product="cisco_secure_firewall",
)

ALERT = LogFormat(
    name="cisco_firepower_alert",
    title="Cisco Firepower and Sourcefire connection events (syslog of management center 5)",
    vendor="Cisco",
    doc=_FTD_DOC,
    kind="connection",
    family=Pattern(
        (
            r"\] Connection Type: (?P<type>\w+), User: (?P<user>[^,]*), .{0,1200}?Rule Action: (?P<action>[^,]+), "
            r".{0,600}?(?:, URL: (?P<url>.{0,4000}?), Interface Ingress: )"
            r"(?:.{0,2000}?Initiator Bytes: (?P<up>\d+), Responder Bytes: (?P<down>\d+))?.*"
            r"\{(?P<protocol>[\w-]+)\} \[?(?P<src>[0-9A-Fa-f.:]+?)\]?(?::(?P<src_port>\d+))? -> "
            r"\[?(?P<dst>[0-9A-Fa-f.:]+?)\]?(?::(?P<dst_port>\d+))?\s*$",
        )
    ),
    line=r"\bSFIMS: ?\[[^\]]{1,120}\] ?\[[^\]]{1,200}\] Connection Type: |^\[[^\]]{1,120}\] ?\[[^\]]{1,200}\] Connection Type: \w+, User: ",
    fields={
        "host": ("url",),
        "url": ("url",),
        "user": ("user",),
        "client_ip": ("src",),
        "server_ip": ("dst",),
        "server_port": ("dst_port",),
        "action": ("action",),
        "bytes_up": ("up",),
        "bytes_down": ("down",),
    },
    rank=12,
    nulls=NO_USER,
    kinds=((When((("url", r"^https://[^/]*/?$"),)), "tls_connection"), (When((("url", r"^\w+://"),)), "http_request")),
    blocked=(When((("action", rf"(?i)^{REFUSED}"),)),),
    allowed=(When((("action", r"(?i)^(?:Allow|Trust|Fastpath|Monitor)"),)),),
    uncounted=(When((("type", r"^Start$"), ("action", rf"(?i)^(?!{REFUSED})")), _START, (("type", r"^End$"),)),),
    product="cisco_secure_firewall",
)

_CLASSES = r"(?:\(target:class\) )?(?:\S{1,200}:)?"
_SESSION = rf"%FW-\d-\w{{3,40}}: {_CLASSES}(?:Start|Stop) [\w-]{{1,32}} session: initiator \("
_DROP = r"%FW-\d-DROP_PKT: Dropping [\w-]{1,32} (?:pkt|packet|session) "
_LIST = r"(?: *[\w/]{1,16}: +\w{1,32}: +)?(?:access-)?list \S{1,128} "
_RULE = r"(?:SEC|IPV6(?:_ACL)?|FMANFP|ACL-IPV[46]_ACL)"
_ACCESS = rf"%{_RULE}-\d-\w{{3,40}} ?: {_LIST}(?:permit|den)\w{{1,3}} \S{{1,32}} [0-9A-Fa-f.:-]+"
_IOS = (
    r"(?:(?P<time>[A-Z][a-z]{2} {1,2}\d{1,2}(?: \d{4})? \d\d:\d\d:\d\d(?:\.\d{1,9})?(?: [A-Za-z]{3,4})?): )?"
    rf"%(?P<facility>FW|{_RULE})-\d-(?P<mnemonic>[A-Z]\w{{2,40}}) ?: "
)
_FLOW = _IOS + (
    rf"{_CLASSES}(?P<action>Start|Stop) (?P<protocol>[\w-]{{1,32}}) session: "
    r"initiator \(\[?(?P<src>[0-9A-Fa-f.:]+?)\]?:(?P<src_port>\d{1,5})\)"
    r"(?: sent (?P<up>\d{1,18}) bytes)? -- "
    r"responder \(\[?(?P<dst>[0-9A-Fa-f.:]+?)\]?:(?P<dst_port>\d{1,5})\)(?: sent (?P<down>\d{1,18}) bytes)?"
)
_DROPPED = _IOS + (
    r"(?P<action>Dropping) (?P<protocol>[\w-]{1,32}) (?:pkt|packet|session) (?:from \S{1,64} )?"
    r"\[?(?P<src>[0-9A-Fa-f.:]+?)\]?:(?P<src_port>\d{1,5}) (?:=> ?)?\[?(?P<dst>[0-9A-Fa-f.:]+?)\]?:(?P<dst_port>\d{1,5})(?!\d)"
)
_LISTED = _IOS + (
    rf"{_LIST}(?P<action>permit(?:ted)?|den(?:y|ied)) (?P<protocol>\S{{1,32}}) (?:[0-9A-Fa-f]{{2}}(?:-[0-9A-Fa-f]{{2}}){{5}} )?"
    r"(?P<src>[0-9A-Fa-f.:]+)(?:\((?P<src_port>\d{1,5})\))?(?: \([^()]{0,80}\)| [A-Za-z][\w/.]{1,60})?"
    r" ?-> (?P<dst>[0-9A-Fa-f.:]+)(?:\((?P<dst_port>\d{1,5})[^)]{0,16}\))?"
)
IOS = LogFormat(
    name="cisco_ios_firewall",
    title="Cisco IOS, IOS XE and IOS XR firewall audit trail and access lists (also SD-WAN edges)",
    vendor="Cisco",
    doc="https://www.cisco.com/c/en/us/td/docs/ios-xml/ios/sec_data_zbf/configuration/xe-17/sec-data-zbf-xe-17-book/sec-data-fw-audit-trail.html",
    kind="connection",
    family=Pattern((_FLOW, _LISTED, _DROPPED)),
    line=rf"(?:^|\s)(?:{_SESSION}|{_ACCESS}|{_DROP})",
    fields={
        "client_ip": ("src",),
        "server_ip": ("dst",),
        "server_port": ("dst_port",),
        "action": ("action",),
        "bytes_up": ("up",),
        "bytes_down": ("down",),
    },
    time=(TimeOf(("time",)),),
    blocked=(When((("action", r"^(?:den(?:y|ied)|Dropping)$"),)),),
    allowed=(When((("action", r"^(?:permit(?:ted)?|Start|Stop)$"),)),),
    uncounted=(
        When((("action", r"^Start$"),), _START, (("action", r"^Stop$"),)),
        When((("action", r"^permit"),), "a rule's hit; the connection is counted", (("action", r"^(?:Start|Stop)$"),)),
    ),
    product="cisco_ios_firewall",
)
"""The time within the message is the router's own; the line's is that of syslog."""

FORMATS = (ASA, FTD, ALERT, TABLE, IOS)
