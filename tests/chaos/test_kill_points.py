"""SIGKILL before each system call that changes the world; then the same command again."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

import pytest

from tests.chaos import strace
from tests.chaos.world import OTHER_NODE, REQUEUED, SLURM, World, undisturbed, why_no_other_node, world
from tests.chaos.world import why_not_traceable as why_not

pytestmark = [
    pytest.mark.skipif(why_not() is not None, reason=str(why_not())),
    pytest.mark.timeout(600),
]
CALLS = ("mkdir", "mkdirat", "write", "pwrite64", "linkat", "unlinkat", "renameat", "sendto")
TRIES = 3
Variables = Mapping[str, str]


@pytest.fixture(scope="module")
def a_world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    with world(tmp_path_factory.mktemp("world")) as made:
        yield made


@pytest.fixture(scope="module")
def recorded(a_world: World) -> list[strace.Point]:
    return undisturbed(a_world)


@pytest.fixture(scope="module")
def recorded_in_slurm(a_world: World) -> list[strace.Point]:
    return undisturbed(a_world, **SLURM)


def test_every_call_that_changes_the_world_is_a_kill_point(
    recorded: list[strace.Point],
) -> None:
    assert {point.name for point in recorded} == set(CALLS)
    assert len(recorded) >= 40


@pytest.mark.parametrize("name", CALLS)
def test_killed_before_a_call_the_same_command_ends_the_run(
    name: str, a_world: World, recorded: list[strace.Point]
) -> None:
    for point in _until_the_run_is_finished(recorded, name):
        _kill_and_begin_again(a_world, point, {}, (), {})


@pytest.mark.skipif(why_no_other_node() is not None, reason=str(why_no_other_node()))
@pytest.mark.parametrize("name", CALLS)
def test_killed_before_a_call_the_requeued_job_ends_the_run_on_another_node(
    name: str, a_world: World, recorded_in_slurm: list[strace.Point]
) -> None:
    for point in (point for point in recorded_in_slurm if point.name == name):
        _kill_and_begin_again(a_world, point, SLURM, OTHER_NODE, REQUEUED)


def _kill_and_begin_again(
    a_world: World, point: strace.Point, first: Variables, before: Sequence[str], then: Variables
) -> None:
    """Kill at this very call: a machine under load may change the order of calls, and then we try again."""
    for _ in range(TRIES):
        home = a_world.home()
        died_at = home.killed_before(point, **first)
        again = home.command(*before, **then)
        assert again.returncode == 0, f"{point}: {again.stderr}"
        home.expect_one_whole_run()
        if died_at == point:
            return
    raise AssertionError(f"never killed before {point}, but before {died_at}")


def _until_the_run_is_finished(points: list[strace.Point], name: str) -> list[strace.Point]:
    """Return the calls of a name up to the last journal: once it is released, a command is a new run.

    The release itself is the main thread's first rename, and so cannot be told from the worker's first.
    """
    last = max(index for index, point in enumerate(points) if point.what.endswith("/job.json"))
    return [point for point in points[: last + 1] if point.name == name]
