"""The names under which products and people export the fields of a record, for generic CSV, JSON and key=value input.

Names are compared without case, blanks and punctuation: ``Destination Host``, ``dest_host`` and ``destHost`` are one.
The order within a field is the order of preference. Direction is the client's: what it sends is ``bytes_up``.
"""

from __future__ import annotations

import re
from collections.abc import Collection
from functools import lru_cache

_PUNCTUATION = re.compile(r"[^a-z0-9]+")


@lru_cache(maxsize=4096)
def flat(name: str) -> str:
    """``name`` without case, blanks and punctuation."""
    return _PUNCTUATION.sub("", name.lower())


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
        "domain queried", "question_name", "event.dns.request",
    ),
    "url": (
        "url", "full_url", "url full", "url.full", "url.original", "request_url", "requested_url", "requested url",
        "destination url", "dest_url", "dst_url", "http_url", "http.url", "web_url", "target_url", "cs-url", "c-url",
        "cs-uri", "c-uri", "uri", "request_uri", "remote_url", "remoteurl", "url_text",
        "http_request.url.url_string", "event.url.address", "link",
    ),
    "path": (
        "path", "uri_path", "url_path", "cs-uri-path", "cs-uri-stem", "uri_stem", "url.path", "request_path",
        "http_request.url.path", "request_uri", "uri",
    ),
    "user": (
        "user", "username", "user_name", "user.name", "user name", "login", "login_name", "user login",
        "cs-username", "src_user", "srcuser", "source user", "source username", "suser", "source.user.name",
        "client.user.name", "user_principal_name", "userprincipalname", "upn", "user_email", "user.email",
        "useremail", "email", "email address", "mail", "actor.user.email_addr", "actor.user.name", "actor.email",
        "account_name", "accountname", "user account", "initiating_process_account_upn",
        "initiatingprocessaccountname", "user id", "userid", "employee", "principal", "actor", "identity", "account",
    ),
    "device": (
        "device", "device_name", "devicename", "device hostname", "computer", "computer_name", "computername",
        "workstation", "workstation name", "machine", "machine_name", "endpoint", "endpoint_name",
        "endpoint hostname", "source host", "src_host", "source hostname", "src_hostname", "source host name",
        "shost", "client_hostname", "client hostname", "client_name", "client host", "pc name",
        "src_endpoint.hostname", "source.domain", "client.domain",
    ),
    "client_ip": (
        "client_ip", "clientip", "client ip address", "c-ip", "src_ip", "srcip", "source_ip", "source ip",
        "source ip address", "source address", "src_addr", "srcaddr", "source.ip", "source.address", "sourceaddress",
        "src_endpoint.ip", "client.ip", "client.address", "client address", "client_addr", "clientaddress",
        "user_ip", "user ip address", "x-client-ip", "internal_ip", "internal ip address", "private_ip", "device_ip",
        "local_ip", "localip", "local address", "cip", "sip", "id.orig_h", "id_orig_h", "orig_h", "src", "source",
        "client", "remote_addr", "callingip", "ip_address", "ipaddress", "ip",
    ),
    "server_ip": (
        "server_ip", "serverip", "dst_ip", "dstip", "dest_ip", "destip", "destination_ip", "destination ip",
        "destination ip address", "destination address", "destination.ip", "destination.address", "dst_addr",
        "dest_addr", "dstaddr", "dst_address", "destinationaddress", "dst_endpoint.ip", "server.ip",
        "server address", "remote_ip", "remoteip", "remote address", "r-ip", "dip", "id.resp_h", "id_resp_h",
        "resp_h", "target_ip", "external_ip", "dst", "dest", "destination", "s-ip",
    ),
    "server_port": (
        "server_port", "dst_port", "dstport", "dest_port", "destport", "destination_port", "destination port",
        "destination.port", "dst_endpoint.port", "dport", "dpt", "remote_port", "remoteport",
        "server port", "server.port", "id.resp_p", "id_resp_p", "resp_p", "cs-uri-port",
    ),
    "method": (
        "method", "http_method", "http method", "request_method", "requestmethod", "cs-method",
        "http.request.method", "http_request.http_method", "verb", "reqmethod", "http_verb",
    ),
    "action": (
        "action", "policy_action", "policy action", "action taken", "event_action", "event.action", "verdict",
        "decision", "disposition", "sc-filter-result", "s-action", "filter_result", "filter action",
        "firewall action", "action_taken", "policy result", "act", "result", "outcome", "event.outcome",
        "status_text", "blocked",
    ),
    "bytes_up": (
        "bytes_up", "bytes up", "up bytes", "cs-bytes", "upload", "uploads", "upload_bytes", "bytes uploaded",
        "uploaded_bytes", "uploadbytes", "uploaded", "upload size", "request_size", "requestsize", "request size",
        "reqsize", "request_bytes", "request bytes", "request_body_len", "request_length", "http.request.bytes",
        "client_bytes", "bytes_from_client", "client_to_server_bytes", "bytes_toserver", "bytes_to_server",
        "flow.bytes_toserver", "orig_bytes", "source.bytes", "client.bytes", "srcbytes", "src_bytes",
        "traffic.bytes_out", "bytes_out", "bytesout", "bytes out", "out_bytes", "outbound_bytes", "outbound bytes",
        "bytes_sent", "bytessent", "bytes sent", "sent_bytes", "sentbytes", "sentbyte", "tx_bytes", "txbytes",
        "bytes_tx", "sent",
    ),
    "bytes_down": (
        "bytes_down", "bytes down", "down bytes", "sc-bytes", "download", "downloads", "download_bytes",
        "bytes downloaded", "downloaded_bytes", "downloadbytes", "downloaded", "download size", "response_size",
        "responsesize", "response size", "respsize", "response_bytes", "response bytes", "response_body_len",
        "http.response.bytes", "body_bytes_sent", "server_bytes", "bytes_from_server", "server_to_client_bytes",
        "bytes_toclient", "bytes_to_client", "flow.bytes_toclient", "resp_bytes", "destination.bytes",
        "server.bytes", "dstbytes", "dst_bytes", "traffic.bytes_in", "bytes_in", "bytesin", "bytes in", "in_bytes",
        "inbound_bytes", "inbound bytes", "bytes_received", "bytesreceived", "bytes received", "received_bytes",
        "receivedbytes", "receivedbyte", "rcvdbyte", "rcvd_bytes", "recv_bytes", "recvbytes", "rx_bytes", "rxbytes",
        "bytes_rx", "received", "rcvd",
    ),
    "user_agent": (
        "user_agent", "useragent", "cs(user-agent)", "user-agent", "ua", "http_user_agent", "user_agent.original",
        "http_request.user_agent", "request_user_agent", "http.user_agent", "browser", "agent",
    ),
    "time": (
        "time", "timestamp", "@timestamp", "datetime", "date_time", "date/time", "date & time", "event_time",
        "eventtime", "date time", "_time", "ts", "time_generated", "timegenerated", "timestamp [utc]",
        "timestamp utc", "time (utc)", "utc time", "time_utc", "receive time", "received time", "start_time",
        "starttime", "start time", "log_time", "logtime", "log date", "event date", "access time", "visit time",
        "occurred", "occurred at", "created", "created_at", "creation_time", "event.created", "event.start",
        "request_time", "request timestamp", "first seen", "last seen", "date",
    ),
}  # fmt: skip
"""Record field (and ``time``) to its names."""

LIKELY_HOST = (
    "server_name", "query", "question", "fqdn", "website", "web address", "target", "destination", "dest", "dst",
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

TELLING = frozenset((*FLAT["host"], *FLAT["url"], *map(flat, (*LIKELY_HOST, *VAGUE_HOST))))
"""Names of which a table must have one to be a log of use."""

REPORTERS = frozenset({
    "agent", "host", "observer", "beat", "collector", "sensor", "device", "logstash", "kubernetes", "container",
    "cloud", "orchestrator", "threat", "indicator", "ioc", "geo", "as", "process", "file", "dll", "registry",
    "organization", "answers", "rule", "signature", "@metadata", "ecs", "input", "fleet", "observables", "metadata",
    "enrichments", "package", "syslog", "mgmt", "labels",
})  # fmt: skip
"""Objects that speak of the log's writer or a finding, never of what was used: ``agent.hostname``, ``threat.indicator``."""

PARTIES = frozenset({
    "user", "actor", "client", "source", "src", "src_endpoint", "referrer", "referer", "parent", "owner", "email",
    "account", "group", "related", "answer", "response", "server", "destination", "dst_endpoint", "proxy_endpoint",
})  # fmt: skip
"""Objects whose keys mean something only with their name before them: ``source.ip``, ``user.name``."""

_CERTAIN = frozenset((*FLAT["host"], *FLAT["url"]))
_WHO = frozenset((*FLAT["user"], *FLAT["client_ip"], *FLAT["device"]))
KNOWN = frozenset(name for names in FLAT.values() for name in names) | TELLING


def is_log(names: Collection[str]) -> bool:
    """Whether an object with these flat keys can be a record of use: it says where to, or vaguely where to and who."""
    return not _CERTAIN.isdisjoint(names) or (not TELLING.isdisjoint(names) and not _WHO.isdisjoint(names))


def is_header(names: Collection[str]) -> bool:
    """Whether a row of these flat cells is a table's header: names, not values, and one that tells the destination.

    A sentence that holds one such word is none.
    """
    named = [name for name in names if name]
    if len(named) < 2 or TELLING.isdisjoint(named) or any(name.isdigit() or len(name) > 48 for name in named):
        return False
    return len(named) < 4 or len(KNOWN.intersection(named)) > 1
