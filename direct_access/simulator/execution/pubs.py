"""PUBs (primitive unified blocs) as Qiskit's own containers, which know all their forms and broadcasting."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeVar

import numpy as np
from qiskit.circuit import QuantumCircuit
from qiskit.primitives.containers.estimator_pub import EstimatorPub
from qiskit.primitives.containers.observables_array import ObservablesArray
from qiskit.primitives.containers.sampler_pub import SamplerPub

from direct_access.simulator.execution.circuits import read_circuit
from direct_access.simulator.execution.reasons import InvalidInput, JobFailed
from direct_access.simulator.execution.wire import unwrap

DEFAULT_SHOTS = 4096
DEFAULT_PRECISION = 0.015625  # 1 / sqrt(4096)

Pub = TypeVar("Pub", SamplerPub, EstimatorPub)


def sampler_pubs(params: Mapping[str, Any]) -> list[SamplerPub]:
    """Return the sampler's PUBs, each with its shots: its own, else ``shots``, else ``default_shots``.

    :raises JobFailed: naming the PUB that is wrong
    """
    options = params.get("options") or {}
    shots = _first(params.get("shots"), options.get("default_shots"), DEFAULT_SHOTS)

    def coerce(pub: Any) -> SamplerPub:
        circuit, rest = _split(pub)
        values, own_shots = _padded(rest, 2)
        read = read_circuit(circuit)
        return SamplerPub.coerce((read, _values(values, read), own_shots), shots)

    return _each(params["pubs"], coerce)


def estimator_pubs(
    params: Mapping[str, Any], fitted: Callable[[QuantumCircuit, int], QuantumCircuit]
) -> list[EstimatorPub]:
    """Return the estimator's PUBs, each with its precision.

    That is its own, else ``precision``, else what ``default_shots`` gives, else ``default_precision``.

    :param fitted: gives the circuit for observables of so many letters
    :raises JobFailed: naming the PUB that is wrong
    """
    options = params.get("options") or {}
    from_shots = options["default_shots"] ** -0.5 if options.get("default_shots") else None
    precision = _first(
        params.get("precision"), from_shots, options.get("default_precision"), DEFAULT_PRECISION
    )

    def coerce(pub: Any) -> EstimatorPub:
        circuit, rest = _split(pub)
        observables, values, own_precision = _padded(rest, 3)
        observed = ObservablesArray.coerce(unwrap(observables))
        read = fitted(read_circuit(circuit), _letters(observed))
        return EstimatorPub.coerce((read, observed, _values(values, read), own_precision), precision)

    return _each(params["pubs"], coerce)


def _each(pubs: Sequence[Any], coerce: Callable[[Any], Pub]) -> list[Pub]:
    coerced = []
    for index, pub in enumerate(pubs):
        try:
            checked = coerce(pub)
            checked.parameter_values.as_array(checked.circuit.parameters)
        except JobFailed as reason:
            raise type(reason)(f"pubs[{index}]: {reason.message}") from reason
        except (ValueError, TypeError, KeyError, IndexError) as error:  # what Qiskit's containers raise
            raise InvalidInput(f"pubs[{index}]: {error}") from error
        coerced.append(checked)
    return coerced


def _letters(observables: ObservablesArray) -> int:
    """Return the length of the first Pauli string; Qiskit compares the others with the circuit."""
    return next((len(string) for each in observables.ravel().tolist() for string in each), 0)


def _split(pub: Any) -> tuple[Any, list[Any]]:
    return (pub[0], pub[1:]) if isinstance(pub, list) else (pub, [])


def _padded(items: list[Any], length: int) -> list[Any]:
    return items + [None] * (length - len(items))


def _values(values: Any, circuit: QuantumCircuit) -> Any:
    """Return parameter values as Qiskit takes them; an empty list or map means that there are none."""
    unwrapped = unwrap(values)
    if unwrapped is None or isinstance(unwrapped, Mapping):
        return unwrapped or None
    array = np.asarray(unwrapped, dtype=float)
    if not array.size and array.ndim == 1:
        return None
    number = circuit.num_parameters
    if number != 1 and array.shape[-1:] != (number,):
        raise InvalidInput(f"parameter values of shape {array.shape} for a circuit with {number} parameters")
    return array


def _first(*candidates: Any) -> Any:
    return next(candidate for candidate in candidates if candidate is not None)
