"""What ``make test`` and ``make slurm-demo`` install, on a machine where nothing is installed yet."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.slurm.world import CHECKOUT

FOR_SLURM = {"slurmctld", "slurmd", "slurm-client", "munge", "gcc", "make"}
MAYBE = {"libc6-dev", "libslurm-dev"}  # known by a file, which this machine may have
TOOLS = ("sh", "cat", "rm", "chmod", "mkdir", "mv", "printf")
CALLED = """#!/bin/sh
echo "$0 $*" >>{log}
"""


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """A directory of programs for PATH, in which root finds apt-get and debootstrap, and little else."""
    for name in TOOLS:
        program = shutil.which(name)
        assert program
        (tmp_path / name).symlink_to(program)
    scripts = {name: CALLED.format(log=tmp_path / "log") for name in ("apt-get", "systemctl")}
    for name, text in {**scripts, "id": "#!/bin/sh\necho 0\n"}.items():
        (tmp_path / name).write_text(text)
        (tmp_path / name).chmod(0o755)
    return tmp_path


def installed(machine: Path, *arguments: str) -> set[str]:
    """Run the script, and return the packages that it has apt-get install."""
    script = (CHECKOUT / "tests" / "setup.sh").read_text()
    here = script.replace("/usr/sbin/policy-rc.d", f"{machine}/policy").replace(
        "/var/cache/direct-access-tests", f"{machine}/cache"
    )
    command = ["sh", "-s", *arguments]
    environment = {"PATH": str(machine)}
    done = subprocess.run(command, input=here, env=environment, text=True, capture_output=True, timeout=60)
    assert done.returncode == 0, done.stderr
    calls = [line.split() for line in (machine / "log").read_text().splitlines()]
    return {word for call in calls if "install" in call for word in call[2:] if not word.startswith("-")}


def test_the_demonstration_installs_slurm_and_a_compiler_and_nothing_else(machine: Path) -> None:
    assert installed(machine, "slurm") - MAYBE == FOR_SLURM
    assert not (machine / "cache").exists()
    makefile = (CHECKOUT / "Makefile").read_text()
    assert "\tsh tests/setup.sh slurm\n\t$(BIN)/python -m tests.slurm.demo\n" in makefile


def test_the_tests_install_that_and_what_else_they_need(machine: Path) -> None:
    packages = installed(machine)
    assert packages > FOR_SLURM | {"chromium", "prometheus", "rpm", "debootstrap", "lua5.1"}
