"""Firewalls and DNS servers: truths that are wrong, or ask for what we deliberately read otherwise."""

_EPOCH = "FortiOS: eventtime is the epoch; the truth took date and time, which are the firewall's own, for UTC"
_DEVICE_NAME = "hostname of an event is the cluster member's or the DHCP client's name, not a destination"
_DELTA = "FortiAnalyzer: of a long session the sum of sentdelta and rcvddelta is what counts; out and in repeat what interim records said"
_ANY_LINE = 0

REVIEWED_FIREWALL: dict[tuple[str, int, str], str] = {
    ("fortigate_kv/elastic__test-fortinet-6-2.log", _ANY_LINE, "time"): _EPOCH,
    ("fortigate_kv/elastic__test-fortinet-unsanitized.log", _ANY_LINE, "time"): _EPOCH,
    ("fortiproxy_kv/elastic__test-example.log", _ANY_LINE, "time"): _EPOCH,
    ("fortigate_kv/elastic__test-fortinet-6-2.log", 7, "client_ip"): "remip is the peer of the tunnel, as in the other truths; locip is the firewall",
    ("fortigate_kv/elastic__test-fortinet-6-2.log", 11, "host"): _DEVICE_NAME,
    ("fortigate_kv/sekoia__fortigate.log", 26, "host"): _DEVICE_NAME,
    ("fortigate_kv/sekoia__fortigate.log", 39, "host"): "an address broken by anonymising (12192.0.2.116) is no host",
    ("fortigate_kv/sekoia__fortigate.log", 47, "user"): "the line says duser=test",
    ("fortigate_kv/sekoia__fortigate.log", 79, "client_ip"): "src=hostname is no address",
    ("fortigate_kv/sekoia__fortigate.log", 52, "time"): "timestamp is the epoch here: time=16:22:20 tz=+0100 says the same",
    ("fortigate_kv/sekoia__fortigate.log", 53, "time"): "timestamp is the epoch here: time=16:22:20 tz=+0100 says the same",
    ("fortigate_kv/sekoia__fortigate.log", 54, "time"): "timestamp is the epoch here: time=16:22:20 tz=+0100 says the same",
    ("fortigate_kv/sekoia__fortigate.log", 72, "bytes_up"): _DELTA,
    ("fortigate_kv/sekoia__fortigate.log", 72, "bytes_down"): _DELTA,
    ("fortigate_kv/sekoia__fortigate.log", 75, "bytes_up"): _DELTA,
    ("fortigate_kv/sekoia__fortigate.log", 75, "bytes_down"): _DELTA,
}
"""(format/file, line or 0 for any, field) -> reason."""
