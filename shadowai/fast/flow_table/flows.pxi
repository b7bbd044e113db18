# Where flows are kept: found by their addresses and ports, counted, begun, ended, let go.


cdef inline flow_t *_at(Table self, uint32_t slot) noexcept nogil:
    return &self.blocks[slot // BLOCK][slot % BLOCK]


cdef uint32_t _slot_of(Table self, flow_t *flow) noexcept nogil:
    """The slot of a flow that is found."""
    cdef uint32_t place = flow.hash & self.mask
    while self.index[place].hash != flow.hash or _at(self, self.index[place].slot - 1) != flow:
        place = (place + 1) & self.mask
    return self.index[place].slot - 1


cdef uint32_t _new_slot(Table self) except? 0xFFFFFFFF nogil:
    if self.unused_count:
        self.unused_count -= 1
        return self.unused[self.unused_count]
    if self.slots_used == self.block_count * BLOCK:
        with gil:
            _new_block(self)
    self.slots_used += 1
    return self.slots_used - 1


cdef int _new_block(Table self) except -1:
    cdef flow_t **blocks = <flow_t **> realloc(self.blocks, (self.block_count + 1) * sizeof(flow_t *))
    if blocks == NULL:
        raise MemoryError
    self.blocks = blocks
    blocks[self.block_count] = <flow_t *> malloc(BLOCK * sizeof(flow_t))
    if blocks[self.block_count] == NULL:
        raise MemoryError
    self.block_count += 1
    return 0


cdef int _free_slot(Table self, uint32_t slot) except -1 nogil:
    if self.unused_count == self.unused_room:
        with gil:
            self.unused_room = max(1024, 2 * self.unused_room)
            self.unused = <uint32_t *> grown(self.unused, self.unused_room * sizeof(uint32_t))
    self.unused[self.unused_count] = slot
    self.unused_count += 1
    return 0


cdef int _grow_index(Table self) except -1:
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


cdef inline flow_t *_find(Table self, packet_t *p, int *which, uint32_t *slot) noexcept nogil:
    cdef uint32_t place = p.hash & self.mask
    cdef flow_t *flow
    while self.index[place].slot:
        if self.index[place].hash == p.hash:
            slot[0] = self.index[place].slot - 1
            flow = _at(self, slot[0])
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


cdef int _count(Table self, packet_t *p) except -1 nogil:
    """Count a packet to its flow, and look at its payload."""
    cdef int which = 0
    cdef uint32_t slot = 0
    cdef flow_t *flow = _find(self, p, &which, &slot)
    cdef side_t *side
    if flow == NULL or not flow.sides[which].bits & HERE or p.flags & SYN or flow.sides[which].bits & CLOSED:
        flow = _account(self, flow, slot, p, &which)
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
            _tcp_payload(self, flow, which, p)
        else:
            side.payload += p.length
            _udp_payload(self, flow, which, p)
    return 0


cdef flow_t *_account(Table self, flow_t *flow, uint32_t slot, packet_t *p, int *which) except NULL nogil:
    """The flow of a packet that is the first of its direction, or opens the connection, or comes when it is closed."""
    cdef side_t *side
    cdef uint32_t begin = p.sequence + 1
    if flow != NULL and flow.sides[which[0]].bits & HERE and p.flags & SYN:
        side = &flow.sides[which[0]]
        if answers_again(flow, which[0], p):
            if side.bits & SYN_SEEN and begin != side.isn:
                side.bits &= ~(SYN_SEEN | HIGH_KNOWN | OPENED)
                return flow
        elif begin != (side.isn if side.bits & SYN_SEEN else <uint32_t> (side.high - side.span)) and (
            side.bits & SYN_SEEN or side.payload > 0
        ):
            _end(self, slot)
            flow = NULL
    elif flow != NULL and flow.sides[which[0]].bits & HERE and is_of_another(flow, which[0], p):
        _end(self, slot)
        flow = NULL
    if flow == NULL:
        flow = _begin(self, p)
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


cdef flow_t *_begin(Table self, packet_t *p) except NULL nogil:
    cdef uint32_t slot, place
    cdef flow_t *flow
    if self.sides >= self.most_sides:
        _make_room(self)
    if 2 * self.sides > self.mask:
        with gil:
            _grow_index(self)
    slot = _new_slot(self)
    flow = _at(self, slot)
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


cdef int _end(Table self, uint32_t slot) except -1 nogil:
    """The flow is no longer found; it is finished with the others that end in this walk."""
    cdef flow_t *flow = _at(self, slot)
    cdef uint32_t place = flow.hash & self.mask
    while self.index[place].slot != slot + 1:
        place = (place + 1) & self.mask
    vacate(self.index, self.mask, place)
    self.sides -= (flow.sides[0].bits & HERE) + (flow.sides[1].bits & HERE)
    return _settle(self, slot)


cdef int _settle(Table self, uint32_t slot) except -1 nogil:
    """A flow that says nothing is done with; the others wait for the end of the walk."""
    cdef flow_t *flow = _at(self, slot)
    if not flow.sides[1].bits & HERE:
        memset(&flow.sides[1], 0, sizeof(side_t))
    if flow.marks & NAMED and is_lost(flow):
        self.lost += 1
    if self.quick and not flow.marks & (HANDED_ON | HELD | ASKED_TOLD | QUIC | REQUEST | TOLD) and _is_settled(self, flow):
        return _free_slot(self, slot)
    if self.ended_count == self.ended_room:
        with gil:
            self.ended_room = max(1024, 2 * self.ended_room)
            self.ended = <uint32_t *> grown(self.ended, self.ended_room * sizeof(uint32_t))
    self.ended[self.ended_count] = slot
    self.ended_count += 1
    return 0


cdef inline bint _is_settled(Table self, flow_t *flow) noexcept nogil:
    """True where there is nothing to say of a flow that was not handed on."""
    return (
        flow.marks & NAMED
        or not (once(flow, 0) or once(flow, 1))
        or _is_silent(self, flow.a_port)
        or _is_silent(self, flow.b_port)
    )


cdef inline bint _is_silent(Table self, uint16_t port) noexcept nogil:
    cdef int each
    for each in range(self.silent_count):
        if self.silent_ports[each] == port:
            return True
    return False


cdef int _make_room(Table self) except -1 nogil:
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
            flow = _at(self, slot)
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
            _end(self, all[each].slot)
    free(all)
    return 0
