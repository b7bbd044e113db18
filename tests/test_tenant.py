"""The nouns of a tenant."""

from __future__ import annotations

from dataclasses import replace

import pytest

from shadowai.tenant import App, Completeness, Missed, Outcome, Page, Swept, Task, TenantError, Trouble

SWEPT = Swept("n", "p", "P", "t", 1, 2, "full", "all", (), (), (), (), (), ())


def outcome(how: Completeness) -> Outcome:
    return Outcome("task", "signal", how)


@pytest.mark.parametrize(
    ("outcomes", "complete"),
    [
        ((Completeness.COMPLETE,), True),
        ((Completeness.COMPLETE, Completeness.PARTIAL), False),
        ((Completeness.FAILED,), False),
    ],
)
def test_a_sweep_is_complete_when_every_task_is(outcomes: tuple[Completeness, ...], complete: bool) -> None:
    assert replace(SWEPT, outcomes=tuple(map(outcome, outcomes))).complete is complete


def test_a_sweep_that_looked_at_nothing_is_not_complete() -> None:
    assert not SWEPT.complete


def test_an_error_shows_what_and_why_and_never_the_body() -> None:
    error = TenantError(Trouble.LICENCE, "no P1", remedy="buy it", status=403, code="c", body={"secret": "s3cret"})
    assert str(error) == "a licence is missing: no P1" and "s3cret" not in repr(error)
    assert (error.trouble, error.detail, error.remedy) == (Trouble.LICENCE, "no P1", "buy it")
    assert (error.status, error.code, error.body) == (403, "c", {"secret": "s3cret"})


def test_nouns_are_values() -> None:
    assert App("p", "t", "1", "A") == App("p", "t", "1", "A") != App("p", "t", "2", "A")
    assert Task("a", "s").changes is False and Page(()).missed == () and Missed(Trouble.ROLE, "d").remedy == ""
    with pytest.raises(AttributeError):
        Task("a", "s").name = "b"  # type: ignore[misc]


def test_links_with_tokens_in_them_are_not_shown() -> None:
    link = "https://graph.example/delta?$deltatoken=s3cret"
    assert "s3cret" not in repr(Task("a", "s", (link,))) + repr(Page((), cursor=link, mark=link))
