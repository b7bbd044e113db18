"""Objects of a list, or over several lines each: folded like lines, and found where they stand."""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from typing import Any

import pytest

from shadowai import fast
from shadowai.catalog import Catalog
from shadowai.sources.logs import bulk, formats
from shadowai.sources.logs.description import Json
from tests.fast.test_aside import _scan as aside
from tests.fast.test_layouts import FLAT_ONE, HOSTS, NESTED
from tests.fast.test_lines import _both as both
from tests.fast.test_pairs import folded, scanned
from tests.formats import expected

Write = Callable[[list[Any]], str]
SHAPES: dict[str, Write] = {
    "one line": json.dumps,
    "a line each": lambda objects: "[" + ",\n".join(map(json.dumps, objects)) + "]\n",
    "many lines": lambda objects: json.dumps(objects, indent=2),
    "an envelope": lambda objects: json.dumps({"status": "ok", "Records": objects, "count": len(objects)}, indent=1),
    "one behind the other": lambda objects: "\n".join(json.dumps(one, indent=2) for one in objects),
    "several lists": lambda objects: json.dumps(objects[:5]) + "\n" + json.dumps(objects[5:], indent=2),
    "Windows": lambda objects: json.dumps(objects, indent=2).replace("\n", "\r\n"),
}


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return Catalog.load()


def _objects(one: dict[str, Any], count: int = 20) -> list[Any]:
    text = json.dumps(one)
    return [json.loads(text.replace("chatgpt.com", HOSTS[place % 3])) for place in range(count)]


@pytest.mark.parametrize("one", [FLAT_ONE, NESTED], ids=["flat", "nested"])
@pytest.mark.parametrize("shape", SHAPES)
def test_objects_of_a_list_are_folded(
    shape: str, one: dict[str, Any], catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = SHAPES[shape](_objects(one))
    for size in (64, 1 << 20):
        both(text.encode(), catalog, monkeypatch, size)
    apart = {"one line": 0, "several lists": 0}.get(shape, 19)  # of objects in one line nothing tells which came first
    assert folded([text], "generic_json", catalog, monkeypatch) == apart


@pytest.mark.parametrize("shape", SHAPES)
def test_a_finding_tells_the_line_where_its_object_begins(
    shape: str, catalog: Catalog, monkeypatch: pytest.MonkeyPatch
) -> None:
    objects = [FLAT_ONE | {"dest_host": "www.example.com", "url": "https://www.example.com/"}] * 9
    objects[7] = FLAT_ONE
    text = SHAPES[shape](objects)
    begin = text.rindex("{", 0, text.index("chatgpt.com"))
    monkeypatch.delenv(fast.PURE, raising=False)
    found: Any = scanned(text.encode(), "generic_json", catalog, 1 << 20)
    (row,) = found[0]
    assert [origin.position for origin in row.evidence] == [text.count("\n", 0, begin) + 1]


def _as_objects(name: str) -> list[Any]:
    found = []
    for sample in expected.samples(name):
        for line in sample.read_bytes().split(b"\n"):
            try:
                one = json.loads(line)
            except ValueError:
                continue
            found += [one] if isinstance(one, dict) else []
    return found


JSON_FORMATS = sorted(name for name, one in formats().items() if isinstance(one.family, Json))


@pytest.mark.parametrize("name", JSON_FORMATS)
def test_lists_of_every_format(name: str, catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    """As the samples have them, in another shape each time, and broken."""
    chance = random.Random(name)
    objects = _as_objects(name)
    if not objects:
        return
    text = SHAPES[chance.choice(sorted(SHAPES))](objects * 3)
    both(text.encode(), catalog, monkeypatch, chance.choice((64, 512, 1 << 20)))
    at = chance.randrange(len(text))
    broken = text[:at] + chance.choice(('"', "}", "{", ",", "\n", "]", "\\", "\r")) + text[at + chance.randrange(2) :]
    both(broken.encode(), catalog, monkeypatch, chance.choice((64, 512, 1 << 20)))


def test_lines_between_objects_are_counted(catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    one = json.dumps(FLAT_ONE, indent=2)
    both(f"# head\n{one}\nwhat is this\n{one}\n{{\n{one[1:]}".encode(), catalog, monkeypatch)
    both(f'{one}\n{one[:-1]},\n"note": "two\nlines"}}\n{one}\n'.encode(), catalog, monkeypatch)


def test_numbers_are_places_of_their_own(catalog: Catalog, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of more objects than one block holds."""
    text = SHAPES["many lines"](_objects(FLAT_ONE, 3000))
    calls, fold = [0], bulk.LineFold.fold

    def counted(*args: Any) -> Any:
        calls[0] += 1
        return fold(*args)

    monkeypatch.setattr(bulk.LineFold, "fold", counted)
    both(text.encode(), catalog, monkeypatch, 1 << 16)
    assert calls[0] > 5 or fast.lines_module() is None


def test_what_objects_say_of_others_has_its_place(catalog: Catalog) -> None:
    """Sizes and connections by address of a list, in which each object begins in a line of its own: those of a FortiGate."""
    (sample,) = expected.samples("fortigate_json")
    objects = [json.loads(line) for line in sample.read_bytes().splitlines() if line]
    text = json.dumps(objects * 4, indent=1).encode()
    answers = []
    for pure in (False, True):
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv(fast.PURE, "1") if pure else patch.delenv(fast.PURE, raising=False)
            answers.append(aside(text, catalog, alone=False, told=("203.0.113.9",)))
    assert answers[0] == answers[1]
    assert answers[0][0][0]  # sizes
