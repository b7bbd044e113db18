"""What a connector to a SaaS product must be, and how one is found by its name.

A connector reads who granted, installed or used an AI service in one product and yields sightings; what it could not
read (a permission missing, a licence, a quota) it yields as gaps, never as an empty answer. Connectors live outside
the program, ours in ``shadowai_connectors``; each is one entry point of the group :data:`GROUP`, and nothing is
imported before it is asked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib.metadata import EntryPoint, entry_points
from typing import Protocol, runtime_checkable

from shadowai.errors import UsageError
from shadowai.model import Gap, Note, Sighting

GROUP = "shadowai.connectors"
"""The entry-point group; other people's connectors register under the same one."""


@runtime_checkable
class Connector(Protocol):
    """One SaaS product. An implementation is a class that is constructed without arguments and does nothing then.

    ``name`` is the name of its entry point and ``title`` the product's. ``secrets`` are the keys of its settings that
    hold credentials: their values are references (``env:NAME`` or ``file:PATH``), never the credential itself.
    """

    name: str
    title: str
    secrets: tuple[str, ...]

    def sightings(self, settings: Mapping[str, str]) -> Iterator[Sighting | Gap | Note]:
        """Everything the product shows of AI services in the tenant that ``settings`` name.

        One signal that cannot be read gives one :class:`~shadowai.model.Gap` and the others go on. Raises
        :class:`~shadowai.errors.UsageError` where a setting is missing or wrong, before anything is asked.
        """
        ...


def connectors() -> dict[str, EntryPoint]:
    """The installed connectors by name, in order of their names; none of them is imported.

    Two distributions that claim one name are a :class:`~shadowai.errors.UsageError`: which of them would be handed
    the credentials must not be a matter of chance.
    """
    found: dict[str, EntryPoint] = {}
    for entry in sorted(entry_points(group=GROUP), key=lambda entry: (entry.name, entry.value)):
        other = found.setdefault(entry.name, entry)
        if other.value != entry.value:
            message = f"two connectors are called {entry.name!r}: {other.value} and {entry.value}"
            raise UsageError(message, remedy="uninstall one of them")
    return found


def load(name: str) -> Connector:
    """The connector called ``name``, imported and constructed.

    Raises :class:`~shadowai.errors.UsageError` where there is none of that name, where a library that it needs is not
    installed, and where what the entry point names is not a connector.
    """
    known = connectors()
    if name not in known:
        names = ", ".join(known) or "none"
        raise UsageError(f"no connector is called {name!r}", remedy=f"installed: {names}")
    entry = known[name]
    try:
        made = entry.load()()
    except ImportError as error:
        raise UsageError(f"connector {name!r} cannot be imported: {error}", remedy="install what it needs") from error
    except (AttributeError, TypeError) as error:
        raise UsageError(f"connector {name!r}: {entry.value} is not a connector: {error}") from error
    if not isinstance(made, Connector):
        raise UsageError(f"connector {name!r}: {entry.value} is not a connector", remedy="see docs/connectors.md")
    return made
