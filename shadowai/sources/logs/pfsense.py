"""pfSense and OPNsense packet filter log (``filterlog``): one line for a packet that a rule with logging met.

"Raw Filter Log Format", Netgate: comma separated, 9 is the IP version, behind which the places differ. The length is the packet's, not
the connection's, and is not read.
"""

from shadowai.sources.logs.description import CsvPositional, LogFormat, Part, When

_V4 = ((9, r"^4$"),)
_V6 = ((9, r"^6$"),)
_PORTED = r"(?i)^(?:tcp|udp|sctp)$"

FILTERLOG = LogFormat(
    name="pfsense_filterlog",
    title="pfSense and OPNsense filter log",
    vendor="Netgate, Deciso",
    doc="https://docs.netgate.com/pfsense/en/latest/monitoring/logs/raw-filter-format.html",
    kind="connection",
    family=CsvPositional(at_least=17),
    line=r"^\d{1,10},[^,]{0,64},[^,]{0,64},[^,]{0,64},[^,]{1,64},[\w-]{1,32},(?:pass|block|reject|rdr|nat|binat|match|scrub),(?:in|out),[46],",
    fields={
        "client_ip": (Part(19, r"^(.+)$", _V4), Part(16, r"^(.+)$", _V6)),
        "server_ip": (Part(20, r"^(.+)$", _V4), Part(17, r"^(.+)$", _V6)),
        "server_port": (Part(22, r"^(\d+)$", (*_V4, (17, _PORTED))), Part(19, r"^(\d+)$", (*_V6, (13, _PORTED)))),
        "action": (7,),
    },
    blocked=(When(((7, r"^(?:block|reject)$"),)),),
    allowed=(When(((7, r"^pass$"),)),),
    uncounted=(
        When(((9, r"^4$"), (17, r"(?i)^(?!tcp$|udp$|sctp$)")), "a packet of a protocol without ports, not use of a service"),
        When(((9, r"^6$"), (13, r"(?i)^(?!tcp$|udp$|sctp$)")), "a packet of a protocol without ports, not use of a service"),
        When(((7, r"^(?:rdr|nat|binat|match|scrub)$"),), "a translation of addresses; the packet's pass is counted"),
    ),
    product="pf",
)  # fmt: skip

FORMATS = (FILTERLOG,)
