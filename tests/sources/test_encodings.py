"""The encoding of a text is told by its first bytes; UTF-16 is read as UTF-8, however it arrives."""

from __future__ import annotations

import io
from typing import cast

import pytest

from shadowai.sources.encodings import Recoded, encoding_of

LINE = "10.0.0.1 chatgpt.com\r\n"


@pytest.mark.parametrize(
    ("head", "codec"),
    [
        (b"", "utf-8"),
        (LINE.encode(), "utf-8"),
        ("müller\n".encode("latin-1"), "utf-8"),
        (b"\xff\xfe", "utf-16-le"),
        (b"\xfe\xff", "utf-16-be"),
        (LINE.encode("utf-16-le"), "utf-16-le"),
        (LINE.encode("utf-16-be"), "utf-16-be"),
        (b"a\0" * 4, "utf-8"),
        (bytes(range(256)) * 8, None),
    ],
)
def test_the_encoding_of_a_beginning(head: bytes, codec: str | None) -> None:
    assert encoding_of(head) == codec


@pytest.mark.parametrize("codec", ["utf-16-le", "utf-16-be"])
@pytest.mark.parametrize("size", [1, 3, 1 << 16])
def test_a_text_is_recoded_whole(codec: str, size: int) -> None:
    text = "\ufeff" + LINE * 9 + "😀\ufeffx"
    inner = cast(io.BufferedReader, io.BufferedReader(io.BytesIO(text.encode(codec)), 7))
    recoded = Recoded(inner, codec)
    found = b""
    buffer = bytearray(size)
    while count := recoded.readinto(buffer):
        found += buffer[:count]
    assert found == (LINE * 9 + "😀\ufeffx").encode()
