"""The smallest job that shows all: two qubits of a backend, entangled by a gate that it has, and measured."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from direct_access.model.backends import BackendConfiguration

TIMEOUT_SECS = 60
SHOTS = 128
_ENTANGLING = ("cz", "cx")
_FIRST = ("sx", "h", "x")


def bell(document: Mapping[str, Any]) -> str:
    """Return an OpenQASM 3 circuit in the instruction set of a backend.

    :param document: the configuration of the backend; what it does not have is left out of the circuit
    """
    configuration = BackendConfiguration(document)
    gates, pairs = configuration.basis_gates, configuration.coupling_map
    one, other = pairs[0] if pairs else (0, 1)
    first = next((gate for gate in _FIRST if gate in gates), None)
    both = next((gate for gate in _ENTANGLING if gate in gates), None)
    return "\n".join(
        [
            "OPENQASM 3.0;",
            'include "stdgates.inc";',
            "bit[2] c;",
            *([f"{first} ${one};"] if first else []),
            *([f"{both} ${one}, ${other};"] if both and (configuration.n_qubits or 2) > 1 else []),
            f"c[0] = measure ${one};",
            f"c[1] = measure ${other};",
            "",
        ]
    )


def job_file(backend: str, circuit: str, timeout_secs: int) -> dict[str, Any]:
    """Return the job file of the test job."""
    return {
        "program_id": "sampler",
        "backend": backend,
        "timeout_secs": timeout_secs,
        "pubs": [{"circuit": circuit, "shots": SHOTS}],
    }
