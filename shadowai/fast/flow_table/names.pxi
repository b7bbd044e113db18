# Names that were decided upon, and what the clients' own DNS answers say.

cdef class Names:
    """Names as they were sent (lower case), each decided upon once: its host, and in which of its uses ``naming`` has to know."""

    cdef object naming, known
    cdef name_t *table
    cdef uint32_t *places  # of the names in the table
    cdef uint8_t *text
    cdef uint32_t mask
    cdef uint32_t count
    cdef size_t used

    def __cinit__(self, naming):
        self.naming = naming
        self.known = getattr(naming.wanted, "known", None)
        self.mask = 2 * MOST_NAMES - 1
        self.table = <name_t *> cleared(self.mask + 1, sizeof(name_t))
        self.places = <uint32_t *> cleared(MOST_NAMES, sizeof(uint32_t))
        self.text = <uint8_t *> cleared(MOST_NAME_BYTES, 1)

    def __dealloc__(self):
        if self.table != NULL:
            self.forget()
            free(self.table)
        free(self.places)
        free(self.text)

    cdef void forget(self):
        """All of them; they will be asked for again."""
        cdef uint32_t each
        cdef name_t *name
        for each in range(self.count):
            name = &self.table[self.places[each]]
            Py_XDECREF(name.host)
            memset(name, 0, sizeof(name_t))
        self.count = 0
        self.used = 0

    cdef name_t *find(self, const uint8_t *text, Py_ssize_t size) noexcept nogil:
        """The name, or ``NULL`` where it was not met before."""
        cdef uint32_t hash = text_hash(text, size)
        cdef uint32_t place = hash & self.mask
        cdef name_t *name
        while True:
            name = &self.table[place]
            if not name.used:
                return NULL
            if name.hash == hash and name.size == size and not memcmp(self.text + name.start, text, size):
                return name
            place = (place + 1) & self.mask

    cdef name_t *learn(self, const uint8_t *text, Py_ssize_t size) except NULL:
        if self.count >= MOST_NAMES or self.used + size > MOST_NAME_BYTES:
            self.forget()
        cdef uint8_t flags = 0
        cdef object host = self.told(text, size, &flags)
        cdef uint32_t hash = text_hash(text, size)
        cdef uint32_t place = hash & self.mask
        while self.table[place].used:
            place = (place + 1) & self.mask
        cdef name_t *name = &self.table[place]
        memcpy(self.text + self.used, text, size)
        name.hash, name.start, name.size = hash, <uint32_t> self.used, <uint16_t> size
        name.flags, name.used = flags, 1
        name.host = NULL
        if host is not None:
            Py_INCREF(host)
            name.host = <PyObject *> host
        self.used += size
        self.places[self.count] = place
        self.count += 1
        return name

    cdef object told(self, const uint8_t *text, Py_ssize_t size, uint8_t *flags):
        """The host of a name, and how it is to be used."""
        cdef bytes raw = PyBytes_FromStringAndSize(<const char *> text, size)
        cdef object naming = self.naming, wanted = naming.wanted
        cdef bint canonical = is_canonical(text, size)
        cdef object host = raw.decode("ascii") if canonical else hosts.dns_name(raw)
        if host is None:
            flags[0] = AS_HELLO | IN_DOUBT
            return None
        if wanted is None or ((not canonical or self.may_be_known(host)) and wanted(host, None)):
            flags[0] |= AS_QUERY | AS_HELLO
        elif host in naming.ech_names or host in hosts.ENCRYPTED_DNS:
            flags[0] |= AS_HELLO
        if host in hosts.ECH_PUBLIC_NAMES:
            flags[0] |= AS_OUTER
        elif host in naming.ech_names:
            flags[0] |= IN_DOUBT
        return host

    cdef bint may_be_known(self, str host) except -1:
        """False where no name that anybody asks for is the host or one above it."""
        while self.known is not None and host not in self.known:
            host = host.partition(".")[2]
            if not host:
                return False
        return True


cdef class Owners(Names):
    """Certificates, and the one host that each is about."""

    cdef object told(self, const uint8_t *text, Py_ssize_t size, uint8_t *flags):
        return tcp_messages.owner(PyBytes_FromStringAndSize(<const char *> text, size))


cdef bint is_canonical(const uint8_t *text, Py_ssize_t size) noexcept:
    """True for a name, all of whose characters are those of host names, that surely is as :func:`~shadowai.normalize.host`
    leaves it."""
    cdef Py_ssize_t at, begin = 0
    cdef bint dotted = False
    if size > 253 or 48 <= text[size - 1] <= 57:
        return False
    for at in range(size + 1):
        if at == size or text[at] == 46:
            if not 0 < at - begin < 64 or text[begin] == 45 or text[at - 1] == 45:
                return False
            dotted, begin = dotted or at < size, at + 1
    return dotted


cdef uint8_t[256] LOWER  # a host name's characters in lower case; 0 for every other byte


cdef void _letters():
    cdef int code
    for code in range(256):
        LOWER[code] = 0
    for code in b"abcdefghijklmnopqrstuvwxyz0123456789-_":
        LOWER[code] = code
    for code in range(ord("A"), ord("Z") + 1):
        LOWER[code] = code + 32

_letters()


cdef class Answers:
    """What resolvers told each client: :class:`shadowai.sources.capture.attribution.Answers`, compiled."""

    cdef readonly uint64_t forgotten
    cdef uint64_t most, count, oldest, room
    cdef answer_t *ring
    cdef place_t *index
    cdef uint32_t mask

    def __cinit__(self, uint64_t most):
        self.most = most
        self.room = min(most, 1024) or 1
        self.ring = <answer_t *> cleared(self.room, sizeof(answer_t))
        self.mask = 4095
        self.index = <place_t *> cleared(self.mask + 1, sizeof(place_t))

    def __dealloc__(self):
        cdef uint64_t each
        if self.ring != NULL:
            for each in range(self.count):
                self.release(&self.ring[(self.oldest + each) % self.room])
            free(self.ring)
        free(self.index)

    def add(self, bytes client not None, str name not None, bytes address not None, int64_t time, int64_t ttl):
        """``client`` was told at ``time`` (µs) that ``name`` is at ``address`` for ``ttl`` seconds."""
        if len(client) not in (4, 16) or len(address) not in (4, 16):
            raise ValueError("addresses have 4 or 16 bytes")
        self.put(
            <const uint8_t *> PyBytes_AS_STRING(client), <uint8_t> len(client), name,
            <const uint8_t *> PyBytes_AS_STRING(address), <uint8_t> len(address), time, ttl,
        )

    def names(self, bytes client not None, bytes address not None, int64_t time):
        """The names that ``address`` had for ``client`` at ``time``; only a single one is evidence."""
        if len(client) not in (4, 16) or len(address) not in (4, 16):
            return ()
        return tuple(self.at(
            <const uint8_t *> PyBytes_AS_STRING(client), <uint8_t> len(client),
            <const uint8_t *> PyBytes_AS_STRING(address), <uint8_t> len(address), time,
        ))

    cdef uint32_t hash_of(self, const uint8_t *client, uint8_t client_size, const uint8_t *address, uint8_t address_size) noexcept:
        cdef uint64_t sum = pair(client_size, address_size, 0)
        cdef int at
        for at in range(0, client_size, 4):
            sum += pair(word_at(client + at), at, 12)
            sum = sum * <uint64_t> 0x9E3779B97F4A7C15 ^ sum >> 29
        for at in range(0, address_size, 4):
            sum += pair(word_at(address + at), at, 14)
            sum = sum * <uint64_t> 0x9E3779B97F4A7C15 ^ sum >> 29
        return finished(sum)

    cdef answer_t *find(
        self, uint32_t hash, const uint8_t *client, uint8_t client_size, const uint8_t *address, uint8_t address_size
    ) noexcept:
        cdef uint32_t place = hash & self.mask
        cdef answer_t *answer
        while self.index[place].slot:
            if self.index[place].hash == hash:
                answer = &self.ring[self.index[place].slot - 1]
                if (
                    answer.client_size == client_size
                    and answer.address_size == address_size
                    and not memcmp(answer.client, client, client_size)
                    and not memcmp(answer.address, address, address_size)
                ):
                    return answer
            place = (place + 1) & self.mask
        return NULL

    cdef list at(
        self, const uint8_t *client, uint8_t client_size, const uint8_t *address, uint8_t address_size, int64_t time
    ):
        cdef uint32_t hash = self.hash_of(client, client_size, address, address_size)
        cdef answer_t *answer = self.find(hash, client, client_size, address, address_size)
        cdef list found = []
        cdef int each
        if answer != NULL:
            for each in range(answer.count):
                if answer.told[each].since <= time <= answer.told[each].until:
                    host = <object> answer.told[each].host
                    if host not in found:
                        found.append(host)
        return found

    cdef int put(
        self,
        const uint8_t *client,
        uint8_t client_size,
        str host,
        const uint8_t *address,
        uint8_t address_size,
        int64_t time,
        int64_t ttl,
    ) except -1:
        cdef uint32_t hash = self.hash_of(client, client_size, address, address_size)
        cdef answer_t *answer = self.find(hash, client, client_size, address, address_size)
        cdef int64_t until = time + max(ttl * 1000000, <int64_t> 300000000)
        cdef told_t *last
        cdef int each, gone = 0
        if answer == NULL:
            answer = self.begin(hash)
            memcpy(answer.client, client, client_size)
            memcpy(answer.address, address, address_size)
            answer.client_size, answer.address_size = client_size, address_size
        else:
            last = &answer.told[answer.count - 1]
            if <str> last.host == host:
                last.since = min(last.since, time)
                last.until = max(last.until, until)
                return 0
            if answer.count == 4:  # the one that ends first goes
                for each in range(1, 4):
                    if answer.told[each].until < answer.told[gone].until:
                        gone = each
                Py_XDECREF(answer.told[gone].host)
                memmove(&answer.told[gone], &answer.told[gone + 1], (3 - gone) * sizeof(told_t))
                answer.count = 3
        Py_INCREF(host)
        last = &answer.told[answer.count]
        last.host, last.since, last.until = <PyObject *> host, time, until
        answer.count += 1
        return 0

    cdef answer_t *begin(self, uint32_t hash) except NULL:
        """A new entry, in the place of the oldest where there are too many."""
        cdef uint64_t slot
        if self.count >= self.most and self.count:
            self.drop_oldest()
            self.forgotten += 1
        if self.count >= self.room:
            self.grow()
        slot = (self.oldest + self.count) % self.room
        self.count += 1
        cdef answer_t *answer = &self.ring[slot]
        memset(answer, 0, sizeof(answer_t))
        answer.hash = hash
        self.enter(hash, <uint32_t> slot + 1)
        return answer

    cdef void enter(self, uint32_t hash, uint32_t slot) noexcept:
        cdef uint32_t place = hash & self.mask
        while self.index[place].slot:
            place = (place + 1) & self.mask
        self.index[place].hash, self.index[place].slot = hash, slot

    cdef int grow(self) except -1:
        cdef uint64_t room = min(max(self.most, 1), 2 * self.room), each
        cdef answer_t *ring = <answer_t *> cleared(room, sizeof(answer_t))
        for each in range(self.count):
            ring[each] = self.ring[(self.oldest + each) % self.room]
        free(self.ring)
        self.ring, self.room, self.oldest = ring, room, 0
        while <uint64_t> self.mask + 1 < 2 * room:
            self.mask = 2 * self.mask + 1
        free(self.index)
        self.index = NULL
        self.index = <place_t *> cleared(<size_t> self.mask + 1, sizeof(place_t))
        for each in range(self.count):
            self.enter(ring[each].hash, <uint32_t> each + 1)
        return 0

    cdef void drop_oldest(self) noexcept:
        cdef answer_t *answer = &self.ring[self.oldest]
        cdef uint32_t slot = <uint32_t> self.oldest + 1, place = answer.hash & self.mask
        while self.index[place].slot != slot:
            place = (place + 1) & self.mask
        vacate(self.index, self.mask, place)
        self.release(answer)
        self.oldest = (self.oldest + 1) % self.room
        self.count -= 1

    cdef void release(self, answer_t *answer) noexcept:
        cdef int each
        for each in range(answer.count):
            Py_XDECREF(answer.told[each].host)
        answer.count = 0


cdef void vacate(place_t *index, uint32_t mask, uint32_t hole) noexcept nogil:
    """Take a place out of an index with linear probing: what was pushed behind it moves back."""
    cdef uint32_t at = hole
    while True:
        at = (at + 1) & mask
        if not index[at].slot:
            break
        if ((at - index[at].hash) & mask) >= ((at - hole) & mask):
            index[hole] = index[at]
            hole = at
    index[hole].slot = 0
