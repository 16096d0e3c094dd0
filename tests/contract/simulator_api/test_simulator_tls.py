"""The simulator behind real TLS."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest
import trustme
import urllib3
import yaml

from direct_access.simulator.jobs.scenario import OutcomeRule
from direct_access.simulator.settings import TlsFiles
from tests.contract.simulator_api.client import client_of, object_content
from tests.contract.simulator_api.conftest import StartSimulator
from tests.contract.simulator_api.signed_urls import presigned


@pytest.fixture
def tls(tmp_path: Path) -> TlsFiles:
    """A certificate for 127.0.0.1 and the authority that signed it."""
    authority, files = (
        trustme.CA(),
        TlsFiles(tmp_path / "cert.pem", tmp_path / "key.pem", tmp_path / "ca.pem"),
    )
    leaf = authority.issue_cert("127.0.0.1", "localhost")
    authority.cert_pem.write_to_path(files.authority)
    leaf.cert_chain_pems[0].write_to_path(files.certificate)
    leaf.private_key_pem.write_to_path(files.key)
    return files


def test_all_three_speak_https(start: StartSimulator, tls: TlsFiles) -> None:
    simulator = start(tls=tls)
    http = urllib3.PoolManager(ssl_context=ssl.create_default_context(cafile=tls.authority), retries=False)
    urls = (f"{simulator.iam_url}/identity/keys", f"{simulator.api_url}/version", f"{simulator.store_url}/")
    assert all(url.startswith("https://127.0.0.1:") for url in urls)
    assert [http.request("GET", url).status for url in urls] == [200, 200, 403]


def test_the_system_itself_reads_and_writes_by_presigned_https_urls(
    start: StartSimulator, tls: TlsFiles
) -> None:
    api = client_of(start(tls=tls))
    api.simulator.outcomes.add(OutcomeRule(results_bytes=5 << 20))
    api.submit(storage=presigned(api.simulator))
    assert api.ended_job()["status"] == "Completed"
    assert len(object_content(api.simulator, "results:job") or b"") == 5 << 20


def test_a_client_that_trusts_nobody_else_gets_no_answer(start: StartSimulator, tls: TlsFiles) -> None:
    simulator = start(tls=tls)
    with pytest.raises(urllib3.exceptions.SSLError):
        urllib3.request("GET", f"{simulator.api_url}/version", retries=False)
    assert client_of(simulator).get("/version").status == 200


def test_the_clients_configuration_names_the_authority(
    start: StartSimulator, tls: TlsFiles, tmp_path: Path
) -> None:
    path = start(tls=tls).write_client_configuration(tmp_path / "client")
    assert yaml.safe_load(path.read_text())["systems"]["simulator"]["ca_bundle"] == str(tls.authority)
