"""``python -m bench --families [--mb N]``: what the compiled fold gains over the reference, by how logs are written.

Each log is made for this run, 2 % of its lines of AI services, and scanned by both in turn, three times; the median counts.
"""

from __future__ import annotations

import os
import random
import resource
import statistics
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from shadowai import fast

RUNS = 3
AI = ("chatgpt.com", "api.openai.com", "claude.ai", "gemini.google.com")
HOSTS = 20_000
SHARE = 0.02

Line = Callable[[int, str, str], str]
"""Makes a line of its number, a host and a user."""


def _clock(number: int) -> str:
    return f"{number // 3600 % 24:02}:{number // 60 % 60:02}:{number % 60:02}"


def _client(number: int) -> str:
    return f"10.0.{number % 40}.{number % 250}"


def _fortigate(number: int, host: str, user: str) -> str:
    return (
        f'date=2026-01-05 time={_clock(number)} eventtime={1_767_600_000_000_000_000 + number * 1_000_000} tz="+0000" logid="0317013312" '
        f'type="utm" subtype="webfilter" eventtype="ftgd_allow" level="notice" vd="root" policyid=1 sessionid={number} user="{user}" '
        f'srcip={_client(number)} srcport={1024 + number % 60_000} dstip=203.0.113.9 dstport=443 proto=6 service="HTTPS" '
        f'hostname="{host}" action="passthrough" url="https://{host}/" sentbyte={number % 9_000} rcvdbyte={number % 90_000}'
    )


def _cef(number: int, host: str, user: str) -> str:
    return (
        f"<14>Jan  5 {_clock(number)} gw CEF:0|Zscaler|NSSWeblog|5.0|Allowed|Allowed|3|act=Allowed app=HTTPS cat=Internet Services "
        f"dhost={host} dst=203.0.113.9 src={_client(number)} in={number % 90_000} out={number % 9_000} request={host}/ "
        f"rt={1_767_600_000_000 + number} requestClientApplication=Mozilla/5.0 requestMethod=GET suser={user}"
    )


def _panos(number: int, host: str, user: str) -> str:
    then = f"2026/01/05 {_clock(number)}"
    return (
        f"<14>Jan  5 {_clock(number)} PA-220 1,{then},007051000000001,THREAT,url,2816,{then},{_client(number)},203.0.113.10,0.0.0.0,"
        f"0.0.0.0,allow-web,{user},,ssl,vsys1,trust,untrust,ae1,ae2,fwd,{then},{number},1,{1024 + number % 60_000},443,0,0,0x0,tcp,alert,"
        f'"{host}/path?a=1",(9999),computer-and-internet-info,informational,client-to-server,{number},0x0,10.0.0.0-10.255.255.255,'
        "United States,0,text/html,0,,,1,Mozilla/5.0,,,,,,,0,0,0,0,0,vsys1,PA-220,,,,get,0,,0,,N/A,unknown,AppThreat-0-0,0x0,0"
    )


def _squid(number: int, host: str, user: str) -> str:
    return (
        f"{1_767_600_000 + number // 100}.{number % 1000:03} {number % 900:6} {_client(number)} TCP_TUNNEL/200 {number % 90_000} "
        f"CONNECT {host}:443 {user} HIER_DIRECT/203.0.113.9 -"
    )


def _zeek(number: int, host: str, user: str) -> str:
    return (
        f'{{"ts":{1_767_600_000 + number // 100}.{number % 1000:03},"uid":"C{number:017x}","id.orig_h":"{_client(number)}",'
        f'"id.orig_p":50000,"id.resp_h":"203.0.113.9","id.resp_p":443,"trans_depth":1,"method":"GET","host":"{host}","uri":"/x",'
        f'"user_agent":"Mozilla/5.0","request_body_len":{number % 9_000},"response_body_len":{number % 90_000},"username":"{user}"}}'
    )


def _bind(number: int, host: str, user: str) -> str:
    del user
    return (
        f"05-Jan-2026 {_clock(number)}.{number % 1000:03} queries: info: client @0x7f12ab34cd56 {_client(number)}#{1024 + number % 60_000} "
        f"({host}): query: {host} IN A +E(0)K (192.0.2.53)"
    )


def _unbound(number: int, host: str, user: str) -> str:
    del user
    return f"[{1_767_600_000 + number // 100}] unbound[1234:0] info: {_client(number)} {host}. A IN"


def _haproxy(number: int, host: str, user: str) -> str:
    del user
    return (
        f"Jan  5 {_clock(number)} lb1 haproxy[123]: {_client(number)}:{1024 + number % 60_000} "
        f"[05/Jan/2026:{_clock(number)}.{number % 1000:03}] "
        f'fe~ be/srv 0/0/1/20/21 200 {number % 9_000} - - ---- 1/1/0/0/0 0/0 {{{host}}} "GET / HTTP/1.1"'
    )


def _behind(header: str, line: Line) -> Line:
    return lambda number, host, user: header + line(number, host, user)


FAMILIES: dict[str, Line] = {
    "key=value (FortiGate)": _fortigate,
    "CEF (Zscaler)": _cef,
    "CSV without header, syslog (PAN-OS)": _panos,
    "blanks (Squid)": _squid,
    "blanks, syslog (Squid)": _behind("<134>Jan  5 09:00:00 proxy1 squid[123]: ", _squid),
    "JSON lines (Zeek)": _zeek,
    "a pattern (BIND queries)": _bind,
    "a pattern (Unbound)": _unbound,
    "a pattern, syslog (HAProxy)": _haproxy,
    "JSON lines, syslog (Zeek)": _behind("<134>2026-01-05T09:00:00.123+00:00 sensor1 zeek: ", _zeek),
}


def families(folder: Path, mb: int) -> None:
    """Seconds of processor time for each, and the ratio."""
    print(f"{'log of ' + str(mb) + ' MB':38} {'compiled s':>10} {'reference s':>12} {'ratio':>6}")
    for title, line in FAMILIES.items():
        path = folder / "family.log"
        _write(path, line, mb * 1_000_000)
        took: dict[bool, list[float]] = {False: [], True: []}
        for _ in range(RUNS):
            for pure, times in took.items():
                times.append(_scan(path, pure=pure))
        compiled, reference = (statistics.median(times) for times in took.values())
        print(f"{title:38} {compiled:10.2f} {reference:12.2f} {reference / compiled:6.1f}")


def _write(path: Path, line: Line, size: int) -> None:
    chance, written, number = random.Random(7), 0, 0
    with path.open("w", encoding="ascii", newline="\n") as stream:
        while written < size:
            host = chance.choice(AI) if chance.random() < SHARE else f"www.site{chance.randrange(HOSTS)}.example"
            written += stream.write(line(number, host, f"user{chance.randrange(5_000)}") + "\n")
            number += 1


def _scan(path: Path, *, pure: bool) -> float:
    """Seconds of processor time of a scan in one process."""
    command = [
        sys.executable,
        "-m",
        "shadowai",
        "scan",
        str(path),
        "--jobs",
        "1",
        "--no-progress",
        "--no-history",
        "-o",
        os.devnull,
    ]
    environment = {**os.environ, fast.PURE: "1"} if pure else os.environ
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([*command, "--format", "csv"], check=True, env=environment, stderr=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
