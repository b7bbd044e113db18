"""Windows Defender Firewall's pfirewall.log.

W3C fields (https://learn.microsoft.com/en-us/windows/security/operating-system-security/network-security/windows-firewall/configure-logging),
in the machine's own time where ``#Time Format: Local`` says so. ``size`` is the length of one packet. ``path`` is SEND for what the
machine sent, RECEIVE for what came to it.
"""

from shadowai.sources.logs.description import LogFormat, TimeOf, W3c, When

FIREWALL = LogFormat(
    name="windows_firewall",
    title="Windows Defender Firewall log (pfirewall.log)",
    vendor="Microsoft",
    doc="https://learn.microsoft.com/en-us/windows/security/operating-system-security/network-security/windows-firewall/configure-logging",
    kind="connection",
    family=W3c(columns=("action", "protocol", "src-ip", "dst-ip", "tcpflags", "path")),
    fields={
        "client_ip": ("src-ip",),
        "server_ip": ("dst-ip",),
        "server_port": ("dst-port",),
        "action": ("action",),
    },
    time=(TimeOf(("date", "time")),),
    rank=12,
    blocked=(When((("action", r"^DROP"),)),),
    allowed=(When((("action", r"^(?:ALLOW|OPEN)"),)),),
    uncounted=(
        When((("path", r"^RECEIVE$"),), "a connection from outside to this machine"),
        When((("action", r"^(?:CLOSE|INFO)"),), "the end of a connection, or a note of the firewall"),
    ),
    product="windows_firewall",
)

FORMATS = (FIREWALL,)
