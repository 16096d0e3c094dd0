"""A backend, and one warm executor for all tests of a process."""

from __future__ import annotations

import json
import queue
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest

from direct_access.simulator.execution import Executor, Outcome, Task

OUTCOME_TIMEOUT_SECS = 60
NUM_QUBITS = 27
LINE = [[left, left + 1] for left in range(NUM_QUBITS - 1)]
BOTH_WAYS = LINE + [pair[::-1] for pair in LINE]


def named(name: str, value: float, unit: str = "") -> dict[str, Any]:
    return {"name": name, "value": value, "unit": unit, "date": "2026-11-21T00:00:00Z"}


CONFIGURATION: dict[str, Any] = {
    "backend_name": "ibm_line",
    "backend_version": "1.0.0",
    "n_qubits": NUM_QUBITS,
    "basis_gates": ["cz", "id", "rz", "sx", "x"],
    "gates": [{"name": "cz", "parameters": [], "qasm_def": "", "coupling_map": BOTH_WAYS}],
    "coupling_map": BOTH_WAYS,
    "max_shots": 100_000,
    "default_rep_delay": 250.0,
    "supported_instructions": ["cz", "delay", "id", "if_else", "measure", "reset", "rz", "sx", "x"],
}

READOUT = [
    named("prob_meas1_prep0", 0.01),
    named("prob_meas0_prep1", 0.02),
    named("readout_length", 700, "ns"),
]

PROPERTIES: dict[str, Any] = {
    "backend_name": "ibm_line",
    "qubits": [[named("T1", 150, "us"), named("T2", 100, "us"), *READOUT] for _ in range(NUM_QUBITS)],
    "gates": [
        {
            "gate": "cz",
            "qubits": pair,
            "parameters": [named("gate_error", 5e-3), named("gate_length", 68, "ns")],
        }
        for pair in LINE
    ]
    + [
        {
            "gate": gate,
            "qubits": [qubit],
            "parameters": [named("gate_error", 2e-4), named("gate_length", 32, "ns")],
        }
        for qubit in range(NUM_QUBITS)
        for gate in ("sx", "x")
    ],
}

PERFECT: dict[str, Any] = {"backend_name": "ibm_line", "qubits": [], "gates": []}


@dataclass
class Laboratory:
    """Runs jobs in the warm executor, one after the other."""

    executor: Executor
    directory: Path

    def task(self, program_id: str, params: Any, **changes: Any) -> Task:
        path = self.directory / "params.json"
        path.write_bytes(params if isinstance(params, bytes) else json.dumps(params).encode())
        task = Task(
            job_id="3f1f7f3d-2c11-4d0c-9b0e-0b6a5f0e7a55",
            program_id=program_id,
            params=path,
            backend_configuration=CONFIGURATION,
            backend_properties=PERFECT,
            log_level="info",
            seed=7,
            accept_any_circuit=False,
            results=self.directory / "results.json",
        )
        return replace(task, **changes)

    def run(self, task: Task) -> Outcome:
        outcomes: queue.SimpleQueue[Outcome] = queue.SimpleQueue()
        self.executor.start(task, outcomes.put)
        return outcomes.get(timeout=OUTCOME_TIMEOUT_SECS)

    def results(self, program_id: str, params: Any, **changes: Any) -> str:
        """Run a job that completes and return its results document."""
        outcome = self.run(self.task(program_id, params, **changes))
        assert outcome.status == "Completed", outcome
        return (self.directory / "results.json").read_text()

    def failure(self, program_id: str, params: Any, **changes: Any) -> Outcome:
        """Run a job that fails and return its outcome."""
        outcome = self.run(self.task(program_id, params, **changes))
        assert outcome.status == "Failed", outcome
        assert not list(self.directory.glob("results.json*"))
        return outcome


@pytest.fixture(scope="session")
def executor() -> Iterator[Executor]:
    executor = Executor()
    executor.warm_up()
    yield executor
    executor.close()


@pytest.fixture
def laboratory(executor: Executor, tmp_path: Path) -> Laboratory:
    return Laboratory(executor, tmp_path)
