"""ipfw, the packet filter of FreeBSD and of older releases of macOS: one line of the kernel for a packet that met a rule with ``log``.

``ipfw: RULE ACTION PROTOCOL SOURCE[:PORT] DESTINATION[:PORT] in|out via INTERFACE``:
https://github.com/freebsd/freebsd-src/blob/main/sys/netpfil/ipfw/ip_fw_log.c.
"""

from shadowai.sources.logs.description import LogFormat, Part, Pattern, TimeOf, When

_END = r"\[?(?P<{0}>[0-9A-Fa-f.:]{{2,45}}?)\]?(?::(?P<{0}_port>\d{{1,5}}))?"
_RULE = (
    r"(?:^|\s)ipfw: (?P<rule>-?\d{1,10})(?: Entry \d{1,10})? (?P<action>[A-Z][A-Za-z-]{2,20}(?: [\d.:]{1,50})?) "
    r"(?P<protocol>[A-Z][A-Za-z\d:.]{1,20}) "
)
IPFW = LogFormat(
    name="ipfw",
    title="FreeBSD ipfw log",
    vendor="FreeBSD",
    doc="https://man.freebsd.org/cgi/man.cgi?ipfw(8)",
    kind="connection",
    family=Pattern((rf"{_RULE}{_END.format('src')} {_END.format('dst')} (?P<way>in|out)(?: via \S{{1,40}})?",)),
    line=r"(?:^|\s)ipfw: -?\d{1,10}(?: Entry \d{1,10})? [A-Z][A-Za-z-]{2,20}(?: [\d.:]{1,50})? [A-Z][A-Za-z\d:.]{1,20} "
    r"[\[\]0-9A-Fa-f.:]{2,54} [\[\]0-9A-Fa-f.:]{2,54} (?:in|out)\b",
    fields={
        "client_ip": ("src",),
        "server_ip": ("dst",),
        "server_port": ("dst_port",),
        "action": (Part("action", r"^([A-Za-z-]+)"),),
    },
    time=(TimeOf(("time",)),),
    rank=12,
    blocked=(When((("action", r"^(?:Deny|Reject|Reset|Unreach|Abort)"),)),),
    allowed=(When((("action", r"^(?:Accept|Allow|Pass)"),)),),
    uncounted=(
        When((("dst_port", r"^$"),), "a packet of a protocol without ports, not use of a service"),
        When(
            (("action", r"^(?:Count|Divert|Tee|SkipTo|Pipe|Queue|Nat|Dummynet)"),),
            "a packet on its way through the rules",
        ),
    ),
    product="ipfw",
)

FORMATS = (IPFW,)
