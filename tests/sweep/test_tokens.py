"""One request for a token, however many want it."""

from __future__ import annotations

import threading
import time

import pytest

from shadowai.connector import Token
from shadowai.sweep.redaction import Redactor
from shadowai.sweep.tokens import Tokens
from shadowai.tenant import TenantError, Trouble
from tests.sweep.service import VirtualClock


def test_many_threads_ask_once(clock: VirtualClock) -> None:
    asked: list[str] = []

    def fetch(audience: str) -> Token:
        asked.append(audience)
        time.sleep(0.02)
        return Token(f"value-{audience}")

    made = Tokens(fetch, clock, Redactor())
    got: list[Token] = []
    threads = [threading.Thread(target=lambda n=n: got.append(made.get("ab"[n % 2]))) for n in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(asked) == ["a", "b"] and len({token.value for token in got}) == 2


def test_a_refused_token_is_renewed_once_for_all(clock: VirtualClock) -> None:
    numbers = iter(range(10))
    made = Tokens(lambda audience: Token(f"value-{next(numbers)}", permissions=("A",)), clock, Redactor())
    old = made.get("")
    assert made.get("", instead_of=old).value == made.get("", instead_of=old).value == "value-1"
    assert made.permissions() == ("A",)


def test_what_is_secret_is_hidden(clock: VirtualClock) -> None:
    redactor = Redactor()
    Tokens(lambda audience: Token("the-value"), clock, redactor).get("")
    assert redactor("the-value") == "[hidden]"


@pytest.mark.parametrize(("trouble", "asked"), [(Trouble.CREDENTIALS, 1), (Trouble.UNREACHABLE, 3)])
def test_only_refused_credentials_are_not_tried_again(clock: VirtualClock, trouble: Trouble, asked: int) -> None:
    tries = []

    def fetch(audience: str) -> Token:
        tries.append(audience)
        raise TenantError(trouble, "no", remedy="r")

    made = Tokens(fetch, clock, Redactor())
    for _ in range(3):
        with pytest.raises(TenantError, match="no") as caught:
            made.get("")
        assert caught.value.remedy == "r"
    assert len(tries) == asked
