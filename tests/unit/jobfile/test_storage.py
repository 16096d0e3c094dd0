"""The job file's storage: shapes, CRNs that were cut, and names that all jobs would share."""

from __future__ import annotations

import json
from typing import Any

import pytest

CRN = "crn:v1:bluemix:public:cloud-object-storage:global:a/abc:def:bucket:lab"


def text(storage: Any, **more: Any) -> str:
    pubs = [{"circuit": "bell.qasm"}]
    return json.dumps({"program_id": "sampler", "pubs": pubs, "storage": storage, **more})


@pytest.mark.parametrize(
    "storage",
    [
        {},
        {"type": "ibmcloud_cos", "bucket_crn": CRN, "region": "us-east", "region_type": "regional"},
        {"type": "s3_compatible", "bucket": "b", "region": "eu1", "endpoint_url": "https://s3.example:9000"},
        {"bucket": "b", "service_endpoint_url": "http://10.0.0.1:8333/path"},
        {"type": "ibmcloud_cos", "input": {"type": "s3_compatible", "bucket": "b"}},
        {"results": {"object_name": "out/results-{id}.json"}, "logs": {"object_name": "logs:{id}"}},
    ],
)
def test_storage_is_handed_on_as_written(jobs: Any, storage: Any) -> None:
    job = jobs.load(text(storage))
    assert (job.storage, job.warnings) == (storage, ())


def test_the_id_of_the_job_file_may_stand_in_for_its_pattern(jobs: Any) -> None:
    job = jobs.load(text({"results": {"object_name": "results:abc"}}, id="abc"))
    assert job.storage["results"]["object_name"] == "results:abc"


@pytest.mark.parametrize("role", ["input", "results", "logs"])
def test_a_name_that_all_jobs_would_share_is_refused(jobs: Any, role: str) -> None:
    found = jobs.error(text({role: {"object_name": "constant"}}))
    assert f"storage.{role}.object_name: 'constant' would be the same object for every job" in found
    assert "{id}" in found


@pytest.mark.parametrize("name", ["", "x" * 1025, "a\n{id}", "\u0001{id}", "{id}\u007f"])
def test_a_name_that_no_store_takes_is_refused(jobs: Any, name: str) -> None:
    found = jobs.error(text({"logs": {"object_name": name}}))
    assert "1 to 1024 characters without control characters" in found


@pytest.mark.parametrize("fields", range(2, 10))
def test_a_crn_that_the_shell_cut_is_refused(jobs: Any, fields: int) -> None:
    cut = ":".join(CRN.split(":")[:fields])
    found = jobs.error(text({"type": "ibmcloud_cos", "bucket_crn": cut}))
    assert "was it cut by the shell? Quote it" in found


@pytest.mark.parametrize("crn", ["lab", f"{CRN[:-3]}", "crn:v1:bluemix:public:kms:global:a/abc:def:key:x"])
def test_a_crn_of_anything_else_is_refused(jobs: Any, crn: str) -> None:
    assert "storage.input.bucket_crn" in jobs.error(text({"input": {"bucket_crn": crn}}))


@pytest.mark.parametrize(
    ("storage", "found"),
    [
        ({"type": "ibmcloud_cos", "bucket": "b"}, "bucket: belongs to type: s3_compatible"),
        ({"type": "s3_compatible", "bucket_crn": CRN}, "bucket_crn: belongs to type: ibmcloud_cos"),
        ({"type": "s3_compatible", "logs": {"region_type": "regional"}}, "logs.region_type: belongs to type"),
        ({"type": "file_system"}, "allowed: ibmcloud_cos or s3_compatible"),
        ({"region_type": "region"}, "did you mean regional?"),
        ({"bucket_cm": "x"}, "did you mean bucket_crn?"),
        ({"object_name": "a{id}"}, "allowed: object_name below input, results or logs"),
        ({"result": {}}, "did you mean results?"),
        ({"endpoint_url": "s3.example"}, "allowed: a URL such as https://"),
        ({"endpoint_url": "ftp://s3.example"}, "allowed: a URL such as https://"),
        (
            {"input": {"presigned_url": "https://s/b?X-Amz-Signature=abc"}},
            "presigned_url: a value that is not shown; allowed: no presigned URL",
        ),
    ],
)
def test_other_shapes_are_refused(jobs: Any, storage: Any, found: str) -> None:
    error = jobs.error(text(storage))
    assert found in error
    assert "Signature" not in error


@pytest.mark.parametrize("url", ["https://user:hunter2@s3.example", "https://s3.example/?key=hunter2"])
def test_a_secret_in_a_url_is_refused_without_being_shown(jobs: Any, url: str) -> None:
    assert "hunter2" not in jobs.error(text({"endpoint_url": url}))


@pytest.mark.parametrize("name", ["access_key_id", "secret_access_key"])
def test_credentials_do_not_belong_into_a_job_file_and_are_not_shown(jobs: Any, name: str) -> None:
    found = jobs.error(text({name: "hunter2"}))
    assert "belong into the configuration" in found
    assert "hunter2" not in found


def test_a_region_with_digits_is_a_warning_for_ibm_cloud(jobs: Any) -> None:
    (warning,) = jobs.warnings(
        text({"type": "ibmcloud_cos", "region": "ams03", "region_type": "single-site"})
    )
    assert "storage.region: 'ams03' has other characters" in warning
