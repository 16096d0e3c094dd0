"""Values of slurm.conf, as ``scontrol show config`` prints them, one a line (scontrol(1))."""

from __future__ import annotations

import re
from collections.abc import Mapping

SHOW_CONFIG = ("scontrol", "show", "config")

_SETTING = re.compile(r"^(\S+)\s*= (.*?)\s*$", re.MULTILINE)


def parse_configuration(output: str) -> Mapping[str, str]:
    """Return the values by their names in slurm.conf."""
    return dict(_SETTING.findall(output))
