"""What is told of changes, what is held back, and what names in it can do: nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from shadowai.errors import SourceError, UsageError
from shadowai.history.model import Change, Comparison
from shadowai.history.remember import remember
from shadowai.history.store import History
from shadowai.model import Verdict
from shadowai.notify import SHOWN, Notifying, body, finding, message, pending, read_notify, tell
from tests.history.making import DAY, NOON, entry, scan
from tests.history.test_listing import NEW, RUN, WIDER

SETTINGS = Notifying("env:HOOK")


@pytest.fixture
def history() -> Iterator[History]:
    """A history in memory."""
    with History("sqlite://") as made:
        yield made


def test_a_configuration(tmp_path: Path) -> None:
    path = tmp_path / "c.toml"
    assert read_notify(path, None) is None and read_notify(path, {}) is None
    assert read_notify(path, {"url": "env:HOOK"}) == SETTINGS
    table = {"url": "file:hook", "style": "slack", "cool_down": "12h", "ca_file": "ca.pem", "only": "breaches"}
    found = read_notify(path, table)
    assert found == Notifying(f"file:{tmp_path / 'hook'}", "slack", DAY // 2, tmp_path / "ca.pem", "breaches")


@pytest.mark.parametrize(
    "table",
    [
        [],
        {"style": "json"},
        {"url": "https://hooks.example.com/T0/secret9"},
        {"url": "file:///secret9"},
        {"url": "env:HOOK", "style": "teams"},
        {"url": "env:HOOK", "cool_down": "7"},
        {"url": "env:HOOK", "only": "none"},
        {"url": "env:HOOK", "retries": "9"},
        {"url": 9},
    ],
)
def test_a_wrong_configuration(table: object) -> None:
    with pytest.raises(UsageError) as caught:
        read_notify(Path("c.toml"), table)
    assert "secret9" not in str(caught.value)


def test_what_is_worth_telling() -> None:
    gone = Change("gone", "user", "k", "Claude", "environment")
    unseen = Change("not_observable", "user", "k", "Claude", "coverage")
    found = Comparison(RUN, RUN, (NEW, WIDER, gone, unseen))
    assert message(found, {}, now=0, cool_down=1).changes == (NEW, WIDER)
    assert message(found, {}, now=0, cool_down=1, only="breaches").changes == (NEW,)
    assert message(Comparison(None, RUN, (NEW,)), {}, now=0, cool_down=1).empty


def test_the_cool_down_and_what_it_holds_back() -> None:
    found = Comparison(RUN, RUN, (NEW, WIDER))
    what = message(found, {finding(NEW): 100}, now=149, cool_down=50)
    assert (what.changes, what.held_back) == ((WIDER,), 1)
    assert message(found, {finding(NEW): 100}, now=150, cool_down=50).held_back == 0
    assert message(found, {finding(NEW): 100}, now=99, cool_down=50).held_back == 0  # a clock that was set back


def test_a_finding_is_the_same_whenever_it_is_seen() -> None:
    assert finding(NEW) == finding(NEW) != finding(WIDER)


def test_more_than_a_message_holds_is_counted() -> None:
    many = tuple(Change("new", "user", str(n), "x", "environment") for n in range(SHOWN + 7))
    what = message(Comparison(RUN, RUN, many), {}, now=0, cool_down=1)
    assert len(what.changes) == SHOWN and what.more == 7 and len(what.findings) == SHOWN + 7
    assert json.loads(body(what, "json"))["more"] == 7
    assert "and 7 more" in json.loads(body(what, "slack"))["text"]


def test_bodies() -> None:
    what = message(Comparison(RUN, RUN, (NEW, WIDER), ("proxy.log: torn",)), {finding(WIDER): 0}, now=0, cool_down=1)
    sent = json.loads(body(what, "json"))
    assert sent["changes"][0]["subject"] == "Claude" and sent["held_back"] == 1
    assert sent["not_comparable"] == ["proxy.log: torn"]
    text = json.loads(body(what, "slack"))["text"].splitlines()
    assert text[1] == "BREACH new user: Claude of ann (environment, prohibited)"
    assert text[2:] == ["1 told before are held back", "1 parts could not be compared"]


def test_what_is_no_proven_use_is_told_so() -> None:
    seen = Change("new", "user", "k", "Claude", "environment", who="ann", detail="looked up, no use seen")
    text = json.loads(body(message(Comparison(RUN, RUN, (seen,)), {}, now=0, cool_down=1), "slack"))["text"]
    assert text.splitlines()[1] == "new user: Claude of ann (environment; looked up, no use seen)"


HOSTILE = (
    "<!channel>",
    "<https://evil.example|ChatGPT>",
    "@here",
    "https://evil.example",
    "a\nb\x1b[2J",
    "*x*" * 9999,
    "\ud800",
)


@pytest.mark.parametrize("style", ["json", "slack"])
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_names(name: str, style: str) -> None:
    bad = Change("new", "app", name, name, "environment", who=name, after=name, field=name)
    sent = body(message(Comparison(RUN, RUN, (bad,)), {}, now=0, cool_down=1), "slack" if style == "slack" else "json")
    assert sent.isascii() and len(sent) < 10_000
    if style == "slack":
        found = json.loads(sent)
        assert found["mrkdwn"] is False and len(found["text"].splitlines()) == 2
        assert not any(sign in found["text"] for sign in ("<", "@here", "://", "\x1b"))


def test_told_once_and_again_only_where_it_could_not_be_sent(history: History) -> None:
    sent: list[bytes] = []
    bad = entry("claude", verdict=Verdict.PROHIBITED)

    def refuse(data: bytes) -> None:
        raise SourceError("cannot")

    remember(history, scan())
    assert tell(history, 1, SETTINGS, now=NOON, send=sent.append).empty and sent == []
    remember(history, scan(bad, day=1))
    with pytest.raises(SourceError):
        tell(history, 2, SETTINGS, now=NOON + DAY, send=refuse)
    remember(history, scan(bad, day=2))
    assert not pending(history, 3, SETTINGS, now=NOON).empty and sent == []
    tell(history, 3, SETTINGS, now=NOON + 2 * DAY, send=sent.append)
    assert [row["service_id"] for row in json.loads(sent[0])["changes"]] == ["claude"]
    assert tell(history, 3, SETTINGS, now=NOON + 2 * DAY, send=sent.append).empty and len(sent) == 1


def test_what_comes_and_goes_is_told_once_within_the_cool_down(history: History) -> None:
    sent: list[bytes] = []
    held = 0
    for day in range(8):
        remember(history, scan(*([entry("claude")] if day % 2 else []), day=day))
        held += tell(history, day + 1, SETTINGS, now=NOON + day * DAY, send=sent.append).held_back
    assert [[row["change"] for row in json.loads(data)["changes"]] for data in sent] == [["new"], ["returned"]]
    assert held == 2


def test_what_is_in_audit_mode_alerts_nobody() -> None:
    on_trial = replace(NEW, breach=False, audited=True)
    found = Comparison(RUN, RUN, (on_trial,))
    assert message(found, {}, now=0, cool_down=1, only="breaches").empty
    what = message(found, {}, now=0, cool_down=1)
    text = json.loads(body(what, "slack"))["text"]
    assert "BREACH" not in text and "prohibited (audit)" in text
    (told,) = json.loads(body(what, "json"))["changes"]
    assert (told["breach"], told["audited"]) == (False, True)
