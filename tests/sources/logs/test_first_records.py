"""Of an unknown log the first records are taken apart as what they are, whatever stands around them."""

from __future__ import annotations

import io

import pytest

from shadowai.sources.container import Content
from shadowai.sources.logs.first_records import LINES, Table, columns_of

ROW = "2026-02-10T08:00:00Z,jdoe,chatgpt.com"
OBJECT = '{"time":"2026-02-10T08:00:00Z","user":{"name":"jdoe"},"host":"chatgpt.com"}'
PAIRS = "time=2026-02-10T08:00:00Z user=jdoe host=chatgpt.com"


def table(text: str) -> Table | None:
    return columns_of(Content("x.log", io.BytesIO(text.encode())))


@pytest.mark.parametrize(
    ("text", "family", "keys"),
    [
        (f"time,user,host\n{ROW}\n", "csv", ("time", "user", "host")),
        (f"Report of February\n\ntime,user,host\n{ROW}\n", "csv", ("time", "user", "host")),
        (f"{ROW}\n{ROW}\n", "csv_positional", (1, 2, 3)),
        (f"{OBJECT}\n", "json", ("time", "user.name", "host")),
        (f"[\n{OBJECT},\n{OBJECT}\n]\n", "json", ("time", "user.name", "host")),
        (f"{PAIRS}\n", "key_value", ("time", "user", "host")),
        (f"<134>Feb 10 08:00:00 gw1 app: {PAIRS}\n", "key_value", ("time", "user", "host")),
    ],
)
def test_the_family_and_the_columns(text: str, family: str, keys: tuple[str | int, ...]) -> None:
    found = table(text)
    assert found is not None and found.family == family and set(found.columns) == set(keys)
    assert {texts.example for texts in found.columns.values()} == {"2026-02-10T08:00:00Z", "jdoe", "chatgpt.com"}


def test_of_a_long_log_the_first_records_are_enough() -> None:
    found = table("time,user,host\n" + f"{ROW}\n" * (2 * LINES))
    assert found is not None and {len(texts.texts) for texts in found.columns.values()} == {LINES - 1}


@pytest.mark.parametrize("text", ["", "a line of words\n", "<html>\n"])
def test_what_has_no_columns_is_none(text: str) -> None:
    assert table(text) is None
