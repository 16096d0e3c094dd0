"""What a job says in its log, and the time it is charged."""

from __future__ import annotations

import re
from typing import Any

import pytest

QASM = 'OPENQASM 3.0; include "stdgates.inc"; '
X = QASM + "bit[1] c; x $0; c[0] = measure $0;"
IGNORED = "the simulator does not act on these options: "


def log_of(laboratory: Any, program_id: str, params: dict[str, Any], level: str = "warning") -> str:
    return laboratory.run(laboratory.task(program_id, params, log_level=level)).log


def test_a_line_is_time_level_and_message(laboratory):
    for line in log_of(laboratory, "sampler", {"pubs": [X]}, "info").splitlines():
        assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z (INFO|WARNING) \S.*", line)


@pytest.mark.parametrize(
    ("level", "shown"),
    [
        ("debug", {"INFO", "WARNING", "ERROR"}),
        ("info", {"INFO", "WARNING", "ERROR"}),
        ("warning", {"WARNING", "ERROR"}),
        ("error", {"ERROR"}),
        ("critical", set()),
    ],
)
def test_lines_below_the_level_of_the_job_are_left_out(laboratory, level, shown):
    failing = {"pubs": [X, [X, [], 100_001]]}
    unmeasured = {"pubs": [QASM + "x $0;"]}
    lines = log_of(laboratory, "sampler", failing, level) + log_of(laboratory, "sampler", unmeasured, level)
    assert {line.split()[1] for line in lines.splitlines()} == shown


def test_the_default_level_of_a_job_is_warning_for_a_level_that_does_not_exist(laboratory):
    assert log_of(laboratory, "sampler", {"pubs": [X]}, "verbose") == ""


@pytest.mark.parametrize(
    ("program_id", "options", "named"),
    [
        ("sampler", {"dynamical_decoupling": {"enable": True}}, "dynamical_decoupling.enable"),
        (
            "sampler",
            {"twirling": {"enable_gates": True, "enable_measure": True}},
            "twirling.enable_gates, twirling",
        ),
        (
            "sampler",
            {"execution": {"init_qubits": False}, "twirling": {"enable_measure": True}},
            "init_qubits, twirling.enable_measure",
        ),
        ("sampler", {"experimental": {"anything": 1}}, "experimental"),
        ("sampler", {"execution": {"fast_parametric_update": True}}, "execution.fast_parametric_update"),
        ("estimator", {"resilience": {"zne": {"model": 7}}}, "resilience.zne.model"),
        ("sampler", {"simulator": {"coupling_map": [[0, 1]]}}, "simulator.coupling_map"),
        ("estimator", {"resilience": {"zne_mitigation": True}}, "resilience.zne_mitigation"),
        ("estimator", {"resilience": {"pec_mitigation": True}}, "resilience.pec_mitigation"),
    ],
)
def test_options_that_are_asked_for_and_not_acted_on_are_named(laboratory, program_id, options, named):
    log = log_of(laboratory, program_id, {"pubs": [], "options": options})
    assert log.count("\n") == 1
    assert f"WARNING {IGNORED}" in log
    assert named in log


@pytest.mark.parametrize(
    ("program_id", "options"),
    [
        ("sampler", {"dynamical_decoupling": {"enable": False, "sequence_type": "XY4"}}),
        (
            "sampler",
            {"twirling": {"enable_gates": None}, "execution": {"rep_delay": 0.001}, "experimental": {}},
        ),
        ("sampler", {"simulator": {"seed_simulator": 3}}),
        ("estimator", {"twirling": {"enable_measure": True}, "resilience": {"measure_mitigation": True}}),
        ("estimator", {"resilience": {"zne_mitigation": False, "zne": {"noise_factors": [1, 3]}}}),
    ],
)
def test_options_that_ask_for_nothing_are_not_mentioned(laboratory, program_id, options):
    assert log_of(laboratory, program_id, {"pubs": [], "options": options}) == ""


def test_extrapolation_that_the_resilience_level_asks_for_is_named(laboratory):
    assert "zero-noise extrapolation" in log_of(laboratory, "estimator", {"pubs": [], "resilience_level": 2})


LENGTHS = {
    "qubits": [[{"name": "readout_length", "value": 0.7, "unit": "us"}]] * 27,
    "gates": [
        {
            "gate": name,
            "qubits": qubits,
            "parameters": [{"name": "gate_length", "value": length, "unit": "ns"}],
        }
        for name, qubits, length in [("rz", [0], 0), ("x", [0], 30), ("x", [1], 40), ("cz", [0, 1], 70)]
    ],
}


def usage_ns(laboratory: Any, program_id: str, params: dict[str, Any]) -> int:
    outcome = laboratory.run(laboratory.task(program_id, params, backend_properties=LENGTHS))
    assert outcome.status == "Completed"
    return outcome.quantum_nanoseconds


@pytest.mark.parametrize(
    ("program", "length_ns"),
    [
        ("x $0;", 30),
        ("x $0; x $1;", 40),
        ("x $0; x $1; cz $0, $1; x $0;", 140),
        ("x $0; delay[50us] $0; barrier $0, $1; x $1;", 50_070),
        ("x $0; c[0] = measure $0; if (c[0]) { x $1; }", 770),
        ("reset $0; x $0;", 730),
    ],
)
def test_a_shot_takes_the_critical_path_and_the_repetition_delay(laboratory, program, length_ns):
    params = {"pubs": [[QASM + "bit[1] c;" + program, [], 10]]}
    assert usage_ns(laboratory, "sampler", params) == 10 * (250_000 + length_ns)


def test_a_repetition_delay_may_be_chosen(laboratory):
    params = {"pubs": [[QASM + "x $0;", [], 10]], "options": {"execution": {"rep_delay": 0.001}}}
    assert usage_ns(laboratory, "sampler", params) == 10 * (1_000_000 + 30)


def test_each_set_of_parameter_values_and_each_pub_takes_its_time(laboratory):
    sweep = [QASM + "input float[64] theta; rz(theta) $0;", [[1], [2], [3]], 10]
    assert usage_ns(laboratory, "sampler", {"pubs": [sweep, sweep]}) == 2 * 3 * 10 * 250_000


def test_observables_that_can_be_measured_together_take_the_time_of_one(laboratory):
    pub = [QASM + "x $0; x $1;", ["ZZ", "IZ", "XX", {"XI": 1.0, "ZI": 1.0}], [], 0.1]
    assert usage_ns(laboratory, "estimator", {"pubs": [pub]}) == 2 * 100 * (250_000 + 40)


def test_a_failed_job_has_used_nothing(laboratory):
    assert laboratory.failure("sampler", {"pubs": ["h"]}).quantum_nanoseconds == 0


@pytest.mark.parametrize(
    ("timeout_secs", "status"), [(0.9, "Cancelled"), (1.1, "Completed"), (None, "Completed")]
)
def test_a_job_for_which_the_machine_needs_more_time_than_it_may_take_is_not_executed(
    laboratory, timeout_secs, status
):
    task = laboratory.task("sampler", {"pubs": [[X, [], 4000]]}, timeout_secs=timeout_secs)
    outcome = laboratory.run(task)
    assert outcome.status == status
    assert 1.0e9 <= outcome.quantum_nanoseconds < 1.1e9
    assert task.results.exists() == (status == "Completed")
