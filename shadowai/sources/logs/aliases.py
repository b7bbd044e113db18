"""The names under which products and people export the fields of a record, for generic CSV, JSON and key=value input.

Names are compared without case, blanks and punctuation: ``Destination Host``, ``dest_host`` and ``destHost`` are one. The
order within a field is the order of preference. Direction is the client's: what it sends is ``bytes_up``.
"""

from __future__ import annotations

import re
from functools import lru_cache

_PUNCTUATION = re.compile(r"[^a-z0-9]+")


@lru_cache(maxsize=4096)
def flat(name: str) -> str:
    """``name`` without case, blanks and punctuation."""
    return _PUNCTUATION.sub("", name.lower())


ALIASES: dict[str, tuple[str, ...]] = {
    "host": (
        "host", "hostname", "dest_host", "destination host", "destination hostname", "dst_host", "dsthost", "dhost", "destination.domain",
        "cs-host", "cs(host)", "http_host", "http.host", "request_host", "requested_host", "remote_host", "remotehost", "target_host",
        "domain", "dest_domain", "destination domain", "domain_name", "fqdn", "dst_fqdn", "dest_fqdn", "site", "website",
        "sni", "tls.sni", "ssl.server_name", "server_name", "servername", "tls.client.server_name", "x-cs-sni",
        "query", "query_name", "queryname", "qname", "dns.question.name", "dns_query", "dnsquery", "dns.rrname", "rrname", "question",
        "url.domain", "url.host", "remote_url", "remoteurl", "destination", "dest", "dst", "url", "uri", "cs-uri", "request_url", "destination url",
    ),
    "url": (
        "url", "uri", "full_url", "url.full", "url.original", "request_url", "requested_url", "destination url", "dest_url", "cs-uri",
        "c-uri", "http_url", "http.url", "remote_url", "remoteurl", "web_url", "link", "target_url",
    ),
    "path": ("path", "uri_path", "cs-uri-path", "cs-uri-stem", "url.path", "request_path", "http.request.path"),
    "user": (
        "user", "username", "user_name", "user.name", "login", "login_name", "cs-username", "src_user", "srcuser", "source user", "suser",
        "account", "account_name", "accountname", "user_principal_name", "userprincipalname", "upn", "email", "user_email", "user.email",
        "useremail", "mail", "actor", "actor.email", "principal", "identity", "initiating_process_account_upn", "initiatingprocessaccountname",
    ),
    "device": (
        "device", "device_name", "devicename", "computer", "computer_name", "computername", "workstation", "machine", "machine_name",
        "endpoint", "endpoint_name", "source host", "src_host", "source hostname", "shost", "client_hostname", "client hostname", "devicehostname",
    ),
    "client_ip": (
        "client_ip", "clientip", "c-ip", "src_ip", "srcip", "source_ip", "source ip", "source address", "src_addr", "srcaddr", "source.ip",
        "sourceaddress", "src", "source", "client", "client.ip", "client address", "client_addr", "clientaddress", "id.orig_h", "orig_h",
        "ip_address", "ipaddress", "user_ip", "x-client-ip", "local_ip", "localip", "internal_ip", "device_ip", "ip",
    ),
    "server_ip": (
        "server_ip", "serverip", "s-ip", "dst_ip", "dstip", "dest_ip", "destip", "destination_ip", "destination ip", "destination address",
        "destination.ip", "dest_addr", "dstaddr", "destinationaddress", "remote_ip", "remoteip", "remote address", "r-ip", "id.resp_h", "resp_h", "server.ip", "dst", "dest",
    ),
    "server_port": (
        "server_port", "dst_port", "dstport", "dest_port", "destination_port", "destination port", "destination.port", "dport", "remote_port",
        "remoteport", "s-port", "id.resp_p", "resp_p", "cs-uri-port",
    ),
    "method": ("method", "http_method", "request_method", "requestmethod", "cs-method", "http.request.method", "verb", "reqmethod"),
    "action": (
        "action", "policy_action", "event_action", "event.action", "verdict", "decision", "disposition", "sc-filter-result", "s-action",
        "filter_result", "result", "outcome", "status_text",
    ),
    "bytes_up": (
        "bytes_up", "bytes_out", "bytesout", "bytes_sent", "bytessent", "sent_bytes", "sentbytes", "sentbyte", "bytes sent", "cs-bytes", "upload",
        "upload_bytes", "uploaded_bytes", "uploadbytes", "uploaded", "request_size", "requestsize", "reqsize", "request_bytes", "request bytes", "request_body_len",
        "orig_bytes", "client_bytes", "bytes_toserver", "bytes_to_server", "out_bytes", "outbound_bytes", "tx_bytes", "source.bytes", "srcbytes", "sent",
    ),
    "bytes_down": (
        "bytes_down", "bytes_in", "bytesin", "bytes_received", "bytesreceived", "received_bytes", "receivedbytes", "rcvdbyte", "recv_bytes",
        "bytes received", "sc-bytes", "download", "download_bytes", "downloaded_bytes", "downloadbytes", "downloaded", "response_size", "responsesize", "respsize", "response_bytes",
        "response bytes", "response_body_len", "resp_bytes", "server_bytes", "bytes_toclient", "bytes_to_client", "in_bytes", "inbound_bytes", "rx_bytes",
        "destination.bytes", "dstbytes", "received", "rcvd",
    ),
    "user_agent": ("user_agent", "useragent", "cs(user-agent)", "user-agent", "ua", "http_user_agent", "user_agent.original", "agent", "browser"),
    "time": (
        "time", "timestamp", "@timestamp", "datetime", "date_time", "event_time", "eventtime", "date time", "_time", "ts", "time_generated",
        "timegenerated", "timestamp [utc]", "timestamp utc", "receive time", "start_time", "starttime", "start time", "log_time", "logtime",
        "created", "created_at", "creation_time", "event.created", "request_time", "request timestamp", "last seen", "date",
    ),
}  # fmt: skip
"""Record field (and ``time``) to its names."""

FLAT: dict[str, tuple[str, ...]] = {name: tuple(dict.fromkeys(flat(alias) for alias in aliases)) for name, aliases in ALIASES.items()}
"""The same, flattened for comparison."""

TELLING = frozenset((*FLAT["host"], *FLAT["url"]))
"""Header names of which a generic table must have one to be a log of use."""
