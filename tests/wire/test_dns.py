"""DNS messages, built here byte by byte."""

from __future__ import annotations

import time

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from shadowai.wire import dns

HEADER = b"\x12\x34"


def name(text: str) -> bytes:
    return b"".join(bytes((len(label),)) + label.encode() for label in text.split(".")) + b"\0"


def question(text: str, kind: int = 1, group: int = 1) -> bytes:
    return name(text) + kind.to_bytes(2, "big") + group.to_bytes(2, "big")


def header(flags: int = 0x0100, asked: int = 1, answered: int = 0, authority: int = 0, additional: int = 0) -> bytes:
    return HEADER + b"".join(n.to_bytes(2, "big") for n in (flags, asked, answered, authority, additional))


def record(owner: bytes, kind: int, data: bytes, ttl: int = 60, group: int = 1) -> bytes:
    return owner + b"".join((kind.to_bytes(2, "big"), group.to_bytes(2, "big"), ttl.to_bytes(4, "big"))) + sized(data)


def sized(data: bytes) -> bytes:
    return len(data).to_bytes(2, "big") + data


QUERY = header() + question("API.openai.com", 65)
FIRST = b"\xc0\x0c"  # the name of the first question


def test_a_plain_query() -> None:
    assert dns.query(QUERY) == (b"API.openai.com", 65)
    found = dns.message(QUERY)
    assert found == dns.Message(
        0x1234, False, 0, 0, False, b"API.openai.com", 65, (b"API.openai.com",), (), ()
    )  # case as sent


def test_a_query_may_begin_anywhere() -> None:
    assert dns.query(b"abc" + QUERY, 3) == (b"API.openai.com", 65)
    assert dns.message(b"abc" + QUERY, 3) == dns.message(QUERY)


def test_a_query_with_edns() -> None:
    assert dns.query(header(0x0120, additional=1) + question("example.com") + record(b"\0", 41, b"", group=1232)) == (
        b"example.com",
        1,
    )


@pytest.mark.parametrize(
    "data",
    [
        b"",
        HEADER,
        header(),
        header() + name("example.com"),
        header() + name("example.com") + b"\0\1\0",
        header(0x8180) + question("example.com"),  # an answer
        header(asked=2) + question("example.com") + question("example.org"),
        header() + b"\0\0\1\0\1",  # the root
        header() + b"\x04ex.m\0\0\1\0\1",  # a dot within a label
        header() + b"\x0fa" + b"b" * 3 + b"\0\0\1\0\1",
        header() + bytes((91,)) + b"a" * 91 + b"\0\0\1\0\1",  # a label of more than 63
        header() + (b"\x3f" + b"a" * 63) * 4 + b"\0\0\1\0\1",  # a name of more than 255
        header() + FIRST + b"\0\1\0\1",
        header() + question("example.com", group=3),
    ],
)
def test_what_the_quick_path_leaves_to_the_other(data: bytes) -> None:
    assert dns.query(data) is None


def test_labels_that_hold_dots_or_bytes_stay_distinguishable() -> None:
    found = dns.message(header() + b"\x04a.\\b\x03\x00 \xff\x03com\0\0\1\0\1")
    assert found is not None and found.question == b"a\\046\\092b.\\000\\032\\255.com"
    assert found.question != (dns.message(header() + question("a.b.com")) or found).question


def test_the_root_and_idna() -> None:
    root = dns.message(header() + b"\0\0\2\0\1")
    idna = dns.message(header() + question("xn--bcher-kva.example"))
    assert root is not None and root.question == b"." and root.qtype == 2
    assert idna is not None and idna.question == b"xn--bcher-kva.example"


def test_every_truncation() -> None:
    whole = header() + question("chatgpt.com", 28)
    for end in range(len(whole)):
        found = dns.message(whole[:end])
        if end < len(whole) - 4:
            assert found is None, end
        else:  # the name is whole, its type is not
            assert found is not None and (found.question, found.qtype) == (b"chatgpt.com", 0)
        assert dns.query(whole[:end]) is None


def test_answers_with_compression() -> None:
    data = header(0x8180, answered=3, authority=1) + question("www.example.com")
    data += record(FIRST, 5, b"\x03cdn" + b"\xc0\x10")  # cdn.example.com
    target = len(header()) + len(question("www.example.com")) + 2 + 10
    data += record(bytes((0xC0, target)), 1, b"\xc0\0\2\1", ttl=30)
    data += record(bytes((0xC0, target)), 28, bytes.fromhex("20010db8000000000000000000000001"), ttl=20)
    data += record(FIRST, 2, name("ns.example.net"))
    found = dns.message(data)
    assert found is not None and found.response
    assert found.answers == (
        dns.Answer(b"www.example.com", 5, 60, None, b"cdn.example.com"),
        dns.Answer(b"cdn.example.com", 1, 30, b"\xc0\0\2\1", None),
        dns.Answer(b"cdn.example.com", 28, 20, bytes.fromhex("20010db8000000000000000000000001"), None),
    )


def test_answers_of_odd_size_or_class_are_left_out() -> None:
    data = header(0x8180, answered=3) + question("www.example.com")
    data += record(FIRST, 1, b"\xc0\0\2") + record(FIRST, 1, b"\xc0\0\2\2", group=3) + record(FIRST, 28, b"1234")
    found = dns.message(data)
    assert found is not None and found.answers == ()


def test_answers_cut_off() -> None:
    data = header(0x8180, answered=2) + question("a.example") + record(FIRST, 1, b"\xc0\0\2\1")
    one = len(data)
    data += record(FIRST, 1, b"\xc0\0\2\2")
    for end in range(one, len(data)):
        found = dns.message(data[:end])
        assert found is not None and [a.address for a in found.answers] == [b"\xc0\0\2\1"], end


@pytest.mark.parametrize(
    "pointer",
    [
        b"\xc0\x0c",  # itself
        b"\xc0\x20",  # forward
        b"\xc0\x00",  # into the header
        b"\x01a\xc0\x0c",  # a loop over a label
        b"\x40a",  # an obsolete label type
        b"\x80a",
        b"\xc0",
    ],
)
def test_bad_pointers(pointer: bytes) -> None:
    assert dns.message(header() + pointer + b"\0\1\0\1") is None


def test_a_pointer_forward_or_into_the_header_that_would_find_a_name() -> None:
    forward = header() + b"\xc0\x12" + b"\0\1\0\1" + name("chatgpt.com")
    into_the_header = b"\x01a\0\0" + header()[4:] + b"\xc0\0" + b"\0\1\0\1"
    assert dns.message(forward) is None and dns.message(into_the_header) is None


def test_a_query_cut_off_where_a_shorter_one_could_be_read() -> None:
    assert dns.query(header() + b"\x01a\x01b\0" + b"\0\1") is None


@pytest.mark.parametrize(
    ("label", "shown"), [(b"a.b", b"a\\046b"), (b"\\", b"\\092"), (b" ", b"\\032"), (b"\xe9", b"\\233")]
)
def test_one_odd_character(label: bytes, shown: bytes) -> None:
    found = dns.message(header() + bytes((len(label),)) + label + b"\x03com\0\0\1\0\1")
    assert found is not None and found.question == shown + b".com"


def test_a_name_too_long_by_its_pointer() -> None:
    long = (b"\x3f" + b"a" * 63) * 3
    data = header(asked=2) + long + b"\0" + b"\0\1\0\1" + b"\x3f" + b"b" * 63 + FIRST + b"\0\1\0\1"
    found = dns.message(data)
    assert found is not None and len(found.questions) == 1


def service(target: bytes, *parameters: tuple[int, bytes], priority: int = 1) -> bytes:
    return priority.to_bytes(2, "big") + target + b"".join(k.to_bytes(2, "big") + sized(v) for k, v in parameters)


def ech(*public: bytes, version: int = 0xFE0D) -> bytes:
    configs = b""
    for outer in public:
        contents = (
            b"\x07\x00\x20" + sized(b"k" * 32) + sized(b"\0\1\0\1") + b"\x40" + bytes((len(outer),)) + outer + b"\0\0"
        )
        configs += version.to_bytes(2, "big") + sized(contents)
    return sized(configs)


def test_service_records() -> None:
    value = service(b"\0", (1, b"\x02h2"), (4, b"\xc0\0\2\1\xc0\0\2\2"), (5, ech(b"outer.example")), (6, b"\x20" * 16))
    found = dns.message(header(0x8180, answered=1) + question("ai.example", 65) + record(FIRST, 65, value))
    assert found is not None and found.ech_public_names == (b"outer.example",)
    assert [a.address for a in found.answers] == [None, b"\xc0\0\2\1", b"\xc0\0\2\2", b"\x20" * 16]
    assert {(a.owner, a.type, a.target) for a in found.answers} == {(b"ai.example", 65, b"ai.example")}


def test_service_aliases_have_no_parameters() -> None:
    value = service(name("svc.example.net"), (4, b"\xc0\0\2\1"), priority=0)
    nothing = service(b"\0", priority=0)
    data = header(0x8180, answered=2) + question("ai.example", 65) + record(FIRST, 65, value)
    found = dns.message(data + record(FIRST, 64, nothing))
    assert found is not None
    assert found.answers == (
        dns.Answer(b"ai.example", 65, 60, None, b"svc.example.net"),
        dns.Answer(b"ai.example", 64, 60, None, None),
    )


def test_ech_of_an_unknown_version_and_cut_off() -> None:
    for config in (ech(b"outer.example", version=0xFE0A), *(ech(b"outer.example")[:end] for end in range(60))):
        data = header(0x8180, answered=1) + question("ai.example", 65) + record(FIRST, 65, service(b"\0", (5, config)))
        found = dns.message(data)
        assert found is not None and found.ech_public_names == ()


def test_multicast_questions_lose_their_unicast_bit() -> None:
    data = header(0, asked=2) + question("_a._tcp.local", 12, 0x8001) + question("b.local", 255, 1)
    found = dns.message(data)
    assert found is not None and found.questions == (b"_a._tcp.local", b"b.local") and found.qtype == 12
    assert dns.query(header(0) + question("b.local", 1, 0x8001)) == (b"b.local", 1)


def test_a_multicast_announcement_asks_nothing() -> None:
    data = header(0x8400, asked=0, answered=1) + record(name("printer.local"), 1, b"\xc0\0\2\1", group=0x8001)
    found = dns.message(data)
    assert found is not None and found.response and found.question is None and found.questions == ()
    assert found.answers == (dns.Answer(b"printer.local", 1, 60, b"\xc0\0\2\1", None),)
    assert dns.query(data) is None


def test_a_refusal_without_its_question() -> None:
    found = dns.message(header(0x8181, asked=0))
    assert found is not None and found.rcode == 1 and found.question is None


@pytest.mark.parametrize(
    "junk",
    [
        b"\0" * 12,
        b"\0" * 64,
        b"GET / HTTP/1.1\r\nHost: example.com\r\n\r\n",
        b"\xff" * 64,
        header(0x1800) + question("example.com"),  # an operation that does not exist
        header() + question("example.com", group=0x1234),
        header(0x8000, asked=0, answered=9) + b"\x3f" + b"x" * 40,
        header(0, asked=0, additional=1) + b"\x07garbage",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"\x11" * 40,
        b"SSH-2.0-OpenSSH_9.6\r\n",
    ],
)
def test_junk_on_the_port(junk: bytes) -> None:
    assert dns.message(junk) is None and dns.query(junk) is None


def test_truncation_bit_and_opcode() -> None:
    found = dns.message(header(0x8380) + question("example.com"))
    update = dns.message(header(0x2800) + question("example.com", 6))
    assert found is not None and found.truncated
    assert update is not None and update.opcode == 5


def test_messages_over_tcp() -> None:
    stream = sized(QUERY) + sized(b"short") + sized(b"") + sized(QUERY)
    assert dns.tcp_messages(stream) == ((QUERY, QUERY), len(stream))
    for end in range(len(stream)):
        messages, used = dns.tcp_messages(stream[:end])
        assert used <= end and len(messages) == (end >= len(QUERY) + 2)
    assert dns.tcp_messages(b"") == ((), 0)


def test_where_in_a_stream_a_question_begins() -> None:
    extended = header(0x0120, additional=1) + question("example.com") + record(b"\0", 41, b"", group=1232)
    answer = header(0x8180, answered=1) + question("a.example") + record(FIRST, 1, b"\xc0\0\2\1")
    for message in (QUERY, extended):
        for before in (b"", b"\0", QUERY[5:], answer, bytes(700)):
            assert dns.question_behind(before + sized(message) + b"more") == len(before)
        wrong = (len(message) + 1).to_bytes(2, "big") + message
        assert dns.question_behind(wrong + b"more") == -1 or message is extended
    assert dns.question_behind(sized(extended[:-11] + b"x" * 11)) == -1
    assert dns.question_behind(sized(answer) * 3) == -1


def test_a_question_within_the_padding_of_another_is_none() -> None:
    within = sized(QUERY)
    for behind in (bytes(200), bytes(2), b"\0\1", b"\xff" * 200, sized(header(0x8180) + question("a.example"))):
        assert dns.question_behind(bytes(100) + within + behind) == -1, behind
    padded = bytes(100) + within + bytes(50) + sized(QUERY)
    assert dns.question_behind(padded) == len(padded) - len(within)
    for end in range(len(within)):
        assert dns.question_behind(within + within[:end]) == 0


def test_a_message_never_costs_much_more_than_its_length() -> None:
    deep = header(asked=201) + b"\x01a" * 126 + b"\0\0\1\0\1"
    deep += b"".join(bytes((0xC0, 12 + n % 120 * 2)) + b"\0\1\0\1" for n in range(200))
    begun = time.perf_counter()
    found = dns.message(deep)
    assert time.perf_counter() - begun < 0.05
    assert found is not None and len(found.questions) == 201 and found.questions[1] == found.questions[0]
    assert found.questions[3] == b".".join([b"a"] * 124)


def test_questions_and_answers_are_bounded() -> None:
    asked = dns.message(header(asked=60000) + question("a.example") * 400)
    data = header(0x8180, answered=60000) + question("a.example") + record(FIRST, 1, b"\xc0\0\2\1") * 400
    answered = dns.message(data)
    assert asked is not None and len(asked.questions) == 256
    assert answered is not None and len(answered.answers) == 256


@given(st.binary(max_size=300), st.integers(0, 20))
def test_any_bytes(data: bytes, at: int) -> None:
    dns.query(data, at)
    dns.message(data, at)
    dns.tcp_messages(data)


@given(st.binary(max_size=120), st.sampled_from([0x0100, 0x8180]), st.integers(0, 3), st.integers(0, 3))
def test_any_bytes_behind_a_header(data: bytes, flags: int, asked: int, answered: int) -> None:
    whole = header(flags, asked, answered) + data
    quick, full = dns.query(whole), dns.message(whole)
    if quick is not None:  # both paths always agree
        assert full is not None and (full.question, full.qtype) == quick
    for found in full.questions if full is not None else ():
        assert 1 <= len(found) <= 4 * 255 and found.isascii() and found.decode().isprintable() and b" " not in found


@given(st.lists(st.text("abc-_XYZ019", min_size=1, max_size=63), min_size=1, max_size=4).map(".".join))
@example("0" * 48)
@example("a." + "b" * 45 + ".example")
def test_both_paths_agree_on_host_names(text: str) -> None:
    data = header() + question(text, 1)
    full = dns.message(data)
    if len(text) <= 253:
        # a label's length that is itself a character of host names (45, 48 to 57) leaves it to the long way
        lengths = {len(label) for label in text.split(".")}
        assert dns.query(data) == (None if lengths & {*b"-0123456789"} else (text.encode(), 1))
        assert full is not None and full.question == text.encode()
    else:
        assert dns.query(data) is None and full is None


def _same_addresses(data: bytes) -> None:
    """What the short way tells is what the long way tells."""
    plain, whole = dns.addresses(data), dns.message(data)
    if plain is not None:
        assert whole is not None and whole.response and not whole.rcode and not whole.opcode
        assert plain.question == whole.question and not whole.ech_public_names
        assert plain.addresses == [(each.address, each.ttl) for each in whole.answers if each.address is not None]


PLAIN_ANSWER = (
    header(0x8180, answered=4, additional=1)
    + question("API.openai.com")
    + record(FIRST, 5, name("edge.example.com"), ttl=300)
    + record(b"\xc0\x2c", 1, bytes((192, 0, 2, 1)), ttl=30)
    + record(b"\xc0\x2c", 28, bytes(range(16)), ttl=40)
    + record(name("other.example"), 16, b"text")
    + record(b"\0", 41, b"")
)


def test_the_addresses_of_a_plain_answer() -> None:
    found = [(bytes((192, 0, 2, 1)), 30), (bytes(range(16)), 40)]
    assert dns.addresses(PLAIN_ANSWER) == dns.Addresses(b"API.openai.com", found)
    _same_addresses(PLAIN_ANSWER)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        PLAIN_ANSWER[:20],
        QUERY,
        header(0x8183, answered=1) + question("a.example") + record(FIRST, 1, bytes(4)),
        header(0x8180, asked=2, answered=1) + question("a.example") * 2 + record(FIRST, 1, bytes(4)),
        header(0x8180, answered=1) + question("a b.example") + record(FIRST, 1, bytes(4)),
        header(0x8180, answered=1) + question("a.b.c.d.e.f.g.h.i") + record(FIRST, 1, bytes(4)),
        header(0x8180, answered=1) + question("a.example") + record(FIRST, 65, b"\0\1\0"),
    ],
)
def test_other_messages_take_the_long_way(data: bytes) -> None:
    assert dns.addresses(data) is None


@given(
    st.integers(0, len(PLAIN_ANSWER)), st.lists(st.tuples(st.integers(0, len(PLAIN_ANSWER) - 1), st.integers(0, 255)))
)
def test_a_damaged_answer_tells_the_same_either_way(end: int, changes: list[tuple[int, int]]) -> None:
    data = bytearray(PLAIN_ANSWER)
    for place, value in changes:
        data[place] = value
    _same_addresses(bytes(data[:end]))
    _same_addresses(bytes(data))


@given(
    st.lists(
        st.tuples(
            st.sampled_from([FIRST, b"\xc0\x1b", b"\xc0\x27", b"\xc0\x2c", b"\1a\xc0\x0c", b"\0", b"\xc0\xff"]),
            st.sampled_from([1, 2, 5, 28]),
            st.sampled_from([b"\1b\xc0\x0c", b"\xc0\x27", name("c.example"), bytes(4), bytes(16), b"\xc0\x0c"]),
            st.sampled_from([1, 0x8001, 3, 9]),
        ),
        max_size=8,
    )
)
def test_any_chain_of_aliases_tells_the_same_either_way(chain: list[tuple[bytes, int, bytes, int]]) -> None:
    records = b"".join(record(owner, kind, data, group=group) for owner, kind, data, group in chain)
    _same_addresses(header(0x8180, answered=len(chain)) + question("a.example.com") + records)
