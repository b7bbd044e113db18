"""Squid's lines as clients and options change them."""

from __future__ import annotations

import pytest

from shadowai.model import Record
from shadowai.sources.logs import formats
from shadowai.sources.logs.reader import FormatReader
from shadowai.sources.timestamps import Clock


def _record(name: str, line: str) -> Record:
    reader = FormatReader(formats()[name], Clock())
    tokens = reader.tokens(line)
    assert isinstance(tokens, (list, dict))
    return reader.record("access.log", 1, tokens)


def test_a_tunnel_to_an_ipv6_address_keeps_the_columns_behind_it() -> None:
    found = _record(
        "squid_native",
        "1767600000.123 55 2001:db8::7 TCP_TUNNEL/200 900 CONNECT [2001:db8::1]:443 jdoe HIER_DIRECT/2001:db8::1 -",
    )
    assert (found.host, found.server_port, found.user, found.server_ip) == ("2001:db8::1", 443, "jdoe", "2001:db8::1")


@pytest.mark.parametrize("agent", ["Mozilla/5.0 (X11)", 'odd \\"agent\\"', "back\\\\", ""])
def test_quotes_in_a_user_agent_do_not_hide_that_a_request_was_denied(agent: str) -> None:
    line = f'10.0.0.7 - - [05/Jan/2026:09:00:00 +0100] "GET http://chatgpt.com/x HTTP/1.1" 403 40 "-" "{agent}" TCP_DENIED:HIER_NONE'
    found = _record("squid_common", line)
    assert (found.user_agent or "", found.blocked) == (agent, True)
