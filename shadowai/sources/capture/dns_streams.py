"""DNS messages over TCP (RFC 7766, section 8), of which a capture may lack some: how they go on behind what is missing."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from shadowai.sources.capture.ledger import At
from shadowai.sources.capture.pieces import DNS_PORTS
from shadowai.sources.capture.stream import Stream
from shadowai.wire import dns

_SEQUENCES = 0xFFFFFFFF
_SHORTEST = 14
"""Bytes of a message's header, and of the length before it."""
_LONG_QUESTION = 3
"""The first byte of the longest length of a question that is believed where it stands alone."""
_KEPT = 512
"""Bytes in which a message that began in one segment may be told from what is before it, once the next is there."""

Tell = Callable[[Sequence[bytes], At], None]
"""Takes messages and where they were met."""


def read(stream: Stream, data: bytes, at: At, tell: Tell) -> bool:
    """Tell the whole messages with which the stream begins, and take them off it; true where there were any. In a doubtful one they
    begin somewhere: what is before them is dropped."""
    place = beginning(data, at) if stream.doubtful else 0
    if place < 0:
        _drop(stream, max(0, len(data) - _KEPT))
        return False
    messages, used = dns.tcp_messages(data[place:])
    stream.doubtful = False
    tell(messages, at)
    if place + used:
        _drop(stream, place + used)
    return used > 0


def go_on(stream: Stream, at: At, tell: Tell, *, final: bool) -> int:
    """Behind a gap, or behind the beginning of too long a message: tell what is there of the message before it and the messages among
    what waits, and let the stream begin with the rest of that. ``final``: there will be no more. Gives how often none could be found."""
    runs, lost = list(_runs(stream)), 0
    for sequence, run in runs:
        place = (_end(stream) - sequence) & _SEQUENCES
        if place > len(run):
            place = beginning(run, at)
        _tell_rest(stream, at, tell)
        lost += place < 0
        messages, used = dns.tcp_messages(run[place:]) if place >= 0 else ((), len(run))
        tell(messages, at)
        used += max(place, 0)
        stream.restart(sequence + used, run[used:])
        stream.doubtful = place < 0
    if final:
        _tell_rest(stream, at, tell)
    elif not runs:
        _tell_rest(stream, at, tell)
        stream.restart(_end(stream), b"")
    return lost


def _tell_rest(stream: Stream, at: At, tell: Tell) -> None:
    """Of a message that is not whole the question may be there."""
    if len(stream.data) > _SHORTEST and not stream.doubtful:
        tell((bytes(stream.data[2:]),), at)


def _end(stream: Stream) -> int:
    """Where the message ends with which the stream begins; where it begins itself as long as that is not known."""
    known = len(stream.data) > 1 and not stream.doubtful
    return stream.sequence(2 + int.from_bytes(stream.data[:2], "big") if known else 0)


def beginning(data: bytes, at: At) -> int:
    """Where in the bytes of a segment, and of those behind it, a message begins behind its length; -1 where none does. Only questions
    are looked for within: they have few forms."""
    to_server = int.from_bytes(at.key[-2:], "big") in DNS_PORTS
    if begins(data) and not (to_server and len(data) == 2 and data[0] > _LONG_QUESTION):
        return 0
    return dns.question_behind(data) if to_server else -1


def begins(payload: bytes) -> bool:
    """True where a segment, captured without those before it, may begin with a DNS message behind its length; one with a single
    question that names something, as far as it is there, or the length alone, which many send by itself."""
    if len(payload) <= _SHORTEST:
        return len(payload) == 2 and int.from_bytes(payload, "big") >= _SHORTEST - 2
    questions, answers, asks = payload[6:8], payload[8:10], payload[4] < 0x80
    if questions != b"\0\1" or (asks and answers != b"\0\0"):
        return False
    found = dns.message(payload[2 : 2 + int.from_bytes(payload[:2], "big")])
    return found is not None and found.question not in (None, b".")


def _drop(stream: Stream, used: int) -> None:
    stream.consume(used)
    stream.handed = len(stream.data) + sum(len(payload) for *_, payload in stream.waiting)
    stream.pieces = len(stream.waiting)


def _runs(stream: Stream) -> Iterator[tuple[int, bytes]]:
    """What waits, as far as it hangs together: sequence numbers and bytes."""
    while stream.waiting:
        first = min(stream.waiting)[2]
        run = Stream(first, stream.time, stream.frame)
        for _, _, sequence, payload in sorted(stream.waiting):
            run.add(sequence, payload, len(payload))
        stream.waiting = run.waiting
        yield first, bytes(run.data)
