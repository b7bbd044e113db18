"""Block lists to be judged: of the services that are shipped, and of a signature whose hosts an attacker wrote."""

from __future__ import annotations

from functools import cache

from shadowai.catalog import Catalog
from shadowai.model import Indicator, Signature, Verdict
from shadowai.plans.appliances import APPLIANCES
from shadowai.plans.blocking import Host, plan

HOSTILE_HOSTS = (
    "a.example\n$INCLUDE /etc/passwd",
    "a.example CNAME evil.example.",
    "a.example\nhttp_access allow all",
    "a.example\r\n0.0.0.0 other.example",
    '"a.example"',
    "#a.example",
    "a.example;",
    "$ORIGIN",
    "@",
    "..",
    "*",
    "-",
    "/etc/hosts",
    "a.example/",
    "include:evil.example",
    "a example",
    "\u202ea.example",
    "a\x00.example",
    "x" * 64 + ".example",
    ".".join(["x" * 60] * 6),
    "",
)
"""What is no host name, and would be something else in a list."""


@cache
def _everything() -> tuple[Host, ...]:
    known = Catalog.load().signatures
    return plan(set(known), (), known.values(), lambda signature: Verdict.PROHIBITED).listed


def shipped(appliance: str) -> str:
    """The list for all services that are shipped."""
    return APPLIANCES[appliance].render(_everything())


def hostile(appliance: str) -> str:
    """The list of a signature of which one host, ``good.example``, is one."""
    hosts = [Indicator("host", "suffix", value, "strong") for value in (*HOSTILE_HOSTS, "good.example")]
    exact = [Indicator("host", "exact", value, "strong") for value in HOSTILE_HOSTS]
    signature = Signature("bad", "Bad", "Vendor", "assistant", indicators=(*hosts, *exact))
    made = plan({"bad"}, (), (signature,), lambda one: Verdict.PROHIBITED)
    return APPLIANCES[appliance].render(made.listed)
