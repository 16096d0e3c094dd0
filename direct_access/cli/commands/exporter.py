"""``direct-access exporter``: checks in one thread, scrapes in others, signals in the main one."""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from direct_access.cli.options import checks_deadline_option, settings_of, system_option
from direct_access.errors import UsageError

if TYPE_CHECKING:
    from direct_access.health.finding import CheckFinding
    from direct_access.health.request_counts import RequestCounts

STOP_SIGNALS = (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)
SHORTEST_INTERVAL_SECS = 10.0
LARGEST_PORT = 65535


@click.command("exporter")
@click.option(
    "--listen",
    metavar="[ADDRESS:]PORT",
    default="127.0.0.1:9744",
    show_default=True,
    help="Where Prometheus reads; loopback unless an address says otherwise. Port 0 takes a free one.",
)
@click.option(
    "--interval",
    metavar="TIME",
    default="60",
    show_default=True,
    help="Time between two checks; at least 10 s.",
)
@checks_deadline_option
@system_option
def command(listen: str, interval: str, deadline_secs: float | None, **values: Any) -> None:
    """Make the checks of "health" over and over, and serve what they find to Prometheus. For administrators.

    One node of a site is enough. A scrape causes no request. It serves until TERM, INT or HUP.
    """
    _export(listen, interval, deadline_secs, settings_of(values))


def _export(listen: str, interval: str, deadline_secs: float | None, options: Mapping[str, Any]) -> None:
    """Serve until a signal comes.

    :param deadline_secs: time for a pass over all checks; None is the site's choice
    :raises UsageError: if ``listen`` or ``interval`` is not valid
    :raises ConfigurationError: if there is no configuration at the start, or nobody can listen there
    """
    from direct_access.cli.invocation import invocation_of
    from direct_access.cli.service_manager import ALIVE, READY, STOPPING, notify
    from direct_access.cli.streams import say
    from direct_access.clock import SystemClock
    from direct_access.config.choose_system import choose_system
    from direct_access.health.exporter import Exporter
    from direct_access.health.metrics_server import serving
    from direct_access.health.request_counts import RequestCounts
    from direct_access.printable import plain_line
    from direct_access.runner.signal_pipe import SignalPipe

    host, port = address_of(listen)
    interval_secs = interval_of(interval)
    invocation = invocation_of(options)
    system = choose_system(invocation.settings(), None).name
    counts = RequestCounts()
    exporter = Exporter(
        system,
        checks_of(os.environ, options, counts, deadline_secs),
        clock=SystemClock(),
        interval_secs=interval_secs,
        counts=counts,
        log=lambda text: say(f"direct-access: exporter: {plain_line(text)}"),
        passed=lambda: notify(os.environ, ALIVE),
    )
    with SignalPipe(STOP_SIGNALS) as pipe, serving(exporter.registry(), host, port) as url:
        threading.Thread(target=exporter.run, args=(threading.Event(),), name="checks", daemon=True).start()
        say(f"direct-access: exporter: {url}")
        notify(os.environ, READY)
        pipe.next()
        notify(os.environ, STOPPING)


def checks_of(
    environment: Mapping[str, str],
    options: Mapping[str, Any],
    counts: RequestCounts,
    deadline_secs: float | None,
) -> Callable[[], Sequence[CheckFinding]]:
    """Return what makes all checks once, with the configuration as it is then, and counts its requests."""
    from direct_access.clock import SystemClock
    from direct_access.health.check_context import make_context
    from direct_access.health.registry import chosen
    from direct_access.health.running import run_checks

    def check() -> Sequence[CheckFinding]:
        context = make_context(environment, options, SystemClock(), deadline_secs, open_http=counts.open_http)
        try:
            return run_checks(context, chosen(context)).findings
        finally:
            context.close()

    return check


def address_of(listen: str) -> tuple[str, int]:
    """Return address and port of ``[ADDRESS:]PORT``; an IPv6 address stands in brackets (RFC 3986, 3.2.2).

    :raises UsageError: if it is something else
    """
    address, _, port = listen.rpartition(":")
    is_bracketed = address.startswith("[") and address.endswith("]")
    is_port = port.isascii() and port.isdecimal() and len(port) <= 5 and int(port) <= LARGEST_PORT
    if not is_port:
        raise UsageError(f"--listen {listen!r}: it does not end with a port, 0 to {LARGEST_PORT}")
    if ":" in address and not is_bracketed:
        raise UsageError(f"--listen {listen!r}: an IPv6 address stands in brackets, as in [::1]:9744")
    return (address[1:-1] if is_bracketed else address) or "127.0.0.1", int(port)


def interval_of(text: str) -> float:
    """Return the seconds of an interval.

    :raises UsageError: if it is not a valid duration, or so short that the checks would be a load
    """
    from direct_access.units import parse_duration_secs

    try:
        secs = parse_duration_secs(text)
    except ValueError as error:
        raise UsageError(f"--interval: {error}") from error
    if secs < SHORTEST_INTERVAL_SECS:
        raise UsageError(f"--interval {text}: at least {SHORTEST_INTERVAL_SECS:.0f} s")
    return secs
