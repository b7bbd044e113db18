"""Every log format that is read: one explicit list of the files that describe them, and a user's own from TOML.

To add a format: describe it in a file here, name the file in ``_DESCRIBED_IN``, and put a sample with its expected records
into ``tests/formats/<name>/``. Tests fail where one of the three is missing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from functools import cache
from importlib import import_module
from pathlib import Path
from types import MappingProxyType

from shadowai.sources.logs.description import Cef, Leef, LogFormat

_DESCRIBED_IN = (
    "squid",
    "w3c",
    "bluecoat",
    "zscaler",
    "cisco",
    "cisco_firewall",
    "cisco_estreamer",
    "watchguard",
    "juniper",
    "meraki",
    "pfsense",
    "stormshield",
    "google",
    "netfilter",
    "arista",
    "barracuda",
    "netskope",
    "cloudflare",
    "skyhigh",
    "fortinet",
    "paloalto",
    "strata",
    "checkpoint",
    "sophos",
    "sonicwall",
    "aws",
    "defender",
    "windows_events",
    "azure_firewall",
    "zeek",
    "suricata",
    "dns_servers",
    "sentinelone",
    "crowdstrike",
    "menlo",
    "cato",
    "forcepoint",
    "envoy",
    "meshes",
    "web_servers",
    "nginx",
    "aws_balancers",
    "load_balancers",
    "f5",
    "olfeo",
    "ai_platforms",
    "clavister",
    "azure_flow",
    "netflow",
    "infoblox",
    "snort",
    "trellix",
    "zscaler_siem",
    "microsoft_tmg",
    "ai_gateways",
    "ai_services",
    "elastic",
    "siem_models",
    "endpoints",
    "gateways",
    "huawei",
    "citrix",
    "web_proxies",
    "web_appliances",
    "trendmicro",
    "dns_services",
    "dns_exports",
    "secure_access",
    "chrome",
    "web_firewalls",
    "vmware",
    "utm",
    "forcepoint_cloud",
    "windows_firewall",
    "endpoint_exports",
    "endpoint_web",
    "endpoint_protection",
    "segmentation",
    "gigamon",
    "splunk_stream",
    "microsoft_audit",
    "workspace_ai",
    "dns_sensors",
    "network_sensors",
    "wireshark",
    "cloud_flows",
    "endpoint_sensors",
    "telemetry",
    "tunnels",
    "ipfw",
    "zeek_columns",
    "browser_history",
    "arcsight",
    "own",
    "generic",
)

DESCRIPTIONS = tuple(f"{__name__}.{module}" for module in _DESCRIBED_IN)
"""The modules that describe formats, each with a tuple ``FORMATS``."""


_OF_ANY_DEVICE = ("cef_generic", "leef_generic")


@cache
def formats() -> Mapping[str, LogFormat]:
    """The built-in formats by name. What reads CEF or LEEF of any product leaves the lines of a product with a format of its own to that
    one: collectors write many products into one file, which is read as what most of its lines are."""
    return _apart(_described())


def formats_with(folders: Iterable[Path], *, apart: bool = True) -> Mapping[str, LogFormat]:
    """The built-in formats and those described by TOML files in ``folders``, which may replace a built-in one. Not ``apart``, each
    reads all that it can: what is read as one format by force is of no other."""
    folders = tuple(folders)
    return _formats_with(folders, apart) if folders or not apart else formats()


@cache
def _formats_with(folders: tuple[Path, ...], apart: bool) -> Mapping[str, LogFormat]:
    from shadowai.sources.logs.toml_file import load

    own = {fmt.name: fmt for folder in folders for fmt in load(folder)}
    found = {**_described(), **own}
    return _apart(found) if apart else MappingProxyType(found)


def _described() -> dict[str, LogFormat]:
    found: dict[str, LogFormat] = {}
    for name in DESCRIPTIONS:
        for fmt in import_module(name).FORMATS:
            if fmt.name in found:
                raise ValueError(f"two descriptions are named {fmt.name!r}")
            found[fmt.name] = fmt
    return found


def _apart(found: Mapping[str, LogFormat]) -> Mapping[str, LogFormat]:
    made = dict(found)
    for name in _OF_ANY_DEVICE:
        family = made[name].family if name in made else None
        if isinstance(family, (Cef, Leef)) and not family.device:
            devices = [fmt.family.device for fmt in found.values() if isinstance(fmt.family, type(family))]
            made[name] = replace(made[name], family=type(family)(device=_none_of(filter(None, devices))))
    return MappingProxyType(made)


def _none_of(devices: Iterable[str]) -> str:
    """A pattern of what none of ``devices`` matches, each a pattern that is searched for without regard to case: flags, which may stand at
    a pattern's beginning only, are left out."""
    bare = (re.sub(r"^\(\?\w+\)", "", device) for device in devices)
    return r"\A(?!" + "|".join(f"(?s:.*?)(?:{one})" for one in bare) + ")"
