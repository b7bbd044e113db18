"""Domains under .ai whose business is advertising, measurement, security or the running of networks, so that every browser, phone or
firewall asks for them: their name says AI and their traffic is nobody's use of it.

They were chosen by their names, among names under .ai that stand in lists of popular names, from what is known of the companies; nobody
has opened the pages or measured the traffic behind them. The list is small on purpose: what is missing on it costs a line in a list of
candidates, and what stands on it wrongly hides such a line, but never a finding: signatures are asked first.
"""

from __future__ import annotations

from typing import Final

CHECKED_ON: Final = "2026-11-21"
"""When the names were last gone through."""

ADVERTISING: Final = frozenset(
    {
        *("adserv.ai", "adsgram.ai", "adtrace.ai", "axon.ai", "bidlab.ai", "blackcrow.ai", "cheq.ai", "clickshield.ai"),
        *("clrt.ai", "cognitiv.ai", "customers.ai", "hybrid.ai", "idmap.ai", "mgln.ai", "mikmak.ai", "nrich.ai"),
        *("soloist.ai", "swishapps.ai", "trinitymedia.ai", "wknd.ai", "broadstreet.ai", "bitlabs.ai", "abtesting.ai"),
    }
)
"""Advertising networks, attribution, tags on shop and news pages."""
SECURITY: Final = frozenset(
    {
        *("alphamountain.ai", "ambient.ai", "anecdotes.ai", "cequence.ai", "clearview.ai", "cytomic.ai", "halcyon.ai"),
        *("sardine.ai", "securiti.ai", "vectra.ai", "covery.ai", "afi.ai", "actzero.ai", "coram.ai"),
    }
)
"""Fraud scoring, consent banners, endpoint protection, filters and backups."""
NETWORKS: Final = frozenset(
    {"aprecomm.ai", "autonomic.ai", "calix.ai", "cloudmatch.ai", "dxtech.ai", "gridx.ai", "asserts.ai", "cast.ai"}
)
"""Routers, cars, grids and clusters that call home."""

DOMAINS: Final = ADVERTISING | SECURITY | NETWORKS
"""All of them; what is below one is apart as well."""
