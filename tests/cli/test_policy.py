"""``shadowai policy``."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from shadowai.cli import main
from tests.cli.test_diff import state
from tests.cli.test_remembering import log

__all__ = ["state"]
Captured = pytest.CaptureFixture[str]

GOOD = """\
version: 1
rules:
  - service: openai-chatgpt
    status: sanctioned
    alternative: azure-openai
  - category: assistant
    status: prohibited
  - service: azure-openai
    status: sanctioned
"""


def write(name: str, text: str) -> None:
    Path(name).write_text(text, "utf-8")


def test_a_sound_policy(state: Path, capsys: Captured) -> None:
    write("p.yaml", GOOD)
    assert main(["policy", "check", "p.yaml"]) == 0
    said = capsys.readouterr()
    assert said.out == "" and said.err == "0 errors, 0 warnings\n"


def test_the_example_of_the_documentation_is_sound(root: Path, capsys: Captured) -> None:
    assert main(["policy", "check", str(root / "docs" / "example-policy.yaml")]) == 0
    assert capsys.readouterr().out == ""


def test_rules_that_never_apply_and_rules_that_disagree_are_errors(state: Path, capsys: Captured) -> None:
    more = "  - {service: openai-chatgpt, department: HR, status: tolerated}\n  - {source: squid, status: tolerated}\n"
    write("p.yaml", GOOD + more)
    assert main(["policy", "check", "p.yaml"]) == 1
    said = capsys.readouterr()
    assert "p.yaml:10: error: never applies" in said.out and "no platform is called 'squid'" in said.out
    assert said.err.startswith("5 errors")


@pytest.mark.parametrize("text", ["version: 1\n", "version: 1\nrules: []\nbudgets: [{name: a}]\n", "\x00"])
def test_what_is_no_policy_is_wrong_usage(state: Path, text: str, capsys: Captured) -> None:
    write("p.yaml", text)
    assert main(["policy", "check", "p.yaml"]) == 2
    assert "p.yaml" in capsys.readouterr().err


def test_a_policy_is_tested_by_the_cases_beside_it(state: Path, capsys: Captured) -> None:
    write("p.yaml", GOOD)
    write("p.cases.yaml", "version: 1\ncases:\n  - {service: openai-chatgpt, expect: sanctioned}\n")
    assert main(["policy", "test", "p.yaml"]) == 0
    write("other.yaml", "version: 1\ncases:\n  - {service: deepseek, expect: sanctioned}\n")
    assert main(["policy", "test", "p.yaml", "--cases", "other.yaml"]) == 1
    said = capsys.readouterr()
    assert "other.yaml:3: deepseek: expected sanctioned, and the policy says prohibited" in said.out
    assert said.err == "1 cases, 0 failed\n1 cases, 1 failed\n"


def test_a_policy_without_cases_is_not_one_that_passes(state: Path) -> None:
    write("p.yaml", GOOD)
    assert main(["policy", "test", "p.yaml"]) == 2


def test_what_would_change(state: Path, capsys: Captured) -> None:
    log(("chatgpt.com", "ann"), ("claude.ai", "bob"), ("www.example.com", "eve"))
    write("p.yaml", GOOD)
    write("strict.yaml", "version: 1\nrules: [{vendor: OpenAI, status: prohibited, alternative: azure-openai}]\n")
    argv = ["policy", "what-if", "strict.yaml", "proxy.log", "--policy", "p.yaml"]
    assert main(argv) == 1
    said = capsys.readouterr()
    assert said.out.splitlines() == [
        "openai-chatgpt: sanctioned -> prohibited, a breach; instead: azure-openai",
        "anthropic-claude: prohibited -> unreviewed, no breach any more",
    ]
    assert said.err == "2 of 2 rows change: 1 breaches begin, 1 end\n"
    assert main([*argv, "--json", "--by", "user"]) == 1
    found = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert [(one["user"], one["after"], one["begins"]) for one in found] == [
        ("ann", "prohibited", True),
        ("bob", "unreviewed", False),
    ]
    assert main(["policy", "what-if", "p.yaml", "proxy.log", "--policy", "p.yaml"]) == 0
    Path("broken.log").write_bytes(b"\x00\x01nothing\n")
    assert main(["policy", "what-if", "p.yaml", "proxy.log", "broken.log", "--policy", "p.yaml"]) == 3


def test_what_people_have_decided_goes_before_either_policy(state: Path, capsys: Captured) -> None:
    log(("chatgpt.com", "ann"), ("claude.ai", "bob"))
    write("p.yaml", "version: 1\nrules: []\n")
    write("strict.yaml", "version: 1\nrules: [{category: assistant, status: prohibited}]\n")
    assert main(["scan", "proxy.log", "-o", "i.json"]) == 0
    told = ["--inventory", "i.json", "--status", "tolerated", "--reason", "a pilot"]
    assert main(["decide", "openai-chatgpt", *told]) == 0
    capsys.readouterr()
    assert main(["policy", "what-if", "strict.yaml", "proxy.log", "--policy", "p.yaml"]) == 1
    said = capsys.readouterr()
    assert said.out.splitlines() == ["anthropic-claude: unreviewed -> prohibited, a breach"]
    assert main(["decide", "anthropic-claude", *told]) == 0
    assert main(["policy", "what-if", "strict.yaml", "proxy.log", "--policy", "p.yaml"]) == 0
