# Syslog headers in front of a line.


cdef bint _unwrap(Fold self) noexcept nogil:
    """Let the line begin behind its syslog header (RFC 3164, or with a time as RFC 3339 has it); false where that is not plain."""
    cdef const uint8_t *at = self.line_begin
    cdef const uint8_t *stop = self.line_end
    cdef const uint8_t *tag
    cdef int count = 0
    cdef bint dated, numbered = False
    if at < stop and at[0] == c'<':
        at += 1
        while at < stop and c'0' <= at[0] <= c'9' and count < 3:
            at += 1
            count += 1
        if count == 0 or at >= stop or at[0] != c'>':
            return False
        at += 1
    dated = at < stop and c'0' <= at[0] <= c'9'
    at = _date(self, at) if dated else _month(self, at)
    if at == NULL or at >= stop or at[0] != c' ':
        return False
    at += 1
    if _is_like(self, at, b"0000") or _is_like(self, at, b"AAA") or _is_like(self, at, b"std"):
        return False  # it may be a year, a zone, or a container's stream
    if not _has_no_host(self, at):
        at = _sender(self, at)
        if at == NULL:
            return False
    tag = at
    while at < stop and at - tag <= LONGEST_KEY and (_is_word(self, at[0]) or memchr(b"./()-%", at[0], 6) != NULL):
        at += 1
    if at < stop and at[0] >= 0x80:
        return False
    if tag < at and at - tag <= LONGEST_KEY and at < stop:
        if at[0] == c'[':
            at += 1
            while at < stop and (_is_word(self, at[0]) or at[0] == c'.' or at[0] == c':' or at[0] == c'-'):
                at += 1
            if at < stop and at[0] >= 0x80:
                return False
            at = at + 1 if at < stop and at[0] == c']' else stop
            numbered = True
        if at < stop and at[0] == c':':
            at += 1
            if not numbered and at < stop and at[0] != c' ' and at[0] != c'\t':
                return False  # a message without a tag may begin with an address or a time
            tag = at + 1 if at < stop and (at[0] == c' ' or at[0] == c'\t') else at
    at = tag
    while at < stop:  # what a syslog server has escaped
        at = <const uint8_t *>memchr(at, c'#', stop - at)
        if at == NULL:
            break
        if at + 1 < stop and (at[1] == c'0' or at[1] == c'1'):
            return False
        at += 1
    self.line_begin = tag
    self.unwrapped = True
    return tag < stop


cdef inline bint _is_word(Fold self, uint8_t byte) noexcept nogil:
    return c'a' <= (byte | 0x20) <= c'z' or c'0' <= byte <= c'9' or byte == c'_'


cdef bint _is_like(Fold self, const uint8_t *at, const char *shape) noexcept nogil:
    """Whether text is as ``shape`` says: ``0`` is a digit, ``A`` and ``a`` are letters, all others themselves."""
    cdef int place = 0
    while shape[place]:
        if at + place >= self.line_end:
            return False
        if shape[place] == c'0':
            if not c'0' <= at[place] <= c'9':
                return False
        elif shape[place] == c'A':
            if not c'A' <= at[place] <= c'Z':
                return False
        elif shape[place] == c'a':
            if not c'a' <= at[place] <= c'z':
                return False
        elif at[place] != <uint8_t>shape[place]:
            return False
        place += 1
    return True


cdef const uint8_t *_month(Fold self, const uint8_t *at) noexcept nogil:
    """Where ``Jan  5 08:00:00`` ends."""
    if _is_like(self, at, b"Aaa 00 00:00:00") or _is_like(self, at, b"Aaa  0 00:00:00"):
        return at + 15
    return at + 14 if _is_like(self, at, b"Aaa 0 00:00:00") else NULL


cdef const uint8_t *_date(Fold self, const uint8_t *at) noexcept nogil:
    """Where ``2026-01-05T08:00:00.123+00:00`` ends."""
    cdef int digits = 0
    if not _is_like(self, at, b"0000-00-00T00:00:00"):
        return NULL
    at += 19
    if at < self.line_end and at[0] == c'.':
        at += 1
        while at < self.line_end and c'0' <= at[0] <= c'9':
            at += 1
            digits += 1
        if not 0 < digits <= 9:
            return NULL
    if at < self.line_end and at[0] == c'Z':
        return at + 1
    return at + 6 if _is_like(self, at, b"+00:00") or _is_like(self, at, b"-00:00") else NULL


cdef bint _has_no_host(Fold self, const uint8_t *at) noexcept nogil:
    """Whether what stands where the host would is none: it holds what no host does."""
    while at < self.line_end and at[0] > c' ' and at[0] < 0x80:
        if at[0] == c'=' or at[0] == c'|' or at[0] == c',' or at[0] == c'"':
            return True
        at += 1
    return False


cdef const uint8_t *_sender(Fold self, const uint8_t *at) noexcept nogil:
    """What stands behind the host of a syslog header; ``NULL`` where it may be no host."""
    cdef const uint8_t *host = at
    while at < self.line_end and (_is_word(self, at[0]) or at[0] == c'-' or at[0] == c'.'):
        at += 1
    return at + 1 if at > host and at < self.line_end and at[0] == c' ' else NULL
