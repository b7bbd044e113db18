"""Reviewed differences of web application firewalls, DNS zone data, Snort and Trellix: each with the vendor's words as the reason."""

ANY_LINE = 0

_LOG_ID = (
    "the last value is %uid, 'a unique ID of the log'; %au, the authenticated user, is '-' here "
    "(in line 6 it is John, and the truth has it)"
)
_NO_NAME = "a text with blanks is no name of a host; a record of zone data, no query"
_SECONDS = "'seconds' is the time since the epoch; the timestamp has neither year nor zone, and the truth gives it 2023 and US Central time"
_S2C = "'dir' is S2C: the packet went from the server to the client, which is the destination"
_ANSWER = "sent from port 53: a name server's answer to the client, which is the destination"
_VICTIM = "'Victim IP' is the infected host that sent the request; the truth takes 'Attacker IP'"

REVIEWED_FORMATS: dict[tuple[str, int, str], str] = {
    **{("barracuda_waf/elastic__test-access.log", line, "user"): _LOG_ID for line in (1, 2, 3, 4, 5)},
    **{("infoblox_bloxone_dns_cef/elastic__test-pipeline-dns-data.log", line, "host"): _NO_NAME for line in (2, 3)},
    ("snort/elastic__test-log-json.log", ANY_LINE, "time"): _SECONDS,
    **{("snort/elastic__test-log-json.log", line, "client_ip"): _S2C for line in (1, 3)},
    **{("snort/elastic__test-log-csv.log", line, "client_ip"): _ANSWER for line in (3, 4)},
    ("trellix_nx/sekoia__trellix-network-security.log", 2, "client_ip"): _VICTIM,
}
"""(format/file, line or ANY_LINE, field) -> reason."""
