"""Linux netfilter (iptables, nftables, ufw, firewalld, Ubiquiti) kernel log: one line for a packet that a LOG rule met.

``PREFIX IN=eth0 OUT=eth1 … SRC=… DST=… LEN=… PROTO=TCP SPT=… DPT=…`` (``nf_log_ipv4.c``). The verdict is in the administrator's prefix, if
anywhere. ``LEN`` is the packet's length, not the connection's, and is not read.
"""

from shadowai.sources.logs.description import Json, LogFormat, Part, Pattern, TimeOf, When

_ADDRESS = r"[0-9A-Fa-f.:]{2,45}"
_PACKET = (
    r"(?P<prefix>[^=]{0,200}?)(?: ?\bDESCR=\"[^\"]{0,200}\" )?\bIN=(?P<in>\S{0,64}) OUT=(?P<out>\S{0,64}) "
    rf"(?:(?:PHYSIN|PHYSOUT|MAC|MACSRC|MACDST|MACPROTO|MARK)=\S* ){{0,6}}SRC=(?P<src>{_ADDRESS}) DST=(?P<dst>{_ADDRESS}) (?P<rest>LEN=.*)"
)
_PROXMOX = r"^\d{1,9} \d{1,2} \S{1,64} (?P<time>\d\d/[A-Z][a-z]{2}/\d{4}:\d\d:\d\d:\d\d [+-]\d{4}) "
"""What Proxmox VE's firewall writes before a packet: the guest, the level of the log, the chain and the time."""

IPTABLES = LogFormat(
    name="iptables",
    title="Linux netfilter log (iptables, nftables, ufw)",
    vendor="netfilter.org",
    doc="https://git.netfilter.org/iptables/tree/extensions/libxt_LOG.man",
    kind="connection",
    family=Pattern((rf"{_PROXMOX}{_PACKET}", rf"^{_PACKET}")),
    line=rf"^{_PACKET}",
    time=(TimeOf(("time",)),),
    fields={
        "client_ip": ("src",),
        "server_ip": ("dst",),
        "server_port": (Part("rest", r"^[^\[]*? DPT=(\d{1,5})"),),
        "action": (
            Part("prefix", r"(?i)\b(?:[a-z]*_)?(accept|allow|drop|deny|denied|reject|block|pass)\w*"),
            Part("prefix", r"-([ADR])(?:-\d{1,10})?\]"),
        ),
    },
    blocked=(When((("prefix", r"(?i)(?:\b|_)(?:drop|deny|denied|reject|block)|-[DR](?:-\d{1,10})?\]"),)),),
    allowed=(When((("prefix", r"(?i)(?:\b|_)(?:accept|allow|pass)|-A(?:-\d{1,10})?\]"),)),),
    uncounted=(When((("rest", r"^(?![^\[]* DPT=)"),), "a packet of a protocol without ports, not use of a service"),),
    product="iptables",
)  # fmt: skip

_ORIGINAL = (
    rf"(?i:src)=(?P<src>{_ADDRESS}) (?i:dst)=(?P<dst>{_ADDRESS}) (?:(?i:proto)=(?P<proto>\w{{1,12}}) )?(?i:sport|spt)=(?P<sport>\d{{1,5}}) "
    r"(?i:dport|dpt)=(?P<dport>\d{1,5})(?: (?:\[UNREPLIED\] )?(?i:packets|pkts)=\d+ (?i:bytes)=(?P<up>\d+))?"
)
_BACK = rf"(?: ?,? ?(?:\[UNREPLIED\] ?)?(?:REPLY: )?(?i:src)={_ADDRESS} (?i:dst)={_ADDRESS}[^\[]{{0,80}}? (?i:bytes)=(?P<down>\d+))?"
CONNTRACK = LogFormat(
    name="conntrack",
    title="Linux connection tracking (conntrack -E, ulogd NFCT)",
    vendor="netfilter.org",
    doc="https://conntrack-tools.netfilter.org/manual.html",
    kind="connection",
    family=Pattern(
        (
            rf"^(?:\[(?P<time>\d{{9,11}}\.\d{{1,6}})\]\s{{1,8}})?.{{0,120}}?\[(?P<event>NEW|UPDATE|DESTROY)\] .{{0,60}}?{_ORIGINAL}{_BACK}",
        )
    ),
    line=rf"^.{{0,120}}?(?<!\S)\[(?:NEW|UPDATE|DESTROY)\] (?:ORIG: |\w{{1,8}} {{1,8}}\d{{1,3}} )"
    rf".{{0,60}}?(?i:src)={_ADDRESS} (?i:dst)={_ADDRESS} ",
    fields={
        "client_ip": ("src",),
        "server_ip": ("dst",),
        "server_port": ("dport",),
        "action": ("event",),
        "bytes_up": ("up",),
        "bytes_down": ("down",),
    },
    time=(TimeOf(("time",)),),
    rank=12,
    uncounted=(
        When((("event", r"^UPDATE$"),), "a change within a connection, which is counted"),
        When((("event", r"^NEW$"),), "the start of a connection; its end is counted", (("event", r"^DESTROY$"),)),
    ),
    product="conntrack",
)
"""Both directions stand in a line: what the client asked for, before any translation of addresses, and what was answered."""

ULOGD_JSON = LogFormat(
    name="ulogd_json",
    title="Linux netfilter packets in JSON (ulogd2)",
    vendor="netfilter.org",
    doc="https://git.netfilter.org/ulogd2/tree/output/ulogd_output_JSON.c",
    kind="connection",
    family=Json(
        requires=(
            ("src_ip", r"^[0-9a-fA-F.:]+$"),
            ("dest_ip", r"^[0-9a-fA-F.:]+$"),
            ("oob.prefix|oob.in|oob.family", ""),
        )
    ),
    fields={
        "client_ip": ("src_ip",),
        "server_ip": ("dest_ip",),
        "server_port": ("dest_port",),
        "action": ("action", "oob.prefix"),
    },
    time=(TimeOf(("timestamp",)), TimeOf(("oob.time.sec",))),
    rank=12,
    blocked=(
        When((("action", r"^blocked$"),)),
        When(
            (("action", r"^$"), ("oob.prefix", r"(?i)(?:\b|_)(?:drop|deny|denied|reject|block)|-[DR](?:-\d{1,10})?\]"))
        ),
    ),
    allowed=(
        When((("action", r"^allowed$"),)),
        When((("action", r"^$"), ("oob.prefix", r"(?i)(?:\b|_)(?:accept|allow|pass)|-A(?:-\d{1,10})?\]"))),
    ),
    uncounted=(When((("dest_port", r"^$"),), "a packet of a protocol without ports, not use of a service"),),
    product="iptables",
)
"""``action`` is written with ``boolean_label=1``. ``raw.pktlen`` is the packet's length, not the connection's."""

FORMATS = (IPTABLES, CONNTRACK, ULOGD_JSON)
