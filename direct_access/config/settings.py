"""What a configuration says, as plain typed data. Reading it is the business of :mod:`.load`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, replace
from pathlib import Path

from direct_access.config.health_settings import HealthSettings
from direct_access.config.secret_source import SecretSource
from direct_access.light_dataclass import dataclass

DEFAULT_API_VERSION = "2026-02-15"
CLOUD_API_VERSION = "2026-03-15"
DEFAULT_IAM_URL = "https://iam.cloud.ibm.com"
RESOURCE_CONTROLLER_URL = "https://resource-controller.cloud.ibm.com"
ON_PREM, CLOUD = "on_prem", "cloud"
MULTIPART_THRESHOLD_BYTES = 256 << 20
WEEK_SECS = 604_800  # SigV4's upper bound for a presigned URL


@dataclass(frozen=True)
class NetworkSettings:
    """How requests leave this node; the same for IAM, API and store.

    :param ca_bundle: PEM file of the authorities to trust instead of the system's
    :param client_certificate: PEM file of the client's certificate; ``client_key`` its key, if separate
    :param http_proxy: URL, which may hold a password; so its text form is not shown
    :param no_proxy: host names, domain suffixes, addresses and CIDR networks that are reached directly
    """

    ca_bundle: Path | None = None
    client_certificate: Path | None = None
    client_key: Path | None = None
    http_proxy: str | None = field(default=None, repr=False)
    https_proxy: str | None = field(default=None, repr=False)
    no_proxy: tuple[str, ...] = ()
    connect_timeout_secs: float = 5.0
    read_timeout_secs: float = 60.0


@dataclass(frozen=True)
class StorageSettings:
    """Where the objects of a job lie.

    :param type: ``s3_compatible`` or ``ibmcloud_cos``, the API's words
    :param endpoint_url: the store as we reach it; for ``ibmcloud_cos`` the default follows from the region
    :param service_endpoint_url: the store as the quantum system reaches it; default: ``endpoint_url``
    :param prefix: prefix of all object names, without slashes at its ends
    :param access_key_id: HMAC access key; None where the source of its secret gives it too
    :param secret_access_key: without one, ``ibmcloud_cos`` sends the IAM bearer token
    :param session_token: of temporary credentials, None where the source of their secret gives it too
    :param addressing_style: ``path`` or ``virtual``: whether URLs have the bucket in their path or their host
    :param url_expiry_secs: life of presigned URLs in seconds
    :param multipart_threshold_bytes: larger objects are uploaded in parts
    """

    type: str
    bucket: str | None = None
    region: str | None = None
    endpoint_url: str | None = None
    service_endpoint_url: str | None = None
    bucket_crn: str | None = None
    region_type: str | None = None
    prefix: str = ""
    access_key_id: str | None = None
    secret_access_key: SecretSource | None = None
    session_token: SecretSource | None = None
    addressing_style: str = "path"
    url_expiry_secs: int = WEEK_SECS
    multipart_threshold_bytes: int = MULTIPART_THRESHOLD_BYTES


@dataclass(frozen=True)
class System:
    """An API endpoint and what belongs to it.

    :param url: of the API; empty where it follows from the CRN's region (``cloud``)
    :param service: ``on_prem``, the IBM Quantum System REST API, or ``cloud``, the Qiskit Runtime REST API
    :param resource_controller_url: where instances are managed (``cloud``)
    """

    name: str
    url: str
    service_crn: str
    api_key: SecretSource
    service: str = ON_PREM
    api_version: str = DEFAULT_API_VERSION
    iam_url: str = DEFAULT_IAM_URL
    default_backend: str | None = None
    storage: StorageSettings | None = None
    network: NetworkSettings = field(default_factory=NetworkSettings)
    resource_controller_url: str = RESOURCE_CONTROLLER_URL


@dataclass(frozen=True)
class Limits:
    """Bounds of the site; nothing below the site file can loosen them.

    :param min_poll_secs: shortest time between two polls of one job
    :param max_timeout_secs: largest ``timeout_secs`` of a job
    :param allow_cloud: whether jobs, and so their data, may leave the premises
    """

    min_poll_secs: float = 0.0
    max_timeout_secs: int | None = None
    allow_cloud: bool = False


@dataclass(frozen=True)
class Settings:
    """The whole configuration after precedence.

    :param service: ``on_prem`` or ``cloud``: the kind of system to use; None for any
    :param scratch: directory under which run directories are made, None where nobody says
    :param timeout_secs: the default of a job's ``timeout_secs``, None where it is required
    :param keep: what stays on the server after a run: none, objects, job or all; None is none, but the
        objects of a job that Failed stay
    :param wait_deadline_secs: how long we wait for a job, None without bound
    :param detach_after: seconds after which we leave a job on purpose, None for never
    :param on_busy: ``wait`` or ``fail`` when lanes are full or the backend is reserved, offline or paused
    :param on_time_limit: ``leave`` or ``cancel`` the quantum job when the Slurm job reaches its time limit
    :param collect_by: seconds from leaving a job on purpose to the time until which it is to be collected
    :param origins: for each setting by dotted name, where its value came from
    """

    systems: Mapping[str, System]
    default_system: str | None = None
    service: str | None = None
    backend: str | None = None
    scratch: Path | None = None
    timeout_secs: int | None = None
    keep: str | None = None
    wait_deadline_secs: float | None = None
    detach_after: float | None = None
    on_busy: str = "wait"
    on_time_limit: str = "leave"
    collect_by: float = WEEK_SECS
    limits: Limits = field(default_factory=Limits)
    health: HealthSettings = field(default_factory=HealthSettings)
    origins: Mapping[str, str] = field(default_factory=dict)

    def hurried(self, longest_secs: float) -> Settings:
        """Return the same settings with no longer time for a connection or an answer than this."""
        return replace(
            self,
            systems={
                name: replace(
                    system,
                    network=replace(
                        system.network,
                        connect_timeout_secs=min(system.network.connect_timeout_secs, longest_secs),
                        read_timeout_secs=min(system.network.read_timeout_secs, longest_secs),
                    ),
                )
                for name, system in self.systems.items()
            },
        )
