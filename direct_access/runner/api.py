"""The public Python API: one call that runs a job file."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from direct_access.runner import run as runs
from direct_access.runner.invocation import Invocation
from direct_access.runner.reporter import Reporter, SilentReporter
from direct_access.runner.run import Run

__all__ = ["Run", "run"]


def run(
    job_file: str | os.PathLike[str],
    *,
    output_dir: str | None = None,
    new: bool = False,
    reporter: Reporter | None = None,
    **options: Any,
) -> Run:
    """Run a job file from start to end, as the command ``direct-access run`` does.

    :param output_dir: pattern of the run directory; default as in the job file
    :param new: never resume an unfinished run
    :param reporter: told of every stage
    :param options: settings by their names in the configuration (``backend="…"``, ``keep="all"``)
    :raises DirectAccessError: how the run ended, if not well; its fields say what to do next
    """
    invocation = Invocation(os.environ, options, reporter or SilentReporter())
    plan = invocation.plan(Path(job_file), output_dir)
    service = invocation.service(plan.settings)
    try:
        return runs.run(plan, invocation.context(plan.settings, service), new=new)
    finally:
        service.close()
