"""An ordinary user of a cluster who has been given a quantum system."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from direct_access.simulator.embedded import Simulator
from tests.slurm.cluster import Cluster
from tests.slurm.world import User


class Account:
    """A user, and a new directory of hers in which commands and jobs run.

    :ivar place: the directory
    """

    def __init__(self, cluster: Cluster, user: User, name: str) -> None:
        self.cluster = cluster
        self.user = user
        self.place = cluster.world.home(user) / name
        self.place.mkdir(mode=0o700)
        self._give(self.place)

    def configure(self, simulator: Simulator) -> None:
        """Write the user's configuration, with secrets of her own."""
        simulator.write_client_configuration(self._configuration)
        directories = [self._configuration, *self._configuration.parents[:2]]
        for path in [*directories, *self._configuration.iterdir()]:
            self._give(path)

    def forget_configuration(self) -> None:
        """Remove it."""
        shutil.rmtree(self._configuration)

    def write(self, name: str, text: str) -> Path:
        """Write a file of hers, below :attr:`place`."""
        path = self.place / name
        path.write_text(text)
        self._give(path)
        return path

    def copy(self, source: Path) -> Path:
        """Copy a file to :attr:`place`."""
        path = Path(shutil.copy(source, self.place))
        self._give(path)
        return path

    def read(self, name: str) -> str:
        """Return what a file below :attr:`place` holds."""
        return (self.place / name).read_text()

    def run(self, command: Sequence[str | Path], **options: Any) -> subprocess.CompletedProcess[str]:
        """Run a command as her at :attr:`place`; see :meth:`Cluster.run`."""
        return self.cluster.run(command, self.user, **{"cwd": self.place, **options})

    def popen(self, command: Sequence[str | Path], **options: Any) -> subprocess.Popen[str]:
        """Start a command as her at :attr:`place`; see :meth:`Cluster.popen`."""
        return self.cluster.popen(command, self.user, **{"cwd": self.place, **options})

    def sbatch(self, script: str | Path, *args: str | Path, **options: Any) -> int:
        """Submit a job from :attr:`place`; see :meth:`Cluster.sbatch`."""
        return self.cluster.sbatch(script, self.user, args=args, **{"cwd": self.place, **options})

    @property
    def _configuration(self) -> Path:
        return self.cluster.world.home(self.user) / ".config" / "direct-access"

    def _give(self, path: Path) -> None:
        os.chown(path, self.user.uid, self.user.uid)
