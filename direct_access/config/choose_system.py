"""Which of the configured systems a command is about."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from direct_access.config.kinds import is_loopback
from direct_access.config.settings import CLOUD, Settings, System
from direct_access.errors import ConfigurationError


def choose_system(settings: Settings, name: str | None) -> System:
    """Return a system by name, the default system, or the only one, of the service that is asked for.

    :raises ConfigurationError: if that leaves none, or one that this site does not allow
    """
    fitting = {
        name: system
        for name, system in settings.systems.items()
        if settings.service in (None, system.service)
    }
    wanted = name or settings.default_system
    if wanted not in fitting and wanted in settings.systems and not _is_asked_for(settings, name):
        wanted = None  # a default in a file gives way to the service that is asked for
    if wanted is None and len(fitting) == 1:
        (wanted,) = fitting
    if wanted is None or wanted not in fitting:
        raise _no_system(settings, wanted, sorted(fitting))
    return _allowed(settings, fitting[wanted])


def _is_asked_for(settings: Settings, name: str | None) -> bool:
    """Return whether the system was named for this very use: by an option, a variable or the job file."""
    origin = settings.origins.get("default_system", "")
    return name is not None or origin in ("option", "job file") or origin.startswith("$")


def _no_system(settings: Settings, wanted: str | None, fitting: Sequence[str]) -> ConfigurationError:
    of_service = f" with service: {settings.service}" if settings.service else ""
    if wanted in settings.systems:
        found = f"the system {wanted!r} has not service: {settings.service}"
    else:
        found = f"no system {wanted!r} is configured" if wanted else "no system is chosen"
    return ConfigurationError(
        f"{found}; configured{of_service} are: {', '.join(fitting) or 'none'}",
        subject=wanted or "default_system",
        advice="name one with --system, or as default_system in the configuration",
    )


def _allowed(settings: Settings, system: System) -> System:
    simulated = is_loopback(urlsplit(system.url).hostname or "")  # what does not leave this host stays here
    if system.service == CLOUD and not simulated and not settings.limits.allow_cloud:
        raise ConfigurationError(
            f"the system {system.name!r} stands in the cloud, and this site does not allow that data leaves "
            "the premises",
            subject=system.name,
            advice="an administrator decides: limits.allow_cloud in /etc/direct-access/config.yaml",
        )
    return system
