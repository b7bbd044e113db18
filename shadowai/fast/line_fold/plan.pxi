# What a plan says, put where the fold looks for it.


cdef int put_slots(int *into, slots, int most) except -1:
    """How many ``slots`` there are, which are put in their place; raises ``ValueError`` where there is no room for so many."""
    if len(slots) > most:
        raise ValueError("a plan with too many columns")
    for place, slot in enumerate(slots):
        into[place] = slot
    return len(slots)


cdef int letter(uint8_t byte) noexcept nogil:
    """What a gram knows of a byte: the small letters from 1 on, what parts words, all others."""
    if c'a' <= byte <= c'z':
        return byte - c'a' + 1
    return 27 if byte == c'.' or byte == c'-' else 0


cdef int _take_aside(Fold self, plan) except -1:
    """Keep where lines without a name tell the id and the size of a connection."""
    if len(plan.id) > MOST_PLACES or max(len(plan.tests), len(plan.searches)) > MOST_PATTERNS:
        raise ValueError("a connection's id with too many parts")
    for byte in b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.:-_{},/":
        self.of_id[<uint8_t>byte] = 1
    self.id_prefix, self.always = plan.prefix, plan.always
    self.places = len(plan.id)
    for place, slots in enumerate(plan.id):
        self.id_spellings[place] = put_slots(self.id_slots[place], slots, MOST_SPELLINGS)
    self.n_port = put_slots(self.port_slots, plan.port, MOST_SPELLINGS)
    self.n_total_up = put_slots(self.total_up_slots, plan.bytes_up, MOST_SPELLINGS)
    self.n_total_down = put_slots(self.total_down_slots, plan.bytes_down, MOST_SPELLINGS)
    self.lasted_ms = plan.lasted_ms
    self.n_lasted = put_slots(self.lasted_slots, plan.lasted, MOST_SPELLINGS)
    self.aside_tests, self.aside_searches = len(plan.tests), len(plan.searches)
    for place, (slots, elements, whole, raw, _) in enumerate(plan.tests):
        _take_check(self, &self.aside_test[place], slots, elements, whole, raw)
    for place, (slots, program) in enumerate(plan.searches):
        _take_only(self, &self.aside_search[place], slots, program)
    self.aside = True
    return 0


cdef int _take_cuts(Fold self, plan) except -1:
    """Keep how columns are cut out of others."""
    cdef Cut *cut
    cdef int name_cuts = plan.name_cuts
    cuts = plan.cuts
    used = {*plan.actor, *plan.manner, *plan.url, *plan.time, *plan.bytes_up, *plan.bytes_down, plan.first_time}
    used |= {slot for slot, _, _ in plan.host} | {slot for slots, _ in plan.searches for slot in slots}
    used |= {slot for test in plan.tests for slot in test.slots}
    self.use_cuts = max([name_cuts] + [place + 1 for place, (_, _, into, _) in enumerate(cuts) if into in used])
    if len(cuts) > MOST_CUTS:
        raise ValueError("a plan with too many pieces")
    self.n_cuts, self.name_cuts = len(cuts), name_cuts
    for slot in range(MOST_SLOTS):
        self.cut_into[slot] = -1
    for place, (slots, program, into, only) in enumerate(cuts):
        cut = &self.cuts[place]
        if len(only) > MOST_ONLY:
            raise ValueError("a piece with too many conditions")
        _take_only(self, &cut.of, slots, program)
        cut.into, cut.conditions = into, len(only)
        for each, (held, pattern) in enumerate(only):
            _take_only(self, &cut.only[each], held, pattern)
        if place < min(name_cuts, MOST_NAME_CUTS) and not only:
            make_table(&self.cut_before[place], MOST_NAMES)
            self.cut_into[cut.into] = place
    for place in range(self.n_up):
        self.sizes_cut = self.sizes_cut or self.is_piece[self.up_slots[place]]
    for place in range(self.n_down):
        self.sizes_cut = self.sizes_cut or self.is_piece[self.down_slots[place]]
    return 0


cdef int _take_only(Fold self, Only *one, slots, program) except -1:
    if not 0 < len(slots) <= MOST_SPELLINGS:
        raise ValueError("a pattern for too many columns")
    self.cutters.append(Matcher(program))
    one.machine = &(<Matcher>self.cutters[len(self.cutters) - 1]).machine
    one.spellings = len(slots)
    for place, slot in enumerate(slots):
        one.slots[place] = slot
    return 0


cdef int _take_ranges(Fold self, ranges, sixes) except -1:
    """Keep the addresses outside of which none is of a service."""
    self.sixes = b"".join(one.to_bytes(16, "big") for each in sixes for one in each)
    self.six, self.n_sixes = <const uint8_t *>PyBytes_AS_STRING(self.sixes), len(sixes)
    self.n_ranges = len(ranges)
    self.ranges = <uint32_t *>malloc((2 * self.n_ranges + 1) * sizeof(uint32_t))
    if self.ranges == NULL:
        raise MemoryError
    for place, (first, last) in enumerate(ranges):
        self.ranges[2 * place], self.ranges[2 * place + 1] = first, last
    return 0


cdef int _take_known(Fold self, known) except -1:
    """Keep the hosts and parent domains without which a host is of no service."""
    cdef uint64_t hash = 0
    cdef bytes name
    make_table(&self.known, 1 << max(len(known) + 1, 2).bit_length())
    for name in known:
        if len(name) < MOST_KEY and self.known.filled + MOST_KEY < MOST_BYTES:
            find(&self.known, <const uint8_t *>PyBytes_AS_STRING(name), len(name), &hash)
            put(&self.known, <const uint8_t *>PyBytes_AS_STRING(name), len(name), hash, 0)
        else:
            self.by_name = False
    return 0


cdef int _take_check(Fold self, Check *check, slots, elements, bint whole, bint raw) except -1:
    if len(elements) > MOST_ELEMENTS or not 0 < len(slots) <= MOST_SPELLINGS:
        raise ValueError("a check with too many elements, or columns")
    check.spellings, check.elements, check.whole, check.raw = len(slots), len(elements), whole, raw
    for place, slot in enumerate(slots):
        check.slots[place] = slot
    for place, (members, least, most) in enumerate(elements):
        for byte in members:
            check.element[place].bytes.members[<uint8_t>byte] = 1
        find_ranges(&check.element[place].bytes)
        check.element[place].least, check.element[place].most = least, most
    _take_shape(check, elements)
    return 0


cdef int _take_shape(Check *check, elements) except -1:
    """Find out whether a check can be made of all bytes in one go."""
    cdef int place, size = 0
    digits = frozenset(b"0123456789")
    sets = [frozenset(members) for members, _, _ in elements]
    if check.whole and sets and sets[-1] == digits and elements[-1][1] == 1 and elements[-1][2] >= LONGEST_LINE:
        if len(sets) == 1:
            check.number = 1
        elif len(sets) == 2 and sets[0] == frozenset(b"-") and tuple(elements[0][1:]) == (0, 1):
            check.number = 2
    if not check.whole or not sets or sum(most for _, _, most in elements) > SHORT or any(c'\\' in one for one in sets):
        return 0
    for place, one in enumerate(sets):
        if max(one) - min(one) + 1 != len(one):
            return 0
        for _ in range(elements[place][2]):
            check.low[size], check.span[size] = min(one), len(one) - 1
            size += 1
    check.shape = size
    return 0


cdef int _take_programs(Fold self, programs, line, searches) except -1:
    if len(programs) > MOST_PATTERNS or len(searches) > MOST_PATTERNS:
        raise ValueError("a plan with too many patterns")
    self.matchers = [Matcher(program) for program in programs]
    self.n_machines = len(programs)
    for place in range(self.n_machines):
        self.machine[place] = &(<Matcher>self.matchers[place]).machine
    if line is not None:
        self.matchers.append(Matcher(line))
        self.line_machine = &(<Matcher>self.matchers[self.n_machines]).machine
    self.searches = len(searches)
    for place, (slots, program) in enumerate(searches):
        _take_only(self, &self.search[place], slots, program)
    return 0


cdef int _take_shown(Fold self, plan) except -1:
    """Keep what shows that a line matches its format's pattern."""
    if plan.opening is None or len(plan.shown) > MOST_PATTERNS:
        return 0
    self.matchers.append(Matcher(plan.opening))
    self.opening_machine = &(<Matcher>self.matchers[len(self.matchers) - 1]).machine
    for byte in plan.before:
        self.of_before[<uint8_t>byte] = 1
    for place, (slots, program) in enumerate(plan.shown):
        _take_only(self, &self.shown[place], slots, program)
    self.n_shown = len(plan.shown)
    return 0


cdef int _want(Fold self, bytes path, int slot) except -1:
    """Look for the value under a dotted path, and into what its beginnings name."""
    cdef bytes part
    steps = path.split(b".")
    for count in range(1, len(steps) + 1):
        part = b".".join(steps[:count])
        if len(part) >= MOST_NAME or self.names >= MOST_SLOTS * 4:
            raise ValueError("a plan with too many names")
        _put_name(self, part, slot if count == len(steps) else -1, count < len(steps) and not steps[count].isdigit())
    return 0


cdef int _want_only(Fold self, column, int slot) except -1:
    """Look for the value under a path, or for the first that is there of other columns. What has too long a name is not known here."""
    cdef First *first
    if isinstance(column, tuple):
        first = &self.one_of[self.n_firsts]
        first.into, first.count = slot, put_slots(first.slots, column, MOST_SPELLINGS)
        self.n_firsts += 1
    elif len(column) < MOST_NAME:
        _want(self, column, slot)  # and what it is in, which may be said twice
    return 0


cdef int _pass_name(Fold self, bytes path, int kind) except -1:
    """Know the path of what nobody asks for, while there is room: a value (0), an object (1), or either (2)."""
    cdef Name *name
    if len(path) >= MOST_NAME or self.names >= MOST_SLOTS * 4:
        return 0
    name = &self.name[_name_under(self, path)]
    name.passed, name.whole = name.passed or kind != 1, name.whole or kind != 0
    return 0


cdef int _take_orders(Fold self, orders) except -1:
    if len(orders) > MOST_ORDERS:
        raise ValueError("a plan with too many columns in order")
    self.n_orders = len(orders)
    for place, (first, second) in enumerate(orders):
        self.order[place][0], self.order[place][1] = first, second
    return 0


cdef int _want_key(Fold self, bytes key, int slot) except -1:
    """Look for the value of a pair, or for a part of CEF's header or a custom field by its label."""
    heads = (b"vendor", b"product", b"version", b"class", b"name", b"severity")
    if self.family == LEEF:
        heads = (b"vendor", b"product", b"version", b"id")
    head, _, part = key.partition(b".")
    if (self.family == CEF and head == b"cef") or (self.family == LEEF and head == b"leef"):
        if part in heads:
            self.head_slots[heads.index(part)] = slot
        return 0
    if len(key) >= MOST_NAME or self.names >= MOST_SLOTS * 4:
        raise ValueError("a plan with too many names")
    self.labels = self.labels or (self.family == CEF and key.startswith(b"label."))
    return _put_name(self, key, slot, False)


cdef int _put_name(Fold self, bytes text, int slot, bint keyed) except -1:
    cdef int place = _name_under(self, text)
    if slot >= 0:
        self.name[place].slot = slot
    else:
        self.name[place].deeper += 1
        self.name[place].keyed |= keyed
    return 0


cdef int _name_under(Fold self, bytes text) except -1:
    """The number of what is known under a name."""
    cdef uint64_t hash = 0
    cdef const uint8_t *raw = <const uint8_t *>PyBytes_AS_STRING(text)
    cdef size_t length = PyBytes_GET_SIZE(text)
    cdef Entry *entry = find(&self.keys, raw, length, &hash)
    if entry == NULL:
        entry = put(&self.keys, raw, length, hash, self.names)
        memset(&self.name[self.names], 0, sizeof(Name))
        self.name[self.names].slot = self.name[self.names].seen = -1
        self.names += 1
    return <int>entry.value
