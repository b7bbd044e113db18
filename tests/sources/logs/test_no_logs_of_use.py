"""Files that name AI services and people and are no log of their use: nobody may be said to have used anything by them."""

from __future__ import annotations

import io
from datetime import timedelta, timezone

import pytest

from shadowai.model import Record
from shadowai.sources.container import Content
from shadowai.sources.logs import formats
from shadowai.sources.logs.logfile import LogFile


def _records(name: str, text: str) -> list[Record]:
    log = LogFile(Content(name, io.BytesIO(text.encode())), formats())
    records = [log.record(row) for row in log.rows()]
    return [record for record in records if record.counted and record.host]


@pytest.mark.parametrize(
    "table",
    [
        "Mitarbeiter;E-Mail;Abteilung;Eintrittsdatum;Webseite\nJane Doe;jdoe@example.com;HR;2020-01-01;chatgpt.com",
        "Employé;Courriel;Date d'embauche;Site\njdoe;jdoe@example.com;01/02/2020;chatgpt.com",
        "Empleado;Correo;Fecha de ingreso;Sitio web\njdoe;jdoe@example.com;01/02/2020;chatgpt.com",
        "Инвентарный номер;Компьютер;IP-адрес;Пользователь;Домен\n1;PC1;10.1.2.3;ivanov;chatgpt.com",
        "資産番号,コンピューター名,IPアドレス,利用者,ドメイン\n1,PC1,10.1.2.3,tanaka,chatgpt.com",
        "Номер счета;Дата;Поставщик;Сайт;Сумма;Сотрудник\n1;01.02.2026;OpenAI;openai.com;2000;ivanov",
        "Datum;Mitarbeiter;Lieferant;Webseite;Betrag (EUR)\n01.02.2026;jdoe;OpenAI;openai.com;20",
        "Date;Utilisateur;Site web;Montant\n01/02/2026;jdoe;openai.com;20",
        "Дата;Отправитель;Получатель;Тема;URL\n01.02.2026 08:00;a@example.org;jdoe@example.com;x;https://chatgpt.com/",
        "Host;IP-Adresse;Port;Schwachstelle;Erkannt am\nchatgpt.com;203.0.113.5;443;x;2026-02-01",
        "Alert,Risk,URL,Method,Evidence,CWE\nXSS,High,https://chatgpt.com/,GET,x,79",
        "IP Address,MAC Address,Hostname,Lease Start,Domain\n10.1.2.3,00:11:22:33:44:55,pc1,2026-02-01 08:00:00,chatgpt.com",
        "time,target,rtt_ms,loss\n2026-02-01 08:00:00,chatgpt.com,12,0",
        "Datum;Kampagne;Ziel-URL;Klicks\n01.02.2026;x;https://chatgpt.com/;2",
        "Дата;Кампания;Сайт;Клики\n01.02.2026;x;chatgpt.com;2",
        "정책명,출발지,목적지,서비스,동작,사용자\nAI,10.0.0.0/8,chatgpt.com,HTTPS,차단,any",
        "Domain;Aussteller;Gültig ab;Server-IP\nchatgpt.com;X;01.01.2026;203.0.113.5",
        "User Email,Application,Domain,License Type\njdoe@example.com,ChatGPT,chatgpt.com,Team",
        "タイトル,URL,ユーザー名,パスワード\nChatGPT,https://chatgpt.com/,tanaka,x",
        "Titel;URL;Ordner;Benutzer\nChatGPT;https://chatgpt.com/;KI;jdoe",
        "Employee,Course,URL,Completion Date\njdoe,AI,https://chatgpt.com/,2026-02-01",
    ],
)
def test_tables(table: str) -> None:
    assert _records("x.csv", table + "\n") == []


@pytest.mark.parametrize(
    "line",
    [
        '{"scan_time":"2026-02-01T08:00:00Z","host":"chatgpt.com","ip":"203.0.113.5","cve":"CVE-2024-1","url":"https://chatgpt.com/x"}',
        '{"time":"2026-02-01T08:00:00Z","event":"DHCPACK","ip":"10.1.2.3","mac":"00:11:22:33:44:55","hostname":"chatgpt.com"}',
        '{"time":"2026-02-01T08:00:00Z","monitor":"openai","url":"https://api.openai.com/","status_code":200,"response_time_ms":120}',
        '{"time":"2026-02-01T08:00:00Z","actor":"admin","action":"blocklist.add","object":{"domain":"chatgpt.com"},"ip":"10.1.2.3"}',
        "time=2026-02-01T08:00:00Z type=DHCPACK client_ip=10.1.2.3 mac=00:11:22:33:44:55 hostname=chatgpt.com lease=3600",
        "CEF:0|Foo|Mail|2|1|mail|1|src=198.51.100.7 duser=jdoe@example.com cs2Label=URL cs2=https://claude.ai/new act=Allowed",
    ],
)
def test_lines(line: str) -> None:
    assert _records("x.log", f"{line}\n" * 3) == []


@pytest.mark.parametrize(
    "table",
    [
        "Date,User,Website,Amount,Bytes Sent\n2026-02-01 08:00:00,jdoe,chatgpt.com,20,48200",
        "Time,User,URL,Serial Number\n2026-02-01 08:00:00,jdoe,https://chatgpt.com/,X1",
        "Time,User,URL,Monitor\n2026-02-01 08:00:00,jdoe,https://chatgpt.com/,2",
        "Time,Policy Name,User,Domain,Action\n2026-02-01 08:00:00,AI,jdoe,chatgpt.com,Allow",
        "Zeit;Mitarbeiter;Kostenstelle;Webseite\n01.02.2026 08:00:00;jdoe;4711;chatgpt.com",
    ],
)
def test_what_tells_of_use_is_one_all_the_same(table: str) -> None:
    (record,) = _records("x.csv", table + "\n")
    assert (record.user, record.host) == ("jdoe", "chatgpt.com")


@pytest.mark.parametrize(
    ("table", "blocked"),
    [
        ("Time,User,URL,Is Blocked\n2026-02-01 08:00:00,jdoe,https://chatgpt.com/,Y", True),
        ("Zeit;Benutzer;URL;Blockiert\n2026-02-01 08:00:00;jdoe;https://chatgpt.com/;Nein", False),
        ("일시,사용자,URL,차단여부\n2026-02-01 08:00:00,jdoe,https://chatgpt.com/,Y", True),
        ("Time,User,URL,is_allowed\n2026-02-01 08:00:00,jdoe,https://chatgpt.com/,0", True),
        ("Time,User,URL,Allowed\n2026-02-01 08:00:00,jdoe,https://chatgpt.com/,0", None),  # a count, perhaps
        ("Дата,Пользователь,Сайт,Результат\n2026-02-01 08:00:00,jdoe,chatgpt.com,\u041d\u0435 заблокировано", None),
        ("時間,使用者,目的網域,動作\n2026-02-01 08:00:00,jdoe,chatgpt.com,封鎖", True),
    ],
)
def test_blocked_in_other_words(table: str, blocked: bool | None) -> None:
    (record,) = _records("x.csv", table + "\n")
    assert (record.user, record.host, record.blocked) == ("jdoe", "chatgpt.com", blocked)


@pytest.mark.parametrize(
    "table",
    [
        "日期,时间,账户,目标站点\n2026-02-13,08:00:05,jdoe,chatgpt.com",
        "Access Date,Access Time,AD User,URL Accessed\n02/13/2026,08:00:05 AM,jdoe,https://chatgpt.com/",
    ],
)
def test_a_date_and_a_time_apart_under_other_names(table: str) -> None:
    (record,) = _records("x.csv", table + "\n")
    assert record.time == 1_770_969_605_000_000


@pytest.mark.parametrize(
    ("table", "seconds"),
    [
        ("Time,Time Zone,User,URL\n2026-02-13 08:00:05,UTC+1,jdoe,https://chatgpt.com/", 1_770_966_005),
        ("Date,Time,tz,User,URL\n2026-02-13,08:00:05,+0100,jdoe,https://chatgpt.com/", 1_770_966_005),
        ("Time,Time Zone,User,URL\n2026-02-13 08:00:05,,jdoe,https://chatgpt.com/", 1_770_987_605),
        ("Zeit (UTC);Benutzer;URL\n13.02.2026 08:00:05;jdoe;https://chatgpt.com/", 1_770_969_605),
        ("Time (UTC),User,URL\n2026-02-13 08:00:05,jdoe,https://chatgpt.com/", 1_770_969_605),
        ("Time,User,URL\n2026-02-13 08:00:05,jdoe,https://chatgpt.com/", 1_770_987_605),
    ],
)
def test_a_zone_that_the_table_tells_goes_before_the_default(table: str, seconds: int) -> None:
    content = Content("x.csv", io.BytesIO(f"{table}\n".encode()))
    log = LogFile(content, formats(), zone=timezone(timedelta(hours=-5)))
    assert [log.record(row).time for row in log.rows()] == [seconds * 1_000_000]


@pytest.mark.parametrize(
    ("page", "word", "blocked"),
    [
        ("cp932", "拒否", True), ("cp932", "許可", False), ("gb18030", "拦截", True), ("cp1251", "ЗАБЛОКИРОВАНО", True),
        ("cp1251", "Разрешено", False), ("cp949", "차단", True), ("cp932", "許可しない", None),
    ],
)  # fmt: skip
def test_blocked_in_code_pages(page: str, word: str, blocked: bool | None) -> None:
    table = f"Time,User,URL,Action\n2026-02-13 08:00:05,jdoe,https://chatgpt.com/,{word}\n"
    log = LogFile(Content("x.csv", io.BytesIO(table.encode(page))), formats())
    assert [log.record(row).blocked for row in log.rows()] == [blocked]
