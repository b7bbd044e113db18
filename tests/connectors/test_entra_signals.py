"""What is gathered, with which permission."""

from __future__ import annotations

import re

import pytest

from shadowai.errors import UsageError
from shadowai_connectors.entra import Entra
from shadowai_connectors.entra_clouds import Cloud
from shadowai_connectors.entra_signals import REPORTS, ROLES, SIGNALS, wanted
from tests.conftest import ROOT


def test_every_permission_has_its_identifier() -> None:
    named = {permission for signal in SIGNALS for permission in signal.any_of}
    assert named == set(ROLES)
    assert all(re.fullmatch(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", role) for role in ROLES.values())
    assert len(set(ROLES.values())) == len(ROLES)


def test_every_permission_only_reads() -> None:
    assert [name for name in ROLES if "Write" in name or "Read" not in name] == []


def test_the_narrow_permission_comes_first() -> None:
    assert [signal.name for signal in SIGNALS if signal.any_of[0] == "Directory.Read.All"] == []


def test_each_tier_has_the_ones_below_it() -> None:
    minimal, standard, deep = ({s.name for s in wanted({"tier": tier})} for tier in ("minimal", "standard", "deep"))
    assert minimal == {"apps", "grants", "roles", "assignments"}
    assert minimal < standard < deep == {signal.name for signal in SIGNALS}
    assert wanted({}) == wanted({"tier": "standard"})
    assert not any(signal.licence for signal in wanted({}))


def test_the_least_has_two_permissions() -> None:
    assert {s.any_of[0] for s in wanted({"tier": "minimal"})} == {
        "Application.Read.All",
        "DelegatedPermissionGrant.Read.All",
    }


def test_the_log_is_asked_five_times_in_ten_seconds() -> None:
    assert REPORTS.per_second * 10 == 5


def test_an_unknown_tier_is_a_wrong_setting() -> None:
    with pytest.raises(UsageError):
        wanted({"tier": "Deep"})


def test_the_page_for_administrators_names_every_permission() -> None:
    text = (ROOT / "docs" / "connectors" / "entra.md").read_text(encoding="utf-8")
    assert [name for name, role in ROLES.items() if name not in text or role not in text] == []
    assert [
        key for key in Entra.settings if f"`{key.rstrip('?')}`" not in text and f"{key.rstrip('?')} =" not in text
    ] == []
    assert [cloud.label for cloud in Cloud if f"`{cloud.label}`" not in text] == []
