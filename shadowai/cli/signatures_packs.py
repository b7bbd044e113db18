"""The commands of ``shadowai signatures`` that build, install and roll back packs."""

from __future__ import annotations

from pathlib import Path

import click

from shadowai.cli import options, terminal
from shadowai.normalize import printable

_GROUP = click.Group("packs")


def add_to(group: click.Group) -> None:
    """Hook the commands of this module into ``group``."""
    for found in _GROUP.commands.values():
        group.add_command(found)


@_GROUP.command()
@click.argument("place", metavar="FILE-OR-URL")
@options.config_option
def update(place: str, config_file: Path | None) -> None:
    """Verify a pack of signatures and put it in force; the one before is kept for `rollback`.

    Its signature lies beside it, under its name and .sig. Whatever is refused changes nothing.
    """
    from shadowai.config import load
    from shadowai.packs import fetching, installing, loading, signing

    settings = load(config_file)
    signing.trusted(settings.signatures.keys)  # before anything is fetched
    data, signature, origin = fetching.get(place)
    made, new = installing.install(data, signature, settings, origin=origin)
    terminal.say(f"{made.name} is in force{'' if new else ' already'}; it expires on {made.expires}")
    if new:
        terminal.say(f"{len(loading.in_force(settings).files):,} signatures in place of those in force before")


@_GROUP.command()
@options.config_option
def rollback(config_file: Path | None) -> None:
    """Go back to the signatures that were in force before the last update; a second time undoes it."""
    from shadowai.config import load
    from shadowai.packs import installing

    made = installing.rollback(load(config_file))
    terminal.say(f"{made.name if made else 'the packaged signatures'} in force again")


@_GROUP.command()
@options.config_option
def status(config_file: Path | None) -> None:
    """Which signatures are in force, their version, and what is wrong with them."""
    from shadowai.config import load
    from shadowai.packs import loading
    from shadowai.packs.store import Store

    store = Store()
    state = store.read()
    known = loading.in_force(load(config_file), store)
    now, before = (one.name if one else "packaged" for one in (state.current, state.previous))
    print(printable(f"in force: {now}, {len(known.files):,} signatures, version {known.version}"))
    if state.current is not None:
        print(
            printable(
                f"signed by {state.current.key}, created {state.current.created}, expires {state.current.expires}"
            )
        )
        print(printable(f"before:   {before}"))
    for note in known.notes:
        print(printable(f"note:     {note.text}"))


@_GROUP.command()
@click.argument("folder", type=click.Path(exists=True, file_okay=False, path_type=Path), metavar="DIR")
@click.option("-o", "--output", type=Path, required=True, metavar="PACK", help="The pack; its signature is PACK.sig.")
@click.option(
    "--key", "keys", type=Path, multiple=True, required=True, metavar="FILE", help="Private key; may be given twice."
)
@click.option(
    "--pack", default="shadowai", show_default=True, metavar="ID", help="Whose pack it is; serials grow within one."
)
@click.option("--serial", type=int, metavar="N", help="Above that of every earlier pack; the minute (UTC) by default.")
@click.option("--expires", metavar="DATE", help="The last day on which it may be installed; 90 days ahead by default.")
@click.option(
    "--min-engine", metavar="VERSION", help="Oldest version of the program that may use it; this one by default."
)
def build(
    folder: Path,
    output: Path,
    keys: tuple[Path, ...],
    pack: str,
    serial: int | None,
    expires: str | None,
    min_engine: str | None,
) -> None:
    """Build and sign a pack of the signatures in DIR, once their own examples pass.

    The same files and options make the same bytes; SOURCE_DATE_EPOCH stands for the clock.
    """
    from shadowai.export.whole import whole_file
    from shadowai.packs import building, fetching, signing

    if len(keys) > signing.MOST_KEYS:
        raise click.BadParameter(f"at most {signing.MOST_KEYS} keys sign a pack", param_hint="--key")
    options.check_file(output)
    options.keep_apart((*folder.glob("*.yaml"), *keys), output=output)
    signers = [signing.private_key(path) for path in keys]
    data, made = building.build(folder, pack=pack, serial=serial, expires=expires, min_engine=min_engine)
    beside = output.with_name(output.name + fetching.SUFFIX)
    for path, content in ((output, data), (beside, signing.sign(data, signers))):
        with whole_file(path) as stream:
            stream.write(content)
    terminal.say(
        f"{made.pack} {made.serial}: {made.signatures:,} signatures, {made.indicators:,} indicators, "
        f"{len(data):,} bytes, expires {made.expires}"
    )


@_GROUP.command()
@click.option("-o", "--output", type=Path, required=True, metavar="FILE", help="A new file for the private key.")
def keygen(output: Path) -> None:
    """Make a key pair for packs of your own: the private key in FILE, the public one on standard output.

    Who trusts the packs writes the public key in the configuration: [signatures] keys = ["ed25519:…"].
    """
    from shadowai.packs import signing

    print(signing.make(output))
