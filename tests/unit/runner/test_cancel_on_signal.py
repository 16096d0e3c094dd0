"""Ending a run on a signal, step by step."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

import pytest

from direct_access.errors import AccessError, ConflictError, JobVanishedError, SignalError
from direct_access.journal import Step
from direct_access.model.jobs import JobStatus
from direct_access.runner import owner as owners
from direct_access.runner.cancel_on_signal import Cancellation
from direct_access.runner.context import RunContext
from direct_access.slurm.environment import SlurmEnv

from .conftest import Site
from .memory_service import Crash, Ending

PATIENCE_SECS = 20


@pytest.fixture
def done() -> threading.Event:
    """What says that the thread of the steps has come to its end."""
    event = threading.Event()
    event.set()
    return event


@pytest.fixture
def left_at(site: Site) -> Callable[..., RunContext]:
    """Return the context of a run that stands at a step, as the thread that owns signals sees it."""

    def leave(step: Step) -> RunContext:
        site.service.ending = Ending(after_secs=3600 if step in (Step.SUBMIT, Step.WAIT) else 1)
        if step in (Step.UPLOAD, Step.SUBMIT):
            site.service.fail("stage" if step is Step.UPLOAD else "submit", Crash())
            with pytest.raises(Crash):
                site.run()
        else:
            site.run(until=step)
        record = owners.this_process(SlurmEnv())
        assert owners.take(site.directory, record, None)
        site.service.calls.clear()
        context = site.context()
        context.set_run(site.directory, site.journal(), record)
        site.control.end(SignalError("ended by SIGTERM", signal_number=15))
        return context

    return leave


def cancel(
    site: Site, context: RunContext, done: threading.Event, patience_secs: float = PATIENCE_SECS
) -> str:
    until = time.monotonic() + patience_secs
    cancellation = Cancellation(context, lambda: site.service, done, until)
    cancellation.run()
    return cancellation.wait()


def test_a_job_that_runs_is_cancelled_and_everything_of_it_removed(
    site: Site, left_at: Callable[..., RunContext], done: threading.Event
) -> None:
    assert cancel(site, left_at(Step.WAIT), done) == "the quantum job was cancelled"
    assert site.service.calls == ["cancel", "forget"]
    assert (site.service.jobs, site.service.objects) == ({}, {})
    assert site.journal().finished
    assert site.journal().error == SignalError("ended by SIGTERM", signal_number=15).to_json()
    assert owners.current(site.directory) is None


def test_the_connection_of_its_own_is_closed(
    site: Site, left_at: Callable[..., RunContext], done: threading.Event
) -> None:
    cancel(site, left_at(Step.WAIT), done)
    assert site.service.closed


def test_before_the_job_was_sent_only_the_params_are_removed(
    site: Site, left_at: Callable[..., RunContext], done: threading.Event
) -> None:
    context = left_at(Step.UPLOAD)
    assert cancel(site, context, done) == "no quantum job is left"
    assert "cancel" not in site.service.calls
    assert site.service.objects == {}
    assert site.journal().finished


def test_a_job_that_did_not_arrive_is_no_obstacle(
    site: Site, left_at: Callable[..., RunContext], done: threading.Event
) -> None:
    assert cancel(site, left_at(Step.SUBMIT), done) == "no quantum job is left"
    assert site.service.objects == {}


def test_a_submission_that_sent_nothing_leaves_no_doubt(
    site: Site, left_at: Callable[..., RunContext], done: threading.Event
) -> None:
    context = left_at(Step.SUBMIT)
    context.nothing_sent = True
    site.service.fail("cancel", JobVanishedError("not known", retryable=True))
    assert cancel(site, context, done) == "no quantum job is left"
    assert site.service.objects == {}


@pytest.mark.parametrize("step", [Step.WAIT, Step.SUBMIT])
def test_a_server_that_does_not_know_the_job_for_now_is_asked_again(
    site: Site, left_at: Callable[..., RunContext], done: threading.Event, step: Step
) -> None:
    context = left_at(step)
    site.service.submit(context.journal.handle, context.journal.spec)
    site.service.fail("cancel", JobVanishedError("not known", retryable=True))
    assert cancel(site, context, done) == "the quantum job was cancelled"


def test_as_long_as_it_is_not_certain_that_the_job_is_gone_nothing_is_removed(
    site: Site, left_at: Callable[..., RunContext], done: threading.Event
) -> None:
    context = left_at(Step.WAIT)
    site.service.fail("cancel", JobVanishedError("the server says that it does not know it", retryable=True))
    said = cancel(site, context, done, patience_secs=0)
    assert said == (
        "the server says that it does not know it, the job may keep running: "
        f"direct-access collect {context.directory}"
    )
    assert len(site.service.objects) == 1
    assert not site.journal().finished


def test_a_job_that_arrives_while_we_cancel_is_cancelled_too(
    site: Site, left_at: Callable[..., RunContext]
) -> None:
    context = left_at(Step.SUBMIT)
    done = threading.Event()

    def arrives() -> None:
        if site.service.calls.count("cancel") == 3:
            site.service.submit(context.journal.handle, context.journal.spec)

    site.service.before["cancel"] = arrives
    assert cancel(site, context, done) == "the quantum job was cancelled"
    assert (site.service.jobs, site.service.objects) == ({}, {})


def test_a_job_that_arrives_as_its_submission_ends_is_cancelled_too(
    site: Site, left_at: Callable[..., RunContext]
) -> None:
    context = left_at(Step.SUBMIT)
    done = threading.Event()

    def arrives() -> None:
        if not done.is_set():  # between our first question and its answer
            threading.Timer(0, lambda: (site.service.submit(handle, spec), done.set())).start()

    handle, spec = context.journal.handle, context.journal.spec
    site.service.before["cancel"] = arrives
    assert cancel(site, context, done) == "the quantum job was cancelled"
    assert (site.service.jobs, site.service.objects) == ({}, {})


def test_while_the_answer_to_the_submission_is_out_nothing_is_removed_and_nothing_denied(
    site: Site, left_at: Callable[..., RunContext]
) -> None:
    context = left_at(Step.SUBMIT)
    said = cancel(site, context, threading.Event(), patience_secs=0)
    assert said == (
        "the submission is not answered yet, the job may exist, now or later: "
        f"direct-access collect {context.directory}"
    )
    assert site.service.calls == ["cancel"]
    assert len(site.service.objects) == 1
    assert site.journal().step is Step.SUBMIT


def test_whoever_waits_for_the_cancelling_may_give_up(site: Site, left_at: Callable[..., RunContext]) -> None:
    context = left_at(Step.WAIT)
    release = threading.Event()
    site.service.before["cancel"] = release.wait  # type: ignore[assignment]
    cancellation = Cancellation(context, lambda: site.service, threading.Event(), time.monotonic()).start()
    try:
        assert cancellation.wait() == (
            "the cancel request got no answer, the job may keep running: "
            f"direct-access collect {context.directory}"
        )
    finally:
        release.set()


def test_what_is_known_is_told_although_the_store_does_not_answer(
    site: Site, left_at: Callable[..., RunContext], done: threading.Event
) -> None:
    context = left_at(Step.WAIT)
    reached, release = threading.Event(), threading.Event()
    site.service.before["forget"] = lambda: [reached.set(), release.wait()].clear()
    cancellation = Cancellation(context, lambda: site.service, done, time.monotonic()).start()
    try:
        assert reached.wait(PATIENCE_SECS)
        assert cancellation.wait() == (
            "the quantum job was cancelled; its objects may still be there: "
            f"direct-access delete {context.directory}"
        )
    finally:
        release.set()


@pytest.mark.parametrize("step", [Step.WAIT, Step.SUBMIT])
def test_nothing_is_removed_before_the_steps_have_stopped(
    site: Site, left_at: Callable[..., RunContext], step: Step
) -> None:
    context = left_at(step)
    done = threading.Event()
    stopped: list[bool] = []
    site.service.before["forget"] = lambda: stopped.append(done.is_set())
    threading.Timer(0.05, done.set).start()
    cancel(site, context, done)
    assert stopped == [True]


def test_the_cancel_request_does_not_wait_for_the_steps(
    site: Site, left_at: Callable[..., RunContext]
) -> None:
    context = left_at(Step.WAIT)
    done = threading.Event()
    site.service.before["cancel"] = done.set  # only the request lets the steps stop
    assert cancel(site, context, done) == "the quantum job was cancelled"


@pytest.mark.parametrize("step", [Step.COLLECT, Step.FORGET, Step.FINISHED])
def test_a_job_that_has_ended_is_not_touched(
    site: Site, left_at: Callable[..., RunContext], done: threading.Event, step: Step
) -> None:
    context = left_at(step)
    said = cancel(site, context, done)
    assert said == f"the quantum job had ended; pick it up with '{context.collect_command}'"
    assert site.service.calls == []


def test_a_job_that_ended_a_moment_ago_keeps_its_results(
    site: Site, left_at: Callable[..., RunContext], done: threading.Event
) -> None:
    context = left_at(Step.WAIT)
    for job in site.service.jobs.values():
        job.status = JobStatus.COMPLETED
    assert cancel(site, context, done).startswith("the quantum job had ended")
    assert site.service.jobs != {}
    assert site.journal().step is Step.WAIT


def test_a_superseded_owner_cancels_nothing(
    site: Site, left_at: Callable[..., RunContext], done: threading.Event
) -> None:
    context = left_at(Step.WAIT)
    assert owners.take(site.directory, owners.this_process(SlurmEnv()), context.owner)
    assert "taken over" in cancel(site, context, done)
    assert site.service.calls == []


def test_a_refusal_is_told_and_the_run_stays(
    site: Site, left_at: Callable[..., RunContext], done: threading.Event
) -> None:
    context = left_at(Step.WAIT)
    site.service.fail("cancel", AccessError("may not cancel"))
    assert cancel(site, context, done) == (
        "the quantum job could not be cancelled (may not cancel), the job may keep running: "
        f"direct-access collect {context.directory}"
    )
    assert site.journal().step is Step.WAIT


def test_what_cannot_be_removed_does_not_undo_the_cancelling(
    site: Site, left_at: Callable[..., RunContext], done: threading.Event
) -> None:
    context = left_at(Step.WAIT)
    site.service.fail("forget", ConflictError("the job has not ended"))
    assert cancel(site, context, done) == "the quantum job was cancelled"
    assert site.journal().finished
    assert site.journal().left_behind


def test_keep_holds_for_a_cancelled_job_too(
    site: Site, left_at: Callable[..., RunContext], done: threading.Event
) -> None:
    site.settings["keep"] = "all"
    cancel(site, left_at(Step.WAIT), done)
    assert [job.status for job in site.service.jobs.values()] == [JobStatus.CANCELLED]
    assert site.service.objects != {}
