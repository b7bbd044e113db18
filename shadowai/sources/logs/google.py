"""Google Cloud: VPC flow logs, firewall rules logs, Cloud DNS query logs and Cloud NAT logs, as Cloud Logging writes them.

A flow record has one direction: ``bytes_sent`` went from ``src_ip`` to ``dest_ip``. A flow between two machines of the network is reported
by both: the sender's report is counted. Records of what a well-known service port sent back are printed and not counted.
"""

from shadowai.sources.logs.description import Json, LogFormat, Part, TimeOf, Told, When

_DOCS = "https://cloud.google.com/"
_SERVICE = r"^(?:53|80|443|853)$"
_EPHEMERAL = r"^\d{4,5}$"
_TIME = (TimeOf(("timestamp",)), TimeOf(("jsonPayload.start_time",)), TimeOf(("receiveTimestamp",)))
_HERE = "jsonPayload.instance.vm_name"
_THERE = "jsonPayload.remote_instance.vm_name"
_IN = (("jsonPayload.rule_details.direction", r"^INGRESS$"),)
_OUT = (("jsonPayload.rule_details.direction", r"^EGRESS$"),)
_CONNECTION = "jsonPayload.connection."

VPC_FLOW = LogFormat(
    name="gcp_vpcflow",
    title="Google Cloud VPC flow log",
    vendor="Google",
    doc=_DOCS + "vpc/docs/about-flow-logs-records",
    kind="connection",
    family=Json(
        requires=(
            (_CONNECTION + "src_ip", ""),
            (_CONNECTION + "dest_ip", ""),
            ("jsonPayload.reporter", r"^(?:SRC|DEST)"),
        )
    ),
    fields={
        "host": ("jsonPayload.dest_instance.vm_name",),
        "device": ("jsonPayload.src_instance.vm_name",),
        "client_ip": (_CONNECTION + "src_ip",),
        "server_ip": (_CONNECTION + "dest_ip",),
        "server_port": (_CONNECTION + "dest_port",),
        "bytes_up": ("jsonPayload.bytes_sent",),
    },
    time=_TIME,
    zone="utc",
    uncounted=(
        When(
            (("jsonPayload.reporter", r"^DEST"), ("jsonPayload.src_instance.vm_name", r".")),
            "the receiver's report of a flow; the sender's is counted",
            (("jsonPayload.reporter", r"^SRC"),),
        ),
        When(
            ((_CONNECTION + "src_port", _SERVICE), (_CONNECTION + "dest_port", _EPHEMERAL)),
            "what the service sent back; the record of the other direction is counted",
        ),
    ),
    product="gcp_vpcflow",
)

FIREWALL = LogFormat(
    name="gcp_firewall",
    title="Google Cloud firewall rules log",
    vendor="Google",
    doc=_DOCS + "firewall/docs/firewall-rules-logging",
    kind="connection",
    family=Json(
        requires=((_CONNECTION + "src_ip", ""), ("jsonPayload.disposition", r"^(?:ALLOWED|DENIED|INTERCEPTED)"))
    ),
    fields={
        "host": (Part(_HERE, r"(.+)", _IN), Part(_THERE, r"(.+)", _OUT)),
        "device": (Part(_THERE, r"(.+)", _IN), Part(_HERE, r"(.+)", _OUT)),
        "client_ip": (_CONNECTION + "src_ip",),
        "server_ip": (_CONNECTION + "dest_ip",),
        "server_port": (_CONNECTION + "dest_port",),
        "action": ("jsonPayload.disposition",),
    },
    time=_TIME,
    zone="utc",
    blocked=(When((("jsonPayload.disposition", r"^DENIED"),)),),
    allowed=(When((("jsonPayload.disposition", r"^ALLOWED"),)),),
    product="gcp_firewall",
)

DNS = LogFormat(
    name="gcp_dns",
    title="Google Cloud DNS query log",
    vendor="Google",
    doc=_DOCS + "dns/docs/monitoring",
    kind="dns_query",
    family=Json(requires=(("jsonPayload.queryName", ""), ("jsonPayload.queryType|jsonPayload.responseCode", ""))),
    fields={
        "host": ("jsonPayload.queryName",),
        "device": ("jsonPayload.vmInstanceName", "jsonPayload.vmInstanceIdString", "jsonPayload.vmInstanceId"),
        "client_ip": ("jsonPayload.sourceIP",),
        "action": ("jsonPayload.responseCode",),
    },
    time=(TimeOf(("timestamp",)), TimeOf(("receiveTimestamp",))),
    zone="utc",
    told=Told(("jsonPayload.rdata",)),
    product="gcp_dns",
)

CLOUD_NAT = LogFormat(
    name="gcp_nat",
    title="Google Cloud NAT log (JSON)",
    vendor="Google",
    doc="https://cloud.google.com/nat/docs/monitoring",
    kind="connection",
    family=Json(
        requires=(
            ("jsonPayload.connection.src_ip", ""),
            ("jsonPayload.connection.nat_ip", ""),
            ("jsonPayload.allocation_status", r"^(?:OK|DROPPED)$"),
        )
    ),
    fields={
        "device": ("jsonPayload.endpoint.vm_name",),
        "client_ip": ("jsonPayload.connection.src_ip",),
        "server_ip": ("jsonPayload.connection.dest_ip",),
        "server_port": ("jsonPayload.connection.dest_port",),
        "action": ("jsonPayload.allocation_status",),
    },
    time=(TimeOf(("timestamp",)), TimeOf(("receiveTimestamp",))),
    zone="utc",
    rank=14,
    blocked=(When((("jsonPayload.allocation_status", r"^DROPPED$"),)),),
    allowed=(When((("jsonPayload.allocation_status", r"^OK$"),)),),
    product="gcp",
)

FORMATS = (VPC_FLOW, FIREWALL, DNS, CLOUD_NAT)
