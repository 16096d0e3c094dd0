"""Published and verified results are the end of a run, whatever the journal's last write did."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from .conftest import Site

PLAY = """
import errno, os, signal, sys
from direct_access import _console, atomic, run_files
from direct_access.journal import Journal, Step

fault, step = sys.argv[1], sys.argv[2]
save, sync, replacing = Journal.save, atomic.sync_names, run_files.replacing


def failing(*_, **__):
    atomic.sync_names, run_files.replacing = sync, replacing
    raise OSError(errno.EIO, "Input/output error")


def save_with_fault(self, directory, confirm=None):
    first = not (directory / "job.json").exists()
    meant = first if step == "first" else self.step.value == step
    if meant and fault == "fsync":
        atomic.sync_names = failing
    if meant and fault == "write":
        run_files.replacing = failing
    save(self, directory, confirm)
    if meant and fault == "kill":
        os.kill(os.getpid(), signal.SIGKILL)


Journal.save = save_with_fault
sys.argv[1:3] = []
_console.run()
"""


def run_with(site: Site, fault: str, step: str, *arguments: str | Path) -> subprocess.CompletedProcess[str]:
    """Run the command in a process in which one write of the journal goes wrong."""
    command = [sys.executable, "-c", PLAY, fault, step, *map(str, arguments)]
    return subprocess.run(
        command, cwd=site.home, env=site.environment, capture_output=True, text=True, timeout=120
    )


def executions(site: Site) -> int:
    return len(list(site.home.glob("bell-local*/job-object.json")))


@pytest.mark.parametrize("fault", ["fsync", "write"])
def test_a_last_write_that_fails_changes_neither_exit_status_nor_results(site: Site, fault: str) -> None:
    done = run_with(site, fault, "finished", "run", site.job_file())
    assert done.returncode == 0, done.stderr
    assert "the run has ended nevertheless" in done.stderr
    assert (site.run_directory / "results.json").exists()
    assert site.objects() == []


def test_after_a_last_write_that_failed_the_same_command_executes_nothing(site: Site) -> None:
    run_with(site, "write", "finished", "run", site.job_file())
    again = site.run("run", site.job_file())
    assert again.returncode == 0, again.stderr
    assert executions(site) == 1
    assert site.journal["step"] == "finished"


def test_a_process_killed_when_its_run_was_finished_has_told_nobody(site: Site) -> None:
    killed = run_with(site, "kill", "finished", "run", site.job_file())
    assert killed.returncode == -9
    again = site.run("run", site.job_file())
    assert again.returncode == 0, again.stderr
    assert executions(site) == 1
    site.run("run", site.job_file())
    assert executions(site) == 2


@pytest.mark.parametrize("fault", ["fsync", "write"])
def test_a_first_journal_that_fails_leaves_nothing_in_the_way(site: Site, fault: str) -> None:
    done = run_with(site, fault, "first", "run", site.job_file())
    assert done.returncode == 74, done.stderr
    assert not site.run_directory.exists()
    assert site.objects() == []
    again = site.run("run", site.job_file())
    assert again.returncode == 0, again.stderr


KILLED_LATE = """
import os, signal
from direct_access import _console
from direct_access.cli import run_summary

put = run_summary.put


def put_and_die(text):
    os.kill(os.getpid(), signal.SIGKILL)


run_summary.put = put_and_die
_console.run()
"""


def test_a_process_killed_before_it_has_written_its_output_is_told_again(site: Site) -> None:
    command = [sys.executable, "-c", KILLED_LATE, "run", str(site.job_file())]
    killed = subprocess.run(command, cwd=site.home, env=site.environment, capture_output=True, timeout=120)
    assert killed.returncode == -9
    again = site.run("run", site.job_file())
    assert again.returncode == 0, again.stderr
    assert Path(again.stdout.strip()) == site.run_directory
    assert executions(site) == 1


BUG = """
from direct_access import _console
from direct_access.runner import {module}


def bug(*_, **__):
    raise ZeroDivisionError("a bug")


{module}.{name} = bug
_console.run()
"""


@pytest.mark.parametrize(
    ("module", "name"),
    [("waiting", "poll_until_ended"), ("collecting", "_publish"), ("submitting", "repeat")],
)
def test_a_bug_after_the_submission_names_the_run_and_the_command_that_takes_it_up(
    site: Site, module: str, name: str
) -> None:
    command = [sys.executable, "-c", BUG.format(module=module, name=name), "run", str(site.job_file())]
    done = subprocess.run(
        command, cwd=site.home, env=site.environment, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 70, done.stderr
    assert "ZeroDivisionError" in done.stderr
    assert f"direct-access collect {site.run_directory}" in done.stderr
    taken_up = site.run("run", site.job_file())
    assert taken_up.returncode == 0, taken_up.stderr
    assert executions(site) == 1


DAMAGED = {
    "type": '{"schema": "direct-access/run/v1", "step": "wait", "spec": 5}',
    "deep": '{"a":' * 900 + "1" + "}" * 900,
    "digits": '{"schema": ' + "9" * 5000 + "}",
    "empty": "",
}


def test_damaged_journals_keep_no_other_run_from_being_collected(site: Site) -> None:
    submitted = site.run("submit", site.job_file())
    assert submitted.returncode == 0, submitted.stderr
    good = site.journal
    changed = {"kind": {"error": 5}, "times": {"times": 5}, "handle": {"handle": {}}, "slurm": {"slurm": 1}}
    for name, text in {
        **DAMAGED,
        **{name: json.dumps({**good, **change}) for name, change in changed.items()},
    }.items():
        (site.home / f"a-{name}").mkdir()
        (site.home / f"a-{name}/job.json").write_text(text)
    (site.run_directory / ".owner").mkdir()
    (site.run_directory / ".owner/\u00b2").touch()
    done = site.run("collect", "--all", "--format", "json", site.home)
    assert done.returncode == 73, done.stderr
    told = sorted(run["exit_status"] for run in json.loads(done.stdout)["runs"])
    assert told == [0, *[73] * (len(DAMAGED) + len(changed))]
    assert (site.run_directory / "results.json").exists()
