# The Initial packets of QUIC, as :mod:`shadowai.wire.quic` and :mod:`shadowai.sources.capture.quic_names` read them, for flows
# of one connection; of all others Naming is told what was held here.

cdef extern from "initial.h":
    ctypedef struct initial_hmac:
        pass
    ctypedef struct initial_keys:
        pass
    void initial_begin() nogil
    void initial_hmac_key(initial_hmac *hmac, const uint8_t *key, size_t size) nogil
    void initial_derive(initial_keys *keys, const initial_hmac *salt, const char *prefix, const uint8_t *id, size_t size) nogil
    long initial_open(
        const initial_keys *keys, const uint8_t *packet, size_t size, size_t number_at, uint8_t *plain, int portable
    ) nogil

cdef enum:
    MOST_CRYPTO = 4096  # bytes of a hello in CRYPTO frames that is put together here
    MOST_WAITING = 16
    MOST_FRAMES = 512
    MOST_FAILURES = 30  # Naming counts those beyond
    LONGEST_HEADER = 500

cdef struct profile_t:
    uint32_t version
    int type
    const char *prefix
    initial_hmac salt

cdef struct initial_t:
    profile_t *profile
    Bytes packet
    Bytes id
    Py_ssize_t number_at

cdef struct waiting_t:
    uint32_t offset
    uint32_t size
    uint32_t at

cdef struct crypto_t:  # bytes in order, and those that wait for what precedes them
    uint32_t have
    uint32_t used
    uint32_t count
    waiting_t waiting[MOST_WAITING]
    uint8_t head[MOST_CRYPTO]
    uint8_t loose[MOST_CRYPTO]

cdef struct quic_t:
    initial_keys keys
    uint8_t id[20]
    uint8_t id_size
    uint8_t failures
    bint connected
    bint done
    uint32_t version
    int which  # of what first opened, with its time and frame
    int64_t time
    uint64_t frame
    crypto_t *crypto

initial_begin()


cdef int64_t variable(Bytes data, int64_t *at) except -2 nogil:
    """A variable-length integer (RFC 9000, section 16), ``at`` moved behind it; -1 where it is cut."""
    cdef int64_t value
    cdef int size, each
    if at[0] < 0 or at[0] >= data.size:
        return -1
    value = byte(data, <Py_ssize_t> at[0])
    size = 1 << (value >> 6)
    if at[0] + size > data.size:
        return -1
    value &= 0x3F
    for each in range(1, size):
        value = value << 8 | byte(data, <Py_ssize_t> at[0] + each)
    at[0] += size
    return value


cdef int take_crypto(crypto_t *crypto, uint64_t offset, Bytes data) except -1 nogil:
    """As :meth:`shadowai.wire.quic.CryptoStream.add`; 0 where there is no room for it here."""
    cdef uint32_t each, next
    cdef Bytes piece
    if not data.size:
        return 1
    if offset + <uint64_t> data.size > MOST_CRYPTO:
        return 0
    if offset <= crypto.have:
        if not add_in_order(crypto, <uint32_t> offset, data):
            return 1
        while crypto.count:
            next = 0
            for each in range(1, crypto.count):
                if crypto.waiting[each].offset < crypto.waiting[next].offset:
                    next = each
            if crypto.waiting[next].offset > crypto.have:
                break
            piece.at, piece.size = &crypto.loose[crypto.waiting[next].at], crypto.waiting[next].size
            add_in_order(crypto, crypto.waiting[next].offset, piece)
            crypto.count -= 1
            crypto.waiting[next] = crypto.waiting[crypto.count]
        return 1
    if crypto.used + <uint32_t> data.size > MOST_CRYPTO:
        return 0
    for each in range(crypto.count):
        if crypto.waiting[each].offset == offset:
            if crypto.waiting[each].size >= data.size:
                return 1
            break
    else:
        each = crypto.count
        if each == MOST_WAITING:
            return 0
        crypto.count += 1
    memcpy(&crypto.loose[crypto.used], data.at, data.size)
    crypto.waiting[each].offset, crypto.waiting[each].size = <uint32_t> offset, <uint32_t> data.size
    crypto.waiting[each].at = crypto.used
    crypto.used += <uint32_t> data.size
    return 1


cdef inline uint32_t add_in_order(crypto_t *crypto, uint32_t offset, Bytes data) noexcept nogil:
    """Put what is new of a piece, which begins in order and ends within the room, behind what is there."""
    cdef uint32_t known = crypto.have - offset, size = <uint32_t> data.size
    if size <= known:
        return 0
    memcpy(&crypto.head[crypto.have], data.at + known, size - known)
    crypto.have += size - known
    return size - known


cdef int take_frames(crypto_t *crypto, Bytes plain) except -1 nogil:
    """Put the CRYPTO frames of an Initial's content in order, as :func:`shadowai.wire.quic.crypto_frames` finds them; 0 where
    there is no room for them here."""
    cdef int64_t at = 0, offset, size, ranges
    cdef int kind, found = 0
    cdef Bytes piece
    while found < MOST_FRAMES:
        while at < plain.size and byte(plain, <Py_ssize_t> at) <= 1:
            at += 1
        if at >= plain.size:
            break
        kind = byte(plain, <Py_ssize_t> at)
        at += 1
        if kind == 6:
            offset = variable(plain, &at)
            size = variable(plain, &at) if offset >= 0 else -1
            if size < 0 or at + size > plain.size:
                break
            piece.at, piece.size = some(plain, <Py_ssize_t> at, <Py_ssize_t> size), <Py_ssize_t> size
            if not take_crypto(crypto, <uint64_t> offset, piece):
                return 0
            at += size
            found += 1
        elif kind == 2 or kind == 3:
            if variable(plain, &at) < 0 or variable(plain, &at) < 0:
                break
            ranges = variable(plain, &at)
            if ranges < 0:
                break
            ranges = 1 + 2 * ranges + (3 if kind == 3 else 0)
            while ranges and variable(plain, &at) >= 0:
                ranges -= 1
            if ranges:
                break
        else:
            break
    return 1


cdef dict NO_STREAM = {}
cdef dict ONE_STREAM = {b"": None}
cdef set NONE_DONE = set()


cdef class Place:
    """Stands for a flow in Naming's table of QUIC flows, so that its limit counts it, and holds what is known of it. It goes
    when Naming gives the flow up."""

    cdef readonly dict streams
    cdef readonly set done
    cdef quic_t state

    def __cinit__(self):
        self.streams, self.done = NO_STREAM, NONE_DONE

    def __dealloc__(self):
        free(self.state.crypto)


cdef class QuicFlows:
    """What is known of the QUIC flows of a table."""

    cdef object names  # shadowai.sources.capture.quic_names.QuicNames
    cdef dict flows
    cdef profile_t *profiles
    cdef int profile_count
    cdef crypto_t *scratch
    cdef uint8_t *plain
    cdef bint portable

    def __cinit__(self, names):
        self.names, self.flows = names, names._flows
        self.scratch = <crypto_t *> cleared(1, sizeof(crypto_t))
        self.plain = <uint8_t *> cleared(1 << 16, 1)
        self.profiles = <profile_t *> cleared(len(quic_wire.PROFILES), sizeof(profile_t))
        for version, profile in sorted(quic_wire.PROFILES.items()):
            self.profiles[self.profile_count].version = version
            self.profiles[self.profile_count].type = profile.initial_type
            if profile.prefix == b"quic ":
                self.profiles[self.profile_count].prefix = b"quic "
            elif profile.prefix == b"quicv2 ":
                self.profiles[self.profile_count].prefix = b"quicv2 "
            salt = <bytes> profile.salt
            if len(salt) > 64:
                raise ValueError("a salt is longer than a block")
            initial_hmac_key(
                &self.profiles[self.profile_count].salt, <const uint8_t *> PyBytes_AS_STRING(salt), len(salt)
            )
            self.profile_count += 1

    def __dealloc__(self):
        free(self.profiles)
        free(self.scratch)
        free(self.plain)

    cdef profile_t *profile(self, uint32_t version) noexcept nogil:
        cdef int low = 0, high = self.profile_count, middle
        while low < high:
            middle = (low + high) // 2
            if self.profiles[middle].version < version:
                low = middle + 1
            else:
                high = middle
        return &self.profiles[low] if low < self.profile_count and self.profiles[low].version == version else NULL

    cdef int initial_in(self, Bytes data, initial_t *found) except -2 nogil:
        """1 where there is one Initial in the datagram, 0 for none, -1 for what is not read here: as
        :func:`shadowai.wire.quic.initials`."""
        cdef int64_t at = 0, place, token, length, end
        cdef int turn, ids, kind, count = 0
        cdef Bytes id
        cdef profile_t *profile
        for turn in range(16):
            if at + 7 > data.size or byte(data, <Py_ssize_t> at) < 0x80:
                break
            profile = self.profile(<uint32_t> four(data, <Py_ssize_t> at + 1))
            if profile == NULL:
                break
            id.size = byte(data, <Py_ssize_t> at + 5)
            place = at + 6 + id.size
            if id.size > 20 or place >= data.size:
                break
            id.at = some(data, <Py_ssize_t> at + 6, id.size)
            ids = byte(data, <Py_ssize_t> place)
            place += 1 + ids
            if ids > 20 or place > data.size:
                break
            kind = ((byte(data, <Py_ssize_t> at) >> 4) - profile.type) & 3
            if kind == 3:
                break
            token = 0
            if kind == 0:
                token = variable(data, &place)
                if token < 0:
                    break
            place += token
            length = variable(data, &place)
            if length < 0 or place + length > data.size:
                break
            end = place + length
            if kind == 0:
                if count or profile.prefix == NULL or place - at > LONGEST_HEADER:
                    return -1
                count = 1
                found.profile, found.id, found.number_at = profile, id, <Py_ssize_t> (place - at)
                found.packet.at = some(data, <Py_ssize_t> at, <Py_ssize_t> (end - at))
                found.packet.size = <Py_ssize_t> (end - at)
            at = end
            while at < data.size and not byte(data, <Py_ssize_t> at):
                at += 1
        return count

    cdef Py_ssize_t opened(self, initial_keys *keys, initial_t *initial) noexcept nogil:
        """Bytes of content, which are then in ``plain``; -1 where the keys are not its."""
        return initial_open(
            keys, initial.packet.at, initial.packet.size, initial.number_at, self.plain, self.portable
        )

    cdef quic_t *new(self, uint64_t number) except NULL:
        """A place for a flow that has none."""
        cdef Place place = Place()
        if len(self.flows) >= self.names._most:
            self.names.given_up += self.names.forget(next(iter(self.flows)))
        self.flows[number] = place
        return &place.state

    cdef quic_t *find(self, uint64_t number) noexcept:
        """What is known of a flow; ``NULL`` where Naming has given it up since."""
        place = self.flows.get(number)
        return &(<Place> place).state if type(place) is Place else NULL

    cdef int awaits(self, uint64_t number, bint more) except -1:
        """Whether a hello of the flow has begun and is not whole: it is missed if the flow is given up."""
        (<Place> self.flows[number]).streams = ONE_STREAM if more else NO_STREAM
        return 0

    cdef int tell(self, uint64_t number, flow_t *flow) except -1:
        """Give Naming all that is known of a flow."""
        cdef quic_t *state = self.find(number)
        if state == NULL:
            return 0
        found = quic_names._Flow()
        found.failures = state.failures
        if state.connected:
            id = PyBytes_FromStringAndSize(<const char *> state.id, state.id_size)
            stream = found.streams[id] = quic_wire.CryptoStream()
            found.first.append(id)
            found.at = ledger.At(number, state.which, sender_key(flow, state.which), state.time, state.frame)
            if state.done:
                found.done.add(id)
            elif state.crypto != NULL:
                self.tell_stream(state.crypto, stream)
        self.flows[number] = found
        return 0

    cdef int tell_stream(self, crypto_t *crypto, stream) except -1:
        cdef uint32_t each
        cdef waiting_t *piece
        stream._head = bytearray(PyBytes_FromStringAndSize(<const char *> crypto.head, crypto.have))
        for each in range(crypto.count):
            piece = &crypto.waiting[each]
            stream._waiting[piece.offset] = PyBytes_FromStringAndSize(
                <const char *> &crypto.loose[piece.at], piece.size
            )
        return 0


def open_initial(bytes packet not None, bytes id not None, uint32_t version, Py_ssize_t number_at, bint portable=False):
    """The content of a client's Initial packet with the keys of a connection id; ``None`` where it has others. ``number_at`` is
    where its number begins, 500 at most. ``portable`` leaves the processor's own instructions alone."""
    cdef initial_hmac salt
    cdef initial_keys keys
    profile = quic_wire.PROFILES[version]
    if len(id) > 20 or len(profile.salt) > 55 or not 7 <= number_at <= LONGEST_HEADER or len(packet) > 0xFFFF:
        raise ValueError("no Initial packet")
    plain = bytearray(len(packet))
    initial_hmac_key(&salt, <const uint8_t *> PyBytes_AS_STRING(profile.salt), len(profile.salt))
    initial_derive(&keys, &salt, profile.prefix, <const uint8_t *> PyBytes_AS_STRING(id), len(id))
    cdef uint8_t[::1] room = plain if plain else bytearray(1)
    size = initial_open(&keys, <const uint8_t *> PyBytes_AS_STRING(packet), len(packet), number_at, &room[0], portable)
    return None if size < 0 else bytes(plain[:size])


class Opener(quic_wire.Opener):
    """Opens the Initials that Naming has to see without another library."""

    def payload(self, initial, dcid):
        """As :meth:`shadowai.wire.quic.Opener.payload`."""
        if initial.number_at > LONGEST_HEADER or len(initial.packet) > 0xFFFF or len(dcid) > 20:
            return super().payload(initial, dcid)
        return open_initial(initial.packet, dcid, initial.version, initial.number_at)
