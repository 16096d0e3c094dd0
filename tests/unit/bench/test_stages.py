"""Times of stages that call one another."""

from __future__ import annotations

import importlib

import pytest

from bench import stages
from bench.stages import Stages


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    now = [0.0]
    monkeypatch.setattr(stages.time, "perf_counter", lambda: now[0])
    return now


def test_a_stage_pauses_while_it_calls_another_one(clock: list[float]) -> None:
    measured = Stages()

    def inner() -> None:
        clock[0] += 5

    def outer() -> None:
        clock[0] += 1
        measured.timed(inner, "inner")()
        clock[0] += 2

    measured.timed(outer, "outer")()
    assert measured.secs == {"outer": 3, "inner": 5}


def test_a_stage_within_itself_counts_once(clock: list[float]) -> None:
    measured = Stages()

    def innermost() -> None:
        clock[0] += 1

    measured.timed(measured.timed(innermost, "imports"), "imports")()
    assert (measured.secs, measured.number) == ({"imports": 1}, {"imports": 1})


def test_a_stage_that_fails_ends_all_the_same(clock: list[float]) -> None:
    measured = Stages()

    def failing() -> None:
        clock[0] += 1
        raise ValueError("it failed")

    with pytest.raises(ValueError, match="it failed"):
        measured.timed(failing, "failing")()
    measured.timed(lambda: None, "next")()
    assert measured.secs == {"failing": 1, "next": 0}


@pytest.mark.parametrize(
    ("method", "url", "stage"),
    [
        ("POST", "https://iam/identity/token", "request: token"),
        ("POST", "https://api/v1/jobs", "request: submit"),
        ("GET", "https://api/v1/jobs/1", "request: poll"),
        ("PUT", "https://store/bucket/params:1?X-Amz-Signature=x", "request: upload"),
        ("GET", "https://store/bucket/logs:1", "request: logs"),
    ],
)
def test_a_request_is_named_after_what_it_is_for(method: str, url: str, stage: str) -> None:
    assert stages.request_stage(None, method, url) == stage


@pytest.mark.parametrize(("module", "path", "_stage"), stages.WATCHED)
def test_every_function_that_is_watched_exists(module: str, path: str, _stage: object) -> None:
    importlib.import_module(module)
    holder, name = stages.found(module, path)
    assert callable(getattr(holder, name))
