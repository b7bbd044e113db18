"""Flow logs of Oracle Cloud Infrastructure and IBM Cloud.

Oracle, https://docs.oracle.com/en-us/iaas/Content/Logging/Reference/details_for_vcn_flow_logs.htm: ``bytesOut`` are the bytes of the
flow, which went from the source to the destination. IBM, https://cloud.ibm.com/docs/vpc?topic=vpc-fl-analyze: "bytes_from_initiator:
the count of bytes on connection in this flow log's time-window, from Initiator to Target"; a file holds an object with many flows.
"""

from shadowai.sources.logs.description import Json, LogFormat, Pattern, TimeOf, When


def _oracle(name: str) -> str:
    """A path in an event by itself, and as a search or a stream wraps it."""
    return f"{name}|logContent.{name}|data.logContent.{name}"


OCI = LogFormat(
    name="oci_vcn_flow",
    title="Oracle Cloud VCN flow log (JSON)",
    vendor="Oracle",
    doc="https://docs.oracle.com/en-us/iaas/Content/Logging/Reference/details_for_vcn_flow_logs.htm",
    kind="connection",
    family=Json(requires=((_oracle("type"), r"^com\.oraclecloud\.vcn\.flowlogs\."),)),
    fields={
        "client_ip": (_oracle("data.sourceAddress"),),
        "server_ip": (_oracle("data.destinationAddress"),),
        "server_port": (_oracle("data.destinationPort"),),
        "action": (_oracle("data.action"),),
        "bytes_up": (_oracle("data.bytesOut"),),
    },
    time=(TimeOf((_oracle("data.startTime"),)), TimeOf((_oracle("time"),))),
    zone="utc",
    rank=12,
    blocked=(When(((_oracle("data.action"), r"^REJECT$"),)),),
    allowed=(When(((_oracle("data.action"), r"^ACCEPT$"),)),),
    uncounted=(
        When(
            ((_oracle("type"), r"QualityEvent|NoData|SkipData"),), "no traffic in the interval, or records were skipped"
        ),
        When(
            (
                (_oracle("data.sourcePort"), r"^(?:53|80|443|853)$"),
                (_oracle("data.destinationPort"), r"^\d{4,5}$"),
            ),
            "what the service sent back; the record of the other direction is counted",
        ),
    ),
    product="oci_vcn_flow",
)

IBM = LogFormat(
    name="ibm_vpc_flow",
    title="IBM Cloud VPC flow log (JSON)",
    vendor="IBM",
    doc="https://cloud.ibm.com/docs/vpc?topic=vpc-fl-analyze",
    kind="connection",
    family=Json(
        requires=(
            ("initiator_ip|flow_logs.0.initiator_ip", ""),
            ("target_ip|flow_logs.0.target_ip", ""),
            ("was_initiated|flow_logs.0.was_initiated", ""),
        )
    ),
    each=r'(\{[^{}]{0,400}"initiator_ip"[^{}]{0,1600}\})',
    fields={
        "client_ip": ("initiator_ip",),
        "server_ip": ("target_ip",),
        "server_port": ("target_port",),
        "action": ("action",),
        "bytes_up": ("bytes_from_initiator",),
        "bytes_down": ("bytes_from_target",),
    },
    time=(TimeOf(("start_time",)),),
    zone="utc",
    rank=12,
    blocked=(When((("action", r"^reject"),)),),
    allowed=(When((("action", r"^accept"),)),),
    uncounted=(When((("direction", r"(?i)^i"),), "a connection from outside to this machine"),),
    product="ibm_vpc_flow",
)

_HUAWEI = (
    r"^\d [0-9a-f]{32} [0-9a-f-]{36} (?P<source>[0-9a-fA-F.:]{2,45}|-) (?P<destination>[0-9a-fA-F.:]{2,45}|-) (?P<source_port>\d{1,5}|-) "
    r"(?P<port>\d{1,5}|-) (?:\d{1,3}|-) (?:\d+|-) (?P<bytes>\d+|-) (?P<start>\d{10}) \d{10} (?P<action>ACCEPT|REJECT|-) "
    r"(?P<status>OK|NODATA|SKIPDATA)$"
)
HUAWEI = LogFormat(
    name="huawei_vpc_flow",
    title="Huawei Cloud VPC flow log",
    vendor="Huawei",
    doc="https://support.huaweicloud.com/intl/en-us/usermanual-vpc/FlowLog_0004.html",
    kind="connection",
    family=Pattern((_HUAWEI,)),
    line=_HUAWEI,
    fields={
        "client_ip": ("source",),
        "server_ip": ("destination",),
        "server_port": ("port",),
        "action": ("action",),
        "bytes_up": ("bytes",),
    },
    time=(TimeOf(("start",)),),
    zone="utc",
    rank=12,
    blocked=(When((("action", r"^REJECT$"),)),),
    allowed=(When((("action", r"^ACCEPT$"),)),),
    uncounted=(
        When((("status", r"^(?:NODATA|SKIPDATA)$"),), "no traffic in the interval, or records were skipped"),
        When(
            (("source_port", r"^(?:53|80|443|853)$"), ("port", r"^\d{4,5}$")),
            "what the service sent back; the record of the other direction is counted",
        ),
    ),
    product="huawei_vpc_flow",
)
"""``1 PROJECT INTERFACE SOURCE DESTINATION SPORT DPORT PROTOCOL PACKETS BYTES START END ACTION STATUS``."""

FORMATS = (OCI, IBM, HUAWEI)
