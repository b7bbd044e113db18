"""``python -m tests.emulators``: installs the emulators where they are missing, and runs what is tested against them."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.emulators.install import install, missing


def main() -> int:
    """pytest's exit code; 1 where a program is missing, which is said."""
    absent = missing()
    if absent:
        print(
            f"NOT TESTED against emulators: {', '.join(absent)} not found. Install Node, npm and Java.", file=sys.stderr
        )
        return 1
    print(f"emulators: {install()}")
    here = str(Path(__file__).parent)
    return int(pytest.main(["-o", "python_files=emulated_*.py", "-p", "no:cacheprovider", "-q", here, *sys.argv[1:]]))


if __name__ == "__main__":
    sys.exit(main())
