"""What a check found: the one form in which checks, their outputs and the exporter speak to each other."""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import field

from direct_access.light_dataclass import dataclass


class CheckLevel(enum.IntEnum):
    """How bad it is, in the numbers of the monitoring plugins (Monitoring Plugins Development Guidelines)."""

    OK = 0
    WARNING = 1
    CRITICAL = 2
    UNKNOWN = 3


@dataclass(frozen=True)
class Measure:
    """One number of a finding.

    :param name: in the style of Prometheus, base unit last (``lanes_used``, ``certificate_expiry_seconds``),
        without the prefix ``direct_access_``
    :param labels: bounded in number, such as ``system`` or ``backend``; never a job id
    """

    name: str
    value: float
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class CheckFinding:
    """One check of one subject. No field holds a secret or a presigned URL.

    :param check: the name of the check, as in ``health.disable``
    :param subject: what was looked at: a host, a backend, a path
    :param tried: what was done, such as ``TCP connection to api.example:443``
    :param seen: what came of it, in one line
    :param advice: what to do next; empty where nothing is to be done
    :param secs: how long it took, in seconds
    """

    check: str
    subject: str
    level: CheckLevel
    tried: str
    seen: str
    advice: str = ""
    secs: float = 0.0
    measures: tuple[Measure, ...] = ()
