# Payloads that may begin or continue a name.


cdef int _tcp_payload(Table self, flow_t *flow, int which, packet_t *p) except -1 nogil:
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
        p.header += known
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
        elif side.bits & AWAITED and <uint32_t> (flow.held - sequence) < <uint32_t> captured:
            pass
        elif not self.tcp_first[first] or not _may_begin(self, p.data, p.start, captured):
            return 0
    verdict = _hello(self, flow, which, p, sequence, begins) if self.quick else -1
    if verdict < 0 and self.quick:
        verdict = _http(self, flow, which, p, sequence)
    if verdict < 0 and self.quick:
        verdict = _certificate(self, flow, which, p, sequence)
    if verdict < 0:
        with gil:
            verdict = _hand_on(self, TCP_PIECE, flow, which, p, sequence)
    side.state = verdict
    if verdict == BOTH_DONE and flow.sides[1 - which].bits & HERE:
        flow.sides[1 - which].state = DONE
    return 0


cdef bint _may_begin(Table self, Bytes data, Py_ssize_t start, Py_ssize_t captured) except -1 nogil:
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


cdef int _udp_payload(Table self, flow_t *flow, int which, packet_t *p) except -1 nogil:
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
        if self.quick and _dns(self, flow, p, payload):
            side.state = COLLECT
            return 0
        kind = DNS_PIECE
    else:
        kind = udp_kind(payload, p.destination_port)
        if kind < 0:
            return 0
        if kind == QUIC_PIECE and self.quick and _quic(self, flow, which, p, payload):
            side.state = LOOK
            return 0
    with gil:
        side.state = _hand_on(self, kind, flow, which, p, 0)
    return 0


cdef int _hand_on(Table self, int kind, flow_t *flow, int which, packet_t *p, uint32_t sequence) except -1:
    """Hand a payload to Naming."""
    cdef side_t *side = &flow.sides[which]
    cdef object isn = -1, acknowledged = -1
    if kind == TCP_PIECE:
        acknowledged = four(p.data, p.start - p.header + 8)
        if flow.marks & HELD:
            _hand_over(self, flow)
        if self.hellos_held and self.streams_now >= self.most_streams:
            _hand_all_over(self)
        if side.bits & SYN_SEEN:
            isn = side.isn
    if flow.marks & QUIC:
        _tell_quic(self, flow)
    if flow.marks & REQUEST:
        _tell_request(self, flow)
    if kind != DNS_PIECE:
        flow.marks |= HANDED_ON
    elif flow.marks & (ASKED | ASKED_TOLD) == ASKED and self.quick:
        self.naming.asked.add(flow.number)
        flow.marks |= ASKED_TOLD
    payload = copied(p.data, p.start, p.start + <Py_ssize_t> p.length)
    verdict = self.take(
        kind, flow.number, which, isn, sequence, p.time, p.frame, payload, p.length, key_of(p), p.protocol,
        acknowledged,
    )
    if verdict >= DUE:
        flow.held = <uint32_t> (verdict - DUE)
        flow.sides[1 - which].bits &= ~AWAITED
        side.bits |= AWAITED
        verdict = LOOK
    if self.quick:
        self.streams_now = len(self.streams)
        _weigh(self)
        if kind == DNS_PIECE and (
            self.naming.told(flow.number) is not None or flow.number in self.quics.flows or self.naming.holds_hello(flow.number)
        ):
            flow.marks |= HANDED_ON  # no DNS, though at a port of it
        if kind == DNS_PIECE and not flow.marks & ASKED and flow.number in self.naming.asked:
            flow.marks |= ASKED | ASKED_TOLD
        if kind <= DNS_PIECE and self.ech_names != <uint64_t> len(self.naming.ech_names):
            self.ech_names = len(self.naming.ech_names)
            self.names.forget()
    return verdict
