"""Install a pack, or go back to the one installed before.

The order is that of trust: who signed it, then what it says of itself, then whether its files prove themselves alone, then whether
they agree with what the organisation has written beside them. Only then is one file replaced; before that nothing has changed.
"""

from __future__ import annotations

import datetime
import hashlib
from typing import TYPE_CHECKING

import shadowai
from shadowai.errors import SignatureError, UsageError
from shadowai.model import Origin
from shadowai.packs import archive, manifest, proving, signing
from shadowai.packs.loading import load, today_utc
from shadowai.packs.manifest import Manifest
from shadowai.packs.store import Installed, State, Store
from shadowai.signature_file import SCHEMA

if TYPE_CHECKING:
    from shadowai.config import Settings


def install(
    data: bytes,
    signature: bytes,
    settings: Settings,
    *,
    origin: Origin,
    store: Store | None = None,
    today: datetime.date | None = None,
) -> tuple[Installed, bool]:
    """Verify the archive ``data`` and put it in force; false where it was in force already.

    Raises :class:`SignatureError` with the reason for a pack that is refused, and :class:`UsageError` where no key is trusted, or the
    organisation's own signatures or overrides do not agree with it. ``today`` (UTC) is what expiry is judged by.
    """
    store = store or Store()
    keys = signing.trusted(settings.signatures.keys)
    archive.check_size(data, origin)
    signer = signing.verify(data, signature, keys, origin)
    files = archive.unpack(data, origin)
    stated = manifest.parse(files.pop(manifest.NAME), origin)
    stated.check_files(files, origin)
    _check_fitness(stated, origin, today or today_utc())
    made = _installed(stated, signer, data)
    with store.only_one():
        state = store.read()
        if state.current == made:
            return made, False
        _check_serial(stated, state, origin)
        proving.check_counts(stated, proving.prove(files, origin), origin)
        store.put(made, {manifest.NAME: stated.dump()} | {_bare(name): body for name, body in files.items()})
        load(settings, store, made)
        state = State(made, state.current, {**state.serials, stated.pack: stated.serial})
        store.write(state)
        store.tidy(state)
    return made, True


def rollback(settings: Settings, store: Store | None = None) -> Installed | None:
    """Put the pack that was in force before in force again, and give it: ``None`` for the packaged signatures. A second time undoes it.

    The highest serials stay known. Raises :class:`UsageError` where no pack was ever installed.
    """
    store = store or Store()
    with store.only_one():
        state = store.read()
        if state.current is None and state.previous is None:
            raise UsageError("no pack was ever installed", remedy="the packaged signatures are in force")
        load(settings, store, state.previous)
        store.write(State(state.previous, state.current, state.serials))
    return state.previous


def _check_fitness(stated: Manifest, origin: Origin, today: datetime.date) -> None:
    """Whether the pack is for this program and this day."""
    if stated.schema != SCHEMA:
        raise _refused(
            f"it is of schema {stated.schema}, and this program reads {SCHEMA}", origin, "upgrade the program"
        )
    if manifest.numbers(stated.min_engine) > manifest.numbers(shadowai.__version__):
        reason = f"it needs version {stated.min_engine} of the program, and this is {shadowai.__version__}"
        raise _refused(reason, origin, "upgrade the program")
    if stated.expires < today.isoformat():
        raise _refused(f"it expired on {stated.expires}", origin, "get a newer one, and check this machine's clock")


def _check_serial(stated: Manifest, state: State, origin: Origin) -> None:
    highest = state.serials.get(stated.pack, 0)
    if stated.serial <= highest:
        reason = f"its serial {stated.serial} is not above {highest}, the highest installed so far"
        raise _refused(reason, origin, "get a newer one; `shadowai signatures rollback` goes back one")


def _installed(stated: Manifest, signer: str, data: bytes) -> Installed:
    return Installed(
        pack=stated.pack,
        serial=stated.serial,
        created=stated.created,
        expires=stated.expires,
        schema=stated.schema,
        engine=stated.engine,
        key=signer,
        archive=hashlib.sha256(data).hexdigest(),
        content=manifest.content((_bare(name), sum_) for name, sum_ in stated.files.items()),
    )


def _bare(name: str) -> str:
    return name.removeprefix(archive.FOLDER)


def _refused(reason: str, origin: Origin, remedy: str) -> SignatureError:
    return SignatureError(f"the pack is refused: {reason}", origin=origin, remedy=remedy)
