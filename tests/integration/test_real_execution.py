"""Jobs whose circuits are executed for real, and examples of IBM's pages pasted as YAML."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from direct_access.simulator.embedded import Simulator
from direct_access.simulator.settings import SimulatorSettings

from .conftest import Site, clean_environment

EXAMPLES = Path(__file__).parents[2] / "examples"


@pytest.fixture(scope="module")
def quantum_system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Simulator]:
    """A simulator with a warm worker."""
    directory = tmp_path_factory.mktemp("quantum-system")
    with Simulator(directory, SimulatorSettings(seed=7, bucket="my-bucket")) as simulator:
        yield simulator


def site_for(simulator: Simulator, directory: Path, storage_type: str = "s3_compatible") -> Site:
    home = directory / "home"
    home.mkdir()
    configuration = simulator.write_client_configuration(directory / "client", storage_type)
    return Site(simulator, home, clean_environment(home, configuration))


@pytest.fixture
def site(quantum_system: Simulator, tmp_path: Path) -> Site:
    return site_for(quantum_system, tmp_path)


def results_of(site: Site, directory: Path) -> dict[str, object]:
    done = site.run("results", "--format", "json", directory)
    assert done.returncode == 0, done.stderr
    document: dict[str, object] = json.loads(done.stdout)
    return document


@pytest.mark.parametrize("name", sorted(path.name for path in EXAMPLES.glob("*.yaml")))
def test_every_example_runs_to_its_end(site: Site, name: str) -> None:
    done = site.run("run", EXAMPLES / name, "-o", "out")
    assert done.returncode == 0, done.stderr
    assert results_of(site, site.home / "out")


def test_a_bell_state_gives_mostly_equal_bits(site: Site) -> None:
    done = site.run("run", "--show", "-o", "out", EXAMPLES / "bell.yaml")
    assert done.returncode == 0, done.stderr
    counts = {}
    for line in done.stdout.splitlines():
        words = line.split()
        if len(words) >= 2 and set(words[0]) <= {"0", "1"} and len(words[0]) == 2:
            counts[words[0]] = int(words[1])
    assert sum(counts.values()) == 4096
    assert counts["00"] + counts["11"] > 0.85 * 4096


def test_an_observable_as_wide_as_the_backend_is_valid_and_runs_with_a_circuit_on_two_qubits(
    site: Site,
) -> None:
    circuit = 'OPENQASM 3.0; include "stdgates.inc"; x $0; cz $0, $1;'
    pubs = [{"circuit": circuit, "observables": "I" * 26 + "Z"}]
    job = site.job_file(
        json.dumps(
            {"program_id": "estimator", "backend": "ibm_examplesite", "timeout_secs": 60, "pubs": pubs}
        )
    )
    valid = site.run("validate", "--backend", "ibm_examplesite", job)
    assert valid.returncode == 0, valid.stderr
    assert "barrier $0, $1, …, $26;" in valid.stderr
    done = site.run("run", job, "-o", "out")
    assert done.returncode == 0, done.stderr
    assert results_of(site, site.home / "out")


@pytest.mark.parametrize("letters", [2, 27])
def test_a_circuit_on_two_qubits_that_is_transpiled_has_the_values_of_wider_observables(
    site: Site, letters: int
) -> None:
    circuit = 'OPENQASM 3.0; include "stdgates.inc"; x $0; h $1; cx $1, $0;'
    observables = ["I" * (letters - 2) + "XX", "I" * (letters - 2) + "ZZ"]
    job = {
        "program_id": "estimator",
        "backend": "ibm_examplesite",
        "timeout_secs": 60,
        "transpile": {"optimization_level": 1},
        "pubs": [{"circuit": circuit, "observables": observables}],
    }
    valid = site.run("validate", "--backend", "ibm_examplesite", site.job_file(json.dumps(job)))
    assert valid.returncode == 0, valid.stderr
    done = site.run("run", site.job_file(json.dumps(job)), "-o", "out")
    assert done.returncode == 0, done.stderr
    (pub,) = json.loads(site.run("results", "--format", "json", "out").stdout)["pubs"]
    assert pub["values"]["evs"]["values"] == pytest.approx([1, -1], abs=0.15)


def test_a_transpiled_job_whose_observables_are_wider_than_the_backend_is_refused_before_it_is_sent(
    site: Site,
) -> None:
    pubs = [{"circuit": "OPENQASM 3.0; U(0, 0, 0) $0;", "observables": "Z" * 28}]
    job = {"program_id": "estimator", "backend": "ibm_examplesite", "pubs": pubs}
    job |= {"timeout_secs": 60, "transpile": {"optimization_level": 1}}
    path = site.job_file(json.dumps(job))
    for command in (["validate", "--backend", "ibm_examplesite", path], ["run", path, "-o", "out"]):
        refused = site.run(*command)
        assert refused.returncode == 65
        assert "pubs[0].observables have 28 letters, the backend has 27 qubits" in refused.stderr


def test_complex_numbers_of_a_sampler_are_shown_by_their_mean(site: Site) -> None:
    circuit = 'OPENQASM 3.0; include "stdgates.inc"; bit[2] c; x $1; c[0] = measure $0; c[1] = measure $1;'
    job = {
        "program_id": "sampler",
        "backend": "ibm_examplesite",
        "timeout_secs": 60,
        "options": {"execution": {"meas_type": "kerneled"}},
        "pubs": [{"circuit": circuit, "shots": 200}],
    }
    done = site.run("run", site.job_file(json.dumps(job)), "-o", "out")
    assert done.returncode == 0, done.stderr
    shown = site.run("results", "out").stdout.splitlines()
    assert "  c (2 bits, 200 shots, complex)" in shown
    assert [line.split()[:1] for line in shown[2:]] == [["bit"], ["0"], ["1"]]
    assert [round(complex(line.split()[1]).real) for line in shown[3:]] == [-1, 1]
    (pub,) = json.loads(site.run("results", "--format", "json", "out").stdout)["pubs"]
    assert pub["values"]["c"]["shape"] == [200, 2]
    assert pub["values"]["c"]["values"][0][0].keys() == {"real", "imag"}


def test_the_job_example_of_the_quantum_system_api_runs_with_its_input_in_place(
    quantum_system: Simulator, tmp_path: Path
) -> None:
    site = site_for(quantum_system, tmp_path, "ibmcloud_cos")
    job_id = "6e32f594-189e-4bc5-89a2-3c21e1c7e75a"
    block = {
        "type": "ibmcloud_cos",
        "region": "us-east",
        "region_type": "regional",
        "bucket_crn": "crn:v1:bluemix:public:cloud-object-storage:global:a/abc123:abc123:bucket:my-bucket",
    }
    storage = {
        role: {**block, "object_name": f"{name}:{job_id}"}
        for role, name in (("input", "params"), ("results", "results"), ("logs", "logs"))
    }
    job = {
        "id": job_id,
        "program_id": "sampler",
        "backend": "ibm_examplesite",
        "timeout_secs": 10000,
        "storage": storage,
    }
    params = tmp_path / "params.json"
    program = 'OPENQASM 3.0; include "stdgates.inc"; bit[1] c; x $0; c[0] = measure $0;'
    params.write_text(json.dumps({"pubs": [[program]], "version": 2}))
    quantum_system.store.write("my-bucket", f"params:{job_id}", params)
    done = site.run("run", site.job_file(yaml.safe_dump(job)), "-o", "out")
    assert done.returncode == 0, done.stderr
    assert "used as it is" in done.stderr
    assert results_of(site, site.home / "out")
    assert f"params:{job_id}" in site.objects(), "an input that was there before is never deleted"


PROGRAM = 'OPENQASM 3.0; include "stdgates.inc"; bit[1] c; x $0; c[0] = measure $0;'
RUNTIME_EXAMPLES = {
    "estimator": {
        "program_id": "estimator",
        "backend": "ibm_brisbane",
        "params": {
            "pubs": [[PROGRAM, "Z"]],
            "options": {"dynamical_decoupling": {"enable": True}},
            "version": 2,
            "resilience_level": 1,
        },
    },
    "sampler in a session": {
        "program_id": "sampler",
        "backend": "ibm_brisbane",
        "session_id": "session_id1",
        "params": {"pubs": [[PROGRAM]], "options": {}, "version": 2},
    },
}


@pytest.mark.parametrize("name", list(RUNTIME_EXAMPLES))
def test_the_job_examples_of_the_runtime_api_run_on_premises(site: Site, name: str) -> None:
    job = site.job_file(yaml.safe_dump(RUNTIME_EXAMPLES[name]))
    assert site.run("validate", job).returncode == 0
    done = site.run("run", job, "--timeout-secs", "600", "-o", "out")
    assert done.returncode == 0, done.stderr
    assert results_of(site, site.home / "out")


def test_run_simulator_needs_no_configuration(site: Site) -> None:
    done = site.run("run", "--simulator", "-o", "out", EXAMPLES / "bell.yaml", DIRECT_ACCESS_CONFIG="")
    assert done.returncode == 0, done.stderr
    assert results_of(site, site.home / "out")


def test_the_python_api_runs_a_job_file(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    import direct_access

    for name, value in site.environment.items():
        monkeypatch.setenv(name, value)
    run = direct_access.run(EXAMPLES / "bell.yaml", output_dir=str(site.home / "api"), keep="none")
    assert run.status == "Completed"
    assert run.results is not None
    assert run.results.exists()


def test_the_python_api_raises_what_went_wrong(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    import direct_access

    for name, value in site.environment.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(direct_access.DirectAccessError) as caught:
        direct_access.run(site.home / "missing.yaml")
    assert caught.value.kind == "input"
