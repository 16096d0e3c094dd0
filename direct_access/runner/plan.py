"""From a job file and the configuration to everything a run is going to do, without a request."""

from __future__ import annotations

import hashlib
import os
import uuid
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from direct_access.config.settings import CLOUD, Settings, System
from direct_access.errors import InputError
from direct_access.jobfile import JobFile
from direct_access.journal import Journal
from direct_access.light_dataclass import dataclass
from direct_access.model.cloud_options import LONGEST_SECS, CloudOptions
from direct_access.model.jobs import JobSpec
from direct_access.runner.liveness import Liveness
from direct_access.runner.output_dir import base_directory, user_name
from direct_access.runner.run_directory import choose_directory
from direct_access.services.protocol import JobService, NewJob
from direct_access.slurm import environment as slurm_env
from direct_access.slurm import grant
from direct_access.slurm.environment import SlurmEnv
from direct_access.slurm.grant import QPU_RESOURCES


@dataclass(frozen=True)
class Plan:
    """A run that has been thought through and not begun.

    :param params_sha256: digest of the params as the job file gives them (before any transpiling), None if
        the params object is not ours
    :param base: run directory before numbering
    :param system: the name of the system to use
    """

    job: JobFile
    settings: Settings
    slurm: SlurmEnv
    spec: JobSpec
    base: Path
    params_sha256: str | None
    system: str

    def is_same_run(self, journal: Journal) -> bool:
        """Whether a journal is of a run with the same params, program and backend on the same system."""
        return (
            journal.system == self.system
            and journal.params.get("source_sha256") == self.params_sha256
            and journal.spec.program_id == self.spec.program_id
            and journal.spec.backend == self.spec.backend
        )


class _Hashing:
    """A file that only remembers the digest and the size of what is written to it."""

    def __init__(self) -> None:
        self._sha256 = hashlib.sha256()
        self.size_bytes = 0

    def write(self, data: Any, /) -> int:
        self._sha256.update(data)
        self.size_bytes += len(data)
        return len(data)

    @property
    def hex(self) -> str:
        return self._sha256.hexdigest()


def make(
    job: JobFile,
    settings: Settings,
    environment: Mapping[str, str],
    *,
    system: System,
    output_dir: str | None = None,
) -> Plan:
    """Return the plan of a run.

    :param settings: the configuration after precedence, of which the job file is a part
    :param system: where it runs, with the backend to take where nobody names one
    :param output_dir: pattern that wins over the job file's
    :raises InputError: if backend or ``timeout_secs`` are missing or not allowed
    :raises ConfigurationError: if what the Slurm job asked for did not reach it
    """
    slurm = slurm_env.read(environment)
    if system.service != CLOUD:  # Slurm has no say about the cloud's backends
        grant.check(environment, slurm)
    cloud = job.cloud if system.service == CLOUD else None
    spec = JobSpec(
        program_id=job.program_id,
        backend=_backend(job, settings, environment, system),
        timeout_secs=_timeout_secs(job, settings, cloud),
        log_level=job.log_level,
        cloud=cloud or CloudOptions(),
    )
    base = base_directory(
        output_dir if output_dir is not None else job.output_dir,
        settings.scratch,
        slurm,
        environment,
        stem=job.path.stem,
        user=user_name(environment),
    )
    return Plan(job, settings, slurm, spec, base, digest_of(job), system.name)


def digest_of(job: JobFile) -> str | None:
    """Return the sha256 of the params object, None if it is not ours."""
    if job.params.kind == "external":
        return None
    hashing = _Hashing()
    if job.transpile is not None:
        hashing.write(repr(sorted(job.transpile.items())).encode())
    job.params.write(hashing)
    return hashing.hex


def new_job(plan: Plan) -> NewJob:
    """Return a new job of a run, with the id of the job file, else with one that nobody else has."""
    return NewJob(
        id=plan.job.id or str(uuid.uuid4()),
        owner=plan.slurm.owner(os.getuid(), slurm_env.step_of(plan.slurm)),
        storage=plan.job.storage,
        external_input=plan.job.params.kind == "external",
        cloud=plan.spec.cloud,
        given_id=plan.job.id is not None,
    )


def describe(plan: Plan, service: JobService, *, new: bool) -> dict[str, Any]:
    """Return the whole plan for ``--dry-run``: no request, no secret.

    :param new: never resume
    :raises OutputError: if there is no run directory for this run
    """
    choice = choose_directory(plan.base, plan.is_same_run, Liveness(plan.slurm, may_watch=False), new=new)
    if choice.journal is not None:
        handle, spec = choice.journal.handle, choice.journal.spec
    else:
        handle, spec = service.plan(new_job(plan)), plan.spec
    return {
        "job_file": str(plan.job.path),
        "system": service.system,
        "run_directory": str(choice.directory),
        "action": choice.action.name.lower(),
        "params_sha256": plan.params_sha256,
        "keep": plan.settings.keep or "none",
        "request": service.describe(handle, spec),
    }


def _backend(job: JobFile, settings: Settings, environment: Mapping[str, str], system: System) -> str:
    """Return the backend to use. Slurm grants those on the premises; it has no say about the cloud's."""
    granted = [] if system.service == CLOUD else grant.granted_backends(environment)
    backend = settings.backend or (granted[0] if granted else system.default_backend)
    if backend is None:
        raise InputError(
            f"{job.path}: no backend",
            subject=str(job.path),
            advice="name one in the job file (backend: …), with --backend, or as the site's default",
        )
    if granted and backend not in granted:
        raise InputError(
            f"backend {backend} was not granted to this Slurm job",
            subject=backend,
            advice=f"{QPU_RESOURCES} allows: {', '.join(granted)}",
        )
    return backend


def _timeout_secs(job: JobFile, settings: Settings, cloud: CloudOptions | None) -> int:
    """Return the longest execution time; in the cloud, which has a bound of its own, it need not be given."""
    most = settings.limits.max_timeout_secs
    timeout_secs = settings.timeout_secs
    if timeout_secs is None and cloud is not None:
        timeout_secs = cloud.get("cost") or min(LONGEST_SECS, most or LONGEST_SECS)
    if timeout_secs is None:
        raise InputError(
            f"{job.path}: timeout_secs is required, the site sets no default",
            subject=str(job.path),
            advice="add timeout_secs: the longest execution time on the quantum system, in seconds",
        )
    asked = {"timeout_secs": timeout_secs, "cost": (cloud or {}).get("cost", 0)}
    for name, seconds in asked.items():
        if most is not None and seconds > most:
            raise InputError(f"{name} is {seconds}, this site allows at most {most}", subject=str(job.path))
    return timeout_secs
