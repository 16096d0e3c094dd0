"""The few questions a pass asks Slurm; each is asked once, and its answer awaited for a bounded time."""

from __future__ import annotations

import os
import pwd
import re
import subprocess
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from direct_access.errors import AccessError, ConfigurationError, ProtocolError, UnavailableError
from direct_access.events import Event, Text, tell
from direct_access.slurm import environment as slurm_env
from direct_access.slurm import squeue
from direct_access.slurm.jobs import SlurmJob, parse_jobs, parse_steps

ANSWER_SECS = 30.0
_SETTING = re.compile(r"^(\S+)\s*= (.*?)\s*$", re.MULTILINE)
_OPERATORS = ("Operator", "Administrator")


@dataclass(frozen=True)
class SlurmQuestions:
    """Asks the cluster that ``scontrol`` finds from an environment.

    :param uid: whose right to ask is looked at; None is this process's own
    """

    environment: Mapping[str, str]
    uid: int | None = None

    def cluster(self) -> str:
        """Return the cluster's name, once its controller is up and lets us see every job.

        :raises UnavailableError: if no slurmctld is UP
        :raises AccessError: unless we are root, SlurmUser or an operator
        """
        if " is UP" not in self._ask("scontrol", "ping"):
            raise UnavailableError("slurmctld is not UP: nothing is known about Slurm jobs", retryable=True)
        settings: dict[str, str] = dict(_SETTING.findall(self._ask("scontrol", "show", "config")))
        name = settings.get("ClusterName")
        if not name:
            raise ProtocolError("scontrol did not tell the name of the cluster")
        self._require_operator(settings)
        return name

    def jobs(self) -> Sequence[SlurmJob]:
        """Return all jobs that Slurm knows.

        :raises ProtocolError: if its answer cannot be read as a whole
        """
        return parse_jobs(self._ask(*squeue.jobs_command()))

    def steps(self) -> frozenset[str]:
        """Return the names of all steps that run.

        :raises ProtocolError: if its answer cannot be read as a whole
        """
        return parse_steps(self._ask(*squeue.steps_command()))

    def _require_operator(self, settings: Mapping[str, str]) -> None:
        uid = os.geteuid() if self.uid is None else self.uid
        if uid == 0 or settings.get("SlurmUser", "").endswith(f"({uid})"):
            return
        if "slurmdbd" in settings.get("AccountingStorageType", "") and self._is_operator(uid):
            return
        raise AccessError(
            "only root, SlurmUser and Slurm operators see the jobs of all users",
            advice=f"run it as {settings.get('SlurmUser', 'SlurmUser')}",
        )

    def _is_operator(self, uid: int) -> bool:
        try:
            name = pwd.getpwuid(uid).pw_name
        except KeyError:
            return False
        told = self._ask("sacctmgr", "-nP", "show", "user", name, "format=User,AdminLevel")
        return any(line in {f"{name}|{level}" for level in _OPERATORS} for line in told.splitlines())

    def _ask(self, *command: str) -> str:
        try:
            told = subprocess.run(  # noqa: S603 - fixed commands
                command,
                env=slurm_env.for_commands(self.environment),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                encoding="utf-8",
                errors="replace",
                timeout=ANSWER_SECS,
                check=False,
            )
        except FileNotFoundError as error:
            raise ConfigurationError(f"{command[0]} is not installed here", subject=command[0]) from error
        except (OSError, subprocess.SubprocessError) as error:
            raise UnavailableError(f"{' '.join(command[:3])}: no answer", retryable=True) from error
        tell(Event.SLURM, question=Text(" ".join(command)), exit_status=told.returncode)
        if told.returncode != 0:
            said = (told.stderr.strip().splitlines() or told.stdout.strip().splitlines() or ["nothing"])[0]
            raise UnavailableError(f"{' '.join(command[:3])} failed and said: {said}", retryable=True)
        return told.stdout
