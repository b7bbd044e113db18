"""Microsegmentation: the flow summaries of Illumio's Policy Compute Engine (JSON, CEF), the network log of Akamai Guardicore (JSON).

Illumio, https://product-docs-repo.illumio.com (Traffic Flow Summaries): ``pd`` is the policy decision: 0 allowed, 1 potentially blocked
("allowed traffic which will be blocked after enforcement"), 2 blocked, 3 unknown. ``dir`` is the direction of the first packet as the
workload saw it that reports. ``dst_dbi`` are the bytes "received by destination in the latest sampled interval", the same as sent by the
source, ``dst_dbo`` those of the other direction; ``dst_tbi`` and ``dst_tbo`` are totals since the flow began, which CEF has as ``in`` and
``out``. ``un`` is the user of the program that the reporting workload saw: on an inbound flow the server's.
Guardicore's ``ConnectionVerdict`` is ``allowed`` or ``blocked_by_…``.
"""

from shadowai.sources.logs.description import Cef, Json, LogFormat, Part, TimeOf, When

_ILLUMIO_DOC = (
    "https://product-docs-repo.illumio.com/Tech-Docs/Core/25.2/REST-APIs/out/en/events-administration-and-rest-apis/"
    "traffic-flow-summaries/traffic-flow-types-and-properties.html"
)

ILLUMIO = LogFormat(
    name="illumio_flow",
    title="Illumio Core traffic flow summaries (JSON)",
    vendor="Illumio",
    doc=_ILLUMIO_DOC,
    kind="connection",
    family=Json(
        requires=(
            ("src_ip", ""),
            ("dst_ip", ""),
            ("dir", r"^[IO]$"),
            ("pd", r"^[0-3]$"),
            ("interval_sec|pce_fqdn|pd_qualifier", ""),
        )
    ),
    fields={
        "host": ("fqdn", "dst_hostname"),
        "user": (Part("un", r"(.+)", only=(("dir", r"^O$"),)),),
        "device": ("src_hostname",),
        "client_ip": ("src_ip",),
        "server_ip": ("dst_ip",),
        "server_port": ("dst_port",),
        "bytes_up": ("dst_dbi",),
        "bytes_down": ("dst_dbo",),
    },
    time=(
        TimeOf(("timestamp",)),
        TimeOf(("TimeGenerated [UTC]",), utc=True),
        TimeOf(("TimeGenerated",)),
        TimeOf(("TimeGenerated [Local Time]",)),
    ),
    rank=12,
    blocked=(When((("pd", r"^2$"),)),),
    allowed=(When((("pd", r"^[01]$"),)),),
    uncounted=(When((("class", r"^[BM]$"),), "a broadcast or multicast in the network"),),
    product="illumio",
)
"""Microsoft Sentinel keeps them in a table with the same columns; its export may have times in the zone of who exported."""

ILLUMIO_CEF = LogFormat(
    name="illumio_cef",
    title="Illumio Core traffic flow summaries and events (CEF)",
    vendor="Illumio",
    doc=_ILLUMIO_DOC,
    kind="connection",
    family=Cef(device=r"^Illumio\|PCE$"),
    fields={
        "host": ("dhost",),
        "user": ("suser",),
        "device": ("shost",),
        "client_ip": ("src",),
        "server_ip": ("dst",),
        "server_port": ("dpt",),
        "action": ("cef.class",),
        "bytes_up": ("label.dbi",),
        "bytes_down": ("label.dbo",),
    },
    time=(TimeOf(("rt",)),),
    zone="utc",
    rank=12,
    blocked=(When((("cef.class", r"^flow_blocked$"),)),),
    allowed=(When((("cef.class", r"^flow_(?:potentially_blocked|allowed)$"),)),),
    uncounted=(When((("cef.class", r"^(?!flow_)"),), "an event of the product itself, not use of a service"),),
    product="illumio",
)

GUARDICORE = LogFormat(
    name="guardicore_network",
    title="Akamai Guardicore Segmentation network log (JSON)",
    vendor="Akamai",
    doc="https://docs.sekoia.io/integration/categories/network_security/akamai_guardicore_on_prem/",
    kind="connection",
    family=Json(requires=(("DeviceProduct", r"^Guardicore$"), ("Source.IP", ""), ("Destination.IP", ""))),
    fields={
        "host": ("FQDN", "Destination.AssetName"),
        "user": ("Source.UserIdentity", "Source.UserName"),
        "device": ("Source.AssetName",),
        "client_ip": ("Source.IP",),
        "server_ip": ("Destination.IP",),
        "server_port": ("Destination.Port",),
        "action": ("ConnectionVerdict", "Action"),
    },
    time=(TimeOf(("Time",)), TimeOf(("Timestamp",))),
    zone="utc",
    rank=12,
    blocked=(When((("ConnectionVerdict", r"(?i)^block"),)), When((("Action", r"(?i)^block"),))),
    allowed=(When((("ConnectionVerdict", r"(?i)^(?:allow|alert)"),)), When((("Action", r"(?i)^(?:allow|alert)"),))),
    product="guardicore",
)

FORMATS = (ILLUMIO, ILLUMIO_CEF, GUARDICORE)
