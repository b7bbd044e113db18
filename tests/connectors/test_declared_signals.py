"""What connectors declare of their signals is what they plan: on it hangs what is called complete without having been asked."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import pytest

from shadowai.connector import Connector, Mode, Scope
from shadowai.sweep.idle import nothing_to_ask
from shadowai.tenant import App, Completeness, Grant, Outcome, Person
from shadowai_connectors.anthropic import Anthropic
from shadowai_connectors.entra import Entra
from shadowai_connectors.github import GitHub
from shadowai_connectors.google_workspace import GoogleWorkspace
from shadowai_connectors.okta import Okta
from shadowai_connectors.openai import OpenAI
from shadowai_connectors.slack import Slack

GUID = "11111111-2222-4333-8444-555555555555"
SETTINGS: Mapping[type[Connector], dict[str, str]] = {
    Entra: {"tenant": GUID, "client": GUID, "secret": "env:X", "tier": "deep"},
    GoogleWorkspace: {"administrator": "a@example.com", "key": "env:X", "tier": "deep", "tokens_list": "true"},
    Okta: {"domain": "https://example.okta.com", "token": "env:X"},
    GitHub: {"organization": "example", "token": "env:X"},
    Slack: {"workspace": "T0123ABCD", "token": "env:X"},
    OpenAI: {"organization": "org-abc123", "admin_key": "env:X"},
    Anthropic: {"organization": GUID, "admin_key": "env:X"},
}
SOMETIMES_LEFT_OUT = {("okta", "user_grants")}
"""Of many people it is asked in full sweeps alone: that it was not asked does not say that there was nothing to ask."""


@dataclass(frozen=True)
class Empty:
    """A tenant without anything, all of whose tasks are complete."""

    settings: Mapping[str, str]
    mode: Mode = "full"
    scope: Scope = "ai"
    now: int = 1_795_000_000_000_000
    complete: bool = True
    found: tuple[App, ...] = field(default=())

    def apps(self) -> Iterator[App]:
        return iter(self.found)

    def grants(self) -> Iterator[Grant]:
        return iter(())

    def people(self) -> Iterator[Person]:
        return iter(())

    def principals(self) -> Iterator[str]:
        return iter(())

    def is_ai(self, app: App) -> bool:
        return True

    def is_complete(self, task: str) -> bool:
        return self.complete

    def mark(self, task: str) -> str | None:
        return None


every = pytest.mark.parametrize("made", SETTINGS, ids=lambda made: made.name)


@every
def test_every_signal_says_what_it_gives_and_names_what_it_comes_after(made: type[Connector]) -> None:
    names = {signal.name for signal in made().signals}
    for signal in made().signals:
        assert signal.gives, signal.name
        assert set(signal.after) <= names - {signal.name}, signal.name


@every
@pytest.mark.parametrize("mode", ["full", "targeted"])
def test_only_what_comes_after_others_has_nothing_to_ask_of_an_empty_tenant(made: type[Connector], mode: Mode) -> None:
    connector, settings = made(), SETTINGS[made]
    tasks = connector.plan(Empty(settings, mode))
    idle = {signal.name for signal in connector.wanted(settings)} - {task.signal for task in tasks}
    declared = {signal.name for signal in connector.signals if signal.after}
    left_out = {signal for name, signal in SOMETIMES_LEFT_OUT if name == connector.name}
    assert declared <= idle <= declared | left_out
    outcomes = [Outcome(task.name, task.signal, Completeness.COMPLETE) for task in tasks]
    told = {one.signal for one in nothing_to_ask(connector.wanted(settings), outcomes, now=1)}
    assert told == idle - left_out


@every
def test_where_the_first_lists_fail_nothing_is_called_complete(made: type[Connector]) -> None:
    connector, settings = made(), SETTINGS[made]
    tasks = connector.plan(Empty(settings, complete=False))
    outcomes = [Outcome(task.name, task.signal, Completeness.FAILED) for task in tasks]
    assert not list(nothing_to_ask(connector.wanted(settings), outcomes, now=1))
