from __future__ import annotations

from shadowai.export.html.context import Context, InputFile, Reason
from tests.export.html.pages import written
from tests.export.reports import SMALL


def test_all_of_it_is_optional_and_nothing_is_guessed() -> None:
    page = written(SMALL, Context())
    assert page == written(SMALL)
    for absent in ('id="people"', 'id="drift"', "SHA-256", "written "):
        assert absent not in page


def test_each_part_shows() -> None:
    page = written(
        SMALL, Context(risks={"00000000000000a1": (Reason("a model's reason", 40),)}, written=1_767_600_000_000_000)
    )
    assert "a model&#39;s reason" in page and '<span class="points">40 points</span>' in page
    assert "written 2026-01-05T08:00:00Z" in page
    page = written(SMALL, Context(inputs=(InputFile("proxy.log", 2_000, "ab" * 32), InputFile("-", why="a stream"))))
    assert "ab" * 32 in page and "2.0 kB" in page and "no hash: a stream" in page
