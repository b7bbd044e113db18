"""The vendors' own descriptions of their interfaces, cut down to what the connectors ask: whole ones take minutes to load."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

Document = dict[str, Any]

GRAPH = (
    "/servicePrincipals",
    "/oauth2PermissionGrants",
    "/servicePrincipals/{servicePrincipal-id}/appRoleAssignedTo",
    "/servicePrincipals/{servicePrincipal-id}/oauth2PermissionGrants",
    "/auditLogs/directoryAudits",
    "/appCatalogs/teamsApps",
    "/identityGovernance/appConsent/appConsentRequests",
)
NEWER = ["createdByAppId", "isDisabled"]
"""Properties of a service principal that are younger than the packaged description; it refuses all others that it does not know."""
GITHUB = (
    "/orgs/{org}/installations",
    "/orgs/{org}/copilot/billing/seats",
    "/orgs/{org}/personal-access-tokens",
    "/orgs/{org}/personal-access-token-requests",
    "/orgs/{org}/credential-authorizations",
    "/orgs/{org}/audit-log",
    "/apps/{app_slug}",
)
OKTA = (
    "/api/v1/apps",
    "/api/v1/apps/{appId}/grants",
    "/api/v1/apps/{appId}/tokens",
    "/api/v1/apps/{appId}/users",
    "/api/v1/logs",
    "/api/v1/users",
    "/api/v1/users/{userId}",
)
GOOGLE = ("admin.directory_v1", "admin.reports_v1", "chromemanagement.v1")


def graph(source: Path, *, paged: bool) -> Document:
    """Microsoft Graph. ``paged`` leaves ``@odata.nextLink`` in, of which Prism makes the word "string". Navigation properties, which
    lead from every object to all others, are left out."""
    whole = json.loads(source.read_bytes())
    for schema in whole["components"]["schemas"].values():
        for inner in _objects(schema):
            properties = inner.get("properties")
            if isinstance(properties, dict):
                _leave_out(properties, paged)
    paths = {path: whole["paths"][path] for path in GRAPH}
    paths = _reading(paths)
    paths["/directoryObjects/getByIds"] = whole["paths"]["/directoryObjects/microsoft.graph.getByIds"]
    cut = _cut(whole, {f"/v1.0{path}": found for path, found in paths.items()}, ("get", "post", "parameters"))
    for inner in _objects(cut):
        if inner.get("name") == "$select" and "enum" in inner["schema"]["items"]:
            inner["schema"]["items"]["enum"] += NEWER
        elif inner.get("name") == "$expand":
            del inner["schema"]["items"]["enum"]  # which has no notation for an expansion within another
    return {**cut, "servers": [{"url": "https://graph.microsoft.com"}]}


def _leave_out(properties: dict[str, Any], paged: bool) -> None:
    for name in list(properties):
        navigation = isinstance(properties[name], dict) and properties[name].get("x-ms-navigationProperty")
        if navigation or (name == "@odata.nextLink" and not paged):
            del properties[name]


def github(source: Path) -> Document:
    """GitHub Enterprise Cloud."""
    whole = json.loads(source.read_bytes())
    return _cut(whole, {path: whole["paths"][path] for path in GITHUB})


def okta(source: Path) -> Document:
    """Okta, which describes itself in Swagger 2."""
    whole: Document = json.loads(source.read_bytes())
    return {**whole, "paths": _reading({path: whole["paths"][path] for path in OKTA})}


def google(folder: Path) -> Document:
    """Google's Directory, Reports and Chrome Management together, out of the discovery documents of ``folder``."""
    paths: Document = {}
    schemas: Document = {}
    for name in GOOGLE:
        document = json.loads((folder / f"{name}.json").read_bytes())
        prefix = document["name"] + document["version"]
        schemas |= {f"{prefix}{key}": _schema(value, prefix) for key, value in document["schemas"].items()}
        for method in _methods(document):
            if method["httpMethod"] == "GET":
                path = re.sub(r"\{\+", "{", "/" + (method.get("flatPath") or method["path"]))
                paths.setdefault(path, {"get": _operation(method, path, document, prefix)})
    about = {"title": "Google", "version": "1"}
    return {"openapi": "3.0.2", "info": about, "paths": paths, "components": {"schemas": schemas}}


def _methods(resource: Mapping[str, Any]) -> Iterator[Document]:
    for inner in resource.get("resources", {}).values():
        yield from inner.get("methods", {}).values()
        yield from _methods(inner)


def _operation(method: Document, path: str, document: Document, prefix: str) -> Document:
    """A method of a discovery document (https://developers.google.com/discovery/v1/type-format) as OpenAPI has it."""
    given = {**document.get("parameters", {}), **method.get("parameters", {})}
    asked = [
        {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
        for name in re.findall(r"\{([^}]+)\}", path)
    ]
    for name, about in given.items():
        if about.get("location") == "query":
            schema = {key: about[key] for key in ("type", "enum", "pattern") if key in about}
            schema |= {key: int(about[key]) for key in ("minimum", "maximum") if key in about}
            if about.get("repeated"):
                schema = {"type": "array", "items": schema}
            asked.append({"name": name, "in": "query", "schema": schema, "required": bool(about.get("required"))})
    answer: Document = {"description": "what was asked for"}
    if "response" in method:
        reference = {"$ref": f"#/components/schemas/{prefix}{method['response']['$ref']}"}
        answer["content"] = {"application/json": {"schema": reference}}
    return {"operationId": method["id"], "parameters": asked, "responses": {"200": answer}}


_KEPT = ("type", "format", "enum", "pattern", "items", "additionalProperties")


def _schema(found: Mapping[str, Any], prefix: str) -> Document:
    """A schema of a discovery document: what OpenAPI has, too."""
    if "$ref" in found:
        return {"$ref": f"#/components/schemas/{prefix}{found['$ref']}"}
    made: Document = {key: found[key] for key in _KEPT if key in found and found[key] != "any"}
    for key in ("items", "additionalProperties"):
        if key in made:
            made[key] = _schema(made[key], prefix)
    if "properties" in found:
        made["properties"] = {name: _schema(value, prefix) for name, value in found["properties"].items()}
    return made


READING = ("get", "parameters")


def _reading(paths: Mapping[str, Any], methods: Iterable[str] = READING) -> Document:
    """The GETs alone, where nothing else is asked for."""
    return {path: {key: found[key] for key in methods if key in found} for path, found in paths.items()}


def _cut(whole: Document, paths: Mapping[str, Any], methods: Iterable[str] = READING) -> Document:
    """A document with those paths, and of its components what they refer to."""
    kept = _reading(paths, methods)
    used: set[str] = set()
    waiting: list[Any] = [kept]
    while waiting:
        for reference in _references(waiting.pop()):
            if reference not in used:
                used.add(reference)
                waiting.append(_at(whole, reference))
    components: Document = {}
    for reference in used:
        _, _, kind, name = reference.split("/", 3)
        components.setdefault(kind, {})[name.replace("~1", "/")] = _at(whole, reference)
    schemes = whole["components"].get("securitySchemes")
    if schemes:
        components["securitySchemes"] = schemes
    return {**{key: whole[key] for key in ("openapi", "info") if key in whole}, "paths": kept, "components": components}


def _at(whole: Document, reference: str) -> Any:
    _, _, kind, name = reference.split("/", 3)
    return whole["components"][kind][name.replace("~1", "/")]


def _references(found: Any) -> Iterable[str]:
    for inner in _objects(found):
        reference = inner.get("$ref")
        if isinstance(reference, str) and reference.startswith("#/components/"):
            yield reference


def _objects(found: Any) -> Iterator[dict[str, Any]]:
    """Every object in a document."""
    if isinstance(found, dict):
        yield found
    for inner in found.values() if isinstance(found, dict) else found if isinstance(found, list) else ():
        yield from _objects(inner)
