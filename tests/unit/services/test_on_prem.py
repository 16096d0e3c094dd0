"""The service on a simulated system that is really there."""

from __future__ import annotations

import json
import urllib.request
from dataclasses import replace

import pytest

from direct_access.errors import (
    ConfigurationError,
    ConflictError,
    InputError,
    JobVanishedError,
    NotFoundError,
    StoreError,
    TryAgainError,
)
from direct_access.model.jobs import JobStatus
from direct_access.services.protocol import NewJob
from direct_access.simulator.faults.rules import Fault

OWNER = "cluster/1000/42.0"
KINDS = ["s3_compatible", "ibmcloud_cos"]


@pytest.fixture(params=KINDS)
def service(request, open_simulated):
    return open_simulated(request.param)


@pytest.fixture
def running(service, params, simulated_spec):
    """Return the handle of a job that has been accepted and waits."""
    handle = service.plan(NewJob("j-1", OWNER))
    service.stage(handle, params)
    service.submit(handle, simulated_spec)
    return handle


@pytest.fixture
def ended(running, simulator):
    simulator.jobs.release("j-1")
    simulator.wait_for("j-1")
    return running


def names(simulator):
    return sorted(found.key for found in simulator.store.objects(simulator.bucket))


def read_all(download):
    buffer = memoryview(bytearray(1 << 16))
    with download:
        return b"".join(iter(lambda: bytes(buffer[: download.readinto(buffer)]), b""))


def test_the_params_object_is_the_file_byte_for_byte(service, params, simulator):
    handle = service.plan(NewJob("j-1", OWNER))
    service.stage(handle, params)
    service.stage(handle, params)
    path, length = simulator.store.read(simulator.bucket, f"{OWNER}/params:j-1")
    assert path.read_bytes()[:length] == params.read_bytes()


def test_a_job_runs_from_its_params_to_its_results_and_logs(service, ended):
    state = service.status(ended)
    assert state.status is JobStatus.COMPLETED
    results = service.open_results(ended)
    assert results.checksum.algorithm == "md5"
    content = read_all(results)
    assert json.loads(content)
    assert len(content) == results.size
    assert read_all(service.open_results(ended, offset=5)) == content[5:]
    assert read_all(service.open_logs(ended))


def test_the_state_of_a_job_shows_no_presigned_url(service, running):
    assert "X-Amz-" not in json.dumps(dict(service.status(running).document))


def test_submitting_again_finds_the_job_started(service, running, simulated_spec, simulator):
    service.submit(running, simulated_spec)
    assert [job.id for job in service.list()] == ["j-1"]


@pytest.mark.parametrize("fault", [{"reset": True}, {"status": 500}, {"status": 408}])
def test_an_answer_that_is_lost_leaves_one_job(fault, service, params, simulated_spec, simulator):
    simulator.faults.add(Fault(app="api", method="POST", path="/v1/jobs", after_work=True, **fault))
    handle = service.plan(NewJob("j-1", OWNER))
    service.stage(handle, params)
    service.submit(handle, simulated_spec)
    assert len(simulator.requests.entries("api", "POST", "/v1/jobs")) == 1
    assert service.status(handle).status is JobStatus.RUNNING


def test_a_wait_is_told(service, params, simulated_spec, simulator, notices):
    simulator.faults.add(Fault(app="api", method="POST", path="/v1/jobs", status=500))
    handle = service.plan(NewJob("j-1", OWNER))
    service.stage(handle, params)
    service.submit(handle, simulated_spec)
    assert [(notice.reason, notice.next_try_secs is None) for notice in notices] == [
        ("server error", False),
        ("server error", True),
    ]


def test_an_id_that_another_job_has_is_a_conflict(service, running, simulated_spec):
    with pytest.raises(ConflictError, match="timeout_secs is 60 instead of 61"):
        service.submit(running, replace(simulated_spec, timeout_secs=61))


def test_a_job_of_the_same_id_with_other_objects_is_a_conflict(service, running, simulated_spec):
    other = service.plan(NewJob("j-1", "cluster/1000/43.0"))
    with pytest.raises(ConflictError, match="storage"):
        service.submit(other, simulated_spec)


def test_a_paused_backend_takes_no_job_now(service, simulated_spec, simulator):
    simulator.backends.get(simulated_spec.backend).status = "paused"
    handle = service.plan(NewJob("j-1", OWNER))
    with pytest.raises(TryAgainError):
        service.submit(handle, simulated_spec)


def test_a_job_is_cancelled_once(service, running):
    assert service.cancel(running) is True
    assert service.status(running).status is JobStatus.CANCELLED
    assert service.cancel(running) is True  # the first answer may have been lost


def test_a_job_that_has_ended_is_not_cancelled(service, ended):
    assert service.cancel(ended) is False


@pytest.mark.parametrize("ask", ["status", "cancel"])
def test_that_the_server_does_not_know_a_job_is_not_certain_at_once(ask, service):
    handle = service.plan(NewJob("j-2", OWNER))
    with pytest.raises(JobVanishedError, match="says that it does not know job j-2") as first:
        getattr(service, ask)(handle)
    assert first.value.retryable


def test_forgetting_removes_the_job_and_its_objects_and_may_be_repeated(service, ended, simulator):
    assert len(names(simulator)) == 3
    service.forget(ended, job=True, objects=True)
    service.forget(ended, job=True, objects=True)
    assert names(simulator) == []
    assert service.list() == []


def test_the_job_alone_can_be_forgotten(service, ended, simulator):
    service.forget(ended, job=True, objects=False)
    assert len(names(simulator)) == 3
    assert service.list() == []


def test_the_objects_alone_can_be_forgotten(service, ended, simulator):
    service.forget(ended, job=False, objects=True)
    assert names(simulator) == []
    assert len(service.list()) == 1


def test_a_job_that_has_not_ended_keeps_its_record_and_objects(service, running, simulator):
    with pytest.raises(ConflictError) as caught:
        service.forget(running, job=True, objects=True)
    assert caught.value.code == "1337"
    assert names(simulator) == [f"{OWNER}/params:j-1"]


def test_a_job_that_was_left_on_purpose_says_until_when_it_is_collected(service, running, simulator):
    assert service.detached_until(running) is None
    service.mark_detached(running, 1_770_000_000.25)
    service.mark_detached(running, 1_770_086_400.25)
    assert f"{OWNER}/detached:j-1" in names(simulator)
    assert service.detached_until(service.find("j-1")) == 1_770_086_400.25


def test_the_mark_goes_with_the_objects(service, ended, simulator):
    service.mark_detached(ended, 1_770_000_000.0)
    service.forget(ended, job=True, objects=True)
    assert names(simulator) == []


def test_the_mark_may_go_alone(service, ended, simulator):
    service.mark_detached(ended, 1_770_000_000.0)
    service.forget(ended, job=False, objects=False, mark=True)
    assert len(names(simulator)) == 3
    assert service.detached_until(ended) is None


def test_a_mark_without_a_time_is_not_taken_for_none(service, running, simulator, tmp_path):
    (tmp_path / "empty").touch()
    simulator.store.write(simulator.bucket, f"{OWNER}/detached:j-1", tmp_path / "empty")
    with pytest.raises(StoreError, match="until when"):
        service.detached_until(running)


def test_a_job_is_found_by_its_id_with_its_objects(service, ended):
    found = service.find("j-1")
    assert found == ended
    assert read_all(service.open_results(found)) == read_all(service.open_results(ended))


@pytest.mark.parametrize("kind", KINDS)
def test_nothing_that_only_the_sender_of_a_job_calls_his_is_deleted(
    kind, open_simulated, params, simulated_spec, simulator
):
    """A job may name any object as its results: here another user's, which lie in the same bucket."""
    service = open_simulated(kind)
    others = {"results": {"object_name": "cluster/1001/41.0/results:{id}"}}
    handle = service.plan(NewJob("j-1", OWNER, others))
    service.stage(handle, params)
    service.submit(handle, simulated_spec)
    simulator.jobs.release("j-1")
    simulator.wait_for("j-1")
    service.mark_detached(handle, 0.0)
    service.forget(service.find("j-1", OWNER), job=True, objects=True)
    assert service.list() == []
    assert [name.rpartition("/")[2] for name in names(simulator)] == ["detached:j-1", "results:j-1"]


def test_the_params_of_a_job_can_be_deleted_alone(service, ended, simulator):
    service.unstage(service.find("j-1", OWNER))
    service.unstage(ended)
    assert [name.rpartition("/")[2] for name in names(simulator)] == ["logs:j-1", "results:j-1"]


def test_a_job_of_another_kind_of_storage_is_found_but_not_its_objects(
    open_simulated, params, simulated_spec
):
    service = open_simulated("s3_compatible")
    handle = service.plan(NewJob("j-1", OWNER))
    service.stage(handle, params)
    service.submit(handle, simulated_spec)
    other = open_simulated("ibmcloud_cos")
    found = other.find("j-1")
    assert other.cancel(found) is True
    with pytest.raises(NotFoundError, match="not known where the results"):
        other.open_results(found)
    other.forget(found, job=True, objects=True)
    assert other.list() == []


def test_a_job_that_nobody_knows_is_not_found(service):
    with pytest.raises(NotFoundError):
        service.find("j-2")


def test_an_input_that_exists_already_is_used_and_stays(service, params, simulated_spec, simulator):
    simulator.store.write(simulator.bucket, "shared/params.json", params)
    storage = {"input": {"object_name": "shared/params.json"}}
    handle = service.plan(NewJob("j-1", OWNER, storage, external_input=True))
    service.submit(handle, simulated_spec)
    simulator.jobs.release("j-1")
    simulator.wait_for("j-1")
    assert service.status(handle).status is JobStatus.COMPLETED
    service.forget(handle, job=True, objects=True)
    assert names(simulator) == ["shared/params.json"]


def test_an_input_that_should_exist_and_does_not_is_refused_before_the_job_is_sent(
    service, simulated_spec, simulator
):
    storage = {"input": {"object_name": "shared/params.json"}}
    handle = service.plan(NewJob("j-1", OWNER, storage, external_input=True))
    with pytest.raises(InputError, match=r"shared/params\.json does not exist"):
        service.submit(handle, simulated_spec)
    assert simulator.requests.entries("api", "POST") == []


def test_results_that_are_not_there_are_not_found(service, running):
    with pytest.raises(NotFoundError):
        service.open_results(running)
    with pytest.raises(NotFoundError):
        service.open_logs(running)


def test_the_backends_are_described(service, simulator):
    name = simulator.settings.default_backend
    assert name in [backend.name for backend in service.backends.all()]
    assert service.backends.configuration(name)["basis_gates"]
    assert service.backends.properties(name)["qubits"]


def test_version_and_calibration_time_are_one_request(service, simulator):
    name = simulator.settings.default_backend
    facts = service.backends.facts(name)
    assert facts.name == name
    assert facts.version
    assert facts.calibration_time
    assert len(simulator.requests.entries("api")) == 1


def test_a_trivial_job_is_no_more_requests_than_it_needs(service, params, simulated_spec, simulator):
    handle = service.plan(NewJob("j-1", OWNER))
    service.stage(handle, params)
    service.submit(handle, simulated_spec)
    simulator.jobs.release("j-1")
    simulator.wait_for("j-1")
    service.status(handle)
    read_all(service.open_results(handle))
    service.forget(handle, job=True, objects=True, mark=False)
    ours = [
        (entry.app, entry.method)
        for entry in simulator.requests.entries()
        if not (entry.app == "store" and "from the system" in entry.path)
    ]
    assert ours.count(("iam", "POST")) == 1
    assert [method for app, method in ours if app == "api"] == ["POST", "GET", "DELETE"]
    assert ours.count(("store", "DELETE")) == 3


def test_a_dry_run_says_what_would_be_sent_and_sends_nothing(service, simulated_spec, simulator):
    handle = service.plan(NewJob("j-1", OWNER))
    shown = service.describe(handle, simulated_spec)
    assert shown["upload"] == f"{simulator.store_url}/{simulator.bucket}/{OWNER}/params%3Aj-1"
    assert shown["body"]["id"] == "j-1"
    assert simulator.requests.entries() == []


def test_a_store_with_a_key_of_its_own_needs_no_token(open_simulated, params, simulator, tmp_path):
    service = open_simulated("s3_compatible")
    (tmp_path / "secrets" / "api_key").unlink()
    handle = service.plan(NewJob("j-1", OWNER))
    service.stage(handle, params)
    assert simulator.requests.entries("iam") == []


def test_a_key_that_cannot_be_read_is_noticed_when_it_is_needed(open_simulated, tmp_path):
    service = open_simulated("s3_compatible")
    (tmp_path / "secrets" / "api_key").unlink()
    with pytest.raises(ConfigurationError):
        service.backends.all()


@pytest.mark.parametrize(
    ("storage_type", "secret"), [("s3_compatible", "secret"), ("ibmcloud_cos", "api_key")]
)
def test_a_secret_is_read_once(storage_type, secret, open_simulated, params, tmp_path):
    service = open_simulated(storage_type)
    handle = service.plan(NewJob("j-1", OWNER))
    service.stage(handle, params)
    (tmp_path / "secrets" / secret).unlink()
    service.stage(handle, params)


def test_the_urls_that_the_server_gets_work_without_any_header_of_ours(
    open_simulated, params, simulated_spec, simulator
):
    service = open_simulated("s3_compatible")
    handle = service.plan(NewJob("j-1", OWNER))
    service.stage(handle, params)
    service.submit(handle, simulated_spec)
    sent = simulator.jobs.job("j-1").request.storage["input"]["presigned_url"]
    with urllib.request.urlopen(sent) as answer:
        assert answer.read() == params.read_bytes()
