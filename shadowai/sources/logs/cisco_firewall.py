"""Cisco Secure Firewall: ASA system messages, and the connection, intrusion, file and malware events of Threat Defense (FTD).

ASA and the ASA part of FTD: "Cisco Secure Firewall ASA Series Syslog Messages". Of a connection, ``inbound`` and ``outbound`` say who
began it: the first address is the foreign one, which is the client of an inbound connection and the server of an outbound one. The
teardown has no such word, and its bytes are the total of both directions: they are not read, and the client of a teardown without its
beginning is the side whose port is no well-known service, else the local one.
FTD 430001 to 430005: "Cisco Secure Firewall Threat Defense Syslog Messages"; the initiator is the client.
"""

from shadowai.sources.logs.description import KeyValue, LogFormat, Part, Pattern, TimeOf, When

_ASA_DOC = "https://www.cisco.com/c/en/us/td/docs/security/asa/syslog/b_syslog.html"
_FTD_DOC = "https://www.cisco.com/c/en/us/td/docs/security/firepower/Syslogs/b_fptd_syslog_guide.html"

_HEAD = r"%(?:ASA|FTD|FDT|FWSM|PIX)-(?:[A-Za-z]\w{0,15}-)?\d-"
_ID = _HEAD + r"(?P<id>\d{6}):? +"
_ADDRESS = r"[^\s/(),]{1,255}"
_SERVICE = r"(?:[1-9]\d{0,2}|10[01]\d|102[0-3]|3128|8080|8443)"
_USERS = r"(?: ?\((?P<{0}>[^()]{{0,255}})\))?"
_MAPPED = r" \([^()]{0,255}\)"


def _end(side: str, port: str = r"\d{1,5}") -> str:
    """``interface:address/port`` of one side: ``src`` or ``dst``."""
    return rf"[^\s:]{{1,64}}:(?P<{side}>{_ADDRESS})(?:/(?P<{side}_port>{port}))?(?![\d/])" + _USERS.format(f"{side}_user")


def _plain(side: str) -> str:
    """An address with or without interface and port."""
    return (
        rf"(?:[^\s:/()]{{1,64}}[:/](?=[^\s:/()]*[.:\w]))??\(?(?P<{side}>{_ADDRESS})\)?(?:/(?P<{side}_port>\d{{1,5}}))?"
        + _USERS.format(f"{side}_user")
    )


_BUILT = r"(?P<action>Built) {0} [\w-]+ connection \S+ for "
_TEARDOWN = r"(?P<action>Teardown) (?:TCP|UDP|SCTP)(?: state-bypass)? connection \S+ for "
_PATTERNS = (
    _ID + _BUILT.format("inbound") + _end("src").replace("(?P<src_user>", f"(?P<src_mapped>", 1).replace("(?: ?\\((?P<src_mapped>", "(?: \\((?P<src_mapped>", 1)
    + _USERS.format("src_user") + " to " + _end("dst"),
)
