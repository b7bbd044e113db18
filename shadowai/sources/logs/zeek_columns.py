"""Zeek's tab separated logs whose header lines were lost: cut into pieces, forwarded line by line, or published without them.

The columns stand as Zeek writes them by itself: https://docs.zeek.org/en/master/logs/. Releases since 2.4 put some between the others:
``rtt`` of dns.log and ``version`` of http.log with 2.5, ``origin`` of http.log with 2.6.
"""

import re
from dataclasses import replace

from shadowai.sources.logs.description import LogFormat, Pattern
from shadowai.sources.logs.zeek import FORMATS as HEADED

_ADDRESS = r"[0-9A-Fa-f.:]{2,45}"
_HEAD = (
    r"^(?P<ts>\d{9,10}\.\d{6})\t(?P<uid>C[0-9A-Za-z]{6,24})\t"
    rf"(?P<id_orig_h>{_ADDRESS})\t\d{{1,5}}\t(?P<id_resp_h>{_ADDRESS})\t(?P<id_resp_p>\d{{1,5}})\t"
)
_CELL = r"[^\t]{0,16000}"
_COUNT = r"(?:\d{1,18}|-)"

_COLUMNS = {
    "conn": (
        rf"(?:tcp|udp|icmp|unknown_transport)\t{_CELL}\t(?:[\d.]{{1,24}}|-)\t"
        rf"(?P<orig_bytes>{_COUNT})\t(?P<resp_bytes>{_COUNT})\t"
        r"(?P<conn_state>S0|S1|SF|REJ|S2|S3|RSTO|RSTR|RSTOS0|RSTRH|SH|SHR|OTH)\t(?:[TF-]\t){0,2}"
        rf"{_COUNT}\t{_CELL}\t{_COUNT}\t(?P<orig_ip_bytes>{_COUNT})\t{_COUNT}\t(?P<resp_ip_bytes>{_COUNT})(?:\t|$)"
    ),
    "dns": (
        rf"(?:udp|tcp)\t\d{{1,5}}\t(?:(?:\d[\d.]{{0,24}}|-)\t)?(?P<query>{_CELL})\t"
        r"(?:\d{1,5}|-)\t(?:C_[A-Z_]{2,20}|qclass-\d{1,5}|-)\t(?:\d{1,5}|-)\t[^\t]{1,60}\t"
        r"(?:\d{1,5}|-)\t(?P<rcode_name>[^\t]{1,40})\t[TF]\t[TF]\t[TF]\t[TF]\t\d\t"
        rf"(?P<answers>{_CELL})\t(?P<TTLs>{_CELL})(?:\t|$)"
    ),
    "http": (
        rf"\d{{1,9}}\t(?P<method>[^\t]{{1,60}})\t(?P<host>{_CELL})\t(?P<uri>{_CELL})\t{_CELL}\t"
        rf"(?:(?:\d\.\d|-)\t)?(?P<user_agent>{_CELL})\t(?:{_CELL}\t)?"
        r"(?P<request_body_len>\d{1,18})\t(?P<response_body_len>\d{1,18})\t(?P<status_code>\d{3}|-)\t"
    ),
    "ssl": (
        r"(?:(?:TLS|DTLS|SSL)v\d{1,2}|unknown-\d{1,6}|-)\t(?:[A-Z\d_]{3,80}|unknown-\d{1,6}|-)\t[\w.-]{1,60}\t"
        rf"(?P<server_name>{_CELL})\t[TF]\t"
    ),
}
"""What is behind the addresses of each log."""


def _headless(log: str, columns: str) -> LogFormat:
    """Zeek's log with the meaning that it has beside a header."""
    headed = next(fmt for fmt in HEADED if fmt.name == f"zeek_{log}_tsv")
    return replace(
        headed,
        name=f"zeek_{log}_columns",
        title=f"Zeek {log}.log (tab separated, without its header)",
        family=Pattern((f"{_HEAD}{columns}",)),
        line=re.sub(r"\?P<\w+>", "?:", f"{_HEAD}{columns}"),
        same_as=(),
    )


FORMATS = tuple(_headless(log, columns) for log, columns in _COLUMNS.items())
