"""What a backend can execute: its instruction set architecture (ISA)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from qiskit.circuit import ControlFlowOp, Operation, QuantumCircuit

from direct_access.simulator.execution.instructions import instructions
from direct_access.simulator.execution.reasons import NotIsaCircuit

ALWAYS_SUPPORTED = frozenset({"barrier", "measure", "store"})
SUPPORTED_WITHOUT_A_LIST = ("delay", "measure", "reset")
SYMMETRIC_GATES = frozenset({"cz", "rzz", "rxx", "ryy", "cp", "swap", "iswap"})
"""Gates that do the same when their qubits are exchanged: the direction of a coupling does not matter."""
ROUNDING = 1e-10


class Target:
    """The instructions of a backend and the qubits on which it has them.

    :param configuration: BackendConfiguration of the API; of its fields ``n_qubits``, ``basis_gates``,
        ``gates``, ``coupling_map`` and ``supported_instructions`` count
    """

    def __init__(self, configuration: Mapping[str, Any]) -> None:
        self.num_qubits = int(configuration["n_qubits"])
        self.basis_gates: list[str] = list(configuration["basis_gates"])
        self.max_shots: int | None = configuration.get("max_shots")
        self._supported = ALWAYS_SUPPORTED.union(
            self.basis_gates, configuration.get("supported_instructions") or SUPPORTED_WITHOUT_A_LIST
        )
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
            if not _has_an_angle_in_range(operation):
                raise NotIsaCircuit(
                    f"the angle of rzz on qubits {qubits} is {operation.params[0]}; allowed: 0 to π/2"
                )
        if circuit.num_qubits > self.num_qubits:
            raise NotIsaCircuit(f"the circuit has {circuit.num_qubits} qubits, the backend {self.num_qubits}")

    def _supports(self, operation: Operation, qubits: tuple[int, ...]) -> bool:
        name = operation.name
        if name not in self._supported or (name != "barrier" and max(qubits, default=0) >= self.num_qubits):
            return False
        if name in ALWAYS_SUPPORTED or isinstance(operation, ControlFlowOp):
            return True
        places = self._places.get(name) or (self._coupled if len(qubits) == 2 else None)
        return not places or qubits in places or (name in SYMMETRIC_GATES and qubits[::-1] in places)


def _has_an_angle_in_range(operation: Operation) -> bool:
    """Whether it is not an rzz with an angle that is not calibrated (documentation: "Fractional gates")."""
    if operation.name != "rzz" or not isinstance(operation.params[0], (int, float)):
        return True
    return bool(0 <= operation.params[0] <= math.pi / 2 + ROUNDING)


def _tuples(places: Any) -> set[tuple[int, ...]]:
    return {tuple(place) for place in places or ()}
