"""Keys in clear are told so that they can be recognised, and never themselves."""

from __future__ import annotations

from shadowai.sources.capture.clear_keys import ClearKeys, masked
from shadowai.sources.capture.ledger import At

AT = At(1, 0, b"", 0, 42)


def _key(number: int) -> bytes:
    return b"gsk_" + (b"%04d" % number) + b"AbCdEfGhIjKlMnOpQrStUvWxYz0123456789AbCdEfGhIjKl"


def test_a_key_is_remembered_once_with_its_first_frame() -> None:
    keys = ClearKeys(b"s")
    keys.look(b"Authorization: Bearer " + _key(1), AT)
    keys.look(b"Authorization: Bearer " + _key(1), AT._replace(frame=77))
    (sent,) = keys.sent
    assert (sent.key.kind, sent.key.last_four, sent.frame, sent.times) == ("groq", "IjKl", 42, 2)
    assert _key(1).decode() not in repr(keys.sent)


def test_twenty_are_remembered_and_the_rest_counted() -> None:
    keys = ClearKeys(b"s")
    for number in range(30):
        keys.look(_key(number), AT)
    assert len(keys.sent) == 20 and keys.further == 10


def test_the_hash_depends_on_the_secret() -> None:
    one, other = ClearKeys(b"s"), ClearKeys(b"t")
    one.look(_key(1), AT)
    other.look(_key(1), AT)
    assert one.sent[0].key.digest != other.sent[0].key.digest


def test_a_key_in_a_path_is_masked() -> None:
    found = ClearKeys(b"s").look(_key(1), AT)
    assert masked(f"http://x.example/{_key(1).decode()}/a", found) == "http://x.example/gsk_...IjKl/a"
    assert masked("http://x.example/", found) == "http://x.example/"
