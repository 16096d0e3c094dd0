"""A program that uses qiskit-ibm-runtime and sees the simulator by its variables alone.

It takes a backend and a number of shots, and prints a JSON object of what it saw, part by part.
"""

from __future__ import annotations

import json
import sys
from datetime import datetime
from math import pi
from typing import Any

from qiskit import QuantumCircuit, generate_preset_pass_manager
from qiskit.circuit import Parameter
from qiskit.quantum_info import SparsePauliOp, Statevector
from qiskit_ibm_runtime import Batch, EstimatorV2, QiskitRuntimeService, SamplerV2, Session


def main(backend_name: str, shots: int) -> None:
    """Use everything once."""
    service = QiskitRuntimeService()
    backend = service.backend(backend_name)
    passes = generate_preset_pass_manager(backend=backend, optimization_level=1, seed_transpiler=1)
    ghz = QuantumCircuit(3)
    ghz.h(0)
    ghz.cx(0, 1)
    ghz.cx(1, 2)
    measured = passes.run(ghz.measure_all(inplace=False))
    seen = {
        "backends": _backends(service, backend),
        "sampler": _sampler(backend, measured, shots),
        "kerneled": _kerneled(backend, passes, shots),
        "estimator": _estimator(backend, passes),
        "session": _session(backend, measured),
        "batch": _batch(backend, measured),
        "cancelled": _cancelled(backend, measured),
        "by_id": _by_id(service, backend, measured),
        "usage": service.usage(),
    }
    json.dump(seen, sys.stdout)


def _backends(service: QiskitRuntimeService, backend: Any) -> dict[str, Any]:
    fractional = service.backend("ibm_large", use_fractional_gates=True)
    return {
        "names": [each.name for each in service.backends()],
        "dynamic": [each.name for each in service.backends(dynamic_circuits=True)],
        "fractional": list(fractional.target.operation_names),
        "calibrated": str(backend.properties(datetime=datetime(2025, 12, 24, 12)).last_update_date.date()),
        "operational": backend.status().operational,
        "qubits": backend.num_qubits,
        "t1": backend.properties().t1(0),
        "cz_error": backend.target["cz"][0, 1].error,
        "instructions": sorted(backend.target.operation_names),
    }


def _sampler(backend: Any, circuit: QuantumCircuit, shots: int) -> dict[str, Any]:
    job = SamplerV2(backend, options={"environment": {"job_tags": ["ghz"]}}).run([circuit], shots=shots)
    return {
        "counts": job.result()[0].data.meas.get_counts(),
        "usage": job.usage(),
        "metrics": job.metrics(),
        "logs": job.logs(),
        "status": job.status(),
    }


def _kerneled(backend: Any, passes: Any, shots: int) -> dict[str, Any]:
    """Measure a 0 and a 1 without classifying them, in a PUB of two sets of parameter values."""
    angle = Parameter("angle")
    circuit = QuantumCircuit(2)
    circuit.rx(angle, 1)
    isa = passes.run(circuit.measure_all(inplace=False))
    seen = {}
    for meas_type in ("kerneled", "avg_kerneled"):
        sampler = SamplerV2(backend, options={"execution": {"meas_type": meas_type}})
        points = sampler.run([(isa, [[0], [pi]])], shots=shots).result()[0].data.meas
        means = points.mean(axis=1) if meas_type == "kerneled" else points
        seen[meas_type] = {"shape": points.shape, "dtype": str(points.dtype), "means": means.real.tolist()}
    return seen


def _estimator(backend: Any, passes: Any) -> dict[str, Any]:
    """Estimate two observables of a state that is not a stabiliser state, and work them out here too."""
    circuit = QuantumCircuit(2)
    circuit.ry(0.7, 0)
    circuit.cx(0, 1)
    isa = passes.run(circuit)
    observables = [SparsePauliOp("ZI"), SparsePauliOp(["XX", "ZZ"], [1.0, 0.5])]
    laid_out = [observable.apply_layout(isa.layout) for observable in observables]
    result = EstimatorV2(backend).run([(isa, laid_out)], precision=0.02).result()[0]
    state = Statevector(circuit)
    return {
        "evs": result.data.evs.tolist(),
        "stds": result.data.stds.tolist(),
        "expected": [state.expectation_value(observable).real for observable in observables],
    }


def _session(backend: Any, circuit: QuantumCircuit) -> dict[str, Any]:
    with Session(backend, max_time=600) as session:
        job = SamplerV2(session).run([circuit], shots=10)
        job.result()
        before, details = session.status(), session.details()
    return {
        "before": before,
        "after": session.status(),
        "usage": session.usage(),
        "mode": details["mode"],
        "max_time": details["max_time"],
        "is_of_job": job.session_id == session.session_id,
    }


def _batch(backend: Any, circuit: QuantumCircuit) -> dict[str, Any]:
    with Batch(backend) as batch:
        jobs = [SamplerV2(batch).run([circuit], shots=10) for _ in range(2)]
    shots = [job.result()[0].data.meas.num_shots for job in jobs]
    return {"shots": shots, "status": batch.status(), "mode": batch.details()["mode"]}


def _cancelled(backend: Any, circuit: QuantumCircuit) -> dict[str, Any]:
    """Cancel a job that waits while a session has the backend to itself."""
    session = Session(backend)
    SamplerV2(session).run([circuit], shots=10).result()
    job = SamplerV2(backend).run([circuit], shots=10)
    before = job.status()
    job.cancel()
    session.close()
    return {"before": before, "after": job.status()}


def _by_id(service: QiskitRuntimeService, backend: Any, circuit: QuantumCircuit) -> dict[str, Any]:
    sent = SamplerV2(backend).run([circuit], shots=10)
    sent.result()
    job = service.job(sent.job_id())
    found = {
        "status": job.status(),
        "inputs": sorted(job.inputs),
        "shots": job.result()[0].data.meas.num_shots,
        "tags": job.update_tags(["kept"]),
        "of_tag": [each.job_id() == sent.job_id() for each in service.jobs(job_tags=["kept"])],
        "listed": len(service.jobs(limit=3)),
    }
    service.delete_job(sent.job_id())
    return {**found, "left": len(service.jobs(job_tags=["kept"]))}


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
