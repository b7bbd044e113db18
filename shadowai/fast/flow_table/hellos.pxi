# ClientHellos of TLS, over any number of segments, and certificates.


cdef int _hello(Table self, flow_t *flow, int which, packet_t *p, uint32_t sequence, bint begins) except -2 nogil:
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
        return _more_of_hello(self, flow, which, p, data, sequence)
    if side.state != LOOK or not (sequence == side.isn if side.bits & SYN_SEEN else begins):
        return -1
    size = hello_size(data)
    if not size or self.streams_now >= self.most_streams:
        return -1
    if data.size >= 5 + size:
        data.at, data.size = some(data, 5, size), size
        name = _name_in(self, data)
        if name == NULL:
            return _nameless_hello(self, flow, which, p) if side.bits & SYN_SEEN and is_nameless(data) else -1
        return _named_hello(self, flow, which, p, data, name)
    if not side.bits & SYN_SEEN or 5 + size > LONGEST_HELD:
        return -1
    if <uint64_t> data.size > self.stream_bytes or not self.stream_pieces:
        return -1
    if self.streams_now >= self.most_streams - self.most_streams // 8:  # where all are handed over before long
        return -1
    with gil:
        _hold(self, flow, _slot_of(self, flow), which, p, data, sequence, 5 + size)
    return COLLECT


cdef name_t *_name_in(Table self, Bytes message) except? NULL nogil:
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


cdef int _named_hello(Table self, flow_t *flow, int which, packet_t *p, Bytes message, name_t *name) except -2 nogil:
    """Settle a whole hello whose name is plain; -1 where Naming has to say what it tells."""
    if name.flags & IN_DOUBT:
        return -1
    if name.flags & AS_HELLO:
        with gil:
            _tell(self, flow, which, p, message, name, "tls_sni")
        return BOTH_DONE
    flow.marks |= NAMED
    self.named += 1
    return BOTH_DONE


cdef int _tell(Table self, flow_t *flow, int which, packet_t *p, Bytes message, name_t *name, str kind) except -1:
    """Tell Naming of a plain hello what it would have found in it."""
    text = PyBytes_FromStringAndSize(<const char *> &self.names.text[name.start], name.size)
    plain = None  # as good as one with an encrypted one within
    if name.flags & AS_OUTER and not has_encrypted(message):
        plain = copied(message, 0, message.size)
    self.naming.hello(ledger.At(flow.number, which, key_of(p), p.time, p.frame), text, kind, plain)
    flow.marks |= TOLD
    return 0


cdef int _nameless_hello(Table self, flow_t *flow, int which, packet_t *p) except -2 nogil:
    """A hello without a server name: the server's certificate may tell one."""
    with gil:
        self.naming.nameless_hello(ledger.At(flow.number, which, key_of(p), p.time, p.frame))
    flow.marks |= TOLD
    return DONE


cdef int _hold(Table self, flow_t *flow, uint32_t slot, int which, packet_t *p, Bytes data, uint32_t sequence, int size) except -1:
    """Keep the beginning of a hello. Something stands for its stream, so that Naming's limits count this one too."""
    cdef held_t *held = _keep(self, flow, which, data, sequence, size)
    held.time, held.frame, held.slot, held.of_hello = p.time, p.frame, slot, True
    self.hellos_held += 1
    self.streams[flow.number * 2 + which] = HELD_HERE
    self.streams_now = len(self.streams)
    flow.marks |= HELD
    return 0


cdef int _hand_over(Table self, flow_t *flow) except -1:
    """Give Naming the stream that is held for the flow, where it has not given it up since."""
    cdef held_t *held = &self.held[flow.held]
    key = flow.number * 2 + held.which
    if self.streams.get(key) is HELD_HERE:
        stream = self.streams[key] = Stream(held.base, held.time, held.frame)
        stream.key = sender_key(flow, held.which)
        stream.add(held.base, PyBytes_FromStringAndSize(<const char *> held.data, held.have), held.have)
        stream.pieces = held.pieces
    return _give_up(self, flow)


cdef int _hand_all_over(Table self) except -1:
    """Naming may have to let go of any stream: it gets them all."""
    cdef uint32_t each
    cdef flow_t *flow
    for each in range(self.held_count):
        if self.held[each].of_hello:
            flow = _at(self, self.held[each].slot)
            _hand_over(self, flow)
            flow.marks |= HANDED_ON
    return 0


cdef held_t *_keep(Table self, flow_t *flow, int which, Bytes data, uint32_t sequence, int size) except NULL:
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


cdef int _more_of_hello(Table self, flow_t *flow, int which, packet_t *p, Bytes data, uint32_t sequence) except -2 nogil:
    cdef held_t *held = &self.held[flow.held]
    cdef Bytes whole
    cdef uint32_t wanted
    cdef name_t *name
    if held.which != which or sequence != held.base + held.have:
        return -1
    wanted = held.size - held.have
    if <uint64_t> data.size < wanted:
        with gil:
            return _still_held(self, flow, held, data, sequence)
    memcpy(held.data + held.have, data.at, wanted)
    whole.at, whole.size = held.data + 5, held.size - 5
    name = _name_in(self, whole)
    if name == NULL or name.flags & IN_DOUBT:
        return -1
    with gil:
        key = flow.number * 2 + which
        if self.streams.get(key) is not HELD_HERE:
            return -1
        del self.streams[key]
        self.streams_now = len(self.streams)
        _named_hello(self, flow, which, p, whole, name)
        _give_up(self, flow)
    return BOTH_DONE


cdef int _still_held(Table self, flow_t *flow, held_t *held, Bytes data, uint32_t sequence) except -2:
    if self.streams.get(flow.number * 2 + held.which) is not HELD_HERE:
        return -1
    if held.have + <uint64_t> data.size > self.stream_bytes or held.pieces + 1 > self.stream_pieces:
        return -1
    memcpy(held.data + held.have, data.at, data.size)
    held.have += <uint32_t> data.size
    held.pieces += 1
    return COLLECT


cdef int _give_up(Table self, flow_t *flow) except -1:
    """What is held for the flow is Naming's alone from now on, or needed no longer."""
    cdef held_t *held = &self.held[flow.held]
    free(held.data)
    self.hellos_held -= held.of_hello
    memset(held, 0, sizeof(held_t))
    held.next_free = self.held_free
    self.held_free = flow.held
    flow.marks &= ~(HELD | REQUEST)
    return 0


cdef int _certificate(Table self, flow_t *flow, int which, packet_t *p, uint32_t sequence) except -2 nogil:
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
