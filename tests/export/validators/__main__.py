"""``python -m tests.export.validators``: installs the validators where they are missing, and runs what they judge."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tests.export.validators.install import install, missing


def main() -> int:
    """pytest's exit code; 1 where a program is missing, which is said."""
    if missing():
        print(
            f"NOT TESTED with published validators: {', '.join(missing())} not found. Install Node and npm.",
            file=sys.stderr,
        )
        return 1
    print(f"validators: {install()}")
    return int(pytest.main(["-p", "no:cacheprovider", "-q", str(Path(__file__).parent), *sys.argv[1:]]))


if __name__ == "__main__":
    sys.exit(main())
