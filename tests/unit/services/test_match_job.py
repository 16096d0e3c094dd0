"""What the storage that a job object echoes tells."""

import pytest

from direct_access.errors import NotFoundError
from direct_access.model.jobs import JobSpec, parse_job
from direct_access.services.on_prem.handle import OnPremHandle, make_handle, placement
from direct_access.services.on_prem.job_request import job_request
from direct_access.services.on_prem.match_job import differences, handle_of
from direct_access.services.protocol import NewJob

OWNER = "cluster/1000/42.0"


def sign(method, place):
    return f"https://outside.example/lab/{place.name.replace(':', '%3A')}?X-Amz-Signature=5ecret"


def echo(system, spec, **changes):
    """Return what a server that was sent our request says of the job."""
    handle = make_handle(system, NewJob("j-1", OWNER))
    document = {**job_request(system, handle, spec, sign), "status": "Running", **changes}
    return parse_job(document), handle


@pytest.mark.parametrize("kind", ["s3_system", "cos_system"])
def test_a_job_that_was_sent_by_us_does_not_differ(kind, request, spec):
    system = request.getfixturevalue(kind)
    state, handle = echo(system, spec)
    assert differences(state, system, handle, spec) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"backend": "ibm_b"}, "backend is ibm_b instead of ibm_examplesite"),
        ({"program_id": "estimator"}, "program_id is estimator instead of sampler"),
        ({"timeout_secs": 60}, "timeout_secs is 60 instead of 600"),
    ],
)
def test_a_job_with_another_field_is_another_job(change, said, s3_system, spec):
    state, handle = echo(s3_system, spec, **change)
    assert differences(state, s3_system, handle, spec) == [said]


@pytest.mark.parametrize(
    "url", ["https://outside.example/lab/site/other/results%3Aj-1?x", "https://elsewhere.example/lab/r?x"]
)
def test_a_job_that_writes_elsewhere_is_another_job(url, s3_system, spec):
    storage = {"results": {"type": "s3_compatible", "presigned_url": url}}
    state, handle = echo(s3_system, spec, storage=storage)
    assert len(differences(state, s3_system, handle, spec)) == 1


def test_what_the_server_does_not_tell_does_not_differ(s3_system, spec):
    state, handle = echo(s3_system, spec, timeout_secs=None, storage=None)
    assert differences(state, s3_system, handle, spec) == []


@pytest.mark.parametrize("kind", ["s3_system", "cos_system"])
def test_a_handle_made_of_the_echo_finds_the_objects_again(kind, request, spec):
    system = request.getfixturevalue(kind)
    state, handle = echo(system, spec)
    found = handle_of(state, system)
    assert found == handle


def test_objects_in_a_bucket_on_ibm_cloud_that_is_not_the_systems_are_found_too(cos_system, s3_system, spec):
    state, _ = echo(cos_system, spec)
    place = placement(s3_system, handle_of(state, s3_system), "results")
    assert place.storage.bucket_crn == cos_system.storage.bucket_crn
    assert place.storage.region == "us-east"


def test_objects_in_a_store_that_is_not_configured_are_left_out(s3_system, cos_system, spec):
    state, _ = echo(s3_system, spec)
    found = handle_of(state, cos_system)
    assert found.objects == {}
    with pytest.raises(NotFoundError) as caught:
        placement(cos_system, found, "results")
    assert "not configured for this system" in caught.value.advice


@pytest.mark.parametrize("name", ["params:j-1", "shared/params.json"])
def test_an_input_that_is_not_called_as_we_call_it_is_not_ours_to_delete(name, cos_system, spec):
    state, _ = echo(cos_system, spec)
    block = {**state.document["storage"]["input"], "object_name": name}
    other, _ = echo(cos_system, spec, storage={"input": block})
    assert handle_of(other, cos_system).external_input is True


FOREIGN = [
    "cluster/1001/41.0/results:j-2",  # another user's results
    "cluster/1000/42.0/results:j-2",  # another job's
    "cluster/1000/42.0/logs:j-1",
    "other-cluster/1000/42.0/results:j-1",
    "1cluster/1000/42.0/results:j-1",
    "cluster/1000/42.0/x/results:j-1",
    "results:j-1",
    "thesis.pdf",
]


@pytest.mark.parametrize("name", FOREIGN)
def test_of_an_owners_job_only_what_is_called_as_his_objects_are_is_known(name, cos_system, spec):
    sent, _ = echo(cos_system, spec)
    block = {**sent.document["storage"]["results"], "object_name": name}
    state, _ = echo(cos_system, spec, storage={**sent.document["storage"], "results": block})
    assert handle_of(state, cos_system).objects.keys() == {"input", "results", "logs"}
    assert handle_of(state, cos_system, OWNER).objects.keys() == {"input", "logs"}


@pytest.mark.parametrize("kind", ["s3_system", "cos_system"])
def test_all_objects_that_are_called_as_the_owners_are_known(kind, request, spec):
    state, handle = echo(request.getfixturevalue(kind), spec)
    assert handle_of(state, request.getfixturevalue(kind), OWNER) == handle


def test_a_job_that_tells_no_storage_has_a_handle_all_the_same(s3_system):
    state = parse_job(
        {"id": "j-1", "backend": "b", "program_id": "sampler", "status": "Failed", "storage": None}
    )
    assert handle_of(state, s3_system) == OnPremHandle("j-1", external_input=True, objects={})


def test_a_spec_has_no_part_in_the_echo_but_its_fields(s3_system):
    spec = JobSpec("estimator", "ibm_b", 5, "debug")
    state, handle = echo(s3_system, spec)
    assert differences(state, s3_system, handle, spec) == []
