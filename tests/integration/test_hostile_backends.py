"""No description of a backend is a bug of ours: exit status 70."""

from __future__ import annotations

import pytest

from tests.support.between import Answer, Between, standing_between

from .conftest import BELL, Site
from .hostile import MARK, Fuzzing, bodies, body
from .test_hostile_answers import through

NAME = "ibm_examplesite"
CONFIGURATION = {
    "backend_name": NAME,
    "backend_version": "1",
    "n_qubits": 3,
    "basis_gates": ["cz", "rz", "sx", "x"],
    "gates": [{"name": "cz", "coupling_map": [[0, 1], [1, 2]], "parameters": []}],
    "coupling_map": [[0, 1], [1, 2]],
    "supported_instructions": ["cz", "delay", "if_else", "measure", "reset"],
    "timing_constraints": {"granularity": 1, "min_length": 1, "pulse_alignment": 1, "acquire_alignment": 1},
    "dt": 0.5,
}
PROPERTIES = {
    "backend_version": "1",
    "last_update_date": "2026-01-01T00:00:00Z",
    "qubits": [
        [{"name": "readout_error", "value": 0.01}, {"name": "readout_length", "value": 1, "unit": "ns"}]
    ],
    "gates": [{"gate": "cz", "qubits": [0, 1], "parameters": [{"name": "gate_error", "value": 0.01}]}],
}
PARTS = {"configuration": CONFIGURATION, "properties": PROPERTIES}
LOOKED_INTO = frozenset(("n_qubits", "coupling_map", "gates", "name", "qubits", "gate", "value"))


@pytest.fixture
def fuzzing(site: Site, monkeypatch: pytest.MonkeyPatch) -> Fuzzing:
    return Fuzzing(site, monkeypatch)


def describe(api: Between, part: str, content: bytes) -> None:
    api.rule("GET", f"/v1/backends/{NAME}/{part}$", lambda _request: Answer(200, content))


@pytest.mark.parametrize("part", PARTS)
def test_no_description_of_a_backend_is_a_bug_of_ours(site: Site, fuzzing: Fuzzing, part: str) -> None:
    job_file = site.job_file(BELL + "transpile: {optimization_level: 1}\n")
    with standing_between(site.simulator.api_url) as api:
        through(site, api)
        for name, document in PARTS.items():
            describe(api, name, body(document, "null"))
        assert fuzzing.run("validate", str(job_file), "--backend", NAME) == 0
        for content in bodies(PARTS[part], LOOKED_INTO):
            describe(api, part, content)
            fuzzing.run("validate", str(job_file), "--backend", NAME)


@pytest.mark.parametrize("form", ["digits", "deep", "controls", "object"])
def test_facts_of_a_backend_in_hostile_words_are_no_reason_to_fail(
    site: Site, fuzzing: Fuzzing, form: str
) -> None:
    with standing_between(site.simulator.api_url) as api:
        through(site, api)
        describe(api, "properties", body({"backend_version": MARK, "last_update_date": MARK}, form))
        describe(api, "configuration", body({"backend_version": MARK}, form))
        assert fuzzing.run("run", "--quiet", str(site.job_file())) == 0
        assert fuzzing.run("backends", NAME, "--properties") == (76 if form == "deep" else 0)
