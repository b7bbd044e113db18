"""JSON: a whole output, and text that survives without acting on a terminal."""

from __future__ import annotations

import io
import json
from dataclasses import replace

import pytest

from shadowai.export import json_file
from shadowai.model import Dossier, Report, Ruling
from tests.export.reports import BY_USER, CHAT, EMPTY, HOSTILE, NUMBERS, SMALL, hostile


def written(report: Report) -> bytes:
    stream = io.BytesIO()
    json_file.write(report, stream)
    return stream.getvalue()


def test_a_whole_report() -> None:
    assert (
        written(SMALL).decode()
        == """\
{
  "schema": 1,
  "by": "service",
  "complete": false,
  "signatures": "2026.11.21",
  "entries": [
    {"asset_id": "00000000000000a1", "service_id": "openai-chatgpt", "service": "ChatGPT", "vendor": "OpenAI", \
"category": "assistant", "verdict": "prohibited", "risk": 70, "risk_level": "high", "confidence": "confirmed", \
"usage": "bulk", "users": 2, "devices": 1, "events": 1200, "blocked": 3, "bytes_up": 12345678, "bytes_down": null, \
"first_seen": "2026-01-05T08:00:00Z", "last_seen": "2026-01-06T08:00:00Z", "active_days": 2, \
"sources": ["dns.log", "proxy.log"], "names": ["chatgpt.com", "oaiusercontent.com", "chat.openai.com"], \
"scopes": ["files.read"], "evidence": ["proxy.log:17", "dump.pcapng#42"], "verdict_reason": "not approved", \
"verdict_owner": "Ann Example", "signature_pack": null, "signature_sha256": null, "risk_low": null, \
"alternative": null, "departments": [], "facts": [], "dossier": null, "days": {}},
    {"asset_id": "00000000000000b2", "service_id": "other", "service": "Other, the", "vendor": null, \
"category": null, "verdict": "unreviewed", "risk": null, "risk_level": null, "confidence": "unconfirmed", \
"usage": null, "users": 0, "devices": 0, "events": 0, "blocked": 1, "bytes_up": null, "bytes_down": null, \
"first_seen": null, "last_seen": null, "active_days": null, "sources": [], "names": [], "scopes": [], \
"evidence": [], "verdict_reason": null, "verdict_owner": null, "signature_pack": null, \
"signature_sha256": null, "risk_low": null, "alternative": null, "departments": [], "facts": [], "dossier": null, "days": {}}
  ],
  "gaps": [
    {"origin": "fw.log", "reason": "truncated line", "count": 2, "examples": ["fw.log:3", "fw.log:9"]}
  ],
  "notes": [
    {"origin": "proxy.log", "kind": "zone", "text": "times taken as UTC", "count": 40}
  ],
  "candidates": [],
  "sources": [
    {"path": "proxy.log", "format": "squid", "lines": 45, "records": 43, "named": 40, "uncounted": 1, "outside": 0, \
"unreadable": 2, "ai": 5}
  ]
}
"""
    )


def test_a_finding_names_the_text_that_explains_it() -> None:
    entry = replace(SMALL.entries[0], signature_pack="shadowai 7", signature_sha256="0" * 64)
    (found,) = json.loads(written(replace(SMALL, entries=(entry,))))["entries"]
    assert (found["signature_pack"], found["signature_sha256"]) == ("shadowai 7", "0" * 64)


def test_days_have_what_was_sent_on_each_where_it_is_known() -> None:
    days = ((20_458, 7), (20_459, 0), (1 << 60, 5))
    for size, shown in ((7, {"2026-01-05": 7, "2026-01-06": 0}), (None, {"2026-01-05": None, "2026-01-06": None})):
        (found,) = json.loads(written(replace(SMALL, entries=(replace(CHAT, days=days, bytes_up=size),))))["entries"]
        assert found["days"] == shown


def test_nothing_found_and_everything_looked_at() -> None:
    assert (
        written(EMPTY).decode()
        == """\
{
  "schema": 1,
  "by": "service",
  "complete": true,
  "signatures": "",
  "entries": [],
  "gaps": [],
  "notes": [],
  "candidates": [],
  "sources": []
}
"""
    )


def test_by_user_has_the_actor_after_the_vendor() -> None:
    row = json.loads(written(BY_USER))["entries"][0]
    assert list(row)[3:7] == ["vendor", "user", "device", "address"]
    assert (row["user"], row["device"], row["address"]) == ("ann", None, "192.0.2.7")


@pytest.mark.parametrize("text", HOSTILE, ids=NUMBERS)
def test_hostile_texts_come_back_and_do_nothing_on_the_way(text: str) -> None:
    out = written(hostile(text))
    assert all(byte == 0x0A or 0x20 <= byte < 0x7F for byte in out)
    assert b"\\ud800" not in out.lower().replace(b"\\\\ud800", b"")
    same = text.replace("\udc80", "\\udc80").replace("\ud800", "\\ud800")
    row = json.loads(out)["entries"][0]
    assert row["service"] == row["user"] == row["verdict_reason"] == same
    assert row["names"] == [same, "plain.example", same]


def test_both_ends_of_a_risk() -> None:
    (row,) = json.loads(written(replace(SMALL, entries=(replace(SMALL.entries[0], risk_low=55),))))["entries"]
    assert (row["risk_low"], row["risk"]) == (55, 70)


def test_what_people_keep_on_file() -> None:
    dossier = Dossier(owner="Ann", data_categories=("mail",), review=("risk 1, now 60",))
    entry = replace(SMALL.entries[0], dossier=dossier, departments=("IT",), ruling=Ruling(alternative="gemini"))
    (found,) = json.loads(written(replace(SMALL, entries=(entry,))))["entries"]
    assert found["dossier"] == dossier._asdict() | {"data_categories": ["mail"], "review": ["risk 1, now 60"]}
    assert (found["departments"], found["alternative"]) == (["IT"], "gemini")
