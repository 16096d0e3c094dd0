"""The quantum system of a site, played by a simulator: ``quantum_system DIRECTORY``, in its network.

A program. It listens at the addresses that the configuration in the directory names, speaks TLS, and takes
the key and the secret that lie there. It says ``ready`` and lives until standard input is closed.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import yaml

from direct_access.simulator.embedded import Simulator
from direct_access.simulator.settings import SimulatorSettings, TlsFiles


def settings(directory: Path, system: dict[str, Any]) -> SimulatorSettings:
    """Return what makes a simulator the system that a configuration describes."""
    storage = system["storage"]
    store = urlsplit(storage["endpoint_url"])
    return SimulatorSettings(
        iam_port=443,
        api_port=urlsplit(system["url"]).port or 443,
        store_port=store.port or 443,
        api_key=(directory / "api_key").read_text(),
        service_crn=system["service_crn"],
        bucket=storage["bucket"],
        access_key_id=storage["access_key_id"],
        region=storage["region"],
        default_backend=system["default_backend"],
        allowed_stores=(store.netloc,),
        allowed_hosts=("quantum.example.org", "s3.example.org", "iam.cloud.ibm.com"),
        execute=False,
        tls=TlsFiles(*(directory / f"{name}.pem" for name in ("certificate", "key", "authority"))),
    )


def main(directory: Path) -> None:
    """Serve."""
    configuration = yaml.safe_load((directory / "config.yaml").read_text())
    (system,) = configuration["systems"].values()
    with Simulator(directory, settings(directory, system)):
        print("ready", flush=True)
        sys.stdin.read()


if __name__ == "__main__":
    main(Path(sys.argv[1]))
