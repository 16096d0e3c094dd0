"""The simulator as a program, and what it writes for its clients."""

from __future__ import annotations

import re
import shlex
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import urllib3
import yaml

from direct_access.simulator.embedded import Simulator
from direct_access.simulator.settings import SimulatorSettings
from tests.contract.simulator_api.client import client_of
from tests.contract.simulator_api.conftest import StartSimulator

END_SECS = 20


@contextmanager
def program(directory: Path, *options: str) -> Iterator[subprocess.Popen[str]]:
    """Run the program; kill it if it is still there afterwards."""
    command = [sys.executable, "-m", "direct_access.simulator", str(directory), *options]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    with process:
        try:
            yield process
        finally:
            process.kill()


def exported(process: subprocess.Popen[str]) -> Path:
    """Return the path that the program's first line exports."""
    assert process.stdout
    (assignment,) = shlex.split(process.stdout.readline().removeprefix("export "))
    return Path(assignment.removeprefix("DIRECT_ACCESS_CONFIG="))


def test_it_exports_a_configuration_that_reaches_it(tmp_path: Path) -> None:
    with program(tmp_path / "a b", "--no-execute") as process:
        system = yaml.safe_load(exported(process).read_text())["systems"]["simulator"]
        assert urllib3.request("GET", f"{system['url']}/version").status == 200
        api_key = Path(system["api_key_file"]).read_text().strip()
        body = f"grant_type=urn:ibm:params:oauth:grant-type:apikey&apikey={api_key}"
        headers = {"Content-Type": "application/x-www-form-urlencoded"}
        url = f"{system['iam_url']}/identity/token"
        assert urllib3.request("POST", url, body=body, headers=headers).status == 200


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
@pytest.mark.parametrize("execute", [[], ["--no-execute"]], ids=["execute", "invent"])
def test_a_signal_ends_it_well(tmp_path: Path, number: signal.Signals, execute: list[str]) -> None:
    with program(tmp_path, *execute) as process:
        exported(process)
        process.send_signal(number)
        _, talk = process.communicate(timeout=END_SECS)
    assert process.returncode == 0
    assert "Traceback" not in talk


def test_it_says_where_it_listens_and_that_it_is_no_secure_service(tmp_path: Path) -> None:
    with program(tmp_path, "--no-execute") as process:
        exported(process)
        process.terminate()
        _, talk = process.communicate(timeout=END_SECS)
    assert "not a secure service" in talk
    assert re.findall(r"http://([^:/]+):\d+", talk) == ["127.0.0.1"] * 7


def test_a_port_can_be_chosen_and_one_that_is_taken_is_an_error(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        with program(tmp_path, "--no-execute", "--api-port", port) as process:
            _, talk = process.communicate(timeout=END_SECS)
            assert process.returncode != 0
            assert "Address already in use" in talk
    with program(tmp_path, "--no-execute", "--api-port", port) as process:
        exported(process)
        assert urllib3.request("GET", f"http://127.0.0.1:{port}/version").status == 200


def test_the_server_imports_neither_qiskit_nor_numpy(tmp_path: Path) -> None:
    code = f"""
import sys
from pathlib import Path
from direct_access.simulator.embedded import Simulator
with Simulator(Path({str(tmp_path)!r})) as simulator:
    for backend in simulator.backends.all():
        backend.model.configuration, backend.model.properties
heavy = {{"qiskit", "qiskit_aer", "numpy", "urllib3", "botocore", "boto3", "requests"}}
sys.exit(" ".join(heavy & sys.modules.keys()) or 0)
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize("storage_type", ["s3_compatible", "ibmcloud_cos"])
def test_the_clients_configuration_is_private_and_holds_no_secret(
    start: StartSimulator, tmp_path: Path, storage_type: str
) -> None:
    simulator = start()
    path = simulator.write_client_configuration(tmp_path / "client", storage_type)
    assert {entry.stat().st_mode & 0o777 for entry in path.parent.iterdir()} == {0o600}
    assert simulator.api_key not in path.read_text()
    assert simulator.secret_access_key not in path.read_text()
    document = yaml.safe_load(path.read_text())
    system = document["systems"][document["default_system"]]
    assert system["storage"]["type"] == storage_type
    assert (system["url"], system["service_crn"]) == (simulator.api_url, simulator.service_crn)


def test_the_clients_configuration_can_be_written_again(start: StartSimulator, tmp_path: Path) -> None:
    simulator = start()
    paths = {simulator.write_client_configuration(tmp_path / "client") for _ in range(2)}
    assert len(paths) == 1


def test_a_restart_knows_the_bucket_and_its_objects(tmp_path: Path) -> None:
    settings = SimulatorSettings(execute=False)
    with Simulator(tmp_path, settings) as simulator:
        api = client_of(simulator)
        api.submit()
        api.ended_job()
    with Simulator(tmp_path, settings) as simulator:
        keys = [found.key for found in simulator.store.objects(simulator.bucket)]
    assert keys == ["logs:job", "params:job", "results:job"]


def test_a_stopped_simulator_answers_no_connection_that_was_open(start: StartSimulator) -> None:
    api = client_of(start())
    assert api.get("/v1/jobs").status == 200
    api.simulator.stop()
    with pytest.raises(urllib3.exceptions.HTTPError):
        api.get("/v1/jobs")


def test_a_simulator_that_cannot_listen_leaves_nothing_running(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        settings = SimulatorSettings(execute=False, iam_port=0, api_port=taken.getsockname()[1])
        simulator = Simulator(tmp_path, settings)
        with pytest.raises(OSError, match="in use"):
            simulator.start()
    with pytest.raises(urllib3.exceptions.HTTPError):
        urllib3.request("GET", f"{simulator.iam_url}/identity/keys", retries=False)
