"""The names under which products and people export the fields of a record, for generic CSV, JSON and key=value input.

Names are compared without case, blanks, punctuation and accents: ``Destination Host``, ``dest_host`` and ``destHost`` are one.
The order within a field is the order of preference. Direction is the client's: what it sends is ``bytes_up``.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from contextlib import suppress
from functools import cache, lru_cache

from shadowai.sources.logs.abroad import ABROAD, LISTS_ABROAD, OF_PAPERS, OF_THINGS
from shadowai.sources.logs.column_words import by_words, has_word_abroad
from shadowai.sources.logs.column_words import flat as flat

ALIASES: dict[str, tuple[str, ...]] = {
    "host": (
        "dest_host", "dest_hostname", "destination host", "destination hostname", "destination host name",
        "dst_host", "dst_hostname", "dsthost", "dst_name", "dhost", "destination fqdn", "dest_fqdn", "dst_fqdn",
        "destination.domain", "dest_domain", "destination domain", "dst_domain", "destination_dns_domain",
        "server.domain", "destination server name", "cs-host", "cs(host)", "http_host", "http.host", "http.hostname",
        "host_header", "request_host", "requested_host", "requested domain", "target_host", "target domain",
        "remote_hostname", "remote domain", "web_domain", "dst_endpoint.hostname", "dst_endpoint.domain",
        "http_request.url.hostname", "url.domain", "url.host", "url.hostname", "url_domain", "url_host", "sni",
        "tls.sni", "ssl.server_name", "tls.client.server_name", "server_name_indication", "tls_sni", "ssl_sni",
        "x-cs-sni", "cs-sni", "query_name", "queryname", "qname", "dns.question.name", "dns_query", "dns.query",
        "dns.rrname", "rrname", "dns_question_name", "dns_query_name", "queried domain", "query.hostname",
        "domain queried", "question_name", "event.dns.request", "target.hostname", "url_details.host",
        "http.url_details.host", "app domain", "application domain", "service domain",
    ),
    "url": (
        "url", "full_url", "url full", "url.full", "url.original", "request_url", "requested_url", "requested url",
        "destination url", "dest_url", "dst_url", "http_url", "http.url", "web_url", "target_url", "cs-url", "c-url",
        "cs-uri", "c-uri", "uri", "request_uri", "remote_url", "remoteurl", "url_text",
        "http_request.url.url_string", "event.url.address", "target.url", "url (custom)", "visited_url", "current_url", "page_url",
        "active_url", "web page address", "resource_url",
    ),
    "path": (
        "path", "uri_path", "url_path", "cs-uri-path", "cs-uri-stem", "uri_stem", "url.path", "request_path",
        "http_request.url.path", "request_uri", "uri",
    ),
    "user": (
        "user", "username", "user_name", "user.name", "user name", "login", "login_name", "user login",
        "cs-username", "cs-userdn", "src_user", "srcuser", "source user", "source username", "suser", "source.user.name",
        "client.user.name", "user_principal_name", "userprincipalname", "upn", "user_email", "user.email",
        "useremail", "email", "email address", "mail", "actor.user.email_addr", "actor.user.name", "actor.user.email",
        "principal.user.email", "identity.email", "actor.email",
        "account_name", "accountname", "user account", "initiating_process_account_upn",
        "initiatingprocessaccountname", "src username", "principal.user.userid", "principal.user.email_addresses", "usr.name",
        "usr.email", "usr.id", "remote_user", "user id", "userid", "employee", "student email", "student", "student name", "principal",
        "actor", "identity", "profile_user", "device_user", "who", "meta_username", "initiating user", "logged in user",
        "actor.alternateId", "user_src", "from user",
    ),
    "device": (
        "source hostname", "src_hostname", "source host name", "client_hostname", "client hostname", "src_name", "srcname",
        "src_endpoint.hostname", "device", "device_name", "devicename", "device hostname", "computer", "computer_name", "computername",
        "workstation", "workstation name", "machine", "machine_name", "endpoint", "endpoint_name",
        "endpoint hostname", "source host", "src_host", "shost", "client_name", "client host", "pc name",
        "source.domain", "client.domain", "principal.hostname", "meta_hostname", "from host",
    ),
    "client_ip": (
        "client_ip", "clientip", "client ip address", "c-ip", "src_ip", "srcip", "source_ip", "source ip",
        "source ip address", "source address", "src_addr", "srcaddr", "source.ip", "source.address", "sourceaddress",
        "src_endpoint.ip", "client.ip", "client.address", "client address", "client_addr", "clientaddress",
        "user_ip", "user ip address", "x-client-ip", "internal_ip", "internal ip address", "private_ip",
        "local_ip", "localip", "local address", "cip", "sip", "id.orig_h", "id_orig_h", "orig_h", "src", "source",
        "client", "device_ip", "remote_addr", "callingip", "src_ip_addr", "principal.ip", "network.client.ip", "ip_address", "ipaddress",
        "ip", "public_ip", "public ip address", "meta_ip_address", "actor_ip", "actor_ip_address", "actor.ip", "requester ip", "ip_src",
        "from ip", "local_address_ip4", "local_address_ip6",
    ),
    "server_ip": (
        "server_ip", "serverip", "dst_ip", "dstip", "dest_ip", "destip", "destination_ip", "destination ip",
        "destination ip address", "destination address", "destination.ip", "destination.address", "dst_addr",
        "dest_addr", "dstaddr", "dst_address", "destinationaddress", "dst_endpoint.ip", "server.ip",
        "server address", "remote_ip", "remoteip", "remote address", "r-ip", "dip", "id.resp_h", "id_resp_h",
        "resp_h", "target_ip", "external_ip", "dst_ip_addr", "ip_dst", "to ip",
        "remote_address_ip4", "remote_address_ip6", "dst", "dest", "destination", "s-ip",
    ),
    "server_port": (
        "server_port", "dst_port", "dstport", "dest_port", "destport", "destination_port", "destination port",
        "destination.port", "dst_endpoint.port", "dport", "dpt", "remote_port", "remoteport",
        "server port", "server.port", "id.resp_p", "id_resp_p", "resp_p", "cs-uri-port", "target.port",
        "dst_port_number", "tcp_dstport", "tcp_dport", "to port",
    ),
    "method": (
        "method", "http_method", "http method", "http_action", "request_method", "requestmethod", "cs-method",
        "http.request.method", "http_request.http_method", "verb", "reqmethod", "http_verb",
    ),
    "action": (
        "action", "device_action", "policy_action", "policy action", "action taken", "event_action", "event.action", "verdict",
        "decision", "disposition", "sc-filter-result", "s-action", "filter_result", "filter action",
        "firewall action", "action_taken", "policy result", "act", "result", "outcome", "event.outcome",
        "status_text", "dvc_action", "security_result.action", "rule action", "action_name",
        "blocked", "is_blocked", "was_blocked", "squid_status", "cache_status", "cache_result",
        "log subtype", "event_result", "enforcement mode", "permit/deny", "allow/deny", "allow/block", "allowed/blocked", "pass/block",
    ),
    "bytes_up": (
        "bytes_up", "bytes up", "up bytes", "cs-bytes", "upload", "upload_bytes", "bytes uploaded",
        "uploaded_bytes", "uploadbytes", "uploaded", "upload size", "request_size", "requestsize", "request size",
        "reqsize", "request_bytes", "request bytes", "reqbytes", "request_body_len", "request_length", "http.request.bytes",
        "client_bytes", "bytes_from_client", "client_to_server_bytes", "bytes_toserver", "bytes_to_server",
        "flow.bytes_toserver", "orig_bytes", "orig_ip_bytes", "source.bytes", "client.bytes", "srcbytes", "src_bytes",
        "traffic.bytes_out", "bytes_out", "bytesout", "bytes out", "out_bytes", "outbound_bytes", "outbound bytes",
        "bytes_sent", "bytessent", "bytes sent", "sent_bytes", "sentbytes", "sentbyte", "tx_bytes", "txbytes",
        "bytes_tx", "network.sent_bytes", "bytes sent to server", "bytes received from client", "sent",
    ),
    "bytes_down": (
        "bytes_down", "bytes down", "down bytes", "sc-bytes", "download", "download_bytes",
        "bytes downloaded", "downloaded_bytes", "downloadbytes", "downloaded", "download size", "response_size",
        "responsesize", "response size", "respsize", "response_bytes", "response bytes", "rspbytes", "response_body_len",
        "http.response.bytes", "body_bytes_sent", "server_bytes", "bytes_from_server", "server_to_client_bytes",
        "bytes_toclient", "bytes_to_client", "flow.bytes_toclient", "resp_bytes", "resp_ip_bytes", "destination.bytes", "dest_bytes",
        "server.bytes", "dstbytes", "dst_bytes", "traffic.bytes_in", "bytes_in", "bytesin", "bytes in", "in_bytes",
        "inbound_bytes", "inbound bytes", "bytes_received", "bytesreceived", "bytes received", "received_bytes",
        "receivedbytes", "receivedbyte", "rcvdbyte", "rcvd_bytes", "recv_bytes", "recvbytes", "rx_bytes", "rxbytes",
        "bytes_rx", "network.received_bytes", "bytes received from server", "bytes sent to client", "received", "rcvd",
    ),
    "user_agent": (
        "user_agent", "useragent", "cs(user-agent)", "user-agent", "ua", "http_user_agent", "user_agent.original",
        "http_request.user_agent", "request_user_agent", "http.user_agent", "browser", "agent",
    ),
    "time": (
        "time", "timestamp", "@timestamp", "datetime", "date_time", "date/time", "date & time", "date and time", "happened", "event_time",
        "eventtime", "date time", "_time", "ts", "time_generated", "timegenerated", "timestamp [utc]",
        "timestamp utc", "event_sec", "time (utc)", "utc time", "date (utc)",
        "datetime (utc)", "event time (utc)", "timestamp (utc)", "start_time",
        "starttime", "start time", "receive time", "received time",
        "log_time", "logtime", "log date", "event date", "access time", "visit time",
        "occurred", "occurred at", "logged_at", "logged time", "recorded_at", "event timestamp", "local time", "flow_start",
        "flow start time",
        "created", "created_at", "created_on", "created date time", "creation_time", "event.created", "event.start",
        "request_time", "time_iso8601", "time_local",
        "request timestamp", "message time", "receipt time", "time generated [utc]", "time generated [local time]",
        "metadata.event_timestamp",
        "event_start_time", "generated time", "published", "start", "first seen", "last seen", "date", "when",
    ),
}  # fmt: skip
"""Record field (and ``time``) to its names."""

_ENGLISH = {flat(name): flat(english) for english, names in (ABROAD | LISTS_ABROAD).items() for name in names}

_EAST = (("\u1100", "\u11ff"), ("\u2e80", "\ud7ff"), ("\uf900", "\ufaff"), ("\uff66", "\uffdc"))
"""First and last letters of Japanese, Chinese and Korean: as a pattern they take longer to compile than most logs to be recognised."""

_PREFIX = re.compile(r"(?:web|dns|all_traffic|network_traffic|network_resolution)\.(?=.)", re.IGNORECASE)
"""Data models of Splunk, whose names stand before those of fields in what a search exports."""


@lru_cache(maxsize=4096)
def in_english(name: str) -> str:
    """The flat name of a table's column, in English where it is a known one of another language, or one made of known words."""
    plain = flat(name)
    if plain not in KNOWN and (model := _PREFIX.match(name)) is not None:
        plain = flat(name[model.end() :])
    found = _ENGLISH.get(plain) or (plain if plain in _SAID else by_words(name))
    return found or next((known for _, text in _as_meant(name) if (known := in_english(text)) in KNOWN), plain)


def puts_day_first(header: Sequence[str]) -> bool:
    """Whether a table's header is in a language whose dates, where the year comes last, have the day before the month: any of those known
    here but English, of which the American kind does not, and Japanese, Chinese and Korean, which write the year first (Unicode CLDR,
    ``dateFormats`` of each locale)."""
    if any(first <= letter <= last for letter in {*"".join(header)} for first, last in _EAST):
        return False
    names = (name for name in header if flat(name) not in KNOWN and in_english(name) in KNOWN)
    return any(flat(name) in _abroad() or has_word_abroad(name) for name in names)


@cache
def _abroad() -> frozenset[str]:
    """The flat names of :data:`.ABROAD` that no table in English has, as it may have ``IP destination`` and ``site web``."""
    names = (name for names in ABROAD.values() for name in names)
    return frozenset(flat(name) for name in names if len(name) > 3 and has_word_abroad(name, listed=True))


def page_of(header: Sequence[str]) -> str | None:
    """The code page (as Python names it) that a table's header, which was read as Latin-1, is in: the one in which most of its names are
    known ones, of those that are none as they were read. ``None`` where none is."""
    names = [name for name in header if flat(name) not in KNOWN]
    found = Counter(page for name in names for page, text in _as_meant(name) if in_english(text) in KNOWN)
    return max(_PAGES, key=found.__getitem__) if found else None


def _as_meant(name: str) -> Iterator[tuple[str, str]]:
    """``name`` in the code pages of tables that were not written in UTF-8, which are read as Latin-1, each with the page."""
    if name.isascii() or max(name) > "\xff":
        return
    raw = name.encode("latin-1")
    mostly = 3 * sum(map("\x7f".__lt__, name)) > len(name)
    for page in _PAGES if mostly else _LATIN_PAGES:
        with suppress(UnicodeDecodeError):
            if max(text := raw.decode(page)) > "\xff" or (page == _OF_MACS and _CONTROLS.search(name)):
                yield page, text


_OF_MACS = "mac_roman"
"""In it Excel saves CSV on a Mac where it is not told to use UTF-8. Its small letters stand where Latin-1 has no letters."""
_CONTROLS = re.compile("[\x80-\x9f]")
_LATIN_PAGES = ("cp1250", _OF_MACS)
"""Code page of Windows in Poland, Czechia, Slovakia, Hungary, Slovenia and Croatia, and that: few letters of a name are in it, and not in
ASCII."""
_PAGES = ("cp932", "gb18030", "big5", "cp949", "cp1251", *_LATIN_PAGES)
"""Code pages of Windows in Japan, China, Taiwan, Korea, Russia, and those."""

LIKELY_HOST = (
    "server_name", "query", "question", "fqdn", "website", "web address", "destination name", "dest_name", "target", "destination",
    "dest", "dst", "remote_name", "to host",
)  # fmt: skip
"""Columns that are the destination where they hold a name with a dot; else a query string, an office, an address."""

VAGUE_HOST = (
    "site", "domain", "domain_name", "domainname", "remote_host", "remotehost", "server", "server host", "host",
    "hostname", "host name",
)  # fmt: skip
"""Columns that hold the destination in one log; in the next the device that reports, the user's directory, the client."""

# W3C's s-ip and s-port are, flattened, the ``sip`` and ``sport`` that elsewhere are the client's: the one comes last, the other not at all.
FLAT: dict[str, tuple[str, ...]] = {
    name: tuple(dict.fromkeys(flat(alias) for alias in aliases)) for name, aliases in ALIASES.items()
}
"""The same, flattened for comparison."""

TELLING = frozenset((*FLAT["host"], *FLAT["url"], *map(flat, (*LIKELY_HOST, *VAGUE_HOST)), "adresse"))
"""Names of which a table must have one to be a log of use. German ``Adresse`` is a page's or a
person's: its values tell."""

REPORTERS = frozenset({
    "agent", "host", "observer", "beat", "collector", "sensor", "device", "logstash", "kubernetes", "container",
    "cloud", "orchestrator", "threat", "indicator", "ioc", "geo", "as", "process", "file", "dll", "registry",
    "organization", "answers", "rule", "signature", "@metadata", "ecs", "input", "fleet", "observables",
    "enrichments", "package", "syslog", "mgmt", "labels", "intermediary",
})  # fmt: skip
"""Objects that speak of the log's writer or a finding, never of what was used: ``agent.hostname``, ``threat.indicator``."""

PARTIES = frozenset({
    "user", "actor", "client", "source", "src", "src_endpoint", "referrer", "referer", "parent", "owner", "email",
    "account", "group", "related", "answer", "response", "server", "destination", "dst_endpoint", "proxy_endpoint",
    "principal", "target", "usr", "metadata", "repository", "repo", "webhook", "ticket", "issue", "image", "avatar", "profile",
    "reference", "references", "link", "links", "vendor", "object", "before", "after", "changes", "settings", "config",
    "originator", "initiator", "responder", "dst", "dest", "remote", "nat", "proxy", "gateway", "upstream", "resolver", "peer",
    "admin", "administrator", "approver", "reviewer", "manager", "supervisor", "operator", "creator", "modifier", "author", "assignee",
    "delegate", "sponsor", "recipient", "sender", "contact",
})  # fmt: skip
"""Objects whose keys mean something only with their name before them: ``source.ip``, ``user.name``."""

_CERTAIN = frozenset((*FLAT["host"], *FLAT["url"]))
_WHO = frozenset((*FLAT["user"], *FLAT["client_ip"], *FLAT["device"]))
KNOWN = frozenset(name for names in FLAT.values() for name in names) | TELLING | {"allowed"}

_CARD = frozenset(map(flat, ("mac", "mac address", "mac addr", "client mac", "hardware address")))
"""Beside the address of a network card a host's name is that of its machine."""
_REPORTING = frozenset(("host", "hostname", "server", "serverhost", "remotehost"))
"""Of the vague names those that a collector gives to itself."""
_CONTACT = frozenset(map(flat, ("email", "email address", "mail", "identity", "principal", "actor")))
"""Who, in a log; whom to write to, in a list of firms."""
_CREATED = ("created", "created_at", "created_on", "created date time", "creation_time", "event.created")
_UNDATED = frozenset(map(flat, ("first seen", "last seen", "published", "start", *_CREATED)))
"""Times that lists of names have as well."""
_AMOUNT = (
    "bytes", "total bytes", "traffic", "bandwidth", "hits", "visits", "visit count", "requests", "sessions", "connections",
    "transactions", "count", "events", "event count", "users", "duration", "status", "status_code", "protocol", "query type",
    "qtype",
)  # fmt: skip
_USED = (
    (_WHO - _CONTACT)
    | (frozenset(FLAT["time"]) - _UNDATED)
    | frozenset(map(flat, _AMOUNT))
    | (frozenset(FLAT["server_ip"]) - TELLING)
    | {name for field in ("method", "bytes_up", "bytes_down", "user_agent") for name in FLAT[field]}
)
"""Names that a log of use has beside the destination: who, when, how much, how. A list of names to block has none of them."""
_LISTED = frozenset(map(flat, (
    "rule", "rule name", "rule id", "name", "enabled", "priority", "comment", "description", "modified", "last modified",
    "modified by", "created by", "added by", "owner", "asset", "asset name", "asset id", "asset tag", "model", "manufacturer", "os",
    "operating system", "os version", "hire date", "start date", "job title", "phone", "phone number", "company", "first name",
    "last name", "plan", "seats", "policy name", "role", "roles", "contact", "contact name",
    "course", "completion date", "license", "folder", "expires", "expiry date", "valid from", "valid to", "monitor",
)))  # fmt: skip
"""Names that lists of a firewall's rules, of devices, people and contracts have, which say who and where to as well."""
_SCANNED = frozenset(map(flat, (
    "cvss", "cvss score", "cvss base score", "plugin id", "plugin output", "qid", "template-id", "matched-at", "webserver",
    "crawl timestamp", "time_first", "time_last", "http realm", "form action origin", "registrar", "not after", "cwe",
    "cwe id", "wasc id", "lease start", "lease end", "scan time", "ip_str", "vulns", "banner", "spf", "dkim", "dmarc", "header_from",
)))  # fmt: skip
"""Names that scans, certificates, password stores and reports on forged mail have, and no log of use."""
_BOUGHT = frozenset(map(flat, (
    "invoice", "invoice number", "invoice id", "invoice date", "currency", "merchant", "ticket id", "ticket number", "issue key",
    "requester", "assignee", "password", "purchase date", "warranty", "renewal date", "impressions", "date added", "added by",
    "approver", "approved by", "contract", "contract start", "contract end", "contract start date", "contract end date", "supplier",
    "account manager", "last modified",
)))  # fmt: skip
"""Names that invoices, tickets, contracts, campaigns and lists that somebody keeps have, and a log of use only beside what tells of the
exchange."""
_EXCHANGE = frozenset(
    map(flat, ("model", "tokens", "total tokens", "prompt tokens", "latency", "latency_ms", "request_id"))
) | {name for field in ("method", "bytes_up", "bytes_down", "user_agent") for name in FLAT[field]}
_PAPERS = re.compile("|".join(map(flat, OF_PAPERS)))
_THINGS = re.compile("|".join(map(flat, OF_THINGS)))
_PROBED = frozenset(map(flat, ("monitor", "check", "probe", "uptime", "rtt", "rtt_ms", "loss", "packet loss")))
"""Names that say that a machine asked, to see whether a server is up."""
_WEAK = frozenset(("source", "status", "protocol"))
"""Of the names that tell use those that do not by themselves: pages that were looked at by a crawler, redirections."""
_MAIL = frozenset(map(flat, (
    "subject", "sender", "recipient", "recipients", "message_id", "mail from", "rcpt to", "envelope_from", "network message id",
    "internet message id", "url location",
)))  # fmt: skip
_LETTER = frozenset(map(flat, ("from", "to", "cc", "bcc", "from address", "to address")))
"""With a subject, the parties of a message; without one, the zones of a firewall."""
_CLICKED = frozenset(map(flat, ("click time", "click_time", "clicked", "click ip", "click_ip", "clicks")))

_SAID = (
    KNOWN
    | _LISTED
    | _SCANNED
    | _BOUGHT
    | _EXCHANGE
    | _MAIL
    | _LETTER
    | _CLICKED
    | _CARD
    | frozenset(map(flat, _AMOUNT))
)
"""Names that say something here as they stand."""


def is_log(names: Collection[str]) -> bool:
    """Whether an object with these flat keys can be a record of use: it says where to and who, when or how; or vaguely where to and
    who. A list of addresses is none, and neither is a message in which one was written."""
    if not _is_of_use(names):
        return False
    told = TELLING.intersection(names)
    return not _CERTAIN.isdisjoint(told) or (
        bool(told) and bool(_who(names)) and not (told <= _REPORTING and not _CARD.isdisjoint(names))
    )


def is_table_of_use(names: Collection[str]) -> bool:
    """As :func:`is_log` for the flat names of a table's columns, of which a destination is known to be one. A column ``host`` alone is
    the machine that reports, unless another says who."""
    told = TELLING.intersection(names)
    return _is_of_use(names) and (not told <= _REPORTING or (bool(_who(names)) and _CARD.isdisjoint(names)))


def _who(names: Collection[str]) -> frozenset[str]:
    """The names that say who; ``source`` is no client where Splunk's ``sourcetype`` stands beside it."""
    return _WHO.intersection(names) - ({"source"} if "sourcetype" in names else set())


def _is_of_use(names: Collection[str]) -> bool:
    letter = "subject" in names and not _LETTER.isdisjoint(names)
    written = (letter or len(_MAIL.intersection(names)) > 1) and _CLICKED.isdisjoint(names)
    listed = not _LISTED.isdisjoint(names) or any(map(_is_of_things, names))
    used = _USED - _WEAK - _WHO if listed else _USED - _WEAK
    bought = (not _BOUGHT.isdisjoint(names) or any(map(_is_of_papers, names))) and _EXCHANGE.isdisjoint(names)
    probed = not _PROBED.isdisjoint(names) and _WHO.isdisjoint(names)
    return not (written or bought or probed) and _SCANNED.isdisjoint(names) and not used.isdisjoint(names)


@lru_cache(maxsize=4096)
def _is_of_papers(name: str) -> bool:
    return _PAPERS.search(name) is not None


@lru_cache(maxsize=4096)
def _is_of_things(name: str) -> bool:
    return _THINGS.search(name) is not None


def is_header(names: Collection[str]) -> bool:
    """Whether a row of these flat cells is a table's header: names, not values, and one that tells the destination.

    A sentence that holds one such word is none.
    """
    named = [name for name in names if name]
    if len(named) < 2 or TELLING.isdisjoint(named) or any(name.isdigit() or len(name) > 48 for name in named):
        return False
    return len(named) < 4 or len(KNOWN.intersection(named)) > 1
