"""``direct-access simulator fault|outcome|reserve|release|status|step``: simulate faults."""

from __future__ import annotations

from typing import Any

import click

from direct_access.cli.commands.simulator.rule_options import rule_document, rule_options
from direct_access.simulator.backends.state import STATUSES
from direct_access.simulator.faults.rules import Fault
from direct_access.simulator.jobs.scenario import OutcomeRule

url_option = click.option(
    "--url", metavar="URL", help="The simulator's API; default: the system of the configuration."
)


def _change(url: str | None, method: str, *path: str, document: Any = None) -> None:
    from direct_access.cli.commands.simulator.admin_requests import SimulatorAdmin

    SimulatorAdmin(url).change(method, *path, document=document)


def rule_group(name: str, rule: type, about: str, listing: str) -> click.Group:
    """Return the commands ``list``, ``add`` and ``clear`` for rules of a kind.

    :param listing: what the simulator calls them
    """

    @click.group(name, help=about)
    def group() -> None:
        pass

    @group.command("list")
    @url_option
    def show(url: str | None) -> None:
        """Print the rules that are still to come, one JSON object a line."""
        import json

        from direct_access.cli.commands.simulator.admin_requests import SimulatorAdmin
        from direct_access.cli.streams import put

        for found in SimulatorAdmin(url).get(listing)[listing]:
            put(json.dumps(found))

    @group.command("add")
    @url_option
    @rule_options(rule)
    def add(url: str | None, whole: str | None, **options: Any) -> None:
        """Add a rule after those that are there."""
        _change(url, "POST", listing, document=rule_document(whole, options))

    @group.command("clear")
    @url_option
    def clear(url: str | None) -> None:
        """Forget all rules."""
        _change(url, "DELETE", listing)

    return group


@click.command("reserve")
@click.argument("backend")
@click.option("--secs", type=click.FloatRange(min=0), help="Duration; default: until it is released.")
@url_option
def reserve(backend: str, secs: float | None, url: str | None) -> None:
    """Reserve a backend for somebody else: it takes no job of yours."""
    _change(url, "POST", "reservations", document={"backend": backend, "secs": secs})


@click.command("release")
@click.argument("backend")
@url_option
def release(backend: str, url: str | None) -> None:
    """End the reservation of a backend."""
    _change(url, "DELETE", "reservations", backend)


@click.command("status")
@click.argument("backend")
@click.argument("status", type=click.Choice(STATUSES))
@click.option("--message", help="What the backend says beside its status.")
@click.option("--lanes", type=click.IntRange(min=0), help="How many jobs it takes at a time.")
@url_option
def set_status(backend: str, status: str, message: str | None, lanes: int | None, url: str | None) -> None:
    """Switch a backend online or offline, or pause it."""
    document = {"status": status, "message": message, "lanes": lanes}
    _change(url, "POST", "backends", backend, document=document)


@click.command("step")
@click.argument("job")
@url_option
def step(job: str, url: str | None) -> None:
    """Let a job begin that waits at a manual pace."""
    _change(url, "POST", "jobs", job, "release")


CONTROLS: tuple[click.Command, ...] = (
    rule_group("fault", Fault, "Let answers go wrong.", "faults"),
    rule_group("outcome", OutcomeRule, "Decide how the next jobs end.", "outcomes"),
    reserve,
    release,
    set_status,
    step,
)
