"""The settings of the health checks as data: name, kind, help. :mod:`.table` makes settings of them."""

from __future__ import annotations

from direct_access.config import kinds
from direct_access.config.kinds import Kind

ROWS: tuple[tuple[str, Kind, str], ...] = (
    ("deadline_secs", kinds.POSITIVE_DURATION, "Time for all checks together."),
    (
        "disable",
        kinds.NAMES,
        "Checks to leave out: `tls`, or `tls.store` for one server. The names: `docs/health.md`.",
    ),
    (
        "commands",
        kinds.COMMANDS,
        "Checks of the site's own: programs with exit status 0, 1, 2 or 3 and a line, as Nagios plugins are.",
    ),
    (
        "state_file",
        kinds.PATH,
        "What `health --publish` wrote, for nodes that make no request (`--format nhc`).",
    ),
    ("stale_secs", kinds.POSITIVE_DURATION, "Age from which on that file says nothing any more."),
    ("certificate_warning_secs", kinds.DURATION, "Life left to a certificate below which to warn."),
    ("certificate_critical_secs", kinds.DURATION, "Life left to a certificate below which to fail."),
    ("clock_warning_secs", kinds.DURATION, "Difference to a server's clock above which to warn."),
    ("clock_critical_secs", kinds.DURATION, "Difference to a server's clock above which to fail."),
    ("calibration_warning_secs", kinds.DURATION, "Age of a calibration above which to warn."),
    ("disk_warning_mib", kinds.COUNT, "Space left for run directories, in MiB, below which to warn."),
    ("disk_critical_mib", kinds.COUNT, "Space left for run directories, in MiB, below which to fail."),
    ("run_warning_secs", kinds.DURATION, "Age of an unfinished run above which to warn."),
)
