"""Reviewed differences for endpoint telemetry, cloud gateways, web servers, load balancers and AI platforms: each with the reason."""

ANY_LINE = 0

_NAMED_CLIENT = "the client is given by name (HostnameLookups): a device, no address"
_NO_USER = "%u is '-' where the request was not authenticated: nobody, and no user of that name"
_ANONYMOUS = "Anonymous: Exchange let the request in without a sign-in; nobody, and no user of that name"
_NO_SERVER = "Traefik found no server for the request: '/' and '-' are no host"

REVIEWED_BREADTH_WEB: dict[tuple[str, int, str], str] = {
    ("crowdstrike_fdr/sekoia__crowdstrike-telemetry.log", 17, "user"): "JOHNDOE$ is a machine account: no person",
    ("crowdstrike_fdr/sekoia__crowdstrike-telemetry.log", 31, "host"): (
        "MachineDomain is the domain that the device has joined, no destination"
    ),
    ("crowdstrike_fdr/sekoia__crowdstrike-telemetry.log", 33, "client_ip"): (
        "LocalAddressIP4 0.0.0.0 is no address of a client; aip is the one the sensor was seen at"
    ),
    ("istio_envoy_access/elastic__test-access-logs.log", 10, "host"): (
        "the truth takes UPSTREAM_HOST, the address behind; :AUTHORITY is the name that the client asked for"
    ),
    **{("iis_w3c/elastic__test-iis10-access.log", line, "user"): _ANONYMOUS for line in (5, 7)},
    **{("apache_access/elastic__test-access-basic.log", line, "client_ip"): _NAMED_CLIENT for line in (5, 7)},
    ("nginx_access/elastic__test-test-with-host.log", 4, "client_ip"): _NAMED_CLIENT,
    **{("traefik_access/elastic__test-format-common.log", line, "user"): _NO_USER for line in (1, 2, 3, 4, 5, 6, 8)},
    **{("traefik_access/elastic__test-format-common.log", line, "host"): _NO_SERVER for line in (4, 8)},
    ("f5_bigip_json/elastic__test-pipeline-bigip-ltm.log", 3, "time"): (
        "'2019-01-01:01:01.000Z' has two numbers where a time of day has three: no time can be made out"
    ),
}
"""(format/file, line or ANY_LINE, field) -> reason."""
