"""Firewalls and DNS servers: truths that are wrong, or ask for what we deliberately read otherwise."""

_EPOCH = "FortiOS: eventtime is the epoch; the truth took date and time, which are the firewall's own, for UTC"
_DEVICE_NAME = "hostname of an event is the cluster member's or the DHCP client's name, not a destination"
_DELTA = "FortiAnalyzer: of a long session the sum of sentdelta and rcvddelta is what counts; out and in repeat what interim records said"
_OWN_EVENT = "an event of the firewall: the name in its text is its own update, time or directory server"
_MANAGEMENT = "domain_name of an audit record is a management domain, not a DNS name"
_NO_URL = "the URL is -/: the firewall saw no host"
_DHCP = "a DHCP lease names no destination"
_PEER = "the server that was asked, as server_ip in another truth of the same text; not a client"
_SERVICE_CEF = "Strata Logging Service's CEF fields: out is bytes_sent, in is bytes_received (only PAN-OS itself has them the other way)"
_ANY_LINE = 0

REVIEWED_FIREWALL: dict[tuple[str, int, str], str] = {
    ("fortigate_kv/elastic__test-fortinet-6-2.log", _ANY_LINE, "time"): _EPOCH,
    ("fortigate_kv/elastic__test-fortinet-unsanitized.log", _ANY_LINE, "time"): _EPOCH,
    ("fortiproxy_kv/elastic__test-example.log", _ANY_LINE, "time"): _EPOCH,
    (
        "fortigate_kv/elastic__test-fortinet-6-2.log",
        7,
        "client_ip",
    ): "remip is the peer of the tunnel, as in the other truths; locip is the firewall",
    ("fortigate_kv/elastic__test-fortinet-6-2.log", 11, "host"): _DEVICE_NAME,
    ("fortigate_kv/sekoia__fortigate.log", 26, "host"): _DEVICE_NAME,
    ("fortigate_kv/sekoia__fortigate.log", 39, "host"): "an address broken by anonymising (12192.0.2.116) is no host",
    ("fortigate_kv/sekoia__fortigate.log", 47, "user"): "the line says duser=test",
    ("fortigate_kv/sekoia__fortigate.log", 79, "client_ip"): "src=hostname is no address",
    (
        "fortigate_kv/sekoia__fortigate.log",
        52,
        "time",
    ): "timestamp is the epoch here: time=16:22:20 tz=+0100 says the same",
    (
        "fortigate_kv/sekoia__fortigate.log",
        53,
        "time",
    ): "timestamp is the epoch here: time=16:22:20 tz=+0100 says the same",
    (
        "fortigate_kv/sekoia__fortigate.log",
        54,
        "time",
    ): "timestamp is the epoch here: time=16:22:20 tz=+0100 says the same",
    ("fortigate_kv/sekoia__fortigate.log", 72, "bytes_up"): _DELTA,
    ("fortigate_kv/sekoia__fortigate.log", 72, "bytes_down"): _DELTA,
    ("fortigate_kv/sekoia__fortigate.log", 75, "bytes_up"): _DELTA,
    ("fortigate_kv/sekoia__fortigate.log", 75, "bytes_down"): _DELTA,
    (
        "sophos_xg/elastic__test-sophos-18-5-content-filtering-http.log",
        7,
        "blocked",
    ): "Warned: the user was shown a warning; whether he went on is another record",
    ("sophos_xg/elastic__test-sophos-18-5-firewall.log", 16, "time"): "CEST is two hours east of UTC",
    (
        "sophos_xg/sekoia__sophos_firewall.log",
        4,
        "bytes_up",
    ): "size is what was downloaded, as the corrected truths of sophos_utm say",
    (
        "prisma_access_mixed/sekoia__paloalto-prisma-access.log",
        20,
        "time",
    ): "the high resolution timestamp has the zone: 19:09:43.654+01:00",
    (
        "checkpoint_hec_json/sekoia__checkpoint_hec.log",
        7,
        "host",
    ): "a link within a mail that was stopped, not a destination",
    **{
        ("prisma_access_mixed/sekoia__paloalto-prisma-access.log", line, field): _SERVICE_CEF
        for line in (65, 66, 67)
        for field in ("bytes_up", "bytes_down")
    },
    ("bind_query/sekoia__bind.log", 13, "client_ip"): _PEER,
    ("bind_query/sekoia__bind.log", 18, "client_ip"): _PEER,
    ("bind_query/sekoia__bind.log", 19, "client_ip"): _PEER,
    ("bind_query/sekoia__bind.log", 28, "host"): "a record within the zone that the line is about",
    (
        "infoblox_nios_dns/elastic__test-dns.log",
        28,
        "host",
    ): "a name that ends in a number is no public name (RFC 3696, section 2)",
    **{
        ("checkpoint_syslog_kv/elastic__test-checkpoint-audit.log", line, "host"): _MANAGEMENT
        for line in (1, 2, 3, 4, 8, 9, 11, 12)
    },
    **{
        ("panos_threat_url/elastic__test-panw-panos-inc-threat-sample.log", line, "host"): _NO_URL
        for line in range(23, 34)
    },
    **{
        ("prisma_access_mixed/sekoia__paloalto-prisma-access.log", line, "host"): _OWN_EVENT
        for line in (17, 19, 35, 37, 48, 61)
    },
    **{
        ("efficientip_dns/sekoia__solidserver-ddi.log", line, "client_ip"): _DHCP
        for line in (2, 3, 4, 5, *range(10, 21))
    },
    **{
        (
            "efficientip_dns/sekoia__solidserver-ddi.log",
            line,
            "client_ip",
        ): "a threat response of the appliance, not a look-up"
        for line in (29, 30)
    },
    **{
        ("sophos_utm/elastic__test-sophos-utm-dhcp.log", line, field): _DHCP
        for line in (1, 2, 3, 4)
        for field in ("time", "client_ip")
    },
}
"""(format/file, line or 0 for any, field) -> reason."""
