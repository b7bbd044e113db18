"""What waits is bounded, and what has no room is counted."""

from __future__ import annotations

from shadowai.listen.mailbox import Mailbox, Message


def test_messages_come_out_in_their_order() -> None:
    box = Mailbox()
    for number in range(3):
        box.put("192.0.2.1", b"%d" % number)
    assert box.take() == [Message("192.0.2.1", b"0"), Message("192.0.2.1", b"1"), Message("192.0.2.1", b"2")]
    assert (box.take(), box.received, box.dropped) == ([], 3, 0)


def test_what_has_no_room_is_dropped_and_counted() -> None:
    box = Mailbox(room=1000)
    for _ in range(10):
        box.put("192.0.2.1", b"x" * 100)
    assert (len(box.take()), box.received, box.dropped) == (3, 10, 7)
    box.put("192.0.2.1", b"x")
    assert len(box.take()) == 1


def test_senders_have_to_wait_before_anything_is_dropped() -> None:
    box = Mailbox(room=1000)
    assert not box.is_full
    box.put("192.0.2.1", b"x" * 400)
    assert box.is_full and not box.dropped
    box.take()
    assert not box.is_full
