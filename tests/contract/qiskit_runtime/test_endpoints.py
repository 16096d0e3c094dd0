"""Every endpoint, answered by a service that keeps the contract."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from direct_access import errors
from direct_access.model.jobs import JobStatus
from direct_access.qiskit_runtime.job_list import JobFilter
from direct_access.qiskit_runtime.workloads import WorkloadFilter
from direct_access.simulator.faults.rules import Fault

VERSIONS = ["2025-05-01", "2026-02-01", "2026-02-15", "2026-03-15", "2026-04-15"]


def test_versions_are_told(client):
    assert {version.version for version in client.versions()} >= set(VERSIONS)


def test_a_job_is_accepted_with_an_id_of_the_servers(client, run, backend):
    job = client.jobs.job(run(tags=["mine"], cost=60, private=False))
    assert job.status in (JobStatus.QUEUED, JobStatus.RUNNING)
    assert (job.backend, job.program_id, job.tags, job.cost) == (backend, "sampler", ("mine",), 60)
    assert job.created


def test_the_second_job_of_one_lane_is_queued(client, run):
    run()
    assert client.jobs.job(run()).status is JobStatus.QUEUED


def test_params_are_told_when_they_are_wanted(client, run):
    job_id = run()
    assert "params" not in client.jobs.job(job_id).document
    assert client.jobs.job(job_id, exclude_params=False).document["params"]["version"] == 2


@pytest.mark.parametrize("version", VERSIONS)
def test_a_job_that_has_ended_is_read_in_every_version(version, build, ended):
    job_id = ended()
    client = build(api_version=version)
    job = client.jobs.job(job_id)
    assert job.status is JobStatus.COMPLETED
    assert job.usage.seconds >= 0
    metrics = client.jobs.metrics(job_id)
    assert metrics.usage.seconds >= 0
    assert metrics.finished
    assert (metrics.circuits_execution_time_ns is None) == (version < "2026-03-15")


@pytest.mark.parametrize("version", VERSIONS)
def test_backends_are_read_in_every_version(version, build, backend):
    assert backend in [found.name for found in build(api_version=version).backends.all(wait_time=True)]


def test_there_are_no_results_before_the_end_and_then_there_are(client, run, simulator):
    job_id = run()
    assert client.jobs.results(job_id) is None
    simulator.jobs.release(job_id)
    simulator.wait_for(job_id)
    with client.jobs.results(job_id) as stream:
        assert json.loads(stream.read())


def test_the_results_of_a_private_job_are_read_once(client, ended):
    job_id = ended(private=True)
    assert client.jobs.job(job_id).private
    client.jobs.results(job_id).read()
    with pytest.raises(errors.NotFoundError) as caught:
        client.jobs.results(job_id)
    assert "read before" in (caught.value.advice or "") + caught.value.message


def test_a_log_is_read_once_there_is_one(client, run, simulator):
    job_id = run(log_level="debug")
    with pytest.raises(errors.NotFoundError):
        client.jobs.logs(job_id)
    simulator.jobs.release(job_id)
    simulator.wait_for(job_id)
    with client.jobs.logs(job_id) as log:
        assert isinstance(log.read(), bytes)


def test_jobs_are_filtered_sorted_and_paged(client, ended, run):
    first, second = ended(tags=["a", "b"]), run(tags=["b"])
    assert [job.id for job in client.jobs.all(page_size=1)] == [second, first]
    assert [job.id for job in client.jobs.all(JobFilter(sort="ASC"), page_size=1)] == [first, second]
    assert [job.id for job in client.jobs.page(JobFilter(tags=["a"])).jobs] == [first]
    assert [job.id for job in client.jobs.page(JobFilter(pending=True)).jobs] == [second]
    assert client.jobs.page(JobFilter(program="estimator")).jobs == []
    assert client.jobs.page(JobFilter(created_before="2020-01-01T00:00:00Z")).jobs == []
    assert client.jobs.page(limit=1).count == 2


def test_tags_are_replaced_and_searched(client, run):
    job_id = run(tags=["old one"])
    client.jobs.replace_tags(job_id, ["new one"])
    assert client.jobs.job(job_id).tags == ("new one",)
    assert client.jobs.tags("one") == ["new one"]
    client.jobs.replace_tags(job_id, [])
    assert client.jobs.job(job_id).tags == ()


def test_a_job_is_cancelled_and_then_deleted(client, run):
    job_id = run()
    with pytest.raises(errors.ConflictError):
        client.jobs.delete(job_id)
    client.jobs.cancel(job_id)
    assert client.jobs.job(job_id).status is JobStatus.CANCELLED
    with pytest.raises(errors.ConflictError):
        client.jobs.cancel(job_id)
    client.jobs.delete(job_id)
    with pytest.raises(errors.NotFoundError):
        client.jobs.job(job_id)


@pytest.mark.parametrize("version", VERSIONS)
def test_interim_results_and_transpiled_circuits_are_no_more(version, build, run):
    job_id = run()
    client = build(api_version=version)
    if version < "2026-02-01":
        assert client.jobs.interim_results(job_id) is None
        return
    with pytest.raises(errors.InputError, match="no longer gives out"):
        client.jobs.interim_results(job_id)
    with pytest.raises(errors.InputError, match="no longer gives out"):
        client.jobs.transpiled_circuits(job_id)


@pytest.mark.parametrize("max_ttl", [None, 600])
def test_a_session_is_created_used_and_closed_when_its_queue_is_empty(max_ttl, client, ended, backend):
    session = client.sessions.create("batch", backend=backend, max_ttl=max_ttl)
    assert session.takes_jobs
    assert max_ttl is None or session.max_ttl == 600
    job_id = ended(session_id=session.id)
    assert client.jobs.job(job_id).session_id == session.id
    client.sessions.accept_jobs(session.id, False)
    assert client.sessions.session(session.id).state == "closed"


def test_a_job_for_a_closed_session_is_refused(client, run, backend):
    session = client.sessions.create("dedicated", backend=backend)
    client.sessions.close(session.id)
    assert not client.sessions.session(session.id).takes_jobs
    with pytest.raises(errors.ConflictError, match="takes no more jobs"):
        run(session_id=session.id)


def test_an_unknown_session_is_told(client, run):
    with pytest.raises(errors.NotFoundError, match="no session"):
        client.sessions.session("00000000-0000-0000-0000-000000000000")


def test_a_backend_tells_all_that_there_is_of_it(client, backend):
    assert client.backends.configuration(backend).n_qubits > 1
    assert client.backends.properties(backend).last_update_date
    assert client.backends.status(backend).operational is True


def test_a_backend_that_the_instance_does_not_have_is_told(client, request_of):
    with pytest.raises(errors.InputError, match="has no backend of this name") as caught:
        client.backends.configuration("ibm_nowhere")
    assert caught.value.code == "1216"


def test_the_account_and_the_instance_are_read(client, backend):
    assert client.instances.account()
    instance = client.instances.instance()
    assert backend in instance.backends or "ANY" in instance.backends or instance.backends == ()
    assert instance.plan_id


def test_a_limit_is_set_read_and_removed(client):
    client.instances.set_limit(600)
    assert client.instances.limit() == 600.0
    assert client.instances.instance().instance_limit_seconds == 600.0
    assert client.instances.usage().usage_limit_reached is False
    client.instances.set_limit(None)
    assert client.instances.limit() is None


def test_workloads_are_paged_by_cursors(client, ended):
    ids = [ended() for _ in range(3)]
    assert [workload.id for workload in client.workloads.all(page_size=1)] == ids
    newest_first = WorkloadFilter(mine=True, sort="-createdAt", status=["completed"], mode="job")
    assert [workload.id for workload in client.workloads.all(newest_first, page_size=2)] == ids[::-1]
    second = client.workloads.page(limit=1, next=client.workloads.page(limit=1).next)
    assert [w.id for w in client.workloads.page(limit=1, previous=second.previous).workloads] == ids[:1]


def test_a_cursor_that_the_server_does_not_know_is_explained(client):
    with pytest.raises(errors.InputError) as caught:
        client.workloads.page(next="nonsense")
    assert "first page" in caught.value.advice


def test_analytics_are_read(client, ended, backend):
    ended()
    assert backend in client.analytics.choices().backends
    assert client.analytics.usage()["jobs"] >= 1
    assert [counts.key for counts in client.analytics.usage_grouped("backend")] == [backend]
    assert all(counts.interval_start for counts in client.analytics.usage_by_date())


def test_a_missing_permission_is_named_by_the_servers_own_check(client, simulator, run):
    simulator.cloud.permissions.denied_actions = frozenset({"job.create"})
    with pytest.raises(errors.AccessError, match=r"the IAM action quantum-computing\.job\.create is missing"):
        run()


def test_the_crn_of_an_instance_that_is_not_there_is_refused(build):
    unknown = "crn:v1:bluemix:public:quantum-computing:us-east:a/simulator:nowhere::"
    with pytest.raises(errors.DirectAccessError) as caught:
        build(service_crn=unknown).backends.all()
    assert caught.value.http_status in (401, 403, 404)


def test_a_usage_limit_that_is_reached_is_told(client, simulator, run, ended):
    simulator.cloud.instances.find(simulator.cloud_crn).limit_seconds = 0
    with pytest.raises(errors.TryAgainError, match="exceeds its limit"):
        run()


def test_params_that_are_too_large_are_told(client, request_of, simulator, backend):
    simulator.faults.add(Fault(app="cloud", method="POST", path="*/v1/jobs", status=413))
    with pytest.raises(errors.InputError, match="larger than the service takes"):
        client.jobs.run(request_of())


def test_params_that_the_service_refuses_are_told(client, request_of):
    with pytest.raises(errors.InputError) as caught:
        client.jobs.run(replace(request_of(), params={"pubs": "none"}))
    assert caught.value.code
