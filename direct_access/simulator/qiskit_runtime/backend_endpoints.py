"""Backends."""

from __future__ import annotations

from typing import Any

from direct_access.simulator.backends.state import Backend, Backends
from direct_access.simulator.http import Response
from direct_access.simulator.jobs.job import QUEUED
from direct_access.simulator.jobs.scheduler import Scheduler
from direct_access.simulator.qiskit_runtime.call import Call, Route, Routes
from direct_access.simulator.qiskit_runtime.submitting import find_backend
from direct_access.simulator.qiskit_runtime.versions import WITH_DEVICES
from direct_access.simulator.replies import json_response

CLOPS = 200_000
WAIT_SECS_PER_JOB = 10.0


class BackendEndpoints:
    """Answers requests about the backends that an instance may use."""

    def __init__(self, backends: Backends, scheduler: Scheduler) -> None:
        self._backends = backends
        self._scheduler = scheduler

    def routes(self) -> Routes:
        """Return who answers what."""
        backend = "/v1/backends/{id}"
        return {
            ("GET", "/v1/backends"): Route(self._list, "device.read"),
            ("GET", f"{backend}/configuration"): Route(self._configuration, "device.read"),
            ("GET", f"{backend}/properties"): Route(self._properties, "device.read"),
            ("GET", f"{backend}/status"): Route(self._status, "device.read"),
            ("GET", f"{backend}/defaults"): Route(self._defaults, "device.read"),
        }

    def _list(self, call: Call) -> Response:
        with_wait = call.query.one_of("fields", ("wait_time_seconds",)) is not None
        found = [each for each in self._backends.all() if call.caller.instance.may_use(each.model.name)]
        if call.version < WITH_DEVICES:
            return json_response(200, {"devices": [backend.model.name for backend in found]})
        return json_response(200, {"devices": [self._device(backend, with_wait) for backend in found]})

    def _device(self, backend: Backend, with_wait: bool) -> dict[str, Any]:
        configuration = backend.model.configuration
        status = {"name": backend.status}
        if backend.message:
            status["reason"] = backend.message
        document = {
            "name": backend.model.name,
            "status": status,
            "queue_length": (waiting := self._queue_length(backend)),
            "is_simulator": False,
            "qubits": configuration["n_qubits"],
            "clops": {"type": "hardware", "value": CLOPS},
            "processor_type": {"segment": None, **(configuration.get("processor_type") or {})},
        }
        if with_wait:
            secs = waiting * WAIT_SECS_PER_JOB
            document["wait_time_seconds"] = {"average": secs, "p50": secs, "p95": 2 * secs}
        return document

    def _configuration(self, call: Call) -> Response:
        return json_response(200, self._backend(call).model.configuration)

    def _properties(self, call: Call) -> Response:
        """Answer with a calibration, and with nothing where there is none as old as is asked for."""
        model = self._backend(call).model
        before = call.query.time("updated_before")
        properties = model.properties if before is None else model.properties_before(before)
        return json_response(200, properties or {})

    def _status(self, call: Call) -> Response:
        backend = self._backend(call)
        document = {
            "state": backend.status != "offline",
            "status": "active" if backend.status == "online" else backend.status,
            "message": backend.message,
            "length_queue": self._queue_length(backend),
            "backend_version": backend.model.version,
        }
        return json_response(200, document)

    def _defaults(self, call: Call) -> Response:
        """Answer without pulses, which no system has any more."""
        qubits = self._backend(call).model.properties["qubits"]
        frequencies = [each["value"] for qubit in qubits for each in qubit if each["name"] == "frequency"]
        return json_response(200, {"qubit_freq_est": frequencies, "pulse_library": [], "cmd_def": []})

    def _backend(self, call: Call) -> Backend:
        return self._backends.get(find_backend(self._backends, call.caller.instance, call.parameters["id"]))

    def _queue_length(self, backend: Backend) -> int:
        name = backend.model.name
        return sum(job.status == QUEUED and job.request.backend == name for job in self._scheduler.jobs())
