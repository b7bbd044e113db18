"""WireMock's stubs (wiremock.org/docs/request-matching, /response-templating, /stateful-behaviour): tokens, pages, refusals, resets."""

from __future__ import annotations

from typing import Any

from tests.tenants.microsoft import TENANT

Stub = dict[str, Any]

CLAUDE = "08ad6f98-a4f8-4635-bb8d-f1a3044760f0"
CHATGPT = "e0476654-c1d5-430b-ab80-70cbd947616a"


def stub(method: str, path: str, answer: Stub, **request: Any) -> Stub:
    """``path`` is without its query."""
    return {"request": {"method": method, "urlPath": path, **request}, "response": answer}


def json_body(body: Any, status: int = 200, **headers: str) -> Stub:
    """An answer; underscores in the names of headers are hyphens."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return {"status": status, "jsonBody": body, "headers": {"Content-Type": "application/json", **named}}


def in_turn(scenario: str, *stubs: Stub) -> list[Stub]:
    """Each is given once, in that order; the last one for ever."""
    names = ["Started", *(f"{scenario} {place}" for place in range(1, len(stubs)))]
    turns = []
    for place, one in enumerate(stubs):
        state = {"scenarioName": scenario, "requiredScenarioState": names[place]}
        if place + 1 < len(stubs):
            state["newScenarioState"] = names[place + 1]
        turns.append({**one, **state, "priority": 2})
    return turns


def behind(root: str) -> Stub:
    """Everything else is answered by the server at ``root``."""
    return {"priority": 10, "request": {"method": "ANY", "urlPattern": ".*"}, "response": {"proxyBaseUrl": root}}


def nothing_else(pattern: str) -> Stub:
    """Everything else there is not found, in the service's own words: WireMock's would be a stranger's."""
    error = json_body({"error": {"code": "Request_ResourceNotFound", "message": "not found"}}, 404)
    return {"priority": 10, "request": {"method": "ANY", "urlPattern": pattern}, "response": error}


def microsoft_token(*contains: str) -> list[Stub]:
    """Where tokens of one tenant are had, and one for whoever sends all the words in ``contains``."""
    authority = f"{{root}}/{TENANT}"
    about = {
        "issuer": f"{authority}/v2.0",
        "authorization_endpoint": f"{authority}/oauth2/v2.0/authorize",
        "token_endpoint": f"{authority}/oauth2/v2.0/token",
        "device_authorization_endpoint": f"{authority}/oauth2/v2.0/devicecode",
    }
    wanted = [{"contains": word} for word in ("grant_type=client_credentials", *contains)]
    given = json_body({"token_type": "Bearer", "expires_in": 3599, "access_token": "token-of-wiremock"})
    return [
        stub("GET", f"/{TENANT}/v2.0/.well-known/openid-configuration", json_body(about)),
        stub("POST", f"/{TENANT}/oauth2/v2.0/token", given, bodyPatterns=wanted),
    ]


def google_token() -> Stub:
    """A token for an assertion (RFC 7523)."""
    wanted = [
        {"contains": "grant_type=urn%3Aietf%3Aparams%3Aoauth%3Agrant-type%3Ajwt-bearer"},
        {"contains": "assertion=ey"},
    ]
    given = json_body({"access_token": "token-of-wiremock", "expires_in": 3600, "token_type": "Bearer"})
    return stub("POST", "/token", given, bodyPatterns=wanted)


def app(number: int, app_id: str, name: str) -> Stub:
    """A service principal."""
    return {"id": f"00000001-0000-4000-8000-{number:012x}", "appId": app_id, "displayName": name, "replyUrls": []}
