# Flows whose end it is: what is told of them.


cdef int _told(Table self) except -1:
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
        flow = _at(self, slot)
        if flow.marks & HELD:
            _hand_over(self, flow)
            flow.marks |= HANDED_ON
        if flow.marks & QUIC:
            _end_quic(self, flow)
        if flow.marks & REQUEST and may_tell:  # an earlier flow's rest may hold a name, and this request counts until then
            self.lost -= is_lost(flow)  # the owner counts it
            _tell_request(self, flow)
            flow.marks |= HANDED_ON
        elif flow.marks & REQUEST:
            self.naming._requests -= 1
            self.naming._weight -= self.held[flow.held].weight
            _give_up(self, flow)
        if flow.marks & HANDED_ON and self.quick:
            may_tell = may_tell or 2 * flow.number in self.streams or 2 * flow.number + 1 in self.streams
        if not self.quick or flow.marks & (HANDED_ON | TOLD):
            self.finish(as_tuple(flow))
        elif _is_settled(self, flow):
            self.naming.asked.discard(flow.number)
        elif _may_be_told(self, flow):
            self.finish(as_tuple(flow))
        else:
            self.nameless += 1
        _free_slot(self, slot)
    self.ended_count = 0
    return 0


cdef bint _may_be_told(Table self, flow_t *flow) except -1:
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
    return sides.Flow(
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
