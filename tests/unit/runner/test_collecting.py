from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from direct_access import run_files
from direct_access.errors import (
    AccessError,
    JobFailedError,
    LocalStorageError,
    OutputError,
    SignalError,
    StoreError,
    UnavailableError,
)
from direct_access.journal import Step
from direct_access.model.jobs import JobStatus
from direct_access.runner import owner as owners
from direct_access.runner.collecting import MOST_FETCHES
from direct_access.runner.results_check import PARSE_BYTES, fault_of_results

from .conftest import Site
from .memory_service import LOGS, RESULTS, Ending, Stream


def left_at(site: Site) -> Step:
    return site.journal().step


def no_part_is_left(site: Site) -> bool:
    return not [name for name in site.names() if name.endswith((".part", ".part-map"))]


def test_a_connection_that_breaks_is_told_and_taken_up(site: Site) -> None:
    site.service.streams["results"].breaks = [10, 20]
    site.run()
    assert (site.directory / "results.json").read_bytes() == RESULTS
    assert len([line for line in site.told.lines if "the connection broke; resuming" in line]) == 2


def test_objects_that_appear_later_than_the_status_are_waited_for(site: Site) -> None:
    site.service.ending = Ending(objects_after_secs=8)
    assert site.run().status == "Completed"
    assert (site.directory / "logs.txt").exists()


def test_results_that_never_appear_are_a_store_error_and_the_job_stays(site: Site) -> None:
    site.service.ending = Ending(results=None)
    with pytest.raises(StoreError, match="Completed, but its results are not in the store") as caught:
        site.run()
    assert site.clock.boottime() < 3 + 30 + 10
    assert (caught.value.code, caught.value.http_status) == ("NoSuchKey", 404)
    assert caught.value.advice is not None
    assert f"direct-access collect {site.directory}" in caught.value.advice
    assert site.service.jobs != {}
    assert left_at(site) is Step.COLLECT


def test_results_that_appear_after_all_are_collected_by_the_same_command(site: Site) -> None:
    site.service.ending = Ending(results=None)
    with pytest.raises(StoreError):
        site.run()
    (job,) = site.service.jobs.values()
    site.service.objects[job.handle["objects"]["results"]] = RESULTS
    assert site.run().finished


def test_a_log_that_never_appears_is_soon_given_up(site: Site) -> None:
    site.service.ending = Ending(logs=None)
    assert site.run().status == "Completed"
    assert "the job left no log" in site.told.lines
    assert site.clock.boottime() < 3.5 + 2 * 10


def test_a_wrong_digest_is_fetched_again(site: Site) -> None:
    site.service.streams["results"].wrong_digests = MOST_FETCHES - 1
    assert site.run().status == "Completed"
    assert (site.directory / "results.json").read_bytes() == RESULTS


def test_a_digest_that_stays_wrong_is_a_store_error(site: Site) -> None:
    site.service.streams["results"].wrong_digests = 99
    with pytest.raises(StoreError, match="the store says 000"):
        site.run()
    assert site.service.calls.count("open_results") == MOST_FETCHES
    assert site.names() == ["job-object.json", "job.json", "params.json"]
    assert left_at(site) is Step.COLLECT
    assert site.service.objects != {}


@pytest.mark.parametrize(
    "results", [b"", b"<html>", b'{"results": ', b"[]", b'"text"', b"\xff\xfe", b"{} {}"]
)
def test_results_that_cannot_be_right_are_kept_aside_and_the_job_stays(site: Site, results: bytes) -> None:
    site.service.ending = Ending(results=results)
    with pytest.raises(StoreError, match="are wrong: it is") as caught:
        site.run()
    aside = site.directory / "results.json.rejected"
    assert aside.read_bytes() == results
    assert caught.value.subject == str(aside)
    assert not (site.directory / "results.json").exists()
    assert no_part_is_left(site)
    assert site.service.jobs != {}
    assert left_at(site) is Step.COLLECT


def test_a_short_object_is_a_store_error_and_leaves_no_file(site: Site) -> None:
    site.service.streams["results"].announced_size = len(RESULTS) + 1
    with pytest.raises(StoreError, match="bytes arrived, the store says"):
        site.run()
    assert no_part_is_left(site)
    assert not (site.directory / "results.json").exists()


@pytest.mark.parametrize("call", ["open_results", "open_logs"])
def test_a_store_that_stays_away_is_a_store_error_for_a_job_exists(site: Site, call: str) -> None:
    site.service.fail(call, UnavailableError("no answer from the store", http_status=503, retryable=True))
    with pytest.raises(StoreError, match="no answer from the store") as caught:
        site.run()
    assert caught.value.retryable
    assert caught.value.http_status == 503
    assert f"direct-access collect {site.directory}" in str(caught.value.advice)
    assert site.run().finished


def test_what_we_may_not_read_is_an_access_error_that_can_be_taken_up(site: Site) -> None:
    site.service.fail("open_results", AccessError("may not read", http_status=403))
    with pytest.raises(AccessError):
        site.run()
    assert left_at(site) is Step.COLLECT
    assert site.run().finished


def test_a_full_disk_leaves_the_job_to_be_collected(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int, data: object, position: int) -> int:
        assert str(Path(f"/proc/self/fd/{descriptor}").readlink()).endswith(".part")
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "pwrite", full)
        with pytest.raises(LocalStorageError, match="No space left") as caught:
            site.run()
    assert "free space, then collect it" in str(caught.value.advice)
    assert no_part_is_left(site)
    assert site.service.objects != {}
    assert site.run().finished


def test_a_name_that_cannot_be_taken_is_a_local_error(site: Site) -> None:
    site.service.before["open_results"] = lambda: (site.directory / "results.json").mkdir()
    with pytest.raises(LocalStorageError, match="cannot write"):
        site.run()
    assert left_at(site) is Step.COLLECT


def test_a_superseded_owner_deletes_nothing(site: Site) -> None:
    def superseded() -> None:
        owner = owners.current(site.directory)
        owners.take(site.directory, owners.this_process(site.plan().slurm), owner)

    site.service.ending = Ending(logs=None)  # so that nothing is published after the results
    site.service.before["open_logs"] = superseded
    with pytest.raises(OutputError, match="taken over"):
        site.run()
    assert "forget" not in site.service.calls


@pytest.mark.parametrize("call", ["open_results", "open_logs"])
def test_a_superseded_owner_publishes_nothing(site: Site, call: str) -> None:
    def superseded() -> None:
        site.service.before.clear()
        owner = owners.current(site.directory)
        assert owners.take(site.directory, owners.this_process(site.plan().slurm), owner)

    site.service.before[call] = superseded
    with pytest.raises(OutputError, match="taken over"):
        site.run()
    assert not (site.directory / {"open_results": "results.json", "open_logs": "logs.txt"}[call]).exists()
    assert "forget" not in site.service.calls


def test_a_wish_to_end_is_heard_while_waiting_for_results(site: Site) -> None:
    site.service.ending = Ending(results=None)
    site.service.before["open_results"] = lambda: site.control.end(SignalError("ended"))
    with pytest.raises(SignalError):
        site.run()
    assert left_at(site) is Step.COLLECT


def test_a_wish_to_end_is_heard_between_two_connections_and_what_arrived_is_gone_on_with(site: Site) -> None:
    site.service.streams["results"] = Stream(etag='"a"', breaks=[10])
    site.service.before["open_results"] = lambda: site.control.end(SignalError("ended"))
    with pytest.raises(SignalError):
        site.run()
    assert (site.directory / ".results.json.part").stat().st_size == 10
    site.service.before.clear()
    owners.release(site.directory)
    assert site.run().status == "Completed"
    assert site.service.downloads[1].offset == 10
    assert no_part_is_left(site)


def test_files_are_fsynced_before_they_get_their_names(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[str] = []
    fsync, publish = os.fsync, run_files.publish

    def watch(descriptor: int) -> None:
        synced.append(Path(f"/proc/self/fd/{descriptor}").readlink().name)
        fsync(descriptor)

    def check(directory: Path, temporary: str, name: str) -> None:
        assert temporary in synced
        publish(directory, temporary, name)

    monkeypatch.setattr(os, "fsync", watch)
    monkeypatch.setattr(run_files, "publish", check)
    site.run()
    assert ".results.json.part" in synced


def test_the_log_of_a_failed_job_is_read_to_its_end(site: Site) -> None:
    site.service.ending = Ending(JobStatus.FAILED, logs=LOGS * 1000)
    site.service.streams["logs"].breaks = [500, 5000]
    with pytest.raises(JobFailedError):
        site.run()
    assert (site.directory / "logs.txt").read_bytes() == LOGS * 1000


def test_how_a_file_was_verified_is_on_record(site: Site) -> None:
    site.service.streams["logs"].algorithm = None
    site.run()
    files = site.journal().files
    assert (files["results.json"]["verified_by"], files["logs.txt"]["verified_by"]) == ("md5", "length")
    assert files["logs.txt"]["digest"] is None


def document(size: int, end: bytes = b"}") -> bytes:
    head = b' {"results": ["'
    return head + b"a" * (size - len(head) - 3) + b'"' + end + b"\n"


def fault_of(path: Path, program_id: str = "sampler", *, is_verified: bool = True) -> str | None:
    with path.open("rb") as file:
        return fault_of_results(file, program_id, is_verified=is_verified)


@pytest.mark.parametrize(
    ("content", "fault"),
    [
        (b'{"results": []}', None),
        (b' \n{"results": [1]}\n', None),
        (json.dumps({"results": ["grün"]}).encode(), None),
        (b'{"metadata": {}, "__type__": "PrimitiveResult", "__value__": {}}', None),
        (b"{}", "no results, but nothing"),
        (b'{"errors": [{"code": 1}]}', "no results, but errors"),
        (b'{"message": "slow down"}', "no results, but message"),
        (b'{"results": null}', "no results"),
        (b"", "empty"),
        (b"{", "not valid JSON"),
        (b"not json", "not valid JSON"),
        (b"null", "not a JSON object"),
        (b"[1]", "not a JSON object"),
        (document(PARSE_BYTES + 1), None),
        (document(PARSE_BYTES + 1, b"]"), "does not start with { and end with }"),
        (document(PARSE_BYTES + 100)[:-40], "does not start with { and end with }"),
        (b"<" + document(PARSE_BYTES + 1), "does not start with { and end with }"),
        (bytes(PARSE_BYTES + 1), "does not start with { and end with }"),
        (document(PARSE_BYTES + 2).replace(b"results", b"errors"), "no results, but errors"),
    ],
    ids=range(19),
)
def test_the_shape_of_results_is_judged(tmp_path: Path, content: bytes, fault: str | None) -> None:
    (tmp_path / "results.json").write_bytes(content)
    found = fault_of(tmp_path / "results.json")
    assert (found is None) if fault is None else (found is not None and fault in found)


def test_json_too_deep_to_parse_is_a_fault_not_a_bug(tmp_path: Path) -> None:
    (tmp_path / "results.json").write_bytes(b'{"a":' * 100_000 + b"1" + b"}" * 100_000)
    assert "it is not readable JSON: nested too deeply" in str(fault_of(tmp_path / "results.json"))


def test_large_numbers_are_no_fault(tmp_path: Path) -> None:
    (tmp_path / "results.json").write_bytes(b'{"results": [' + b"9" * 5000 + b"]}")
    assert fault_of(tmp_path / "results.json") is None


@pytest.mark.parametrize(
    ("content", "fault"), [(b'{"data": []}', None), (b"{}", "nothing"), (b'{"error": "x"}', "no results")]
)
def test_of_other_programs_nothing_is_known_but_what_an_error_looks_like(
    tmp_path: Path, content: bytes, fault: str | None
) -> None:
    (tmp_path / "results.json").write_bytes(content)
    found = fault_of(tmp_path / "results.json", "executor")
    assert (found is None) if fault is None else (found is not None and fault in found)


NESTED = b'{"results": [{"a": "' + rb"}\\\"]" * PARSE_BYTES + b'", "b": {}}, {"c": []}]}\n'


@pytest.mark.parametrize(
    ("content", "is_whole"),
    [
        (NESTED, True),
        (NESTED[: NESTED.index(b"{}") + 2], False),
        (NESTED[: NESTED.index(b'", "b"')], False),
        (NESTED[: NESTED.rindex(b"]}")] + b"}", False),
        (NESTED + b"{}", False),
    ],
    ids=range(5),
)
def test_without_length_and_digest_the_brackets_are_counted(
    tmp_path: Path, content: bytes, is_whole: bool
) -> None:
    (tmp_path / "results.json").write_bytes(content)
    assert (fault_of(tmp_path / "results.json", is_verified=False) is None) == is_whole


def test_a_failed_job_tells_its_reason_though_the_store_refuses_the_log(site: Site) -> None:
    site.service.ending = Ending(JobStatus.FAILED, reason={"code": 1300, "message": "too hot"})
    site.service.fail("open_logs", AccessError("denied"))
    with pytest.raises(JobFailedError, match="too hot"):
        site.run()
    assert "warning: the log could not be fetched: denied" in site.told.lines


def test_a_log_that_is_given_up_leaves_nothing_half_fetched(site: Site) -> None:
    site.service.ending = Ending(JobStatus.FAILED, logs=LOGS * 1000)
    site.service.streams["logs"] = Stream(etag='"a"', breaks=[500])
    site.service.before["open_logs"] = lambda: site.service.fail(
        "open_logs", *([AccessError("denied")] if site.service.downloads else [])
    )
    with pytest.raises(JobFailedError):
        site.run()
    assert "warning: the log could not be fetched: denied" in site.told.lines
    assert no_part_is_left(site)
