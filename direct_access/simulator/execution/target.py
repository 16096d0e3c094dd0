"""What a backend can execute: its instruction set architecture (ISA)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from qiskit.circuit import ControlFlowOp, Operation, QuantumCircuit

from direct_access.simulator.execution.instructions import instructions
from direct_access.simulator.execution.reasons import NotIsaCircuit

ALWAYS_SUPPORTED = frozenset({"barrier", "delay", "measure", "reset", "store"})


class Target:
    """The instructions of a backend and the qubits on which it has them.

    :param configuration: BackendConfiguration of the API; of its fields ``n_qubits``, ``basis_gates``,
        ``gates``, ``coupling_map`` and ``supported_instructions`` count
    """

    def __init__(self, configuration: Mapping[str, Any]) -> None:
        self.num_qubits = int(configuration["n_qubits"])
        self.basis_gates: list[str] = list(configuration["basis_gates"])
        self.max_shots: int | None = configuration.get("max_shots")
        self._supported = set(configuration.get("supported_instructions") or ())
        self._coupled = _tuples(configuration.get("coupling_map"))
        self._places = {
            gate["name"]: _tuples(gate["coupling_map"])
            for gate in configuration.get("gates") or ()
            if gate.get("coupling_map")
        }

    def require_isa(self, circuit: QuantumCircuit) -> None:
        """Check that the backend can execute the circuit as it is.

        :raises NotIsaCircuit: naming the first instruction that it cannot, and its qubits
        """
        for operation, qubits, _ in instructions(circuit):
            if not self._supports(operation, qubits):
                raise NotIsaCircuit(
                    f"the instruction {operation.name} on qubits {qubits} is not supported by the backend"
                )

    def _supports(self, operation: Operation, qubits: tuple[int, ...]) -> bool:
        name = operation.name
        if any(qubit >= self.num_qubits for qubit in qubits):
            return bool(name == "barrier")
        if isinstance(operation, ControlFlowOp):
            return not self._supported or name in self._supported
        if name in ALWAYS_SUPPORTED:
            return True
        if name not in self.basis_gates:
            return False
        if name in self._places:
            return qubits in self._places[name]
        return len(qubits) < 2 or not self._coupled or qubits in self._coupled


def _tuples(places: Any) -> set[tuple[int, ...]]:
    return {tuple(place) for place in places or ()}
