# Hashes that nobody can choose the values of.

cdef uint32_t[24] SECRET  # of this process: nobody can choose flows or names that fall on one another
cdef uint64_t FINISH


cdef void _draw():
    cdef bytes raw = urandom(24 * 4 + 8)
    memcpy(SECRET, PyBytes_AS_STRING(raw), 24 * 4)
    memcpy(&FINISH, PyBytes_AS_STRING(raw) + 24 * 4, 8)

_draw()


cdef inline uint64_t pair(uint32_t left, uint32_t right, int place) noexcept nogil:
    """One step of NH (RFC 4418, section 5.2.2): the sum of such products is almost universal."""
    return <uint64_t> (<uint32_t> (left + SECRET[place])) * <uint32_t> (right + SECRET[place + 1])


cdef inline uint32_t finished(uint64_t sum) noexcept nogil:
    sum ^= FINISH
    sum = (sum ^ sum >> 33) * <uint64_t> 0xFF51AFD7ED558CCD
    sum = (sum ^ sum >> 33) * <uint64_t> 0xC4CEB9FE1A85EC53
    return <uint32_t> (sum >> 32)


cdef inline uint32_t word_at(const uint8_t *at) noexcept nogil:
    cdef uint32_t word
    memcpy(&word, at, 4)
    return word


cdef inline uint32_t key_hash(packet_t *p) noexcept nogil:
    """The same for both directions of a flow."""
    cdef const uint8_t *low = p.source
    cdef const uint8_t *high = p.destination
    cdef uint32_t low_port = p.source_port, high_port = p.destination_port
    cdef int order = memcmp(low, high, p.width)
    if order > 0 or (order == 0 and low_port > high_port):
        low, high = high, low
        low_port, high_port = high_port, low_port
    cdef uint64_t sum = pair(low_port << 16 | high_port, p.protocol, 0) + pair(word_at(low), word_at(high), 2)
    if p.width == 16:
        sum += pair(word_at(low + 4), word_at(high + 4), 4)
        sum += pair(word_at(low + 8), word_at(high + 8), 6)
        sum += pair(word_at(low + 12), word_at(high + 12), 8)
    return finished(sum)


cdef inline uint32_t text_hash(const uint8_t *text, Py_ssize_t size) noexcept nogil:
    cdef uint64_t sum = <uint64_t> size * FINISH | 1
    cdef Py_ssize_t at = 0
    cdef uint64_t word
    while at < size:
        word = 0
        memcpy(&word, text + at, 8 if size - at >= 8 else size - at)
        sum = (sum ^ pair(<uint32_t> word, <uint32_t> (word >> 32), 10)) * <uint64_t> 0x9E3779B97F4A7C15
        sum ^= sum >> 32
        at += 8
    return finished(sum)
