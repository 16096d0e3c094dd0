"""What a job file says that the cloud service alone takes: JSON data, as the journal keeps it."""

from __future__ import annotations

from typing import TypedDict


class SessionOptions(TypedDict, total=False):
    """The session in which a job runs.

    ``name``: runs of the same name share it; without one it is the run's own. ``mode``: ``batch`` or
    ``dedicated``. ``max_ttl``: seconds that it may live. ``close``: whether a run closes it at its end.
    """

    name: str
    mode: str
    max_ttl: int
    close: bool


class CloudOptions(TypedDict, total=False):
    """Fields of ``POST /v1/jobs`` of the Qiskit Runtime REST API, by their names there, and ``session``."""

    tags: list[str]
    cost: int
    calibration_id: str
    runtime: str
    private: bool
    session_id: str
    session: SessionOptions


LONGEST_SECS = 10_800
"""Longest execution time that the cloud service gives to a job; a longer one is capped."""

NAMES = tuple(CloudOptions.__annotations__)
