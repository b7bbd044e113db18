"""Endpoint telemetry exported as CSV from the search of CrowdStrike Falcon, SentinelOne and Cortex XDR, under the names of their fields."""

from dataclasses import replace

from shadowai.sources.logs.crowdstrike import FDR
from shadowai.sources.logs.description import CsvHeader
from shadowai.sources.logs.endpoints import CORTEX_XDR
from shadowai.sources.logs.sentinelone import CLOUD_FUNNEL

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
)

CORTEX_CSV = replace(
    CORTEX_XDR,
    name="cortex_xdr_csv",
    title="Cortex XDR query result (CSV or TSV export)",
    family=CsvHeader(columns=("agent_hostname", "action_external_hostname", "_time")),
)

FORMATS = (FALCON_CSV, SENTINELONE_CSV, CORTEX_CSV)
