# Questions to the reference, with the GIL.


cdef bytes _line(Fold self):
    return (<const char *>self.line_begin)[: self.line_end - self.line_begin]


cdef Entry *_ask_time(Fold self, int length, uint64_t hash, int64_t offset, uint8_t second) except NULL:
    cdef bytes key = (<const char *>self.key)[:length]
    time, more, anew = self.ask.time(self.place, _line(self), self.uncounted_time)
    if anew or is_full(&self.times):
        clear(&self.times)
    cdef Entry *entry = put(&self.times, <const uint8_t *>PyBytes_AS_STRING(key), length, hash, NO_TIME if time is None else <int64_t>time - offset)
    entry.more = more
    self.times.text[self.times.filled] = second  # behind the key: which second was asked for
    self.times.filled += 1
    return entry


cdef int _confirm_time(Fold self, Entry *entry, int64_t offset, int64_t *value) except -2:
    """Ask for a time that differs from a known one in its seconds alone: whether these add up is for the reference to say."""
    cdef int64_t expected = entry.value if entry.value == NO_TIME else entry.value + offset
    time, more, anew = self.ask.time(self.place, _line(self), self.uncounted_time)
    self.last_assumed = more
    if anew:
        clear(&self.times)
    value[0] = NO_TIME if time is None else time
    self.confirmed = self.confirmed + 1 if value[0] == expected else -1
    return value[0] != NO_TIME


cdef bint _ask_first(Fold self, const uint8_t *at, const uint8_t *end, uint64_t hash) except -1:
    cdef bytes cell = (<const char *>at)[: end - at]
    found = bool(self.ask.is_foreign(cell) if self.family == CEF or self.family == LEEF else self.ask.begins_header(cell))
    if is_full(&self.firsts):
        clear(&self.firsts)
    put(&self.firsts, <const uint8_t *>PyBytes_AS_STRING(cell), PyBytes_GET_SIZE(cell), hash, found)
    return found


cdef Entry *_ask_name(Fold self, int length, uint64_t hash) except NULL:
    cdef bytes key = (<const char *>self.key)[:length]
    cdef int64_t kind = self.ask.name(self.place, _line(self), self.hosts.used)
    return put(&self.hosts, <const uint8_t *>PyBytes_AS_STRING(key), length, hash, kind | (<int64_t>self.hosts.used << 8))


cdef Entry *_ask_url(Fold self, int length, uint64_t hash) except NULL:
    cdef bytes key = (<const char *>self.key)[:length]
    cdef int64_t place = MOST_NAMES + <int64_t>self.urls.used  # behind those of names
    cdef int64_t kind = self.ask.url(self.place, _line(self), place)
    return put(&self.urls, <const uint8_t *>PyBytes_AS_STRING(key), length, hash, kind | place << 8)


cdef Entry *_ask_way(Fold self, int length, uint64_t hash) except NULL:
    cdef bytes key = (<const char *>self.key)[:length]
    return _put_way(self, key, hash, self.ask.way(self.place, _line(self), self.n_ways))


cdef Entry *_ask_together(Fold self, int64_t name, int64_t manner, uint64_t hash) except NULL:
    cdef bytes key = (<const char *>self.key)[:16]
    return _put_way(self, key, hash, self.ask.together(name, manner, self.n_ways))


cdef Entry *_put_way(Fold self, bytes key, uint64_t hash, tuple answer) except NULL:
    cdef int64_t place, bit
    kind, blocked, place, bit = answer
    if place == self.n_ways:
        self.way[place].kind, self.way[place].blocked = kind, blocked
        self.n_ways += 1
    elif not 0 <= place < self.n_ways:
        raise ValueError(f"there is no way {place}")
    return put(&self.ways, <const uint8_t *>PyBytes_AS_STRING(key), PyBytes_GET_SIZE(key), hash, place << 8 | min(max(bit, 0), MOST_FACTS))


cdef Entry *_ask_manner(Fold self, int length, uint64_t hash) except NULL:
    cdef bytes key = (<const char *>self.key)[:length]
    cdef int64_t kind = self.ask.manner(self.place, _line(self), self.n_manners)
    self.n_manners += 1
    return put(&self.manners, <const uint8_t *>PyBytes_AS_STRING(key), length, hash, <int64_t>(self.n_manners - 1) << 8 | kind)


cdef Entry *_ask_aside(Fold self, int length, uint64_t hash) except NULL:
    cdef bytes key = (<const char *>self.key)[:length]
    cdef int64_t kind = self.ask.aside(self.place, _line(self))
    return put(&self.asides, <const uint8_t *>PyBytes_AS_STRING(key), length, hash, kind)


cdef Entry *_ask_actor(Fold self, int length, uint64_t hash) except NULL:
    cdef bytes key = (<const char *>self.key)[:length]
    self.ask.actor(self.place, _line(self), self.n_actors)
    self.n_actors += 1
    return put(&self.actors, <const uint8_t *>PyBytes_AS_STRING(key), length, hash, self.n_actors - 1)
