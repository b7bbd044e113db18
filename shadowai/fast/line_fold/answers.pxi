# DNS answers: who was told which address for a name of no service.


cdef bint _tell_answer(Fold self) except -1 nogil:
    """Hand on who was told which addresses for a name that is of no AI service; false where the reference has to read that."""
    cdef const uint8_t *at
    cdef const uint8_t *end
    cdef int place, slot
    cdef Address *address
    self.n_answered = 0
    if not _cut_pieces(self, self.n_cuts):
        return False
    for place in range(self.n_answers):
        slot = self.answer_slots[place]
        if self.begin[slot] == NULL:
            continue
        self.n_pieces = 0
        if not _is_printed(self.begin[slot], self.end[slot]):
            return False
        if self.family == OBJECT and not self.is_piece[slot]:
            if not _in_value(self, self.begin[slot], self.end[slot]):
                return False
        elif _inner(self, slot, &at, &end) and not _in_text(self, at, end):
            return False
    if not self.n_answered:
        return True
    if _is_elsewhere(self, self.asker_slots, self.n_askers, True) != 1:
        return False
    if self.others_filled + MOST_ANSWERED * 2 * (LONGEST_ADDRESS + 1) > self.others_room:
        _widen_others(self)
    for place in range(self.n_answered):
        address = &self.answered[place]
        _put_other(self, self.server_at, self.server_end - self.server_at, c' ')
        _put_other(self, address.text, address.length, c'\n')
    return True


cdef inline void _put_other(Fold self, const uint8_t *text, size_t length, uint8_t behind) noexcept nogil:
    memcpy(self.others + self.others_filled, text, length)
    self.others[self.others_filled + length] = behind
    self.others_filled += length + 1


cdef int _widen_others(Fold self) except -1 nogil:
    cdef size_t room = self.others_room * 2 if self.others_room else 1 << 16
    cdef uint8_t *others = <uint8_t *>realloc(self.others, room)
    if others == NULL:
        with gil:
            raise MemoryError
    self.others, self.others_room = others, room
    return 0


cdef bint _is_printed(const uint8_t *at, const uint8_t *end) noexcept nogil:
    """Whether a text has nothing in it that Python would write otherwise: printable ASCII without a backslash."""
    while at < end:
        if not 0x20 <= at[0] < 0x7F or at[0] == c'\\':
            return False
        at += 1
    return True


cdef bint _in_value(Fold self, const uint8_t *at, const uint8_t *end) noexcept nogil:
    """Find the addresses in a value of an object, which is known to be one: false where the reference has to."""
    cdef const uint8_t *each
    cdef const uint8_t *stop
    cdef int items = 0, item
    if at[0] == c'[':  # of a list of texts alone, each is an address or none
        each = _space(self, at + 1)
        while each < end and each[0] == c'"':
            stop = <const uint8_t *>memchr(each + 1, c'"', end - each - 1)
            items += 1
            each = _space(self, stop + 1)
            if each < end and each[0] == c',':
                each = _space(self, each + 1)
        if each + 1 == end:
            if items > MOST_ANSWERED:
                return False
            each = at
            for item in range(items):
                each = <const uint8_t *>memchr(each, c'"', end - each) + 1
                stop = <const uint8_t *>memchr(each, c'"', end - each)
                if not _at_item(self, each, stop):
                    return False
                each = stop + 1
            return True
    return _in_any(self, at, end, 0) != NULL


cdef const uint8_t *_in_any(Fold self, const uint8_t *at, const uint8_t *end, int depth) noexcept nogil:
    """Find the addresses in the texts and keys of a value, and give its end: ``NULL`` where the reference has to."""
    cdef const uint8_t *key[MOST_KEYS]
    cdef const uint8_t *stop
    cdef int size[MOST_KEYS]
    cdef int keys = 0, place
    cdef uint8_t close
    if depth >= DEEPEST:
        return NULL
    if at[0] == c'"':
        stop = <const uint8_t *>memchr(at + 1, c'"', end - at - 1)
        return stop + 1 if _in_text(self, at + 1, stop) else NULL
    if at[0] != c'{' and at[0] != c'[':
        while at < end and at[0] != c',' and at[0] != c']' and at[0] != c'}' and at[0] != c' ':
            at += 1
        return at
    close = c'}' if at[0] == c'{' else c']'
    at = _space(self, at + 1)
    while at[0] != close:
        if close == c'}':
            stop = <const uint8_t *>memchr(at + 1, c'"', end - at - 1)
            for place in range(keys):
                if size[place] == stop - at and memcmp(key[place], at, stop - at) == 0:
                    return NULL  # of what is said twice, the last counts
            if keys == MOST_KEYS or not _in_text(self, at + 1, stop):
                return NULL
            key[keys], size[keys] = at, <int>(stop - at)
            keys += 1
            at = _space(self, _space(self, stop + 1) + 1)
        at = _in_any(self, at, end, depth + 1)
        if at == NULL:
            return NULL
        at = _space(self, at)
        if at[0] == c',':
            at = _space(self, at + 1)
    return at + 1


cdef bint _in_text(Fold self, const uint8_t *at, const uint8_t *end) noexcept nogil:
    """Find the addresses in a text; false where the reference has to. They stand at the beginning of words, in which dots, colons and
    hyphens may be."""
    cdef const uint8_t *begin
    while at < end:
        if not self.of_word[at[0]]:
            at += 1
            continue
        begin = at
        while at < end and self.of_word[at[0]]:
            at += 1
        if not _at_word(self, begin, at):
            return False
    return True


cdef bint _at_word(Fold self, const uint8_t *at, const uint8_t *end) noexcept nogil:
    """Take the address with which a word begins; false where it is not sure whether there is one."""
    cdef const uint8_t *stop = at
    cdef bint plain
    cdef int digits = 0
    if _four_numbers(at, end, &stop, &plain) and (stop == end or stop[0] == c'.'):
        return plain and _take_address(self, at, stop - at)
    stop = at
    while stop < end and digits < 5 and _nibble(stop[0]) >= 0:
        stop += 1
        digits += 1
    if digits > 4 or end - stop < 2 or stop[0] != c':' or not (stop[1] == c':' or stop[1] == c'.' or _nibble(stop[1]) >= 0):
        return True
    return _take_six(self, at, end)


cdef bint _at_item(Fold self, const uint8_t *at, const uint8_t *end) noexcept nogil:
    """Take the address that a text is; false where it is not sure whether it is one."""
    cdef const uint8_t *stop = at
    cdef bint plain, other = at == end
    if _four_numbers(at, end, &stop, &plain) and stop == end:
        return plain and _take_address(self, at, end - at)
    stop = at
    while stop < end and self.of_word[stop[0]] and stop[0] != c':':
        other = other or not (c'0' <= stop[0] <= c'9' or stop[0] == c'.' or stop[0] | 0x20 == c'x')
        stop += 1
    if stop == end:
        return other  # else somebody made an address unreadable on purpose
    return _take_six(self, at, end)


cdef bint _four_numbers(const uint8_t *at, const uint8_t *end, const uint8_t **stop, bint *plain) noexcept nogil:
    """Whether a text begins with four numbers and dots between them, where they end, and whether that is an IPv4 address."""
    cdef int part, digits, number
    plain[0] = True
    for part in range(4):
        if part:
            if at == end or at[0] != c'.':
                return False
            at += 1
        number = digits = 0
        while at < end and c'0' <= at[0] <= c'9' and digits < 3:
            plain[0] = plain[0] and not (digits and not number)
            number = number * 10 + (at[0] - c'0')
            digits += 1
            at += 1
        if not digits:
            return False
        plain[0] = plain[0] and number < 256
    stop[0] = at
    return True


cdef bint _take_six(Fold self, const uint8_t *at, const uint8_t *end) noexcept nogil:
    cdef uint16_t groups[8]
    cdef uint8_t text[LONGEST_ADDRESS]
    return _six(at, end, groups) and _take_address(self, text, _shortest(groups, text))


cdef bint _take_address(Fold self, const uint8_t *text, Py_ssize_t length) noexcept nogil:
    """Remember an address of the line at hand; false where there are too many, of which the reference takes the first."""
    cdef int place
    self.n_pieces += 1
    if self.n_pieces > MOST_ANSWERED:
        return False
    for place in range(self.n_answered):
        if self.answered[place].length == length and memcmp(self.answered[place].text, text, length) == 0:
            return True
    if self.n_answered == MOST_ANSWERED:
        return False
    self.answered[self.n_answered].length = <int>length
    memcpy(self.answered[self.n_answered].text, text, length)
    self.n_answered += 1
    return True
