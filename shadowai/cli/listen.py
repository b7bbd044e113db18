"""``shadowai listen``: syslog in, inventory out."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from shadowai.cli import deciding, kept, options, terminal
from shadowai.cli.resuming import EVERY, or_later
from shadowai.cli.stopping import Stop

if TYPE_CHECKING:
    from shadowai.export import Exporter
    from shadowai.listen.listener import Listener
    from shadowai.listen.receivers import Port


@click.command("listen", short_help="Receive syslog, and write the inventory when it ends, and in between.")
@click.option("--udp", "udp", multiple=True, metavar="[HOST:]PORT", help="Receive datagrams.")
@click.option("--tcp", "tcp", multiple=True, metavar="[HOST:]PORT", help="Receive connections.")
@click.option("--tls", "tls", multiple=True, metavar="[HOST:]PORT", help="Receive TLS connections; needs --cert.")
@click.option("--cert", metavar="FILE", help="The server's certificate and those above it, PEM.")
@click.option("--key", metavar="FILE", help="Its private key, PEM, where that is not in the same file.")
@click.option("--client-ca", metavar="FILE", help="Take TLS connections only from clients with a certificate of these.")
@click.option(
    "--duration", type=options.Seconds(min=0, min_open=True), metavar="SECONDS", help="End by itself after that time."
)
@click.option(
    "--every",
    type=options.Seconds(min=1),
    metavar="SECONDS",
    default=EVERY,
    show_default=True,
    help="How often the inventory is written to FILE on the way.",
)
@click.option("-o", "--output", metavar="FILE", help="Write the inventory to FILE instead of stdout.")
@click.option(
    "--format", "layout", metavar="NAME", help="table, csv, json, parquet, xlsx; by default what FILE's suffix says."
)
@click.option(
    "--by", type=click.Choice(["service", "user"]), default="service", show_default=True, help="One row each."
)
@click.option("--policy", "policy_file", metavar="FILE", help="Policy, YAML: what is sanctioned, and what prohibited.")
@click.option("--fail-on", metavar="LIST", help="Verdicts that are a breach, with commas between them.")
@options.log_format_option
@options.timezone_option
@options.identities_option
@options.config_option
def command(
    udp: tuple[str, ...],
    tcp: tuple[str, ...],
    tls: tuple[str, ...],
    cert: str | None,
    key: str | None,
    client_ca: str | None,
    duration: float | None,
    every: float,
    output: str | None,
    layout: str | None,
    by: Literal["service", "user"],
    policy_file: str | None,
    fail_on: str | None,
    log_format: str | None,
    timezone: str | None,
    identities: str | None,
    config_file: Path | None,
) -> int:
    """Find the AI services in logs as they are sent by syslog.

    Each sender's format is recognised. Ctrl-C (or SIGTERM) ends it and writes the inventory; a second one ends the program
    without it. What had to be dropped is counted, and listed with what could not be looked at.
    """
    from shadowai import config, export, pipeline, policy
    from shadowai.export.summary import summary
    from shadowai.listen.listener import Listener
    from shadowai.listen.receivers import server_context

    target = Path(output) if output is not None else None
    exporter = export.format_for(target, layout)
    options.check_file(target)
    options.keep_apart((policy_file, identities, cert, key, client_ca, config_file), output=target)
    breach = options.verdicts(fail_on) if fail_on is not None else policy.FAIL_ON
    ports = [*_ports("udp", udp), *_ports("tcp", tcp), *_ports("tls", tls)]
    if not ports:
        raise click.UsageError("Missing option '--udp', '--tcp' or '--tls'.")
    _check_protected(bool(tls), cert, key, client_ca)
    context = server_context(cert, key, client_ca) if cert is not None else None
    settings = config.load(config_file)
    kept.keep(settings, output=target)
    chosen = pipeline.ScanOptions(
        log_format=log_format,
        timezone=timezone,
        by=by,
        policy=policy_file,
        identities=identities,
        settings=settings,
        decisions=deciding.applied(None, False, settings),
    )
    chosen.forced()
    chosen.zone()
    listener = Listener(ports, chosen, context)
    with Stop(duration) as stop:
        listener.run(
            stop,
            every=every,
            opened=lambda: _say_where(listener),
            due=lambda: _write(listener, exporter, target, by),
        )
        report = listener.reports((by,))[0]
        export.write_report(report, exporter, target)
        if exporter.name != "table" or output not in (None, "-"):
            terminal.lines(summary(report))
    return policy.exit_code(report, breach)


def _check_protected(tls: bool, cert: str | None, key: str | None, client_ca: str | None) -> None:
    """Raises :class:`click.BadParameter` for TLS without a certificate, and for what would protect TLS connections where there are none:
    whoever names the clients' authority must not be left with a port that takes anybody."""
    if tls and cert is None:
        raise click.BadParameter("a server needs a certificate: give --cert FILE", param_hint="--tls")
    for option, given in (("--cert", cert), ("--key", key), ("--client-ca", client_ca)):
        if given is not None and not tls:
            raise click.BadParameter("it is for TLS connections: give --tls", param_hint=option)


def _say_where(listener: Listener) -> None:
    for port in listener.ports:
        terminal.say(f"listening: {port.kind} {port.host or '*'}:{port.port}")


def _write(listener: Listener, exporter: Exporter, target: Path | None, by: Literal["service", "user"]) -> None:
    """The inventory as it stands, to a file; what goes to stdout is written once, at the end."""
    from shadowai import export

    report = listener.reports((by,))[0]
    terminal.say(f"{listener.mailbox.received:,} messages, {listener.open:,} connections, {len(report.entries):,} rows")
    if target is not None:
        or_later(lambda: export.write_report(report, exporter, target))


def _ports(kind: str, texts: tuple[str, ...]) -> list[Port]:
    """The places that options of a kind name; raises :class:`click.BadParameter` for what is none."""
    from shadowai.listen.receivers import Port

    found = []
    for text in texts:
        host, _, number = text.rpartition(":")
        if not (number.isascii() and number.isdecimal() and int(number) < 1 << 16):
            raise click.BadParameter(f"{text!r} is not PORT or HOST:PORT", param_hint=f"--{kind}")
        found.append(Port(kind, int(number), host.strip("[]")))
    return found
