"""Endpoint telemetry exported as CSV from the consoles of CrowdStrike Falcon, SentinelOne, Cortex XDR and Defender, under the names of
their fields."""

from dataclasses import replace

from shadowai.sources.logs.crowdstrike import FDR
from shadowai.sources.logs.defender import TABLES
from shadowai.sources.logs.description import CsvHeader, TimeOf, When
from shadowai.sources.logs.endpoints import CORTEX_XDR
from shadowai.sources.logs.sentinelone import CLOUD_FUNNEL, DEEP_VISIBILITY

FALCON_CSV = replace(
    FDR,
    name="crowdstrike_csv",
    title="CrowdStrike Falcon event search (CSV export)",
    family=CsvHeader(columns=("event_simpleName", "ComputerName")),
)
SENTINELONE_CSV = replace(
    CLOUD_FUNNEL,
    name="sentinelone_csv",
    title="SentinelOne event search, Deep Visibility (CSV export)",
    family=CsvHeader(columns=("event.time", "event.type", "endpoint.name")),
    fields={
        name: (*takes, *(take for take in DEEP_VISIBILITY.fields.get(name, ()) if take not in takes))
        for name, takes in CLOUD_FUNNEL.fields.items()
    },
    kinds=(
        *CLOUD_FUNNEL.kinds,
        (When((("dnsRequest", "."),)), "dns_query"),
        (When((("networkUrl", "."),)), "http_request"),
        (When((("event.type", r"(?i)^ip"),)), "connection"),
    ),
    blocked=(*CLOUD_FUNNEL.blocked, *DEEP_VISIBILITY.blocked),
    allowed=(*CLOUD_FUNNEL.allowed, *DEEP_VISIBILITY.allowed),
    uncounted=(
        *CLOUD_FUNNEL.uncounted,
        When((("direction", r"(?i)^incoming$"),), "a connection to the device, not from it"),
    ),
)
"""Deep Visibility's own names are those of the telemetry without dots (``EventTime``, ``DnsRequest``)."""

CORTEX_CSV = replace(
    CORTEX_XDR,
    name="cortex_xdr_csv",
    title="Cortex XDR query result (CSV or TSV export)",
    family=CsvHeader(columns=("agent_hostname", "action_external_hostname", "_time")),
)

_HUNTING = TABLES[0]
TIMELINE = replace(
    _HUNTING,
    name="mde_timeline_csv",
    title="Microsoft Defender for Endpoint, timeline of a device (CSV export)",
    doc="https://learn.microsoft.com/en-us/defender-endpoint/investigate-machines#timeline",
    family=CsvHeader(columns=("Event Time", "Computer Name", "Action Type", "Remote Url", "Remote IP"), delimiters=","),
    fields={**_HUNTING.fields, "device": ("Computer Name",)},
    time=(TimeOf(("Event Time",)),),
    zone="utc",
)
"""Its columns have the names of advanced hunting's with blanks between the words."""

FORMATS = (FALCON_CSV, SENTINELONE_CSV, CORTEX_CSV, TIMELINE)
