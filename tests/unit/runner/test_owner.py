from __future__ import annotations

import dataclasses
import json
import os
import socket
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest

from direct_access import run_files
from direct_access.errors import OutputError
from direct_access.runner import owner as owners
from direct_access.runner.owner import DIRECTORY_NAME, OwnerRecord
from direct_access.slurm.environment import SlurmEnv

OUTSIDE = SlurmEnv()
IN_JOB = SlurmEnv(cluster="alps", job_id=7, step_id=0)


def record(slurm: SlurmEnv = OUTSIDE, **changes: object) -> OwnerRecord:
    return dataclasses.replace(owners.this_process(slurm), **changes)  # type: ignore[arg-type]


def ended_process() -> int:
    """Return the pid of a process that has just ended."""
    process = subprocess.Popen(["true"])
    process.wait()
    return process.pid


def test_a_directory_that_nobody_took_has_no_owner(tmp_path: Path) -> None:
    assert owners.current(tmp_path) is None
    assert owners.current(tmp_path / "absent") is None


def test_who_takes_a_directory_is_its_owner(tmp_path: Path) -> None:
    mine = record()
    assert owners.take(tmp_path, mine, None)
    assert owners.current(tmp_path) == mine
    assert owners.is_owner(tmp_path, mine)


def test_taking_leaves_the_record_alone(tmp_path: Path) -> None:
    owners.take(tmp_path, record(), None)
    assert sorted(os.listdir(tmp_path / DIRECTORY_NAME)) == ["1", "answered", "asked"]


def test_a_second_one_who_saw_nobody_comes_too_late(tmp_path: Path) -> None:
    first = record()
    owners.take(tmp_path, first, None)
    assert not owners.take(tmp_path, record(), None)
    assert owners.current(tmp_path) == first


def test_a_dead_owner_is_superseded(tmp_path: Path) -> None:
    dead, heir = record(), record()
    owners.take(tmp_path, dead, None)
    assert owners.take(tmp_path, heir, dead)
    assert owners.current(tmp_path) == heir
    assert not owners.is_owner(tmp_path, dead)


def test_of_two_heirs_the_second_comes_too_late(tmp_path: Path) -> None:
    dead, heir = record(), record()
    owners.take(tmp_path, dead, None)
    owners.take(tmp_path, heir, dead)
    assert not owners.take(tmp_path, record(), dead)
    assert owners.current(tmp_path) == heir


def test_the_tenth_owner_supersedes_the_ninth(tmp_path: Path) -> None:
    last = None
    for _ in range(12):
        heir = record()
        assert owners.take(tmp_path, heir, last)
        last = heir
    assert owners.current(tmp_path) == last


def test_a_released_directory_has_no_owner_and_no_trace(tmp_path: Path) -> None:
    mine = record()
    owners.take(tmp_path, mine, None)
    owners.release(tmp_path)
    assert owners.current(tmp_path) is None
    assert not owners.is_owner(tmp_path, mine)
    assert os.listdir(tmp_path) == []


def test_releasing_what_is_released_is_fine(tmp_path: Path) -> None:
    owners.release(tmp_path)
    owners.release(tmp_path / "absent")


def test_a_directory_that_vanished_cannot_be_taken(tmp_path: Path) -> None:
    assert not owners.take(tmp_path / "vanished", record(), None)


def test_a_file_in_the_place_of_the_records_is_an_output_error(tmp_path: Path) -> None:
    (tmp_path / DIRECTORY_NAME).touch()
    with pytest.raises(OutputError, match="Not a directory"):
        owners.current(tmp_path)


def test_a_file_in_the_place_of_the_records_cannot_be_taken_over(tmp_path: Path) -> None:
    (tmp_path / DIRECTORY_NAME).touch()
    with pytest.raises(OSError, match="Not a directory"):
        owners.take(tmp_path, record(), None)


def test_a_release_between_two_looks_is_no_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mine = record()
    owners.take(tmp_path, mine, None)
    monkeypatch.setattr(owners, "_latest", lambda directory: 1)  # as listed before the release
    owners.release(tmp_path)
    assert owners.current(tmp_path) is None
    assert not owners.is_owner(tmp_path, mine)
    assert not owners.take(tmp_path, record(), None)


def test_a_link_whose_answer_was_lost_counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    link = os.link

    def lost_answer(source: str, target: str, **places: Any) -> None:
        link(source, target, **places)
        link(source, target, **places)

    monkeypatch.setattr(os, "link", lost_answer)
    mine = record()
    assert owners.take(tmp_path, mine, None)
    assert owners.current(tmp_path) == mine


@pytest.mark.parametrize("content", ["", "{", "[]", "{}", '{"host": 1}', "\udcff"])
def test_a_record_that_cannot_be_read_is_never_taken_over(tmp_path: Path, content: str) -> None:
    owners.take(tmp_path, record(), None)
    (tmp_path / DIRECTORY_NAME / "1").write_bytes(content.encode(errors="surrogateescape"))
    with pytest.raises(OutputError, match="cannot read the owner record"):
        owners.current(tmp_path)


@pytest.mark.parametrize("name", ["²", "٣", "1" * 5000, "0x1", "-1", "new.x"])
def test_a_name_that_is_no_number_of_ours_is_no_record(tmp_path: Path, name: str) -> None:
    mine = record()
    owners.take(tmp_path, mine, None)
    (tmp_path / DIRECTORY_NAME / name[:200]).touch()
    assert owners.current(tmp_path) == mine


@pytest.mark.parametrize(
    "change", [{"pid": "1"}, {"pid": 10**30}, {"host": 5}, {"token": None}, {"step": "0"}]
)
def test_a_record_with_wrong_types_is_never_taken_over(tmp_path: Path, change: dict[str, object]) -> None:
    owners.take(tmp_path, record(), None)
    path = tmp_path / DIRECTORY_NAME / "1"
    path.write_text(json.dumps({**json.loads(path.read_bytes()), **change}))
    with pytest.raises(OutputError, match="cannot read the owner record"):
        owners.current(tmp_path)


def test_the_record_of_a_process_names_host_and_pid() -> None:
    assert record().place == f"pid {os.getpid()} on {socket.gethostname()}"


def test_outside_slurm_no_owner_is_of_our_job() -> None:
    assert not record().is_of(OUTSIDE)


RACE = """
import json, sys
from dataclasses import asdict
from pathlib import Path
from typing import Any
from direct_access.runner import owner as owners
from direct_access.slurm.environment import SlurmEnv
directory = Path(sys.argv[1])
mine = owners.this_process(SlurmEnv())
dead = owners.current(directory)
print("ready", flush=True)
sys.stdin.readline()
print(json.dumps([owners.take(directory, mine, dead), mine.token]), flush=True)
sys.stdin.readline()
"""


def race(directory: Path, competitors: int) -> list[str]:
    """Let processes take a directory at one moment; return the tokens of those who think they did."""
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", RACE, str(directory)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        for _ in range(competitors)
    ]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    answers = [json.loads(process.stdout.readline()) for process in processes if process.stdout]
    for process in processes:
        process.communicate("\n")
    return [token for won, token in answers if won]


@pytest.mark.parametrize("predecessor", [False, True])
def test_of_many_processes_exactly_one_becomes_the_owner(tmp_path: Path, predecessor: bool) -> None:
    if predecessor:
        owners.take(tmp_path, record(pid=ended_process()), None)
    winners = race(tmp_path, 12)
    owner = owners.current(tmp_path)
    assert owner is not None
    assert winners == [owner.token]
    assert not [name for name in os.listdir(tmp_path / DIRECTORY_NAME) if name.startswith("new.")]


def test_taking_and_releasing_at_the_same_time_never_makes_two_owners(tmp_path: Path) -> None:
    holders: list[str] = []
    faults: list[object] = []

    def take_and_release() -> None:
        for _ in range(200):
            mine = record()
            try:
                if owners.take(tmp_path, mine, None):
                    holders.append(mine.token)
                    if len(holders) != 1 or not owners.is_owner(tmp_path, mine):
                        faults.append(list(holders))
                    holders.remove(mine.token)
                    owners.release(tmp_path)
                owners.current(tmp_path)
            except Exception as error:  # shown by the assertion below
                faults.append(error)

    threads = [threading.Thread(target=take_and_release) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert faults == []


def test_who_becomes_the_owner_while_leftovers_are_removed_keeps_its_record(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / DIRECTORY_NAME).mkdir(mode=0o700)
    mine, listed, list_names = record(), [], run_files.names

    def listed_before_somebody_comes(directory: Path, below: str = "") -> list[str]:
        names = list_names(directory, below)
        listed.append(below)
        if listed.count(DIRECTORY_NAME) == 2:
            assert owners.take(tmp_path, mine, None)
        return names

    monkeypatch.setattr(run_files, "names", listed_before_somebody_comes)
    owners.remove_leftovers(tmp_path)
    assert owners.is_owner(tmp_path, mine)
