"""A private Slurm cluster: munged, slurmctld and some slurmd, gone with this process, even a killed one."""

from __future__ import annotations

import os
import random
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from tests.slurm import world
from tests.slurm.records import fields, has_ended
from tests.slurm.slurm_conf import cgroup_conf, slurm_conf
from tests.slurm.waiting import SECS, eventually
from tests.slurm.world import User, World

PROGRAMS = ("munged", "slurmctld", "slurmd", "sbatch", "srun", "scontrol")
RELAY = Path(__file__).with_name("relay.py")
PORTS = range(10_000, 30_000)  # below those that the kernel gives to clients


class Cluster:
    """Use it once: :meth:`start`, :meth:`stop`, or as a context manager.

    ``{etc}`` in settings, plugstack lines, lines and files becomes the directory of ``slurm.conf``,
    ``{node1}`` the name of the first node.

    :param nodes: how many; each is a slurmd and a host name of its own, on one process table
    :param proctrack: ``cgroup``, as production has it, or ``linuxproc``; only the first is true to life
    :param cpus: of each node, invented
    :param settings: of ``slurm.conf``, besides or instead of ours: ``{"KillWait": "3"}``
    :param lines: whole lines of ``slurm.conf``: partitions
    :param plugstack: lines of ``plugstack.conf``
    :param files: name to content, beside ``slurm.conf`` and executable: ``job_submit.lua``, a prolog
    :param own_network: no network but its own loopback; clients outside reach slurmctld through a relay
    :ivar world: where its processes live; runs other commands there
    :ivar directory: everything it writes; readable for all, same path inside and outside; goes at the end
    """

    def __init__(
        self,
        *,
        nodes: int = 3,
        proctrack: str = "cgroup",
        cpus: int = 8,
        settings: Mapping[str, str] | None = None,
        lines: Sequence[str] = (),
        plugstack: Sequence[str] = (),
        files: Mapping[str, str] | None = None,
        own_network: bool = False,
    ) -> None:
        letters = "".join(random.SystemRandom().choices("abcdefghijklmnopqrstuvwxyz", k=6))
        self.nodes = [f"{letters}{number}" for number in range(1, nodes + 1)]  # names of control groups, too
        self.world = World(letters, self.nodes, own_network=own_network)
        self.directory = self.world.directory
        self.etc = self.directory / "slurm"
        self.state = self.directory / "state"
        self._own_network = own_network
        self._proctrack = proctrack
        self._cpus = cpus
        self._settings = dict(settings or {})
        self._lines = list(lines)
        self._plugstack = list(plugstack)
        self._files = dict(files or {})
        self._ctld_port, *node_ports = _free_ports(nodes + 1)
        self._node_ports = dict(zip(self.nodes, node_ports, strict=True))
        self._daemons: dict[str, subprocess.Popen[str]] = {}

    def start(self) -> Cluster:
        """Start everything, and wait until all nodes are idle."""
        self._write()
        self.world.start()
        try:
            self._start_munged()
            self.start_daemon("slurmctld")
            if self._own_network:
                self._start_relay()
            for node in self.nodes:
                self.start_daemon(node)
            eventually(lambda: self.node_states() == ["idle"] * len(self.nodes), "idle nodes")
        except BaseException:
            self.stop()
            raise
        return self

    def stop(self) -> None:
        """Kill everything; nothing of it stays."""
        self.world.stop()
        for daemon in self._daemons.values():
            daemon.wait()

    def __enter__(self) -> Cluster:
        return self.start()

    def __exit__(self, *exc: object) -> None:
        self.stop()

    # Commands -----------------------------------------------------------------------------------------------

    @property
    def environment(self) -> dict[str, str]:
        """What makes Slurm's commands find this cluster; :meth:`run` and :meth:`popen` add it."""
        return {"SLURM_CONF": str(self.etc / "slurm.conf")}

    def popen(
        self, command: Sequence[str | Path], user: User | None = None, **options: Any
    ) -> subprocess.Popen[str]:
        """Start a command on the login node, as a user or root; options as of :meth:`World.start_command`."""
        options["env"] = {**self.environment, **(options.get("env") or {})}
        return self.world.start_command(command, user, **options)

    def run(
        self, command: Sequence[str | Path], user: User | None = None, **options: Any
    ) -> subprocess.CompletedProcess[str]:
        """Run a command on the login node to its end; options as of :meth:`World.run`."""
        options["env"] = {**self.environment, **(options.get("env") or {})}
        return self.world.run(command, user, **options)

    def sbatch(
        self, script: str | Path, user: User | None = None, *, args: Sequence[str | Path] = (), **options: Any
    ) -> int:
        """Submit a job and return its id.

        :param script: the path of one, or the text of one (which begins with ``#!``)
        :param args: options of sbatch, before the script
        """
        text = {"input": script} if str(script).startswith("#!") else {}
        words = ["sbatch", "--parsable", *args, *([] if text else [script])]
        return int(self.run(words, user, **text, **options).stdout.split(";")[0])

    def srun(
        self, command: Sequence[str | Path], user: User | None = None, **options: Any
    ) -> subprocess.CompletedProcess[str]:
        """Run ``srun`` with these words to its end; it need not exit 0."""
        return self.run(["srun", *command], user, **{"check": False, **options})

    def scontrol(self, *words: str | int, user: User | None = None, check: bool = True) -> str:
        """Run ``scontrol`` and return what it prints."""
        return self.run(["scontrol", *map(str, words)], user, check=check).stdout

    def scancel(self, *words: str | int, user: User | None = None) -> None:
        """Run ``scancel``."""
        self.run(["scancel", *map(str, words)], user)

    # Looking ------------------------------------------------------------------------------------------------

    def show(self, job: int) -> dict[str, str]:
        """Return a job's record: the fields of ``scontrol -o show job``."""
        return next(record for record in self.tasks(job) if record["JobId"] == str(job))

    def tasks(self, job: int) -> list[dict[str, str]]:
        """Return the records of an array's tasks, or the one of another job."""
        return [fields(line) for line in self.scontrol("-o", "show", "job", job).splitlines() if line]

    def wait(self, job: int, secs: float = SECS) -> dict[str, str]:
        """Wait until a job, with all tasks of an array, has ended; return its record."""
        eventually(lambda: all(map(has_ended, self.tasks(job))), f"the end of job {job}", secs)
        return self.show(job)

    def wait_for(self, job: int, state: str, secs: float = SECS) -> dict[str, str]:
        """Wait until a job is in a state (``RUNNING``) and return its record."""
        return self.wait_until(job, lambda record: record["JobState"] == state, state, secs)

    def wait_until(
        self, job: int, condition: Callable[[Mapping[str, str]], object], what: str, secs: float = SECS
    ) -> dict[str, str]:
        """Wait until something holds for a job's record, and return it."""

        def record_that_fits() -> dict[str, str] | None:
            record = self.show(job)
            fits = bool(condition(record))
            assert fits or not has_ended(record), f"job {job} has ended, {what} was awaited: {record}"
            return record if fits else None

        record = eventually(record_that_fits, f"job {job}: {what}", secs)
        assert record is not None
        return record

    def wait_until_saved(self, job: int) -> None:
        """Wait, some 5 s, until slurmctld has written down a job, which it otherwise forgets when killed."""
        saved = self.state / "ctld" / "job_state"
        asked_at = time.time()
        self.scontrol("update", f"jobid={job}", "comment=saved")  # a change is what makes it write
        eventually(lambda: saved.exists() and saved.stat().st_mtime > asked_at, "slurmctld's state")

    def jobcomp(self, job: int) -> dict[str, str]:
        """Return what jobcomp/filetxt wrote of an ended job, once it has."""
        return self.lives(job)[-1]

    def lives(self, job: int, count: int = 1) -> list[dict[str, str]]:
        """Return what jobcomp/filetxt wrote of each life of a job, once it has of so many."""
        path = self.state / "jobcomp"

        def lines() -> list[str] | None:
            written = path.read_text().splitlines() if path.exists() else []
            found = [line for line in written if line.startswith(f"JobId={job} ")]
            return found if len(found) >= count else None

        return [fields(line) for line in eventually(lines, f"job {job} in jobcomp") or []]

    def node_states(self) -> list[str]:
        """Return ``sinfo``'s state of each node: ``idle``, ``mixed``, ``drained``, ``down*``, …"""
        told = self.run(["sinfo", "-h", "-N", "-p", "main", "-o", "%T"], check=False)
        return told.stdout.split()

    def log(self, name: str) -> str:
        """Return the log of ``slurmctld`` or of a node."""
        path = self.state / f"{name}.log"
        return path.read_text(errors="replace") if path.exists() else ""

    def quiet(self) -> None:
        """Cancel what runs or waits, and wait until all nodes are idle."""
        self.run(["scancel", "--user=alice"], check=False)
        self.run(["scancel", "--user=bob"], check=False)
        eventually(lambda: self.node_states() == ["idle"] * len(self.nodes), "idle nodes")
        eventually(lambda: not self.run(["squeue", "-h"]).stdout, "an empty queue")

    # Daemons ------------------------------------------------------------------------------------------------

    def start_daemon(self, name: str, conf: Path | None = None) -> None:
        """Start ``slurmctld``, or the slurmd of a node (again), and wait until it listens.

        :param conf: a ``slurm.conf`` of the node's own
        """
        if name == "slurmctld":
            command, port = ["slurmctld", "-D"], self._ctld_port
        else:
            own_name = ["unshare", "--uts", "sh", "-c", 'hostname "$0" && exec "$@"', name]
            command, port = [*own_name, "slurmd", "-D", "-N", name], self._node_ports[name]
            command += ["-f", str(conf)] if conf else []
        with (self.state / f"{name}.out").open("a") as out:
            daemon = self.popen(command, stdout=out, stderr=out)
        self._daemons[name] = daemon
        eventually(lambda: daemon.poll() is not None or self.world.listens(port), f"{name} listening")
        assert daemon.poll() is None, f"{name}: {(self.state / f'{name}.out').read_text()}{self.log(name)}"

    def kill_daemon(self, name: str) -> None:
        """``kill -9`` slurmctld, or the slurmd of a node."""
        self.world.kill(self._daemons.pop(name))

    def _start_munged(self) -> None:
        key, munge_socket = self.etc / "munge.key", self.state / "munge.socket"
        key.write_bytes(os.urandom(128))
        key.chmod(0o400)
        files = [f"--{name}-file={self.state}/munge.{name}" for name in ("pid", "log", "seed")]
        command = ["munged", "-F", f"--socket={munge_socket}", f"--key-file={key}", *files]
        with (self.state / "munged.out").open("w") as out:
            munged = self._daemons["munged"] = self.popen(command, stdout=out, stderr=out)
        eventually(lambda: munged.poll() is not None or munge_socket.exists(), "munged's socket")
        assert munged.poll() is None, (self.state / "munged.out").read_text()

    def _start_relay(self) -> None:
        command: list[str | Path] = [sys.executable, RELAY, str(self._ctld_port)]
        self._daemons["relay"] = self.popen(command, outside_network=True)
        ask = ["scontrol", "ping"]
        eventually(lambda: self.run(ask, outside_network=True, check=False).returncode == 0, "the relay")

    def _write(self) -> None:
        for directory in (self.etc, self.state, self.state / "ctld"):
            directory.mkdir(mode=0o755)
        ports = (self._ctld_port, self._node_ports)
        conf = slurm_conf(
            self.etc, self.state, *ports, self._proctrack, self._cpus, self._settings, self._lines
        )
        plain = {"slurm.conf": conf, "plugstack.conf": "\n".join([*self._plugstack, ""])}
        if self._proctrack == "cgroup":
            plain["cgroup.conf"] = cgroup_conf() or ""
        for name, content in {**plain, **self._files}.items():
            path = self.etc / name
            content = content.replace("{etc}", str(self.etc))
            for number, node in enumerate(self.nodes, 1):
                content = content.replace(f"{{node{number}}}", node)
            path.write_text(content)
            path.chmod(0o644 if name in plain else 0o755)


def why_not(proctrack: str = "cgroup") -> str | None:
    """Return why there cannot be a cluster here, None if there can."""
    missing = [name for name in PROGRAMS if shutil.which(name) is None]
    if missing:
        return f"needs {', '.join(missing)}"
    if proctrack == "cgroup" and os.geteuid() == 0 and cgroup_conf() is None:
        return "needs control groups that may be written to"
    return world.why_not()


def _free_ports(count: int) -> list[int]:
    return [port for port, _ in zip(_ports_that_are_free(), range(count), strict=False)]


def _ports_that_are_free() -> Iterator[int]:
    for port in random.SystemRandom().sample(PORTS, len(PORTS)):
        with socket.socket() as probe:
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        yield port
