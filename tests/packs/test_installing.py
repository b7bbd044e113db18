"""Updates: whatever is wrong is refused with its reason and changes nothing; whatever is interrupted leaves the old or the new."""

from __future__ import annotations

import os
import shutil
import signal
import sys
import zlib
from collections.abc import Callable
from datetime import date
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

from shadowai.config import Settings
from shadowai.errors import ShadowaiError, SignatureError, SourceError, UsageError
from shadowai.matcher import Matcher
from shadowai.packs import archive, installing, loading, signing
from shadowai.packs.settings import Choice
from shadowai.packs.store import Store
from tests.packs.making import (
    KEY,
    OTHER_KEY,
    OTHER_PUBLIC,
    PUBLIC,
    SETTINGS,
    TODAY,
    Packed,
    folder,
    gzipped,
    install,
    known,
    manifest_of,
    own,
    pack,
    text,
)

pytestmark = pytest.mark.usefixtures("small")


def tree(root: Path) -> dict[str, bytes]:
    """Everything under a folder but the lock."""
    files = [path for path in root.rglob("*") if path.is_file() and path.name != "lock"]
    return {str(path.relative_to(root)): path.read_bytes() for path in files}


def test_updated_and_rolled_back(store: Store, one: Packed, two: Packed) -> None:
    assert known(store) == ["zero"]
    assert install(one, store) and known(store) == ["alpha", "beta"]
    assert install(two, store) and known(store) == ["beta", "gamma"]
    before = installing.rollback(SETTINGS, store)
    assert before is not None and before.serial == 1 and known(store) == ["alpha", "beta"]
    installing.rollback(SETTINGS, store)
    assert known(store) == ["beta", "gamma"]


def test_rolled_back_to_the_packaged_ones(store: Store, one: Packed) -> None:
    with pytest.raises(UsageError, match="no pack was ever installed"):
        installing.rollback(SETTINGS, store)
    install(one, store)
    assert installing.rollback(SETTINGS, store) is None
    assert known(store) == ["zero"]


def test_the_same_pack_again_is_no_error_and_changes_nothing(store: Store, one: Packed) -> None:
    install(one, store)
    before = tree(store.root)
    assert not install(one, store)
    assert tree(store.root) == before


def test_one_before_is_kept_and_no_more(store: Store, tmp_path: Path, one: Packed, two: Packed) -> None:
    for packed in (one, two, pack(folder(tmp_path / "three", "delta"), 3)):
        install(packed, store)
    state = store.read()
    assert state.current is not None and state.previous is not None
    assert {path.name for path in store.root.iterdir() if path.is_dir()} == {
        state.current.folder,
        state.previous.folder,
    }


def test_packs_of_different_ids_have_serials_of_their_own(store: Store, tmp_path: Path, two: Packed) -> None:
    install(two, store)
    install(pack(folder(tmp_path / "ours", "delta"), 1, pack="ours"), store)
    assert known(store) == ["delta"]
    with pytest.raises(SignatureError, match="its serial 2 is not above 2"):
        install(two, store)


def _changed(packed: Packed, at: int) -> Packed:
    return packed[0][:at] + bytes([packed[0][at] ^ 1]) + packed[0][at + 1 :], packed[1]


def _signed(data: bytes) -> Packed:
    return data, signing.sign(data, [KEY])


def _of(inside: dict[str, bytes], **about: Any) -> Packed:
    """A pack with a manifest that nobody checked, well signed."""
    files = {f"signatures/{name}.yaml": data for name, data in inside.items()}
    return _signed(archive.pack({"pack.json": manifest_of(files, **about), **files}))


GOOD = {"gamma": text("gamma")}
REFUSED: dict[str, tuple[Callable[[Packed], Packed], str]] = {
    "corrupt": (lambda two: _changed(two, 400), "signature does not fit"),
    "truncated": (lambda two: (two[0][:-1], two[1]), "signature does not fit"),
    "cut to nothing": (lambda two: (b"", two[1]), "signature does not fit"),
    "re-signed": (lambda two: (two[0], signing.sign(two[0], [OTHER_KEY])), "it is signed by"),
    "not signed": (lambda two: (two[0], b""), "signature file is malformed"),
    "another's signature": (lambda two: (two[0], signing.sign(two[0][1:], [KEY])), "signature does not fit"),
    "oversized": (lambda two: _signed(b"\0" * (archive.MAX_ARCHIVE + 1)), "larger than 16 MiB"),
    "a bomb": (lambda two: _signed(gzipped(b"\0" * (2 << 20))), "unpacks to more than 1 MiB"),
    "corrupt when it was signed": (lambda two: _signed(b"x" + two[0][1:]), "no gzip file"),
    "truncated when it was signed": (lambda two: _signed(two[0][:-9]), "truncated"),
    "expired": (lambda two: _of(GOOD, serial=2, expires="2026-11-20"), "it expired on 2026-11-20"),
    "replayed": (lambda two: _of(GOOD, serial=1), "its serial 1 is not above 1"),
    "of another schema": (lambda two: _of(GOOD, serial=2, schema=2), "it is of schema 2"),
    "for a later program": (lambda two: _of(GOOD, serial=2, min_engine="99.1"), "it needs version 99.1"),
    "miscounted": (lambda two: _of(GOOD, serial=2, signatures=9), "miscounts"),
    "of other files": (lambda two: _of(GOOD, serial=2, files={"signatures/x.yaml": "0" * 64}), "disagree about"),
    "of other sums": (lambda two: _of(GOOD, serial=2, files={"signatures/gamma.yaml": "0" * 64}), "is not what"),
    "failing its examples": (
        lambda two: _of({"gamma": text("gamma", strength="weak")}, serial=2),
        "is strong, not weak",
    ),
    "empty": (lambda two: _of({}, serial=2, signatures=1, indicators=1), "it holds no signature"),
}


@pytest.mark.parametrize("make", REFUSED.values(), ids=REFUSED.keys())
def test_what_is_wrong_is_refused_and_changes_nothing(
    store: Store, one: Packed, two: Packed, make: tuple[Callable[[Packed], Packed], str]
) -> None:
    install(one, store)
    before = tree(store.root)
    damage, reason = make
    with pytest.raises(SignatureError, match=reason) as caught:
        install(damage(two), store)
    assert caught.value.exit_code == 2 and caught.value.remedy
    assert tree(store.root) == before and known(store) == ["alpha", "beta"]
    assert install(two, store)


def test_a_link_or_an_upward_path_in_a_signed_pack(store: Store, one: Packed, two: Packed) -> None:
    """What :mod:`tests.packs.test_archive` tries one by one is refused here too."""
    before, _, after = zlib.decompress(two[0], 31).rpartition(b"signatures/gamma")
    with pytest.raises(SignatureError, match="no file of a pack is named"):
        install(_signed(gzipped(before + b"../../../../gamm" + after)), store)
    assert not store.root.exists()


def test_no_rollback_by_an_older_pack_after_a_rollback(store: Store, one: Packed, two: Packed) -> None:
    install(one, store)
    install(two, store)
    installing.rollback(SETTINGS, store)
    for packed in (two, _of(GOOD, serial=2)):
        with pytest.raises(SignatureError, match="not above 2"):
            install(packed, store)


def test_the_day_of_expiry_is_still_good(store: Store, one: Packed) -> None:
    with pytest.raises(SignatureError, match="it expired on 2027-01-31"):
        install(one, store, today=date(2027, 2, 1))
    assert install(one, store, today=date(2027, 1, 31))


def test_no_trusted_key_no_pack(store: Store, one: Packed) -> None:
    with pytest.raises(UsageError, match="no key is trusted"):
        install(one, store, Settings())
    assert not store.root.exists()


def test_keys_rotate(store: Store, one: Packed, tmp_path: Path) -> None:
    install(one, store)
    data, _ = pack(folder(tmp_path / "two", "beta"), 2)
    both = Settings(signatures=Choice((PUBLIC, OTHER_PUBLIC)))
    assert install((data, signing.sign(data, [OTHER_KEY])), store, both)
    assert known(store) == ["beta"]


def test_what_is_the_organisation_s_own_stays_and_is_never_written(
    store: Store, one: Packed, two: Packed, tmp_path: Path
) -> None:
    settings = own(tmp_path, "disable: [beta]\nstrength: {local-mine.example: weak}\n")
    before = tree(tmp_path / "signatures.d"), (tmp_path / "overrides.yaml").read_bytes()
    for packed, ids in ((one, ["alpha", "local-mine"]), (two, ["gamma", "local-mine"])):
        install(packed, store, settings)
        found = loading.in_force(settings, store, today=TODAY)
        assert list(found.files) == ids
        assert [m.strength for m in Matcher(found).host("local-mine.example").matches] == ["weak"]
    assert (tree(tmp_path / "signatures.d"), (tmp_path / "overrides.yaml").read_bytes()) == before


def test_a_pack_that_the_overrides_do_not_agree_with_is_not_put_in_force(
    store: Store, one: Packed, two: Packed, tmp_path: Path
) -> None:
    settings = own(tmp_path, "disable:\n  - alpha\n")
    install(one, store, settings)
    with pytest.raises(UsageError, match="no signature 'alpha'") as caught:
        install(two, store, settings)
    assert caught.value.origin is not None and str(caught.value.origin) == f"{tmp_path / 'overrides.yaml'}:2"
    assert known(store, settings) == ["beta", "local-mine"]


def test_two_updates_at_once(store: Store, one: Packed) -> None:
    with store.only_one(), pytest.raises(SourceError, match="another update"):
        install(one, store)
    assert install(one, store)


def _killed(store: Store, action: Callable[[], object], at: int) -> bool:
    """Run ``action`` in a process that is killed at the ``at``-th thing it does to the store, or before the ``at``-th time it writes into
    a file that is open; false where it ended before that."""
    child = os.fork()
    if not child:
        left = iter(range(at))

        def count() -> None:
            if next(left, None) is None:
                os.kill(os.getpid(), signal.SIGKILL)

        def audit(event: str, args: tuple[Any, ...]) -> None:
            touching = event in ("open", "os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.scandir")
            if touching and str(args[0]).startswith((str(store.root), *"0123456789")):
                count()

        def profile(frame: FrameType, event: str, called: Any) -> None:
            if event == "c_call" and called.__name__ == "write":
                count()

        sys.addaudithook(audit)
        sys.setprofile(profile)
        try:
            action()
            os._exit(0)
        except BaseException:
            os._exit(1)
    _, status = os.waitpid(child, 0)
    if os.WIFSIGNALED(status):
        return True
    assert os.WEXITSTATUS(status) == 0
    return False


@pytest.mark.parametrize("what", ["first", "update", "rollback"])
def test_killed_at_any_point_the_old_or_the_new_is_in_force(
    tmp_path: Path, one: Packed, two: Packed, what: str
) -> None:
    ground = Store(tmp_path / "ground")
    if what != "first":
        install(one, ground)
    if what == "rollback":
        install(two, ground)
    before = known(ground) if what != "first" else ["zero"]
    after = ["alpha", "beta"] if what == "rollback" else ["beta", "gamma"]
    seen, at = [], 0
    while True:
        store = Store(tmp_path / f"killed-{at}")
        if ground.root.exists():
            shutil.copytree(ground.root, store.root)
        change = (lambda s: installing.rollback(SETTINGS, s)) if what == "rollback" else (lambda s: install(two, s))
        interrupted = _killed(store, lambda: change(store), at)  # noqa: B023 - it is called at once
        seen.append(known(store))
        assert seen[-1] in (before, after)
        if not interrupted:
            break
        at += 1
        if seen[-1] == before:
            change(store)
        assert known(store) == after
        kept = {path.name for path in store.root.iterdir() if path.is_dir()}
        state = store.read()
        assert kept == {found.folder for found in (state.current, state.previous) if found}
    assert at > (3 if what == "rollback" else 12)
    assert before in seen and seen[-1] == after


def test_any_error_of_the_disk_leaves_the_old(
    store: Store, one: Packed, two: Packed, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(one, store)
    for name in ("fsync", "mkdir", "rename", "replace", "unlink"):
        with monkeypatch.context() as failing:

            def full(*_: object, **__: object) -> None:
                raise OSError(28, "No space left on device")

            failing.setattr(*((os, name) if name == "fsync" else (Path, name)), full)  # type: ignore[call-overload]
            with pytest.raises((ShadowaiError, OSError)):
                install(two, store)
        assert known(store) == ["alpha", "beta"]
    assert install(two, store)
