"""``shadowai plan``: what a person may do; nothing is done."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from shadowai.cli import main, remembering
from shadowai.config import load
from shadowai.pipeline import ScanOptions
from shadowai.swept_report import SweptReport
from tests.cli.test_diff import state
from tests.cli.test_policy import write
from tests.cli.test_remembering import GRANT, log, swept
from tests.history.making import outcomes

__all__ = ["state"]
Captured = pytest.CaptureFixture[str]
POLICY = (
    "version: 1\nrules:\n- {service: deepseek, status: prohibited}\n- {service: openai-chatgpt, status: prohibited}\n"
)


def test_a_block_list_for_each_appliance_and_what_it_hits(state: Path, capsys: Captured) -> None:
    log(("chat.deepseek.com", "ann"), ("chat.deepseek.com", "bob"), ("claude.ai", "eve"))
    write("p.yaml", POLICY)
    assert main(["plan", "blocklist", "proxy.log", "--policy", "p.yaml", "-o", "lists", "--appliance", "squid"]) == 0
    said = capsys.readouterr()
    assert "hits 2 people: ann, bob" in said.out and "openai" not in said.out
    assert "squid.txt (acl shadow_ai dstdomain" in said.err
    assert sorted(path.name for path in Path("lists").iterdir()) == ["plan.json", "plan.txt", "squid.txt"]
    assert ".deepseek.com\n" in Path("lists/squid.txt").read_text()
    assert Path("lists/plan.txt").read_text("utf-8") == said.out
    assert json.loads(Path("lists/plan.json").read_text())["services"] == ["deepseek"]


def test_what_could_not_be_looked_at_may_be_hit_too(state: Path) -> None:
    log(("chat.deepseek.com", "ann"))
    Path("broken.log").write_bytes(b"\x00\x01nothing\n")
    write("p.yaml", POLICY)
    assert main(["plan", "blocklist", "proxy.log", "broken.log", "--policy", "p.yaml"]) == 3


@pytest.mark.parametrize("more", [["--appliance", "toaster"], ["--status", "bad"]])
def test_what_is_not_known_is_wrong_usage(state: Path, more: list[str]) -> None:
    log(("chat.deepseek.com", "ann"))
    assert main(["plan", "blocklist", "proxy.log", *more]) == 2
    assert not Path("lists").exists()


def test_a_file_in_the_place_of_the_folder_is_wrong_usage_before_the_work(state: Path, capsys: Captured) -> None:
    log(("chat.deepseek.com", "ann"))
    assert main(["plan", "blocklist", "proxy.log", "-o", "proxy.log"]) == 2
    said = capsys.readouterr()
    assert said.out == "" and "--output: proxy.log is no folder" in said.err


@pytest.fixture
def remembered(state: Path) -> Path:
    """A history with a sweep in it."""
    settings = load()
    with remembering.opened(None, settings) as history:
        made = SweptReport(ScanOptions(settings=settings), {})
        remembering.RememberingJoin(made, history, "service", None, settings, {}).report([swept(0, GRANT)], [])
    write("p.yaml", POLICY)
    return state


def test_the_grants_to_take_back(remembered: Path, capsys: Captured) -> None:
    assert main(["plan", "revoke", "--policy", "p.yaml"]) == 0
    said = capsys.readouterr()
    assert "entra:contoso.example: ChatGPT (openai-chatgpt, prohibited), delegated of ann@example.com" in said.out
    assert said.out.endswith("  DELETE /v1.0/oauth2PermissionGrants/g1\n")
    assert "1 grants to take back in 1 tenants" in said.err
    for name in ("plan.csv", "plan.json", "plan.txt"):
        assert main(["plan", "revoke", "--policy", "p.yaml", "-o", name]) == 0
        assert "oauth2PermissionGrants/g1" in Path(name).read_text("utf-8")
    assert main(["plan", "revoke", "--policy", "p.yaml", "--status", "tolerated"]) == 0
    assert "0 grants to take back" in capsys.readouterr().err


def test_without_a_whole_look_at_a_tenant_a_plan_is_incomplete(remembered: Path) -> None:
    settings = load()
    with remembering.opened(None, settings) as history:
        made = SweptReport(ScanOptions(settings=settings), {})
        partial = swept(1, GRANT, ends=outcomes(apps="complete", grants="partial"))
        remembering.RememberingJoin(made, history, "service", None, settings, {}).report([partial], [])
    assert main(["plan", "revoke", "--policy", "p.yaml"]) == 3


def test_without_any_look_there_is_nothing_to_be_sure_of(state: Path) -> None:
    assert main(["plan", "revoke"]) == 3


def decide(*words: str) -> None:
    assert main(["decide", *words, "--reason", "a pilot"]) == 0


def test_grants_that_people_have_let_be_are_not_taken_back(remembered: Path, capsys: Captured) -> None:
    decide("openai-chatgpt", "--status", "sanctioned")
    assert main(["plan", "revoke", "--policy", "p.yaml"]) == 0
    assert "0 grants to take back" in capsys.readouterr().err
    decide("openai-chatgpt", "--status", "prohibited")
    assert main(["plan", "revoke"]) == 0
    assert "1 grants to take back" in capsys.readouterr().err
    (remembered / "decisions.jsonl").write_text("")
    assert main(["plan", "revoke"]) == 2


def test_a_host_is_held_back_for_a_service_that_people_have_approved_and_that_nobody_used(
    state: Path, capsys: Captured
) -> None:
    argv = ["plan", "blocklist", "proxy.log", "--policy", "p.yaml"]
    write("p.yaml", "version: 1\nrules:\n- {service: openai-api, status: prohibited}\n")
    log(("api.openai.com", "ann"))
    assert main(argv) == 0
    before = capsys.readouterr().out
    assert "Held back" not in before and "needed by openai-chatgpt (unreviewed)" in before
    log(("chatgpt.com", "ann"))
    assert main(["scan", "proxy.log", "-o", "i.json"]) == 0
    decide("openai-chatgpt", "--status", "sanctioned", "--inventory", "i.json")
    log(("api.openai.com", "ann"))
    assert main(argv) == 0
    assert "Held back" in capsys.readouterr().out
