"""The configuration: where it is looked for, and that nothing in it is silently ignored."""

from __future__ import annotations

from pathlib import Path

import pytest

from shadowai.config import KEYS, LIMITS, Settings, find, load, read
from shadowai.errors import UsageError
from shadowai.model import Origin
from shadowai.sources.capture.limits import DEFAULT


def write(path: Path, text: str | bytes = "") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def test_every_setting(tmp_path: Path) -> None:
    for name in ("formats", "own", "team"):
        (tmp_path / name).mkdir()
    text = """
    formats_dir = "formats"
    signatures_dir = ["own", "%s"]
    disable = ["a-service"]
    timezone = "Europe/Berlin"
    policy = "rules/policy.yaml"
    """
    path = write(tmp_path / "c.toml", text % (tmp_path / "team").as_posix())
    assert read(path) == Settings(
        path=path,
        formats_dir=(tmp_path / "formats",),
        signatures_dir=(tmp_path / "own", tmp_path / "team"),
        disable=("a-service",),
        timezone="Europe/Berlin",
        policy=tmp_path / "rules" / "policy.yaml",
    )


def test_no_configuration_gives_the_defaults(tmp_path: Path) -> None:
    assert load(environ={}, folder=tmp_path) == Settings()
    assert read(write(tmp_path / "c.toml", b"\xef\xbb\xbf# nothing\n")) == Settings(path=tmp_path / "c.toml")


def test_the_first_place_wins(tmp_path: Path) -> None:
    here, home = tmp_path / "here", tmp_path / "home"
    environ = {"SHADOWAI_CONFIG": str(tmp_path / "named.toml"), "XDG_CONFIG_HOME": str(home / "xdg"), "HOME": str(home)}
    chosen = tmp_path / "chosen.toml"
    local = write(here / "shadowai.toml")
    xdg = write(home / "xdg" / "shadowai" / "config.toml")
    usual = write(home / ".config" / "shadowai" / "config.toml")
    assert find(chosen, environ, here) == chosen
    assert find(None, environ, here) == tmp_path / "named.toml"
    del environ["SHADOWAI_CONFIG"]
    assert find(None, environ, here) == local
    local.unlink()
    assert find(None, environ, here) == xdg
    for ignored in ("", "relative"):
        assert find(None, environ | {"XDG_CONFIG_HOME": ignored}, here) == usual
    usual.unlink()
    assert find(None, {"HOME": str(home)}, here) is None
    assert find(None, {}, here) is None


def test_a_named_file_that_is_missing_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="cannot read the configuration"):
        load(tmp_path / "missing.toml", environ={}, folder=tmp_path)
    with pytest.raises(UsageError, match="cannot read the configuration"):
        load(environ={"SHADOWAI_CONFIG": str(tmp_path)}, folder=tmp_path)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        (
            "signature_dir = 'x'",
            "unknown key 'signature_dir' (did you mean 'signatures_dir'? known keys: formats_dir, ",
        ),
        ("path = 'x'", "unknown key 'path'"),
        ("[scan]\njobs = 2", "unknown key 'scan'"),
        ("disable = 1", "disable: 1 is not a text"),
        ("disable = ['a', 2]", "disable: 2 is not a text"),
        ("disable = ['']", "disable: '' is not a text"),
        ("policy = ['a']", "policy: ['a'] is not a text"),
        ("policy = true", "policy: True is not a text"),
        ('policy = "a\\u0000"', "is not a text"),
        ("formats_dir = 'missing'", "formats_dir: "),
        ("signatures_dir = ['missing']", "is not a folder"),
        ("timezone = 'Mars/Base'", "timezone: 'Mars/Base' is not known (use an IANA name"),
        ("timezone = '../../etc/passwd'", "is not known"),
        ("timezone = '+25:00'", "is not known"),
        ("timezone = 2", "timezone: 2 is not a text"),
        (b"policy = '\xff'", "not UTF-8"),
    ],
)
def test_what_is_wrong_is_said_with_file_and_key(tmp_path: Path, text: str | bytes, says: str) -> None:
    path = write(tmp_path / "c.toml", text)
    with pytest.raises(UsageError) as caught:
        read(path)
    assert str(caught.value).startswith(f"{path}: ") and says in str(caught.value)
    assert caught.value.exit_code == 2


def test_a_slip_in_toml_is_said_with_its_line(tmp_path: Path) -> None:
    path = write(tmp_path / "c.toml", "policy = 'a'\ndisable = [\n\n]]\n")
    with pytest.raises(UsageError, match="not TOML") as caught:
        read(path)
    assert caught.value.origin == Origin(str(path), 4)


@pytest.mark.parametrize("name", ["UTC", "+02:00", "-09:30", "America/New_York"])
def test_time_zones(tmp_path: Path, name: str) -> None:
    assert read(write(tmp_path / "c.toml", f"timezone = '{name}'")).timezone == name


def test_the_keys_are_those_documented() -> None:
    assert KEYS == (
        "formats_dir",
        "signatures_dir",
        "disable",
        "timezone",
        "policy",
        "risk",
        "leases",
        "capture",
        "tenants",
        "history",
        "notify",
        "signatures",
        "decisions",
        "privacy",
    )


def test_limits_of_captures(tmp_path: Path) -> None:
    path = write(tmp_path / "c.toml", "timezone = 'UTC'\n[capture]\nflows = 1000\ndns_answers = 2_000\n")
    found = read(path).capture
    assert (found.flows, found.dns_answers, found.streams) == (1000, 2000, DEFAULT.streams)
    assert read(write(tmp_path / "d.toml", "[capture]\n")).capture == DEFAULT
    everything = "".join(f"{key} = {number}\n" for number, key in enumerate(LIMITS, 1))
    assert [getattr(read(write(tmp_path / "e.toml", f"[capture]\n{everything}")).capture, key) for key in LIMITS] == [
        *range(1, len(LIMITS) + 1)
    ]


@pytest.mark.parametrize("value", ["0", "-1", "1.5", "true", "'1'", "[1]", "2147483648"])
def test_a_limit_is_a_positive_whole_number(tmp_path: Path, value: str) -> None:
    with pytest.raises(UsageError, match=r"flows in \[capture\].*is not a positive whole number") as caught:
        read(write(tmp_path / "c.toml", f"[capture]\nflows = {value}\n"))
    assert "write flows = 262144" in caught.value.remedy


def test_an_unknown_limit_is_refused(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"unknown key 'flow' in \[capture\]") as caught:
        read(write(tmp_path / "c.toml", "[capture]\nflow = 1\n"))
    assert "did you mean 'flows'?" in caught.value.remedy
    with pytest.raises(UsageError, match="capture: 5 is not a table"):
        read(write(tmp_path / "d.toml", "capture = 5\n"))
