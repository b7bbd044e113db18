"""Values as JSON text that nothing on its way acts upon: ASCII, with lone surrogates shown and keys in the order given."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from shadowai.export.inert import encodable

Json = str | int | float | bool | None | Mapping[str, "Json"] | Sequence["Json"]


def dump(value: Json, *, indent: int | None = None) -> str:
    """``value`` as JSON (RFC 8259), in one line where there is no ``indent``."""
    separators = (",", ":") if indent is None else (",", ": ")
    return json.dumps(safe(value), ensure_ascii=True, indent=indent, separators=separators)


def known(fields: Mapping[str, Json]) -> dict[str, Json]:
    """``fields`` without those of which nothing is known: ``None``, empty text, empty lists and empty objects."""
    return {name: value for name, value in fields.items() if value is not None and value not in ("", [], (), {})}


def safe(value: Json) -> Json:
    """``value`` with lone surrogates shown, wherever in it they stand."""
    if isinstance(value, str):
        return encodable(value)
    if isinstance(value, Mapping):
        return {encodable(name): safe(part) for name, part in value.items()}
    return [safe(part) for part in value] if isinstance(value, Sequence) else value
