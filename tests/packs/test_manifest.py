"""The manifest: what it may say, and that it is held to it."""

from __future__ import annotations

import json

import pytest

from shadowai.errors import SignatureError
from shadowai.packs import manifest
from tests.packs.making import ORIGIN, manifest_of

FILES = {"signatures/one.yaml": b"1", "signatures/two.yaml": b"22"}


def test_written_and_read_back() -> None:
    stated = manifest.parse(manifest_of(FILES, serial=202611210700), ORIGIN)
    assert (stated.pack, stated.serial, stated.signatures) == ("shadowai", 202611210700, 2)
    assert manifest.parse(stated.dump(), ORIGIN) == stated
    assert stated.dump() == manifest.parse(stated.dump(), ORIGIN).dump()
    stated.check_files(FILES, ORIGIN)


@pytest.mark.parametrize(
    ("files", "says"),
    [
        ({**FILES, "signatures/two.yaml": b"23"}, "two.yaml is not what the manifest says"),
        ({"signatures/one.yaml": b"1"}, "disagree about signatures/two.yaml"),
        ({**FILES, "signatures/three.yaml": b""}, "disagree about signatures/three.yaml"),
    ],
)
def test_other_files_than_listed(files: dict[str, bytes], says: str) -> None:
    with pytest.raises(SignatureError, match=says):
        manifest.parse(manifest_of(FILES), ORIGIN).check_files(files, ORIGIN)


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"format": 2}, "unknown format"),
        ({"pack": "../x"}, "pack is malformed"),
        ({"pack": "a" * 65}, "pack is malformed"),
        ({"serial": 0}, "serial is malformed"),
        ({"serial": True}, "serial is malformed"),
        ({"serial": 1.5}, "serial is malformed"),
        ({"serial": 10**16}, "serial is malformed"),
        ({"schema": "1"}, "schema is malformed"),
        ({"expires": "2027-1-1"}, "expires is malformed"),
        ({"expires": "20270131"}, "expires is malformed"),
        ({"created": None}, "created is malformed"),
        ({"min_engine": "1.x"}, "min_engine is malformed"),
        ({"files": []}, "files is malformed"),
        ({"files": {"a": "00"}}, "files is malformed"),
        ({"more": 1}, "other keys"),
    ],
)
def test_a_malformed_manifest_is_refused(changes: dict[str, object], says: str) -> None:
    with pytest.raises(SignatureError, match=says) as caught:
        manifest.parse(manifest_of(FILES, **changes), ORIGIN)
    assert caught.value.origin == ORIGIN and caught.value.remedy


@pytest.mark.parametrize("data", [b"", b"\xff", b"[" * 100_000, b"{", b"[]", b"1", b'{"format": 1}'])
def test_what_is_no_manifest_at_all(data: bytes) -> None:
    with pytest.raises(SignatureError):
        manifest.parse(data, ORIGIN)


def test_a_missing_key() -> None:
    stated = json.loads(manifest_of(FILES))
    del stated["expires"]
    with pytest.raises(SignatureError, match="other keys"):
        manifest.parse(json.dumps(stated).encode(), ORIGIN)


def test_versions_compare_by_number() -> None:
    assert manifest.numbers("0.10.1rc1") == (0, 10, 1)
    assert manifest.numbers("0.10") > manifest.numbers("0.9.9")
    assert manifest.numbers("1.0.0") == manifest.numbers("1")
    assert manifest.numbers("x") == ()
    assert manifest.is_version("0.1.0") and not manifest.is_version("0.1.0.dev1") and not manifest.is_version(1)


def test_content_depends_on_names_and_sums_and_not_on_their_order() -> None:
    pairs = [("a.yaml", "1"), ("b.yaml", "2")]
    assert manifest.content(pairs) == manifest.content(reversed(pairs))
    assert len({manifest.content(some) for some in (pairs, pairs[:1], [("a.yaml", "2"), ("b.yaml", "1")])}) == 3
