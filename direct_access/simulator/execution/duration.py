"""How long a machine would be busy with a circuit: a model, for ``usage.quantum_nanoseconds``.

A shot takes the circuit's critical path, each gate and measurement with its calibrated length, plus the
repetition delay. A job takes the sum over PUBs, parameter sets and shots; the estimator runs each set once
for each group of observables that can be measured together.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping
from typing import Any

from qiskit.circuit import QuantumCircuit

from direct_access.simulator.execution.calibration import NANOSECONDS, Calibration
from direct_access.simulator.execution.instructions import Step, instructions

DEFAULT_REP_DELAY_US = 250.0


def rep_delay_ns(configuration: Mapping[str, Any], options: Mapping[str, Any]) -> float:
    """Return the delay between two shots in ns.

    The option ``execution.rep_delay`` is in seconds, ``default_rep_delay`` of the configuration in µs.
    """
    chosen = (options.get("execution") or {}).get("rep_delay")
    if chosen is not None:
        return float(chosen) * 1e9
    default = configuration.get("default_rep_delay")
    return float(DEFAULT_REP_DELAY_US if default is None else default) * 1e3


def circuit_ns(circuit: QuantumCircuit, calibration: Calibration) -> float:
    """Return the length of a circuit's critical path in ns, bodies of control flow counted once."""
    busy_until: defaultdict[tuple[str, int], float] = defaultdict(float)
    for step in instructions(circuit):
        wires = [("qubit", index) for index in step.qubits] + [("clbit", index) for index in step.clbits]
        end = max((busy_until[wire] for wire in wires), default=0.0) + _step_ns(step, calibration)
        busy_until.update(dict.fromkeys(wires, end))
    return max(busy_until.values(), default=0.0)


def _step_ns(step: Step, calibration: Calibration) -> float:
    operation = step.operation
    if operation.name in ("measure", "reset"):
        return calibration.readout_length_ns(step.qubits[0])
    if operation.name == "delay":
        return delay_ns(operation, calibration)
    return calibration.gate_length_ns(operation.name, step.qubits) if step.is_gate else 0.0


def delay_ns(delay: Any, calibration: Calibration) -> float:
    """Return the length of a delay instruction in ns, 0 as long as it is not bound."""
    try:
        return float(delay.duration) * {**NANOSECONDS, "dt": calibration.dt_ns}[delay.unit]
    except TypeError:  # a parameter or an expression: not known before it is bound
        return 0.0
