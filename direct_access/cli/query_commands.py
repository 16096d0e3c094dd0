"""What the commands that ask the system one question do; they exit 0 when it could answer."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from direct_access import run_files
from direct_access.cli.invocation import Target, put_json, service_of, target_of
from direct_access.cli.streams import TerminalOutput, data_is_watched, put, put_bytes, say
from direct_access.cli.tables import table
from direct_access.errors import NotFoundError
from direct_access.model.jobs import JobState
from direct_access.printable import plain_line
from direct_access.runner.context import LOGS
from direct_access.runner.forgetting import what_to_delete

Options = Mapping[str, Any]


def status(name: str, options: Options, output_format: str) -> None:
    """Show one job."""
    target = target_of(name)
    state = target.ended
    if state is None:
        with service_of(options, target.system) as service:
            state = service.status(target.handle(service))
    if output_format == "json":
        put_json("job", **job_json(state), document=state.document)
        return
    rows = [(name.replace("_", " "), value) for name, value in job_json(state).items() if value is not None]
    put("\n".join(f"{name + ':':22}{plain_line(str(value))}" for name, value in rows))


def cancel(name: str, options: Options, output_format: str) -> None:
    """Cancel one job."""
    target = target_of(name)
    cancelled = False
    if target.ended is None:
        with service_of(options, target.system) as service:
            cancelled = service.cancel(target.handle(service))
    if output_format == "json":
        put_json("cancelled", job_id=_job_id(target), cancelled=cancelled)
    else:
        put(f"{_job_id(target)}: {'cancelled' if cancelled else 'had ended already'}")


def delete(name: str, options: Options, output_format: str) -> None:
    """Remove a job and its objects from the server."""
    target = target_of(name)
    job, objects = what_to_delete(options.get("keep", "none"), None)
    with service_of(options, target.system) as service:
        try:
            handle = target.handle(service)
        except NotFoundError:
            say(f"direct-access: the system knows no job {name}; nothing to delete")
            return
        service.forget(handle, job=job, objects=objects, has_ended=target.has_ended)
    if output_format == "json":
        put_json("deleted", job_id=_job_id(target), job=job, objects=objects)
    else:
        put(f"{_job_id(target)}: deleted")


def logs(name: str, options: Options) -> None:
    """Print the log of a run: byte for byte, but as plain text where a person watches."""
    target = target_of(name)
    if target.directory is not None and run_files.exists(target.directory, LOGS):
        with open(run_files.open_file(target.directory, LOGS), "rb", buffering=0) as file:
            _put_all(file.readinto)
        return
    with service_of(options, target.system) as service, service.open_logs(target.handle(service)) as log:
        _put_all(log.readinto)


def _put_all(readinto: Callable[[memoryview], int | None]) -> None:
    block = memoryview(bytearray(1 << 16))
    write = TerminalOutput().write if data_is_watched() else put_bytes
    while used := readinto(block):
        write(block[:used])


def backends(name: str | None, part: str | None, options: Options, output_format: str) -> None:
    """Show backends, or one part of one."""
    with service_of(options) as service:
        if name and part:
            ask = service.backend_configuration if part == "configuration" else service.backend_properties
            put_json(f"backend-{part}", backend=name, document=ask(name))
            return
        found = service.backends()
    if name:
        found = [backend for backend in found if backend.name == name]
        if not found:
            raise NotFoundError(f"the system has no backend {name}", subject=name)
    if output_format == "json":
        put_json("backends", backends=[vars(backend) for backend in found])
        return
    header = ("BACKEND", "STATUS", "LOCKED", "VERSION", "MESSAGE")
    put(table(header, [(b.name, b.status, _yes_no(b.locked), b.version, b.message) for b in found]))


def _yes_no(value: bool | None) -> str | None:
    return None if value is None else ("yes" if value else "no")


def _job_id(target: Target) -> str:
    return target.journal.job_id if target.journal else target.name


def job_json(state: JobState) -> dict[str, Any]:
    """Return what of a job is worth telling."""
    names = (
        "id status backend program_id created_time end_time timeout_secs reason_code reason_message "
        "reason_solution quantum_nanoseconds"
    )
    document = {name: getattr(state, name) for name in names.split()}
    return {**document, "status": state.status.value}
