"""Endpoint telemetry exported as CSV from the search of CrowdStrike Falcon and of SentinelOne, under the names of their events' fields."""

from dataclasses import replace

from shadowai.sources.logs.crowdstrike import FDR
from shadowai.sources.logs.description import CsvHeader
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

FORMATS = (FALCON_CSV, SENTINELONE_CSV)
