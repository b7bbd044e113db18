"""Citrix ADC (NetScaler): its syslog messages, and the application firewall's in CEF.

``STAMP [ZONE] NAME 0-PPE-0 : [default] MODULE EVENT id 0 : TEXT``, where TEXT is ``Key value - Key value``; with RFC 5424 framing only
``default EVENT id 0 : TEXT`` is left (NetScaler Syslog Message Reference). The stamp is ``MM/DD/YYYY``, ``DD/MM/YYYY`` or ``YYYY/MM/DD``,
as ``set syslogparams -dateFormat`` says. The appliance does not say from whose side ``Total_bytes_send`` is counted: it is left out.
Its web server's log of the portal's pages (httpaccess-vpn.log) is ``CLIENT -> ADDRESS - - [time] [pid] "METHOD path HTTP/1.1" …``.
"""

from shadowai.sources.logs.description import Cef, LogFormat, Part, Pattern, TimeOf, When

_DOC = "https://developer-docs.netscaler.com/en-us/netscaler-syslog-message-reference/current-release"
_HEAD = (
    r'(?:^|[\s"])(?:(?P<date>\d\d/\d\d/\d{4}|\d{4}/\d\d/\d\d):)?(?P<clock>\d\d:\d\d:\d\d)(?: (?P<zone>[A-Z]{3,4})(?= (?:\S* )?\d+-PPE-))?'
    r" {1,2}\S* ?\d+-PPE-\d+ :\s+(?:default )?"
    r"(?P<module>[A-Z][A-Z0-9_]{1,19}) (?P<event>[A-Za-z][\w -]{0,80}?) \d+ \d+ :"
)
_FRAMED = r"^default (?P<event>[A-Z][A-Za-z0-9_]{1,80}) \d+ \d+ :"
_PORTAL = (
    r"(?:^|\s)(?P<client>[0-9a-fA-F.:]{2,45}) -> (?P<server>[0-9a-fA-F.:]{2,45}) (?:\S{1,64} ){0,2}"
    r"(?:\[(?P<stamp>\d\d/[A-Z][a-z]{2}/\d{4}:[^\]]{8,20})\] )?(?:\[\d{1,10}\] )?"
    r'"(?P<method>[A-Z]{3,8}) (?P<path>\S{1,8000}) HTTP/[\d.]{1,3}" (?P<status>\d{3}) (?P<size>\d{1,18}|-) '
    r'"[^"]{0,8000}" "(?P<agent>[^"]{0,8000})" "Time: \d{1,18} microsecs"'
)
_ADDRESS = r"(\d{1,3}(?:\.\d{1,3}){3}|(?=[0-9a-fA-F]*:)[0-9a-fA-F:]*:[0-9a-fA-F.]+)"
_COUNTED = (
    r"^(?!APPFW_|CONN_|DNS_QUERY$|HTTPREQUEST$|HTTP_RESOURCEACCESS_DENIED$|ICAEND_|ICAP_LOG$|INLINE_INSPECTION_LOG$|NAT_|"
    r"NONHTTP_RESOURCEACCESS_DENIED$|OTHERCONN_|TCPCONNSTAT$|UDPFLOWSTAT$|URLFILT_LOG$)"
)
_REQUEST = r"(?:^|[\s(])([a-z]+://[^\s<>()\"]+)"


def _text(*patterns: str) -> tuple[Part, ...]:
    return tuple(Part("text", pattern) for pattern in patterns)


SYSLOG = LogFormat(
    name="citrix_adc",
    title="Citrix ADC (NetScaler) connections, Gateway requests and application firewall (syslog)",
    vendor="Citrix",
    doc=_DOC,
    kind="connection",
    family=Pattern((rf"{_HEAD}\s*(?P<text>.*)$", rf"{_FRAMED}\s*(?P<text>.*)$", _PORTAL)),
    line=rf"{_HEAD}|^default [A-Z][A-Za-z0-9_]{{1,80}} \d+ \d+ :|{_PORTAL}",
    fields={
        "host": _text(
            _REQUEST,
            r"(?:SessionId: ?\d+ ?-? ?(?:- )?|^\[[^\s]{1,80}\] )([\w.-]+\.[\w-]+) User \S+ :",
            r"\bRemote_host (\S+)",
            r"\bRequest URL: (\S+)",
            r"\bURL ([\w.-]+\.[\w-]+(?:/\S*)?)",
            r"\bDomain:? ([\w.-]+)",
        ),
        "url": _text(_REQUEST),
        "path": (*_text(r" : (?:[A-Z]{3,8}) (/\S*)", r"\bDenied_url (\S+)", r"\bRequest URL: [^\s/]+(/\S*)"), "path"),
        "user": _text(
            r"\b[Uu]ser:? <?([^\s<>\"]+?)>?(?: -| :|,| clientip |$)",
            r"\busername:domainname ([^\s:]+):",
            r"\bContext ([^\s\[]+)@",
            r"\brejected for (\S+) \(client ip",
        ),
        "client_ip": (
            *_text(
                rf"\b(?:Client_ip|ClientIP|Client IP|clientip|client ip :) {_ADDRESS}",
                rf"\bSource:? +{_ADDRESS}",
                rf"\bSrcip: {_ADDRESS}",
                rf"\bContext \S+@{_ADDRESS} ",
                rf"\bRemote_ip {_ADDRESS}",
                rf"^{_ADDRESS} [0-9a-f]+-PPE",
            ),
            "client",
        ),
        "server_ip": (*_text(rf"\bDestination:? {_ADDRESS}", rf"\bDstip: {_ADDRESS}"), "server"),
        "server_port": _text(r"\bDestination [0-9a-fA-F.:]+?:(\d{1,5})(?: |$)"),
        "method": (*_text(r" : ([A-Z]{3,8}) (?:/|[\w.-]+:\d)", r"\(([A-Z]{3,8}) [a-z]+://"), "method"),
        "action": ("event", "status"),
        "bytes_down": ("size",),
        "user_agent": ("agent",),
    },
    time=(TimeOf(("date", "clock"), "zone"), TimeOf(("stamp",))),
    day_first=False,
    rank=12,
    kinds=(
        (When((("event", r"^(?:HTTP|APPFW_|URLFILT|ICAP_LOG|INLINE_INSPECTION)"),)), "http_request"),
        (When((("event", r"^DNS_"),)), "dns_query"),
        (When((("status", r"."),)), "http_request"),
    ),
    blocked=(
        When((("event", r"DENIED|BLOCKED"),)),
        When((("text", r"<blocked>|(?:\bresult is|\b(?:Policya|A)ction:?) D(?i:eny)"),)),
    ),
    allowed=(When((("text", r"<not blocked>|(?:\bresult is|\b(?:Policya|A)ction:?) A(?i:llow)|\bAccess Allowed"),)),),
    uncounted=(When((("event", _COUNTED),), "an event of the appliance itself"),),
    product="citrix_adc",
    same_as=("citrix_netscaler",),
)

CEF = LogFormat(
    name="citrix_adc_cef",
    title="Citrix ADC (NetScaler) application firewall (CEF)",
    vendor="Citrix",
    doc="https://docs.netscaler.com/en-us/citrix-adc/current-release/application-firewall/logs.html",
    kind="http_request",
    family=Cef(device=r"^citrix\|netscaler$"),
    fields={
        "host": ("request",),
        "url": ("request",),
        "client_ip": ("src",),
        "method": ("method",),
        "action": ("act",),
    },
    blocked=(When((("act", r"(?i)^blocked$"),)),),
    allowed=(When((("act", r"(?i)^(?:not blocked|transformed)$"),)),),
    product="citrix_adc",
    same_as=("citrix_waf",),
)

FORMATS = (SYSLOG, CEF)
