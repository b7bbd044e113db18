"""References to ATT&CK and ATLAS: led to by use and grants, asserted of nobody."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from shadowai.export.relates import INTEGRATION, TOOLS, WEB_SERVICE, techniques
from shadowai.model import Usage
from tests.export.reports import CHAT, UNKNOWN


@pytest.mark.parametrize("usage", [None, *Usage])
def test_every_manner_of_use_has_an_answer(usage: Usage | None) -> None:
    for one in techniques(replace(CHAT, usage=usage)):
        assert re.fullmatch(r"T\d{4}(\.\d{3})?|AML\.T\d{4}(\.\d{3})?", one.id)
        assert one.id.startswith("AML.") == (one.framework == "MITRE ATLAS")


def test_a_grant_a_large_upload_and_an_agent_are_told_apart() -> None:
    assert techniques(UNKNOWN) == ()
    assert INTEGRATION in techniques(replace(UNKNOWN, scopes=("files.read",)))
    assert WEB_SERVICE in techniques(CHAT)
    assert TOOLS in techniques(replace(CHAT, usage=Usage.AUTONOMOUS))


def test_a_technique_has_its_page() -> None:
    assert WEB_SERVICE.url == "https://attack.mitre.org/techniques/T1567/"
    assert WEB_SERVICE._replace(id="T1567.002").url == "https://attack.mitre.org/techniques/T1567/002/"
    assert TOOLS.url == "https://atlas.mitre.org/techniques/AML.T0053"
