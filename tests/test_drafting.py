"""A draft is a signature file that passes the schema and the lints, and accuses nobody."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from shadowai import drafting, signature_file
from shadowai.drafting import Evidence, draft, evidence_in, identifier
from shadowai.errors import UsageError
from shadowai.lint import lint
from shadowai.model import Origin

TODAY = date(2026, 11, 21)
FOUND = Evidence(("ai_client", "api_path:openai", "name"), ("proxy.log:17",))


def test_a_draft_passes_the_schema_and_the_lints(tmp_path: Path) -> None:
    text = draft("https://LLM.acme-models.com:8443/x", FOUND, today=TODAY)
    path = tmp_path / "local-llm-acme-models-com.yaml"
    path.write_text(text, "utf-8")
    file, _ = signature_file.parse(text.encode(), Origin(str(path)))
    assert (file.id, file.signature.status, file.signature.category) == (path.stem, "experimental", "model-api")
    assert [(one.value, one.strength, one.role) for one in file.signature.indicators] == [
        ("llm.acme-models.com", "weak", "api")
    ]
    assert "openai" in file.signature.description and "# Met at: proxy.log:17" in text
    assert [finding for finding in lint((path,)) if finding.level == "error"] == []


def test_without_a_report_the_name_is_all_there_is() -> None:
    text = draft("chat.acme.ai", today=TODAY)
    assert "# Evidence: ai_host" in text and "category: assistant" in text
    assert "# Evidence: none yet" in draft("plain.acme.com", today=TODAY)


@pytest.mark.parametrize("text", ["", "10.0.0.1", "[2001:db8::1]", "localhost", "a b", f"{'a' * 60}." * 4 + "ai"])
def test_what_is_no_host_begins_nothing(text: str) -> None:
    with pytest.raises(UsageError, match="is no host name"):
        draft(text, today=TODAY)


def test_ids_are_short_and_local() -> None:
    assert identifier("xn--bcher-kva.ai") == "local-xn-bcher-kva-ai"
    assert len(identifier(f"{'a' * 60}.{'b' * 60}.ai")) <= 64


def test_evidence_comes_from_a_report_and_nothing_hostile_with_it(tmp_path: Path) -> None:
    report = tmp_path / "report.json"
    row = {
        "name": "llm.acme.example",
        "evidence": ["name", "api_path:mcp", "x\nid: evil", 7],
        "origins": ["a\x1b[31m.log:1\nid: evil"] * 9,
    }
    report.write_text(json.dumps({"candidates": [None, {"name": "other"}, row]}), "utf-8")
    found = evidence_in(report, "llm.acme.example")
    assert found.words == ("name", "api_path:mcp") and len(found.places) == 5
    file, _ = signature_file.parse(draft("llm.acme.example", found, today=TODAY).encode(), Origin("x"))
    assert file.id == "local-llm-acme-example"


@pytest.mark.parametrize(
    "text", ["", "[]", '{"candidates": 7}', '{"candidates": [{"name": "other"}]}', "{" * 9, "\xff"]
)
def test_a_report_without_the_host_is_said_to_be_that(tmp_path: Path, text: str) -> None:
    report = tmp_path / "report.json"
    report.write_bytes(text.encode("latin-1"))
    with pytest.raises(UsageError, match=r"is no report|has no candidate"):
        evidence_in(report, "llm.acme.example")
    with pytest.raises(UsageError, match="is no report"):
        evidence_in(tmp_path / "absent.json", "llm.acme.example")
    assert drafting.MOST > 1 << 20
