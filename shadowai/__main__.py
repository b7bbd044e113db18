"""``python -m shadowai``: the same as the ``shadowai`` command."""

from __future__ import annotations

import sys

from shadowai.cli import program

if __name__ == "__main__":  # worker processes import this module again
    sys.exit(program())
