"""A search for Splunk over the fields of its Common Information Model (``query``, ``url_domain``, ``dest_host``, ``src``, ``user``).

https://docs.splunk.com/Documentation/SplunkCloud/latest/SearchReference has ``case`` and ``match``. The first line is to be narrowed
to the indexes that have such logs.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

from shadowai.export.rules.claims import Claims, Pattern, label, table

_ORDER: Final = ("exact", "glob", "suffix")


def render(claims: Sequence[Claims]) -> str:
    """The search with the names of all services in it; the first test that holds decides."""
    found = table(claims)
    tests = "".join(
        f',\n    match(ai_host, "{pattern.regex}"), "{label(found[pattern])}"' for pattern in _sorted(found)
    )
    return (
        "index=* (query=* OR url_domain=* OR dest_host=*)\n"
        '| eval ai_host=rtrim(lower(coalesce(query, url_domain, dest_host)), ".")\n'
        f"| eval ai_service=case({tests.removeprefix(',')})\n"
        '| where isnotnull(ai_service) AND ai_service!=""\n'
        '| fillnull value="" src user\n'
        "| stats min(_time) as first_seen max(_time) as last_seen count by ai_service src user\n"
    )


def _sorted(patterns: Iterable[Pattern]) -> list[Pattern]:
    """Exact hosts, then globs, then domains, those with the most labels first."""
    return sorted(patterns, key=lambda one: (_ORDER.index(one.how), -one.value.count("."), one.value))
