"""Lists of domains by Squid's own reader of its configuration."""

from __future__ import annotations

import subprocess
from pathlib import Path

from tests.export.blocklists import hostile, shipped


def said(text: str, folder: Path) -> tuple[int, str]:
    """Squid's exit code for a configuration with the list, and what it warns of."""
    (folder / "squid.txt").write_text(text)
    conf = folder / "squid.conf"
    conf.write_text(
        f'acl shadow_ai dstdomain "{folder / "squid.txt"}"\nhttp_access deny shadow_ai\nhttp_port 127.0.0.1:3128\n'
    )
    made = subprocess.run(
        ["/usr/sbin/squid", "-k", "parse", "-f", str(conf)], capture_output=True, text=True, timeout=60
    )
    about = [line for line in made.stderr.splitlines() if "subdomain" in line or "ERROR" in line or "FATAL" in line]
    return made.returncode, "\n".join(about)


def test_the_list_of_all_services_is_read_without_a_warning(tmp_path: Path) -> None:
    assert said(shipped("squid"), tmp_path) == (0, "")


def test_what_is_no_host_is_not_in_it(tmp_path: Path) -> None:
    assert hostile("squid") == ".good.example\n"
    assert said(hostile("squid"), tmp_path) == (0, "")


def test_the_reader_warns_of_what_is_wrong(tmp_path: Path) -> None:
    code, warned = said("good.example\n.good.example\n", tmp_path)
    assert code != 0 or warned
