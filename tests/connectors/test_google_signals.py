"""What can be gathered, and what must be allowed for it."""

from __future__ import annotations

import pytest

from shadowai.errors import UsageError
from shadowai_connectors.google_signals import (
    AUDIT,
    DIRECTORY,
    FILTERED,
    REPORTS,
    SECURITY,
    SIGNALS,
    USERS,
    scopes,
    signal,
    wanted,
)


def names(**settings: str) -> set[str]:
    return {found.name for found in wanted(settings)}


def test_the_least_is_one_reading_scope() -> None:
    assert scopes({"tier": "minimal"}) == (AUDIT,)
    assert names(tier="minimal") == {"grants", "use", "gemini"}


def test_the_usual_never_holds_a_scope_that_writes() -> None:
    assert names() == names(tier="standard") == {found.name for found in SIGNALS} - {"tokens"}
    assert all(scope.endswith(".readonly") for scope in scopes({}))


def test_tokens_are_asked_for_by_name_and_bring_the_list_of_users() -> None:
    assert scopes({"tier": "minimal", "tokens_list": "true"}) == (AUDIT, SECURITY, USERS)
    assert "tokens" in names(tier="minimal", tokens_list="true") and "people" not in names(
        tier="minimal", tokens_list="true"
    )
    assert names(tier="deep", tokens_list="true") == {found.name for found in SIGNALS}


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"tier": "deep"}, "may also delete tokens"),
        ({"tier": "all"}, "no tier is called 'all'"),
        ({"tokens_list": "yes"}, "neither"),
    ],
)
def test_what_is_wrong_is_said(settings: dict[str, str], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        wanted(settings)


def test_quotas_are_those_that_google_documents() -> None:
    assert DIRECTORY.per_second == REPORTS.per_second == 2400 / 60
    assert FILTERED.per_second * 60 == pytest.approx(250) and FILTERED.concurrent == 4


def test_every_signal_says_what_it_needs() -> None:
    assert all(found.any_of and found.endpoint and found.remedy and found.cost for found in SIGNALS)
    assert signal("grants").required and not signal("tokens").required
    with pytest.raises(KeyError):
        signal("nothing")
