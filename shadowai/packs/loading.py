"""Load the signatures in force: those of the installed pack or else the packaged ones, and the organisation's own."""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import TYPE_CHECKING

import shadowai
from shadowai.catalog import Catalog
from shadowai.errors import SignatureError
from shadowai.model import Note, Origin
from shadowai.packs.store import Installed, Store
from shadowai.signature_file import SCHEMA

if TYPE_CHECKING:
    from shadowai.config import Settings


def in_force(settings: Settings, store: Store | None = None, *, today: datetime.date | None = None) -> Catalog:
    """The signatures in force: the installed pack or else the packaged ones, and the user's own, changed as the configuration and the
    overrides say. What must be known of the pack (that it expired, say) is in the catalogue's notes."""
    store = store or Store()
    installed = store.read().current
    notes = tuple(_notes(installed, today or today_utc())) if installed else ()
    return load(settings, store, installed, notes)


def load(settings: Settings, store: Store, installed: Installed | None, notes: tuple[Note, ...] = ()) -> Catalog:
    """The signatures as they would be with ``installed`` in force, ``None`` for the packaged ones; raises what :meth:`Catalog.load` raises,
    and :class:`SignatureError` for a pack of a schema that this program does not read."""
    if installed is not None and installed.schema != SCHEMA:
        message = (
            f"the installed pack {installed.name} is of schema {installed.schema}, and this program reads {SCHEMA}"
        )
        remedy = "get a newer one with `shadowai signatures update`, or go back with `shadowai signatures rollback`"
        raise SignatureError(message, origin=Origin(str(store.root)), remedy=remedy)
    return Catalog.load(
        extra_dirs=settings.signatures_dir,
        disable=settings.disable,
        overrides=settings.signatures.overrides,
        pack=store.pack(installed) if installed else None,
        notes=notes,
    )


def today_utc() -> datetime.date:
    """The day by which expiry is judged."""
    return datetime.datetime.now(datetime.UTC).date()


def _notes(installed: Installed, today: datetime.date) -> Iterator[Note]:
    from shadowai.packs import manifest

    then = "get a newer one with `shadowai signatures update`"
    if installed.expires < today.isoformat():
        text = f"the signatures ({installed.name}) expired on {installed.expires}: services newer than they are missed; {then}"
        yield Note(None, "signatures_expired", text)
    if manifest.numbers(shadowai.__version__) > manifest.numbers(installed.engine):
        text = f"the signatures ({installed.name}) are older than this version of the program, which brings its own; {then}"
        yield Note(None, "signatures_behind", text)
