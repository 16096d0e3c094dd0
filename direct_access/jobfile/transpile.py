"""Mapping the circuits of a params object to a backend before they are sent (extra ``[qiskit]``)."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from direct_access.errors import ConfigurationError, InputError
from direct_access.jobfile.observables import paulis
from direct_access.jobfile.relabel import on_physical_qubits, without_parameters

_SEED = 0
"""The same job file gives the same circuits, so that a run can be repeated."""

_ESTIMATOR_ITEMS = 4


def transpile(
    document: Mapping[str, Any],
    configuration: Mapping[str, Any],
    properties: Mapping[str, Any],
    level: int,
) -> dict[str, Any]:
    """Return the params object with every circuit mapped to the backend, as QPY.

    Observables follow their qubits, names of parameters are kept. A circuit on physical qubits gets as many
    as its observables have letters: OpenQASM 3 text names only those that it uses.

    :param document: with PUBs in full: ``[circuit, parameter_values, shots]`` or
        ``[circuit, observables, parameter_values, precision]``
    :param configuration: of the backend, as the API sends it; so are ``properties``
    :param level: Qiskit's optimization level, 0 to 3
    :raises ConfigurationError: if Qiskit is not installed
    :raises InputError: if a circuit cannot be mapped to this backend, or observables are wider than it
    """
    try:
        import qiskit_qasm3_import  # noqa: F401  Qiskit imports it only when it reads OpenQASM 3
        from qiskit.transpiler import generate_preset_pass_manager

        from direct_access.jobfile.qiskit_circuits import widened
        from direct_access.jobfile.target import target
    except ImportError as error:
        raise ConfigurationError(
            f"transpile: {error.name or 'Qiskit'} is not installed here",
            advice="pip install 'slurm-direct-access[qiskit]', or send circuits that are transpiled already",
        ) from error
    mapped = target(configuration, properties)

    def run(circuit: Any, letters: int) -> Any:
        layout = None
        if circuit.layout is not None:  # on physical qubits already, which then stay what they are
            circuit = widened(circuit, letters)
            layout = list(range(circuit.num_qubits))
        manager = generate_preset_pass_manager(
            optimization_level=level, target=mapped, seed_transpiler=_SEED, initial_layout=layout
        )
        return manager.run(circuit)

    pubs = [_mapped(pub, index, mapped.num_qubits, run) for index, pub in enumerate(document["pubs"])]
    return {**document, "pubs": pubs}


def _mapped(pub: list[Any], index: int, most: int, run: Callable[[Any, int], Any]) -> list[Any]:
    from qiskit.exceptions import QiskitError

    from direct_access.jobfile import qiskit_circuits

    circuit = qiskit_circuits.load(pub[0], f"pubs[{index}].circuit")
    *observables, parameters, accuracy = pub[1:]
    letters = max((len(text) for text, _ in paulis(observables, ())), default=0)
    if letters > most:
        raise InputError(f"pubs[{index}].observables have {letters} letters, the backend has {most} qubits")
    try:
        placed = run(circuit, letters)
    except QiskitError as error:
        raise InputError(f"pubs[{index}].circuit cannot be mapped to the backend: {error.message}") from error
    if len(pub) == _ESTIMATOR_ITEMS:
        physical = placed.layout.final_index_layout() if placed.layout else list(range(circuit.num_qubits))
        observables = [on_physical_qubits(observables[0], physical, placed.num_qubits)]
    names = [parameter.name for parameter in circuit.parameters]
    kept = {parameter.name for parameter in placed.parameters}
    return [
        qiskit_circuits.dump(placed),
        *observables,
        without_parameters(parameters, names, kept),
        accuracy,
    ]
