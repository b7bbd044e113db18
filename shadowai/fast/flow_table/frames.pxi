# Plain frames, as shadowai.sources.capture.link, ethernet and internet read them: where the transport packet is. Whatever is not
# plain is left to Python.

PLAIN = frozenset({1, 2, 58, 88, 89, 103, 112})
"""IP protocols without ports that carry nothing else: ICMP, IGMP, ICMPv6, EIGRP, OSPF, PIM, VRRP."""

cdef bint[256] INET6
cdef bint[256] PLAIN_PROTOCOL
cdef bint[65536] TUNNEL_PORT


cdef void _tables():
    memset(INET6, 0, sizeof(INET6))
    memset(PLAIN_PROTOCOL, 0, sizeof(PLAIN_PROTOCOL))
    memset(TUNNEL_PORT, 0, sizeof(TUNNEL_PORT))
    for family in link._INET6:
        INET6[<uint8_t> family] = True
    for protocol in PLAIN:
        PLAIN_PROTOCOL[<uint8_t> protocol] = True
    for port in tunnels.UDP_PORTS:
        TUNNEL_PORT[<uint16_t> port] = True

_tables()


cdef int decode(packet_t *p) except -1 nogil:
    """Find the transport packet of a plain frame; say what else becomes of it."""
    cdef Bytes data = p.data
    cdef Py_ssize_t at
    cdef int64_t rest = 0
    cdef int kind, fragment = 0, word, declared
    p.fate, p.protocol, p.flags, p.counts, p.gated, p.with_payload = BY_PYTHON, 0, 0, 1, False, True
    if p.link != 1 or data.size < 42:
        return look_at_link(p)
    kind = two(data, 12)
    if kind == 0x0800 and byte(data, 14) == 0x45:
        rest, fragment, p.protocol = two(data, 16) - 20, two(data, 20) & 0x3FFF, byte(data, 23)
        at, p.width, p.source, p.destination = 34, 4, some(data, 26, 4), some(data, 30, 4)
    elif kind == 0x86DD and data.size >= 62 and byte(data, 14) >> 4 == 6:
        rest, p.protocol = two(data, 18), byte(data, 20)
        at, p.width, p.source, p.destination = 54, 16, some(data, 22, 16), some(data, 38, 16)
    else:
        return look_at_link(p)
    if fragment:
        return 0
    if p.protocol == TCP and data.size >= at + 20:
        word = two(data, at + 12)
        p.length = rest - (word >> 12 << 2)
        if p.length >= 0 and word >> 12 >= 5:
            p.flags, p.sequence, p.header = word & 0xFF, <uint32_t> four(data, at + 4), word >> 12 << 2
            p.start = at + p.header
            return ports(p, at)
    elif p.protocol == UDP and rest >= 8:
        declared = two(data, at + 4)
        if 8 <= declared <= rest:
            p.length, p.start, p.gated, p.sequence = declared - 8, at + 8, True, 0
            return ports(p, at)
    p.protocol = 0
    return look_at_link(p)


cdef inline int ports(packet_t *p, Py_ssize_t at) except -1 nogil:
    """The packet is one of a flow, unless it may hold a tunnel."""
    p.source_port, p.destination_port = <uint16_t> two(p.data, at), <uint16_t> two(p.data, at + 2)
    if p.protocol == UDP and (TUNNEL_PORT[p.source_port] or TUNNEL_PORT[p.destination_port]):
        return 0
    p.hash = key_hash(p)
    p.fate = COUNTED
    return 0


cdef int look_at_link(packet_t *p) except -1 nogil:
    """Plain frames beside Ethernet's commonest: with tags, of other link types, with options. As in
    :mod:`~shadowai.sources.capture.link`, for what is read here."""
    cdef Bytes data = p.data
    cdef Py_ssize_t at
    cdef int kind, hardware, tags
    if p.link == 1:
        if data.size < 14:
            return 0
        kind, at = two(data, 12), 14
    elif p.link == 113:
        if data.size < 16:
            return 0
        hardware, kind, at = two(data, 2), two(data, 14), 16
        if 801 <= hardware <= 803 or hardware == 824 or kind < 0x0600:
            return 0
    elif p.link == 276:
        if data.size < 20:
            return 0
        hardware, kind, at = two(data, 8), two(data, 0), 20
        if 801 <= hardware <= 803 or hardware == 824 or kind < 0x0600:
            return 0
    elif p.link == 0 or p.link == 108:
        if data.size < 5:
            return 0
        kind = byte(data, 0) if byte(data, 0) else byte(data, 3)
        if kind != 2 and not INET6[kind] or four(data, 0) != kind and four(data, 0) != <int64_t> kind << 24:
            return 0
        return look_at_ip(p, 4)
    elif p.link == 12 or p.link == 14 or p.link == 101 or p.link == 228 or p.link == 229:
        return look_at_ip(p, 0)
    else:
        return 0
    for tags in range(2):
        if kind != 0x8100 and kind != 0x88A8 and kind != 0x9100:
            break
        if data.size - at < 4:
            return 0
        kind = two(data, at + 2)
        at += 4
    if kind == 0x0800:
        return look_at_ipv4(p, at)
    if kind == 0x86DD:
        return look_at_ipv6(p, at)
    if kind == 0x0806:
        p.fate = PASSED_OVER
    return 0


cdef int look_at_ip(packet_t *p, Py_ssize_t at) except -1 nogil:
    if at >= p.data.size:
        return 0
    if byte(p.data, at) >> 4 == 4:
        return look_at_ipv4(p, at)
    return look_at_ipv6(p, at) if byte(p.data, at) >> 4 == 6 else 0


cdef int look_at_ipv4(packet_t *p, Py_ssize_t at) except -1 nogil:
    cdef Bytes data = p.data
    cdef Py_ssize_t end = data.size
    cdef int64_t total
    cdef int header
    if end - at < 20:
        return 0
    total, header = two(data, at + 2), (byte(data, at) & 15) << 2
    if byte(data, at) >> 4 != 4 or header < 20 or 0 < total < header or two(data, at + 6) & 0x3FFF:
        return 0
    if not total:
        if p.wire > data.size:
            return 0
        total = end - at
    if at + total < end:
        end = at + <Py_ssize_t> total
    if at + header > end:
        return 0
    p.protocol = byte(data, at + 9)
    p.width, p.source, p.destination = 4, some(data, at + 12, 4), some(data, at + 16, 4)
    return look_at_transport(p, at + header, end, total - header)


cdef int look_at_ipv6(packet_t *p, Py_ssize_t at) except -1 nogil:
    cdef Bytes data = p.data
    cdef Py_ssize_t end = data.size
    cdef int64_t total
    cdef int protocol
    if end - at < 40 or byte(data, at) >> 4 != 6:
        return 0
    total, protocol = two(data, at + 4), byte(data, at + 6)
    if protocol != TCP and protocol != UDP and protocol != 58:  # extension headers and whatever else
        return 0
    p.protocol = protocol
    p.width, p.source, p.destination = 16, some(data, at + 8, 16), some(data, at + 24, 16)
    at += 40
    if not total:
        if p.wire > data.size:
            return 0
        total = end - at
    if at + total < end:
        end = at + <Py_ssize_t> total
    return look_at_transport(p, at, end, total)


cdef int look_at_transport(packet_t *p, Py_ssize_t at, Py_ssize_t end, int64_t length) except -1 nogil:
    """As :func:`shadowai.sources.capture.internet.transport`."""
    cdef int offset
    cdef int64_t size
    p.sequence = 0
    if p.protocol == TCP:
        if end - at < 20:
            return 0
        offset = byte(p.data, at + 12) >> 4 << 2
        p.sequence, p.flags = <uint32_t> four(p.data, at + 4), byte(p.data, at + 13)
        if offset < 20 or offset > length:
            p.start, p.length = end, 0
        else:
            p.start, p.length, p.header = min(at + offset, end), length - offset, offset
        return ports(p, at)
    if p.protocol == UDP:
        if end - at < 8:
            return 0
        size = two(p.data, at + 4)
        if size == 0 or size > length:
            size = length
        p.start, p.length = at + 8, max(size - 8, 0)
        return ports(p, at)
    if PLAIN_PROTOCOL[p.protocol]:
        p.fate = NO_PORTS
    return 0
