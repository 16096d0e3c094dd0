"""What every command begins with: an invocation from its options, and what its argument names."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click

from direct_access import journal as journals
from direct_access import run_files
from direct_access.cli.streams import put
from direct_access.cli.verbosity import reporter_of
from direct_access.clock import process_began
from direct_access.config.settings import Settings
from direct_access.errors import ConflictError, InputError, ProtocolError
from direct_access.journal import Journal
from direct_access.light_dataclass import dataclass
from direct_access.model.jobs import JobState, parse_job
from direct_access.runner.context import JOB_OBJECT
from direct_access.runner.invocation import Invocation
from direct_access.runner.output_dir import scratch_directory, user_name
from direct_access.services.protocol import Handle, JobService
from direct_access.slurm import environment as slurm_env


def invocation_of(
    options: Mapping[str, Any], quiet: bool = False, environment: Mapping[str, str] | None = None
) -> Invocation:
    """Return the invocation of a command.

    :param environment: instead of the process's
    """
    chosen = os.environ if environment is None else environment
    return Invocation(chosen, options, reporter_of(quiet, chosen), began=process_began())


def invocation_of_one_run(
    options: Mapping[str, Any], quiet: bool, environment: Mapping[str, str] | None = None
) -> Invocation:
    """Return the invocation of one run, whose end counts as reported once this process has written it."""
    invocation = invocation_of(options, quiet, environment)
    context = click.get_current_context(silent=True)
    invocation.control.at_report = context.find_object(contextlib.ExitStack) if context else None
    return invocation


def scratch_of(invocation: Invocation, settings: Settings, stem: str) -> Path:
    """Return the directory in which run directories are made."""
    environment = invocation.environment
    slurm = slurm_env.read(environment)
    return scratch_directory(settings.scratch, slurm, environment, stem, user_name(environment))


@contextlib.contextmanager
def service_of(options: Mapping[str, Any], system: str | None = None) -> Iterator[JobService]:
    """Yield the service of the chosen system, for commands that ask one question."""
    invocation = invocation_of(options)
    service = invocation.service(invocation.settings(), system)
    try:
        yield service
    finally:
        service.close()


@dataclass(frozen=True)
class Target:
    """What ``RUN|JOB`` names: a run directory with its journal, or a job of which only the id is known."""

    name: str
    directory: Path | None = None
    journal: Journal | None = None

    @property
    def system(self) -> str | None:
        """The system that a run was sent to."""
        return self.journal.system if self.journal else None

    @property
    def job_id(self) -> str:
        """The id of the job."""
        return self.journal.job_id if self.journal else self.name

    @property
    def ended(self) -> JobState | None:
        """The job as it ended, where the run directory tells: the server may have forgotten it since."""
        if self.directory is None or self.journal is None or not self.journal.finished:
            return None
        try:
            return parse_job(json.loads(run_files.read(self.directory, JOB_OBJECT)))
        except (OSError, ValueError, RecursionError, ProtocolError):
            return None  # ended before it was seen to end, or the file is gone

    @property
    def has_ended(self) -> bool:
        """Whether the run directory tells that the job has ended."""
        return self.ended is not None

    def handle(self, service: JobService) -> Handle:
        """Return the handle of the job.

        :raises ConflictError: if the run started none, because its id belongs to another job
        """
        if self.journal is None:
            return service.find(self.name)
        if (self.journal.error or {}).get("kind") == ConflictError.kind:
            raise ConflictError(
                f"the run in {self.name} started no job: {self.journal.job_id} is another job's id",
                subject=self.journal.job_id,
                advice=f"for that job, name its id: direct-access status {self.journal.job_id}",
            )
        return self.journal.handle


def target_of(name: str) -> Target:
    """Return what an argument names: a run directory if there is one, else a job id.

    :raises InputError: if it looks like a path and is not a run directory
    """
    path = Path(name)
    try:
        is_directory, exists = path.is_dir(), path.exists()
    except OSError as error:
        raise InputError(f"{name} cannot be looked at: {error.strerror}", subject=name) from error
    if is_directory:
        directory = run_files.chosen(path)
        journal = journals.load(directory)
        if journal is None:
            raise InputError(f"{name} is not a run directory: it has no {journals.FILE_NAME}", subject=name)
        return Target(name, directory, journal)
    if "/" in name or exists:
        raise InputError(f"{name} is neither a run directory nor a job id", subject=name)
    return Target(name)


def put_json(schema: str, **document: Any) -> None:
    """Print a JSON document with its version."""
    put(json.dumps({"schema": f"direct-access/{schema}/v1", **document}, indent=1))
