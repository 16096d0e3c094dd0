"""Where a simulator is reached, and as whom."""

from __future__ import annotations

from direct_access.simulator.client_configuration import Access
from direct_access.simulator.ibm_cloud.application import GLOBAL_CATALOG, GLOBAL_SEARCH, RESOURCE_CONTROLLER
from direct_access.simulator.qiskit_runtime.application import BASE_PATH
from direct_access.simulator.servers import Servers
from direct_access.simulator.settings import SimulatorSettings

ACCOUNT = "a/simulator"


class Addresses:
    """The addresses of a simulator that listens, and its identities.

    :ivar api_key: the API key that clients use
    :ivar access_key_id: id of the store's key
    :ivar secret_access_key: secret of the store's key
    """

    settings: SimulatorSettings
    api_key: str
    access_key_id: str
    secret_access_key: str
    _servers: Servers

    @property
    def iam_url(self) -> str:
        """Base URL of IAM; ``/identity`` below it issues the tokens, ``/identity/keys`` has their keys."""
        return self._servers.url("iam")

    @property
    def api_url(self) -> str:
        """Base URL of the API, and of ``/admin``."""
        return self._servers.url("api")

    @property
    def store_url(self) -> str:
        """Base URL of the object store."""
        return self._servers.url("store")

    @property
    def cloud_url(self) -> str:
        """Base URL of the Qiskit Runtime REST API: what comes before ``/v1``."""
        return self._servers.url("cloud") + BASE_PATH

    @property
    def global_search_url(self) -> str:
        """Base URL of Global Search, which lists the instances."""
        return self._servers.url("cloud") + GLOBAL_SEARCH

    @property
    def global_catalog_url(self) -> str:
        """Base URL of Global Catalog, which knows the plans; it ends in ``/api/v1`` as IBM's does."""
        return f"{self._servers.url('cloud')}{GLOBAL_CATALOG}/api/v1"

    @property
    def resource_controller_url(self) -> str:
        """Base URL of Resource Controller, which creates and changes instances: what comes before ``/v2``."""
        return self._servers.url("cloud") + RESOURCE_CONTROLLER

    @property
    def cloud_crn(self) -> str:
        """The CRN of the instance that is there from the start."""
        return self.settings.cloud_crn

    @property
    def service_crn(self) -> str:
        """The CRN that the API expects."""
        return self.settings.service_crn

    @property
    def bucket(self) -> str:
        """A bucket that exists."""
        return self.settings.bucket

    @property
    def bucket_crn(self) -> str:
        """The CRN of :attr:`bucket`."""
        return f"crn:v1:bluemix:public:cloud-object-storage:global:{ACCOUNT}:simulator:bucket:{self.bucket}"

    @property
    def access(self) -> Access:
        """What a client must know."""
        tls = self.settings.tls
        return Access(
            iam_url=self.iam_url,
            api_url=self.api_url,
            store_url=self.store_url,
            cloud_url=self.cloud_url,
            resource_controller_url=self.resource_controller_url,
            global_search_url=self.global_search_url,
            global_catalog_url=self.global_catalog_url,
            service_crn=self.service_crn,
            cloud_crn=self.cloud_crn,
            api_key=self.api_key,
            default_backend=self.settings.default_backend,
            bucket=self.bucket,
            bucket_crn=self.bucket_crn,
            region=self.settings.region,
            access_key_id=self.access_key_id,
            secret_access_key=self.secret_access_key,
            authority=tls.authority if tls else None,
        )
