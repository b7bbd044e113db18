"""Runs a sweep: asks the connector for tasks, runs them side by side, commits every page, and says how each task ended."""

from __future__ import annotations

import hashlib
import json
import threading
import traceback
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Protocol

from shadowai.connector import Connector, Mode, Scope
from shadowai.normalize import printable
from shadowai.sweep.idle import nothing_to_ask
from shadowai.sweep.session import TenantSession
from shadowai.sweep.store import Saved, Store
from shadowai.sweep.view import StoreView
from shadowai.tenant import App, Completeness, CursorExpired, Missed, Outcome, Signal, Swept, Task, TenantError, Trouble

WORKERS = 16
"""Tasks under way at once; each quota has its own, smaller, number of requests."""
PAGES = 100_000
"""More pages than any collection has: a service that goes on for ever is stopped here."""
RESTARTS = 4
ROUNDS = 50
DAY = 86_400_000_000
RESUMABLE = DAY
"""Microseconds for which an unfinished sweep is gone on with; after that it would mix two days."""
WEEK = 7 * DAY
MISREAD = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError, RecursionError)
"""What a connector may stumble over in an answer that is not as documented."""


class Progress(Protocol):
    """Told about tasks as they end, by several threads."""

    def __call__(self, done: int, total: int, task: str) -> None:
        """``done`` of the ``total`` tasks known by now have ended, ``task`` the last."""
        ...


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a sweep is asked for. ``mode`` ``None``: targeted at first, then what has changed, and everything once a week."""

    name: str
    mode: Mode | None = None
    scope: Scope = "ai"
    resume: bool = True


class Runner:
    """One sweep of one tenant."""

    def __init__(
        self,
        connector: Connector,
        session: TenantSession,
        store: Store,
        wanted: Wanted,
        *,
        is_ai: Callable[[App], bool],
        workers: int = WORKERS,
        progress: Progress | None = None,
    ) -> None:
        self._connector, self._session, self._store, self._wanted = connector, session, store, wanted
        self._workers, self._progress = workers, progress
        self._tenant = connector.tenant(session.settings)
        self._began, self._mode = self._begin()
        self._view = StoreView(store, self._mode, wanted.scope, session.settings, self._began, is_ai)
        self._signals = {signal.name: signal for signal in connector.signals}
        self._planning = threading.Lock()
        self._broken = threading.Event()
        self._done = self._total = 0

    def run(self) -> Swept:
        """The sweep, to its end or until it is stopped. What the service does wrong is in the outcomes; mistakes of the connector and
        of the configuration are raised."""
        trouble: TenantError | None = None
        try:
            self._rounds()
        except TenantError as error:
            trouble = error
        return self._swept(trouble)

    def _begin(self) -> tuple[int, Mode]:
        """Go on with the sweep under way where it is the one that is wanted, else begin."""
        about = {"tenant": self._tenant, "connector": self._connector.name, "scope": self._wanted.scope}
        about["settings"] = _digest(self._session.settings)
        found = self._store.under_way()
        same = all(found.get(key) == value for key, value in about.items())
        mode = self._wanted.mode or (found.get("mode") if same else None) or self._usual_mode()
        if self._wanted.resume and same and found.get("mode") == mode:
            began = int(found["began"])
            if 0 <= self._session.now - began < RESUMABLE:
                return began, _mode(mode)
        now = self._session.now
        self._store.begin({**about, "mode": mode, "began": str(now)})
        return now, _mode(mode)

    def _usual_mode(self) -> Mode:
        """Where the last whole sweep is to come, the clock was wrong then or is now: nothing is built on it."""
        last = self._store.reconciled()
        if last is None:
            return "targeted"
        return "delta" if 0 <= self._session.now - last < WEEK else "full"

    def _rounds(self) -> None:
        """Plan and run until the plan holds nothing new. What a sweep that goes on has left open is run before anything is added: what is
        planned on half of what there is (twenty people of thirty, in one task) would be planned and asked for again with the rest."""
        for _ in range(ROUNDS):
            planned = self._plan()  # whatever comes of it: connectors learn here what the sweep has
            if not self._store.open_tasks() and not self._store.add(planned):
                return
            waiting = self._store.open_tasks()
            self._total += len(waiting)
            with ThreadPoolExecutor(self._workers, thread_name_prefix="sweep") as pool:
                try:
                    for _ in pool.map(self._work, waiting):
                        pass
                except BaseException:
                    self._broken.set()  # leaving the pool waits for all that is queued: that shall do nothing any more
                    raise
            self._session.shared.clock.check()
        raise TenantError(Trouble.UNEXPECTED, f"the plan was still growing after {ROUNDS} rounds")

    def _plan(self) -> Sequence[Task]:
        with self._planning:
            try:
                return self._connector.plan(self._view)
            except MISREAD as error:
                raise misread(error) from error

    def _work(self, saved: Saved) -> None:
        """Run one task to its end. A mistake that is not the service's stops the whole sweep."""
        if self._broken.is_set():
            return
        try:
            self._until_ended(saved)
        except BaseException:
            self._broken.set()
            raise
        self._done += 1
        if self._progress is not None:
            self._progress(self._done, self._total, saved.task.name)

    def _until_ended(self, saved: Saved) -> None:
        task, cursor, pages = saved.task, saved.cursor, saved.pages
        while True:
            try:
                self._pages(task, cursor, pages)
                return
            except CursorExpired:
                if self._store.restart(task.name) > RESTARTS:
                    self._fail(task, TenantError(Trouble.UNEXPECTED, "its cursors expire before they can be used"))
                    return
                task, cursor, pages = self._planned_again(task), None, 0
            except TenantError as error:
                if error.trouble is not Trouble.STOPPED:  # a stopped task stays open: the next sweep goes on with it
                    self._fail(task, error)
                return
            except MISREAD as error:
                self._fail(task, misread(error))
                return

    def _pages(self, task: Task, cursor: str | None, pages: int) -> None:
        """The pages of a task, each committed; returns after the last."""
        self._session.shared.clock.check()
        for page in self._connector.run(task, self._session.for_task(), cursor):
            if not self._store.commit(task.name, page, self._session.now):
                raise TenantError(Trouble.UNEXPECTED, "the service leads back to a page that it has already given")
            if page.cursor is None:
                return
            pages += 1
            if pages >= PAGES:
                raise TenantError(Trouble.UNEXPECTED, f"no end after {PAGES:,} pages")
            if self._broken.is_set():
                raise TenantError(Trouble.STOPPED, "the sweep was stopped")
            self._session.shared.clock.check()
        raise TenantError(Trouble.UNEXPECTED, "there was no last page")

    def _planned_again(self, task: Task) -> Task:
        """The task as it is planned now that its mark is forgotten; as it was where it is not planned any more."""
        found = next((other for other in self._plan() if other.name == task.name), task)
        self._store.replan(found)
        return found

    def _fail(self, task: Task, error: TenantError) -> None:
        """The task ends. Where a permission or licence is missing and nobody said which, it is what the signal needs."""
        missed = self._shown(error)
        signal = self._signals.get(task.signal)
        if not missed.remedy and signal is not None:
            missed = replace(missed, remedy=_needed(signal, error.trouble))
        self._store.fail(task.name, self._session.now, missed)

    def _shown(self, error: TenantError) -> Missed:
        redact = self._session.shared.redactor
        return Missed(error.trouble, printable(redact(error.detail)), printable(redact(error.remedy)))

    def _swept(self, trouble: TenantError | None) -> Swept:
        delta, now = self._mode == "delta", self._began
        counts = self._session.shared.counts
        return Swept(
            name=self._wanted.name,
            platform=self._connector.name,
            title=self._connector.title,
            tenant=self._tenant,
            began=self._began,
            ended=self._session.now,
            mode=self._mode,
            scope=self._wanted.scope,
            apps=self._store.gathered("app", delta=delta, now=now),
            grants=self._store.gathered("grant", delta=delta, now=now),
            people=self._store.gathered("person", delta=delta, now=now),
            events=self._store.gathered("event", delta=delta, now=now),
            activity=self._store.gathered("activity", delta=delta, now=now),
            outcomes=tuple(self._outcomes(trouble)),
            requests=counts.requests,
            retries=counts.retries,
            throttled=counts.throttled,
        )

    def _outcomes(self, trouble: TenantError | None) -> list[Outcome]:
        tasks = self._store.tasks()
        found = [_outcome(saved) for saved in tasks]
        if trouble is not None and (trouble.trouble is not Trouble.STOPPED or not tasks):
            shown = self._shown(trouble)
            found.append(Outcome("plan", "*", Completeness.FAILED, shown.trouble, shown.detail, shown.remedy))
        elif not found:
            detail = "the connector planned nothing"
            found.append(Outcome("plan", "*", Completeness.FAILED, Trouble.UNEXPECTED, detail))
        if self._mode == "delta":
            found += [
                Outcome(name, signal, Completeness.COMPLETE, as_of=as_of)
                for name, signal, as_of in self._store.carried(now=self._began)
            ]
        if trouble is None and not self._store.open_tasks():
            found += nothing_to_ask(self._connector.wanted(self._session.settings), found, now=self._session.now)
        return found

    def remembered(self) -> None:
        """To be called when the sweep's result is safe: the next one builds on it. A stopped sweep stays as it is, to be gone on with."""
        if not self._store.open_tasks():
            self._store.finish(delta=self._mode == "delta", now=self._began)


def _outcome(saved: Saved) -> Outcome:
    common = {"pages": saved.pages, "items": saved.items, "as_of": saved.ended}
    if saved.state == "open":
        how = Completeness.PARTIAL if saved.pages else Completeness.FAILED
        remedy = "run it again: it goes on where it was"
        return Outcome(saved.task.name, saved.task.signal, how, Trouble.STOPPED, "", remedy, **common)
    trouble = Trouble[saved.trouble] if saved.trouble else None
    how = Completeness(saved.state)
    return Outcome(saved.task.name, saved.task.signal, how, trouble, saved.detail, saved.remedy, **common)


def _needed(signal: Signal, trouble: Trouble) -> str:
    """What to do about a permission, role or licence that is missing."""
    if trouble is Trouble.SCOPE and signal.any_of:
        return f"needs {' or '.join(signal.any_of)}"
    if trouble is Trouble.LICENCE and signal.licence:
        return f"needs {signal.licence}"
    return signal.remedy if trouble in (Trouble.SCOPE, Trouble.ROLE, Trouble.LICENCE) else ""


def misread(error: Exception) -> TenantError:
    """What a connector stumbled over, as an error that says what and where, and no value: it may be a secret."""
    last = traceback.extract_tb(error.__traceback__)[-1]
    where = f"{last.name}, line {last.lineno}"
    return TenantError(Trouble.UNEXPECTED, f"the answer is not as documented ({type(error).__name__} in {where})")


def _digest(settings: Mapping[str, str]) -> str:
    return hashlib.sha256(json.dumps(dict(settings), sort_keys=True).encode()).hexdigest()


def _mode(text: str) -> Mode:
    if text == "delta":
        return "delta"
    return "full" if text == "full" else "targeted"
