"""What can be chosen about a simulator."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from direct_access.simulator.backends.catalog import DEFAULT_BACKEND
from direct_access.simulator.backends.model import BackendDocuments
from direct_access.simulator.backends.state import DEFAULT_LANES
from direct_access.simulator.conflicts import Conflicts
from direct_access.simulator.jobs.scenario import Pace


@dataclass(frozen=True)
class TlsFiles:
    """PEM files with which the simulator speaks https instead of http.

    :param authority: certificate of the authority that signed ``certificate``; the simulator itself trusts it
        when it reads and writes by presigned URL, and so must a client
    :param client_authority: demand client certificates that this authority signed; the simulator then shows
        its own certificate when it is a client
    """

    certificate: Path
    key: Path
    authority: Path
    client_authority: Path | None = None


@dataclass(frozen=True)
class SimulatorSettings:
    """Where a simulator listens and how it behaves; the defaults are a well-behaved system of one's own.

    :param host: address to listen on; names in URLs are this address
    :param iam_port: 0 for any free port, as for the others
    :param api_key: the API key that clients use, None for one that is made at the first start and kept
    :param service_crn: the CRN that clients must send
    :param check_service_crn: False accepts any CRN, and none
    :param cloud_crn: the CRN of the instance of the Qiskit Runtime service that is there from the start
    :param cloud_jobs_per_minute: how many jobs a user may submit there in a minute, None for any number
    :param max_params_bytes: longest body of a job there, params included
    :param access_key_id: of the HMAC key of the store; its secret is made as the API key is
    :param region: region of the bucket; any is good in signatures
    :param own_backends: backends besides the standard ones, or instead of those with their names
    :param lanes: execution lanes per backend
    :param conflicts: what it does where sources about the API disagree
    :param pace: how execution time becomes time on the clock
    :param execute: False invents results instead of executing circuits, and starts no worker
    :param workers: how many jobs are executed at a time
    :param seed: seed of execution, None for a random one
    :param accept_any_circuit: execute circuits that are not ISA circuits of their backend too
    :param token_lifetime_secs: life of IAM tokens
    :param clock_skew_secs: how far the simulator's time of day is ahead of the machine's
    :param allowed_hosts: names by which clients may ask for it, besides ``host``, ``localhost`` and the
        machine's own
    :param allowed_stores: ``HOST`` or ``HOST:PORT`` besides its own store to which presigned URLs may point
    :param cos_endpoint: base URL of the store behind ``ibmcloud_cos`` buckets, None for the simulator's own
    :param max_body_bytes: longest body of an API request
    :param idle_timeout_secs: how long a connection may say nothing, within a request body too
    :param tls: None for plain http
    """

    host: str = "127.0.0.1"
    iam_port: int = 0
    api_port: int = 0
    store_port: int = 0
    cloud_port: int = 0
    api_key: str | None = None
    service_crn: str = "crn:v1:bluemix:public:quantum-computing:us-east:a/simulator:on-prem::"
    check_service_crn: bool = True
    cloud_crn: str = "crn:v1:bluemix:public:quantum-computing:us-east:a/simulator:cloud::"
    cloud_jobs_per_minute: int | None = None
    max_params_bytes: int = 32 << 20
    bucket: str = "direct-access"
    access_key_id: str = "simulator"
    region: str = "us-east"
    default_backend: str = DEFAULT_BACKEND
    own_backends: Mapping[str, BackendDocuments] = field(default_factory=dict)
    lanes: int = DEFAULT_LANES
    conflicts: Conflicts = field(default_factory=Conflicts)
    pace: Pace = field(default_factory=Pace)
    execute: bool = True
    workers: int = 1
    seed: int | None = None
    accept_any_circuit: bool = False
    token_lifetime_secs: int = 3600
    clock_skew_secs: float = 0.0
    allowed_hosts: tuple[str, ...] = ()
    allowed_stores: tuple[str, ...] = ()
    cos_endpoint: str | None = None
    max_body_bytes: int = 1 << 20
    idle_timeout_secs: float = 60.0
    tls: TlsFiles | None = None

    @property
    def stores(self) -> tuple[str, ...]:
        """All stores that may be asked besides the simulator's own."""
        return (*self.allowed_stores, *([urlsplit(self.cos_endpoint).netloc] if self.cos_endpoint else []))
