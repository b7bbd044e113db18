# Initial packets of QUIC.


cdef bint _quic(Table self, flow_t *flow, int which, packet_t *p, Bytes data) except -1 nogil:
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
                state = _begin_quic(self, flow)
        state.failures += 1
        return True
    if state != NULL and state.done:
        return True
    return _quic_frames(self, flow, which, p, &initial, state, &keys if other else NULL, size)


cdef bint _quic_frames(
    Table self, flow_t *flow, int which, packet_t *p, initial_t *initial, quic_t *state, initial_keys *keys, Py_ssize_t size
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
        name = _name_in(self, message) if byte(message, 0) == 1 and not self.full else NULL
        if name == NULL or name.flags & IN_DOUBT:
            return False
    with gil:
        if state == NULL:
            state = _begin_quic(self, flow)
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
            _tell(self, flow, which, p, message, name, "quic_sni")
        else:
            self.hosts_of_quic[flow.number] = <object> name.host
            self.named += 1
    flow.held = which
    state.done = True
    flow.marks |= NAMED
    return True


cdef quic_t *_begin_quic(Table self, flow_t *flow) except NULL:
    flow.marks |= QUIC
    return self.quics.new(flow.number)


cdef int _tell_quic(Table self, flow_t *flow) except -1:
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


cdef int _end_quic(Table self, flow_t *flow) except -1:
    cdef quic_t *state = self.quics.find(flow.number)
    if state != NULL and state.crypto != NULL:
        _tell_quic(self, flow)
        flow.marks |= HANDED_ON
        return 0
    if state != NULL:
        del self.quics.flows[flow.number]
    if flow.marks & NAMED and not flow.marks & TOLD:
        del self.hosts_of_quic[flow.number]
    flow.marks &= ~QUIC
    return 0
