"""What a backend executes, read from its configuration as the API sends it (BackendConfiguration)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from direct_access.jobfile.described import described, num_qubits

ALWAYS = frozenset(("barrier", "measure", "store"))
_WITHOUT_A_LIST = ("measure", "reset", "delay")
_SYMMETRIC = frozenset(("cz", "rzz", "rxx", "ryy", "cp", "swap", "iswap"))
"""Gates that do the same when their qubits are exchanged: the direction of a coupling does not matter."""

Qubits = tuple[int, ...]


class Obstacle(NamedTuple):
    """An instruction that a backend cannot execute.

    :param what: the instruction and its qubits
    :param reason: why it cannot be executed
    :param allowed: what can be executed instead
    """

    what: str
    reason: str
    allowed: str = ""


class InstructionSet:
    """Instructions by name, and the qubits on which each can be executed.

    :param name: of the backend
    :param qubits_of: tuples of qubits by instruction; None where the instruction has none of its own
    :param pairs: coupled qubits, for gates on two qubits that have none of their own; None: all are
    """

    def __init__(
        self,
        name: str,
        num_qubits: int,
        qubits_of: Mapping[str, frozenset[Qubits] | None],
        pairs: frozenset[Qubits] | None,
    ) -> None:
        self.name = name
        self.num_qubits = num_qubits
        self._qubits_of = qubits_of
        self._pairs = pairs

    @property
    def gates(self) -> list[str]:
        """The names of all instructions, sorted."""
        return sorted({*self._qubits_of, "barrier", "measure"})

    def obstacle(self, instruction: str, qubits: Iterable[int] | None) -> Obstacle | None:
        """Return why an instruction cannot be executed, None if it can.

        :param qubits: None where they are not known: then only the name is judged
        """
        wanted = None if qubits is None else tuple(qubits)
        what = instruction if wanted is None else f"{instruction} on {_named(wanted)}"
        if instruction not in self._qubits_of and instruction not in ALWAYS:
            return Obstacle(what, f"{self.name} has no such instruction", ", ".join(self.gates))
        if wanted is None:
            return None
        if any(qubit >= self.num_qubits for qubit in wanted):
            return Obstacle(what, f"{self.name} has no such qubit", f"0 to {self.num_qubits - 1}")
        if instruction in ALWAYS:
            return None
        places = self._qubits_of[instruction] or (self._pairs if len(wanted) == 2 else None)
        if places is None or wanted in places or (instruction in _SYMMETRIC and wanted[::-1] in places):
            return None
        near = sorted(qubits for qubits in places if wanted[0] in qubits)
        words = " or ".join("-".join(map(str, qubits)) for qubits in near)
        return Obstacle(what, f"{self.name} cannot execute it there", words and f"{instruction} on {words}")


def _named(qubits: Qubits) -> str:
    return f"qubit{'s' if len(qubits) > 1 else ''} {', '.join(map(str, qubits))}"


def instruction_set(configuration: Mapping[str, Any]) -> InstructionSet:
    """Read the instruction set of a backend.

    A gate's own coupling map wins over the backend's, whose pairs hold for gates on two qubits.

    :raises ProtocolError: if the configuration is not as the API describes it
    """
    with described(configuration):
        return _instruction_set(configuration)


def _instruction_set(configuration: Mapping[str, Any]) -> InstructionSet:
    supported = configuration.get("supported_instructions") or _WITHOUT_A_LIST
    names = [str(name) for name in (*configuration.get("basis_gates", ()), *supported)]
    own = {gate["name"]: gate.get("coupling_map") for gate in configuration.get("gates", ())}
    return InstructionSet(
        str(configuration.get("backend_name", "the backend")),
        num_qubits(configuration),
        {name: _qubits(own.get(name)) for name in names if name not in ALWAYS},
        _qubits(configuration.get("coupling_map")),
    )


def _qubits(coupling_map: Any) -> frozenset[Qubits] | None:
    return frozenset(tuple(map(int, qubits)) for qubits in coupling_map) if coupling_map else None
