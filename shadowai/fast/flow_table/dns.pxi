# Plain questions and answers of DNS.


cdef int _dns(Table self, flow_t *flow, packet_t *p, Bytes data) except -1 nogil:
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
                _answered(self, flow, p, text, size, data, found, count)
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
            _tell_question(self, flow, p, text, size)
        return 1
    flow.marks |= ASKED
    self.named += 1
    return 1


cdef int _tell_question(Table self, flow_t *flow, packet_t *p, const uint8_t *text, int size) except -1:
    """Tell Naming of a question that is asked for."""
    flow.marks |= ASKED | ASKED_TOLD
    at = ledger.At(flow.number, 0, key_of(p), p.time, p.frame)
    self.naming._udp._query(PyBytes_FromStringAndSize(<const char *> text, size), at, False)
    return 0


cdef int _answered(
    Table self, flow_t *flow, packet_t *p, const uint8_t *text, int size, Bytes data, address_t *found, int count
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
