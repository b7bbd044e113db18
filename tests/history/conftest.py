"""Histories to test with: every such test runs on SQLite, and on a real PostgreSQL server where its programs are installed."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

from shadowai.history.store import History
from tests.history import postgres

ABSENT = postgres.absent()
REQUIRED = "SHADOWAI_TEST_POSTGRES"
"""Where this variable is set, it is a failure that there is no PostgreSQL: every test that should have run on it fails."""


def databases(absent: str, environ: Mapping[str, str]) -> list[str]:
    """The kinds of databases to test with. A server is started wherever there is one to start."""
    return ["sqlite"] if absent and not environ.get(REQUIRED) else ["sqlite", "postgresql"]


DATABASES = databases(ABSENT, os.environ)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Say what did not run."""
    if "postgresql" not in DATABASES:
        terminalreporter.section("NOT RUN: the history on PostgreSQL", red=True)
        terminalreporter.line(f"{ABSENT}. The tests of the history ran on SQLite alone.")


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """The URL of a PostgreSQL database."""
    if ABSENT:
        pytest.fail(f"{REQUIRED} is set, and there is no PostgreSQL: {ABSENT}")
    with postgres.server() as url:
        yield url


@pytest.fixture(params=DATABASES)
def url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """An empty database of each kind."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'history.db'}"
    found: str = request.getfixturevalue("server")
    engine = create_engine(found, poolclass=NullPool)
    with engine.begin() as db:
        db.execute(text("DROP SCHEMA public CASCADE"))
        db.execute(text("CREATE SCHEMA public"))
    return found


@pytest.fixture
def history(url: str) -> Iterator[History]:
    """A history in it."""
    with History(url) as made:
        yield made
