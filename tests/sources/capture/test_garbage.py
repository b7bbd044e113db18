"""Reading a capture makes no circular garbage, and leaves as it was how often that is looked for."""

from __future__ import annotations

import gc

from shadowai.sources.capture.garbage import rare_garbage
from tests.captures import tls
from tests.captures.conversations import tcp
from tests.sources.capture.reading import CLIENT, SERVER
from tests.sources.capture.walking import walk

HELLO = tls.hello("chatgpt.com")


def test_flows_that_ended_are_no_garbage() -> None:
    talk = tcp(CLIENT, SERVER, 443).syn().send(HELLO).receive(b"x").fin()
    before = gc.get_threshold()
    gc.collect()
    walk(talk.frames)
    assert gc.get_threshold() == before
    gc.set_debug(gc.DEBUG_SAVEALL)
    try:
        gc.collect()
        assert not [each for each in gc.garbage if type(each).__name__ == "Side"]
    finally:
        gc.set_debug(0)
        gc.garbage.clear()


def test_where_garbage_is_never_looked_for_it_stays_so() -> None:
    before = gc.get_threshold()
    gc.set_threshold(0)
    try:
        with rare_garbage():
            assert gc.get_threshold()[0] == 0
    finally:
        gc.set_threshold(*before)
    with rare_garbage():
        assert gc.get_threshold()[0] >= 200_000
    assert gc.get_threshold() == before
