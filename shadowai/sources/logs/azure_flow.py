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
_OUTBOUND = (("Direction", r"^outbound$"),)
_INBOUND = (("Direction", r"^inbound$"),)
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

VM_CONNECTION = LogFormat(
    name="azure_vm_connection",
    title="Azure VM insights: connections of machines (table VMConnection; JSON)",
    vendor="Microsoft",
    doc="https://learn.microsoft.com/en-us/azure/azure-monitor/reference/tables/vmconnection",
    kind="connection",
    family=Json(
        requires=(
            ("Direction", r"^(?:in|out)bound$"),
            ("RemoteIp|DestinationIp", ""),
            ("LinksEstablished|LinksLive|BytesSent", ""),
            ("TimeGenerated", ""),
        )
    ),
    fields={
        "host": (
            Part("RemoteDnsCanonicalNames", r"^\W{0,4}([\w-]+(?:\.[\w-]+)+)\W{0,4}$", only=_OUTBOUND),
            Part(
                "RemoteDnsCanonicalNames.0",
                r"^([\w-]+(?:\.[\w-]+)+)$",
                only=(*_OUTBOUND, ("RemoteDnsCanonicalNames.1", "^$")),
            ),
            Part("RemoteDnsQuestions.0", r"^([\w-]+(?:\.[\w-]+)+)$", only=(*_OUTBOUND, ("RemoteDnsQuestions.1", "^$"))),
        ),
        "device": ("Computer",),
        "client_ip": ("SourceIp",),
        "server_ip": ("DestinationIp", "RemoteIp"),
        "server_port": ("DestinationPort",),
        "bytes_up": (Part("BytesSent", _ALL, _OUTBOUND), Part("BytesReceived", _ALL, _INBOUND)),
        "bytes_down": (Part("BytesReceived", _ALL, _OUTBOUND), Part("BytesSent", _ALL, _INBOUND)),
    },
    time=(TimeOf(("TimeGenerated",)),),
    zone="utc",
    rank=13,
    uncounted=(When(_INBOUND, "a connection from outside to a machine"),),
    product="azure_vm_connection",
)
"""Sizes are of the machine that is watched: "total number of bytes that have been sent" by it. One row sums up a minute; where an address
had several names, it does not tell which was meant."""

FORMATS = (FLOW, TRAFFIC_ANALYTICS, VM_CONNECTION)
