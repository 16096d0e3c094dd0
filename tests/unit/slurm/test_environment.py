from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from direct_access.slurm.environment import SlurmEnv, read, step_of

BATCH = {
    "SLURM_CLUSTER_NAME": "alps",
    "SLURM_JOB_ID": "4711",
    "SLURM_JOB_NAME": "bell",
    "SLURM_SUBMIT_DIR": "/scratch/alice",
    "SLURM_PROCID": "0",
    "SLURM_TASK_PID": "2100",
}
NUMBERS = [
    "SLURM_JOB_ID",
    "SLURM_ARRAY_JOB_ID",
    "SLURM_ARRAY_TASK_ID",
    "SLURM_RESTART_COUNT",
    "SLURM_STEP_ID",
    "SLURM_PROCID",
    "SLURM_TASK_PID",
    "SLURM_JOB_END_TIME",
]


def test_outside_slurm_nothing_is_known() -> None:
    assert read({"PATH": "/bin"}) == SlurmEnv()
    assert not read({}).in_job


def test_outside_slurm_the_owner_is_local() -> None:
    assert read({}).owner(1000) == "local/1000/local.0"


def test_a_batch_job_in_its_first_life_has_no_restart_count() -> None:
    slurm = read(BATCH)
    assert slurm == SlurmEnv(
        cluster="alps",
        job_id=4711,
        job_name="bell",
        restart_count=0,
        proc_id=0,
        task_pid=2100,
        submit_dir=Path("/scratch/alice"),
    )
    assert slurm.owner(1000) == "alps/1000/4711.0"


def test_a_requeued_job_has_another_owner_name() -> None:
    assert read({**BATCH, "SLURM_RESTART_COUNT": "2"}).owner(1000) == "alps/1000/4711.2"


def test_a_task_of_an_array_is_named_by_array_and_task() -> None:
    task = {**BATCH, "SLURM_ARRAY_JOB_ID": "4700", "SLURM_ARRAY_TASK_ID": "3"}
    assert read(task).owner(1000) == "alps/1000/4700_3.0"


def test_task_zero_of_an_array_is_a_task_like_any_other() -> None:
    task = {**BATCH, "SLURM_ARRAY_JOB_ID": "4700", "SLURM_ARRAY_TASK_ID": "0"}
    assert read(task).array_task_id == 0
    assert read(task).owner(1000) == "alps/1000/4700_0.0"


def test_a_step_is_known_by_its_number() -> None:
    assert read({**BATCH, "SLURM_STEP_ID": "0"}).step_id == 0


def test_newer_slurm_tells_when_the_allocation_ends() -> None:
    assert read({**BATCH, "SLURM_JOB_END_TIME": "1771156800"}).end_time == 1_771_156_800


@pytest.mark.parametrize("name", NUMBERS)
@pytest.mark.parametrize("text", ["", " ", "-1", "+1", "1.5", "0x10", "1_000", "²", "٣", "N/A", "9" * 5000])
def test_a_value_that_is_no_number_counts_as_absent(name: str, text: str) -> None:
    absent = {key: value for key, value in BATCH.items() if key != name}
    assert read({**BATCH, name: text}) == read(absent)


@given(st.dictionaries(st.sampled_from([*NUMBERS, *BATCH]), st.text(max_size=8)))
def test_no_environment_whatever_stops_us(environment: dict[str, str]) -> None:
    assert read(environment).owner(1)


def processes(proc: Path, title: str) -> Path:
    """Make a /proc in which process 20 has a parent of this title."""
    for pid, file, text in ((20, "stat", "20 (a b) S 10 20 20"), (10, "cmdline", title)):
        (proc / str(pid)).mkdir()
        (proc / str(pid) / file).write_text(text)
    return proc


@pytest.mark.parametrize(
    ("title", "step"),
    [
        ("slurmstepd: [4711.2]    ", 2),
        ("slurmstepd: [4711.batch]", None),  # a job that was submitted inside step 2 of another one
        ("slurmstepd: [4711.20]", None),
        ("slurmstepd: [4712.2]", None),
        ("bash", None),
    ],
)
def test_a_step_is_one_only_if_slurmstepd_says_so(tmp_path: Path, title: str, step: int | None) -> None:
    slurm = read({**BATCH, "SLURM_STEP_ID": "2", "SLURM_TASK_PID": "20"})
    assert step_of(slurm, processes(tmp_path, title)) == step


def test_where_processes_cannot_be_seen_there_is_no_step(tmp_path: Path) -> None:
    assert step_of(read({**BATCH, "SLURM_STEP_ID": "2", "SLURM_TASK_PID": "20"}), tmp_path) is None
    assert step_of(read({**BATCH, "SLURM_STEP_ID": "2"}), tmp_path) is None


def test_the_owner_names_the_step() -> None:
    assert read(BATCH).owner(1000, 2) == "alps/1000/4711.0.2"
    assert read({}).owner(1000, 2) == "local/1000/local.0"
