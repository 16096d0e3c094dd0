"""The configuration that a simulator writes for our client."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from direct_access.simulator.client_configuration import Access, write_client_configuration

ACCESS = Access(
    iam_url="http://127.0.0.1:1",
    api_url="http://127.0.0.1:2",
    store_url="http://127.0.0.1:3",
    cloud_url="http://127.0.0.1:4/api",
    resource_controller_url="http://127.0.0.1:4/resource-controller",
    global_search_url="http://127.0.0.1:4/global-search",
    global_catalog_url="http://127.0.0.1:4/global-catalog/api/v1",
    service_crn="crn:v1:bluemix:public:quantum-computing:us-east:a/simulator:on-prem::",
    cloud_crn="crn:v1:bluemix:public:quantum-computing:us-east:a/simulator:cloud::",
    api_key="key",
    default_backend="ibm_examplesite",
    bucket="direct-access",
    bucket_crn="crn:v1:bluemix:public:cloud-object-storage:global:a/simulator:simulator:bucket:direct-access",
    region="us-east",
    access_key_id="simulator",
    secret_access_key="secret",
)


def test_a_relative_directory_still_gives_secrets_that_the_client_finds(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    path = write_client_configuration(ACCESS, Path("state/client"))
    system = yaml.safe_load(path.read_text())["systems"]["simulator"]
    for named in (system["api_key_file"], system["storage"]["secret_access_key_file"]):
        assert Path(named).is_absolute()
        assert Path(named).stat().st_mode & 0o077 == 0
