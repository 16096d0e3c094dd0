"""Options of the primitives, as IBM's REST API describes them."""

from __future__ import annotations

import json
from typing import Any

import pytest

COMMON = [
    {"dynamical_decoupling": {"enable": True, "sequence_type": "XpXm", "extra_slack_distribution": "edges"}},
    {"dynamical_decoupling": {"scheduling_method": "asap", "skip_reset_qubits": False}},
    {"execution": {"init_qubits": False, "rep_delay": 2.5e-4}},
    {"twirling": {"enable_gates": True, "num_randomizations": "auto", "shots_per_randomization": 64}},
    {"twirling": {"enable_measure": True, "strategy": "active-accum"}},
    {"simulator": {"seed_simulator": 3, "coupling_map": [[0, 1]], "basis_gates": ["cz"], "noise_model": {}}},
    {"experimental": {"anything": [1]}},
]
SAMPLER = [*COMMON, {"default_shots": 100}, {"execution": {"meas_type": "kerneled"}}]
ESTIMATOR = [
    *COMMON,
    {"default_precision": 0.01, "default_shots": None, "seed_estimator": 3},
    {"resilience": {"measure_mitigation": True, "measure_noise_learning": {"num_randomizations": 8}}},
    {"resilience": {"zne_mitigation": True, "zne": {"noise_factors": [1, 3], "extrapolator": "linear"}}},
    {"resilience": {"zne": {"extrapolator": ["polynomial_degree_7", "fallback"], "amplifier": "pea"}}},
    {"resilience": {"pec_mitigation": True, "pec": {"max_overhead": 100, "noise_gain": "auto"}}},
    {"resilience": {"layer_noise_learning": {"max_layers_to_learn": 4, "layer_pair_depths": [0, 1, 2]}}},
]


def text(program: str, options: Any, level: Any = None) -> str:
    pub = {"circuit": "bell.qasm"} | ({"observables": "ZZ"} if program == "estimator" else {})
    fields = {"program_id": program, "pubs": [pub], "options": options}
    return json.dumps(fields if level is None else {**fields, "resilience_level": level})


@pytest.mark.parametrize("options", SAMPLER)
def test_options_of_the_sampler_are_sent_as_written(jobs: Any, options: Any) -> None:
    assert jobs.params(text("sampler", options))["options"] == options


@pytest.mark.parametrize("options", ESTIMATOR)
def test_options_of_the_estimator_are_sent_as_written(jobs: Any, options: Any) -> None:
    assert jobs.params(text("estimator", options))["options"] == options


@pytest.mark.parametrize(
    ("program", "options", "found"),
    [
        ("sampler", {"dynamical_decoupling": {"enabled": True}}, "did you mean enable?"),
        ("sampler", {"dynamical_decoupling": {"sequence_type": "xy4"}}, "did you mean XY4?"),
        ("sampler", {"twirling": {"num_randomizations": 0}}, "a whole number, 1 or more"),
        ("sampler", {"twirling": {"num_randomizations": "all"}}, "'auto'"),
        ("sampler", {"execution": {"rep_delay": -1}}, "0 or more"),
        ("estimator", {"execution": {"meas_type": "kerneled"}}, "no meas_type for an estimator"),
        ("estimator", {"resilience_level": 1}, "it stands beside them"),
        ("estimator", {"resilience": {"zne": {"extrapolator": "lnear"}}}, "did you mean linear?"),
        ("estimator", {"resilience": {"zne": {"extrapolator": ["linear", "x"]}}}, "extrapolator[1]: 'x'"),
        ("estimator", {"resilience": {"pec": {"noise_gain": -1}}}, "0 or more"),
        ("estimator", {"transpilation": {}}, "options.transpilation: unknown key"),
        ("estimator", [], "options: an empty list; allowed: a mapping"),
    ],
)
def test_other_options_are_refused(jobs: Any, program: str, options: Any, found: str) -> None:
    assert found in jobs.error(text(program, options))


@pytest.mark.parametrize("level", [0, 1, 2])
def test_the_resilience_level_stands_beside_the_options(jobs: Any, level: int) -> None:
    assert jobs.params(text("estimator", {}, level))["resilience_level"] == level


@pytest.mark.parametrize("level", [3, -1, True, "1"])
def test_another_resilience_level_is_refused(jobs: Any, level: Any) -> None:
    assert "allowed: 0, 1 or 2" in jobs.error(text("estimator", {}, level))
