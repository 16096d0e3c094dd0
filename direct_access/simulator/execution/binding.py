"""Parameter values."""

from __future__ import annotations

from qiskit.circuit import QuantumCircuit
from qiskit.primitives.containers.estimator_pub import EstimatorPub
from qiskit.primitives.containers.sampler_pub import SamplerPub


def bound_circuits(circuit: QuantumCircuit, pub: SamplerPub | EstimatorPub) -> list[QuantumCircuit]:
    """Return the circuit with each of a PUB's sets of parameter values, in row-major order.

    :param circuit: made from the PUB's circuit; it may have fewer parameters
    """
    parameters = list(pub.circuit.parameters)
    if not parameters:
        return [circuit] * pub.parameter_values.size
    values = pub.parameter_values.as_array(parameters).reshape(-1, len(parameters))
    return [
        circuit.assign_parameters(dict(zip(parameters, row, strict=True)), strict=False) for row in values
    ]
