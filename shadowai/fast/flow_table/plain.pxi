# Plain payloads: DNS messages and ClientHellos of which nothing but the name matters.

cdef int question(Bytes data, uint8_t *name, Py_ssize_t *after) except -1 nogil:
    """The length of the question's name, written to ``name`` in lower case with dots; 0 where it is not plain. ``after`` is
    where the question ends."""
    cdef Py_ssize_t at = 12, stop
    cdef int size = 0, label
    while at < data.size:
        label = byte(data, at)
        if not label:
            break
        stop = at + 1 + label
        if label > 63 or stop >= data.size or stop - 12 >= 255:
            return 0
        if size:
            name[size] = 46
            size += 1
        at += 1
        while at < stop:
            name[size] = LOWER[byte(data, at)]
            if not name[size]:
                return 0
            size += 1
            at += 1
    if size < 1 or at + 5 > data.size or two(data, at + 3) & 0x7FFF != 1:
        return 0
    after[0] = at + 5
    return size


cdef Py_ssize_t behind_name(Bytes data, Py_ssize_t at) except -1 nogil:
    """Where a name of a record ends; 0 where it is not as it should be (RFC 1035, section 4.1.4)."""
    cdef Py_ssize_t end = 0, lowest = at
    cdef int size = 1, hops = 0, label
    while True:
        if at >= data.size:
            return 0
        label = byte(data, at)
        if not label:
            return end if end else at + 1
        if label <= 63:
            size += label + 1
            if size > 255 or at + 1 + label > data.size:
                return 0
            at += label + 1
            continue
        if label < 0xC0 or at + 1 >= data.size:
            return 0
        if not end:
            end = at + 2
        at = two(data, at) & 0x3FFF
        hops += 1
        if at >= lowest or at < 12 or hops > 16:
            return 0
        lowest = at


cdef struct address_t:
    Py_ssize_t at
    uint8_t size
    int64_t ttl


cdef int addresses(Bytes data, Py_ssize_t at, int count, address_t *found) except -2 nogil:
    """The addresses in the answers from ``at`` on; -1 where a record is not plain."""
    cdef Py_ssize_t stop
    cdef int each, kind, group, size, n = 0
    for each in range(count):
        at = behind_name(data, at)
        if not at:
            return -1
        if at + 10 > data.size:
            break
        kind, group, size = two(data, at), two(data, at + 2), two(data, at + 8)
        stop = at + 10 + size
        if kind == 64 or kind == 65:
            return -1
        if stop > data.size:
            break
        if group & 0x7FFF == 1 and ((kind == 1 and size == 4) or (kind == 28 and size == 16)):
            found[n].at, found[n].size, found[n].ttl = at + 10, <uint8_t> size, four(data, at + 4)
            n += 1
        at = stop
    return n


cdef int hello_size(Bytes data) except -1 nogil:
    """Bytes of the ClientHello, its header included, where ``data`` begins with a record that holds it all; else 0."""
    cdef int record, size
    if data.size < 10 or byte(data, 0) != 0x16 or byte(data, 1) != 3 or byte(data, 2) > 4:
        return 0
    record = two(data, 3)
    if byte(data, 5) != 1 or byte(data, 6) or record > LARGEST_RECORD:
        return 0
    size = 4 + two(data, 7)
    return size if size <= record else 0


cdef int server_name(Bytes message, uint8_t *name) except -1 nogil:
    """The length of a ClientHello's server name, written to ``name`` in lower case; 0 where it has none that is plain."""
    cdef Py_ssize_t at = 38, end, stop
    cdef int kind, size, n
    if message.size < 39:
        return 0
    at = 39 + byte(message, 38)
    if at + 2 > message.size:
        return 0
    at += 2 + two(message, at)
    if at + 1 > message.size:
        return 0
    at += 1 + byte(message, at)
    if at + 2 > message.size:
        return 0
    end = at + 2 + two(message, at)
    if end > message.size:
        end = message.size
    at += 2
    while at + 4 <= end:
        kind, size = two(message, at), two(message, at + 2)
        at += 4
        if not kind:
            stop = at + size
            if stop > end:
                stop = end
            if at + 5 > stop or byte(message, at + 2):
                return 0
            size = two(message, at + 3)
            at += 5
            if not 0 < size <= 255 or at + size > stop:
                return 0
            for n in range(size):
                name[n] = byte(message, at + n)
                if name[n] != 46:
                    name[n] = LOWER[name[n]]
                if not name[n]:
                    return 0
            return size
        at += size
    return 0


cdef bint is_nameless(Bytes message) except -1 nogil:
    """True for a whole ClientHello that surely has no server name: as :mod:`shadowai.wire.tls` has it."""
    cdef Py_ssize_t at = 38, end
    if message.size < 39:
        return False
    at = 39 + byte(message, 38)
    if at + 2 > message.size:
        return False
    at += 2 + two(message, at)
    if at + 1 > message.size:
        return False
    at += 1 + byte(message, at)
    if at + 2 > message.size:
        return at <= message.size
    end = min(at + 2 + two(message, at), message.size)
    at += 2
    while at + 4 <= end:
        if not two(message, at):
            return False
        at += 4 + two(message, at + 2)
    return True


cdef bint has_encrypted(Bytes message) except -1 nogil:
    """True where a whole ClientHello has an encrypted one within, or may have: as :func:`shadowai.wire.tls.client_hello` has it."""
    cdef Py_ssize_t at = 38, end
    cdef int kind, size
    if message.size < 39:
        return True
    at = 39 + byte(message, 38)
    if at + 2 > message.size:
        return True
    at += 2 + two(message, at)
    if at + 1 > message.size:
        return True
    at += 1 + byte(message, at)
    if at + 2 > message.size:
        return at > message.size
    end = min(at + 2 + two(message, at), message.size)
    at += 2
    while at + 4 <= end:
        kind, size = two(message, at), two(message, at + 2)
        at += 4
        if kind == ENCRYPTED_HELLO:
            return size > 0 and at < end
        at += size
    return False


cdef bint leaf(Bytes data, Bytes *found) except -1 nogil:
    """True where a server's stream begins with a hello and a whole Certificate message, each in one record: ``found`` is then
    the server's own certificate. As :func:`shadowai.wire.tls.certificates`."""
    cdef Py_ssize_t at, end, size
    if data.size < 9 or byte(data, 0) != 0x16 or byte(data, 1) != 3 or byte(data, 2) > 4 or byte(data, 5) != 2:
        return False
    end = 5 + two(data, 3)
    at = 9 + (byte(data, 6) << 16 | two(data, 7))
    if end > 5 + LARGEST_RECORD or at > end or end > data.size:
        return False
    if at == end:
        if at + 5 > data.size or byte(data, at) != 0x16 or byte(data, at + 1) != 3 or byte(data, at + 2) > 4:
            return False
        end = at + 5 + two(data, at + 3)
        if end > at + 5 + LARGEST_RECORD:
            return False
        at += 5
    end = min(end, data.size)
    if at + 10 > end or byte(data, at) != 11:
        return False
    size = byte(data, at + 1) << 16 | two(data, at + 2)
    if at + 4 + size > end:
        return False
    end, at = at + 4 + size, at + 10
    size = byte(data, at - 3) << 16 | two(data, at - 2)
    if at + size > end:
        return False
    found.at, found.size = some(data, at, size), size
    return True


cdef int udp_kind(Bytes payload, uint16_t port) except -2 nogil:
    """As :func:`shadowai.sources.capture.pieces.udp_kind`, but for DNS."""
    cdef int first, second, third
    if payload.size < 13:
        return -1
    if port == 3389:
        return RDP_PIECE
    first, second, third = byte(payload, 0), byte(payload, 1), byte(payload, 2)
    if first & 0x80:
        if (second == 81 or second == 84) and (third == 48 or third == 49):
            return GQUIC_PIECE
        return QUIC_PIECE if four(payload, 1) else -1
    if first == 0x16 and second == 0xFE:
        return DTLS_PIECE
    return GQUIC_PIECE if first < 0x40 and byte(payload, 9) == 81 and byte(payload, 10) == 48 else -1
