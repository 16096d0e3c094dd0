"""The settings of the health checks: bounds from which on one warns or fails, checks of the site itself."""

from __future__ import annotations

from pathlib import Path

from direct_access.light_dataclass import dataclass

DAY_SECS = 86400.0
MIB = 1 << 20


@dataclass(frozen=True)
class HealthSettings:
    """What a site may choose about ``direct-access health``.

    :param deadline_secs: time for all checks together
    :param disable: names of checks that are left out, with or without the part behind the dot
    :param commands: checks of the site's own, programs in the manner of Nagios
    :param state_file: what ``health --publish`` wrote, for nodes that make no request
    :param stale_secs: age from which on that file says nothing any more
    :param certificate_warning_secs: life left to a server's certificate
    :param clock_warning_secs: difference between this node's clock and a server's
    :param calibration_warning_secs: age of a backend's calibration
    :param disk_warning_mib: space left where run directories are made, in units of 2**20 bytes
    :param run_warning_secs: age of a run that nobody has finished
    """

    deadline_secs: float = 5.0
    disable: tuple[str, ...] = ()
    commands: tuple[tuple[str, ...], ...] = ()
    state_file: Path = Path("/var/lib/direct-access/health.json")
    stale_secs: float = 900.0
    certificate_warning_secs: float = 14 * DAY_SECS
    certificate_critical_secs: float = 2 * DAY_SECS
    clock_warning_secs: float = 60.0
    clock_critical_secs: float = 300.0
    calibration_warning_secs: float = 2 * DAY_SECS
    disk_warning_mib: int = 1024
    disk_critical_mib: int = 16
    run_warning_secs: float = 7 * DAY_SECS
