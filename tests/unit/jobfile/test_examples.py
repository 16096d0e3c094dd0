"""The shipped examples are right, and all but the one to be transpiled run as they are."""

from __future__ import annotations

from pathlib import Path

import pytest

from direct_access import jobfile
from direct_access.jobfile.isa import first_non_isa
from direct_access.jobfile.transpile import transpile
from direct_access.simulator.backends.catalog import standard_backends

EXAMPLES = sorted((Path(__file__).parents[3] / "examples").glob("*.yaml"))


@pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)
def test_an_example_is_accepted_in_full_and_runs_on_its_backend(path: Path) -> None:
    job = jobfile.load(path, thorough=True)
    assert job.warnings == ()
    backend = standard_backends()[str(job.settings.get("backend"))]
    document = job.params.document()
    if job.transpile:
        level = int(job.transpile["optimization_level"])
        document = transpile(document, backend.configuration, backend.properties, level)
    assert first_non_isa(document, backend.configuration) == []
