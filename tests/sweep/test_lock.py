"""One at a time."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from shadowai.errors import SourceError
from shadowai.sweep.lock import only_one
from tests.conftest import ROOT


def test_the_second_is_told(tmp_path: Path) -> None:
    path = tmp_path / "inner" / "t.lock"
    with only_one(path), pytest.raises(SourceError, match="another sweep of this tenant is running"), only_one(path):
        pass
    with only_one(path):
        pass


def test_it_does_not_outlive_its_process(tmp_path: Path) -> None:
    path = tmp_path / "t.lock"
    begin = "import os, sys; from pathlib import Path; from shadowai.sweep.lock import only_one"
    code = f"{begin}; only_one(Path(sys.argv[1])).__enter__(); os._exit(9)"
    subprocess.run([sys.executable, "-c", code, str(path)], cwd=ROOT, check=False)
    assert path.exists()
    with only_one(path):
        pass
