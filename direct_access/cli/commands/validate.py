"""``direct-access validate``: check a job file before anything is sent."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

import click

from direct_access.cli.options import format_option, system_option

if TYPE_CHECKING:
    from direct_access.jobfile import JobFile


@click.command("validate")
@click.argument("job_file", type=click.Path(path_type=Path), required=False)
@click.option("--print-params", is_flag=True, help="Print the params document as it would be uploaded.")
@click.option(
    "--schema", "print_schema", is_flag=True, help="Print the JSON Schema of job files, for editors."
)
@click.option(
    "--backend", metavar="NAME", help="Also check the circuits against this backend (asks the system)."
)
@system_option
@format_option
def command(
    job_file: Path | None,
    print_params: bool,
    print_schema: bool,
    backend: str | None,
    system: str | None,
    output_format: str,
) -> None:
    """Check JOB_FILE and everything it names; no network, unless --backend is given."""
    from direct_access import jobfile
    from direct_access.cli.streams import put

    if print_schema:
        import json

        put(json.dumps(jobfile.schema(), indent=1))
        return
    if job_file is None:
        raise click.UsageError("Missing argument 'JOB_FILE'.")
    job = jobfile.load(job_file, thorough=True)
    _say_warnings(job.warnings)
    if backend is not None:
        _check_against_backend(job, backend, system)
    _put_valid(job, print_params=print_params, output_format=output_format)


def _say_warnings(warnings: Iterable[object]) -> None:
    from direct_access.cli.streams import say

    for warning in warnings:
        say(f"direct-access: warning: {warning}")


def _put_valid(job: JobFile, *, print_params: bool, output_format: str) -> None:
    from direct_access.cli.invocation import put_json
    from direct_access.cli.streams import StandardOutput, put

    if print_params:
        job.params.write(StandardOutput())
        put("")
    elif output_format == "json":
        put_json("validation", job_file=str(job.path), valid=True, program_id=job.program_id)
    else:
        put(f"{job.path}: valid")


def _check_against_backend(job: JobFile, backend: str, system: str | None) -> None:
    from direct_access.cli.invocation import service_of
    from direct_access.errors import InputError
    from direct_access.jobfile.isa import first_non_isa, too_wide_observables
    from direct_access.runner.preparing import transpiled

    with service_of({"system": system} if system else {}) as service:
        configuration = service.backends.configuration(backend)
        params = job.params.document()
        if job.transpile is not None:
            params = transpiled(params, job.transpile, backend, service)
    findings = first_non_isa(params, configuration, str(job.path))
    if job.program_id == "estimator":
        findings += too_wide_observables(params, configuration, str(job.path))
    _say_warnings(finding for finding in findings if finding.severity == "warning")
    if any(finding.severity == "error" for finding in findings):
        raise InputError(
            f"{job.path}: not every circuit is in the instruction set of {backend}",
            subject=str(job.path),
            advice="transpile: {optimization_level: 1} in the job file maps circuits to the backend",
            findings=tuple(findings),
        )
