"""Linux netfilter (iptables, nftables, ufw, firewalld, Ubiquiti) kernel log: one line for a packet that a LOG rule met.

``PREFIX IN=eth0 OUT=eth1 … SRC=… DST=… LEN=… PROTO=TCP SPT=… DPT=…`` (``nf_log_ipv4.c``). The verdict is in the administrator's prefix, if
anywhere. ``LEN`` is the packet's length, not the connection's, and is not read.
"""

from shadowai.sources.logs.description import LogFormat, Part, Pattern, When

_ADDRESS = r"[0-9A-Fa-f.:]{2,45}"
_PACKET = (
    r"(?P<prefix>[^=]{0,200}?)\bIN=(?P<in>\S{0,64}) OUT=(?P<out>\S{0,64}) "
    rf"(?:(?:PHYSIN|PHYSOUT|MAC|MACSRC|MACDST|MACPROTO|MARK)=\S* ){{0,6}}SRC=(?P<src>{_ADDRESS}) DST=(?P<dst>{_ADDRESS}) (?P<rest>LEN=.*)"
)

IPTABLES = LogFormat(
    name="iptables",
    title="Linux netfilter log (iptables, nftables, ufw)",
    vendor="netfilter.org",
    doc="https://git.netfilter.org/iptables/tree/extensions/libxt_LOG.man",
    kind="connection",
    family=Pattern((_PACKET,)),
    line=rf"^{_PACKET}",
    fields={
        "client_ip": ("src",),
        "server_ip": ("dst",),
        "server_port": (Part("rest", r"^[^\[]*? DPT=(\d{1,5})"),),
        "action": (
            Part("prefix", r"(?i)\b(?:[a-z]*_)?(accept|allow|drop|deny|denied|reject|block|pass)\w*"),
            Part("prefix", r"-([ADR])\]"),
        ),
    },
    blocked=(When((("prefix", r"(?i)(?:\b|_)(?:drop|deny|denied|reject|block)|-[DR]\]"),)),),
    allowed=(When((("prefix", r"(?i)(?:\b|_)(?:accept|allow|pass)|-A\]"),)),),
    uncounted=(When((("rest", r"^(?![^\[]* DPT=)"),), "a packet of a protocol without ports, not use of a service"),),
    product="iptables",
)  # fmt: skip

FORMATS = (IPTABLES,)
