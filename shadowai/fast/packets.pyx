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
from shadowai.sources.capture import (
    hosts, http_evidence, internet, ledger, link, pieces, quic_names, sides, tcp_messages, tunnels,
)
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

include "flow_table/captured.pxi"
include "flow_table/layout.pxi"
include "flow_table/hashing.pxi"
include "flow_table/names.pxi"
include "flow_table/requests.pxi"
include "flow_table/plain.pxi"
include "flow_table/quic.pxi"
include "flow_table/frames.pxi"
include "flow_table/ahead.pxi"


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


cdef bint answers_again(flow_t *flow, int which, packet_t *p) noexcept nogil:
    """True for an answer to the opening of a connection in which the answering end has said nothing yet."""
    cdef side_t *side = &flow.sides[which]
    cdef side_t *other = &flow.sides[1 - which]
    if not p.flags & ACK or not other.bits & HERE or not other.bits & OPENED:
        return False
    return not (side.payload or (side.bits | other.bits) & CLOSED)


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
            self.tcp_first[each] = pieces.TCP_FIRSTS[each]
        words = [*pieces.REQUESTS, pieces.RESPONSE, pieces.PROXY_2]
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

    def silence(self, ports):
        """Ports between which no connection is asked for a name."""
        if len(ports) > 64:
            raise ValueError("more ports than there is room for")
        self.silent_count = 0
        for port in ports:
            self.silent_ports[self.silent_count] = port
            self.silent_count += 1

    def walk(self, frames, uint64_t most=1 << 16):
        """Count up to ``most`` frames; false once there are no more.

        ``frames`` is an iterable of frames or, which is much faster, the :class:`~shadowai.sources.capture.frames.Container`
        that would give them; always the same one.
        """
        cdef uint64_t taken = 0
        if self.quick:
            self.streams_now = len(self.streams)
            _weigh(self)
        try:
            if hasattr(frames, "frames"):
                if not self.started:
                    _start(self, frames)
                taken = _walk_frames(self, self.iterator, most) if self.iterator is not None else _walk_container(self, most)
            else:
                taken = _walk_frames(self, frames, most)
        finally:
            _rest(self)
            _told(self)
        return taken == most

    def close(self):
        """Finish the flows that are still open, in the order in which they began."""
        cdef size_t count = 0, each
        cdef uint32_t place
        cdef silent_t *all = <silent_t *> cleared(self.sides + 1, sizeof(silent_t))
        try:
            for place in range(self.mask + 1):
                if self.index[place].slot:
                    all[count].slot = self.index[place].slot - 1
                    all[count].number = _at(self, all[count].slot).number
                    count += 1
            memset(self.index, 0, (<size_t> self.mask + 1) * sizeof(place_t))
            self.sides = 0
            qsort(all, count, sizeof(silent_t), by_number)
            for each in range(count):
                _settle(self, all[each].slot)
        finally:
            free(all)
        _told(self)
        if self.ahead is not None:
            self.ahead.end()


include "flow_table/flows.pxi"
include "flow_table/payloads.pxi"
include "flow_table/dns.pxi"
include "flow_table/hellos.pxi"
include "flow_table/http.pxi"
include "flow_table/quic_flows.pxi"
include "flow_table/by_python.pxi"
include "flow_table/ends.pxi"
include "flow_table/containers.pxi"
