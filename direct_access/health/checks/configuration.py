"""The configuration: that it is read, that nobody else may change it, and that its secrets can be read."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from direct_access.config.settings import System
from direct_access.config.sources import user_file
from direct_access.errors import ConfigurationError
from direct_access.health.check import Observation, check_failed_with, failed_with
from direct_access.health.check_context import ENDPOINTS, CheckContext
from direct_access.health.finding import CheckLevel
from direct_access.model.crn import parse_instance_crn


def configuration(context: CheckContext) -> Iterator[Observation]:
    """Read the configuration, and look at who may change its files."""
    if context.fault is not None:
        yield _refused(context)
        return
    for path in (context.site_file, user_file(context.environment)[0]):
        if os.path.exists(path):  # noqa: PTH110  Path.exists raises where a directory may not be searched
            yield _file(path)
    if any((context.url(endpoint) or "").startswith("https:") for endpoint in ENDPOINTS):
        from direct_access.transport.tls import client_context

        client_context(context.known_system.network)
    yield from _instance(context.known_system)
    yield Observation(f"system {context.known_system.name}")


def _instance(system: System) -> Iterator[Observation]:
    """Tell a name of an instance that no system of IBM has; simulators take any."""
    try:
        parse_instance_crn(system.service_crn)
    except ValueError as error:
        advice = "copy the CRN of the instance from IBM Cloud, unless this is a simulator"
        fault = ConfigurationError(f"service_crn: {error}", subject="service_crn", advice=advice)
        yield failed_with(fault, CheckLevel.WARNING)


def _refused(context: CheckContext) -> Observation:
    error = context.fault
    assert error is not None
    details = "; ".join(str(replace(finding, allowed="")) for finding in error.findings[:3])
    whole = ConfigurationError(
        f"{error.message}: {details}" if details else error.message,
        subject=error.subject,
        advice=error.advice,
        findings=error.findings,
    )
    return check_failed_with(whole)


def _file(path: Path) -> Observation:
    found = path.stat()
    owner, mode = found.st_uid, stat.S_IMODE(found.st_mode)
    who = None
    if owner not in (0, os.geteuid()):
        who = f"belongs to user {owner}"
    elif mode & 0o022:
        who = f"is writable for others (mode {mode:04o})"
    if who is None:
        return Observation(f"mode {mode:04o}", subject=str(path))
    error = ConfigurationError(
        f"{path} {who}, who could have credentials sent elsewhere",
        subject=str(path),
        advice=f"chown root {path}; chmod go-w {path}",
    )
    return failed_with(error, CheckLevel.WARNING)


def secrets(context: CheckContext) -> Iterator[Observation]:
    """Read each secret, from a file with safe permissions or from its command; none is shown."""
    system = context.known_system
    context.connections.api_key  # noqa: B018  reads it
    yield Observation(f"api_key can be read: {_place(system.api_key.file, system.api_key.command)}")
    storage = system.storage
    for secret in (storage.secret_access_key, storage.session_token) if storage else ():
        if secret is not None:
            secret.read()
            name = secret.name.rpartition(".")[2]
            yield Observation(f"{name} can be read: {_place(secret.file, secret.command)}")


def _place(file: Path | None, command: tuple[str, ...]) -> str:
    return str(file) if file else f"command {command[0]}"
