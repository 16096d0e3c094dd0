"""``direct-access collect``: one run, or with ``--all`` every unfinished one below a directory."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from direct_access.cli.exit_status import OK, exit_status
from direct_access.cli.options import (
    format_option,
    keep_option,
    quiet_option,
    service_option,
    settings_of,
    system_option,
)
from direct_access.errors import DirectAccessError, InternalError, SignalError, WaitEndedError
from direct_access.light_dataclass import dataclass

if TYPE_CHECKING:
    from direct_access.config.settings import Settings
    from direct_access.runner.context import RunContext
    from direct_access.runner.invocation import Invocation
    from direct_access.runner.local_runs import LocalRun
    from direct_access.slurm.environment import SlurmEnv


@click.command("collect")
@click.argument("run", metavar="[RUN|JOB|DIR]", required=False)
@click.option(
    "--all", "every", is_flag=True, help="Every unfinished run below DIR; default: your scratch directory."
)
@system_option
@service_option
@click.option("-o", "--output-dir", metavar="DIR", help="Where to put a job of which only the id is known.")
@keep_option
@quiet_option
@format_option
def command(run: str | None, every: bool, output_dir: str | None, output_format: str, **values: Any) -> None:
    """Bring results and logs of a job that has ended into its run directory, and clean up the server.

    Exits 124 if the job has not ended yet. With --all one line tells of each run; the exit status is that of
    the first one that went wrong, 124 if there is none but some jobs still run.
    """
    if every:
        if output_dir is not None:
            raise click.UsageError("--output-dir is for one job, not for --all")
        _collect_all(Path(run) if run else None, values, output_format)
    elif run is None:
        raise click.UsageError("name a run directory or a job id, or say --all")
    else:
        _collect_one(run, output_dir, values, output_format)


def _collect_one(name: str, output_dir: str | None, values: dict[str, Any], output_format: str) -> None:
    """Collect the run in a directory, or a job by its id."""
    from direct_access.cli.invocation import invocation_of_one_run, scratch_of, target_of
    from direct_access.cli.run_summary import put_run
    from direct_access.cli.supervised import supervised
    from direct_access.journal import Step
    from direct_access.runner import resume
    from direct_access.runner.output_dir import own_directory
    from direct_access.runner.run import Run
    from direct_access.slurm import environment as slurm_env

    invocation = invocation_of_one_run(settings_of(values), values["quiet"])
    target = target_of(name)
    settings = invocation.settings()
    slurm = slurm_env.read(invocation.environment)
    named = None if output_dir is None else own_directory(output_dir)
    directory = named or scratch_of(invocation, settings, name) / name

    def work(context: RunContext) -> Run:
        context = _one_look(context)
        if target.directory is None:
            return resume.adopt_job(name, directory, context, slurm, settings.keep)
        return resume.resume_run(target.directory, context, slurm, Step.FINISHED)

    put_run(supervised(invocation, settings, target.system, work, only_looks_on=True), output_format)


def _one_look(context: RunContext) -> RunContext:
    """Return the same for one look at a job; requests may be tried again all the same."""
    from dataclasses import replace

    from direct_access.retry.deadline import fixed_deadline

    now = fixed_deadline(context.clock.boottime())
    return replace(context, looks_once=True, allocation=None, deadline=now)


@dataclass(frozen=True)
class Collected:
    """How it went with one run; no error if it Completed and is collected."""

    directory: str
    job_id: str | None
    error: DirectAccessError | None

    @property
    def still_runs(self) -> bool:
        return isinstance(self.error, WaitEndedError)

    @property
    def outcome(self) -> str:
        if self.error is None:
            return "Completed"
        return "still runs" if self.still_runs else self.error.message

    @property
    def exit_status(self) -> int:
        return OK if self.error is None else exit_status(self.error)

    def as_json(self) -> dict[str, Any]:
        return {
            "directory": self.directory,
            "job_id": self.job_id,
            "exit_status": self.exit_status,
            "outcome": self.outcome,
            "error": self.error.to_json() if self.error else None,
        }


def _collect_all(root: Path | None, values: dict[str, Any], output_format: str) -> None:
    """Collect every unfinished run of ours below a directory, the scratch directory by default.

    :raises DirectAccessError: the first error; the jobs that still run come last, so that exit status 0 says
        that nothing is left to be collected
    """
    from itertools import groupby

    from direct_access.cli.invocation import invocation_of, scratch_of
    from direct_access.runner.local_runs import LocalRun, find_runs
    from direct_access.slurm import environment as slurm_env

    invocation = invocation_of(settings_of(values), values["quiet"])
    settings = invocation.settings()
    slurm = slurm_env.read(invocation.environment)
    found = list(find_runs(root or scratch_of(invocation, settings, ".")))
    unfinished = [entry for entry in found if isinstance(entry, LocalRun) and not entry.journal.finished]
    outcomes = [
        Collected(str(error.subject), None, error) for error in found if not isinstance(error, LocalRun)
    ]
    unfinished.sort(key=lambda run: run.journal.system)
    for system, runs in groupby(unfinished, key=lambda run: run.journal.system):
        outcomes += _collect_runs_of(system, list(runs), invocation, settings, slurm)
    _tell(outcomes, output_format)
    errors = [outcome.error for outcome in sorted(outcomes, key=lambda each: each.still_runs)]
    for error in filter(None, errors):
        raise error


def _collect_runs_of(
    system: str, runs: Sequence[LocalRun], invocation: Invocation, settings: Settings, slurm: SlurmEnv
) -> Sequence[Collected]:
    from direct_access.cli.supervised import supervised

    def work(context: RunContext) -> Sequence[Collected]:
        return [_collect_run(run, _one_look(context), slurm) for run in runs]

    try:
        return supervised(invocation, settings, system, work, only_looks_on=True)
    except SignalError:
        raise
    except DirectAccessError as error:  # the system itself: not configured, for example
        return [Collected(str(run.directory), run.journal.job_id, error) for run in runs]


def _collect_run(run: LocalRun, context: RunContext, slurm: SlurmEnv) -> Collected:
    from direct_access.runner import resume

    context.control.check()
    try:
        resume.resume_run(run.directory, context, slurm)
    except Exception as error:  # a bug in one run does not keep the others from being collected
        context.control.check()
        if not isinstance(error, DirectAccessError):
            message = f"internal error: {type(error).__name__}: {error}"
            error = InternalError(message, subject=str(run.directory))
        return Collected(str(run.directory), run.journal.job_id, error)
    return Collected(str(run.directory), run.journal.job_id, None)


def _tell(outcomes: Sequence[Collected], output_format: str) -> None:
    from direct_access.cli.invocation import put_json
    from direct_access.cli.streams import put
    from direct_access.cli.tables import table

    if output_format == "json":
        put_json("collected", runs=[each.as_json() for each in outcomes])
    elif outcomes:
        rows = [(each.directory, each.job_id, each.exit_status, each.outcome) for each in outcomes]
        put(table(("RUN", "JOB", "EXIT", "OUTCOME"), rows))
