"""Real clients talk to made-up servers under watch: ``python -m tests.live.run``. Linux, root and iproute2 are needed.

Ends with 0 where the inventory shows exactly the services that were used, each with who used it; else with 1 and what is wrong.
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent.parent
SERVER, ANN, BOB = "192.0.2.1", "192.0.2.7", "192.0.2.8"
CABLE = "watched0"
PATIENCE = 40
"""Seconds for one client."""


class Step(NamedTuple):
    """A client does something; the inventory must show ``service`` with ``who``, or nothing where there is no service."""

    title: str
    command: tuple[str, ...]
    service: str | None
    who: str = ANN
    usage: tuple[str, ...] = ("connected", "interactive", "bulk", "integrated", "autonomous")
    input: bytes = b""


def steps(folder: Path, key_hash: str) -> list[Step]:
    """What is done, in this order."""
    body = folder / "question.json"
    body.write_text(json.dumps({"model": "made-up", "messages": [{"role": "user", "content": "hello " * 3000}]}))
    curl = ("curl", "-sSk", "-o", os.devnull, "--max-time", "20")
    return [
        Step(
            "openssl, a hello and nothing else",
            ("openssl", "s_client", "-connect", f"{SERVER}:443", "-servername", "api.openai.com"),
            "openai-api",
        ),
        Step(
            "curl, an upload",
            (
                *curl,
                "--resolve",
                f"chatgpt.com:443:{SERVER}",
                "-d",
                f"@{body}",
                "https://chatgpt.com/backend-api/conversation",
            ),
            "openai-chatgpt",
            usage=("interactive",),
        ),
        Step(
            "curl, as another client",
            (
                *curl,
                "--interface",
                BOB,
                "--resolve",
                f"api.anthropic.com:443:{SERVER}",
                "https://api.anthropic.com/v1/models",
            ),
            "anthropic-api",
            BOB,
        ),
        Step(
            "dig, a look-up alone",
            ("dig", "-b", BOB, f"@{SERVER}", "chat.deepseek.com", "+short", "+tries=1"),
            "deepseek",
            BOB,
            ("resolved",),
        ),
        Step(
            "curl, a model in the house",
            (*curl, "-d", f"@{body}", f"http://{SERVER}:11434/api/chat"),
            "ollama",
            usage=("integrated",),
        ),
        Step(
            "curl, no AI",
            (*curl, "--resolve", f"www.example.com:443:{SERVER}", "https://www.example.com/"),
            None,
        ),
        Step(
            "Chromium, TLS with ECH GREASE",
            (*_chromium(folder / "one", "claude.ai"), "--dump-dom", "https://claude.ai/"),
            "anthropic-claude",
        ),
        Step(
            "Chromium, QUIC",
            (
                *_chromium(folder / "two", "gemini.google.com"),
                "--enable-quic",
                "--origin-to-force-quic-on=gemini.google.com:443",
                f"--ignore-certificate-errors-spki-list={key_hash}",
                "--dump-dom",
                "https://gemini.google.com/",
            ),
            "google-gemini",
        ),
    ]


def _chromium(profile: Path, host: str) -> tuple[str, ...]:
    """Without a window, without its own traffic, and with one name alone that leads anywhere."""
    return (
        shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome") or "chromium",
        "--headless=new",
        "--no-sandbox",
        "--disable-gpu",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--ignore-certificate-errors",
        f"--user-data-dir={profile}",
        f"--host-resolver-rules=MAP {host} {SERVER}, MAP * ~NOTFOUND",
        "--timeout=15000",
    )


def missing() -> str:
    """Why the test cannot be run here; empty where it can."""
    if not sys.platform.startswith("linux"):
        return "network namespaces are a thing of Linux"
    if os.geteuid() != 0:
        return "only root may make network namespaces"
    if shutil.which("ip") is None:
        return "iproute2 (the command `ip`) is not installed"
    return ""


def _ip(*arguments: str) -> None:
    subprocess.run(["ip", *arguments], check=True)


@contextmanager
def namespaces() -> Iterator[tuple[tuple[str, ...], tuple[str, ...]]]:
    """What to put before a command to run it beside the servers, and beside the clients."""
    servers, clients = f"shadowai-{os.getpid()}-servers", f"shadowai-{os.getpid()}-clients"
    try:
        for name in (servers, clients):
            _ip("netns", "add", name)
            _ip("-n", name, "link", "set", "lo", "up")
        _ip("-n", servers, "link", "add", CABLE, "type", "veth", "peer", "name", "clients0", "netns", clients)
        _ip("-n", servers, "address", "add", f"{SERVER}/24", "dev", CABLE)
        for address in (ANN, BOB):
            _ip("-n", clients, "address", "add", f"{address}/24", "dev", "clients0")
        _ip("-n", servers, "link", "set", CABLE, "up")
        _ip("-n", clients, "link", "set", "clients0", "up")
        yield ("ip", "netns", "exec", servers), ("ip", "netns", "exec", clients)
    finally:
        for name in (servers, clients):
            subprocess.run(["ip", "netns", "delete", name], stderr=subprocess.DEVNULL)


@contextmanager
def running(command: Sequence[str], log: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A program in the background, which is ended at the end; what it says goes to ``log``."""
    with log.open("wb") as out:
        process = subprocess.Popen(command, cwd=ROOT, stdout=out, stderr=out, stdin=subprocess.DEVNULL)
        try:
            yield process
        finally:
            if process.poll() is None:
                process.terminate()
            process.wait(30)


def certificate(folder: Path) -> str:
    """Make ``key.pem`` and ``cert.pem``; the hash of the key as browsers take it."""
    names = ("claude.ai", "gemini.google.com", "chatgpt.com")
    subprocess.run(
        ["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "3",
         "-keyout", folder / "key.pem", "-out", folder / "cert.pem", "-subj", "/CN=made up",
         "-addext", "subjectAltName=" + ",".join(f"DNS:{name}" for name in names)],
        check=True, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    public = subprocess.run(
        ["openssl", "pkey", "-in", folder / "key.pem", "-pubout", "-outform", "DER"], check=True, capture_output=True
    ).stdout
    return base64.b64encode(hashlib.sha256(public).digest()).decode()


def until(what: Sequence[str], said: str, process: subprocess.Popen[bytes]) -> None:
    """Wait until the command ``what`` prints ``said``; raises :class:`TimeoutError`."""
    end = time.monotonic() + 20
    while said not in subprocess.run(what, capture_output=True, text=True).stdout:
        if time.monotonic() > end or process.poll() is not None:
            raise TimeoutError(f"{' '.join(what)} never said {said!r}")
        time.sleep(0.1)


def done(prefix: tuple[str, ...], all_steps: list[Step]) -> list[Step]:
    """Run the steps whose program is installed, and give them back."""
    ran = []
    for step in all_steps:
        if shutil.which(step.command[0]) is None:
            print(f"  left out: {step.title} ({step.command[0]} is not installed)")
            continue
        begun = time.monotonic()
        try:
            code = subprocess.run(
                (*prefix, *step.command), input=step.input, capture_output=True, timeout=PATIENCE
            ).returncode
        except subprocess.TimeoutExpired:
            code = -1
        print(f"  {step.title}: ended with {code} after {time.monotonic() - begun:.1f} s")
        ran.append(step)
    return ran


def differences(ran: Sequence[Step], inventory: Path) -> list[str]:
    """What the inventory has too little or too much."""
    report = json.loads(inventory.read_text())
    for row in report["entries"]:
        print(
            f"  {row['service_id']:<20}{row['address']:<14}{row['usage']:<13}{row['bytes_up'] or '':>8}{row['bytes_down'] or '':>8}"
        )
    found = {(row["service_id"], row["address"]): row["usage"] for row in report["entries"]}
    wrong = [f"not read: {gap}" for gap in report["gaps"]]
    for step in ran:
        if step.service is None:
            continue
        usage = found.pop((step.service, step.who), None)
        if usage not in step.usage:
            wrong.append(f"{step.title}: {step.service} of {step.who} is {usage or 'missing'}")
    wrong += [f"{service} of {who} was never used" for service, who in found]
    return wrong


def beside_the_point(ran: Sequence[Step], log: Path) -> list[str]:
    """What makes a step prove nothing, by what the servers on TCP were told: Chromium must have greased, and used QUIC."""
    hellos = [json.loads(line) for line in log.read_text().splitlines()]
    services = {step.service for step in ran}
    wrong = []
    if "anthropic-claude" in services and not any(one["name"] == "claude.ai" and one["ech"] for one in hellos):
        wrong.append("Chromium sent no greased hello to claude.ai")
    if "google-gemini" in services and any(one["name"] == "gemini.google.com" for one in hellos):
        wrong.append("Chromium used TCP where it was to use QUIC")
    return wrong


def watched(folder: Path) -> list[str]:
    """One watch from its beginning to its end; what was wrong with it."""
    key_hash, inventory = certificate(folder), folder / "inventory.json"
    shadowai = (sys.executable, "-m", "shadowai", "watch", "-i", CABLE, "--by", "user", "-o", str(inventory))
    with namespaces() as (beside_servers, beside_clients):
        servers = (*beside_servers, sys.executable, "-m", "tests.live.servers", SERVER, str(folder))
        with running(servers, folder / "servers.log") as serving:
            until((*beside_servers, "ss", "-Hltn"), f"{SERVER}:443", serving)
            with running((*beside_servers, *shadowai), folder / "watch.log") as watching:
                until((*beside_servers, "cat", "/proc/net/packet"), " 0003 ", watching)
                time.sleep(0.5)
                ran = done(beside_clients, steps(folder, key_hash))
                time.sleep(1)
                watching.send_signal(signal.SIGINT)
                code = watching.wait(30)
    print((folder / "watch.log").read_text())
    wrong = differences(ran, inventory) if inventory.exists() else ["no inventory was written"]
    if code != 0:
        wrong.append(f"the watch ended with {code}")
    wrong += beside_the_point(ran, folder / "hellos.jsonl")
    return wrong


def main() -> int:
    """Run the test and say what came of it."""
    why = missing()
    if why:
        print(f"cannot be tested here: {why}", file=sys.stderr)
        return 1
    with tempfile.TemporaryDirectory() as name:
        wrong = watched(Path(name))
    for line in wrong:
        print(f"WRONG: {line}")
    print("the inventory is not what was done" if wrong else "the inventory shows what was done, and nothing else")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
