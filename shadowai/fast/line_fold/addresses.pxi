# Whether the address of a server may be of a service.


cdef bint _may_be_blank(Fold self) noexcept nogil:
    """Whether nothing may stand in the line but white space, which is no record."""
    cdef const uint8_t *at = self.line_begin
    while at < self.line_end and at[0] <= c' ':
        at += 1
    return at == self.line_end or at[0] >= 0x80


cdef int _is_elsewhere(Fold self, const int *slots, int count, bint of_server) noexcept nogil:
    """1 where an address is of no service, 0 where there is none, -1 where the reference has to say."""
    cdef const uint8_t *at
    cdef const uint8_t *end
    cdef int place, digits, octets = 0
    cdef uint32_t address = 0, octet
    if count < 0:
        return -1
    for place in range(count):
        if _inner(self, slots[place], &at, &end) and not (at == end or (end - at == 1 and at[0] == c'-')):
            break
    else:
        return 0
    if of_server:
        self.server_at, self.server_end = at, end
    if end - at > 2 and (memchr(at, c':', 5 if end - at > 5 else end - at) != NULL):
        return 1 if _is_six(self, at, end) else -1
    while octets < 4:
        octet = 0
        digits = 0
        while at < end and _is_digit(self, at[0]) and digits < 4:
            if digits and not octet:
                return -1  # with a zero before it, it is no address
            octet = octet * 10 + (at[0] - c'0')
            digits += 1
            at += 1
        octets += 1
        if not digits or octet > 255 or (octets < 4 and (at == end or at[0] != c'.')):
            return -1
        address = address << 8 | octet
        at += octets < 4
    if at != end and not _is_packed(self, at, end):
        return -1
    if of_server:
        self.server_end = at
    for place in range(self.n_ranges):
        if self.ranges[2 * place] <= address <= self.ranges[2 * place + 1]:
            return -1
    return 1


cdef bint _is_packed(Fold self, const uint8_t *at, const uint8_t *end) noexcept nogil:
    """Whether a port stands behind an address, and maybe more (``:4522:X0``)."""
    cdef int digits = 0
    if at[0] != c':' and at[0] != c'#' and at[0] != c'/':
        return False
    at += 1
    while at < end and _is_digit(self, at[0]) and digits < 5:
        at += 1
        digits += 1
    return at == end or at[0] == c':' or at[0] == c'/'


cdef bint _is_six(Fold self, const uint8_t *at, const uint8_t *end) noexcept nogil:
    """Whether it is an IPv6 address that no service has, written as RFC 5952 has it: no zero before a group or beside another."""
    cdef int groups = 0, digits = 0, gaps = 0
    cdef bint zero = False, before = False  # whether this group is zero, and the last one was
    if self.sixes or at[0] == c':' or at[0] == c'0':
        return False
    while True:
        if at == end or at[0] == c':':
            if not digits or digits > 4 or (zero and (digits > 1 or before)):
                return False
            groups += 1
            before, zero = zero, False
            digits = 0
            if at == end:
                break
            at += 1
            if at < end and at[0] == c':':
                gaps += 1
                before = False
                at += 1
                if at == end:
                    break
                if at[0] == c'0':
                    return False
            elif at == end:
                return False
        elif c'0' <= at[0] <= c'9' or c'a' <= at[0] <= c'f':
            zero = at[0] == c'0' if not digits else zero
            digits += 1
            at += 1
        else:
            return False
    return groups == 8 if not gaps else gaps == 1 and groups <= 6 and not before
