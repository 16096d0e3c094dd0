"""The few questions a pass asks Slurm; each is asked once, and its answer awaited for a bounded time."""

from __future__ import annotations

import os
import pwd
from collections.abc import Mapping, Sequence

from direct_access.errors import AccessError, ConfigurationError, ProtocolError, UnavailableError
from direct_access.light_dataclass import dataclass
from direct_access.slurm import commands, squeue
from direct_access.slurm.configuration import SHOW_CONFIG, parse_configuration
from direct_access.slurm.jobs import SlurmJob, parse_jobs, parse_steps

ANSWER_SECS = 30.0
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
        settings = parse_configuration(self._ask(*SHOW_CONFIG))
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
        answer = commands.run(command, ANSWER_SECS, self.environment)
        name = " ".join(command[:3])
        if answer.is_missing:
            raise ConfigurationError(f"{command[0]} is not installed here", subject=command[0])
        if answer.status is None:
            raise UnavailableError(f"{name}: no answer", retryable=True)
        if answer.status != 0:
            raise UnavailableError(
                f"{name} failed and said: {answer.first_error or 'nothing'}", retryable=True
            )
        return answer.output
