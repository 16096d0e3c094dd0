"""One job from params to results document, in the worker."""

from __future__ import annotations

from logging import Logger
from typing import Any

from direct_access.simulator.execution.encoding import plain_results, typed_results
from direct_access.simulator.execution.estimator import Estimator
from direct_access.simulator.execution.machine import Machine
from direct_access.simulator.execution.params import read_params
from direct_access.simulator.execution.reasons import JobFailed
from direct_access.simulator.execution.sampler import Sampler
from direct_access.simulator.execution.streamed_json import write_json
from direct_access.simulator.execution.task import Task

NS_PER_SEC = 1e9
PROGRAMS: dict[str, type[Sampler] | type[Estimator]] = {"sampler": Sampler, "estimator": Estimator}


def execute(task: Task, log: Logger) -> dict[str, Any]:
    """Execute a task, write its results and return the fields of its outcome, all but the log."""
    try:
        return _complete(task, log)
    except JobFailed as reason:
        return _failed(reason, log)
    except MemoryError:
        return _failed(JobFailed("the simulation needs more memory than there is"), log)
    except (
        Exception
    ) as error:  # whatever a library raises over an input is the job's failure, not the worker's
        log.debug("traceback", exc_info=True)
        return _failed(JobFailed(f"{type(error).__name__}: {error}"), log)
    finally:
        task.partial_results.unlink(missing_ok=True)


def _complete(task: Task, log: Logger) -> dict[str, Any]:
    log.info("job %s: %s on %s", task.job_id, task.program_id, task.backend_configuration["backend_name"])
    params = read_params(task.params, task.program_id)
    program = PROGRAMS[task.program_id](params, Machine(task, log), log)
    nanoseconds = round(program.quantum_nanoseconds())
    if task.timeout_secs is not None and nanoseconds > task.timeout_secs * NS_PER_SEC:
        return {"status": "Cancelled", "quantum_nanoseconds": nanoseconds}
    form = plain_results if params.get("support_qiskit") is False else typed_results
    with task.partial_results.open("w", encoding="ascii") as stream:
        write_json(form(program.results(), program.metadata), stream)
    task.partial_results.replace(task.results)
    log.info("completed; %d ns of quantum time", nanoseconds)
    return {"status": "Completed", "quantum_nanoseconds": nanoseconds}


def _failed(reason: JobFailed, log: Logger) -> dict[str, Any]:
    log.error("%s", reason.message)
    return {
        "status": "Failed",
        "reason_code": reason.code,
        "reason_message": reason.message,
        "reason_solution": reason.solution,
    }
