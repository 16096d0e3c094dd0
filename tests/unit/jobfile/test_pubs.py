"""PUBs, in Qiskit's words or as the API's lists, become the lists that every reader of the API takes."""

from __future__ import annotations

import json
from typing import Any

import pytest

BELL_TEXT = "OPENQASM 3.0; qubit[2] q; bit[2] c; c = measure q;"
ONE_PARAMETER = "OPENQASM 3.0; input float[64] theta; qubit q; bit c; c = measure q;"


def sampler_pub(jobs: Any, pub: Any) -> Any:
    (built,) = jobs.params(json.dumps({"program_id": "sampler", "pubs": [pub]}))["pubs"]
    return built


def estimator_pub(jobs: Any, pub: Any) -> Any:
    (built,) = jobs.params(json.dumps({"program_id": "estimator", "pubs": [pub]}))["pubs"]
    return built


@pytest.mark.parametrize(
    ("pub", "built"),
    [
        ({"circuit": BELL_TEXT}, [BELL_TEXT, [], None]),
        ({"circuit": BELL_TEXT, "shots": 12}, [BELL_TEXT, [], 12]),
        ({"shots": 1e4, "circuit": BELL_TEXT}, [BELL_TEXT, [], 10_000]),
        ({"circuit": BELL_TEXT, "shots": None, "parameter_values": None}, [BELL_TEXT, [], None]),
        (BELL_TEXT, [BELL_TEXT, [], None]),
        ([BELL_TEXT], [BELL_TEXT, [], None]),
        ([BELL_TEXT, []], [BELL_TEXT, [], None]),
        ([BELL_TEXT, None, 7], [BELL_TEXT, [], 7]),
        ({"circuit": ONE_PARAMETER, "parameter_values": 0.5}, [ONE_PARAMETER, [0.5], None]),
        ({"circuit": ONE_PARAMETER, "parameter_values": [1, 2, 3]}, [ONE_PARAMETER, [1, 2, 3], None]),
        ({"circuit": ONE_PARAMETER, "parameter_values": [[1], [2]]}, [ONE_PARAMETER, [[1], [2]], None]),
        (
            {"circuit": ONE_PARAMETER, "parameter_values": {"theta": [1, 2.5]}},
            [ONE_PARAMETER, {"theta": [1, 2.5]}, None],
        ),
        (
            [ONE_PARAMETER, {"theta": {"__type__": "ndarray", "__value__": "eJw="}}],
            [ONE_PARAMETER, {"theta": {"__type__": "ndarray", "__value__": "eJw="}}, None],
        ),
    ],
)
def test_a_sampler_pub_is_circuit_parameter_values_shots(jobs: Any, pub: Any, built: Any) -> None:
    found = sampler_pub(jobs, pub)
    assert found == built
    assert isinstance(found[2], (int, type(None)))


@pytest.mark.parametrize(
    ("pub", "built"),
    [
        ({"circuit": BELL_TEXT, "observables": "ZZ"}, [BELL_TEXT, "ZZ", [], None]),
        (
            {"circuit": BELL_TEXT, "observables": [{"ZZ": 0.5, "XI": -1}, "IZ"], "precision": 0.01},
            [BELL_TEXT, [{"ZZ": 0.5, "XI": -1}, "IZ"], [], 0.01],
        ),
        ([BELL_TEXT, "ZZ"], [BELL_TEXT, "ZZ", [], None]),
        ([BELL_TEXT, [["ZZ"], ["XX"]], [], 0.1], [BELL_TEXT, [["ZZ"], ["XX"]], [], 0.1]),
        (
            {"circuit": ONE_PARAMETER, "observables": ["Z", "X"], "parameter_values": [[0.1], [0.2]]},
            [ONE_PARAMETER, ["Z", "X"], [[0.1], [0.2]], None],
        ),
    ],
)
def test_an_estimator_pub_is_circuit_observables_parameter_values_precision(
    jobs: Any, pub: Any, built: Any
) -> None:
    assert estimator_pub(jobs, pub) == built


def test_version_and_qiskit_support_are_filled_in_and_options_kept_as_written(jobs: Any) -> None:
    text = (
        "program_id: estimator\nresilience_level: 2\noptions: {default_precision: 1e-2, twirling: {}}\n"
        f"pubs: [{{circuit: '{BELL_TEXT}', observables: ZZ}}]\n"
    )
    assert jobs.params(text) == {
        "pubs": [[BELL_TEXT, "ZZ", [], None]],
        "options": {"default_precision": 0.01, "twirling": {}},
        "resilience_level": 2,
        "version": 2,
        "support_qiskit": True,
    }


@pytest.mark.parametrize("pub", [12, [], None, {"shots": 3}, [BELL_TEXT, [], 1, 2], [BELL_TEXT, "ZZ"]])
def test_a_sampler_pub_of_another_shape_is_refused(jobs: Any, pub: Any) -> None:
    assert jobs.errors(json.dumps({"program_id": "sampler", "pubs": [pub]}))


@pytest.mark.parametrize("pub", [BELL_TEXT, [BELL_TEXT], [BELL_TEXT, 3], [BELL_TEXT, "ZZ", [], 0.1, 5]])
def test_an_estimator_pub_of_another_shape_is_refused(jobs: Any, pub: Any) -> None:
    assert jobs.errors(json.dumps({"program_id": "estimator", "pubs": [pub]}))


@pytest.mark.parametrize("shots", [0, -1, 1.5, "12", True, []])
def test_shots_are_a_whole_number_of_at_least_one(jobs: Any, shots: Any) -> None:
    text = json.dumps({"program_id": "sampler", "pubs": [{"circuit": BELL_TEXT, "shots": shots}]})
    assert "pubs[0].shots" in jobs.error(text)


@pytest.mark.parametrize("precision", [0, -0.1, "0.1", False])
def test_precision_is_a_number_above_zero(jobs: Any, precision: Any) -> None:
    pub = {"circuit": BELL_TEXT, "observables": "ZZ", "precision": precision}
    assert "pubs[0].precision" in jobs.error(json.dumps({"program_id": "estimator", "pubs": [pub]}))


@pytest.mark.parametrize("number", [".nan", ".inf", "-.inf", "1e999"])
def test_nan_and_infinity_are_refused_where_they_stand(jobs: Any, number: str) -> None:
    values = f"    parameter_values: [[1], [{number}]]\n"
    text = f"program_id: sampler\npubs:\n  - circuit: '{ONE_PARAMETER}'\n{values}"
    assert jobs.error(text).startswith("job.yaml:4:30: pubs[0].parameter_values[1][0]: ")


def test_no_pubs_at_all_are_refused(jobs: Any) -> None:
    assert "at least 1" in jobs.error("program_id: sampler\npubs: []\n")


def test_numbers_are_sent_exactly(jobs: Any) -> None:
    values = [0.1, 1e-300, 3.141592653589793, 2**53 + 1, -0.0]
    text = json.dumps({"program_id": "sampler", "pubs": [[ONE_PARAMETER, values]]})
    sent = jobs.params(text)["pubs"][0][1]
    assert [repr(value) for value in sent] == [repr(value) for value in values]


def test_ten_thousand_faulty_pubs_end_with_a_hundred_findings(jobs: Any) -> None:
    found = jobs.errors(json.dumps({"program_id": "sampler", "pubs": [["no.qasm"]] * 10_000}))
    assert len(found) == 100
