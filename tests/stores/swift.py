"""OpenStack Swift with its S3 API, a second real store, as four child processes.

It comes with the ``swift`` wheel: one proxy, and one server each of accounts, containers and objects on one
device. Everything listens on 127.0.0.1, and nothing is left behind.
https://docs.openstack.org/swift/latest/development_saio.html
"""

from __future__ import annotations

import getpass
import os
import shutil
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path

from tests.stores.local import dies_with_us, free_ports

START_TIMEOUT_SECS = 60.0
BIN = Path(sys.executable).parent
STORAGE = ("account", "container", "object")

_MAKE_RING = """
import sys
from swift.common.ring import RingBuilder
for name, port in zip(("account", "container", "object"), sys.argv[2:]):
    builder = RingBuilder(part_power=2, replicas=1, min_part_hours=0)
    device = {"region": 1, "zone": 1, "ip": "127.0.0.1", "port": int(port), "device": "disk", "weight": 1}
    builder.add_dev(device)
    builder.rebalance()
    builder.get_ring().save(f"{sys.argv[1]}/{name}.ring.gz")
"""
_COMMON = """[swift-hash]
swift_hash_path_suffix = tests

[storage-policy:0]
name = default
default = yes

[swift-constraints]
max_header_size = 16384
"""
_DEFAULT = """[DEFAULT]
bind_ip = 127.0.0.1
bind_port = {port}
swift_dir = {directory}
devices = {directory}/devices
recon_cache_path = {directory}
mount_check = false
workers = 0
user = {user}
log_level = ERROR
log_address = {directory}/no-syslog
"""
_STORAGE_SERVER = """
[pipeline:main]
pipeline = {server}-server

[app:{server}-server]
use = egg:swift#{server}
"""
_PROXY = """
[pipeline:main]
pipeline = catch_errors healthcheck s3api tempauth bulk slo proxy-server

[app:proxy-server]
use = egg:swift#proxy
account_autocreate = true

[filter:catch_errors]
use = egg:swift#catch_errors

[filter:healthcheck]
use = egg:swift#healthcheck

[filter:s3api]
use = egg:swift#s3api
location = us-east-1

[filter:tempauth]
use = egg:swift#tempauth
user_{account_and_user} = {secret} .admin

[filter:bulk]
use = egg:swift#bulk

[filter:slo]
use = egg:swift#slo
"""


class Swift:
    """A running store; use it as a context manager.

    :param access_key_id: ``account:user``
    :ivar directory: everything it writes
    """

    def __init__(self, *, access_key_id: str = "test:tester", secret_access_key: str = "testing") -> None:
        self.access_key_id = access_key_id
        self.secret_access_key = secret_access_key
        self.directory = Path()
        self._port = 0
        self._processes: list[subprocess.Popen[bytes]] = []

    @property
    def endpoint_url(self) -> str:
        """Base URL of the S3 API."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def pids(self) -> list[int]:
        """Process ids of the running servers."""
        return [process.pid for process in self._processes]

    def __enter__(self) -> Swift:
        self.start()
        return self

    def __exit__(self, *exception: object) -> None:
        self.stop()

    def start(self) -> None:
        """Start the servers and wait until they answer, about two seconds.

        :raises RuntimeError: with their log if they do not
        """
        self.directory = Path(tempfile.mkdtemp(prefix="swift-"))
        (self.directory / "devices" / "disk").mkdir(parents=True)
        (self.directory / "swift.conf").write_text(_COMMON)
        self._port, *ports = free_ports(1 + len(STORAGE))
        try:
            self._run([sys.executable, "-c", _MAKE_RING, str(self.directory), *map(str, ports)]).wait()
            account_and_user = self.access_key_id.replace(":", "_")
            proxy = _PROXY.format(account_and_user=account_and_user, secret=self.secret_access_key)
            self._serve("proxy", self._port, proxy)
            for server, port in zip(STORAGE, ports, strict=True):
                self._serve(server, port, _STORAGE_SERVER.format(server=server))
            self._wait_until_healthy(ports)
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Kill the servers and remove all that they wrote."""
        for process in self._processes:
            process.kill()
            process.wait()
        self._processes.clear()
        shutil.rmtree(self.directory)

    def _serve(self, server: str, port: int, configuration: str) -> None:
        file = self.directory / f"{server}.conf"
        default = _DEFAULT.format(port=port, directory=self.directory, user=getpass.getuser())
        file.write_text(default + configuration)
        self._processes.append(self._run([str(BIN / f"swift-{server}-server"), str(file)]))

    def _run(self, command: list[str]) -> subprocess.Popen[bytes]:
        with self._log.open("ab") as log:
            return subprocess.Popen(
                [*dies_with_us(), *command],
                cwd=self.directory,
                env={
                    "HOME": str(self.directory),
                    "TMPDIR": str(self.directory),
                    "PATH": os.defpath,
                    "PYTHONWARNINGS": "ignore",
                },
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )

    @property
    def _log(self) -> Path:
        return self.directory / "log"

    def _wait_until_healthy(self, storage_ports: list[int]) -> None:
        deadline = time.monotonic() + START_TIMEOUT_SECS
        urls = [f"{self.endpoint_url}/healthcheck", *(f"http://127.0.0.1:{port}/" for port in storage_ports)]
        while urls and all(process.poll() is None for process in self._processes):
            if _answers(urls[0]):
                urls.pop(0)
            elif time.monotonic() > deadline:
                break
            else:
                time.sleep(0.02)
        if urls:
            raise RuntimeError(f"Swift does not start:\n{self._log.read_text(errors='replace')}")


def _answers(url: str) -> bool:
    try:
        urllib.request.urlopen(url, timeout=5).close()
    except urllib.error.HTTPError:
        return True
    except OSError:
        return False
    return True
