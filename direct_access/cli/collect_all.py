"""What ``collect --all`` does: every unfinished run below a directory, one after the other."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from direct_access.cli.exit_status import OK, exit_status
from direct_access.cli.invocation import put_json
from direct_access.cli.job_commands import one_look, open_session, scratch_of
from direct_access.cli.running import supervised
from direct_access.cli.streams import put
from direct_access.cli.tables import table
from direct_access.errors import DirectAccessError, InternalError, SignalError, WaitEndedError
from direct_access.runner import resume
from direct_access.runner.local_runs import LocalRun, find_runs
from direct_access.runner.run import Means
from direct_access.runner.session import Session
from direct_access.slurm import environment as slurm_env
from direct_access.slurm.environment import SlurmEnv


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


def collect_all(root: Path | None, options: Mapping[str, Any], values: Mapping[str, Any]) -> None:
    """Collect every unfinished run of ours below a directory, the scratch directory by default.

    :raises DirectAccessError: the first error; the jobs that still run come last, so that exit status 0 says
        that nothing is left to be collected
    """
    session = open_session(options, values)
    settings = session.settings()
    slurm = slurm_env.read(session.environment)
    found = list(find_runs(root or scratch_of(session, settings, slurm, ".")))
    unfinished = [entry for entry in found if isinstance(entry, LocalRun) and not entry.journal.finished]
    outcomes = [
        Collected(str(error.subject), None, error) for error in found if not isinstance(error, LocalRun)
    ]
    for system, runs in itertools.groupby(
        sorted(unfinished, key=lambda run: run.journal.system), key=lambda run: run.journal.system
    ):
        outcomes += _of_one_system(session, settings, system, list(runs), slurm)
    _tell(outcomes, values["output_format"])
    errors = [outcome.error for outcome in sorted(outcomes, key=lambda each: each.still_runs)]
    for error in filter(None, errors):
        raise error


def _of_one_system(
    session: Session, settings: Any, system: str, runs: Sequence[LocalRun], slurm: SlurmEnv
) -> Sequence[Collected]:
    def work(means: Means) -> Sequence[Collected]:
        return [_collect(run, one_look(means), slurm) for run in runs]

    try:
        return supervised(session, settings, system, work, only_looks_on=True)
    except SignalError:
        raise
    except DirectAccessError as error:  # the system itself: not configured, for example
        return [Collected(str(run.directory), run.journal.job_id, error) for run in runs]


def _collect(run: LocalRun, means: Means, slurm: SlurmEnv) -> Collected:
    means.control.check()
    try:
        resume.resume_run(run.directory, means, slurm)
    except Exception as error:  # a bug in one run does not keep the others from being collected
        means.control.check()
        if not isinstance(error, DirectAccessError):
            message = f"internal error: {type(error).__name__}: {error}"
            error = InternalError(message, subject=str(run.directory))
        return Collected(str(run.directory), run.journal.job_id, error)
    return Collected(str(run.directory), run.journal.job_id, None)


def _tell(outcomes: Sequence[Collected], output_format: str) -> None:
    if output_format == "json":
        put_json("collected", runs=list(_documents(outcomes)))
    elif outcomes:
        rows = [(each.directory, each.job_id, each.exit_status, each.outcome) for each in outcomes]
        put(table(("RUN", "JOB", "EXIT", "OUTCOME"), rows))


def _documents(outcomes: Sequence[Collected]) -> Iterator[Mapping[str, Any]]:
    for each in outcomes:
        yield {
            "directory": each.directory,
            "job_id": each.job_id,
            "exit_status": each.exit_status,
            "outcome": each.outcome,
            "error": each.error.to_json() if each.error else None,
        }
