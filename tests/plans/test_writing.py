"""Plans written down."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from pathlib import Path

from shadowai.model import Verdict
from shadowai.plans import writing
from shadowai.plans.blocking import BlockPlan, Host, Left, Shared, Target
from shadowai.plans.revoking import Revocation

EVIL = "=cmd\x1b[2J\u202e\ud800"
FREE = Target(
    Host("chat.example", True), ("chat",), ("ann", EVIL), (), 2, ("a.chat.example",), (Shared("x", Verdict.UNREVIEWED),)
)
HELD = Target(Host("api.example", False), ("chat",), ("bob",), ("bob",), 0, (), (Shared("y", Verdict.SANCTIONED),))
PLAN = BlockPlan(("chat",), (FREE, HELD), (Left("chat", "x-*.example", "a pattern within a host's name"),))
GRANT = Revocation(
    "entra:contoso.example", "app", EVIL, "g", "delegated", EVIL, ("Mail.Read", "openid"), 0, "chat", Verdict.PROHIBITED, "why",
    "DELETE /x", ("office",), 4,
)  # fmt: skip


def test_a_plan_for_people_says_what_it_hits_and_what_is_held_back() -> None:
    text = "\n".join(writing.block_lines(PLAN))
    free, _, held = text.partition("Held back")
    assert text.startswith("To end the use of chat: 1 hosts, 2 people seen.")
    assert "chat.example and all below it (chat)" in free and "and 2 devices without a name" in free
    assert "api.example" not in free and "chat.example (" not in held.replace("a.chat.example", "")
    assert "api.example (chat)" in held and "1 may use it, or one of its services" in held and "y (sanctioned)" in held
    assert "x-*.example (a pattern within a host's name)" in held
    assert all(line.isprintable() for line in text.splitlines())


def test_many_people_are_counted_and_some_are_named() -> None:
    crowd = replace(FREE, users=tuple(f"u{number:02}" for number in range(12)))
    text = "\n".join(writing.block_lines(BlockPlan(("chat",), (crowd,))))
    assert "hits 12 people: u00" in text and "u09 and others" in text and "u10" not in text
    ten = replace(FREE, users=crowd.users[:10])
    assert "u09 and 2 devices" in "\n".join(writing.block_lines(BlockPlan(("chat",), (ten,))))
    devices = replace(FREE, users=())
    assert "  hits 0 people and 2 devices without a name" in "\n".join(
        writing.block_lines(BlockPlan(("chat",), (devices,)))
    )
    known = replace(FREE, users=("ann",), nameless=0)
    assert "  hits 1 people: ann\n" in "\n".join(writing.block_lines(BlockPlan(("chat",), (known,)))) + "\n"
    assert "may use it" not in "\n".join(writing.block_lines(BlockPlan(("chat",), (known,))))
    nobody = replace(FREE, users=(), nameless=0)
    assert "hits" not in "\n".join(writing.block_lines(BlockPlan(("chat",), (nobody,))))


def test_the_files_of_a_plan(tmp_path: Path) -> None:
    paths = writing.write_block_plan(PLAN, tmp_path / "new", ["squid", "rpz"])
    assert [path.name for path in paths] == ["plan.txt", "plan.json", "squid.txt", "rpz.zone"]
    assert (tmp_path / "new" / "squid.txt").read_text("utf-8") == ".chat.example\n"
    found = json.loads((tmp_path / "new" / "plan.json").read_text("ascii"))
    assert [(one["host"], one["held"], one["allowed"]) for one in found["hosts"]] == [
        ("chat.example", False, []), ("api.example", True, ["bob"]),
    ]  # fmt: skip
    assert found["left"][0]["what"] == "x-*.example"


def test_revocations_for_people_programs_and_spreadsheets() -> None:
    lines = list(writing.revocation_lines([GRANT._replace(app_name="Chat", who="ann@example.com")]))
    assert lines == [
        "entra:contoso.example: Chat (chat, prohibited), delegated of ann@example.com",
        "  because why",
        "  may Mail.Read openid",
        "  last used 1970-01-01T00:00:00Z; others keep 4 grants of it",
        "  the application serves office, too, which is approved",
        "  DELETE /x",
    ]
    bare = GRANT._replace(app_name="", who="", reason="", scopes=(), last_used=None, also=())
    assert list(writing.revocation_lines([bare])) == [
        "entra:contoso.example: app (chat, prohibited), delegated of nobody in particular: the tenant's, or the application's own",
        "  last used at a time that is not known; others keep 4 grants of it",
        "  DELETE /x",
    ]
    lines = list(writing.revocation_lines([GRANT]))
    assert all(line.isprintable() for line in lines) and lines[-1] == "  DELETE /x"
    assert "  the application serves office, too, which is approved" in lines
    assert json.loads(writing.revocations_json([GRANT]))["grants"][0]["others_keep"] == "4"
    header, row = csv.reader(io.StringIO(writing.revocations_csv([GRANT])))
    assert tuple(header) == writing.REVOCATION_COLUMNS and row[1].startswith("'=cmd") and "\x1b" not in row[1]
    assert row[header.index("last_used")] == "1970-01-01T00:00:00Z"


def test_an_empty_plan_is_said_to_be_one() -> None:
    assert list(writing.block_lines(BlockPlan(()))) == ["To end the use of nothing: 0 hosts, 0 people seen."]
    assert writing.revocations_csv([]).count("\n") == 1 and list(writing.revocation_lines([])) == []
