"""Azure flow logs of network security groups and virtual networks: as written, with many flows an object, and one flow an object, as
shippers split them.

A flow is a tuple of values parted by commas: time, source, destination, their ports, protocol, direction, then, in version 2,
the decision (``A`` or ``D``) and the state, in version 4 the state (``D`` for denied) and the encryption, then packets and bytes
from source to destination, and back: https://learn.microsoft.com/en-us/azure/network-watcher/nsg-flow-logs-overview and
https://learn.microsoft.com/en-us/azure/network-watcher/vnet-flow-logs-overview. "B: Begin, when a flow is created. Statistics
aren't provided." The tuple is text within the object, and the only place with the time of the flow, which is why it is read as a pattern.
"""

from shadowai.sources.logs.description import Json, LogFormat, Part, Pattern, TimeOf, When

_TUPLE = (
    r'"flow(?:\.\d{1,4}|_?[tT]uple)"\s*:\s*"(?P<time>\d{10,13}),(?P<source>[0-9a-fA-F.:]+),(?P<destination>[0-9a-fA-F.:]+),'
    r"(?:\d*),(?P<port>\d*),\w+,[IO],(?P<decision>[ABCED])"
    r'(?:,(?P<state>\w*),\d*,(?P<up>\d*),\d*,(?P<down>\d*))?"'
)
_BARE = (
    r"^(?P<time>\d{10,13}),(?P<source>[0-9a-fA-F.:]+),(?P<destination>[0-9a-fA-F.:]+),(?:\d*),(?P<port>\d*),\w+,[IO],(?P<decision>[ABCED])"
    r"(?:,(?P<state>\w*),\d*,(?P<up>\d*),\d*,(?P<down>\d*))?$"
)
"""In version 2 ``decision`` is A or D and ``state`` B, C or E; in version 4 ``decision`` is the state and ``state`` the encryption."""

FLOW = LogFormat(
    name="azure_nsg_flow_json",
    title="Azure NSG and virtual network flow log (JSON)",
    vendor="Microsoft",
    doc="https://learn.microsoft.com/en-us/azure/network-watcher/vnet-flow-logs-overview",
    kind="connection",
    family=Pattern((_TUPLE, _BARE)),
    each=r'[\[,]\s*"(\d{10,13},[0-9a-fA-F.:]+,[0-9a-fA-F.:]+,\d*,\d*,\w+,[IO],[ABCED](?:,\w*,\d*,\d*,\d*,\d*)?)"',
    line=r'"flowTuples"\s*:\s*\[\s*"\d{10,13},|^\d{10,13},[0-9a-fA-F.:]+,[0-9a-fA-F.:]+,\d*,\d*,\w+,[IO],[ABCED](?:,|$)|'
    r'"flow(?:\.\d{1,4}|_?[tT]uple)"\s*:\s*"\d{10,13},[0-9a-fA-F.:]+,[0-9a-fA-F.:]+,\d*,\d*,\w+,[IO],[ABCED][,"]',
    fields={
        "client_ip": ("source",),
        "server_ip": ("destination",),
        "server_port": ("port",),
        "action": ("decision",),
        "bytes_up": ("up",),
        "bytes_down": ("down",),
    },
    time=(TimeOf(("time",)),),
    zone="utc",
    rank=12,
    blocked=(When((("decision", r"^D$"),)),),
    allowed=(When((("decision", r"^[ABCE]$"),)),),
    uncounted=(
        When((("decision", r"^B$"),), "the start of a flow; its later records are counted", (("decision", r"^[CE]$"),)),
        When(
            (("decision", r"^A$"), ("state", r"^B$")),
            "the start of a flow; its later records are counted",
            (("state", r"^[CE]$"),),
        ),
    ),
    product="azure_nsg_flow_json",
)

_ALL = r"(.+)"
_OUT = (("FlowDirection_s", r"^O"),)
_IN = (("FlowDirection_s", r"^I"),)
TRAFFIC_ANALYTICS = LogFormat(
    name="azure_traffic_analytics",
    title="Azure traffic analytics of flow logs (NTANetAnalytics, AzureNetworkAnalytics; JSON)",
    vendor="Microsoft",
    doc="https://learn.microsoft.com/en-us/azure/network-watcher/traffic-analytics-schema",
    kind="connection",
    family=Json(
        requires=(
            ("FlowStartTime|FlowStartTime_t", ""),
            ("FlowStatus|FlowStatus_s", ""),
            ("DestIp|DestIP_s|DestPublicIps|DestPublicIPs_s", ""),
        )
    ),
    fields={
        "device": (Part("SrcVm|VM1_s", r"([^/]+)$"),),
        "client_ip": ("SrcIp|SrcIP_s", Part("SrcPublicIps|SrcPublicIPs_s", r"^([0-9a-fA-F.:]+)")),
        "server_ip": ("DestIp|DestIP_s", Part("DestPublicIps|DestPublicIPs_s", r"^([0-9a-fA-F.:]+)")),
        "server_port": ("DestPort|DestPort_d",),
        "action": ("FlowStatus|FlowStatus_s", "AclRule|NSGRule_s"),
        "bytes_up": ("BytesSrcToDest", Part("OutboundBytes_d", _ALL, _OUT), Part("InboundBytes_d", _ALL, _IN)),
        "bytes_down": ("BytesDestToSrc", Part("InboundBytes_d", _ALL, _OUT), Part("OutboundBytes_d", _ALL, _IN)),
    },
    time=(TimeOf(("FlowStartTime|FlowStartTime_t",)),),
    zone="utc",
    rank=12,
    blocked=(When((("FlowStatus|FlowStatus_s", r"(?i)^d"),)),),
    allowed=(When((("FlowStatus|FlowStatus_s", r"(?i)^a"),)),),
    product="azure_nsg_flow_json",
)
"""``BytesSrcToDest``: "bytes sent from the source to the destination of the flow"; in the older table a size is in or out of the machine
whose interface was watched.
"""

FORMATS = (FLOW, TRAFFIC_ANALYTICS)
