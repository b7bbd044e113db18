"""Names of columns by the words that they are made of: what they mean together, and when they mean nothing."""

from __future__ import annotations

import time

import pytest

from shadowai.sources.logs.aliases import FLAT, KNOWN, LIKELY_HOST, VAGUE_HOST, flat, in_english, puts_day_first
from shadowai.sources.logs.column_words import _NAMES, by_words

_HOSTS = frozenset(map(flat, (*LIKELY_HOST, *VAGUE_HOST)))


def _field(name: str) -> str:
    """The field that a column of this name is read for."""
    found = in_english(name)
    if found in _HOSTS:
        return "host"
    return next((field for field, names in FLAT.items() if found in names), "")


@pytest.mark.parametrize(
    ("field", "names"),
    [
        ("host", "Visited Site|Zielserver|Serveur distant|Hôte cible|Узел назначения|Hedef Alan Ad\u0131|dst_fqdn"),
        ("host", "目标站点|목적지 도메인|Посещенный сайт|Dominio accedido|宛先FQDN|Requested Domain Name"),
        ("url", "URL richiesto|Visited URL|访问网址|URL accédée"),
        ("user", "Staff Member|Benutzerkennung|Имя пользователя|Сотрудник|使用者|Logged On User|Identifiant|srcUsrName"),
        ("device", "Arbeitsstation|Poste client|Имя компьютера|PC명|Client Machine|Quell-Host|ws name"),
        ("client_ip", "Originating IP|IP источника|送信元アドレス|Adresse IP client|clientIpAddr|来源地址|Kaynak IP|Ursprungs-IP"),
        ("server_ip", "Destination IP Addr|Адрес назначения|目的IP|IP destinazione|Doeladres"),
        ("server_port", "Dst Port|Порт назначения|目的端口"),
        ("method", "Req Method|HTTP-Verb|请求方法|Метод"),
        ("action", "Filter Decision|Действие|Acción tomada|處理結果|Access Result"),
        ("bytes_up", "Bytes Uploaded|Hochgeladen (Byte)|Octets émis|送信量(byte)|上行流量(字节)|reqBytes|Geüpload (bytes)|tx_size"),
        ("bytes_down", "Descargado (bytes)|下载流量|受信データ量|Получено|Volume descendant (octets)|Total bytes received|rx size"),
        ("time", "Zugriffszeitpunkt|Время события|Tijdstempel|Access Date|アクセス時刻|로그 시간|log_ts|Дата и время"),
        ("host", "Besøgt websted|Nettsted|Verkkosivusto|Navštívená stránka|Weboldal|Відвіданий сайт"),
        ("user", "Bruger|Brukernavn|Käyttäjätunnus|Uživatel|Felhasználó|Користувач"),
        ("client_ip", "Kilde-IP|IP-osoite|IP adresa|IP-cím|IP-адреса"),
        ("action", "Handling|Toiminto|Akce|Művelet|Дія"),
        ("device", "Estación de trabajo|Poste de travail|Estação de trabalho|Postazione di lavoro|srcname"),
        ("host", "Página visitada"),
        ("url", "要求URL|resource_url"),
        ("user", "员工姓名|Logged-in User|Initiating User"),
        ("client_ip", "ip_src|Actor IP"),
        ("server_ip", "ip_dst"),
        ("bytes_up", "Datenmenge gesendet|Uplink Bytes|Tamaño de subida|Bytes sent to server|Bytes received from client"),
        ("bytes_down", "Datenmenge empfangen|Downlink Bytes|Tamaño de bajada|Bytes received from server|Bytes sent to client"),
        ("time", "Activity Time|발생시각|Generated Time|EventStartTime"),
        ("time", "Tidspunkt|Klokkeslett|Päivämäärä|Čas|Idő|Час|Dato"),
        ("bytes_up", "Sendt bytes|Odesláno bajtů|Надіслано байтів"),
        ("bytes_down", "Mottatt bytes|Přijato bajtů|Отримано байтів"),
        ("user", "Angemeldeter Benutzer|Aangemelde gebruiker|Utilisateur connecté|personEmail|Personel|kullanici|uzytkownik|使用人"),
        ("host", "Zielrechner|Ziyaret edilen site|访问的域名"),
        ("device", "Endgerät|Cihaz|From Host"),
        ("method", "Yöntem"),
        ("action", "Regelaktion|Décision de filtrage|Decyzja|İşlem|Final Action"),
        ("bytes_up", "Rozmiar wysłanych danych|bajty_wyslane|Gönderilen veri (bayt)|Giden bayt|傳送位元組"),
        ("bytes_down", "Rozmiar odebranych danych|alinan|Al\u0131nan veri (bayt)|Gelen bayt"),
        ("time", "Tarih ve saat|Zaman damgas\u0131|Czas zdarzenia|When"),
    ],
)  # fmt: skip
def test_words_together_mean_a_field(field: str, names: str) -> None:
    assert {name: _field(name) for name in names.split("|")} == dict.fromkeys(names.split("|"), field)


@pytest.mark.parametrize(
    "name",
    [
        "Upload (KB)", "Upload speed", "Packets sent", "Login URL", "Referrer URL", "User Domain", "Destination User", "Origin IP",
        "Response Time", "Destination Country", "Montant", "Account ID", "In", "Out", "Up", "Remote", "Source Port", "Server Time",
        "Blocked Category", "Description", "x" * 200, "", "a@b.example", "Отправлено (КБ)", "送信元ポート", "Trabajo", "Uplink",
        "Upstream", "Gelen", "Rule", "Regel",
    ],
)  # fmt: skip
def test_one_strange_word_or_sense_means_nothing(name: str) -> None:
    assert by_words(name) is None


def test_names_are_known_ones() -> None:
    assert set(_NAMES.values()) <= KNOWN | {"status"}


def test_a_site_that_may_be_an_office_is_no_certain_destination() -> None:
    assert not set(_NAMES.values()) & set(FLAT["host"])


@pytest.mark.parametrize(
    ("name", "page"),
    [("ユーザー名", "cp932"), ("送信バイト数", "cp932"), ("用户名", "gb18030"), ("Пользователь", "cp1251")],
)
def test_headers_in_code_pages_are_read(name: str, page: str) -> None:
    assert in_english(name.encode(page).decode("latin-1")) == in_english(name) != flat(name)


@pytest.mark.parametrize("name", ["Müller", "Gérard", "señor", "Ærø"])
def test_names_of_people_are_in_no_code_page(name: str) -> None:
    assert in_english(name) == flat(name)


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("Zeit,Quelladresse,URL", True),
        ("Дата,Пользователь,URL", True),
        ("time,user,data,handling,clients,URL", False),
        ("Web.dest,network_traffic.src,All_Traffic.user", False),
        ("time,tid,ora,user,URL", False),
        ("IP source,IP destination,site web,port destination", False),
        ("日時,Benutzer,URL", False),
    ],
)
def test_headers_of_languages_that_put_the_day_first(header: str, expected: bool) -> None:
    assert puts_day_first(header.split(",")) is expected


def test_a_long_name_of_known_words_takes_no_time() -> None:
    begin = time.perf_counter()
    for name in ("data" * 12, "conta" * 9, "source" * 8, "reaktion " * 5, "a_" * 24, "data e y " * 5):
        by_words(name)
    assert time.perf_counter() - begin < 0.2
