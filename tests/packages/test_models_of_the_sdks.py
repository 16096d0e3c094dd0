"""The SDKs' models that the packages bring along: those of S3, which both can work with, and no others."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from packages.project import ROOT, WHEELS
from packages.tree import make_library

PROGRAM = """
import sys
sys.path[:0] = sys.argv[1:]
from direct_access.clock import ManualClock
from direct_access.config.settings import NetworkSettings
from direct_access.storage import sdk_modules
from direct_access.storage.sdk import S3Client
from direct_access.transport.http import HttpClient

http = HttpClient(NetworkSettings())
for sdk, signature, credentials in (
    (sdk_modules.boto3, "s3v4", {"aws_access_key_id": "A", "aws_secret_access_key": "s"}),
    (sdk_modules.ibm_cos_sdk, "s3v4", {"aws_access_key_id": "A", "aws_secret_access_key": "s"}),
):
    client = S3Client(
        sdk, http, ManualClock(), endpoint_url="https://s3.example", region="r", addressing_style="path",
        signature=signature, credentials=credentials,
    )
    print(client.presigned_url("upload_part", 60, Bucket="b", Key="k", UploadId="u", PartNumber=1)[:27])
    print(sdk().session.__file__.startswith(sys.argv[1]))
"""


@pytest.fixture(scope="module")
def library(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheels of others, laid out as in the .deb and the .rpm."""
    wheels = {path.name.partition("-")[0]: path for path in sorted(WHEELS.glob("*.whl"))}
    if "boto3" not in wheels:
        pytest.skip("needs the wheels that packages/fetch.sh downloads")
    place = tmp_path_factory.mktemp("library") / "lib"
    make_library(place, wheels.values())
    return place


def test_both_sdks_work_with_the_models_that_are_brought_along(library: Path) -> None:
    told = subprocess.run(
        [sys.executable, "-I", "-S", "-c", PROGRAM, str(library), str(ROOT)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert told.stderr == ""
    assert told.stdout.split() == ["https://s3.example/b/k?uplo", "True"] * 2


@pytest.mark.parametrize("core", ["botocore", "ibm_botocore"])
def test_there_are_no_models_of_other_services(library: Path, core: str) -> None:
    data = library / core / "data"
    assert {path.name for path in data.iterdir() if path.is_dir()} == {"s3"}
    assert sum(path.stat().st_size for path in data.rglob("*") if path.is_file()) < 3_000_000


@pytest.mark.parametrize("package", ["boto3", "ibm_boto3"])
def test_there_are_no_models_of_resources(library: Path, package: str) -> None:
    assert not (library / package / "data").exists()
