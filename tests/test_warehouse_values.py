"""Values made alike in a warehouse are to the readers what they were."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta, timezone
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from shadowai import normalize
from shadowai import warehouse_values as values
from shadowai.catalog import Catalog
from shadowai.matcher import Matcher
from shadowai.names import Found, Names
from shadowai.warehouse import _paths

pytestmark = pytest.mark.filterwarnings(
    "ignore:fetch_:DeprecationWarning"
)  # Ibis still calls DuckDB by its older names
PIECES = (
    "chatgpt", "ChatGPT", "claude", ".", "..", "com", "AI", ":443", ":x", "/", "//", "://", "https", "?q=1", "#", "-", "_",
    "*", " ", "\t", "\n", '"', "'", "@", "10.0.0.1", "[2001:db8::1]", "(7)", "(3)", "\u0130", "\u212a", "\u0441", "\x1f", "\x00"[:0],
    "x" * 64, "index.html", "%2F", "%63", "chat", "copilot", "www.bing.com", "github.com", "/c/", "tunnel", "\\", "1",
)  # fmt: skip


def _texts(seed: int, count: int) -> list[str]:
    rng = random.Random(seed)
    return ["".join(rng.choice(PIECES) for _ in range(rng.randrange(1, 8))) for _ in range(count)]


def _asked(texts: Sequence[str], **expressions: Any) -> list[dict[str, Any]]:
    """What each expression over the column ``x`` gives for each text."""
    import ibis
    import pyarrow

    table = ibis.memtable(pyarrow.table({"n": list(range(len(texts))), "x": list(texts)}))
    made = {name: how(table.x) for name, how in expressions.items()}
    found: list[dict[str, Any]] = table.select("n", **made).order_by("n").to_pyarrow().to_pylist()
    return found


def test_hosts_mean_what_they_meant() -> None:
    texts = [*_texts(1, 1500), "chatgpt.com.:443", "CHATGPT.com", "a-.com", "a.b1", "a." + "b" * 64, "a." * 126 + "com"]
    changed = sure = 0
    for text, row in zip(
        texts,
        _asked(texts, text=lambda x: values.plain_host(x).text, sure=lambda x: values.plain_host(x).sure),
        strict=True,
    ):
        assert normalize.host(row["text"]) == normalize.host(text), text
        assert not row["sure"] or normalize.host(text) is not None, text
        changed += row["text"] != text
        sure += row["sure"]
    assert changed > 8 and sure > 5


def test_urls_name_the_host_they_named() -> None:
    texts = [
        *_texts(2, 1500),
        "https://ChatGPT.com:443/c?x",
        "HTTP://a.b-/",
        "chatgpt.com/x",
        "/chatgpt.com",
        "https://a.b:x/",
    ]
    changed = 0
    for text, row in zip(
        texts,
        _asked(texts, text=lambda x: values.place_of(x).text, sure=lambda x: values.place_of(x).sure),
        strict=True,
    ):
        before, after = normalize.url(text), normalize.url(row["text"])
        assert (before and before.host) == (after and after.host), text
        assert not row["sure"] or (before is not None and before.host is not None), text
        changed += row["text"] != text
    assert changed > 50


def test_paths_lead_to_the_signatures_they_led_to() -> None:
    known = Catalog.load()
    paths, names, matcher = _paths(known), Names(known), Matcher(known)
    rng = random.Random(3)
    hosts = [
        host for host in known.index.tables["url"] if isinstance(found := names.decide(host), Found) and found.needs_url
    ]
    ends = ("", "/", "/x", "/x?q", "?q=/", "#a", "x", "%2Fx", "/%63", "//", "/\u0130", " ")
    texts = []
    for _ in range(1500):
        path = rng.choice(sorted(paths))
        path = path.upper() if rng.random() < 0.2 else path
        texts.append(
            f"{rng.choice(('https://', 'HTTPS://', '', 'tunnel:///'))}{rng.choice(hosts)}{path}{rng.choice(ends)}"
        )
    shorter = 0
    for text, row in zip(texts, _asked(texts, text=lambda x: values.path_of(x, paths)), strict=True):
        before, after = normalize.url(text), normalize.url(row["text"])
        assert before is not None and after is not None and before.host == after.host, text
        assert bool(before.path) == bool(after.path), text
        one, other = (matcher.url(str(url.host), url.path) for url in (before, after))
        assert [(match.signature, match.pattern) for match in one] == [
            (match.signature, match.pattern) for match in other
        ], text
        shorter += len(row["text"]) < len(text)
    assert len(hosts) > 5 and shorter > 300
    (row,) = _asked(["/Chat/7/8?secret"], text=lambda x: values.path_of(x, ["/chat"]))
    assert row["text"] == "/chat/"


@pytest.mark.parametrize(
    "zone", [None, timezone(timedelta(hours=-5)), ZoneInfo("Europe/Berlin"), ZoneInfo("Australia/Lord_Howe")]
)
def test_offsets_are_those_of_the_zone(zone: Any) -> None:
    found = values.offsets(zone, (2024, 2027))
    rng = random.Random(4)
    changes = [datetime(1970, 1, 1) + timedelta(microseconds=one.begins) for one in found[1:]]
    assert len(changes) == (6 if isinstance(zone, ZoneInfo) else 0)
    times = [datetime(2024, 1, 1) + timedelta(seconds=rng.randrange(3 * 365 * 86400)) for _ in range(300)]
    for local in [*times, *changes, *(change - timedelta(microseconds=1) for change in changes)]:
        micros = (local - datetime(1970, 1, 1)) // timedelta(microseconds=1)
        shift = [one.shift for one in found if one.begins <= micros][-1]
        wanted = local.replace(tzinfo=zone).utcoffset() if zone else timedelta()
        assert timedelta(microseconds=shift) == wanted, local


def test_rows_that_may_be_in_a_window_are_not_left_out() -> None:
    import ibis
    import pyarrow

    noon = datetime(2026, 3, 2, 12, tzinfo=UTC)
    rows = [noon + timedelta(days=day) for day in range(-4, 5)]
    table = ibis.memtable(pyarrow.table({"aware": rows, "plain": [row.replace(tzinfo=None) for row in rows]}))
    since = int(noon.timestamp()) * 10**6
    for column in (table.aware, table.plain):
        when = values.moment([[column]], None)
        kept = table
        for bound in when.around(since, since + 1):
            kept = kept.filter(bound)
        assert kept.count().to_pyarrow().as_py() == 5  # two days on each side, whatever the zone
    assert list(values.moment([[table.aware], [table.plain]], None).around(since, None)) == []
