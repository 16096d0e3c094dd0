"""The cloud behind the seam that runs know: exactly one job, whatever happens to answers and processes."""

from __future__ import annotations

import json
import threading

import pytest

from direct_access import errors
from direct_access.clock import ManualClock
from direct_access.config.secret_source import SecretSource
from direct_access.config.settings import System
from direct_access.model.jobs import JobSpec, JobStatus
from direct_access.qiskit_runtime.job_list import JobFilter
from direct_access.retry.repeat import Interrupted, Patience
from direct_access.services.cloud.named_sessions import NamedSessions
from direct_access.services.cloud.service import CloudService
from direct_access.services.cloud.session_names import SessionNames
from direct_access.services.connection import Connection
from direct_access.services.protocol import NewJob
from direct_access.simulator.faults.rules import Fault

from .conftest import PARAMS

POST = {"app": "cloud", "method": "POST", "path": "*/v1/jobs"}
LOST_ANSWERS = {
    "reset": Fault(**POST, after_work=True, reset=True),
    "cut": Fault(**POST, cut_after=5),
    "502": Fault(**POST, after_work=True, status=502, reply="html"),
    "503": Fault(**POST, after_work=True, status=503),
    "524": Fault(**POST, after_work=True, status=524, reply="html"),
}


@pytest.fixture
def clock():
    return ManualClock()


@pytest.fixture
def params(tmp_path):
    file = tmp_path / "params.json"
    file.write_text(json.dumps(PARAMS))
    return file


@pytest.fixture
def open_service(simulator, build, http, authorizer, clock, tmp_path):
    """Return a function that opens the service, as each process does."""

    def make(patience=None):
        patience = patience or Patience(clock)
        client = build(patience=patience)
        system = System("ibm", client.url, simulator.cloud_crn, SecretSource("", None, ()), service="cloud")
        names = SessionNames(tmp_path / "sessions", simulator.cloud_crn)
        connection = Connection(system, http, authorizer, patience)
        return CloudService(connection, client, NamedSessions(client, names, patience))

    return make


@pytest.fixture
def service(open_service):
    return open_service()


@pytest.fixture
def spec_of(backend):
    return lambda **cloud: JobSpec("sampler", backend, 60, "info", cloud)


@pytest.fixture
def submit(service, spec_of, params):
    """Return a function that plans, stages and submits a job, as a run does."""

    def make(own_id="run-1", service=service, **cloud):
        handle = service.plan(NewJob(own_id, "owner", cloud=cloud))
        service.stage(handle, params)
        return service.submit(handle, spec_of(**cloud), params)

    return make


@pytest.fixture
def posts(simulator):
    """Return a function that says how many jobs were sent."""
    return lambda: simulator.requests.count("cloud", "POST", "*/v1/jobs")


@pytest.fixture
def alive(client):
    """Return a function that says which jobs have not ended."""
    return lambda: [job.id for job in client.jobs.all(JobFilter(pending=True))]


def let_end(simulator, job_id):
    simulator.jobs.release(job_id)
    simulator.wait_for(job_id)


def test_a_job_is_accepted_under_the_servers_id(submit, service, client, backend, simulator):
    accepted = submit(tags=["mine"], cost=30, calibration_id="c", runtime="image:tag")
    job = client.jobs.job(accepted.job_id)
    assert job.tags == ("direct-access:run-1", "mine")
    assert (job.cost, job.calibration_id, job.runtime) == (30, "c", "image:tag")
    state = service.status(accepted.handle)
    assert (state.id, state.backend, state.program_id, state.timeout_secs) == (job.id, backend, "sampler", 30)
    assert state.status in (JobStatus.QUEUED, JobStatus.RUNNING)


def test_the_time_limit_is_the_cost_where_nothing_else_is_said(submit, client):
    assert client.jobs.job(submit().job_id).cost == 60


def test_a_job_that_has_ended_tells_what_it_used_and_gives_out_its_objects(submit, service, simulator):
    handle = submit().handle
    with pytest.raises(errors.NotFoundError):
        service.open_results(handle)
    let_end(simulator, handle["id"])
    state = service.status(handle)
    assert state.status is JobStatus.COMPLETED
    assert state.quantum_nanoseconds is not None
    buffer = memoryview(bytearray(1 << 16))
    with service.open_results(handle) as results:
        assert bytes(buffer[: results.readinto(buffer)]).startswith(b"{")
    with service.open_logs(handle) as log:
        assert log.offset == 0


@pytest.mark.parametrize("fault", LOST_ANSWERS)
def test_a_job_whose_answer_is_lost_is_found_by_its_tag_and_not_sent_again(
    fault, submit, simulator, posts, alive
):
    simulator.faults.add(LOST_ANSWERS[fault])
    accepted = submit()
    assert alive() == [accepted.job_id]
    assert posts() == 1


def test_a_job_that_shows_late_is_waited_for(submit, simulator, posts, alive, clock):
    simulator.faults.add(LOST_ANSWERS["reset"])
    simulator.faults.add(
        Fault(
            app="cloud",
            method="GET",
            path="*/v1/jobs",
            body='{"jobs": [], "limit": 10, "offset": 0}',
            times=5,
        )
    )
    accepted = submit()
    assert (alive(), posts()) == ([accepted.job_id], 1)
    assert clock.boottime() > 10


@pytest.mark.parametrize("status", [502, 503])
def test_a_job_that_never_arrived_is_sent_again_after_looking_for_it_for_a_minute(
    status, submit, simulator, posts, alive, clock
):
    simulator.faults.add(Fault(**POST, status=status))
    accepted = submit()
    assert (alive(), posts()) == ([accepted.job_id], 2)
    assert clock.boottime() >= 60


def test_a_job_that_never_left_this_node_is_not_in_doubt(open_service, submit, simulator, clock):
    service = open_service()
    simulator.stop()
    with pytest.raises(errors.UnavailableError):
        submit(service=open_service(Patience(clock, deadline=lambda: 5.0)))
    service.close()


def test_without_the_time_to_look_for_it_a_job_in_doubt_is_not_sent_again(
    open_service, submit, simulator, posts, clock
):
    simulator.faults.add(Fault(**POST, status=502))
    with pytest.raises(errors.WaitEndedError, match="direct-access:run-1"):
        submit(service=open_service(Patience(clock, deadline=lambda: 30.0)))
    assert posts() == 1


def test_a_job_that_was_found_is_not_told_to_be_absent_when_the_server_then_falls_silent(
    open_service, submit, simulator, posts, clock
):
    simulator.faults.add(LOST_ANSWERS["reset"])
    simulator.faults.add(Fault(app="cloud", method="GET", path="*/v1/jobs", status=503, skip=1, times=None))
    with pytest.raises(errors.WaitEndedError, match="direct-access:run-1"):
        submit(service=open_service(Patience(clock, deadline=lambda: 30.0)))
    assert posts() == 1


def test_a_process_that_takes_over_finds_the_job_that_its_predecessor_sent(
    open_service, service, spec_of, params, posts, alive
):
    handle = service.plan(NewJob("run-1", "owner"))
    service.stage(handle, params)
    first = service.submit(handle, spec_of(), params)
    second = open_service().submit(handle, spec_of(), params)
    assert second == first
    assert (alive(), posts()) == ([first.job_id], 1)


def test_a_process_that_takes_over_before_anything_was_sent_sends_it(
    open_service, service, spec_of, params, posts, alive, clock
):
    handle = service.plan(NewJob("run-1", "owner"))
    accepted = open_service().submit(handle, spec_of(), params)
    assert (alive(), posts()) == ([accepted.job_id], 1)
    assert clock.boottime() >= 60


def test_of_two_jobs_of_one_tag_the_older_one_stays(service, spec_of, params, run, alive, simulator):
    handle = service.plan(NewJob("run-1", "owner"))
    older, younger = run(tags=[handle["tag"]]), run(tags=[handle["tag"]])
    assert service.submit(handle, spec_of(), params).job_id == older
    assert alive() == [older]
    assert younger != older


def test_of_two_jobs_of_one_tag_that_have_ended_the_older_one_is_taken(
    service, spec_of, params, ended, posts
):
    handle = service.plan(NewJob("run-1", "owner", cloud={"session": {"name": "vqe"}}))
    older, _ = ended(tags=[handle["tag"]]), ended(tags=[handle["tag"]])
    assert service.submit(handle, spec_of(), params).job_id == older
    assert posts() == 2


def test_a_run_that_is_told_to_stop_sends_nothing(open_service, submit, posts, clock):
    stop = threading.Event()
    stop.set()
    with pytest.raises(Interrupted):
        submit(service=open_service(Patience(clock, stop)))
    assert posts() == 0


def test_a_handle_without_the_servers_id_is_as_good(open_service, service, submit, simulator):
    accepted = submit()
    began_with = {**accepted.handle, "id": None}
    later = open_service()
    assert later.status(began_with).id == accepted.job_id
    assert later.cancel(began_with)
    assert service.status(accepted.handle).status is JobStatus.CANCELLED


def test_a_job_that_never_came_to_be_has_vanished(service):
    handle = service.plan(NewJob("run-1", "owner"))
    for ask in (service.status, service.cancel):
        with pytest.raises(errors.JobVanishedError):
            ask(handle)


def test_cancelling_a_job_that_has_ended_says_so(submit, service, simulator):
    handle = submit().handle
    let_end(simulator, handle["id"])
    assert service.cancel(handle) is False


@pytest.mark.parametrize(
    ("job", "objects", "left"), [(True, True, 0), (True, False, 1), (False, True, 1), (False, False, 1)]
)
def test_job_and_results_are_one_and_stay_if_either_shall(
    job, objects, left, submit, service, simulator, client
):
    handle = submit().handle
    let_end(simulator, handle["id"])
    service.forget(handle, job=job, objects=objects)
    service.forget(handle, job=job, objects=objects)
    assert len(client.jobs.page().jobs) == left


def test_a_job_whose_cancelling_takes_a_moment_is_deleted_when_it_has_ended(
    submit, service, simulator, client
):
    handle = submit().handle
    service.cancel(handle)
    simulator.faults.add(Fault(app="cloud", method="DELETE", path="*/v1/jobs/*", status=400, times=2))
    service.forget(handle, job=True, objects=True)
    assert client.jobs.page().jobs == []


def test_a_job_that_goes_on_running_is_not_deleted(submit, service, client, clock):
    handle = submit(session={}).handle
    with pytest.raises(errors.ConflictError, match="has not ended"):
        service.forget(handle, job=True, objects=True)
    assert len(client.jobs.page().jobs) == 1
    assert clock.boottime() < 10


def test_a_job_that_was_left_on_purpose_says_until_when_by_a_tag(submit, service, client):
    handle = submit(tags=["mine"]).handle
    assert service.detached_until(handle) is None
    service.mark_detached(handle, 1_770_000_000.0)
    service.mark_detached(handle, 1_770_000_100.0)
    assert service.detached_until(handle) == 1_770_000_100.0
    service.forget(handle, job=False, objects=False, mark=True)
    assert client.jobs.job(handle["id"]).tags == ("direct-access:run-1", "mine")


def test_all_tags_that_a_job_file_may_have_leave_room_for_ours(submit, service):
    handle = submit(tags=[f"tag-{number}" for number in range(6)]).handle
    service.mark_detached(handle, 1_770_000_000.0)
    assert service.detached_until(handle) == 1_770_000_000.0


def test_a_job_is_found_by_the_servers_id_and_by_ours(submit, service):
    accepted = submit()
    assert service.find(accepted.job_id)["id"] == service.find("run-1")["id"] == accepted.job_id
    assert service.find(accepted.job_id)["tag"] == "direct-access:run-1"
    with pytest.raises(errors.NotFoundError):
        service.find("nonsense")


def test_jobs_are_listed_oldest_first_and_backends_with_their_queue(submit, service, backend):
    first, second = submit("a").job_id, submit("b").job_id
    assert [state.id for state in service.list()] == [first, second]
    found = {known.name: known for known in service.backends.all()}[backend]
    assert found.status == "online"
    assert "jobs wait" in found.message
    assert service.backends.facts(backend).calibration_time
    assert service.backends.configuration(backend)["n_qubits"] > 1
    assert service.backends.properties(backend)["last_update_date"]


def test_what_would_be_sent_is_described_without_a_request(service, spec_of, simulator):
    handle = service.plan(NewJob("run-1", "owner", cloud={"session": {"name": "vqe"}}))
    told = service.describe(handle, spec_of(private=True))
    assert told["url"] == f"{simulator.cloud_url}/v1/jobs"
    assert told["body"]["tags"] == ["direct-access:run-1"]
    assert (told["body"]["private"], told["session"]) == (True, {"name": "vqe"})
    assert simulator.requests.count("cloud", "*", "*") == 0


def test_a_job_without_params_of_its_own_is_refused(service):
    with pytest.raises(errors.InputError, match="brings its params along"):
        service.plan(NewJob("run-1", "owner", external_input=True))


def test_a_run_of_another_service_is_refused(service):
    with pytest.raises(errors.ConfigurationError, match="was not sent to a system in the cloud"):
        service.status({"id": "j-1", "external_input": False, "objects": {}})


def test_more_tags_than_there_is_room_for_are_refused(service):
    with pytest.raises(errors.InputError, match="7 tags"):
        service.plan(NewJob("run-1", "owner", cloud={"tags": list("abcdefg")}))


def test_an_id_of_any_length_makes_a_tag(service):
    tags = {service.plan(NewJob(name * 256, "owner"))["tag"] for name in "ab"}
    assert len(tags) == 2
    assert all(len(tag) <= 86 for tag in tags)


class TestSessions:
    """Sessions by name."""

    @pytest.fixture
    def session_of(self, client):
        """Return a function from a job to its session."""
        return lambda accepted: client.sessions.session(client.jobs.job(accepted.job_id).session_id)

    def test_jobs_of_one_name_share_a_session(self, submit, session_of):
        first = submit("a", session={"name": "vqe", "mode": "dedicated", "max_ttl": 600})
        second = submit("b", session={"name": "vqe"})
        session = session_of(first)
        assert session_of(second).id == session.id
        assert (session.mode, session.max_ttl) == ("dedicated", 600)

    def test_a_session_without_a_name_is_the_runs_own(self, submit, session_of):
        assert session_of(submit("a", session={})).id != session_of(submit("b", session={})).id

    def test_a_session_that_exists_is_used_and_never_closed(
        self, submit, service, client, session_of, backend
    ):
        known = client.sessions.create("batch", backend=backend)
        accepted = submit("a", session_id=known.id)
        assert session_of(accepted).id == known.id
        service.cancel(accepted.handle)
        service.forget(accepted.handle, job=True, objects=True)
        assert client.sessions.session(known.id).takes_jobs

    def test_the_end_of_the_last_run_closes_it(self, submit, service, client, session_of):
        first, second = (submit(name, session={"name": "vqe"}) for name in "ab")
        session_id = session_of(first).id
        for accepted, state in ((first, True), (second, False)):
            service.cancel(accepted.handle)
            service.forget(accepted.handle, job=True, objects=True)
            assert client.sessions.session(session_id).takes_jobs is state

    def test_it_is_closed_whatever_is_kept(self, submit, service, client, session_of):
        accepted = submit("a", session={})
        service.cancel(accepted.handle)
        service.forget(accepted.handle, job=False, objects=False, mark=False)
        assert session_of(accepted).state == "closed"

    def test_it_stays_open_for_the_next_run_where_the_job_file_says_so(
        self, submit, service, client, session_of
    ):
        first = submit("a", session={"name": "vqe", "close": False})
        session_id = session_of(first).id
        service.cancel(first.handle)
        service.forget(first.handle, job=True, objects=True)
        second = submit("b", session={"name": "vqe"})
        assert session_of(second).id == session_id

    def test_one_that_was_closed_meanwhile_is_replaced(self, submit, client, session_of, alive):
        first = submit("a", session={"name": "vqe"})
        client.sessions.close(session_of(first).id)
        second = submit("b", session={"name": "vqe"})
        assert session_of(second).id != session_of(first).id
        assert second.job_id in alive()

    def test_one_that_closes_between_looking_and_sending_is_replaced(
        self, submit, session_of, simulator, posts
    ):
        first = submit("a", session={"name": "vqe"})
        simulator.faults.add(Fault(**POST, status=400, code="4001"))
        second = submit("b", session={"name": "vqe"})
        assert session_of(second).id != session_of(first).id

    def test_two_that_create_it_at_once_end_up_in_one(self, submit, client, session_of, tmp_path, simulator):
        names = SessionNames(tmp_path / "sessions", simulator.cloud_crn)
        created = client.sessions.create("batch")
        assert names.add("vqe", created.id) == created.id
        assert names.add("vqe", "another") == created.id
        assert session_of(submit("a", session={"name": "vqe"})).id == created.id

    def test_where_the_name_cannot_be_written_a_run_has_a_session_of_its_own(
        self, submit, service, session_of, tmp_path
    ):
        (tmp_path / "sessions").write_text("in the way")
        first, second = (submit(name, session={"name": "vqe"}) for name in "ab")
        assert session_of(first).id != session_of(second).id
        service.cancel(first.handle)
        service.forget(first.handle, job=False, objects=False)
        assert session_of(first).state == "closed"
