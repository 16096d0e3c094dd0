"""What others can see of the command: environment, arguments, children, core dumps, files."""

from __future__ import annotations

import os
import resource
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from direct_access.simulator.embedded import Simulator
from direct_access.simulator.settings import SimulatorSettings
from tests.integration.conftest import Site, site_of
from tests.reliability.stage import Stage

RECORD = """\
#!/bin/sh
exec 9>"$HOME/child-$(basename "$0")"
{ tr '\\0' '\\n' </proc/$$/environ; tr '\\0' '\\n' </proc/$$/cmdline; ls -l /proc/$$/fd; } >&9
"""


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    with Simulator(tmp_path / "simulator", SimulatorSettings(execute=False)) as simulator:
        yield Stage(site_of(simulator, tmp_path))


def secrets(site: Site) -> list[str]:
    """Return every secret of a run that is under way, tokens included."""
    simulator = site.simulator
    tokens = [path.read_text() for path in (site.home / "direct-access").glob("*.json")]
    assert tokens
    held = [text.partition('"token": "')[2].partition('"')[0] for text in tokens]
    return [simulator.api_key, simulator.secret_access_key, *held]


def test_a_run_holds_no_secret_in_its_environment_or_arguments(stage: Stage) -> None:
    process = stage.started()
    seen = [Path(f"/proc/{process.pid}/{name}").read_bytes() for name in ("environ", "cmdline")]
    held = secrets(stage.site)
    stage.release()
    assert stage.finish(process).exit_status == 0
    assert len(held) == 3
    assert [secret for secret in held for text in seen if not secret or secret.encode() in text] == []


def test_a_run_that_has_read_a_secret_leaves_no_core_dump(stage: Stage) -> None:
    process = stage.started()
    soft, hard = resource.prlimit(process.pid, resource.RLIMIT_CORE)
    stage.release()
    assert stage.finish(process).exit_status == 0
    assert (soft, hard) == (0, resource.getrlimit(resource.RLIMIT_CORE)[1])


def program(path: Path, script: str) -> Path:
    path.parent.mkdir(exist_ok=True)
    path.write_text(script)
    path.chmod(0o700)
    return path


@pytest.fixture
def children(stage: Stage) -> list[str]:
    """Return what the children of a run saw: a command that prints the S3 secret, and squeue."""
    site = stage.site
    configuration = Path(site.environment["DIRECT_ACCESS_CONFIG"])
    secret_file = configuration.parent / "secret_access_key"
    vault = program(site.home / "bin/vault", RECORD + f"cat {secret_file}\n")
    program(site.home / "bin/squeue", RECORD)
    settings = configuration.read_text()
    before = f"secret_access_key_file: {secret_file}"
    assert before in settings
    configuration.write_text(settings.replace(before, f"secret_access_key_command: [{vault}]"))
    path = f"{site.home / 'bin'}{os.pathsep}{site.environment['PATH']}"
    process = stage.started(
        "--output-dir", "bell-local", PATH=path, SLURM_JOB_ID="7", SLURM_CLUSTER_NAME="lab", SLURM_PROCID="0"
    )
    process.terminate()
    stage.finish(process)
    return [(site.home / f"child-{name}").read_text() for name in ("vault", "squeue")]


def test_children_of_a_run_get_no_secret_by_environment_argument_or_descriptor(
    stage: Stage, children: list[str]
) -> None:
    held = secrets(stage.site)
    for seen in children:
        assert f"HOME={stage.site.home}" in seen
        assert [secret for secret in held if secret in seen] == []
        assert "socket:" not in seen
        assert "/direct-access/" not in seen.partition("total 0")[2]


def test_every_file_of_a_run_and_of_its_tokens_is_this_users_alone(stage: Stage) -> None:
    old = os.umask(0)
    try:
        assert stage.run().exit_status == 0
    finally:
        os.umask(old)
    found = [path for name in ("bell-local", "direct-access") for path in (stage.site.home / name).rglob("*")]
    assert len(found) >= 6
    assert {path for path in found if stat.S_IMODE(path.stat().st_mode) & 0o077} == set()
    assert stat.S_IMODE((stage.site.home / "bell-local").stat().st_mode) == 0o700
