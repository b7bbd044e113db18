"""A description that contradicts itself is refused, and tells which fields it gives."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from shadowai.sources.logs.description import (
    KINDS,
    Blank,
    CsvHeader,
    CsvPositional,
    Json,
    LogFormat,
    Part,
    Pattern,
    TimeOf,
    When,
)

PLAIN = LogFormat(
    name="x",
    title="X",
    vendor="",
    doc="https://example.com",
    kind="http_request",
    family=Blank(3),
    fields={"host": (1,)},
    line="^x",
)


def test_a_plain_description_is_consistent() -> None:
    PLAIN.check()


@pytest.mark.parametrize(
    ("change", "wrong"),
    [
        ({"fields": {"hosts": (1,)}}, "unknown field 'hosts'"),
        ({"kind": "web"}, "unknown kind 'web'"),
        ({"line": "("}, r"pattern '\('"),
        ({"name_in": "["}, "pattern"),
        ({"ignored": "*"}, "pattern"),
        ({"fields": {"host": (Part(1, "(?P<"),)}}, "pattern"),
        ({"fields": {"host": (Part(1, "(.)", only=((1, "("),)),)}}, "pattern"),
        ({"fields": {"host": (Part(1, "x"),)}}, "no group"),
        ({"family": CsvPositional(2, delimiter="")}, "one character"),
        ({"family": CsvPositional(2, delimiter="||")}, "one character"),
        ({"family": CsvHeader(delimiters="")}, "one character"),
        ({"blocked": (When(((1, ")"),)),)}, "pattern"),
        ({"allowed": (When(((1, ")"),)),)}, "pattern"),
        ({"uncounted": (When(((1, ")"),)),)}, "pattern"),
        ({"kinds": ((When(((1, ")"),)), "dns_query"),)}, "pattern"),
        ({"family": Pattern(("(",))}, "pattern"),
        ({"family": Json(requires=(("a", "("),))}, "pattern"),
    ],
)
def test_a_contradiction_is_refused(change: dict[str, Any], wrong: str) -> None:
    with pytest.raises(ValueError, match=wrong):
        replace(PLAIN, **change).check()


def test_the_fields_given_are_in_the_order_of_read() -> None:
    fmt = replace(
        PLAIN,
        fields={"host": (1,), "path": (2,), "user": (), "bytes_up": (3,), "client_ip": (4,)},
        time=(TimeOf((5,)),),
        blocked=(When(((1, "x"),)),),
    )
    assert fmt.fields_given == ("time", "client_ip", "host", "url", "blocked", "bytes_up")
    assert PLAIN.fields_given == ("host",)


def test_every_kind_has_a_channel() -> None:
    from shadowai.sightings import CHANNELS

    assert set(KINDS) <= set(CHANNELS)
