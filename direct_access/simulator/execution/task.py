"""What a worker is asked to do and what it answers, as plain data that crosses a pipe."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

PARTIAL_SUFFIX = ".partial"


@dataclass(frozen=True)
class Task:
    """One primitive job.

    :param program_id: ``sampler`` or ``estimator``
    :param params: the params document
    :param backend_configuration: as ``GET /v1/backends/{name}/configuration`` gives it
    :param backend_properties: as ``GET /v1/backends/{name}/properties`` gives it
    :param log_level: lowest level that is logged: debug, info, warning, error or critical
    :param seed: the same seed gives the same results, byte for byte; None is random. A seed in the job's
        own options comes first.
    :param accept_any_circuit: rewrite circuits that the backend cannot run instead of failing the job
    :param timeout_secs: execution time on the machine that the job may take, None without limit
    :param strict_width: fail where observables are wider than a circuit on physical qubits
    :param results: where the results document is written; it appears at once and complete, or not at all
    """

    job_id: str
    program_id: str
    params: Path
    backend_configuration: Mapping[str, Any]
    backend_properties: Mapping[str, Any]
    log_level: str
    seed: int | None
    accept_any_circuit: bool
    results: Path
    timeout_secs: float | None = None
    strict_width: bool = False

    @property
    def partial_results(self) -> Path:
        """Where the results are written until they are complete."""
        return self.results.with_name(self.results.name + PARTIAL_SUFFIX)

    def to_json(self) -> dict[str, Any]:
        """Return the task as JSON data with absolute paths."""
        return {**vars(self), "params": str(self.params.absolute()), "results": str(self.results.absolute())}

    @classmethod
    def from_json(cls, document: Mapping[str, Any]) -> Task:
        """Return the task that :meth:`to_json` wrote."""
        return cls(**{**document, "params": Path(document["params"]), "results": Path(document["results"])})


@dataclass(frozen=True)
class Outcome:
    """How a job ended.

    :param status: ``Completed``, ``Failed``, or ``Cancelled`` where the machine would need more time than the
        job may take: nothing was executed then
    :param log: the job's log, lines of "time level message"
    :param quantum_nanoseconds: modelled time in ns that a machine would have been busy (:mod:`.duration`)
    :param reason_code: why it failed, as do the two next; None when completed
    """

    status: str
    log: str
    quantum_nanoseconds: int = 0
    reason_code: int | None = None
    reason_message: str | None = None
    reason_solution: str | None = None

    def to_json(self) -> dict[str, Any]:
        """Return the outcome as JSON data."""
        return asdict(self)
