"""What a connector sees of the sweep when it plans."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from shadowai.connector import Mode, Scope
from shadowai.sweep.store import Store
from shadowai.tenant import App, Grant, Person


@dataclass(frozen=True, slots=True)
class StoreView:
    """The :class:`~shadowai.connector.View` of a sweep; ``judge`` says whether a signature explains an app."""

    store: Store
    mode: Mode
    scope: Scope
    settings: Mapping[str, str]
    now: int
    judge: Callable[[App], bool]

    def apps(self) -> Iterator[App]:
        """The apps found so far."""
        return iter(self.store.gathered("app", delta=self.mode == "delta", now=self.now))

    def grants(self) -> Iterator[Grant]:
        """The grants found so far."""
        return iter(self.store.gathered("grant", delta=self.mode == "delta", now=self.now))

    def is_ai(self, app: App) -> bool:
        """Whether a signature explains the app."""
        return self.judge(app)

    def is_complete(self, task: str) -> bool:
        """Whether the task of this name has ended and saw everything."""
        return self.store.state(task) == "complete"

    def mark(self, task: str) -> str | None:
        """What the task's last complete run left for the next."""
        return self.store.mark(task)

    def principals(self) -> Iterator[str]:
        """The ids of people named so far: each once, in order."""
        return iter(self.store.principals(delta=self.mode == "delta", now=self.now))

    def people(self) -> Iterator[Person]:
        """The people found so far."""
        return iter(self.store.gathered("person", delta=self.mode == "delta", now=self.now))
