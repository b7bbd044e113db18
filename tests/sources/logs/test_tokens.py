"""The base of all tokenizers reads nothing by itself."""

from __future__ import annotations

import pytest

from shadowai.sources.logs.tokens import Tokenizer


def test_the_base_reads_no_lines() -> None:
    with pytest.raises(TypeError):
        Tokenizer().read("x")
