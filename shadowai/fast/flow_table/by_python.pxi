# Packets that the Python code of the reference engine takes apart.


cdef int _handle(Table self, packet_t *p) except -1 nogil:
    if p.fate == COUNTED:
        return _count(self, p)
    if p.fate == NO_PORTS:
        self.others_count += 1
    elif p.fate == BY_PYTHON:
        with gil:
            _by_python(self, p)
    return 0


cdef int _by_python(Table self, packet_t *p) except -1:
    """A frame that is not plain: as :meth:`shadowai.sources.capture.flows.Table._slow`."""
    data = copied(p.data, 0, p.data.size)
    cdef uint32_t wire = p.wire
    found = link.dissect(p.link, data, wire)
    if not isinstance(found, Several):
        return _found(self, p, found, data, wire)
    for part, size in zip(found.parts, (max(wire - sum(found.sizes), 0), *found.sizes)):
        _found(self, p, part, data, size)
    return 0


cdef int _found(Table self, packet_t *p, object found, bytes data, uint32_t wire) except -1:
    """As :meth:`shadowai.sources.capture.flows.Table._found`."""
    cdef uint64_t frame = p.frame
    if isinstance(found, Fragment):
        self.fragment_count += 1
        whole = self.fragments_table.add(found, data, p.time)
        if found.first is not None:
            _count_found(self, p, found.first, data, wire, 1, found.cut)
        if whole is not None:
            _count_whole(self, p, found, whole, wire)
    elif isinstance(found, Undecoded):
        if found.lost:
            told = self.frames_undecoded.setdefault(found.reason, [0])
            told[0] += 1
            if len(told) <= 5:
                told.append(frame)
    else:
        _count_found(self, p, found, data, wire, 1, True)
    return 0


cdef int _count_whole(Table self, packet_t *p, object fragment, bytes datagram, uint32_t wire) except -1:
    size = len(datagram)
    found = internet.transport(
        fragment.protocol, fragment.source, fragment.destination, datagram, 0, size, size, fragment.depth
    )
    if isinstance(found, Packet):
        if found.depth > fragment.depth:
            _count_found(self, p, found, datagram, wire, 1, True)
        else:
            _count_found(self, p, found, datagram, 0, 0, True)
    return 0


cdef int _count_found(
    Table self, packet_t *frame, object found, bytes data, uint32_t wire, uint64_t counts, bint with_payload
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
    packet.sequence, packet.header = found.sequence, found.header
    packet.source_port, packet.destination_port = found.source_port, found.destination_port
    packet.start, packet.length, packet.with_payload = found.start, found.length, with_payload
    packet.hash = key_hash(&packet)
    return _count(self, &packet)


cdef int _take_frame(Table self, tuple frame) except -1:
    """A frame that Python read."""
    cdef packet_t packet
    cdef bytes data = frame[3]
    packet.data.at, packet.data.size = <const uint8_t *> PyBytes_AS_STRING(data), PyBytes_GET_SIZE(data)
    packet.frame, packet.time, packet.link, packet.wire = frame[0], frame[1], frame[2], frame[4]
    decode(&packet)
    _handle(self, &packet)
    self.walked += 1
    return 0
