"""What ``run``, ``submit``, ``wait`` and ``collect`` print at their end: how the run stands."""

from __future__ import annotations

import shlex

from direct_access.cli.invocation import put_json
from direct_access.cli.streams import put
from direct_access.errors import LocalStorageError
from direct_access.runner.run import Run


def put_run(run: Run, output_format: str, *, show: bool = False) -> None:
    """Print the summary of a run.

    :param show: print its results too
    :raises LocalStorageError: if standard output cannot be written; the advice says where the run is
    """
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
