"""What the history asks the signatures."""

from __future__ import annotations

from dataclasses import replace

from shadowai.catalog import Catalog
from shadowai.history.catalogue import digests, explainer


def test_digests_are_of_what_is_recognised() -> None:
    class Two:
        def __init__(self, **more: object) -> None:
            known = Catalog.load()
            self.signatures = {"a": replace(known.signatures["openai-chatgpt"], **more)}  # type: ignore[arg-type]

    plain = digests(Two())  # type: ignore[arg-type]
    assert digests(Two(description="better")) == plain  # type: ignore[arg-type]
    assert digests(Two(indicators=())) != plain  # type: ignore[arg-type]
    assert digests(Two(exclude=("x.example",))) != plain  # type: ignore[arg-type]


def test_names_are_explained() -> None:
    services = explainer(Catalog.load())
    assert "openai-chatgpt" in services("chatgpt.com")
    for nothing in ("proxy.example.com", "", " ", "\x00", "notopenai.com", "\ud800"):
        assert services(nothing) == frozenset()


def test_a_host_is_asked_as_a_host_alone() -> None:
    services = explainer(Catalog.load())
    for stranger in ("openai.example.org", "chatgpt.com.login.example", "chatgpt.example"):
        assert services(stranger) == frozenset()
    assert services("ChatGPT") == services("chatgpt") == frozenset({"openai-chatgpt"})
    assert services("coderabbitai") == frozenset({"coderabbit"})
