"""Typed calls for every endpoint of the Qiskit Runtime REST API.

https://quantum.cloud.ibm.com/docs/en/api/qiskit-runtime-rest
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import NoReturn

from direct_access.qiskit_runtime import api_versions, endpoints
from direct_access.qiskit_runtime.analytics import AnalyticsCalls
from direct_access.qiskit_runtime.api_versions import ApiVersion, parse_versions
from direct_access.qiskit_runtime.backends import BackendCalls
from direct_access.qiskit_runtime.error_table import LOGOUT_DROPPED, RULES
from direct_access.qiskit_runtime.instances import InstanceCalls
from direct_access.qiskit_runtime.job_calls import JobCalls
from direct_access.qiskit_runtime.region import base_url, instance_of
from direct_access.qiskit_runtime.sessions import SessionCalls
from direct_access.qiskit_runtime.submission_rate import SubmissionRate
from direct_access.qiskit_runtime.workloads import WorkloadCalls
from direct_access.rest.api import RestApi
from direct_access.retry.repeat import Patience
from direct_access.transport.http import Authorizer, HttpClient


class QiskitRuntimeClient:
    """One instance. Every call raises :class:`direct_access.errors.DirectAccessError`.

    What only reads, replaces, deletes, cancels or closes is repeated while the server is in trouble. A job
    and a session are made by one request a call: what a lost answer means is for the caller to find out.

    :ivar jobs: jobs and tags
    :ivar instances: the instance and its account
    """

    def __init__(
        self,
        http: HttpClient,
        authorizer: Authorizer,
        *,
        service_crn: str,
        patience: Patience,
        url: str | None = None,
        api_version: str = api_versions.DEFAULT,
        rate: SubmissionRate | None = None,
    ) -> None:
        """:param service_crn: CRN of the instance; it names the region
        :param patience: how long a call may be repeated
        :param url: base URL, above ``/v1``; follows from the region if None
        :param api_version: ``IBM-API-Version``, YYYY-MM-DD; without one the server takes its oldest
        :param rate: counts the jobs that are sent; None for no count of ours
        :raises ConfigurationError: if the CRN names another service, or the URL another region
        """
        self.url = base_url(service_crn, url)
        self._api = RestApi(
            http,
            authorizer,
            url=self.url,
            service_crn=service_crn,
            api_version=api_version,
            rules=RULES,
            patience=patience,
        )
        self.jobs = JobCalls(self._api, api_version, rate)
        self.sessions = SessionCalls(self._api)
        self.backends = BackendCalls(self._api)
        self.instances = InstanceCalls(self._api, instance_of(service_crn).account)
        self.workloads = WorkloadCalls(self._api)
        self.analytics = AnalyticsCalls(self._api)

    def authorize(self) -> None:
        """Get an access token now, so that the next request cannot fail because of IAM."""
        self._api.authorize()

    def versions(self) -> Sequence[ApiVersion]:
        """Return the versions that ``IBM-API-Version`` may name."""
        return parse_versions(self._api.read(endpoints.VERSIONS))

    def logout(self) -> NoReturn:
        """Say what became of ``/v1/logout``, without a request: it stands in no description of the API.

        :raises InputError: always
        """
        raise LOGOUT_DROPPED.error(LOGOUT_DROPPED.message, advice=LOGOUT_DROPPED.advice)
