"""What ``-v`` tells of a run, and that it tells nothing else where."""

from __future__ import annotations

import re
import shlex

import pytest

from direct_access.simulator.faults.rules import Fault

from .conftest import Site

Line = dict[str, str]


def events(stderr: str, name: str = "") -> list[Line]:
    """Return the fields of each event line, of one event or of all."""
    lines = [line for line in stderr.splitlines() if line.startswith("time=")]
    fields = [dict(part.partition("=")[::2] for part in shlex.split(line)) for line in lines]
    return [line for line in fields if name in ("", line["event"])]


def test_without_v_there_is_talk_and_no_event(site: Site) -> None:
    done = site.run("run", site.job_file(), SRUN_DEBUG="3")
    assert events(done.stderr) == []
    assert "direct-access: submit:" in done.stderr


def test_a_run_tells_each_request_step_and_status(site: Site) -> None:
    done = site.run("run", "-v", site.job_file())
    assert done.returncode == 0, done.stderr
    asked = [(line["method"], line["status"]) for line in events(done.stderr, "http")]
    assert asked.count(("POST", "200")) == 1  # IAM
    assert asked.count(("PUT", "200")) == 1  # the params
    assert [line["step"] for line in events(done.stderr, "step")] == [
        *("submit", "wait", "collect", "forget", "finished")
    ]
    assert events(done.stderr, "job")[-1]["status"] == "Completed"
    assert events(done.stderr, "end") == [{**events(done.stderr)[-1], "exit_status": "0"}]
    assert not {line["level"] for line in events(done.stderr)} - {"info"}


def test_standard_output_stays_data(site: Site) -> None:
    quiet, loud = site.run("backends"), site.run("backends", "-vv")
    assert quiet.stdout == loud.stdout
    assert [line["source"] for line in events(loud.stderr, "token")] == ["cache"]


def test_srun_v_tells_as_v_does(site: Site) -> None:
    assert events(site.run("backends", SRUN_DEBUG="4").stderr, "http")


def test_srun_quiet_says_nothing_about_a_good_run(site: Site) -> None:
    done = site.run("run", site.job_file(), SRUN_DEBUG="2")
    assert (done.returncode, done.stderr) == (0, "")


def test_a_refusal_is_told_with_the_servers_request_id_and_the_attempts_are_counted(site: Site) -> None:
    headers = {"X-Request-Id": "Ab-17/c", "Retry-After": "0"}
    site.simulator.faults.add(Fault("api", method="GET", status=503, times=2, headers=headers))
    done = site.run("backends", "-v")
    tried = [line for line in events(done.stderr, "http") if line["path"].endswith("/backends")]
    assert [(line["status"], line["attempt"]) for line in tried] == [("503", "1"), ("503", "2"), ("200", "3")]
    assert [(line["request_id"], line["retry_after"]) for line in tried[:2]] == [("Ab-17/c", "0")] * 2
    assert [line["attempt"] for line in events(done.stderr, "retry")] == ["1", "2"]


@pytest.mark.parametrize("options", [(), ("--format", "json")])
def test_an_error_ends_with_its_event_and_the_exit_status(site: Site, options: tuple[str, ...]) -> None:
    done = site.run("status", "-v", "no-such-job", *options)
    assert [line["kind"] for line in events(done.stderr, "error")] == ["not_found"]
    assert events(done.stderr)[-1]["exit_status"] == str(done.returncode) == "65"
    assert re.search(r"path=/v1/jobs/no-such-job \S.*status=404", done.stderr)
