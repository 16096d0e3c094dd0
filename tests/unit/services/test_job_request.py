"""The body that is sent, and the one that is shown."""

from direct_access.model.jobs import JobSpec
from direct_access.services.on_prem.handle import make_handle
from direct_access.services.on_prem.job_request import job_request, shown
from direct_access.services.protocol import NewJob

OWNER = "cluster/1000/42.0"


def body(system, spec, storage=None, presign=lambda method, place: f"signed-{method}:{place.name}"):
    handle = make_handle(system, NewJob("j-1", OWNER, storage))
    return job_request(system, handle, spec, presign)


def test_the_body_has_the_fields_of_the_api(s3_system, spec):
    assert set(body(s3_system, spec)) == {"id", "backend", "program_id", "timeout_secs", "storage"}


def test_a_log_level_is_sent_where_one_is_chosen(s3_system):
    assert body(s3_system, JobSpec("sampler", "b", 60, "debug"))["log_level"] == "debug"


def test_the_input_is_signed_for_reading_and_the_rest_for_writing(s3_system, spec):
    assert body(s3_system, spec)["storage"] == {
        "input": {"type": "s3_compatible", "presigned_url": f"signed-GET:site/{OWNER}/params:j-1"},
        "results": {"type": "s3_compatible", "presigned_url": f"signed-PUT:site/{OWNER}/results:j-1"},
        "logs": {"type": "s3_compatible", "presigned_url": f"signed-PUT:site/{OWNER}/logs:j-1"},
    }


def test_storage_on_ibm_cloud_is_written_out_for_each_object(cos_system, spec):
    block = {
        "type": "ibmcloud_cos",
        "region": "us-east",
        "region_type": "regional",
        "bucket_crn": cos_system.storage.bucket_crn,
    }
    assert body(cos_system, spec)["storage"] == {
        "input": {**block, "object_name": f"{OWNER}/params:j-1"},
        "results": {**block, "object_name": f"{OWNER}/results:j-1"},
        "logs": {**block, "object_name": f"{OWNER}/logs:j-1"},
    }


def test_what_is_shown_names_the_place_as_the_service_reaches_it_and_hides_the_signature(s3_system, spec):
    url = body(s3_system, spec, presign=shown)["storage"]["input"]["presigned_url"]
    assert url == f"https://outside.example/lab/site/{OWNER}/params%3Aj-1?***"
