"""Browsing history taken from a computer or an account: NirSoft's BrowsingHistoryView, Google Takeout.

A history names pages and when they were opened, and whose profile the browser ran under, but no addresses and no sizes. Chrome counts
microseconds since 1601, Firefox since 1970; tools write either, or a date. Sources:
https://www.nirsoft.net/utils/browsing_history_view.html, https://support.google.com/accounts/answer/3024190.
"""

from shadowai.sources.logs.description import CsvHeader, Json, LogFormat, Part, Take, TimeOf, When

_PAGE = r"^((?:https?|wss?|ftp)://.+)"
_NO_PAGE = "a file or a page of the browser itself"

HISTORY_VIEW = LogFormat(
    name="browsing_history_view",
    title="Browsing history as BrowsingHistoryView exports it (CSV, tab separated)",
    vendor="NirSoft",
    doc="https://www.nirsoft.net/utils/browsing_history_view.html",
    kind="http_request",
    family=CsvHeader(columns=("URL", "Title", "Visit Time", "Visited From", "Web Browser"), delimiters=",\t;"),
    fields={
        "host": (Part("URL", _PAGE),),
        "url": (Part("URL", _PAGE),),
        "user": ("User Profile",),
        "action": ("Visit Type",),
    },
    time=(TimeOf(("Visit Time",)),),
    rank=12,
    uncounted=(When((("URL", rf"^(?!{_PAGE[1:]})"),), _NO_PAGE),),
    product="browser_history",
)

TAKEOUT = LogFormat(
    name="chrome_takeout_history",
    title="Chrome history of a Google account (Google Takeout, JSON)",
    vendor="Google",
    doc="https://support.google.com/accounts/answer/3024190",
    kind="http_request",
    family=Json(
        requires=(
            ("time_usec", r"^\d{15,17}$"),
            ("url", ""),
            ("page_transition|page_transition_qualifier|client_id", ""),
        )
    ),
    fields={
        "host": (Part("url", _PAGE),),
        "url": (Part("url", _PAGE),),
        "action": ("page_transition|page_transition_qualifier",),
    },
    time=(TimeOf(("time_usec",)),),
    zone="utc",
    rank=12,
    uncounted=(When((("url", rf"^(?!{_PAGE[1:]})"),), _NO_PAGE),),
    product="browser_history",
)

_VISITS: dict[str, tuple[Take, ...]] = {
    "host": (Part("url", _PAGE), Part("visited_url", _PAGE)),
    "url": (Part("url", _PAGE), Part("visited_url", _PAGE)),
    "user": ("User", "username"),
}


def _visits(name: str, title: str, family: CsvHeader | Json, *times: str) -> LogFormat:
    """Rows of a browser's own database, as tools for it write them; ``times`` are the columns that may tell when."""
    return LogFormat(
        name=name,
        title=title,
        vendor="Google" if "chrome" in name else "Mozilla",
        doc="https://chromium.googlesource.com/chromium/src/+/main/components/history/core/browser/",
        kind="http_request",
        family=family,
        fields=_VISITS,
        time=tuple(TimeOf((time,)) for time in times),
        rank=12,
        uncounted=(When(tuple((url, rf"^(?!{_PAGE[1:]})") for url in ("url", "visited_url")), _NO_PAGE),),
        product="browser_history",
    )


CHROME = _visits(
    "chrome_history_csv",
    "Chrome and Edge history (CSV export of the database's tables)",
    CsvHeader(columns=("url", "title", "last_visit_time")),
    "visit_time",
    "last_visit_time",
)
CHROME_VISITS = _visits(
    "chrome_visits_csv",
    "Chrome and Edge history, one row a visit (CSV export of the database's tables)",
    CsvHeader(columns=("url", "title", "visit_time")),
    "visit_time",
)
CHROME_JSON = _visits(
    "chrome_history_json",
    "Chrome and Edge history (extensions' exports, Velociraptor; JSON)",
    Json(
        requires=(
            ("lastVisitTime|visitTime|last_visit_time|visit_time", r"^\d"),
            ("url|visited_url", r"^[A-Za-z][\w+.-]*:"),
            ("visitCount|visit_count|typedCount|visitId|url_id", r"^\d"),
        )
    ),
    "visitTime",
    "visit_time",
    "lastVisitTime",
    "last_visit_time",
)
FIREFOX = _visits(
    "firefox_history_csv",
    "Firefox history (CSV export of the table moz_places)",
    CsvHeader(columns=("url", "title", "last_visit_date")),
    "visit_date",
    "last_visit_date",
)

FORMATS = (HISTORY_VIEW, TAKEOUT, CHROME, CHROME_VISITS, CHROME_JSON, FIREFOX)
