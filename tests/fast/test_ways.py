"""Names whose URLs decide, and conditions about names: the compiled fold asks about each once, and counts as the reference does."""

from __future__ import annotations

import io
import random
from collections import Counter
from dataclasses import replace
from datetime import date

import pytest

from shadowai import fast, fold_answers
from shadowai.catalog import Catalog
from shadowai.inventory import Inventory
from shadowai.names import Names
from shadowai.names_first import scan_file
from shadowai.policy import Policy
from shadowai.sources.container import Content
from shadowai.sources.logs import formats
from shadowai.sources.logs.description import LogFormat, When
from shadowai.sources.logs.logfile import LogFile

HEAD = "#Fields: date time c-ip cs-username cs-method cs-host cs-uri-path cs(User-Agent) sc-status s-action sc-bytes cs-bytes"
# The URLs decide of the first three: of one beyond a path, of the second for some paths only, of the third where they hold a word.
HOSTS = (
    "github.com",
    "raw.githubusercontent.com",
    "cdn.acme.example",
    "chatgpt.com",
    "api.openai.com",
    "intranet.example",
    "www.bing.com",
)
PATHS = (
    "/",
    "/copilot",
    "/copilot/chat",
    "/login",
    "/v1/chat/completions",
    "/chat",
    "/features/copilot?x=1",
    "/search?q=copilot",
)


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return Catalog.load()


@pytest.fixture(scope="module")
def lines() -> list[str]:
    draw = random.Random(11)
    return [
        HEAD,
        *(
            f"2026-01-05 08:{n // 60:02}:{n % 60:02} 192.0.2.{draw.randrange(5)} user{draw.randrange(4)} "
            f"{draw.choice(('GET', 'POST'))} {draw.choice(HOSTS)} {draw.choice(PATHS)} agent{draw.randrange(3)} "
            f"{draw.choice((200, 403))} {draw.choice(('TCP_MISS', 'TCP_DENIED'))} 20 10"
            for n in range(900)
        ),
    ]


def _scanned(lines: list[str], form: LogFormat, catalog: Catalog) -> object:
    log = LogFile(Content("x", io.BytesIO("\n".join(lines).encode())), formats(), forced=form, block_size=1 << 20)
    inventory = Inventory()
    scan_file(log, Names(catalog), inventory)
    rows = inventory.entries(
        "user", lookup=catalog.signatures.__getitem__, policy=Policy.empty(), today=date(2026, 3, 1)
    )
    assert rows
    return rows, inventory.candidates(), log.tally, list(log.gaps()), list(log.notes()), log.summary()


def _form(*, by_name: bool) -> LogFormat:
    form = formats()["bluecoat_main_elff"]
    about_names = When((("cs-host", "^api"),), "a condition about what changes with each line")
    return replace(form, uncounted=(*form.uncounted, about_names)) if by_name else form


@pytest.mark.parametrize("by_name", [False, True])
def test_the_same_as_the_reference(
    by_name: bool, lines: list[str], catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(fast.PURE, raising=False)
    found = _scanned(lines, _form(by_name=by_name), catalog)
    monkeypatch.setenv(fast.PURE, "1")
    assert found == _scanned(lines, _form(by_name=by_name), catalog)


def test_each_url_of_a_name_is_asked_about_once(
    lines: list[str], catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever the manner is: how many users, methods and browsers there are costs nothing."""
    asked: Counter[str] = Counter()
    for name in ("name", "url", "way"):
        one = getattr(fold_answers.FoldAnswers, name)

        def counting(self: object, *rest: object, name: str = name, one: object = one) -> object:
            asked[name] += 1
            return one(self, *rest)  # type: ignore[operator]

        monkeypatch.setattr(fold_answers.FoldAnswers, name, counting)
    monkeypatch.delenv(fast.PURE, raising=False)
    _scanned(lines, _form(by_name=False), catalog)
    if fast.lines_module() is not None:
        assert not asked["way"] and 0 < asked["name"] <= len(HOSTS)
        assert 0 < asked["url"] <= len(HOSTS) * len(PATHS)


def test_no_error_of_who_answers_is_lost(lines: list[str], catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object) -> object:
        raise MemoryError("way")

    monkeypatch.delenv(fast.PURE, raising=False)
    monkeypatch.setattr(fold_answers.FoldAnswers, "way", fails)
    if fast.lines_module() is not None:
        with pytest.raises(MemoryError, match="way"):
            _scanned(lines, _form(by_name=True), catalog)
