"""An archive for support: what is needed to see what is wrong, and no secret.

What is in it is chosen field by field, and in the text of each the secrets of this configuration and of this
environment are hidden. No job file, no circuit, no result, no log; of the environment the names alone.
"""

from __future__ import annotations

import importlib.metadata
import io
import json
import platform
import re
import ssl
import stat
import tarfile
from collections.abc import Iterator, Mapping
from dataclasses import asdict
from itertools import islice
from pathlib import Path
from typing import Any
from urllib.parse import unquote, urlsplit

from direct_access import atomic
from direct_access._version import __version__
from direct_access.auth.token_directory import token_directory
from direct_access.config.secret_source import MAX_BYTES as MAX_SECRET_BYTES
from direct_access.config.secret_source import SecretSource
from direct_access.config.settings import NetworkSettings, System
from direct_access.config.show import show
from direct_access.config.sources import user_file
from direct_access.document import read_regular
from direct_access.errors import DirectAccessError, InputError, LocalStorageError
from direct_access.health.check import CheckReport
from direct_access.health.check_context import CheckContext
from direct_access.health.checks.local import scratch
from direct_access.health.published import document
from direct_access.journal import Journal
from direct_access.redact import HIDDEN, Secret, redact_text
from direct_access.runner.local_runs import LocalRun, find_runs

MOST_RUNS = 100
LIBRARIES = ("boto3", "click", "ibm-cos-sdk", "prometheus-client", "PyYAML", "requests", "urllib3")
_SHORTEST_ARGUMENT = 8
_SECRET_NAMES = re.compile(r"KEY|TOKEN|SECRET|PASS|CREDENTIAL|AUTH", re.IGNORECASE)
_OF_A_RUN = ("job_id", "system", "step", "slurm", "times", "job_status", "end_reason", "left_behind")
_OF_AN_ERROR = ("kind", "stage", "http_status", "code", "request_id", "retryable")


def write(path: Path, context: CheckContext, report: CheckReport) -> list[str]:
    """Write the archive, mode 0600, and return the names of what is in it.

    :raises LocalStorageError: if it cannot be written
    """
    known = [Secret(text) for text in _secrets(context)]  # while they live, redact_text hides them
    parts = {name: redact_text(json.dumps(part, indent=1)) for name, part in _parts(context, report)}
    known.clear()
    try:
        with atomic.replacing(path) as file, tarfile.open(fileobj=file, mode="w:gz") as archive:
            for name, text in parts.items():
                _add(archive, name, text.encode(), report.checked_at)
    except OSError as error:
        raise LocalStorageError(f"cannot write {path}: {error.strerror}", subject=str(path)) from error
    return list(parts)


def _add(archive: tarfile.TarFile, name: str, content: bytes, written_at: float) -> None:
    entry = tarfile.TarInfo(f"direct-access-support/{name}")
    entry.size, entry.mtime, entry.mode = len(content), int(written_at), 0o600
    archive.addfile(entry, io.BytesIO(content))


def _parts(context: CheckContext, report: CheckReport) -> Iterator[tuple[str, Any]]:
    yield "versions.json", _versions()
    yield "configuration.json", _configuration(context)
    yield "health.json", document(report)
    yield "environment.json", sorted(context.environment)
    yield "files.json", [_file(path) for path in dict.fromkeys(_files(context))]
    yield "runs.json", list(_runs(context))


def _versions() -> dict[str, Any]:
    return {
        "direct-access": __version__,
        "python": platform.python_version(),
        "system": platform.platform(),
        "openssl": ssl.OPENSSL_VERSION,
        "libraries": {name: _version(name) for name in LIBRARIES},
    }


def _version(library: str) -> str | None:
    try:
        return importlib.metadata.version(library)
    except importlib.metadata.PackageNotFoundError:
        return None


def _configuration(context: CheckContext) -> Any:
    if context.settings is None:
        fault = context.fault
        return fault.to_json() if fault else None
    return [
        {"name": name, "value": _without_arguments(name, value), "origin": origin}
        for name, value, origin in show(context.settings)
    ]


def _without_arguments(name: str, value: str) -> str:
    """Return a setting without the arguments of a command, where somebody may have put a secret."""
    if value.startswith("command ") and name.endswith("_key"):
        return " ".join([*value.split()[:2], HIDDEN])
    return HIDDEN if name == "health.commands" and value != "-" else value


def _files(context: CheckContext) -> Iterator[Path]:
    yield context.site_file
    yield user_file(context.environment)[0]
    yield token_directory(context.environment)
    if context.settings is None:
        return
    yield scratch(context)
    for system in context.settings.systems.values():
        yield from (source.file for source in _sources(system) if source.file)
        network = system.network
        given = (network.ca_bundle, network.client_certificate, network.client_key)
        yield from (path for path in given if path)


def _file(path: Path) -> dict[str, Any]:
    try:
        found = path.stat()
    except OSError as error:
        return {"path": str(path), "error": error.strerror}
    return {"path": str(path), "mode": stat.filemode(found.st_mode), "uid": found.st_uid}


def _runs(context: CheckContext) -> Iterator[dict[str, Any]]:
    if context.settings is None:
        return
    found = (each for each in find_runs(scratch(context)) if isinstance(each, LocalRun))
    for each in islice(found, MOST_RUNS):
        yield {"directory": str(each.directory), **_journal(each.journal)}


def _journal(journal: Journal) -> dict[str, Any]:
    whole = asdict(journal)
    spec, error = whole["spec"], whole["error"] or {}
    return {
        **{name: whole[name] for name in _OF_A_RUN},
        "step": journal.step.value,
        "spec": {name: spec[name] for name in ("program_id", "backend", "timeout_secs")},
        "reason_code": whole["reason"].get("code"),
        "error": {name: error[name] for name in _OF_AN_ERROR if name in error},
    }


def _secrets(context: CheckContext) -> Iterator[str]:
    for name, value in context.environment.items():
        yield from _userinfo(value)
        if _SECRET_NAMES.search(name):
            yield value
    for system in context.settings.systems.values() if context.settings else ():
        for source in _sources(system):
            yield from _secret(source)
            yield from (word for word in source.command[1:] if len(word) >= _SHORTEST_ARGUMENT)
        yield from _of_network(system.network)


def _sources(system: System) -> list[SecretSource]:
    storage = system.storage
    own = (storage.secret_access_key, storage.session_token) if storage else ()
    return [system.api_key, *filter(None, own)]


def _secret(source: SecretSource) -> Iterator[str]:
    """Yield what a source gives, also where it is refused: whatever stands in the file may be a secret."""
    try:
        line = source.read().reveal()
        yield line
        yield from line.split()[1:]  # where it holds the id of an HMAC key, its secret and its session token
        return
    except DirectAccessError:
        pass
    try:
        if source.file:
            yield read_regular(source.file, MAX_SECRET_BYTES).decode().strip()
    except (InputError, ValueError):
        return


def _of_network(network: NetworkSettings) -> Iterator[str]:
    for proxy in (network.http_proxy, network.https_proxy):
        yield from _userinfo(proxy or "")


def _userinfo(url: str) -> Iterator[str]:
    try:
        parts = urlsplit(url)
        given: Mapping[str, str | None] = {"user": parts.username, "password": parts.password}
    except ValueError:
        return
    for value in given.values():
        if value:
            yield value
            yield unquote(value)
