"""A site as its administrator finds it: a Slurm that works, users, a quantum system elsewhere."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import trustme

from tests.installation.page import Step
from tests.slurm.slurm_conf import slurm_conf
from tests.slurm.waiting import eventually
from tests.support.clean_root import CleanRoot

CHECKOUT = Path(__file__).parents[2]
HERE = Path(__file__).parent
NAMES = ("quantum.example.org", "s3.example.org", "iam.cloud.ibm.com")
USERS = ("alice", "bob")
HOST = "clean"
PACKAGES = "/srv/packages"
STEP_SECS = 90.0


class Site:
    """One machine that is controller, login node and compute node.

    :param root: its file system, without anything of ours
    """

    def __init__(self, root: CleanRoot) -> None:
        self.root = root
        self.typed: dict[str, str] = {}
        hosts = "".join(f"127.0.0.1 {name}\n" for name in ("localhost", HOST, *NAMES))
        root.path("/etc/hosts").write_text(hosts)
        for user in USERS:
            root.run(["useradd", "--create-home", "--shell", "/bin/bash", user])
        root.copy_in(HERE / "systemctl.sh", "/usr/local/bin/systemctl")
        root.run(["chmod", "755", "/usr/local/bin/systemctl"])

    def start_slurm(self) -> None:
        """Start munge and Slurm as Debian's packages lay them out."""
        settings = {
            "SlurmctldHost": HOST,
            "SlurmUser": "slurm",
            "AuthInfo": "cred_expire=5",
            "JobCompType": "",
            "JobCompLoc": "",
            "PlugStackConfig": "",
            "StateSaveLocation": "/var/lib/slurm/slurmctld",
            "SlurmdSpoolDir": "/var/lib/slurm/slurmd",
            "SlurmctldPidFile": "/run/slurmctld.pid",
            "SlurmdPidFile": "/run/slurmd.pid",
            "SlurmctldLogFile": "/var/log/slurm/slurmctld.log",
            "SlurmdLogFile": "/var/log/slurm/slurmd.log",
        }
        # no control groups: those that there are belong to the machine that the test runs on
        self.root.path("/etc/slurm/cgroup.conf").write_text("CgroupPlugin=cgroup/v1\n")
        conf = slurm_conf(Path("/"), Path("/"), 6817, {HOST: 6818}, "linuxproc", 8, settings, [])
        self.root.path("/etc/slurm/slurm.conf").write_text(conf)
        self.root.run(["install", "-d", "-o", "munge", "-m", "755", "/run/munge"])
        self.root.run(["runuser", "-u", "munge", "--", "munged"])
        for daemon in ("slurmctld", "slurmd"):
            self.root.run(["systemctl", "restart", daemon])
        self.wait_for_slurm()

    def wait_for_slurm(self) -> None:
        """Wait until no job is left and the node is idle."""
        ask = ["sh", "-c", "squeue -h; sinfo -h -o %T"]
        eventually(lambda: self.root.run(ask, check=False).stdout == "idle\n", "an idle node")

    def follow(self, step: Step) -> str:
        """Do what a step of the page says; return what its commands print."""
        if step.path:
            self.root.path(step.path).write_text(step.text)
            return ""
        typed = "".join(text for path, text in self.typed.items() if path in step.text) or None
        if step.user:
            return self.run_as(step.user, step.text)
        told = self.root.run(["bash", "-ec", step.text], cwd=PACKAGES, input=typed, timeout=STEP_SECS)
        if "systemctl restart" in step.text:
            self.wait_for_slurm()
        return told.stdout

    def run_as(self, user: str, commands: str) -> str:
        """Run commands in a user's new login, all of which have to succeed; return what they print."""
        login = ["runuser", "-l", user, "-c", f"bash -e <<'END'\n{commands}\nEND"]
        return self.root.run(login, timeout=STEP_SECS).stdout

    @contextmanager
    def quantum_system(
        self, directory: Path, configuration: str, api_key: str, secret: str
    ) -> Iterator[None]:
        """Let there be the system that a configuration describes; this machine trusts its certificate."""
        self._certify(directory)
        files = {"config.yaml": configuration, "api_key": api_key, "secret_access_key": secret}
        for name, text in files.items():
            (directory / name).write_text(text)
        hosts = shutil.copy(self.root.path("/etc/hosts"), directory)
        there = ["nsenter", f"--net=/proc/{self.root.pid}/ns/net", "unshare", "--mount", "--"]
        names_known = ["sh", "-ec", 'mount --bind "$0" /etc/hosts; exec "$@"', hosts]
        program = [sys.executable, "-m", "tests.installation.quantum_system", directory]
        process = subprocess.Popen(
            [*there, *names_known, *program],
            cwd=CHECKOUT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            assert process.stdout
            assert process.stdout.readline() == "ready\n"
            yield
        finally:
            process.communicate()

    def _certify(self, directory: Path) -> None:
        authority = trustme.CA()
        certificate = authority.issue_cert(*NAMES)
        certificate.cert_chain_pems[0].write_to_path(directory / "certificate.pem")
        certificate.private_key_pem.write_to_path(directory / "key.pem")
        authority.cert_pem.write_to_path(directory / "authority.pem")
        self.root.copy_in(directory / "authority.pem", "/usr/local/share/ca-certificates/site.crt")
        self.root.run(["update-ca-certificates"])
