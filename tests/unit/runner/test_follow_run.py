"""Tasks of one Slurm job that run the same job file are one run."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Callable

import pytest

from direct_access.errors import JobFailedError, OutputError, SignalError, TryAgainError
from direct_access.journal import Journal, Step
from direct_access.model.jobs import JobSpec, JobStatus
from direct_access.runner import owner as owners
from direct_access.runner.control import Control
from direct_access.runner.follow_run import follow
from direct_access.runner.liveness import Liveness
from direct_access.runner.owner import OwnerRecord
from direct_access.slurm.environment import SlurmEnv

from .conftest import Site
from .memory_service import Crash, Ending

TASK = {"SLURM_JOB_ID": "7", "SLURM_JOB_NAME": "x", "SLURM_STEP_ID": "0", "SLURM_PROCID": "1"}
SLURM = SlurmEnv(job_id=7, step_id=0, proc_id=0)


class TurningClock:
    """A clock on which something happens while somebody waits."""

    def __init__(self, *turns: Callable[[], object]) -> None:
        self._turns = list(turns)
        self.waits = 0

    def wall(self) -> float:
        return 0.0

    def boottime(self) -> float:
        return float(self.waits)

    def wait(self, event: threading.Event, seconds: float) -> bool:
        self.waits += 1
        if self._turns:
            self._turns.pop(0)()
        return event.is_set()


def owned(site: Site, step: Step = Step.WAIT, **changes: object) -> OwnerRecord:
    """Let another task own the run directory."""
    directory = site.home / "x-7"
    directory.mkdir()
    record = dataclasses.replace(owners.this_process(SLURM), **changes)  # type: ignore[arg-type]
    assert owners.take(directory, record, None)
    plan = site.plan(**TASK)
    source = {"source_sha256": plan.params_sha256}
    Journal("id", "memory", plan.spec, {}, source, "", None, step).save(directory)
    return record


def finish(site: Site, **changes: object) -> None:
    directory = site.home / "x-7"
    journal = dataclasses.replace(site.journal(directory), step=Step.FINISHED, **changes)  # type: ignore[arg-type]
    journal.save(directory)
    owners.release(directory)


def test_a_follower_ends_as_the_run_ends(site: Site) -> None:
    owned(site)
    clock = TurningClock(lambda: None, lambda: finish(site, job_status="Completed"))
    run = site.run(site.plan(**TASK), clock=clock)
    assert (run.status, run.job_id) == ("Completed", "id")
    assert site.service.calls == []
    assert clock.waits == 2


def test_a_follower_fails_as_the_run_fails(site: Site) -> None:
    owned(site)
    clock = TurningClock(lambda: finish(site, job_status="Failed", reason={"message": "too hot"}))
    with pytest.raises(JobFailedError, match="too hot"):
        site.run(site.plan(**TASK), clock=clock)


def test_a_follower_says_whom_it_follows(site: Site) -> None:
    owner = owned(site)
    site.run(
        site.plan(**{**TASK, "SLURM_PROCID": "0"}),
        clock=TurningClock(lambda: finish(site, job_status="Completed")),
    )
    assert f"follow: {site.home / 'x-7'} is run by {owner.place}" in site.told.lines


def test_a_follower_takes_over_from_an_owner_that_gave_up(site: Site) -> None:
    site.service.crash_after("submit")
    with pytest.raises(Crash):
        site.run(site.plan(**TASK))
    directory = site.home / "x-7"
    record = owners.this_process(SLURM)
    assert owners.take(directory, record, None)
    turn = TurningClock(lambda: owners.release(directory))
    assert follow(directory, record, lambda _: True, Liveness(SLURM), turn, Control()) is None
    assert site.run(site.plan(**TASK)).status == "Completed"
    assert len(site.service.submissions) == 1


def test_a_follower_leaves_an_owner_that_died(site: Site) -> None:
    record = owned(site, start_ticks=1)
    assert (
        follow(site.home / "x-7", record, lambda _: True, Liveness(SLURM), TurningClock(), Control()) is None
    )


def test_a_follower_is_ended_by_a_signal(site: Site) -> None:
    record = owned(site)
    control = Control()
    clock = TurningClock(lambda: control.end(SignalError("ended")))
    with pytest.raises(SignalError):
        follow(site.home / "x-7", record, lambda _: True, Liveness(SLURM), clock, control)


def test_a_follower_that_is_ended_as_its_owner_gives_up_begins_no_run(site: Site) -> None:
    owned(site)

    def both() -> None:
        assert site.control.end_following(SignalError("ended"))
        owners.release(site.home / "x-7")

    with pytest.raises(SignalError):
        site.run(site.plan(**TASK), end=both)
    assert site.service.calls == []
    assert owners.current(site.home / "x-7") is None


def test_only_who_follows_is_ended_as_a_follower() -> None:
    control = Control()
    with control.following():
        pass
    assert not control.end_following(SignalError("ended"))
    control.check()


def test_nobody_ends_as_a_run_of_something_else(site: Site) -> None:
    owned(site)
    with pytest.raises(OutputError, match="other params, backend or system") as caught:
        site.run(site.plan(params={"pubs": ["other"]}, **TASK), clock=TurningClock())
    assert "under way" in caught.value.message
    assert "collect" not in str(caught.value.advice)  # it lives


@pytest.mark.parametrize(("proc_id", "lines"), [("0", 1), ("1", 0), ("7", 0)])
def test_of_the_tasks_that_follow_one_tells_it(site: Site, proc_id: str, lines: int) -> None:
    owned(site)
    clock = TurningClock(lambda: finish(site, job_status="Completed"))
    site.run(site.plan(**{**TASK, "SLURM_PROCID": proc_id}), clock=clock)
    assert len([line for line in site.told.lines if line.startswith("follow: ")]) == lines


def test_who_comes_to_take_a_run_that_has_just_finished_leaves_no_trace(site: Site) -> None:
    left = owned(site, start_ticks=1)
    finish(site, job_status="Completed")
    assert not owners.take(site.home / "x-7", owners.this_process(SLURM), left)
    assert site.names(site.home / "x-7") == ["job.json"]
    (site.home / "x-7" / ".owner").mkdir(mode=0o700)  # as an earlier version left it
    owners.remove_leftovers(site.home / "x-7", lambda _: True)
    assert ".owner" not in site.names(site.home / "x-7")


def test_that_a_run_is_of_something_else_may_show_only_later(site: Site) -> None:
    directory = site.home / "x-7"
    directory.mkdir()
    assert owners.take(directory, owners.this_process(SLURM), None)
    other = Journal("id", "memory", JobSpec("sampler", "ibm_lab", 60), {}, {"source_sha256": "00"}, "", None)
    with pytest.raises(OutputError, match="other params, backend or system"):
        site.run(site.plan(**TASK), clock=TurningClock(lambda: other.save(directory)))


def test_a_whole_run_between_our_look_and_our_taking_is_not_run_again(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    take = owners.take
    first = {**TASK, "SLURM_PROCID": "0"}
    other_site = Site(site.home, site.clock, site.service)

    def late(directory: object, record: OwnerRecord, instead_of: OwnerRecord | None) -> bool:
        monkeypatch.setattr(owners, "take", take)
        assert other_site.run(site.plan(**first)).status == "Completed"
        return take(directory, record, instead_of)  # type: ignore[arg-type]

    monkeypatch.setattr(owners, "take", late)
    run = site.run(site.plan(**TASK))
    assert run.directory == site.home / "x-7"
    assert len(site.service.submissions) == 1
    assert owners.current(run.directory) is None


def test_eight_tasks_are_one_run(site: Site) -> None:
    from direct_access.clock import SystemClock

    site.service.clock = SystemClock()  # type: ignore[assignment]
    site.service.ending = Ending(after_secs=0.3)
    plans = [site.plan(**{**TASK, "SLURM_PROCID": str(task)}) for task in range(8)]
    ended: list[str | None] = []
    threads = [
        threading.Thread(
            target=lambda plan=plan: ended.append(
                Site(site.home, site.clock, site.service).run(plan, clock=SystemClock()).status
            )
        )
        for plan in plans
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ended == ["Completed"] * 8
    assert len(site.service.submissions) == 1


def test_eight_tasks_fail_as_one(site: Site) -> None:
    from direct_access.clock import SystemClock

    site.service.clock = SystemClock()  # type: ignore[assignment]
    site.service.ending = Ending(JobStatus.FAILED, after_secs=0.3)
    plans = [site.plan(**{**TASK, "SLURM_PROCID": str(task)}) for task in range(8)]
    ended: list[type[BaseException]] = []

    def task(plan: object) -> None:
        try:
            Site(site.home, site.clock, site.service).run(plan, clock=SystemClock())  # type: ignore[arg-type]
        except Exception as error:
            ended.append(type(error))

    threads = [threading.Thread(target=task, args=(plan,)) for plan in plans]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert ended == [JobFailedError] * 8
    assert len(site.service.submissions) == 1


def test_a_busy_backend_refuses_each_task_by_itself(site: Site) -> None:
    site.service.fail("submit", TryAgainError("lanes full"), TryAgainError("lanes full"))
    for task in ("0", "1"):
        with pytest.raises(TryAgainError):
            site.run(site.plan(**{**TASK, "SLURM_PROCID": task}), on_busy="fail")
    assert site.run(site.plan(**TASK)).status == "Completed"
