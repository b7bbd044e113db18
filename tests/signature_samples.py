"""A sound signature to change in tests, and the way to write it down."""

from __future__ import annotations

from pathlib import Path

SOUND = """schema: 1
id: example-chat
name: Example Chat
vendor: {name: Example, hq_country: US}
category: assistant
status: stable
first_published: 2026-01-01
updated: 2026-11-01
references: [{url: "https://example-chat.com/docs", kind: vendor-docs, checked_on: 2026-11-01}]
indicators:
  - {kind: host, match: suffix, value: example-chat.com, strength: strong, role: ui}
  - {kind: host, match: suffix, value: example-vendor.com, strength: weak, role: docs}
  - {kind: host, match: suffix, value: auth0.com, strength: shared, role: auth}
  - {kind: user_agent, match: regex, value: "^example-chat/\\\\d", strength: strong}
  - {id: port, kind: port, match: equals, value: "11434", strength: weak}
  - {kind: http_path, match: regex, value: "^POST /api/chat$", strength: weak, requires: [port]}
  - {kind: response_body, match: contains, value: Example is running, strength: strong}
exclude: [cdn.example-chat.com]
account: [{kind: url_prefix, value: example-chat.com/anon/, means: anonymous}]
data_handling: [{plan: free, trains_by_default: "yes", source: "https://example.com/", checked_on: 2026-11-01}]
tests:
  match:
    - {host: www.example-chat.com, expect_strength: strong}
    - {url: "https://example-chat.com/anon/1", expect_account: anonymous}
    - {user_agent: example-chat/2, expect_strength: strong}
    - {url: "http://192.0.2.1:11434/api/chat", method: POST, expect_strength: weak}
    - {ip: 192.0.2.1, body: Example is running, expect_strength: strong}
  no_match:
    - {host: notexample-chat.com, why: look-alike}
    - {host: cdn.example-chat.com, why: excluded}
    - {host: www.example-vendor.com, expect_strength: weak}
    - {url: "http://192.0.2.1:8000/api/chat", method: POST, why: no port}
    - {host: contoso.auth0.com, why: shared}
"""


def put(folder: Path, text: str = SOUND, *changes: tuple[str, str], id: str = "example-chat") -> Path:
    """Write ``text`` with these replacements, each of which must apply."""
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    file = folder / f"{id}.yaml"
    file.write_text(text, encoding="utf-8")
    return file
