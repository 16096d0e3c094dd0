"""Options that IBM's own software sends, judged by its schemas and its client."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import Any

import pytest
from ibm_quantum_schemas.estimator.version_0_1.options import OptionsModel as EstimatorModel
from ibm_quantum_schemas.sampler.version_0_1.options import OptionsModel as SamplerModel
from qiskit_ibm_runtime.options import EstimatorOptions, SamplerOptions

X = 'OPENQASM 3.0; include "stdgates.inc"; bit[1] c; x $0; c[0] = measure $0;'
PUBS: dict[str, Any] = {"sampler": [[X]], "estimator": [[X, "Z"]]}


@pytest.mark.parametrize(("program_id", "model"), [("sampler", SamplerModel), ("estimator", EstimatorModel)])
def test_all_defaults_may_be_written_out(laboratory, program_id, model):
    options = model().model_dump(mode="json", by_alias=True)
    laboratory.results(program_id, {"pubs": PUBS[program_id], "options": options})


def test_the_sampler_takes_what_the_client_sends(laboratory):
    options = SamplerOptions()
    options.default_shots = 100
    options.dynamical_decoupling.enable = True
    options.dynamical_decoupling.sequence_type = "XY4"
    options.twirling.enable_gates = True
    options.twirling.num_randomizations = 8
    options.execution.rep_delay = 0.0002
    options.simulator.seed_simulator = 4
    laboratory.results("sampler", sent(SamplerOptions, options) | {"pubs": PUBS["sampler"]})


def test_the_estimator_takes_what_the_client_sends(laboratory):
    options = EstimatorOptions()
    options.resilience_level = 2
    options.default_precision = 0.1
    options.seed_estimator = 4
    options.resilience.zne_mitigation = True
    options.resilience.zne.noise_factors = (1, 3)
    options.resilience.zne.extrapolator = "linear"
    options.resilience.measure_noise_learning.num_randomizations = 4
    options.twirling.strategy = "all"
    laboratory.results("estimator", sent(EstimatorOptions, options) | {"pubs": PUBS["estimator"]})


@pytest.mark.parametrize("options_type", [SamplerOptions, EstimatorOptions])
def test_experimental_options_of_the_client_are_taken(laboratory, options_type):
    options = options_type()
    options.experimental = {
        "execution": {"fast_parametric_update": True},
        "mine": {"depth": 3},
        "image": "a:b",
    }
    program_id = "sampler" if options_type is SamplerOptions else "estimator"
    laboratory.results(program_id, sent(options_type, options) | {"pubs": PUBS[program_id]})


def sent(options_type: Any, options: Any) -> dict[str, Any]:
    document: dict[str, Any] = json.loads(json.dumps(options_type._get_program_inputs(asdict(options))))
    return document
