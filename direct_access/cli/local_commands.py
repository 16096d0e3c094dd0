"""What the commands that need no network do."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

from direct_access import jobfile
from direct_access.cli.invocation import put_json, service_of, session_of
from direct_access.cli.streams import StandardOutput, data_is_watched, put, say
from direct_access.errors import InputError
from direct_access.jobfile import JobFile
from direct_access.runner.context import RESULTS


def results(run: Path, output_format: str) -> None:
    """Decode and print results."""
    from direct_access.results import as_json, as_text, decode

    path = run / RESULTS if run.is_dir() else run
    if not path.exists():
        raise _no_results(run)
    decoded = decode(path)
    if output_format == "json":
        put(json.dumps(as_json(decoded), indent=1))
    else:
        put(as_text(decoded, bars=data_is_watched()))


def _no_results(run: Path) -> InputError:
    if not run.is_dir():
        return InputError(f"{run} does not exist", subject=str(run))
    advice = f"direct-access collect {shlex.quote(str(run))}"
    return InputError(f"{run} has no {RESULTS}", subject=str(run), advice=advice)


def validate(
    job_file: Path, *, print_params: bool, backend: str | None, system: str | None, output_format: str
) -> None:
    """Check a job file and everything it names."""
    job = jobfile.load(job_file, thorough=True)
    for warning in job.warnings:
        say(f"direct-access: warning: {warning}")
    if backend is not None:
        _check_against_backend(job, backend, system)
    if print_params:
        job.params.write(StandardOutput())
        put("")
    elif output_format == "json":
        put_json("validation", job_file=str(job_file), valid=True, program_id=job.program_id)
    else:
        put(f"{job_file}: valid")


def _check_against_backend(job: JobFile, backend: str, system: str | None) -> None:
    from direct_access.jobfile.isa import first_non_isa
    from direct_access.runner.preparing import transpiled

    with service_of({"system": system} if system else {}) as service:
        configuration = service.backend_configuration(backend)
        params = job.params.document()
        if job.transpile is not None:
            params = transpiled(params, job.transpile, backend, service)
    findings = first_non_isa(params, configuration, str(job.path))
    for finding in findings:
        if finding.severity == "warning":
            say(f"direct-access: warning: {finding}")
    if any(finding.severity == "error" for finding in findings):
        raise InputError(
            f"{job.path}: not every circuit is in the instruction set of {backend}",
            subject=str(job.path),
            advice="transpile: {optimization_level: 1} in the job file maps circuits to the backend",
            findings=tuple(findings),
        )


def print_schema() -> None:
    """Print the JSON Schema of job files."""
    put(json.dumps(jobfile.schema(), indent=1))


def show_configuration(*, origin: bool, output_format: str) -> None:
    """Print every setting."""
    from direct_access.cli.tables import table
    from direct_access.config.load import show

    rows = show(session_of({}).settings())
    if output_format == "json":
        put_json(
            "configuration",
            settings=[{"name": name, "value": value, "origin": source} for name, value, source in rows],
        )
    elif origin:
        put(table(("SETTING", "VALUE", "ORIGIN"), rows))
    else:
        put(table(("SETTING", "VALUE"), [row[:2] for row in rows]))
