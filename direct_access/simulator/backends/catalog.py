"""The backends that the simulator has by itself."""

from __future__ import annotations

from direct_access.simulator.backends import topology
from direct_access.simulator.backends.model import BackendModel

DEFAULT_BACKEND = "ibm_examplesite"


def standard_backends() -> dict[str, BackendModel]:
    """Return the backends by name; the default comes first.

    ``ibm_brisbane`` has the name and the instruction set of the backend in IBM's documentation examples.
    """
    models = (
        BackendModel(DEFAULT_BACKEND, "1.0.0", 27, topology.TWENTY_SEVEN_QUBITS, "cz", "Simulated", "1", 27),
        BackendModel("ibm_small", "1.0.0", 7, topology.SEVEN_QUBITS, "cz", "Simulated", "1", 7),
        BackendModel(
            "ibm_brisbane",
            "1.0.0",
            127,
            topology.one_hundred_and_twenty_seven_qubits(),
            "ecr",
            "Eagle",
            "3",
            127,
        ),
        BackendModel(
            "ibm_large",
            "1.0.0",
            156,
            topology.one_hundred_and_fifty_six_qubits(),
            "cz",
            "Heron",
            "2",
            156,
            fractional_gates=True,
        ),
    )
    return {model.name: model for model in models}
