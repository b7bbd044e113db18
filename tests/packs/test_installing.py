"""Updates: whatever is wrong is refused with its reason and changes nothing; whatever is interrupted leaves the old or the new."""

from __future__ import annotations

import dataclasses
import os
import shutil
import signal
import sys
import zlib
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from shadowai import catalog
from shadowai.config import Settings
from shadowai.errors import ShadowaiError, SignatureError, SourceError, UsageError
from shadowai.matcher import Matcher
from shadowai.packs import archive, installing, signing
from shadowai.packs.settings import Choice
from shadowai.packs.store import State, Store
from tests.packs.making import KEY, ORIGIN, OTHER_KEY, OTHER_PUBLIC, PUBLIC, folder, gzipped, manifest_of, pack, text

TODAY = date(2026, 11, 21)
SETTINGS = Settings(signatures=Choice((PUBLIC,)))
Packed = tuple[bytes, bytes]


@pytest.fixture(autouse=True)
def _small(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One packaged signature, and a cache of the test's own."""
    packaged = folder(tmp_path / "packaged", "zero")
    monkeypatch.setattr(catalog, "packaged_dir", lambda: packaged)
    monkeypatch.setattr(archive, "MAX_UNPACKED", 1 << 20)
    monkeypatch.setattr(os, "sync", lambda: None)  # these wait for a disk that others use, too
    monkeypatch.setattr(os, "fsync", lambda descriptor: None)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "state" / "signatures")


@pytest.fixture
def one(tmp_path: Path) -> Packed:
    return pack(folder(tmp_path / "one", "alpha", "beta"), 1)


@pytest.fixture
def two(tmp_path: Path) -> Packed:
    return pack(folder(tmp_path / "two", "beta", "gamma"), 2)


def install(packed: Packed, store: Store, settings: Settings = SETTINGS, today: date = TODAY) -> bool:
    return installing.install(*packed, settings, origin=ORIGIN, store=store, today=today)[1]


def known(store: Store, settings: Settings = SETTINGS) -> list[str]:
    """The ids of the signatures in force."""
    return list(installing.in_force(settings, store, today=TODAY).files)


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


def test_what_has_expired_since_is_used_and_said(store: Store, one: Packed) -> None:
    install(one, store)
    assert installing.in_force(SETTINGS, store, today=date(2027, 1, 31)).notes == ()
    (note,) = installing.in_force(SETTINGS, store, today=date(2027, 2, 1)).notes
    assert note.kind == "signatures_expired" and "shadowai 1" in note.text and "2027-01-31" in note.text


def test_a_pack_older_than_the_program_is_said(store: Store, one: Packed, monkeypatch: pytest.MonkeyPatch) -> None:
    install(one, store)
    monkeypatch.setattr("shadowai.__version__", "99.0")
    (note,) = installing.in_force(SETTINGS, store, today=TODAY).notes
    assert note.kind == "signatures_behind"


def test_a_pack_of_another_schema_than_the_program_s_is_not_guessed_at(store: Store, one: Packed) -> None:
    install(one, store)
    current = store.read().current
    assert current is not None
    store.write(State(dataclasses.replace(current, schema=2)))
    with pytest.raises(SignatureError, match="is of schema 2"):
        installing.in_force(SETTINGS, store)
    installing.rollback(SETTINGS, store)
    assert known(store) == ["zero"]


@pytest.mark.parametrize("damage", ["change", "add", "remove"])
def test_files_changed_behind_our_back_are_noticed(store: Store, one: Packed, damage: str) -> None:
    install(one, store)
    current = store.read().current
    assert current is not None
    inside = store.pack(current).folder
    if damage == "change":
        (inside / "alpha.yaml").write_bytes(text("alpha", host="evil.example"))
    elif damage == "add":
        (inside / "omega.yaml").write_bytes(text("omega"))
    else:
        (inside / "alpha.yaml").unlink()
    with pytest.raises(SignatureError, match="not those that were verified"):
        known(store)
    installing.rollback(SETTINGS, store)
    assert known(store) == ["zero"]


def _own(tmp_path: Path, overrides: str = "") -> Settings:
    """An organisation with a signature and overrides of its own."""
    own = folder(tmp_path / "signatures.d", "local-mine")
    path = tmp_path / "overrides.yaml"
    path.write_text(overrides or "disable: []\n")
    return Settings(signatures_dir=(own,), signatures=Choice((PUBLIC,), path))


def test_what_is_the_organisation_s_own_stays_and_is_never_written(
    store: Store, one: Packed, two: Packed, tmp_path: Path
) -> None:
    settings = _own(tmp_path, "disable: [beta]\nstrength: {local-mine.example: weak}\n")
    before = tree(tmp_path / "signatures.d"), (tmp_path / "overrides.yaml").read_bytes()
    for packed, ids in ((one, ["alpha", "local-mine"]), (two, ["gamma", "local-mine"])):
        install(packed, store, settings)
        found = installing.in_force(settings, store, today=TODAY)
        assert list(found.files) == ids
        assert [m.strength for m in Matcher(found).host("local-mine.example").matches] == ["weak"]
    assert (tree(tmp_path / "signatures.d"), (tmp_path / "overrides.yaml").read_bytes()) == before


def test_a_pack_that_the_overrides_do_not_agree_with_is_not_put_in_force(
    store: Store, one: Packed, two: Packed, tmp_path: Path
) -> None:
    settings = _own(tmp_path, "disable:\n  - alpha\n")
    install(one, store, settings)
    with pytest.raises(UsageError, match="no signature 'alpha'") as caught:
        install(two, store, settings)
    assert caught.value.origin is not None and str(caught.value.origin) == f"{tmp_path / 'overrides.yaml'}:2"
    assert known(store, settings) == ["beta", "local-mine"]


def test_findings_name_pack_and_signature(store: Store, one: Packed, tmp_path: Path) -> None:
    settings = _own(tmp_path)
    zero = installing.in_force(settings, store).get("zero")
    assert zero is not None and zero.pack.startswith("packaged with shadowai ")
    install(one, store, settings)
    found = installing.in_force(settings, store)
    alpha, mine = found.get("alpha"), found.get("local-mine")
    assert alpha is not None and mine is not None
    assert (alpha.pack, mine.pack) == ("shadowai 1", "local")
    assert alpha.sha256 == catalog.read(tmp_path / "one" / "alpha.yaml").sha256


def test_two_updates_at_once(store: Store, one: Packed) -> None:
    with store.only_one(), pytest.raises(SourceError, match="another update"):
        install(one, store)
    assert install(one, store)


def _killed(store: Store, action: Callable[[], object], at: int) -> bool:
    """Run ``action`` in a process that is killed at the ``at``-th thing it does to the store; false where it ended before that."""
    child = os.fork()
    if not child:
        done = 0

        def count(event: str, args: tuple[Any, ...]) -> None:
            nonlocal done
            if event not in ("open", "os.mkdir", "os.rename", "os.remove", "os.rmdir", "os.scandir"):
                return
            if str(args[0]).startswith((str(store.root), *"0123456789")):
                if done == at:
                    os.kill(os.getpid(), signal.SIGKILL)
                done += 1

        sys.addaudithook(count)
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
