"""The emulators, each started once for all tests that ask it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.emulators import specifications
from tests.emulators.install import install, missing
from tests.emulators.processes import WireMock, prism, wiremock
from tests.emulators.stubs import behind, google_token, microsoft_token
from tests.tenants.sweeps import secrets


@pytest.fixture(scope="session")
def cache() -> Path:
    """Where everything is installed. Without Node or Java these tests fail: whoever asks for them wants them run."""
    absent = missing()
    assert not absent, f"the emulators need {', '.join(absent)}"
    return install()


@pytest.fixture(autouse=True)
def _environment() -> Iterator[None]:
    """The secrets that settings refer to."""
    with secrets():
        yield


@pytest.fixture(scope="session")
def _wiremock(cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[WireMock]:
    with wiremock(tmp_path_factory.mktemp("wiremock")) as made:
        yield made


@pytest.fixture
def mock(_wiremock: WireMock) -> WireMock:
    """WireMock behind TLS, knowing nothing."""
    return _wiremock.load()


@pytest.fixture(scope="session")
def _graph(cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with prism(specifications.graph(cache / "graph.json", paged=False), tmp_path_factory.mktemp("graph")) as root:
        yield root


@pytest.fixture(scope="session")
def _endless_graph(cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with prism(specifications.graph(cache / "graph.json", paged=True), tmp_path_factory.mktemp("endless")) as root:
        yield root


@pytest.fixture(scope="session")
def _google(cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    import googleapiclient

    documents = Path(googleapiclient.__file__).parent / "discovery_cache" / "documents"
    with prism(specifications.google(documents), tmp_path_factory.mktemp("google")) as root:
        yield root


@pytest.fixture
def graph(mock: WireMock, _graph: str) -> WireMock:
    """Microsoft Graph by Prism, behind WireMock's TLS, which gives the tokens."""
    return mock.load(*microsoft_token(), behind(_graph))


@pytest.fixture
def endless_graph(mock: WireMock, _endless_graph: str) -> WireMock:
    """The same, with the word "string" for every link to a next page."""
    return mock.load(*microsoft_token(), behind(_endless_graph))


@pytest.fixture
def google(mock: WireMock, _google: str) -> WireMock:
    """Google's interfaces by Prism, behind WireMock's TLS, which gives the tokens."""
    return mock.load(google_token(), behind(_google))


@pytest.fixture(scope="session")
def github(cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """GitHub by Prism."""
    with prism(specifications.github(cache / "github.json"), tmp_path_factory.mktemp("github")) as root:
        yield root


@pytest.fixture(scope="session")
def okta(cache: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Okta by Prism."""
    with prism(specifications.okta(cache / "okta.json"), tmp_path_factory.mktemp("okta")) as root:
        yield root
