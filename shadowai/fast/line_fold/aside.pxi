# What lines without a name say to others: sizes of connections, who made which.


cdef bint _pass_by(Fold self) except -1 nogil:
    """Count a line that names no host, and whose server is surely of no service; false where the reference has to read it."""
    cdef int server, client
    if self.nameless == LOOKED_AT or not _cut_pieces(self, self.n_cuts):
        return False
    client = _is_elsewhere(self, self.client_slots, self.n_client, False) if self.nameless == SET_ASIDE else 0
    server = _is_elsewhere(self, self.server_slots, self.n_server, True)
    if server < 0 or client < 0 or (server == 0 and _may_be_blank(self)):
        return False
    if self.nameless == SET_ASIDE:
        return _set_aside(self, server and client)
    self.unnamed += 1
    self.connections += server and client
    return True


cdef bint _set_aside(Fold self, bint by_address) except -1 nogil:
    """Count a line without a name, and hand on what it says of the size of its connection; ``by_address`` where both ends are known."""
    cdef int64_t kind = _kind_of_aside(self)
    if kind < 0 or kind & SHOWN:
        return False
    by_address = by_address and kind & BY_ADDRESS
    if by_address and not self.hearing and _is_heard(self):
        return False
    if kind and (self.places or (by_address and self.hearing)) and not _tell(self, kind, by_address and self.hearing):
        return False
    self.unnamed += 1
    self.connections += by_address and not self.hearing
    return True


cdef int64_t _kind_of_aside(Fold self) except -2 nogil:
    """What is said of lines without a name of the manner of the one at hand; -1 where the reference has to read it."""
    cdef uint64_t hash = 0
    cdef Entry *entry
    cdef int length
    if not self.aside or self.always >= 0:
        return self.always if self.aside else -1
    length = _conditions(self, _manner_key(self, 0), self.aside_test, self.aside_tests, self.aside_search, self.aside_searches)
    if length < 0:
        return -1
    entry = find(&self.asides, self.key, length, &hash)
    if entry == NULL:
        with gil:
            entry = _ask_aside(self, length, hash)
    return entry.value


cdef bint _is_heard(Fold self) noexcept nogil:
    """Whether an answer has told the address of the server."""
    cdef uint64_t hash = 0
    return self.heard.used and find(&self.heard, self.server_at, self.server_end - self.server_at, &hash) != NULL


cdef bint _tell(Fold self, int64_t kind, bint waits) except -1 nogil:
    """Hand on what the line tells of its connection: the id, the size, and where it ``waits`` for a name, who connected when to what
    address; false where the reference has to read that."""
    cdef Told told
    cdef int has_up, has_down, size = 0, port = _port(self)
    memset(&told, 0, sizeof(Told))
    told.number = self.number
    if port < 0:
        return False
    if self.ids_filled + 2 * MOST_ID > self.ids_room:
        _lengthen(self)
    if self.places:
        size = _id(self)
    has_up = _size(self, self.total_up_slots, self.n_total_up, &told.up)
    has_down = _size(self, self.total_down_slots, self.n_total_down, &told.down)
    if size < 0 or has_up < 0 or has_down < 0:
        return False
    told.length, told.has_up, told.has_down = size, has_up, has_down
    told.sized = kind & SIZED and port != PORT_OF_DNS and (has_up or has_down)
    if waits:
        if not _quiet_time(self, &told.time):
            return False
        told.assumed = self.last_assumed
        told.counted = kind & COUNTED and self.since <= told.time <= self.until
        told.actor = _actor(self)
        told.has_began = _began(self, told.time, &told.began)
        if told.actor < 0 or told.has_began < 0:
            return False
        told.blocked = kind & STOPPED
        told.server = <int>(self.server_end - self.server_at)
        memcpy(self.ids + self.ids_filled + size, self.server_at, told.server)
    if told.sized or waits:
        if self.n_told == self.told_room:
            _widen(self)
        self.told[self.n_told] = told
        self.n_told += 1
        self.ids_filled += size + told.server
    return True


cdef int _quiet_time(Fold self, int64_t *value) except -2 nogil:
    """As :meth:`_when`, and what had to be assumed is not counted."""
    cdef int found
    self.uncounted_time = True
    found = _when(self, value)
    self.uncounted_time = False
    return found


cdef int _began(Fold self, int64_t time, int64_t *value) noexcept nogil:
    """1 and when the connection began (µs), 0 where that is not told, -1 where the reference has to say."""
    cdef int64_t lasted = 0
    cdef int has = _size(self, self.lasted_slots, self.n_lasted, &lasted)
    if has < 0 and _clock(self, &lasted):
        has = 1
    if has <= 0:
        return has
    if lasted >= 1_000_000_000:
        return -1
    value[0] = time - lasted * (1000 if self.lasted_ms else MILLION)
    return 1


cdef bint _clock(Fold self, int64_t *value) noexcept nogil:
    """Whether the first column that tells how long it lasted is ``h:mm:ss``; and that in seconds."""
    cdef const uint8_t *at
    cdef const uint8_t *end
    cdef int place, part, digits
    cdef int64_t number
    for place in range(self.n_lasted):
        if _inner(self, self.lasted_slots[place], &at, &end) and at < end:
            break
    else:
        return False
    value[0] = 0
    for part in range(3):
        number = 0
        digits = 0
        while at < end and _is_digit(self, at[0]) and digits < 6:
            number = number * 10 + (at[0] - c'0')
            digits += 1
            at += 1
        if not digits or (part == 1 and digits > 2) or (part < 2 and (at == end or at[0] != c':')):
            return False
        at += part < 2
        value[0] = value[0] * 60 + number
    return at == end


cdef int _port(Fold self) noexcept nogil:
    """The server's port, 0 where there is none; -1 where the reference has to say."""
    cdef const uint8_t *at
    cdef const uint8_t *end
    cdef int place, port = 0
    for place in range(self.n_port):
        if _inner(self, self.port_slots[place], &at, &end) and not (at == end or (end - at == 1 and at[0] == c'-')):
            if end - at > 5:
                return -1
            while at < end:
                if not _is_digit(self, at[0]):
                    return -1
                port = port * 10 + (at[0] - c'0')
                at += 1
            return port
    for place in range(self.n_url):  # it may have one
        if self.begin[self.url_slots[place]] != NULL and self.end[self.url_slots[place]] - self.begin[self.url_slots[place]] > 2:
            return -1
    return 0


cdef int _id(Fold self) noexcept nogil:
    """Put the id of the line's connection behind those that are to be handed on, and give its length; -1 where the reference has to
    say what it is."""
    cdef const uint8_t *at
    cdef const uint8_t *end
    cdef const uint8_t *mark
    cdef int place, spelling
    cdef uint8_t *put
    cdef uint8_t *start
    start = put = self.ids + self.ids_filled
    for place in range(self.places):
        at = end = NULL
        for spelling in range(self.id_spellings[place]):
            if _inner(self, self.id_slots[place][spelling], &at, &end) and at < end:
                break
        if at == NULL or at == end or put - start + (end - at) + 1 > MOST_ID:
            return -1
        if place:
            put[0] = c'|'
            put += 1
        mark = at
        while mark < end and _is_digit(self, mark[0]):
            mark += 1
        if mark < end and (not _says_something(self, at, end) or (self.family == OBJECT and (at - 1)[0] != c'"')):
            return -1
        memcpy(put, at, end - at)
        put += end - at
    return <int>(put - start)


cdef bint _says_something(Fold self, const uint8_t *at, const uint8_t *end) noexcept nogil:
    """Whether a part of an id is plain, and surely no word for nothing: these have no digits, but for a format's own."""
    cdef const uint8_t *each = at
    cdef bint digits = False
    while each < end:
        if not self.of_id[each[0]]:
            return False
        digits = digits or (_is_digit(self, each[0]) and each[0] != c'0')
        each += 1
    return digits


cdef int _widen(Fold self) except -1 nogil:
    cdef Py_ssize_t room = self.told_room * 2 if self.told_room else 1024
    cdef Told *told = <Told *>realloc(self.told, room * sizeof(Told))
    if told == NULL:
        with gil:
            raise MemoryError
    self.told, self.told_room = told, room
    return 0


cdef int _lengthen(Fold self) except -1 nogil:
    cdef size_t room = self.ids_room * 2 if self.ids_room else 1 << 16
    cdef uint8_t *ids = <uint8_t *>realloc(self.ids, room)
    if ids == NULL:
        with gil:
            raise MemoryError
    self.ids, self.ids_room = ids, room
    return 0


cdef list _said(Fold self):
    """What lines say to others, before each that is handed back, and behind the last: the number of that line; who was told which
    address for a name of no service, with a line feed behind each; sizes of connections, as the id, bytes up and down or ``None``; and
    connections that wait for a name, as the line, the id, bytes up and down or ``None``, who it was, the server's address, the time, when it began,
    whether it was blocked, whether it counts, and the number of what its time had to assume."""
    cdef Py_ssize_t kept, place = 0
    cdef size_t at = 0, others = 0, until
    cdef int64_t number
    cdef const char *ids = <const char *>self.ids
    cdef Told *told
    cdef str prefix = self.id_prefix.decode() if self.n_told and self.aside else ""
    found = []
    for kept in range(self.n_kept + 1):
        number = self.kept[4 * kept] if kept < self.n_kept else self.number + 1
        until = self.kept[4 * kept + 3] if kept < self.n_kept else self.others_filled
        if until == others and (place == self.n_told or self.told[place].number > number):
            continue
        pairs = (<const char *>self.others)[others:until].decode("ascii") if until > others else ""
        others = until
        sizes, waits = [], []
        while place < self.n_told and self.told[place].number < number:
            told = &self.told[place]
            id = prefix + ids[at : at + told.length].decode("ascii") if told.length else None
            up, down = told.up if told.has_up else None, told.down if told.has_down else None
            if told.sized and told.length:
                sizes.append((id, up, down))
            if told.server:
                waits.append((
                    told.number,
                    id,
                    up,
                    down,
                    told.actor,
                    ids[at + told.length : at + told.length + told.server].decode("ascii"),
                    told.time,
                    told.began if told.has_began else None,
                    told.blocked != 0,
                    told.counted != 0,
                    told.assumed,
                ))
            at += told.length + told.server
            place += 1
        found.append((number, pairs, sizes, waits))
    return found
