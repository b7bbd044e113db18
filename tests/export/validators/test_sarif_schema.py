"""SARIF by the schema of the standard (OASIS, sarif-schema-2.1.0)."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from jsonschema import Draft7Validator

from shadowai.export import sarif
from shadowai.model import Report
from tests.export.validators.install import module
from tests.export.validators.reports import REPORTS

SCHEMA = json.loads(
    (module("@microsoft/jest-sarif") / "lib/schemas/sarif-2.1.0-rtm.5.json").read_text(encoding="utf-8")
)
VALIDATOR = Draft7Validator(SCHEMA, format_checker=Draft7Validator.FORMAT_CHECKER)


def written(report: Report) -> Any:
    stream = io.BytesIO()
    sarif.write(report, stream)
    return json.loads(stream.getvalue())


@pytest.mark.parametrize("name", REPORTS)
def test_logs_are_valid(name: str) -> None:
    assert [f"{error.json_path}: {error.message:.200}" for error in VALIDATOR.iter_errors(written(REPORTS[name]))] == []


def test_the_schema_refuses_what_is_wrong() -> None:
    assert SCHEMA["additionalProperties"] is False and "sarifLog" not in SCHEMA
    for path, value in ((("version",), "2.2.0"), (("runs", 0, "results", 0, "level"), "fatal"), (("runs", 0, "x"), 1)):
        document = written(REPORTS["small"])
        place = document
        for step in path[:-1]:
            place = place[step]
        place[path[-1]] = value
        assert not VALIDATOR.is_valid(document), path
