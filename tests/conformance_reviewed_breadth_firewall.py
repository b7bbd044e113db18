"""Further firewalls: truths that are wrong, or ask for what we deliberately read otherwise."""

_TEARDOWN = (
    "a teardown has no direction: the truth takes the first address, which is the foreign one; the side with the well-known port is "
    "the server (of the same connections the truth of 302013 has it so)"
)
_OUTBOUND = "Cisco, 302013: outbound means that the connection was begun from the inside, the second address"
_ICMP_INBOUND = "Cisco, 302020: faddr is the foreign host, which began an inbound exchange"
_ICMP_TEARDOWN = "302021 has no direction; laddr is the local host, as in the other truths of this message"
_A_NAME = "a name instead of an address (command names): the device"
_NO_USER = "what FTD writes where it knows no user"
_OTHER_PROGRAM = "a line of another program, not of the firewall"
_PACKET = "LEN is the length of one packet, not what a connection sent"
_ANYCONNECT = "IP <> is the client's public address, as in the truths of the other messages; the other one is assigned to the tunnel"

REVIEWED_BREADTH_FIREWALL: dict[tuple[str, int, str], str] = {
    **{
        ("cisco_asa/elastic__test-asa.log", line, "client_ip"): _TEARDOWN
        for line in (
            *range(3, 20), 22, 24, 31, 32, 38, 39, 44, 45, 48, 50, 51, 59, 65, 68, 80, 81, 101, 103, 108, 111, 114, 115, 118, 127,
            128, 129, 134, 137, 138, 142, 144, 147, 148, 150, 153, 157, 159, 160, 162, 166, 173, 178, 179, 180, 186, 187, 192, 193,
            219, 220, 230,
        )
    },
    **{("cisco_asa/elastic__test-non-canonical.log", line, "client_ip"): _A_NAME for line in (1, 7, 8, 9, 10, 11, 12)},
    **{
        ("cisco_asa/elastic__test-non-canonical.log", line, field): _ICMP_INBOUND
        for line in (13, 14)
        for field in ("host", "client_ip")
    },
    **{("cisco_ftd/elastic__test-sample.log", line, "client_ip"): _OUTBOUND for line in (7, 9, 43, 44, 54, 55)},
    **{("cisco_ftd/elastic__test-sample.log", line, "host"): _OUTBOUND for line in (43, 44)},
    **{
        ("cisco_ftd/elastic__test-sample.log", line, "client_ip"): _TEARDOWN
        for line in (11, 12, 13, 16, 40, 45, 46, 47, 48, 49, 50, 56, 57)
    },
    (
        "cisco_ftd/elastic__test-sample.log",
        13,
        "user",
    ): "Cisco, 302016: users stand in brackets behind their address; of the two without, the client's would be the second",
    **{("cisco_ftd/sekoia__cisco-secure-firewall.log", line, "user"): _NO_USER for line in (5, 63, 64, 65)},
    **{("cisco_ftd/sekoia__cisco-secure-firewall.log", line, "client_ip"): _ICMP_TEARDOWN for line in (24, 25, 27)},
    **{("cisco_ftd/sekoia__cisco-secure-firewall.log", line, "client_ip"): _ANYCONNECT for line in (73, 74)},
    ("cisco_ftd/sekoia__cisco-secure-firewall.log", 54, "host"): "the peer of a tunnel that was not built, not a destination",
    ("cisco_ftd/sekoia__cisco-secure-firewall.log", 83, "user"): "the subject of a peer's certificate, not a person at work",
    (
        "watchguard_firebox/elastic__test-traffic.log",
        0,
        "time",
    ): "the time in brackets is the Firebox's own and has the year; in this made sample the header says another day",
    ("watchguard_firebox/elastic__test-traffic.log", 63, "host"): "the name in a mail greeting is the sender's",
    ("watchguard_firebox/elastic__test-traffic.log", 78, "bytes_up"): "response_size of a server that answered too much",
    ("juniper_srx/sekoia__juniper-ngfw.log", 15, "format"): "a line of PAN-OS in this file",
    **{
        ("juniper_srx/sekoia__juniper-ngfw.log", line, field): _OTHER_PROGRAM
        for line, field in ((17, "bytes_up"), (19, "client_ip"), (19, "user"), (20, "client_ip"), (20, "user"))
    },
    ("pfsense_filterlog/elastic__test-opensense.log", 3, "time"): "a DHCP message names no destination",
    ("pfsense_filterlog/elastic__test-opensense.log", 4, "format"): "a query of Unbound in the same file",
    ("iptables/sekoia__netfilter.log", 0, "bytes_up"): _PACKET,
}  # fmt: skip
"""(format/file, line or 0 for any, field) -> reason."""
