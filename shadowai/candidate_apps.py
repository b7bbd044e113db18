"""Applications of tenants that look like AI, joined with the hosts that look like AI: the same thing seen from two sides is one candidate
with the evidence of both."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from shadowai import candidates, normalize, permissions
from shadowai.app_findings import Candidate as App
from shadowai.app_findings import speaks_of_ai
from shadowai.model import Candidate, Origin
from shadowai.tenant import Swept


def joined(hosts: Iterable[Candidate], sweeps: Iterable[tuple[Swept, Iterable[App]]]) -> tuple[Candidate, ...]:
    """``hosts`` and the applications among the candidates of ``sweeps`` whose name speaks of AI, ranked again.

    An application whose users are sent to a candidate, or whose homepage it is, adds to that one; any other stands under its own name.
    """
    found = {one.name: one for one in hosts}
    for swept, apps in sweeps:
        for app in apps:
            if app.unknown and speaks_of_ai(app.app.name):
                _add(found, swept, app)
    return candidates.ranked(found.values())


def _add(found: dict[str, Candidate], swept: Swept, app: App) -> None:
    origin = Origin(f"{swept.platform}:{swept.name}", app.app.id, "object")
    content = any(map(permissions.is_content, app.scopes))
    words = {"app_name", "content_scopes"} if content else {"app_name"}
    name = next((host for host in _hosts(app) if host in found), normalize.printable(app.app.name))
    known = found.get(name, Candidate(name, ()))
    found[name] = candidates.scored(
        replace(
            known,
            evidence=tuple(sorted({*known.evidence, *words})),
            users=max(known.users, app.users),
            sources=tuple(sorted({*known.sources, swept.platform})),
            origins=(*known.origins, origin)[:5],
        )
    )


def _hosts(app: App) -> Iterator[str]:
    """The hosts that an application gives for itself."""
    for text in (*app.app.reply_urls, app.app.homepage or ""):
        host = normalize.host(text)
        if host is not None:
            yield host
