import pytest

from direct_access.errors import ProtocolError
from direct_access.model.jobs import JobStatus, parse_job

RUNNING = {
    "id": "job-1",
    "backend": "ibm_examplesite",
    "program_id": "sampler",
    "status": "Running",
    "created_time": "2026-11-21T10:00:00.000000Z",
    "storage": {
        "input": {"type": "s3_compatible", "presigned_url": "https://u:p@s3.lab/b/in%3A1?X-Amz-Signature=5e"},
        "results": {"type": "ibmcloud_cos", "bucket_crn": "crn:…", "object_name": "results:job-1"},
    },
}


def job(**changes):
    return parse_job({**RUNNING, **changes})


def test_a_running_job_is_read():
    state = job(timeout_secs=600)
    assert (state.id, state.backend, state.program_id) == ("job-1", "ibm_examplesite", "sampler")
    assert (state.status, state.timeout_secs) == (JobStatus.RUNNING, 600)
    assert state.end_time is None
    assert not state.status.is_final


def test_a_failed_job_tells_its_reason():
    state = job(status="Failed", reason_code=1517, reason_message="too wide", reason_solution="use less")
    assert state.status.is_final
    assert (state.reason_code, state.reason_message, state.reason_solution) == (1517, "too wide", "use less")


def test_a_reason_code_may_be_written_as_text():
    assert job(status="Failed", reason_code="1517").reason_code == 1517


def test_cancelled_because_it_ran_too_long_is_cancelled_with_that_reason():
    state = job(status="Cancelled - Ran too long")
    assert state.status is JobStatus.CANCELLED
    assert state.reason_message == "Ran too long"


def test_the_servers_own_reason_is_kept_for_a_job_that_ran_too_long():
    state = job(status="Cancelled - Ran too long", reason_message="600 s are over", reason_code=1305)
    assert (state.reason_message, state.reason_code) == ("600 s are over", 1305)


@pytest.mark.parametrize("status", ["Pending", "RUNNING", ""])
def test_an_unknown_status_is_a_protocol_error(status):
    with pytest.raises(ProtocolError):
        job(status=status)


def test_the_error_about_an_unknown_status_names_job_and_status():
    with pytest.raises(ProtocolError, match="job-1 has the status 'Paused'") as caught:
        job(status="Paused")
    assert caught.value.subject == "job-1"


@pytest.mark.parametrize("name", ["id", "backend", "program_id", "status"])
def test_a_job_without_what_every_job_has_is_a_protocol_error(name):
    with pytest.raises(ProtocolError, match=f"without {name}"):
        job(**{name: None})


def test_usage_tells_the_quantum_time():
    assert job(usage={"quantum_nanoseconds": 12}).quantum_nanoseconds == 12


def test_metrics_tell_the_quantum_time_where_usage_does_not():
    state = job(usage={}, metrics={"circuits_execution_time_ns": 34, "timestamps": {"created": "…"}})
    assert state.quantum_nanoseconds == 34


@pytest.mark.parametrize(
    "nothing", [None, [], "", {"quantum_nanoseconds": None}, {"quantum_nanoseconds": True}]
)
def test_a_job_without_usage_has_no_quantum_time(nothing):
    assert job(usage=nothing).quantum_nanoseconds is None


def test_unknown_fields_are_kept_in_the_document():
    assert job(lane={"number": 3}).document["lane"] == {"number": 3}


def test_the_document_shows_no_presigned_url():
    assert job().document["storage"]["input"]["presigned_url"] == "***"


def test_a_reason_that_names_a_presigned_url_does_not_show_its_signature():
    state = job(reason_message="cannot read https://s3.lab/b/o?X-Amz-Signature=5e", reason_solution="x")
    assert state.reason_message == "cannot read https://s3.lab/b/o?***"


def test_a_presigned_url_is_known_by_its_place_only():
    reference = job().storage["input"]
    assert reference.location == "https://s3.lab/b/in%3A1"
    assert "5e" not in repr(job())


def test_an_echoed_object_name_is_read():
    reference = job().storage["results"]
    assert (reference.type, reference.object_name) == ("ibmcloud_cos", "results:job-1")


@pytest.mark.parametrize("storage", [None, [], {}, {"input": None}, {"input": "elsewhere"}])
def test_storage_that_is_missing_or_null_is_no_storage(storage):
    assert job(storage=storage).storage == {}


@pytest.mark.parametrize("url", ["http://[::1", "http://[::1]@[/a"])
def test_a_presigned_url_that_is_no_url_has_no_place(url):
    storage = {"input": {"type": "s3_compatible", "presigned_url": url}}
    assert job(storage=storage).storage["input"].location is None
