"""``--budget`` and ``--verdict``: the exit code of a pipeline follows them."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from shadowai.budgets.judging import WEEK
from shadowai.cli import judging, main
from shadowai.history import store
from shadowai.history.gather import policy_digest
from shadowai.history.place import opened
from shadowai.history.tables import RUN
from shadowai.model import Report
from tests.cli.conftest import environment
from tests.cli.test_diff import state
from tests.cli.test_policy import write
from tests.cli.test_remembering import log

__all__ = ["state"]
Captured = pytest.CaptureFixture[str]
SERVICES = "version: 1\nbudgets:\n  - {{name: services, measure: services, max: {0}, {1}}}\n"


def verdict() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(Path("v.json").read_text("ascii"))
    return found


@pytest.mark.parametrize(("most", "more", "code"), [(2, "", 0), (2, "warn: 1", 0), (1, "", 1), (1, "mode: audit", 0)])
def test_the_exit_code_follows_the_budget(state: Path, most: int, more: str, code: int, capsys: Captured) -> None:
    log(("chatgpt.com", "ann"), ("claude.ai", "bob"))
    write("b.yaml", SERVICES.format(most, more))
    assert main(["scan", "proxy.log", "--budget", "b.yaml", "--verdict", "v.json", "-o", "out.csv"]) == code
    found = verdict()
    assert found["exit_code"] == code and found["budgets"][0]["amount"] == {"least": 2, "most": 2}
    assert ("services: 2 of" in capsys.readouterr().err) is (found["budgets"][0]["state"] != "within")


def test_budgets_of_the_policy_in_force_are_judged_without_being_asked_for(state: Path) -> None:
    log(("chatgpt.com", "ann"))
    write("p.yaml", "version: 1\nrules: []\nbudgets: [{name: a, measure: users, max: 0}]\n")
    assert main(["scan", "proxy.log", "--policy", "p.yaml"]) == 1
    write("shadowai.toml", 'policy = "p.yaml"\n')
    assert main(["scan", "proxy.log", "--by", "user"]) == 1


def test_coverage_is_asked_for_by_source_by_time_and_by_name(state: Path, capsys: Captured) -> None:
    log(("chatgpt.com", "ann"))
    text = "version: 1\ncoverage: {sources: [squid_native], max_gap: 1h, min_named: 100%}\n"
    write("b.yaml", text)
    assert main(["scan", "proxy.log", "--budget", "b.yaml", "--verdict", "v.json"]) == 0
    assert [one["state"] for one in verdict()["coverage"]] == ["within"] * 3
    since = ["--since", "2026-01-05T09:00", "--until", "2026-01-05T13:30"]
    assert main(["scan", "proxy.log", "--budget", "b.yaml", *since]) == 3
    assert "gap exceeded (max_gap): at most 3 h 0 min" in capsys.readouterr().err
    write("b.yaml", text.replace("squid_native", "entra"))
    assert main(["scan", "proxy.log", "--budget", "b.yaml"]) == 3


def test_a_growing_budget_needs_a_history_and_has_one_from_then_on(state: Path, capsys: Captured) -> None:
    write("b.yaml", "version: 1\nbudgets: [{name: growth, measure: services, max_per_week: 1}]\n")
    argv = ["scan", "proxy.log", "--budget", "b.yaml"]
    log(("chatgpt.com", "ann"))
    assert main(argv) == 3
    argv += ["--history", "default"]
    assert main(argv) == 3
    with opened(None) as history, history.writing() as db:
        db.execute(RUN.update().values(ended=RUN.c.ended - WEEK))
    log(("chatgpt.com", "ann"), ("claude.ai", "ann"))
    assert main([*argv, "--verdict", "v.json"]) == 0
    (found,) = verdict()["budgets"]
    assert found["per_week"]["least"] == 1
    log(("chatgpt.com", "ann"), ("claude.ai", "ann"), ("gemini.google.com", "ann"))
    assert main(argv) == 1
    with opened(None) as history, history.reading() as db:
        assert len(store.runs(db)) == 3


def test_a_verdict_is_written_whole_or_not_at_all_and_never_an_old_one(state: Path) -> None:
    log(("chatgpt.com", "ann"))
    assert main(["scan", "proxy.log", "--verdict", "v.json"]) == 0
    assert verdict()["result"] == "within"
    write("p.yaml", "version: 1\nrules: [{service: no-such-service, status: prohibited}]\n")
    assert main(["scan", "proxy.log", "--verdict", "v.json", "--policy", "p.yaml"]) == 2
    assert not Path("v.json").exists()
    assert main(["scan", "proxy.log", "--verdict", "missing/v.json"]) == 2
    assert main(["scan", "proxy.log", "--verdict", "."]) == 2


@pytest.mark.parametrize("text", ["version: 1\n", "version: 1\nrules: []\n", "version: 1\nbudgets: [{name: a}]\n"])
def test_a_budget_that_is_none_is_wrong_usage_and_nothing_is_scanned(state: Path, text: str) -> None:
    log(("chatgpt.com", "ann"))
    write("b.yaml", text)
    assert main(["scan", "proxy.log", "--budget", "b.yaml", "-o", "out.csv"]) == 2
    assert main(["scan", "proxy.log", "--budget", "none.yaml", "-o", "out.csv"]) == 2
    assert not Path("out.csv").exists()


def test_departments_are_those_of_the_file_of_people(state: Path) -> None:
    log(("chatgpt.com", "ann"), ("chatgpt.com", "bob"))
    write("who.csv", "person,department,login\nann@example.com,HR,ann\nbob@example.com,IT,bob\n")
    write("p.yaml", "version: 1\nrules:\n- {vendor: OpenAI, department: HR, status: prohibited}\n")
    write("b.yaml", "version: 1\nbudgets: [{name: a, measure: users, department: HR, max: 1}]\n")
    argv = ["scan", "proxy.log", "--policy", "p.yaml", "--budget", "b.yaml", "--verdict", "v.json"]
    assert main([*argv, "--identities", "who.csv", "--by", "user"]) == 1
    found = verdict()
    assert [row["user"] for row in found["breaches"]] == ["ann@example.com"]
    assert found["budgets"][0]["amount"] == {"least": 1, "most": 1}
    assert main(argv) == 3  # who they are is not known: neither passed nor accused
    assert verdict()["undecided"][0]["may_be"] and verdict()["budgets"][0]["state"] == "unknown"


def test_nothing_to_judge_by_is_the_policy_s_exit_code() -> None:
    assert judging.prepared(None, None, None, frozenset()).ended([], Report(())) == 0


def test_the_pipelines_of_the_documentation_run_and_end_as_the_budget_says(state: Path, root: Path) -> None:
    page = (root / "docs" / "budgets.md").read_text("utf-8")
    steps = re.findall(r"^ +(?:- )?(?:run: )?(shadowai scan .+)$", page, re.MULTILINE)
    assert len(steps) == 2  # GitHub Actions and GitLab
    log(("chatgpt.com", "ann"))
    Path("logs").mkdir()
    Path("proxy.log").rename("logs/proxy.log")
    write("policy.yaml", "version: 1\nrules: [{service: openai-chatgpt, status: sanctioned}]\n")
    Path("shadowai").write_text('#!/bin/sh\nexec "$PYTHON" -m shadowai "$@"\n')
    Path("shadowai").chmod(0o755)
    for most, code in ((1, 0), (0, 1)):
        write("budgets.yaml", SERVICES.format(most, ""))
        for step in steps:
            given = {**environment(), "PYTHON": sys.executable}
            given["PATH"] = f"{state}:{given['PATH']}"
            done = subprocess.run(["sh", "-e", "-c", step], env=given, capture_output=True, text=True)
            assert done.returncode == code, done.stderr
            assert json.loads(Path("verdict.json").read_text())["exit_code"] == code


@pytest.mark.parametrize("scope", ["service: open-ai-chatgpt", "category: asistant", "source: squid"])
def test_a_budget_of_what_there_is_not_is_wrong_usage(state: Path, scope: str, capsys: Captured) -> None:
    log(("chatgpt.com", "ann"))
    write("b.yaml", SERVICES.format(0, scope))
    assert main(["scan", "proxy.log", "--budget", "b.yaml", "-o", "out.csv"]) == 2
    assert "b.yaml:3: the budget 'services' is of a " in capsys.readouterr().err
    assert not Path("out.csv").exists()


@pytest.mark.parametrize(
    ("source", "code"), [("squid", 2), ("squid_native", 1), ("live", 0), ("table", 0), ("snoop", 0)]
)
def test_a_rule_of_a_source_that_there_is_not_is_wrong_usage(
    state: Path, source: str, code: int, capsys: Captured
) -> None:
    log(("chatgpt.com", "ann"))
    write("p.yaml", f"version: 1\nrules: [{{source: {source}, status: prohibited}}]\n")
    assert main(["scan", "proxy.log", "--policy", "p.yaml"]) == code
    assert ("p.yaml:2: no format and no platform is called 'squid'" in capsys.readouterr().err) is (code == 2)
    assert main(["policy", "check", "p.yaml"]) == (code == 2)


def test_a_verdict_takes_the_place_of_nothing_that_the_configuration_names(state: Path) -> None:
    log(("chatgpt.com", "ann"))
    write("p.yaml", "version: 1\nrules: []\n")
    write("shadowai.toml", 'policy = "p.yaml"\n')
    assert main(["scan", "proxy.log", "--verdict", "p.yaml"]) == 2
    assert Path("p.yaml").read_text().startswith("version")


@pytest.mark.parametrize("option", ["--verdict", "--manifest"])
def test_what_takes_the_place_of_an_earlier_run_s_file_takes_that_of_no_other(
    state: Path, option: str, capsys: Captured
) -> None:
    """A log that is named by mistake is not gone before it is read."""
    log(("chatgpt.com", "ann"))
    logs = Path("logs")
    logs.mkdir()
    others = (b'{"schema": "iglu:x/1-0-0", "data": {}}\n', b'{"schema": 1, "host": "x"}\n')
    for text in (*others, Path("proxy.log").read_bytes()):
        (logs / "a.log").write_bytes(text)
        assert main(["scan", "logs", option, "logs/a.log"]) == 2
        assert (logs / "a.log").read_bytes() == text
        assert "another file is there" in capsys.readouterr().err
    Path("empty.json").touch()
    for _ in range(2):
        assert main(["scan", "logs", option, "empty.json"]) == 0
    assert json.loads(Path("empty.json").read_text())["schema"]


def test_a_verdict_names_the_policy_that_it_is_by(state: Path) -> None:
    log(("chatgpt.com", "ann"))
    write("p.yaml", "version: 1\nrules: []\n")
    assert main(["scan", "proxy.log", "--policy", "p.yaml", "--verdict", "v.json", "-o", "out.csv"]) == 0
    assert verdict()["policy"] == policy_digest(Path("p.yaml"))
    assert main(["scan", "proxy.log", "--verdict", "v.json", "-o", "out.csv"]) == 0
    assert verdict()["policy"] is None


@pytest.mark.parametrize("place", ["none/v.json", "there"])
def test_a_verdict_that_cannot_be_written_is_wrong_usage_and_nothing_is_scanned(state: Path, place: str) -> None:
    log(("chatgpt.com", "ann"))
    Path("there").mkdir()
    assert main(["scan", "proxy.log", "--verdict", place, "-o", "out.csv"]) == 2
    assert not Path("out.csv").exists() and not Path("none").exists()
