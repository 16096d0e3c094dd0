"""The configuration with which our own client reaches a simulator, and its secrets in files beside it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from direct_access.simulator.secret_files import write_private


@dataclass(frozen=True)
class Access:
    """Everything that a client must know about a simulator.

    :param authority: certificate of the authority to trust, None where the simulator speaks plain http
    """

    iam_url: str
    api_url: str
    store_url: str
    cloud_url: str
    resource_controller_url: str
    global_search_url: str
    global_catalog_url: str
    service_crn: str
    cloud_crn: str
    api_key: str
    default_backend: str
    bucket: str
    bucket_crn: str
    region: str
    access_key_id: str
    secret_access_key: str
    authority: Path | None = None

    @property
    def experimental_cloud_url(self) -> str:
        """:attr:`cloud_url` by another path, which qiskit-ibm-runtime takes as it is."""
        return self.cloud_url.removesuffix("/api") + "/experimental/api"


def write_client_configuration(access: Access, directory: Path, storage_type: str = "s3_compatible") -> Path:
    """Write ``config.yaml`` and the files of the secrets, all of mode 0600.

    :param storage_type: ``s3_compatible``, with the HMAC key, or ``ibmcloud_cos``, with the bearer token
    :return: the path of the configuration
    """
    directory = directory.absolute()  # paths in a configuration are relative to the file they stand in
    directory.mkdir(mode=0o700, parents=True, exist_ok=True)
    common: dict[str, Any] = {
        "iam_url": access.iam_url,
        "api_key_file": str(write_private(directory / "api_key", access.api_key + "\n")),
        "default_backend": access.default_backend,
    }
    if access.authority:
        common["ca_bundle"] = str(access.authority)
    system: dict[str, Any] = {"url": access.api_url, "service_crn": access.service_crn, **common}
    if storage_type == "s3_compatible":
        secret_file = write_private(directory / "secret_access_key", access.secret_access_key + "\n")
        system["storage"] = {
            "type": storage_type,
            "bucket": access.bucket,
            "region": access.region,
            "endpoint_url": access.store_url,
            "access_key_id": access.access_key_id,
            "secret_access_key_file": str(secret_file),
        }
    else:
        system["storage"] = {
            "type": storage_type,
            "bucket_crn": access.bucket_crn,
            "region": access.region,
            "region_type": "regional",
            "endpoint_url": access.store_url,
        }
    cloud = {
        "service": "cloud",
        "url": access.cloud_url,
        "service_crn": access.cloud_crn,
        "resource_controller_url": access.resource_controller_url,
        **common,
    }
    document = {"systems": {"simulator": system, "simulated-cloud": cloud}, "default_system": "simulator"}
    return write_private(directory / "config.yaml", yaml.safe_dump(document, sort_keys=False))
