# Reading a file, and decoding what is read, while the part before is worked on.

cdef struct shape_t:  # what records of a classic capture look like, and what plain ones hold
    bint known
    bint big
    bint nano
    int64_t low
    int64_t high
    int64_t biggest
    int64_t unit
    Py_ssize_t head
    uint32_t link

cdef struct room_t:
    uint8_t *bytes
    int64_t got  # bytes that were read behind the front
    packet_t *packets
    int count
    Py_ssize_t left  # bytes of the front that were filled with the rest of the piece before
    Py_ssize_t stop  # where, from the beginning of the front's rest on, the records that are in ``packets`` end
    bint decoded
    bint lacking  # the record there is not wholly in this piece, and would be plain as far as can be seen


cdef int records(shape_t *shape, Bytes data, Py_ssize_t *position, packet_t *packets, int most, bint *lacking) except -1 nogil:
    """Plain records from ``position`` on, ``most`` of them, and where the next begins. Fewer are found where one is not plain,
    or not wholly there (``lacking``)."""
    cdef int count = 0
    cdef int64_t second, fraction, captured, length
    cdef Py_ssize_t begin, at = position[0], final = data.size - shape.head
    cdef packet_t *p
    lacking[0] = False
    while count < most:
        if at > final:
            lacking[0] = True
            break
        second, fraction = file_word(data, at, shape.big), file_word(data, at + 4, shape.big)
        captured, length = file_word(data, at + 8, shape.big), file_word(data, at + 12, shape.big)
        if (
            not 0 < captured <= shape.biggest
            or length < captured
            or fraction >= shape.unit
            or not shape.low <= second <= shape.high
        ):
            break
        begin = at + shape.head
        if captured > data.size - begin:
            lacking[0] = True
            break
        p = &packets[count]
        p.data.at, p.data.size = some(data, begin, <Py_ssize_t> captured), <Py_ssize_t> captured
        p.time = second * 1000000 + (fraction // 1000 if shape.nano else fraction)
        p.wire, p.link = <uint32_t> length, shape.link
        decode(p)
        at = begin + <Py_ssize_t> captured
        count += 1
    position[0] = at
    return count


cdef class Ahead:
    """Reads a file piece by piece while the piece before is worked on: two buffers, and a thread that fills the other one.

    Before each piece there is room for what was left of the one before. Where the ``shape`` of records is known and the piece
    before ended within one, the thread decodes what it has read. Nothing is under way outside of a walk.
    """

    cdef int file, current
    cdef size_t front, piece
    cdef room_t rooms[2]
    cdef shape_t shape
    cdef int64_t offset
    cdef bint under_way, threaded, ending
    cdef PyThread_type_lock wanted, done

    def __cinit__(self, int file, size_t front, size_t piece, bint threaded):
        cdef int each
        self.file, self.front, self.piece, self.threaded = file, front, piece, threaded
        for each in range(2):
            self.rooms[each].bytes = <uint8_t *> grown(NULL, front + piece)
        if threaded:
            for each in range(2):
                self.rooms[each].packets = <packet_t *> cleared(MOST_DECODED, sizeof(packet_t))
            self.wanted, self.done = PyThread_allocate_lock(), PyThread_allocate_lock()
            if self.wanted == NULL or self.done == NULL:
                raise MemoryError
            PyThread_acquire_lock(self.wanted, WAIT_LOCK)
            PyThread_acquire_lock(self.done, WAIT_LOCK)

    def __dealloc__(self):
        cdef int each
        if self.wanted != NULL:
            PyThread_free_lock(self.wanted)
        if self.done != NULL:
            PyThread_free_lock(self.done)
        for each in range(2):
            free(self.rooms[each].bytes)
            free(self.rooms[each].packets)

    def serve(self):
        """What the thread does until :meth:`end`."""
        while not self.ending:
            try:
                with nogil:
                    self.fill()
            except IndexError:  # whoever walks over the piece will be told
                self.rooms[1 - self.current].decoded = False
                PyThread_release_lock(self.done)

    cdef int fill(self) except -1 nogil:
        """Fill the other buffer whenever that is wanted."""
        cdef room_t *room
        while True:
            PyThread_acquire_lock(self.wanted, WAIT_LOCK)
            if self.ending:
                return 0
            room = &self.rooms[1 - self.current]
            room.got = read_at(self.file, room.bytes + self.front, self.piece, self.offset)
            self.decode_behind(&self.rooms[self.current], room)
            PyThread_release_lock(self.done)

    cdef int decode_behind(self, room_t *before, room_t *room) except -1 nogil:
        """Decode what was read behind the piece before."""
        cdef Bytes rest
        room.decoded = False
        if not self.shape.known or not before.decoded or not before.lacking or room.got <= 0:
            return 0
        rest.at = before.bytes + self.front - before.left
        rest.size = before.left + <Py_ssize_t> before.got
        if <size_t> (rest.size - before.stop) > self.front:
            return 0
        room.left = rest.size - before.stop
        memcpy(room.bytes + self.front - room.left, some(rest, before.stop, room.left), room.left)
        return self.decode_room(room)

    cdef int decode_room(self, room_t *room) except -1 nogil:
        """Decode a piece behind the rest that stands before it."""
        cdef Bytes data
        data.at, data.size = room.bytes + self.front - room.left, room.left + <Py_ssize_t> room.got
        room.stop = 0
        room.count = records(&self.shape, data, &room.stop, room.packets, MOST_DECODED, &room.lacking)
        room.decoded = True
        return 0

    cdef void end(self):
        """Let the thread go."""
        with nogil:
            self.settle()
        if self.threaded and not self.ending:
            self.ending = True
            PyThread_release_lock(self.wanted)

    cdef void settle(self) noexcept nogil:
        """Wait for what is under way, and forget it."""
        if self.under_way:
            PyThread_acquire_lock(self.done, WAIT_LOCK)
            self.under_way = False

    cdef void forget(self) noexcept nogil:
        """What was decoded is not to be relied on any more: the walk goes on elsewhere, or looks for other records."""
        self.settle()
        self.rooms[0].decoded = self.rooms[1].decoded = False

    cdef void ask(self, int64_t offset) noexcept nogil:
        self.offset = offset
        self.under_way = True
        PyThread_release_lock(self.wanted)

    cdef int64_t next(self, int64_t offset) noexcept nogil:
        """Fill the other buffer from ``offset`` and make it the current one; the bytes read, 0 at the end, -1 for an error."""
        cdef room_t *room = &self.rooms[1 - self.current]
        if self.under_way and self.offset != offset:
            self.settle()
        if not self.threaded:
            room.got = read_at(self.file, room.bytes + self.front, self.piece, offset)
        else:
            if not self.under_way:
                self.ask(offset)
            PyThread_acquire_lock(self.done, WAIT_LOCK)
            self.under_way = False
        self.current = 1 - self.current
        return room.got

    cdef int take_rest(self, const uint8_t *rest, Py_ssize_t left) except -1 nogil:
        """Put what is left of the piece before in front of the current one, and decode it, where neither has been done."""
        cdef room_t *room = &self.rooms[self.current]
        if room.decoded and room.left == left:
            return 0
        memcpy(room.bytes + self.front - left, rest, left)
        room.left, room.decoded = left, False
        return self.decode_room(room) if self.threaded and self.shape.known else 0

    cdef void go_on(self, int64_t offset) noexcept nogil:
        """Fill the other buffer, of which nothing is needed any more, from ``offset``."""
        if self.threaded:
            self.ask(offset)
