# Lines that a pattern reads.


cdef int _patterns(Fold self) noexcept nogil:
    """The groups of the first pattern that matches, in the line as it stands or else behind its syslog header."""
    cdef int taken
    if _may_be_object(self):
        return UNSURE
    taken = _groups(self)
    if taken == UNSURE and self.wrapped and _unwrap(self):
        taken = _groups(self)
    return UNSURE if taken == OPEN else taken


cdef bint _may_be_object(Fold self) noexcept nogil:
    """Whether the line ends as an object does, in which a record would be escaped."""
    cdef const uint8_t *last = self.line_end
    while last > self.line_begin and (last - 1)[0] <= c' ':
        last -= 1
    return last > self.line_begin and (last - 1)[0] == c'}'


cdef int _paired(Fold self) noexcept nogil:
    """Pairs of a dialect, wherever its pattern finds one; the first of a key counts."""
    cdef Machine *machine = self.machine[0]
    cdef const uint8_t *at = self.line_begin
    cdef const uint8_t *value
    cdef const uint8_t *end
    cdef Entry *entry
    cdef uint64_t hash = 0
    cdef int slot
    if _may_be_object(self):
        return UNSURE
    while at <= self.line_end and found(machine, self.line_begin, at, self.line_end):
        value, end = machine.saved[2], machine.saved[3]
        entry = NULL
        if machine.saved[1] - machine.saved[0] < MOST_NAME:
            entry = find(&self.keys, machine.saved[0], machine.saved[1] - machine.saved[0], &hash)
        if entry == NULL and self.closed:
            return UNSURE
        slot = self.name[entry.value].slot if entry != NULL else -1
        if slot >= 0 and self.begin[slot] == NULL:
            if self.closed and not _is_bare(value, end):
                return UNSURE
            if value < end and (value[0] == c"'" or (value[0] == c'"' and (end - value < 2 or (end - 1)[0] != c'"'))):
                return UNSURE  # whether that is a quote is for the reference to say
            self.begin[slot], self.end[slot], self.named[slot] = value, end, machine.saved[0]
        at = max(machine.behind, at + 1)
    return UNSURE if machine.stuck or not _in_order(self) else SURE


cdef int _groups(Fold self) noexcept nogil:
    """Take the groups of the first pattern that matches; ``OPEN`` where nobody knows whether one does."""
    cdef Machine *machine
    cdef int place, slot
    if self.line_machine != NULL and not found(self.line_machine, self.line_begin, self.line_begin, self.line_end):
        return OPEN if self.line_machine.stuck else UNSURE
    for place in range(self.n_machines):
        machine = self.machine[place]
        if found(machine, self.line_begin, self.line_begin, self.line_end):
            for slot in range(min(self.slots, machine.n_saved // 2)):
                if machine.saved[2 * slot] != NULL and machine.saved[2 * slot + 1] != NULL:
                    self.begin[slot], self.end[slot] = machine.saved[2 * slot], machine.saved[2 * slot + 1]
            return SURE
        if machine.stuck:
            return OPEN
    return UNSURE
