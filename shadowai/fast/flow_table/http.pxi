# Plain requests of HTTP.


cdef int _http(Table self, flow_t *flow, int which, packet_t *p, uint32_t sequence) except -2 nogil:
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
        return LOOK if _answers(self, &self.held[flow.held], which, p) and self.plain.answer(data) else -1
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
        return _keep_request(self, flow, which, p, data, sequence, weight)


cdef bint _answers(Table self, held_t *request, int which, packet_t *p) except -1 nogil:
    """True for the other end's segment that was sent when it had got the request, and nothing behind it."""
    return request.which != which and <uint32_t> four(p.data, p.start - p.header + 8) == request.base + request.have


cdef int _keep_request(
    Table self, flow_t *flow, int which, packet_t *p, Bytes data, uint32_t sequence, uint32_t weight
) except -2:
    cdef object naming = self.naming, limits = naming._limits
    cdef held_t *held
    if (
        naming._requests >= limits.requests
        or limits.names_per_flow < 1
        or naming._weight + weight > limits.request_bytes
    ):
        return -1
    held = _keep(self, flow, which, data, sequence, <int> data.size)
    held.time, held.frame, held.weight = p.time, p.frame, weight
    naming._requests += 1
    naming._weight += weight
    flow.marks |= REQUEST | NAMED
    self.named += 1
    return LOOK


cdef int _tell_request(Table self, flow_t *flow) except -1:
    """Tell Naming of a request: all but the counts, which it has."""
    cdef held_t *held = &self.held[flow.held]
    naming = self.naming
    apart = type(naming)(naming._limits, naming.wanted, b"")
    request = PyBytes_FromStringAndSize(<const char *> held.data, held.have)
    apart.take(
        TCP_PIECE, flow.number, held.which, held.base, held.base, held.time, held.frame, request, held.have,
        sender_key(flow, held.which), TCP, -1,
    )
    naming._told[flow.number] = apart.told(flow.number)
    naming._tcp.requests.due.update(apart._tcp.requests.due)
    _give_up(self, flow)
    flow.marks &= ~NAMED
    return 0
