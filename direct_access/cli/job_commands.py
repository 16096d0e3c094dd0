"""What ``run``, ``submit``, ``wait`` and ``collect`` do: the steps of one run, by their outcome."""

from __future__ import annotations

import contextlib
import os
import shlex
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from direct_access.cli.invocation import put_json, target_of
from direct_access.cli.running import supervised
from direct_access.cli.streams import put
from direct_access.cli.verbosity import talk_of
from direct_access.clock import process_began
from direct_access.config.settings import Settings
from direct_access.errors import LocalStorageError
from direct_access.journal import Step
from direct_access.retry.deadline import fixed_deadline
from direct_access.runner import plan as plans
from direct_access.runner import resume
from direct_access.runner import run as runs
from direct_access.runner.output_dir import own_directory, scratch_directory, user_name
from direct_access.runner.run import Means, Run
from direct_access.runner.session import Session
from direct_access.slurm import environment as slurm_env
from direct_access.slurm.environment import SlurmEnv


def run(
    job_file: Path,
    options: Mapping[str, Any],
    environment: Mapping[str, str] | None,
    values: Mapping[str, Any],
    *,
    dry_run: bool = False,
    show: bool = False,
) -> None:
    """Run a job file from start to end.

    :param environment: instead of the process's
    """
    session = _one_run(open_session(options, values, environment))
    plan, settings = session.plan(job_file, values["output_dir"])
    if dry_run:
        service = session.service(settings)
        put_json("plan", **plans.describe(plan, service, new=values["new"]))
        return
    finished = supervised(session, settings, None, lambda means: runs.run(plan, means, new=values["new"]))
    _put_run(finished, values["output_format"], show=show)


def submit(job_file: Path, options: Mapping[str, Any], values: Mapping[str, Any]) -> None:
    """Take a job file as far as its job has been accepted."""
    session = _one_run(open_session(options, values))
    plan, settings = session.plan(job_file, values["output_dir"])
    submitted = supervised(
        session,
        settings,
        None,
        lambda means: runs.run(plan, means, new=values["new"], until=Step.WAIT),
    )
    _put_run(submitted, values["output_format"])


def wait(name: str, options: Mapping[str, Any], values: Mapping[str, Any]) -> None:
    """Wait until a job has ended."""
    _take_up(name, None, options, values, until=Step.COLLECT)


def collect(name: str, output_dir: str | None, options: Mapping[str, Any], values: Mapping[str, Any]) -> None:
    """Bring a job that has ended into its run directory."""
    _take_up(name, output_dir, options, values, until=Step.FINISHED)


def _take_up(
    name: str,
    output_dir: str | None,
    options: Mapping[str, Any],
    values: Mapping[str, Any],
    until: Step,
) -> None:
    session = _one_run(open_session(options, values))
    target = target_of(name)
    settings = session.settings()
    slurm = slurm_env.read(session.environment)
    named = None if output_dir is None else own_directory(output_dir)
    directory = named or scratch_of(session, settings, slurm, name) / name

    def work(means: Means) -> Run:
        means = one_look(means) if until is Step.FINISHED else replace(means, allocation=None)
        if target.directory is not None:
            return resume.resume_run(target.directory, means, slurm, until)
        if until is Step.COLLECT:
            return resume.wait_for_job(name, means)
        return resume.adopt_job(name, directory, means, slurm, settings.keep)

    looked_at = supervised(session, settings, target.system, work, only_looks_on=True)
    _put_run(looked_at, values["output_format"])


def one_look(means: Means) -> Means:
    """Return means for one look at a job; requests may be tried again all the same."""
    return replace(means, looks_once=True, allocation=None, deadline=fixed_deadline(means.clock.boottime()))


def scratch_of(session: Session, settings: Settings, slurm: SlurmEnv, stem: str) -> Path:
    """Return the directory in which run directories are made."""
    environment = session.environment
    return scratch_directory(settings.scratch, slurm, environment, stem, user_name(environment))


def open_session(
    options: Mapping[str, Any], values: Mapping[str, Any], environment: Mapping[str, str] | None = None
) -> Session:
    """Return the session of a command: the process's environment unless another is given."""
    chosen = os.environ if environment is None else environment
    return Session(chosen, options, talk_of(values["quiet"], chosen), began=process_began())


def _one_run(session: Session) -> Session:
    """Return a session of one run, which counts as told once this process has written how it ended."""
    context = click.get_current_context(silent=True)
    session.control.at_report = context.find_object(contextlib.ExitStack) if context else None
    return session


def _put_run(run: Run, output_format: str, *, show: bool = False) -> None:
    try:
        _put_summary(run, output_format, show=show)
    except LocalStorageError as error:
        directory = shlex.quote(str(run.directory or run.job_id))
        error.advice = f"the run is in {directory}" if run.finished else f"direct-access collect {directory}"
        raise


def _put_summary(run: Run, output_format: str, *, show: bool) -> None:
    if output_format == "json":
        put_json(
            "run-summary",
            job_id=run.job_id,
            system=run.system,
            status=run.status,
            finished=run.finished,
            directory=None if run.directory is None else str(run.directory),
            results=str(run.results) if run.results and run.results.exists() else None,
            logs=str(run.logs) if run.logs and run.logs.exists() else None,
        )
        return
    if show and run.results is not None:
        from direct_access.cli.results_text import put_results

        put_results(run.results, "text")
    put(str(run.directory if run.directory is not None else run.job_id))


__all__ = ["collect", "run", "submit", "wait"]
