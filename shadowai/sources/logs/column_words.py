"""What a column is called that no list knows, by the words that its name is made of: ``Zielserver``, ``Visited Site``, ``送信元アドレス``.

A name counts only where each of its words is known and together they mean one thing: ``Bytes uploaded`` is a size that the client sent,
``Upload (KB)``, ``Upload speed`` and ``Login URL`` are nothing. Twenty-two languages, by the words that proxies and reports use in them.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache
from itertools import product
from typing import Final

_LONGEST: Final = 48
"""Characters of the longest name of a column."""
_PUNCTUATION = re.compile(r"[\W_]+")
_WITHIN = re.compile(r"[\W_]+|(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
"""Where words part: at what is no letter, and within ``camelCase``."""


@lru_cache(maxsize=4096)
def flat(name: str) -> str:
    """``name`` without case, blanks, punctuation and accents, in the plain form of its letters (NFKD, Unicode annex 15)."""
    if not name.isascii():
        name = _plain(name)
    return _PUNCTUATION.sub("", name.lower())


_UNDIVIDED = str.maketrans("łŁıøØđĐ", "lLioOdD")
"""Letters with a stroke, or without a dot, which are whole in Unicode, and are left out of names as accents are."""


def _plain(name: str) -> str:
    parts = unicodedata.normalize("NFKD", name).translate(_UNDIVIDED)
    return "".join(one for one in parts if not unicodedata.combining(one))


_WORDS: dict[str, str] = {
    "": "of the on at | de du des del della dello di do da der die das von van le la les el l d dos das à 的",
    "client": """src source client orig originating originator initiator internal local requesting clients | quell quelle
        ursprung ursprungs herkunft herkunfts origine origen origem sorgente bron cliente kunde klient klienta interne interno
        送信元 接続元 アクセス元 リクエスト元 クライアント 源 来源 來源 客户端 客戶端 内网 內網 출발지 클라이언트 소스
        источник источника источнике клиент клиента kaynak istemci źródłowy źródłowe źródła käll kilde lähde zdroj zdrojová
        zdrojový forrás джерело джерела herkomst""",
    "server": """dst dest destination target remote responder | ziel cible distant distante destino destinazione doel bestemming
        bestemmings remoto remota 宛先 接続先 アクセス先 リクエスト先 目的 目的地 目标 目標 목적지 назначения целевой удаленный hedef
        docelowy docelowe docelowa mål kohde cíl cílová cílový cílové cél призначення""",
    "visited": """visited accessed requested queried contacted browsed visit access | besuchte besuchter aufgerufene aufgerufener
        angeforderte visité visitée consulté consultée demandé demandée accédé accédée visitado visitada consultado solicitado
        solicitada accedido acessado acessada acedido visitato visitata richiesto richiesta consultato bezochte opgevraagde zugriff
        zugriffs accès acceso acesso accesso toegang toegangs 閲覧 アクセス 访问 訪問 存取 접속 방문 посещенный посещенного запрошенный
        доступа odwiedzona besøgt besøgte besøkt vierailtu navštívená navštívený navštívené látogatott meglátogatott
        відвіданий відвідана відвіданого ziyaret edilen""",
    "domain": """domain fqdn sni | domäne domaine dominio domínio domein domena домен домена доменное alan ドメイン 域名 網域 도메인
        domæne domene verkkotunnus doména tartomány""",
    "site": """site website websites | página pagina webseite sitio sito webbplats strona witryna сайт сайта ウェブサイト サイト 网站 網站
        站点 站點 사이트 웹사이트 websted hjemmeside nettsted nettside sivusto verkkosivusto stránka weboldal webhely вебсайт""",
    "host": """host hostname | hôte ホスト ホスト名 主机 主機 호스트 хост хоста узел узла hostitel вузол""",
    "box": "server | serveur servidor サーバー サーバ 服务器 伺服器 서버 сервер сервера sunucu",
    "name": """name names | nom nombre nome naam nazwa namn 名 名称 名稱 姓名 이름 명 имя имени ad\u0131 navn nimi jméno název név""",
    "ip": """ip ipaddress ipaddr ipv4 | ip地址""",
    "address": """address addr | adresse adres adress dirección endereço indirizzo アドレス 地址 位址 주소 адрес adresi osoite
        adresa cím адреса адреси""",
    "user": """person user users usr username login logon loggedin loggedon employee staff member requestor | benutzer nutzer
        anwender mitarbeiter benutzername anmelde konto kennung utilisateur identifiant compte collaborateur employé usuario usuário cuenta
        conta empleado funcionário colaborador utilizador utente dipendente gebruiker medewerker użytkownik användare kullan\u0131c\u0131
        ユーザー ユーザ 利用者 使用者 社員 職員 従業員 ログイン ログオン アカウント 用户 用戶 员工 員工 账户 帳戶 账号 帐号 帳號 사용자
        계정 직원 임직원 пользователь пользователя сотрудник сотрудника логин bruger brugernavn bruker brukernavn käyttäjä
        käyttäjänimi käyttäjätunnus uživatel uživatele felhasználó felhasználónév користувач користувача personel 使用人""",
    "account": "account",
    "id": "id",
    "mail": "email mail | mailadresse courriel correo correio eメール メール 邮箱 郵箱 이메일",
    "directory": """logged ad ldap windows sso authenticated auth | angemeldeter angemeldete aangemelde ingelogde connecté conectado
        logado connesso zalogowany inloggad""",
    "device": """device computer machine workstation pc laptop endpoint station ws | gerät rechner arbeitsstation arbeitsplatz appareil
        ordinateur poste equipo dispositivo ordenador estación estação trabajo travail trabalho
        lavoro computador postazione werkstation apparaat komputer dator
        端末 コンピューター コンピュータ デバイス パソコン 终端 終端 计算机 電腦 电脑 단말 단말기 컴퓨터 компьютер компьютера рабочая
        станция устройство устройства bilgisayar enhed enhet datamaskin laite tietokone zařízení počítač eszköz számítógép
        пристрій
        endgerät cihaz""",
    "url": "url uri | 网址 網址 ссылка",
    "whole": "full complete | vollständige complète completa 完全 完整",
    "web": "http https web | webová",
    "port": "port | porta puerto poort ポート ポート番号 端口 포트 порт",
    "method": "method verb mth | méthode método metodo methode metoda メソッド 方法 메서드 метод yöntem",
    "action": """action decision verdict disposition act handling | aktion maßnahme reaktion entscheidung décision acción decisión
        ação decisão azione decisione actie beslissing アクション 判定 動作 动作 处置 處置 조치 동작 действие решение
        вердикт eylem akcja åtgärd toiminto toimenpide akce művelet дія decyzja işlem""",
    "result": """result outcome | ergebnis résultat resultado risultato esito resultaat wynik 結果 结果 결과 처리 処理 处理
        處理 результат sonuç tulos výsledek eredmény""",
    "filter": """rule final filter filtering filtered policy firewall fw taken web | filtre filtro tomada tomado tomata prise genomen
        ergriffene フィルタ フィルタリング フィルター 策略 정책 규칙 regel règle regla regola regra reguła filtrage filtrado filtraggio""",
    "status": "status state | zustand statut état estado situação stato 状态 狀態 状態 상태 статус состояние durum",
    "bytes": """bytes byte b octets octet size volume data traffic length len | datenmenge
        バイト バイト数 字节 字节数 字節 位元組 바이트 바이트수 байт байты байтов bayt bajty bajtów
        volumen daten verkehr trafic tráfico tráfego traffico verkeer größe taille tamaño tamanho
        dimensione grootte datos dados dati données サイズ 量 データ データ量 流量 大小 트래픽 량 크기 трафик объем размер данных
        bajtů bájt tavua tavut байтів
        rozmiar danych veri""",
    "up": """sent upload uploaded up upstream outgoing outbound out tx transmitted egress c2s uplink | subida
        hochgeladen hochgeladene gesendet
        gesendete ausgehend ausgehende envoyé envoyés envoyée envoyées émis montant téléversé téléversés sortant sortants enviado
        enviados subido subidos saliente salientes transmitido transmitidos carregados inviato inviati caricati uscita verzonden
        geüpload uitgaand uitgaande wysłano wysłane skickat skickade 送信 アップロード 上り 上行 发送 發送 上传 上傳 송신 업로드 보낸 상향
        отправлено отправленные отправленных передано исходящий исходящие исходящего gönderilen sendt lähetetty lähetetyt
        odesláno odeslané elküldött küldött надіслано відправлено
        wysłanych 傳送 giden""",
    "down": """received recv recvd rcvd rcv download downloaded down downstream incoming inbound in rx ingress s2c downlink | bajada
        heruntergeladen
        heruntergeladene empfangen empfangene eingehend eingehende reçu reçus reçue reçues descendant téléchargé téléchargés entrant
        entrants recibido recibidos bajado bajados descargado descargados entrante entrantes recebido recebidos baixado baixados
        descarregados ricevuto ricevuti scaricati entrata ontvangen gedownload inkomend inkomende odebrano odebrane mottaget mottagna
        受信 ダウンロード 下り 下行 接收 下载 下載 수신 다운로드 받은 하향 получено полученные полученных принято входящий входящие
        входящего al\u0131nan modtaget mottatt vastaanotettu vastaanotetut přijato přijaté fogadott letöltött отримано odebranych gelen""",
    "request": "request req | 要求 anfrage requête solicitud requisição richiesta リクエスト 请求 請求 요청 запрос запроса",
    "response": "response resp rsp reply | antwort réponse respuesta resposta risposta レスポンス 応答 响应 回應 응답 ответ ответа",
    "time": """time timestamp ts | zeit zeitpunkt zeitstempel uhrzeit heure horodatage hora horario ora orario tijd tijdstip tijdstempel
        czas godzina tid tidpunkt 時刻 時間 日時 时间 时刻 시간 시각 일시 время zaman saat tidspunkt klokkeslæt klokkeslett
        aika kellonaika aikaleima čas idő időpont час damgas\u0131""",
    "date": "date | datum fecha data 日付 日期 날짜 дата tarih dato päivämäärä dátum",
    "and": "and | und et y e en i och и 及 ve",
    "event": """event log record occurred activity | ereignis protokoll événement evento registro gebeurtenis イベント ログ 記録 事件
        日志 日誌
        记录 로그 이벤트 발생 события событие olay
        zdarzenia zdarzeń""",
    "sum": "sum total | gesamt somme suma soma somma som 合計 总 總 합계 всего итого",
    "start": "start begin | beginn début inicio início inizio aanvang 開始 开始 시작 начало начала",
}  # fmt: skip
"""What a word means to the words that have the meaning, those of English before the bar. A word may have several, in different
languages."""

_MEANS: dict[str, str] = {
    "client ip": "src_ip", "client address": "src_ip", "client ip address": "src_ip", "user ip": "user_ip",
    "user address": "user_ip", "user ip address": "user_ip", "device ip": "device_ip", "device address": "device_ip",
    "device ip address": "device_ip", "ip address": "ip_address", "client": "client",
    "server ip": "dst_ip", "server address": "dst_ip", "server ip address": "dst_ip", "box ip": "server_ip",
    "box address": "server_ip", "box ip address": "server_ip",
    "server": "destination", "server name": "destination name", "server box": "dest_name", "server box name": "dest_name",
    "server host": "dest_name", "server host name": "dest_name", "server domain": "fqdn", "server domain name": "fqdn",
    "server site": "target", "server device": "dest_name", "server device name": "dest_name",
    "visited domain": "fqdn", "visited domain name": "fqdn", "visited host": "dest_name",
    "visited host name": "dest_name", "visited box": "dest_name", "visited site": "website", "visited site name": "website",
    "request host": "dest_name", "request host name": "dest_name", "request domain": "fqdn", "request domain name": "fqdn",
    "box host": "server_host", "box host name": "server_host",
    "site": "website", "site name": "website", "site address": "website", "domain": "domain", "domain name": "domain_name",
    "host": "hostname", "host name": "hostname",
    "url": "url", "server url": "dest_url", "visited url": "requested_url", "request url": "request_url", "whole url": "full_url",
    "web url": "web_url", "site url": "web_url", "url address": "url",
    "user": "user_account", "user name": "user_account", "user id": "user_id", "account user": "user_account",
    "account user name": "user_account", "user mail": "user_email",
    "directory user": "user_account", "directory user name": "user_account", "client user": "src_user", "client user name": "src_user",
    "device": "device_name", "device name": "device_name", "device id": "device_name", "client device": "src_hostname",
    "client device name": "src_hostname", "client host": "src_hostname", "client host name": "src_hostname",
    "device host": "device_name", "device host name": "device_name", "user device": "device_name", "user device name": "device_name",
    "server port": "dst_port", "box port": "server_port",
    "method": "method", "web method": "http_method", "request method": "request_method", "web request method": "request_method",
    "action": "action", "result": "result", "action result": "action_taken", "filter action": "filter_action",
    "filter result": "filter_result", "visited result": "result", "visited action": "action", "status": "status",
    "visited status": "status", "filter status": "status",
    "up": "bytes_up", "up bytes": "bytes_up", "sum up": "bytes_up", "sum up bytes": "bytes_up", "sum down": "bytes_down",
    "sum down bytes": "bytes_down", "request bytes": "request_bytes", "client bytes": "client_bytes",
    "client up bytes": "bytes_up", "down": "bytes_down", "down bytes": "bytes_down", "response bytes": "response_bytes",
    "server bytes": "server_bytes", "client down bytes": "bytes_down",
    "time": "time", "date": "date", "date time": "datetime", "and date time": "datetime", "event time": "event_time",
    "visited time": "event_time", "client time": "event_time", "request time": "event_time", "event date": "event_date",
    "visited date": "event_date", "event date time": "event_time", "visited date time": "event_time",
    "and event date time": "event_time", "and visited date time": "event_time", "start time": "start_time",
    "start date time": "start_time", "request start time": "start_time",
}  # fmt: skip
"""What the words of a name mean together, in any order, to the name that it goes by; see ``aliases``. Where a server's name may stand it is
one of those of which the value is asked as well: a branch office may be a remote site."""

_ALONE: Final = frozenset((
    "in", "out", "up", "down", "b", "no", "id", "act", "remote", "client", "access", "visit", "log", "record", "event", "start", "data",
    "montant", "account", "trabajo", "travail", "trabalho", "lavoro", "uplink", "downlink",
    "upstream", "downstream", "giden", "gelen",
))  # fmt: skip
"""Words of too many meanings to be a name by themselves: ``In`` may be a network's card, ``Up`` whether something runs."""
_SHORT: Final = frozenset(("ip", "pc", "id"))
"""Words of two letters of the alphabet that stand within longer ones (``IPアドレス``, ``PC명``)."""
_MOST: Final = 64
"""Ways to understand a name that are tried."""


def _meanings() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    for meaning, words in _WORDS.items():
        for word in words.replace("|", " ").split():
            found.setdefault(flat(word), set()).add(meaning)
    return {word: frozenset(meanings) for word, meanings in found.items()}


_MEANING: Final = _meanings()
_ENGLISH: Final = frozenset(flat(word) for words in _WORDS.values() for word in words.partition("|")[0].split())
_WITHIN_OTHERS: Final[dict[str, list[str]]] = {}
"""By their first letter the words that may stand within others."""
for _word in _MEANING:
    if len(_word) > 2 or _word in _SHORT or _word[:1] > "\u2e7f":
        _WITHIN_OTHERS.setdefault(_word[0], []).append(_word)
_NAMES: Final = {frozenset(words.split()): flat(name) for words, name in _MEANS.items()}


@lru_cache(maxsize=4096)
def by_words(name: str) -> str | None:
    """The flat name, known in English, of a column that is called ``name``; ``None`` where a word is unknown or their sense is."""
    if not name or len(name) > _LONGEST or "@" in name:
        return None
    parts = [part.lower() for part in _WITHIN.split(name if name.isascii() else _plain(name)) if part]
    if len(parts) == 1 and parts[0] in _ALONE:
        return None
    words: list[str] = []
    for part in parts:
        found = _words_of(part)
        if found is None:
            return None
        words += found
    return next((_NAMES[sense] for sense in _senses(words) if sense in _NAMES), None)


def has_word_abroad(name: str, *, listed: bool = False) -> bool:
    """Whether one of the known words that ``name`` is made of is in use in another language than English, and no short one: of four
    letters at least, since three are ``tid`` in one language, and mean anything in the next. Of a name that is ``listed`` as one of
    another language three tell, and so does a word that is not known by itself."""
    if len(name) > _LONGEST:
        return False
    parts = [part.lower() for part in _WITHIN.split(name if name.isascii() else _plain(name)) if part]
    words = (word for part in parts for word in _words_of(part) or ((part,) if listed else ()))
    return any(len(word) > 3 - listed and word not in _ENGLISH for word in words)


def _senses(words: list[str]) -> Iterator[frozenset[str]]:
    """What the words can mean together."""
    for place, meant in enumerate(product(*(sorted(_MEANING[word]) for word in words))):
        if place == _MOST:
            return
        yield frozenset(meant) - {""}


def _words_of(part: str) -> list[str] | None:
    """The fewest known words that ``part`` is made of; ``None`` where it is of others as well."""
    if part in _MEANING:
        return [part]
    best: dict[int, list[str]] = {0: []}
    farthest = 0
    for begin in range(len(part)):
        if begin > farthest:
            return None
        for word in _WITHIN_OTHERS.get(part[begin], ()) if begin in best else ():
            end = begin + len(word)
            if part.startswith(word, begin) and (end not in best or len(best[begin]) + 1 < len(best[end])):
                best[end] = [*best[begin], word]
                farthest = max(farthest, end)
    return best.get(len(part))
