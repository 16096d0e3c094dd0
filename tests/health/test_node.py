"""On nodes nothing is asked, and nothing remote is a reason to drain one."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from direct_access.clock import SystemClock
from direct_access.errors import (
    ConfigurationError,
    DirectAccessError,
    LocalStorageError,
    UnavailableError,
)
from direct_access.health.check import CheckReport, Result
from direct_access.health.finding import CheckFinding, CheckLevel
from direct_access.health.node import file_system_of, own_fault
from tests.health.bad_days import configuration_not_readable, full_disk, iam_down
from tests.health.stage import Stage

REPOSITORY = Path(__file__).parents[2]

Published = Callable[..., Path]


@pytest.fixture
def published(stage: Stage) -> Published:
    """Publishes a state, and makes it as old as a test wants."""

    def publish(age_secs: float = 0.0) -> Path:
        state = stage.home / "state.json"
        stage.health("--publish", state)
        document = json.loads(state.read_text())
        document["checked_at_secs"] = SystemClock().wall() - age_secs
        state.write_text(json.dumps(document))
        return state

    return publish


def test_a_node_makes_no_request(stage: Stage, published: Published) -> None:
    state = published()
    before = len(stage.simulator.requests.entries())
    told = stage.command("health", "--format", "nhc", "--state", state, "--fail-on", "disk")
    assert told.exit_status == 0
    assert len(stage.simulator.requests.entries()) == before


def test_a_remote_outage_is_told_and_drains_nothing(stage: Stage, published: Published) -> None:
    iam_down(stage)
    told = stage.command("health", "--format", "nhc", "--state", published())
    assert told.exit_status == 0
    assert "CRITICAL: iam: IAM is in trouble" in told.out
    assert "no reason to drain a node" in told.out


@pytest.mark.parametrize("age_secs", [3600.0, -3600.0])
def test_a_state_that_is_old_or_of_another_time_counts_as_healthy(
    stage: Stage, published: Published, age_secs: float
) -> None:
    iam_down(stage)
    told = stage.command("health", "--format", "nhc", "--state", published(age_secs))
    assert told.exit_status == 0
    assert "counts as healthy" in told.out
    assert "IAM" not in told.out


OF_NO_TIME = '{"level": "OK", "cause": null, "checked_at_secs": -Infinity, "findings": []}'


@pytest.mark.parametrize(
    "content", [None, "", "[]", "{}", '{"level": "CRITICAL", "findings": 3}', OF_NO_TIME]
)
def test_a_state_that_is_missing_or_damaged_counts_as_healthy(stage: Stage, content: str | None) -> None:
    state = stage.home / "state.json"
    if content is not None:
        state.write_text(content)
    told = stage.command("health", "--format", "nhc", "--state", state)
    assert told.exit_status == 0
    assert "counts as healthy" in told.out


def test_the_site_says_where_the_state_is(stage: Stage, published: Published) -> None:
    stage.site(state_file=str(published()))
    assert "no reason to drain" in stage.command("health", "--format", "nhc").out


def test_a_full_disk_fails_the_node_where_the_site_wants_that(stage: Stage, full: Path) -> None:
    full_disk(stage, full)
    assert stage.command("health", "--format", "nhc").exit_status == 0
    told = stage.command("health", "--format", "nhc", "--fail-on", "disk")
    assert told.exit_status == 1
    assert "No space left on device" in told.out


def test_a_configuration_that_cannot_be_read_fails_the_node_where_the_site_wants_that(stage: Stage) -> None:
    configuration_not_readable(stage)
    assert stage.command("health", "--format", "nhc").exit_status == 0
    told = stage.command("health", "--format", "nhc", "--fail-on", "configuration")
    assert told.exit_status == 1
    assert "may not be read" in told.out


MOUNTS = """\
22 1 254:1 / / rw,relatime shared:1 - ext4 /dev/root rw
30 22 0:26 / /scratch rw,relatime shared:9 - lustre mds@tcp:/scratch rw,flock
31 30 0:27 / /scratch/on\\040node rw,relatime shared:10 - xfs /dev/sdb1 rw
32 22 0:28 / /scratch2 rw - tmpfs tmpfs rw
"""


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/home/alice", "ext4"),
        ("/scratch", "lustre"),
        ("/scratch/alice", "lustre"),
        ("/scratch/on node/alice", "xfs"),
        ("/scratch2", "tmpfs"),
    ],
)
def test_the_file_system_of_a_path_is_that_of_the_nearest_mount(tmp_path: Path, path: str, kind: str) -> None:
    mounts = tmp_path / "mountinfo"
    mounts.write_text(MOUNTS)
    assert file_system_of(path, mounts) == kind


def report(check: str, subject: str, error: DirectAccessError) -> CheckReport:
    finding = CheckFinding(check, subject, CheckLevel.CRITICAL, "try", error.message)
    return CheckReport("lab", 0.0, 0.0, (Result(finding, error),))


@pytest.mark.parametrize(
    ("found", "fails"),
    [
        (report("disk", "/home/alice", LocalStorageError("full")), True),
        (report("disk", "/scratch/alice", LocalStorageError("full")), False),
        (report("disk", "/home/alice", UnavailableError("no answer in the time")), False),
        (report("configuration", "/etc", ConfigurationError("unreadable")), True),
        (report("configuration", "/etc", UnavailableError("no answer in the time")), False),
    ],
)
def test_what_other_nodes_share_and_what_only_hangs_fails_no_node(
    tmp_path: Path, found: CheckReport, fails: bool
) -> None:
    mounts = tmp_path / "mountinfo"
    mounts.write_text(MOUNTS)
    assert (own_fault(found, mounts) is not None) == fails


def test_where_the_mounts_are_not_known_no_node_fails(tmp_path: Path) -> None:
    full = report("disk", "/home/alice", LocalStorageError("full"))
    assert own_fault(full, tmp_path / "none") is None


def test_only_what_is_local_can_fail_a_node(stage: Stage) -> None:
    told = stage.command("health", "--format", "nhc", "--fail-on", "iam")
    assert told.exit_status == 2


@pytest.fixture
def programs(tmp_path: Path) -> Path:
    """Programs that a node has: ours, which ends as a test says, and Slurm's, which says what it was told."""
    directory = tmp_path / "bin"
    directory.mkdir()
    ours = f'#!/bin/sh\necho "$@" >{tmp_path}/asked\necho "direct-access: the words"\nexit ${{STATUS:-0}}\n'
    slurm = f'#!/bin/sh\nprintf "%s\\n" "$@" >{tmp_path}/drained\n'
    for name, text in (("direct-access", ours), ("scontrol", slurm), ("logger", "#!/bin/sh\n")):
        (directory / name).write_text(text)
        (directory / name).chmod(0o755)
    return directory


CANNOT_START = """#!/bin/sh
echo "python3: can't find '__main__' module in '/opt/direct-access/lib'" >&2
exit 1
"""


def health_check(programs: Path) -> str:
    """Return the program for slurmd, with a PATH that finds these programs first."""
    text = (REPOSITORY / "slurm/health_check.sh").read_text()
    script = programs.parent / "health_check.sh"
    script.write_text(text.replace("\nPATH=", f"\nPATH={programs}:", 1))
    script.chmod(0o755)
    return str(script)


def run(programs: Path, *command: str, status: int) -> subprocess.CompletedProcess[str]:
    environment = {
        "PATH": f"{programs}:{os.defpath}:/usr/bin:/bin",
        "STATUS": str(status),
        "SLURMD_NODENAME": "node17",
    }
    return subprocess.run(
        command,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


@pytest.mark.parametrize("status", [0, 2, 70, 127])
def test_the_health_check_program_drains_nothing_for_any_other_status(programs: Path, status: int) -> None:
    ended = run(programs, health_check(programs), status=status)
    assert ended.returncode == 0
    assert (programs.parent / "asked").read_text() == "health --format nhc\n"
    assert not (programs.parent / "drained").exists()


def test_the_health_check_program_drains_the_node_that_is_broken(programs: Path) -> None:
    ended = run(programs, health_check(programs), status=1)
    assert ended.returncode == 0
    told = (programs.parent / "drained").read_text().splitlines()
    assert told == ["update", "nodename=node17", "state=drain", "reason=direct-access: the words"]


def test_the_health_check_program_drains_nothing_while_the_command_cannot_start(programs: Path) -> None:
    """Python exits with 1 where a package is only half there, which it is on every node during an upgrade."""
    (programs / "direct-access").write_text(CANNOT_START)
    ended = run(programs, health_check(programs), status=1)
    assert ended.returncode == 0
    assert not (programs.parent / "drained").exists()


def test_the_check_for_nhc_does_not_die_while_the_command_cannot_start(programs: Path) -> None:
    (programs / "direct-access").write_text(CANNOT_START)
    ended = run(programs, "bash", "-c", NHC, status=1)
    assert (ended.returncode, ended.stdout.partition(":")[0]) == (0, "debug")


NHC = f"""
die() {{ echo "died: $2"; }}
dbg() {{ echo "debug: $1"; }}
. {REPOSITORY}/etc/nhc/direct_access.nhc
check_direct_access --fail-on disk
"""


@pytest.mark.parametrize(
    ("status", "said"),
    [(0, "debug: "), (1, "died: check_direct_access:  direct-access: the words"), (127, "debug: ")],
)
def test_the_check_for_nhc_dies_only_of_what_is_broken_on_the_node(
    programs: Path, status: int, said: str
) -> None:
    ended = run(programs, "bash", "-c", NHC, status=status)
    assert ended.stdout.startswith(said)
    assert ended.returncode == (1 if status == 1 else 0)
    assert (programs.parent / "asked").read_text() == "health --format nhc --fail-on disk\n"


def test_the_command_does_all_this_by_itself(stage: Stage, published: Published) -> None:
    told = subprocess.run(
        [sys.executable, "-m", "direct_access", "health", "--format", "nhc", "--state", str(published())],
        env={**os.environ},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert (told.returncode, told.stderr) == (0, "")
    assert "no reason to drain" in told.stdout
