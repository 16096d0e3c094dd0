"""A JobService that keeps jobs and objects in memory: another implementation of the protocol.

Time is a clock's, faults are scripted: ``fail`` raises instead of doing, ``crash_after`` dies after doing.
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from direct_access.clock import Clock
from direct_access.errors import (
    ConflictError,
    InputError,
    JobVanishedError,
    NotFoundError,
    UnavailableError,
)
from direct_access.model.backends import Backend
from direct_access.model.checksum import Checksum
from direct_access.model.jobs import JobSpec, JobState, JobStatus
from direct_access.services.backends import BackendFacts
from direct_access.services.protocol import Accepted, Download, Handle, Keep, NewJob, keep_nothing

RESULTS = b'{"results": [{"data": {"c": {"samples": ["0x0", "0x3"]}}}]}'
LOGS = b"INFO: done\n"


class Crash(BaseException):
    """The process dies here: no exception handler of the product may stop it."""


@dataclass
class Ending:
    """How jobs end.

    :param after_secs: how long they run
    """

    status: JobStatus = JobStatus.COMPLETED
    after_secs: float = 3.0
    results: bytes | None = RESULTS
    logs: bytes | None = LOGS
    reason: Mapping[str, Any] = field(default_factory=dict)
    objects_after_secs: float = 0.0
    quantum_nanoseconds: int | None = 1_500_000_000


@dataclass
class StoredJob:
    id: str
    spec: JobSpec
    handle: Handle
    submitted_at: float
    status: JobStatus = JobStatus.RUNNING
    ended_at: float = 0.0


@dataclass
class Stream:
    """How the downloads of one object behave.

    :param breaks: positions at which the connection breaks, each once
    :param ignores_range: always sends from the beginning
    :param wrong_digests: how many downloads announce a digest that is not the content's
    """

    breaks: list[int] = field(default_factory=list)
    ignores_range: bool = False
    tells_size: bool = True
    algorithm: str | None = "md5"
    etag: str | None = None
    is_chunked: bool = False
    wrong_digests: int = 0
    announced_size: int | None = None


class MemoryDownload:
    """A :class:`direct_access.services.protocol.Download` of bytes in memory."""

    def __init__(self, content: bytes, offset: int, stream: Stream, end: int | None = None) -> None:
        self._content = content[:end] if end is not None and not stream.ignores_range else content
        self._whole = content
        self._stream = stream
        self._position = 0 if stream.ignores_range else offset
        self._offset = self._position
        self.closed = False

    @property
    def size(self) -> int | None:
        if not self._stream.tells_size:
            return None
        return len(self._whole) if self._stream.announced_size is None else self._stream.announced_size

    @property
    def offset(self) -> int:
        return self._offset

    @property
    def end(self) -> int | None:
        return len(self._content)

    @property
    def checksum(self) -> Checksum | None:
        if self._stream.algorithm is None:
            return None
        if self._stream.wrong_digests:
            self._stream.wrong_digests -= 1
            return Checksum("md5", "0" * 32)
        return Checksum("md5", hashlib.md5(self._whole).hexdigest())

    @property
    def etag(self) -> str | None:
        return self._stream.etag

    @property
    def is_chunked(self) -> bool:
        return self._stream.is_chunked

    def readinto(self, buffer: memoryview) -> int:
        assert not self.closed
        end = min(self._position + len(buffer), len(self._content))
        breaks = self._stream.breaks
        if breaks and self._position >= breaks[0]:
            breaks.pop(0)
            raise UnavailableError("the connection broke", retryable=True)
        if breaks:
            end = min(end, breaks[0])
        data = self._content[self._position : end]
        buffer[: len(data)] = data
        self._position = end
        return len(data)

    def close(self) -> None:
        self.closed = True

    def __enter__(self) -> Download:
        return self

    def __exit__(self, *exc: object) -> None:
        self.close()


class MemoryBackends:
    """The backends of a :class:`MemoryService`: any name is one."""

    def __init__(self, service: MemoryService) -> None:
        self._service = service

    def all(self) -> Sequence[Backend]:
        return []

    def facts(self, backend: str) -> BackendFacts:
        self._service.enter("backend_facts")
        return BackendFacts(backend, "1.2.3", "2026-02-15T12:00:00Z")

    def configuration(self, backend: str) -> Mapping[str, Any]:
        return {}

    def properties(self, backend: str) -> Mapping[str, Any]:
        return {}


class MemoryService:
    """Jobs and objects in memory.

    :ivar calls: names of the methods called, in order
    :ivar objects: content by name
    :ivar marks: until when detached jobs are to be collected, by id
    """

    def __init__(self, clock: Clock, ending: Ending | None = None) -> None:
        self.clock = clock
        self.ending = ending or Ending()
        self.jobs: dict[str, StoredJob] = {}
        self.objects: dict[str, bytes] = {}
        self.marks: dict[str, float] = {}
        self.submissions: list[str] = []
        self.calls: list[str] = []
        self.streams: dict[str, Stream] = defaultdict(Stream)
        self.downloads: list[MemoryDownload] = []
        self.before: dict[str, Callable[[], None]] = {}
        self._faults: dict[str, list[BaseException]] = defaultdict(list)
        self._crashes: set[str] = set()
        self.poll_times: list[float] = []
        self.url_expiry_secs = 604_800.0
        self.uploads = True
        self.unfinished_uploads = None
        self.closed = False

    # faults

    def fail(self, call: str, *errors: BaseException) -> None:
        """Let the next calls raise these errors instead of doing anything."""
        self._faults[call].extend(errors)

    def crash_after(self, call: str) -> None:
        """Let the next call die when its work is done."""
        self._crashes.add(call)

    def enter(self, call: str) -> None:
        """Note a call, and do to it what was scripted."""
        self.calls.append(call)
        if hook := self.before.get(call):
            hook()
        if self._faults[call]:
            raise self._faults[call].pop(0)

    def _leave(self, call: str) -> None:
        if call in self._crashes:
            self._crashes.remove(call)
            raise Crash(call)

    # the protocol

    @property
    def system(self) -> str:
        return "memory"

    @property
    def backends(self) -> MemoryBackends:
        return MemoryBackends(self)

    @property
    def expiring_input(self) -> MemoryService:
        return self

    def plan(self, job: NewJob) -> Handle:
        self.enter("plan")
        names = {role: f"{job.owner}/{role}:{job.id}" for role in ("params", "results", "logs")}
        return {"id": job.id, "external_input": job.external_input, "objects": names}

    def renamed(self, handle: Handle, job_id: str) -> Handle:
        names = {role: name.replace(handle["id"], job_id) for role, name in handle["objects"].items()}
        return {**handle, "id": job_id, "objects": names}

    def has_expired(self, handle: Handle, secs: float) -> bool:
        return secs >= self.url_expiry_secs

    def describe(self, handle: Handle, spec: JobSpec) -> Mapping[str, Any]:
        return {"handle": dict(handle), "backend": spec.backend}

    def stage(self, handle: Handle, params: Path, keep: Keep = keep_nothing) -> Handle:
        self.enter("stage")
        self.objects[handle["objects"]["params"]] = params.read_bytes()
        self._leave("stage")
        return handle

    def unstage(self, handle: Handle) -> None:
        self.objects.pop(handle["objects"]["params"], None)

    def submit(self, handle: Handle, spec: JobSpec, params: Path | None = None) -> Accepted:
        self.enter("submit")
        job = self.jobs.get(handle["id"])
        if job is None:
            if not handle["external_input"] and handle["objects"]["params"] not in self.objects:
                raise InputError("the input object does not exist")
            self.jobs[handle["id"]] = StoredJob(handle["id"], spec, handle, self.clock.boottime())
            self.submissions.append(handle["id"])
        elif job.spec != spec or job.handle != handle:
            raise ConflictError("a job of this id exists and is another one", code="1231")
        self._leave("submit")
        return Accepted(handle["id"], handle)

    def status(self, handle: Handle, *, once: bool = False) -> JobState:
        self.enter("status")
        self.poll_times.append(self.clock.boottime())
        state = self._state(self._job(handle["id"]))
        self._leave("status")
        return state

    def list(self) -> Sequence[JobState]:
        return [self._state(job) for job in self.jobs.values()]

    def find(self, job_id: str, owner: str | None = None) -> Handle:
        self.enter("find")
        if job_id not in self.jobs:
            raise NotFoundError(f"no job {job_id}", subject=job_id)
        return self.jobs[job_id].handle

    def open_results(
        self, handle: Handle, offset: int = 0, etag: str | None = None, end: int | None = None
    ) -> Download:
        return self._open("open_results", handle["objects"]["results"], offset, end)

    def open_logs(
        self, handle: Handle, offset: int = 0, etag: str | None = None, end: int | None = None
    ) -> Download:
        return self._open("open_logs", handle["objects"]["logs"], offset, end)

    def cancel(self, handle: Handle) -> bool:
        self.enter("cancel")
        job = self._job(handle["id"])
        running = job.status is JobStatus.RUNNING
        if running:
            job.status, job.ended_at = JobStatus.CANCELLED, self.clock.boottime()
        self._leave("cancel")
        return running

    def mark_detached(self, handle: Handle, collect_by: float) -> None:
        self.enter("mark_detached")
        self.marks[handle["id"]] = collect_by
        self._leave("mark_detached")

    def detached_until(self, handle: Handle) -> float | None:
        return self.marks.get(handle["id"])

    def forget(
        self,
        handle: Handle,
        *,
        job: bool,
        objects: bool,
        mark: bool | None = None,
        has_ended: bool = True,
    ) -> None:
        self.enter("forget")
        if job and (stored := self.jobs.get(handle["id"])):
            if not stored.status.is_final:
                raise ConflictError("the job has not ended")
            del self.jobs[handle["id"]]
        if objects:
            for role, name in handle["objects"].items():
                if role != "params" or not handle["external_input"]:
                    self.objects.pop(name, None)
        if objects if mark is None else mark:
            self.marks.pop(handle["id"], None)
        self._leave("forget")

    def close(self) -> None:
        self.closed = True

    # the machine

    def _job(self, job_id: str) -> StoredJob:
        job = self.jobs.get(job_id)
        if job is None:
            raise JobVanishedError(f"the server no longer knows job {job_id}", subject=job_id)
        end = job.submitted_at + self.ending.after_secs
        if job.status is JobStatus.RUNNING and self.clock.boottime() >= end:
            job.status, job.ended_at = self.ending.status, end
            if self.ending.results is not None and job.status is JobStatus.COMPLETED:
                self.objects[job.handle["objects"]["results"]] = self.ending.results
            if self.ending.logs is not None:
                self.objects[job.handle["objects"]["logs"]] = self.ending.logs
        return job

    def _state(self, job: StoredJob) -> JobState:
        reason = {f"reason_{name}": value for name, value in self.ending.reason.items()}
        return JobState(
            id=job.id,
            status=job.status,
            backend=job.spec.backend,
            program_id=job.spec.program_id,
            timeout_secs=job.spec.timeout_secs,
            quantum_nanoseconds=self.ending.quantum_nanoseconds if job.status.is_final else None,
            document={"id": job.id, "status": job.status.value},
            **(reason if job.status.is_final else {}),
        )

    def _open(self, call: str, name: str, offset: int, end: int | None) -> Download:
        self.enter(call)
        visible = all(
            self.clock.boottime() >= job.ended_at + self.ending.objects_after_secs
            for job in self.jobs.values()
        )
        if name not in self.objects or not visible:
            raise NotFoundError(f"no object {name}", subject=name, http_status=404, code="NoSuchKey")
        role = name.rpartition("/")[2].partition(":")[0]
        download = MemoryDownload(self.objects[name], offset, self.streams[role], end)
        self.downloads.append(download)
        return download
