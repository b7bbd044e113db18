# From a line to its columns, and what is asked of them before anything else.


cdef inline void _set(Fold self, int place, const uint8_t *begin, const uint8_t *end) noexcept nogil:
    cdef int slot
    if place < MOST_WIDTH:
        slot = self.slot_of[place]
        if slot >= 0:
            self.begin[slot] = begin
            self.end[slot] = end


cdef int _uncut(Fold self) noexcept nogil:
    """What a line is of which nothing is looked at: where there are headers, it may be one."""
    cdef const uint8_t *at = self.line_begin
    if self.family != QUOTED and self.family != TABS and self.family != W3C:
        return UNSURE
    if self.family == QUOTED:
        return OPEN if _odd(self) == OPEN else HEADER if self.exact else UNSURE
    while at < self.line_end and at[0] == 0:
        at += 1
    return HEADER if at < self.line_end and at[0] == c'#' else UNSURE


cdef int _odd(Fold self) noexcept nogil:
    """What a line is that cannot be cut here: whether its last quote is open decides about the next lines."""
    cdef const uint8_t *at = self.line_begin
    cdef int quotes = 0
    while at < self.line_end:
        at = <const uint8_t *>memchr(at, c'"', self.line_end - at)
        if at == NULL:
            break
        quotes ^= 1
        at += 1
    return OPEN if quotes else UNSURE


cdef inline void _begin(Fold self) noexcept nogil:
    """Nothing is known of the line at hand."""
    memset(self.begin, 0, self.slots * sizeof(const uint8_t *))
    self.ahead_of = -1
    self.cut_out = self.n_written = 0
    self.written_slot = -1
    self.code = UTF_8


cdef int _cut(Fold self) except -1 nogil:
    cdef int taken
    _begin(self)
    if self.family == OBJECT:
        taken = _object(self)
    elif self.family == QUOTED:
        taken = _quoted(self)
    elif self.family == TABS:
        taken = _tabs(self)
    elif self.family == W3C:
        taken = _w3c(self)
    elif self.family == PAIRS:
        taken = _pairs(self)
    elif self.family == CEF:
        taken = _cef(self)
    elif self.family == LEEF:
        taken = _leef(self)
    elif self.family == PATTERN:
        taken = _patterns(self)
        return UNSURE if taken == SURE and not _is_whole(self) else taken
    elif self.family == PAIRED:
        taken = _paired(self)
    else:
        taken = _blanks(self)
    return _settled(self) if taken == SURE else taken


cdef int _cut_held(Fold self) noexcept nogil:
    """A line of columns between blanks in which quotes and brackets stand, and nothing else that is odd."""
    if marks(self.line_begin, self.line_end) & self.odd != HAS_HOLDER:
        return UNSURE
    _begin(self)
    if _held(self) != SURE or _settled(self) != SURE:
        return UNSURE
    return SURE if self.held_machine == NULL or found(self.held_machine, self.line_begin, self.line_begin, self.line_end) else UNSURE


cdef inline int _settled(Fold self) noexcept nogil:
    """What a line is whose columns are known."""
    _look_ahead(self)
    return SURE if _is_whole(self) and _checked(self) and _looks_like_one(self) else UNSURE


cdef inline bint _is_whole(Fold self) noexcept nogil:
    """Whether nothing is there that is not gone into."""
    cdef int place
    cdef const uint8_t *at
    cdef const uint8_t *end
    self.answers = False
    for place in range(self.n_answers):
        if _inner(self, self.answer_slots[place], &at, &end) and not (at == end or (end - at == 1 and at[0] == c'-')):
            if self.n_askers < 0:
                return False
            self.answers = True
    return True


cdef bint _looks_like_one(Fold self) noexcept nogil:
    """Whether the line is as every line of the format is."""
    cdef Machine *machine = self.line_machine
    return machine == NULL or _is_shown(self) or found(machine, self.line_begin, self.line_begin, self.line_end)


cdef bint _is_shown(Fold self) noexcept nogil:
    """Whether some pairs show that the line is as every line of the format is."""
    cdef Only *one
    cdef int place, spelling, slot
    cdef bint held = False
    cdef const uint8_t *key
    if not self.n_shown or not found(self.opening_machine, self.line_begin, self.line_begin, self.line_end):
        return False
    for place in range(self.n_shown):
        one = &self.shown[place]
        held = False
        for spelling in range(one.spellings):
            slot = one.slots[spelling]
            key = self.named[slot]
            if self.begin[slot] != NULL and (key == self.line_begin or self.of_before[(key - 1)[0]]):
                held = found(one.machine, key, key, self.line_end)
                if held:
                    break
        if not held:
            return False
    return True


cdef bint _checked(Fold self) noexcept nogil:
    """Whether of each check, or group of checks, one holds."""
    cdef int place = 0, last
    cdef bint held
    while place < self.checks:
        last = place + self.check[place].more
        held = False
        while place <= last:
            held = held or _holds(self, &self.check[place])
            place += 1
        if not held:
            return False
    return True


cdef bint _holds(Fold self, Check *check) noexcept nogil:
    """Whether a column is as the plan asks."""
    cdef const uint8_t *at
    cdef const uint8_t *end
    cdef int slot = _spelt(self, check)
    if not _inner(self, slot, &at, &end):
        return False
    if check.raw:
        at, end = self.begin[slot], self.end[slot]
    if _surely_fits(self, check, at, end):
        return True
    if check.elements and _is_escaped(self, at, end):
        return False
    return _fits(self, check, at, end) and _remember(check, at, end)


cdef inline bint _surely_fits(Fold self, Check *check, const uint8_t *at, const uint8_t *end) noexcept nogil:
    """Whether a text can be seen at once to be as a check asks, without an escape in it."""
    cdef size_t size = end - at
    cdef int place
    if check.number:
        if check.number == 2 and size and at[0] == c'-':
            at += 1
        return at < end and digits_end(at, end, self.limit) == end
    if not 0 < size <= SHORT:
        return False
    if size == <size_t>check.shape and self.limit - at >= SHORT and is_shaped(at, size, check.low, check.span):
        return True
    if check.not_held > OFTEN:
        return False
    place = (size + (end - 1)[0]) & (FEW_HELD - 1)
    return check.held_size[place] == size and same_text(check.held[place], at, size)


cdef inline bint _remember(Check *check, const uint8_t *at, const uint8_t *end) noexcept nogil:
    """Keep a short text for which a check holds; it does."""
    cdef int place
    if at < end and end - at <= SHORT and check.not_held <= OFTEN:
        check.not_held += 1
        place = ((end - at) + (end - 1)[0]) & (FEW_HELD - 1)
        memcpy(check.held[place], at, end - at)
        check.held_size[place] = <uint8_t>(end - at)
    return True


cdef int _tests(Fold self, int length) noexcept nogil:
    """Put into the key which conditions hold; -1 where one is about text that the reference reads otherwise."""
    return _conditions(self, length, self.test, self.tests, self.search, self.searches)


cdef int _conditions(Fold self, int length, const Check *test, int tests, Only *search, int searches) noexcept nogil:
    cdef const uint8_t *at
    cdef const uint8_t *end
    cdef int place, held
    if length < 0 or length + tests + searches > MOST_KEY:
        return -1
    for place in range(tests):
        if not _text(self, _spelt(self, &test[place]), &at, &end):
            return -1
        self.key[length + place] = _fits(self, &test[place], at, end)
    length += tests
    for place in range(searches):
        held = _has(self, &search[place])
        if held < 0:
            return -1
        self.key[length + place] = held
    return length + searches


cdef inline int _spelt(Fold self, const Check *check) noexcept nogil:
    return _first_there(self, check.slots, check.spellings)


cdef inline int _first_there(Fold self, const int *slots, int count) noexcept nogil:
    """The first of some columns that is there, else the last."""
    cdef int spelling = 0
    while self.begin[slots[spelling]] == NULL and spelling + 1 < count:
        spelling += 1
    return slots[spelling]


cdef bint _cut_names(Fold self) except -1 nogil:
    """Cut out the columns that decide the name; false as of :func:`_cut_pieces`."""
    cdef int place
    for place in range(self.name_cuts):
        if place >= MOST_NAME_CUTS or self.cut_before[place].entries == NULL:
            if not _cut_pieces(self, place + 1):
                return False
            continue
        self.was_cut[place] = _was_cut(self, place)
        if self.was_cut[place] != NULL:
            self.cut_out = place + 1
        elif _cut_pieces(self, place + 1):
            self.was_cut[place] = _remember_cut(self, place)
        else:
            return False
    return True


cdef bint _cut_pieces(Fold self, int count) noexcept nogil:
    """Cut out the first so many columns that are pieces of others; false where one is of text that the reference reads otherwise."""
    cdef Cut *cut
    cdef Machine *machine
    cdef int place, each, held
    for place in range(self.cut_out, count):
        cut = &self.cuts[place]
        held = 1
        for each in range(cut.conditions):
            held = _has(self, &cut.only[each])
            if held <= 0:
                break
        if held > 0:
            held = _has(self, &cut.of)
        if held < 0:
            return False
        machine = cut.of.machine
        if held and machine.n_saved == 2 and machine.saved[0] != NULL and machine.saved[1] != NULL:
            self.begin[cut.into], self.end[cut.into] = machine.saved[0], machine.saved[1]
    self.cut_out = max(self.cut_out, count)
    return True


cdef Entry *_was_cut(Fold self, int place) noexcept nogil:
    """What is known of the text out of which a piece is cut; ``NULL`` where nothing is, else it is cut."""
    cdef Cut *cut = &self.cuts[place]
    cdef const uint8_t *at
    cdef const uint8_t *end
    cdef uint64_t hash = self.cut_hash if place == 0 else 0
    cdef Entry *entry
    if not _cut_from(self, cut, &at, &end):
        return NULL
    if not hash:
        hash = hash_in(&self.cut_before[place], at, end - at)
    entry = find_hashed(&self.cut_before[place], at, end - at, hash)
    if entry != NULL and entry.value != NOT_CUT:
        self.begin[cut.into] = at + (entry.value >> 32)
        self.end[cut.into] = self.begin[cut.into] + <uint32_t>entry.value
    return entry


cdef Entry *_remember_cut(Fold self, int place) except? NULL nogil:
    """Keep which piece was cut out of a text, if one was; ``NULL`` where the text is not kept."""
    cdef Cut *cut = &self.cuts[place]
    cdef Table *before = &self.cut_before[place]
    cdef const uint8_t *at
    cdef const uint8_t *end
    cdef const uint8_t *begin = self.begin[cut.into]
    cdef int64_t piece = NOT_CUT
    if not _cut_from(self, cut, &at, &end):
        return NULL
    if begin != NULL:
        if not at <= begin <= end:
            return NULL  # it was written out
        piece = <int64_t>(begin - at) << 32 | <int64_t>(self.end[cut.into] - begin)
    if is_full(before):
        clear(before)
    return put(before, at, end - at, hash_in(before, at, end - at), piece)


cdef bint _cut_from(Fold self, Cut *cut, const uint8_t **at, const uint8_t **end) noexcept nogil:
    """The text that a piece is cut out of, where it is one, and short."""
    cdef int slot = _first_there(self, cut.of.slots, cut.of.spellings)
    if not _inner(self, slot, at, end) or end[0] - at[0] > MOST_NAME:
        return False
    return self.family != OBJECT or self.begin[slot][0] == c'"'


cdef int _has(Fold self, Only *one) noexcept nogil:
    """Whether a pattern is found in a column; -1 where the reference has to say."""
    cdef const uint8_t *at
    cdef const uint8_t *end
    if not _text(self, _first_there(self, one.slots, one.spellings), &at, &end):
        return -1
    if found(one.machine, at, at, end):
        return 1
    return -1 if one.machine.stuck else 0


cdef bint _text(Fold self, int slot, const uint8_t **at, const uint8_t **end) noexcept nogil:
    """The text of a column that a condition is about, empty where it has none; false where the reference reads it otherwise."""
    cdef const uint8_t *raw = self.begin[slot]
    if not _inner(self, slot, at, end):
        at[0] = end[0] = self.line_begin
        return True
    if self.family == OBJECT and raw[0] != c'"' and not self.is_piece[slot]:
        return _is_own(self, raw, self.end[slot])
    if self.asked and marks(at[0], end[0]) & self.asked:
        return self.family == QUOTED and _written_out(self, slot, c'"', at, end)
    return not _is_escaped(self, at[0], end[0]) or (self.family == OBJECT and _written_out(self, slot, c'\\', at, end))


cdef bint _written_out(Fold self, int slot, uint8_t mark, const uint8_t **at, const uint8_t **end) noexcept nogil:
    """Write the text of a column in quotes as the reference reads it: with its quotes no longer doubled, or without the escapes of JSON (RFC
    8259, section 7). False where that is no ASCII, ends in a line break, which patterns take for the end, or is too long."""
    cdef const uint8_t *stop = end[0]
    cdef const uint8_t *from_ = at[0]
    cdef uint8_t *into = self.written + self.n_written
    cdef uint8_t *begin = into
    if self.written_slot == slot:
        at[0], end[0] = self.written_begin, self.written_end
        return True
    if self.is_piece[slot] or self.begin[slot][0] != c'"' or stop - from_ > MOST_WRITTEN - self.n_written:
        return False
    while from_ < stop:
        into[0] = from_[0]
        if from_[0] >= 0x80:
            return False
        if from_[0] == mark:
            if from_ + 1 == stop:
                return False
            from_ += 1
            if mark == c'"':
                if from_[0] != mark:
                    return False
            else:
                from_ = _unescaped(from_, stop, into)
                if from_ == NULL:
                    return False
        into += 1
        from_ += 1
    if into == begin or (into - 1)[0] == c'\n':
        return False
    self.n_written += <int>(into - begin)
    self.written_slot, self.written_begin, self.written_end = slot, begin, into
    at[0], end[0] = begin, into
    return True


cdef const uint8_t *_unescaped(const uint8_t *at, const uint8_t *stop, uint8_t *into) noexcept nogil:
    """The last byte of an escape of JSON, which begins behind its backslash, and what it stands for; ``NULL`` where that is no ASCII."""
    cdef int digit, value = 0
    if at[0] == c'u':
        if stop - at < 5:
            return NULL
        for digit in range(1, 5):
            value = value * 16 + (at[digit] - c'0' if at[digit] <= c'9' else (at[digit] | 0x20) - c'a' + 10)
        if not 0 < value < 0x80:
            return NULL
        into[0] = <uint8_t>value
        return at + 4
    for digit in range(8):
        if at[0] == (<const uint8_t *>b'"\\/bfnrt')[digit]:
            into[0] = (<const uint8_t *>b'"\\/\b\f\n\r\t')[digit]
            return at
    return NULL


cdef bint _is_own(Fold self, const uint8_t *at, const uint8_t *end) noexcept nogil:
    """Whether a value of JSON that is no text is written as the reference writes it: a word, or a whole number."""
    if c'a' <= at[0] <= c'z':
        return True
    while at < end:
        if not _is_digit(self, at[0]):
            return False
        at += 1
    return True


cdef inline bint _is_escaped(Fold self, const uint8_t *at, const uint8_t *end) noexcept nogil:
    """Whether a value may be another text to the reference."""
    return self.escaped and at < end and memchr(at, c'\\', end - at) != NULL


cdef bint _fits(Fold self, const Check *check, const uint8_t *at, const uint8_t *end) noexcept nogil:
    """So many bytes of these, then so many of those, as many as there are."""
    cdef const Element *element = check.element
    cdef const Element *last = element + check.elements
    cdef const uint8_t *begin
    cdef const uint8_t *stop
    while element < last:
        begin = at
        stop = at + element.most if element.most < end - at else end
        if element.most > FEW:
            at = run_of(&element.bytes, at, stop, self.limit)
        else:
            while at < stop and element.bytes.members[at[0]]:
                at += 1
        if at - begin < element.least:
            return False
        element += 1
    return at == end or not check.whole


cdef inline bint _inner(Fold self, int slot, const uint8_t **begin, const uint8_t **end) noexcept nogil:
    """The text of a column without its quotes; false where it has none."""
    begin[0], end[0] = self.begin[slot], self.end[slot]
    if begin[0] == NULL:
        return False
    if self.quoted and end[0] - begin[0] >= 2 and begin[0][0] == c'"' and not self.is_piece[slot]:
        begin[0] += 1
        end[0] -= 1
    return True
