"""Typed calls for every endpoint of the IBM Quantum System REST API.

https://quantum.cloud.ibm.com/docs/en/api/quantum-system-rest
"""

from __future__ import annotations

import contextlib
from collections.abc import Mapping, Sequence
from typing import Any

from direct_access.errors import DirectAccessError, InputError, ProtocolError
from direct_access.model.backends import (
    Backend,
    BackendConfiguration,
    BackendProperties,
    LanesConfiguration,
    parse_backend,
    parse_lanes,
)
from direct_access.model.jobs import JobState, parse_job
from direct_access.model.server_text import is_web_page
from direct_access.quantum_system import endpoints
from direct_access.quantum_system.error_table import RULES, UNKNOWN_BACKEND
from direct_access.rest.answers import answer_about, json_object, list_of, objects_of, outside_contract
from direct_access.rest.api import RestApi
from direct_access.rest.endpoint import Endpoint
from direct_access.retry.repeat import Patience
from direct_access.transport.http import Authorizer, HttpClient, HttpResponse


class QuantumSystemClient:
    """One on-prem system. Every call raises :class:`direct_access.errors.DirectAccessError`.

    What only reads, deletes or cancels is repeated while the server is in trouble. A job is sent once a call:
    whether it may be sent again is for the caller to decide, who chose its id.
    """

    def __init__(
        self,
        http: HttpClient,
        authorizer: Authorizer,
        *,
        url: str,
        service_crn: str,
        api_version: str,
        patience: Patience,
    ) -> None:
        """:param url: base URL, above ``/v1``
        :param service_crn: CRN of the On-Prem plan's instance
        :param api_version: ``IBM-API-Version``, YYYY-MM-DD; without one a server takes its latest
        :param patience: how long a call may be repeated
        """
        self._api = RestApi(
            http,
            authorizer,
            url=url,
            service_crn=service_crn,
            api_version=api_version,
            rules=RULES,
            patience=patience,
        )

    def authorize(self) -> None:
        """Get an access token now, so that the next request cannot fail because of IAM."""
        self._api.authorize()

    def version(self) -> str:
        """Return the version of the API that the server runs."""
        version = self._api.read(endpoints.VERSION).get("version")
        if not isinstance(version, str):
            raise ProtocolError("the server did not tell its version")
        return version

    def versions(self) -> Sequence[str]:
        """Return the versions that ``IBM-API-Version`` may name; none where the server does not tell."""
        return [
            version
            for version in list_of(self._api.read(endpoints.VERSIONS), "versions")
            if isinstance(version, str)
        ]

    def backends(self) -> Sequence[Backend]:
        """Return the backends of the system."""
        return [parse_backend(entry) for entry in objects_of(self._api.read(endpoints.BACKENDS), "backends")]

    def backend(self, name: str) -> Backend:
        """Return one backend.

        :raises InputError: if the system has no backend of this name; ``advice`` names those that it has
        """
        return parse_backend(self._read_backend(endpoints.BACKEND, name))

    def configuration(self, name: str) -> BackendConfiguration:
        """Return the configuration of a backend: its gates, its coupling map."""
        return BackendConfiguration(self._read_backend(endpoints.CONFIGURATION, name))

    def properties(self, name: str) -> BackendProperties:
        """Return the properties of a backend: its calibration."""
        return BackendProperties(self._read_backend(endpoints.PROPERTIES, name))

    def lanes(self, name: str) -> LanesConfiguration:
        """Return how many execution lanes a backend has for whom."""
        return parse_lanes(self._read_backend(endpoints.LANES, name))

    def defaults(self, name: str) -> Mapping[str, Any]:
        """Return the pulse defaults of a backend, which newer servers no longer have."""
        return self._read_backend(endpoints.DEFAULTS, name)

    def submit_job(self, request: Mapping[str, Any]) -> None:
        """Send a job, once. Any 2xx is success, with whatever body but a web page.

        After an UnavailableError or a ProtocolError the job may exist all the same.

        :param request: the body: id, backend, program_id, timeout_secs, storage and log_level
        :raises TryAgainError: lanes full, or reserved: no job exists
        :raises ConflictError: code 1231: a job of this id exists
        """
        try:
            answer = self._api.once(endpoints.SUBMIT_JOB, subject=str(request["id"]), document=request)
        except InputError as error:
            self._name_known_backends(error)
            raise
        _refuse_web_page(answer)

    def jobs(self) -> Sequence[JobState]:
        """Return the caller's jobs that have not been deleted, oldest first."""
        return [parse_job(entry) for entry in objects_of(self._api.read(endpoints.JOBS), "jobs")]

    def job(self, job_id: str, *, once: bool = False) -> JobState:
        """Return one job.

        :param once: ask a single time, also while the server is in trouble
        :raises NotFoundError: if the server does not know it
        """
        if once:
            return parse_job(answer_about(job_id, json_object(self._api.once(endpoints.JOB, job_id))))
        return parse_job(answer_about(job_id, self._api.read(endpoints.JOB, job_id)))

    def delete_job(self, job_id: str) -> None:
        """Delete the record of a job that has ended; its objects stay.

        :raises NotFoundError: if the server does not know it
        :raises ConflictError: code 1337: it has not ended
        """
        _refuse_web_page(self._api.repeated(endpoints.DELETE_JOB, job_id))

    def cancel_job(self, job_id: str) -> None:
        """Cancel a job.

        :raises NotFoundError: if the server does not know it
        :raises ConflictError: code 1306: it has ended
        """
        _refuse_web_page(self._api.repeated(endpoints.CANCEL_JOB, job_id))

    def _read_backend(self, endpoint: Endpoint, name: str) -> Mapping[str, Any]:
        try:
            return self._api.read(endpoint, name)
        except InputError as error:
            self._name_known_backends(error)
            raise

    def _name_known_backends(self, error: InputError) -> None:
        """Say which backends there are; whatever becomes of this request, the error that is known stands."""
        if not error.message.startswith(UNKNOWN_BACKEND.message):
            return
        with contextlib.suppress(DirectAccessError):
            answer = json_object(self._api.once(endpoints.BACKENDS))
            names = [parse_backend(entry).name for entry in objects_of(answer, "backends")]
            if error.subject in names:
                error.advice = "the system lists this backend: its version of the API may lack the request"
            else:
                error.advice = f"the backends of this system: {', '.join(names) or 'none'}"


def _refuse_web_page(answer: HttpResponse) -> None:
    """Take no success from a login page, say, of whoever stands before the API.

    :raises ProtocolError: if the answer is one
    """
    if is_web_page(answer.data.decode("utf-8", "replace")):
        raise outside_contract(answer)
