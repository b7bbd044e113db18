"""The session asks patiently, only what is allowed, and says nothing secret."""

from __future__ import annotations

import logging
import socket
import time
from collections.abc import Mapping, Sequence
from email.utils import formatdate
from typing import Any
from urllib.parse import urlsplit

import pytest

from shadowai.connector import Allowed, Answer, Quota
from shadowai.errors import UsageError
from shadowai.sweep.retries import PATIENCE, Budget
from shadowai.sweep.session import TenantSession, open_session
from shadowai.tenant import TenantError, Trouble
from tests.sweep.service import QUOTA, SECRET, Service, Toy, VirtualClock, reply, settings

APPS: dict[str, Any] = {"value": [], "next": None}


def ask(session: TenantSession, service: Service, path: str = "/apps", **more: Any) -> Answer:
    return session.get(service.root + path, quota=QUOTA, **more)


def test_an_answer(session: TenantSession, service: Service) -> None:
    found = ask(session, service, params={"from": "9"}, headers={"X-Own": "yes"})
    assert found.status == 200 and found.body == {"value": [{"id": "app00009"}]}
    assert found.url == f"{service.root}/apps?from=9" and found.headers["content-type"] == "application/json"
    (_, _, _), (method, path, headers) = service.asked
    assert (method, path, headers["x-own"]) == ("GET", "/apps?from=9", "yes")
    assert headers["authorization"] == "Bearer token-1" and headers["user-agent"].startswith("shadowai/")


@pytest.mark.parametrize(
    "fault",
    [
        reply(429, {"error": {"code": "TooManyRequests"}}, Retry_After="3"),
        reply(429, b""),
        reply(503, b"<html><body>later</body></html>", Content_Type="text/html"),
        reply(500, {"error": "oops"}),
        reply(502, b"bad gateway", Content_Type="text/plain"),
        reply(504, b""),
        reply(200, b'{"value": [{"id": "a'),
        reply(200, b"<!DOCTYPE html><p>sign in", Content_Type="text/html"),
        reply(200, b'{"value": []}', Content_Length="4000"),
        reply(403, {"error": {"errors": [{"reason": "quotaExceeded"}], "code": 403, "message": "later"}}),
        reply(403, {"error": {"errors": [{"reason": "userRateLimitExceeded"}]}}),
        reply(403, {"error": {"errors": [{"reason": "rateLimitExceeded"}]}}),
        reply(403, {"message": "You have exceeded a secondary rate limit"}, Retry_After="1"),
        reply(408, b""),
        None,
    ],
)
def test_what_passes_is_tried_again(session: TenantSession, service: Service, fault: Any) -> None:
    service.put["/apps"] = [fault, fault, reply(200, APPS)]
    assert ask(session, service).body == APPS
    assert service.paths()["/apps"] == 3 and session.shared.counts.retries == 2


@pytest.mark.parametrize(
    ("fault", "trouble", "status"),
    [
        (reply(403, {"error": {"code": "Authorization_RequestDenied", "message": "no"}}), Trouble.SCOPE, 403),
        (reply(402, {"error": {"code": "x"}}), Trouble.LICENCE, 402),
        (reply(404, {"message": "Not Found"}), Trouble.UNEXPECTED, 404),
        (reply(410, {"error": {"code": "syncStateNotFound"}}), Trouble.UNEXPECTED, 410),
        (reply(501, b""), Trouble.SERVER, 501),
        (reply(403, {"error": {"errors": [{"reason": "dailyLimitExceeded"}]}}), Trouble.THROTTLED, 403),
        (reply(302, b"", Location="https://elsewhere.example/"), Trouble.UNEXPECTED, 302),
    ],
)
def test_what_does_not_pass_is_said_at_once(
    session: TenantSession, service: Service, fault: Any, trouble: Trouble, status: int
) -> None:
    service.always["/apps"] = fault
    with pytest.raises(TenantError) as caught:
        ask(session, service)
    assert (caught.value.trouble, caught.value.status) == (trouble, status)
    assert service.paths()["/apps"] == 1


def test_a_refusal_carries_its_code_and_body(session: TenantSession, service: Service) -> None:
    service.always["/apps"] = reply(
        403, {"error": {"code": "Authorization_RequestDenied", "message": "Insufficient\nprivileges"}}
    )
    with pytest.raises(TenantError) as caught:
        ask(session, service)
    assert caught.value.code == "Authorization_RequestDenied"
    assert caught.value.body["error"]["message"] == "Insufficient\nprivileges"
    assert caught.value.detail == "403 Authorization_RequestDenied: Insufficient privileges"


def test_retry_after_in_seconds_and_as_a_date(session: TenantSession, service: Service, clock: VirtualClock) -> None:
    date = formatdate(clock.time() + 40, usegmt=True)
    service.put["/apps"] = [reply(429, {}, Retry_After="17"), reply(200, APPS)]
    ask(session, service)
    assert 17 <= clock.passed < 18
    now = formatdate(clock.time(), usegmt=True)
    service.put["/apps"] = [reply(503, {}, Retry_After=date, Date=now), reply(200, APPS)]
    ask(session, service)
    assert 39 <= clock.passed < 42


def test_a_wait_beyond_patience_is_trouble(session: TenantSession, service: Service, clock: VirtualClock) -> None:
    service.always["/apps"] = reply(429, {}, Retry_After=str(PATIENCE + 1))
    with pytest.raises(TenantError, match="asks to wait for 901 seconds") as caught:
        ask(session, service)
    assert caught.value.trouble is Trouble.THROTTLED and clock.passed < 1


def test_it_gives_up(session: TenantSession, service: Service, clock: VirtualClock) -> None:
    service.always["/apps"] = reply(429, {"error": {"code": "TooManyRequests", "message": "slow down"}})
    with pytest.raises(TenantError, match="slow down") as caught:
        ask(session, service)
    assert caught.value.trouble is Trouble.THROTTLED and service.paths()["/apps"] == 12
    assert session.shared.counts.throttled == 11 and clock.passed < 12 * 31


def test_the_budget_of_a_task_and_of_the_sweep(session: TenantSession, service: Service, clock: VirtualClock) -> None:
    ask(session, service)
    service.asked.clear()
    service.always["/apps"] = reply(500, {})
    few = TenantSession(session.shared, Budget(first=2.0), session._tokens)
    with pytest.raises(TenantError, match="too many retries"):
        ask(few, service)
    assert service.paths()["/apps"] == 3
    whole = TenantSession(session.shared, Budget(first=4.0), session._tokens)
    with pytest.raises(TenantError, match="too many retries"):
        ask(whole.for_task(), service)
    with pytest.raises(TenantError, match="too many retries"):
        ask(whole.for_task(), service)
    assert service.paths()["/apps"] == 3 + 5 + 1


def test_a_token_that_is_refused_is_renewed_once(session: TenantSession, service: Service) -> None:
    ask(session, service)
    service.valid = "another"
    ask(session, service)
    assert service.tokens == 2
    service.always["/apps"] = reply(401, {"error": {"code": "InvalidToken"}})
    with pytest.raises(TenantError) as caught:
        ask(session, service)
    assert caught.value.trouble is Trouble.CREDENTIALS and service.tokens == 3


def test_a_token_that_is_withdrawn_again_while_a_request_is_retried_is_renewed_again(
    session: TenantSession, service: Service
) -> None:
    withdrawn = reply(401, {"error": {"code": "InvalidToken"}})
    service.put["/apps"] = [withdrawn, reply(500, {}), withdrawn, reply(500, {}), None]
    assert session.get(f"{service.root}/apps", quota=QUOTA).status == 200
    assert service.tokens == 3
    service.put["/apps"] = [withdrawn, withdrawn]
    with pytest.raises(TenantError, match="credentials were refused"):
        session.get(f"{service.root}/apps", quota=QUOTA)


def test_a_token_is_renewed_before_it_expires(session: TenantSession, service: Service, clock: VirtualClock) -> None:
    ask(session, service)
    clock.passed += 3600 - 301
    ask(session, service)
    assert service.tokens == 1
    clock.passed += 2
    ask(session, service)
    assert service.tokens == 2


def test_refused_credentials_are_not_offered_again(session: TenantSession, service: Service) -> None:
    service.always["/token"] = reply(401, {"error": "invalid_client", "error_description": "wrong secret"})
    for _ in range(3):
        with pytest.raises(TenantError, match="invalid_client: wrong secret") as caught:
            ask(session, service)
        assert caught.value.trouble is Trouble.CREDENTIALS
    assert service.paths() == {"/token": 1}


@pytest.fixture
def no_socket(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: Any, **kwargs: Any) -> Any:
        raise AssertionError("a socket was opened")

    for name in ("socket", "create_connection", "getaddrinfo"):
        monkeypatch.setattr(socket, name, refuse)


REFUSED = [
    ("GET", "https://elsewhere.example/apps"),
    ("GET", "{root}/users"),
    ("GET", "{root}/appsx"),
    ("GET", "{root}/apps/../users"),
    ("GET", "{root}/apps/%2e%2e/users"),
    ("GET", "{root}/apps/..%2fusers"),
    ("GET", "{root}/apps\\..\\users"),
    ("GET", "{root}@elsewhere.example/apps"),
    ("GET", "{root}/apps#fragment"),
    ("GET", "ftp://127.0.0.1/apps"),
    ("GET", "file:///etc/passwd"),
    ("GET", "/apps"),
    ("GET", "https://127.0.0.1/apps"),
    ("GET", "{root}/token"),
    ("POST", "{root}/apps"),
    ("POST", "{root}/token/more"),
    ("DELETE", "{root}/apps"),
    ("PATCH", "{root}/apps"),
    ("PUT", "{root}/apps"),
    ("HEAD", "{root}/apps"),
]


@pytest.mark.parametrize(("method", "url"), REFUSED)
def test_what_is_not_allowed_opens_no_socket(
    session: TenantSession, service: Service, method: str, url: str, no_socket: None
) -> None:
    """Neither through TenantSession, nor through the HTTP client that libraries are given."""
    target = url.format(root=service.root)
    if method in ("GET", "POST"):
        with pytest.raises(TenantError, match=f"refused to send {method}"):
            session.get(target, quota=QUOTA) if method == "GET" else session.post(target, quota=QUOTA, json={})
    from requests.exceptions import InvalidSchema, MissingSchema

    with pytest.raises((TenantError, InvalidSchema, MissingSchema)):
        if "apps/" in url or "@" in url or "#" in url or "\\" in url:
            session.shared.allowed.check(method, target)  # requests tidies such addresses before it sends them
        session.http().request(method, target)
    assert service.asked == []


class Batching(Toy):
    """A connector that may send batches, and does not mind what is in them."""

    def allowed(self, settings: Mapping[str, str]) -> Sequence[Allowed]:
        """The toy's, and a batch."""
        batch = Allowed(urlsplit(settings["root"]).netloc, "/$batch", "POST", why="reads", batch=True)
        return (*super().allowed(settings), batch)


@pytest.mark.parametrize(
    "part",
    [
        {"method": "DELETE", "url": "/apps/1"},
        {"method": "PATCH", "url": "/apps/1", "body": {"enabled": False}},
        {"method": "GET", "url": "/users"},
        {"method": "GET", "url": "https://elsewhere.example/apps"},
    ],
)
def test_a_hostile_batch_opens_no_socket(
    service: Service, part: dict[str, Any], no_socket: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither through TenantSession, nor past it through the HTTP client that libraries are given."""
    monkeypatch.setenv("TOY_SECRET", SECRET)
    body = {"requests": [{"id": "0", "method": "GET", "url": "/apps"}, {"id": "1", **part}]}
    with open_session(Batching(), settings(service), clock=VirtualClock()) as made:
        for send in (
            lambda: made.post(f"{service.root}/$batch", quota=QUOTA, json=body),
            lambda: made.http().post(f"{service.root}/$batch", json=body),
            lambda: made.http().post(f"{service.root}/$batch", data=iter([b"x"])),
            lambda: made.shared.http().post(f"{service.root}/$batch", json=body),
        ):
            with pytest.raises(TenantError, match="refused to send POST"):
                send()
    assert service.asked == []


def test_a_header_that_changes_the_method_opens_no_socket(
    session: TenantSession, service: Service, no_socket: None
) -> None:
    for send in (
        lambda: ask(session, service, headers={"X-HTTP-Method-Override": "DELETE"}),
        lambda: session.http().get(f"{service.root}/apps", headers={"x-http-method": "DELETE"}),
    ):
        with pytest.raises(TenantError, match="as another method"):
            send()


def test_an_allowed_request_would_open_one(session: TenantSession, service: Service, no_socket: None) -> None:
    with pytest.raises(AssertionError, match="a socket was opened"):
        session.http().get(f"{service.root}/apps")


def test_plain_http_needs_leave_and_this_machine(service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TOY_SECRET", SECRET)
    bare = {key: value for key, value in settings(service).items() if key != "insecure_localhost"}
    with open_session(Toy(), bare, clock=VirtualClock()) as made, pytest.raises(TenantError, match="refused to send"):
        ask(made, service)
    afar = {**settings(service), "root": "http://graph.example"}
    with open_session(Toy(), afar, clock=VirtualClock()) as made, pytest.raises(TenantError, match="refused to send"):
        made.get("http://graph.example/apps", quota=QUOTA)
    assert service.asked == []


@pytest.mark.parametrize(
    ("link", "message"),
    [
        ("https://elsewhere.example/apps?from=3", "leads to elsewhere.example: refused"),
        ("https://127.0.0.1/apps", "refused"),
        ("http://127.0.0.1:1/apps", "refused"),
        ("string", "no address"),
        ("//elsewhere.example/apps", "no address"),
        (7, "no address"),
        ({}, "no address"),
        ("{root}/users", "refused to send"),
        ("{root}/apps\r\nX: y", "no address"),
    ],
)
def test_links_that_are_not_followed(session: TenantSession, service: Service, link: Any, message: str) -> None:
    target = link.format(root=service.root) if isinstance(link, str) else link
    answer = Answer(200, {}, {}, f"{service.root}/apps")
    with pytest.raises(TenantError, match=message):
        session.next_link(answer, target)


def test_links_that_are_followed_or_end(session: TenantSession, service: Service) -> None:
    answer = Answer(200, {}, {}, f"{service.root}/apps")
    assert session.next_link(answer, f"{service.root}/apps?from=3") == f"{service.root}/apps?from=3"
    assert session.next_link(answer, None) is None and session.next_link(answer, "") is None


def test_nothing_secret_is_said(session: TenantSession, service: Service, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    logging.getLogger("urllib3.connectionpool").setLevel(logging.DEBUG)
    service.put["/apps"] = [
        reply(403, {"error": {"code": "no", "message": f"for Bearer token-1 and {SECRET} at $deltatoken=d3lt4link"}})
    ]
    with pytest.raises(TenantError) as caught:
        ask(session, service, params={"$deltatoken": "d3lt4link"})
    said = f"{caught.value} {caught.value!r} {caught.value.detail} {caplog.text}"
    assert "[hidden]" in said and "/apps" in caplog.text
    for secret in (SECRET, "d3lt4link", "token-1"):
        assert secret not in said.replace("Bearer [hidden]", "")
    token = session._tokens.get("")
    assert token.value == "token-1" and "token-1" not in repr(token) + repr(session) + repr(session.shared)


def test_secrets_are_those_of_the_connector(session: TenantSession, monkeypatch: pytest.MonkeyPatch) -> None:
    assert session.secret("client_secret") == SECRET
    monkeypatch.setenv("TOY_SECRET", "replaced-meanwhile")  # as platforms do with the assertions of workloads
    assert session.secret("client_secret") == "replaced-meanwhile"
    assert session.shared.redactor(f"{SECRET} replaced-meanwhile") == "[hidden] [hidden]"
    for key in ("root", "absent"):
        with pytest.raises(UsageError, match="there is no secret"):
            session.secret(key)


def test_pause_waits_and_counts(session: TenantSession, service: Service, clock: VirtualClock) -> None:
    session.pause(QUOTA, {"Retry-After": "9"})
    ask(session, service)
    assert clock.passed >= 9 and session.shared.counts.throttled == 1
    few = TenantSession(session.shared, Budget(first=1.0))
    few.pause(QUOTA)
    with pytest.raises(TenantError) as caught:
        few.pause(QUOTA)
    assert caught.value.trouble is Trouble.THROTTLED


def test_a_service_that_is_not_there(session: TenantSession, service: Service) -> None:
    service.close()
    with pytest.raises(TenantError, match="refused or reset") as caught:
        ask(session, service)
    assert caught.value.trouble is Trouble.UNREACHABLE


def test_an_answer_without_end(session: TenantSession, service: Service, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("shadowai.sweep.transport.LARGEST", 1000)
    service.always["/apps"] = reply(200, b'"' + b"x" * 100_000 + b'"')
    with pytest.raises(TenantError, match="an answer of more than"):
        ask(session, service)


def test_the_service_slows_us_down(session: TenantSession, service: Service, clock: VirtualClock) -> None:
    quota = Quota("slow", per_second=100.0)
    service.always["/apps"] = reply(200, APPS, x_ms_throttle_limit_percentage="1.5")
    session.get(f"{service.root}/apps", quota=quota)
    assert session.shared.limiter.bucket(quota).rate == pytest.approx(10.0)
    okta = Quota("okta", per_second=100.0)
    end = str(int(clock.time()) + 60)
    date = formatdate(clock.time(), usegmt=True)
    headers = {"X-Rate-Limit-Limit": "600", "X-Rate-Limit-Remaining": "30", "X-Rate-Limit-Reset": end, "Date": date}
    service.always["/apps"] = (200, headers, b"{}")
    session.get(f"{service.root}/apps", quota=okta)
    assert session.shared.limiter.bucket(okta).rate == pytest.approx(0.5, rel=0.1)


def test_the_other_clock_is_noticed(session: TenantSession, service: Service, clock: VirtualClock) -> None:
    ask(session, service)
    assert session.shared.skew == pytest.approx(time.time() - clock.time(), abs=3)
    assert session.now == int(clock.time() * 1_000_000)
