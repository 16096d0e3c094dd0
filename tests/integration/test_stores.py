"""The whole way with a store that is not ours: SeaweedFS, by presigned URL and by bearer token."""

from __future__ import annotations

import hashlib
import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import boto3
import pytest
import yaml
from botocore.config import Config

from direct_access.simulator.embedded import Simulator
from direct_access.simulator.iam.tokens import AUDIENCE
from direct_access.simulator.settings import SimulatorSettings
from tests.stores.seaweedfs import OpenIdProvider, SeaweedFS

from .conftest import Site, site_of

BUCKET = "lab-jobs"


@contextmanager
def seaweedfs_site(tmp_path: Path, storage_type: str) -> Iterator[tuple[Site, SeaweedFS]]:
    """Yield a site whose IAM and API are simulated and whose store is SeaweedFS."""
    port = free_port()
    issuer = f"http://127.0.0.1:{port}/identity"
    with SeaweedFS(open_id=OpenIdProvider(issuer, AUDIENCE, f"{issuer}/keys")) as store:
        s3_client(store).create_bucket(Bucket=BUCKET)
        settings = SimulatorSettings(execute=False, iam_port=port, cos_endpoint=store.endpoint_url)
        with Simulator(tmp_path / "simulator", settings) as simulator:
            site = site_of(simulator, tmp_path, storage_type)
            point_at(site, store, storage_type)
            yield site, store


def free_port() -> int:
    """Return a port that nobody listens on; the store has to know IAM's before IAM starts."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def point_at(site: Site, store: SeaweedFS, storage_type: str) -> None:
    """Rewrite the configuration so that the store is SeaweedFS."""
    path = Path(site.environment["DIRECT_ACCESS_CONFIG"])
    document = yaml.safe_load(path.read_text())
    storage = document["systems"]["simulator"]["storage"]
    storage["endpoint_url"] = store.endpoint_url
    if storage_type == "s3_compatible":
        secret = path.parent / "store-secret"
        secret.write_text(store.secret_access_key)
        secret.chmod(0o600)
        storage.update(bucket=BUCKET, access_key_id=store.access_key_id, secret_access_key_file=str(secret))
    else:
        crn = "crn:v1:bluemix:public:cloud-object-storage:global:a/00aa:11bb:bucket:"
        storage["bucket_crn"] = crn + BUCKET
    path.write_text(yaml.safe_dump(document))


def s3_client(store: SeaweedFS):  # type: ignore[no-untyped-def]
    return boto3.client(
        "s3",
        endpoint_url=store.endpoint_url,
        aws_access_key_id=store.access_key_id,
        aws_secret_access_key=store.secret_access_key,
        region_name="us-east-1",
        config=Config(signature_version="s3v4"),
    )


def keys(store: SeaweedFS) -> list[str]:
    found = s3_client(store).list_objects_v2(Bucket=BUCKET)
    return [entry["Key"] for entry in found.get("Contents", [])]


@pytest.mark.parametrize("storage_type", ["s3_compatible", "ibmcloud_cos"])
def test_a_job_goes_the_whole_way_over_seaweedfs(tmp_path: Path, storage_type: str) -> None:
    with seaweedfs_site(tmp_path, storage_type) as (site, store):
        done = site.run("run", site.job_file())
        assert done.returncode == 0, done.stderr
        assert (site.run_directory / "results.json").exists()
        assert keys(store) == []


def test_objects_are_named_after_their_owner(tmp_path: Path) -> None:
    with seaweedfs_site(tmp_path, "s3_compatible") as (site, store):
        slurm = {"SLURM_CLUSTER_NAME": "hpc", "SLURM_JOB_ID": "4711", "SLURM_RESTART_COUNT": "1"}
        done = site.run("run", "--keep", "all", "-o", "out", site.job_file(), **slurm)
        assert done.returncode == 0, done.stderr
        job_id = json.loads((site.home / "out" / "job.json").read_bytes())["job_id"]
        owner = f"hpc/{os.getuid()}/4711.1"
        assert keys(store) == [f"{owner}/{role}:{job_id}" for role in ("logs", "params", "results")]


def test_a_params_file_arrives_byte_for_byte(site: Site) -> None:
    content = b'{"pubs": [["OPENQASM 3.0; bit[1] c; c[0] = measure $0;"]],\n\t"version":2, "options" : {}}\n'
    (site.home / "exact.json").write_bytes(content)
    job = site.job_file(
        "program_id: sampler\nbackend: ibm_examplesite\ntimeout_secs: 9\nparams: exact.json\n"
    )
    assert site.run("run", "--keep", "all", job).returncode == 0
    name = next(name for name in site.objects() if "/params:" in name)
    stored = site.simulator.store.read(site.simulator.bucket, name)
    assert stored is not None
    sent = (site.run_directory / "params.json").read_bytes()
    assert hashlib.sha256(sent).hexdigest() == hashlib.sha256(content).hexdigest()
    assert site.journal["params"]["sha256"] == hashlib.sha256(content).hexdigest()
    uploaded = boto3.client(
        "s3",
        endpoint_url=site.simulator.store_url,
        aws_access_key_id=site.simulator.access_key_id,
        aws_secret_access_key=site.simulator.secret_access_key,
        region_name="us-east-1",
    ).get_object(Bucket=site.simulator.bucket, Key=name)["Body"]
    assert hashlib.sha256(uploaded.read()).hexdigest() == hashlib.sha256(content).hexdigest()


def test_iam_alone_is_refused_with_s3_compatible_before_anything_is_sent(site: Site) -> None:
    path = Path(site.environment["DIRECT_ACCESS_CONFIG"])
    document = yaml.safe_load(path.read_text())
    storage = document["systems"]["simulator"]["storage"]
    del storage["access_key_id"], storage["secret_access_key_file"]
    path.write_text(yaml.safe_dump(document))
    done = site.run("run", site.job_file())
    assert done.returncode == 78
    assert "presigned" in done.stderr
    assert site.simulator.requests.count() == 0
    assert not site.run_directory.exists()
