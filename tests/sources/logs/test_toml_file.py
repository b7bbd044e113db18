"""A user's own format is one TOML file; every mistake in it names the file and the remedy."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import BinaryIO, cast

import pytest

from shadowai.errors import UsageError
from shadowai.sources.container import Content
from shadowai.sources.logs import formats, formats_with, toml_file
from shadowai.sources.logs.description import Part, TimeOf, Told, When, Whole
from shadowai.sources.logs.logfile import LogFile
from shadowai.sources.timestamps import iso
from tests.conftest import ROOT

GOOD = r"""
name = "acme_proxy"
title = "Acme proxy"
family = "blank"
line = '^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \S+ (?:GET|POST|CONNECT) '
zone = "utc"

[options]
at_least = 6

[fields]
client_ip = 3
method = 4
host = { key = 5, pattern = '^(?:\w+://)?([^/:]+)' }
user = [7, 6]

[[time]]
keys = [1, 2]

[[blocked]]
all = { 6 = '^DENIED$' }

[[kinds]]
kind = "tls_connection"
all = { 4 = '^CONNECT$' }

[[uncounted]]
all = { 4 = '^OPTIONS$' }
because = "a preflight"
beside = { 4 = '^GET$' }
"""


def written(folder: Path, text: str, name: str = "acme.toml") -> Path:
    path = folder / name
    path.write_text(text, "utf-8")
    return path


def test_a_good_file_says_what_a_description_says(tmp_path: Path) -> None:
    found = toml_file.read(written(tmp_path, GOOD))
    assert (found.name, found.title, found.zone, found.rank, found.day_first) == (
        "acme_proxy",
        "Acme proxy",
        "utc",
        15,
        None,
    )
    assert found.fields["host"] == (Part(5, r"^(?:\w+://)?([^/:]+)"),)
    assert found.fields["user"] == (7, 6)
    assert found.time == (TimeOf((1, 2)),)
    assert found.blocked == (When(((6, "^DENIED$"),)),)
    assert found.kinds == ((When(((4, "^CONNECT$"),)), "tls_connection"),)
    assert found.uncounted == (When(((4, "^OPTIONS$"),), "a preflight", ((4, "^GET$"),)),)


def first_record(path: Path, line: str) -> dict[str, object]:
    """What ``line`` says once the folder of ``path`` is known to hold formats."""
    log = LogFile(Content("x.log", cast(BinaryIO, io.BytesIO(line.encode()))), formats_with([path.parent]))
    (record,) = [log.record(row) for row in log.rows()]
    return {
        "format": record.format,
        "host": record.host,
        "user": record.user,
        "client_ip": record.client_ip,
        "blocked": record.blocked,
        "bytes_up": record.bytes_up,
        "time": None if record.time is None else iso(record.time),
    }


def test_a_line_is_recognised_and_read_with_it(tmp_path: Path) -> None:
    found = first_record(
        written(tmp_path, GOOD), "2024-06-03 12:00:00 10.0.0.1 CONNECT chatgpt.com:443 DENIED EXAMPLE\\JDoe\n"
    )
    assert found == {
        "format": "acme_proxy",
        "host": "chatgpt.com",
        "user": "example\\jdoe",
        "client_ip": "10.0.0.1",
        "blocked": True,
        "bytes_up": None,
        "time": "2024-06-03T12:00:00Z",
    }


def test_the_example_of_the_documentation_works(tmp_path: Path) -> None:
    """``docs/sources.md`` shows a file and a line it reads."""
    text = (ROOT / "docs" / "sources.md").read_text("utf-8")
    example = re.search(r"```toml\n(.*?)```", text, re.DOTALL)
    line = re.search(r"reads this line:\n\n```\n(.*?)\n```", text, re.DOTALL)
    assert example and line
    found = first_record(written(tmp_path, example[1]), line[1])
    assert found == {
        "format": "acme_gateway",
        "host": "chatgpt.com",
        "user": "jdoe",
        "client_ip": "10.0.0.1",
        "blocked": True,
        "bytes_up": 1834,
        "time": "2024-06-03T12:00:00Z",
    }


@pytest.mark.parametrize(
    ("family", "options", "recognised"),
    [
        ("csv", 'columns = ["Dest Host"]', ""),
        ("json", 'requires = [["kind", "^web$"]]', ""),
        ("key_value", 'dialect = "tab"', "line = '^x='"),
        ("cef", 'device = "Acme"', ""),
        ("leef", 'device = "Acme"', ""),
        ("w3c", 'columns = ["cs-host"]\ndelimiter = "tab"', ""),
        ("zeek", 'path = "dns"', ""),
        ("csv_positional", "at_least = 3", "line = '^a,'"),
        ("pattern", "patterns = ['(?P<h>x)']", "line = 'x'"),
    ],
)
def test_every_family_can_be_described(tmp_path: Path, family: str, options: str, recognised: str) -> None:
    host = "1" if family == "csv_positional" else '"h"'
    found = toml_file.read(
        written(
            tmp_path,
            f'name = "own_{family}"\nfamily = "{family}"\n{recognised}\n[options]\n{options}\n[fields]\nhost = {host}\n',
        )
    )
    assert type(found.family) is toml_file.FAMILIES[family]


@pytest.mark.parametrize(
    ("old", "new", "wrong"),
    [
        ('name = "acme_proxy"', "", "name"),
        ('"acme_proxy"', '"Acme Proxy"', "name 'Acme Proxy'"),
        ('"acme_proxy"', "5", "name = 5 is not of type str"),
        ('"blank"', '"blanks"', "unknown family 'blanks'"),
        ('"blank"', '["blank"]', "family"),
        ("at_least = 6", "", "at_least"),
        ("at_least = 6", "at_least = 6\nat_most = 7", "no option 'at_most'"),
        ("at_least = 6", 'at_least = "6"', "at_least = '6' is not a whole number"),
        ("at_least = 6", "at_least = true", "at_least"),
        ('zone = "utc"', 'zone = "Europe/Berlin"', "zone 'Europe/Berlin'"),
        ('zone = "utc"', 'day_first = "yes"', "day_first"),
        ('zone = "utc"', 'colour = "red"', "unknown key 'colour'"),
        ('zone = "utc"', 'kind = "web"', "unknown kind 'web'"),
        ('zone = "utc"', 'rank = "high"', "rank"),
        ('zone = "utc"', "rank = true", "rank"),
        ('zone = "utc"', 'ignored = "("', "pattern '('"),
        ("client_ip = 3", "client = 3", "unknown field 'client'"),
        ("client_ip = 3", "client_ip = 0", "0 names no token"),
        ("client_ip = 3", "client_ip = true", "True names no token"),
        ("client_ip = 3", 'client_ip = "src"', "'src' is no position"),
        ("pattern = '^(", "pattern = '^((", "pattern"),
        ("{ key = 5, pattern", "{ key = 5, patern", "patern"),
        ("host = {", "device = {", "no field gives a host"),
        ("line = '^", "product = '^", "nothing says how a line is recognised"),
        ("keys = [1, 2]", "", "[[time]]"),
        ("keys = [1, 2]", "keys = []", "[[time]]"),
        ("keys = [1, 2]", "keys = [1]\nfmt = 'x'", "[[time]]"),
        ("keys = [1, 2]", "keys = [1.5]", "1.5 names no token"),
        ("all = { 6 = '^DENIED$' }", "6 = 'x'", "[[blocked]]"),
        ("all = { 6 = '^DENIED$' }", "all = { 6 = '(' }", "pattern '('"),
        ('because = "a preflight"', "", "[[uncounted]] needs because"),
        ('kind = "tls_connection"', 'kind = "quic"', "[[kinds]]"),
        ('kind = "tls_connection"', "", "[[kinds]]"),
        ("beside = {", "besides = {", "[[uncounted]]"),
        ("[options]", "[options", "cannot be read as TOML"),
        ('zone = "utc"', 'same_as = "x"', "same_as"),
    ],
)
def test_a_mistake_names_the_file_and_the_remedy(tmp_path: Path, old: str, new: str, wrong: str) -> None:
    assert GOOD.count(old) >= 1
    path = written(tmp_path, GOOD.replace(old, new, 1))
    with pytest.raises(UsageError) as error:
        toml_file.read(path)
    assert wrong in error.value.message
    assert error.value.origin is not None and error.value.origin.path == str(path)
    assert error.value.remedy


@pytest.mark.parametrize(
    "options",
    ['dialect = "commas"', 'requires = "srcip"', "requires = [1]", "aliases = 1"],
)
def test_options_have_types(tmp_path: Path, options: str) -> None:
    with pytest.raises(UsageError, match=options.partition(" ")[0]):
        toml_file.read(
            written(
                tmp_path,
                f'name = "own"\nfamily = "key_value"\nline = "x"\n[options]\n{options}\n[fields]\nhost = "h"\n',
            )
        )
    with pytest.raises(UsageError, match="requires"):
        toml_file.read(
            written(tmp_path, 'name = "own"\nfamily = "json"\n[options]\nrequires = ["kind"]\n[fields]\nhost = "h"\n')
        )


@pytest.mark.parametrize("raw", [b"\xff\xfe", b"a" * 300_000, b"= 1"])
def test_a_file_that_is_no_toml_is_wrong_usage(tmp_path: Path, raw: bytes) -> None:
    path = tmp_path / "own.toml"
    path.write_bytes(raw)
    with pytest.raises(UsageError, match=re.escape(str(path))):
        toml_file.read(path)


def test_a_folder_gives_all_its_files_and_nothing_else(tmp_path: Path) -> None:
    written(tmp_path, GOOD.replace("acme_proxy", "b_proxy"), "b.toml")
    written(tmp_path, GOOD, "a.toml")
    written(tmp_path, "nothing", "README.md")
    assert [fmt.name for fmt in toml_file.load(tmp_path)] == ["acme_proxy", "b_proxy"]
    with pytest.raises(UsageError, match="no such folder"):
        toml_file.load(tmp_path / "nowhere")


def test_an_own_format_may_replace_a_built_in_one(tmp_path: Path) -> None:
    written(tmp_path, GOOD.replace("acme_proxy", "squid_native"))
    assert formats_with([tmp_path])["squid_native"].title == "Acme proxy"
    assert formats()["squid_native"].title != "Acme proxy"


def test_what_joins_records_can_be_described(tmp_path: Path) -> None:
    more = (
        'session = [1, "2"]\neach = "(x)"\n[told]\naddresses = [5]\nttl = 6\nclient = { key = 3, pattern = "(.+)" }\n'
    )
    path = tmp_path / "a.toml"
    path.write_text(GOOD.replace("\n[options]", more + "\n[options]"), "utf-8")
    with pytest.raises(UsageError, match="is no position"):
        toml_file.read(path)
    path.write_text(GOOD.replace("\n[options]", more.replace('"2"', "2") + "\n[options]"), "utf-8")
    found = toml_file.read(path)
    assert (found.session, found.each) == ((1, 2), "(x)")
    assert found.told == Told((5,), (6,), (Part(3, "(.+)"),))
    assert found.joins


def test_how_the_records_of_a_connection_fit_together_can_be_described(tmp_path: Path) -> None:
    more = (
        'session = [1, [2, { key = 3, pattern = "^([1-9].*)" }]]\nlasted = 4\nlasted_ms = true\n'
        '[whole]\nup = 5\ndown = [6, 7]\nwhen = { all = { 8 = "^traffic$" } }\nnamed = [{ all = { 9 = "^[1-9]" } }]\nnameless = true\n'
    )
    path = tmp_path / "a.toml"
    path.write_text(GOOD.replace("\n[options]", more + "\n[options]"), "utf-8")
    found = toml_file.read(path)
    assert found.session_takes == ((1,), (2, Part(3, "^([1-9].*)")))
    assert (found.lasted, found.lasted_ms) == ((4,), True)
    assert found.whole == Whole((When(((8, "^traffic$"),)),), (5,), (6, 7), (When(((9, "^[1-9]"),)),), True)
    assert found.joins


@pytest.mark.parametrize(
    ("more", "wrong"),
    [
        ("session = true", "names no token"),
        ("session = [1.5]", "names no token"),
        ("session = [[1, 0]]", "names no token"),
        ("whole = { then = 1 }", "has 'then'"),
        ("whole = { nameless = 1 }", "has 'nameless'"),
        ("whole = { when = [{ all = {} }] }", "needs all"),
        ("whole = { up = 'sent' }", "is no position"),
        ("whole = { named = [{ all = { 3 = '(' } }] }", "pattern"),
        ("lasted = ['duration']", "is no position"),
        ("lasted_ms = 1", "is not of type bool"),
        ('each = "x"', "one group"),
        ("told = { ttl = 6 }", "told"),
        ("told = { addresses = 5, server = 6 }", "told"),
        ('told = { addresses = { key = 5, pattern = "(.)" } }', "whole tokens|piece of a token"),
    ],
)
def test_a_mistake_in_what_joins_records_is_said(tmp_path: Path, more: str, wrong: str) -> None:
    path = tmp_path / "a.toml"
    path.write_text(f"{more}\n{GOOD}", "utf-8")
    with pytest.raises(UsageError, match=wrong):
        toml_file.read(path)
