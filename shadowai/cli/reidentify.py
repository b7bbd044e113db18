"""``shadowai reidentify``: who a pseudonym is, for a reason, and on the record before it is told."""

from __future__ import annotations

from pathlib import Path

import click

from shadowai.cli import INCOMPLETE, deciding, options, terminal
from shadowai.normalize import printable


@click.command("reidentify", short_help="Say who a pseudonym is; needs the key and a reason, and is recorded.")
@click.argument("tokens", nargs=-1, required=True, metavar="PSEUDONYM...")
@click.option("--reason", required=True, metavar="TEXT", help="Why: it stays on record in the decision log.")
@click.option(
    "--among",
    "places",
    multiple=True,
    required=True,
    metavar="WHERE",
    help="Whom it may be: a file of people (CSV, text), an inventory by user (JSON), a network. May be given again.",
)
@deciding.by_option
@deciding.decisions_option
@options.config_option
def command(
    tokens: tuple[str, ...],
    reason: str,
    places: tuple[str, ...],
    person: str | None,
    decisions_file: str | None,
    config_file: Path | None,
) -> int:
    """Say who PSEUDONYM... are (user-3f0c…, device-…, address-…), of those whom --among names.

    The key is that of the configuration, or in SHADOWAI_PSEUDONYM_KEY. Who asked, when, why and for which pseudonyms is in the
    decision log before anything is told; the answer is not. Ends with 3 where one of them is nobody of those named.
    """
    from shadowai import config, privacy
    from shadowai.decisions import among, log

    wrong = [token for token in tokens if not privacy.TOKEN.fullmatch(token)]
    if wrong:
        raise click.BadParameter(f"{wrong[0]!r:.80} is no pseudonym", param_hint="PSEUDONYM")
    if not reason.strip():
        raise click.BadParameter("say why", param_hint="--reason")
    settings = config.load(config_file)
    names = privacy.Pseudonyms.of(settings.privacy.pseudonym_key)
    found = privacy.reidentified(tokens, (one for place in places for one in among.candidates(place)), names)
    body = {"pseudonyms": list(tokens), "found": sorted(found), "key": names.id, "reason": reason.strip()}
    head = log.record(deciding.place(decisions_file, settings), log.REIDENTIFICATION, body, deciding.who(person))
    for token in tokens:
        print(token, printable(found.get(token, "")), sep="\t")
    terminal.say(f"recorded; head {head}")
    return 0 if all(token in found for token in tokens) else INCOMPLETE
