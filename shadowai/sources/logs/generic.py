"""Tables and objects of no known product, read by the names of their columns or keys (see ``aliases``)."""

from shadowai.sources.logs.aliases import FLAT
from shadowai.sources.logs.description import CsvHeader, Json, LogFormat, TimeOf, When

_FIELDS = {name: aliases for name, aliases in FLAT.items() if name != "time"}
_TIME = (TimeOf(("date", "time")), *(TimeOf((alias,)) for alias in FLAT["time"]))
_BLOCKED = tuple(When(((name, r"(?i)\b(block|blocked|deny|denied|drop|dropped|reject|rejected|reset)\b"),)) for name in FLAT["action"])
_ALLOWED = tuple(When(((name, r"(?i)\b(allow|allowed|accept|accepted|pass|passed|permit|permitted|observed)\b"),)) for name in FLAT["action"])

CSV = LogFormat(
    name="generic_csv",
    title="Any CSV, TSV or semicolon separated table with a header",
    vendor="",
    doc="https://www.rfc-editor.org/rfc/rfc4180",
    kind="http_request",
    family=CsvHeader(),
    fields=_FIELDS,
    time=_TIME,
    blocked=_BLOCKED,
    allowed=_ALLOWED,
    rank=2,
)

JSON = LogFormat(
    name="generic_json",
    title="Any JSON lines, lists or envelopes of objects",
    vendor="",
    doc="https://www.rfc-editor.org/rfc/rfc8259",
    kind="http_request",
    family=Json(aliases=True),
    fields=_FIELDS,
    time=_TIME,
    blocked=_BLOCKED,
    allowed=_ALLOWED,
    rank=1,
)

FORMATS = (CSV, JSON)
