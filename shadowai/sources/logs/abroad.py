"""Names of a table's columns in other languages, as proxies and reports call them in what they export: German, French, Spanish,
Portuguese, Italian, Dutch, Polish, Swedish, Japanese, Chinese and Korean."""

from __future__ import annotations

ABROAD: dict[str, tuple[str, ...]] = {
    "dest_host": (
        "Ziel-Host", "Ziel-Hostname", "Zielname", "hôte de destination", "hôte destination", "host de destino",
        "host destino", "host di destinazione", "host destinazione", "doelhost", "宛先ホスト", "宛先ホスト名",
        "接続先ホスト", "接続先ホスト名", "目标主机", "serveur de destination", "servidor de destino",
        "nom d'hôte de destination", "host docelowy", "nazwa hosta docelowego", "목적지 호스트", "接続先サーバー",
        "リクエスト先ホスト名", "アクセス先ホスト", "アクセス先ホスト名", "目的主机",
    ),
    "dest_domain": (
        "Zieldomain", "Zieldomäne", "domaine de destination", "domaine destination", "dominio de destino",
        "dominio destino", "dominio di destinazione", "宛先ドメイン", "目标域名", "domaine cible",
        "domínio acessado", "dominio visitado", "domena docelowa", "doeldomein", "måldomän", "接続先ドメイン",
        "アクセス先ドメイン", "目的域名", "访问域名", "목적지 도메인",
    ),
    "destination": (
        "Ziel", "destino", "destinazione", "bestemming", "宛先", "接続先", "目的地", "목적지",
    ),
    "website": (
        "Webseite", "site web", "sitio web", "sitio", "página web", "sito web", "sito", "サイト", "网站",
        "besuchte Webseite", "besuchte Website", "Internetseite", "site visité", "site consulté", "sitio visitado",
        "site visitado", "site acessado", "sito visitato", "bezochte website", "strona", "strona internetowa",
        "witryna", "webbplats", "アクセス先", "アクセス先サイト", "ウェブサイト", "访问网站", "访问站点", "站点",
        "사이트", "웹사이트",
    ),
    "domain": (
        "Domäne", "domaine", "nom de domaine", "dominio", "domein", "ドメイン", "ドメイン名", "域名", "도메인",
        "domena", "domän", "域名地址", "도메인명", "도메인 이름",
    ),
    "url": (
        "Ziel-URL", "aufgerufene URL", "URL demandée", "URL cible", "URL de destination", "URL de destino",
        "URL destino", "URL solicitada", "URL di destinazione", "宛先URL", "接続先URL", "アクセス先URL", "访问URL",
        "besuchte URL", "Webadresse", "Internetadresse", "URL visitée", "URL consultée", "adresse URL",
        "adresse web", "URL visitada", "dirección URL", "dirección web", "URL acessada", "endereço URL",
        "URL visitato", "indirizzo URL", "indirizzo web", "bezochte URL", "webadres", "adres URL", "閲覧URL",
        "アクセスURL", "リクエストURL", "网址", "访问网址", "请求URL", "접속 URL", "접속 주소",
    ),
    "user": (
        "Benutzer", "Nutzer", "Anwender", "Mitarbeiter", "utilisateur", "usuario", "utente", "gebruiker", "ユーザー",
        "ユーザ", "用户", "사용자", "empleado", "empregado", "funcionário", "dipendente", "collaborateur",
        "medewerker", "użytkownik", "pracownik", "användare", "bruger", "bruker", "社員", "職員",
    ),
    "username": (
        "Benutzername", "nom d'utilisateur", "nom utilisateur", "nombre de usuario", "nombre usuario",
        "nome de usuário", "nome do usuário", "nome utente", "gebruikersnaam", "ユーザー名", "ユーザ名", "ユーザID",
        "ユーザーID", "用户名", "Benutzerkennung", "Benutzer-ID", "Anmeldename", "nom de l'utilisateur",
        "compte utilisateur", "nombre del usuario", "cuenta de usuario", "nome do utilizador", "nome de utilizador",
        "nazwa użytkownika", "użytkownik domenowy", "användarnamn", "brugernavn", "brukernavn", "ログオンユーザー",
        "ログオンユーザー名", "ログインユーザー名", "アカウント名", "用户账号", "用户姓名", "账号", "帐号",
        "사용자명", "사용자 이름", "사용자 ID",
    ),
    "device_name": (
        "Gerät", "Gerätename", "Rechner", "Rechnername", "Arbeitsplatz", "appareil", "ordinateur", "nom du poste",
        "equipo", "dispositivo", "ordenador", "端末", "端末名", "コンピューター名", "コンピュータ名", "デバイス名",
        "PC名", "poste", "poste de travail", "nom de l'ordinateur", "nom de la machine", "nom d'ordinateur",
        "nombre del equipo", "nombre de equipo", "nombre del dispositivo", "computador", "nome do computador",
        "estação", "estación", "estação de trabalho", "nome computer", "nome del computer", "nome dispositivo",
        "postazione", "computernaam", "apparaat", "apparaatnaam", "werkstation", "komputer", "nazwa komputera",
        "urządzenie", "nazwa urządzenia", "stacja robocza", "dator", "datornamn", "コンピューター", "コンピュータ",
        "デバイス", "クライアント名", "计算机", "计算机名", "计算机名称", "终端", "终端名称", "设备名称", "컴퓨터",
        "컴퓨터명", "컴퓨터 이름", "단말", "단말기", "단말명", "기기명",
    ),
    "source": (
        "Quelle", "origen", "origem", "sorgente", "źródło", "출발지",
    ),
    "src_ip": (
        "Quell-IP", "Quell-IP-Adresse", "Quelladresse", "adresse IP source", "IP source", "adresse source",
        "IP de origen", "IP origen", "dirección IP de origen", "IP de origem", "IP origem", "IP sorgente",
        "indirizzo IP sorgente", "bron-IP", "bronadres", "送信元IP", "送信元IPアドレス", "送信元アドレス", "接続元IP",
        "源IP", "源地址", "IP-Quelladresse", "dirección de origen", "dirección origen", "endereço IP de origem",
        "endereço de origem", "indirizzo IP di origine", "indirizzo sorgente", "bron-IP-adres", "adres IP źródła",
        "adres IP źródłowy", "źródłowy adres IP", "źródłowy IP", "IP źródłowe", "adres źródłowy", "käll-IP",
        "接続元IPアドレス", "アクセス元IP", "アクセス元IPアドレス", "リクエスト元IP", "源IP地址", "源地址IP",
        "来源IP", "来源地址", "출발지 IP", "출발지 IP 주소", "출발지 주소", "소스 IP",
    ),
    "client_ip": (
        "Client-IP-Adresse", "adresse IP client", "クライアントIP", "IP del cliente", "IP cliente", "IP do cliente",
        "adres IP klienta", "IP klienta", "クライアントIPアドレス", "客户端IP", "客户端IP地址", "终端IP", "用户IP",
        "클라이언트 IP",
    ),
    "ip_address": (
        "IP-Adresse", "adresse IP", "dirección IP", "endereço IP", "indirizzo IP", "IPアドレス", "adres IP",
        "IP-adres", "IP地址", "IP 주소",
    ),
    "dst_ip": (
        "Ziel-IP", "Ziel-IP-Adresse", "Zieladresse", "adresse IP de destination", "adresse IP destination",
        "IP de destination", "IP destination", "adresse de destination", "dirección IP de destino", "IP de destino",
        "IP destino", "IP di destinazione", "IP destinazione", "doel-IP", "宛先IP", "宛先IPアドレス", "宛先アドレス",
        "接続先IP", "目的IP", "目标IP", "IP-Zieladresse", "dirección de destino", "dirección destino",
        "endereço IP de destino", "endereço de destino", "indirizzo IP di destinazione", "indirizzo di destinazione",
        "doel-IP-adres", "doeladres", "docelowy adres IP", "adres IP docelowy", "adres docelowy", "docelowe IP",
        "mål-IP", "接続先IPアドレス", "サーバIP", "サーバーIP", "目的IP地址", "目的地址", "目标IP地址", "目标地址", "목적지 IP",
        "목적지 IP 주소", "목적지 주소",
    ),
    "dst_port": (
        "Zielport", "port de destination", "port destination", "puerto de destino", "puerto destino",
        "porta di destinazione", "porta de destino", "宛先ポート", "目的端口", "目标端口", "porta destino",
        "doelpoort", "port docelowy", "宛先ポート番号", "接続先ポート", "목적지 포트",
    ),
    "method": (
        "Methode", "HTTP-Methode", "méthode HTTP", "método", "método HTTP", "メソッド", "metoda", "metoda HTTP",
        "请求方法", "메서드",
    ),
    "action": (
        "Aktion", "Ergebnis", "acción", "azione", "ação", "actie", "アクション", "処理", "判定", "動作", "动作",
        "Maßnahme", "Entscheidung", "résultat", "resultado", "risultato", "esito", "resultaat", "akcja",
        "działanie", "wynik", "åtgärd", "フィルタ結果", "フィルタリング結果", "判定結果", "処理結果", "規制結果",
        "転送状態", "结果", "处理动作", "执行动作", "策略动作", "处置", "동작", "조치", "처리", "처리결과",
    ),
    "bytes_up": (
        "gesendet", "gesendete Bytes", "gesendet (Bytes)", "Bytes gesendet", "octets envoyés", "bytes enviados",
        "byte inviati", "bytes inviati", "verzonden bytes", "bytes verzonden", "送信バイト", "送信バイト数",
        "送信サイズ", "发送字节", "发送字节数", "hochgeladene Bytes", "Bytes hochgeladen", "octets émis",
        "bytes envoyés", "byte in uscita", "bytes transmitidos", "wysłane bajty", "bajty wysłane",
        "wysłano bajtów", "skickade byte", "送信データサイズ", "リクエストサイズ", "上行字节", "上行字节数",
        "보낸 바이트", "송신 바이트",
    ),
    "bytes_down": (
        "empfangen", "empfangene Bytes", "empfangen (Bytes)", "Bytes empfangen", "octets reçus", "bytes recibidos",
        "bytes recebidos", "byte ricevuti", "bytes ricevuti", "ontvangen bytes", "bytes ontvangen", "受信バイト",
        "受信バイト数", "受信サイズ", "接收字节", "接收字节数", "heruntergeladene Bytes", "Bytes heruntergeladen",
        "bytes reçus", "byte in entrata", "odebrane bajty", "bajty odebrane", "odebrano bajtów", "mottagna byte",
        "受信データサイズ", "レスポンスサイズ", "下行字节", "下行字节数", "받은 바이트", "수신 바이트",
    ),
    "timestamp": (
        "Zeitstempel", "Zeitpunkt", "Datum/Uhrzeit", "Datum und Uhrzeit", "horodatage", "date et heure", "date heure",
        "fecha y hora", "fecha/hora", "marca de tiempo", "data e ora", "data/ora", "data e hora", "data/hora",
        "tijdstip", "datum en tijd", "datum/tijd", "日時", "アクセス日時", "発生日時", "タイムスタンプ", "时间",
        "시간", "Zugriffszeit", "heure d'accès", "fecha y hora de acceso", "data i godzina", "data/godzina", "czas",
        "znacznik czasu", "tidpunkt", "datum och tid", "tidsstämpel", "記録日時", "接続日時", "検知日時", "时间戳",
        "日期时间", "访问时间", "发生时间", "记录时间", "日志时间", "일시", "발생 시간", "접속 시간", "접속일시",
    ),
    "date": (
        "Datum", "fecha", "日付", "日期", "날짜",
    ),
    "time": (
        "Uhrzeit", "Zeit", "heure", "hora", "ora", "tijd", "時刻", "時間", "godzina", "시각",
    ),
}  # fmt: skip
"""English names of a table's columns to those abroad."""

LISTS_ABROAD: dict[str, tuple[str, ...]] = {
    "subject": (
        "Betreff", "objet", "asunto", "assunto", "oggetto", "onderwerp", "temat", "件名", "主题", "邮件主题",
    ),
    "sender": (
        "Absender", "expéditeur", "remitente", "remetente", "mittente", "afzender", "nadawca", "差出人", "送信者",
        "发件人", "보낸 사람",
    ),
    "recipient": (
        "Empfänger", "destinataire", "destinatario", "ontvanger", "odbiorca", "受信者", "收件人", "받는 사람",
    ),
    "currency": (
        "Währung", "devise", "moneda", "moeda", "valuta", "waluta", "通貨", "币种", "통화",
    ),
    "invoice number": (
        "Rechnungsnummer", "numéro de facture", "número de factura", "número da fatura", "numero fattura",
        "factuurnummer", "numer faktury", "請求書番号", "发票号码",
    ),
    "ticket number": (
        "Ticket-Nr", "Ticketnummer", "numéro de ticket", "número de ticket", "numer zgłoszenia", "工单号",
    ),
    "operating system": (
        "Betriebssystem", "système d'exploitation", "sistema operativo", "sistema operacional", "besturingssysteem",
        "system operacyjny", "操作系统", "운영체제",
    ),
    "rule": (
        "Regel", "Regelname", "règle", "nom de la règle", "regla", "regra", "regola", "reguła",
    ),
    "owner": (
        "Besitzer", "Eigentümer", "propriétaire", "propietario", "proprietario", "eigenaar", "właściciel",
    ),
}  # fmt: skip
"""The same for what lists have that are no logs of use: letters, invoices, tickets, devices, rules."""
