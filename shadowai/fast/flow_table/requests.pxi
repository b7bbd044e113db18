# Requests without a body to hosts that nobody asks for, and their answers, where neither can show a key or a protocol of AI
# servers: what shadowai.sources.capture.tcp_messages finds in them is one more name. All doubt ends in Naming.

cdef enum:
    LONGEST_REQUEST = 2048  # bytes of a request that is settled here
    LONGEST_ANSWER = 8192  # bytes of an answer's head
    MOST_LINES = 64
    MOST_WORDS = 128
    SHORTEST_KEY = 19  # of its prefix and the fewest characters behind it

REQUEST_PATHS = (
    *(b"/v1", b"/api/", b"/ollama", b"/lmstudio", b"/completion", b"/infill", b"/generate", b"/sse", b"/mcp"),
    b"/.well-known/agent",
)
"""What is in every path that alone, or with a user agent, says something to :func:`~shadowai.wire.ai_protocols.of_request`."""

KEY_PREFIXES = (
    *(b"sk-", b"sk_", b"AIza", b"gsk_", b"hf_", b"r8_", b"xai-", b"pplx-", b"tgp_v1_", b"csk-", b"nvapi-", b"lsv2_"),
    *(b"pcsk_", b"e2b_", b"tvly-", b"fc-", b"app-", b"fw_", b"pa-", b"jina_", b"fk-"),
)
"""What keys begin with: those of :mod:`shadowai.wire.api_keys`."""

cdef int64_t MOST_BODY = http_evidence.BODY
cdef uint32_t LONGEST_PATH = hosts._LONGEST_PATH
cdef uint32_t PER_REQUEST = ledger._PER_REQUEST
_HARMLESS = frozenset({b"accept", b"content-type", b"x-powered-by"})


def answer_signs():
    """Of each proof that the body of an answer may hold one text without which it is none, whatever blanks the JSON has."""
    signs = [signs[0] for _, signs in (*ai_protocols._ANSWERS, *ai_protocols._PAGES)]
    found = {sign[: sign.find(b'":') + 2] if b'":' in sign else sign for sign in signs}
    return (*sorted(found), b'"jsonrpc":', b"Ollama is running", b"event: endpoint")


cdef bint[256] OF_KEY


cdef void _key_letters():
    cdef int code
    for code in range(256):
        OF_KEY[code] = False
    for code in b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_":
        OF_KEY[code] = True

_key_letters()


cdef class Words:
    """Some words to look for."""

    cdef tuple words
    cdef const uint8_t *at[MOST_WORDS]
    cdef Py_ssize_t size[MOST_WORDS]
    cdef int count
    cdef bint[256] first

    def __cinit__(self, words):
        self.words = tuple(words)
        if len(self.words) > MOST_WORDS or not all(self.words):
            raise ValueError("more words than there is room for, or one without letters")
        memset(self.first, 0, sizeof(self.first))
        for word in self.words:
            self.at[self.count], self.size[self.count] = <const uint8_t *> PyBytes_AS_STRING(word), len(word)
            self.first[self.at[self.count][0]] = True
            self.count += 1

    cdef bint begins(self, Bytes data, Py_ssize_t place) except -1 nogil:
        """True where one of them stands at ``place``."""
        cdef int each
        for each in range(self.count):
            if self.size[each] <= data.size - place:
                if not memcmp(some(data, place, self.size[each]), self.at[each], self.size[each]):
                    return True
        return False

    cdef bint within(self, Bytes data) except -1 nogil:
        """True where one of them stands anywhere."""
        cdef Py_ssize_t place
        for place in range(data.size):
            if self.first[byte(data, place)] and self.begins(data, place):
                return True
        return False

    cdef bint has(self, const uint8_t *text, Py_ssize_t size) noexcept nogil:
        """True where the text is one of them."""
        cdef int each
        for each in range(self.count):
            if self.size[each] == size and not memcmp(self.at[each], text, size):
                return True
        return False


cdef struct field_t:  # a line of a head: a name in lower case, a value without the blanks around it
    uint8_t name[64]
    Py_ssize_t size
    Bytes value


cdef inline bint is_named(field_t *field, const char *name, Py_ssize_t size) noexcept nogil:
    return field.size == size and not memcmp(field.name, name, size)


cdef Py_ssize_t line_end(Bytes data, Py_ssize_t at) except -1 nogil:
    """Where the CR LF is that ends a line without other control characters; 0 where there is none."""
    cdef int letter
    while at + 1 < data.size:
        letter = byte(data, at)
        if letter == 13:
            return at if byte(data, at + 1) == 10 else 0
        if letter < 32 and letter != 9 or letter == 127:
            return 0
        at += 1
    return 0


cdef Py_ssize_t next_field(Bytes data, Py_ssize_t at, field_t *field) except -1 nogil:
    """The plain header line at ``at``: where the next begins; 0 for one that is not plain. The line that ends the head has no
    name."""
    cdef Py_ssize_t end = line_end(data, at), start
    cdef int letter
    field.size = 0
    if not end:
        return 0
    if end == at:
        return end + 2
    while at < end and byte(data, at) != 58:
        letter = LOWER[byte(data, at)]
        if not letter or field.size >= 64:
            return 0
        field.name[field.size] = <uint8_t> letter
        field.size += 1
        at += 1
    if at == end or not field.size:
        return 0
    start, at = at + 1, end
    while start < at and (byte(data, start) == 32 or byte(data, start) == 9):
        start += 1
    while at > start and (byte(data, at - 1) == 32 or byte(data, at - 1) == 9):
        at -= 1
    field.value.at, field.value.size = some(data, start, at - start), at - start
    return end + 2


cdef uint32_t shown_length(Bytes text) except? 0xFFFFFFFF nogil:
    """Length of what :func:`shadowai.sources.capture.hosts.printable` makes of it."""
    cdef uint32_t found = 0
    cdef Py_ssize_t place
    for place in range(text.size):
        found += 1 if 32 <= byte(text, place) < 127 else 3
    return found


cdef bint may_hold_key(Bytes data, Words prefixes) except -1 nogil:
    """True where a key may stand: :func:`shadowai.wire.api_keys.find` finds none in anything else."""
    cdef Py_ssize_t place = 0, start, from_there
    while place < data.size:
        if not OF_KEY[byte(data, place)]:
            place += 1
            continue
        start = place
        while place < data.size and OF_KEY[byte(data, place)]:
            place += 1
        if place - start < SHORTEST_KEY:
            continue
        if prefixes.begins(data, start):
            return True
        if start and byte(data, start - 1) == 37 and prefixes.begins(data, start + 2):  # behind a quoted sign
            return True
    return False


cdef class Plain:
    """Tells which requests and answers are plain."""

    cdef Words interest, paths, agents, keys, signs, structured, streamed

    def __cinit__(self):
        self.interest = Words(sorted(http_wire._INTEREST - _HARMLESS | {b"upgrade"}))
        self.paths, self.keys, self.signs = Words(REQUEST_PATHS), Words(KEY_PREFIXES), Words(answer_signs())
        self.agents = Words((b"ollama",))
        self.structured = Words((b"json", b"event-stream", b"text/plain"))
        self.streamed = Words((b"event-stream",))

    cdef int request(self, Bytes data, uint8_t *text, uint32_t *shown) except -1 nogil:
        """The size of the host (in lower case in ``text``) of a request that is wholly there, has no body, and shows nothing but
        its host; 0 for any other. ``shown`` is the length of its path and user agent as they would be shown."""
        cdef field_t field
        cdef Bytes target
        cdef Py_ssize_t at, start, end = line_end(data, 0)
        cdef int size = 0, turn, letter
        cdef bint has_agent = False
        shown[0] = 0
        if data.size > LONGEST_REQUEST or end < 14:
            return 0
        if not memcmp(some(data, 0, 5), b"GET /", 5):
            start = 4
        elif not memcmp(some(data, 0, 6), b"HEAD /", 6):
            start = 5
        else:
            return 0
        if memcmp(some(data, end - 9, 8), b" HTTP/1.", 8) or not 48 <= byte(data, end - 1) <= 49 or end - 9 <= start:
            return 0
        for at in range(start, end - 9):
            if not 32 < byte(data, at) < 127:
                return 0
        target.at, target.size = some(data, start, end - 9 - start), end - 9 - start
        if self.paths.within(target):
            return 0
        while shown[0] < LONGEST_PATH and shown[0] < target.size:
            letter = byte(target, shown[0])
            if letter == 63 or letter == 35:  # a query or a fragment
                break
            shown[0] += 1
        at = end + 2
        for turn in range(MOST_LINES):
            at = next_field(data, at, &field)
            if not at:
                return 0
            if not field.size:
                return size if at == data.size and not may_hold_key(data, self.keys) else 0
            if is_named(&field, b"host", 4):
                if size or not 0 < field.value.size < 254:
                    return 0
                size = <int> field.value.size
                for letter in range(size):
                    text[letter] = byte(field.value, letter)
                    if text[letter] != 46:
                        text[letter] = LOWER[text[letter]]
                    if not text[letter]:
                        return 0
            elif is_named(&field, b"user-agent", 10):
                if self.agents.within(field.value):
                    return 0
                if not has_agent:
                    shown[0] += shown_length(field.value)
                has_agent = True
            elif is_named(&field, b"accept", 6):
                if self.streamed.within(field.value):
                    return 0
            elif self.interest.has(field.name, field.size):
                return 0
        return 0

    cdef bint answer(self, Bytes data) except -1 nogil:
        """True for the beginning of an answer that tells nothing of its server, as far as anybody waits for it."""
        cdef field_t field
        cdef Bytes body
        cdef Py_ssize_t at, end = line_end(data, 0)
        cdef int64_t length = -1, each
        cdef int turn
        cdef bint typed = False, structured = False
        if end < 12 or memcmp(some(data, 0, 8), b"HTTP/1.", 7) or byte(data, 8) != 32:
            return False
        if not 48 <= byte(data, 7) <= 49 or (end > 12 and byte(data, 12) != 32) or not 50 <= byte(data, 9) <= 53:
            return False
        for at in range(10, 12):
            if not 48 <= byte(data, at) <= 57:
                return False
        if not memcmp(some(data, 9, 3), b"407", 3):  # a proxy that asks who it is
            return False
        at = end + 2
        for turn in range(MOST_LINES):
            at = next_field(data, at, &field)
            if not at or at > LONGEST_ANSWER:
                return False
            if not field.size:
                break
            if is_named(&field, b"content-type", 12):
                if typed:
                    return False
                typed, structured = True, self.structured.within(field.value)
            elif is_named(&field, b"content-length", 14):
                if length >= 0 or not 0 < field.value.size < 10:
                    return False
                length = 0
                for each in range(field.value.size):
                    if not 48 <= byte(field.value, each) <= 57:
                        return False
                    length = 10 * length + byte(field.value, each) - 48
            elif is_named(&field, b"server", 6):
                if field.value.size >= 5 and not memcmp(some(field.value, 0, 5), b"llama", 5):
                    return False
            elif not is_named(&field, b"transfer-encoding", 17) and self.interest.has(field.name, field.size):
                return False
        else:
            return False
        body.size = min(data.size - at, MOST_BODY)
        body.at = some(data, at, body.size)
        if structured and (length < 0 or body.size < min(length, MOST_BODY)):
            return False
        return not self.signs.within(body)
