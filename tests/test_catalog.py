"""The catalogue: what is found and refused, and a cache that can be cold, warm, damaged or absent but never stale."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path

import orjson
import pytest

import shadowai
from shadowai import catalog
from shadowai.catalog import Catalog
from shadowai.errors import SignatureError, UsageError
from shadowai.matcher import Matcher
from shadowai.model import Name

TEMPLATE = """schema: 1
id: {id}
name: {name}
vendor: {{name: Example, hq_country: NO}}
category: assistant
status: stable
first_published: 2026-01-01
updated: 2026-01-01
references: [{{url: "https://example.com/", checked_on: 2026-01-01}}]
indicators: [{{kind: host, match: suffix, value: {host}, strength: strong}}]
tests:
  match: [{{host: {host}}}, {{host: www.{host}}}]
  no_match: [{{host: not{host}}}, {{host: {host}.evil.example}}]
"""


def put(folder: Path, id: str, host: str = "", **changes: str) -> Path:
    file = folder / f"{id}.yaml"
    text = TEMPLATE.format(id=id, name=id.title(), host=host or f"{id}.example")
    for old, new in changes.items():
        text = text.replace(old, new)
    file.write_text(text, encoding="utf-8")
    return file


@pytest.fixture
def packaged(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder that stands for the packaged signatures, with two of them; the cache is under ``tmp_path`` too."""
    folder = tmp_path / "packaged"
    folder.mkdir()
    monkeypatch.setattr(catalog, "packaged_dir", lambda: folder)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    put(folder, "one")
    put(folder, "two")
    return folder


def own(tmp_path: Path) -> Path:
    folder = tmp_path / "own"
    folder.mkdir(exist_ok=True)
    return folder


def caches(tmp_path: Path) -> list[Path]:
    return list((tmp_path / "cache" / "shadowai").glob("*"))


def test_load(packaged: Path) -> None:
    for _ in ("cold", "warm"):
        found = Catalog.load()
        assert list(found.signatures) == ["one", "two"]
        assert len(found.signatures) == 2
        one = found.get("one")
        assert one is not None and (one.name, one.country) == ("One", "NO")
        assert found.files["two"].origin.path == str(packaged / "two.yaml")
        assert found.get("three") is None
        assert [m.service for m in Matcher(found).host("a.two.example").matches] == ["Two"]


def test_other_files_are_left_alone(packaged: Path) -> None:
    (packaged / "README.md").write_text("hello")
    (packaged / ".hidden.yaml").write_text("[")
    (packaged / "folder").mkdir()
    assert len(Catalog.load().files) == 2


def test_own_signatures(packaged: Path, tmp_path: Path) -> None:
    put(own(tmp_path), "local-mine")
    assert "local-mine" in Catalog.load(extra_dirs=[own(tmp_path)]).signatures
    assert "local-mine" not in Catalog.load().signatures


@pytest.mark.parametrize("id", ["mine", "one"])
def test_own_signatures_keep_to_their_prefix(packaged: Path, tmp_path: Path, id: str) -> None:
    file = put(own(tmp_path), id)
    with pytest.raises(SignatureError) as caught:
        Catalog.load(extra_dirs=[own(tmp_path)])
    assert caught.value.origin is not None and caught.value.origin.path == str(file)


def test_packaged_signatures_have_no_prefix(packaged: Path) -> None:
    put(packaged, "local-mine")
    with pytest.raises(SignatureError, match="user's own"):
        Catalog.load()


def test_refused_files(packaged: Path, tmp_path: Path) -> None:
    folder = own(tmp_path)
    cases = {
        "local-big.yaml": (b"#" * (catalog.MAX_FILE + 1), "larger"),
        "local-other.yml": (b"", "not named .yaml"),
        "local-bytes.yaml": (b"\xff\xfe\x00", "UTF-8"),
        "local-empty.yaml": (b"", "empty"),
        "local-list.yaml": (b"[1]", "mapping"),
        "local-name.yaml": (TEMPLATE.format(id="local-else", name="x", host="x.example").encode(), "not its file name"),
    }
    for name, (data, message) in cases.items():
        (folder / name).write_bytes(data)
        with pytest.raises(SignatureError, match=message) as caught:
            Catalog.load(extra_dirs=[folder])
        assert caught.value.remedy and str(folder / name) in str(caught.value)
        (folder / name).unlink()
    (folder / "local-folder.yaml").mkdir()
    with pytest.raises(SignatureError, match="regular file"):
        Catalog.load(extra_dirs=[folder])


def test_a_pipe_does_not_hang(packaged: Path, tmp_path: Path) -> None:
    os.mkfifo(own(tmp_path) / "local-pipe.yaml")
    with pytest.raises(SignatureError, match="regular file"):
        Catalog.load(extra_dirs=[own(tmp_path)])


def test_repeated_ids(packaged: Path, tmp_path: Path) -> None:
    put(own(tmp_path), "local-mine")
    with pytest.raises(SignatureError, match="repeats"):
        Catalog.load(extra_dirs=[own(tmp_path), own(tmp_path)])


def test_a_folder_that_is_not_there(packaged: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot read"):
        Catalog.load(extra_dirs=[tmp_path / "nowhere"])


def test_disable(packaged: Path) -> None:
    put(packaged, "three", name="name", status="previous_ids: [drei]\nstatus")
    found = Catalog.load(disable=["two", "drei"])
    assert list(found.signatures) == ["one"]
    assert Matcher(found).host("two.example").matches == ()
    assert found.version != Catalog.load().version
    with pytest.raises(UsageError, match=r"no signature 'on' to disable.*did you mean one"):
        Catalog.load(disable=["on"])


def test_the_version_follows_the_content(packaged: Path) -> None:
    before = Catalog.load().version
    assert Catalog.load().version == before
    assert len(before) == 12
    put(packaged, "one", host="other.example")
    after = Catalog.load()
    assert after.version != before
    assert Matcher(after).host("one.example").matches == ()
    put(packaged, "one")
    assert Catalog.load().version == before


def test_a_change_that_keeps_time_and_size_is_seen(packaged: Path) -> None:
    file = put(packaged, "one", host="aaa.example")
    state = file.stat()
    Catalog.load()
    put(packaged, "one", host="bbb.example")
    os.utime(file, ns=(state.st_atime_ns, state.st_mtime_ns))
    assert Matcher(Catalog.load()).host("bbb.example").matches


def test_warm_reads_no_yaml(packaged: Path) -> None:
    code = (
        "import sys\nfrom pathlib import Path\nfrom shadowai import catalog\n"
        f"catalog.packaged_dir = lambda: Path({str(packaged)!r})\n"
        "found = catalog.Catalog.load()\nassert found.get('one').name == 'One'\nprint('yaml' in sys.modules)"
    )
    root = Path(shadowai.__file__).parents[1]
    runs = [
        subprocess.run([sys.executable, "-c", code], cwd=root, capture_output=True, text=True, check=True).stdout
        for _ in range(2)
    ]
    assert [run.strip() for run in runs] == ["True", "False"]


def test_accounts_are_told_without_making_signatures_that_have_none() -> None:
    read, made = Catalog.load(), Catalog.load()
    told = {key: read.accounts(key) for key in read.files}
    assert told == {key: file.account for key, file in made.files.items()}
    assert sum(map(bool, told.values())) == len(read.files._made) > 0  # type: ignore[attr-defined]
    with pytest.raises(KeyError):
        read.accounts("no-such-service")


def _signed(body: bytes) -> bytes:
    return hashlib.sha256(body).hexdigest().encode() + b"\n" + body


def _lines(data: bytes) -> tuple[list[object], bytes]:
    _, index, documents = data.split(b"\n", 2)
    return orjson.loads(index), documents


def _without_suffixes(data: bytes) -> bytes:
    index, documents = _lines(data)
    del index[0]["suffix"]  # type: ignore[attr-defined]
    return _signed(orjson.dumps(index) + b"\n" + documents)


def _odd_rule(data: bytes) -> bytes:
    index, documents = _lines(data)
    index[0]["suffix"]["one.example"] = [["one", "shared", "", 1]]  # type: ignore[index]
    return _signed(orjson.dumps(index) + b"\n" + documents)


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: b"",
        lambda data: data[:100],
        lambda data: data[:-1],
        lambda data: data.replace(b"one.example", b"two.example"),
        lambda data: _signed(b"[]\n{}"),
        lambda data: _signed(b"{}\n{}"),
        lambda data: _signed(b"\xff\n{}"),
        lambda data: _signed(b"[" * 5000),
        _without_suffixes,
        _odd_rule,
        lambda data: _signed(data.split(b"\n", 2)[1] + b"\n[]"),
        lambda data: _signed(data.split(b"\n", 2)[1] + b'\n{"one": {"id": 1}, "two": []}'),
        lambda data: _signed(data.split(b"\n", 2)[1] + b"\n{"),
    ],
)
def test_a_damaged_cache_is_no_cache(packaged: Path, tmp_path: Path, damage: object) -> None:
    Catalog.load()
    (cache,) = caches(tmp_path)
    cache.write_bytes(damage(cache.read_bytes()))  # type: ignore[operator]
    found = Catalog.load()
    assert [m.service for m in Matcher(found).host("one.example").matches] == ["One"]
    services = list(found.services())
    assert [s.name for s in found.signatures.values()] == ["One", "Two"]
    assert services == [("one", "Example", "assistant", "NO"), ("two", "Example", "assistant", "NO")]


def test_no_place_for_a_cache(packaged: Path, tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file where the folder should be")
    for _ in range(2):
        assert len(Catalog.load().files) == 2


def test_no_home(packaged: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def homeless() -> Path:
        raise RuntimeError

    monkeypatch.setenv("XDG_CACHE_HOME", "relative/is/ignored")
    monkeypatch.setattr(Path, "home", homeless)
    assert len(Catalog.load().files) == 2


def test_1500_signatures_are_parsed_once(packaged: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """What a warm load costs is shown by the benchmark; here, that it parses and types no file until one is asked for."""
    for n in range(1498):
        put(packaged, f"s{n}")
    Catalog.load()

    def parsed(*_: object) -> None:
        raise AssertionError("a file was parsed again")

    monkeypatch.setattr("shadowai.signature_file.parse", parsed)
    found = Catalog.load()
    assert len(found.files) == 1500
    put(packaged, "one-more")
    with pytest.raises(AssertionError, match="parsed again"):
        Catalog.load()


def test_the_packaged_signatures_load(tmp_path: Path) -> None:
    found = Catalog.load(cache_dir=tmp_path)
    assert found.signatures
    assert all(found.get(id) is not None for id in found.signatures)


def test_what_is_told_of_services_is_what_their_signatures_say_and_none_is_made_for_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = Catalog.load(cache_dir=tmp_path)
    with monkeypatch.context() as without:
        without.setattr("shadowai.signature_file.from_plain", None)
        services = list(found.services())
    assert services == [(one.id, one.vendor, one.category, one.country) for one in found.signatures.values()]
    assert list(Catalog.of(found.files.values()).services()) == services


@pytest.mark.parametrize(
    ("user_agent", "service"),
    [
        ("claude-cli/2.1.329 (external, cli)", "claude-code"),
        ("claude-code/2.1.172", "claude-code"),
        ("codex-tui/0.154.0 (Mac OS 26.5.2; arm64) iTerm.app/3.6.11 (codex-tui; 0.154.0)", "openai-codex"),
        ("Codex Desktop/0.108.0 (Mac OS 26.3.0; arm64) unknown (Codex Desktop; 26.305.950)", "openai-codex"),
        ("GeminiCLI-a2a-server/0.34.0/gemini-pro (linux; x64; vscode)", "google-gemini-cli"),
        ("GeminiCLI/v24.11.0 (linux; x64)", "google-gemini-cli"),
        ("copilot/1.0.61 (linux v24.16.0) term/unknown", "github-copilot"),
        ("opencode/latest/1.18.31/cli", "opencode"),
        ("Charm-Crush/v0.97.1 (https://charm.land/crush)", "crush"),
        ("Kilo-Code/7.8.3 ai-sdk/provider-utils/3.0.0", "kilo-code"),
        ("RooCode/3.54.0", "roo-code"),
        ("KimiCLI/1.43.0", "moonshot-api"),
        ("grok-shell/0.2.101 (linux; x86_64)", "xai-grok"),
    ],
)
def test_the_packaged_signatures_know_agents_that_act_by_themselves(user_agent: str, service: str) -> None:
    matches = Matcher(Catalog.load()).match(Name("user_agent", user_agent))
    assert [(match.signature, match.role) for match in matches] == [(service, "agent")]


@pytest.mark.parametrize(
    ("user_agent", "service"),
    [
        ("ChatGPT/1.2025.112 (Mac OS X 15.4; arm64; build 1745628785)", "openai-chatgpt"),
        ("GitHubCopilotChat/0.26.7", "github-copilot"),
        ("Cursor/1.7.54 (darwin arm64)", "cursor"),
        ("KiroIDE-0.6.18-0a1b2c", "amazon-kiro"),
        ("antigravity/1.11.5 windows/amd64", "google-antigravity"),
    ],
)
def test_the_packaged_signatures_know_apps_in_which_a_person_types(user_agent: str, service: str) -> None:
    matches = Matcher(Catalog.load()).match(Name("user_agent", user_agent))
    assert [(match.signature, match.role) for match in matches] == [(service, "app")]


def test_readers_of_any_page_are_no_programs_that_ask() -> None:
    user_agent = "Claude-User (claude-code/2.1.158; +https://support.anthropic.com/)"
    assert Matcher(Catalog.load()).match(Name("user_agent", user_agent)) == ()
