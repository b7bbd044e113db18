# Files of pcap and pcapng, and frames that others have taken out of theirs.


cdef int _weigh(Table self) except -1:
    """Whether every further name is one too many, which Naming has to count."""
    cdef object naming = self.naming, limits = naming._limits
    self.full = (
        limits.names_per_flow < 1 or naming._requests > limits.requests or naming._weight > limits.request_bytes
    )
    return 0


cdef uint64_t _walk_frames(Table self, frames, uint64_t most) except? 0xFFFFFFFFFFFFFFFF:
    cdef uint64_t taken = 0
    if most:
        for frame in frames:
            _take_frame(self, tuple(frame))
            taken += 1
            if taken == most:
                break
    return taken


cdef int _start(Table self, container) except -1:
    self.container = container
    self.reader = reader = container._reader
    self.started = True
    if type(reader) not in (PcapReader, PcapngReader) or getattr(reader, "_stop", None) is not None:
        self.iterator = container.frames()
        return 0
    self.window = reader._window
    self.is_pcap = isinstance(reader, PcapReader)
    if self.is_pcap:
        layout = reader.layout
        self.shape.big, self.shape.head, self.shape.unit = container.header.order == ">", layout.size, layout.unit
        self.shape.nano, self.shape.link, self.shape.known = layout.nano, layout.link_type, True
    else:
        self.data = self.window.slide(0, 12)
        self.over = not self.data
    _begin_view(self)
    _look_ahead(self)
    return 0


cdef uint64_t _walk_container(Table self, uint64_t most) except? 0xFFFFFFFFFFFFFFFF:
    return _walk_pcap(self, most) if self.is_pcap else _walk_pcapng(self, most)


cdef int _look_ahead(Table self) except -1:
    """Read the file itself where the stream is just that."""
    stream = self.window._stream
    raw = getattr(stream, "raw", None)
    if type(stream) is not io.BufferedReader or type(raw) is not io.FileIO or self.window._follow is not None:
        return 0
    status = fstat(raw.fileno())
    if FOR_WINDOWS or not stat.S_ISREG(status.st_mode):
        return 0
    if stream.tell() != self.window.base + len(self.window.data):
        return 0
    cdef bint threaded = status.st_size - stream.tell() >= self.thread_from
    self.ahead = Ahead(raw.fileno(), FRONT, self.piece, threaded)
    if threaded:
        threading.Thread(target=self.ahead.serve, name="read ahead", daemon=True).start()
    return 0


cdef int _begin_view(Table self) except -1:
    """Walk over what the window holds."""
    cdef bytes data
    self.position = 0
    if self.is_pcap:
        stretch = self.reader.stretch()
        self.data, self.position, self.number = stretch.data, stretch.position, stretch.number
        self.shape.low, self.shape.high, self.shape.biggest = stretch.low, stretch.high, stretch.biggest
        self.over = self.reader.over
    data = self.data
    self.view.at, self.view.size = <const uint8_t *> PyBytes_AS_STRING(data), PyBytes_GET_SIZE(data)
    self.base = self.window.base
    self.is_ahead = False
    return 0


cdef bint _more(Table self) except -1 nogil:
    """Put the next piece of the file behind what is left; false where it is the window that has to."""
    cdef Py_ssize_t left = self.view.size - self.position
    cdef int64_t got
    cdef const uint8_t *rest
    if not self.lacking or <size_t> left > self.ahead.front:
        return False
    rest = some(self.view, self.position, left)
    got = self.ahead.next(self.base + self.view.size)
    if got <= 0:
        self.ahead.current = 1 - self.ahead.current
        return False
    self.ahead.shape = self.shape
    self.ahead.take_rest(rest, left)
    if got == <int64_t> self.ahead.piece:
        self.ahead.go_on(self.base + self.view.size + got)
    self.base += self.position
    self.view.at = self.ahead.rooms[self.ahead.current].bytes + self.ahead.front - left
    self.view.size = left + <Py_ssize_t> got
    self.position = self.next_decoded = 0
    self.is_ahead = True
    return True


cdef int _rest(Table self) except -1:
    """Nothing is read between two walks, and the stream tells how far it is."""
    if self.ahead is not None:
        with nogil:
            self.ahead.settle()
        if self.is_ahead:
            self.window._stream.seek(self.base + self.view.size)
    return 0


cdef int _give_back(Table self) except -1:
    """Let the window go on from where the walk is."""
    cdef Py_ssize_t stop = min(self.view.size, self.position + WINDOW)
    if not self.is_ahead:
        return 0
    with nogil:
        self.ahead.forget()
    window = self.window
    window.data = copied(self.view, self.position, stop)
    window.base = self.base + self.position
    window._stream.seek(window.base + len(window.data))
    self.data = window.data
    self.is_ahead = False
    self.view.at, self.view.size = <const uint8_t *> PyBytes_AS_STRING(self.data), PyBytes_GET_SIZE(self.data)
    self.base, self.position = window.base, 0
    return 0


cdef uint64_t _walk_pcap(Table self, uint64_t most) except? 0xFFFFFFFFFFFFFFFF:
    """As :meth:`shadowai.sources.capture.pcap.PcapReader.frames`: what is not plain is decided by its reader."""
    cdef uint64_t taken = 0
    reader = self.reader
    while taken < most and not self.over:
        self.snapped = 0
        try:
            with nogil:
                taken += _run_pcap(self, most - taken)
                if self.ahead is not None:
                    while taken < most and _more(self):
                        taken += _run_pcap(self, most - taken)
        finally:
            _pass_on(self)
        if taken >= most:
            break
        _give_back(self)
        frame = reader.step()
        _begin_view(self)
        if frame is not None:
            _take_frame(self, tuple(frame))
            taken += 1
    return taken


cdef int _pass_on(Table self) except -1:
    """Tell the reader how far the walk is."""
    if self.is_ahead:
        self.window.data, self.window.base = b"", self.base + self.position
    self.reader.passed(0 if self.is_ahead else self.position, self.number, self.reader.snapped + self.snapped)
    return 0


cdef uint64_t _run_pcap(Table self, uint64_t most) except? 0xFFFFFFFFFFFFFFFF nogil:
    """Count plain records from ``position`` on; stops before the first that is not, or not wholly there (``lacking``)."""
    cdef uint64_t taken = _run_decoded(self, most) if self.is_ahead else 0
    cdef int count, room = TOGETHER
    while room == TOGETHER and taken < most:
        count = <int> min(<uint64_t> TOGETHER, most - taken)
        room = records(&self.shape, self.view, &self.position, self.packets_together, count, &self.lacking)
        taken += room
        _work(self, self.packets_together, room)
    return taken


cdef uint64_t _run_decoded(Table self, uint64_t most) except? 0xFFFFFFFFFFFFFFFF nogil:
    """Count the packets of the current piece that were decoded while the one before was worked on."""
    cdef room_t *room = &self.ahead.rooms[self.ahead.current]
    cdef uint64_t taken = 0
    cdef int count
    cdef packet_t *last
    while room.decoded and self.next_decoded < room.count and taken < most:
        count = <int> min(<uint64_t> min(TOGETHER, room.count - self.next_decoded), most - taken)
        last = &room.packets[self.next_decoded + count - 1]
        self.position = last.data.at + last.data.size - self.view.at
        _work(self, last - (count - 1), count)
        self.next_decoded += count
        taken += count
    return taken


cdef int _work(Table self, packet_t *packets, int count) except -1 nogil:
    """Count packets, the memory that they need having been asked for before."""
    cdef int each
    cdef uint32_t place, slot
    cdef packet_t *p
    for each in range(count):
        p = &packets[each]
        if p.data.size < p.wire:
            self.snapped += 1
        if p.fate == COUNTED:
            soon(&self.index[p.hash & self.mask])
    for each in range(count):
        p = &packets[each]
        if p.fate == COUNTED:
            place = p.hash & self.mask
            slot = self.index[place].slot
            if slot and self.index[place].hash == p.hash:
                soon(_at(self, slot - 1))
                soon(&_at(self, slot - 1).sides[0])
                soon(&_at(self, slot - 1).sides[1])
    for each in range(count):
        self.walked += 1
        self.number += 1
        packets[each].frame = self.number
        _handle(self, &packets[each])
    return 0


cdef uint64_t _walk_pcapng(Table self, uint64_t most) except? 0xFFFFFFFFFFFFFFFF:
    """As :meth:`shadowai.sources.capture.pcapng.PcapngReader.frames`: all but plain frames is read by its reader."""
    cdef uint64_t taken = 0
    reader, window = self.reader, self.window
    while taken < most and not self.over:
        _describe_interfaces(self)
        self.snapped, self.time, self.number = 0, reader._time, reader._number
        try:
            with nogil:
                taken += _run_pcapng(self, most - taken)
                if self.ahead is not None:
                    while taken < most and _more(self):
                        taken += _run_pcapng(self, most - taken)
        finally:
            reader._number, reader._time = self.number, self.time
            reader.snapped += self.snapped
            reader.frames_seen = self.number - reader._first
            reader.bytes_done = reader.ended_at = self.base + self.position
        if taken >= most:
            break
        _give_back(self)
        frame = reader._next(self.position)
        self.data = window.data
        _begin_view(self)
        if frame is not None:
            reader.frames_seen = frame[0] - reader._first
            _take_frame(self, tuple(frame))
            taken += 1
        if not self.data:  # the window ended with this block; the stream need not
            self.data = window.slide(0, 12)
            _begin_view(self)
        if not self.data:
            self.over = True
            reader.bytes_done = reader.ended_at = window.base
    if self.over and taken < most and window.error is not None:
        raise window.error
    return taken


cdef int _describe_interfaces(Table self) except -1:
    """The section's interfaces whose clock is simple; frames of the others are read by Python, and all behind them."""
    cdef int count = 0
    self.big = self.reader._order == ">"
    for interface in self.reader._interfaces[:MOST_INTERFACES]:
        if interface.divisor > 1 << 43 or abs(interface.offset) > FAR or interface.link_type < 0:
            break
        self.interfaces[count].link = interface.link_type
        self.interfaces[count].multiplier = interface.multiplier
        self.interfaces[count].divisor = interface.divisor
        self.interfaces[count].offset = interface.offset
        self.interfaces[count].snap_length = interface.snap_length
        count += 1
    self.interface_count = count
    return 0


cdef inline int _put(
    Table self, int count, Bytes data, Py_ssize_t at, int64_t captured, int64_t length, uint32_t link
) except -1 nogil:
    """Put a frame to those that are worked on together."""
    cdef packet_t *p = &self.packets_together[count]
    p.data.at, p.data.size = some(data, at, <Py_ssize_t> captured), <Py_ssize_t> captured
    p.time, p.wire, p.link = self.time, <uint32_t> length, link
    decode(p)
    return 0


cdef uint64_t _run_pcapng(Table self, uint64_t most) except? 0xFFFFFFFFFFFFFFFF nogil:
    """Count plain frames from ``position`` on; stops before the first block that is none, or not wholly there
    (``lacking``)."""
    cdef Bytes data = self.view
    cdef uint64_t taken = 0, ticks, whole
    cdef int count
    cdef bint odd = False
    cdef int64_t total, place, captured, length, then
    cdef Py_ssize_t final = data.size - 32, at
    cdef interface_t *interface
    while not odd and taken < most:
        count = 0
        while count < TOGETHER and taken < most:
            at = self.position
            odd = self.lacking = at > final
            if odd:
                break
            total, place = file_word(data, at + 4, self.big), file_word(data, at + 8, self.big)
            captured, length = file_word(data, at + 20, self.big), file_word(data, at + 24, self.big)
            if file_word(data, at, self.big) == 3:
                # a simple packet: of the first interface, and without a time of its own
                captured, length = total - 16, place
                odd = captured < 0 or total & 3 != 0 or not self.interface_count
                if odd:
                    break
                interface = &self.interfaces[0]
                captured = min(captured, length, <int64_t> interface.snap_length if interface.snap_length else length)
                odd = self.lacking = total > data.size - at
                if odd or file_word(data, at + total - 4, self.big) != total:
                    odd = True
                    break
                _put(self, count, data, at + 12, captured, length, interface.link)
                self.position = at + <Py_ssize_t> total
                taken += 1
                count += 1
                continue
            odd = (
                file_word(data, at, self.big) != 6
                or total & 3 != 0
                or captured > total - 32
                or place >= self.interface_count
            )
            if odd:
                break
            odd = self.lacking = total > data.size - at
            if odd or file_word(data, at + total - 4, self.big) != total:
                odd = True
                break
            interface = &self.interfaces[place]
            ticks = <uint64_t> file_word(data, at + 12, self.big) << 32 | <uint64_t> file_word(data, at + 16, self.big)
            whole = ticks // interface.divisor
            odd = whole >= <uint64_t> (FAR if interface.multiplier == 1 else FAR // 1000000)
            if odd:
                break
            then = <int64_t> (
                whole * interface.multiplier
                + (0 if interface.multiplier == 1 else ticks % interface.divisor * interface.multiplier // interface.divisor)
            ) + interface.offset
            if 0 <= then < NEVER:
                self.time = then
            _put(self, count, data, at + 28, captured, length, interface.link)
            self.position = at + <Py_ssize_t> total
            taken += 1
            count += 1
        _work(self, self.packets_together, count)
    return taken
