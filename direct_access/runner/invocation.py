"""From a job file, options and the environment to a run: what the command and the Python API begin with."""

from __future__ import annotations

import os
import threading
from collections.abc import Mapping
from dataclasses import field
from pathlib import Path
from typing import Any

from direct_access import jobfile
from direct_access.clock import Clock, SystemClock
from direct_access.config.choose_system import choose_system
from direct_access.config.load import load as load_settings
from direct_access.config.settings import CLOUD, Settings
from direct_access.events import Event, Text, tell, wanted
from direct_access.jobfile import JobFile
from direct_access.light_dataclass import dataclass
from direct_access.model.cloud_options import NAMES as CLOUD_FIELDS
from direct_access.retry.deadline import fixed_deadline
from direct_access.retry.notice import WaitNotice
from direct_access.runner import deadline as deadlines
from direct_access.runner import plan as plans
from direct_access.runner.bounds import Bounds
from direct_access.runner.context import RunContext
from direct_access.runner.control import Control
from direct_access.runner.deadline import RunDeadline
from direct_access.runner.output_dir import node_local_reason
from direct_access.runner.plan import Plan
from direct_access.runner.reporter import Reporter, SilentReporter, describe_wait
from direct_access.services.composition import open_service
from direct_access.services.protocol import JobService
from direct_access.slurm import environment as slurm_env
from direct_access.slurm.plugin_registry import registry_of


@dataclass
class Invocation:
    """One call of the command or of the Python API: an environment, options, and who listens.

    :param options: settings given on the command line, by their names in the configuration
    :param began: when the command or the call began, seconds since the epoch; None: now
    """

    environment: Mapping[str, str]
    options: Mapping[str, Any] = field(default_factory=dict)
    reporter: Reporter = field(default_factory=SilentReporter)
    clock: Clock = field(default_factory=SystemClock)
    control: Control = field(default_factory=Control)
    began: float | None = None
    bounds: Bounds = field(default_factory=Bounds)

    def __post_init__(self) -> None:
        self.started_at = self.clock.boottime()
        self._began = self.clock.wall() if self.began is None else self.began
        self._deadline: RunDeadline | None = None

    def settings(self, job: JobFile | None = None) -> Settings:
        """Return the configuration after precedence.

        :raises ConfigurationError: if it is wrong
        """
        settings = load_settings(
            options=self.options, environment=self.environment, job_file=job.settings if job else {}
        )
        if wanted(Event.CONFIG):
            origins = {origin.partition(":")[0] for origin in settings.origins.values()} - {"default"}
            tell(Event.CONFIG, origins=Text(", ".join(sorted(origins))))
        return settings

    def service(self, settings: Settings, system: str | None = None) -> JobService:
        """Open the service of a system, for a run or a question."""
        return open_service(
            settings,
            system,
            clock=self.clock,
            stop=self.control.stop,
            notify=self.notify,
            deadline=self.deadline(settings),
        )

    def service_for_ending(self, settings: Settings, system: str | None) -> JobService:
        """Open a service for the last requests of a run that is told to stop: not stopped by that."""
        deadline = self.clock.boottime() + self.bounds.requests_secs
        return open_service(
            settings.hurried(self.bounds.request_secs),
            system,
            clock=self.clock,
            stop=threading.Event(),
            notify=self.notify,
            deadline=fixed_deadline(deadline),
        )

    def deadline(self, settings: Settings) -> RunDeadline:
        """Return the one deadline of this invocation; see :mod:`direct_access.runner.deadline`."""
        if self._deadline is None:
            slurm = slurm_env.read(self.environment)
            self._deadline = deadlines.of_run(settings, slurm, self.clock, self.started_at)
        return self._deadline

    def plan(self, job_file: Path, output_dir: str | None = None) -> Plan:
        """Return the plan of a run, after its warnings are reported.

        :raises InputError: with all faults of the job file
        """
        job = jobfile.load(job_file)
        settings = self.settings(job)
        system = choose_system(settings, None)
        for warning in job.warnings:
            if system.service != CLOUD or warning.field not in CLOUD_FIELDS:
                self.reporter.warning(str(warning))
        plan = plans.make(job, settings, self.environment, system=system, output_dir=output_dir)
        self._warn_of_slurm(plan)
        return plan

    def _warn_of_slurm(self, plan: Plan) -> None:
        """Warn of what will go wrong inside a Slurm job."""
        if not plan.slurm.in_job:
            return
        if not plan.slurm.is_signalled(os.getpid()) and registry_of(self.environment, plan.slurm) is None:
            self.reporter.warning(
                "Slurm does not signal this process: start it with srun or exec, so that scancel and the "
                "time limit can end it cleanly"
            )
        reason = node_local_reason(plan.base, self.environment)
        if reason:
            self.reporter.warning(f"{plan.base} will be hard to find after the job: {reason}")

    def context(self, settings: Settings, service: JobService) -> RunContext:
        """Return what a run works with."""
        deadline = self.deadline(settings)
        return RunContext(
            service,
            settings,
            self.clock,
            self.control,
            self.reporter,
            deadline=deadline,
            end=deadline,
            allocation=deadline.allocation,
            began=self._began,
            bounds=self.bounds,
        )

    def notify(self, notice: WaitNotice) -> None:
        """Report why a request is not answered yet."""
        self.reporter.stage("again", describe_wait(notice))
