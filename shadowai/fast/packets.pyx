# cython: language_level=3, boundscheck=True, wraparound=False, initializedcheck=True, cdivision=True, embedsignature=True
"""The compiled walk over a capture: containers, link layers, flows and plain names, without the interpreter.

Holds the contract of :class:`shadowai.sources.capture.flows.Table`: the same flows with the same counters, the same payloads
handed on in the same order. Whatever is not plain goes to the Python code that the reference engine uses: a record that
cannot be right, a block that is no frame, a tunnel, a fragment, a payload that is no simple hello or DNS message.

Rules of this file: captured bytes are read through ``byte``, ``two`` and ``four`` alone, which know how many there are;
no pointer into a buffer outlives the call that was given the buffer; nothing is kept without a bound.
"""

from cpython.bytes cimport PyBytes_AS_STRING, PyBytes_FromStringAndSize, PyBytes_GET_SIZE
from cpython.object cimport PyObject
from cpython.ref cimport Py_INCREF, Py_XDECREF
from libc.stdint cimport int64_t, uint8_t, uint16_t, uint32_t, uint64_t
from libc.stdlib cimport calloc, free, malloc, qsort, realloc
from libc.string cimport memcmp, memcpy, memmove, memset
from cpython.pythread cimport (
    PyThread_acquire_lock, PyThread_allocate_lock, PyThread_free_lock, PyThread_release_lock, PyThread_type_lock, WAIT_LOCK,
)

import io
import os
import stat
import threading
from os import fstat, urandom

from shadowai.sources.capture import ethernet as ethernet_layer
from shadowai.sources.capture import flows, hosts, internet, ledger, link, quic_names, tcp_names, tunnels
from shadowai.sources.capture.fragments import Fragments
from shadowai.sources.capture.packet import Fragment, Packet, Several, Undecoded
from shadowai.sources.capture.pcap import PcapReader
from shadowai.sources.capture.pcapng import PcapngReader
from shadowai.sources.capture.stream import Stream
from shadowai.wire import ai_protocols
from shadowai.wire import http as http_wire
from shadowai.wire import quic as quic_wire

cdef extern from *:
    """
    #if defined(__GNUC__) || defined(__clang__)
    #define soon(address) __builtin_prefetch(address)
    #else
    #define soon(address) ((void)(address))
    #endif
    """
    void soon(const void *address) noexcept nogil

cdef extern from *:
    """
    #ifdef _WIN32
    static long long read_at(int file, void *into, size_t size, long long offset) {
        (void)file; (void)into; (void)size; (void)offset;
        return -1;  /* never asked: see Table.start */
    }
    #else
    #include <unistd.h>
    #include <errno.h>
    static long long read_at(int file, void *into, size_t size, long long offset) {
        ssize_t got;
        do {
            got = pread(file, into, size, (off_t)offset);
        } while (got < 0 && errno == EINTR);
        return got;
    }
    #endif
    """
    long long read_at(int file, void *into, size_t size, long long offset) nogil


cdef bint FOR_WINDOWS = os.name == "nt"
HELD_HERE = object()
"""Stands for the beginning of a hello among Naming's streams while it is held here alone."""

include "captured.pxi"
include "layout.pxi"
include "hashing.pxi"
include "names.pxi"
include "requests.pxi"
include "plain.pxi"
include "quic.pxi"
include "frames.pxi"
include "ahead.pxi"


cdef int by_silence(const void *left, const void *right) noexcept nogil:
    cdef silent_t *a = <silent_t *> left
    cdef silent_t *b = <silent_t *> right
    if a.last != b.last:
        return -1 if a.last < b.last else 1
    return -1 if a.number < b.number else a.number > b.number


cdef int by_number(const void *left, const void *right) noexcept nogil:
    cdef silent_t *a = <silent_t *> left
    cdef silent_t *b = <silent_t *> right
    return -1 if a.number < b.number else a.number > b.number


cdef inline uint64_t once(flow_t *flow, int which) noexcept nogil:
    """Application bytes of a side, each byte of a TCP stream once."""
    cdef side_t *side = &flow.sides[which]
    return side.payload if flow.protocol == UDP or side.payload < side.span else side.span


cdef bint is_of_another(flow_t *flow, int which, packet_t *p) noexcept nogil:
    """True for a segment far from where a connection was closed: of another one, whose SYN was not captured."""
    cdef side_t *side = &flow.sides[which]
    cdef side_t *other = &flow.sides[1 - which]
    cdef uint32_t further = p.sequence - side.high
    if p.flags & (SYN | RST) or not side.bits & CLOSED or not side.bits & HIGH_KNOWN:
        return False
    if other.bits & HERE and not other.bits & CLOSED:
        return False
    return <uint32_t> OTHERS_FROM < further < <uint32_t> -OTHERS_FROM


cdef inline bint is_dns(uint16_t port) noexcept nogil:
    return port == 53 or port == 5353 or port == 5355


cdef inline bint has_dns_port(flow_t *flow) noexcept nogil:
    return is_dns(flow.a_port) or is_dns(flow.b_port)


cdef class Table:
    """Counts packets to flows: :class:`shadowai.sources.capture.flows.Table`, compiled.

    With ``naming``, which then must be what ``take`` belongs to, plain names that nobody asks for are settled here.
    """

    cdef object take, finish, naming, fragments_table, container
    cdef dict streams, servers, hosts_of_quic, frames_undecoded
    cdef Names names
    cdef Owners owners
    cdef Answers answers
    cdef QuicFlows quics
    cdef Plain plain
    cdef bint quick, full

    cdef place_t *index
    cdef uint32_t mask
    cdef flow_t **blocks
    cdef uint32_t block_count, slots_used
    cdef uint32_t *unused
    cdef size_t unused_count, unused_room
    cdef uint32_t *ended
    cdef size_t ended_count, ended_room
    cdef held_t *held
    cdef uint32_t held_count, held_free, hellos_held
    cdef uint64_t sides, most_sides, flow_count, named, streams_now, most_streams, stream_bytes, stream_pieces
    cdef uint64_t ech_names
    cdef uint64_t walked, others_count, fragment_count
    cdef bint[256] tcp_first
    cdef bint[256] silent_port
    cdef uint32_t[64] requests
    cdef int request_count
    cdef uint16_t[64] silent_ports
    cdef int silent_count
    cdef packet_t[TOGETHER] packets_together

    cdef readonly uint64_t let_go
    """Flows that had to be forgotten because there were too many."""
    cdef public uint64_t nameless
    """Flows that told no name and were settled here, since the owner last took the count away."""
    cdef public uint64_t lost
    """Flows with a name of which packets are missing that were settled here, likewise."""

    # state of a walk over a container
    cdef object reader, window, iterator, data
    cdef Ahead ahead
    cdef Bytes view  # what is walked over: ``data``, or a buffer of ``ahead``
    cdef int64_t base  # offset in the file of where ``view`` begins
    cdef bint is_pcap, started, over, is_ahead, lacking
    cdef size_t piece
    cdef int64_t thread_from
    cdef Py_ssize_t position
    cdef uint64_t number, snapped
    cdef int64_t time
    cdef bint big
    cdef shape_t shape  # of records
    cdef int next_decoded  # of the packets of the current piece
    cdef interface_t *interfaces
    cdef int interface_count

    def __cinit__(self, take, finish, limits, naming=None, *, size_t piece=1 << 20, int64_t thread_from=WORTH_A_THREAD):
        cdef int each
        self.piece, self.thread_from = piece, thread_from
        self.index = <place_t *> cleared(8192, sizeof(place_t))
        self.mask = 8191
        self.interfaces = <interface_t *> cleared(MOST_INTERFACES, sizeof(interface_t))
        self.held_free = 0xFFFFFFFF
        self.take, self.finish, self.naming = take, finish, naming
        self.quick = naming is not None
        self.most_sides = limits.flows
        self.most_streams, self.stream_bytes = limits.streams, limits.stream_bytes
        self.stream_pieces = limits.stream_pieces
        self.fragments_table = Fragments(datagrams=limits.fragments)
        self.frames_undecoded, self.servers, self.hosts_of_quic = {}, {}, {}
        if naming is not None:
            self.streams = naming._streams
            self.names, self.owners = Names(naming), Owners(naming)
            self.answers = Answers(limits.dns_answers)
            naming.answers = self.answers
            self.quics = QuicFlows(naming._udp.quic)
            self.plain = Plain()
            naming._udp.quic._opener = Opener()
            self.ech_names = len(naming.ech_names)
        for each in range(256):
            self.tcp_first[each] = flows._TCP_FIRSTS[each]
        words = [*flows.REQUESTS, flows._RESPONSE, flows._PROXY_2]
        if len(words) > 64:
            raise ValueError("more beginnings of requests than there is room for")
        for each, word in enumerate(words):
            self.requests[each] = word_at(<const uint8_t *> PyBytes_AS_STRING(word))
        self.request_count = len(words)

    def __dealloc__(self):
        cdef uint32_t each
        if self.ahead is not None:
            self.ahead.end()
        if self.blocks != NULL:
            for each in range(self.block_count):
                free(self.blocks[each])
        if self.held != NULL:
            for each in range(self.held_count):
                free(self.held[each].data)
        free(self.blocks)
        free(self.held)
        free(self.index)
        free(self.unused)
        free(self.ended)
        free(self.interfaces)

    @property
    def packets(self):
        """Frames counted so far."""
        return self.walked

    @property
    def flows(self):
        """How many flows there were."""
        return self.flow_count

    @property
    def fragments(self):
        """Frames that held a piece of a datagram."""
        return self.fragment_count

    @property
    def others(self):
        """Packets of protocols without ports."""
        return self.others_count

    @property
    def undecoded(self):
        """Reason to how often, and the first frames."""
        return self.frames_undecoded

    def fragments_limited(self):
        """Datagrams in pieces that were given up because there were too many at once, or that never became whole."""
        return self.fragments_table.limited + len(self.fragments_table)

    def fragments_refused(self):
        """Pieces that cannot be part of a whole datagram."""
        return self.fragments_table.refused

    # --- places -----------------------------------------------------------------------------------------------------------

    cdef inline flow_t *at(self, uint32_t slot) noexcept nogil:
        return &self.blocks[slot // BLOCK][slot % BLOCK]

    cdef uint32_t slot_of(self, flow_t *flow) noexcept nogil:
        """The slot of a flow that is found."""
        cdef uint32_t place = flow.hash & self.mask
        while self.index[place].hash != flow.hash or self.at(self.index[place].slot - 1) != flow:
            place = (place + 1) & self.mask
        return self.index[place].slot - 1

    cdef uint32_t new_slot(self) except? 0xFFFFFFFF nogil:
        if self.unused_count:
            self.unused_count -= 1
            return self.unused[self.unused_count]
        if self.slots_used == self.block_count * BLOCK:
            with gil:
                self.new_block()
        self.slots_used += 1
        return self.slots_used - 1

    cdef int new_block(self) except -1:
        cdef flow_t **blocks = <flow_t **> realloc(self.blocks, (self.block_count + 1) * sizeof(flow_t *))
        if blocks == NULL:
            raise MemoryError
        self.blocks = blocks
        blocks[self.block_count] = <flow_t *> malloc(BLOCK * sizeof(flow_t))
        if blocks[self.block_count] == NULL:
            raise MemoryError
        self.block_count += 1
        return 0

    cdef int free_slot(self, uint32_t slot) except -1 nogil:
        if self.unused_count == self.unused_room:
            with gil:
                self.unused_room = max(1024, 2 * self.unused_room)
                self.unused = <uint32_t *> grown(self.unused, self.unused_room * sizeof(uint32_t))
        self.unused[self.unused_count] = slot
        self.unused_count += 1
        return 0

    cdef int grow_index(self) except -1:
        cdef uint32_t mask = 2 * self.mask + 1, each, place
        cdef place_t *index = <place_t *> cleared(<size_t> mask + 1, sizeof(place_t))
        for each in range(self.mask + 1):
            if self.index[each].slot:
                place = self.index[each].hash & mask
                while index[place].slot:
                    place = (place + 1) & mask
                index[place] = self.index[each]
        free(self.index)
        self.index, self.mask = index, mask
        return 0

    cdef inline flow_t *find(self, packet_t *p, int *which, uint32_t *slot) noexcept nogil:
        cdef uint32_t place = p.hash & self.mask
        cdef flow_t *flow
        while self.index[place].slot:
            if self.index[place].hash == p.hash:
                slot[0] = self.index[place].slot - 1
                flow = self.at(slot[0])
                if flow.protocol == p.protocol and flow.width == p.width:
                    if (
                        flow.a_port == p.source_port
                        and flow.b_port == p.destination_port
                        and not memcmp(flow.a, p.source, p.width)
                        and not memcmp(flow.b, p.destination, p.width)
                    ):
                        which[0] = 0
                        return flow
                    if (
                        flow.b_port == p.source_port
                        and flow.a_port == p.destination_port
                        and not memcmp(flow.b, p.source, p.width)
                        and not memcmp(flow.a, p.destination, p.width)
                    ):
                        which[0] = 1
                        return flow
            place = (place + 1) & self.mask
        return NULL

    # --- counting ---------------------------------------------------------------------------------------------------------

    cdef int count(self, packet_t *p) except -1 nogil:
        """Count a packet to its flow, and look at its payload."""
        cdef int which = 0
        cdef uint32_t slot = 0
        cdef flow_t *flow = self.find(p, &which, &slot)
        cdef side_t *side
        if flow == NULL or not flow.sides[which].bits & HERE or p.flags & SYN or flow.sides[which].bits & CLOSED:
            flow = self.account(flow, slot, p, &which)
        side = &flow.sides[which]
        if p.flags & (FIN | RST):
            side.bits |= CLOSED
            if p.flags & RST:
                if flow.sides[1 - which].bits & HERE:
                    flow.sides[1 - which].bits |= CLOSED
                if side.bits & SYN_SEEN and not side.payload and p.sequence == side.isn:
                    side.bits |= REFUSED
        side.packets += p.counts
        side.bytes += p.wire
        if p.time > side.last:
            side.last = p.time
        if p.data.size < p.wire:
            side.cut += 1
        if p.length and p.with_payload:
            if p.protocol == TCP:
                self.tcp_payload(flow, which, p)
            else:
                side.payload += p.length
                self.udp_payload(flow, which, p)
        return 0

    cdef flow_t *account(self, flow_t *flow, uint32_t slot, packet_t *p, int *which) except NULL nogil:
        """The flow of a packet that is the first of its direction, or opens the connection, or comes when it is closed."""
        cdef side_t *side
        cdef uint32_t begin = p.sequence + 1
        if flow != NULL and flow.sides[which[0]].bits & HERE and p.flags & SYN:
            side = &flow.sides[which[0]]
            if begin != (side.isn if side.bits & SYN_SEEN else <uint32_t> (side.high - side.span)) and (
                side.bits & SYN_SEEN or side.payload > 0
            ):
                self.end(slot)
                flow = NULL
        elif flow != NULL and flow.sides[which[0]].bits & HERE and is_of_another(flow, which[0], p):
            self.end(slot)
            flow = NULL
        if flow == NULL:
            flow = self.begin(p)
            which[0] = 0
        side = &flow.sides[which[0]]
        if not side.bits & HERE:
            memset(side, 0, sizeof(side_t))
            side.bits = HERE
            side.first = side.last = p.time
            side.unseen = UNSEEN
            if which[0] and flow.sides[0].state == BOTH_DONE:
                side.state = DONE
            if p.protocol == UDP and (has_dns_port(flow) or p.destination_port == 3389):
                side.state = COLLECT
            self.sides += 1
        if p.flags & SYN and not side.bits & SYN_SEEN:
            side.isn = begin
            if not side.payload:
                side.high = begin
            side.bits |= SYN_SEEN | HIGH_KNOWN
            if not p.flags & ACK:
                side.bits |= OPENED
        return flow

    cdef flow_t *begin(self, packet_t *p) except NULL nogil:
        cdef uint32_t slot, place
        cdef flow_t *flow
        if self.sides >= self.most_sides:
            self.make_room()
        if 2 * self.sides > self.mask:
            with gil:
                self.grow_index()
        slot = self.new_slot()
        flow = self.at(slot)
        memset(flow, 0, sizeof(flow_t) - sizeof(side_t))
        flow.sides[1].bits = 0
        memcpy(flow.a, p.source, p.width)
        memcpy(flow.b, p.destination, p.width)
        flow.a_port, flow.b_port = p.source_port, p.destination_port
        flow.protocol, flow.width, flow.hash = p.protocol, p.width, p.hash
        self.flow_count += 1
        flow.number, flow.frame = self.flow_count, p.frame
        place = p.hash & self.mask
        while self.index[place].slot:
            place = (place + 1) & self.mask
        self.index[place].hash, self.index[place].slot = p.hash, slot + 1
        return flow

    cdef int end(self, uint32_t slot) except -1 nogil:
        """The flow is no longer found; it is finished with the others that end in this walk."""
        cdef flow_t *flow = self.at(slot)
        cdef uint32_t place = flow.hash & self.mask
        while self.index[place].slot != slot + 1:
            place = (place + 1) & self.mask
        vacate(self.index, self.mask, place)
        self.sides -= (flow.sides[0].bits & HERE) + (flow.sides[1].bits & HERE)
        return self.settle(slot)

    cdef int settle(self, uint32_t slot) except -1 nogil:
        """A flow that says nothing is done with; the others wait for the end of the walk."""
        cdef flow_t *flow = self.at(slot)
        if not flow.sides[1].bits & HERE:
            memset(&flow.sides[1], 0, sizeof(side_t))
        if flow.marks & NAMED and is_lost(flow):
            self.lost += 1
        if self.quick and not flow.marks & (HANDED_ON | HELD | ASKED_TOLD | QUIC | REQUEST | TOLD) and self.is_settled(flow):
            return self.free_slot(slot)
        if self.ended_count == self.ended_room:
            with gil:
                self.ended_room = max(1024, 2 * self.ended_room)
                self.ended = <uint32_t *> grown(self.ended, self.ended_room * sizeof(uint32_t))
        self.ended[self.ended_count] = slot
        self.ended_count += 1
        return 0

    cdef inline bint is_settled(self, flow_t *flow) noexcept nogil:
        """True where there is nothing to say of a flow that was not handed on."""
        return (
            flow.marks & NAMED
            or not (once(flow, 0) or once(flow, 1))
            or self.is_silent(flow.a_port)
            or self.is_silent(flow.b_port)
        )

    cdef inline bint is_silent(self, uint16_t port) noexcept nogil:
        cdef int each
        for each in range(self.silent_count):
            if self.silent_ports[each] == port:
                return True
        return False

    def silence(self, ports):
        """Ports between which no connection is asked for a name."""
        if len(ports) > 64:
            raise ValueError("more ports than there is room for")
        self.silent_count = 0
        for port in ports:
            self.silent_ports[self.silent_count] = port
            self.silent_count += 1

    cdef int make_room(self) except -1 nogil:
        """Let go of the half of the flows that was silent longest."""
        cdef silent_t *all
        cdef size_t count = 0, gone, each, kept
        cdef uint32_t place, slot
        cdef flow_t *flow
        all = <silent_t *> malloc((self.sides + 1) * sizeof(silent_t))
        if all == NULL:
            with gil:
                raise MemoryError
        for place in range(self.mask + 1):
            if self.index[place].slot:
                slot = self.index[place].slot - 1
                flow = self.at(slot)
                for each in range(2):
                    if flow.sides[each].bits & HERE:
                        all[count].last, all[count].number, all[count].slot = flow.sides[each].last, flow.number, slot
                        count += 1
        qsort(all, count, sizeof(silent_t), by_silence)
        gone = count // 2 + 1 if count else 0
        qsort(all, gone, sizeof(silent_t), by_number)
        for each in range(gone):
            if not each or all[each].slot != all[each - 1].slot:
                self.let_go += 1
                self.end(all[each].slot)
        free(all)
        return 0

    # --- payloads ---------------------------------------------------------------------------------------------------------

    cdef int tcp_payload(self, flow_t *flow, int which, packet_t *p) except -1 nogil:
        """Count a TCP payload; hand it on where it may begin or continue a name."""
        cdef side_t *side = &flow.sides[which]
        cdef uint32_t sequence = p.sequence, end, further, known = 0
        cdef bint begins = side.payload == 0, ahead = False
        cdef Py_ssize_t captured
        cdef int first, verdict
        if p.flags & SYN:
            sequence += 1
        end = sequence + <uint32_t> p.length
        if not side.bits & HIGH_KNOWN:
            side.bits |= HIGH_KNOWN
            side.high, side.span = end, p.length
        else:
            further = sequence - side.high
            ahead = 0 < further < <uint32_t> 0x80000000
            known = side.high - sequence
            further = end - side.high
            if further < <uint32_t> 0x80000000:
                side.span += further
                side.high = end
        side.payload += p.length
        if side.state >= DONE:
            return 0
        if known < p.length and not begins and side.state == LOOK:  # what follows bytes that were sent before may begin something
            p.start += known
            p.length -= known
            sequence += known
        captured = min(p.data.size - p.start, <Py_ssize_t> p.length)  # behind it is padding
        if captured <= 0:
            return 0
        if side.state == LOOK and not ahead:
            first = byte(p.data, p.start)
            if not side.bits & SYN_SEEN and side.unseen > 0:
                side.unseen -= 1
            elif (begins and (first == 4 or first == 5 or captured < 6)) or has_dns_port(flow):
                pass
            elif not self.tcp_first[first] or not self.may_begin(p.data, p.start, captured):
                return 0
        verdict = self.hello(flow, which, p, sequence, begins) if self.quick else -1
        if verdict < 0 and self.quick:
            verdict = self.http(flow, which, p, sequence)
        if verdict < 0 and self.quick:
            verdict = self.certificate(flow, which, p, sequence)
        if verdict < 0:
            with gil:
                verdict = self.hand_on(TCP_PIECE, flow, which, p, sequence)
        side.state = verdict
        if verdict == BOTH_DONE and flow.sides[1 - which].bits & HERE:
            flow.sides[1 - which].state = DONE
        return 0

    cdef bint may_begin(self, Bytes data, Py_ssize_t start, Py_ssize_t captured) except -1 nogil:
        """True where a TLS handshake, a request, a response or a PROXY header may begin."""
        cdef int each
        cdef uint32_t word
        if byte(data, start) == 0x16:
            return captured < 2 or byte(data, start + 1) == 3
        if byte(data, start) == 0x12:
            return (
                captured >= 10 and byte(data, start + 1) == 1
                and byte(data, start + 8) == 0x16 and byte(data, start + 9) == 3
            )
        if captured >= 4:
            word = word_at(some(data, start, 4))
            for each in range(self.request_count):
                if self.requests[each] == word:
                    return True
            return False
        for each in range(self.request_count - 2):  # what a response or a PROXY header begins with is not told by less
            if not memcmp(&self.requests[each], some(data, start, captured), captured):
                return True
        return False

    cdef int udp_payload(self, flow_t *flow, int which, packet_t *p) except -1 nogil:
        """Hand on a UDP payload that may hold a name."""
        cdef side_t *side = &flow.sides[which]
        cdef Bytes payload
        cdef int kind, first
        if side.state >= DONE:
            return 0
        payload.size = p.data.size - p.start
        if payload.size > p.length:
            payload.size = <Py_ssize_t> p.length
        if payload.size < 0:
            payload.size = 0
        payload.at = some(p.data, p.data.size - payload.size if p.start > p.data.size else p.start, payload.size)
        if p.gated and side.state != COLLECT:
            first = byte(payload, 0) if payload.size else 0x40
            if 0x40 <= first < 0x80:
                return 0
        if has_dns_port(flow):
            if self.quick and self.dns(flow, p, payload):
                side.state = COLLECT
                return 0
            kind = DNS_PIECE
        else:
            kind = udp_kind(payload, p.destination_port)
            if kind < 0:
                return 0
            if kind == QUIC_PIECE and self.quick and self.quic(flow, which, p, payload):
                side.state = LOOK
                return 0
        with gil:
            side.state = self.hand_on(kind, flow, which, p, 0)
        return 0

    cdef int hand_on(self, int kind, flow_t *flow, int which, packet_t *p, uint32_t sequence) except -1:
        """Hand a payload to Naming."""
        cdef side_t *side = &flow.sides[which]
        cdef object isn = -1
        if kind == TCP_PIECE:
            if flow.marks & HELD:
                self.hand_over(flow)
            if self.hellos_held and self.streams_now >= self.most_streams:
                self.hand_all_over()
            if side.bits & SYN_SEEN:
                isn = side.isn
        if flow.marks & QUIC:
            self.tell_quic(flow)
        if flow.marks & REQUEST:
            self.tell_request(flow)
        if kind != DNS_PIECE:
            flow.marks |= HANDED_ON
        elif flow.marks & (ASKED | ASKED_TOLD) == ASKED and self.quick:
            self.naming.asked.add(flow.number)
            flow.marks |= ASKED_TOLD
        payload = copied(p.data, p.start, p.start + <Py_ssize_t> p.length)
        verdict = self.take(
            kind, flow.number, which, isn, sequence, p.time, p.frame, payload, p.length, key_of(p), p.protocol
        )
        if self.quick:
            self.streams_now = len(self.streams)
            self.weigh()
            if kind == DNS_PIECE and (self.naming.told(flow.number) is not None or flow.number in self.quics.flows):
                flow.marks |= HANDED_ON  # no DNS, though at a port of it
            if kind == DNS_PIECE and not flow.marks & ASKED and flow.number in self.naming.asked:
                flow.marks |= ASKED | ASKED_TOLD
            if kind <= DNS_PIECE and self.ech_names != <uint64_t> len(self.naming.ech_names):
                self.ech_names = len(self.naming.ech_names)
                self.names.forget()
        return verdict

    # --- plain names ------------------------------------------------------------------------------------------------------

    cdef int dns(self, flow_t *flow, packet_t *p, Bytes data) except -1 nogil:
        """Settle a plain DNS message; 0 where Naming has to see it."""
        cdef uint8_t[256] text
        cdef address_t[MOST_ANSWERS] found
        cdef Py_ssize_t at = 0
        cdef int flags, size, count
        cdef name_t *name
        if data.size < 17 or two(data, 4) != 1:
            return 0
        flags = two(data, 2)
        if flags & 0x8000:
            count = two(data, 6)
            if flags & 0x780F or count > MOST_ANSWERS:
                return 0
            size = question(data, text, &at)
            if not size:
                return 0
            count = addresses(data, at, count, found)
            if count < 0:
                return 0
            if count and is_dns(p.source_port):
                with gil:
                    self.answered(flow, p, text, size, data, found, count)
            return 1
        if flags & ~0x0130 or two(data, 6) or two(data, 8) or two(data, 10) > 1:
            return 0
        size = question(data, text, &at)
        if not size:
            return 0
        name = self.names.find(text, size)
        if name == NULL:
            with gil:
                name = self.names.learn(text, size)
        if name.flags & AS_QUERY:
            with gil:
                self.tell_question(flow, p, text, size)
            return 1
        flow.marks |= ASKED
        self.named += 1
        return 1

    cdef int tell_question(self, flow_t *flow, packet_t *p, const uint8_t *text, int size) except -1:
        """Tell Naming of a question that is asked for."""
        flow.marks |= ASKED | ASKED_TOLD
        at = ledger.At(flow.number, 0, key_of(p), p.time, p.frame)
        self.naming._udp._query(PyBytes_FromStringAndSize(<const char *> text, size), at, False)
        return 0

    cdef int answered(
        self, flow_t *flow, packet_t *p, const uint8_t *text, int size, Bytes data, address_t *found, int count
    ) except -1:
        cdef name_t *name = self.names.find(text, size)
        cdef int each
        if name == NULL:
            name = self.names.learn(text, size)
        if name.host == NULL:
            return 0
        if not flow.marks & ASKED:
            self.naming.counts["unasked"] += 1
            return 0
        for each in range(count):
            self.answers.put(
                p.destination, p.width, <str> name.host,
                some(data, found[each].at, found[each].size), found[each].size, p.time, found[each].ttl,
            )
        return 0

    cdef int hello(self, flow_t *flow, int which, packet_t *p, uint32_t sequence, bint begins) except -2 nogil:
        """Settle a segment of a plain ClientHello; -1 where Naming has to see it.

        It begins where its side of the connection does: what stands elsewhere needs more thought.
        """
        cdef side_t *side = &flow.sides[which]
        cdef Bytes data
        cdef name_t *name
        cdef int size
        if flow.marks & (HANDED_ON | NAMED | TOLD) or p.data.size - p.start < p.length or has_dns_port(flow) or self.full:
            return -1
        if p.destination_port == 853:  # DNS over TLS is counted
            return -1
        data.at, data.size = some(p.data, p.start, <Py_ssize_t> p.length), <Py_ssize_t> p.length
        if flow.marks & HELD:
            return self.more_of_hello(flow, which, p, data, sequence)
        if side.state != LOOK or not (sequence == side.isn if side.bits & SYN_SEEN else begins):
            return -1
        size = hello_size(data)
        if not size or self.streams_now >= self.most_streams:
            return -1
        if data.size >= 5 + size:
            data.at, data.size = some(data, 5, size), size
            name = self.name_in(data)
            if name == NULL:
                return self.nameless_hello(flow, which, p) if side.bits & SYN_SEEN and is_nameless(data) else -1
            return self.named_hello(flow, which, p, data, name)
        if not side.bits & SYN_SEEN or 5 + size > LONGEST_HELD:
            return -1
        if <uint64_t> data.size > self.stream_bytes or not self.stream_pieces:
            return -1
        if self.streams_now >= self.most_streams - self.most_streams // 8:  # where all are handed over before long
            return -1
        with gil:
            self.hold(flow, self.slot_of(flow), which, p, data, sequence, 5 + size)
        return COLLECT

    cdef name_t *name_in(self, Bytes message) except? NULL nogil:
        """The server name of a hello; ``NULL`` where it has none that is plain."""
        cdef uint8_t[256] text
        cdef int size = server_name(message, text)
        cdef name_t *name
        if not size:
            return NULL
        name = self.names.find(text, size)
        if name == NULL:
            with gil:
                name = self.names.learn(text, size)
        return name

    cdef int named_hello(self, flow_t *flow, int which, packet_t *p, Bytes message, name_t *name) except -2 nogil:
        """Settle a whole hello whose name is plain; -1 where Naming has to say what it tells."""
        if name.flags & IN_DOUBT:
            return -1
        if name.flags & AS_HELLO:
            with gil:
                self.tell(flow, which, p, message, name, "tls_sni")
            return BOTH_DONE
        flow.marks |= NAMED
        self.named += 1
        return BOTH_DONE

    cdef int tell(self, flow_t *flow, int which, packet_t *p, Bytes message, name_t *name, str kind) except -1:
        """Tell Naming of a plain hello what it would have found in it."""
        text = PyBytes_FromStringAndSize(<const char *> &self.names.text[name.start], name.size)
        plain = None  # as good as one with an encrypted one within
        if name.flags & AS_OUTER and not has_encrypted(message):
            plain = copied(message, 0, message.size)
        self.naming.hello(ledger.At(flow.number, which, key_of(p), p.time, p.frame), text, kind, plain)
        flow.marks |= TOLD
        return 0

    cdef int nameless_hello(self, flow_t *flow, int which, packet_t *p) except -2 nogil:
        """A hello without a server name: the server's certificate may tell one."""
        with gil:
            self.naming.nameless_hello(ledger.At(flow.number, which, key_of(p), p.time, p.frame))
        flow.marks |= TOLD
        return DONE

    cdef int hold(self, flow_t *flow, uint32_t slot, int which, packet_t *p, Bytes data, uint32_t sequence, int size) except -1:
        """Keep the beginning of a hello. Something stands for its stream, so that Naming's limits count this one too."""
        cdef held_t *held = self.keep(flow, which, data, sequence, size)
        held.time, held.frame, held.slot, held.of_hello = p.time, p.frame, slot, True
        self.hellos_held += 1
        self.streams[flow.number * 2 + which] = HELD_HERE
        self.streams_now = len(self.streams)
        flow.marks |= HELD
        return 0

    cdef int hand_over(self, flow_t *flow) except -1:
        """Give Naming the stream that is held for the flow, where it has not given it up since."""
        cdef held_t *held = &self.held[flow.held]
        key = flow.number * 2 + held.which
        if self.streams.get(key) is HELD_HERE:
            stream = self.streams[key] = Stream(held.base, held.time, held.frame)
            stream.key = sender_key(flow, held.which)
            stream.add(held.base, PyBytes_FromStringAndSize(<const char *> held.data, held.have), held.have)
            stream.pieces = held.pieces
        return self.give_up(flow)

    cdef int hand_all_over(self) except -1:
        """Naming may have to let go of any stream: it gets them all."""
        cdef uint32_t each
        cdef flow_t *flow
        for each in range(self.held_count):
            if self.held[each].of_hello:
                flow = self.at(self.held[each].slot)
                self.hand_over(flow)
                flow.marks |= HANDED_ON
        return 0

    cdef held_t *keep(self, flow_t *flow, int which, Bytes data, uint32_t sequence, int size) except NULL:
        """A place for ``size`` bytes of one side of the flow that begin with ``data``."""
        cdef uint32_t place = self.held_free
        cdef held_t *held
        if place == <uint32_t> 0xFFFFFFFF:
            self.held = <held_t *> grown(self.held, (self.held_count + 1) * sizeof(held_t))
            place = self.held_count
            memset(&self.held[place], 0, sizeof(held_t))
            self.held_count += 1
        else:
            self.held_free = self.held[place].next_free
        held = &self.held[place]
        held.data = <uint8_t *> grown(NULL, size)
        memcpy(held.data, data.at, data.size)
        held.have, held.size, held.base, held.which, held.pieces = <uint32_t> data.size, size, sequence, which, 1
        flow.held = place
        return held

    cdef int more_of_hello(self, flow_t *flow, int which, packet_t *p, Bytes data, uint32_t sequence) except -2 nogil:
        cdef held_t *held = &self.held[flow.held]
        cdef Bytes whole
        cdef uint32_t wanted
        cdef name_t *name
        if held.which != which or sequence != held.base + held.have:
            return -1
        wanted = held.size - held.have
        if <uint64_t> data.size < wanted:
            with gil:
                return self.still_held(flow, held, data, sequence)
        memcpy(held.data + held.have, data.at, wanted)
        whole.at, whole.size = held.data + 5, held.size - 5
        name = self.name_in(whole)
        if name == NULL or name.flags & IN_DOUBT:
            return -1
        with gil:
            key = flow.number * 2 + which
            if self.streams.get(key) is not HELD_HERE:
                return -1
            del self.streams[key]
            self.streams_now = len(self.streams)
            self.named_hello(flow, which, p, whole, name)
            self.give_up(flow)
        return BOTH_DONE

    cdef int still_held(self, flow_t *flow, held_t *held, Bytes data, uint32_t sequence) except -2:
        if self.streams.get(flow.number * 2 + held.which) is not HELD_HERE:
            return -1
        if held.have + <uint64_t> data.size > self.stream_bytes or held.pieces + 1 > self.stream_pieces:
            return -1
        memcpy(held.data + held.have, data.at, data.size)
        held.have += <uint32_t> data.size
        held.pieces += 1
        return COLLECT

    cdef int give_up(self, flow_t *flow) except -1:
        """What is held for the flow is Naming's alone from now on, or needed no longer."""
        cdef held_t *held = &self.held[flow.held]
        free(held.data)
        self.hellos_held -= held.of_hello
        memset(held, 0, sizeof(held_t))
        held.next_free = self.held_free
        self.held_free = flow.held
        flow.marks &= ~(HELD | REQUEST)
        return 0

    cdef int http(self, flow_t *flow, int which, packet_t *p, uint32_t sequence) except -2 nogil:
        """Settle a plain request whose host nobody asks for, or its answer; -1 where Naming has to see it.

        Whether a host is asked for must not hang on what is asked of it. The request is kept, should Naming have to know of it
        after all.
        """
        cdef side_t *side = &flow.sides[which]
        cdef Bytes data
        cdef uint8_t[256] text
        cdef int size
        cdef uint32_t weight = 0
        cdef name_t *name
        if flow.marks & (HANDED_ON | HELD | TOLD) or p.data.size - p.start < p.length or side.state != LOOK:
            return -1
        if not side.bits & SYN_SEEN or sequence != side.isn or self.streams_now >= self.most_streams:
            return -1
        data.at, data.size = some(p.data, p.start, <Py_ssize_t> p.length), <Py_ssize_t> p.length
        if flow.marks & REQUEST:
            return LOOK if self.held[flow.held].which != which and self.plain.answer(data) else -1
        if flow.marks & NAMED or has_dns_port(flow) or p.destination_port == 853:
            return -1
        size = self.plain.request(data, text, &weight)
        if not size:
            return -1
        name = self.names.find(text, size)
        if name == NULL:
            with gil:
                name = self.names.learn(text, size)
        if name.flags & AS_HELLO:
            return -1
        with gil:
            # as its URL is shown, and once more its host
            weight += PER_REQUEST + <uint32_t> (len("http://") + 2 * len(<str> name.host))
            return self.keep_request(flow, which, p, data, sequence, weight)

    cdef int keep_request(
        self, flow_t *flow, int which, packet_t *p, Bytes data, uint32_t sequence, uint32_t weight
    ) except -2:
        cdef object naming = self.naming, limits = naming._limits
        cdef held_t *held
        if (
            naming._requests >= limits.requests
            or limits.names_per_flow < 1
            or naming._weight + weight > limits.request_bytes
        ):
            return -1
        held = self.keep(flow, which, data, sequence, <int> data.size)
        held.time, held.frame, held.weight = p.time, p.frame, weight
        naming._requests += 1
        naming._weight += weight
        flow.marks |= REQUEST | NAMED
        self.named += 1
        return LOOK

    cdef int tell_request(self, flow_t *flow) except -1:
        """Tell Naming of a request: all but the counts, which it has."""
        cdef held_t *held = &self.held[flow.held]
        naming = self.naming
        apart = type(naming)(naming._limits, naming.wanted, b"")
        request = PyBytes_FromStringAndSize(<const char *> held.data, held.have)
        apart.take(
            TCP_PIECE, flow.number, held.which, held.base, held.base, held.time, held.frame, request, held.have,
            sender_key(flow, held.which), TCP,
        )
        naming._told[flow.number] = apart.told(flow.number)
        naming._tcp._next.update(apart._tcp._next)
        self.give_up(flow)
        flow.marks &= ~NAMED
        return 0

    cdef int certificate(self, flow_t *flow, int which, packet_t *p, uint32_t sequence) except -2 nogil:
        """Settle the plain answer to a hello without a name; -1 where Naming has to see it."""
        cdef side_t *side = &flow.sides[which]
        cdef Bytes data
        cdef name_t *name
        if flow.marks != TOLD or not side.bits & SYN_SEEN or sequence != side.isn or side.state != LOOK:
            return -1
        if p.data.size - p.start < p.length or self.streams_now >= self.most_streams:
            return -1
        data.at, data.size = some(p.data, p.start, <Py_ssize_t> p.length), <Py_ssize_t> p.length
        if not leaf(data, &data) or data.size > LONGEST_CERTIFICATE:
            return -1
        name = self.owners.find(data.at, data.size)
        with gil:
            if name == NULL:
                name = self.owners.learn(data.at, data.size)
            told = self.naming.of(flow.number, 1 - which)
            if told is None:
                pass
            elif name.host == NULL:
                self.naming.counts["certificate_of_many"] += 1
            else:
                self.naming.see(told, ledger.Seen(
                    "tls_certificate", <object> name.host, p.frame, p.time, 1 - which, inferred=True
                ))
        return DONE

    cdef bint quic(self, flow_t *flow, int which, packet_t *p, Bytes data) except -1 nogil:
        """Settle a datagram whose Initial tells nothing that anybody asks for; false where Naming has to see it."""
        cdef initial_t initial
        cdef initial_keys keys
        cdef quic_t *state = NULL
        cdef int found
        cdef bint other = True
        if flow.marks & HANDED_ON or p.destination_port == 853:  # DNS over QUIC is counted
            return False
        if flow.marks & QUIC and flow.marks & NAMED and flow.held != <uint32_t> which:
            return True
        found = self.quics.initial_in(data, &initial)
        if found <= 0:
            return found == 0
        if flow.marks & QUIC:
            with gil:
                state = self.quics.find(flow.number)
            if state == NULL or state.failures >= MOST_FAILURES:
                return False
        cdef Py_ssize_t size = -1
        if state != NULL and state.connected:
            if state.id_size == initial.id.size and not memcmp(state.id, initial.id.at, state.id_size):
                if state.version != initial.profile.version:
                    return False
                other = False
        if other:
            initial_derive(&keys, &initial.profile.salt, initial.profile.prefix, initial.id.at, initial.id.size)
            size = self.quics.opened(&keys, &initial)
            if size >= 0 and state != NULL and state.connected:
                return False  # another connection between the same ports
        if size < 0 and state != NULL and state.connected:
            if state.version != initial.profile.version:
                return False  # perhaps the same connection in another version
            size = self.quics.opened(&state.keys, &initial)
            other = False
        if size < 0:
            if state == NULL:
                with gil:
                    state = self.begin_quic(flow)
            state.failures += 1
            return True
        if state != NULL and state.done:
            return True
        return self.quic_frames(flow, which, p, &initial, state, &keys if other else NULL, size)

    cdef bint quic_frames(
        self, flow_t *flow, int which, packet_t *p, initial_t *initial, quic_t *state, initial_keys *keys, Py_ssize_t size
    ) except -1 nogil:
        """Take the frames of an Initial that was opened, with ``keys`` if it is the first of its connection."""
        cdef crypto_t *scratch = self.quics.scratch
        cdef Bytes plain, message
        cdef bint whole = False
        cdef name_t *name = NULL
        scratch.have = scratch.used = scratch.count = 0
        if state != NULL and state.crypto != NULL:
            memcpy(scratch, state.crypto, sizeof(crypto_t))
        plain.at, plain.size = self.quics.plain, size
        if not take_frames(scratch, plain):
            return False
        message.at, message.size = scratch.head, scratch.have
        if message.size >= 4:
            size = 4 + (byte(message, 1) << 16 | two(message, 2))
            whole = message.size >= size
            message.size = min(message.size, size)
        if whole:
            name = self.name_in(message) if byte(message, 0) == 1 and not self.full else NULL
            if name == NULL or name.flags & IN_DOUBT:
                return False
        with gil:
            if state == NULL:
                state = self.begin_quic(flow)
            if keys != NULL:
                state.keys, state.version, state.connected = keys[0], initial.profile.version, True
                state.which, state.time, state.frame = which, p.time, p.frame
                state.id_size = <uint8_t> initial.id.size
                memcpy(state.id, initial.id.at, initial.id.size)
            if not whole:
                if state.crypto == NULL:
                    state.crypto = <crypto_t *> grown(NULL, sizeof(crypto_t))
                    self.quics.awaits(flow.number, True)
                memcpy(state.crypto, scratch, sizeof(crypto_t))
                return True
            if state.crypto != NULL:
                free(state.crypto)
                state.crypto = NULL
                self.quics.awaits(flow.number, False)
            if name.flags & AS_HELLO:
                self.tell(flow, which, p, message, name, "quic_sni")
            else:
                self.hosts_of_quic[flow.number] = <object> name.host
                self.named += 1
        flow.held = which
        state.done = True
        flow.marks |= NAMED
        return True

    cdef quic_t *begin_quic(self, flow_t *flow) except NULL:
        flow.marks |= QUIC
        return self.quics.new(flow.number)

    cdef int tell_quic(self, flow_t *flow) except -1:
        """Tell Naming all that is known of a flow of QUIC."""
        self.quics.tell(flow.number, flow)
        flow.marks &= ~QUIC
        if flow.marks & TOLD:
            flow.marks &= ~NAMED
        elif flow.marks & NAMED:
            told = self.naming.of(flow.number, flow.held)
            told.hellos, told.count, told.host = 1, 1, self.hosts_of_quic.pop(flow.number)
            flow.marks &= ~NAMED
        return 0

    cdef int end_quic(self, flow_t *flow) except -1:
        cdef quic_t *state = self.quics.find(flow.number)
        if state != NULL and state.crypto != NULL:
            self.tell_quic(flow)
            flow.marks |= HANDED_ON
            return 0
        if state != NULL:
            del self.quics.flows[flow.number]
        if flow.marks & NAMED and not flow.marks & TOLD:
            del self.hosts_of_quic[flow.number]
        flow.marks &= ~QUIC
        return 0

    # --- frames --------------------------------------------------------------------------------------------------------

    cdef int handle(self, packet_t *p) except -1 nogil:
        if p.fate == COUNTED:
            return self.count(p)
        if p.fate == NO_PORTS:
            self.others_count += 1
        elif p.fate == BY_PYTHON:
            with gil:
                self.by_python(p)
        return 0

    cdef int by_python(self, packet_t *p) except -1:
        """A frame that is not plain: as :meth:`shadowai.sources.capture.flows.Table._slow`."""
        data = copied(p.data, 0, p.data.size)
        cdef uint32_t wire = p.wire
        found = link.dissect(p.link, data)
        if not isinstance(found, Several):
            return self.found(p, found, data, wire)
        for part, size in zip(found.parts, (max(wire - sum(found.sizes), 0), *found.sizes)):
            self.found(p, part, data, size)
        return 0

    cdef int found(self, packet_t *p, object found, bytes data, uint32_t wire) except -1:
        """As :meth:`shadowai.sources.capture.flows.Table._found`."""
        cdef uint64_t frame = p.frame
        if isinstance(found, Fragment):
            self.fragment_count += 1
            whole = self.fragments_table.add(found, data, p.time)
            if found.first is not None:
                self.count_found(p, found.first, data, wire, 1, found.cut)
            if whole is not None:
                self.count_whole(p, found, whole, wire)
        elif isinstance(found, Undecoded):
            if found.lost:
                told = self.frames_undecoded.setdefault(found.reason, [0])
                told[0] += 1
                if len(told) <= 5:
                    told.append(frame)
        else:
            self.count_found(p, found, data, wire, 1, True)
        return 0

    cdef int count_whole(self, packet_t *p, object fragment, bytes datagram, uint32_t wire) except -1:
        size = len(datagram)
        found = internet.transport(
            fragment.protocol, fragment.source, fragment.destination, datagram, 0, size, size, fragment.depth
        )
        if isinstance(found, Packet):
            if found.depth > fragment.depth:
                self.count_found(p, found, datagram, wire, 1, True)
            else:
                self.count_found(p, found, datagram, 0, 0, True)
        return 0

    cdef int count_found(
        self, packet_t *frame, object found, bytes data, uint32_t wire, uint64_t counts, bint with_payload
    ) except -1:
        """Count a packet that Python found."""
        cdef packet_t packet
        cdef bytes source = found.source, destination = found.destination
        packet.protocol = 0
        if found.protocol != TCP and found.protocol != UDP:
            self.others_count += 1
            return 0
        if len(source) != len(destination) or len(source) not in (4, 16):
            raise ValueError("addresses have 4 or 16 bytes")
        memset(&packet, 0, sizeof(packet_t))
        packet.data.at, packet.data.size = <const uint8_t *> PyBytes_AS_STRING(data), PyBytes_GET_SIZE(data)
        packet.source, packet.destination = <const uint8_t *> PyBytes_AS_STRING(source), <const uint8_t *> PyBytes_AS_STRING(destination)
        packet.width = <uint8_t> len(source)
        packet.time, packet.frame, packet.wire, packet.counts = frame.time, frame.frame, wire, counts
        packet.protocol, packet.flags = found.protocol, found.flags & 0xFF
        packet.sequence = found.sequence
        packet.source_port, packet.destination_port = found.source_port, found.destination_port
        packet.start, packet.length, packet.with_payload = found.start, found.length, with_payload
        packet.hash = key_hash(&packet)
        return self.count(&packet)

    # --- the walk ---------------------------------------------------------------------------------------------------------

    def walk(self, frames, uint64_t most=1 << 16):
        """Count up to ``most`` frames; false once there are no more.

        ``frames`` is an iterable of frames or, which is much faster, the :class:`~shadowai.sources.capture.frames.Container`
        that would give them; always the same one.
        """
        cdef uint64_t taken = 0
        if self.quick:
            self.streams_now = len(self.streams)
            self.weigh()
        try:
            if hasattr(frames, "frames"):
                if not self.started:
                    self.start(frames)
                taken = self.walk_frames(self.iterator, most) if self.iterator is not None else self.walk_container(most)
            else:
                taken = self.walk_frames(frames, most)
        finally:
            self.rest()
            self.told()
        return taken == most

    cdef int weigh(self) except -1:
        """Whether every further name is one too many, which Naming has to count."""
        cdef object naming = self.naming, limits = naming._limits
        self.full = (
            limits.names_per_flow < 1 or naming._requests > limits.requests or naming._weight > limits.request_bytes
        )
        return 0

    cdef uint64_t walk_frames(self, frames, uint64_t most) except? 0xFFFFFFFFFFFFFFFF:
        cdef uint64_t taken = 0
        if most:
            for frame in frames:
                self.take_frame(tuple(frame))
                taken += 1
                if taken == most:
                    break
        return taken

    def close(self):
        """Finish the flows that are still open, in the order in which they began."""
        cdef size_t count = 0, each
        cdef uint32_t place
        cdef silent_t *all = <silent_t *> cleared(self.sides + 1, sizeof(silent_t))
        try:
            for place in range(self.mask + 1):
                if self.index[place].slot:
                    all[count].slot = self.index[place].slot - 1
                    all[count].number = self.at(all[count].slot).number
                    count += 1
            memset(self.index, 0, (<size_t> self.mask + 1) * sizeof(place_t))
            self.sides = 0
            qsort(all, count, sizeof(silent_t), by_number)
            for each in range(count):
                self.settle(all[each].slot)
        finally:
            free(all)
        self.told()
        if self.ahead is not None:
            self.ahead.end()

    cdef int told(self) except -1:
        """Tell the owner of what came to an end in a walk."""
        cdef size_t each
        cdef uint32_t slot
        cdef flow_t *flow
        cdef bint may_tell = False
        if self.quick and self.named:
            self.naming.named += self.named
            self.named = 0
        for each in range(self.ended_count):
            slot = self.ended[each]
            flow = self.at(slot)
            if flow.marks & HELD:
                self.hand_over(flow)
                flow.marks |= HANDED_ON
            if flow.marks & QUIC:
                self.end_quic(flow)
            if flow.marks & REQUEST and may_tell:  # an earlier flow's rest may hold a name, and this request counts until then
                self.lost -= is_lost(flow)  # the owner counts it
                self.tell_request(flow)
                flow.marks |= HANDED_ON
            elif flow.marks & REQUEST:
                self.naming._requests -= 1
                self.naming._weight -= self.held[flow.held].weight
                self.give_up(flow)
            if flow.marks & HANDED_ON and self.quick:
                may_tell = may_tell or 2 * flow.number in self.streams or 2 * flow.number + 1 in self.streams
            if not self.quick or flow.marks & (HANDED_ON | TOLD):
                self.finish(as_tuple(flow))
            elif self.is_settled(flow):
                self.naming.asked.discard(flow.number)
            elif self.may_be_told(flow):
                self.finish(as_tuple(flow))
            else:
                self.nameless += 1
            self.free_slot(slot)
        self.ended_count = 0
        return 0

    cdef bint may_be_told(self, flow_t *flow) except -1:
        """True where a flow that told no name may be one that is asked for: the client's own DNS answers give one name for
        its server, or the server's address is asked for itself."""
        cdef int client = opener(flow), which
        cdef int64_t first = began(flow)
        cdef bint only = client >= 0
        if client < 0:
            client = 1 if flow.a_port < 1024 <= flow.b_port else 0
        for which in (client, 1 - client):
            if which != client and only:
                break
            if which == 0:
                found = self.answers.at(flow.a, flow.width, flow.b, flow.width, first)
            else:
                found = self.answers.at(flow.b, flow.width, flow.a, flow.width, first)
            if len(found) == 1:
                return True
        cdef const uint8_t *end = flow.a
        if client == 0:
            end = flow.b
        server = PyBytes_FromStringAndSize(<const char *> end, flow.width)
        asked = self.servers.get(server)
        if asked is None:
            if len(self.servers) >= MOST_NAMES:
                self.servers.clear()
            wanted = self.naming.wanted
            asked = self.servers[server] = wanted is None or wanted(hosts.address(server), None)
        return asked

    cdef int take_frame(self, tuple frame) except -1:
        """A frame that Python read."""
        cdef packet_t packet
        cdef bytes data = frame[3]
        packet.data.at, packet.data.size = <const uint8_t *> PyBytes_AS_STRING(data), PyBytes_GET_SIZE(data)
        packet.frame, packet.time, packet.link, packet.wire = frame[0], frame[1], frame[2], frame[4]
        decode(&packet)
        self.handle(&packet)
        self.walked += 1
        return 0

    cdef int start(self, container) except -1:
        self.container = container
        self.reader = reader = container._reader
        self.started = True
        if type(reader) not in (PcapReader, PcapngReader) or getattr(reader, "_stop", None) is not None:
            self.iterator = container.frames()
            return 0
        self.window = reader._window
        self.is_pcap = isinstance(reader, PcapReader)
        if self.is_pcap:
            layout = reader.layout
            self.shape.big, self.shape.head, self.shape.unit = container.header.order == ">", layout.size, layout.unit
            self.shape.nano, self.shape.link, self.shape.known = layout.nano, layout.link_type, True
        else:
            self.data = self.window.slide(0, 12)
            self.over = not self.data
        self.begin_view()
        self.look_ahead()
        return 0

    cdef uint64_t walk_container(self, uint64_t most) except? 0xFFFFFFFFFFFFFFFF:
        return self.walk_pcap(most) if self.is_pcap else self.walk_pcapng(most)

    cdef int look_ahead(self) except -1:
        """Read the file itself where the stream is just that."""
        stream = self.window._stream
        raw = getattr(stream, "raw", None)
        if type(stream) is not io.BufferedReader or type(raw) is not io.FileIO or self.window._follow is not None:
            return 0
        status = fstat(raw.fileno())
        if FOR_WINDOWS or not stat.S_ISREG(status.st_mode):
            return 0
        if stream.tell() != self.window.base + len(self.window.data):
            return 0
        cdef bint threaded = status.st_size - stream.tell() >= self.thread_from
        self.ahead = Ahead(raw.fileno(), FRONT, self.piece, threaded)
        if threaded:
            threading.Thread(target=self.ahead.serve, name="read ahead", daemon=True).start()
        return 0

    cdef int begin_view(self) except -1:
        """Walk over what the window holds."""
        cdef bytes data
        self.position = 0
        if self.is_pcap:
            stretch = self.reader.stretch()
            self.data, self.position, self.number = stretch.data, stretch.position, stretch.number
            self.shape.low, self.shape.high, self.shape.biggest = stretch.low, stretch.high, stretch.biggest
            self.over = self.reader.over
        data = self.data
        self.view.at, self.view.size = <const uint8_t *> PyBytes_AS_STRING(data), PyBytes_GET_SIZE(data)
        self.base = self.window.base
        self.is_ahead = False
        return 0

    cdef bint more(self) except -1 nogil:
        """Put the next piece of the file behind what is left; false where it is the window that has to."""
        cdef Py_ssize_t left = self.view.size - self.position
        cdef int64_t got
        cdef const uint8_t *rest
        if not self.lacking or <size_t> left > self.ahead.front:
            return False
        rest = some(self.view, self.position, left)
        got = self.ahead.next(self.base + self.view.size)
        if got <= 0:
            self.ahead.current = 1 - self.ahead.current
            return False
        self.ahead.shape = self.shape
        self.ahead.take_rest(rest, left)
        if got == <int64_t> self.ahead.piece:
            self.ahead.go_on(self.base + self.view.size + got)
        self.base += self.position
        self.view.at = self.ahead.rooms[self.ahead.current].bytes + self.ahead.front - left
        self.view.size = left + <Py_ssize_t> got
        self.position = self.next_decoded = 0
        self.is_ahead = True
        return True

    cdef int rest(self) except -1:
        """Nothing is read between two walks, and the stream tells how far it is."""
        if self.ahead is not None:
            with nogil:
                self.ahead.settle()
            if self.is_ahead:
                self.window._stream.seek(self.base + self.view.size)
        return 0

    cdef int give_back(self) except -1:
        """Let the window go on from where the walk is."""
        cdef Py_ssize_t stop = min(self.view.size, self.position + WINDOW)
        if not self.is_ahead:
            return 0
        with nogil:
            self.ahead.forget()
        window = self.window
        window.data = copied(self.view, self.position, stop)
        window.base = self.base + self.position
        window._stream.seek(window.base + len(window.data))
        self.data = window.data
        self.is_ahead = False
        self.view.at, self.view.size = <const uint8_t *> PyBytes_AS_STRING(self.data), PyBytes_GET_SIZE(self.data)
        self.base, self.position = window.base, 0
        return 0

    cdef uint64_t walk_pcap(self, uint64_t most) except? 0xFFFFFFFFFFFFFFFF:
        """As :meth:`shadowai.sources.capture.pcap.PcapReader.frames`: what is not plain is decided by its reader."""
        cdef uint64_t taken = 0
        reader = self.reader
        while taken < most and not self.over:
            self.snapped = 0
            try:
                with nogil:
                    taken += self.run_pcap(most - taken)
                    if self.ahead is not None:
                        while taken < most and self.more():
                            taken += self.run_pcap(most - taken)
            finally:
                self.pass_on()
            if taken >= most:
                break
            self.give_back()
            frame = reader.step()
            self.begin_view()
            if frame is not None:
                self.take_frame(tuple(frame))
                taken += 1
        return taken

    cdef int pass_on(self) except -1:
        """Tell the reader how far the walk is."""
        if self.is_ahead:
            self.window.data, self.window.base = b"", self.base + self.position
        self.reader.passed(0 if self.is_ahead else self.position, self.number, self.reader.snapped + self.snapped)
        return 0

    cdef uint64_t run_pcap(self, uint64_t most) except? 0xFFFFFFFFFFFFFFFF nogil:
        """Count plain records from ``position`` on; stops before the first that is not, or not wholly there (``lacking``)."""
        cdef uint64_t taken = self.run_decoded(most) if self.is_ahead else 0
        cdef int count, room = TOGETHER
        while room == TOGETHER and taken < most:
            count = <int> min(<uint64_t> TOGETHER, most - taken)
            room = records(&self.shape, self.view, &self.position, self.packets_together, count, &self.lacking)
            taken += room
            self.work(self.packets_together, room)
        return taken

    cdef uint64_t run_decoded(self, uint64_t most) except? 0xFFFFFFFFFFFFFFFF nogil:
        """Count the packets of the current piece that were decoded while the one before was worked on."""
        cdef room_t *room = &self.ahead.rooms[self.ahead.current]
        cdef uint64_t taken = 0
        cdef int count
        cdef packet_t *last
        while room.decoded and self.next_decoded < room.count and taken < most:
            count = <int> min(<uint64_t> min(TOGETHER, room.count - self.next_decoded), most - taken)
            last = &room.packets[self.next_decoded + count - 1]
            self.position = last.data.at + last.data.size - self.view.at
            self.work(last - (count - 1), count)
            self.next_decoded += count
            taken += count
        return taken

    cdef int work(self, packet_t *packets, int count) except -1 nogil:
        """Count packets, the memory that they need having been asked for before."""
        cdef int each
        cdef uint32_t place, slot
        cdef packet_t *p
        for each in range(count):
            p = &packets[each]
            if p.data.size < p.wire:
                self.snapped += 1
            if p.fate == COUNTED:
                soon(&self.index[p.hash & self.mask])
        for each in range(count):
            p = &packets[each]
            if p.fate == COUNTED:
                place = p.hash & self.mask
                slot = self.index[place].slot
                if slot and self.index[place].hash == p.hash:
                    soon(self.at(slot - 1))
                    soon(&self.at(slot - 1).sides[0])
                    soon(&self.at(slot - 1).sides[1])
        for each in range(count):
            self.walked += 1
            self.number += 1
            packets[each].frame = self.number
            self.handle(&packets[each])
        return 0

    cdef uint64_t walk_pcapng(self, uint64_t most) except? 0xFFFFFFFFFFFFFFFF:
        """As :meth:`shadowai.sources.capture.pcapng.PcapngReader.frames`: all but plain frames is read by its reader."""
        cdef uint64_t taken = 0
        reader, window = self.reader, self.window
        while taken < most and not self.over:
            self.describe_interfaces()
            self.snapped, self.time, self.number = 0, reader._time, reader._number
            try:
                with nogil:
                    taken += self.run_pcapng(most - taken)
                    if self.ahead is not None:
                        while taken < most and self.more():
                            taken += self.run_pcapng(most - taken)
            finally:
                reader._number, reader._time = self.number, self.time
                reader.snapped += self.snapped
                reader.frames_seen = self.number - reader._first
                reader.bytes_done = reader.ended_at = self.base + self.position
            if taken >= most:
                break
            self.give_back()
            frame = reader._next(self.position)
            self.data = window.data
            self.begin_view()
            if frame is not None:
                reader.frames_seen = frame[0] - reader._first
                self.take_frame(tuple(frame))
                taken += 1
            if not self.data:  # the window ended with this block; the stream need not
                self.data = window.slide(0, 12)
                self.begin_view()
            if not self.data:
                self.over = True
                reader.bytes_done = reader.ended_at = window.base
        if self.over and taken < most and window.error is not None:
            raise window.error
        return taken

    cdef int describe_interfaces(self) except -1:
        """The section's interfaces whose clock is simple; frames of the others are read by Python, and all behind them."""
        cdef int count = 0
        self.big = self.reader._order == ">"
        for interface in self.reader._interfaces[:MOST_INTERFACES]:
            if interface.divisor > 1 << 43 or abs(interface.offset) > FAR or interface.link_type < 0:
                break
            self.interfaces[count].link = interface.link_type
            self.interfaces[count].multiplier = interface.multiplier
            self.interfaces[count].divisor = interface.divisor
            self.interfaces[count].offset = interface.offset
            self.interfaces[count].snap_length = interface.snap_length
            count += 1
        self.interface_count = count
        return 0

    cdef inline int put(
        self, int count, Bytes data, Py_ssize_t at, int64_t captured, int64_t length, uint32_t link
    ) except -1 nogil:
        """Put a frame to those that are worked on together."""
        cdef packet_t *p = &self.packets_together[count]
        p.data.at, p.data.size = some(data, at, <Py_ssize_t> captured), <Py_ssize_t> captured
        p.time, p.wire, p.link = self.time, <uint32_t> length, link
        decode(p)
        return 0

    cdef uint64_t run_pcapng(self, uint64_t most) except? 0xFFFFFFFFFFFFFFFF nogil:
        """Count plain frames from ``position`` on; stops before the first block that is none, or not wholly there
        (``lacking``)."""
        cdef Bytes data = self.view
        cdef uint64_t taken = 0, ticks, whole
        cdef int count
        cdef bint odd = False
        cdef int64_t total, place, captured, length, then
        cdef Py_ssize_t final = data.size - 32, at
        cdef interface_t *interface
        while not odd and taken < most:
            count = 0
            while count < TOGETHER and taken < most:
                at = self.position
                odd = self.lacking = at > final
                if odd:
                    break
                total, place = file_word(data, at + 4, self.big), file_word(data, at + 8, self.big)
                captured, length = file_word(data, at + 20, self.big), file_word(data, at + 24, self.big)
                if file_word(data, at, self.big) == 3:
                    # a simple packet: of the first interface, and without a time of its own
                    captured, length = total - 16, place
                    odd = captured < 0 or total & 3 != 0 or not self.interface_count
                    if odd:
                        break
                    interface = &self.interfaces[0]
                    captured = min(captured, length, <int64_t> interface.snap_length if interface.snap_length else length)
                    odd = self.lacking = total > data.size - at
                    if odd or file_word(data, at + total - 4, self.big) != total:
                        odd = True
                        break
                    self.put(count, data, at + 12, captured, length, interface.link)
                    self.position = at + <Py_ssize_t> total
                    taken += 1
                    count += 1
                    continue
                odd = (
                    file_word(data, at, self.big) != 6
                    or total & 3 != 0
                    or captured > total - 32
                    or place >= self.interface_count
                )
                if odd:
                    break
                odd = self.lacking = total > data.size - at
                if odd or file_word(data, at + total - 4, self.big) != total:
                    odd = True
                    break
                interface = &self.interfaces[place]
                ticks = <uint64_t> file_word(data, at + 12, self.big) << 32 | <uint64_t> file_word(data, at + 16, self.big)
                whole = ticks // interface.divisor
                odd = whole >= <uint64_t> (FAR if interface.multiplier == 1 else FAR // 1000000)
                if odd:
                    break
                then = <int64_t> (
                    whole * interface.multiplier
                    + (0 if interface.multiplier == 1 else ticks % interface.divisor * interface.multiplier // interface.divisor)
                ) + interface.offset
                if 0 <= then < NEVER:
                    self.time = then
                self.put(count, data, at + 28, captured, length, interface.link)
                self.position = at + <Py_ssize_t> total
                taken += 1
                count += 1
            self.work(self.packets_together, count)
        return taken


cdef bytes key_of(packet_t *p):
    """The key of the packet's flow, as its sender has it."""
    cdef uint8_t[36] key
    cdef uint8_t *ports = &key[2 * p.width]
    memcpy(key, p.source, p.width)
    memcpy(&key[p.width], p.destination, p.width)
    ports[0], ports[1] = <uint8_t> (p.source_port >> 8), <uint8_t> p.source_port
    ports[2], ports[3] = <uint8_t> (p.destination_port >> 8), <uint8_t> p.destination_port
    return PyBytes_FromStringAndSize(<const char *> key, 2 * p.width + 4)


cdef bytes sender_key(flow_t *flow, int which):
    """The key of a flow as that end of it has it."""
    cdef packet_t packet
    packet.width = flow.width
    packet.source, packet.destination = flow.a, flow.b
    packet.source_port, packet.destination_port = flow.a_port, flow.b_port
    if which:
        packet.source, packet.destination = flow.b, flow.a
        packet.source_port, packet.destination_port = flow.b_port, flow.a_port
    return key_of(&packet)


cdef inline int opener(flow_t *flow) noexcept nogil:
    if flow.sides[0].bits & SYN_SEEN:
        return 0 if flow.sides[0].bits & OPENED else 1
    if flow.sides[1].bits & SYN_SEEN:
        return 1 if flow.sides[1].bits & OPENED else 0
    return -1


cdef inline int64_t began(flow_t *flow) noexcept nogil:
    return min(flow.sides[0].first, flow.sides[1].first) if flow.sides[1].bits & HERE else flow.sides[0].first


cdef inline bint is_lost(flow_t *flow) noexcept nogil:
    return flow.protocol == TCP and (
        flow.sides[0].payload < flow.sides[0].span
        or (flow.sides[1].bits & HERE and flow.sides[1].payload < flow.sides[1].span)
    )


cdef inline int refused(flow_t *flow) noexcept nogil:
    cdef int which
    for which in range(2):
        if flow.sides[which].bits & REFUSED and not flow.sides[which].payload:
            return which
    return -1


cdef object as_tuple(flow_t *flow):
    cdef side_t *a = &flow.sides[0]
    cdef side_t *b = &flow.sides[1]
    return flows.Flow(
        flow.number,
        flow.protocol,
        PyBytes_FromStringAndSize(<const char *> flow.a, flow.width),
        PyBytes_FromStringAndSize(<const char *> flow.b, flow.width),
        flow.a_port,
        flow.b_port,
        (a.packets, b.packets),
        (a.bytes, b.bytes),
        (once(flow, 0), once(flow, 1)),
        began(flow),
        max(a.last, b.last) if b.bits & HERE else a.last,
        flow.frame,
        opener(flow),
        a.cut + b.cut,
        is_lost(flow),
        refused(flow),
    )
