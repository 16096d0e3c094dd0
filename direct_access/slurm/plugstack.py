"""Our SPANK plugin as Slurm sees it: in plugstack.conf (spank(8), CONFIGURATION), and in srun's options."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path

PLUGIN_FILE = "direct_access.so"

SHOW_OPTIONS = ("srun", "--help")
"""Loads the plugins as each job does, and names the options that they bring."""

_USAGE = "quantum systems that the job uses"
"""What is printed of our option, whatever a site calls it."""

_OPTION_TAKEN = " provided by both "
"""What Slurm says of an option that two plugins have; the first in plugstack.conf gets it."""


def plugin_in(configuration: Mapping[str, str]) -> str | None:
    """Return the path of our plugin as plugstack.conf names it, None if it does not.

    :param configuration: values of slurm.conf, see :func:`.configuration.parse_configuration`
    """
    pending, looked_at = [configuration.get("PlugStackConfig", "")], set()
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


def offers_our_option(output: str) -> bool:
    """Whether our option is among those that were printed."""
    return _USAGE in output


def option_taken(errors: Iterable[str]) -> str | None:
    """Return the line that says that another plugin has an option of ours."""
    line = next((line for line in errors if _OPTION_TAKEN in line and PLUGIN_FILE in line), None)
    return line and line.removeprefix("srun: ")


def why_not_loaded(errors: Iterable[str]) -> str:
    """Return what was said of our plugin, which is not loaded."""
    line = next((line for line in errors if PLUGIN_FILE in line), "srun does not load it")
    return line.removeprefix("srun: error: ")


def _lines(path: Path) -> list[list[str]]:
    try:
        text = path.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return []
    lines = (line.partition("#")[0].split() for line in text.splitlines())
    return [words for words in lines if words]
