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
from direct_access.health.check import Seen, of_check, trouble
from direct_access.health.finding import Level
from direct_access.health.surroundings import ENDPOINTS, Surroundings
from direct_access.model.crn import parse_instance_crn


def configuration(surroundings: Surroundings) -> Iterator[Seen]:
    """Read the configuration, and look at who may change its files."""
    if surroundings.fault is not None:
        yield _refused(surroundings)
        return
    for path in (surroundings.site_file, user_file(surroundings.environment)[0]):
        if os.path.exists(path):  # noqa: PTH110  Path.exists raises where a directory may not be searched
            yield _file(path)
    if any((surroundings.url(endpoint) or "").startswith("https:") for endpoint in ENDPOINTS):
        from direct_access.transport.tls import client_context

        client_context(surroundings.known_system.network)
    yield from _instance(surroundings.known_system)
    yield Seen(f"system {surroundings.known_system.name}")


def _instance(system: System) -> Iterator[Seen]:
    """Tell a name of an instance that no system of IBM has; simulators take any."""
    try:
        parse_instance_crn(system.service_crn)
    except ValueError as error:
        advice = "copy the CRN of the instance from IBM Cloud, unless this is a simulator"
        fault = ConfigurationError(f"service_crn: {error}", subject="service_crn", advice=advice)
        yield trouble(fault, Level.WARNING)


def _refused(surroundings: Surroundings) -> Seen:
    error = surroundings.fault
    assert error is not None
    details = "; ".join(str(replace(finding, allowed="")) for finding in error.findings[:3])
    whole = ConfigurationError(
        f"{error.message}: {details}" if details else error.message,
        subject=error.subject,
        advice=error.advice,
        findings=error.findings,
    )
    return of_check(whole)


def _file(path: Path) -> Seen:
    found = path.stat()
    owner, mode = found.st_uid, stat.S_IMODE(found.st_mode)
    who = None
    if owner not in (0, os.geteuid()):
        who = f"belongs to user {owner}"
    elif mode & 0o022:
        who = f"is writable for others (mode {mode:04o})"
    if who is None:
        return Seen(f"mode {mode:04o}", subject=str(path))
    error = ConfigurationError(
        f"{path} {who}, who could have credentials sent elsewhere",
        subject=str(path),
        advice=f"chown root {path}; chmod go-w {path}",
    )
    return trouble(error, Level.WARNING)


def secrets(surroundings: Surroundings) -> Iterator[Seen]:
    """Read each secret, from a file with safe permissions or from its command; none is shown."""
    system = surroundings.known_system
    surroundings.connections.api_key  # noqa: B018  reads it
    yield Seen(f"api_key can be read: {_place(system.api_key.file, system.api_key.command)}")
    storage = system.storage
    for secret in (storage.secret_access_key, storage.session_token) if storage else ():
        if secret is not None:
            secret.read()
            name = secret.name.rpartition(".")[2]
            yield Seen(f"{name} can be read: {_place(secret.file, secret.command)}")


def _place(file: Path | None, command: tuple[str, ...]) -> str:
    return str(file) if file else f"command {command[0]}"
