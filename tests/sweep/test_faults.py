"""What is made of answers and of failures on the way."""

from __future__ import annotations

import ssl
import time
from typing import Any

import pytest
import requests

from shadowai.sweep.faults import Fault, Reply, decode, of_exception, of_reply, retry_after, said
from shadowai.tenant import Trouble

NOW = 1_800_000_000.0


def answer(status: int, content: bytes = b"{}", **headers: str) -> Reply:
    return Reply(
        status, {name.replace("_", "-"): value for name, value in headers.items()}, content, "https://a.example/"
    )


@pytest.mark.parametrize(
    ("body", "code", "words"),
    [
        ({"error": {"code": "Denied", "message": "No\x1b[31m way"}}, "Denied", "No\\x1b[31m way"),
        ({"error": {"code": 403, "status": "PERMISSION_DENIED", "message": "m"}}, "PERMISSION_DENIED", "m"),
        ({"error": {"errors": [{"reason": "quotaExceeded"}], "code": 403}}, "quotaExceeded", ""),
        ({"error": {"errors": ["odd"], "code": "c"}}, "c", ""),
        ({"error": "invalid_client", "error_description": "d"}, "invalid_client", "d"),
        ({"errorCode": "E0000006", "errorSummary": "s"}, "E0000006", "s"),
        ({"message": "Not Found"}, "", "Not Found"),
        ({"ok": False, "error": "not_authed"}, "not_authed", ""),
        ({"error": {"type": "authentication_error", "message": "m"}}, "authentication_error", "m"),
        ({"error": None, "message": ["odd"]}, "", ""),
        (["odd"], "", ""),
        (None, "", ""),
    ],
)
def test_what_services_say(body: Any, code: str, words: str) -> None:
    assert said(body) == (code, words)


def test_long_words_are_cut() -> None:
    assert len(said({"message": "x " * 10_000})[1]) <= 300


@pytest.mark.parametrize(
    ("text", "date", "seconds"),
    [
        ("0", "", 0.0),
        ("120", "", 120.0),
        ("1.5", "", 1.5),
        ("Fri, 15 Jan 2027 08:01:00 GMT", "", 60.0),
        ("Fri, 15 Jan 2027 08:01:00 GMT", "Fri, 15 Jan 2027 08:00:30 GMT", 30.0),
        ("Fri, 15 Jan 2027 07:00:00 GMT", "", 0.0),
        ("Fri Jan 15 08:01:00 2027", "", 60.0),
        ("Fri, 15 Jan 2027 08:01:00 -0000", "Fri Jan 15 08:00:30 2027", 30.0),
        ("", "", None),
        ("-5", "", None),
        ("soon", "", None),
        ("\u0661", "", None),
        ("Fri, 99 Jan 2027 08:01:00 GMT", "", None),
    ],
)
def test_retry_after(text: str, date: str, seconds: float | None) -> None:
    assert retry_after({"retry-after": text, "date": date}, NOW) == seconds


@pytest.mark.parametrize("text", ["Fri Jan 15 08:01:00 2027", "Fri, 15 Jan 2027 08:01:00 -0000"])
def test_a_date_that_names_no_zone_is_gmt(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as elsewhere:
        elsewhere.setenv("TZ", "America/Los_Angeles")
        time.tzset()
        seconds = retry_after({"retry-after": text}, NOW)
    time.tzset()
    assert seconds == 60.0


@pytest.mark.parametrize(
    ("reply", "says"),
    [
        (answer(200, b"<html>"), "a web page"),
        (answer(200, b'{"a": '), "cut off or broken"),
        (answer(200, b"[" * 100_000), "cut off or broken"),
        (answer(200, b"\xff\xfe\x00"), "cut off or broken"),
        (answer(200, b"plain", content_type="text/plain"), "not JSON"),
    ],
)
def test_bodies_that_are_no_json(reply: Reply, says: str) -> None:
    found = of_reply(reply, NOW)
    assert found is not None and says in found.detail and found.retry


@pytest.mark.parametrize("status", [200, 400, 401, 403, 404, 410, 422])
@pytest.mark.parametrize(
    ("content", "trouble"),
    [(b" <!DOCTYPE html><p>Blocked", Trouble.UNREACHABLE), (b'{"error": {"co', Trouble.UNEXPECTED)],
)
def test_what_is_not_the_services_word_is_tried_again_and_has_no_status(
    status: int, content: bytes, trouble: Trouble
) -> None:
    """A connector goes by the status: 403 would be a missing permission, 404 something that is gone."""
    found = of_reply(answer(status, content), NOW)
    assert found is not None and found.retry and found.status is None and found.trouble is trouble
    assert found.detail and bool(found.remedy) is (trouble is Trouble.UNREACHABLE)


@pytest.mark.parametrize(("status", "headers"), [(429, {}), (503, {}), (403, {"retry_after": "3"}), (500, {})])
def test_a_load_balancer_s_page_that_says_later_is_heeded(status: int, headers: dict[str, str]) -> None:
    found = of_reply(answer(status, b"<html>busy", **headers), NOW)
    assert found is not None and found.retry and found.status == status
    assert found.after == (3.0 if headers else None)


def test_an_empty_answer_is_tried_again_where_it_does_not_say_that_it_is_empty() -> None:
    found = of_reply(answer(200, b" "), NOW)
    assert found is not None and found.retry and found.detail == "an empty answer"
    assert of_reply(answer(204, b""), NOW) is None


def test_empty_is_nothing() -> None:
    assert decode(answer(204, b"")) == (None, None) and of_reply(answer(204, b" \n"), NOW) is None


def test_githubs_second_limit() -> None:
    found = of_reply(answer(403, b'{"message": "limit"}', x_ratelimit_remaining="0"), NOW)
    assert found is not None and found.throttled and found.trouble is Trouble.THROTTLED


def certificate(code: int) -> ssl.SSLCertVerificationError:
    made = ssl.SSLCertVerificationError(1, "certificate verify failed")
    made.verify_code, made.verify_message = code, "words"
    return made


@pytest.mark.parametrize(
    ("error", "trouble", "retry"),
    [
        (requests.exceptions.SSLError(certificate(20)), Trouble.INTERCEPTED, False),
        (requests.exceptions.SSLError(certificate(10)), Trouble.CLOCK, False),
        (requests.exceptions.SSLError(certificate(9)), Trouble.CLOCK, False),
        (requests.exceptions.SSLError(ssl.SSLEOFError(8, "EOF")), Trouble.UNREACHABLE, True),
        (requests.exceptions.ProxyError("x"), Trouble.UNREACHABLE, True),
        (requests.exceptions.ReadTimeout("x"), Trouble.UNREACHABLE, True),
        (requests.exceptions.ChunkedEncodingError("x"), Trouble.SERVER, True),
        (requests.exceptions.ContentDecodingError("x"), Trouble.SERVER, True),
        (ConnectionResetError(), Trouble.UNREACHABLE, True),
    ],
)
def test_failures_on_the_way(error: BaseException, trouble: Trouble, retry: bool) -> None:
    found = of_exception(error)
    assert (found.trouble, found.retry) == (trouble, retry) and found.detail != "x"


def test_a_name_that_cannot_be_resolved() -> None:
    import socket

    error = requests.exceptions.ConnectionError("x")
    error.__cause__ = socket.gaierror(-2, "x")
    assert of_exception(error).detail == "the name cannot be resolved"


def test_a_circle_of_causes_ends() -> None:
    one, two = ValueError(), ValueError()
    one.__cause__, two.__cause__ = two, one
    assert of_exception(one).retry


def test_a_fault_as_an_error() -> None:
    made = Fault(Trouble.SCOPE, "raw", status=403, code="c", body={"secret": 1}, remedy="r").error("shown")
    assert (made.detail, made.status, made.code, made.remedy) == ("shown", 403, "c", "r")
    assert "secret" not in f"{made} {made!r}"


def test_a_part_of_an_answer_that_nobody_asked_for_is_no_page() -> None:
    fault = of_reply(Reply(206, {}, b"[]", "https://api.example/x"), 0.0)
    assert fault is not None and fault.retry and "a part" in fault.detail
