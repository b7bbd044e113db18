"""JSON that nothing on its way acts upon."""

from __future__ import annotations

import json

import pytest

from shadowai.export.ascii_json import Json, dump, known
from tests.export.reports import HOSTILE, NUMBERS


@pytest.mark.parametrize("text", HOSTILE, ids=NUMBERS)
def test_a_hostile_text_is_ascii_wherever_it_stands(text: str) -> None:
    out = dump({text: [text, {"deep": text}]})
    assert all(0x20 <= ord(character) < 0x7F for character in out)
    same = text.replace("\udc80", "\\udc80").replace("\ud800", "\\ud800")
    assert json.loads(out) == {same: [same, {"deep": same}]}


def test_order_and_kinds_stay() -> None:
    assert dump({"b": 1, "a": None, "c": True, "d": 0.5, "e": []}) == '{"b":1,"a":null,"c":true,"d":0.5,"e":[]}'
    assert dump({"b": [1]}, indent=1) == '{\n "b": [\n  1\n ]\n}'


def test_unknown_is_left_out_and_zero_and_no_are_not() -> None:
    fields: dict[str, Json] = {"a": None, "b": "", "c": [], "d": {}, "e": 0, "f": False, "g": (), "h": "x"}
    assert known(fields) == {"e": 0, "f": False, "h": "x"}
