"""Domains under .ai that are nobody's use of AI: small, canonical, and none that a signature is sure of."""

from __future__ import annotations

from datetime import date

import pytest

from shadowai import normalize
from shadowai.ai_domains_apart import ADVERTISING, CHECKED_ON, DOMAINS, NETWORKS, SECURITY
from shadowai.catalog import Catalog
from shadowai.matcher import Matcher


@pytest.mark.parametrize("domain", sorted(DOMAINS))
def test_each_is_one_domain_under_ai(domain: str) -> None:
    assert normalize.host(domain) == domain and domain.endswith(".ai") and domain.count(".") == 1


def test_none_is_in_the_catalogue_and_each_is_of_one_kind() -> None:
    matcher = Matcher(Catalog.load())
    assert [domain for domain in DOMAINS if matcher.host(domain).matches] == []
    assert len(ADVERTISING) + len(SECURITY) + len(NETWORKS) == len(DOMAINS) < 100


def test_the_list_is_dated() -> None:
    assert date.fromisoformat(CHECKED_ON) >= date(2026, 11, 1)
