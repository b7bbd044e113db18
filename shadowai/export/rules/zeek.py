"""A Zeek script that raises a notice where a claimed name is seen in TLS, DNS or HTTP.

https://docs.zeek.org/en/v7.0.0/script-reference/ has the events and the notice framework.
"""

from __future__ import annotations

from collections.abc import Sequence

from shadowai.export.rules.claims import Claims, How, Pattern, label, table

_HEAD = """\
@load base/frameworks/notice
@load base/protocols/dns
@load base/protocols/http
@load base/protocols/ssl

module ShadowAI;

export {
	redef enum Notice::Type += {
		## A name of an AI service was looked up or connected to.
		AI_Service
	};
"""
_GLOBS = "@GLOBS@"
"""Where the tests of patterns stand."""
_TAIL = """\
}

# The exact host decides, then a pattern, then the longest domain; an empty service is nobody's.
function explain(name: string): string
	{
	local rest = to_lower(name);
	if ( rest in hosts )
		return hosts[rest];
@GLOBS@	while ( |rest| > 0 )
		{
		if ( rest in domains )
			return domains[rest];
		local dot = strstr(rest, ".");
		if ( dot == 0 )
			return "";
		rest = rest[dot:];
		}
	return "";
	}

function tell(c: connection, name: string)
	{
	local service = explain(name);
	if ( service == "" )
		return;
	NOTICE([$note=AI_Service, $conn=c, $msg=fmt("AI service %s: %s", service, name), $sub=service,
		$identifier=cat(c$id$orig_h, service), $suppress_for=1hr]);
	}

event ssl_extension_server_name(c: connection, is_client: bool, names: string_vec)
	{
	if ( is_client && |names| > 0 )
		tell(c, names[0]);
	}

event dns_request(c: connection, msg: dns_msg, query: string, qtype: count, qclass: count)
	{
	tell(c, query);
	}

event http_header(c: connection, is_orig: bool, original_name: string, name: string, value: string)
	{
	if ( is_orig && name == "HOST" )
		tell(c, sub(value, /:[0-9]*$/, ""));
	}
"""


def render(claims: Sequence[Claims]) -> str:
    """The script with the names of all services in it."""
    found = table(claims)
    globs = [(pattern, service) for pattern, service in found.items() if pattern.how == "glob"]
    tests = "".join(f'\tif ( /{pattern.regex}/ == rest )\n\t\treturn "{label(s)}";\n' for pattern, s in globs)
    return _HEAD + _table("hosts", found, "exact") + _table("domains", found, "suffix") + _TAIL.replace(_GLOBS, tests)


def _table(name: str, found: dict[Pattern, str], how: How) -> str:
    rows = (f'\t\t["{pattern.value}"] = "{label(s)}",\n' for pattern, s in found.items() if pattern.how == how)
    return f"\tconst {name}: table[string] of string = {{\n{''.join(rows)}\t}} &redef;\n"
