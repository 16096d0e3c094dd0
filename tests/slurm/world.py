"""Namespaces of processes, mounts and host name that end with this process: see ``guardian.py``."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

GUARDIAN = Path(__file__).with_name("guardian.py")
CHECKOUT = Path(__file__).parents[2]
COMMAND_SECS = 90.0

# Not below /tmp: a run directory there counts as node-local. Not in /run: mounted noexec on many machines.
PLACE = Path("/var/lib")


@dataclass(frozen=True)
class User:
    """Somebody in the world's own ``/etc/passwd``."""

    name: str
    uid: int

    def __str__(self) -> str:
        return self.name


ALICE = User("alice", 61001)
BOB = User("bob", 61002)
USERS = (ALICE, BOB)


class World:
    """Use it once: :meth:`start`, :meth:`stop`, or as a context manager.

    In it there are the users ``alice`` and ``bob``, process ids of its own, the host name ``login``, and this
    interpreter, its packages and the checkout, readable for everybody and under their usual paths.

    :param token: part of the names of the control groups that are removed at the end
    :param hosts: more names for 127.0.0.1
    :param own_network: have a loopback of its own, and no other network
    :ivar directory: where everything lies that it needs; it has the same path inside and goes at the end
    """

    def __init__(self, token: str, hosts: Sequence[str] = (), *, own_network: bool = False) -> None:
        self.directory = Path(tempfile.mkdtemp(prefix="direct-access-test-", dir=PLACE))
        self.directory.chmod(0o755)
        self._token = token
        self._hosts = ("login", *hosts)
        self._own_network = own_network
        self._guardian: subprocess.Popen[str] | None = None
        self._init = 0

    def start(self) -> World:
        """Make the namespaces and the users.

        :raises RuntimeError: if the machine does not let us
        """
        specification = {
            "directory": str(self.directory),
            "token": self._token,
            "hostname": "login",
            "own_network": self._own_network,
            "readable": [sys.prefix, sys.base_prefix, str(CHECKOUT)],
            "binds": [*self._accounts()],
        }
        owner = os.pidfd_open(os.getpid())
        try:
            self._guardian = subprocess.Popen(
                [sys.executable, "-I", "-S", GUARDIAN, json.dumps(specification), str(owner)],
                pass_fds=[owner],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                text=True,
                start_new_session=True,
            )
        finally:
            os.close(owner)
        assert self._guardian.stdout
        lines = [self._guardian.stdout.readline().strip() for _ in range(2)]
        if "ready" not in lines:
            self.stop()
            raise RuntimeError("no namespaces on this machine")
        self._init = int(next(line for line in lines if line != "ready"))
        return self

    def stop(self) -> None:
        """Kill everything in it, and remove its directory."""
        if self._guardian:
            self._guardian.communicate()
        else:
            shutil.rmtree(self.directory, ignore_errors=True)

    def __enter__(self) -> World:
        return self.start()

    def __exit__(self, *exc: object) -> None:
        self.stop()

    def home(self, user: User) -> Path:
        """Where a user's files are."""
        return self.directory / "home" / user.name

    def environment(self, user: User | None = None) -> dict[str, str]:
        """Return what a login gives a user, or root."""
        home = str(self.home(user) if user else self.directory / "root")
        name = user.name if user else "root"
        path = os.pathsep.join(
            [f"{sys.prefix}/bin", "/usr/local/bin", "/usr/bin", "/bin", "/usr/sbin", "/sbin"]
        )
        return {
            "HOME": home,
            "USER": name,
            "LOGNAME": name,
            "SHELL": "/bin/bash",
            "PATH": path,
            "LANG": "C.UTF-8",
        }

    def start_command(
        self,
        command: Sequence[str | Path],
        user: User | None = None,
        *,
        env: Mapping[str, str] | None = None,
        cwd: Path | None = None,
        outside_network: bool = False,
        **options: Any,
    ) -> subprocess.Popen[str]:
        """Start a command in it, as a user or as root; options are those of :class:`subprocess.Popen`.

        What is returned is nsenter(1), which waits for the command and exits as it does. Signals are for
        :meth:`signal`.

        :param env: besides :meth:`environment`
        :param cwd: default: the user's home
        :param outside_network: leave it in our network
        """
        environment = {**self.environment(user), **(env or {})}
        enter = [_program("nsenter"), f"--target={self._init}", "--mount", "--uts", "--pid"]
        if self._own_network and not outside_network:
            enter.append("--net")
        if user:
            enter += [f"--setuid={user.uid}", f"--setgid={user.uid}"]
        place = cwd or (self.home(user) if user else self.directory)
        return subprocess.Popen(
            [*enter, "--", _program("env"), "-C", str(place), *map(str, command)],
            **{"env": environment, "stdin": subprocess.DEVNULL, "text": True, **options},
        )

    def run(
        self, command: Sequence[str | Path], user: User | None = None, *, check: bool = True, **options: Any
    ) -> subprocess.CompletedProcess[str]:
        """Run a command in it to its end; see :meth:`start_command`.

        :param check: fail, with its standard error, unless it exits 0
        """
        secs = options.pop("timeout", COMMAND_SECS)
        text = options.pop("input", None)
        if text is not None:
            options["stdin"] = subprocess.PIPE
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        process = self.start_command(command, user, **{**pipes, **options})
        try:
            out, err = process.communicate(text, timeout=secs)
        except subprocess.TimeoutExpired:
            self.kill(process)
            out, err = process.communicate()
        words = " ".join(map(str, command))
        assert process.returncode == 0 or not check, f"{words}: {process.returncode}\n{out}{err}"
        return subprocess.CompletedProcess(words, process.returncode, out, err)

    def signal(self, process: subprocess.Popen[str], number: int) -> None:
        """Send a signal to what :meth:`start_command` started."""
        for child in children(process.pid):
            os.kill(child, number)

    def kill(self, process: subprocess.Popen[str]) -> None:
        """``kill -9`` what :meth:`start_command` started, and wait until it is gone."""
        self.signal(process, signal.SIGKILL)
        process.wait(COMMAND_SECS)

    def listens(self, port: int) -> bool:
        """Whether something in its network listens on a TCP port (proc(5), ``/proc/net/tcp``)."""
        lines = Path(f"/proc/{self._init}/net/tcp").read_text().splitlines()[1:]
        sockets = [line.split() for line in lines]
        return any(
            int(local.rpartition(":")[2], 16) == port and state == "0A" for _, local, _, state, *_ in sockets
        )

    def processes(self) -> list[int]:
        """The processes in it, process 1 included, by their ids outside."""
        ours = Path(f"/proc/{self._init}/ns/pid").readlink()
        return [pid for pid in _pids() if _pid_namespace(pid) == ours]

    def _accounts(self) -> Iterator[tuple[str, str]]:
        etc = self.directory / "etc"
        etc.mkdir()
        (self.directory / "home").mkdir()
        (self.directory / "root").mkdir(mode=0o700)
        passwd = [f"{user}:x:{user.uid}:{user.uid}::{self.home(user)}:/bin/bash\n" for user in USERS]
        group = [f"{user}:x:{user.uid}:\n" for user in USERS]
        hosts = [f"127.0.0.1 {host}\n" for host in (*self._hosts, "localhost")]
        for name, lines in {"passwd": passwd, "group": group, "hosts": hosts}.items():
            own = etc / name
            own.write_text("".join(lines) + Path("/etc", name).read_text())
            yield str(own), f"/etc/{name}"
        for user in USERS:
            self.home(user).mkdir(mode=0o700)
            os.chown(self.home(user), user.uid, user.uid)
            (self.home(user) / ".profile").write_text(f"PATH={sys.prefix}/bin:$PATH\n")


def children(parent: int) -> list[int]:
    """Return the processes that a process has started."""
    return [pid for pid in _pids() if _parent(pid) == parent]


def why_not() -> str | None:
    """Return why there cannot be a world here, None if there can."""
    if os.geteuid() != 0:
        return "needs root"
    missing = [name for name in ("nsenter", "mount", "env", "bash") if shutil.which(name) is None]
    if missing:
        return f"needs {', '.join(missing)}"
    try:
        with World("no-control-group"):
            return None
    except (OSError, RuntimeError) as error:
        return f"needs namespaces: {error}"


def _pids() -> list[int]:
    return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]


def _parent(pid: int) -> int | None:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return None
    return int(stat.rpartition(")")[2].split()[1])


def _pid_namespace(pid: int) -> Path | None:
    try:
        return Path(f"/proc/{pid}/ns/pid").readlink()
    except OSError:
        return None


def _program(name: str) -> str:
    return shutil.which(name) or name
