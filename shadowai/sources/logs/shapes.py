"""What the values of a column look like: hosts, URLs, addresses, users, sizes, times. For guessing an unknown format."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from shadowai import normalize
from shadowai.sources.timestamps import Clock

_HOST = re.compile(r"(?:[\w*-]+\.)+[^\W\d_][\w-]*\.?(?::\d{1,5})?")
_FILE = re.compile(r"\S*\.(?:html?|php\d?|aspx?|jsp|js|css|png|gif|jpe?g|ico|svg|txt|xml|json|pdf|zip|exe|dll|log|sys)")
_URL = re.compile(r"[A-Za-z][\w+.-]{0,15}://\S+|(?:[\w-]+\.)+[A-Za-z]{2,}(?::\d{1,5})?/\S*")
_MAIL = re.compile(r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+")
_LOGIN = re.compile(r"[\w.-]+\\[\w.$-]+")
_METHOD = re.compile(r"GET|POST|PUT|HEAD|PATCH|DELETE|OPTIONS|CONNECT|TRACE")
_ACTION = re.compile(
    r"(?i)(?:allow|block|den(?:y|ied)|drop|accept|permit|reject|pass|observe|monitor|reset|quarantine)\w*"
)
_AGENT = re.compile(r"(?:Mozilla|curl|python-requests|OpenAI|Go-http-client|Java|okhttp|PostmanRuntime)/\S.*")
_CLOCK = re.compile(r"\d{1,2}:\d\d(?::\d\d(?:[.,]\d+)?)?(?: ?[AaPp][Mm])?")
_EPOCHS: Final = (10, 13, 16, 19)
_INSIDE = tuple(map(ipaddress.ip_network, ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "fc00::/7", "fe80::/10")))
"""Networks that are an organisation's own (RFC 1918, RFC 4193, link-local)."""


def _is_host(text: str) -> bool:
    return _HOST.fullmatch(text) is not None and _FILE.fullmatch(text) is None and normalize.host(text) is not None


def _is_private(text: str) -> bool:
    found = normalize.address(text)
    return found is not None and any(ipaddress.ip_address(found) in network for network in _INSIDE)


def _is_time(text: str) -> bool:
    if text.isdecimal():
        return len(text) in _EPOCHS and text[0] == "1"
    return Clock().parse(text) is not None


SHAPES: Mapping[str, Callable[[str], bool]] = MappingProxyType(
    {
        "host": _is_host,
        "url": lambda text: _URL.fullmatch(text) is not None,
        "address": lambda text: normalize.address(text) is not None,
        "inside": _is_private,
        "user": lambda text: _MAIL.fullmatch(text) is not None or _LOGIN.fullmatch(text) is not None,
        "number": lambda text: text.isascii() and text.isdecimal() and len(text) < 19,
        "port": lambda text: text.isascii() and text.isdecimal() and 0 < int(text[:6]) < 65536,
        "time": _is_time,
        "clock": lambda text: _CLOCK.fullmatch(text) is not None,
        "method": lambda text: _METHOD.fullmatch(text) is not None,
        "action": lambda text: _ACTION.fullmatch(text) is not None,
        "user_agent": lambda text: _AGENT.match(text) is not None,
    }
)
"""Names of shapes and what has them."""


class Values:
    """Some values of one column, those that say nothing left out."""

    def __init__(self, texts: Sequence[str]) -> None:
        self.texts = [
            text for text in map(str.strip, texts) if text and (text.isdecimal() or not normalize.is_null(text))
        ]

    def share(self, shape: str) -> float:
        """How many of the values have a shape, from 0 to 1; 0 where there are none."""
        return sum(map(SHAPES[shape], self.texts)) / len(self.texts) if self.texts else 0.0

    @property
    def example(self) -> str:
        """One of them."""
        return self.texts[0] if self.texts else ""
