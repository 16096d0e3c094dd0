"""Whether a backend can execute the circuits of a job as they are: IBM calls them ISA circuits then."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from direct_access.errors import Finding
from direct_access.jobfile import full_parse, isa_text
from direct_access.jobfile.instruction_set import InstructionSet, Obstacle, instruction_set
from direct_access.jobfile.observables import LETTERS, paulis


def first_non_isa(
    document: Mapping[str, Any], configuration: Mapping[str, Any], name: str = "params"
) -> list[Finding]:
    """Return, for each PUB, the first instruction that a backend cannot execute.

    Qiskit judges where it is installed. Without it, and for long text, OpenQASM 3 is scanned for gates and
    qubits; QPY is then not judged, which is a warning.

    :param document: a params object
    :param configuration: of the backend, as the API sends it
    :param name: what the findings call the document
    """
    instructions = instruction_set(configuration)
    findings = []
    pubs = document.get("pubs")
    for index, pub in enumerate(pubs if isinstance(pubs, list) else ()):
        circuit = pub[0] if isinstance(pub, list) and pub else pub
        finding = _judge(circuit, instructions, name, f"pubs[{index}]")
        if finding is not None:
            findings.append(finding)
    return findings


def too_wide_observables(
    document: Mapping[str, Any], configuration: Mapping[str, Any], name: str = "params"
) -> list[Finding]:
    """Return, for each PUB of an estimator, its widest observable if that is wider than the backend.

    :param document: a params object of the estimator; ``configuration`` and ``name`` as above
    """
    most = instruction_set(configuration).num_qubits
    findings = []
    pubs = document.get("pubs")
    for index, pub in enumerate(pubs if isinstance(pubs, list) else ()):
        observables = pub[1] if isinstance(pub, list) and len(pub) > 1 else []
        widest = max(
            (len(text) for text, _ in paulis(observables, ()) if LETTERS.issuperset(text)), default=0
        )
        if widest > most:
            found = f"an observable of {widest} letters: the backend has {most} qubits"
            findings.append(Finding(name, None, None, f"pubs[{index}]", found))
    return findings


def _judge(circuit: Any, instructions: InstructionSet, file: str, field: str) -> Finding | None:
    try:
        obstacle = _obstacle(circuit, instructions, field)
    except ImportError:
        found = "a QPY circuit, which is not judged without the extra [qiskit]"
        return Finding(file, None, None, field, found, severity="warning")
    if obstacle is None:
        return None
    return Finding(file, None, None, field, f"{obstacle.what}: {obstacle.reason}", obstacle.allowed)


def _obstacle(circuit: Any, instructions: InstructionSet, field: str) -> Obstacle | None:
    if isinstance(circuit, str):
        parsed = full_parse.parsed(circuit)
        if isinstance(parsed, full_parse.CircuitFault):
            return isa_text.first_obstacle(circuit, instructions)
    else:
        from direct_access.jobfile import qiskit_circuits

        parsed = qiskit_circuits.load(circuit, f"{field}.circuit")
    from direct_access.jobfile import isa_circuit

    return isa_circuit.first_obstacle(parsed, instructions)
