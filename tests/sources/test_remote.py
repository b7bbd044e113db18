"""Inputs by URL, against a server that speaks S3 and one that speaks HTTP badly."""

from __future__ import annotations

import gzip
import io
import json
import os
import pickle
import random
import sys
import threading
import zipfile
from collections.abc import Iterator
from concurrent.futures import Future
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar
from urllib.request import Request, urlopen

import pytest

from shadowai import pipeline, tasks
from shadowai.cli import main
from shadowai.errors import UsageError
from shadowai.model import Gap, Report
from shadowai.pipeline import ScanOptions
from shadowai.sources import container, remote

LINE = "1767600000.{n:03}     55 10.0.0.{n} TCP_TUNNEL/200 4000 CONNECT {host}:443 user{n} HIER_DIRECT/203.0.113.9 -\n"
SECRET = "wJalrXUtnFEMIexampleKEY"
Captured = pytest.CaptureFixture[str]


def _log(count: int) -> bytes:
    hosts = ("chatgpt.com", "www.example.com", "claude.ai")
    return "".join(LINE.format(n=n % 250, host=hosts[n % 3]) for n in range(count)).encode()


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    from moto.moto_server.threaded_moto_server import ThreadedMotoServer

    made = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    made.start()
    host, port = made.get_host_and_port()
    yield f"http://{host}:{port}"
    made.stop()


@pytest.fixture(scope="module")
def client(server: str) -> Any:
    import boto3

    keys = {"aws_access_key_id": "AKIAEXAMPLE", "aws_secret_access_key": SECRET}
    return boto3.client("s3", endpoint_url=server, region_name="us-east-1", **keys)


@pytest.fixture
def s3(server: str, client: Any, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A client of an empty store; the environment says where it is, as it would anywhere."""
    named = {
        "ENDPOINT_URL": server,
        "ACCESS_KEY_ID": "AKIAEXAMPLE",
        "SECRET_ACCESS_KEY": SECRET,
        "CONFIG_FILE": os.devnull,
    }
    for name, value in {**named, "DEFAULT_REGION": "us-east-1", "EC2_METADATA_DISABLED": "true"}.items():
        monkeypatch.setenv(f"AWS_{name}", value)
    _post(f"{server}/moto-api/reset", b"")
    client.create_bucket(Bucket="logs")
    return client


def _post(url: str, data: bytes) -> None:
    with urlopen(Request(url, data, {"Content-Type": "text/plain"})) as answer:
        answer.read()


def _scan(*paths: str, **options: Any) -> Report:
    return pipeline.scan(paths, options=ScanOptions(by="user", **{"jobs": 1, **options}))


def _same(found: Report, local: Report, url: str, path: Path) -> bool:
    """The same but for where it was read."""
    return json.dumps(_plain(found)).replace(url, "PLACE") == json.dumps(_plain(local)).replace(str(path), "PLACE")


def _plain(report: Report) -> object:
    return [repr(part) for part in (report.entries, report.gaps, report.notes, report.sources)]


def test_an_object_gives_what_the_file_gives(s3: Any, tmp_path: Path) -> None:
    data = _log(3000)
    for name, content in {"a.log": data, "a.gz": gzip.compress(data), "a.zip": _zip(data)}.items():
        path = tmp_path / name
        path.write_bytes(content)
        s3.put_object(Bucket="logs", Key=f"proxy/{name}", Body=content)
        found, local = _scan(f"s3://logs/proxy/{name}"), _scan(str(path))
        assert len(local.entries) > 100 and not local.gaps
        assert _same(found, local, f"s3://logs/proxy/{name}", path)


def _zip(data: bytes) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("a.log", data)
    return made.getvalue()


def test_a_big_object_is_read_in_ranges_by_processes(s3: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    data = _log(30_000)
    path = tmp_path / "big.log"
    path.write_bytes(data)
    s3.put_object(Bucket="logs", Key="big.log", Body=data)
    monkeypatch.setattr(remote, "_BLOCK", 1 << 18)
    known = ScanOptions().load_catalog()
    (source,) = container.expand(["s3://logs/big.log"])
    assert isinstance(source, container.Source) and source.size == len(data)
    given: list[tuple[Any, ...]] = []

    def submit(work: Any, job: bytes, source: container.Source, *cut: Any) -> Any:
        given.append(cut)
        done: Future[Any] = Future()
        done.set_result(work(job, pickle.loads(pickle.dumps(source)), *cut))
        return done

    options = ScanOptions(secret=b"one")
    (found,) = tasks.spread([source], options, known, tasks.Workers(submit, tasks.packed(options, known)), part=1 << 20)
    assert len(given) == -(-len(data) // (1 << 20)) > 2
    assert found.sources[0].records == 30_000 and not found.gaps
    assert _same(_scan("s3://logs/big.log", jobs=2), _scan(str(path)), "s3://logs/big.log", path)


def test_folders_and_patterns_and_what_they_leave_out(s3: Any) -> None:
    for key in ("p/2026-01-01/b.log", "p/2026-01-01/a.log", "p/2026-01-02/c.log", "p/.hidden/d.log", "q/a.log", "p/e/"):
        s3.put_object(Bucket="logs", Key=key, Body=b"" if key.endswith("/") else _log(3))
    assert _paths("s3://logs/p/") == [
        "s3://logs/p/2026-01-01/a.log", "s3://logs/p/2026-01-01/b.log", "s3://logs/p/2026-01-02/c.log"
    ]  # fmt: skip
    assert _paths("s3://logs/*/*/a.log") == ["s3://logs/p/2026-01-01/a.log"]
    assert _paths("s3://logs/**/a.log") == ["s3://logs/p/2026-01-01/a.log", "s3://logs/q/a.log"]
    assert _paths("s3://logs/q/a.log", "s3://logs/q", "s3://logs/q/*") == ["s3://logs/q/a.log"]


def _paths(*urls: str) -> list[str]:
    return [one.path for one in container.expand(urls) if isinstance(one, container.Source)]


def test_days_of_a_window(s3: Any) -> None:
    for day in ("2026-01-01", "2026-01-02", "2026-01-04"):
        s3.put_object(Bucket="logs", Key=f"p/{day}/a.log", Body=_log(3))
    since, until = 1_767_312_000_000_000, 1_767_484_800_000_000  # 2026-01-02 to 2026-01-04, 00:00
    found = _scan("s3://logs/p/{date}/*.log", since=since, until=until)
    assert [source.path for source in found.sources] == [f"s3://logs/p/2026-01-0{day}/a.log" for day in (2, 4)]
    (gap,) = found.gaps  # a day without logs is no day without use
    assert "s3://logs/p/2026-01-03/*.log" in str(gap.origin)


def test_days_are_written_as_asked_and_each_once() -> None:
    day = 86_400_000_000
    assert remote.dated(["s3://b/{date:%Y/%m}/x", "{date}"], 0, 40 * day) == [
        "s3://b/1970/01/x", "s3://b/1970/02/x", "{date}"
    ]  # fmt: skip
    assert len(remote.dated(["s3://b/{date}/x"], 20_000 * day, None)) > 400
    with pytest.raises(UsageError, match="narrower"):
        remote.dated(["s3://b/{date}"], 0, 4000 * day)
    with pytest.raises(UsageError, match="--since"):
        container.check_exist(remote.dated(["s3://b/{date}"], None, None))


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("s3://no-such-bucket/a.log", "no object is there"),
        ("s3://no-such-bucket/*.log", "no object is there"),
        ("s3://logs/no-such-object", "no object is there"),
        ("s3://logs/none/*.gz", "no object is there"),
    ],
)
def test_what_is_not_there_is_a_gap(s3: Any, url: str, says: str, capsys: Captured) -> None:
    assert main(["scan", url, "--format", "csv", "--no-progress"]) == 3
    said = capsys.readouterr()
    assert says in said.err and url in said.err and SECRET not in said.err
    assert main(["read", url]) == 3
    assert says in capsys.readouterr().out


def test_what_is_refused_is_a_gap(s3: Any, server: str, capsys: Captured) -> None:
    s3.put_object(Bucket="logs", Key="a.log", Body=_log(3))
    _post(f"{server}/moto-api/reset-auth", b"0")  # from here on, every request is checked, and nobody may do anything
    try:
        for url in ("s3://logs/a.log", "s3://logs/*.log", "s3://logs/"):
            assert main(["scan", url, "--format", "csv", "--no-progress"]) == 3
            said = capsys.readouterr().err
            assert url in said and "access is refused" in said and SECRET not in said
    finally:
        _post(f"{server}/moto-api/reset-auth", b"Infinity")


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        (type("NoCredentialsError", (Exception,), {})("Unable to locate credentials"), "access is refused"),
        (TimeoutError(), "no answer in time"),
        (
            RuntimeError(f"GET https://u:{SECRET}@example.com/a?sig={SECRET} failed\nmore"),
            "https://example.com/a?… failed",
        ),
    ],
)
def test_reasons(wrong: Exception, says: str) -> None:
    message, remedy = remote._reason(wrong, "s3")
    assert says in message and remedy and SECRET not in message


class _Web(BaseHTTPRequestHandler):
    """``/whole`` and ``/stream`` give a log, with and without a size; ``/cut`` ends early; ``/403`` and others refuse."""

    protocol_version = "HTTP/1.1"
    asked: ClassVar[list[str]] = []

    def log_message(self, format: str, *args: Any) -> None:
        return None

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        self.asked.append(f"{self.path} {self.headers.get('Authorization', '')}")
        path, data = self.path.partition("?")[0], _log(30_000 if self.path == "/cut" else 3000)
        if path not in ("/whole", "/stream", "/cut"):
            self.send_error(int(path[1:]))
            return
        self.send_response(200)
        if path == "/stream":
            self.send_header("Connection", "close")
        else:
            self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        if self.command == "GET":
            self.wfile.write(data[: len(data) // 2] if path == "/cut" else data)
        self.close_connection = True


@pytest.fixture(scope="module")
def web() -> Iterator[str]:
    made = ThreadingHTTPServer(("127.0.0.1", 0), _Web)
    threading.Thread(target=made.serve_forever, daemon=True).start()
    yield f"http://127.0.0.1:{made.server_port}"
    made.shutdown()
    made.server_close()


def test_a_web_server_with_and_without_sizes(web: str, tmp_path: Path) -> None:
    path = tmp_path / "a.log"
    path.write_bytes(_log(3000))
    for name in ("whole", "stream"):
        assert _same(_scan(f"{web}/{name}"), _scan(str(path)), f"{web}/{name}", path)


def test_a_connection_that_is_cut_is_a_gap_and_what_came_before_counts(web: str) -> None:
    found = _scan(f"{web}/cut")
    assert 0 < found.sources[0].records < 15_001  # how many arrive before the reset is up to buffers
    (gap,) = [gap for gap in found.gaps if "cannot be read" in gap.reason or "ended after" in gap.reason]
    assert gap.origin.path == f"{web}/cut"


@pytest.mark.parametrize("status", ["403", "404", "500"])
def test_a_web_server_that_refuses_is_a_gap_without_secrets(web: str, status: str, capsys: Captured) -> None:
    url = f"{web}/{status}?X-Amz-Signature={SECRET}".replace("//", f"//jdoe:{SECRET}@")
    assert main(["scan", url, "--format", "csv", "--no-progress"]) == 3
    said = capsys.readouterr()
    assert f"{web}/{status}?" in said.err and SECRET not in said.err + said.out


def test_secrets_are_used_and_not_shown(web: str) -> None:
    given = [f"{web}/whole?sig={SECRET}{n}".replace("//", f"//jdoe:{SECRET}@") for n in range(2)]
    found = _scan(*given)
    assert any("?sig=" in one and "Basic" in one for one in _Web.asked)
    assert SECRET not in repr(found) and len(found.sources) == 2
    assert len({source.path for source in found.sources}) == 2  # two objects whose URLs differ in the query alone


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("s3://bucket/a?b", "s3://bucket/a?b"),
        ("hdfs://jdoe:pw@node:8020/a", "hdfs://node:8020/a"),
        ("abfs://logs@account.dfs.core.windows.net/a", "abfs://logs@account.dfs.core.windows.net/a"),
        ("https://token@example.com/a", "https://example.com/a"),
        ("https://example.com/a?sig=x", "https://example.com/a?"),
    ],
)
def test_how_a_url_is_shown(url: str, shown: str) -> None:
    assert remote.shown(url).startswith(shown) and "sig" not in remote.shown(url)


def test_nobody_listens(capsys: Captured) -> None:
    assert main(["scan", "http://127.0.0.1:9/a.log", "--format", "csv", "--no-progress"]) == 3
    assert "http://127.0.0.1:9/a.log" in capsys.readouterr().err


def test_urls_that_nothing_can_read_are_wrong_usage() -> None:
    for url in ("gopher://example.com/a", "file:///etc/passwd", "sqlite:///a.db"):
        assert remote.is_url(url)
        with pytest.raises(UsageError, match="is not read"):
            container.check_exist([url])
    for path in ("C:\\logs\\a", "a.log", "/a/b://c", "-", "x:y"):
        assert not remote.is_url(path)


def test_no_library(monkeypatch: pytest.MonkeyPatch) -> None:
    for module in ("fsspec", "fsspec.core"):
        monkeypatch.setitem(sys.modules, module, None)
    (gap,) = container.expand(["s3://logs/a.log"])
    assert isinstance(gap, Gap) and "shadowai[remote]" in gap.reason


def test_an_object_that_ends_early_is_said() -> None:
    class Short(io.BytesIO):
        size = 99

    stream = remote._Stream(Short(b"x" * 7), "s3://logs/a")
    with pytest.raises(Exception, match="ended after 7 of 99 bytes"):
        stream.readall()
    rng = random.Random(1)
    whole = Short(b"x" * 99)
    read = remote._Stream(whole, "s3://logs/a")
    buffer = bytearray(50)
    assert sum(read.readinto(memoryview(buffer)[: rng.randrange(1, 50)]) for _ in range(40)) == 99
