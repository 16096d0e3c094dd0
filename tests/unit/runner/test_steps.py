"""A run from start to end, and taken up again after a crash anywhere."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from direct_access import atomic, run_files
from direct_access.errors import (
    AccessError,
    ConfigurationError,
    ConflictError,
    DirectAccessError,
    InputError,
    JobCancelledError,
    JobFailedError,
    JobVanishedError,
    LocalStorageError,
    NotFoundError,
    OutputError,
    ProtocolError,
    SignalError,
    StoreError,
    TryAgainError,
    UnavailableError,
    WaitEndedError,
)
from direct_access.journal import Journal, Step
from direct_access.model.jobs import JobStatus
from direct_access.runner import owner as owners
from direct_access.runner.context import RunContext

from .conftest import JOB, Site
from .memory_service import LOGS, RESULTS, Crash, Ending

FILES = ["job-object.json", "job.json", "logs.txt", "params.json", "results.json"]


def test_a_run_leaves_results_logs_and_records_and_nothing_on_the_server(site: Site) -> None:
    run = site.run()
    assert (run.directory, run.status, run.finished) == (site.directory, "Completed", True)
    assert (site.directory / "results.json").read_bytes() == RESULTS
    assert (site.directory / "logs.txt").read_bytes() == LOGS
    assert site.names() == FILES
    assert (site.service.jobs, site.service.objects) == ({}, {})


def test_the_params_are_kept_as_they_were_sent(site: Site) -> None:
    sent: list[bytes] = []
    site.service.before["submit"] = lambda: sent.extend(site.service.objects.values())
    site.run(site.plan(params={"pubs": [1, 2]}))
    assert sent == [(site.directory / "params.json").read_bytes()] == [b'{"pubs": [1, 2]}']


def test_the_journal_says_what_happened(site: Site) -> None:
    site.run(site.plan(SLURM_JOB_ID="7", SLURM_CLUSTER_NAME="alps", SLURM_JOB_NAME="x"))
    journal = site.journal(site.home / "x-7")
    assert journal.finished
    assert journal.error is None
    assert journal.job_status == "Completed"
    assert journal.slurm == {"cluster": "alps", "job_id": 7, "restart_count": 0}
    assert journal.files["results.json"]["size_bytes"] == len(RESULTS)
    assert journal.files["results.json"]["verified_by"] == "md5"
    assert list(journal.times) == ["submit", "wait", "collect", "forget", "finished"]
    assert journal.provenance["backend"]["version"] == "1.2.3"
    assert journal.provenance["params_sha256"] == journal.params["sha256"]


def test_the_journal_is_on_disk_before_each_step_that_changes_the_world(site: Site) -> None:
    seen: dict[str, Step] = {}

    def look(call: str) -> None:
        seen[call] = site.journal().step

    for call in ("stage", "submit", "status", "open_results", "forget"):
        site.service.before[call] = lambda call=call: look(call)
    site.run()
    assert seen == {
        "stage": Step.UPLOAD,
        "submit": Step.SUBMIT,
        "status": Step.WAIT,
        "open_results": Step.COLLECT,
        "forget": Step.FORGET,
    }


def test_the_id_of_the_job_is_on_disk_before_it_is_sent(site: Site) -> None:
    ids: list[str] = []
    site.service.before["submit"] = lambda: ids.append(site.journal().job_id)
    site.run()
    assert ids == site.service.submissions


@pytest.mark.parametrize("call", ["stage", "submit", "status", "forget"])
def test_a_crash_after_a_call_is_repaired_by_the_same_command(site: Site, call: str) -> None:
    site.service.crash_after(call)
    with pytest.raises(Crash):
        site.run()
    run = site.run()
    assert (run.status, run.directory) == ("Completed", site.directory)
    assert len(site.service.submissions) == 1
    assert site.names() == FILES
    assert (site.service.jobs, site.service.objects) == ({}, {})


@pytest.mark.parametrize("step", [Step.SUBMIT, Step.WAIT, Step.COLLECT, Step.FORGET, Step.FINISHED])
def test_a_crash_before_a_step_is_written_down_is_repaired(
    site: Site, monkeypatch: pytest.MonkeyPatch, step: Step
) -> None:
    save = Journal.save

    def dying(journal: Journal, directory: Path, confirm: Callable[[], None] | None = None) -> None:
        if journal.step is step:
            raise Crash(step)
        save(journal, directory, confirm)

    with monkeypatch.context() as patch:
        patch.setattr(Journal, "save", dying)
        with pytest.raises(Crash):
            site.run()
    assert site.run().status == "Completed"
    assert len(site.service.submissions) == 1
    assert site.names() == FILES


@pytest.mark.parametrize("name", ["results.json", "logs.txt"])
def test_a_crash_between_two_files_is_repaired(
    site: Site, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    publish = run_files.publish

    def dying(directory: Path, temporary: str, published: str) -> None:
        publish(directory, temporary, published)
        if published == name:
            raise Crash(name)

    with monkeypatch.context() as patch:
        patch.setattr(run_files, "publish", dying)
        with pytest.raises(Crash):
            site.run()
    assert site.run().status == "Completed"
    assert site.names() == FILES


def test_a_crash_before_the_first_journal_is_repaired_in_the_same_directory(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(owners, "release", lambda directory: None)  # a process that dies releases nothing
        site.service.fail("plan", Crash())
        with pytest.raises(Crash):
            site.run()
    patch_owner_dead(site)
    assert site.run().directory == site.directory


def test_what_a_killed_owner_was_writing_is_removed_and_nothing_of_the_users(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patch:
        patch.setattr(owners, "release", lambda directory: None)
        site.service.crash_after("submit")
        with pytest.raises(Crash):
            site.run()
    patch_owner_dead(site)
    for name in (
        ".job.json.0123abcd.tmp",
        ".results.json.part",
        "..results.json.part-map.0123abcd.tmp",
        ".notes.txt.0123abcd.tmp",
    ):
        (site.directory / name).write_text("half")
    assert site.run().status == "Completed"
    assert site.names() == sorted([*FILES, ".notes.txt.0123abcd.tmp"])


def patch_owner_dead(site: Site) -> None:
    record = site.directory / owners.DIRECTORY_NAME / "1"
    record.write_text(json.dumps({**json.loads(record.read_text()), "start_ticks": 1}))


def test_a_resumed_run_says_so(site: Site) -> None:
    site.service.crash_after("submit")
    with pytest.raises(Crash):
        site.run()
    site.run()
    job_id = site.service.submissions[0]
    assert f"resume: job {job_id} at step submit in {site.directory}" in site.told.lines


def test_a_finished_run_gives_its_directory_back(site: Site) -> None:
    site.run()
    assert not (site.directory / owners.DIRECTORY_NAME).exists()


def test_the_same_command_after_a_finished_run_begins_another(site: Site) -> None:
    site.run()
    assert site.run().directory == site.home / "job-local.2"
    assert len(set(site.service.submissions)) == 2


def test_a_requeued_script_ends_as_its_earlier_life_without_a_request(site: Site) -> None:
    first = {"SLURM_JOB_ID": "7", "SLURM_JOB_NAME": "x"}
    site.service.ending = Ending(JobStatus.FAILED, reason={"code": 1300, "message": "too hot"})
    with pytest.raises(JobFailedError):
        site.run(site.plan(**first))
    site.service.calls.clear()
    with pytest.raises(JobFailedError, match="too hot") as caught:
        site.run(site.plan(**first, SLURM_RESTART_COUNT="1"))
    assert caught.value.code == "1300"
    assert site.service.calls == []


def test_a_requeued_script_resumes_what_its_earlier_life_left(site: Site) -> None:
    first = {"SLURM_JOB_ID": "7", "SLURM_JOB_NAME": "x"}
    site.service.crash_after("submit")
    with pytest.raises(Crash):
        site.run(site.plan(**first))
    run = site.run(site.plan(**first, SLURM_RESTART_COUNT="1"))
    assert (run.status, len(site.service.submissions)) == ("Completed", 1)
    assert site.journal(site.home / "x-7").slurm["restart_count"] == 1


def test_other_params_do_not_resume_an_unfinished_run(site: Site) -> None:
    site.service.crash_after("submit")
    with pytest.raises(Crash):
        site.run()
    with pytest.raises(OutputError, match="other params"):
        site.run(site.plan(params={"pubs": ["other"]}))


@pytest.mark.parametrize("other", [("sampler", "estimator"), ("ibm_lab", "ibm_other")])
def test_another_program_or_backend_does_not_resume_an_unfinished_run(
    site: Site, other: tuple[str, str]
) -> None:
    site.service.crash_after("submit")
    with pytest.raises(Crash):
        site.run()
    with pytest.raises(OutputError, match="other params, backend or system"):
        site.run(site.plan(JOB.replace(*other)))


def test_new_params_may_begin_a_run_of_their_own(site: Site) -> None:
    site.service.crash_after("submit")
    with pytest.raises(Crash):
        site.run()
    run = site.run(site.plan(params={"pubs": ["other"]}), new=True)
    assert run.directory == site.home / "job-local.2"


# what ends a run before its job exists


def test_a_wish_to_end_is_heard_before_anything_is_sent(site: Site) -> None:
    site.service.before["plan"] = lambda: site.control.end(SignalError("ended by SIGTERM"))
    with pytest.raises(SignalError):
        site.run()
    assert site.service.calls == ["plan"]
    assert not site.directory.exists()


def test_before_anything_was_sent_the_command_to_go_on_is_run(site: Site) -> None:
    site.service.before["stage"] = lambda: site.control.end(SignalError("ended by SIGTERM"))
    started: list[RunContext] = []
    with pytest.raises(SignalError):
        site.run(on_start=started.append)
    (context,) = started
    context.journal.step = Step.UPLOAD
    assert context.collect_command == f"direct-access run {site.home / 'job.yaml'}"
    context.journal.step = Step.SUBMIT
    assert context.collect_command == f"direct-access collect {site.directory}"


NOT_NOW = [TryAgainError, UnavailableError, StoreError, AccessError, ConfigurationError]
IN_DOUBT = [ProtocolError, NotFoundError, LocalStorageError]


@pytest.mark.parametrize(("call", "stage"), [("stage", "upload"), ("submit", "submit")])
def test_a_refused_job_is_finished_and_leaves_nothing(site: Site, call: str, stage: str) -> None:
    site.service.fail(call, InputError("refused", http_status=400))
    with pytest.raises(InputError) as caught:
        site.run()
    assert caught.value.stage == stage
    assert site.service.objects == {}
    assert site.journal().finished
    assert site.journal().error == caught.value.to_json()


def test_an_id_in_use_by_another_job_finishes_the_run_and_deletes_nothing(site: Site) -> None:
    site.service.fail("submit", ConflictError("exists already and is another one", code="1231"))
    with pytest.raises(ConflictError) as caught:
        site.run()
    assert site.service.objects != {}
    assert site.journal().finished
    assert site.journal().error == caught.value.to_json()
    assert site.run().directory == site.home / "job-local.2"


@pytest.mark.parametrize("kind", NOT_NOW, ids=lambda kind: kind.kind)
@pytest.mark.parametrize("call", ["stage", "submit"])
def test_what_was_not_possible_now_leaves_nothing_and_is_taken_up_by_the_same_command(
    site: Site, call: str, kind: type[DirectAccessError]
) -> None:
    site.service.fail(call, kind("not now"))
    with pytest.raises(kind):
        site.run(on_busy="fail")
    assert site.service.objects == {}
    assert site.journal().step is Step.UPLOAD
    run = site.run()
    assert (run.status, run.directory) == ("Completed", site.directory)


@pytest.mark.parametrize("kind", IN_DOUBT, ids=lambda kind: kind.kind)
def test_in_doubt_everything_stays_as_it_is(site: Site, kind: type[DirectAccessError]) -> None:
    site.service.fail("submit", kind("who knows"))
    with pytest.raises(kind):
        site.run()
    assert site.service.objects != {}
    assert site.journal().step is Step.SUBMIT
    assert site.run().status == "Completed"


def test_an_upload_that_fails_leaves_the_journal_at_the_upload(site: Site) -> None:
    site.service.fail("stage", UnavailableError("away"))
    with pytest.raises(UnavailableError):
        site.run()
    assert site.journal().step is Step.UPLOAD


def test_a_job_whose_answer_was_lost_keeps_its_objects_and_is_found_again(site: Site) -> None:
    site.service.fail("submit", WaitEndedError("the answer was lost: the job may exist"))
    with pytest.raises(WaitEndedError) as caught:
        site.run()
    assert caught.value.advice == f"direct-access collect {site.directory}"
    assert site.service.objects != {}
    assert site.run().status == "Completed"


def test_a_superseded_owner_deletes_nothing(site: Site) -> None:
    def superseded() -> None:
        owner = owners.current(site.directory)
        heir = owners.this_process(site.plan().slurm)
        assert owners.take(site.directory, heir, owner)

    site.service.before["submit"] = superseded
    site.service.fail("submit", AccessError("not permitted"))
    with pytest.raises(OutputError, match="another process has taken over"):
        site.run()
    assert "forget" not in site.service.calls
    assert not site.journal().finished


def test_a_plan_that_cannot_work_leaves_no_directory(site: Site) -> None:
    site.service.fail("plan", AccessError("IAM alone cannot presign"))
    with pytest.raises(AccessError):
        site.run()
    assert not site.directory.exists()


def test_a_directory_that_cannot_be_created_is_an_output_error(site: Site) -> None:
    (site.home / "file").touch()
    with pytest.raises(OutputError, match="Not a directory") as caught:
        site.run(site.plan(JOB + f"output_dir: {site.home}/file/run\n"))
    assert caught.value.advice is not None


def test_a_directory_of_another_user_is_an_output_error(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.access", lambda *_: False)  # root may write everywhere
    with pytest.raises(OutputError, match="cannot write into the output directory"):
        site.run()


def test_the_run_directory_is_for_its_owner_alone(site: Site) -> None:
    site.run()
    assert site.directory.stat().st_mode & 0o077 == 0


def test_params_in_the_store_are_neither_uploaded_nor_deleted(site: Site) -> None:
    job = JOB.replace("params: params.json", "id: mine\nstorage: {input: {object_name: in}}")
    plan = site.plan(job)
    site.service.objects["local/0/local.0/params:mine"] = b"{}"
    site.service.before["submit"] = lambda: site.service.objects.update({"in": b"{}"})
    site.run(plan)
    assert "stage" not in site.service.calls
    assert "in" in site.service.objects
    assert not (site.directory / "params.json").exists()


# how jobs end


def test_a_failed_job_raises_its_reason_with_the_log_saved_and_its_objects_kept(site: Site) -> None:
    reason = {"code": 1300, "message": "too hot", "solution": "cool it"}
    site.service.ending = Ending(JobStatus.FAILED, reason=reason)
    with pytest.raises(JobFailedError) as caught:
        site.run()
    log = site.directory / "logs.txt"
    assert caught.value.message.endswith(f"Failed: too hot (log: {log})")
    assert (caught.value.code, caught.value.advice) == ("1300", "cool it")
    assert log.read_bytes() == LOGS
    assert site.journal().error == caught.value.to_json()
    assert not (site.directory / "results.json").exists()
    assert site.service.jobs == {}
    assert {name.split("/")[-1].split(":")[0] for name in site.service.objects} == {"params", "logs"}


def test_a_failed_job_without_a_log_is_a_failed_job(site: Site) -> None:
    site.service.ending = Ending(JobStatus.FAILED, logs=None)
    with pytest.raises(JobFailedError, match="the server gives no reason"):
        site.run()
    assert "the job left no log" in site.told.lines


@pytest.mark.parametrize(
    ("logs", "said"),
    [
        (
            b"12:00 INFO begun\n12:01 ERROR the fridge is warm\n12:02 INFO cleaned up\n",
            "12:01 ERROR the fridge is warm",
        ),
        (
            b"Traceback (most recent call last):\n  x()\nValueError: no such qubit\n\n",
            "ValueError: no such qubit",
        ),
        (b"begun\nended\n", "ended"),
        (b"ERROR " + b"x" * 100_000, "xxx"),
    ],
)
def test_a_failed_job_without_a_reason_has_what_its_log_says(site: Site, logs: bytes, said: str) -> None:
    site.service.ending = Ending(JobStatus.FAILED, logs=logs)
    with pytest.raises(JobFailedError, match="the server gives no reason; the log says: ") as caught:
        site.run()
    assert said in caught.value.message
    assert len(caught.value.message) < 1000


def test_a_cancelled_job_raises_its_reason(site: Site) -> None:
    site.service.ending = Ending(JobStatus.CANCELLED, reason={"message": "Ran too long"})
    with pytest.raises(JobCancelledError, match="was Cancelled: Ran too long"):
        site.run()
    assert site.service.objects == {}


def test_a_vanished_job_ends_the_run_and_says_that_objects_may_be_left(site: Site) -> None:
    site.service.before["status"] = lambda: site.service.jobs.clear()
    with pytest.raises(JobVanishedError):
        site.run()
    assert site.journal().finished
    assert site.journal().left_behind


KEPT = {
    # keep: (job completed: record, objects), (job failed: record, objects)
    None: ((False, False), (False, True)),
    "none": ((False, False), (False, False)),
    "objects": ((False, True), (False, True)),
    "job": ((True, False), (True, True)),
    "all": ((True, True), (True, True)),
}


@pytest.mark.parametrize("keep", KEPT)
@pytest.mark.parametrize("failed", [False, True])
def test_keep_says_what_stays_on_the_server(site: Site, keep: str | None, failed: bool) -> None:
    site.settings["keep"] = keep
    site.service.ending = Ending(JobStatus.FAILED if failed else JobStatus.COMPLETED)
    if failed:
        with pytest.raises(JobFailedError):
            site.run()
    else:
        site.run()
    assert (bool(site.service.jobs), bool(site.service.objects)) == KEPT[keep][failed]
    assert not site.journal().left_behind


def test_what_cannot_be_removed_is_told_and_the_run_is_good_all_the_same(site: Site) -> None:
    site.service.fail("forget", AccessError("may not delete"))
    assert site.run().status == "Completed"
    assert site.journal().left_behind
    warning = site.told.lines[-1]
    assert "may not delete" in warning
    assert f"to try again: direct-access delete {site.directory}" in warning


def test_the_last_job_object_is_saved_before_the_job_is_removed(site: Site) -> None:
    def look() -> None:
        assert json.loads((site.directory / "job-object.json").read_bytes())["status"] == "Completed"

    site.service.before["forget"] = look
    site.run()


def test_a_full_disk_while_waiting_leaves_the_job_to_be_collected(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    site.service.before["status"] = lambda: monkeypatch.setattr(atomic, "json_bytes", full)
    with pytest.raises(LocalStorageError, match="No space left"):
        site.run()
    monkeypatch.undo()
    site.service.before.clear()
    assert site.journal().step is Step.WAIT
    assert site.run().status == "Completed"
    assert len(site.service.submissions) == 1


# pausing between steps


def test_submit_stops_when_the_job_is_accepted(site: Site) -> None:
    run = site.run(until=Step.WAIT)
    assert (run.status, run.finished) == (None, False)
    assert site.journal().step is Step.WAIT
    assert list(site.service.jobs) == [run.job_id]


def test_submitting_again_finds_the_job_started(site: Site) -> None:
    first = site.run(until=Step.WAIT)
    assert site.run(until=Step.WAIT).job_id == first.job_id
    assert len(site.service.submissions) == 1


def test_submitting_a_run_that_is_further_on_changes_nothing(site: Site) -> None:
    site.run(until=Step.COLLECT)
    site.service.calls.clear()
    assert site.run(until=Step.WAIT).status == "Completed"
    assert site.journal().step is Step.COLLECT
    assert site.service.calls == []


def test_a_run_that_was_submitted_is_finished_by_run(site: Site) -> None:
    site.run(until=Step.WAIT)
    assert site.run().finished
    assert len(site.service.submissions) == 1


def test_a_paused_run_is_owned_by_nobody(site: Site) -> None:
    site.run(until=Step.WAIT)
    assert owners.current(site.directory) is None


# what the files of a run never hold


def test_no_file_of_a_run_holds_a_presigned_url_or_a_token(site: Site) -> None:
    url = "https://user:hush@store.example/b/o?X-Amz-Signature=hush"
    token = "eyJhbGciOiJSUzI1NiJ9.aHVzaA.aHVzaA"
    site.service.ending = Ending(
        JobStatus.FAILED, reason={"message": f"cannot read {url} by {token}", "code": 1}
    )
    site.service.fail("backend_facts", AccessError(f"refused at {url}"))
    with pytest.raises(JobFailedError):
        site.run()
    journal = (site.directory / "job.json").read_text()
    assert "hush" not in journal
    assert token not in journal


def test_the_journal_of_a_good_run_holds_no_url_at_all(site: Site) -> None:
    site.run()
    assert "://" not in (site.directory / "job.json").read_text()


def test_a_requeued_script_that_runs_one_job_file_twice_goes_on_where_it_was(site: Site) -> None:
    life = {"SLURM_JOB_ID": "7", "SLURM_JOB_NAME": "x"}
    assert site.run(site.plan(**life)).directory == site.home / "x-7"
    site.service.crash_after("submit")
    with pytest.raises(Crash):
        site.run(site.plan(**life))
    requeued = {**life, "SLURM_RESTART_COUNT": "1"}
    reported = site.run(site.plan(**requeued))
    resumed = site.run(site.plan(**requeued))
    assert [reported.directory, resumed.directory] == [site.home / "x-7", site.home / "x-7.2"]
    assert len(site.service.submissions) == 2
