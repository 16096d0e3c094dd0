"""Slurm on this node: whether it loads the plugin, and whether its licences count the lanes there are."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from pathlib import Path

from direct_access.errors import ConfigurationError
from direct_access.health.check import Seen, trouble
from direct_access.health.finding import Level
from direct_access.health.surroundings import Surroundings
from direct_access.slurm import commands
from direct_access.slurm.commands import Answer
from direct_access.slurm.configuration import SHOW_CONFIG, parse_configuration

PLUGIN_FILE = "direct_access.so"
PLUGIN_USAGE = "quantum systems that the job uses"
"""What ``srun --help`` prints of our option, whatever a site calls it."""

OPTION_TAKEN = " provided by both "
"""What Slurm says of an option that two plugins have; the first in plugstack.conf gets it."""

_LICENSE = re.compile(r"LicenseName=(\S+)\s+Total=(\d+)")
_NOT_IN_LICENSES = re.compile(r"[^A-Za-z0-9_.-]")


def plugin(surroundings: Surroundings) -> Iterator[Seen]:
    """Ask ``srun --help``, which loads plugins as each job does, and names the options that they bring."""
    config = _ask(surroundings, *SHOW_CONFIG)
    if fault := _fault_of("scontrol", config):
        yield Seen(f"not looked at: {fault}", subject=PLUGIN_FILE)
        return
    named = _plugin_in(parse_configuration(config.output).get("PlugStackConfig", ""))
    if named is None:
        yield Seen("not in plugstack.conf: --qpu is not offered here", subject=PLUGIN_FILE)
        return
    said = _ask(surroundings, "srun", "--help")
    if said.status == 0 and PLUGIN_USAGE in said.output:
        yield Seen("loaded", subject=named)
        return
    yield trouble(_not_loaded(named, said.errors.splitlines()), Level.CRITICAL)


def _not_loaded(named: str, said: Sequence[str]) -> ConfigurationError:
    for line in said:
        if OPTION_TAKEN in line and PLUGIN_FILE in line:
            return ConfigurationError(
                f"another plugin comes before {named}: {line.removeprefix('srun: ')}",
                subject=named,
                advice="give our option another name: option=NAME in plugstack.conf, on all hosts",
            )
    reason = next((line for line in said if PLUGIN_FILE in line), "srun does not load it")
    return ConfigurationError(
        f"{named} is in plugstack.conf, and not loaded: {reason.removeprefix('srun: error: ')}",
        subject=named,
        advice="build it against this version of Slurm and install it: make -C spank_plugin install",
    )


def licences(surroundings: Surroundings) -> Iterator[Seen]:
    """Compare the licences that are called as backends with the lanes of these."""
    said = _ask(surroundings, "scontrol", "-o", "show", "licenses")
    if fault := _fault_of("scontrol", said):
        yield Seen(f"not looked at: {fault}", subject="licences")
        return
    counted = dict(_LICENSE.findall(said.output))
    if not counted:
        yield Seen("Slurm counts no licences", subject="licences")
        return
    client = surroundings.connections.client
    for backend in client.backends():
        name = license_of(backend.name)
        if name not in counted:
            continue
        total = client.lanes(backend.name).hpc_workload_manager
        if total is None or int(counted[name]) <= total:
            yield Seen(f"{counted[name]} licences, {total} lanes", subject=name)
            continue
        error = ConfigurationError(
            f"Slurm has {counted[name]} licences {name}, the backend has {total} lanes",
            subject=name,
            advice=f"Licenses={name}:{total} in slurm.conf, then scontrol reconfigure",
        )
        yield trouble(error, Level.WARNING)


def license_of(backend: str) -> str:
    """Return a licence's name from a backend's, as ``slurm/job_submit_direct_access.lua`` makes it."""
    return _NOT_IN_LICENSES.sub("_", backend)


def _plugin_in(plugstack: str) -> str | None:
    """Return the path of our plugin as plugstack.conf names it (spank(8), CONFIGURATION)."""
    pending, looked_at = [plugstack], set()
    while pending:
        name = pending.pop()
        if not name or name in looked_at:
            continue
        looked_at.add(name)
        for words in _lines(Path(name)):
            if words[0] == "include" and len(words) > 1:
                place = Path(name).parent / words[1]
                pending += [str(path) for path in place.parent.glob(place.name)]
            elif len(words) > 1 and Path(words[1]).name == PLUGIN_FILE:
                return words[1]
    return None


def _lines(path: Path) -> list[list[str]]:
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return []
    lines = (line.partition("#")[0].split() for line in text.splitlines())
    return [words for words in lines if words]


def _ask(surroundings: Surroundings, *command: str) -> Answer:
    return commands.run(command, max(0.1, surroundings.secs_left / 2), surroundings.environment)


def _fault_of(command: str, answer: Answer) -> str | None:
    """Return why a command says nothing, None where it ended well."""
    if answer.is_missing:
        return f"there is no {command} on this node"
    if answer.status is None:
        return f"{command} gives no answer"
    if answer.status == 0:
        return None
    return next(iter(answer.errors.splitlines()), "") or f"{command} ended with {answer.status}"
