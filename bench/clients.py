"""The two commands that are compared, each set up as its manual says, for the same server."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Protocol

from bench.jobs import Job

BACKEND = "ibm_examplesite"


class Client(Protocol):
    """A command that runs a job from start to end."""

    name: str

    def environment(self) -> Mapping[str, str]:
        """Return the environment variables that it needs."""

    def help_command(self) -> Sequence[str]:
        """Return the command that prints its help."""

    def run_command(self, job: Job, output: Path) -> Sequence[str]:
        """Return the command that runs a job and leaves its results below ``output``."""

    def results(self, output: Path) -> Path:
        """Return where the results are then."""


class Ours:
    """``direct-access run``."""

    name = "direct-access"

    def __init__(self, access: Mapping[str, Any], directory: Path) -> None:
        self._configuration = access["configuration"]
        self._command = str(Path(sys.executable).with_name("direct-access"))
        self._runtime = directory / "runtime"
        self._runtime.mkdir(mode=0o700, exist_ok=True)

    def environment(self) -> Mapping[str, str]:
        return {"DIRECT_ACCESS_CONFIG": self._configuration, "XDG_RUNTIME_DIR": str(self._runtime)}

    def help_command(self) -> Sequence[str]:
        return [self._command, "--help"]

    def run_command(self, job: Job, output: Path) -> Sequence[str]:
        return [self._command, "run", "--output-dir", str(output), str(job.ours)]

    def results(self, output: Path) -> Path:
        return output / "results.json"

    def forget_token(self) -> None:
        """Make the next run ask IAM for a token."""
        shutil.rmtree(self._runtime / "direct-access", ignore_errors=True)


class Peer:
    """``task_runner`` of QRMI, by the environment variables of its README."""

    name = "task_runner"

    def __init__(self, access: Mapping[str, Any], command: Path) -> None:
        self._access = access
        self._command = str(command)

    def environment(self) -> Mapping[str, str]:
        access = self._access
        own = {
            "QRMI_IBM_QS_ENDPOINT": access["api_url"],
            "QRMI_IBM_QS_IAM_ENDPOINT": access["iam_url"],
            "QRMI_IBM_QS_IAM_APIKEY": access["api_key"],
            "QRMI_IBM_QS_SERVICE_CRN": access["service_crn"],
            "QRMI_IBM_QS_AWS_ACCESS_KEY_ID": access["access_key_id"],
            "QRMI_IBM_QS_AWS_SECRET_ACCESS_KEY": access["secret_access_key"],
            "QRMI_IBM_QS_S3_ENDPOINT": access["store_url"],
            "QRMI_IBM_QS_S3_BUCKET": access["bucket"],
            "QRMI_IBM_QS_S3_REGION": access["region"],
            "QRMI_JOB_TIMEOUT_SECONDS": "600",
        }
        return {
            "QRMI_JOB_QPU_RESOURCES": BACKEND,
            "QRMI_JOB_QPU_TYPES": "ibm-quantum-system",
            **{f"{BACKEND}_{name}": value for name, value in own.items()},
        }

    def help_command(self) -> Sequence[str]:
        return [self._command, "--help"]

    def run_command(self, job: Job, output: Path) -> Sequence[str]:
        return [self._command, BACKEND, str(job.peers), str(self.results(output))]

    def results(self, output: Path) -> Path:
        return output.with_suffix(".json")
