"""A clean Debian root file system to install things on, which is gone afterwards.

``tests/setup.sh`` makes the system once (debootstrap(8), with Python, Slurm and munge). A test gets a copy of
it: an overlay in memory, in namespaces of its own, with no network but the loopback.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

CACHE = Path("/var/cache/direct-access-tests")
SYSTEM = CACHE / "debian-12"
MOUNTED = CACHE / "mounts/root"
"""Where the copy is in the mount namespace, for those who enter that and not the root directory."""
INIT = Path(__file__).with_name("clean_root_init.py")
UNSHARE = ("unshare", "--mount", "--uts", "--ipc", "--net", "--pid", "--fork", "--kill-child")
COMMAND_SECS = 300.0
ENVIRONMENT = {
    "PATH": "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
    "HOME": "/root",
    "LANG": "C.UTF-8",
}


class CleanRoot:
    """Made by :func:`clean_root`.

    :ivar pid: process 1 of the namespaces, as it is called outside
    """

    def __init__(self, pid: int) -> None:
        self.pid = pid

    def path(self, inside: str | Path) -> Path:
        """Return where we see a path of it; an absolute symbolic link on the way leads to our own files."""
        return Path(f"/proc/{self.pid}/root", str(inside).lstrip("/"))

    def copy_in(self, source: Path, inside: str | Path) -> None:
        """Copy a file or a tree to a path of it, and make the directories on the way."""
        target = self.path(inside)
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, symlinks=True)
        else:
            shutil.copy2(source, target)

    def start(
        self,
        command: Sequence[str | Path],
        *,
        env: Mapping[str, str] | None = None,
        user: str | None = None,
        cwd: str = "/",
        outside_network: bool = False,
        **options: Any,
    ) -> subprocess.Popen[str]:
        """Start a command in it; options are those of :class:`subprocess.Popen`.

        What is returned is nsenter(1), which waits for the command and exits as it does. What still runs at
        the end is killed.

        :param env: besides a few variables that every login has
        :param user: who runs it, by runuser(1); default: root
        :param outside_network: leave it in our network, such as for a simulator of ours
        """
        enter = ["nsenter", f"--target={self.pid}", "--mount", "--uts", "--ipc", "--pid", "--root"]
        if not outside_network:
            enter.append("--net")
        become = ["runuser", "-u", user, "--"] if user else []
        return subprocess.Popen(
            [*enter, "--wd=/", "--", "env", "-C", cwd, *become, *map(str, command)],
            **{"env": {**ENVIRONMENT, **(env or {})}, "stdin": subprocess.DEVNULL, "text": True, **options},
        )

    def run(
        self, command: Sequence[str | Path], *, check: bool = True, **options: Any
    ) -> subprocess.CompletedProcess[str]:
        """Run a command in it to its end; see :meth:`start`.

        :param check: fail, with what it printed, unless it exits 0
        :param options: also ``input``, text for its standard input, and ``timeout`` in seconds
        """
        secs = options.pop("timeout", COMMAND_SECS)
        text = options.pop("input", None)
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        if text is not None:
            pipes["stdin"] = subprocess.PIPE
        process = self.start(command, **{**pipes, **options})
        try:
            out, err = process.communicate(text, timeout=secs)
        except subprocess.TimeoutExpired:
            process.kill()
            raise
        words = " ".join(map(str, command))
        assert process.returncode == 0 or not check, f"{words}: {process.returncode}\n{out}{err}"
        return subprocess.CompletedProcess(words, process.returncode, out, err)

    def files(self) -> set[str]:
        """Return the path of everything in its file system, mounts below it aside."""
        top = self.path("/")
        device = top.stat().st_dev
        found = set()
        for directory, names, files in os.walk(top):
            names[:] = [name for name in names if Path(directory, name).lstat().st_dev == device]
            found |= {"/" + os.path.relpath(Path(directory, name), top) for name in (*names, *files)}
        return found


@contextmanager
def clean_root(system: Path = SYSTEM) -> Iterator[CleanRoot]:
    """Give a copy of a clean system; skip the test where there can be none."""
    reason = why_not(system)
    if reason:
        pytest.skip(reason)
    process = subprocess.Popen(
        [*UNSHARE, "--", sys.executable, "-I", "-S", INIT, system],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        assert process.stdout
        pid = process.stdout.readline().strip()
        if not pid:
            pytest.skip("needs namespaces and overlay mounts")
        yield CleanRoot(int(pid))
    finally:
        process.communicate()


def why_not(system: Path = SYSTEM) -> str | None:
    """Return why there can be no clean system here, None if there can."""
    if os.geteuid() != 0:
        return "needs root"
    missing = [name for name in ("unshare", "nsenter", "mount") if shutil.which(name) is None]
    if missing:
        return f"needs {', '.join(missing)}"
    if not (system / "etc/os-release").exists():
        return f"needs the clean {system.name} that tests/setup.sh makes"
    return None
