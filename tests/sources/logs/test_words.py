"""Words for blocked and for let through, in the languages of logs; and words that deny them."""

from __future__ import annotations

import re
import time

import pytest

from shadowai.sources.logs.words import ALLOW_WORDS, ALLOWED_STATUS, BLOCK_WORDS, BLOCKED_STATUS


def _said(word: str) -> bool | None:
    """Whether a word says blocked; ``None`` where it says neither."""
    if re.search(BLOCK_WORDS, word):
        return True
    return False if re.search(ALLOW_WORDS, word) else None


@pytest.mark.parametrize(
    "word",
    [
        "TCP_DENIED", "gesperrt", "Refusée", "Prohibido", "Recusado", "Vietato", "Geweigerd", "Zablokowano", "Odrzucono", "Nekad",
        "禁止", "規制", "ブロックされました", "阻断", "攔截", "차단됨", "거부",
        "Not allowed", "No permitido", "Non consentito", "Não permitido", "nicht erlaubt", "niet toegestaan", "Non autorisé",
        "Blokeret", "Afvist", "Blokkert", "Estetty", "Zablokováno", "Zamítnuto", "Letiltva", "Заблоковано", "Відхилено", "не дозволено",
        "Nie zezwolono", "inte tillåten", "不允许", "許可しない", "許可されていません", "非許可", "불허", "허용되지 않음",
    ],
)  # fmt: skip
def test_blocked(word: str) -> None:
    assert _said(word) is True


@pytest.mark.parametrize(
    "word",
    [
        "Allowed",
        "gestattet",
        "Tilladt",
        "Tillatt",
        "Sallittu",
        "Povoleno",
        "Engedélyezve",
        "Дозволено",
        "Autorizado",
        "Autorizzato",
        "Dozwolony",
        "Zezwolono",
        "Tillåten",
        "許可",
        "允许",
        "허용됨",
    ],
)
def test_let_through(word: str) -> None:
    assert _said(word) is False


@pytest.mark.parametrize(
    "word",
    ["nicht blockiert", "Non bloccato", "niet geblokkeerd", "未拦截", "不阻断", "ブロックしない", "ブロックされていません",
     "規制解除", "미차단", "차단 해제"],
)  # fmt: skip
def test_neither(word: str) -> None:
    assert _said(word) is None


def test_a_status_says_it_alone() -> None:
    assert re.search(BLOCKED_STATUS, " Gesperrt ")
    assert re.search(ALLOWED_STATUS, "許可")
    assert not re.search(BLOCKED_STATUS, "blocked by the vendor")
    assert not re.search(ALLOWED_STATUS, "not allowed")


@pytest.mark.parametrize("junk", [" ", "no ", "許可", "未", "not_", "-"])
def test_junk_does_not_stall(junk: str) -> None:
    text = junk * (1_000_000 // len(junk))
    begun = time.process_time()
    _said(text)
    assert time.process_time() - begun < 2
