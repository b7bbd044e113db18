"""Where requests may begin: behind the one before, and, where segments are missing, where the server had got all before."""

from __future__ import annotations

import pytest

from shadowai.sources.capture.next_requests import UNKNOWN, NextRequests
from shadowai.sources.capture.pieces import DUE, LOOK
from tests.captures import messages, tls
from tests.captures.conversations import Tcp, Timed, tcp
from tests.captures.packets import packed
from tests.sources.capture.reading import CLIENT, SERVER, read

HELLO = tls.hello("chatgpt.com")
SNI = [("tls_sni", "chatgpt.com")]
GET = messages.request("chatgpt.com", "/c/1?q=secret")
SECOND = messages.request("chatgpt.com")


def _talk(port: int = 443) -> Tcp:
    return tcp(CLIENT, SERVER, port)


def _post(host: str, body: bytes, header: str = "Content-Length: ", port: int = 80) -> bytes:
    value = "chunked" if header.startswith("Transfer") else str(len(body))
    return f"POST /x HTTP/1.1\r\nHost: {host}\r\n{header}{value}\r\n\r\n".encode() + body


CHUNKS = b"800\r\n" + b"x" * 2048 + b"\r\n0\r\n\r\n"
CHUNKED = _post("one.example", CHUNKS, "Transfer-Encoding: ")


def _upload(size: int, within: bytes, **headers: str) -> list[Timed]:
    body = b"x" * size + within + b"y" * 1000
    head = messages.request("files.example", method="POST", headers={"Content-Type": "text/plain", **headers})
    length = b"" if "Transfer-Encoding" in headers else b"Content-Length: %d\r\n" % len(body)
    head = head[:-2] + length + b"\r\n"
    talk = _talk(80).syn().send(head)
    return talk.send(body[:size]).send(body[size : size + len(within)]).send(body[size + len(within) :]).frames


@pytest.mark.parametrize("size", [1, 100, 5000])
@pytest.mark.parametrize("within", [GET, HELLO], ids=["request", "hello"])
def test_what_is_uploaded_is_no_request(size: int, within: bytes) -> None:
    assert read(_upload(size, within)).hosts == ["files.example"]


def test_in_an_upload_of_unknown_length_only_the_same_host_is_believed() -> None:
    found = read(_upload(5000, GET, **{"Transfer-Encoding": "chunked"}))
    assert found.hosts == ["files.example"] and found.notes["misplaced"] == 1
    same = read(_upload(5000, messages.request("files.example"), **{"Transfer-Encoding": "chunked"}))
    assert same.hosts == ["files.example", "files.example"]


def test_behind_a_body_whose_end_is_not_known_the_answer_tells_that_a_request_may_begin() -> None:
    both = ["one.example", "chatgpt.com"]
    answered = _talk(80).syn().send(CHUNKED, mss=500).receive(messages.response(b"ok")).send(SECOND)
    assert read(answered.frames).hosts == both
    unanswered = read(_talk(80).syn().send(CHUNKED, mss=500, order=[0, 1, 2, 3]).send(SECOND).frames)
    assert unanswered.hosts == both[:1] and unanswered.notes["misplaced"] == 1
    lost = _talk(80).syn().send(CHUNKED, mss=500, order=[0, 1, 2, 3])
    assert read(lost.receive(messages.response(b"ok")).send(SECOND).frames).hosts == both
    early = messages.response(status="100 Continue")
    lost = _talk(80).syn().send(CHUNKED, mss=500, order=[0, 1, 2, 3])
    assert read(lost.receive(early).send(SECOND).frames).hosts == both[:1]


@pytest.mark.parametrize("mss", [3, 61, 500, 1460])
@pytest.mark.parametrize("beginning", [True, False])
def test_the_chunks_of_a_body_tell_where_it_ends(mss: int, beginning: bool) -> None:
    """Though nothing answered, and though the answer to the request before came meanwhile; what is within the chunks is no request."""
    upload = b"".join(b"%x;a=b\r\n%s\r\n" % (len(one), one) for one in (GET, HELLO, b"x" * 3000, GET * 9))
    head = messages.request("files.example", method="PUT", headers={"Transfer-Encoding": "chunked"})
    talk = _talk(80).syn() if beginning else _talk(80)
    talk.send(messages.request("one.example") + head, mss=mss if beginning else 1460).receive(messages.response(b"ok"))
    talk.send(upload[: len(upload) // 2], mss=mss).receive(messages.response(status="413 Content Too Large"))
    talk.send(upload[len(upload) // 2 :] + b"0\r\nTrailer: a\r\n\r\n" + messages.request("two.example"), mss=mss)
    found = read(talk.send(messages.request("three.example")).frames)
    assert found.hosts == ["one.example", "files.example", "two.example", "three.example"]
    assert "misplaced" not in found.notes


def test_a_request_within_a_chunk_at_the_beginning_of_a_segment() -> None:
    head = messages.request("files.example", method="PUT", headers={"Transfer-Encoding": "chunked"})
    pipelined = messages.request("one.example") + head + b"%x\r\n" % len(GET)
    talk = _talk(80).syn().send(pipelined).receive(messages.response(b"ok")).send(GET).send(b"\r\n0\r\n\r\n")
    assert read(talk.send(messages.request("two.example")).frames).hosts == [
        "one.example",
        "files.example",
        "two.example",
    ]


def test_what_should_be_a_chunk_and_is_none_leaves_the_end_unknown() -> None:
    head = messages.request("files.example", method="PUT", headers={"Transfer-Encoding": "chunked"})
    talk = _talk(80).syn().send(head + b"4\r\nab").send(b"cd\r\nno size\r\n").send(GET)
    assert read(talk.frames).hosts == ["files.example"]
    assert read(talk.receive(messages.response(b"ok")).send(SECOND).frames).hosts == ["files.example", "chatgpt.com"]


@pytest.mark.parametrize("header", ["Upgrade", "X-Other"])
def test_a_first_request_that_is_sent_again_is_one(header: str) -> None:
    for talk in (_talk(80).syn(), _talk(80)):
        talk.send(
            messages.request("one.example", headers={header: "websocket", "Connection": "Upgrade"}), retransmit=True
        )
        assert read(talk.frames).hosts == ["one.example"]


def test_a_request_that_is_sent_again_together_with_the_next() -> None:
    first = messages.request("one.example")
    talk = _talk(80).syn().send(first).receive(messages.response(b"ok"))
    talk._sent -= len(first)
    assert read(talk.send(first + SECOND).frames).hosts == ["one.example", "chatgpt.com"]


def test_requests_behind_a_body_of_which_a_part_was_not_captured() -> None:
    talk = _talk(80).syn().send(_post("one.example", b"x" * 3000), mss=1000, order=[0, 2, 3])
    talk.receive(messages.response(b"ok")).send(SECOND).send(messages.request("claude.ai"))
    assert read(talk.frames).hosts == ["one.example", "chatgpt.com", "claude.ai"]


def test_requests_behind_a_head_of_which_a_part_was_not_captured() -> None:
    """The next may begin where the server had got all that was before when it answered: there may be another's body behind the hole."""
    further = [SECOND, messages.request("claude.ai")]
    for method, answered, hosts in (
        ("GET", False, ["one.example"]),
        ("GET", True, ["one.example", "chatgpt.com", "claude.ai"]),
        ("POST", False, ["one.example"]),
        ("POST", True, ["one.example", "chatgpt.com", "claude.ai"]),
    ):
        head = messages.request("one.example", method=method, headers={"Cookie": "c" * 3000})
        talk = _talk(80).syn().send(head, mss=1000, order=[0, 2, 3])
        if answered:
            talk.receive(messages.response(status="100 Continue")).receive(messages.response(b"ok"))
        for one in further:
            talk.send(one)
        assert read(talk.frames).hosts == hosts, (method, answered)


@pytest.mark.parametrize("order", [[1, 2, 3], []])
def test_requests_behind_a_first_one_that_was_not_captured_whole(order: list[int]) -> None:
    head = messages.request("one.example", headers={"Cookie": "c" * 3000})
    talk = _talk(80).syn().send(head, mss=1000, order=order).receive(messages.response(b"ok"))
    assert read(talk.send(SECOND).send(messages.request("claude.ai")).frames).hosts == ["chatgpt.com", "claude.ai"]


@pytest.mark.parametrize("mss", [1460, 333])
def test_a_request_that_begins_in_the_segment_that_ends_the_body_before(mss: int) -> None:
    posts = b"".join(_post(f"{name}.example", b"x" * 5000) for name in "abc")
    talk = _talk(80).syn().send(posts + SECOND, mss=mss)
    assert read(talk.frames).hosts == ["a.example", "b.example", "c.example", "chatgpt.com"]


@pytest.mark.parametrize("lost", [0, 1, 2])
@pytest.mark.parametrize("within", [GET, HELLO], ids=["request", "hello"])
def test_what_is_uploaded_is_no_request_though_a_part_was_not_captured(lost: int, within: bytes) -> None:
    body = b"x" * 4380 + within.ljust(1460, b"z") + b"y" * 3000
    order = [place for place in range(-(-len(body) // 1460)) if place != lost]
    for head in (_post("files.example", b"", "Transfer-Encoding: "), _post("files.example", body)[: -len(body)]):
        assert read(_talk(80).syn().send(head).send(body, order=order).frames).hosts == ["files.example"]
    for far in (_talk(445).syn(), _talk(445)):
        far.send(b"q" * 100_000).send(body, order=order)
        found = read(far.frames)
        assert found.names == [] and found.notes["misplaced"] == 1
    if within == GET:
        assert read(_talk(21).syn().send(b"STOR capture\r\n").send(body, order=order).frames).names == []


@pytest.mark.parametrize("within", [GET, HELLO], ids=["request", "hello"])
@pytest.mark.parametrize("before", [True, False])
@pytest.mark.parametrize("beginning", [True, False])
def test_what_is_uploaded_is_no_request_though_its_head_was_not_captured(
    within: bytes, before: bool, beginning: bool
) -> None:
    talk = _talk(80).syn() if beginning else _talk(80)
    if before or within == HELLO or not beginning:
        talk.send(messages.request("one.example")).receive(messages.response(b"ok"))
    hosts = [one.host for one in read(talk.frames).records if one.kind == "http_host"]
    body = _post("files.example", b"x" * 500 + within.ljust(1000, b"z"))
    talk.send(body, mss=len(body) - 1000, order=[1]).receive(messages.response(b"ok"))
    found = read(talk.frames)
    assert found.hosts == hosts and found.notes["misplaced"] == 1
    assert read(talk.send(SECOND).frames).hosts == [*hosts, "chatgpt.com"]


def test_behind_a_lost_request_the_next_is_known_by_the_answer() -> None:
    one, lost = messages.request("one.example"), messages.request("lost.example")
    for beginning in (True, False):
        talk = _talk(80).syn() if beginning else _talk(80)
        talk.send(one).receive(messages.response(b"ok")).send(lost, order=[]).receive(messages.response(b"ok"))
        assert read(talk.send(SECOND).frames).hosts == ["one.example", "chatgpt.com"]
        unanswered = (_talk(80).syn() if beginning else _talk(80)).send(one).receive(messages.response(b"ok"))
        found = read(unanswered.send(lost, order=[]).send(SECOND).frames)
        assert found.hosts == ["one.example"] and found.notes["misplaced"] == 1
    early = _talk(80).syn().send(one).receive(messages.response(b"ok")).send(lost, order=[])
    early.receive(messages.response(status="100 Continue"))
    assert read(early.send(SECOND).frames).hosts == ["one.example"]
    first = _talk(80).syn().send(lost, order=[]).receive(messages.response(b"ok"))
    assert read(first.send(SECOND).frames).hosts == ["chatgpt.com"]


def test_behind_a_request_that_the_capture_cut_the_next_is_known_where_the_cut_one_ended() -> None:
    talk = _talk(80).syn().send(messages.request("one.example", headers={"Cookie": "c" * 500})).send(SECOND)
    assert read(talk.frames, snaplen=150).hosts == ["one.example", "chatgpt.com"]


def test_what_is_uploaded_in_chunks_is_no_hello() -> None:
    chunked = _post("files.example", b"1000\r\n" + b"x" * 1000, "Transfer-Encoding: ")
    assert read(_talk(80).syn().send(chunked).send(HELLO).frames).hosts == ["files.example"]
    upgrade = messages.request(
        "printer.example", method="OPTIONS", headers={"Upgrade": "TLS/1.2", "Connection": "Upgrade"}
    )
    talk = _talk(631).syn().send(upgrade).receive(messages.response(status="101 Switching Protocols"))
    assert read(talk.send(HELLO).frames).hosts == ["printer.example", "chatgpt.com"]
    socket = messages.request("w.example", headers={"Upgrade": "WebSocket", "Connection": "Upgrade"})
    talk = _talk(80).syn().send(socket).receive(messages.response(status="101 Switching Protocols"))
    assert read(talk.send(HELLO).frames).hosts == ["w.example"]


def test_an_answer_to_a_request_with_a_gap_says_nothing_of_the_one_before() -> None:
    tunnel = messages.connect("chatgpt.com:443")
    talk = _talk(3128).syn().send(messages.request("one.example")).receive(messages.response(b"ok"))
    long = tunnel[:-2] + b"X: " + b"c" * 3000 + b"\r\n\r\n"
    talk.send(long, mss=1000, order=[0, 2, 3]).receive(messages.response(status="407 Proxy Authentication Required"))
    assert ("http_host", "one.example") in read(talk.frames).names


def test_http_2_behind_an_upgrade_is_believed_of_the_same_host_only() -> None:
    from hpack import Encoder

    for host, hosts in (("a.example", ["a.example", "a.example"]), ("chatgpt.com", ["a.example"])):
        block = Encoder().encode([(":method", "GET"), (":path", "/"), (":authority", host), (":scheme", "http")])
        frames = len(block).to_bytes(3, "big") + b"\1\4\0\0\0\1" + block
        upgrade = messages.request("a.example", headers={"Connection": "Upgrade", "Upgrade": "h2c"})
        talk = _talk(80).syn().send(upgrade).receive(messages.response(status="101 Switching Protocols"))
        found = read(talk.send(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + frames).frames)
        assert found.hosts == hosts and found.notes.get("misplaced", 0) == 2 - len(hosts)


@pytest.mark.parametrize("behind", [b"x" * 90, b"HTTP/1.1 200 OK\r\n\r\n", b"\r\nGETS"])
@pytest.mark.parametrize("answered", [True, False])
def test_a_request_with_something_else_behind_it_is_a_piece_of_an_upload(behind: bytes, answered: bool) -> None:
    """Where nothing tells that it begins there but an answer, which may have come early, or that it is the first that was captured."""
    if answered:  # one that came before all of the body had, whose head is missing
        talk = _talk(80).syn().send(_post("files.example", b"x" * 500 + b"y" * 3000)[:900], order=[])
        talk.receive(messages.response(status="413 Content Too Large"))
    else:
        talk = _talk(80)
    found = read(talk.send(SECOND + behind).frames)
    assert found.hosts == [] and found.notes["misplaced"] == 1
    for further in (b"", b"\r\n", messages.request("claude.ai")):  # nothing, what old browsers add, the next
        talk = _talk(80).syn().send(GET, order=[]).receive(messages.response(b"ok")) if answered else _talk(80)
        hosts = ["chatgpt.com"] + ["claude.ai"] * (len(further) > 2)
        assert read(talk.send(SECOND + further).frames).hosts == hosts


def test_a_request_for_a_tunnel_may_have_anything_behind_it() -> None:
    talk = _talk(3128).send(messages.connect("chatgpt.com:443") + tls.hello("chatgpt.com"))
    assert set(read(talk.frames).hosts) == {"chatgpt.com"}


def test_what_was_answered_before_says_nothing_of_what_is_behind_an_upgrade() -> None:
    """Another request was answered when the server had got it too: they were captured in another order than sent."""
    first = messages.request("one.example")
    upgrade = messages.request("two.example", headers={"Upgrade": "websocket", "Connection": "Upgrade"})
    talk = _talk(80).syn().send(first + upgrade, mss=len(first), order=[1]).receive(messages.response(b"ok"))
    talk._sent -= len(first) + len(upgrade)
    talk.send(first + upgrade, mss=len(first)).send(GET)
    assert read(talk.frames).hosts == ["one.example", "two.example"]


def test_where_a_request_is_due() -> None:
    requests = NextRequests()
    assert not requests.is_due(2, 100) and 2 not in requests and requests.looking(2, 0, 50) == LOOK
    requests.goes_on(2, 100)
    assert requests.is_due(2, 100) and not requests.is_due(2, 101) and not requests.is_due(3, 100)
    assert requests.within_body(2, 99) and not requests.within_body(2, 100)
    assert requests.looking(2, 40, 10) == DUE + 100 and requests.looking(2, 90, 10) == LOOK
    requests.goes_on(2, 60)  # what was captured late says nothing of what comes next
    assert requests.due[2] == 100
    requests.answered[2] = 900
    assert requests.is_due(2, 900) and 2 in requests
    requests.forget(2)
    assert 2 not in requests and not requests.is_due(2, 900)


def test_where_a_chunk_is_due_no_request_is() -> None:
    requests = NextRequests()
    requests.goes_on(2, 100, b"")
    assert not requests.is_due(2, 100)
    assert requests.behind_chunks(2, 100, b"4\r\nabcd\r\n0\r", 11) == (111, b"", 0)
    assert requests.chunked[2] == b"0\r" and requests.due[2] == 111
    assert requests.behind_chunks(2, 111, b"\n\r\nGET", 6) == (114, b"GET", 3)
    assert requests.is_due(2, 114) and requests.chunked == {}
    requests.goes_on(2, 200, b"")
    assert requests.behind_chunks(2, 200, b"zz", 2) == (200, b"zz", 2) and requests.due[2] == UNKNOWN


@pytest.mark.parametrize("beginning", [True, False])
@pytest.mark.parametrize("first", [True, False])
def test_where_no_answer_was_captured_the_acknowledgments_of_the_client_tell_of_it(
    beginning: bool, first: bool
) -> None:
    """Behind what is not believed, for it may be a piece of an upload whose head is missing; not upon a mere leave to go on."""
    answer = b"HTTP/1.1 204 No Content\r\nDate: Sun, 06 Nov 1994 08:49:37 GMT\r\n\r\n"
    for between, believed in ((answer, True), (messages.response(status="100 Continue"), False), (b"", False)):
        talk = _talk(80).syn() if beginning else _talk(80)
        if first or not beginning:
            talk.send(messages.request("one.example"))
        talk.send(_post("lost.example", b""), order=[]).send(_post("chatgpt.com", GET))
        if between:
            talk.receive(between)
        talk.send(messages.request("claude.ai"))
        sent = [one for one in talk.frames if one[1][26:30] == packed(CLIENT)]
        hosts = ["one.example"] * (first or not beginning) + ["claude.ai"] * believed
        assert read(sent).hosts == hosts, between


def test_what_is_within_the_body_of_what_was_not_believed_says_nothing_of_its_end() -> None:
    requests = NextRequests()
    requests.doubted(2, 100, 900, 50)
    requests.doubted(2, 200, 300, 50)
    requests.go_on_behind_doubted(2, 300, 500)
    requests.go_on_behind_doubted(2, 900, 60)
    assert 2 not in requests
    requests.go_on_behind_doubted(2, 900, 500)
    assert requests.is_due(2, 900)
    requests.doubted(2, 1000, 1100, 600)
    requests.forget(2)
    requests.go_on_behind_doubted(2, 1100, 900)
    assert 2 not in requests
