"""Slurm on this node: whether it loads the plugin, and whether its licences count the lanes there are."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from direct_access.errors import ConfigurationError
from direct_access.health.check import Observation, failed_with
from direct_access.health.check_context import CheckContext
from direct_access.health.finding import CheckLevel
from direct_access.slurm import commands, licences, plugstack
from direct_access.slurm.commands import Answer
from direct_access.slurm.configuration import SHOW_CONFIG, parse_configuration
from direct_access.slurm.plugstack import PLUGIN_FILE


def plugin(context: CheckContext) -> Iterator[Observation]:
    """Ask Slurm for its options, which loads plugins as each job does."""
    config = _ask(context, *SHOW_CONFIG)
    if config.fault:
        yield Observation(f"not looked at: {config.fault}", subject=PLUGIN_FILE)
        return
    named = plugstack.plugin_in(parse_configuration(config.output))
    if named is None:
        yield Observation("not in plugstack.conf: --qpu is not offered here", subject=PLUGIN_FILE)
        return
    said = _ask(context, *plugstack.SHOW_OPTIONS)
    if said.status == 0 and plugstack.offers_our_option(said.output):
        yield Observation("loaded", subject=named)
        return
    yield failed_with(_not_loaded(named, said.errors.splitlines()), CheckLevel.CRITICAL)


def _not_loaded(named: str, said: Sequence[str]) -> ConfigurationError:
    if taken := plugstack.option_taken(said):
        return ConfigurationError(
            f"another plugin comes before {named}: {taken}",
            subject=named,
            advice="give our option another name: option=NAME in plugstack.conf, on all hosts",
        )
    return ConfigurationError(
        f"{named} is in plugstack.conf, and not loaded: {plugstack.why_not_loaded(said)}",
        subject=named,
        advice="build it against this version of Slurm and install it: make -C spank_plugin install",
    )


def licences_and_lanes(context: CheckContext) -> Iterator[Observation]:
    """Compare the licences that are called as backends with the lanes of these."""
    said = _ask(context, *licences.SHOW_LICENCES)
    if said.fault:
        yield Observation(f"not looked at: {said.fault}", subject="licences")
        return
    counted = licences.parse_licences(said.output)
    if not counted:
        yield Observation("Slurm counts no licences", subject="licences")
        return
    client = context.connections.client
    for backend in client.backends():
        name = licences.licence_of(backend.name)
        if name not in counted:
            continue
        total = client.lanes(backend.name).hpc_workload_manager
        if total is None or counted[name] <= total:
            yield Observation(f"{counted[name]} licences, {total} lanes", subject=name)
            continue
        error = ConfigurationError(
            f"Slurm has {counted[name]} licences {name}, the backend has {total} lanes",
            subject=name,
            advice=licences.advice(name, total),
        )
        yield failed_with(error, CheckLevel.WARNING)


def _ask(context: CheckContext, *command: str) -> Answer:
    return commands.run(command, max(0.1, context.secs_left / 2), context.environment)
