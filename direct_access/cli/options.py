"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import click

from direct_access.units import parse_duration_secs

Decorated = TypeVar("Decorated", bound=Callable[..., Any])


def combine(*decorators: Callable[[Decorated], Decorated]) -> Callable[[Decorated], Decorated]:
    """Return one decorator for several, in the order in which ``--help`` shall show them."""

    def apply(function: Decorated) -> Decorated:
        for decorator in reversed(decorators):
            function = decorator(function)
        return function

    return apply


def _positive_duration(_context: click.Context, option: click.Parameter, text: str | None) -> float | None:
    if text is None:
        return None
    try:
        secs = parse_duration_secs(text)
    except ValueError as error:
        raise click.UsageError(f"{option.opts[0]}: {error}") from error
    if secs <= 0:
        raise click.UsageError(f"{option.opts[0]}: more than 0")
    return secs


format_option = click.option(
    "--format",
    "output_format",
    type=click.Choice(["text", "json"]),
    default="text",
    show_default=True,
    help="How to print data and errors; JSON is versioned.",
)
system_option = click.option(
    "--system", metavar="NAME", help="The system to use, by its name in the configuration."
)
cloud_system_option = click.option(
    "--system",
    metavar="NAME",
    help="The system in the cloud, by its name in the configuration; not needed if there is only one.",
)
service_option = click.option(
    "--service",
    type=click.Choice(["on_prem", "cloud"]),
    help="Use a system on the premises, or one in the cloud where the site allows it.",
)
quiet_option = click.option("-q", "--quiet", is_flag=True, help="Print only warnings and errors.")
keep_option = click.option(
    "--keep",
    type=click.Choice(["none", "objects", "job", "all"]),
    help="What to keep on the server after the run. Default: nothing, but the objects of a job that Failed.",
)
deadline_option = click.option(
    "--wait-deadline",
    "wait_deadline_secs",
    metavar="TIME",
    help="Maximum wait (seconds, MM:SS, HH:MM:SS, 10m, 2h); after it exit 124, and the job keeps running.",
)
collect_by_option = click.option(
    "--collect-by",
    metavar="TIME",
    help="Time limit for collecting a quantum job that was left running on purpose. Default: 7 days.",
)
detach_option = click.option(
    "--detach-after",
    metavar="TIME",
    help="Leave the quantum job running after this time, with exit 124; `collect` brings its results.",
)
checks_deadline_option = click.option(
    "--deadline",
    "deadline_secs",
    metavar="TIME",
    callback=_positive_duration,
    help="Maximum time for all checks together. Default: the site's setting, else 5 s.",
)
run_options = combine(
    click.option("--backend", metavar="NAME", help="The backend; wins over the job file."),
    system_option,
    service_option,
    click.option("--timeout-secs", metavar="TIME", help="Maximum execution time on the quantum system."),
    click.option("-o", "--output-dir", metavar="PATTERN", help="Run directory; sbatch's %j %A %a %x %u %t."),
    click.option("--new", is_flag=True, help="Begin a new run; never resume an unfinished one."),
    click.option(
        "--on-busy",
        type=click.Choice(["wait", "fail"]),
        help="When lanes are full or the backend is reserved, offline or paused: wait, or exit 75.",
    ),
    click.option(
        "--on-time-limit",
        type=click.Choice(["leave", "cancel"]),
        help="What to do with the quantum job at the time limit of the Slurm job. Default: leave it running.",
    ),
    collect_by_option,
    keep_option,
    quiet_option,
    format_option,
)


def settings_of(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the options that are settings, by their names in the configuration."""
    from direct_access.config.table import Sources, settings_from

    return {name: values[name] for name in settings_from(Sources.OPTION) if values.get(name) is not None}
