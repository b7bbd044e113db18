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
        return _is_six(self, at, end, of_server)
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


cdef int _is_six(Fold self, const uint8_t *at, const uint8_t *end, bint of_server) noexcept nogil:
    """1 for an IPv6 address that no service has, whose shortest form is then the server's; -1 where the reference has to say."""
    cdef uint16_t groups[8]
    cdef uint8_t raw[16]
    cdef int place
    if not _six(at, end, groups):
        return -1
    for place in range(8):
        raw[2 * place], raw[2 * place + 1] = groups[place] >> 8, groups[place] & 0xFF
    for place in range(self.n_sixes):
        if memcmp(self.six + 32 * place, raw, 16) <= 0 and memcmp(raw, self.six + 32 * place + 16, 16) <= 0:
            return -1
    if of_server:
        self.server_at = self.server_six
        self.server_end = self.server_six + _shortest(groups, self.server_six)
    return 1


cdef bint _six(const uint8_t *at, const uint8_t *end, uint16_t *groups) noexcept nogil:
    """Whether a text is an IPv6 address (RFC 4291, section 2.2) without an IPv4 address in it, and its groups."""
    cdef int count = 0, gap = -1, digits, place, zeros
    cdef uint32_t group
    if not 2 <= end - at <= LONGEST_ADDRESS:
        return False
    if at[0] == c':':
        if at[1] != c':':
            return False
        gap = 0
        at += 2
    while at < end:
        group = digits = 0
        while at < end and digits < 5 and _nibble(at[0]) >= 0:
            group = group << 4 | <uint32_t>_nibble(at[0])
            digits += 1
            at += 1
        if not 0 < digits < 5 or count == 8:
            return False
        groups[count] = <uint16_t>group
        count += 1
        if at == end:
            break
        if at[0] != c':' or at + 1 == end:
            return False
        at += 1
        if at[0] == c':':
            if gap >= 0:
                return False
            gap = count
            at += 1
    if gap < 0:
        return count == 8
    zeros = 8 - count
    if zeros < 1:
        return False
    for place in range(7, gap - 1, -1):
        groups[place] = groups[place - zeros] if place >= gap + zeros else 0
    return not (groups[5] == 0xFFFF and (groups[0] | groups[1] | groups[2] | groups[3] | groups[4]) == 0)  # an IPv4 address, mapped


cdef inline int _nibble(uint8_t byte) noexcept nogil:
    if c'0' <= byte <= c'9':
        return byte - c'0'
    byte |= 0x20
    return byte - c'a' + 10 if c'a' <= byte <= c'f' else -1


cdef int _shortest(const uint16_t *groups, uint8_t *into) noexcept nogil:
    """Writes an IPv6 address as RFC 5952, section 4, has it, and gives the length: the first of the longest rows of zeros is left out."""
    cdef int place = 0, begin = -1, most = 1, run, length = 0, shift, digit
    while place < 8:
        run = 0
        while place + run < 8 and not groups[place + run]:
            run += 1
        if run > most:
            begin, most = place, run
        place += run + 1
    place = 0
    while place < 8:
        if place == begin:
            into[length] = into[length + 1] = c':'
            length += 2
            place += most
            continue
        if place and not (begin >= 0 and place == begin + most):
            into[length] = c':'
            length += 1
        for shift in range(12, -4, -4):
            if groups[place] >> shift or not shift:
                digit = groups[place] >> shift & 15
                into[length] = <uint8_t>(c'0' + digit if digit < 10 else c'a' + digit - 10)
                length += 1
        place += 1
    return length
