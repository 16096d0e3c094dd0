"""Play a node: a host name, a boot id and a pid namespace of its own, on the same files and network."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from functools import cache
from pathlib import Path

UNSHARE = ("unshare", "--uts", "--mount", "--pid", "--fork", "--kill-child", "--mount-proc")
BECOME = 'hostname "$1" && mount --bind "$2" /proc/sys/kernel/random/boot_id && shift 2 && exec "$@"'


@cache
def why_no_nodes() -> str | None:
    """Return why no node can be played here, None if it can."""
    if os.geteuid() != 0:
        return "only root may make namespaces"
    try:
        subprocess.run([*UNSHARE, "true"], check=True, capture_output=True, timeout=10)
    except (OSError, subprocess.SubprocessError) as error:
        return f"namespaces are not permitted: {error}"
    return None


@dataclass(frozen=True)
class Node:
    """A node by its host name; each boot has an id."""

    name: str
    directory: Path
    boot: int = 1

    def command(self, *arguments: str) -> list[str]:
        """Return the command that runs another one on this node."""
        boot_id = self.directory / f"{self.name}.{self.boot}"
        boot_id.write_text(f"{self.name}-{self.boot}\n")
        return [*UNSHARE, "sh", "-c", BECOME, "sh", self.name, str(boot_id), *arguments]
