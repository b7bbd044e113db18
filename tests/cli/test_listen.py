"""``shadowai listen`` from the command line."""

from __future__ import annotations

import csv
import socket
import threading
from pathlib import Path

import pytest

from shadowai.cli import listen, main
from shadowai.listen.listener import Listener
from tests.cli.conftest import full_disk
from tests.incremental.logs import line


def test_it_writes_the_inventory_at_the_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)

    def send(listener: Listener) -> None:
        def work() -> None:
            with socket.create_connection(("127.0.0.1", listener.ports[0].port)) as sender:
                sender.sendall("".join(map(line, range(9))).encode())

        said(listener)
        threading.Thread(target=work).start()

    said = listen._say_where
    monkeypatch.setattr(listen, "_say_where", send)
    assert (
        main(["listen", "--tcp", "127.0.0.1:0", "--duration", "1.5", "--every", "1", "-o", "out.csv", "--by", "user"])
        == 0
    )
    with (tmp_path / "out.csv").open(newline="", encoding="utf-8") as file:
        assert sorted(row["user"] for row in csv.DictReader(file)) == [f"u{n}" for n in range(9)]
    told = capsys.readouterr().err
    assert "listening: tcp 127.0.0.1:" in told and "9 messages" in told


def test_a_full_disk_ends_no_listening(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    room = full_disk(monkeypatch)
    threading.Timer(2.5, room.set).start()
    assert main(["listen", "--udp", "127.0.0.1:0", "--duration", "4", "--every", "1", "-o", "out.csv"]) == 0
    assert Path("out.csv").is_file()
    assert "tried again later" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ([], "Missing option"),
        (["--tls", "6514"], "needs a certificate"),
        (["--udp", "70000"], "is not PORT"),
        (["--udp", "x"], "is not PORT"),
        (["--tls", "6514", "--cert", "nowhere.pem"], "cannot use the certificate"),
        (["--tcp", "6514", "--cert", "server.pem", "--client-ca", "ca.pem"], "--cert: it is for TLS connections"),
        (["--udp", "5140", "--client-ca", "ca.pem"], "--client-ca: it is for TLS connections"),
        (["--udp", "0", "--log-format", "none"], "unknown log format"),
        (["--udp", "0", "-o", "nowhere/out.csv"], "no such folder"),
    ],
)
def test_wrong_usage(arguments: list[str], told: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["listen", *arguments]) == 2
    assert told in capsys.readouterr().err


def test_places_are_read() -> None:
    assert [
        (one.host, one.port) for one in listen._ports("udp", ("514", "10.0.0.1:5514", "[::1]:6514", "::1:6514"))
    ] == [
        ("", 514),
        ("10.0.0.1", 5514),
        ("::1", 6514),
        ("::1", 6514),
    ]


def test_what_it_reads_is_not_written(tmp_path: Path) -> None:
    policy = tmp_path / "p.csv"
    policy.write_text("version: 1\nrules: []\n")
    assert (
        main(["listen", "--udp", "127.0.0.1:0", "--duration", "0.1", "--policy", str(policy), "-o", str(policy)]) == 2
    )
    assert policy.read_text().startswith("version")
