"""A run loads what it uses: each module costs every run, and every job of an array."""

from __future__ import annotations

from .conftest import Site

NOT_USED = (
    "direct_access.simulator",
    "direct_access.health",
    "direct_access.reaper",
    "direct_access.migration",
    "direct_access.results",
    "direct_access.services.cloud",
    "direct_access.qiskit_runtime",
    "direct_access.resource_controller",
    "direct_access.jobfile.transpile",
    "direct_access.jobfile.full_parse",
    "direct_access.jobfile.params_file",
    "direct_access.config.secret_command",
    "direct_access.config.show",
    "direct_access.runner.follow_run",
    "direct_access.runner.private_results",
    "qiskit",
    "numpy",
    "prometheus_client",
)


def test_a_run_loads_no_module_of_what_it_does_not_do(site: Site) -> None:
    # Python prints each import (python(1), -X importtime).
    done = site.run("run", site.job_file(), PYTHONPROFILEIMPORTTIME="1")
    assert done.returncode == 0, done.stderr
    lines = [line for line in done.stderr.splitlines() if line.startswith("import time:")]
    loaded = {line.rpartition("|")[2].strip() for line in lines}
    assert "direct_access.runner.collecting" in loaded
    assert {name for name in loaded if any(f"{name}.".startswith(f"{part}.") for part in NOT_USED)} == set()
