"""Where the objects of a job go: names, inheritance, and what is refused before any request."""

import json
from dataclasses import replace

import pytest

from direct_access.errors import ConfigurationError, InputError, NotFoundError
from direct_access.services.on_prem.handle import OnPremHandle, make_handle, placement, renamed
from direct_access.services.protocol import NewJob

OWNER = "cluster/1000/42.0"
OTHER_CRN = "crn:v1:bluemix:public:cloud-object-storage:global:a/00aa:22cc:bucket:other"
API_EXAMPLE = {
    role: {
        "type": "ibmcloud_cos",
        "region": "us-east",
        "region_type": "regional",
        "bucket_crn": OTHER_CRN,
        "object_name": f"{word}:j-1",
    }
    for role, word in (("input", "params"), ("results", "results"), ("logs", "logs"))
}


def handle(system, storage=None, external=False):
    return make_handle(system, NewJob("j-1", OWNER, storage, external))


def placed(system, storage=None, role="results", external=False):
    return placement(system, handle(system, storage, external), role)


def test_without_a_word_in_the_job_file_the_systems_storage_is_used(s3_system):
    place = placed(s3_system)
    assert place.name == "site/cluster/1000/42.0/results:j-1"
    assert place.storage == s3_system.storage


def test_a_handle_survives_json(s3_system):
    made = handle(s3_system, {"bucket": "mine"})
    assert OnPremHandle.of(json.loads(json.dumps(made.to_json()))) == made


def test_a_handle_of_another_service_is_refused():
    with pytest.raises(ConfigurationError, match="was not sent to a system on the premises"):
        OnPremHandle.of({"id": None, "tag": "direct-access:j-1"})


def test_a_handle_holds_nothing_of_the_configuration(s3_system):
    text = json.dumps(handle(s3_system).to_json())
    for secret in ("inside", "outside", "lab", "AKID", "nonexistent", "crn:"):
        assert secret not in text


def test_keys_of_the_job_file_refine_the_systems_for_all_objects(s3_system):
    for role in ("input", "results", "logs"):
        place = placed(s3_system, {"bucket": "mine"}, role)
        assert (place.storage.bucket, place.storage.endpoint_url) == ("mine", "https://inside:9000")
        assert place.storage.access_key_id == "AKID"


def test_keys_of_one_object_count_for_that_object(s3_system):
    storage = {"bucket": "mine", "results": {"bucket": "results-only"}}
    assert placed(s3_system, storage, "results").storage.bucket == "results-only"
    assert placed(s3_system, storage, "logs").storage.bucket == "mine"


def test_another_endpoint_of_ours_is_the_services_too_unless_told(s3_system):
    alone = placed(s3_system, {"endpoint_url": "https://new"}).storage
    assert (alone.endpoint_url, alone.service_endpoint_url) == ("https://new", None)
    both = placed(s3_system, {"endpoint_url": "https://new", "service_endpoint_url": "https://seen"}).storage
    assert both.service_endpoint_url == "https://seen"


def test_a_type_other_than_the_systems_takes_nothing_from_it_but_prefix_and_expiry(s3_system):
    storage = {"type": "ibmcloud_cos", "bucket_crn": OTHER_CRN, "region": "eu-de", "region_type": "regional"}
    chosen = placed(s3_system, storage).storage
    assert (chosen.bucket_crn, chosen.endpoint_url, chosen.access_key_id) == (OTHER_CRN, None, None)
    assert (chosen.prefix, chosen.url_expiry_secs) == ("site", 604_800)


def test_an_object_of_another_type_inherits_from_the_system_alone(s3_system):
    cos = {"type": "ibmcloud_cos", "bucket_crn": OTHER_CRN, "region": "eu-de", "region_type": "regional"}
    storage = {**cos, "logs": {"type": "s3_compatible"}}
    assert placed(s3_system, storage, "input").storage.region == "eu-de"
    assert placed(s3_system, storage, "logs").storage == s3_system.storage


def test_the_example_of_the_api_is_placed_as_it_says(s3_system):
    for role, block in API_EXAMPLE.items():
        place = placed(s3_system, API_EXAMPLE, role)
        assert (place.name, place.storage.bucket_crn) == (block["object_name"], OTHER_CRN)


def test_a_chosen_name_has_the_id_in_place_of_its_placeholder_and_no_prefix(s3_system):
    storage = {"results": {"object_name": "out/{id}.json"}}
    assert placed(s3_system, storage).name == "out/j-1.json"


def test_a_chosen_name_that_all_jobs_would_share_is_refused(s3_system):
    with pytest.raises(InputError, match="same object for every job") as caught:
        handle(s3_system, {"results": {"object_name": "out.json"}})
    assert caught.value.subject == "storage.results.object_name"


def test_an_input_that_exists_already_may_have_any_name(s3_system):
    storage = {"input": {"object_name": "shared/params.json"}}
    assert placed(s3_system, storage, "input", external=True).name == "shared/params.json"


def test_an_input_that_exists_already_must_be_named(s3_system):
    with pytest.raises(InputError, match="neither pubs nor params"):
        handle(s3_system, external=True)


def test_two_objects_cannot_share_a_name(s3_system):
    storage = {"results": {"object_name": "{id}"}, "logs": {"object_name": "{id}"}}
    with pytest.raises(InputError, match="same name"):
        handle(s3_system, storage)


def test_an_object_cannot_have_the_name_of_the_mark(s3_system):
    with pytest.raises(InputError, match="name of an object of ours"):
        handle(s3_system, {"results": {"object_name": "detached:{id}"}})


def test_two_objects_may_share_a_name_in_different_buckets(s3_system):
    storage = {"results": {"object_name": "{id}"}, "logs": {"object_name": "{id}", "bucket": "logs"}}
    assert placed(s3_system, storage, "logs").storage.bucket == "logs"


@pytest.mark.parametrize("name", ["../{id}", "{id}\n", "{id}" + "x" * 1024])
def test_what_cannot_name_an_object_is_refused(name, s3_system):
    with pytest.raises(InputError):
        handle(s3_system, {"results": {"object_name": name}})


def test_iam_credentials_alone_are_refused_for_s3_compatible_storage_with_the_reason(build_system, s3_system):
    system = build_system(replace(s3_system.storage, access_key_id=None, secret_access_key=None))
    with pytest.raises(ConfigurationError, match="IAM API key alone cannot presign") as caught:
        handle(system)
    assert "ibmcloud_cos" in caught.value.advice


def test_a_job_file_cannot_bring_s3_compatible_storage_without_a_configured_key(cos_system):
    storage = {"type": "s3_compatible", "bucket": "b", "endpoint_url": "https://s3"}
    with pytest.raises(ConfigurationError, match="IAM API key alone cannot presign"):
        handle(cos_system, storage)


@pytest.mark.parametrize(
    ("storage", "said", "subject"),
    [
        ({"type": "ibmcloud_cos", "region": "eu-de"}, "needs bucket_crn and region_type", "bucket_crn"),
        ({"bucket_crn": OTHER_CRN}, "bucket_crn does not belong to type s3_compatible", "bucket_crn"),
        ({"type": "swift"}, "allowed: ibmcloud_cos, s3_compatible", "type"),
        ({"presigned_url": "https://x"}, "presigned_url does not belong", "presigned_url"),
        ({"access_key_id": "x"}, "access_key_id does not belong", "access_key_id"),
    ],
)
def test_a_wrong_storage_in_the_job_file_is_an_input_error(storage, said, subject, s3_system):
    with pytest.raises(InputError, match=said) as caught:
        handle(s3_system, storage)
    assert caught.value.subject == f"storage.input.{subject}"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"bucket_crn": OTHER_CRN.rpartition(":")[0]}, "cut by the shell"),
        ({"region": "ams03"}, "is single-site, not regional"),
        ({"region": "evil.example/"}, "is not a known location"),
    ],
)
def test_a_place_on_ibm_cloud_that_cannot_be_is_an_input_error(change, said, cos_system):
    with pytest.raises(InputError, match=said):
        handle(cos_system, change)


def test_a_system_without_storage_is_a_matter_of_configuration(build_system):
    with pytest.raises(ConfigurationError, match="storage"):
        handle(build_system(None))


def test_a_job_file_may_bring_the_whole_storage(build_system):
    assert placed(build_system(None), API_EXAMPLE).storage.region == "us-east"


def test_an_object_that_the_handle_does_not_know_is_not_found(s3_system):
    with pytest.raises(NotFoundError, match="not known where the logs of job j-1 lie"):
        placement(s3_system, OnPremHandle("j-1", external_input=False, objects={}), "logs")


def test_a_new_job_has_objects_of_its_own_and_shares_an_input_that_is_not_ours(s3_system):
    again = renamed(handle(s3_system), "j-2")
    assert again == make_handle(s3_system, NewJob("j-2", OWNER))
    storage = {"input": {"object_name": "shared/j-1.json"}}
    external = renamed(handle(s3_system, storage, external=True), "j-2")
    assert placement(s3_system, external, "input").name == "shared/j-1.json"
    assert placement(s3_system, external, "results").name.endswith("results:j-2")
