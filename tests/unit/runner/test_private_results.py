"""The results of a private job can be read once: what arrives goes to disk, and nothing is read twice."""

from __future__ import annotations

import errno
import os
from dataclasses import replace
from pathlib import Path

import pytest

from direct_access.errors import LocalStorageError, NotFoundError, StoreError, UnavailableError
from direct_access.model.jobs import parse_job
from direct_access.runner.context import partial_name
from direct_access.runner.preparing import adopted_journal

from .conftest import Site
from .memory_service import RESULTS, Crash

DOCUMENT = {"id": "j1", "backend": "ibm_a", "program_id": "sampler", "status": "Completed"}


@pytest.fixture
def private(site: Site) -> Site:
    """A site whose job files say ``private: true``."""
    plan = site.plan

    def private_plan(*arguments: object, **keywords: object) -> object:
        made = plan(*arguments, **keywords)  # type: ignore[arg-type]
        return replace(made, spec=replace(made.spec, cloud={"private": True}))

    site.plan = private_plan  # type: ignore[method-assign,assignment]
    return site


def reads(site: Site) -> int:
    return site.service.calls.count("open_results")


def aside(site: Site) -> Path:
    return site.directory / "results.json.rejected"


def test_they_are_read_once_and_published(private: Site) -> None:
    private.run()
    assert (private.directory / "results.json").read_bytes() == RESULTS
    assert reads(private) == 1
    assert private.journal().files["results.json"]["verified_by"] == "brackets"
    assert not (private.directory / partial_name("results.json")).exists()


def test_they_may_not_be_there_at_first(private: Site) -> None:
    private.service.ending.objects_after_secs = 5
    private.run()
    assert (private.directory / "results.json").read_bytes() == RESULTS


def test_before_the_first_byte_they_are_asked_for_again(private: Site) -> None:
    private.service.streams["results"].breaks = [0]
    private.run()
    assert (private.directory / "results.json").read_bytes() == RESULTS
    assert reads(private) == 2


def test_after_the_first_byte_they_are_not_asked_for_again_and_what_came_is_kept(private: Site) -> None:
    private.service.streams["results"].breaks = [7]
    with pytest.raises(
        StoreError, match=r"incomplete \(the connection broke\), and could be read only once"
    ) as caught:
        private.run()
    assert reads(private) == 1
    assert not caught.value.retryable
    assert aside(private).read_bytes() == RESULTS[:7]
    assert str(aside(private)) in caught.value.message


def test_a_run_that_has_lost_them_has_ended_and_the_next_one_is_a_new_job(private: Site) -> None:
    private.service.streams["results"].breaks = [7]
    with pytest.raises(StoreError, match="read only once"):
        private.run()
    assert private.journal().finished
    assert (private.directory / "logs.txt").exists()
    assert private.service.jobs == {}
    again = private.run()
    assert again.directory != private.directory
    assert (private.directory / "results.json.rejected").read_bytes() == RESULTS[:7]


def crash_before_they_are_published(site: Site, arrived: bytes) -> None:
    """Leave what a process leaves that dies with so much of the results on disk."""
    site.service.fail("open_results", Crash("open_results"))
    with pytest.raises(Crash):
        site.run()
    site.service.calls.clear()
    (site.directory / partial_name("results.json")).write_bytes(arrived)


def test_whole_results_of_a_process_that_died_before_it_published_them_are_taken(private: Site) -> None:
    crash_before_they_are_published(private, RESULTS)
    private.run()
    assert (private.directory / "results.json").read_bytes() == RESULTS
    assert reads(private) == 0


def test_a_part_that_a_process_left_is_kept_and_told(private: Site) -> None:
    crash_before_they_are_published(private, RESULTS[:9])
    with pytest.raises(StoreError, match="it is not valid JSON"):
        private.run()
    assert aside(private).read_bytes() == RESULTS[:9]
    assert reads(private) == 0


def test_a_process_that_died_before_the_first_byte_leaves_the_read_to_the_next(private: Site) -> None:
    crash_before_they_are_published(private, b"")
    private.run()
    assert (private.directory / "results.json").read_bytes() == RESULTS
    assert reads(private) == 1


def test_results_that_were_published_before_a_process_died_are_not_asked_for_again(private: Site) -> None:
    private.service.fail("open_logs", Crash("open_logs"))
    with pytest.raises(Crash):
        private.run()
    private.service.calls.clear()
    private.run()
    assert reads(private) == 0
    assert (private.directory / "results.json").read_bytes() == RESULTS


def test_results_that_the_server_says_were_read_are_gone_and_the_job_is_kept(private: Site) -> None:
    gone = NotFoundError("the server has no results of this job", http_status=404, code="1291")
    private.service.fail("open_results", *[gone] * 50)
    with pytest.raises(StoreError, match="are gone, perhaps read by a process that was killed"):
        private.run()
    assert private.journal().finished
    assert len(private.service.jobs) == 1


def test_every_block_is_durable_before_the_next_is_read(
    private: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    synced = []
    monkeypatch.setattr(os, "fdatasync", lambda descriptor: synced.append(os.fstat(descriptor).st_size))
    private.run()
    assert synced[0] == len(RESULTS)


def test_a_full_disk_is_told_with_what_is_lost(private: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fdatasync", full)
    with pytest.raises(LocalStorageError, match="No space left") as caught:
        private.run()
    assert "cannot be read again" in str(caught.value.advice)


def test_any_other_job_is_read_as_often_as_it_takes(site: Site) -> None:
    site.service.streams["results"].breaks = [7]
    site.run()
    assert reads(site) == 2


def test_a_store_that_is_away_leaves_them_to_another_try(private: Site) -> None:
    private.service.fail("open_results", UnavailableError("no answer"))
    with pytest.raises(StoreError):
        private.run()
    private.run()
    assert (private.directory / "results.json").read_bytes() == RESULTS


def test_a_private_job_that_was_started_elsewhere_is_read_once_too() -> None:
    state = parse_job({**DOCUMENT, "private": True})
    assert adopted_journal(state, {}, "ibm", None).spec.is_private
    assert not adopted_journal(parse_job(DOCUMENT), {}, "ibm", None).spec.is_private
