"""Keys in clear: found by their shape, shown without being given away. Every key here is made up on the spot."""

from __future__ import annotations

import itertools
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shadowai.wire import api_keys

SECRET = b"a secret of this installation"
MIXED = "aB3dE5gH7jK9mN1pQ"
HEXADECIMAL = "0a1b2c3d4e5f6789"
LETTERS = "aBcDeFgHiJkLmNoP"


def text(length: int, alphabet: str = MIXED) -> str:
    return "".join(itertools.islice(itertools.cycle(alphabet), length))


ALONE = [
    ("openai-api", "sk-proj-", text(140)),
    ("openai-api", "sk-svcacct-", text(60)),
    ("openai-api", "sk-", text(20) + "T3BlbkFJ" + text(20)),
    ("anthropic-api", "sk-ant-api03-", text(93) + "AA"),
    ("anthropic-claude", "sk-ant-oat01-", text(90)),
    ("openrouter", "sk-or-v1-", text(64, HEXADECIMAL)),
    ("litellm", "sk-litellm-", text(22)),
    ("google-api", "AIza", text(35)),
    ("groq", "gsk_", text(52)),
    ("hugging-face", "hf_", text(34, LETTERS)),
    ("replicate", "r8_", text(37)),
    ("xai-api", "xai-", text(80)),
    ("perplexity", "pplx-", text(48)),
    ("nvidia-nim", "nvapi-", text(64)),
    ("tavily", "tvly-dev-", text(32)),
    ("langsmith", "lsv2_pt_", text(32, HEXADECIMAL) + "_" + text(10, HEXADECIMAL)),
]
EXPECTED = [
    ("openai-style", "sk-", text(48)),
    ("elevenlabs", "sk_", text(48, HEXADECIMAL)),
    ("voyage", "pa-", text(43)),
    ("fireworks-ai", "fw_", text(24)),
]


@pytest.mark.parametrize(("kind", "prefix", "body"), ALONE)
@pytest.mark.parametrize(
    "place", ["Authorization: Bearer {}\r\n", "GET /v1?key={}&a=b HTTP/1.1", '{{"k":"{}"}}', "a%3D{} "]
)
def test_shapes_that_are_nobody_elses(kind: str, prefix: str, body: str, place: str) -> None:
    (found,) = api_keys.find(place.format(prefix + body).encode(), SECRET)
    assert (found.kind, found.prefix, found.last_four) == (kind, prefix, body[-4:])
    assert len(found.digest) == 16 and int(found.digest, 16) >= 0


@pytest.mark.parametrize(("kind", "prefix", "body"), EXPECTED)
def test_shapes_that_others_have_count_where_a_key_is_expected(kind: str, prefix: str, body: str) -> None:
    key = (prefix + body).encode()
    for place in (
        b"authorization: bearer %s\r\n",
        b"X-Api-Key: %s\r\n",
        b"xi-api-key:%s\r\n",
        b'"api_key": "%s"',
        b"?key=%s",
    ):
        assert [found.kind for found in api_keys.find(place % key, SECRET)] == [kind], place
    for place in (b"class=%s", b"see %s for more", b"/img/%s.png"):
        assert api_keys.find(place % key, SECRET) == (), place


def test_a_key_is_never_given_away() -> None:
    key = "sk-proj-" + text(140)
    (found,) = api_keys.find(f"Bearer {key}".encode(), SECRET)
    shown = repr(found)
    assert not any(key[i : i + 5] in shown for i in range(8, len(key) - 8))


def test_a_digest_recognises_a_key_under_one_secret_only() -> None:
    one, other = f"Bearer sk-proj-{text(140)}".encode(), f"Bearer sk-proj-{text(141)}".encode()
    digests = {api_keys.find(data, secret)[0].digest for data in (one, other) for secret in (SECRET, b"another")}
    assert len(digests) == 4
    assert api_keys.find(one + b"\r\n" + one, SECRET) == api_keys.find(one, SECRET)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"Bearer sk-" + b"x" * 48,  # a manual's placeholder
        b"Authorization: Bearer sk-short",
        b"task-" + text(48).encode(),
        b"risk-proj-" + text(48).encode(),
        b"hf_" + text(33, LETTERS).encode(),
        b"hf_" + text(35, LETTERS).encode(),
        b"AIza" + text(34).encode(),
        b"AIza" + text(36).encode(),
        b"xAIza" + text(35).encode(),
        b"sk-or-v1-" + text(63, HEXADECIMAL).encode(),
    ],
)
def test_what_is_no_key(data: bytes) -> None:
    assert api_keys.find(data, SECRET) == ()


def test_keys_are_bounded() -> None:
    data = b" ".join(b"hf_" + text(30, LETTERS).encode() + bytes((65 + n // 26, 65 + n % 26)) * 2 for n in range(200))
    assert len(api_keys.find(data, SECRET)) == 64


@pytest.mark.parametrize(
    "data",
    [
        b"sk-" * 80000,
        b" sk-" + b"a" * 250000,
        b"bearer sk-aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa " * 5000,
        b"bearer " * 30000,
        b" " * 250000,
    ],
    ids=["prefixes", "long", "keys", "words", "blanks"],
)
def test_linear_time(data: bytes) -> None:
    begun = time.perf_counter()
    api_keys.find(data, SECRET)
    assert time.perf_counter() - begun < 1


@given(st.binary(max_size=200), st.binary(min_size=1, max_size=8))
def test_any_bytes(data: bytes, secret: bytes) -> None:
    for found in api_keys.find(data, secret) + api_keys.find(b"Bearer sk-" + data, secret):
        assert len(found.last_four) == 4 and len(found.digest) == 16
