"""Where in a direction of a TCP connection the next HTTP request may begin.

It may begin where the one before it has its end: behind its head, its body, or the last of its chunks. Where segments are missing, that
end may be missing with them, and what begins as a request does may as well be a piece of somebody's upload, whose head was not captured.
The server tells: its answer acknowledges all that it had got when it began to answer, and who waits for the answer sends the next request
from there on (RFC 9112, section 9.3). Where its answers were not captured, the client's acknowledgments tell that there was one.
"""

from __future__ import annotations

from shadowai.sources.capture.http_framing import chunks
from shadowai.sources.capture.pieces import DUE, LOOK

_SEQUENCES = 0xFFFFFFFF
_HALF = 0x80000000
UNKNOWN, UPGRADED = -1, -2
"""Where the next request may begin is not known; behind one that asked for another protocol."""
_FINAL = 64
"""Bytes of an answer that is not just a leave to go on: one with a date is shorter (RFC 9110, sections 6.6.1 and 15.2.1)."""


class NextRequests:
    """What is known of that, by direction."""

    def __init__(self) -> None:
        self.due: dict[int, int] = {}
        """Of directions that hold HTTP requests: where the next may begin, or one of :data:`UNKNOWN`, :data:`UPGRADED`."""
        self.chunked: dict[int, bytes] = {}
        """Of those in the midst of a body in chunks, of which the next is where a request may else begin: what is there of the line with
        that chunk's size."""
        self.answered: dict[int, int] = {}
        """Of directions to which a server answered: up to where it had got what they sent."""
        self._doubted: dict[int, tuple[int, int]] = {}
        """Of directions in which what looks like a request was not believed: where that ends, and how much its sender had got by then."""

    def __contains__(self, id: int) -> bool:
        return id in self.due or id in self.answered

    def forget(self, id: int) -> None:
        """The flow ended."""
        for kept in (self.due, self.chunked, self.answered, self._doubted):
            kept.pop(id, None)

    def doubted(self, id: int, begin: int, end: int, acknowledged: int) -> None:
        """What looks like a request was not believed; its sender had got the other direction up to ``acknowledged``. One within the body of
        such a one is none."""
        known = self._doubted.get(id)
        if known is None or (begin - known[0]) & _SEQUENCES < _HALF:
            self._doubted[id] = (end, acknowledged)

    def go_on_behind_doubted(self, id: int, sequence: int, acknowledged: int) -> None:
        """A segment that begins where one that was not believed ended, be it a request or a piece of a body: its sender has got an answer
        meanwhile, if it acknowledges that much more."""
        if id in self._doubted:
            end, before = self._doubted[id]
            if sequence == end and got_answer(before, acknowledged):
                self.answered[id] = sequence

    def looking(self, id: int, sequence: int, length: int) -> int:
        """The verdict where nothing is collected: something may begin behind this segment."""
        due = self.due.get(id, UNKNOWN)
        behind = (due - sequence - length) & _SEQUENCES
        return DUE + due if due >= 0 and behind < _HALF and (behind or id in self.chunked) else LOOK

    def within_body(self, id: int, sequence: int) -> bool:
        """True for what lies before the place where the next request may begin."""
        due = self.due.get(id, UNKNOWN)
        return due >= 0 and (sequence - due) & _SEQUENCES >= _HALF

    def is_due(self, id: int, sequence: int) -> bool:
        """True where the message before has its end, or where the server had got all that was sent before when it answered. Elsewhere, with
        something missing before it, what looks like a request may as well be a piece of a body whose head is missing."""
        return sequence == self.answered.get(id) or self.is_behind_another(id, sequence)

    def is_behind_another(self, id: int, sequence: int) -> bool:
        """True where the message before has its end, by its own length."""
        return sequence == self.due.get(id) and id not in self.chunked

    def behind_what_was_read(self, id: int, sequence: int, payload: bytes, length: int) -> tuple[int, bytes, int]:
        """A segment without the request that was read already: it may be sent again together with the one behind it."""
        due = self.due.get(id, UNKNOWN)
        known = (due - sequence) & _SEQUENCES
        return (
            (due, payload[known:], length - known)
            if due >= 0 and 0 < known < len(payload)
            else (sequence, payload, length)
        )

    def behind_chunks(self, id: int, sequence: int, payload: bytes, length: int) -> tuple[int, bytes, int]:
        """A segment that begins where a chunk is due, without what of it belongs to the body."""
        begun = self.chunked[id]
        data, before = begun + payload, len(begun)
        found = chunks(data, 0)
        if found is None or (found.place < len(data) and not found.over and len(payload) < length):
            del self.chunked[id]
            self.due[id] = UNKNOWN
            return sequence, payload, length
        if found.over:
            del self.chunked[id]
        else:
            self.chunked[id] = data[found.place :]
        self.due[id] = (sequence - before + (found.place if found.over else max(found.place, len(data)))) & _SEQUENCES
        used = min(found.place - before, length) if found.over else length
        return (sequence + used) & _SEQUENCES, payload[used:], length - used

    def goes_on(self, id: int, due: int, chunked: bytes | None = None) -> None:
        """The next request is ``due``, or the next chunk of the body; one that was captured behind later ones says nothing of that."""
        known = self.due.get(id, UNKNOWN)
        if known >= 0 <= due and (due - known) & _SEQUENCES >= _HALF:
            return
        self.due[id] = due
        self.chunked.pop(id, None)
        if chunked is not None:
            self.chunked[id] = chunked


def got_answer(before: int, acknowledged: int) -> bool:
    """True where a client has got an answer between two of its segments, by what they acknowledge."""
    return _FINAL <= (acknowledged - before) & _SEQUENCES < _HALF
