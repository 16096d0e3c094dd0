"""Every metric by name, as data: exposition and documentation come from here.

Names and units follow Prometheus (https://prometheus.io/docs/practices/naming/): base units, ``_total`` for
counters alone, and times of day rather than ages, which stay true while nothing is measured.
"""

from __future__ import annotations

from direct_access.light_dataclass import dataclass

PREFIX = "direct_access_"


@dataclass(frozen=True)
class Metric:
    """What one metric means.

    :param name: without :data:`PREFIX`
    :param labels: besides ``system``
    :param unit: of its value, for people
    :param origin: where it is to be seen: ``every`` exposition, or the ``exporter`` alone
    """

    name: str
    help: str
    unit: str
    labels: tuple[str, ...] = ()
    origin: str = "every"

    @property
    def kind(self) -> str:
        """``counter`` or ``gauge``."""
        return "counter" if self.name.endswith("_total") else "gauge"


CHECK_STATUS = Metric(
    "check_status",
    "What a check found: 0 OK, 1 WARNING, 2 CRITICAL, 3 UNKNOWN.",
    "level",
    ("check", "subject"),
)
CHECK_DURATION = Metric("check_duration_seconds", "How long a check took.", "s", ("check", "subject"))
LAST_CHECK = Metric(
    "last_check_timestamp_seconds", "When the checks were last made, seconds since the epoch.", "s"
)
BUILD = Metric("build_info", "Always 1; the version of direct-access is in the label.", "1", ("version",))

MEASURES = (
    Metric(
        "backend_status",
        "1 for the status that a backend has, 0 for the others.",
        "0 or 1",
        ("backend", "status"),
    ),
    Metric("backend_reserved", "Whether a reservation of the backend is active.", "0 or 1", ("backend",)),
    Metric("lanes", "Execution lanes of the backend for this site.", "lanes", ("backend",)),
    Metric("lanes_used", "Execution lanes that jobs of this account hold.", "lanes", ("backend",)),
    Metric("lanes_free", "Execution lanes that no job of this account holds.", "lanes", ("backend",)),
    Metric(
        "lanes_detached", "Execution lanes held by runs that were left on purpose.", "lanes", ("backend",)
    ),
    Metric(
        "calibration_timestamp_seconds",
        "When the backend was last calibrated, seconds since the epoch.",
        "s",
        ("backend",),
    ),
    Metric("jobs", "Jobs of this account that the system lists.", "jobs", ("status",)),
    Metric(
        "certificate_expiry_timestamp_seconds",
        "When the certificate of a server expires, seconds since the epoch.",
        "s",
        ("host",),
    ),
    Metric(
        "clock_skew_seconds",
        "How far the clock of this node is ahead of the server's; negative behind.",
        "s",
        ("host",),
    ),
    Metric("iam_latency_seconds", "How long IAM took to issue a token.", "s"),
    Metric(
        "store_round_trip_seconds",
        "How long it took to put, presign, read through the URL and delete an object.",
        "s",
    ),
)
"""What checks measure; a check of a site may bring others."""

INTERVAL = Metric("check_interval_seconds", "Time between the beginnings of two passes.", "s", (), "exporter")
PASSES = Metric(
    "check_passes_total",
    "Passes over all checks, by whether they came to an end.",
    "passes",
    ("outcome",),
    "exporter",
)
PASS_DURATION = Metric(
    "check_pass_duration_seconds", "How long the last pass over all checks took.", "s", (), "exporter"
)
REQUESTS = Metric(
    "requests_total",
    "Requests of this process, by HTTP status; none where no answer came.",
    "requests",
    ("service", "method", "status"),
    "exporter",
)
METRICS = (
    CHECK_STATUS,
    CHECK_DURATION,
    LAST_CHECK,
    BUILD,
    *MEASURES,
    INTERVAL,
    PASSES,
    PASS_DURATION,
    REQUESTS,
)
