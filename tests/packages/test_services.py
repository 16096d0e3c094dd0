"""Units, logrotate's file and module files are accepted by the programs that read them."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from direct_access.simulator.embedded import Simulator
from direct_access.simulator.settings import SimulatorSettings

ETC = Path(__file__).parents[2] / "etc"
UNITS = sorted((ETC / "systemd").iterdir())
SERVICES = [unit for unit in UNITS if unit.suffix == ".service"]
MOST_EXPOSED = 2.0
"""On the scale of ``systemd-analyze security``, 0 to 10; it calls up to 4.9 OK."""


def needs(program: str) -> str:
    """Return the path of a program; skip where it is missing."""
    found = shutil.which(program, path="/usr/sbin:/usr/bin:/sbin:/bin")
    if found is None:
        pytest.skip(f"needs {program}")
    return found


def run(*command: str | Path, **options: Any) -> subprocess.CompletedProcess[str]:
    """Run a program to its end."""
    return subprocess.run(command, capture_output=True, text=True, timeout=110, **options)


def test_systemd_accepts_the_units(tmp_path: Path) -> None:
    program = needs("systemd-analyze")
    command = tmp_path / "direct-access"
    command.write_text("#!/bin/sh\n")
    command.chmod(0o755)
    for unit in UNITS:
        text = unit.read_text(encoding="utf-8").replace("/usr/bin/direct-access", str(command))
        (tmp_path / unit.name).write_text(text)
    verified = run(program, "verify", "--man=no", *(tmp_path / unit.name for unit in UNITS))
    assert (verified.returncode, verified.stderr) == (0, "")


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.stem)
def test_a_service_has_few_rights(service: Path) -> None:
    judged = run(needs("systemd-analyze"), "security", "--offline=true", "--no-pager", service)
    (figure,) = re.findall(r"Overall exposure level for \S+: ([\d.]+)", judged.stdout)
    assert float(figure) <= MOST_EXPOSED


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.stem)
def test_a_service_calls_the_command_as_it_is(service: Path) -> None:
    from click import Context

    from packages.manual.commands import section_of
    from packages.manual.pages import command_of

    text = service.read_text(encoding="utf-8")
    (line,) = re.findall(r"^ExecStart=/usr/bin/direct-access (.+)$", text, re.MULTILINE)
    name, *arguments = line.split()
    command_of(name).make_parser(Context(command_of(name))).parse_args(arguments)
    assert f"Documentation=man:direct-access-{name}({section_of(name)})" in text


def test_the_checks_make_only_system_calls_that_their_unit_allows(tmp_path: Path) -> None:
    analyze, strace, trace = needs("systemd-analyze"), needs("strace"), tmp_path / "trace"
    unit = (ETC / "systemd/direct-access-health.service").read_text(encoding="utf-8")
    allowed: set[str] = set()
    for excluded, groups in re.findall(r"^SystemCallFilter=(~?)(.+)$", unit, re.MULTILINE):
        calls = set().union(*(calls_of(group, analyze) for group in groups.split()))
        allowed = allowed - calls if excluded else allowed | calls
    with Simulator(tmp_path / "simulator", SimulatorSettings(execute=False)) as simulator:
        configuration = simulator.write_client_configuration(tmp_path / "client")
        command = [
            sys.executable,
            "-m",
            "direct_access",
            "health",
            "--quiet",
            "--deadline",
            "60",
            "--publish",
            tmp_path / "state",
        ]
        environment = {"DIRECT_ACCESS_CONFIG": str(configuration), "DIRECT_ACCESS_SCRATCH": str(tmp_path)}
        run(strace, "-f", "-o", trace, *command, env=environment)
    assert (tmp_path / "state").exists()
    lines = trace.read_text(encoding="utf-8", errors="replace")
    made = set(re.findall(r"^\d+ +(\w+)\(", lines, re.MULTILINE))
    assert "connect" in made
    assert made - allowed == set()
    assert "PROT_WRITE|PROT_EXEC" not in lines  # MemoryDenyWriteExecute=


def calls_of(group: str, analyze: str) -> set[str]:
    """Return the system calls of a group, as systemd knows them."""
    entries = [line.strip() for line in run(analyze, "syscall-filter", group).stdout.splitlines()[1:]]
    named = [entry for entry in entries if entry and not entry.startswith("#")]
    parts = [calls_of(entry, analyze) if entry.startswith("@") else {entry} for entry in named]
    return set().union(*parts)


@pytest.mark.parametrize("service", SERVICES, ids=lambda service: service.stem)
def test_a_service_that_ends_takes_no_shared_memory_of_its_users_other_processes(service: Path) -> None:
    """RemoveIPC= removes all that a user has in /dev/shm: ``slurm`` has tokens there, and maybe more."""
    text = service.read_text(encoding="utf-8")
    assert ("\nRemoveIPC=yes" in text) == ("\nDynamicUser=yes" in text)


def test_every_timer_has_its_service() -> None:
    timers = {unit.stem for unit in UNITS if unit.suffix == ".timer"}
    assert timers == {"direct-access-reap", "direct-access-health"}
    assert timers <= {service.stem for service in SERVICES}


def test_logrotate_accepts_its_file(tmp_path: Path) -> None:
    program = needs("logrotate")
    configuration = tmp_path / "direct-access"
    shutil.copyfile(ETC / "logrotate.d/direct-access", configuration)
    configuration.chmod(0o644)
    told = run(program, "--debug", "--state", tmp_path / "state", configuration)
    assert told.returncode == 0
    assert "error" not in told.stderr
    assert "/var/log/direct-access/*.log" in told.stderr
    assert "    su " not in configuration.read_text(encoding="utf-8")  # not every machine has those users


def test_the_module_changes_two_paths_and_leaves_the_systems_manual_pages() -> None:
    """Tcl plays Environment Modules: the commands that a module file may call, told as they are called."""
    script = """
proc module-whatis {text} {puts "whatis"}
proc conflict {name} {puts "conflict $name"}
proc prepend-path {name value} {puts "$name $value"}
proc append-path {name value} {puts "then $name {$value}"}
source FILE
"""
    program = needs("tclsh")
    module = ETC / "modulefiles/direct-access.tcl"
    told = run(program, input=script.replace("FILE", str(module)))
    assert told.stdout.splitlines() == [
        "whatis",
        "conflict direct-access",
        "PATH /opt/direct-access/bin",
        "MANPATH /opt/direct-access/share/man",
        "then MANPATH {}",
    ]


def test_the_module_of_lmod_does_the_same() -> None:
    script = """
function help() end
function whatis() end
function conflict(name) print("conflict " .. name) end
function pathJoin(a, b) return a .. "/" .. b end
function prepend_path(name, value) print(name .. " " .. value) end
function append_path(name, value) print("then " .. name .. " {" .. value .. "}") end
dofile("FILE")
"""
    module = ETC / "modulefiles/direct-access.lua"
    told = run(needs("lua5.1"), "-e", script.replace("FILE", str(module)))
    assert told.stdout.splitlines() == [
        "conflict direct-access",
        "PATH /opt/direct-access/bin",
        "MANPATH /opt/direct-access/share/man",
        "then MANPATH {}",
    ]
