"""Lanes, reservations, execution time: what makes a job wait, and what ends it."""

from __future__ import annotations

import pytest

from direct_access.clock import ManualClock
from direct_access.simulator.conflicts import Conflicts
from direct_access.simulator.jobs.run import SIMULATION_LIMIT_SECS
from direct_access.simulator.jobs.scenario import Pace
from tests.contract.simulator_api.client import Client, client_of, object_content
from tests.contract.simulator_api.conftest import StartSimulator
from tests.contract.simulator_api.executor import HeldExecutor


def test_a_backend_takes_as_many_jobs_as_it_has_lanes(start: StartSimulator) -> None:
    api = client_of(start(pace=Pace.by_hand(), lanes=2))
    assert [api.submit(job_id).status for job_id in "ab"] == [204, 204]
    answer = api.submit("c")
    assert (answer.status, answer.codes) == (429, ["1232"])


def test_lanes_are_counted_for_each_backend(start: StartSimulator) -> None:
    api = client_of(start(pace=Pace.by_hand(), lanes=1))
    api.submit("a")
    assert api.submit("b", backend="ibm_small").status == 204


def test_a_job_that_has_ended_frees_its_lane(start: StartSimulator) -> None:
    api = client_of(start(pace=Pace.by_hand(), lanes=1))
    api.submit("a")
    api.post("/v1/jobs/a/cancel")
    assert api.submit("b").status == 204


def test_a_setting_lets_a_job_hold_its_lane_until_it_is_deleted(start: StartSimulator) -> None:
    api = client_of(start(lanes=1, conflicts=Conflicts(undeleted_jobs_hold_lanes=True)))
    api.submit("a")
    api.ended_job("a")
    assert api.submit("b").codes == ["1232"]
    api.delete("/v1/jobs/a")
    assert api.submit("b").status == 204


def test_a_reserved_backend_takes_no_job(api: Client) -> None:
    api.simulator.backends.get("ibm_examplesite").reserve()
    answer = api.submit()
    assert (answer.status, answer.codes) == (423, ["1233"])
    api.simulator.backends.get("ibm_examplesite").release()
    assert api.submit().status == 204


@pytest.mark.parametrize("status", ["paused", "offline"])
def test_a_backend_that_is_not_online_takes_no_job(api: Client, status: str) -> None:
    api.simulator.backends.get("ibm_examplesite").status = status
    answer = api.submit()
    assert (answer.status, answer.codes) == (503, ["1004"])


def test_jobs_are_executed_one_after_the_other_in_their_order(held: Client, executor: HeldExecutor) -> None:
    for job_id in "abc":
        held.submit(job_id)
        held.simulator.jobs.job(job_id)
        executor.task(0)
    assert len(executor.started) == 1
    first = executor.task(0)
    first.end()
    second = executor.task(1)
    assert len(executor.started) == 2
    second.end()
    third = executor.task(2)
    third.end()
    ended = [held.ended_job(task.task.job_id)["status"] for task in (first, second, third)]
    assert ended == ["Completed"] * 3


def test_the_task_says_what_is_to_be_executed(held: Client, executor: HeldExecutor) -> None:
    held.submit(program_id="estimator", backend="ibm_small", log_level="info")
    task = executor.task().task
    assert (task.job_id, task.program_id, task.log_level) == ("job", "estimator", "info")
    assert task.params.read_bytes() == b'{"pubs": []}'
    assert task.backend_configuration == held.get("/v1/backends/ibm_small/configuration").document
    assert task.backend_properties == held.get("/v1/backends/ibm_small/properties").document


def test_results_log_and_usage_come_from_the_execution(held: Client, executor: HeldExecutor) -> None:
    held.submit()
    executor.task().end(quantum_secs=1.5)
    assert held.ended_job()["usage"] == {"quantum_nanoseconds": 1_500_000_000}
    assert object_content(held.simulator, "results:job") == b'{"of":"job"}'
    assert object_content(held.simulator, "logs:job") == b"12:00 INFO done\n"


def test_a_failed_execution_leaves_a_reason_and_a_log_but_no_results(
    held: Client, executor: HeldExecutor
) -> None:
    held.submit()
    executor.task().end(
        status="Failed", log="12:00 ERROR no\n", reason_code=1517, reason_message="no", reason_solution="do"
    )
    job = held.ended_job()
    reason = (job["reason_code"], job["reason_message"], job["reason_solution"])
    assert (job["status"], *reason) == ("Failed", 1517, "no", "do")
    assert object_content(held.simulator, "results:job") is None
    assert object_content(held.simulator, "logs:job") == b"12:00 ERROR no\n"


def test_cancelling_kills_the_execution_and_lets_the_next_begin(held: Client, executor: HeldExecutor) -> None:
    held.submit("a")
    first = executor.task(0)
    held.submit("b")
    held.post("/v1/jobs/a/cancel")
    assert first.killed.is_set()
    assert executor.task(1).task.job_id == "b"


def test_a_job_cancelled_before_its_turn_is_never_executed(held: Client, executor: HeldExecutor) -> None:
    held.submit("a")
    executor.task(0)
    held.submit("b")
    held.post("/v1/jobs/b/cancel")
    held.submit("c")
    executor.task(0).end()
    assert executor.task(1).task.job_id == "c"


def test_an_execution_that_ends_after_its_job_changes_nothing(held: Client, executor: HeldExecutor) -> None:
    held.submit()
    task = executor.task()
    task.task.results.parent.mkdir(exist_ok=True)
    held.post("/v1/jobs/job/cancel")
    task.task.results.parent.mkdir(exist_ok=True)
    task.end()
    assert held.job()["status"] == "Cancelled"
    assert object_content(held.simulator, "results:job") is None


def test_the_time_that_a_simulation_takes_is_no_execution_time(
    held: Client, executor: HeldExecutor, clock: ManualClock
) -> None:
    held.submit(timeout_secs=10)
    task = executor.task()
    clock.advance(3000)
    assert held.job()["status"] == "Running"
    task.end(quantum_secs=9)
    job = held.ended_job()
    assert (job["status"], job["usage"]) == ("Completed", {"quantum_nanoseconds": 9_000_000_000})


def test_a_simulation_without_an_end_is_given_up(
    held: Client, executor: HeldExecutor, clock: ManualClock
) -> None:
    held.submit(timeout_secs=10)
    task = executor.task()
    clock.advance(SIMULATION_LIMIT_SECS)
    later = client_of(held.simulator)  # the token of an hour ago has expired
    later.job()
    job = later.ended_job()
    assert (job["status"], job["reason_code"]) == ("Failed", 5204)
    assert task.killed.is_set()
    assert b"given up" in (object_content(held.simulator, "logs:job") or b"")


def test_time_in_the_queue_is_no_execution_time(
    held: Client, executor: HeldExecutor, clock: ManualClock
) -> None:
    held.submit("a", timeout_secs=1000)
    executor.task(0)
    held.submit("b", timeout_secs=10)
    clock.advance(900)
    assert held.job("b")["status"] == "Running"
    executor.task(0).end()
    executor.task(1).end(quantum_secs=9)
    assert held.ended_job("b")["status"] == "Completed"


def test_circuits_that_would_take_too_long_on_the_machine_are_cancelled(
    held: Client, executor: HeldExecutor
) -> None:
    held.submit(timeout_secs=10)
    executor.task().end(quantum_secs=10.001)
    job = held.ended_job()
    assert (job["status"], job["reason_code"]) == ("Cancelled", 1305)
    assert "ran too long" in job["reason_message"]
    assert job["usage"] == {"quantum_nanoseconds": 10_000_000_000}
    assert object_content(held.simulator, "results:job") is None
    assert b"ran too long" in (object_content(held.simulator, "logs:job") or b"")


@pytest.mark.parametrize("scale", [1.0, 0.5])
def test_in_real_time_a_job_takes_what_the_machine_would_take(
    start: StartSimulator, executor: HeldExecutor, clock: ManualClock, scale: float
) -> None:
    api = client_of(start(executor, pace=Pace.real_time(scale)))
    api.submit()
    executor.task().end(quantum_secs=20)
    clock.advance(20 * scale - 0.1)
    assert api.job()["status"] == "Running"
    clock.advance(0.1)
    api.job()
    assert api.ended_job()["status"] == "Completed"


def test_in_real_time_a_job_is_cancelled_when_its_time_is_over(
    start: StartSimulator, executor: HeldExecutor, clock: ManualClock
) -> None:
    api = client_of(start(executor, pace=Pace.real_time()))
    api.submit(timeout_secs=10)
    executor.task().end(quantum_secs=20)
    clock.advance(9.9)
    assert api.job()["status"] == "Running"
    clock.advance(0.1)
    api.job()
    assert api.ended_job()["reason_code"] == 1305


def test_at_a_fixed_pace_every_job_takes_the_same_time(start: StartSimulator, clock: ManualClock) -> None:
    api = client_of(start(pace=Pace.fixed(3)))
    api.submit()
    clock.advance(2.9)
    assert api.job()["status"] == "Running"
    clock.advance(0.1)
    api.job()
    job = api.ended_job()
    assert (job["status"], job["usage"]) == ("Completed", {"quantum_nanoseconds": 3_000_000_000})


def test_at_a_manual_pace_a_job_waits_for_its_release(start: StartSimulator, clock: ManualClock) -> None:
    api = client_of(start(pace=Pace.by_hand()))
    api.submit()
    clock.advance(1000)
    assert api.job()["status"] == "Running"
    api.simulator.jobs.release("job")
    assert api.ended_job()["status"] == "Completed"
