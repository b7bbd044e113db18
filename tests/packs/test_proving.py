"""A pack proves itself, or is not believed."""

from __future__ import annotations

import pytest

from shadowai.errors import SignatureError
from shadowai.packs import manifest, proving
from tests.packs.making import ORIGIN, manifest_of, text

ONE = {"signatures/one.yaml": text("one"), "signatures/two.yaml": text("two")}


def test_the_catalogue_of_a_sound_pack() -> None:
    found = proving.prove(ONE, ORIGIN)
    assert list(found.signatures) == ["one", "two"]
    assert proving.counts(found) == (2, 2)


@pytest.mark.parametrize(
    ("name", "data", "says"),
    [
        ("two", text("one"), "is not its file name"),
        ("local-two", text("local-two"), "kept for an organisation's own"),
        ("two", b"[", "is not YAML"),
        ("two", b"id: two", "lacks"),
        ("two", text("two", strength="weak"), r"example 1 of tests\.match is strong, not weak"),
        ("two", text("two").replace(b"value: two.example", b"value: owt.example"), "is none, not strong"),
        ("two", text("two").replace(b"nottwo.example", b"a.two.example"), r"tests\.no_match is strong, not none"),
    ],
)
def test_one_bad_file_is_enough(name: str, data: bytes, says: str) -> None:
    with pytest.raises(SignatureError, match=says) as caught:
        proving.prove({"signatures/one.yaml": text("one"), f"signatures/{name}.yaml": data}, ORIGIN)
    assert caught.value.origin is not None and caught.value.origin.path == f"some.pack!signatures/{name}.yaml"


def test_a_signature_that_takes_another_s_example_away() -> None:
    grabbing = text("two", host="www.one.example")
    with pytest.raises(SignatureError, match=r"example 2 of tests\.match is none"):
        proving.prove({"signatures/one.yaml": text("one"), "signatures/two.yaml": grabbing}, ORIGIN)


def test_an_empty_pack() -> None:
    with pytest.raises(SignatureError, match="no signature"):
        proving.prove({}, ORIGIN)


def test_counts_are_counted() -> None:
    known = proving.prove(ONE, ORIGIN)
    proving.check_counts(manifest.parse(manifest_of(ONE), ORIGIN), known, ORIGIN)
    for key in ("signatures", "indicators"):
        with pytest.raises(SignatureError, match="miscounts"):
            proving.check_counts(manifest.parse(manifest_of(ONE, **{key: 3}), ORIGIN), known, ORIGIN)
