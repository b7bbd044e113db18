"""A dry run asks nothing, opens nothing, and needs no secret."""

from __future__ import annotations

import socket
from collections.abc import Iterator, Sequence
from typing import Any

import pytest

from shadowai.connector import Session, View
from shadowai.sweep.dry_run import Call, calls
from shadowai.tenant import CursorExpired, Page, Task
from tests.sweep.service import QUOTA, Toy

ABOUT = {"root": "https://toys.example", "client_secret": "env:NOT_SET"}


def printed(connector: Any) -> list[Call]:
    return list(calls(connector, ABOUT, mode="targeted", scope="ai", now=5))


def test_the_calls(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*args: Any, **kwargs: Any) -> Any:
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket, "socket", refuse)
    assert printed(Toy()) == [
        Call("", "token", "POST", "toys.example/token"),
        Call("apps", "apps", "GET", "https://toys.example/apps", "toy"),
    ]


class Other(Toy):
    """Whose tasks ask in other ways."""

    def plan(self, view: View) -> Sequence[Task]:
        assert not list(view.apps()) and not list(view.grants()) and not list(view.principals())
        assert view.mark("x") is None and not view.is_complete("x") and view.now == 5 and view.mode == "targeted"
        return [Task(name, "apps") for name in ("params", "post", "http", "google", "signs", "expired", "silent")]

    def run(self, task: Task, session: Session, cursor: str | None) -> Iterator[Page]:
        if task.name == "params":
            session.get("https://toys.example/apps", quota=QUOTA, params={"$filter": "a eq 'b'", "$deltatoken": "xyz"})
        if task.name == "post":
            session.post("https://toys.example/token", quota=QUOTA, json={})
        if task.name == "http":
            session.http()
        if task.name == "google":
            session.httplib2(QUOTA).request("https://toys.example/apps?x=1", "GET", headers={})
        if task.name == "signs":
            int(session.secret("client_secret"))
        if task.name == "expired":
            raise CursorExpired
        yield from ()


def test_calls_of_every_kind() -> None:
    found = {call.task: (call.method, call.url) for call in printed(Other())}
    assert found["params"] == ("GET", "https://toys.example/apps?$filter=a eq 'b'&$deltatoken=[hidden]")
    assert found["post"] == ("POST", "https://toys.example/token")
    assert found["google"] == ("GET", "https://toys.example/apps?x=1")
    assert found["http"][1] == "(a client library)"
    assert found["signs"] == found["expired"] == found["silent"] == ("", "")
