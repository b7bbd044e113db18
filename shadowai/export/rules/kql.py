"""A query in the Kusto Query Language for ``DeviceNetworkEvents`` (Microsoft Defender XDR, and Sentinel where that table is connected).

https://learn.microsoft.com/kusto/query/ has ``mv-apply`` and ``dynamic``. For another table, the first three lines of the query change.
"""

from __future__ import annotations

import json
from collections.abc import Sequence

from shadowai.export.rules.claims import Claims, How, Pattern, label, table

_GLOBS = "@GLOBS@"
"""Where the tests of patterns stand."""
_QUERY = """\
DeviceNetworkEvents
| where isnotempty(RemoteUrl)
| extend Host = trim_end("[.]", extract("^(?:[a-z][a-z0-9+.-]*://)?([^/:?#]+)", 1, tolower(RemoteUrl)))
| extend Labels = split(Host, ".")
| extend Whole = case(isnotnull(Exact[Host]), tostring(Exact[Host]), @GLOBS@"-")
| mv-apply Depth = range(0, array_length(Labels) - 1, 1) to typeof(long) on (
    extend Found = Suffix[strcat_array(array_slice(Labels, Depth, -1), ".")]
    | top 1 by iff(isnull(Found), 1000, Depth) asc
)
| extend Service = iff(Whole != "-", Whole, tostring(Found))
| where isnotempty(Service)
| summarize FirstSeen = min(Timestamp), LastSeen = max(Timestamp), Connections = count(), Hosts = make_set(Host, 50)
    by Service, DeviceName, InitiatingProcessAccountUpn
"""


def render(claims: Sequence[Claims]) -> str:
    """The query with the names of all services in it."""
    found = table(claims)
    globs = ((pattern.regex, label(service)) for pattern, service in found.items() if pattern.how == "glob")
    tests = "".join(f'Host matches regex "{regex}", "{service}", ' for regex, service in globs)
    return (
        "// The exact host decides, then a pattern, then the longest domain; an empty service is nobody's.\n"
        f"let Exact = dynamic({_bag(found, 'exact')});\nlet Suffix = dynamic({_bag(found, 'suffix')});\n"
        f"{_QUERY.replace(_GLOBS, tests)}"
    )


def _bag(found: dict[Pattern, str], how: How) -> str:
    return json.dumps({pattern.value: label(service) for pattern, service in found.items() if pattern.how == how})
