"""Where sources about the API disagree, what this server does."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Conflicts:
    """The other side of each disagreement; False is what IBM's current pages say, or what harms nobody.

    :param undeleted_jobs_hold_lanes: a job that has ended holds its lane until it is deleted
    :param paused_accepts: a paused backend accepts jobs, and holds them until it is online
    :param unknown_backend_is_400: an unknown backend is answered 400 and ``{"detail": …}``, not 404, 1216
    :param invalid_body_is_400: a body outside the schema is answered 400, not 422
    :param version_as_text: ``/version`` is a JSON string that holds JSON, not an object
    :param versions_need_token: ``/versions`` is answered 401 without a token
    :param version_header_required: a request without ``IBM-API-Version`` is answered 400, not as the latest
    :param only_dashed_version: ``IBM-API-Version: YYYYMMDD`` is answered 400
    :param strict_width: observables that are wider than a circuit on physical qubits fail the job
    :param numeric_error_codes: the cloud's error codes are numbers in all parts of its API
    """

    undeleted_jobs_hold_lanes: bool = False
    paused_accepts: bool = False
    unknown_backend_is_400: bool = False
    invalid_body_is_400: bool = False
    version_as_text: bool = False
    versions_need_token: bool = False
    version_header_required: bool = False
    only_dashed_version: bool = False
    strict_width: bool = False
    numeric_error_codes: bool = False
