"""What a process costs is measured from outside it."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

from bench.measuring import CommandFailed, Cost, alternate, measure


def _python(program: str) -> list[str]:
    return [sys.executable, "-I", "-S", "-c", program]


def test_memory_is_the_peak_of_the_command_itself(tmp_path: Path) -> None:
    small, large = measure([_python("pass"), _python("bytearray(100_000_000)")], {}, tmp_path)
    assert small.rss_bytes < 30_000_000 < 100_000_000 < large.rss_bytes


def test_cpu_time_is_that_of_the_children_too(tmp_path: Path) -> None:
    program = "sum(range(3_000_000))"
    child = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {program!r}])"
    alone, with_child = measure([_python("pass"), _python(child)], {}, tmp_path)
    assert with_child.cpu_secs > 2 * alone.cpu_secs


def test_a_command_that_fails_is_no_measurement(tmp_path: Path) -> None:
    with pytest.raises(CommandFailed, match="exited with 3:\nit broke"):
        measure([_python("import sys; print('it broke'); sys.exit(3)")], {}, tmp_path)


def test_contenders_take_turns_and_the_first_round_does_not_count() -> None:
    order: list[str] = []

    def contender(name: str) -> Cost:
        order.append(name)
        return Cost(wall_secs=len(order), cpu_secs=0, rss_bytes=0)

    costs = alternate({"a": lambda: contender("a"), "b": lambda: contender("b")}, rounds=2)
    assert order == ["a", "b", "b", "a", "a", "b"]
    assert [cost.wall_secs for cost in costs["a"]] == [4, 5]
