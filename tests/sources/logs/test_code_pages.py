"""Tables that were not written in UTF-8, of which the header tells the code page: people have the names that they have."""

from __future__ import annotations

import io
import random
import re

import pytest

from shadowai.sources import framing
from shadowai.sources.logs.aliases import page_of
from shadowai.sources.logs.words import ALLOW_WORDS, BLOCK_WORDS
from tests.sources.logs.test_logfile import opened

TABLES = [
    ("cp1251", "Дата и время;Пользователь;URL", "2026-01-05 10:00:00;{};https://chatgpt.com/", "Иванов"),
    ("cp932", "日時,ユーザー名,URL,宛先ポート", "2026/01/05 10:00:00,{},https://chatgpt.com/,443", "髙橋ポール"),
    ("gb18030", "时间\t用户名\t网址", "2026-01-05 10:00:00\t{}\thttps://chatgpt.com/", "张三"),
    ("big5", "時間,使用者,網址", "2026-01-05 10:00:00,{},https://chatgpt.com/", "陳功"),
    ("cp949", "시간|사용자|URL", "2026-01-05 10:00:00|{}|https://chatgpt.com/", "김철수"),
    ("mac_roman", "Horodatage;Utilisateur;Site visité", "2026-01-05 10:00:00;{};chatgpt.com", "françois müller"),
    ("cp1250", "Data i godzina;Użytkownik;Strona", "2026-01-05 10:00:00;{};chatgpt.com", "michał śliwa"),
]


@pytest.mark.parametrize("ends", ["\n", "\r\n"], ids=repr)
@pytest.mark.parametrize(("page", "header", "row", "user"), TABLES, ids=[table[0] for table in TABLES])
def test_the_header_tells_the_page(page: str, header: str, row: str, user: str, ends: str) -> None:
    log, records = opened(ends.join([header, row.format(user), row.format("jdoe"), ""]).encode(page))
    assert [(record.line, record.user, record.host) for record in records] == [
        (2, user.lower(), "chatgpt.com"),
        (3, "jdoe", "chatgpt.com"),
    ]
    assert log.summary().unreadable == 0


@pytest.mark.parametrize(("page", "header", "row", "user"), TABLES, ids=[table[0] for table in TABLES])
def test_lines_in_utf_8_stay_what_they_are(page: str, header: str, row: str, user: str) -> None:
    lines = [
        header.encode(page),
        row.format("Jürgen €").encode(),
        row.format(user).encode(),
        row.format(user).encode(page),
    ]
    _, records = opened(b"\n".join(lines))
    assert [record.user for record in records] == ["jürgen €", user.lower(), user.lower()]


def test_a_line_that_the_page_has_not_is_latin_1() -> None:
    _, records = opened("日時,ユーザー名,URL\n".encode("cp932") + b"2026/01/05 10:00:00,j\xfc,https://chatgpt.com/\n")
    assert [record.user for record in records] == ["jü"]


@pytest.mark.parametrize("header", ["time;user;bytes;url", "Zeit;Benutzer;Größe;URL", "Heure;Utilisateur;Méthode;URL"])
def test_a_header_without_a_page_leaves_lines_in_latin_1(header: str) -> None:
    line = "2026-01-05 10:00:00;Иванов;1;https://chatgpt.com/"
    _, records = opened(header.encode("latin-1") + b"\n" + line.encode("cp1251") + b"\n")
    assert [record.user for record in records] == ["Иванов".encode("cp1251").decode("latin-1").lower()]


def test_a_header_in_utf_8_that_was_read_wrongly_before_tells_nothing() -> None:
    written = "Дата;Пользователь;URL".encode("cp1251").decode("latin-1")
    line = "2026-01-05 10:00:00;Иванов;https://chatgpt.com/"
    _, records = opened(f"{written}\n{line}\n".encode() + line.encode("cp1251"))
    assert [record.user for record in records] == ["иванов", "Иванов".encode("cp1251").decode("latin-1").lower()]


def test_two_people_are_not_one() -> None:
    """Where its bytes are taken for letters of Latin-1, one character's small letter is another character."""
    one, other = b"\x83\x41".decode("cp932"), b"\x83\x61".decode("cp932")
    text = "日時,ユーザー名,URL\n" + "".join(
        f"2026/01/05 10:00:00,{name},https://chatgpt.com/\n" for name in (one, other)
    )
    _, records = opened(text.encode("cp932"))
    assert [record.user for record in records] == [one, other]


def test_a_page_is_told_by_the_most_names() -> None:
    def misread(page: str, *names: str) -> list[str]:
        return [name.encode(page).decode("latin-1") for name in names]

    assert page_of(misread("cp932", "日時", "ユーザー名", "URL")) == "cp932"
    assert page_of(misread("gb18030", "时间", "用户名", "备注")) == "gb18030"
    assert page_of(misread("cp1250", "Użytkownik", "URL")) == "cp1250"
    assert page_of(misread("latin-1", "Größe", "Übertragen", "Utilisateur", "señor")) is None
    assert page_of(misread("mac-roman", "Méthode", "Octets envoyés", "URL")) == "mac_roman"
    assert page_of(["用户名", "user", "URL"]) is None


@pytest.mark.parametrize("page", ["cp932", "gb18030", "big5", "cp949", "cp1251", "cp1250", "mac_roman"])
def test_pieces_in_utf_8_hold_what_the_page_says(page: str) -> None:
    chance = random.Random(page)
    bits = [
        b"a",
        b"\n",
        b"\r\n",
        b"\r",
        b"\0",
        b"\x83",
        b"\x81\x7c",
        "é".encode(),
        "😀".encode(),
        b"\xe9",
        b"\xb3\xec",
        b",",
    ]
    for _ in range(300):
        raw = b"".join(chance.choices(bits, k=chance.randrange(30)))
        # what stands between lines and at the end of a file is of no line
        wanted = [text for text in framing.decode(raw.rstrip(b"\r\0"), page).split("\n") if text]
        for size in (1, 7, 1 << 10):
            found = [line for block in framing.blocks(io.BytesIO(raw), size=size, page=page) for line in block.lines]
            assert [line for line in found if line] == wanted


@pytest.mark.parametrize(
    ("page", "words", "pattern"),
    [
        ("cp932", "拒否 遮断 ブロック 禁止 規制 不許可", BLOCK_WORDS),
        ("gb18030", "拒绝 阻断 拦截 禁止 阻止 封堵", BLOCK_WORDS),
        ("big5", "封鎖 拒絕 阻擋 攔截", BLOCK_WORDS),
        ("cp949", "차단 차단됨 거부", BLOCK_WORDS),
        ("cp1251", "Заблокировано Заблокирован Блокировано Запрещено Запрещен Отклонено Отказано", BLOCK_WORDS),
        ("cp932", "許可 通過", ALLOW_WORDS),
        ("gb18030", "允许 放行 通过", ALLOW_WORDS),
        ("big5", "允許 放行", ALLOW_WORDS),
        ("cp949", "허용 허용됨 통과", ALLOW_WORDS),
        ("cp1251", "Разрешено Разрешен Допущено Пропущено", ALLOW_WORDS),
    ],
)
def test_words_of_actions_are_known_in_their_own_letters(page: str, words: str, pattern: str) -> None:
    """What is known as it reads in Latin-1 is known where the page is told as well."""
    assert [word for word in words.split() if re.search(pattern, word) is None] == []
