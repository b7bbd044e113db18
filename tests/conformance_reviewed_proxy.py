"""Proxies and secure web gateways: truths that are wrong, or ask for what we deliberately read otherwise."""

_NULL = "Zscaler writes Unknown where it knows no user"
_NETWORK = "Umbrella: an identity of type Networks or of a roaming client is a network or a device, not a person"
_MAIL = "Umbrella: the identity is 'display name (mail address)'; the mail address is the user, as in the other truths"
_ADDRESS = "Netskope writes the client's address for a user that it does not know (IPSec without sign-in): no person"
_NOT_NETSKOPE = "an object that names neither Netskope nor a destination: a step of the upstream's own pipeline"

REVIEWED_PROXY: dict[tuple[str, int, str], str] = {
    ("zscaler_zia_tunnel/elastic__test-tunnel-http-endpoint.log", 1, "user"): _NULL,
    **{("netskope_transaction/sekoia__netskope-transaction.log", line, "user"): _ADDRESS for line in (1, 3)},
    ("netskope_events/elastic__test-events.log", 21, "client_ip"): _NOT_NETSKOPE,
    ("netskope_events/elastic__test-events.log", 21, "user"): _NOT_NETSKOPE,
    ("netskope_events/elastic__test-events.log", 21, "time"): _NOT_NETSKOPE,
    (
        "umbrella_firewall/elastic__test-umbrella-cloudfirewalllogs.log",
        2,
        "bytes_up",
    ): "direction INBOUND: the packet went to the customer's network",
    ("umbrella_dns/sekoia__umbrella-dns.log", 1, "user"): _NETWORK,
    (
        "umbrella_dns/sekoia__umbrella-dns.log",
        2,
        "host",
    ): "the test's own replacement 'client group' has a blank and is no host",
    ("umbrella_dns/sekoia__umbrella-dns.log", 3, "user"): _NETWORK,
    ("umbrella_dns/sekoia__umbrella-dns.log", 4, "user"): _MAIL,
    ("umbrella_dns/sekoia__umbrella-dns.log", 5, "user"): _NETWORK,
    ("umbrella_dns/sekoia__umbrella-dns.log", 6, "user"): _NETWORK,
    ("umbrella_dns/sekoia__umbrella-dns.log", 7, "user"): _MAIL,
    ("umbrella_dns/sekoia__umbrella-dns.log", 8, "user"): _MAIL,
}
"""(format/file, line or 0 for any, field) -> reason."""
