"""Service meshes and networks of clusters beside Envoy: Istio's ztunnel, Amazon VPC Lattice, Calico.

Each writes sizes from where it stands. ztunnel sends to the server in what goes out of a workload, and to the client in what comes into
one; Lattice receives requests; Calico's incoming bytes are those of the end that reports. Sources:
https://istio.io/latest/docs/ambient/usage/verify-mtls-enabled/, https://docs.aws.amazon.com/vpc-lattice/latest/ug/monitoring-access-logs.html,
https://docs.tigera.io/calico-enterprise/latest/observability/elastic/flow/datatypes.
"""

from dataclasses import replace

from shadowai.sources.logs.description import Json, KeyValue, LogFormat, Part, Take, TimeOf, When

_ADDRESS = r"^\[?([0-9A-Fa-f.:]+?)\]?:\d{1,5}$"
_PORT = r":(\d{1,5})$"
_OUT, _IN = ("direction", r"(?i)^outbound$"), ("direction", r"(?i)^inbound$")


def _size(outwards: str, inwards: str) -> tuple[Take, ...]:
    return (Part(outwards, r"^(\d+)$", only=(_OUT,)), Part(inwards, r"^(\d+)$", only=(_IN,)))


ZTUNNEL = LogFormat(
    name="istio_ztunnel",
    title="Istio ztunnel access log (ambient mode)",
    vendor="Istio",
    doc="https://istio.io/latest/docs/ambient/usage/verify-mtls-enabled/",
    kind="connection",
    family=KeyValue(requires=("src.addr", "dst.addr", "direction")),
    line=r"(?:^|\s)access:?\s+connection \w+\s+src\.addr=",
    fields={
        "host": (Part("dst.service", r"^(\S+\.\S+)$"),),
        "device": ("src.workload",),
        "client_ip": (Part("src.addr", _ADDRESS),),
        "server_ip": (Part("dst.hbone_addr", _ADDRESS), Part("dst.addr", _ADDRESS)),
        "server_port": (Part("dst.hbone_addr", _PORT), Part("dst.addr", _PORT)),
        "action": ("error",),
        "bytes_up": _size("bytes_sent", "bytes_recv"),
        "bytes_down": _size("bytes_recv", "bytes_sent"),
    },
    time=(TimeOf(("time",)),),
    zone="utc",
    rank=12,
    blocked=(When((("error", r"(?i)polic(?:y|ies)\b|\bdenied\b|\b40[13]\b"),)),),
    uncounted=(When((_IN,), "a connection that a workload was asked for; the end that asked logs it as well"),),
    product="istio_ztunnel",
)
ZTUNNEL_JSON = replace(
    ZTUNNEL,
    name="istio_ztunnel_json",
    title="Istio ztunnel access log (ambient mode, JSON)",
    family=Json(
        requires=(("src.addr", _PORT), ("dst.addr", _PORT), ("direction", r"(?i)bound$"), ("scope", "^access$"))
    ),
    line="",
)

LATTICE = LogFormat(
    name="aws_vpc_lattice",
    title="Amazon VPC Lattice access log (JSON)",
    vendor="AWS",
    doc="https://docs.aws.amazon.com/vpc-lattice/latest/ug/monitoring-access-logs.html",
    kind="http_request",
    family=Json(
        requires=(
            ("sourceIpPort", _PORT),
            ("serviceArn|serviceNetworkArn|targetGroupArn", r"^arn:aws[\w-]*:vpc-lattice:"),
            ("startTime", r"^\d{4}-"),
            ("bytesReceived", r"^\d+$"),
        )
    ),
    fields={
        "host": ("hostHeader", "serverNameIndication"),
        "path": ("requestPath",),
        "user": (
            Part("callerPrincipal", r":assumed-role/(?:[^/]+/(?=[^/\s]+@)|AWSReservedSSO_[^/]+/)([^/\s]+)$"),
            Part("callerPrincipal", r":user/(?:\S*/)?([^/\s]+)$"),
            Part("callerPrincipal", r":assumed-role/([^/\s]+)/"),
        ),
        "client_ip": (Part("sourceIpPort", _ADDRESS),),
        "server_ip": (Part("targetIpPort", _ADDRESS),),
        "server_port": (Part("targetIpPort", _PORT),),
        "method": ("requestMethod",),
        "action": ("responseCode",),
        "bytes_up": ("bytesReceived",),
        "bytes_down": ("bytesSent",),
        "user_agent": ("userAgent",),
    },
    time=(TimeOf(("startTime",)),),
    zone="utc",
    rank=12,
    blocked=(When((("authDeniedReason", r"[A-Za-z]"),)),),
    product="aws_vpc_lattice",
)

_REPORTED_BY_SOURCE, _REPORTED_BY_TARGET = ("reporter", "^src$"), ("reporter", "^dst$")
CALICO = LogFormat(
    name="calico_flow",
    title="Calico Enterprise and Calico Cloud flow log (JSON)",
    vendor="Tigera",
    doc="https://docs.tigera.io/calico-enterprise/latest/observability/elastic/flow/datatypes",
    kind="connection",
    family=Json(
        requires=(
            ("reporter", r"^(?:src|dst|fwd)$"),
            ("source_name_aggr|source_name|source_ip", ""),
            ("dest_name_aggr|dest_name|dest_ip", ""),
            ("action", r"^(?:allow|deny)$"),
            ("bytes_out", r"^\d+$"),
        )
    ),
    fields={
        "host": ("dest_domains",),
        "device": (Part("source_name", r"^(?!-$)(\S+)$"), Part("source_name_aggr", r"^(?!-$|pub$|pvt$)(\S+)$")),
        "client_ip": ("source_ip",),
        "server_ip": ("dest_ip",),
        "server_port": ("dest_port",),
        "action": ("action",),
        "bytes_up": (
            Part("bytes_in", r"^(\d+)$", only=(_REPORTED_BY_TARGET,)),
            Part("bytes_out", r"^(\d+)$", only=(_REPORTED_BY_SOURCE,)),
        ),
        "bytes_down": (
            Part("bytes_out", r"^(\d+)$", only=(_REPORTED_BY_TARGET,)),
            Part("bytes_in", r"^(\d+)$", only=(_REPORTED_BY_SOURCE,)),
        ),
    },
    time=(TimeOf(("start_time",)), TimeOf(("end_time",)), TimeOf(("@timestamp",))),
    zone="utc",
    rank=12,
    blocked=(When((("action", "^deny$"),)),),
    allowed=(When((("action", "^allow$"),)),),
    uncounted=(
        When(
            (_REPORTED_BY_TARGET,),
            "a flow as the end that was asked for saw it; the end that asked reports it as well",
            (_REPORTED_BY_SOURCE,),
        ),
    ),
    product="calico",
)

FORMATS = (ZTUNNEL, ZTUNNEL_JSON, LATTICE, CALICO)
