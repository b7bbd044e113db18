"""Response policy zones by BIND's own reader."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.export.blocklists import hostile, shipped


def checked(zone: str, folder: Path) -> subprocess.CompletedProcess[str]:
    file = folder / "rpz.zone"
    file.write_text(zone)
    words = ["/usr/bin/named-checkzone", "-k", "ignore", "rpz.example", str(file)]
    return subprocess.run(words, capture_output=True, text=True, timeout=60)


def test_the_zone_of_all_services_loads(tmp_path: Path) -> None:
    made = checked(shipped("rpz"), tmp_path)
    assert (made.returncode, made.stdout.splitlines()[-1]) == (0, "OK"), made.stdout[-500:]


def test_what_is_no_host_is_not_in_it(tmp_path: Path) -> None:
    zone = hostile("rpz")
    assert checked(zone, tmp_path).returncode == 0
    assert [line for line in zone.splitlines() if "CNAME" in line] == ["good.example CNAME .", "*.good.example CNAME ."]


def test_the_reader_refuses_what_is_wrong(tmp_path: Path) -> None:
    assert checked(f"{hostile('rpz')}a.example CNAMES .\n", tmp_path).returncode != 0
