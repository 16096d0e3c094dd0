"""The configuration of a private cluster: quick to start, quick to schedule, seen by nobody else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

CGROUPS = Path("/sys/fs/cgroup")


def slurm_conf(
    etc: Path,
    state: Path,
    ctld_port: int,
    node_ports: Mapping[str, int],
    proctrack: str,
    cpus: int,
    settings: Mapping[str, str],
    lines: Sequence[str],
) -> str:
    """Return ``slurm.conf`` (slurm.conf(5)).

    :param node_ports: the port of each node's slurmd
    :param settings: replace these here, or add to them; an empty one takes ours away
    :param lines: whole lines to add; one that makes a default partition replaces ours
    """
    values = {**_settings(etc, state, ctld_port, proctrack), **settings}
    text = [f"{name}={value}" for name, value in values.items() if value]
    text += [
        f"NodeName={node} NodeHostname={node} NodeAddr=127.0.0.1 Port={port} CPUs={cpus} RealMemory=4000"
        for node, port in node_ports.items()
    ]
    default = "NO" if any("Default=YES" in line for line in lines) else "YES"
    text.append(f"PartitionName=main Nodes=ALL Default={default} State=UP MaxTime=UNLIMITED")
    return "\n".join([*text, *lines]) + "\n"


def cgroup_conf() -> str | None:
    """Return ``cgroup.conf`` for this machine, None if it has no control groups that Slurm can use."""
    mounts = [line.split() for line in Path("/proc/self/mounts").read_text().splitlines()]
    freezers = [m[1] for m in mounts if m[2] == "cgroup" and "freezer" in m[3].split(",")]
    if freezers and _writable(Path(freezers[0])):
        return "CgroupPlugin=cgroup/v1\n"
    unified = [m[1] for m in mounts if m[2] == "cgroup2"]
    if str(CGROUPS) in unified and _writable(CGROUPS):
        return "CgroupPlugin=cgroup/v2\nIgnoreSystemd=yes\n"
    return None


def _writable(cgroup: Path) -> bool:
    probe = cgroup / f"direct-access-probe-{id(cgroup):x}"
    try:
        probe.mkdir()
        probe.rmdir()
    except OSError:
        return False
    return True


def _settings(etc: Path, state: Path, ctld_port: int, proctrack: str) -> dict[str, str]:
    return {
        "ClusterName": "testcluster",
        "SlurmctldHost": "login(127.0.0.1)",
        "SlurmctldPort": str(ctld_port),
        "SlurmUser": "root",
        "SlurmdUser": "root",
        "AuthType": "auth/munge",
        "CredType": "cred/munge",
        # A requeued job waits cred_expire + 1 seconds; 5 is the least that is accepted.
        "AuthInfo": f"socket={state}/munge.socket,cred_expire=5",
        "CommunicationParameters": "NoInAddrAny,NoCtldInAddrAny",
        "ProctrackType": f"proctrack/{proctrack}",
        "TaskPlugin": "task/none",
        "JobAcctGatherType": "jobacct_gather/none",
        "MpiDefault": "none",
        "SelectType": "select/cons_tres",
        "SelectTypeParameters": "CR_Core",
        "SlurmdParameters": "config_overrides",  # CPUs that the machine does not have
        "ReturnToService": "2",
        "PropagateResourceLimits": "NONE",
        # The usual delays would put seconds between a job and its start.
        "SchedulerParameters": "sched_interval=1,sched_min_interval=0,bf_interval=1,batch_sched_delay=0",
        "KillWait": "8",
        "MinJobAge": "3600",
        "MessageTimeout": "30",
        "TCPTimeout": "2",
        "MailProg": "/bin/true",
        "JobCompType": "jobcomp/filetxt",
        "JobCompLoc": f"{state}/jobcomp",
        "PlugStackConfig": f"{etc}/plugstack.conf",
        "StateSaveLocation": f"{state}/ctld",
        "SlurmdSpoolDir": f"{state}/%n",
        "SlurmctldPidFile": f"{state}/slurmctld.pid",
        "SlurmdPidFile": f"{state}/%n.pid",
        "SlurmctldLogFile": f"{state}/slurmctld.log",
        "SlurmdLogFile": f"{state}/%n.log",
    }
