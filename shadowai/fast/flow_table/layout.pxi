# What is kept of flows and packets, and the constants of it.

cdef enum:
    TCP = 6
    UDP = 17
    FIN = 0x01
    SYN = 0x02
    RST = 0x04
    ACK = 0x10
    LOOK = 0
    COLLECT = 1
    DONE = 2
    BOTH_DONE = 3
    DUE = 4  # from here on: see shadowai.sources.capture.pieces.DUE
    TCP_PIECE = 0
    DNS_PIECE = 1
    QUIC_PIECE = 2
    DTLS_PIECE = 3
    GQUIC_PIECE = 4
    RDP_PIECE = 5
    UNSEEN = 4  # payloads of a connection without its beginning that are handed on whatever they look like
    DAY = 86400
    TOGETHER = 32  # packets decoded before the first is counted, so that the memory they need is there in time
    MOST_DECODED = 16384  # packets of one piece of a file that are decoded ahead
    BLOCK = 4096  # flows allocated at once
    LONGEST_CERTIFICATE = 4096  # of those whose owner is remembered: servers send the same again and again
    LONGEST_HELD = 8192  # bytes of a hello that is put together here
    LARGEST_RECORD = 16384 + 2048  # of TLS
    ENCRYPTED_HELLO = 0xFE0D  # the extension of a ClientHello that holds an encrypted one (RFC 9849, section 5)
    MOST_NAMES = 1 << 16
    OTHERS_FROM = 1 << 24  # bytes from where a connection was closed: what is further belongs to another one
    MOST_NAME_BYTES = 1 << 22
    MOST_ANSWERS = 256  # records of one DNS message
    MOST_INTERFACES = 1 << 12
    FRONT = 1 << 18  # bytes of what is left of a piece that are put before the next one
    WINDOW = 1 << 18  # bytes given to Python at a time
    WORTH_A_THREAD = 1 << 23

cdef enum:  # what becomes of a frame
    BY_PYTHON = 0
    COUNTED = 1
    NO_PORTS = 2
    PASSED_OVER = 3

cdef enum:  # bits of a side
    HERE = 1
    SYN_SEEN = 2
    OPENED = 4
    HIGH_KNOWN = 8
    REFUSED = 16
    CLOSED = 32  # it has sent all that it will send, or the connection was reset
    AWAITED = 64  # the flow's ``held`` is the sequence number at which something may begin within a segment of this side

cdef enum:  # marks of a flow
    HANDED_ON = 1  # Naming knows of it
    NAMED = 2  # it told a name that nobody wants
    HELD = 4  # the beginning of a hello is held for it
    ASKED = 8  # a DNS question was captured
    ASKED_TOLD = 16  # Naming knows that
    QUIC = 32  # there is a state of QUIC for it
    REQUEST = 64  # it told a name in a request, which is held
    TOLD = 128  # Naming knows its name, and nothing else of it

cdef enum:  # flags of a name
    AS_QUERY = 1  # as a question it must be told to Naming
    AS_HELLO = 2  # as a server name it must be told to Naming
    AS_OUTER = 4  # as a server name it may be the outer one of an encrypted hello, whoever sent it
    IN_DOUBT = 8  # whether a hello tells it is for Naming to say

cdef int64_t NEVER = 253402300800000000  # µs: the year 10000
cdef int64_t FAR = <int64_t> 1 << 61

cdef struct side_t:  # 64 bytes: a cache line
    uint64_t bytes
    uint64_t payload
    uint64_t span
    int64_t first
    int64_t last
    uint64_t packets
    uint32_t cut
    uint32_t high
    uint32_t isn
    uint8_t state
    uint8_t bits
    uint8_t unseen
    uint8_t unused

cdef struct flow_t:  # three cache lines: the key, and what each end sent
    uint8_t a[16]
    uint8_t b[16]
    uint16_t a_port
    uint16_t b_port
    uint8_t protocol
    uint8_t width
    uint8_t marks
    uint8_t unused
    uint32_t hash
    uint32_t held
    uint64_t number
    uint64_t frame
    side_t sides[2]

cdef struct packet_t:
    Bytes data
    const uint8_t *source
    const uint8_t *destination
    int64_t time
    uint64_t frame
    int64_t length
    Py_ssize_t start
    uint64_t counts
    uint32_t wire
    uint32_t hash
    uint32_t sequence
    uint32_t header  # bytes from the beginning of the TCP header to ``start``
    uint32_t link
    uint16_t source_port
    uint16_t destination_port
    uint8_t fate
    uint8_t protocol
    uint8_t width
    uint8_t flags
    bint gated
    bint with_payload

cdef struct place_t:
    uint32_t hash
    uint32_t slot  # + 1; 0 is free

cdef struct silent_t:
    int64_t last
    uint64_t number
    uint32_t slot

cdef struct name_t:
    uint32_t hash
    uint32_t start
    uint16_t size
    uint8_t flags
    uint8_t used
    PyObject *host

cdef struct told_t:
    PyObject *host
    int64_t since
    int64_t until

cdef struct answer_t:
    uint8_t client[16]
    uint8_t address[16]
    uint8_t client_size
    uint8_t address_size
    uint8_t count
    uint8_t unused
    uint32_t hash
    told_t told[4]

cdef struct held_t:
    uint8_t *data
    uint32_t have
    uint32_t size
    uint32_t base
    uint32_t next_free
    uint8_t which
    bint of_hello
    uint32_t slot  # of the flow
    uint32_t pieces
    int64_t time  # of the first piece
    uint64_t frame
    uint32_t weight  # that Naming's limits count for a request

cdef struct interface_t:
    uint32_t link
    uint32_t snap_length
    uint64_t multiplier
    uint64_t divisor
    int64_t offset
