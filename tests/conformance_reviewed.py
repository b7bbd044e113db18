"""Where a truth file is wrong or asks for what we deliberately read otherwise: each with the vendor's words as the reason."""

from tests.conformance_reviewed_breadth_firewall import REVIEWED_BREADTH_FIREWALL
from tests.conformance_reviewed_breadth_web import REVIEWED_BREADTH_WEB
from tests.conformance_reviewed_cloud import REVIEWED_CLOUD
from tests.conformance_reviewed_firewall import REVIEWED_FIREWALL
from tests.conformance_reviewed_formats import REVIEWED_FORMATS
from tests.conformance_reviewed_proxy import REVIEWED_PROXY

ANY_LINE = 0

REVIEWED: dict[tuple[str, int, str], str] = {
    **REVIEWED_PROXY,
    **REVIEWED_FIREWALL,
    **REVIEWED_CLOUD,
    **REVIEWED_BREADTH_FIREWALL,
    **REVIEWED_BREADTH_WEB,
    **REVIEWED_FORMATS,
}
"""(format/file, line or ANY_LINE, field) -> reason."""
