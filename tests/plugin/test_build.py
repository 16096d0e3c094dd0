"""The plugin as an admin builds it, from warnings to symbols."""

from __future__ import annotations

import ctypes
import os
import subprocess
from pathlib import Path

from tests.plugin import build

HOOKS = {"init", "init_post_opt", "job_prolog", "job_epilog", "task_init_privileged", "task_exit"}
METADATA = {"plugin_name", "plugin_type", "plugin_version", "spank_plugin_version"}
NETWORK = {
    "socket",
    "connect",
    "getaddrinfo",
    "gethostbyname",
    "execve",
    "execvp",
    "system",
    "popen",
    "dlopen",
}


def told(*command: str | Path) -> str:
    """Return what a command prints."""
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout


def test_nothing_is_exported_but_the_hooks_and_what_slurm_asks_of_a_plugin(plugin: Path) -> None:
    exported = {line.split()[-1] for line in told("nm", "-D", "--defined-only", plugin).splitlines()}
    assert exported == {f"slurm_spank_{hook}" for hook in HOOKS} | METADATA


def test_it_asks_for_no_function_that_opens_a_connection_or_runs_a_program(plugin: Path) -> None:
    wanted = {
        line.split()[-1].partition("@")[0] for line in told("nm", "-D", "-u", plugin).splitlines() if line
    }
    assert wanted & NETWORK == set()
    assert "fork" in wanted  # the names are read as they should be


def test_it_is_linked_with_the_c_library_alone(plugin: Path) -> None:
    dynamic = told("readelf", "-d", plugin)
    needed = [line.split("[")[1].rstrip("]") for line in dynamic.splitlines() if "(NEEDED)" in line]
    assert needed == ["libc.so.6"]


def test_it_is_hardened(plugin: Path) -> None:
    segments = told("readelf", "-lW", plugin)
    stack = next(line for line in segments.splitlines() if "GNU_STACK" in line)
    assert "GNU_RELRO" in segments
    assert "RWE" not in stack
    assert "NOW" in told("readelf", "-d", plugin)
    assert "__stack_chk_fail" in told("nm", "-D", "-u", plugin)


def test_it_loads_where_slurm_is_and_names_itself(plugin: Path, tmp_path: Path) -> None:
    ctypes.CDLL(str(build.fake_slurm(tmp_path)), mode=os.RTLD_NOW | os.RTLD_GLOBAL)
    library = ctypes.CDLL(str(plugin), mode=os.RTLD_NOW)

    def text(symbol: str) -> bytes:
        return ctypes.string_at(ctypes.addressof(ctypes.c_char.in_dll(library, symbol)))

    assert (text("plugin_type"), text("plugin_name")) == (b"spank", b"direct_access")


def test_each_file_has_one_purpose_and_is_short() -> None:
    lengths = {path.name: len(path.read_text().splitlines()) for path in build.SOURCE.glob("*.[ch]")}
    assert max(lengths.values()) <= 250, lengths
